//! The console's users, their teams, the custom roles, and the grants that give a role to a user or a team.

mod grants;
mod roles;
mod teams;

use serde::{Deserialize, Serialize};

pub use grants::*;
pub use roles::*;
pub use teams::*;

use crate::{Permission, Role, Scope, UnixMillis, UserId, access::RoleRef, access::TeamName, endpoint};

/// One user, without anything secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// Its number; never used twice.
    pub id: UserId,
    /// The name to sign in with.
    pub name: String,
    /// The grants of their own; those of their teams come on top.
    pub grants: Vec<Grant>,
    /// Their teams.
    pub teams: Vec<TeamName>,
    /// Signing in is refused and every session ended.
    pub disabled: bool,
    /// A code of a second factor is asked for at their sign-in.
    pub has_factor: bool,
    /// A role that they hold, by themselves or by a team, requires a second factor.
    pub factor_required: bool,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When the user last signed in.
    pub last_sign_in_at: Option<UnixMillis>,
}

impl User {
    /// Whether they have to set up a second factor before anything else.
    #[must_use]
    pub fn lacks_factor(&self) -> bool {
        self.factor_required && !self.has_factor
    }

    /// The greatest built-in role among their own grants on everything.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        let whole = self.grants.iter().filter(|grant| grant.scope == Scope::Everything);
        whole
            .filter_map(|grant| match grant.role {
                RoleRef::Builtin(role) => Some(role),
                RoleRef::Custom(_) => None,
            })
            .max()
    }
}

/// A user to make.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// 1 to 64 characters: letters, digits and `_.@-`.
    pub name: String,
    /// What they may do from the start.
    #[serde(default)]
    pub grants: Vec<NewGrant>,
    /// At least 12 characters, at most 1,024 bytes.
    pub password: String,
}

/// What to change of a user; what is absent stays.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// All grants of their own, in place of those they have. The last administrator stays one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grants: Option<Vec<NewGrant>>,
    /// Disables or enables. The last administrator cannot be disabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// Another password; ends the user's other sessions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// The least characters of a password, unless the policy says another number.
pub const PASSWORD_MIN_CHARACTERS: usize = 12;
/// The most bytes of a password: a bound on what is hashed.
pub const PASSWORD_MAX_BYTES: usize = 1024;

/// What is wrong with a password, before it is sent and again on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordProblem {
    /// Too few characters.
    TooShort,
    /// More than [`PASSWORD_MAX_BYTES`].
    TooLong,
}

/// Checks a password's length, which is at least so many characters; the server also refuses common ones.
///
/// # Errors
/// The problem there is.
pub fn check_password(password: &str, least: usize) -> Result<(), PasswordProblem> {
    if password.len() > PASSWORD_MAX_BYTES {
        Err(PasswordProblem::TooLong)
    } else if password.chars().count() < least {
        Err(PasswordProblem::TooShort)
    } else {
        Ok(())
    }
}

/// Whether a text may be a user's name: 1 to 64 letters, digits or `_.@-`.
#[must_use]
pub fn is_user_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.@-".contains(&byte))
}

endpoint! {
    /// Lists the users.
    ListUsers {}
    Get "/api/v1/users", query: crate::Empty, body: (), reply: Vec<User>, needs: Permission::UserManage
}

endpoint! {
    /// Makes a user. 409 if the name is taken, 422 naming the field that is wrong, 403 for grants that the
    /// maker does not hold.
    CreateUser {}
    Post "/api/v1/users", query: crate::Empty, body: NewUser, reply: User,
    needs: Permission::UserManage, confirms: yes
}

endpoint! {
    /// Changes a user's grants, password, or whether they may sign in; takes effect on open sessions and
    /// sockets at once. 409 for the last administrator, 403 for a user who holds more than the one who acts.
    UpdateUser { user: UserId }
    Patch "/api/v1/users/{user}", query: crate::Empty, body: UserChange, reply: User,
    needs: Permission::UserManage, confirms: yes
}

endpoint! {
    /// Removes a user; their sessions and streams end at once, and what they owned belongs to nobody. 409 for
    /// the last administrator, 403 for a user who holds more than the one who acts.
    RemoveUser { user: UserId }
    Delete "/api/v1/users/{user}", query: crate::Empty, body: (), reply: (),
    needs: Permission::UserManage, confirms: yes
}

endpoint! {
    /// Removes a user's second factor and its recovery codes, for somebody who lost theirs; their sessions
    /// end. 409 if there is none, or it is one's own and one's role requires it; 403 for a user who holds more than the one who acts.
    ResetFactor { user: UserId }
    Delete "/api/v1/users/{user}/factor", query: crate::Empty, body: (), reply: User,
    needs: Permission::UserManage, confirms: yes
}

endpoint! {
    /// Tells what a user can do, where, and through which grant or ownership.
    ExplainAccess { user: UserId }
    Get "/api/v1/users/{user}/access", query: crate::Empty, body: (), reply: Vec<Explained>,
    needs: Permission::UserManage
}
