//! The table of users.
//!
//! Belongs here: the statements, and the rules that only a statement can keep under races: one first
//! administrator, one user per name, never no administrator.

use shared::{Role, UnixMillis, UserId, users::User};

use super::{SessionKey, Store, StoreError, attempted};

#[derive(sqlx::FromRow)]
struct UserRow {
    id: i64,
    name: String,
    role: String,
    disabled: bool,
    created_at: i64,
    last_sign_in_at: Option<i64>,
}

impl UserRow {
    fn user(self) -> Result<User, StoreError> {
        Ok(User {
            id: UserId(self.id),
            name: self.name,
            role: role(self.role)?,
            disabled: self.disabled,
            created_at: UnixMillis(self.created_at),
            last_sign_in_at: self.last_sign_in_at.map(UnixMillis),
        })
    }
}

/// The role of a column.
pub(super) fn role(text: String) -> Result<Role, StoreError> {
    Role::parse(&text).ok_or(StoreError::Unknown { what: "role", value: text })
}

/// A user to insert; name and password were checked.
#[derive(Debug)]
pub struct NewUserRow<'a> {
    /// The name as written.
    pub name: &'a str,
    /// The role.
    pub role: Role,
    /// The password's hash.
    pub password_hash: &'a str,
    /// Now.
    pub at: UnixMillis,
}

/// What a sign-in is checked against.
#[derive(Debug)]
pub struct StoredCredentials {
    /// The user.
    pub user: User,
    /// The password's hash.
    pub password_hash: String,
    /// Rises with each new password and each disabling.
    pub serial: i64,
}

/// What to change; `None` stays.
#[derive(Debug, Default)]
pub struct UserUpdate<'a> {
    /// The role.
    pub role: Option<Role>,
    /// Whether signing in is refused.
    pub disabled: Option<bool>,
    /// The new password's hash.
    pub password_hash: Option<&'a str>,
    /// The session that a new password does not end: the one that set it.
    pub keep: Option<&'a SessionKey>,
}

/// How a change ended.
#[derive(Debug)]
pub enum UserUpdated {
    /// Changed.
    Done {
        /// As it is now.
        user: User,
        /// The sessions that were ended with it.
        ended: Vec<SessionKey>,
    },
    /// No such user.
    Unknown,
    /// Nobody who could administer would be left; nothing was changed.
    LastAdmin,
}

