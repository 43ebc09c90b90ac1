//! Containers: what a list row and a container's page know, the endpoints, and which state allows what.

mod endpoints;
mod exit;
mod facts;
mod host_access;
mod rules;

pub use endpoints::*;
pub use exit::*;
pub use facts::*;
pub use host_access::*;
pub use rules::*;
