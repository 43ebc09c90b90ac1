//! The console's users.

use serde::{Deserialize, Serialize};

use crate::{Permission, Role, UnixMillis, UserId, endpoint};

/// One user, without anything secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// Its number; never used twice.
    pub id: UserId,
    /// The name to sign in with.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// Signing in is refused and every session ended.
    pub disabled: bool,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When the user last signed in.
    pub last_sign_in_at: Option<UnixMillis>,
}

/// A user to make.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// 1 to 64 characters: letters, digits and `_.@-`.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// At least 12 characters, at most 1,024 bytes.
    pub password: String,
}

/// What to change of a user; what is absent stays.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// Another role. The last administrator keeps theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Disables or enables. The last administrator cannot be disabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// Another password; ends the user's other sessions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// The least characters of a password.
pub const PASSWORD_MIN_CHARACTERS: usize = 12;
/// The most bytes of a password: a bound on what is hashed.
pub const PASSWORD_MAX_BYTES: usize = 1024;

/// What is wrong with a password, before it is sent and again on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordProblem {
    /// Fewer than [`PASSWORD_MIN_CHARACTERS`].
    TooShort,
    /// More than [`PASSWORD_MAX_BYTES`].
    TooLong,
}

/// Checks a password's length; the server also refuses common ones.
///
/// # Errors
/// The problem there is.
pub fn check_password(password: &str) -> Result<(), PasswordProblem> {
    if password.len() > PASSWORD_MAX_BYTES {
        Err(PasswordProblem::TooLong)
    } else if password.chars().count() < PASSWORD_MIN_CHARACTERS {
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
    /// Makes a user. 409 if the name is taken, 422 naming the field that is wrong.
    CreateUser {}
    Post "/api/v1/users", query: crate::Empty, body: NewUser, reply: User, needs: Permission::UserManage
}

endpoint! {
    /// Changes a user's role, password, or whether they may sign in; takes effect on open sessions and
    /// sockets at once. 409 for the last administrator.
    UpdateUser { user: UserId }
    Patch "/api/v1/users/{user}", query: crate::Empty, body: UserChange, reply: User, needs: Permission::UserManage
}
