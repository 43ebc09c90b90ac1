//! The table of users.
//!
//! Belongs here: the statements, and the rules that only a statement can keep under races: one first
//! administrator, one user per name, never no administrator.

use std::collections::HashMap;

use shared::{
    Role, TeamId, UnixMillis, UserId,
    access::{RoleRef, TeamName},
    users::{Grant, NewGrant, Subject, User},
};

use super::{
    SessionKey, Store, StoreError,
    access::{AccessChange, AccessRefusal},
    attempted,
    grants::{self, GrantsChange},
    tokens,
};

#[derive(sqlx::FromRow)]
struct UserRow {
    id: i64,
    name: String,
    disabled: bool,
    has_factor: bool,
    created_at: i64,
    last_sign_in_at: Option<i64>,
}

impl UserRow {
    fn user(self, grants: Vec<Grant>, teams: Vec<TeamName>, factor_required: bool) -> User {
        User {
            id: UserId(self.id),
            name: self.name,
            grants,
            teams,
            disabled: self.disabled,
            has_factor: self.has_factor,
            factor_required,
            created_at: UnixMillis(self.created_at),
            last_sign_in_at: self.last_sign_in_at.map(UnixMillis),
        }
    }
}

/// The role of a column.
pub(super) fn role(text: String) -> Result<Role, StoreError> {
    Role::parse(&text).ok_or(StoreError::Unknown { what: "role", value: text })
}

/// A user to insert; name and password were checked.
#[derive(Debug, Default)]
pub struct NewUserRow<'a> {
    /// The name as written.
    pub name: &'a str,
    /// The password's hash.
    pub password_hash: &'a str,
    /// What they hold from the start.
    pub grants: &'a [NewGrant],
    /// Who makes them: a name; empty for the console itself.
    pub by: &'a str,
    /// Now.
    pub at: UnixMillis,
}

/// What a sign-in is checked against.
#[derive(Debug)]
pub struct StoredCredentials {
    /// The user.
    pub user: UserId,
    /// Their name as it was made.
    pub name: String,
    /// Signing in is refused.
    pub disabled: bool,
    /// The password's hash.
    pub password_hash: String,
    /// Rises with each new password and each disabling.
    pub serial: i64,
}

