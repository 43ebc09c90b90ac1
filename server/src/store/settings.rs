//! What is kept as one JSON text: the policy, and each user's preferences.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use shared::{UserId, policy::SecurityPolicy, preferences::Preferences};
use sqlx::SqliteConnection;

use super::{Store, StoreError, attempted};

/// The policy's name among the settings.
const POLICY: &str = "policy";

/// What a text holds; as usual where there is none. A text of another version is as usual too: it must not
/// keep anybody out.
pub(super) fn parse<T: DeserializeOwned + Default>(text: &str) -> T {
    if text.is_empty() {
        return T::default();
    }
    serde_json::from_str(text).unwrap_or_else(|error| {
        tracing::warn!(%error, "a setting in the database cannot be read, and is as usual");
        T::default()
    })
}

async fn policy_text(connection: &mut SqliteConnection) -> Result<String, sqlx::Error> {
    let text: Option<String> = sqlx::query_scalar("SELECT value FROM settings WHERE name = $1")
        .bind(POLICY)
        .fetch_optional(connection)
        .await?;
    Ok(text.unwrap_or_default())
}

impl Store {
    /// The policy.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn policy(&self) -> Result<SecurityPolicy, StoreError> {
        const WHAT: &str = "read the policy";
        let mut connection = self.pool.acquire().await.map_err(attempted(WHAT))?;
        Ok(parse(&policy_text(&mut connection).await.map_err(attempted(WHAT))?))
    }

    /// Changes the policy by what it is then, and by who has a second factor then; gives what it was and what
    /// it is. Nothing is changed where `change` declines.
    ///
    /// # Errors
    /// What `change` says; when the database fails.
    pub async fn change_policy<E: From<StoreError>>(
        &self,
        change: impl FnOnce(&SecurityPolicy, &BTreeSet<UserId>) -> Result<SecurityPolicy, E>,
    ) -> Result<(SecurityPolicy, SecurityPolicy), E> {
        const WHAT: &str = "change the policy";
        let mut write = self.write(WHAT).await?;
        let before: SecurityPolicy = parse(&policy_text(write.on()).await.map_err(attempted(WHAT))?);
        // In the same transaction: who removes theirs at this moment has not yet, or has for certain.
        let with_factor: Vec<i64> =
            sqlx::query_scalar("SELECT user_id FROM factors WHERE confirmed_at IS NOT NULL")
                .fetch_all(write.on())
                .await
                .map_err(attempted(WHAT))?;
        let after = match change(&before, &with_factor.into_iter().map(UserId).collect()) {
            Ok(after) => after,
            Err(why) => {
                write.undo().await?;
                return Err(why);
            }
        };
        let value = serde_json::to_string(&after).unwrap_or_default();
        sqlx::query(
            "INSERT INTO settings (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(POLICY)
        .bind(value)
        .execute(write.on())
        .await
        .map_err(attempted(WHAT))?;
        // It is read together with the grants.
        sqlx::query("UPDATE access_version SET version = version + 1")
            .execute(write.on())
            .await
            .map_err(attempted(WHAT))?;
        write.commit().await?;
        Ok((before, after))
    }

    /// Changes a user's preferences; gives all of them. `None` if there is no such user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_preferences(
        &self,
        user: UserId,
        change: Preferences,
    ) -> Result<Option<Preferences>, StoreError> {
        const WHAT: &str = "change preferences";
        let mut write = self.write(WHAT).await?;
        let before: Option<String> = sqlx::query_scalar(
            "SELECT COALESCE(preferences.value, '') FROM users \
             LEFT JOIN preferences ON preferences.user_id = users.id WHERE users.id = $1",
        )
        .bind(user.0)
        .fetch_optional(write.on())
        .await
        .map_err(attempted(WHAT))?;
        let Some(before) = before else {
            write.undo().await?;
            return Ok(None);
        };
        let after = parse::<Preferences>(&before).changed(change);
        sqlx::query(
            "INSERT INTO preferences (user_id, value) VALUES ($1, $2) \
             ON CONFLICT (user_id) DO UPDATE SET value = excluded.value",
        )
        .bind(user.0)
        .bind(serde_json::to_string(&after).unwrap_or_default())
        .execute(write.on())
        .await
        .map_err(attempted(WHAT))?;
        write.commit().await?;
        Ok(Some(after))
    }
}
