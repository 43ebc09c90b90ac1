//! The console against a real engine, feature by feature: what it does, and what it refuses.
//!
//! One program, so that it is linked once. `cargo xtask test --only server` sets up what it needs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests fail by panicking, and say on standard output what an engine cannot do"
)]

mod access;
mod account;
mod admin_command;
mod attached;
mod audit;
mod bad_input;
mod canary;
mod confirmation;
mod containers;
mod engine_tls;
mod environments;
mod everybody;
mod factor_required;
mod faults;
mod grants;
mod headers;
mod host_access;
mod hostile;
mod image;
mod jobs;
mod logs;
mod logs_shared;
mod openapi;
mod origin;
mod pages;
mod policy;
mod pull_failures;
mod races;
mod reads;
mod reverse_proxy;
mod run;
mod run_again;
mod run_corpus;
mod run_held;
mod scopes;
mod security;
mod session;
mod setup;
mod start;
mod stats;
mod support;
mod terminal;
mod tls;
mod tokens;
mod users;
mod world;
