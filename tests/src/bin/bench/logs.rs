//! Log throughput to one browser: against `docker logs` into nothing.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use longshore_tests::{Client, Console, ConsoleOptions, LiveSocket, TestContainer, console::local};
use shared::{
    live::{ClientFrame, Topic},
    logs::LogQuery,
};

use crate::{
    Bench,
    table::{Budget, Table},
};

pub(crate) async fn measure(bench: &Bench, table: &mut Table) {
    let lines = if bench.quick { 200_000 } else { 600_000 };
    let script = format!(
        "i=0; while [ $i -lt {lines} ]; do echo \"line $i of a log that is about a hundred bytes wide, as those of web servers are\"; i=$((i+1)); done"
    );
    let container = bench.engine.run("bench-log", &["busybox", "sh", "-c", &script]);
    while container.state() == "running" {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let engine = fastest(bench, async || {
        let start = Instant::now();
        let status = bench.engine.command(&["logs", &container.id]).stdout(Stdio::null()).status();
        assert!(status.expect("docker").success());
        start.elapsed()
    })
    .await;
    for (name, tls, least) in [("plain", false, 0.9), ("TLS", true, 0.8)] {
        let options = ConsoleOptions::before(bench.engine.host());
        let console = Console::connected(if tls { options.tls() } else { options }).await;
        let client = console.admin().await;
        let ours = fastest(bench, async || read(&client, &container, lines).await).await;
        let note =
            format!("{:.2} s against {:.2} s for {lines} lines", ours.as_secs_f64(), engine.as_secs_f64());
        let what = format!("log to one browser over {name}: speed of docker logs");
        table.row(&what, engine.as_secs_f64() / ours.as_secs_f64(), "×", Budget::AtLeast(least), note);
    }
}

async fn fastest(bench: &Bench, mut once: impl AsyncFnMut() -> Duration) -> Duration {
    let mut best = once().await;
    for _ in 0..if bench.quick { 1 } else { 4 } {
        best = best.min(once().await);
    }
    best
}

/// Reads the log as a page does, and counts its lines by the frames' heads: a page decodes in another
/// process, and this one is not optimised.
async fn read(client: &Client, container: &TestContainer, lines: usize) -> Duration {
    let start = Instant::now();
    let mut socket = LiveSocket::open(client).await;
    let container = container.container_id();
    let to = Topic::Logs { environment: local(), container, query: LogQuery::default(), after: None };
    socket.subscribe(1, to).await;
    let (mut taken, mut count) = (0, 0);
    while let Some(frame) =
        socket.next_binary(|text| text.contains("log_ended") || text.contains("ended")).await
    {
        // Kind, subscription, skipped lines, two cursors, then how many lines.
        let head: [u8; 4] = frame[37..41].try_into().expect("a batch of log lines");
        count += u32::from_le_bytes(head) as usize;
        taken += frame.len() as u64;
        socket.send(&ClientFrame::Taken { id: 1, bytes: taken }).await;
    }
    let elapsed = start.elapsed();
    assert_eq!(count, lines, "every line arrived");
    elapsed
}
