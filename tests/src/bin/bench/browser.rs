//! The first page and the changed row in a real Chromium, by `tests/browser/bench.mjs`.

use std::process::Command;

use longshore_tests::{Console, ConsoleOptions};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    Bench,
    table::{Budget, Table, percentile},
};

/// What the script prints as its last line.
#[derive(Deserialize)]
struct Measured {
    /// From navigation until a container's name is shown, each in a browser without a cache.
    shown_ms: Vec<f64>,
    /// Bytes on the wire for the first page.
    bytes: f64,
    /// Requests for it.
    requests: f64,
    /// From the engine's event to the changed row.
    row_ms: Vec<f64>,
}

pub(crate) async fn measure(bench: &Bench, table: &mut Table) {
    let mut found: Measured = script(bench, "bench.mjs").await;
    table.row(
        "first page: bytes on the wire",
        found.bytes / 1000.0,
        "KB",
        Budget::AtMost(350.0),
        "the list with it",
    );
    table.row("first page: requests", found.requests, "", Budget::AtMost(8.0), "");
    let shown = percentile(&mut found.shown_ms, 0.5);
    table.row("first page: until a name is shown, p50", shown, "ms", Budget::AtMost(700.0), "");
    table.row(
        "event → row in Chromium, p50",
        percentile(&mut found.row_ms, 0.50),
        "ms",
        Budget::AtMost(30.0),
        "",
    );
    table.row(
        "event → row in Chromium, p95",
        percentile(&mut found.row_ms, 0.95),
        "ms",
        Budget::AtMost(80.0),
        "",
    );
}

/// Runs a script of `tests/browser` against a console of its own, signed in, and reads its last line.
pub(crate) async fn script<T: DeserializeOwned>(bench: &Bench, name: &str) -> T {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    let console = Console::connected(ConsoleOptions::before(bench.engine.host()).tls()).await;
    let client = console.admin().await;
    let output = Command::new("node")
        .arg(name)
        .current_dir(&folder)
        .env("BENCH_URL", &console.url)
        .env("BENCH_COOKIE", client.cookie_header())
        .env("BENCH_ROUNDS", if bench.quick { "5" } else { "25" })
        .output()
        .expect("node is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(text.lines().last().unwrap_or_default()).expect("its figures")
}
