//! What is taken away while something is under way: the next step is not done, and the audit tells what was.
//! Two set-ups, two administrators and two codes at once are in `setup.rs`, `grants.rs` and `account.rs`.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use longshore_tests::{
    Answer, Client, Console, ConsoleOptions, FakeEngine, TerminalSocket,
    console::local,
    eventually,
    fake_engine::{JOB, WEB},
};
use serde_json::json;
use shared::{
    Empty, ErrorCode, GrantId, Permission, Role, Scope, UserId,
    access::PermissionSet,
    audit::{AuditQuery, AuditResult, AuditRow, ListAudit},
    containers::{StartContainer, StopContainer, StopOptions},
    endpoint::Operation,
    logs::{DownloadLogs, LogQuery},
    run::{CreateContainer, CreateOptions, CreatedContainer},
    session::ReadSession,
    terminal::{AttachContainer, AttachQuery, OpenTerminal, TerminalOutput, TerminalQuery},
    tokens::{CreateToken, NewToken, RevokeToken},
    users::{GiveGrant, Giving, Subject, TakeGrant, UpdateUser, UserChange},
};

use crate::support::{act, tomorrow};

struct Home {
    fake: FakeEngine,
    console: Console,
    admin: Client,
}

/// Somebody whose right can be taken.
struct Person {
    client: Client,
    name: String,
    id: UserId,
    grant: GrantId,
}

impl Home {
    async fn new() -> Self {
        Self::before(FakeEngine::start()).await
    }

    async fn before(fake: FakeEngine) -> Self {
        let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
        let admin = console.admin().await;
        Self { fake, console, admin }
    }

    async fn person(&self, role: Role) -> Person {
        let (id, name) = self.console.new_user_with(role.as_str(), Vec::new()).await;
        let giving = Giving {
            subject: Subject::User(id),
            role: role.into(),
            scope: Scope::Environment { environment: local() },
        };
        let grant = self.admin.call(&GiveGrant {}, Empty {}, giving).await.unwrap().id;
        Person { client: self.console.sign_in(&name).await.unwrap(), name, id, grant }
    }

    async fn take(&self, person: &Person) {
        act(&self.admin, TakeGrant { grant: person.grant }, Empty {}).await.unwrap();
    }

    async fn disable(&self, person: &Person) {
        let change = UserChange { disabled: Some(true), ..UserChange::default() };
        self.admin.call(&UpdateUser { user: person.id }, Empty {}, change).await.unwrap();
    }

    /// The row of what somebody did, once it has ended.
    async fn row(&self, person: &Person, action: &str) -> AuditRow {
        eventually(&format!("{action} has ended"), async || {
            let page = act(&self.admin, ListAudit {}, AuditQuery::default()).await.unwrap();
            let row = page.rows.into_iter().find(|row| row.action == action && row.actor == person.name)?;
            (row.result != AuditResult::Started).then_some(row)
        })
        .await
    }

    fn asked_for(&self, since: usize, end: &str) -> bool {
        self.fake.calls()[since..].iter().any(|call| call.name().ends_with(end))
    }
}

/// Calls in a task of its own.
fn stop(person: &Person) -> tokio::task::JoinHandle<Result<(), u16>> {
    let client = person.client.clone();
    let stop = StopContainer { environment: local(), container: "web-1".parse().unwrap() };
    tokio::spawn(
        async move { act(&client, stop, StopOptions::default()).await.map_err(|refusal| refusal.status) },
    )
}

