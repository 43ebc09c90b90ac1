//! Personal API tokens: what a script shows instead of signing in, as `Authorization: Bearer`.

use serde::{Deserialize, Serialize};

use crate::{
    Permission, Scope, TokenId, UnixMillis, UserId,
    access::{Narrowing, PermissionSet},
    endpoint,
};

/// What the text of each token begins with, so that scanners for leaked secrets find it.
pub const TOKEN_PREFIX: &str = "lsh_";
/// The most days that a token may live.
pub const TOKEN_DAYS_MAX: u32 = 366;
/// The most tokens of one user that have not expired.
pub const TOKENS_MAX: u32 = 50;

/// An API token, without its text, which nobody can read any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Token {
    /// Its number; never used twice.
    pub id: TokenId,
    /// What its owner calls it; the audit does too.
    pub name: String,
    /// What it may do, as far as its owner may.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Permission>))]
    pub permissions: PermissionSet,
    /// Where, as far as its owner may.
    #[serde(rename = "at")]
    pub scope: Scope,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it ends.
    pub expires_at: UnixMillis,
    /// When it was last used, to the minute.
    pub used_at: Option<UnixMillis>,
    /// From which address.
    pub used_from: Option<String>,
}

/// A token to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// 1 to 64 characters; another one than those of the owner's tokens that have not expired.
    pub name: String,
    /// When it is to end: at most [`TOKEN_DAYS_MAX`] days from now.
    pub expires_at: UnixMillis,
    /// What it may do: at least one, each of them held by its owner within `at`.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Permission>))]
    pub permissions: PermissionSet,
    /// Where.
    #[serde(rename = "at")]
    pub scope: Scope,
}

impl NewToken {
    /// What it is for.
    #[must_use]
    pub fn narrowing(&self) -> Narrowing {
        Narrowing { permissions: self.permissions, scope: self.scope.clone() }
    }
}

/// A token that was made a moment ago.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MadeToken {
    /// The token.
    pub token: Token,
    /// Its text, told this once: only a hash of it is kept.
    pub text: String,
}

endpoint! {
    /// Lists one's own API tokens, the newest first; expired ones are kept for 30 days.
    ListTokens {}
    Get "/api/v1/account/tokens", query: crate::Empty, body: (), reply: Vec<Token>, needs: account
}

endpoint! {
    /// Makes an API token and tells its text, this once. What it may do is what its owner may do at that
    /// moment and what it was made for, both. 409 if the name is taken or there are too many, 422 naming the
    /// field that is wrong. Ends with the owner's account, when that is disabled, and when an administrator
    /// sets another password.
    CreateToken {}
    Post "/api/v1/account/tokens", query: crate::Empty, body: NewToken, reply: MadeToken, needs: account,
    confirms: yes
}

endpoint! {
    /// Revokes one of one's own API tokens; what it opened closes at once.
    RevokeToken { token: TokenId }
    Delete "/api/v1/account/tokens/{token}", query: crate::Empty, body: (), reply: (), needs: account
}

endpoint! {
    /// Lists the API tokens of a user.
    ListUserTokens { user: UserId }
    Get "/api/v1/users/{user}/tokens", query: crate::Empty, body: (), reply: Vec<Token>,
    needs: Permission::UserManage
}

endpoint! {
    /// Revokes an API token of a user; what it opened closes at once. 403 for a user who holds more than the
    /// one who acts.
    RevokeUserToken { user: UserId, token: TokenId }
    Delete "/api/v1/users/{user}/tokens/{token}", query: crate::Empty, body: (), reply: (),
    needs: Permission::UserManage, confirms: yes
}
