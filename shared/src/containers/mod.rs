//! Containers: what a list row and a container's page know, the endpoints, and which state allows what.

mod endpoints;
mod facts;
mod rules;

pub use endpoints::*;
pub use facts::*;
pub use rules::*;
