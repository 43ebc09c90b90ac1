//! The tables of second factors and their recovery codes.
//!
//! What two requests could race for, that a code is used once above all, is decided inside one statement or
//! one transaction.

use shared::{UnixMillis, UserId, account::FactorState};

use super::{SessionKey, Store, StoreError, access::AccessChange, attempted};

/// A second factor to begin.
#[derive(Debug)]
pub struct NewFactor<'a> {
    /// Whose.
    pub user: UserId,
    /// The secret, sealed.
    pub secret: &'a [u8],
    /// Now.
    pub at: UnixMillis,
}

/// How wrong codes become slow.
#[derive(Clone, Copy, Debug)]
pub struct CodePace {
    /// Wrong codes before waiting begins.
    pub free: i64,
    /// The first wait, doubled by each further wrong code.
    pub first_ms: i64,
    /// The longest.
    pub longest_ms: i64,
}

impl CodePace {
    fn blocked_until(&self, failures: i64, now: UnixMillis) -> i64 {
        if failures < self.free {
            return 0;
        }
        let doublings = failures.saturating_sub(self.free).min(30);
        now.0.saturating_add(self.first_ms.saturating_mul(1_i64 << doublings).min(self.longest_ms))
    }
}

/// A second factor, for looking at a code.
#[derive(Debug)]
pub struct FactorRow {
    /// The secret, sealed.
    pub secret: Vec<u8>,
    /// The newest time step whose code was used.
    pub last_step: i64,
}

/// Whether a code may be looked at.
#[derive(Debug)]
pub enum TriedCode {
    /// There is no such factor.
    None,
    /// Too many were wrong.
    Wait {
        /// Until when.
        until: UnixMillis,
    },
    /// It may, and counts as wrong until one of the functions that use it says otherwise.
    May(FactorRow),
}

