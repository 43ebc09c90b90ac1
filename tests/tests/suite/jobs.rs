//! Jobs: pulling images from a real registry, watched by several, lost and found again, ended, interrupted.

use std::time::Duration;

use longshore_tests::{
    Client, Console, ConsoleOptions, FakeEngine, LiveSocket, Registry, TestEngine, client::Refusal,
    console::local, eventually, folder::unique,
};
use shared::{
    Empty, ErrorCode, JobId, Permission, Role,
    audit::{AuditQuery, AuditResult, ListAudit},
    images::{ImageQuery, InspectImage, ListImages, PullImage, PullRequest},
    jobs::{CancelJob, FailureKind, Job, JobState, JobUpdate, ListJobs, ReadJob},
    live::{Event, Topic},
};

const MB: usize = 1024 * 1024;

pub(crate) async fn pull(client: &Client, reference: &str, platform: Option<&str>) -> Result<Job, Refusal> {
    let platform = platform.map(|platform| platform.parse().unwrap());
    let request = PullRequest { reference: reference.parse().unwrap(), platform };
    client.call(&PullImage { environment: local() }, Empty {}, request).await
}

pub(crate) async fn read(client: &Client, job: JobId) -> Job {
    client.call(&ReadJob { environment: local(), job }, Empty {}, ()).await.unwrap()
}

pub(crate) async fn ended(client: &Client, job: JobId) -> Job {
    eventually("the job ends", async || {
        Some(read(client, job).await).filter(|job| job.state != JobState::Running)
    })
    .await
}

pub(crate) async fn cancel(client: &Client, job: JobId) -> Result<Job, Refusal> {
    client.call(&CancelJob { environment: local(), job }, Empty {}, ()).await
}

async fn watch(client: &Client, job: JobId, cursor: Option<u64>) -> LiveSocket {
    let mut live = LiveSocket::open(client).await;
    live.subscribe(1, Topic::Job { environment: local(), job, cursor }).await;
    live
}

async fn update(live: &mut LiveSocket) -> JobUpdate {
    live.event(1, "an update of the job", |event| match event {
        Event::Job { update } => update.open().ok(),
        _ => None,
    })
    .await
}

/// Takes updates in until the job is as wanted; how many came.
async fn until(live: &mut LiveSocket, job: &mut Job, wanted: impl Fn(&Job) -> bool) -> (u64, usize) {
    let mut cursor = 0;
    for count in 0.. {
        if wanted(job) {
            return (cursor, count);
        }
        let next = update(live).await;
        cursor = next.cursor;
        job.apply(next);
    }
    unreachable!("updates have an end")
}

fn is_partly_here(job: &Job) -> bool {
    job.steps.iter().any(|step| step.current > 0 && step.total > 0)
}

