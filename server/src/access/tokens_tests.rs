//! Tests of API tokens: their text, how long they live, what ends them, and what they may.

use std::{net::Ipv4Addr, sync::Arc};

use axum::http::HeaderValue;
use shared::{
    EnvironmentId, Permission, Role, Scope, Target, TokenId, UserId,
    access::{Narrowing, PermissionSet},
    users::{NewGrant, Subject},
};
use tower_sessions::Session;

use super::{
    super::{clock::testing::TestClock, credentials::Verified, session::SessionChange, session::SessionRows},
    *,
};
use crate::store::{GrantsChange, NewTokenRow, NewUserRow, Owned, Store, UserUpdate, testing};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

struct Home {
    store: Store,
    sessions: Sessions,
    time: TestClock,
    ann: UserId,
    session: SessionKey,
    _folder: testing::TempFolder,
}

/// With ann, who is an operator of everything.
async fn home() -> Home {
    let (store, folder) = testing::store().await;
    let time = TestClock::new();
    let sessions = Sessions::new(store.clone(), time.clock());
    let grants = &[NewGrant::everywhere(Role::Operator)];
    let new = NewUserRow { name: "ann", grants, password_hash: "hash", ..NewUserRow::default() };
    let ann = store.create_user(&new).await.unwrap().unwrap().id;
    let session = Session::new(None, Arc::new(SessionRows::new(sessions.clone())), None);
    let verified = Verified::newly_made(ann, "ann");
    let session = sessions.begin(&session, &verified, HERE, "test").await.unwrap().session;
    Home { store, sessions, time, ann, session, _folder: folder }
}

impl Home {
    async fn make(&self, name: &str, permissions: &[Permission], scope: Scope) -> Option<(TokenId, String)> {
        let text = new_text(&mut rand::rng());
        let at = self.time.clock().now();
        let row = NewTokenRow {
            key: key(&text),
            user: self.ann,
            session: self.session,
            name,
            narrowing: &Narrowing { permissions: PermissionSet::of(permissions), scope },
            at,
            expires_at: UnixMillis(at.0 + 3_600_000),
            most: 3,
        };
        self.store.create_token(&row).await.unwrap().map(|id| (id, text))
    }

    async fn token(&self, name: &str, permissions: &[Permission], scope: Scope) -> (TokenId, String) {
        self.make(name, permissions, scope).await.unwrap()
    }

    async fn who(&self, text: &str) -> Result<Actor, Error> {
        self.sessions.authenticate_token(text, HERE).await
    }

    async fn used(&self) -> (Option<UnixMillis>, Option<String>) {
        let token = self.store.list_tokens(self.ann).await.unwrap().remove(0);
        (token.used_at, token.used_from)
    }
}

fn local() -> EnvironmentId {
    "local".parse().unwrap()
}

const OPERATE: Permission = Permission::ContainerOperate;

#[test]
fn a_text_is_found_by_its_prefix_and_proved_by_its_checksum() {
    let text = new_text(&mut rand::rng());
    assert!(text.starts_with("lsh_") && text.len() == 53, "{text}");
    assert!(is_well_formed(&text));
    assert_ne!(text, new_text(&mut rand::rng()));
    let flipped = if text.ends_with('0') { "1" } else { "0" };
    for wrong in ["", "lsh_", &text[..52], &format!("{text}0"), &format!("{}{flipped}", &text[..52])] {
        assert!(!is_well_formed(wrong), "{wrong}");
    }
    assert!(!is_well_formed(&text.replace("lsh_", "LSH_")));
    assert!(!is_well_formed(&"é".repeat(30)));
}

#[test]
fn only_a_bearer_is_a_token() {
    let bearer = |value: &[u8]| {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_bytes(value).unwrap());
        shown(&headers).map(str::to_owned)
    };
    assert_eq!(shown(&HeaderMap::new()), None);
    assert_eq!(bearer(b"Basic YW5uOng="), None, "what a proxy in front asks for");
    assert_eq!(bearer(b"Bearer lsh_x").as_deref(), Some("lsh_x"));
    assert_eq!(bearer(b"bearer  lsh_x").as_deref(), Some("lsh_x"));
    assert_eq!(bearer(b"Bearer").as_deref(), Some(""));
    assert_eq!(bearer(b"Bearer \xff").as_deref(), Some(""));
}

