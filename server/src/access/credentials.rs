//! Names and passwords: checking them at a sign-in, and setting them from the command line.

use shared::{
    UnixMillis,
    audit::AuditResult,
    session::Credentials,
    users::{PASSWORD_MAX_BYTES, User},
};

use super::{
    password::{Hasher, Verdict},
    password_rules::check_new_password,
};
use crate::{
    Error,
    store::{NewAuditRow, Store, StoredCredentials, UserUpdate, UserUpdated},
};

/// A user whose password was right a moment ago. What a session is made from.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The user.
    pub user: User,
    /// The user's serial when it was checked: a change since then voids it.
    pub(super) serial: i64,
}

/// What a check found.
#[derive(Debug)]
pub enum Checked {
    /// The password is the user's, who may sign in.
    Right(Verified),
    /// It is not, or the user is disabled. The name is the user's own; what somebody typed who is no
    /// user may be a password in the wrong field, and is not kept.
    Wrong {
        /// The user's name, if there is such a user.
        known_name: Option<String>,
    },
}

/// Checks a name and a password. Takes as long for a name that nobody has and for a disabled user. A
/// right password whose hash is older than the cost of today is hashed anew.
///
/// # Errors
/// [`Error::Busy`] when too many are being checked; when the database fails.
pub async fn check(store: &Store, hasher: &Hasher, credentials: &Credentials) -> Result<Checked, Error> {
    let password = credentials.password.as_str();
    if password.len() > PASSWORD_MAX_BYTES {
        return Ok(Checked::Wrong { known_name: None });
    }
    let found = store.find_credentials(&credentials.name).await?;
    let hash = found.as_ref().map(|found| found.password_hash.as_str());
    let verdict = hasher.verify(password, hash).await?;
    let Some(StoredCredentials { user, password_hash, serial }) = found else {
        return Ok(Checked::Wrong { known_name: None });
    };
    if verdict == Verdict::Wrong || user.disabled {
        return Ok(Checked::Wrong { known_name: Some(user.name) });
    }
    if verdict == Verdict::RightAtOldCost {
        let renewed = hasher.hash(password).await?;
        store.renew_hash(user.id, &password_hash, &renewed).await?;
    }
    Ok(Checked::Right(Verified { user, serial }))
}

impl Verified {
    /// A user who was made a moment ago, with the password that they just chose.
    #[must_use]
    pub fn newly_made(user: User) -> Self {
        Self { user, serial: 0 }
    }
}

/// Gives a user another password and ends all of their sessions: `longshore admin reset-password`. Who
/// can run it owns the data folder, so nothing else is asked. A console that runs meanwhile notices within
/// a second.
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
    let found = store.find_credentials(name).await?.ok_or(Error::NotFound("user"))?;
    check_new_password(new_password, &found.user.name)?;
    let hash = hasher.hash(new_password).await?;
    let row = NewAuditRow {
        at,
        actor: "",
        address: "",
        action: "ResetPassword",
        target: &found.user.name,
        result: AuditResult::Started,
        detail: "",
    };
    let row = store.add_audit(&row).await?;
    let update = UserUpdate { password_hash: Some(&hash), ..UserUpdate::default() };
    let updated = store.update_user(found.user.id, &update).await?;
    let (result, answer) = match updated {
        UserUpdated::Done { .. } => (AuditResult::Done, Ok(())),
        UserUpdated::Unknown => (AuditResult::Failed, Err(Error::NotFound("user"))),
        UserUpdated::LastAdmin => {
            (AuditResult::Failed, Err(Error::Internal("a password was taken for a role".to_owned())))
        }
    };
    store.finish_audit(row, result, "from the command line").await?;
    answer
}

#[cfg(test)]
mod tests {
    use shared::Role;

    use super::{super::password::Cost, *};
    use crate::store::{NewUserRow, testing};

    const AT: UnixMillis = UnixMillis(1_000);
    const PASSWORD: &str = "correct horse battery staple";

    fn typed(name: &str, password: &str) -> Credentials {
        Credentials { name: name.to_owned(), password: password.to_owned() }
    }

    async fn with_ann(hasher: &Hasher) -> (Store, testing::TempFolder) {
        let (store, folder) = testing::store().await;
        let hash = hasher.hash(PASSWORD).await.unwrap();
        let new = NewUserRow { name: "ann", role: Role::Viewer, password_hash: &hash, at: AT };
        store.create_user(&new).await.unwrap().unwrap();
        (store, folder)
    }

    #[tokio::test]
    async fn only_the_right_password_of_an_enabled_user_is_right() {
        let hasher = Hasher::new(Cost::TEST).unwrap();
        let (store, _folder) = with_ann(&hasher).await;
        let Checked::Right(verified) = check(&store, &hasher, &typed("ANN", PASSWORD)).await.unwrap() else {
            panic!("right");
        };
        assert_eq!(verified.user.name, "ann");
        for (name, password, known) in [
            ("ann", "correct horse battery stable", Some("ann")),
            ("bob", PASSWORD, None),
            ("", "", None),
            ("ann", &"x".repeat(2_000), None),
        ] {
            let Checked::Wrong { known_name } = check(&store, &hasher, &typed(name, password)).await.unwrap()
            else {
                panic!("{name} is in");
            };
            assert_eq!(known_name.as_deref(), known);
        }
        let update = UserUpdate { disabled: Some(true), ..UserUpdate::default() };
        store.update_user(verified.user.id, &update).await.unwrap();
        let checked = check(&store, &hasher, &typed("ann", PASSWORD)).await.unwrap();
        assert!(matches!(checked, Checked::Wrong { .. }), "disabled");
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_is_renewed_at_the_sign_in() {
        let (store, _folder) = with_ann(&Hasher::new(Cost::TEST).unwrap()).await;
        let dearer = Hasher::new(Cost { memory_kib: 32, ..Cost::TEST }).unwrap();
        let hash = async || store.find_credentials("ann").await.unwrap().unwrap().password_hash;
        let before = hash().await;
        check(&store, &dearer, &typed("ann", "wrong")).await.unwrap();
        assert_eq!(hash().await, before);
        let checked = check(&store, &dearer, &typed("ann", PASSWORD)).await.unwrap();
        assert!(matches!(checked, Checked::Right(_)));
        assert!(hash().await.contains("m=32"));
        let checked = check(&store, &dearer, &typed("ann", PASSWORD)).await.unwrap();
        assert!(matches!(checked, Checked::Right(_)));
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
        let right = async |password| {
            matches!(check(&store, &hasher, &typed("ann", password)).await.unwrap(), Checked::Right(_))
        };
        assert!(right(new).await);
        assert!(!right(PASSWORD).await);
        let audit = store.list_audit(i64::MAX, 9).await.unwrap();
        assert_eq!(audit.len(), 1);
        assert_eq!((audit[0].action.as_str(), audit[0].result), ("ResetPassword", AuditResult::Done));
    }
}
