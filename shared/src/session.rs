//! Signing in and out, and who is signed in.

use serde::{Deserialize, Serialize};

use crate::{Access, Permission, Role, Target, UserId, access::TeamName, endpoint, preferences::Preferences};

/// A name and its password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The user's name; case does not matter.
    pub name: String,
    /// The password.
    pub password: String,
}

/// Who is signed in, and what they may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// The user.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// What they hold, and why.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::access::Held>))]
    pub access: Access,
    /// The teams that they belong to.
    pub teams: Vec<TeamName>,
    /// A code of a second factor is asked for at their sign-in.
    pub has_factor: bool,
    /// A role that they hold requires a second factor: without one, they may set it up and nothing else.
    pub factor_required: bool,
    /// For so many seconds more, the session may do what asks for proving again who is at the keyboard.
    pub confirmed_seconds: u32,
    /// What they chose for all of their browsers.
    pub preferences: Preferences,
    /// The least characters of a new password.
    pub password_characters: u32,
    /// The console's version and build, so that a page notices that it is older than its server.
    pub build: String,
}

/// Why a session is over, as far as the page that held it is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SessionEnd {
    /// Somebody ended it, or it has expired.
    #[default]
    Over,
    /// Its user may not sign in any more.
    Disabled,
    /// There is no such user any more.
    Removed,
}

impl Session {
    /// Whether a button for this may be pressed. The server decides again at each call.
    #[must_use]
    pub fn may(&self, permission: Permission, target: Target<'_>) -> bool {
        self.access.holds(permission, target)
    }

    /// Whether they have to set up a second factor before anything else.
    #[must_use]
    pub fn lacks_factor(&self) -> bool {
        self.factor_required && !self.has_factor
    }

    /// The greatest built-in role that they hold on everything.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        self.access.role()
    }
}

endpoint! {
    /// Signs in: sets the session's cookie. 401 with the same text and after the same time whether the
    /// name is unknown or the password wrong; 429 after too many attempts. 401 with the code `factor_needed`
    /// where name and password are right and a code is asked for next, within five minutes.
    SignIn {}
    Post "/api/v1/session", query: crate::Empty, body: Credentials, reply: Session, needs: public
}

endpoint! {
    /// Signs in with a code of the second factor or a recovery code, after `SignIn` has asked for it in the
    /// same browser. 401 for a wrong or used code, and when it took too long; 429 after too many attempts.
    FinishSignIn {}
    Post "/api/v1/session/factor", query: crate::Empty, body: crate::account::FactorCode, reply: Session,
    needs: public
}

endpoint! {
    /// Tells who is signed in.
    ReadSession {}
    Get "/api/v1/session", query: crate::Empty, body: (), reply: Session, needs: session, before_factor: yes
}

endpoint! {
    /// Signs out: ends the session on the server and closes its sockets.
    SignOut {}
    Delete "/api/v1/session", query: crate::Empty, body: (), reply: (), needs: account, before_factor: yes
}
