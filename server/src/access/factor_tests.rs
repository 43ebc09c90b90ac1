//! Tests of second factors: each code once, also under a race, and guessing becomes slow.

use std::{collections::BTreeSet, time::Duration};

use shared::{Role, account::FactorState, policy::SecurityPolicy};

use super::{
    super::{clock::testing::TestClock, seal::KEY_FILE, totp::shown},
    *,
};
use crate::store::{AccessRefusal, NewUserRow, testing};

struct Home {
    store: Store,
    factors: Factors,
    time: TestClock,
    ann: Actor,
    _folder: testing::TempFolder,
}

async fn home() -> Home {
    let (store, folder) = testing::store().await;
    let time = TestClock::new();
    let keys = Keys::open(&folder.path().join(KEY_FILE), false).unwrap();
    let at = time.clock().now();
    let new = NewUserRow { name: "ann", password_hash: "hash", at, ..NewUserRow::default() };
    let mut ann = Actor::for_test("ann");
    ann.user = store.create_user(&new).await.unwrap().unwrap().id;
    Home { factors: Factors::new(store.clone(), keys, time.clock()), store, time, ann, _folder: folder }
}

impl Home {
    fn code(&self, secret: &[u8]) -> String {
        shown(secret, self.time.clock().now())
    }

    /// Enrols, a while ago: the secret and the recovery codes.
    async fn enrolled(&self) -> (Vec<u8>, Vec<String>) {
        let setup = self.factors.begin(&self.ann).await.unwrap();
        let secret = BASE32_NOPAD.decode(setup.secret.as_bytes()).unwrap();
        let codes = self.factors.confirm(self.ann.user, &self.code(&secret)).await.unwrap().codes;
        self.time.pass(Duration::from_secs(60));
        (secret, codes)
    }

    async fn use_code(&self, code: &str) -> Result<(), Error> {
        self.factors.use_code(self.ann.user, code).await
    }

    async fn state(&self) -> FactorState {
        self.store.read_factor(self.ann.user).await.unwrap()
    }
}

#[tokio::test]
async fn a_factor_counts_once_a_code_has_confirmed_it() {
    let home = home().await;
    assert!(matches!(home.use_code("123456").await, Err(Error::Conflict(_))));
    let first = home.factors.begin(&home.ann).await.unwrap();
    assert_eq!(home.state().await, FactorState { since: None, recovery_codes: 0 });
    assert!(!home.store.has_factor(home.ann.user).await.unwrap());
    let second = home.factors.begin(&home.ann).await.unwrap();
    assert_ne!(first.secret, second.secret);
    let code = |secret: &str| home.code(&BASE32_NOPAD.decode(secret.as_bytes()).unwrap());
    let confirm = async |code: String| home.factors.confirm(home.ann.user, &code).await;
    assert!(matches!(confirm(code(&first.secret)).await, Err(Error::BadCode)), "that secret is gone");
    let used = code(&second.secret);
    let recovery = confirm(used.clone()).await.unwrap();
    assert_eq!(recovery.codes.len(), 10);
    assert_eq!(home.state().await.recovery_codes, 10);
    assert!(home.store.has_factor(home.ann.user).await.unwrap());
    assert!(matches!(home.use_code(&used).await, Err(Error::BadCode)), "it was used to confirm");
    assert!(matches!(home.factors.begin(&home.ann).await, Err(Error::Conflict(_))));
}

#[tokio::test]
async fn a_code_is_used_once_also_when_it_comes_twice_at_once() {
    let home = home().await;
    let (secret, _) = home.enrolled().await;
    for _ in 0..5 {
        let code = home.code(&secret);
        let (typed, other) = (format!("{} {}", &code[..3], &code[3..]), code.clone());
        let (first, second) = tokio::join!(home.use_code(&typed), home.use_code(&other));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        assert!(matches!(home.use_code(&code).await, Err(Error::BadCode)));
        home.time.pass(Duration::from_secs(30));
    }
}