impl Store {
    /// Whether there is any user: otherwise the console waits for its set-up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_users(&self) -> Result<bool, StoreError> {
        let found: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM (SELECT 1 FROM users LIMIT 1) AS first")
            .fetch_one(&self.pool)
            .await
            .map_err(attempted("look for users"))?;
        Ok(found > 0)
    }

    /// Makes the first user an administrator; `None` if there is a user already. One statement: of two
    /// racing calls one wins.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_first_admin(
        &self,
        name: &str,
        password_hash: &str,
        at: UnixMillis,
    ) -> Result<Option<User>, StoreError> {
        sqlx::query_as::<_, UserRow>(
            "INSERT INTO users (name, name_key, role, disabled, password_hash, serial, created_at) \
             SELECT $1, $2, 'admin', FALSE, $3, 0, $4 WHERE NOT EXISTS (SELECT 1 FROM users) \
             RETURNING id, name, role, disabled, created_at, last_sign_in_at",
        )
        .bind(name)
        .bind(key(name))
        .bind(password_hash)
        .bind(at.0)
        .fetch_optional(&self.pool)
        .await
        .map_err(attempted("make the first administrator"))?
        .map(UserRow::user)
        .transpose()
    }

    /// Makes a user; `None` if the name is taken, in whatever case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_user(&self, new: &NewUserRow<'_>) -> Result<Option<User>, StoreError> {
        sqlx::query_as::<_, UserRow>(
            "INSERT INTO users (name, name_key, role, disabled, password_hash, serial, created_at) \
             VALUES ($1, $2, $3, FALSE, $4, 0, $5) ON CONFLICT (name_key) DO NOTHING \
             RETURNING id, name, role, disabled, created_at, last_sign_in_at",
        )
        .bind(new.name)
        .bind(key(new.name))
        .bind(new.role.as_str())
        .bind(new.password_hash)
        .bind(new.at.0)
        .fetch_optional(&self.pool)
        .await
        .map_err(attempted("make a user"))?
        .map(UserRow::user)
        .transpose()
    }

    /// All users, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_users(&self) -> Result<Vec<User>, StoreError> {
        sqlx::query_as::<_, UserRow>(
            "SELECT id, name, role, disabled, created_at, last_sign_in_at FROM users ORDER BY name_key",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(attempted("list the users"))?
        .into_iter()
        .map(UserRow::user)
        .collect()
    }

    /// The name of a user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_name(&self, user: UserId) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar("SELECT name FROM users WHERE id = $1")
            .bind(user.0)
            .fetch_optional(&self.pool)
            .await
            .map_err(attempted("read a user"))
    }

    /// The user of that name, in whatever case, with what its password is checked against.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_credentials(&self, name: &str) -> Result<Option<StoredCredentials>, StoreError> {
        #[derive(sqlx::FromRow)]
        struct Row {
            #[sqlx(flatten)]
            user: UserRow,
            password_hash: String,
            serial: i64,
        }
        let row = sqlx::query_as::<_, Row>(
            "SELECT id, name, role, disabled, created_at, last_sign_in_at, password_hash, serial \
             FROM users WHERE name_key = $1",
        )
        .bind(key(name))
        .fetch_optional(&self.pool)
        .await
        .map_err(attempted("read a user"))?;
        row.map(|row| {
            let Row { user, password_hash, serial } = row;
            Ok(StoredCredentials { user: user.user()?, password_hash, serial })
        })
        .transpose()
    }

    /// Changes a user and ends the sessions that must not outlive the change, in one transaction.
    ///
    /// # Errors
    /// When the database fails; then nothing was changed.
    pub async fn update_user(&self, id: UserId, update: &UserUpdate<'_>) -> Result<UserUpdated, StoreError> {
        const WHAT: &str = "change a user";
        let mut write = self.write(WHAT).await?;
        let disables = update.disabled == Some(true);
        let raises = disables || update.password_hash.is_some();
        let row = sqlx::query_as::<_, UserRow>(
            "UPDATE users SET role = COALESCE($2, role), disabled = COALESCE($3, disabled), \
             password_hash = COALESCE($4, password_hash), serial = serial + $5 \
             WHERE id = $1 AND ( \
               (COALESCE($2, role) = 'admin' AND NOT COALESCE($3, disabled)) \
               OR role <> 'admin' OR disabled \
               OR EXISTS (SELECT 1 FROM users AS other \
                          WHERE other.id <> $1 AND other.role = 'admin' AND NOT other.disabled)) \
             RETURNING id, name, role, disabled, created_at, last_sign_in_at",
        )
        .bind(id.0)
        .bind(update.role.map(Role::as_str))
        .bind(update.disabled)
        .bind(update.password_hash)
        .bind(i64::from(raises))
        .fetch_optional(write.on())
        .await
        .map_err(attempted(WHAT))?;
        let Some(row) = row else {
            let there: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM users WHERE id = $1")
                .bind(id.0)
                .fetch_one(write.on())
                .await
                .map_err(attempted(WHAT))?;
            write.commit().await?;
            return Ok(if there == 0 { UserUpdated::Unknown } else { UserUpdated::LastAdmin });
        };
        let ended = if raises {
            let keep = update.keep.filter(|_| !disables).map_or(&[][..], SessionKey::bytes);
            let keys: Vec<Vec<u8>> =
                sqlx::query_scalar("DELETE FROM sessions WHERE user_id = $1 AND key <> $2 RETURNING key")
                    .bind(id.0)
                    .bind(keep)
                    .fetch_all(write.on())
                    .await
                    .map_err(attempted(WHAT))?;
            keys.iter().filter_map(|key| SessionKey::from_bytes(key)).collect()
        } else {
            Vec::new()
        };
        write.commit().await?;
        Ok(UserUpdated::Done { user: row.user()?, ended })
    }

    /// Replaces a hash by one of the same password at the cost of today; does nothing if the password
    /// was changed meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_hash(&self, id: UserId, old: &str, new: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2")
            .bind(id.0)
            .bind(old)
            .bind(new)
            .execute(&self.pool)
            .await
            .map_err(attempted("renew a password's hash"))?;
        Ok(())
    }
}

/// What makes two names the same: names are ASCII, so this needs no locale.
fn key(name: &str) -> String {
    name.to_ascii_lowercase()
}

#[cfg(test)]
#[path = "users_tests.rs"]
mod tests;
