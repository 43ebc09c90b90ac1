//! What the host's administrator does from the command line when nobody can get in: `longshore admin`.
//!
//! Whoever can run it owns the data folder, so nothing else is asked; each change is an audit row all the
//! same. A console that runs meanwhile notices at the next request after a second, and its open streams
//! within half a minute.

use shared::{
    Role, UnixMillis,
    audit::AuditResult,
    policy::SecurityPolicy,
    users::{NewGrant, User},
};

use super::{
    factor,
    owners::refused,
    password::Hasher,
    password_rules::check_new_password,
    seal::{self, Keys},
};
use crate::{
    Error,
    store::{GrantsChange, NewAuditRow, SealedColumn, Store, StoreError, StoredCredentials, UserUpdate},
};

/// What each of their audit rows says of itself.
const WHERE: &str = "from the command line";

/// All users.
///
/// # Errors
/// When the database fails.
pub async fn list(store: &Store) -> Result<Vec<User>, Error> {
    Ok(store.list_users().await?)
}

/// Gives a user another password and ends all of their sessions.
///
/// # Errors
/// [`Error::NotFound`] for an unknown name, [`Error::Invalid`] for a password that is refused; when the
/// database fails.
pub async fn reset_password(
    store: &Store,
    hasher: &Hasher,
    name: &str,
    new_password: &str,
    at: UnixMillis,
) -> Result<(), Error> {
    let found = find(store, name).await?;
    check_new_password(&store.policy().await?, new_password, &found.name)?;
    let hash = hasher.hash(new_password).await?;
    let update = UserUpdate { password_hash: Some(&hash), ..UserUpdate::default() };
    recorded(store, "ResetPassword", &found, &update, at).await
}

/// Gives a user the role admin on everything; whoever holds it keeps it.
///
/// # Errors
/// [`Error::NotFound`] for an unknown name; when the database fails.
pub async fn make_admin(store: &Store, name: &str, at: UnixMillis) -> Result<(), Error> {
    let found = find(store, name).await?;
    let admin = NewGrant::everywhere(Role::Admin);
    let users = store.list_users().await?;
    let held = users.iter().find(|user| user.id == found.user).map(|user| user.role());
    let give: &[NewGrant] = if held == Some(Some(Role::Admin)) { &[] } else { std::slice::from_ref(&admin) };
    let grants = GrantsChange { give, at, ..GrantsChange::default() };
    recorded(store, "MakeAdmin", &found, &UserUpdate { grants, ..UserUpdate::default() }, at).await
}

/// Lets a user sign in again.
///
/// # Errors
/// [`Error::NotFound`] for an unknown name; when the database fails.
pub async fn enable(store: &Store, name: &str, at: UnixMillis) -> Result<(), Error> {
    let found = find(store, name).await?;
    let update = UserUpdate { disabled: Some(false), ..UserUpdate::default() };
    recorded(store, "EnableUser", &found, &update, at).await
}

/// Refuses a user's sign-ins, and ends their sessions.
///
/// # Errors
/// [`Error::NotFound`] for an unknown name, [`Error::Conflict`] for the last administrator; when the database
/// fails.
pub async fn disable(store: &Store, name: &str, at: UnixMillis) -> Result<(), Error> {
    let found = find(store, name).await?;
    let update = UserUpdate { disabled: Some(true), ..UserUpdate::default() };
    recorded(store, "DisableUser", &found, &update, at).await
}

/// Removes a user's second factor and ends their sessions.
///
/// # Errors
/// [`Error::NotFound`] for an unknown name, [`Error::Conflict`] if there is none; when the database fails.
pub async fn reset_factor(store: &Store, name: &str, at: UnixMillis) -> Result<(), Error> {
    let found = find(store, name).await?;
    let row = begun(store, "ResetFactor", &found.name, at).await?;
    let removed = store.remove_factor(found.user, None).await?;
    let answer = removed.map_err(refused).and_then(|ended| ended.map(drop).ok_or_else(factor::none));
    ended(store, row, &answer).await?;
    answer
}

/// Makes another key, and seals every secret in the database under it; gives their number. The key before it
/// stays in the file until the next time, since a console that runs meanwhile seals under it.
///
/// # Errors
/// When a value cannot be opened, or the database or the file fails; then all values are as they were.
pub async fn rotate_key(store: &Store, keys: &Keys, at: UnixMillis) -> Result<u64, Error> {
    let row = begun(store, "RotateKey", "", at).await?;
    let answer = async {
        keys.add()?;
        let again = |column: &SealedColumn, row: i64, value: &[u8]| {
            let place = seal::Place { table: column.table, column: column.column, row };
            keys.seal(&place, &keys.unseal(&place, value)?)
        };
        let values = store.reseal(again).await??;
        keys.drop_older()?;
        Ok(values)
    }
    .await;
    ended(store, row, &answer).await?;
    answer
}