impl Store {
    /// How a user's second factor stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read_factor(&self, user: UserId) -> Result<FactorState, StoreError> {
        let (since, codes): (Option<i64>, i64) = sqlx::query_as(
            "SELECT (SELECT confirmed_at FROM factors WHERE user_id = $1), \
             (SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1)",
        )
        .bind(user.0)
        .fetch_one(&self.pool)
        .await
        .map_err(attempted("read a second factor"))?;
        Ok(FactorState {
            since: since.map(UnixMillis),
            recovery_codes: u32::try_from(codes).unwrap_or(u32::MAX),
        })
    }

    /// Begins a second factor, in place of one that was begun and never confirmed; not if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_factor(&self, new: &NewFactor<'_>) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO factors (user_id, secret, made_at, last_step, failures, blocked_until) \
             VALUES ($1, $2, $3, 0, 0, 0) ON CONFLICT (user_id) DO UPDATE SET \
             secret = excluded.secret, made_at = excluded.made_at WHERE factors.confirmed_at IS NULL",
        )
        .bind(new.user.0)
        .bind(new.secret)
        .bind(new.at.0)
        .execute(&self.pool)
        .await
        .map_err(attempted("begin a second factor"))?;
        Ok(done.rows_affected() > 0)
    }

    /// Counts a code as wrong, and gives what it is looked at with: a confirmed factor, or one that is not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn try_code(
        &self,
        user: UserId,
        now: UnixMillis,
        confirmed: bool,
        pace: &CodePace,
    ) -> Result<TriedCode, StoreError> {
        const WHAT: &str = "count a code";
        let mut write = self.write(WHAT).await?;
        let row: Option<(Vec<u8>, i64, i64, i64)> = sqlx::query_as(
            "SELECT secret, last_step, failures, blocked_until FROM factors \
             WHERE user_id = $1 AND (confirmed_at IS NOT NULL) = $2",
        )
        .bind(user.0)
        .bind(confirmed)
        .fetch_optional(write.on())
        .await
        .map_err(attempted(WHAT))?;
        let Some((secret, last_step, failures, blocked_until)) = row else {
            write.undo().await?;
            return Ok(TriedCode::None);
        };
        if blocked_until > now.0 {
            write.undo().await?;
            return Ok(TriedCode::Wait { until: UnixMillis(blocked_until) });
        }
        let failures = failures.saturating_add(1);
        sqlx::query("UPDATE factors SET failures = $2, blocked_until = $3 WHERE user_id = $1")
            .bind(user.0)
            .bind(failures)
            .bind(pace.blocked_until(failures, now))
            .execute(write.on())
            .await
            .map_err(attempted(WHAT))?;
        write.commit().await?;
        Ok(TriedCode::May(FactorRow { secret, last_step }))
    }

    /// Has a factor count from now on, if its secret is still this one; its first code is used with it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn confirm_factor(
        &self,
        user: UserId,
        secret: &[u8],
        step: i64,
        at: UnixMillis,
        recovery: &[[u8; 32]],
    ) -> Result<bool, StoreError> {
        const WHAT: &str = "confirm a second factor";
        let mut write = self.write(WHAT).await?;
        let done = sqlx::query(
            "UPDATE factors SET confirmed_at = $4, last_step = $3, failures = 0, blocked_until = 0 \
             WHERE user_id = $1 AND secret = $2 AND confirmed_at IS NULL",
        )
        .bind(user.0)
        .bind(secret)
        .bind(step)
        .bind(at.0)
        .execute(write.on())
        .await
        .map_err(attempted(WHAT))?;
        if done.rows_affected() == 0 {
            write.undo().await?;
            return Ok(false);
        }
        put_recovery_codes(&mut write, user, recovery).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Uses up the code of a time step. Of two at once, one does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_step(&self, user: UserId, step: i64) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE factors SET last_step = $2, failures = 0, blocked_until = 0 \
             WHERE user_id = $1 AND last_step < $2 AND confirmed_at IS NOT NULL",
        )
        .bind(user.0)
        .bind(step)
        .execute(&self.pool)
        .await
        .map_err(attempted("use a code"))?;
        Ok(done.rows_affected() > 0)
    }

    /// Uses up a recovery code. Of two at once, one does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_recovery_code(&self, user: UserId, hash: &[u8; 32]) -> Result<bool, StoreError> {
        const WHAT: &str = "use a recovery code";
        let mut write = self.write(WHAT).await?;
        let done = sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1 AND hash = $2")
            .bind(user.0)
            .bind(&hash[..])
            .execute(write.on())
            .await
            .map_err(attempted(WHAT))?;
        if done.rows_affected() == 0 {
            write.undo().await?;
            return Ok(false);
        }
        sqlx::query("UPDATE factors SET failures = 0, blocked_until = 0 WHERE user_id = $1")
            .bind(user.0)
            .execute(write.on())
            .await
            .map_err(attempted(WHAT))?;
        write.commit().await?;
        Ok(true)
    }

    /// Other recovery codes in place of all there are; not without a factor.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_recovery_codes(
        &self,
        user: UserId,
        recovery: &[[u8; 32]],
    ) -> Result<bool, StoreError> {
        const WHAT: &str = "renew recovery codes";
        let mut write = self.write(WHAT).await?;
        let there: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM factors WHERE user_id = $1 AND confirmed_at IS NOT NULL)",
        )
        .bind(user.0)
        .fetch_one(write.on())
        .await
        .map_err(attempted(WHAT))?;
        if there {
            put_recovery_codes(&mut write, user, recovery).await?;
        }
        write.commit().await?;
        Ok(there)
    }

    /// Removes a user's second factor and its recovery codes, and the sign-ins that wait for it. `None` if
    /// there was none; else the sessions that were ended with it: all but the one to `keep`. Whether it may be
    /// removed goes by the policy, so this is a change like those of grants: see [`Store::decided_at`].
    ///
    /// # Errors
    /// When the database fails; then nothing was changed.
    pub async fn remove_factor(
        &self,
        user: UserId,
        keep: Option<&SessionKey>,
    ) -> Result<AccessChange<Option<Vec<SessionKey>>>, StoreError> {
        const WHAT: &str = "remove a second factor";
        let mut write = self.access_write(WHAT).await?;
        let confirmed: Option<bool> =
            sqlx::query_scalar("DELETE FROM factors WHERE user_id = $1 RETURNING confirmed_at IS NOT NULL")
                .bind(user.0)
                .fetch_optional(write.on())
                .await
                .map_err(attempted(WHAT))?;
        for statement in
            ["DELETE FROM recovery_codes WHERE user_id = $1", "DELETE FROM half_sessions WHERE user_id = $1"]
        {
            sqlx::query(statement).bind(user.0).execute(write.on()).await.map_err(attempted(WHAT))?;
        }
        let ended = if confirmed == Some(true) {
            let keep = keep.map_or(&[][..], SessionKey::bytes);
            let keys: Vec<Vec<u8>> =
                sqlx::query_scalar("DELETE FROM sessions WHERE user_id = $1 AND key <> $2 RETURNING key")
                    .bind(user.0)
                    .bind(keep)
                    .fetch_all(write.on())
                    .await
                    .map_err(attempted(WHAT))?;
            Some(keys.iter().filter_map(|key| SessionKey::from_bytes(key)).collect())
        } else {
            None
        };
        write.finish(ended).await
    }
}

async fn put_recovery_codes(
    write: &mut super::write::Write,
    user: UserId,
    recovery: &[[u8; 32]],
) -> Result<(), StoreError> {
    const WHAT: &str = "write recovery codes";
    sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1")
        .bind(user.0)
        .execute(write.on())
        .await
        .map_err(attempted(WHAT))?;
    for hash in recovery {
        sqlx::query("INSERT INTO recovery_codes (user_id, hash) VALUES ($1, $2)")
            .bind(user.0)
            .bind(&hash[..])
            .execute(write.on())
            .await
            .map_err(attempted(WHAT))?;
    }
    Ok(())
}
