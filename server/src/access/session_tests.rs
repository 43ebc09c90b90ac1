//! Tests of sessions, through the same cookie layer that the router has.

use std::{net::Ipv4Addr, sync::Arc};

use axum::{
    body::Body,
    http::{Request, Response, header},
};
use shared::{
    Role,
    policy::SecurityPolicy,
    preferences::{Language, Preferences, Theme},
    users::{NewGrant, Subject, User},
};
use tower::{Layer, ServiceExt, service_fn};
use tower_sessions::SessionStore;

use super::{super::clock::testing::TestClock, *};
use crate::store::{GrantsChange, NewUserRow, UserUpdate, testing};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

struct Home {
    store: Store,
    sessions: Sessions,
    time: TestClock,
    folder: testing::TempFolder,
}

async fn home() -> Home {
    let (store, folder) = testing::store().await;
    let time = TestClock::new();
    Home { sessions: Sessions::new(store.clone(), time.clock()), store, time, folder }
}

impl Home {
    async fn user(&self, name: &str, role: Role) -> User {
        let grants = &[NewGrant::everywhere(role)];
        let at = self.time.clock().now();
        let new = NewUserRow { name, grants, password_hash: "hash", at, ..NewUserRow::default() };
        self.store.create_user(&new).await.unwrap().unwrap()
    }

    async fn verified(&self, name: &str) -> Verified {
        let found = self.store.find_credentials(name).await.unwrap().unwrap();
        Verified { user: found.user, name: found.name, serial: found.serial }
    }

    /// A session as the layer makes one for a request with this cookie.
    fn request(&self, id: Option<Id>) -> Session {
        Session::new(id, Arc::new(SessionRows::new(self.sessions.clone())), None)
    }

    async fn sign_in(&self, name: &str) -> (Id, Actor) {
        let session = self.request(None);
        let actor = self.sessions.begin(&session, &self.verified(name).await, HERE, "test").await.unwrap();
        (session.id().unwrap(), actor)
    }

    async fn who(&self, id: Id) -> Result<Actor, Error> {
        self.sessions.authenticate(&self.request(Some(id))).await
    }

    async fn change(&self, user: &User, update: UserUpdate<'_>) {
        let (user, ended) = self.store.update_user(user.id, &update).await.unwrap().unwrap();
        self.sessions.user_changed(user.id, &ended);
    }
}

fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3_600)
}

#[tokio::test]
async fn a_session_tells_who_and_survives_a_restart() {
    let home = home().await;
    let ann = home.user("ann", Role::Operator).await;
    let (id, actor) = home.sign_in("ann").await;
    assert_eq!(
        (actor.user, actor.name.as_str(), actor.access().role()),
        (ann.id, "ann", Some(Role::Operator))
    );
    assert_eq!(home.who(id).await.unwrap(), actor);
    assert!(matches!(home.who(Id::default()).await, Err(Error::SignedOut)));
    assert!(matches!(home.sessions.authenticate(&home.request(None)).await, Err(Error::SignedOut)));

    home.store.close().await;
    let store = Store::open(home.folder.path()).await.unwrap();
    let again = Home { sessions: Sessions::new(store.clone(), home.time.clock()), store, ..home };
    assert_eq!(again.who(id).await.unwrap(), actor);
}

#[tokio::test]
async fn the_cookies_id_is_not_in_the_database() {
    let home = home().await;
    home.user("ann", Role::Viewer).await;
    let (id, _) = home.sign_in("ann").await;
    home.store.close().await;
    let bytes = std::fs::read(home.folder.path().join("longshore.db")).unwrap();
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    assert!(holds(&Sha256::digest(id.0.to_le_bytes())));
    assert!(!holds(&id.0.to_le_bytes()));
    assert!(!holds(id.to_string().as_bytes()));
}

