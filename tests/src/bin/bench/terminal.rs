//! What a key press costs on its way through the console: added to the engine's own exec stream.

use std::time::Instant;

use longshore_tests::{Client, TerminalSocket, TestContainer, eventually};
use serde_json::{Value, json};
use shared::{
    Empty,
    containers::ListContainers,
    terminal::{OpenTerminal, TerminalOutput, TerminalQuery},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    Bench,
    line::Line,
    table::{Budget, Table, millis, percentile},
};

/// Echoes each byte as it comes, without the kernel's line discipline between.
const ECHO: &str = "stty raw -echo; echo ready; cat";

pub(crate) async fn measure(bench: &Bench, table: &mut Table) {
    let rounds = if bench.quick { 300 } else { 2000 };
    let container = bench.engine.idle("bench-terminal");
    let console = bench.console().await;
    let client = console.admin().await;
    let list = ListContainers { environment: longshore_tests::console::local() };
    eventually("the console knows the container", async || {
        let rows = client.call(&list, Empty {}, ()).await.ok()?.containers;
        rows.iter().any(|row| row.id.as_str() == container.id).then_some(())
    })
    .await;
    // In turns, so that what else the machine does falls on both.
    let mut raw = raw(bench, &container).await;
    let mut ours = through_console(&client, &container).await;
    let (mut engine, mut console) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let key = b'a' + u8::try_from(round % 26).expect("a letter");
        let start = Instant::now();
        raw.write_all(&[key]).await.expect("typed");
        assert_eq!(raw.read_u8().await.expect("echoed"), key);
        engine.push(millis(start.elapsed()));

        ours.printed.clear();
        let start = Instant::now();
        ours.type_bytes(&[key]).await;
        while ours.printed.is_empty() {
            ours.receive_some().await;
        }
        console.push(millis(start.elapsed()));
        assert_eq!(ours.printed, [key]);
    }
    for (part, budget) in [(0.50, Budget::None), (0.99, Budget::AtMost(1.0))] {
        let (theirs, all) = (percentile(&mut engine, part), percentile(&mut console, part));
        let note = format!("{all:.2} ms, {theirs:.2} ms of it the engine's");
        table.row(
            &format!("key press → echo, added, p{:.0}", part * 100.0),
            all - theirs,
            "ms",
            budget,
            note,
        );
    }
}

async fn through_console(client: &Client, container: &TestContainer) -> TerminalSocket {
    let target =
        OpenTerminal { environment: longshore_tests::console::local(), container: container.reference() };
    let query = TerminalQuery { command: Some(format!("sh -c '{ECHO}'")), user: None, columns: 80, rows: 24 };
    let mut terminal = TerminalSocket::open(client, &target, &query).await;
    assert!(matches!(terminal.next().await, Some(TerminalOutput::Started { .. })), "it starts");
    terminal.until("ready").await;
    terminal.settle().await;
    terminal
}

/// The engine's own exec stream, after its `ready`.
async fn raw(bench: &Bench, container: &TestContainer) -> Box<dyn longshore_tests::client::Stream> {
    let engine = Client::unix(bench.engine.socket());
    let mut line = Line::open(&engine).await;
    let body = json!({"AttachStdin": true, "AttachStdout": true, "AttachStderr": true, "Tty": true, "Cmd": ["sh", "-c", ECHO]});
    let (status, reply) =
        line.ask("POST", &format!("/containers/{}/exec", container.id), &body.to_string()).await;
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&reply));
    let reply: Value = serde_json::from_slice(&reply).expect("JSON");
    let id = reply["Id"].as_str().expect("an id").to_owned();
    let mut stream = engine.connect().await.expect("the engine");
    let body = r#"{"Detach":false,"Tty":true}"#;
    let request = format!(
        "POST /exec/{id}/start HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: Upgrade\r\n\
         Upgrade: tcp\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("asked");
    let mut seen = Vec::new();
    while !seen.windows(5).any(|window| window == b"ready") {
        seen.push(stream.read_u8().await.expect("the exec's output"));
    }
    // What is left of the line.
    let mut rest = [0; 16];
    while tokio::time::timeout(std::time::Duration::from_millis(300), stream.read(&mut rest)).await.is_ok() {}
    stream
}
