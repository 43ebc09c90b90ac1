//! `docker run` that stays attached: attached to before it starts, so that nothing is lost and its code is told.

use longshore_tests::{
    Client, Console, ConsoleOptions, FakeEngine, TerminalSocket, TestEngine,
    console::local,
    eventually,
    fake_engine::{JOB, WEB},
    folder::unique,
};
use shared::{
    ContainerRef, Empty, ErrorCode, Permission, Role, Scope,
    access::{PermissionSet, RoleRef},
    audit::{AuditQuery, AuditResult, AuditRow, ListAudit},
    containers::ContainerState,
    endpoint::Operation,
    run::{CreateContainer, CreateOptions, CreatedContainer, blamed, parse},
    terminal::{AttachContainer, AttachQuery, TerminalOutput},
    users::{CreateRole, NewGrant, NewRole},
};

use crate::support::{self, act};

/// Removes what a test made, if it did not do so itself.
struct Made {
    engine: TestEngine,
    created: CreatedContainer,
}

impl Made {
    /// Made, and not started.
    async fn of(engine: &TestEngine, client: &Client, line: &str) -> Self {
        let create = CreateContainer { environment: local() };
        let made = client.call(&create, CreateOptions::default(), parse(line).spec).await;
        let created = made.unwrap_or_else(|refusal| panic!("{line}: {refusal}"));
        Self { engine: engine.clone(), created }
    }

    fn state(&self) -> String {
        self.engine.docker(&["inspect", "--format", "{{.State.Status}}", self.created.id.as_str()])
    }

    fn remains(&self) -> bool {
        self.engine.try_docker(&["inspect", self.created.id.as_str()]).status.success()
    }

    async fn start(&self, client: &Client) -> TerminalSocket {
        start(client, self.created.id.as_str()).await
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        let _gone = self.engine.try_docker(&["rm", "--force", "--volumes", self.created.id.as_str()]);
    }
}

fn attach(container: &str) -> AttachContainer {
    let container: ContainerRef = container.parse().unwrap();
    AttachContainer { environment: local(), container }
}

const START: AttachQuery = AttachQuery { columns: 80, rows: 24, start: true };

async fn start(client: &Client, container: &str) -> TerminalSocket {
    TerminalSocket::open(client, &attach(container), &START).await
}

/// Its output and its code, once it has ended.
async fn whole(mut terminal: TerminalSocket) -> (String, Option<i64>) {
    match terminal.next().await {
        Some(TerminalOutput::Started { .. }) => {}
        other => panic!("instead of a start: {other:?}"),
    }
    match terminal.next().await {
        Some(TerminalOutput::Exited { code }) => (terminal.text(), code),
        other => panic!("instead of an end: {other:?}; printed {}", terminal.text()),
    }
}

async fn refusal(mut terminal: TerminalSocket) -> shared::ApiError {
    match terminal.next().await {
        Some(TerminalOutput::Failed { error, no_shell: false }) => error,
        other => panic!("instead of a refusal: {other:?}"),
    }
}

