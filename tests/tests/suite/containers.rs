//! Containers: the live list, every action and what it refuses, and what a container's page is told.

use std::time::{Duration, Instant};

use longshore_tests::{Console, TestEngine, client::Refusal, eventually};
use shared::{
    Empty, ErrorCode, Role,
    containers::{
        ContainerState, InspectContainer, KillContainer, KillOptions, NewName, PauseContainer,
        RemoveContainer, RemoveOptions, RenameContainer, RestartContainer, StartContainer, StopContainer,
        StopOptions, UnpauseContainer,
    },
};

use crate::support::{Watcher, act, list, on, row, running, shown};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_in_a_shell_appears_by_itself() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let viewer = console.user(Role::Viewer).await;
    let mut watcher = Watcher::of(&viewer).await;

    let container = engine.idle("shell");
    let id = container.container_id();
    let shown = watcher.state(&id, ContainerState::Running).await;
    assert_eq!(shown.name, container.name);
    assert!(shown.image.contains("busybox"), "{}", shown.image);

    engine.docker(&["pause", &container.name]);
    watcher.state(&id, ContainerState::Paused).await;
    engine.docker(&["unpause", &container.name]);
    watcher.state(&id, ContainerState::Running).await;
    engine.docker(&["kill", &container.name]);
    let ended = watcher.row("it has ended", |row| row.id == id && row.state == ContainerState::Exited).await;
    assert_eq!(ended.exit_code, Some(137));
    let name = format!("{}-b", container.name);
    engine.docker(&["rename", &container.name, &name]);
    watcher.row("it has its new name", |row| row.id == id && row.name == name).await;
    engine.docker(&["rm", &container.id]);
    watcher.gone(&id).await;
    assert_eq!(row(&viewer, &id).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_who_was_away_is_told_what_changed_meanwhile() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let client = console.admin().await;
    let mut watcher = Watcher::of(&client).await;
    let container = engine.idle("away");
    let id = container.container_id();
    watcher.state(&id, ContainerState::Running).await;
    let cursor = watcher.cursor;
    watcher.socket.close().await;

    engine.docker(&["kill", &container.name]);
    shown(&console, &container, ContainerState::Exited).await;
    let mut back = Watcher::from(&client, cursor).await;
    back.state(&id, ContainerState::Exited).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_action_is_done_for_real() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let operator = console.user(Role::Operator).await;
    let admin = console.admin().await;
    let container = engine
        .create("acts", &["busybox", "sh", "-c", "trap 'exit 3' TERM; while :; do sleep 3600 & wait; done"]);
    let id = container.container_id();
    shown(&console, &container, ContainerState::Created).await;

    act(&operator, on!(StartContainer, container), Empty {}).await.unwrap();
    assert_eq!(container.state(), "running");
    shown(&console, &container, ContainerState::Running).await;

    act(&operator, on!(PauseContainer, container), Empty {}).await.unwrap();
    assert_eq!(container.state(), "paused");
    shown(&console, &container, ContainerState::Paused).await;

    act(&operator, on!(UnpauseContainer, container), Empty {}).await.unwrap();
    assert_eq!(container.state(), "running");
    shown(&console, &container, ContainerState::Running).await;

    let started = container.inspect("{{.State.StartedAt}}");
    act(&operator, on!(RestartContainer, container), StopOptions { timeout_seconds: Some(1) }).await.unwrap();
    assert_eq!(container.state(), "running");
    assert_ne!(container.inspect("{{.State.StartedAt}}"), started);
    shown(&console, &container, ContainerState::Running).await;

    act(&operator, on!(StopContainer, container), StopOptions::default()).await.unwrap();
    assert_eq!(container.state(), "exited");
    assert_eq!(container.inspect("{{.State.ExitCode}}"), "3", "it was told to stop, not killed");
    assert_eq!(shown(&console, &container, ContainerState::Exited).await.exit_code, Some(3));

    act(&operator, on!(StartContainer, container), Empty {}).await.unwrap();
    shown(&console, &container, ContainerState::Running).await;
    act(&operator, on!(KillContainer, container), KillOptions::default()).await.unwrap();
    eventually("it was killed", async || (container.inspect("{{.State.ExitCode}}") == "137").then_some(()))
        .await;
    assert_eq!(shown(&console, &container, ContainerState::Exited).await.exit_code, Some(137));

    let name = format!("{}-new", container.name);
    admin
        .call(&on!(RenameContainer, container), Empty {}, NewName { name: name.parse().unwrap() })
        .await
        .unwrap();
    assert_eq!(container.inspect("{{.Name}}").trim_start_matches('/'), name);
    eventually("the list shows the new name", async || row(&admin, &id).await.filter(|row| row.name == name))
        .await;

    let renamed =
        RemoveContainer { environment: longshore_tests::console::local(), container: name.parse().unwrap() };
    act(&admin, renamed, RemoveOptions::default()).await.unwrap();
    assert_eq!(container.state(), "");
    eventually("the list has forgotten it", async || row(&admin, &id).await.is_none().then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_is_named_by_id_and_by_the_beginning_of_one() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let container = running(&console, "named").await;
    let named = |text: &str| InspectContainer {
        environment: longshore_tests::console::local(),
        container: text.parse().unwrap(),
    };
    for text in [container.id.as_str(), &container.id[..12], &container.name] {
        let found = act(&admin, named(text), Empty {}).await.unwrap();
        assert_eq!(found.summary.id.as_str(), container.id, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_waits_as_long_as_it_is_told() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let operator = console.user(Role::Operator).await;
    // Deaf to the polite signal: only force ends it.
    let container = engine.run("deaf", &["busybox", "sh", "-c", "trap '' TERM; while :; do sleep 1; done"]);
    shown(&console, &container, ContainerState::Running).await;
    let start = Instant::now();
    act(&operator, on!(StopContainer, container), StopOptions { timeout_seconds: Some(1) }).await.unwrap();
    assert!(
        start.elapsed() < Duration::from_secs(9),
        "not the engine's own ten seconds: {:?}",
        start.elapsed()
    );
    assert_eq!(container.inspect("{{.State.ExitCode}}"), "137");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_reaches_the_process() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let operator = console.user(Role::Operator).await;
    let container = engine.run(
        "signal",
        &["busybox", "sh", "-c", "trap 'echo got it' HUP; echo ready; while :; do sleep 0.1; done"],
    );
    shown(&console, &container, ContainerState::Running).await;
    eventually("the trap is set", async || {
        engine.docker(&["logs", &container.id]).contains("ready").then_some(())
    })
    .await;
    let signal = KillOptions { signal: Some("SIGHUP".to_owned()) };
    act(&operator, on!(KillContainer, container), signal).await.unwrap();
    eventually("the signal was caught", async || {
        engine.docker(&["logs", &container.id]).contains("got it").then_some(())
    })
    .await;
    assert_eq!(container.state(), "running");

    let signal = KillOptions { signal: Some("SIGNONSENSE".to_owned()) };
    let refusal = act(&operator, on!(KillContainer, container), signal).await.unwrap_err();
    assert_eq!(told(&engine, &refusal), (422, ErrorCode::Invalid), "{refusal}");
    assert_eq!(container.state(), "running");
}

/// Podman has one status for whatever goes wrong, so that its refusals may come as its own words only.
fn told(engine: &TestEngine, refusal: &Refusal) -> (u16, ErrorCode) {
    if engine.is_podman() && refusal.kind() == (502, ErrorCode::EngineRefused) {
        println!("this engine does not tell what kind of refusal it is: {refusal}");
        let conflict = refusal.error.message.contains("UNIQUE constraint");
        return if conflict { (409, ErrorCode::Conflict) } else { (422, ErrorCode::Invalid) };
    }
    refusal.kind()
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_takes_the_anonymous_volumes_only_when_told() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    for volumes in [false, true] {
        let container = engine.run("volumes", &["-v", "/data", "busybox", "sleep", "3600"]);
        shown(&console, &container, ContainerState::Running).await;
        let volume = container.inspect("{{(index .Mounts 0).Name}}");
        act(&admin, on!(RemoveContainer, container), RemoveOptions { force: true, volumes }).await.unwrap();
        assert_eq!(container.state(), "");
        let left = engine.docker(&["volume", "ls", "--quiet"]).contains(&volume);
        assert_eq!(left, !volumes, "volumes: {volumes}");
        if left {
            engine.docker(&["volume", "rm", &volume]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_container_is_404_for_every_action() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let container = engine.create("unknown", &["busybox"]);
    engine.docker(&["rm", &container.id]);
    eventually("the list has forgotten it", async || {
        row(&admin, &container.container_id()).await.is_none().then_some(())
    })
    .await;
    let name = NewName { name: "other-name".parse().unwrap() };
    let refusals = [
        act(&admin, on!(StartContainer, container), Empty {}).await.unwrap_err(),
        act(&admin, on!(StopContainer, container), StopOptions::default()).await.unwrap_err(),
        act(&admin, on!(RestartContainer, container), StopOptions::default()).await.unwrap_err(),
        act(&admin, on!(PauseContainer, container), Empty {}).await.unwrap_err(),
        act(&admin, on!(UnpauseContainer, container), Empty {}).await.unwrap_err(),
        act(&admin, on!(KillContainer, container), KillOptions::default()).await.unwrap_err(),
        act(&admin, on!(RemoveContainer, container), RemoveOptions::default()).await.unwrap_err(),
        act(&admin, on!(InspectContainer, container), Empty {}).await.map(drop).unwrap_err(),
        admin.call(&on!(RenameContainer, container), Empty {}, name).await.unwrap_err(),
    ];
    for refusal in refusals {
        assert_eq!(refusal.kind(), (404, ErrorCode::NotFound), "{refusal}");
    }
    let elsewhere =
        StartContainer { environment: "elsewhere".parse().unwrap(), container: container.reference() };
    let refusal = act(&admin, elsewhere, Empty {}).await.unwrap_err();
    assert_eq!(refusal.kind(), (404, ErrorCode::NotFound), "{refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_does_not_allow_it_is_409_with_the_reason() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let alive = running(&console, "alive").await;
    let ended = engine.run("ended", &["busybox", "true"]);
    shown(&console, &ended, ContainerState::Exited).await;
    let taken = NewName { name: alive.name.parse().unwrap() };
    let refusals = [
        act(&admin, on!(StartContainer, alive), Empty {}).await.unwrap_err(),
        act(&admin, on!(UnpauseContainer, alive), Empty {}).await.unwrap_err(),
        act(&admin, on!(RemoveContainer, alive), RemoveOptions::default()).await.unwrap_err(),
        act(&admin, on!(StopContainer, ended), StopOptions::default()).await.unwrap_err(),
        act(&admin, on!(PauseContainer, ended), Empty {}).await.unwrap_err(),
        act(&admin, on!(KillContainer, ended), KillOptions::default()).await.unwrap_err(),
        admin.call(&on!(RenameContainer, ended), Empty {}, taken).await.unwrap_err(),
    ];
    for refusal in refusals {
        assert_eq!(told(&engine, &refusal), (409, ErrorCode::Conflict), "{refusal}");
        assert!(refusal.error.message.len() > 10, "the reason is told: {refusal}");
    }
    assert_eq!((alive.state(), ended.state()), ("running".to_owned(), "exited".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_role_does_not_allow_is_403_and_not_done() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let viewer = console.user(Role::Viewer).await;
    let operator = console.user(Role::Operator).await;
    let container = running(&console, "guarded").await;
    let name = NewName { name: "stolen-name".parse().unwrap() };
    let refusals = [
        act(&viewer, on!(StopContainer, container), StopOptions::default()).await.unwrap_err(),
        act(&viewer, on!(KillContainer, container), KillOptions::default()).await.unwrap_err(),
        act(&viewer, on!(InspectContainer, container), Empty {}).await.map(drop).unwrap_err(),
        act(&operator, on!(RemoveContainer, container), RemoveOptions { force: true, volumes: true })
            .await
            .unwrap_err(),
        operator.call(&on!(RenameContainer, container), Empty {}, name).await.unwrap_err(),
    ];
    for refusal in refusals {
        assert_eq!(refusal.kind(), (403, ErrorCode::Forbidden), "{refusal}");
    }
    assert_eq!(container.state(), "running");
    assert_eq!(container.inspect("{{.Name}}").trim_start_matches('/'), container.name);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_container_has_its_facts_and_hides_values_from_operators() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let container = engine.run(
        "facts",
        &[
            "-e",
            "TOKEN=hunter2-secret",
            "-l",
            "team=harbour",
            "-w",
            "/tmp",
            "--hostname",
            "quay",
            "--memory",
            "64m",
            "--restart",
            "on-failure:3",
            "-v",
            "/data",
            "-p",
            "8080",
            "busybox",
            "sleep",
            "3600",
        ],
    );
    shown(&console, &container, ContainerState::Running).await;

    let admin = console.admin().await;
    let whole = act(&admin, on!(InspectContainer, container), Empty {}).await.unwrap();
    assert!(!whole.masked);
    let details = &whole.details;
    assert_eq!(details.working_dir.as_deref(), Some("/tmp"));
    assert_eq!(details.host_name.as_deref(), Some("quay"));
    assert_eq!(details.restart_policy.as_deref(), Some("on-failure:3"));
    assert_eq!(details.memory_limit.map(|limit| limit.0), Some(64 * 1024 * 1024));
    assert!(details.mounts.iter().any(|mount| mount.target == "/data" && mount.kind == "volume"));
    assert!(details.started_at.is_some());
    let token = details.env.iter().find(|variable| variable.name == "TOKEN").expect("the variable");
    assert_eq!(token.value.as_deref(), Some("hunter2-secret"));
    assert_eq!(whole.summary.labels.get("team").map(String::as_str), Some("harbour"));
    assert!(whole.summary.ports.iter().any(|port| port.private == 8080 && port.public.is_some()));
    assert_eq!(whole.raw["Id"], container.id.as_str());

    let operator = console.user(Role::Operator).await;
    let masked = operator.send(&on!(InspectContainer, container), &Empty {}, &()).await;
    assert!(!masked.text().contains("hunter2-secret"), "the value is nowhere in the reply");
    let masked: shared::containers::ContainerInspect = masked.json();
    assert!(masked.masked);
    assert!(masked.details.env.iter().any(|variable| variable.name == "TOKEN" && variable.value.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn compose_labels_group_and_the_list_costs_no_engine_call() {
    let engine = TestEngine::from_env();
    let proxy = longshore_tests::Proxy::start(&engine.socket());
    let console = Console::connected(longshore_tests::ConsoleOptions::before(&proxy.host())).await;
    let container = engine.create(
        "compose",
        &["-l", "com.docker.compose.project=pier", "-l", "com.docker.compose.service=crane", "busybox"],
    );
    let shown = shown(&console, &container, ContainerState::Created).await;
    assert_eq!((shown.stack.as_deref(), shown.service.as_deref()), (Some("pier"), Some("crane")));

    let viewer = console.user(Role::Viewer).await;
    let requests =
        |before: usize| proxy.requests()[before..].iter().map(|head| head.target.clone()).collect::<Vec<_>>();
    let before = proxy.count();
    for _ in 0..20 {
        list(&viewer).await;
    }
    // Other tests' containers may make the hub look at them meanwhile; a list per call it must not be.
    let lists = requests(before).iter().filter(|target| target.contains("/containers/json")).count();
    assert!(lists < 20, "twenty lists made the engine list {lists} times");
}
