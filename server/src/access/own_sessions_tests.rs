//! Tests of what a person does with their own sessions.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use tower_sessions::session::Id;

use super::{
    super::{clock::testing::TestClock, session::SessionChange, session_rows::SessionRows},
    *,
};
use crate::store::{NewUserRow, Store, UserUpdate, testing};

struct Home {
    store: Store,
    sessions: Sessions,
    time: TestClock,
    _folder: testing::TempFolder,
}

async fn home() -> Home {
    let (store, folder) = testing::store().await;
    let time = TestClock::new();
    for name in ["ann", "bob"] {
        let new = NewUserRow { name, password_hash: "hash", at: UnixMillis(1), ..NewUserRow::default() };
        store.create_user(&new).await.unwrap().unwrap();
    }
    Home { sessions: Sessions::new(store.clone(), time.clock()), store, time, _folder: folder }
}

impl Home {
    fn request(&self, id: Option<Id>) -> Session {
        Session::new(id, Arc::new(SessionRows::new(self.sessions.clone())), None)
    }

    async fn verified(&self, name: &str) -> Verified {
        let found = self.store.find_credentials(name).await.unwrap().unwrap();
        Verified { user: found.user, name: found.name, serial: found.serial }
    }

    async fn sign_in(&self, name: &str, agent: &str) -> (Id, Actor) {
        let session = self.request(None);
        let address = Ipv4Addr::LOCALHOST.into();
        let actor = self.sessions.begin(&session, &self.verified(name).await, address, agent).await;
        (session.id().unwrap(), actor.unwrap())
    }

    async fn is_in(&self, id: Id) -> bool {
        self.sessions.authenticate(&self.request(Some(id))).await.is_ok()
    }
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_own_person_alone() {
    let home = home().await;
    let (desk, here) = home.sign_in("ann", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0").await;
    home.time.pass(Duration::from_secs(120));
    let (phone, _) = home.sign_in("ann", "curl/8").await;
    let (other, bob) = home.sign_in("bob", "curl/8").await;
    let list = home.sessions.list_own(&here).await.unwrap();
    let told: Vec<_> = list.iter().map(|one| (one.browser.as_deref(), one.this)).collect();
    assert_eq!(told, [(Some("curl"), false), (Some("Firefox"), true)], "the last used first");
    assert_eq!((list[1].system.as_deref(), list[1].address.as_str()), (Some("Linux"), "127.0.0.1"));

    assert!(matches!(home.sessions.end_own(&bob, &list[0].id).await, Err(Error::NotFound(_))));
    assert!(home.is_in(phone).await);
    let mut changes = home.sessions.changes();
    home.sessions.end_own(&here, &list[0].id).await.unwrap();
    assert!(matches!(changes.recv().await.unwrap(), SessionChange::Ended(_)), "its sockets hear of it");
    assert!(!home.is_in(phone).await);
    assert!(matches!(home.sessions.end_own(&here, &list[0].id).await, Err(Error::NotFound(_))));

    home.sign_in("ann", "one").await;
    home.sign_in("ann", "two").await;
    assert_eq!(home.sessions.end_others(&here).await.unwrap(), 2);
    assert!(home.is_in(desk).await && home.is_in(other).await);
    home.time.pass(home.sessions.settings().now().idle());
    assert!(home.sessions.list_own(&here).await.unwrap().is_empty(), "what expired is not there");
}

#[tokio::test]
async fn a_session_is_confirmed_for_five_minutes_from_each_proof() {
    let home = home().await;
    let (_, at_first) = home.sign_in("ann", "test").await;
    let (_, elsewhere) = home.sign_in("ann", "test").await;
    let left = async |actor: &Actor| {
        let now = home.sessions.recheck(actor).await.unwrap();
        home.sessions.confirmed_for(&now).as_secs()
    };
    assert_eq!(left(&at_first).await, 300, "signing in proves it");
    home.time.pass(Duration::from_secs(299));
    assert_eq!(left(&at_first).await, 1);
    home.time.pass(Duration::from_secs(1));
    assert_eq!(left(&at_first).await, 0);
    let confirmed = home.sessions.confirm(&at_first).await.unwrap();
    assert_eq!(home.sessions.confirmed_for(&confirmed).as_secs(), 300);
    assert_eq!(left(&at_first).await, 300);
    assert_eq!(left(&elsewhere).await, 0, "another session of the same person is not confirmed by it");
    home.sessions.end_confirmation(&at_first).await.unwrap();
    assert_eq!(left(&at_first).await, 0);
}

#[tokio::test]
async fn half_a_sign_in_is_no_session_and_ends_with_what_it_was_made_from() {
    let home = home().await;
    let half = async || {
        let session = home.request(None);
        home.sessions.begin_half(&session, &home.verified("ann").await).await.unwrap();
        session.id().unwrap()
    };
    let find = async |id: Id| home.sessions.half(&home.request(Some(id))).await.unwrap();
    let id = half().await;
    assert!(matches!(home.sessions.authenticate(&home.request(Some(id))).await, Err(Error::SignedOut)));
    assert_eq!(find(id).await.unwrap().verified.name, "ann");
    assert!(home.sessions.half(&home.request(None)).await.unwrap().is_none(), "another browser");
    let (first, second) = (find(id).await.unwrap(), find(id).await.unwrap());
    assert!(home.sessions.use_half(first).await.is_ok());
    assert!(matches!(home.sessions.use_half(second).await, Err(Error::SignedOut)), "once");

    let id = half().await;
    home.time.pass(RULES.half_sign_in);
    assert!(find(id).await.is_none(), "too late");

    let id = half().await;
    let update = UserUpdate { password_hash: Some("new"), ..UserUpdate::default() };
    let ann = home.verified("ann").await.user;
    home.store.update_user(ann, &update).await.unwrap().unwrap();
    assert!(find(id).await.is_none(), "the password is another now");
}
