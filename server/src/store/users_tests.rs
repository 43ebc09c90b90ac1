//! Tests of the table of users: above all the rules that must hold when two requests race.

use super::*;
use crate::store::{NewSession, testing};

const AT: UnixMillis = UnixMillis(1_000);

async fn user(store: &Store, name: &str, role: Role) -> User {
    let grants = &[NewGrant::everywhere(role)];
    let new = NewUserRow { name, grants, password_hash: "hash", at: AT, ..NewUserRow::default() };
    store.create_user(&new).await.unwrap().unwrap()
}

fn session(user: &User, number: u8, serial: i64) -> NewSession {
    NewSession {
        key: SessionKey::new([number; 32]),
        user: user.id,
        serial,
        at: UnixMillis(2_000),
        expires_at: UnixMillis(9_000),
        confirmed_until: UnixMillis(0),
        address: "127.0.0.1".to_owned(),
        agent: "test".to_owned(),
    }
}

fn disable() -> UserUpdate<'static> {
    UserUpdate { disabled: Some(true), ..UserUpdate::default() }
}

/// Takes what they were made with.
fn demote(user: &User) -> UserUpdate<'static> {
    let take = Vec::leak(user.grants.iter().map(|grant| grant.id).collect());
    UserUpdate { grants: GrantsChange { take, ..GrantsChange::default() }, ..UserUpdate::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_racing_set_ups_one_wins() {
    let (store, _folder) = testing::store().await;
    let tries: Vec<_> = (0..16)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                store.create_first_admin(&format!("admin{number}"), "hash", AT).await.unwrap()
            })
        })
        .collect();
    let mut winners = 0;
    for attempt in tries {
        winners += usize::from(attempt.await.unwrap().is_some());
    }
    assert_eq!(winners, 1);
    assert_eq!(store.list_users().await.unwrap().len(), 1);
    assert!(store.has_users().await.unwrap());
}

#[tokio::test]
async fn a_name_exists_once_in_whatever_case() {
    let (store, _folder) = testing::store().await;
    assert!(!store.has_users().await.unwrap());
    let ann = user(&store, "Ann", Role::Operator).await;
    let again = NewUserRow { name: "aNN", password_hash: "other", at: AT, ..NewUserRow::default() };
    assert_eq!(store.create_user(&again).await.unwrap(), Err(AccessRefusal::Taken));
    let found = store.find_credentials("ANN").await.unwrap().unwrap();
    assert_eq!((found.user, found.name.as_str(), found.serial), (ann.id, "Ann", 0));
    assert!(store.find_credentials("bob").await.unwrap().is_none());
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let (store, _folder) = testing::store().await;
    let ann = user(&store, "ann", Role::Admin).await;
    let bob = user(&store, "bob", Role::Admin).await;
    let update = async |id, update: &UserUpdate<'_>| {
        store.update_user(id, update).await.unwrap().map(|(user, _)| user)
    };
    update(bob.id, &disable()).await.unwrap();
    for change in [disable(), demote(&ann)] {
        assert_eq!(update(ann.id, &change).await, Err(AccessRefusal::LastAdmin));
    }
    assert_eq!(store.remove_user(ann.id).await.unwrap(), Err(AccessRefusal::LastAdmin));
    assert_eq!(store.list_users().await.unwrap().len(), 2, "nothing was changed");
    let enabled = UserUpdate { disabled: Some(false), ..UserUpdate::default() };
    update(bob.id, &enabled).await.unwrap();
    update(bob.id, &demote(&bob)).await.unwrap();
    assert_eq!(update(UserId(99), &disable()).await, Err(AccessRefusal::Unknown("user")));
}