#[tokio::test]
async fn a_token_is_its_owner_narrowed_and_shrinks_with_them() {
    let home = home().await;
    let shop = Scope::Stack { environment: local(), stack: "shop".to_owned() };
    let (_, text) = home.token("ci", &[OPERATE, Permission::ContainerExec], shop.clone()).await;
    let actor = home.who(&text).await.unwrap();
    assert_eq!((actor.user, actor.in_audit().as_str()), (home.ann, "ann (token: ci)"));
    assert!(actor.access().holds(OPERATE, shop.target()));
    assert!(!actor.access().holds(Permission::ContainerExec, shop.target()), "the owner does not hold it");
    assert!(!actor.access().holds(Permission::ContainerLogs, shop.target()), "it was not made for it");
    assert!(!actor.access().holds(OPERATE, Target::Environment(&local())));

    // What the console made in the stack is of it by the console's own record.
    let container = "a".repeat(64).parse().unwrap();
    let made = Owned {
        environment: local(),
        container,
        owner: Some(Subject::User(home.ann)),
        stack: Some("shop".to_owned()),
    };
    home.store.record_made(&made).await.unwrap().unwrap();
    home.sessions.access_changed().await;
    let actor = home.who(&text).await.unwrap();
    assert!(actor.access().holds(OPERATE, made.scope().target()));

    let take = [home.store.list_grants().await.unwrap()[0].id];
    let change = GrantsChange { take: &take, ..GrantsChange::default() };
    home.store.change_grants(Subject::User(home.ann), &change).await.unwrap().unwrap();
    home.sessions.access_changed().await;
    let actor = home.who(&text).await.unwrap();
    assert!(!actor.access().holds(OPERATE, shop.target()), "the grant behind it is gone");
    assert!(actor.access().holds(OPERATE, made.scope().target()), "what is theirs stays");
}

#[tokio::test]
async fn it_ends_by_the_clock_and_not_by_being_idle() {
    let home = home().await;
    let (_, text) = home.token("ci", &[OPERATE], Scope::Everything).await;
    let actor = home.who(&text).await.unwrap();
    home.time.pass(Duration::from_millis(3_599_999));
    assert!(home.who(&text).await.is_ok());
    assert!(home.sessions.left(&actor) < Duration::from_millis(20));
    home.time.pass(Duration::from_millis(1));
    assert!(matches!(home.who(&text).await, Err(Error::BadToken)));
    assert!(home.sessions.recheck(&actor).await.is_none(), "its streams end");
    assert_eq!(home.store.list_tokens(home.ann).await.unwrap().len(), 1, "it is still in the list");
    home.token("ci", &[OPERATE], Scope::Everything).await;
    assert_eq!(home.store.list_tokens(home.ann).await.unwrap().len(), 1, "another takes its name");
}

#[tokio::test]
async fn it_ends_with_a_revocation_a_new_password_and_a_disabled_owner() {
    for step in ["revoked", "password", "disabled"] {
        let home = home().await;
        let mut changes = home.sessions.changes();
        let (id, text) = home.token(step, &[OPERATE], Scope::Everything).await;
        let actor = home.who(&text).await.unwrap();
        if step == "revoked" {
            let (name, key) = home.store.revoke_token(home.ann, id).await.unwrap().unwrap();
            assert_eq!(name, "revoked");
            home.sessions.token_revoked(key);
        } else {
            let update = UserUpdate {
                password_hash: (step == "password").then_some("other"),
                disabled: (step == "disabled").then_some(true),
                ..UserUpdate::default()
            };
            let (user, ended) = home.store.update_user(home.ann, &update).await.unwrap().unwrap();
            home.sessions.user_changed(user.id, &ended);
        }
        assert!(matches!(home.who(&text).await, Err(Error::BadToken)), "{step}");
        assert!(home.sessions.recheck(&actor).await.is_none(), "{step}");
        let told = std::iter::from_fn(|| changes.try_recv().ok());
        assert!(told.into_iter().any(|change| change == SessionChange::Ended(actor.session)), "{step}");
        if step != "revoked" {
            let late = home.make("late", &[OPERATE], Scope::Everything).await;
            assert!(late.is_none(), "the session that would make it has ended");
        }
    }
}

