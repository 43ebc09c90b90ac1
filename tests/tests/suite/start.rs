//! Starting and ending: what is missing is told in one sentence, and the end is quick and orderly.

use std::{
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    process::Command,
    sync::Arc,
    time::Duration,
};

use longshore_tests::{
    Answer, Console, ConsoleOptions, FakeEngine, LiveSocket, console::run_to_end, eventually_within,
};
use shared::jobs::JobState;

use crate::{
    admin_command::admin,
    jobs::{cancel, pull, read},
};

fn sentence(said: &str) {
    assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{said}");
    assert!(said.lines().count() < 12, "one clear sentence, not a page: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let fake = FakeEngine::start();
    let mut command = Command::new(longshore_tests::console::binary());
    let options = ConsoleOptions::before(&fake.host());
    command
        .args(["serve", "--plain-http", "--listen", &address, "--docker-host", &fake.host(), "--data"])
        .arg(options.data.path());
    let (code, said) = run_to_end(command);
    assert!(code.is_some_and(|code| code != 0), "{said}");
    assert!(said.contains(&address), "it names the address: {said}");
    sentence(&said);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_that_cannot_be_written_is_named() {
    let fake = FakeEngine::start();
    let options = ConsoleOptions::before(&fake.host());
    std::fs::set_permissions(options.data.path(), PermissionsExt::from_mode(0o555)).unwrap();
    let mut command = options.command();
    // Root could write there anyway.
    std::os::unix::process::CommandExt::uid(&mut command, 65534);
    let (code, said) = run_to_end(command);
    assert!(code.is_some_and(|code| code != 0), "{said}");
    assert!(said.contains(options.data.path().to_str().unwrap()), "it names the folder: {said}");
    sentence(&said);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_option_is_told_at_once() {
    let fake = FakeEngine::start();
    let options = ConsoleOptions::before(&fake.host())
        .arg("--public-url")
        .arg("not a url")
        .arg("--trusted-proxy")
        .arg("everybody");
    let (code, said) = run_to_end(options.command());
    assert!(code.is_some_and(|code| code != 0), "{said}");
    assert!(said.contains("public") || said.contains("not a url"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn being_told_to_end_closes_what_is_open() {
    let fake = FakeEngine::start();
    let mut console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let mut socket = LiveSocket::open(&console.admin().await).await;
    let start = std::time::Instant::now();
    console.terminate().await;
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    socket.closed_within(Duration::from_secs(2)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_when_told_though_nobody_reads_what_it_says() {
    let fake = FakeEngine::start();
    let options = ConsoleOptions::before(&fake.host());
    let mut console = options.command().spawn().expect("it starts");
    let (out, err) = (console.stdout.take().unwrap(), console.stderr.take().unwrap());
    let greeted = BufReader::new(out).lines().any(|line| line.unwrap().contains("Longshore is at"));
    assert!(greeted);
    drop(err);
    assert!(Command::new("kill").arg(console.id().to_string()).status().unwrap().success());
    let status =
        eventually_within(Duration::from_secs(5), "it ends", async || console.try_wait().unwrap()).await;
    assert_eq!(status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn healthcheck_asks_the_running_console() {
    let fake = FakeEngine::start();
    let console = Console::start(ConsoleOptions::before(&fake.host())).await;
    let address = console.url.strip_prefix("http://").unwrap().to_owned();
    let ask = |address: &str| {
        let mut command = Command::new(longshore_tests::console::binary());
        command.args(["healthcheck", "--plain-http", "--listen", address]);
        run_to_end(command)
    };
    let (code, said) = ask(&address);
    assert_eq!(code, Some(0), "{said}");
    drop(console);
    let (code, said) = ask(&address);
    assert!(code.is_some_and(|code| code != 0), "{said}");
}

/// The folder of a console, for another one.
fn same_data(console: &Console, fake: &FakeEngine) -> ConsoleOptions {
    ConsoleOptions { data: Arc::clone(console.shared_data()), ..ConsoleOptions::before(&fake.host()) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_console_on_the_same_data_does_not_corrupt_it() {
    let fake = FakeEngine::start();
    fake.answer("/images/create", Answer::Hang);
    let first = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let client = first.admin().await;
    let job = pull(&client, "busybox", None).await.unwrap();
    let (code, said) = run_to_end(same_data(&first, &fake).command());
    assert!(code.is_some_and(|code| code != 0), "{said}");
    let folder = first.data().path().to_str().unwrap();
    assert!(said.contains("another console works in") && said.contains(folder), "{said}");
    sentence(&said);
    assert!(!said.contains("Longshore is at"), "{said}");

    // The first one works on, its job too, and whoever administers the host still can.
    assert_eq!(read(&client, job.id).await.state, JobState::Running);
    first.sign_in("admin").await.expect("it works on");
    let (code, said) = admin(&first, &["list-users"], "");
    assert_eq!(code, Some(0), "{said}");
    let mut verify = Command::new(longshore_tests::console::binary());
    verify.args(["audit", "verify", "--data", folder]);
    let (code, said) = run_to_end(verify);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(cancel(&client, job.id).await.unwrap().state, JobState::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_waits_for_one_that_is_just_stopping() {
    let fake = FakeEngine::start();
    let mut first = Console::start(ConsoleOptions::before(&fake.host())).await;
    let mut next = same_data(&first, &fake).command().spawn().unwrap();
    let waits = BufReader::new(next.stderr.take().unwrap()).lines();
    let waits = waits.map_while(Result::ok).any(|line| line.contains("waiting for another console"));
    assert!(waits, "it says so");
    first.terminate().await;
    let greeted = BufReader::new(next.stdout.take().unwrap()).lines();
    let greeted = greeted.map_while(Result::ok).any(|line| line.contains("Longshore is at"));
    let _ = next.kill();
    let _ = next.wait();
    assert!(greeted, "it goes on where the first one ended");
}
