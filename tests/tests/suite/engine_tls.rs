//! An engine behind TLS with certificates on both sides, as `DOCKER_TLS_VERIFY` has it.

use std::path::Path;

use longshore_tests::{Console, ConsoleOptions, LiveSocket, TerminalSocket, TestEngine, tls_front::TlsFront};
use shared::{
    Empty,
    containers::{ContainerState, InspectContainer},
    environments::{EngineStatus, UnreachableReason},
    terminal::{OpenTerminal, TerminalQuery},
};

use crate::support::{act, on, shown};

fn options(front: &TlsFront, certificates: &Path) -> ConsoleOptions {
    let mut options = ConsoleOptions::before(&front.host());
    options.env.push(("DOCKER_TLS_VERIFY".to_owned(), "1".to_owned()));
    options.env.push(("DOCKER_CERT_PATH".to_owned(), certificates.display().to_string()));
    options
}

async fn reason(console: &Console) -> (UnreachableReason, String) {
    longshore_tests::eventually("the engine is shown as unreachable", async || match console.status().await {
        EngineStatus::Unreachable { reason, detail, .. } => Some((reason, detail)),
        _ => None,
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_goes_over_tls() {
    let engine = TestEngine::from_env();
    let front = TlsFront::start(&engine.socket()).await;
    let console = Console::connected(options(&front, &front.accepted())).await;
    let admin = console.admin().await;
    let _live = LiveSocket::open(&admin).await;
    let container = engine.idle("tls");
    shown(&console, &container, ContainerState::Running).await;
    act(&admin, on!(InspectContainer, container), Empty {}).await.unwrap();
    let query = TerminalQuery { columns: 80, rows: 24, ..TerminalQuery::default() };
    let mut terminal = TerminalSocket::open(&admin, &on!(OpenTerminal, container), &query).await;
    terminal.type_bytes(b"echo over-$((40+2))\r").await;
    terminal.until("over-42").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_one_side_does_not_accept_is_told() {
    let engine = TestEngine::from_env();
    let front = TlsFront::start(&engine.socket()).await;
    let console = Console::start(options(&front, &front.of_strangers())).await;
    let (why, detail) = reason(&console).await;
    assert_eq!(why, UnreachableReason::TlsFailed, "the engine is not the one that we know: {detail}");
    let console = Console::start(options(&front, &front.unknown_client())).await;
    let (why, detail) = reason(&console).await;
    assert_eq!(why, UnreachableReason::TlsFailed, "the engine does not know us: {detail}");
    let console = Console::start(options(&front, Path::new("/nonexistent"))).await;
    let (why, detail) = reason(&console).await;
    assert_eq!(why, UnreachableReason::TlsFailed);
    assert!(detail.contains("/nonexistent/ca.pem"), "{detail}");
}