#[tokio::test]
async fn a_sign_in_changes_the_id_and_ends_the_old_session() {
    let home = home().await;
    home.user("ann", Role::Viewer).await;
    let (old, actor) = home.sign_in("ann").await;
    let mut changes = home.sessions.changes();
    let session = home.request(Some(old));
    home.sessions.begin(&session, &home.verified("ann").await, HERE, "test").await.unwrap();
    assert_ne!(session.id().unwrap(), old);
    assert!(home.who(old).await.is_err());
    assert!(home.who(session.id().unwrap()).await.is_ok());
    assert_eq!(changes.try_recv().unwrap(), SessionChange::Ended(actor.session));

    let planted = Id::default();
    let session = home.request(Some(planted));
    home.sessions.begin(&session, &home.verified("ann").await, HERE, "test").await.unwrap();
    assert_ne!(session.id().unwrap(), planted, "an id that somebody planted is not taken over");
}

#[tokio::test]
async fn an_ended_session_is_not_revived_by_a_late_save() {
    let home = home().await;
    home.user("ann", Role::Viewer).await;
    let (id, actor) = home.sign_in("ann").await;
    let slow = home.request(Some(id));
    home.sessions.authenticate(&slow).await.unwrap();
    let mut changes = home.sessions.changes();
    home.sessions.end(&home.request(Some(id))).await.unwrap();
    assert_eq!(changes.try_recv().unwrap(), SessionChange::Ended(actor.session));
    slow.insert("anything", 1).await.unwrap();
    slow.save().await.unwrap();
    assert!(home.who(id).await.is_err());
    assert!(home.sessions.recheck(&actor).await.is_none());
    let mut record = slow_record(&slow).await;
    let rows = SessionRows::new(home.sessions.clone());
    rows.save(&record).await.unwrap();
    assert!(rows.create(&mut record).await.is_err(), "only a sign-in makes a session");
    assert!(home.who(id).await.is_err());
}

async fn slow_record(session: &Session) -> session::Record {
    let user = session.get_value(USER).await.unwrap().unwrap();
    session::Record {
        id: session.id().unwrap(),
        data: [(USER.to_owned(), user)].into(),
        expiry_date: time::OffsetDateTime::UNIX_EPOCH,
    }
}

#[tokio::test]
async fn the_policys_times_count_at_once_on_sessions_that_run() {
    let home = home().await;
    home.user("ann", Role::Viewer).await;
    let (id, actor) = home.sign_in("ann").await;
    let set = async |idle_minutes: u32, session_hours: u32| {
        let policy = SecurityPolicy { idle_minutes, session_hours, ..SecurityPolicy::default() };
        home.store.change_policy(|_, _| Ok::<_, StoreError>(policy)).await.unwrap();
    };
    home.time.pass(hours(2));
    set(60, 24).await;
    let mut changes = home.sessions.changes();
    home.sessions.policy_changed().await;
    assert!(std::iter::from_fn(|| changes.try_recv().ok()).any(|change| change == SessionChange::Policy));
    assert!(home.sessions.recheck(&actor).await.is_none(), "idle for two hours");
    assert!(home.who(id).await.is_err());

    // Longer times count for those that run, too, and so does what another process sets.
    let (id, _) = home.sign_in("ann").await;
    set(24 * 60, 24).await;
    home.time.pass(hours(23));
    assert_eq!(home.who(id).await.unwrap().expires_at.0, home.time.clock().now().0 + millis(hours(1)));
    home.time.pass(hours(1));
    assert!(home.who(id).await.is_err(), "a day old");
}

