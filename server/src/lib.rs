//! Longshore's server: authorizes and carries out Docker Engine operations, and keeps every browser live.
//!
//! ARCHITECTURE.md draws the house. Imports go features → access, engine, hub, jobs, store; never from one
//! feature to another; engine → `access::grant` only.

#![forbid(unsafe_code)]

pub mod access;
pub mod app;
pub mod cli;
pub mod config;
pub mod engine;
pub mod error;
pub mod features;
pub mod http;
pub mod hub;
pub mod jobs;
pub mod own_load;
pub mod store;

pub use error::Error;
