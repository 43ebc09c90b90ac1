//! Pulls that fail, each in a way of real registries and disks, on a real engine: told as what it was.

use longshore_tests::{
    Console, ConsoleOptions, OddRegistry, Proxy, SmallEngine, TestEngine, Way, eventually,
};
use shared::jobs::{FailureKind, Job, JobState};

use crate::jobs::{cancel, ended, here, pull};

const MB: usize = 1024 * 1024;

/// Pulls an image from a registry of that way, and gives the ended job.
async fn outcome(console: &Console, engine: &TestEngine, way: Way, bytes: usize) -> Job {
    let registry = OddRegistry::start(engine, way, bytes).await;
    let client = console.admin().await;
    let image = format!("{}/shop:1", registry.address);
    let job = ended(&client, pull(&client, &image, None).await.unwrap().id).await;
    assert!(registry.asked().contains(&"GET /v2/".to_owned()), "it was asked: {:?}", job.failure);
    assert_eq!(here(engine, &image), job.state == JobState::Done);
    job
}

/// All of them fail, and are told as what they were.
async fn fails(console: &Console, engine: &TestEngine, cases: &[(Way, FailureKind)]) {
    let mut wrong = Vec::new();
    for &(way, expected) in cases {
        let job = outcome(console, engine, way, 1000).await;
        let told = format!("{way:?} is told as {:?}: {:?}", job.state, job.failure);
        if job.state != JobState::Failed || job.failure.is_none_or(|failure| failure.kind != expected) {
            wrong.push(told);
        } else {
            println!("{told}");
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_that_goes_well_tells_the_digest() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let registry = OddRegistry::start(&engine, Way::Well, 3 * MB).await;
    let client = console.admin().await;
    let image = format!("{}/shop:1", registry.address);
    let job = ended(&client, pull(&client, &image, None).await.unwrap().id).await;
    assert_eq!((job.state, job.failure), (JobState::Done, None));
    // Podman does not tell it.
    assert_eq!(job.result, (!engine.is_podman()).then(|| registry.digest()));
    let digests = engine.docker(&["image", "inspect", "--format", "{{json .RepoDigests}}", &image]);
    assert!(digests.contains(&registry.digest()), "{digests}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_wants_a_login_is_told_as_that() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let ways = [Way::Basic, Way::Bearer(401), Way::Bearer(403), Way::Scope, Way::Forbidden];
    fails(&console, &engine, &ways.map(|way| (way, FailureKind::LoginNeeded))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_has_it_not_or_has_had_enough_is_told_as_that() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let cases = [
        (Way::NoManifest, FailureKind::NotFound),
        (Way::NoName, FailureKind::NotFound),
        (Way::TooMany, FailureKind::RateLimited),
    ];
    fails(&console, &engine, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_is_broken_or_none_is_told_as_that() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let cases = [
        (Way::Broken, FailureKind::RegistryFailed),
        (Way::Unavailable, FailureKind::RegistryFailed),
        (Way::Website, FailureKind::RegistryUnreachable),
    ];
    fails(&console, &engine, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_never_answers_is_left_when_the_pull_is_cancelled() {
    let engine = TestEngine::from_env();
    let proxy = Proxy::start(&engine.socket());
    let console = Console::connected(ConsoleOptions::before(&proxy.host())).await;
    let registry = OddRegistry::start(&engine, Way::Silent, 1000).await;
    let client = console.admin().await;
    let job = pull(&client, &format!("{}/shop:1", registry.address), None).await.unwrap();
    eventually("an answer is waited for", async || (registry.waiting() == 1).then_some(())).await;
    let pulling = || proxy.open_for(|head| head.path() == "/images/create");
    assert_eq!(pulling(), 1);
    assert_eq!(cancel(&client, job.id).await.unwrap().state, JobState::Cancelled);
    eventually("the console leaves the engine", async || (pulling() == 0).then_some(())).await;
    if engine.is_podman() {
        eventually("the engine leaves the registry", async || (registry.waiting() == 0).then_some(())).await;
    } else {
        println!("skipped: Docker waits for a manifest whether anybody wants it or not");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_layer_that_breaks_off_or_is_another_and_a_full_disk_are_told_as_that() {
    let small = SmallEngine::start(16);
    let engine = small.engine();
    let console = Console::connected(ConsoleOptions::before(engine.host())).await;
    let cases = [(Way::Cut, FailureKind::RegistryFailed), (Way::Other, FailureKind::RegistryFailed)];
    fails(&console, engine, &cases).await;
    let job = outcome(&console, engine, Way::Well, 64 * MB).await;
    let failure = job.failure.expect("a failure");
    assert_eq!((job.state, failure.kind), (JobState::Failed, FailureKind::DiskFull), "{}", failure.message);
    println!("a full disk is told as {:?}: {}", failure.kind, failure.message);
    // Nothing of it stays in the way.
    let job = outcome(&console, engine, Way::Well, MB).await;
    assert_eq!((job.state, job.failure), (JobState::Done, None));
}