#[tokio::test]
async fn an_administrator_by_a_team_counts_as_one() {
    let (store, _folder) = testing::store().await;
    let ann = user(&store, "ann", Role::Admin).await;
    let bob = user(&store, "bob", Role::Viewer).await;
    let team = store.create_team("Crew").await.unwrap().unwrap();
    let change = GrantsChange { give: &[NewGrant::everywhere(Role::Admin)], ..GrantsChange::default() };
    store.change_grants(Subject::Team(team), &change).await.unwrap().unwrap();
    assert_eq!(store.remove_user(ann.id).await.unwrap(), Err(AccessRefusal::LastAdmin), "an empty team");
    store.add_member(team, bob.id).await.unwrap().unwrap();
    store.remove_user(ann.id).await.unwrap().unwrap();
    assert_eq!(store.remove_member(team, bob.id).await.unwrap(), Err(AccessRefusal::LastAdmin));
    assert_eq!(store.remove_team(team).await.unwrap(), Err(AccessRefusal::LastAdmin));
    let granted = store.list_grants().await.unwrap();
    let given = granted.iter().find(|grant| grant.subject == Subject::Team(team)).unwrap();
    let change = GrantsChange { take: &[given.id], ..GrantsChange::default() };
    assert_eq!(
        store.change_grants(Subject::Team(team), &change).await.unwrap(),
        Err(AccessRefusal::LastAdmin)
    );
    assert_eq!(store.update_user(bob.id, &disable()).await.unwrap().unwrap_err(), AccessRefusal::LastAdmin);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn administrators_who_demote_each_other_at_once_leave_one() {
    let (store, _folder) = testing::store().await;
    for round in 0..8 {
        let ann = user(&store, &format!("ann{round}"), Role::Admin).await;
        let bob = user(&store, &format!("bob{round}"), Role::Admin).await;
        let one = tokio::spawn({
            let store = store.clone();
            async move { store.update_user(ann.id, &demote(&ann)).await.unwrap() }
        });
        let other = tokio::spawn({
            let store = store.clone();
            async move { store.update_user(bob.id, &disable()).await.unwrap() }
        });
        let done = [one.await.unwrap(), other.await.unwrap()];
        if round == 0 {
            assert_eq!(done.iter().filter(|end| matches!(end, Err(AccessRefusal::LastAdmin))).count(), 1);
        }
        let admins = store.list_users().await.unwrap();
        assert!(admins.iter().any(|user| user.role() == Some(Role::Admin) && !user.disabled));
    }
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_and_disabling_all() {
    let (store, _folder) = testing::store().await;
    user(&store, "root", Role::Admin).await;
    let ann = user(&store, "ann", Role::Operator).await;
    for number in 1..=3 {
        assert!(store.create_session(&session(&ann, number, 0)).await.unwrap());
    }
    let keep = SessionKey::new([2; 32]);
    let update = UserUpdate { password_hash: Some("new"), keep: Some(&keep), ..UserUpdate::default() };
    let (changed, ended) = store.update_user(ann.id, &update).await.unwrap().unwrap();
    assert_eq!(changed.last_sign_in_at, Some(UnixMillis(2_000)));
    assert_eq!(ended.len(), 2);
    assert!(store.find_session(&keep).await.unwrap().is_some());
    assert!(store.find_session(&SessionKey::new([1; 32])).await.unwrap().is_none());

    let update = UserUpdate { keep: Some(&keep), ..disable() };
    let (_, ended) = store.update_user(ann.id, &update).await.unwrap().unwrap();
    assert_eq!(ended, [keep], "who is disabled keeps nothing");
}

#[tokio::test]
async fn a_sign_in_from_before_a_change_makes_no_session_after_it() {
    let (store, _folder) = testing::store().await;
    user(&store, "root", Role::Admin).await;
    let ann = user(&store, "ann", Role::Viewer).await;
    let update = UserUpdate { password_hash: Some("new"), ..UserUpdate::default() };
    store.update_user(ann.id, &update).await.unwrap().unwrap();
    assert!(!store.create_session(&session(&ann, 1, 0)).await.unwrap());
    assert!(store.create_session(&session(&ann, 1, 1)).await.unwrap());
    store.update_user(ann.id, &disable()).await.unwrap().unwrap();
    assert!(!store.create_session(&session(&ann, 2, 2)).await.unwrap(), "disabled");
}

#[tokio::test]
async fn a_renewed_hash_does_not_undo_a_new_password() {
    let (store, _folder) = testing::store().await;
    let ann = user(&store, "ann", Role::Admin).await;
    store.renew_hash(ann.id, "other", "stale").await.unwrap();
    assert_eq!(store.find_credentials("ann").await.unwrap().unwrap().password_hash, "hash");
    store.renew_hash(ann.id, "hash", "dearer").await.unwrap();
    let found = store.find_credentials("ann").await.unwrap().unwrap();
    assert_eq!((found.password_hash.as_str(), found.serial), ("dearer", 0));
}

#[tokio::test]
async fn what_was_decided_on_what_is_no_more_is_not_done() {
    let (store, _folder) = testing::store().await;
    let ann = user(&store, "ann", Role::Viewer).await;
    let decided = store.decided_at(store.access_version().await.unwrap());
    let update = UserUpdate { password_hash: Some("new"), ..UserUpdate::default() };
    let change = GrantsChange { give: &[NewGrant::everywhere(Role::Admin)], ..GrantsChange::default() };
    store.change_grants(Subject::User(ann.id), &change).await.unwrap().unwrap();
    assert_eq!(decided.update_user(ann.id, &update).await.unwrap().unwrap_err(), AccessRefusal::Stale);
    assert_eq!(decided.remove_user(ann.id).await.unwrap(), Err(AccessRefusal::Stale));
    assert_eq!(store.find_credentials("ann").await.unwrap().unwrap().password_hash, "hash");
    let decided = store.decided_at(store.access_version().await.unwrap());
    assert!(decided.update_user(ann.id, &update).await.unwrap().is_ok());
}
