//! The users' page: making one, changing one, and what keeps the console from losing its last administrator.

use longshore_tests::{Console, ConsoleOptions, FakeEngine, console::PASSWORD};
use shared::{
    Empty, ErrorCode, Role,
    users::{CreateUser, ListUsers, NewGrant, NewUser, UpdateUser, UserChange},
};

use crate::support::act;

async fn console() -> (FakeEngine, Console) {
    let fake = FakeEngine::start();
    let console = Console::start(ConsoleOptions::before(&fake.host())).await;
    (fake, console)
}

fn new_user(name: &str, password: &str) -> NewUser {
    let grants = vec![NewGrant::everywhere(Role::Viewer)];
    NewUser { name: name.to_owned(), grants, password: password.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_made_listed_and_told_when_they_last_came() {
    let (_fake, console) = console().await;
    let admin = console.admin().await;
    let made = admin.call(&CreateUser {}, Empty {}, new_user("crane-driver", PASSWORD)).await.unwrap();
    assert_eq!(
        (made.name.as_str(), made.role(), made.disabled, made.last_sign_in_at),
        ("crane-driver", Some(Role::Viewer), false, None)
    );
    console.sign_in("crane-driver").await.unwrap();
    let reply = admin.send(&ListUsers {}, &Empty {}, &()).await;
    assert!(!reply.text().contains("argon2") && !reply.text().contains(PASSWORD), "{}", reply.text());
    let listed: Vec<shared::users::User> = reply.json();
    let found = listed.iter().find(|user| user.id == made.id).unwrap();
    assert!(found.last_sign_in_at.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_and_what_is_wrong_are_told() {
    let (_fake, console) = console().await;
    let admin = console.admin().await;
    admin.call(&CreateUser {}, Empty {}, new_user("twice", PASSWORD)).await.unwrap();
    for name in ["twice", "TWICE"] {
        let refusal = admin.call(&CreateUser {}, Empty {}, new_user(name, PASSWORD)).await.unwrap_err();
        assert_eq!(refusal.kind(), (409, ErrorCode::Conflict), "{refusal}");
    }
    let long = "x".repeat(1025);
    let cases = [
        (new_user("", PASSWORD), "name"),
        (new_user("a/b", PASSWORD), "name"),
        (new_user(&"n".repeat(65), PASSWORD), "name"),
        (new_user("good", "eleven char"), "password"),
        (new_user("good", &long), "password"),
        (new_user("good", "password1234"), "password"),
    ];
    for (user, field) in cases {
        let refusal = admin.call(&CreateUser {}, Empty {}, user).await.unwrap_err();
        assert_eq!(refusal.kind(), (422, ErrorCode::Invalid), "{refusal}");
        assert_eq!(refusal.error.field.as_deref(), Some(field), "{refusal}");
    }
    let phrase = "a very long pass phrase of more than sixty-four characters, which people do use";
    admin.call(&CreateUser {}, Empty {}, new_user("phrase", phrase)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays() {
    let (_fake, console) = console().await;
    let admin = console.admin().await;
    let users = act(&admin, ListUsers {}, Empty {}).await.unwrap();
    let only = users.iter().find(|user| user.role() == Some(Role::Admin)).unwrap().id;
    let changes = [
        UserChange { grants: Some(vec![NewGrant::everywhere(Role::Operator)]), ..UserChange::default() },
        UserChange { disabled: Some(true), ..UserChange::default() },
    ];
    for change in changes.clone() {
        let refusal = admin.call(&UpdateUser { user: only }, Empty {}, change).await.map(drop).unwrap_err();
        assert_eq!(refusal.kind(), (409, ErrorCode::Conflict), "{refusal}");
    }
    let (second, name) = console.new_user(Role::Admin).await;
    admin
        .call(&UpdateUser { user: only }, Empty {}, changes[0].clone())
        .await
        .map(drop)
        .expect("now there is another");
    let successor = console.sign_in(&name).await.unwrap();
    let refusal = successor
        .call(&UpdateUser { user: second }, Empty {}, changes[1].clone())
        .await
        .map(drop)
        .unwrap_err();
    assert_eq!(refusal.status, 409, "and that one is the last now");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_user_is_404() {
    let (_fake, console) = console().await;
    let admin = console.admin().await;
    let update = UpdateUser { user: shared::UserId(4711) };
    let refusal = admin.call(&update, Empty {}, UserChange::default()).await.map(drop).unwrap_err();
    assert_eq!(refusal.kind(), (404, ErrorCode::NotFound), "{refusal}");
}
