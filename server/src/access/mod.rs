//! Who may do what: signing in, sessions, the grant, the audit.
//!
//! Belongs here: every decision about identity and permission. Does not: SQL (`store/`), HTTP shapes
//! (`http/`), and what is done once it is granted (`engine/`, `features/`).

mod actor;
pub mod agent;
pub mod audit;
pub mod audit_export;
pub mod audit_keep;
pub mod audit_live;
pub mod audit_read;
pub mod audit_verify;
pub mod clock;
pub mod credentials;
pub mod factor;
pub mod grant;
pub mod host_admin;
pub mod inside;
pub mod limits;
pub mod own;
pub mod own_sessions;
pub mod owners;
pub mod password;
pub mod password_rules;
pub mod place;
pub mod policy;
pub mod rules;
pub mod seal;
pub mod session;
mod session_cache;
mod session_rows;
pub mod settings;
pub mod setup;
pub mod sight;
pub mod tokens;
pub mod totp;
pub mod vet;
