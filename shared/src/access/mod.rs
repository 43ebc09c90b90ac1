//! Who may do what: permissions, roles, scopes, and the pure decision that the server and the browser share.
//!
//! Belongs here: rules without I/O. Does not: where grants are kept (`server/src/store/`), who acts
//! (`server/src/access/`), and the endpoints that change them (`users/`).

mod decide;
mod narrow;
mod permission;
mod role;
mod scope;

pub use decide::*;
pub use narrow::*;
pub use permission::*;
pub use role::*;
pub use scope::*;