fn create(person: &Person, line: &str) -> tokio::task::JoinHandle<CreatedContainer> {
    let client = person.client.clone();
    let spec = shared::run::parse(line).spec;
    tokio::spawn(async move {
        let create = CreateContainer { environment: local() };
        let start = CreateOptions { start: true, ..CreateOptions::default() };
        client.call(&create, start, spec).await.unwrap_or_else(|refusal| panic!("{refusal}"))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_engine_was_told_before_the_right_went_is_in_the_audit_as_done() {
    let home = Home::new().await;
    let person = home.person(Role::Operator).await;
    let before = home.fake.calls().len();
    let held = home.fake.hold(&format!("/containers/{WEB}/stop"));
    let stopping = stop(&person);
    home.fake.until_asked(before, &format!("POST /containers/{WEB}/stop")).await;
    home.take(&person).await;
    drop(held);
    assert_eq!(stopping.await.unwrap(), Ok(()), "it was done, and is not said to be otherwise");
    let row = home.row(&person, "StopContainer").await;
    assert_eq!((row.result, &*row.detail), (AuditResult::Done, ""));
    assert_eq!(stop(&person).await.unwrap(), Err(404), "and no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_is_made_when_the_right_goes_is_not_started() {
    let home = Home::new().await;
    for disabled in [false, true] {
        let person = home.person(Role::Deployer).await;
        let before = home.fake.calls().len();
        let held = home.fake.hold("/containers/create");
        let creating = create(&person, "docker run --name next busybox");
        home.fake.until_asked(before, "POST /containers/create").await;
        if disabled {
            home.disable(&person).await;
        } else {
            home.take(&person).await;
        }
        drop(held);
        let created = creating.await.unwrap();
        let why = created.not_started.expect("it is made, and does not run").message;
        assert!(!home.asked_for(before, "/start"), "{why}");
        let row = home.row(&person, "CreateContainer").await;
        assert_eq!(row.result, AuditResult::Done, "what was made is there");
        assert!(row.detail.contains(&JOB[..12]) && row.detail.contains("does not run"), "{}", row.detail);
    }
    // With the right, it goes on.
    let person = home.person(Role::Deployer).await;
    let before = home.fake.calls().len();
    assert_eq!(create(&person, "docker run --name next busybox").await.unwrap().not_started, None);
    assert!(home.asked_for(before, "/start"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_is_joined_to_no_further_network_when_the_right_goes() {
    let fake = FakeEngine::start();
    // One that is told of further networks after the container is made.
    let version = json!({"Version": "24.0.9", "ApiVersion": "1.43", "MinAPIVersion": "1.24", "Os": "linux"});
    fake.answer("/version", Answer::Json(200, version));
    let home = Home::before(fake).await;
    let line = "docker run --name next --network one --network two --network three busybox";
    for disabled in [false, true] {
        let person = home.person(Role::Deployer).await;
        let before = home.fake.calls().len();
        let held = home.fake.hold("/networks/two/connect");
        let creating = create(&person, line);
        home.fake.until_asked(before, "POST /networks/two/connect").await;
        if disabled {
            home.disable(&person).await;
        } else {
            home.take(&person).await;
        }
        drop(held);
        let why = creating.await.unwrap().not_started.expect("it is made, and does not run").message;
        assert!(!home.asked_for(before, "/networks/three/connect"), "{why}");
        assert!(!home.asked_for(before, "/start"), "{why}");
        let row = home.row(&person, "CreateContainer").await;
        assert_eq!(row.result, AuditResult::Done, "what was made is there");
        assert!(row.detail.contains(&JOB[..12]) && row.detail.contains("does not run"), "{}", row.detail);
    }
    // With the right, it goes on.
    let person = home.person(Role::Deployer).await;
    let before = home.fake.calls().len();
    assert_eq!(create(&person, line).await.unwrap().not_started, None);
    assert!(home.asked_for(before, "/networks/three/connect") && home.asked_for(before, "/start"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_waits_for_the_engine_is_not_done_without_the_right() {
    let home = Home::new().await;
    let start = || StartContainer { environment: local(), container: "job-1".parse().unwrap() };
    for disabled in [false, true] {
        let person = home.person(Role::Operator).await;
        let before = home.fake.calls().len();
        // It is asked what the container reaches, since an operator may not start what reaches the host.
        let held = home.fake.hold(&format!("/containers/{JOB}/json"));
        let client = person.client.clone();
        let starting = tokio::spawn(async move { act(&client, start(), Empty {}).await });
        home.fake.until_asked(before, &format!("GET /containers/{JOB}/json")).await;
        if disabled {
            home.disable(&person).await;
        } else {
            home.take(&person).await;
        }
        drop(held);
        let refusal = starting.await.unwrap().unwrap_err();
        let expected = if disabled { (401, ErrorCode::SignedOut) } else { (404, ErrorCode::NotFound) };
        assert_eq!(refusal.kind(), expected);
        assert!(!home.asked_for(before, "/start"));
        let row = home.row(&person, "StartContainer").await;
        assert_ne!(row.result, AuditResult::Done, "{row:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_is_being_opened_ends_with_the_right() {
    let home = Home::new().await;
    for step in [format!("/containers/{WEB}/json"), format!("/containers/{WEB}/exec")] {
        let person = home.person(Role::EnvironmentAdmin).await;
        let before = home.fake.calls().len();
        let held = home.fake.hold(&step);
        let open = OpenTerminal { environment: local(), container: "web-1".parse().unwrap() };
        let query = TerminalQuery { command: Some("cat".to_owned()), columns: 80, rows: 24, user: None };
        let mut terminal = TerminalSocket::open(&person.client, &open, &query).await;
        eventually("the engine is asked", async || {
            home.asked_for(before, step.rsplit('/').next().unwrap()).then_some(())
        })
        .await;
        home.take(&person).await;
        // Though the engine has not answered yet.
        match terminal.next().await {
            Some(TerminalOutput::Failed { .. }) | None => {}
            other => panic!("{other:?}"),
        }
        terminal.closed_within(Duration::from_secs(1)).await;
        drop(held);
        let row = home.row(&person, "OpenTerminal").await;
        assert_eq!(row.result, AuditResult::Refused, "{row:?}");
        assert!(!home.asked_for(before, "/start"), "no program was begun");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_attached_to_when_the_right_goes_is_not_started() {
    let home = Home::new().await;
    let attach = || AttachContainer { environment: local(), container: "job-1".parse().unwrap() };
    let query = AttachQuery { columns: 80, rows: 24, start: true };
    for step in ["GET json", "POST attach"] {
        let person = home.person(Role::EnvironmentAdmin).await;
        let before = home.fake.calls().len();
        let (method, end) = step.split_once(' ').unwrap();
        let path = format!("/containers/{JOB}/{end}");
        let held = home.fake.hold(&path);
        let mut terminal = TerminalSocket::open(&person.client, &attach(), &query).await;
        home.fake.until_asked(before, &format!("{method} {path}")).await;
        home.take(&person).await;
        // Though the engine has not answered yet.
        match terminal.next().await {
            Some(TerminalOutput::Failed { .. }) | None => {}
            other => panic!("{other:?}"),
        }
        terminal.closed_within(Duration::from_secs(1)).await;
        drop(held);
        for action in ["StartContainer", "AttachContainer"] {
            let row = home.row(&person, action).await;
            assert_eq!(row.result, AuditResult::Refused, "{row:?}");
        }
        assert!(!home.asked_for(before, "/start"), "{step}");
    }
    // What the engine was told before is in the audit as done.
    let person = home.person(Role::EnvironmentAdmin).await;
    let path = format!("/containers/{JOB}/start");
    let before = home.fake.calls().len();
    let held = home.fake.hold(&path);
    let terminal = TerminalSocket::open(&person.client, &attach(), &query).await;
    home.fake.until_asked(before, &format!("POST {path}")).await;
    home.take(&person).await;
    drop(held);
    assert_eq!(home.row(&person, "StartContainer").await.result, AuditResult::Done);
    assert_eq!(home.row(&person, "AttachContainer").await.result, AuditResult::Refused);
    drop(terminal);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_waits_for_the_engine_brings_nothing_without_the_right() {
    let home = Home::new().await;
    let person = home.person(Role::Operator).await;
    let path = format!("/containers/{WEB}/logs");
    home.fake.set_log("a line that is not theirs any more");
    let download = DownloadLogs { environment: local(), container: "web-1".parse().unwrap() };
    let whole = person.client.send::<DownloadLogs>(&download, &LogQuery::default(), &()).await;
    assert!(whole.text().contains("not theirs"), "{}", whole.text());

    let before = home.fake.calls().len();
    let held = home.fake.hold(&path);
    let request = person.client.request("GET", &download.path());
    let reading = tokio::spawn(async move {
        use http_body_util::BodyExt;
        let reply = request.stream().await;
        let status = reply.status();
        (status, reply.into_body().collect().await.map(|body| body.to_bytes()))
    });
    home.fake.until_asked(before, &format!("GET {path}")).await;
    home.take(&person).await;
    drop(held);
    // Refused, or broken off before its first byte.
    let (status, body) = reading.await.unwrap();
    assert!(!status.is_success() || body.is_err(), "{status} {body:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_many_use_is_worth_nothing_once_its_revocation_is_said() {
    let home = Home::new().await;
    let person = home.person(Role::Operator).await;
    for round in 0..5 {
        let new = NewToken {
            name: format!("race-{round}"),
            expires_at: tomorrow(),
            permissions: PermissionSet::of(&[Permission::ContainerView]),
            scope: Scope::Everything,
        };
        let made = person.client.call(&CreateToken {}, Empty {}, new).await.unwrap();
        let script = person.client.with_token(&made.text);
        act(&script, ReadSession {}, Empty {}).await.unwrap();
        let (said, revoked) = tokio::sync::watch::channel(false);
        let uses = Arc::new(AtomicU32::new(0));
        let users: Vec<_> = (0..12)
            .map(|_| {
                let (script, revoked, uses) = (script.clone(), revoked.clone(), Arc::clone(&uses));
                tokio::spawn(async move {
                    let mut after = 0;
                    while after < 3 {
                        let late = *revoked.borrow();
                        let done = act(&script, ReadSession {}, Empty {}).await.is_ok();
                        assert!(!(late && done), "it was used after its revocation was said");
                        after += u32::from(late);
                        uses.fetch_add(u32::from(done), Ordering::Relaxed);
                    }
                })
            })
            .collect();
        let busy = async || (uses.load(Ordering::Relaxed) > 40).then_some(());
        eventually("it is in use", busy).await;
        act(&person.client, RevokeToken { token: made.token.id }, Empty {}).await.unwrap();
        said.send(true).unwrap();
        for user in users {
            user.await.unwrap();
        }
    }
}
