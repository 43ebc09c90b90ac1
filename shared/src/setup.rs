//! The first run: one administrator is made with a code that the server printed.

use serde::{Deserialize, Serialize};

use crate::{endpoint, session::Session};

/// Whether the console still waits for its first administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetupState {
    /// No user exists yet.
    pub needed: bool,
}

/// The first administrator.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FirstAdmin {
    /// What the server printed when it started.
    pub code: String,
    /// The name to sign in with.
    pub name: String,
    /// At least 12 characters.
    pub password: String,
}

endpoint! {
    /// Tells whether the console still waits for its first administrator.
    ReadSetup {}
    Get "/api/v1/setup", query: crate::Empty, body: (), reply: SetupState, needs: public
}

endpoint! {
    /// Makes the first administrator and signs them in. 403 if the code is wrong, used or expired;
    /// 409 if somebody else was first.
    CompleteSetup {}
    Post "/api/v1/setup", query: crate::Empty, body: FirstAdmin, reply: Session, needs: public
}
