//! The first run: one administrator, made once, by whoever can read what the console printed.

use longshore_tests::{
    Client, Console, ConsoleOptions, FakeEngine,
    client::Refusal,
    console::{PASSWORD, run_to_end, sign_in},
};
use shared::{
    Empty, ErrorCode, Role,
    session::{ReadSession, Session},
    setup::{CompleteSetup, FirstAdmin, ReadSetup},
};

use crate::support::act;

async fn fresh(fake: &FakeEngine) -> Console {
    Console::start(ConsoleOptions::before(&fake.host())).await
}

async fn complete(client: &Client, code: &str, name: &str, password: &str) -> Result<Session, Refusal> {
    let admin = FirstAdmin { code: code.to_owned(), name: name.to_owned(), password: password.to_owned() };
    client.call(&CompleteSetup {}, Empty {}, admin).await
}

async fn needed(client: &Client) -> bool {
    act(client, ReadSetup {}, Empty {}).await.unwrap().needed
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_makes_the_administrator_once() {
    let fake = FakeEngine::start();
    let console = fresh(&fake).await;
    let client = console.anonymous();
    assert!(needed(&client).await);
    let code = console.setup_code().await;
    let shape: Vec<_> = code.split('-').map(str::len).collect();
    assert_eq!(shape, [4, 4, 4], "{code}");

    let session = complete(&client, &code, "harbour", PASSWORD).await.unwrap();
    assert_eq!((session.name.as_str(), session.role()), ("harbour", Some(Role::Admin)));
    act(&client, ReadSession {}, Empty {}).await.expect("signed in by it");
    assert!(!needed(&client).await);

    let again = complete(&console.anonymous(), &code, "second", PASSWORD).await.unwrap_err();
    assert!(matches!(again.status, 403 | 409), "{again}");
    assert_eq!(sign_in(&console.anonymous(), "second", PASSWORD).await.unwrap_err().status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_makes_nobody() {
    let fake = FakeEngine::start();
    let console = fresh(&fake).await;
    let client = console.anonymous();
    let code = console.setup_code().await;
    for wrong in ["", "AAAA-BBBB-CCCC", &code[..13], &format!("{code}A")] {
        let refusal = complete(&client, wrong, "harbour", PASSWORD).await.unwrap_err();
        assert_eq!(refusal.kind(), (403, ErrorCode::BadSetupCode), "{wrong:?}: {refusal}");
    }
    assert!(needed(&client).await);
    for (name, password, field) in
        [("", PASSWORD, "name"), ("a b", PASSWORD, "name"), ("harbour", "short", "password")]
    {
        let refusal = complete(&client, &code, name, password).await.unwrap_err();
        assert_eq!(refusal.kind(), (422, ErrorCode::Invalid), "{refusal}");
        assert_eq!(refusal.error.field.as_deref(), Some(field), "{refusal}");
    }
    complete(&client, &code, "harbour", PASSWORD).await.expect("mistakes do not use the code up");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_racing_setups_one_wins() {
    let fake = FakeEngine::start();
    for _ in 0..5 {
        let console = fresh(&fake).await;
        let code = console.setup_code().await;
        let (one, two) = (console.anonymous(), console.anonymous());
        let (first, second) =
            tokio::join!(complete(&one, &code, "first", PASSWORD), complete(&two, &code, "second", PASSWORD));
        assert_eq!(u8::from(first.is_ok()) + u8::from(second.is_ok()), 1, "{first:?} {second:?}");
        let loser = first.and(second).unwrap_err();
        assert!(matches!(loser.status, 403 | 409), "{loser}");
        let (lost, name) = if sign_in(&console.anonymous(), "first", PASSWORD).await.is_ok() {
            (sign_in(&console.anonymous(), "second", PASSWORD).await, "second")
        } else {
            (sign_in(&console.anonymous(), "first", PASSWORD).await, "first")
        };
        assert_eq!(lost.unwrap_err().status, 401, "{name} was not made");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_before_the_setup_gives_another_code() {
    let fake = FakeEngine::start();
    let mut console = fresh(&fake).await;
    let old = console.setup_code().await;
    console.restart().await;
    let new = console.setup_code().await;
    assert_ne!(old, new);
    let client = console.anonymous();
    assert_eq!(complete(&client, &old, "harbour", PASSWORD).await.unwrap_err().status, 403);
    complete(&client, &new, "harbour", PASSWORD).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_file_sets_up_without_anybody() {
    let fake = FakeEngine::start();
    let options = ConsoleOptions::before(&fake.host());
    let file = options.data.join("password");
    std::fs::write(&file, format!("{PASSWORD}\n")).unwrap();
    let console = Console::start(options.arg("--admin-password-file").arg(file.to_str().unwrap())).await;
    let client = console.anonymous();
    assert!(!needed(&client).await);
    assert_eq!(console.said("Setup code: "), None);
    assert_eq!(sign_in(&client, "admin", PASSWORD).await.unwrap().role(), Some(Role::Admin));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_file_that_will_not_do_is_one_clear_sentence() {
    let fake = FakeEngine::start();
    for content in [None, Some("short")] {
        let options = ConsoleOptions::before(&fake.host());
        let file = options.data.join("password");
        if let Some(content) = content {
            std::fs::write(&file, content).unwrap();
        }
        let (code, said) =
            run_to_end(options.arg("--admin-password-file").arg(file.to_str().unwrap()).command());
        assert!(code.is_some_and(|code| code != 0), "{code:?}: {said}");
        assert!(said.contains(file.to_str().unwrap()), "it names the file: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}
