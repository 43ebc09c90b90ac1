//! What the engine tells of itself, the counts, and what takes room.

use longshore_tests::{Console, LiveSocket, TestEngine, console::local, eventually};
use shared::{
    Empty, Role,
    environments::{EngineKind, EngineStatus, ListEnvironments, ReadDiskUsage, ReadEnvironment},
    live::{Event, Topic},
};

use crate::support::act;

#[tokio::test(flavor = "multi_thread")]
async fn the_facts_are_those_of_docker_info_and_docker_version() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let viewer = console.user(Role::Viewer).await;
    let environments = act(&viewer, ListEnvironments {}, Empty {}).await.unwrap();
    assert_eq!(environments.len(), 1);
    let found = act(&viewer, ReadEnvironment { environment: local() }, Empty {}).await.unwrap();
    assert!(matches!(found.status, EngineStatus::Connected { .. }));
    let facts = found.engine.expect("facts");
    let told = |template: &str| engine.docker(&["version", "--format", template]);
    assert_eq!(facts.version, told("{{.Server.Version}}"));
    println!("the engine is {:?} {}, API {}", facts.kind, facts.version, facts.api_version);
    assert_eq!(facts.kind == EngineKind::Podman, engine.is_podman());
    let info = |template: &str| engine.docker(&["info", "--format", template]);
    assert_eq!(facts.host_name.as_deref(), Some(info("{{.Name}}").as_str()));
    assert_eq!(facts.processors.map(|n| n.to_string()).as_deref(), Some(info("{{.NCPU}}").as_str()));
    assert_eq!(facts.memory.map(|n| n.0.to_string()).as_deref(), Some(info("{{.MemTotal}}").as_str()));
    assert_eq!(facts.storage_driver.as_deref(), Some(info("{{.Driver}}").as_str()));
    assert_eq!(facts.data_folder.as_deref(), Some(info("{{.DockerRootDir}}").as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_counts_follow_what_happens() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let viewer = console.user(Role::Viewer).await;
    let mut socket = LiveSocket::open(&viewer).await;
    socket.subscribe(3, Topic::Environment { environment: local() }).await;
    let first = socket
        .event(3, "the whole at first", |event| match event {
            Event::Environment { environment } => Some(environment.counts),
            _ => None,
        })
        .await;
    // Other tests make containers too, so only that something moved can be said.
    let _container = engine.create("counted", &["busybox"]);
    socket
        .event(3, "other counts", |event| match event {
            Event::Environment { environment } => (environment.counts != first).then_some(()),
            _ => None,
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disk_usage_is_measured() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let viewer = console.user(Role::Viewer).await;
    let usage = act(&viewer, ReadDiskUsage { environment: local() }, Empty {}).await.unwrap();
    assert!(usage.images.count > 0 && usage.images.size.0 > 1_000_000, "{usage:?}");
    assert!(usage.measured_at.0 > 1_600_000_000_000);
    let again = act(&viewer, ReadDiskUsage { environment: local() }, Empty {}).await.unwrap();
    assert_eq!(again.measured_at, usage.measured_at, "kept for a minute");
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_shown() {
    let engine = TestEngine::from_env();
    if engine.is_podman() {
        println!("skipped: this engine runs no health checks here (Podman leaves them to systemd)");
        return;
    }
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let container = engine.run(
        "health",
        &[
            "--health-cmd",
            "test -e /tmp/well",
            "--health-interval",
            "1s",
            "--health-retries",
            "1",
            "busybox",
            "sleep",
            "3600",
        ],
    );
    let id = container.container_id();
    let health = async |wanted: shared::containers::Health| {
        eventually(&format!("it is {wanted:?}"), async || {
            crate::support::row(&admin, &id).await.filter(|row| row.health == Some(wanted))
        })
        .await;
    };
    health(shared::containers::Health::Unhealthy).await;
    container.exec(&["touch", "/tmp/well"]);
    health(shared::containers::Health::Healthy).await;
}
