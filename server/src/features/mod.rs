//! Thin handlers, one file or folder per feature: grant, one domain call, reply. No feature knows another.

pub mod account;
pub mod audit;
pub mod containers;
pub mod environments;
pub mod images;
pub mod jobs;
pub mod live;
pub mod logs;
pub mod policy;
pub mod preferences;
pub mod run;
pub mod session;
pub mod setup;
pub mod terminal;
pub mod tokens;
pub mod users;
