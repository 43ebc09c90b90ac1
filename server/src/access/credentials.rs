//! Names and passwords: checking them at a sign-in.

use shared::{UserId, session::Credentials, users::PASSWORD_MAX_BYTES};

use super::password::{Hasher, Verdict};
use crate::{
    Error,
    store::{Store, StoredCredentials},
};

/// A user whose password was right a moment ago. What a session is made from.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The user.
    pub user: UserId,
    /// Their name.
    pub name: String,
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
    let Some(StoredCredentials { user, name, disabled, password_hash, serial }) = found else {
        return Ok(Checked::Wrong { known_name: None });
    };
    if verdict == Verdict::Wrong || disabled {
        return Ok(Checked::Wrong { known_name: Some(name) });
    }
    if verdict == Verdict::RightAtOldCost {
        let renewed = hasher.hash(password).await?;
        store.renew_hash(user, &password_hash, &renewed).await?;
    }
    Ok(Checked::Right(Verified { user, name, serial }))
}

impl Verified {
    /// A user who was made a moment ago, with the password that they just chose.
    #[must_use]
    pub fn newly_made(user: UserId, name: &str) -> Self {
        Self { user, name: name.to_owned(), serial: 0 }
    }
}

#[cfg(test)]
mod tests {
    use shared::UnixMillis;

    use super::{super::password::Cost, *};
    use crate::store::{NewUserRow, UserUpdate, testing};

    const AT: UnixMillis = UnixMillis(1_000);
    const PASSWORD: &str = "correct horse battery staple";

    fn typed(name: &str, password: &str) -> Credentials {
        Credentials { name: name.to_owned(), password: password.to_owned() }
    }

    async fn with_ann(hasher: &Hasher) -> (Store, testing::TempFolder) {
        let (store, folder) = testing::store().await;
        let hash = hasher.hash(PASSWORD).await.unwrap();
        let new = NewUserRow { name: "ann", password_hash: &hash, at: AT, ..NewUserRow::default() };
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
        assert_eq!(verified.name, "ann");
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
        store.update_user(verified.user, &update).await.unwrap().unwrap();
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
}
