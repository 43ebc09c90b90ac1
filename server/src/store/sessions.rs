//! The table of sessions: who is signed in, from where, since when.
//!
//! Belongs here: the statements. How long a session may live is decided in `access/session.rs`.

use std::{fmt, sync::Arc};

use shared::{UnixMillis, UserId, preferences::Preferences};

use super::{Store, StoreError, UsedToken, attempted, settings};

/// What a session is known by on the server: the SHA-256 of the id in the cookie, or of an API token. Not a
/// secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionKey([u8; 32]);

impl SessionKey {
    /// The key with this digest.
    #[must_use]
    pub fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The digest.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third, fourth, ..] = self.0;
        write!(formatter, "SessionKey({first:02x}{second:02x}{third:02x}{fourth:02x})")
    }
}

/// A session to insert.
#[derive(Debug)]
pub struct NewSession {
    /// Its key.
    pub key: SessionKey,
    /// Who signed in.
    pub user: UserId,
    /// The user's serial when the password was checked.
    pub serial: i64,
    /// Now.
    pub at: UnixMillis,
    /// When it ends whatever happens.
    pub expires_at: UnixMillis,
    /// Until when it may do what is asked for again.
    pub confirmed_until: UnixMillis,
    /// The client's address.
    pub address: String,
    /// The browser's name for itself.
    pub agent: String,
}

/// A session of a user who may sign in.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// Whose.
    pub user: UserId,
    /// The user's name.
    pub name: String,
    /// The version of what decides who may do what.
    pub access_version: i64,
    /// A code of a second factor is asked for at the user's sign-in.
    pub has_factor: bool,
    /// Until when it may do what is asked for again.
    pub confirmed_until: UnixMillis,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it was last used, to the minute.
    pub seen_at: UnixMillis,
    /// When it ends whatever happens. Of a session: as it was at the sign-in; the policy says what it is now.
    pub expires_at: UnixMillis,
    /// What the user chose for all of their browsers.
    pub preferences: Preferences,
    /// The API token, where it is one: what else is said here is said of that.
    pub token: Option<Arc<UsedToken>>,
}

/// User, name, version of access, has a factor, confirmed until, made, seen, expires, preferences.
type FoundSession = (i64, String, i64, bool, i64, i64, i64, i64, String);

impl Store {
    /// Inserts a session and notes the sign-in. Returns whether it did: not when the user was disabled,
    /// or has another password, since `serial` was read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_session(&self, new: &NewSession) -> Result<bool, StoreError> {
        const WHAT: &str = "make a session";
        let mut write = self.write(WHAT).await?;
        let made = sqlx::query(
            "INSERT INTO sessions (key, user_id, created_at, seen_at, expires_at, address, agent, \
             confirmed_until) SELECT $1, id, $4, $4, $5, $6, $7, $8 FROM users WHERE id = $2 AND serial = $3 AND NOT disabled",
        )
        .bind(new.key.bytes())
        .bind(new.user.0)
        .bind(new.serial)
        .bind(new.at.0)
        .bind(new.expires_at.0)
        .bind(&new.address)
        .bind(&new.agent)
        .bind(new.confirmed_until.0)
        .execute(write.on())
        .await
        .map_err(attempted(WHAT))?
        .rows_affected();
        if made == 0 {
            write.commit().await?;
            return Ok(false);
        }
        sqlx::query("UPDATE users SET last_sign_in_at = $2 WHERE id = $1")
            .bind(new.user.0)
            .bind(new.at.0)
            .execute(write.on())
            .await
            .map_err(attempted(WHAT))?;
        write.commit().await?;
        Ok(true)
    }

    /// The session with its user, unless the user is disabled. Says nothing about its age.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_session(&self, key: &SessionKey) -> Result<Option<SessionRow>, StoreError> {
        let row: Option<FoundSession> = sqlx::query_as(
            "SELECT users.id, users.name, access_version.version, \
             EXISTS (SELECT 1 FROM factors WHERE user_id = users.id AND confirmed_at IS NOT NULL), \
             sessions.confirmed_until, sessions.created_at, sessions.seen_at, sessions.expires_at, \
             COALESCE(preferences.value, '') \
             FROM sessions JOIN users ON users.id = sessions.user_id \
             LEFT JOIN preferences ON preferences.user_id = users.id CROSS JOIN access_version \
             WHERE sessions.key = $1 AND NOT users.disabled",
        )
        .bind(key.bytes())
        .fetch_optional(&self.pool)
        .await
        .map_err(attempted("read a session"))?;
        Ok(row.map(|row| {
            let (user, name, access_version, has_factor, confirmed, created_at, seen_at, expires_at, chosen) =
                row;
            SessionRow {
                user: UserId(user),
                name,
                access_version,
                has_factor,
                confirmed_until: UnixMillis(confirmed),
                created_at: UnixMillis(created_at),
                seen_at: UnixMillis(seen_at),
                expires_at: UnixMillis(expires_at),
                preferences: settings::parse(&chosen),
                token: None,
            }
        }))
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_session(&self, key: &SessionKey, at: UnixMillis) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET seen_at = $2 WHERE key = $1")
            .bind(key.bytes())
            .bind(at.0)
            .execute(&self.pool)
            .await
            .map_err(attempted("note that a session was used"))?;
        Ok(())
    }

    /// Ends a session. Returns whether it was there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_session(&self, key: &SessionKey) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM sessions WHERE key = $1")
            .bind(key.bytes())
            .execute(&self.pool)
            .await
            .map_err(attempted("end a session"))?;
        Ok(done.rows_affected() > 0)
    }

    /// Ends the sessions that were made before `made_before` or last seen before `idle_since`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_old_sessions(
        &self,
        made_before: UnixMillis,
        idle_since: UnixMillis,
    ) -> Result<Vec<SessionKey>, StoreError> {
        let keys: Vec<Vec<u8>> =
            sqlx::query_scalar("DELETE FROM sessions WHERE created_at <= $1 OR seen_at <= $2 RETURNING key")
                .bind(made_before.0)
                .bind(idle_since.0)
                .fetch_all(&self.pool)
                .await
                .map_err(attempted("end old sessions"))?;
        Ok(keys.iter().filter_map(|key| SessionKey::from_bytes(key)).collect())
    }
}
