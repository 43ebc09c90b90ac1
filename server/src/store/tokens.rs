//! The table of API tokens.
//!
//! Belongs here: the statements. What a token may do, and when it is refused, is decided in `access/`.

use std::sync::Arc;

use shared::{
    TokenId, UnixMillis, UserId,
    access::{Narrowing, PermissionSet},
    preferences::Preferences,
    tokens::Token,
};
use sqlx::SqliteConnection;

use super::{
    SessionKey, SessionRow, Store, StoreError, attempted,
    grants::{scope, scope_columns},
    roles,
};

/// A token to insert; everything in it was checked.
#[derive(Debug)]
pub struct NewTokenRow<'a> {
    /// The SHA-256 of its text.
    pub key: SessionKey,
    /// Whose.
    pub user: UserId,
    /// The session that makes it: one that has ended meanwhile makes none.
    pub session: SessionKey,
    /// What they call it.
    pub name: &'a str,
    /// What it is for.
    pub narrowing: &'a Narrowing,
    /// Now.
    pub at: UnixMillis,
    /// When it ends.
    pub expires_at: UnixMillis,
    /// So many of the user's may not have expired, this one included.
    pub most: u32,
}

/// Which token a request came with, and what that is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedToken {
    /// Its number.
    pub id: TokenId,
    /// What its owner calls it.
    pub name: String,
    /// What it is for.
    pub narrowing: Narrowing,
}

/// The columns that say what a token is for.
type Places = (String, String, String, String);

fn narrowing((permissions, kind, environment, resource): Places) -> Result<Narrowing, StoreError> {
    let permissions: PermissionSet = roles::parse(&permissions)?;
    Ok(Narrowing { permissions, scope: scope(&kind, &environment, resource)? })
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    name: String,
    permissions: String,
    kind: String,
    environment: String,
    resource: String,
    created_at: i64,
    expires_at: i64,
    used_at: Option<i64>,
    used_from: Option<String>,
}

impl Row {
    fn token(self) -> Result<Token, StoreError> {
        let places = (self.permissions, self.kind, self.environment, self.resource);
        let Narrowing { permissions, scope } = narrowing(places)?;
        Ok(Token {
            id: TokenId(self.id),
            name: self.name,
            permissions,
            scope,
            created_at: UnixMillis(self.created_at),
            expires_at: UnixMillis(self.expires_at),
            used_at: self.used_at.map(UnixMillis),
            used_from: self.used_from,
        })
    }
}

