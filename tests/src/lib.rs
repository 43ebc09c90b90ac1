//! What the end-to-end tests stand on: engines real and fake, a proxy between them and the console, the
//! console itself as a child process, and clients that speak to it as a browser would.
//!
//! Belongs here: whatever more than one test needs. Does not: assertions about the console, which live
//! in `tests/suite`, one file per feature. Nothing here links the server: it is only ever spoken to.

#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a harness reports what went wrong by failing the test that uses it"
)]

pub mod client;
pub mod console;
pub mod engine;
pub mod fake_engine;
pub mod folder;
pub mod http_wire;
pub mod log_reader;
pub mod odd_registry;
pub mod proxy;
pub mod python;
pub mod registry;
pub mod small_engine;
pub mod snapshot;
pub mod sockets;
pub mod tls;
pub mod tls_front;
pub mod wait;

pub use client::{Client, Response};
pub use console::{Console, ConsoleOptions};
pub use engine::{TestContainer, TestEngine};
pub use fake_engine::{Answer, FakeEngine};
pub use log_reader::LogReader;
pub use odd_registry::{OddRegistry, Way};
pub use proxy::Proxy;
pub use registry::Registry;
pub use small_engine::SmallEngine;
pub use sockets::{LiveSocket, TerminalSocket};
pub use wait::{eventually, eventually_within};
