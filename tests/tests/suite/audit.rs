//! The audit: every action that changes something, allowed or refused, is a row without secrets.

use longshore_tests::{Client, Console, ConsoleOptions, TestEngine, console::PASSWORD};
use shared::{
    Empty, Role,
    audit::{AuditQuery, AuditResult, AuditRow, ListAudit},
    containers::{ContainerState, KillContainer, KillOptions, StartContainer, StopContainer, StopOptions},
    terminal::{OpenTerminal, TerminalQuery},
};

use crate::support::{act, on, running, shown};

async fn rows(client: &Client) -> Vec<AuditRow> {
    act(client, ListAudit {}, AuditQuery::default()).await.unwrap().rows
}

#[tokio::test(flavor = "multi_thread")]
async fn who_did_what_to_what_with_which_result() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let viewer = console.user(Role::Viewer).await;
    let container = running(&console, "audited").await;

    act(&admin, on!(StopContainer, container), StopOptions { timeout_seconds: Some(3) }).await.unwrap();
    shown(&console, &container, ContainerState::Exited).await;
    act(&viewer, on!(StartContainer, container), Empty {}).await.unwrap_err();
    act(&admin, on!(KillContainer, container), KillOptions::default()).await.unwrap_err();
    let nobody = console.anonymous();
    act(&nobody, on!(StartContainer, container), Empty {}).await.unwrap_err();

    let rows = rows(&admin).await;
    let find = |action: &str, result: AuditResult, actor: &str| {
        rows.iter()
            .find(|row| row.action == action && row.result == result && row.actor.starts_with(actor))
            .unwrap_or_else(|| panic!("{action} {result:?} by {actor:?} in {rows:#?}"))
    };
    let done = find("StopContainer", AuditResult::Done, "admin");
    assert!(done.target.contains(&container.name) && done.target.contains("local"), "{}", done.target);
    assert!(done.target.contains(&container.id[..12]), "the id, since names change: {}", done.target);
    assert_eq!(done.address, "127.0.0.1");
    assert!(done.at.0 > 1_600_000_000_000);
    let refused = find("StartContainer", AuditResult::Refused, "viewer-");
    assert!(refused.target.contains(&container.name) && !refused.detail.is_empty());
    find("KillContainer", AuditResult::Failed, "admin");
    find("StartContainer", AuditResult::Refused, "");
    assert!(rows.windows(2).all(|pair| pair[0].id > pair[1].id), "newest first");
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_and_terminals_are_there_and_secrets_are_not() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let container = running(&console, "audited").await;
    let _ = longshore_tests::console::sign_in(&console.anonymous(), "admin", "the wrong password 1").await;
    let (_, name) = console.new_user(Role::Viewer).await;
    console.sign_in(&name).await.unwrap();
    let query = TerminalQuery { command: Some("true".to_owned()), columns: 80, rows: 24, user: None };
    let mut terminal =
        longshore_tests::TerminalSocket::open(&admin, &on!(OpenTerminal, container), &query).await;
    terminal.closed_within(std::time::Duration::from_secs(10)).await;

    let rows = longshore_tests::eventually("the rows", async || {
        let rows = rows(&admin).await;
        rows.iter().any(|row| row.action == "OpenTerminal" && row.result == AuditResult::Done).then_some(rows)
    })
    .await;
    for action in ["CompleteSetup", "SignIn", "CreateUser", "OpenTerminal"] {
        assert!(rows.iter().any(|row| row.action == action && row.result == AuditResult::Done), "{action}");
    }
    assert!(
        rows.iter().any(|row| row.action == "SignIn" && row.result != AuditResult::Done),
        "the failed one too"
    );
    let text = serde_json::to_string(&rows).unwrap();
    let code = console.setup_code().await;
    for secret in [PASSWORD, "the wrong password 1", &code] {
        assert!(!text.contains(secret), "{secret}");
        let log = console.printed().replace(&format!("Setup code: {code}"), "");
        assert!(!log.contains(secret), "in the log: {secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_go_back_and_operators_do_not_read_it() {
    let fake = longshore_tests::FakeEngine::start();
    let console = Console::start(ConsoleOptions::before(&fake.host())).await;
    let admin = console.admin().await;
    for _ in 0..6 {
        console.new_user(Role::Viewer).await;
    }
    let page = |before| AuditQuery { before, limit: Some(3), ..AuditQuery::default() };
    let newest = act(&admin, ListAudit {}, page(None)).await.unwrap();
    assert_eq!(newest.rows.len(), 3);
    let older = act(&admin, ListAudit {}, page(newest.older)).await.unwrap().rows;
    let newest = newest.rows;
    assert!(older.iter().all(|row| row.id < newest[2].id) && older.len() == 3);
    let operator = console.user(Role::Operator).await;
    assert_eq!(act(&operator, ListAudit {}, AuditQuery::default()).await.unwrap_err().status, 403);
}