#[tokio::test]
async fn recovery_codes_work_once_and_are_kept_as_hashes() {
    let home = home().await;
    let (_, codes) = home.enrolled().await;
    let typed = codes[0].to_ascii_lowercase().replace('-', " ");
    let (first, second) = tokio::join!(home.use_code(&typed), home.use_code(&codes[0]));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    assert_eq!(home.state().await.recovery_codes, 9);
    assert!(matches!(home.use_code(&codes[0]).await, Err(Error::BadCode)));
    let renewed = home.factors.renew_recovery_codes(home.ann.user).await.unwrap().codes;
    assert!(matches!(home.use_code(&codes[1]).await, Err(Error::BadCode)), "replaced");
    home.use_code(&renewed[9]).await.unwrap();
    assert!(matches!(home.use_code("").await, Err(Error::BadCode)));
}

#[tokio::test]
async fn guessing_codes_becomes_slow_from_wherever_it_is_done() {
    let home = home().await;
    let (secret, codes) = home.enrolled().await;
    let wrong = async || home.use_code("WRONG").await.unwrap_err();
    for _ in 0..10 {
        assert!(matches!(wrong().await, Error::BadCode));
    }
    let Error::TooManyAttempts { retry_after_seconds } = wrong().await else { panic!("slow") };
    assert_eq!(retry_after_seconds, 30);
    assert!(matches!(home.use_code(&home.code(&secret)).await, Err(Error::TooManyAttempts { .. })));
    home.time.pass(Duration::from_secs(30));
    assert!(matches!(wrong().await, Error::BadCode));
    let Error::TooManyAttempts { retry_after_seconds } = wrong().await else { panic!("slower") };
    assert_eq!(retry_after_seconds, 60);
    home.time.pass(Duration::from_secs(60));
    home.use_code(&codes[3]).await.unwrap();
    assert!(matches!(wrong().await, Error::BadCode), "a right one begins anew");
}

#[tokio::test]
async fn many_guesses_at_once_do_not_get_past_the_count() {
    let home = home().await;
    home.enrolled().await;
    let tries = (0..40).map(|number| {
        let (factors, user) = (home.factors.clone(), home.ann.user);
        tokio::spawn(async move { factors.use_code(user, &format!("{number:06}X")).await.unwrap_err() })
    });
    let mut looked_at = 0;
    for tried in tries.collect::<Vec<_>>() {
        looked_at += i32::from(matches!(tried.await.unwrap(), Error::BadCode));
    }
    assert_eq!(looked_at, 10);
}

/// Whoever requires a second factor must have one when that begins, whoever removes theirs meanwhile.
#[tokio::test]
async fn a_factor_is_not_removed_while_the_policy_begins_to_require_it() {
    let home = home().await;
    let (store, ann) = (&home.store, home.ann.user);
    home.enrolled().await;
    let require = async || {
        let change = |before: &SecurityPolicy, with_factor: &BTreeSet<UserId>| {
            if !with_factor.contains(&ann) {
                return Err(Error::invalid("factor_roles", "none"));
            }
            Ok(SecurityPolicy { factor_roles: vec![Role::Admin.into()], ..before.clone() })
        };
        store.change_policy(change).await
    };
    // It was looked whether it may be removed, and then the policy was changed.
    let looked = store.decided_at(store.access_version().await.unwrap());
    require().await.unwrap();
    assert_eq!(looked.remove_factor(ann, None).await.unwrap(), Err(AccessRefusal::Stale));
    assert!(store.has_factor(ann).await.unwrap());

    // And the other way round: what the change is told is what there is then.
    let asked = require();
    store.remove_factor(ann, None).await.unwrap().unwrap();
    assert!(matches!(asked.await, Err(Error::Invalid { .. })));
}

#[tokio::test]
async fn a_factor_that_is_removed_is_gone_with_its_codes() {
    let home = home().await;
    let (secret, codes) = home.enrolled().await;
    assert!(home.store.remove_factor(home.ann.user, None).await.unwrap().unwrap().is_some());
    assert!(home.store.remove_factor(home.ann.user, None).await.unwrap().unwrap().is_none());
    assert_eq!(home.state().await, FactorState { since: None, recovery_codes: 0 });
    for code in [&home.code(&secret), &codes[0]] {
        assert!(matches!(home.use_code(code).await, Err(Error::Conflict(_))));
    }
}
