//! What a person does with their own rows in the table of sessions, and the table of half ones.

use shared::{UnixMillis, UserId};

use super::{SessionKey, Store, StoreError, attempted};

/// A session as its person sees it.
#[derive(Debug)]
pub struct ListedSession {
    /// Its key.
    pub key: SessionKey,
    /// Where it signed in from.
    pub address: String,
    /// The browser's name for itself.
    pub agent: String,
    /// When it signed in.
    pub made_at: UnixMillis,
    /// When it was last used.
    pub seen_at: UnixMillis,
}

/// A sign-in whose password was right and whose second factor is awaited.
#[derive(Debug)]
pub struct HalfSession {
    /// Its key.
    pub key: SessionKey,
    /// Who.
    pub user: UserId,
    /// The user's serial when the password was checked.
    pub serial: i64,
    /// When it ends.
    pub expires_at: UnixMillis,
}

impl Store {
    /// A user's sessions that were made after `made_after` and last seen after `seen_after`, the last used
    /// first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_sessions(
        &self,
        user: UserId,
        made_after: UnixMillis,
        seen_after: UnixMillis,
    ) -> Result<Vec<ListedSession>, StoreError> {
        let rows: Vec<(Vec<u8>, String, String, i64, i64)> = sqlx::query_as(
            "SELECT key, address, agent, created_at, seen_at FROM sessions \
             WHERE user_id = $1 AND created_at > $2 AND seen_at > $3 ORDER BY seen_at DESC, created_at DESC",
        )
        .bind(user.0)
        .bind(made_after.0)
        .bind(seen_after.0)
        .fetch_all(&self.pool)
        .await
        .map_err(attempted("list a user's sessions"))?;
        let rows = rows.into_iter().filter_map(|(key, address, agent, made_at, seen_at)| {
            Some(ListedSession {
                key: SessionKey::from_bytes(&key)?,
                address,
                agent,
                made_at: UnixMillis(made_at),
                seen_at: UnixMillis(seen_at),
            })
        });
        Ok(rows.collect())
    }

    /// Ends a session if it is this user's. Returns whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_session_of(&self, user: UserId, key: &SessionKey) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM sessions WHERE key = $1 AND user_id = $2")
            .bind(key.bytes())
            .bind(user.0)
            .execute(&self.pool)
            .await
            .map_err(attempted("end a session"))?;
        Ok(done.rows_affected() > 0)
    }

    /// Ends a user's sessions but one; gives those that were ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_other_sessions(
        &self,
        user: UserId,
        keep: &SessionKey,
    ) -> Result<Vec<SessionKey>, StoreError> {
        let keys: Vec<Vec<u8>> =
            sqlx::query_scalar("DELETE FROM sessions WHERE user_id = $1 AND key <> $2 RETURNING key")
                .bind(user.0)
                .bind(keep.bytes())
                .fetch_all(&self.pool)
                .await
                .map_err(attempted("end a user's other sessions"))?;
        Ok(keys.iter().filter_map(|key| SessionKey::from_bytes(key)).collect())
    }

    /// Notes until when a session may do what is asked for again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn confirm_session(&self, key: &SessionKey, until: UnixMillis) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET confirmed_until = $2 WHERE key = $1")
            .bind(key.bytes())
            .bind(until.0)
            .execute(&self.pool)
            .await
            .map_err(attempted("note that a person was asked again"))?;
        Ok(())
    }

    /// Whether a code is asked for at the user's sign-in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_factor(&self, user: UserId) -> Result<bool, StoreError> {
        sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM factors WHERE user_id = $1 AND confirmed_at IS NOT NULL)",
        )
        .bind(user.0)
        .fetch_one(&self.pool)
        .await
        .map_err(attempted("look for a second factor"))
    }

    /// Keeps a sign-in whose second factor is awaited; those that waited too long go.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_half_session(&self, new: &HalfSession, now: UnixMillis) -> Result<(), StoreError> {
        const WHAT: &str = "keep a sign-in";
        let mut write = self.write(WHAT).await?;
        sqlx::query("DELETE FROM half_sessions WHERE expires_at <= $1")
            .bind(now.0)
            .execute(write.on())
            .await
            .map_err(attempted(WHAT))?;
        sqlx::query("INSERT INTO half_sessions (key, user_id, serial, expires_at) VALUES ($1, $2, $3, $4)")
            .bind(new.key.bytes())
            .bind(new.user.0)
            .bind(new.serial)
            .bind(new.expires_at.0)
            .execute(write.on())
            .await
            .map_err(attempted(WHAT))?;
        write.commit().await
    }

    /// A sign-in whose second factor is awaited, with the user's name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_half_session(
        &self,
        key: &SessionKey,
        now: UnixMillis,
    ) -> Result<Option<(HalfSession, String)>, StoreError> {
        let row: Option<(i64, i64, i64, String)> = sqlx::query_as(
            "SELECT half_sessions.user_id, half_sessions.serial, half_sessions.expires_at, users.name \
             FROM half_sessions JOIN users ON users.id = half_sessions.user_id \
             WHERE half_sessions.key = $1 AND half_sessions.expires_at > $2 AND NOT users.disabled \
             AND users.serial = half_sessions.serial",
        )
        .bind(key.bytes())
        .bind(now.0)
        .fetch_optional(&self.pool)
        .await
        .map_err(attempted("read a sign-in"))?;
        Ok(row.map(|(user, serial, expires_at, name)| {
            let half =
                HalfSession { key: *key, user: UserId(user), serial, expires_at: UnixMillis(expires_at) };
            (half, name)
        }))
    }

    /// Ends a sign-in whose second factor is awaited. Of two at once, one does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_half_session(&self, key: &SessionKey) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM half_sessions WHERE key = $1")
            .bind(key.bytes())
            .execute(&self.pool)
            .await
            .map_err(attempted("end a sign-in"))?;
        Ok(done.rows_affected() > 0)
    }
}
