//! What signing in costs: one argon2, memory for two of them however many come, and nobody else's patience.

use std::time::Instant;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use longshore_tests::{Client, Console, ConsoleOptions, client::path_and_query, console::PASSWORD};
use shared::{
    Empty, Role,
    session::{Credentials, SignIn},
};

use crate::{
    Bench,
    fleet::SIZE,
    line::Line,
    list::LIST,
    process::{forget_peak, peak_megabytes, processor_seconds},
    table::{Budget, Table, millis, percentile},
};

/// How many sign in at once.
const CROWD: usize = 50;
/// What the console hashes at: KiB, passes, lanes.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

pub(crate) async fn measure(bench: &Bench, table: &mut Table) {
    // The limits are by address: the crowd comes from as many, as behind a proxy.
    let options = ConsoleOptions::before(bench.engine.host()).arg("--trusted-proxy").arg("127.0.0.1");
    let console = Console::connected(options).await;
    let mut names = Vec::new();
    for _ in 0..CROWD {
        names.push(console.new_user(Role::Viewer).await.1);
    }
    one_at_a_time(bench, &console, &names, table).await;
    crowd(&console, &names, table).await;
}

async fn one_at_a_time(bench: &Bench, console: &Console, names: &[String], table: &mut Table) {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).expect("the console's own");
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let (mut hashes, mut signed) = (Vec::new(), Vec::new());
    let (mut hashing, mut signing) = (0.0, 0.0);
    let used = || [std::process::id(), console.id()].map(processor_seconds);
    // In turns, so that whatever else the machine does falls on both.
    for name in names.iter().take(if bench.quick { 15 } else { CROWD }) {
        let before = used();
        let start = Instant::now();
        argon.hash_password(PASSWORD.as_bytes()).expect("a hash");
        hashes.push(millis(start.elapsed()));
        hashing += used()[0] - before[0];
        let start = Instant::now();
        sign_in(&console.anonymous(), name, 0).await;
        signed.push(millis(start.elapsed()));
        signing += used()[1] - before[1];
    }
    let (hash, all) = (percentile(&mut hashes, 0.5), percentile(&mut signed, 0.5));
    let note = format!("{all:.1} ms against {hash:.1} ms; what is more is waiting, see below");
    table.row("sign-in, p50: time of one argon2 of the same cost", all / hash, "×", Budget::None, note);
    let what = "sign-in: processor of one argon2 of the same cost";
    let note = format!("{signing:.2} s against {hashing:.2} s for {} of them", hashes.len());
    table.row(what, signing / hashing, "×", Budget::AtMost(1.5), note);
}

async fn crowd(console: &Console, names: &[String], table: &mut Table) {
    let mut other = Line::open(&console.admin().await).await;
    other.get(LIST).await;
    forget_peak(console.id());
    let start = Instant::now();
    let mut people = tokio::task::JoinSet::new();
    for (name, number) in names.iter().zip(1..) {
        let (client, name) = (console.anonymous(), name.clone());
        people.spawn(async move { sign_in(&client, &name, number).await });
    }
    let mut lists = Vec::new();
    let mut last = start.elapsed();
    while !people.is_empty() {
        let start_of_one = Instant::now();
        other.get(LIST).await;
        lists.push(millis(start_of_one.elapsed()));
        while let Some(done) = people.try_join_next() {
            done.expect("signed in");
            last = start.elapsed();
        }
    }
    let peak = peak_megabytes(console.id());
    let note = format!("{SIZE} containers known; the last was signed in after {:.2} s", last.as_secs_f64());
    table.row(
        &format!("{CROWD} sign-ins at once: peak memory (RSS)"),
        peak,
        "MB",
        Budget::AtMost(100.0),
        note,
    );
    let note = format!("{} lists of {SIZE}", lists.len());
    let list = percentile(&mut lists, 0.99);
    table.row(
        &format!("{CROWD} sign-ins at once: somebody else's list meanwhile, p99"),
        list,
        "ms",
        Budget::AtMost(100.0),
        note,
    );
}

async fn sign_in(client: &Client, name: &str, number: u8) {
    let credentials = Credentials { name: name.to_owned(), password: PASSWORD.to_owned() };
    let reply = client
        .request("POST", &path_and_query(&SignIn {}, &Empty {}))
        .header("x-forwarded-for", &format!("192.0.2.{number}"))
        .json_bytes(serde_json::to_vec(&credentials).expect("JSON"))
        .send()
        .await;
    assert!(reply.status.is_success(), "{name}: {}", reply.status);
}
