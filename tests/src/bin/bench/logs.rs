//! Log throughput to one browser: against `docker logs` into nothing.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use longshore_tests::{
    Client, Console, ConsoleOptions, LiveSocket, LogReader, TestContainer, console::local,
};
use shared::{
    live::{ClientFrame, Topic},
    logs::LogQuery,
};

use crate::{
    Bench,
    process::{processor_seconds, pss_megabytes},
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
    let mut readings = Vec::new();
    for (name, tls, least) in [("plain", false, 0.9), ("TLS", true, 0.8)] {
        let options = ConsoleOptions::before(bench.engine.host());
        let console = Console::connected(if tls { options.tls() } else { options }).await;
        let client = console.admin().await;
        readings.push(Reading { name, least, console, client, best: Duration::MAX, ours: 0.0, readers: 0.0 });
    }
    let rounds = if bench.quick { 2 } else { 5 };
    let mut engine = Duration::MAX;
    // In turns, so that whatever else the machine does falls on all.
    for _ in 0..rounds {
        engine = engine.min(docker_logs(bench, &container));
        for reading in &mut readings {
            reading.once(&container, lines).await;
        }
    }
    for reading in readings {
        let (ours, theirs) = (reading.best.as_secs_f64(), engine.as_secs_f64());
        let [console, reader] = [reading.ours, reading.readers].map(|seconds| seconds / f64::from(rounds));
        let note = format!(
            "{ours:.2} s against {theirs:.2} s for {lines} lines; processor: console {console:.2} s, reader {reader:.2} s"
        );
        let what = format!("log to one browser over {}: speed of docker logs", reading.name);
        table.row(&what, theirs / ours, "×", Budget::AtLeast(reading.least), note);
    }
}

/// What the console holds of a log that is followed while it is written line by line: its ring has places
/// for more lines than are written here, and 4 MB of text.
pub(crate) async fn memory(bench: &Bench, table: &mut Table) {
    let lines = if bench.quick { 10_000 } else { 40_000 };
    let script = format!(
        "i=0; while [ $i -lt {lines} ]; do echo \"line $i of a log that is about a hundred bytes wide, as those of web servers are\"; i=$((i+1)); usleep 300; done; echo end; sleep 600"
    );
    let console = bench.console().await;
    let client = console.admin().await;
    let container = bench.engine.run("bench-slow-log", &["busybox", "sh", "-c", &script]);
    let before = pss_megabytes(console.id());
    let mut reader = LogReader::open(&client, &container.container_id(), LogQuery::default()).await;
    while reader.lines.last().is_none_or(|line| line.text != b"end") {
        reader.step().await;
    }
    let held = pss_megabytes(console.id()) - before;
    let note = format!("{lines} lines that came one by one; the console had {before:.0} MB before");
    table.row("memory (PSS) added by a log that is followed", held, "MB", Budget::None, note);
}

fn docker_logs(bench: &Bench, container: &TestContainer) -> Duration {
    let start = Instant::now();
    let status = bench.engine.command(&["logs", &container.id]).stdout(Stdio::null()).status();
    assert!(status.expect("docker").success());
    start.elapsed()
}

/// One way to read, and how it went.
struct Reading {
    name: &'static str,
    least: f64,
    console: Console,
    client: Client,
    best: Duration,
    /// Seconds of processor of the console, in all.
    ours: f64,
    /// And of this program: where it is this one that is slow, it measures itself.
    readers: f64,
}

impl Reading {
    async fn once(&mut self, container: &TestContainer, lines: usize) {
        let [console, reader] = [self.console.id(), std::process::id()];
        let before = [console, reader].map(processor_seconds);
        self.best = self.best.min(read(&self.client, container, lines).await);
        self.ours += processor_seconds(console) - before[0];
        self.readers += processor_seconds(reader) - before[1];
    }
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