#[tokio::test]
async fn preferences_follow_the_user() {
    let home = home().await;
    let ann = home.user("ann", Role::Viewer).await;
    let (first, _) = home.sign_in("ann").await;
    let dark = Preferences { theme: Some(Theme::Dark), ..Preferences::default() };
    let french = Preferences { language: Some(Language::Fr), ..Preferences::default() };
    home.store.change_preferences(ann.id, dark).await.unwrap().unwrap();
    home.sessions.user_changed(ann.id, &[]);
    assert_eq!(home.sessions.to_wire(&home.who(first).await.unwrap(), "").preferences, dark);
    let both = home.store.change_preferences(ann.id, french).await.unwrap().unwrap();
    let (_, second) = home.sign_in("ann").await;
    assert_eq!((home.sessions.to_wire(&second, "").preferences, both.theme), (both, Some(Theme::Dark)));
    assert!(home.store.change_preferences(UserId(99), dark).await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_ends_when_idle_and_when_old() {
    let home = home().await;
    home.user("ann", Role::Viewer).await;
    let (id, _) = home.sign_in("ann").await;
    home.time.pass(hours(12) - Duration::from_secs(1));
    home.who(id).await.unwrap();
    home.time.pass(hours(11));
    let actor = home.who(id).await.unwrap();
    home.time.pass(hours(11));
    assert!(home.sessions.recheck(&actor).await.is_some(), "a stream goes on");
    home.time.pass(hours(1));
    assert!(home.who(id).await.is_err(), "and is no use");

    let (id, _) = home.sign_in("ann").await;
    for _ in 0..16 {
        home.who(id).await.unwrap();
        home.time.pass(hours(10));
    }
    home.who(id).await.unwrap();
    home.time.pass(hours(8));
    assert!(home.who(id).await.is_err(), "seven days");
}

#[tokio::test]
async fn use_is_noted_once_a_minute_and_old_sessions_are_removed() {
    let home = home().await;
    home.user("ann", Role::Viewer).await;
    let (id, actor) = home.sign_in("ann").await;
    let (_, forgotten) = home.sign_in("ann").await;
    let seen = async || home.store.find_session(&actor.session).await.unwrap().unwrap().seen_at;
    let start = seen().await;
    home.time.pass(Duration::from_secs(59));
    home.who(id).await.unwrap();
    assert_eq!(seen().await, start);
    home.time.pass(Duration::from_secs(1));
    home.who(id).await.unwrap();
    assert_eq!(seen().await.0, start.0 + 60_000);
    let mut changes = home.sessions.changes();
    home.time.pass(hours(11));
    home.who(id).await.unwrap();
    home.time.pass(hours(1));
    home.who(id).await.unwrap();
    assert_eq!(changes.try_recv().unwrap(), SessionChange::Ended(forgotten.session));
    assert!(home.store.find_session(&forgotten.session).await.unwrap().is_none());
}

#[tokio::test]
async fn a_role_counts_at_once_and_disabling_ends_everything() {
    let home = home().await;
    home.user("root", Role::Admin).await;
    let ann = home.user("ann", Role::Admin).await;
    let (id, actor) = home.sign_in("ann").await;
    home.who(id).await.unwrap();
    let mut changes = home.sessions.changes();
    let (take, give) = ([ann.grants[0].id], [NewGrant::everywhere(Role::Viewer)]);
    let grants = GrantsChange { take: &take, give: &give, ..GrantsChange::default() };
    home.change(&ann, UserUpdate { grants, ..UserUpdate::default() }).await;
    assert_eq!(home.who(id).await.unwrap().access().role(), Some(Role::Viewer));
    assert_eq!(home.sessions.recheck(&actor).await.unwrap().access().role(), Some(Role::Viewer));
    assert_eq!(changes.try_recv().unwrap(), SessionChange::User(ann.id));

    home.change(&ann, UserUpdate { disabled: Some(true), ..UserUpdate::default() }).await;
    assert!(home.who(id).await.is_err());
    assert!(home.sessions.recheck(&actor).await.is_none());
    assert_eq!(changes.try_recv().unwrap(), SessionChange::Ended(actor.session));
    home.change(&ann, UserUpdate { disabled: Some(false), ..UserUpdate::default() }).await;
    assert!(home.who(id).await.is_err(), "what was ended stays ended");
}

#[tokio::test]
async fn a_change_between_check_and_sign_in_voids_the_check() {
    let home = home().await;
    home.user("root", Role::Admin).await;
    let ann = home.user("ann", Role::Viewer).await;
    let verified = home.verified("ann").await;
    home.change(&ann, UserUpdate { password_hash: Some("new"), ..UserUpdate::default() }).await;
    let session = home.request(None);
    let begun = home.sessions.begin(&session, &verified, HERE, "test").await;
    assert!(matches!(begun, Err(Error::BadCredentials)));
    assert!(session.is_empty().await, "and no cookie is set");
}

#[tokio::test]
async fn another_process_is_noticed_within_a_second() {
    let home = home().await;
    let ann = home.user("ann", Role::Admin).await;
    let (id, actor) = home.sign_in("ann").await;
    home.who(id).await.unwrap();
    let other = Store::open(home.folder.path()).await.unwrap();
    let update = UserUpdate { password_hash: Some("reset"), ..UserUpdate::default() };
    other.update_user(ann.id, &update).await.unwrap().unwrap();
    home.time.pass(Duration::from_secs(1));
    assert!(home.who(id).await.is_err());
    assert!(home.sessions.recheck(&actor).await.is_none());
}

#[tokio::test]
async fn a_grant_of_another_process_is_noticed_within_a_second() {
    let home = home().await;
    let ann = home.user("ann", Role::Viewer).await;
    let (id, actor) = home.sign_in("ann").await;
    let other = Store::open(home.folder.path()).await.unwrap();
    let give = [NewGrant::everywhere(Role::Admin)];
    let change = GrantsChange { give: &give, ..GrantsChange::default() };
    other.change_grants(Subject::User(ann.id), &change).await.unwrap().unwrap();
    home.time.pass(Duration::from_secs(1));
    assert_eq!(home.who(id).await.unwrap().access().role(), Some(Role::Admin));
    assert_ne!(home.sessions.recheck(&actor).await.unwrap(), actor);
}

#[tokio::test]
async fn a_database_that_cannot_be_read_lets_nobody_in() {
    let home = home().await;
    home.user("ann", Role::Admin).await;
    let (id, actor) = home.sign_in("ann").await;
    home.time.pass(Duration::from_secs(5));
    home.store.close().await;
    assert!(matches!(home.who(id).await, Err(Error::Store(_))));
    assert!(home.sessions.recheck(&actor).await.is_none());
}

#[tokio::test]
async fn the_cookie_is_set_read_and_removed() {
    for (secure, name) in [(true, "__Host-longshore="), (false, "longshore=")] {
        let home = home().await;
        home.user("ann", Role::Viewer).await;
        let verified = home.verified("ann").await;
        let sessions = home.sessions.clone();
        let service = home.sessions.layer(secure).layer(service_fn(move |request: Request<Body>| {
            let (sessions, verified) = (sessions.clone(), verified.clone());
            async move {
                let session = request.extensions().get::<Session>().unwrap();
                let status = match request.uri().path() {
                    "/in" => sessions.begin(session, &verified, HERE, "test").await.map(|_| ()),
                    "/out" => sessions.end(session).await,
                    _ => sessions.authenticate(session).await.map(|_| ()),
                }
                .map_or(401, |()| 200);
                let reply = Response::builder().status(status).body(Body::empty()).unwrap();
                Ok::<_, std::convert::Infallible>(reply)
            }
        }));
        let ask = async |path: &str, cookie: Option<&str>| {
            let mut request = Request::builder().uri(path);
            if let Some(cookie) = cookie {
                request = request.header(header::COOKIE, cookie);
            }
            let reply = service.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let cookie =
                reply.headers().get(header::SET_COOKIE).map(|value| value.to_str().unwrap().to_owned());
            (reply.status().as_u16(), cookie)
        };
        let (status, set) = ask("/in", None).await;
        let set = set.unwrap();
        assert_eq!(status, 200);
        assert!(set.starts_with(name), "{set}");
        for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=7776000"] {
            assert!(set.split("; ").any(|part| part == attribute), "{attribute} in {set}");
        }
        assert_eq!(set.contains("Secure"), secure, "{set}");
        assert!(!set.contains("Domain"), "{set}");
        let cookie = set.split(';').next().unwrap();
        assert_eq!(ask("/who", Some(cookie)).await, (200, None));
        let (status, removed) = ask("/out", Some(cookie)).await;
        assert_eq!(status, 200);
        assert!(removed.unwrap().contains("Max-Age=0"));
        let (status, removed) = ask("/who", Some(cookie)).await;
        assert_eq!(status, 401);
        assert!(removed.unwrap().contains("Max-Age=0"), "a cookie of no session is removed");
    }
}
