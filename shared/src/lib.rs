//! What the server and the browser say to each other.
//!
//! Belongs here: endpoint declarations, wire types, and pure rules both sides apply. Does not: I/O of
//! any kind, and anything that only one side needs. Serde-level crates only, since all of it is
//! compiled into the page.

#![forbid(unsafe_code)]

pub mod access;
pub mod account;
pub mod audit;
mod checked_text;
pub mod commands;
pub mod containers;
pub mod endpoint;
pub mod environments;
pub mod error;
pub mod ids;
pub mod images;
pub mod jobs;
pub mod live;
pub mod logs;
pub mod pages;
pub mod policy;
pub mod preferences;
pub mod run;
pub mod session;
pub mod setup;
pub mod terminal;
pub mod tokens;
pub mod units;
pub mod users;

pub use access::{Access, Permission, Role, Scope, Target};
pub use endpoint::{Empty, Endpoint, Guarded, Method, Needs, Public, Socket, TargetRef};
pub use error::{ApiError, ErrorCode};
pub use ids::{ContainerId, ContainerRef, EnvironmentId, GrantId, JobId, RoleId, TeamId, TokenId, UserId};
pub use units::{ByteCount, UnixMillis};
