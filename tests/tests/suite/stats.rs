//! Figures of running containers.

use longshore_tests::{Console, LiveSocket, TestEngine, console::local};
use shared::{
    Role,
    live::{Event, Topic},
};

use crate::support::running;

#[tokio::test(flavor = "multi_thread")]
async fn figures_come_for_the_containers_that_are_watched() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let viewer = console.user(Role::Viewer).await;
    let idle = running(&console, "figures").await;
    let busy = engine.run("busy", &["busybox", "sh", "-c", "while :; do :; done"]);
    crate::support::shown(&console, &busy, shared::containers::ContainerState::Running).await;
    let mut socket = LiveSocket::open(&viewer).await;
    let containers = vec![idle.container_id(), busy.container_id()];
    socket.subscribe(5, Topic::Stats { environment: local(), containers: containers.clone() }).await;

    let (mut seen_idle, mut seen_busy) = (false, false);
    socket
        .event(5, "figures of both, the busy one's processor in use", |event| {
            let Event::Stats { samples, .. } = event else { return None };
            for sample in samples {
                assert!(containers.contains(&sample.container), "nobody else's figures");
                assert!(sample.memory_limit > 0);
                seen_idle |= sample.container == containers[0] && sample.memory > 0 && sample.pids > 0;
                seen_busy |= sample.container == containers[1] && sample.cpu_millis > 200;
            }
            (seen_idle && seen_busy).then_some(())
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_tells_what_it_uses_itself() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let viewer = console.user(Role::Viewer).await;
    let mut socket = LiveSocket::open(&viewer).await;
    socket.subscribe(3, Topic::OwnLoad).await;
    let load = socket
        .event(3, "the console's load", |event| match event {
            Event::OwnLoad { load } => Some(load),
            _ => None,
        })
        .await;
    let status = std::fs::read_to_string(format!("/proc/{}/status", console.id())).expect("its status");
    let resident: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|text| text.trim().strip_suffix(" kB"))
        .and_then(|text| text.trim().parse().ok())
        .expect("its memory");
    assert!(load.memory.abs_diff(resident * 1024) < resident * 512, "{load:?} against {resident} KiB");
}
