//! The audit: every action that changes something, allowed or refused, is a row without secrets.

use longshore_tests::{
    Client, Console, ConsoleOptions, LiveSocket, TestEngine, console::PASSWORD, sockets::Arrival,
};
use shared::{
    Empty, ErrorCode, Role,
    audit::{
        AuditExport, AuditFilter, AuditFormat, AuditQuery, AuditResult, AuditRow, ExportAudit, ListAudit,
        VerifyAudit,
    },
    containers::{ContainerState, KillContainer, KillOptions, StartContainer, StopContainer, StopOptions},
    endpoint::Operation,
    live::{Cursor, Event, ServerFrame, Topic},
    terminal::{OpenTerminal, TerminalQuery},
    users::{CreateTeam, TeamNaming},
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

fn of_action(action: &str) -> AuditFilter {
    AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() }
}

async fn exported(client: &Client, filter: AuditFilter, format: AuditFormat) -> String {
    let response = client.send(&ExportAudit {}, &AuditExport::of(filter, format), &()).await;
    assert_eq!(response.status, 200);
    assert!(response.header("content-disposition").starts_with("attachment; filename=\"audit-"));
    response.text()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_exactly_what_the_filter_lists_and_is_a_row_itself() {
    let fake = longshore_tests::FakeEngine::start();
    let console = Console::start(ConsoleOptions::before(&fake.host())).await;
    let admin = console.admin().await;
    for _ in 0..7 {
        console.new_user(Role::Viewer).await;
    }

    // Whether it may be made or not, its name is in the row.
    let team = TeamNaming { name: "=1+1".to_owned() };
    let _either = admin.call(&CreateTeam {}, Empty {}, team).await;
    let mut listed = Vec::new();
    let mut before = None;
    loop {
        let page = AuditQuery::of(of_action("CreateUser"), before, Some(2));
        let page = act(&admin, ListAudit {}, page).await.unwrap();
        listed.extend(page.rows);
        before = page.older;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(listed.len(), 7);
    let lines = exported(&admin, of_action("CreateUser"), AuditFormat::Jsonl).await;
    let rows: Vec<AuditRow> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows, listed);
    let text = exported(&admin, AuditFilter::default(), AuditFormat::Csv).await;
    assert!(text.starts_with("id,time,who,from,what,on,result,detail\r\n"));
    for line in text.lines().skip(1) {
        let is_formula = |cell: &str| cell.trim_start_matches('"').starts_with(['=', '+', '-', '@']);
        assert!(!line.split(',').any(is_formula), "{line}");
    }
    let own = longshore_tests::eventually("the exports are rows", async || {
        let query = AuditQuery::of(of_action("ExportAudit"), None, None);
        let rows = act(&admin, ListAudit {}, query).await.unwrap().rows;
        rows.iter().all(|row| row.result == AuditResult::Done).then_some(rows)
    })
    .await;
    assert_eq!(own.len(), 2);
    assert_eq!((own[1].target.as_str(), own[1].detail.as_str()), ("jsonl what=CreateUser", "7 rows"));
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_by_themselves_to_who_may_read_them() {
    let fake = longshore_tests::FakeEngine::start();
    let console = Console::start(ConsoleOptions::before(&fake.host())).await;
    let admin = console.admin().await;
    let operator = console.user(Role::Operator).await;
    let cursor = act(&admin, ListAudit {}, AuditQuery::default()).await.unwrap().cursor;
    let mut socket = LiveSocket::open(&admin).await;
    socket.subscribe(1, Topic::Audit { cursor }).await;
    console.new_user(Role::Viewer).await;
    let mut seen: Vec<AuditResult> = Vec::new();
    socket
        .event(1, "the row begins and ends", |event| {
            let Event::Audit { rows, .. } = event else { return None };
            let rows = rows.open().unwrap();
            seen.extend(rows.iter().filter(|row| row.action == "CreateUser").map(|row| row.result));
            (seen == [AuditResult::Started, AuditResult::Done]).then_some(())
        })
        .await;
    // A cursor of another run, as after a restart of the console, has the page read again.
    socket.subscribe(2, Topic::Audit { cursor: Cursor { run: cursor.run ^ 1, ..cursor } }).await;
    socket.event(2, "a reset", |event| (event == Event::Reset).then_some(())).await;
    act(&admin, VerifyAudit {}, Empty {}).await.unwrap();
    socket.event(1, "progress", |event| matches!(event, Event::AuditProgress { .. }).then_some(())).await;

    let mut refused = LiveSocket::open(&operator).await;
    refused.subscribe(1, Topic::Audit { cursor }).await;
    let error = refused
        .until("it is refused", |arrival| match arrival {
            Arrival::Frame(ServerFrame::Ended { id: 1, error }) => Some(error),
            _ => None,
        })
        .await;
    assert_eq!(error.code, ErrorCode::Forbidden);
}

fn audit_command(folder: &std::path::Path, args: &[&str]) -> (Option<i32>, String) {
    let mut command = std::process::Command::new(longshore_tests::console::binary());
    command.arg("audit").args(args).arg("--data").arg(folder).stdin(std::process::Stdio::null());
    longshore_tests::console::run_to_end(command)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_verifies_and_exports_beside_a_console_that_runs() {
    let fake = longshore_tests::FakeEngine::start();
    let console = Console::start(ConsoleOptions::before(&fake.host())).await;
    let admin = console.admin().await;
    let folder = console.data().path().to_owned();
    let (code, said) = audit_command(&folder, &["verify"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("The audit is as it was written"), "{said}");
    let (code, said) = audit_command(&folder, &["export", "--format", "jsonl", "--what", "CompleteSetup"]);
    assert_eq!((code, said.lines().count()), (Some(0), 1), "{said}");
    assert_eq!(audit_command(&folder, &["export", "--result", "nonsense"]).0, Some(2));
    console.new_user(Role::Viewer).await;
    let found = act(&admin, VerifyAudit {}, Empty {}).await.unwrap();
    assert_eq!(found.faults, [], "two processes make one chain");
    let page = act(&admin, ListAudit {}, AuditQuery::default()).await.unwrap();
    assert_eq!(page.verification, Some(found));

    std::fs::remove_file(folder.join("longshore.audit-head")).unwrap();
    let (code, said) = audit_command(&folder, &["verify"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("not as it was written"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_is_killed_while_it_writes_leaves_an_audit_that_is_right() {
    let fake = longshore_tests::FakeEngine::start();
    let mut console = Console::start(ConsoleOptions::before(&fake.host())).await;
    let mut admin = console.admin().await;
    for round in 0..6_u32 {
        let mut writers = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let admin = admin.clone();
            writers.spawn(async move {
                let endpoint = CreateTeam {};
                for _ in 0..200 {
                    let request = admin.request("POST", &endpoint.path());
                    let body =
                        serde_json::json!({ "name": format!("team-{}", longshore_tests::folder::unique()) });
                    if request.json(&body).try_stream().await.is_err() {
                        return;
                    }
                }
            });
        }
        let url = admin.clone();
        longshore_tests::eventually("something is written", async || {
            let rows = act(&url, ListAudit {}, AuditQuery::default()).await.ok()?.rows;
            let written = rows.iter().filter(|row| row.action == "CreateTeam").count();
            (written > 5 + round as usize * 3).then_some(())
        })
        .await;
        console.signal("KILL");
        writers.join_all().await;
        let (code, said) = audit_command(console.data().path(), &["verify"]);
        assert_eq!(code, Some(0), "round {round}: {said}");
        console.restart().await;
        admin = console.admin().await;
    }
    let found = act(&admin, VerifyAudit {}, Empty {}).await.unwrap();
    assert_eq!(found.faults, []);
}
