//! The only code that names `axum::Router`: mounting declared operations, the layers around them, the
//! plumbing of sockets, the embedded pages.

mod address;
mod assets;
mod farewell;
mod health;
mod healthcheck;
mod layers;
mod lease;
mod mount;
mod openapi;
mod origin;
mod reply;
mod router;
mod serve;
mod tls;

pub use address::{Hops, TrustedProxies};
pub use assets::{Asset, Assets};
pub use farewell::farewell;
pub use healthcheck::check as check_health;
pub use lease::{Lease, LeaseNews};
pub use mount::{Api, Mounted};
pub use openapi::document as openapi_document;
pub use origin::OriginPolicy;
pub use reply::{Download, IntoReply, Prepared};
pub use router::router;
pub use serve::serve;