#[tokio::test]
async fn it_outlives_its_owners_own_change_of_password() {
    let home = home().await;
    let (_, text) = home.token("ci", &[OPERATE], Scope::Everything).await;
    let update = |keep| UserUpdate { password_hash: Some("other"), keep, ..UserUpdate::default() };
    home.store.update_user(home.ann, &update(Some(&home.session))).await.unwrap().unwrap();
    assert!(home.who(&text).await.is_ok());
    // An administrator keeps a session, too, but it is not one of hers.
    let others = SessionKey::new([9; 32]);
    let (user, ended) = home.store.update_user(home.ann, &update(Some(&others))).await.unwrap().unwrap();
    home.sessions.user_changed(user.id, &ended);
    assert!(matches!(home.who(&text).await, Err(Error::BadToken)));
}

#[tokio::test]
async fn names_are_taken_once_and_there_is_an_end_to_how_many() {
    let home = home().await;
    for name in ["a", "b", "c"] {
        home.token(name, &[OPERATE], Scope::Everything).await;
        assert!(home.make(name, &[OPERATE], Scope::Everything).await.is_none());
    }
    assert!(home.make("d", &[OPERATE], Scope::Everything).await.is_none());
    assert!(home.store.revoke_token(UserId(99), TokenId(1)).await.unwrap().is_none(), "of somebody else");
}

#[tokio::test]
async fn its_use_is_noted_once_a_minute() {
    let home = home().await;
    let (_, text) = home.token("ci", &[OPERATE], Scope::Everything).await;
    assert_eq!(home.used().await, (None, None));
    home.who(&text).await.unwrap();
    let first = home.used().await;
    assert_eq!(first, (Some(home.time.clock().now()), Some("127.0.0.1".to_owned())));
    home.time.pass(Duration::from_secs(59));
    home.who(&text).await.unwrap();
    assert_eq!(home.used().await, first);
    home.time.pass(Duration::from_secs(1));
    home.who(&text).await.unwrap();
    assert_eq!(home.used().await.0, Some(home.time.clock().now()));
}

#[tokio::test]
async fn the_text_is_not_in_the_database() {
    let home = home().await;
    let (_, text) = home.token("ci", &[OPERATE], Scope::Everything).await;
    home.store.close().await;
    let bytes = std::fs::read(home._folder.path().join("longshore.db")).unwrap();
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    assert!(holds(key(&text).digest()));
    assert!(!holds(text.as_bytes()) && !holds(&text.as_bytes()[4..47]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_token_that_is_used_while_it_is_revoked_does_not_come_back() {
    let home = Arc::new(home().await);
    for round in 0..20 {
        let (id, text) = home.token(&format!("race-{round}"), &[OPERATE], Scope::Everything).await;
        let users: Vec<_> = (0..4)
            .map(|_| {
                let (home, text) = (Arc::clone(&home), text.clone());
                tokio::spawn(async move { while home.who(&text).await.is_ok() {} })
            })
            .collect();
        let (_, key) = home.store.revoke_token(home.ann, id).await.unwrap().unwrap();
        home.sessions.token_revoked(key);
        assert!(matches!(home.who(&text).await, Err(Error::BadToken)), "at once");
        for user in users {
            user.await.unwrap();
        }
        assert!(matches!(home.who(&text).await, Err(Error::BadToken)), "and for good");
    }
}