pub(crate) fn here(engine: &TestEngine, image: &str) -> bool {
    engine.try_docker(&["image", "inspect", image]).status.success()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_pulled_while_two_watch_and_is_in_the_list() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let registry = Registry::start(&engine).await;
    let image = registry.push(&format!("shop-{}:1", unique()), 4 * MB);
    let (admin, deployer) = (console.admin().await, console.user(Role::Deployer).await);
    let images = async || admin.call(&ListImages { environment: local() }, Empty {}, ()).await.unwrap();
    assert!(images().await.iter().all(|known| !known.is(&image)));

    registry.limit(2 * MB as u64);
    let begun = pull(&deployer, &image, None).await.unwrap();
    assert_eq!((begun.state, begun.may_cancel), (JobState::Running, true));
    let mut watchers = Vec::new();
    for client in [&deployer, &admin] {
        let mut live = watch(client, begun.id, None).await;
        let first = update(&mut live).await;
        assert!(first.whole);
        watchers.push((live, first.job));
    }
    for (live, job) in &mut watchers {
        if !engine.is_podman() {
            until(live, job, is_partly_here).await;
        }
        registry.limit(0);
        until(live, job, |job| job.state != JobState::Running).await;
        assert_eq!(job.state, JobState::Done, "{:?}", job.failure);
        assert_eq!(job.fraction(), Some(1.0));
    }
    let job = read(&deployer, begun.id).await;
    assert_eq!((job.state, job.ended_at.is_some()), (JobState::Done, true));
    assert!(here(&engine, &image));
    if let Some(digest) = &job.result {
        assert!(digest.starts_with("sha256:") && digest.len() == 71, "{digest}");
    }
    // The list has it when the job says that it is done.
    let found = images().await.into_iter().find(|known| known.is(&image)).expect("in the list");
    assert!(found.size.0 > 4 * MB as u64 && found.created.is_some(), "{found:?}");
    let query = ImageQuery { image: image.parse().unwrap() };
    let has = deployer.call(&InspectImage { environment: local() }, query, ()).await.unwrap();
    assert_eq!((has.command, has.user.as_str()), (vec!["sleep".to_owned(), "60".to_owned()], "nobody"));
    assert_eq!((has.ports, has.volumes), (vec!["8080/tcp".to_owned()], vec!["/data".to_owned()]));
    assert!(
        has.env.contains(&"GREETING=hello".to_owned()) && has.platform.starts_with("linux/"),
        "{:?}",
        has.env
    );

    let audit = admin.call(&ListAudit {}, AuditQuery::default(), ()).await.unwrap().rows;
    for action in ["PullImage", "JobEnded"] {
        let row = audit.iter().find(|row| row.action == action).expect(action);
        assert_eq!(row.result, AuditResult::Done, "{row:?}");
        assert!(row.detail.contains(&image) && row.actor.starts_with("deployer"), "{row:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_tab_goes_on_where_it_stood_and_the_job_is_found_again() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let registry = Registry::start(&engine).await;
    let image = registry.push(&format!("lost-{}", unique()), 4 * MB);
    let admin = console.admin().await;
    registry.limit(300 * 1024);
    let begun = pull(&admin, &image, None).await.unwrap();
    // Who asks for the same meanwhile gets the same.
    assert_eq!(pull(&admin, &format!("{image}:latest"), None).await.unwrap().id, begun.id);
    let mut job = begun.clone();
    let mut live = watch(&admin, begun.id, None).await;
    let (cursor, _) = until(&mut live, &mut job, |job| !job.steps.is_empty()).await;
    live.close().await;

    let listed = admin.call(&ListJobs { environment: local() }, Empty {}, ()).await.unwrap();
    let found = listed.iter().find(|one| one.id == begun.id).expect("in the list");
    assert_eq!((found.state, found.work.same_as(&begun.work)), (JobState::Running, true));
    let mut live = watch(&admin, begun.id, Some(cursor)).await;
    let next = update(&mut live).await;
    assert!(!next.whole && next.cursor >= cursor, "goes on after the cursor");
    job.apply(next);
    registry.limit(0);
    until(&mut live, &mut job, |job| job.state != JobState::Running).await;
    assert_eq!(job.state, JobState::Done, "{:?}", job.failure);
    assert!(!job.steps.is_empty() && here(&engine, &image));
    // After its end it is told once more to whoever comes late.
    let mut late = watch(&admin, begun.id, Some(cursor)).await;
    assert_eq!(update(&mut late).await.job.state, JobState::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_pull_leaves_nothing_downloading() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let registry = Registry::start(&engine).await;
    let image = registry.push(&format!("slow-{}", unique()), 8 * MB);
    let deployer = console.user(Role::Deployer).await;
    registry.limit(100 * 1024);
    let begun = pull(&deployer, &image, None).await.unwrap();
    let before = registry.passed();
    eventually("bytes pass", async || (registry.passed() > before + 100_000).then_some(())).await;

    let other = console.user(Role::Deployer).await;
    assert_eq!(cancel(&other, begun.id).await.unwrap_err().kind(), (404, ErrorCode::NotFound));
    let job = cancel(&deployer, begun.id).await.unwrap();
    assert_eq!((job.state, job.may_cancel), (JobState::Cancelled, false));
    assert!(job.cancelled_by.is_some_and(|by| by.starts_with("deployer")));
    eventually("the engine leaves the registry", async || (registry.open() == 0).then_some(())).await;
    let passed = registry.passed();
    assert!(passed < 8 * MB as u64, "{passed}");
    assert!(!here(&engine, &image));
    assert_eq!(cancel(&deployer, begun.id).await.unwrap_err().kind(), (409, ErrorCode::Conflict));
    // It can be had all the same.
    registry.limit(0);
    let again = pull(&deployer, &image, None).await.unwrap();
    assert_ne!(again.id, begun.id);
    assert_eq!(ended(&deployer, again.id).await.state, JobState::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_pulled_is_told_in_words() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let registry = Registry::start(&engine).await;
    let image = registry.push(&format!("one-{}:1", unique()), 1000);
    let admin = console.admin().await;
    let nobody = format!("{}/a:1", longshore_tests::console::free_address());
    let cases = [
        (format!("{image}-other"), None, FailureKind::NotFound),
        (format!("{}/no-such", registry.address), None, FailureKind::NotFound),
        (nobody, None, FailureKind::RegistryUnreachable),
        (registry.index(&image, "amd64"), Some("linux/s390x"), FailureKind::NoPlatform),
    ];
    for (reference, platform, expected) in cases {
        let job = pull(&admin, &reference, platform).await.unwrap();
        let job = ended(&admin, job.id).await;
        let failure = job.failure.expect("a failure");
        assert_eq!(
            (job.state, failure.kind),
            (JobState::Failed, expected),
            "{reference}: {}",
            failure.message
        );
    }
    for bad in ["NOT/An image", "a:b:c", "../x", "a@sha256:0", "x?y"] {
        let path = "/api/v1/environments/local/images/pull";
        let refusal = admin.request("POST", path).json(&serde_json::json!({ "reference": bad })).send().await;
        assert_eq!(refusal.refusal().kind(), (422, ErrorCode::Invalid), "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_stops_interrupts_its_jobs() {
    let engine = TestEngine::from_env();
    let mut console = Console::of(&engine).await;
    let registry = Registry::start(&engine).await;
    let image = registry.push(&format!("cut-{}", unique()), 8 * MB);
    let admin = console.admin().await;
    registry.limit(100 * 1024);
    let ordered = pull(&admin, &image, None).await.unwrap();
    let before = registry.passed();
    eventually("bytes pass", async || (registry.passed() > before + 50_000).then_some(())).await;
    console.restart().await;
    eventually("the engine leaves the registry", async || (registry.open() == 0).then_some(())).await;
    console.wait_connected().await;
    let admin = console.admin().await;
    assert_eq!(read(&admin, ordered.id).await.state, JobState::Interrupted);

    // And so does one that is killed: the next one says so.
    let killed = pull(&admin, &image, None).await.unwrap();
    console.signal("KILL");
    console.restart_ended().await;
    console.wait_connected().await;
    let job = read(&console.admin().await, killed.id).await;
    assert_eq!((job.state, job.may_cancel), (JobState::Interrupted, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_pull_is_refused_and_nothing_reaches_the_engine() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    for role in Role::ALL.into_iter().filter(|role| !role.allows(Permission::ImagePull)) {
        let client = console.user(role).await;
        let refusal = pull(&client, "busybox", None).await.unwrap_err();
        assert_eq!(refusal.kind(), (403, ErrorCode::Forbidden), "{role:?}");
        let listed = client.call(&ListJobs { environment: local() }, Empty {}, ()).await.unwrap();
        assert_eq!(listed, []);
    }
    assert_eq!(fake.asked(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_images_costs_the_engine_one_call_until_something_changes() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let admin = console.admin().await;
    let lists = || fake.calls().iter().filter(|call| call.name() == "GET /images/json").count();
    assert_eq!(lists(), 0, "nobody asked");
    for _ in 0..20 {
        admin.call(&ListImages { environment: local() }, Empty {}, ()).await.unwrap();
    }
    assert_eq!(lists(), 1);
    let mut live = LiveSocket::open(&admin).await;
    live.subscribe(1, Topic::Images { environment: local() }).await;
    let revision = |event| match event {
        Event::Images { revision } => Some(revision),
        _ => None,
    };
    let first = live.event(1, "the images' revision", revision).await;
    for _ in 0..20 {
        fake.emit_image("tag", "busybox:latest");
    }
    let next = live.event(1, "that images changed", revision).await;
    assert!(next > first);
    eventually("all twenty were heard", async || {
        live.next_within(Duration::from_millis(700)).await.is_none().then_some(())
    })
    .await;
    admin.call(&ListImages { environment: local() }, Empty {}, ()).await.unwrap();
    assert_eq!(lists(), 2, "one list after many events");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_count_of_running_jobs_is_told_to_those_who_see_them() {
    let fake = FakeEngine::start();
    fake.answer("/images/create", longshore_tests::Answer::Hang);
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let (admin, viewer) = (console.admin().await, console.user(Role::Viewer).await);
    let count = |event| match event {
        Event::Jobs { running, .. } => Some(running),
        _ => None,
    };
    let mut sockets = Vec::new();
    for client in [&admin, &viewer] {
        let mut live = LiveSocket::open(client).await;
        live.subscribe(1, Topic::Jobs { environment: local() }).await;
        assert_eq!(live.event(1, "the count", count).await, 0);
        sockets.push(live);
    }
    let deployer = console.user(Role::Deployer).await;
    let job = pull(&deployer, "busybox", None).await.unwrap();
    assert_eq!(sockets[0].event(1, "the count", count).await, 1);
    assert_eq!(sockets[1].event(1, "the count", count).await, 0);
    let topic = Topic::Job { environment: local(), job: job.id, cursor: None };
    sockets[1].subscribe(2, topic).await;
    let refused = sockets[1].until("that there is no such job", |arrival| match arrival {
        longshore_tests::sockets::Arrival::Frame(shared::live::ServerFrame::Ended { id: 2, error }) => {
            Some(error.code)
        }
        _ => None,
    });
    assert_eq!(refused.await, ErrorCode::NotFound);
    // Whoever manages jobs may end those of others.
    assert_eq!(cancel(&admin, job.id).await.unwrap().state, JobState::Cancelled);
    assert_eq!(sockets[0].event(1, "the count", count).await, 0);
}