/// The newest row of an action on this container.
async fn row(admin: &Client, action: &str, container: &str) -> AuditRow {
    eventually(&format!("{action} has ended"), async || {
        let rows = act(admin, ListAudit {}, AuditQuery::default()).await.unwrap().rows;
        let row = rows.into_iter().find(|row| row.action == action && row.target.contains(container))?;
        (row.result != AuditResult::Started).then_some(row)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_at_once_and_removes_itself_is_told_whole_with_its_code() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    // Whoever makes one may attach to it as its owner alone, which they are for as long as it is there.
    let maker = console.user(Role::Deployer).await;
    for (options, line_end) in [("--rm", "\n"), ("", "\n"), ("-t --rm", "\r\n"), ("-it --rm", "\r\n")] {
        for round in 0..10 {
            let line = format!("docker run {options} busybox sh -c 'echo out-{round}; echo err >&2; exit 7'");
            let made = Made::of(&engine, &maker, &line).await;
            assert_eq!(made.state(), "created", "it is not started before somebody is attached");
            let (printed, code) = whole(made.start(&maker).await).await;
            let mut lines: Vec<_> = printed.split_terminator(line_end).collect();
            // Two streams without a terminal have no order.
            lines.sort_unstable_by_key(|line| *line == "err");
            assert_eq!((lines, code), (vec![&*format!("out-{round}"), "err"], Some(7)), "{line}");
            if options.contains("--rm") {
                let gone = async || (!made.remains()).then_some(());
                eventually("it is removed", gone).await;
            } else {
                assert_eq!(made.state(), "exited");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_program_that_prints_much_at_once_no_line_is_lost() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    for _ in 0..5 {
        let made = Made::of(&engine, &admin, "docker run --rm busybox seq 1 20000").await;
        let (printed, code) = whole(made.start(&admin).await).await;
        let expected: String = (1..=20_000).map(|number| format!("{number}\n")).collect();
        assert!(printed == expected, "{} bytes of {}", printed.len(), expected.len());
        assert_eq!(code, Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_typed_to_and_has_the_size_of_its_window() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let script = "read -r line; stty size; echo \"got $line\"; exit 3";
    let made = Made::of(&engine, &admin, &format!("docker run --rm -it busybox sh -c '{script}'")).await;
    let query = AttachQuery { columns: 97, rows: 31, start: true };
    let mut terminal = TerminalSocket::open(&admin, &attach(made.created.id.as_str()), &query).await;
    match terminal.next().await {
        Some(TerminalOutput::Started { tty: true, input: true, .. }) => {}
        other => panic!("instead of a start: {other:?}"),
    }
    terminal.type_bytes(b"here\r").await;
    terminal.until("31 97").await;
    terminal.until("got here").await;
    assert_eq!(terminal.next().await, Some(TerminalOutput::Exited { code: Some(3) }));
    // Without -i nothing is typed.
    let made = Made::of(&engine, &admin, "docker run --rm busybox sleep 60").await;
    let mut terminal = made.start(&admin).await;
    match terminal.next().await {
        Some(TerminalOutput::Started { tty: false, input: false, .. }) => {}
        other => panic!("instead of a start: {other:?}"),
    }
    drop(terminal);
    assert_eq!(made.state(), "running", "whoever leaves leaves it running");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_audited_as_a_start_and_started_once() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let (_, name) = console.new_user(Role::Deployer).await;
    let maker = console.sign_in(&name).await.unwrap();
    // Whoever makes one owns it, and so may attach to it and start it.
    let made = Made::of(&engine, &maker, "docker run busybox sleep 60").await;
    let mut terminal = made.start(&maker).await;
    assert!(matches!(terminal.next().await, Some(TerminalOutput::Started { .. })));
    let short = &made.created.id.as_str()[..12];
    let started = row(&admin, "StartContainer", short).await;
    assert_eq!((started.result, &*started.actor, &*started.detail), (AuditResult::Done, &*name, ""));
    // It runs, as the list says in a moment: there is nothing to start, and the engine is not asked to.
    let runs = async || {
        let row = support::row(&admin, &made.created.id).await?;
        (row.state == ContainerState::Running).then_some(())
    };
    eventually("the list has it running", runs).await;
    let error = refusal(made.start(&maker).await).await;
    assert_eq!(error.code, ErrorCode::Conflict, "{error}");
    assert!(error.message.contains("runs already"), "{error}");
    let again = row(&admin, "StartContainer", short).await;
    assert_eq!(again.result, AuditResult::Failed);
    engine.docker(&["pause", made.created.id.as_str()]);
    let paused = async || (made.state() == "paused").then_some(());
    eventually("it is paused", paused).await;
    let error = refusal(made.start(&maker).await).await;
    assert_eq!(error.code, ErrorCode::Conflict, "{error}");
    engine.docker(&["unpause", made.created.id.as_str()]);
    // What has ended is started again, and seen from its beginning.
    let ended = Made::of(&engine, &maker, "docker run busybox echo again").await;
    for _ in 0..2 {
        let (printed, code) = whole(ended.start(&maker).await).await;
        assert_eq!((&*printed, code), ("again\n", Some(0)));
        let over = async || (ended.state() == "exited").then_some(());
        eventually("it has ended", over).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_fails_tells_the_engines_words_and_so_does_the_audit() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let port = 20_000 + (std::process::id() + 7) % 10_000;
    let holder = engine.run("holder", &["-p", &format!("{port}:80"), "busybox", "sleep", "60"]);
    assert_eq!(holder.state(), "running");
    let taken = format!("docker run -p 80 -p {port}:80 busybox echo never");
    let missing = "docker run busybox no-such-program".to_owned();
    let lines = [(taken, "network.ports[1]"), (missing, "command")];
    for (line, field) in lines {
        let made = Made::of(&engine, &admin, &line).await;
        let error = refusal(made.start(&admin).await).await;
        assert!(!error.message.is_empty(), "{line}");
        println!("{line}: {:?} {}", error.code, error.message);
        let place = blamed(&parse(&line).spec, &error.message).map(|place| place.to_string());
        // Of a port, Podman's words are those of another program.
        if !engine.is_podman() || field == "command" {
            assert_eq!(place.as_deref(), Some(field), "{}", error.message);
        }
        let short = &made.created.id.as_str()[..12];
        for action in ["StartContainer", AttachContainer::NAME] {
            let row = row(&admin, action, short).await;
            assert_eq!(row.result, AuditResult::Failed, "{row:?}");
            let begin: String = error.message.chars().take(100).collect();
            assert!(row.detail.contains(&begin), "{row:?}");
        }
        assert_ne!(made.state(), "running");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_start_or_not_attach_is_refused_and_the_engine_is_not_asked() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let admin = console.admin().await;
    let with = async |permissions: &[Permission]| {
        let new = NewRole { name: unique(), permissions: PermissionSet::of(permissions) };
        let role = RoleRef::Custom(admin.call(&CreateRole {}, Empty {}, new).await.unwrap().id);
        let grant = NewGrant { role, scope: Scope::Environment { environment: local() } };
        console.user_with("attaches", vec![grant]).await
    };
    use Permission::{ContainerExec, ContainerOperate, ContainerView, EnvironmentView};
    let sees = console.user(Role::Viewer).await;
    let starts = with(&[EnvironmentView, ContainerView, ContainerOperate]).await;
    let attaches = with(&[EnvironmentView, ContainerView, ContainerExec]).await;
    let before = fake.asked().len();
    for client in [&sees, &starts] {
        let request = longshore_tests::sockets::handshake(client, &attach("job-1"), &START);
        let status = longshore_tests::sockets::open(client, request).await.err();
        assert_eq!(status.map(|status| status.as_u16()), Some(403));
        let row = row(&admin, AttachContainer::NAME, "job-1").await;
        assert_eq!(row.result, AuditResult::Refused);
    }
    let error = refusal(start(&attaches, "job-1").await).await;
    assert_eq!(error.code, ErrorCode::Forbidden, "{error}");
    assert!(error.message.contains("container_operate"), "{error}");
    for action in ["StartContainer", AttachContainer::NAME] {
        assert_eq!(row(&admin, action, &JOB[..12]).await.result, AuditResult::Refused, "{action}");
    }
    // Of what runs, only that it does is told.
    let error = refusal(start(&admin, "web-1").await).await;
    assert_eq!(error.code, ErrorCode::Conflict, "{error}");
    assert_eq!(row(&admin, "StartContainer", &WEB[..12]).await.result, AuditResult::Failed);
    assert_eq!(fake.asked()[before..], [] as [String; 0]);
    // Who may, does: attached to first, started then.
    let mut terminal = start(&admin, "job-1").await;
    assert!(matches!(terminal.next().await, Some(TerminalOutput::Started { .. })));
    let asked = fake.asked().split_off(before);
    let at = |end: &str| asked.iter().position(|name| *name == format!("POST /containers/{JOB}/{end}"));
    assert!(at("attach").is_some() && at("attach") < at("start"), "{asked:?}");
    assert!(at("wait").is_some() && at("wait") < at("start"), "{asked:?}");
    drop(terminal);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_leaves_does_not_stop_it_halfway() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let admin = console.admin().await;
    let path = format!("/containers/{JOB}/start");
    let before = fake.calls().len();
    let held = fake.hold(&path);
    let terminal = start(&admin, "job-1").await;
    fake.until_asked(before, &format!("POST {path}")).await;
    drop(terminal);
    drop(held);
    assert_eq!(row(&admin, "StartContainer", &JOB[..12]).await.result, AuditResult::Done);
}