/// Puts the policy back to what it usually is.
///
/// # Errors
/// When the database fails.
pub async fn reset_policy(store: &Store, at: UnixMillis) -> Result<(), Error> {
    let row = begun(store, "ResetPolicy", "", at).await?;
    let changed = store.change_policy(|_, _| Ok::<_, StoreError>(SecurityPolicy::default())).await;
    let answer = changed.map(drop).map_err(Error::from);
    ended(store, row, &answer).await?;
    answer
}

async fn find(store: &Store, name: &str) -> Result<StoredCredentials, Error> {
    store.find_credentials(name).await?.ok_or(Error::NotFound("user"))
}

async fn recorded(
    store: &Store,
    action: &str,
    found: &StoredCredentials,
    update: &UserUpdate<'_>,
    at: UnixMillis,
) -> Result<(), Error> {
    let row = begun(store, action, &found.name, at).await?;
    let answer = store.update_user(found.user, update).await?.map(drop).map_err(refused);
    ended(store, row, &answer).await?;
    answer
}

async fn begun(store: &Store, action: &str, target: &str, at: UnixMillis) -> Result<i64, Error> {
    let result = AuditResult::Started;
    let row = NewAuditRow { at, actor: "", address: "", action, target, result, detail: WHERE };
    Ok(store.add_audit(&row).await?)
}

async fn ended<T>(store: &Store, row: i64, answer: &Result<T, Error>) -> Result<(), Error> {
    let result = if answer.is_ok() { AuditResult::Done } else { AuditResult::Failed };
    let why = answer.as_ref().err().map(|error| format!("{WHERE}: {error}"));
    store.finish_audit(row, result, why.as_deref().unwrap_or(WHERE)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use shared::session::Credentials;

    use super::{
        super::{
            credentials::{Checked, check},
            password::Cost,
        },
        *,
    };
    use crate::store::{NewUserRow, testing};

    const AT: UnixMillis = UnixMillis(1_000);
    const PASSWORD: &str = "correct horse battery staple";

    async fn with_ann(hasher: &Hasher) -> (Store, testing::TempFolder) {
        let (store, folder) = testing::store().await;
        let hash = hasher.hash(PASSWORD).await.unwrap();
        let new = NewUserRow { name: "ann", password_hash: &hash, at: AT, ..NewUserRow::default() };
        store.create_user(&new).await.unwrap().unwrap();
        (store, folder)
    }

    #[tokio::test]
    async fn a_reset_password_works_and_the_old_one_does_not() {
        let hasher = Hasher::new(Cost::TEST).unwrap();
        let (store, _folder) = with_ann(&hasher).await;
        let new = "four unrelated words make";
        let unknown = reset_password(&store, &hasher, "bob", new, AT).await;
        assert!(matches!(unknown, Err(Error::NotFound("user"))));
        let weak = reset_password(&store, &hasher, "ann", "password1234", AT).await;
        assert!(matches!(weak, Err(Error::Invalid { .. })));
        reset_password(&store, &hasher, "Ann", new, AT).await.unwrap();
        let right = async |password: &str| {
            let typed = Credentials { name: "ann".to_owned(), password: password.to_owned() };
            matches!(check(&store, &hasher, &typed).await.unwrap(), Checked::Right(_))
        };
        assert!(right(new).await);
        assert!(!right(PASSWORD).await);
        let audit = store.list_audit(i64::MAX, 9).await.unwrap();
        assert_eq!(audit.len(), 1);
        assert_eq!((audit[0].action.as_str(), audit[0].result), ("ResetPassword", AuditResult::Done));
    }

    #[tokio::test]
    async fn an_administrator_is_made_disabled_and_kept_as_the_last() {
        let hasher = Hasher::new(Cost::TEST).unwrap();
        let (store, _folder) = with_ann(&hasher).await;
        for _ in 0..2 {
            make_admin(&store, "ann", AT).await.unwrap();
        }
        let ann = async || store.list_users().await.unwrap().remove(0);
        assert_eq!((ann().await.role(), ann().await.grants.len()), (Some(Role::Admin), 1));
        assert!(matches!(disable(&store, "ann", AT).await, Err(Error::Conflict(_))));
        assert!(!ann().await.disabled);
        let new = NewUserRow { name: "bob", password_hash: "hash", at: AT, ..NewUserRow::default() };
        store.create_user(&new).await.unwrap().unwrap();
        make_admin(&store, "bob", AT).await.unwrap();
        disable(&store, "ann", AT).await.unwrap();
        assert!(ann().await.disabled);
        enable(&store, "ann", AT).await.unwrap();
        assert!(!ann().await.disabled);
        let rows = store.list_audit(i64::MAX, 9).await.unwrap();
        let told: Vec<_> = rows.iter().map(|row| (row.action.as_str(), row.result)).collect();
        assert_eq!(told[0], ("EnableUser", AuditResult::Done));
        assert!(told.contains(&("DisableUser", AuditResult::Failed)));
    }
}
