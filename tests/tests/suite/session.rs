//! Signing in and out: what the session survives, what ends it, and what ends with it.

use std::{collections::BTreeSet, time::Duration};

use longshore_tests::{
    Console, LiveSocket, TestEngine, client,
    console::{PASSWORD, sign_in},
};
use shared::{
    Empty, ErrorCode, Role,
    live::{ClientFrame, ServerFrame, Topic},
    session::{ReadSession, SessionEnd, SignOut},
    users::{NewGrant, RemoveUser, UpdateUser, UserChange},
};

use crate::support::act;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_survives_a_restart_of_the_console() {
    let mut console = Console::of(&TestEngine::from_env()).await;
    let before = console.admin().await;
    let (_, name) = console.new_user(Role::Viewer).await;
    let viewer = console.sign_in(&name).await.unwrap();
    console.restart().await;
    let after = act(&before.moved_to(&console.url), ReadSession {}, Empty {}).await.unwrap();
    assert_eq!((after.name.as_str(), after.role()), ("admin", Some(Role::Admin)));
    let after = act(&viewer.moved_to(&console.url), ReadSession {}, Empty {}).await.unwrap();
    assert_eq!((after.name.clone(), after.role()), (name, Some(Role::Viewer)));
    assert_eq!(console.said("Setup code: "), None, "no setup is offered again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_survives_the_consoles_sudden_death() {
    let mut console = Console::of(&TestEngine::from_env()).await;
    let admin = console.admin().await;
    console.signal("KILL");
    console.restart().await;
    act(&admin.moved_to(&console.url), ReadSession {}, Empty {}).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_on_the_server_and_closes_its_sockets() {
    let console = Console::of(&TestEngine::from_env()).await;
    let (_, name) = console.new_user(Role::Viewer).await;
    let client = console.sign_in(&name).await.unwrap();
    let other = console.sign_in(&name).await.unwrap();
    let mut socket = LiveSocket::open(&client).await;
    let mut others = LiveSocket::open(&other).await;
    let stolen = client.cookie_header();

    act(&client, SignOut {}, Empty {}).await.unwrap();
    assert_eq!(client.cookie_header(), "", "the browser is told to forget the cookie");
    socket
        .until("the page is told", |arrival| {
            matches!(
                arrival,
                longshore_tests::sockets::Arrival::Frame(ServerFrame::SignedOut { why: SessionEnd::Over })
                    | longshore_tests::sockets::Arrival::Closed(_)
            )
            .then_some(())
        })
        .await;
    socket.closed_within(Duration::from_secs(1)).await;

    let (cookie, value) = stolen.split_once('=').unwrap();
    let thief = console.anonymous();
    thief.set_cookie(cookie, value);
    let refusal = act(&thief, ReadSession {}, Empty {}).await.unwrap_err();
    assert_eq!(refusal.kind(), (401, ErrorCode::SignedOut), "the cookie is worth nothing");

    act(&other, ReadSession {}, Empty {}).await.expect("another browser of the same person stays signed in");
    others.send(&ClientFrame::Ping).await;
    others
        .until("the other socket stands", |arrival| {
            (arrival == longshore_tests::sockets::Arrival::Frame(ServerFrame::Pong)).then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_user_loses_everything_within_a_second() {
    let console = Console::of(&TestEngine::from_env()).await;
    let admin = console.admin().await;
    let (id, name) = console.new_user(Role::Operator).await;
    let client = console.sign_in(&name).await.unwrap();
    let mut socket = LiveSocket::open(&client).await;
    socket.subscribe(1, Topic::Session).await;

    let change = UserChange { disabled: Some(true), ..UserChange::default() };
    admin.call(&UpdateUser { user: id }, Empty {}, change).await.map(drop).unwrap();
    told_why(&mut socket, SessionEnd::Disabled).await;
    socket.closed_within(Duration::from_secs(1)).await;
    assert_eq!(act(&client, ReadSession {}, Empty {}).await.unwrap_err().kind(), (401, ErrorCode::SignedOut));
    assert_eq!(console.sign_in(&name).await.unwrap_err().kind(), (401, ErrorCode::BadCredentials));

    let change = UserChange { disabled: Some(false), ..UserChange::default() };
    admin.call(&UpdateUser { user: id }, Empty {}, change).await.map(drop).unwrap();
    assert_eq!(
        act(&client, ReadSession {}, Empty {}).await.unwrap_err().status,
        401,
        "no session is revived"
    );
    let client = console.sign_in(&name).await.unwrap();
    let mut socket = LiveSocket::open(&client).await;
    socket.subscribe(1, Topic::Session).await;
    admin.call(&RemoveUser { user: id }, Empty {}, ()).await.unwrap();
    told_why(&mut socket, SessionEnd::Removed).await;
    socket.closed_within(Duration::from_secs(1)).await;
}

async fn told_why(socket: &mut LiveSocket, end: SessionEnd) {
    use longshore_tests::sockets::Arrival;
    let why = socket.until("why the session is over", |arrival| match arrival {
        Arrival::Frame(ServerFrame::SignedOut { why }) => Some(why),
        Arrival::Closed(_) => panic!("closed without a word"),
        _ => None,
    });
    assert_eq!(why.await, end);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_role_reaches_open_pages_by_itself() {
    let console = Console::of(&TestEngine::from_env()).await;
    let admin = console.admin().await;
    let (id, name) = console.new_user(Role::Operator).await;
    let client = console.sign_in(&name).await.unwrap();
    let mut socket = LiveSocket::open(&client).await;
    socket.subscribe(1, Topic::Session).await;
    let change =
        UserChange { grants: Some(vec![NewGrant::everywhere(Role::Viewer)]), ..UserChange::default() };
    admin.call(&UpdateUser { user: id }, Empty {}, change).await.map(drop).unwrap();
    socket
        .event(1, "the new role", |event| match event {
            shared::live::Event::Session { session } => (session.role() == Some(Role::Viewer)).then_some(()),
            _ => None,
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_the_users_other_sessions() {
    let console = Console::of(&TestEngine::from_env()).await;
    let admin = console.admin().await;
    let (id, name) = console.new_user(Role::Viewer).await;
    let client = console.sign_in(&name).await.unwrap();
    let mut socket = LiveSocket::open(&client).await;
    let password = "another long pass phrase";
    let change = UserChange { password: Some(password.to_owned()), ..UserChange::default() };
    admin.call(&UpdateUser { user: id }, Empty {}, change).await.map(drop).unwrap();
    socket.closed_within(Duration::from_secs(1)).await;
    assert_eq!(act(&client, ReadSession {}, Empty {}).await.unwrap_err().status, 401);
    assert_eq!(console.sign_in(&name).await.unwrap_err().status, 401, "the old password");
    sign_in(&console.anonymous(), &name, password).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_changes_its_id_at_sign_in_and_ids_are_long_and_different() {
    let console = Console::of(&TestEngine::from_env()).await;
    let (_, name) = console.new_user(Role::Viewer).await;
    let client = console.anonymous();
    client.set_cookie("longshore", "AAAAAAAAAAAAAAAAAAAAAA");
    let mut seen = BTreeSet::new();
    for _ in 0..5 {
        sign_in(&client, &name, PASSWORD).await.unwrap();
        let cookie = client.cookie_header();
        assert!(!cookie.contains("AAAAAAAAAAAAAAAAAAAAAA"), "a chosen id is not taken over");
        assert!(cookie.split_once('=').unwrap().1.len() >= 22, "at least 128 bits: {cookie}");
        assert!(seen.insert(cookie), "each sign-in has its own");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_name_and_a_wrong_password_look_the_same() {
    let console = Console::of(&TestEngine::from_env()).await;
    let (_, name) = console.new_user(Role::Viewer).await;
    let unknown =
        sign_in(&console.anonymous(), "nobody-of-that-name", "some wrong password").await.unwrap_err();
    let wrong = sign_in(&console.anonymous(), &name, "some wrong password").await.unwrap_err();
    assert_eq!(unknown.kind(), (401, ErrorCode::BadCredentials));
    assert_eq!(unknown.kind(), wrong.kind());
    assert_eq!(unknown.error.message, wrong.error.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_found_whatever_their_case() {
    let console = Console::of(&TestEngine::from_env()).await;
    let (_, name) = console.new_user(Role::Viewer).await;
    let session = sign_in(&console.anonymous(), &name.to_uppercase(), PASSWORD).await.unwrap();
    assert_eq!(session.name, name);
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_becomes_slow_and_locks_nobody_out() {
    let console = Console::of(&TestEngine::from_env()).await;
    let (_, name) = console.new_user(Role::Viewer).await;
    let client = console.anonymous();
    let mut refusals = Vec::new();
    for _ in 0..8 {
        refusals.push(sign_in(&client, &name, "some wrong password").await.unwrap_err());
    }
    let last = refusals.last().unwrap();
    assert_eq!(last.kind(), (429, ErrorCode::TooManyAttempts));
    assert!(last.error.retry_after_seconds.is_some_and(|seconds| seconds > 0), "{:?}", last.error);
    let (_, other) = console.new_user(Role::Viewer).await;
    console.sign_in(&other).await.expect("another account at the same address");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_socket_answers_pings_and_refuses_nonsense() {
    let console = Console::of(&TestEngine::from_env()).await;
    let admin = console.admin().await;
    let mut socket = LiveSocket::open(&admin).await;
    socket.send(&ClientFrame::Ping).await;
    assert_eq!(socket.next().await, longshore_tests::sockets::Arrival::Frame(ServerFrame::Pong));
    for nonsense in ["", "{", "[]", r#""fly""#, r#"{"subscribe":{"id":1,"to":"all"}}"#] {
        let mut socket = LiveSocket::open(&admin).await;
        socket.send_text(nonsense.to_owned()).await;
        socket.send_text(r#""ping""#.to_owned()).await;
        // Closed, or left alone: never a crash, and never somebody else's frames.
        socket
            .until("an end or a pong", |arrival| match arrival {
                longshore_tests::sockets::Arrival::Closed(_)
                | longshore_tests::sockets::Arrival::Frame(ServerFrame::Pong) => Some(()),
                _ => None,
            })
            .await;
    }
    let plain = admin.get("/api/v1/live").await;
    assert!(plain.status.is_client_error(), "without an upgrade: {}", plain.status);
    let _: client::Refusal = plain.refusal();
}