impl Store {
    /// Inserts a token. `None` if the user has one of that name, or too many, that have not expired; or if
    /// the session that makes it has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_token(&self, new: &NewTokenRow<'_>) -> Result<Option<TokenId>, StoreError> {
        const WHAT: &str = "make an API token";
        let mut write = self.write(WHAT).await?;
        sqlx::query("DELETE FROM tokens WHERE user_id = $1 AND name = $2 AND expires_at <= $3")
            .bind(new.user.0)
            .bind(new.name)
            .bind(new.at.0)
            .execute(write.on())
            .await
            .map_err(attempted(WHAT))?;
        let [kind, environment, resource] = scope_columns(&new.narrowing.scope);
        let made: Option<i64> = sqlx::query_scalar(
            "INSERT INTO tokens \
             (key, user_id, name, permissions, kind, environment, resource, created_at, expires_at) \
             SELECT $1, user_id, $3, $4, $5, $6, $7, $8, $9 FROM sessions \
             WHERE user_id = $2 AND sessions.key = $11 AND $10 > \
               (SELECT COUNT(*) FROM tokens WHERE tokens.user_id = $2 AND tokens.expires_at > $8) \
             ON CONFLICT (user_id, name) DO NOTHING RETURNING id",
        )
        .bind(new.key.bytes())
        .bind(new.user.0)
        .bind(new.name)
        .bind(roles::text(new.narrowing.permissions))
        .bind(kind)
        .bind(environment)
        .bind(resource)
        .bind(new.at.0)
        .bind(new.expires_at.0)
        .bind(i64::from(new.most))
        .bind(new.session.bytes())
        .fetch_optional(write.on())
        .await
        .map_err(attempted(WHAT))?;
        write.commit().await?;
        Ok(made.map(TokenId))
    }

    /// The tokens of a user, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_tokens(&self, user: UserId) -> Result<Vec<Token>, StoreError> {
        sqlx::query_as::<_, Row>(
            "SELECT id, name, permissions, kind, environment, resource, created_at, expires_at, used_at, \
             used_from FROM tokens WHERE user_id = $1 ORDER BY id DESC",
        )
        .bind(user.0)
        .fetch_all(&self.pool)
        .await
        .map_err(attempted("list the API tokens"))?
        .into_iter()
        .map(Row::token)
        .collect()
    }

    /// The token of that key as a session of its owner, unless the owner is disabled. Says nothing about its
    /// age.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_token(&self, key: &SessionKey) -> Result<Option<SessionRow>, StoreError> {
        type Found = (i64, String, i64, bool, i64, i64, i64, i64, String, String, String, String, String);
        let row: Option<Found> = sqlx::query_as(
            "SELECT users.id, users.name, access_version.version, \
             EXISTS (SELECT 1 FROM factors WHERE user_id = users.id AND confirmed_at IS NOT NULL), \
             tokens.created_at, \
             COALESCE(tokens.used_at, 0), tokens.expires_at, tokens.id, tokens.name, permissions, kind, environment, resource \
             FROM tokens JOIN users ON users.id = tokens.user_id CROSS JOIN access_version \
             WHERE tokens.key = $1 AND NOT users.disabled",
        )
        .bind(key.bytes())
        .fetch_optional(&self.pool)
        .await
        .map_err(attempted("read an API token"))?;
        let Some(row) = row else { return Ok(None) };
        let (
            user,
            name,
            access_version,
            has_factor,
            created_at,
            used_at,
            expires_at,
            id,
            token,
            may,
            kind,
            at,
            what,
        ) = row;
        let narrowing = narrowing((may, kind, at, what))?;
        Ok(Some(SessionRow {
            user: UserId(user),
            name,
            access_version,
            has_factor,
            // A token proves no person, and so never counts as asked again.
            confirmed_until: UnixMillis(0),
            created_at: UnixMillis(created_at),
            seen_at: UnixMillis(used_at),
            expires_at: UnixMillis(expires_at),
            preferences: Preferences::default(),
            token: Some(Arc::new(UsedToken { id: TokenId(id), name: token, narrowing })),
        }))
    }

    /// Notes that a token was used, unless that was noted after `unless_after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_token(
        &self,
        key: &SessionKey,
        at: UnixMillis,
        from: &str,
        unless_after: UnixMillis,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE tokens SET used_at = $2, used_from = $3 WHERE key = $1 AND COALESCE(used_at, 0) <= $4",
        )
        .bind(key.bytes())
        .bind(at.0)
        .bind(from)
        .bind(unless_after.0)
        .execute(&self.pool)
        .await
        .map_err(attempted("note that an API token was used"))?;
        Ok(())
    }

    /// Revokes a token of that user. Gives its name and key; `None` if there is no such token of theirs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_token(
        &self,
        user: UserId,
        token: TokenId,
    ) -> Result<Option<(String, SessionKey)>, StoreError> {
        let row: Option<(String, Vec<u8>)> =
            sqlx::query_as("DELETE FROM tokens WHERE id = $1 AND user_id = $2 RETURNING name, key")
                .bind(token.0)
                .bind(user.0)
                .fetch_optional(&self.pool)
                .await
                .map_err(attempted("revoke an API token"))?;
        Ok(row.and_then(|(name, key)| SessionKey::from_bytes(&key).map(|key| (name, key))))
    }

    /// Removes the tokens that expired before that moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_old_tokens(&self, expired_before: UnixMillis) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM tokens WHERE expires_at <= $1")
            .bind(expired_before.0)
            .execute(&self.pool)
            .await
            .map_err(attempted("remove old API tokens"))?;
        Ok(())
    }
}

/// Revokes all tokens of a user inside a transaction; gives their keys.
pub(super) async fn revoke_all(
    connection: &mut SqliteConnection,
    user: UserId,
    what: &'static str,
) -> Result<Vec<SessionKey>, StoreError> {
    let keys: Vec<Vec<u8>> = sqlx::query_scalar("DELETE FROM tokens WHERE user_id = $1 RETURNING key")
        .bind(user.0)
        .fetch_all(connection)
        .await
        .map_err(attempted(what))?;
    Ok(keys.iter().filter_map(|key| SessionKey::from_bytes(key)).collect())
}