/// What to change; `None` stays.
#[derive(Debug, Default)]
pub struct UserUpdate<'a> {
    /// Whether signing in is refused.
    pub disabled: Option<bool>,
    /// The new password's hash.
    pub password_hash: Option<&'a str>,
    /// The session that a new password does not end: the one that set it.
    pub keep: Option<&'a SessionKey>,
    /// Grants of their own to take and to give.
    pub grants: GrantsChange<'a>,
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

    /// Makes the first user an administrator of everything; `None` if there is a user already. Of two racing
    /// calls one wins.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_first_admin(
        &self,
        name: &str,
        password_hash: &str,
        at: UnixMillis,
    ) -> Result<Option<UserId>, StoreError> {
        const WHAT: &str = "make the first administrator";
        let mut write = self.access_write(WHAT).await?;
        let users: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM users")
            .fetch_one(write.on())
            .await
            .map_err(attempted(WHAT))?;
        if users > 0 {
            return Ok(write.refuse(AccessRefusal::Taken).await?.ok());
        }
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO users (name, name_key, disabled, password_hash, serial, created_at) \
             VALUES ($1, $2, FALSE, $3, 0, $4) RETURNING id",
        )
        .bind(name)
        .bind(key(name))
        .bind(password_hash)
        .bind(at.0)
        .fetch_one(write.on())
        .await
        .map_err(attempted(WHAT))?;
        let give = &[NewGrant::everywhere(Role::Admin)];
        let change = GrantsChange { give, at, ..GrantsChange::default() };
        match grants::apply(&mut write, Subject::User(UserId(id)), &change).await? {
            Ok(()) => Ok(write.finish(UserId(id)).await?.ok()),
            Err(why) => Ok(write.refuse(why).await?.ok()),
        }
    }

    /// Makes a user with their grants.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_user(&self, new: &NewUserRow<'_>) -> Result<AccessChange<User>, StoreError> {
        const WHAT: &str = "make a user";
        let mut write = self.access_write(WHAT).await?;
        let id: Option<i64> = sqlx::query_scalar(
            "INSERT INTO users (name, name_key, disabled, password_hash, serial, created_at) \
             VALUES ($1, $2, FALSE, $3, 0, $4) ON CONFLICT (name_key) DO NOTHING RETURNING id",
        )
        .bind(new.name)
        .bind(key(new.name))
        .bind(new.password_hash)
        .bind(new.at.0)
        .fetch_optional(write.on())
        .await
        .map_err(attempted(WHAT))?;
        let Some(id) = id.map(UserId) else { return write.refuse(AccessRefusal::Taken).await };
        let change = GrantsChange { give: new.grants, by: new.by, at: new.at, ..GrantsChange::default() };
        if let Err(why) = grants::apply(&mut write, Subject::User(id), &change).await? {
            return write.refuse(why).await;
        }
        if let Err(why) = write.finish(()).await? {
            return Ok(Err(why));
        }
        Ok(self.read_user(id).await?.ok_or(AccessRefusal::Unknown("user")))
    }

    /// All users with their grants and teams, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_users(&self) -> Result<Vec<User>, StoreError> {
        let rows = sqlx::query_as::<_, UserRow>(
            "SELECT id, name, disabled, created_at, last_sign_in_at, EXISTS (SELECT 1 FROM factors \
             WHERE user_id = users.id AND confirmed_at IS NOT NULL) AS has_factor FROM users ORDER BY name_key",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(attempted("list the users"))?;
        let mut own: HashMap<UserId, Vec<Grant>> = HashMap::new();
        let mut of_teams: HashMap<TeamId, Vec<RoleRef>> = HashMap::new();
        for grant in self.list_grants().await? {
            match grant.subject {
                Subject::User(user) => own.entry(user).or_default().push(grant),
                Subject::Team(team) => of_teams.entry(team).or_default().push(grant.role),
            }
        }
        let mut teams: HashMap<UserId, Vec<TeamName>> = HashMap::new();
        for (team, user) in self.members().await? {
            teams.entry(user).or_default().push(team);
        }
        let policy = self.policy().await?;
        let user = |row: UserRow| {
            let id = UserId(row.id);
            let grants = own.remove(&id).unwrap_or_default();
            let teams = teams.remove(&id).unwrap_or_default();
            let by_teams = teams.iter().filter_map(|team| of_teams.get(&team.id)).flatten().copied();
            let required = policy.requires_factor(grants.iter().map(|grant| grant.role).chain(by_teams));
            row.user(grants, teams, required)
        };
        Ok(rows.into_iter().map(user).collect())
    }

    /// One user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read_user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(self.list_users().await?.into_iter().find(|user| user.id == id))
    }

    /// Whether a user may not sign in; `None` for one that does not exist.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_disabled(&self, user: UserId) -> Result<Option<bool>, StoreError> {
        Ok(self.name_and_disabled(user).await?.map(|(_, disabled)| disabled))
    }

    /// The name of a user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_name(&self, user: UserId) -> Result<Option<String>, StoreError> {
        Ok(self.name_and_disabled(user).await?.map(|(name, _)| name))
    }

    async fn name_and_disabled(&self, user: UserId) -> Result<Option<(String, bool)>, StoreError> {
        sqlx::query_as("SELECT name, disabled FROM users WHERE id = $1")
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
        let row: Option<(i64, String, bool, String, i64)> =
            sqlx::query_as("SELECT id, name, disabled, password_hash, serial FROM users WHERE name_key = $1")
                .bind(key(name))
                .fetch_optional(&self.pool)
                .await
                .map_err(attempted("read a user"))?;
        Ok(row.map(|(id, name, disabled, password_hash, serial)| StoredCredentials {
            user: UserId(id),
            name,
            disabled,
            password_hash,
            serial,
        }))
    }

    /// Changes a user and ends the sessions and API tokens that must not outlive the change, in one
    /// transaction. Gives the user as they are now, and what was ended.
    ///
    /// # Errors
    /// When the database fails; then nothing was changed.
    pub async fn update_user(
        &self,
        id: UserId,
        update: &UserUpdate<'_>,
    ) -> Result<AccessChange<(User, Vec<SessionKey>)>, StoreError> {
        const WHAT: &str = "change a user";
        let mut write = self.access_write(WHAT).await?;
        let disables = update.disabled == Some(true);
        let raises = disables || update.password_hash.is_some();
        let changed = sqlx::query(
            "UPDATE users SET disabled = COALESCE($2, disabled), \
             password_hash = COALESCE($3, password_hash), serial = serial + $4 WHERE id = $1",
        )
        .bind(id.0)
        .bind(update.disabled)
        .bind(update.password_hash)
        .bind(i64::from(raises))
        .execute(write.on())
        .await
        .map_err(attempted(WHAT))?;
        if changed.rows_affected() == 0 {
            return write.refuse(AccessRefusal::Unknown("user")).await;
        }
        if let Err(why) = grants::apply(&mut write, Subject::User(id), &update.grants).await? {
            return write.refuse(why).await;
        }
        let ended = if raises {
            let keep = update.keep.filter(|_| !disables).map_or(&[][..], SessionKey::bytes);
            let keys: Vec<Vec<u8>> =
                sqlx::query_scalar("DELETE FROM sessions WHERE user_id = $1 AND key <> $2 RETURNING key")
                    .bind(id.0)
                    .bind(keep)
                    .fetch_all(write.on())
                    .await
                    .map_err(attempted(WHAT))?;
            // Whoever changes their own password keeps their tokens; another's hand may mean a stolen account.
            let own = "SELECT COUNT(*) FROM sessions WHERE user_id = $1";
            let tokens = if !disables && update.keep.is_some() && write.is_there(own, id.0).await? {
                Vec::new()
            } else {
                tokens::revoke_all(write.on(), id, WHAT).await?
            };
            keys.iter().filter_map(|key| SessionKey::from_bytes(key)).chain(tokens).collect()
        } else {
            Vec::new()
        };
        if let Err(why) = write.finish(()).await? {
            return Ok(Err(why));
        }
        let user = self.read_user(id).await?;
        Ok(user.map(|user| (user, ended)).ok_or(AccessRefusal::Unknown("user")))
    }

    /// Removes a user with their grants; gives the sessions and API tokens that were ended with it.
    ///
    /// # Errors
    /// When the database fails; then nothing was changed.
    pub async fn remove_user(&self, id: UserId) -> Result<AccessChange<Vec<SessionKey>>, StoreError> {
        const WHAT: &str = "remove a user";
        let mut write = self.access_write(WHAT).await?;
        let keys: Vec<Vec<u8>> = sqlx::query_scalar("DELETE FROM sessions WHERE user_id = $1 RETURNING key")
            .bind(id.0)
            .fetch_all(write.on())
            .await
            .map_err(attempted(WHAT))?;
        let tokens = tokens::revoke_all(write.on(), id, WHAT).await?;
        let removed = sqlx::query("DELETE FROM users WHERE id = $1")
            .bind(id.0)
            .execute(write.on())
            .await
            .map_err(attempted(WHAT))?;
        if removed.rows_affected() == 0 {
            return write.refuse(AccessRefusal::Unknown("user")).await;
        }
        let sessions = keys.iter().filter_map(|key| SessionKey::from_bytes(key));
        write.finish(sessions.chain(tokens).collect()).await
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
