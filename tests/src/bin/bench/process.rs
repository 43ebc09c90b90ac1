//! What the console takes of the machine: memory, and the time until it answers.

use std::time::{Duration, Instant};

use longshore_tests::{Client, Console, ConsoleOptions, client::path_and_query, console::local};
use shared::{Empty, containers::ListContainers, session::ReadSession};

use crate::{
    Bench,
    calls::{Crowd, VIEWERS},
    fleet::SIZE,
    table::{Budget, Table, millis, percentile},
};

pub(crate) async fn memory(bench: &Bench, table: &mut Table) {
    let console = bench.console().await;
    let client = console.admin().await;
    tokio::time::sleep(bench.seconds(6)).await;
    let note = format!("{SIZE} containers known, nobody connected");
    table.row("memory (PSS), idle", pss_megabytes(console.id()), "MB", Budget::AtMost(20.0), note);
    let list = client.call(&ListContainers { environment: local() }, Empty {}, ()).await.unwrap();
    let crowd = Crowd::gather(&client, &list, VIEWERS).await;
    for _ in 0..VIEWERS {
        client.call(&ListContainers { environment: local() }, Empty {}, ()).await.unwrap();
    }
    tokio::time::sleep(bench.seconds(15)).await;
    let note = format!("{SIZE} containers, {VIEWERS} viewers");
    table.row("memory (PSS), loaded", pss_megabytes(console.id()), "MB", Budget::AtMost(100.0), note);
    crowd.leave().await;
}

/// From the start of the process to the first reply with the session of the run before, and to the first
/// list: that one waits for the engine, which needs its own time for a thousand containers.
pub(crate) async fn start(bench: &Bench, table: &mut Table) {
    let mut console = bench.console().await;
    let client = console.admin().await;
    console.terminate().await;
    let (mut first, mut list) = (Vec::new(), Vec::new());
    for _ in 0..if bench.quick { 3 } else { 9 } {
        let mut options = ConsoleOptions::before(bench.engine.host());
        options.listen = longshore_tests::console::free_address();
        options.data = std::sync::Arc::clone(console.shared_data());
        let client = client.moved_to(&format!("http://{}", options.listen));
        let begin = Instant::now();
        let mut child = options.command().spawn().expect("the console");
        answered(&client, &path_and_query(&ReadSession {}, &Empty {})).await;
        first.push(millis(begin.elapsed()));
        answered(&client, &path_and_query(&ListContainers { environment: local() }, &Empty {})).await;
        list.push(millis(begin.elapsed()));
        let _ = child.kill();
        let _ = child.wait();
    }
    let note = format!("{SIZE} containers there");
    table.row(
        "start to the first answered request, p50",
        percentile(&mut first, 0.5),
        "ms",
        Budget::AtMost(100.0),
        note,
    );
    let note = "the engine's own list is in it";
    table.row("start to the first list, p50", percentile(&mut list, 0.5), "ms", Budget::None, note);
}

async fn answered(client: &Client, path: &str) {
    for _ in 0..20_000 {
        if let Ok(reply) = client.request("GET", path).try_stream().await
            && reply.status() == 200
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("the console did not answer {path}");
}

/// Memory that is the process's own, and its part of what it shares.
pub(crate) fn pss_megabytes(id: u32) -> f64 {
    megabytes(&std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).expect("the process"), "Pss:")
}

/// A field of what the kernel says of a process.
fn megabytes(text: &str, field: &str) -> f64 {
    let kilobytes: f64 = text
        .lines()
        .find_map(|line| line.strip_prefix(field))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
        .expect("the field");
    kilobytes * 1024.0 / 1e6
}

/// Begins the process's peak of memory anew.
pub(crate) fn forget_peak(id: u32) {
    std::fs::write(format!("/proc/{id}/clear_refs"), "5").expect("the process");
}

/// The most memory that was resident since [`forget_peak`].
pub(crate) fn peak_megabytes(id: u32) -> f64 {
    megabytes(&std::fs::read_to_string(format!("/proc/{id}/status")).expect("the process"), "VmHWM:")
}

/// Seconds of processor that the process has used.
pub(crate) fn processor_seconds(id: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).expect("the process");
    // The name, in brackets, may hold spaces; utime and stime are the 12th and 13th field after it.
    let fields: Vec<&str> = text.rsplit_once(") ").expect("the name").1.split(' ').collect();
    let ticks: f64 = [11, 12].iter().filter_map(|at| fields[*at].parse::<f64>().ok()).sum();
    // Linux counts a hundred a second for every architecture's user space.
    ticks / 100.0
}

/// Whether a console is there at all: used by parts that look at its files.
pub(crate) async fn any(bench: &Bench) -> Console {
    Console::start(ConsoleOptions::before(bench.engine.host())).await
}
