//! Terminals: exec and attach, typed into as a person does.

use std::time::Duration;

use longshore_tests::{
    Answer, Client, Console, ConsoleOptions, FakeEngine, TerminalSocket, TestContainer, TestEngine,
    console::local, eventually, fake_engine,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use shared::{
    Empty, ErrorCode, Role,
    containers::{ContainerState, StopContainer, StopOptions},
    session::SignOut,
    terminal::{AttachContainer, AttachQuery, OpenTerminal, TerminalInput, TerminalOutput, TerminalQuery},
};

use crate::support::{act, on, running, shown};

fn sized(columns: u16, rows: u16) -> TerminalQuery {
    TerminalQuery { columns, rows, ..TerminalQuery::default() }
}

fn command(command: &str) -> TerminalQuery {
    TerminalQuery { command: Some(command.to_owned()), ..sized(80, 24) }
}

async fn terminal(client: &Client, container: &TestContainer, query: TerminalQuery) -> TerminalSocket {
    let mut terminal = TerminalSocket::open(client, &on!(OpenTerminal, container), &query).await;
    match terminal.next().await {
        Some(TerminalOutput::Started { tty: true, input: true, .. }) => terminal,
        other => panic!("instead of a start: {other:?}"),
    }
}

async fn exit_code(terminal: &mut TerminalSocket) -> Option<i64> {
    match terminal.next().await {
        Some(TerminalOutput::Exited { code }) => code,
        other => panic!("instead of an end: {other:?}; printed {}", terminal.text()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shell_is_found_and_runs_what_is_typed() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let container = running(&console, "shell").await;
    let mut terminal = TerminalSocket::open(&admin, &on!(OpenTerminal, container), &sized(80, 24)).await;
    let Some(TerminalOutput::Started { command, tty, input }) = terminal.next().await else {
        panic!("it starts")
    };
    assert!(tty && input);
    assert!(command.iter().any(|word| word.contains("sh")), "{command:?}");
    terminal.type_bytes(b"id -u; echo $((40 + 2))-done\r").await;
    let printed = terminal.until("42-done").await;
    assert!(printed.contains("\n0\r\n"), "it runs as root: {printed:?}");
    terminal.type_bytes(b"exit 7\r").await;
    assert_eq!(exit_code(&mut terminal).await, Some(7));
    terminal.closed_within(Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bash_is_preferred_where_it_is() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let container = engine.run("bash", &["debian:12-slim", "sleep", "3600"]);
    shown(&console, &container, ContainerState::Running).await;
    let mut terminal = terminal(&admin, &container, sized(80, 24)).await;
    terminal.type_bytes(b"echo $((40 + 2))-${BASH_VERSION:-none}-shell\r").await;
    terminal.until("42-5.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_size_reaches_the_program() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let container = running(&console, "size").await;
    let mut terminal = terminal(&admin, &container, sized(97, 31)).await;
    // The engine applies a size after the start; the shell is asked until it sees it.
    let mut sees = async |size: &str| {
        for _ in 0..100 {
            terminal.printed.clear();
            terminal.type_bytes(b"stty size; echo $((1 + 1))nd\r").await;
            if terminal.until("2nd").await.contains(size) {
                return true;
            }
        }
        false
    };
    assert!(sees("31 97").await, "the size at the start");
    terminal.say(&TerminalInput::Resize { columns: 132, rows: 50 }).await;
    let mut sees = async |size: &str| {
        for _ in 0..100 {
            terminal.printed.clear();
            terminal.type_bytes(b"stty size; echo $((1 + 1))nd\r").await;
            if terminal.until("2nd").await.contains(size) {
                return true;
            }
        }
        false
    };
    assert!(sees("50 132").await, "the new size");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_kilobytes_pasted_arrive_whole() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let container = running(&console, "paste").await;
    let script = "sh -c 'stty raw -echo; echo ready; head -c 100000 | sha256sum'";
    let mut terminal = terminal(&admin, &container, command(script)).await;
    terminal.until("ready").await;
    let paste: Vec<u8> =
        (0..100_000_u32).map(|at| b' ' + u8::try_from((at * 7 + at / 251) % 94).unwrap()).collect();
    terminal.type_bytes(&paste).await;
    let sum: String = Sha256::digest(&paste).iter().map(|byte| format!("{byte:02x}")).collect();
    terminal.until(&sum).await;
    assert_eq!(exit_code(&mut terminal).await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn much_output_arrives_whole_and_in_order() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let container = running(&console, "output").await;
    let script = "sh -c 'stty -opost; i=0; while [ $i -lt 200000 ]; do echo $i; i=$((i+1)); done'";
    let mut terminal = terminal(&admin, &container, command(script)).await;
    assert_eq!(exit_code(&mut terminal).await, Some(0));
    let printed = terminal.text();
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!(lines.len(), 200_000);
    assert!(lines.iter().enumerate().all(|(at, line)| *line == at.to_string()));
}

/// What is said while the program ends stays unread, and a connection that is closed with something unread
/// is reset: the exit code is not to go down with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_ends_at_once_tells_its_exit_code_whatever_is_said_meanwhile() {
    let fake = FakeEngine::start();
    let exec = "e".repeat(64);
    let started = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n".to_vec();
    fake.answer(&format!("/exec/{exec}/start"), Answer::Bytes(started));
    let ended = json!({"ID": exec, "Running": false, "ExitCode": 3, "ContainerID": fake_engine::WEB});
    fake.answer(&format!("/exec/{exec}/json"), Answer::Json(200, ended));
    for options in [ConsoleOptions::before(&fake.host()), ConsoleOptions::before(&fake.host()).tls()] {
        let console = Console::connected(options).await;
        let admin = console.admin().await;
        let web = OpenTerminal { environment: local(), container: "web-1".parse().unwrap() };
        for round in 0..100 {
            let mut terminal = TerminalSocket::open(&admin, &web, &command("true")).await;
            // Nothing is read meanwhile: what the console says waits in the connection.
            let mut columns = 1;
            while columns < 300 && terminal.try_say(&TerminalInput::Resize { columns, rows: 24 }).await {
                columns += 1;
            }
            let start = terminal.next().await;
            assert!(matches!(start, Some(TerminalOutput::Started { .. })), "round {round}: {start:?}");
            let end = terminal.next().await;
            assert_eq!(end, Some(TerminalOutput::Exited { code: Some(3) }), "round {round}, {columns} sizes");
            terminal.closed_within(Duration::from_secs(5)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_and_a_user_can_be_chosen() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let container = running(&console, "user").await;
    let query =
        TerminalQuery { user: Some("65534".to_owned()), ..command("sh -c 'echo \"as $(id -u)\"; exit 5'") };
    let mut chosen = terminal(&admin, &container, query).await;
    assert_eq!(exit_code(&mut chosen).await, Some(5));
    assert!(chosen.text().contains("as 65534"), "{}", chosen.text());

    // A command line is split as a shell would, but no shell sees it.
    let mut literal = terminal(&admin, &container, command("echo 'one  two' $HOME \"; id\"")).await;
    assert_eq!(exit_code(&mut literal).await, Some(0));
    assert!(literal.text().contains("one  two $HOME ; id"), "{}", literal.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_without_a_shell_says_so() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let container = engine.run("shellless", &["hello:1.0"]);
    shown(&console, &container, ContainerState::Running).await;
    let mut terminal = TerminalSocket::open(&admin, &on!(OpenTerminal, container), &sized(80, 24)).await;
    match terminal.next().await {
        Some(TerminalOutput::Failed { no_shell: true, error }) => assert!(!error.message.is_empty()),
        other => panic!("instead of a clear message: {other:?}"),
    }
    terminal.closed_within(Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_not_there_fails_with_the_engines_words() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let container = running(&console, "missing").await;
    let mut terminal =
        TerminalSocket::open(&admin, &on!(OpenTerminal, container), &command("no-such-program")).await;
    loop {
        match terminal.next().await {
            Some(TerminalOutput::Failed { no_shell: false, error }) => {
                break assert!(!error.message.is_empty());
            }
            Some(TerminalOutput::Exited { code }) => {
                break assert!(matches!(code, Some(126 | 127)), "{code:?}");
            }
            Some(TerminalOutput::Started { .. }) => {}
            other => panic!("instead of a failure: {other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_is_for_who_may_and_where_it_can_be() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let operator = console.user(Role::Operator).await;
    let alive = running(&console, "alive").await;
    let ended = engine.run("ended", &["busybox", "true"]);
    shown(&console, &ended, ContainerState::Exited).await;
    let gone = engine.create("gone", &["busybox"]);
    engine.docker(&["rm", &gone.id]);
    eventually("the list has forgotten it", async || {
        crate::support::row(&admin, &gone.container_id()).await.is_none().then_some(())
    })
    .await;

    let cases = [
        (&operator, on!(OpenTerminal, alive), 403, ErrorCode::Forbidden),
        (&admin, on!(OpenTerminal, gone), 404, ErrorCode::NotFound),
        (&admin, on!(OpenTerminal, ended), 409, ErrorCode::Conflict),
    ];
    for (client, target, status, code) in cases {
        let request = longshore_tests::sockets::handshake(client, &target, &sized(80, 24));
        match longshore_tests::sockets::open(client, request).await {
            Err(refused) => assert_eq!(refused, status, "{code:?}"),
            // A browser cannot read the status of a refused socket, so the reason may come as a frame.
            Ok(_) => {
                let mut terminal = TerminalSocket::open(client, &target, &sized(80, 24)).await;
                match terminal.next().await {
                    Some(TerminalOutput::Failed { error, .. }) => assert_eq!(error.code, code),
                    other => panic!("instead of {code:?}: {other:?}"),
                }
            }
        }
    }
    let operator_attach =
        longshore_tests::sockets::handshake(&operator, &on!(AttachContainer, alive), &attach_size());
    assert_eq!(
        longshore_tests::sockets::open(&operator, operator_attach).await.err().map(|s| s.as_u16()),
        Some(403)
    );
}

fn attach_size() -> AttachQuery {
    AttachQuery { columns: 80, rows: 24, start: false }
}

#[tokio::test(flavor = "multi_thread")]
async fn attach_speaks_to_the_containers_own_process() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let script = "echo hello; while read -r line; do echo \"got $line\"; [ \"$line\" = end ] && exit 4; done";
    let container = engine.run("attach", &["-it", "busybox", "sh", "-c", script]);
    shown(&console, &container, ContainerState::Running).await;
    let mut terminal = TerminalSocket::open(&admin, &on!(AttachContainer, container), &attach_size()).await;
    match terminal.next().await {
        Some(TerminalOutput::Started { tty: true, input: true, .. }) => {}
        other => panic!("instead of a start: {other:?}"),
    }
    terminal.type_bytes(b"over here\r").await;
    terminal.until("got over here").await;
    terminal.type_bytes(b"end\r").await;
    assert_eq!(exit_code(&mut terminal).await, Some(4));
    assert_eq!(container.inspect("{{.State.ExitCode}}"), "4");
}

#[tokio::test(flavor = "multi_thread")]
async fn attached_from_its_start_it_shows_what_was_printed_and_tells_the_code_though_it_removes_itself() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let script = "echo first words; read -r line; exit 3";
    let container = engine.create("start", &["-it", "--rm", "busybox", "sh", "-c", script]);
    shown(&console, &container, ContainerState::Created).await;
    let query = AttachQuery { start: true, ..attach_size() };
    let mut terminal = TerminalSocket::open(&admin, &on!(AttachContainer, container), &query).await;
    terminal.until("first words").await;
    terminal.type_bytes(b"\r").await;
    assert_eq!(exit_code(&mut terminal).await, Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn attach_without_a_terminal_shows_both_outputs_and_leaves_it_running() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let container =
        engine.run("plain", &["busybox", "sh", "-c", "while :; do echo out; echo err >&2; sleep 0.1; done"]);
    shown(&console, &container, ContainerState::Running).await;
    let mut terminal = TerminalSocket::open(&admin, &on!(AttachContainer, container), &attach_size()).await;
    match terminal.next().await {
        Some(TerminalOutput::Started { tty: false, input: false, .. }) => {}
        other => panic!("instead of a start: {other:?}"),
    }
    terminal.until("out").await;
    let printed = terminal.until("err").await;
    assert!(!printed.contains('\u{1}') && !printed.contains('\0'), "no frame headers: {printed:?}");
    drop(terminal);
    assert_eq!(container.state(), "running");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_reaches_the_host_is_entered_only_with_host_access() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let keeper = console.user(Role::EnvironmentAdmin).await;
    let idle = ["busybox", "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait; done"];
    let options: [&[&str]; 3] =
        [&["--volume", "/tmp:/host"], &["--cap-add", "SYS_ADMIN"], &["--pid", "host"]];
    for option in options {
        let container = engine.run("reaching", &[option, &idle].concat());
        shown(&console, &container, ContainerState::Running).await;
        for attach in [false, true] {
            let mut socket = if attach {
                let query = AttachQuery { columns: 80, rows: 24, start: false };
                TerminalSocket::open(&keeper, &on!(AttachContainer, container), &query).await
            } else {
                TerminalSocket::open(&keeper, &on!(OpenTerminal, container), &command("id")).await
            };
            match socket.next().await {
                Some(TerminalOutput::Failed { error, .. }) => {
                    assert_eq!(error.code, ErrorCode::Forbidden, "{option:?}: {error}");
                    assert!(error.message.contains("host_access"), "{error}");
                }
                other => panic!("{option:?}: {other:?}"),
            }
        }
        let execs = container.inspect("{{json .ExecIDs}}");
        assert!(matches!(execs.as_str(), "null" | "[]"), "nothing was made in it: {execs}");
        let mut socket =
            TerminalSocket::open(&admin, &on!(OpenTerminal, container), &command("echo in $((40+2))")).await;
        socket.next().await.expect("it starts");
        socket.closed_within(Duration::from_secs(10)).await;
    }
    let ordinary = running(&console, "ordinary").await;
    let mut socket = TerminalSocket::open(&keeper, &on!(OpenTerminal, ordinary), &command("true")).await;
    assert!(matches!(socket.next().await, Some(TerminalOutput::Started { .. })));
    let as_root = TerminalQuery { user: Some("root".to_owned()), ..command("true") };
    let mut socket = TerminalSocket::open(&keeper, &on!(OpenTerminal, ordinary), &as_root).await;
    let said = socket.next().await;
    assert!(
        matches!(&said, Some(TerminalOutput::Failed { error, .. }) if error.code == ErrorCode::Forbidden),
        "{said:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_closes_the_terminal() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let container = running(&console, "signout").await;
    let (_, name) = console.new_user(Role::Admin).await;
    let client = console.sign_in(&name).await.unwrap();
    let mut terminal = terminal(&client, &container, command("sleep 4321")).await;
    assert!(container.exec(&["ps"]).contains("sleep 4321"));
    act(&client, SignOut {}, Empty {}).await.unwrap();
    terminal.closed_within(Duration::from_secs(2)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_stops_ends_its_terminals() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let container = running(&console, "stops").await;
    let mut terminal = terminal(&admin, &container, sized(80, 24)).await;
    act(&admin, on!(StopContainer, container), StopOptions { timeout_seconds: Some(0) }).await.unwrap();
    exit_code(&mut terminal).await;
    terminal.closed_within(Duration::from_secs(5)).await;
}
