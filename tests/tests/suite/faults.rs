//! Engines that hang, die, come back, come late or talk nonsense: told within two seconds, healed by
//! itself, never an endless wait and never endless memory.

use std::time::{Duration, Instant};

use longshore_tests::{
    Answer, Console, ConsoleOptions, FakeEngine, LiveSocket, Proxy, TestEngine, console::local, eventually,
    eventually_within, fake_engine,
};
use serde_json::json;
use shared::{
    Empty, ErrorCode,
    containers::{
        ContainerState, InspectContainer, ListContainers, StartContainer, StopContainer, StopOptions,
    },
    environments::{EngineStatus, UnreachableReason},
    live::{Event, Topic},
};

use crate::support::{Watcher, act, list, on, row, shown};

/// The issue promises a second or two.
const SHOWN_WITHIN: Duration = Duration::from_secs(2);

/// Somebody looks at the environment, as every page does: that is when the console asks the engine often.
async fn looking(console: &Console) -> LiveSocket {
    let mut socket = LiveSocket::open(&console.admin().await).await;
    socket.subscribe(1, Topic::Environment { environment: local() }).await;
    socket
        .event(1, "the state at first", |event| matches!(event, Event::Environment { .. }).then_some(()))
        .await;
    socket
}

async fn unreachable_within(console: &Console, limit: Duration) -> UnreachableReason {
    eventually_within(limit, "the engine is shown as unreachable", async || match console.status().await {
        EngineStatus::Unreachable { reason, detail, .. } => {
            assert!(!detail.is_empty());
            Some(reason)
        }
        _ => None,
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_hangs_is_shown_and_heals() {
    let engine = TestEngine::from_env();
    let proxy = Proxy::start(&engine.socket());
    let console = Console::connected(ConsoleOptions::before(&proxy.host())).await;
    let admin = console.admin().await;
    let container = engine.idle("hangs");
    shown(&console, &container, ContainerState::Running).await;
    let _looking = looking(&console).await;

    proxy.pause();
    let reason = unreachable_within(&console, SHOWN_WITHIN).await;
    assert_eq!(reason, UnreachableReason::NotResponding);
    let start = Instant::now();
    let refusal = act(&admin, on!(StopContainer, container), StopOptions::default()).await.unwrap_err();
    assert!(
        matches!(refusal.error.code, ErrorCode::EngineUnreachable | ErrorCode::EngineTimeout),
        "the action says so: {refusal}"
    );
    assert!(start.elapsed() < Duration::from_secs(11), "and does not wait for ever: {:?}", start.elapsed());

    proxy.resume();
    console.wait_connected().await;
    act(&admin, on!(StopContainer, container), StopOptions { timeout_seconds: Some(3) }).await.map_or_else(
        // What was sent while it hung may have been done when it woke.
        |refusal| assert_eq!(refusal.status, 409, "{refusal}"),
        drop,
    );
    assert_eq!(container.state(), "exited");
}

#[tokio::test(flavor = "multi_thread")]
async fn open_pages_hear_of_it_too() {
    let engine = TestEngine::from_env();
    let proxy = Proxy::start(&engine.socket());
    let console = Console::connected(ConsoleOptions::before(&proxy.host())).await;
    let mut socket = looking(&console).await;
    let status = |event| match event {
        Event::Environment { environment } => Some(environment.status),
        _ => None,
    };
    let start = Instant::now();
    proxy.down();
    socket
        .event(1, "that it is gone", |event| {
            status(event).filter(|status| matches!(status, EngineStatus::Unreachable { .. }))
        })
        .await;
    assert!(start.elapsed() < SHOWN_WITHIN, "{:?}", start.elapsed());
    proxy.restore();
    socket
        .event(1, "that it is back", |event| {
            status(event).filter(|status| matches!(status, EngineStatus::Connected { .. }))
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_while_the_engine_was_away_is_there_afterwards_and_nothing_twice() {
    let engine = TestEngine::from_env();
    let proxy = Proxy::start(&engine.socket());
    let console = Console::connected(ConsoleOptions::before(&proxy.host())).await;
    let admin = console.admin().await;
    let stays = engine.idle("stays");
    let dies = engine.idle("dies");
    let goes = engine.idle("goes");
    for container in [&stays, &dies, &goes] {
        shown(&console, container, ContainerState::Running).await;
    }
    let mut watcher = Watcher::of(&admin).await;

    proxy.down();
    let reason = unreachable_within(&console, SHOWN_WITHIN).await;
    assert!(
        matches!(reason, UnreachableReason::Lost | UnreachableReason::NoSocket | UnreachableReason::Refused),
        "{reason:?}"
    );
    let listed = admin.call(&ListContainers { environment: local() }, Empty {}, ()).await;
    if let Err(refusal) = listed {
        assert_eq!(refusal.kind(), (503, ErrorCode::EngineUnreachable), "{refusal}");
    }
    engine.docker(&["kill", &dies.id]);
    engine.docker(&["rm", "--force", &goes.id]);
    let new = engine.idle("new");
    proxy.restore();

    // An open page sees all of it on the topic it had, or is told to read the list again.
    let (mut killed, mut removed, mut appeared, mut reset) = (false, false, false, false);
    watcher
        .socket
        .event(1, "all that happened", |event| {
            match event {
                Event::Containers { changed, removed: gone, .. } => {
                    killed |= changed
                        .iter()
                        .any(|row| row.id == dies.container_id() && row.state == ContainerState::Exited);
                    appeared |= changed.iter().any(|row| row.id == new.container_id());
                    removed |= gone.contains(&goes.container_id());
                }
                Event::Reset => reset = true,
                _ => {}
            }
            (reset || (killed && removed && appeared)).then_some(())
        })
        .await;
    let rows = eventually("the list is right again", async || {
        let rows = list(&admin).await.containers;
        let state = |id: &shared::ContainerId| rows.iter().find(|row| row.id == *id).map(|row| row.state);
        let right = state(&dies.container_id()) == Some(ContainerState::Exited)
            && state(&goes.container_id()).is_none()
            && state(&stays.container_id()) == Some(ContainerState::Running)
            && state(&new.container_id()) == Some(ContainerState::Running);
        right.then_some(rows)
    })
    .await;
    let mut ids: Vec<_> = rows.iter().map(|row| row.id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), rows.len(), "nothing is there twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_starts_before_its_engine_connects_when_it_comes() {
    let engine = TestEngine::from_env();
    let proxy = Proxy::start(&engine.socket());
    proxy.down();
    let console = Console::start(ConsoleOptions::before(&proxy.host())).await;
    let reason = unreachable_within(&console, Duration::from_secs(5)).await;
    assert_eq!(reason, UnreachableReason::NoSocket);
    let admin = console.admin().await;
    let refusal = act(&admin, ListContainers { environment: local() }, Empty {}).await.unwrap_err();
    assert_eq!(refusal.kind(), (503, ErrorCode::EngineUnreachable), "{refusal}");
    let start = Instant::now();
    proxy.restore();
    console.wait_connected().await;
    assert!(start.elapsed() < Duration::from_secs(8), "as soon as it answers: {:?}", start.elapsed());
    list(&admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn something_that_is_no_engine_is_told_as_that() {
    let fake = FakeEngine::start();
    let nonsense = Answer::Bytes(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec());
    for path in ["/_ping", "/version", "/info", "/events", "/containers/json"] {
        fake.answer(path, nonsense.clone());
    }
    let console = Console::start(ConsoleOptions::before(&fake.host())).await;
    assert_eq!(unreachable_within(&console, Duration::from_secs(5)).await, UnreachableReason::NotAnEngine);
    for path in ["/_ping", "/version", "/info", "/events", "/containers/json"] {
        fake.behave(path);
    }
    console.wait_connected().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_breaks_off_or_is_no_json_is_a_clear_error() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let admin = console.admin().await;
    let path = format!("/containers/{}/json", fake_engine::WEB);
    let inspect = || InspectContainer { environment: local(), container: "web-1".parse().unwrap() };
    let answers = [
        Answer::Truncated,
        Answer::Json(200, json!("a text instead")),
        Answer::Json(200, json!([])),
        Answer::Bytes(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n{\"I:".to_vec(),
        ),
        Answer::Bytes(Vec::new()),
    ];
    for answer in answers {
        fake.answer(&path, answer.clone());
        let refused = act(&admin, inspect(), Empty {}).await.map(drop);
        let refusal = refused.err().unwrap_or_else(|| panic!("{answer:?} was taken for a container"));
        assert!((500..=504).contains(&refusal.status), "{answer:?}: {refusal}");
        assert_ne!(refusal.error.code, ErrorCode::Internal, "{answer:?}: {refusal}");
    }
    fake.behave(&path);
    act(&admin, inspect(), Empty {}).await.map(drop).expect("and all is well again");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engines_own_words_reach_the_person() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let admin = console.admin().await;
    let start = || StartContainer { environment: local(), container: "job-1".parse().unwrap() };
    let path = format!("/containers/{}/start", fake_engine::JOB);
    let words = "driver failed programming external connectivity: port is already allocated";
    fake.answer(&path, Answer::Json(500, json!({"message": words})));
    let refusal = act(&admin, start(), Empty {}).await.unwrap_err();
    assert_eq!(refusal.kind(), (502, ErrorCode::EngineRefused), "{refusal}");
    assert!(refusal.error.message.contains(words), "{refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_reply_does_not_fill_the_memory() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let admin = console.admin().await;
    let path = format!("/containers/{}/json", fake_engine::WEB);
    fake.answer(&path, Answer::Huge(1024 * 1024 * 1024));
    let inspect = InspectContainer { environment: local(), container: "web-1".parse().unwrap() };
    let refusal = act(&admin, inspect, Empty {}).await.map(drop).unwrap_err();
    assert!((500..=504).contains(&refusal.status), "{refusal}");
    let status = std::fs::read_to_string(format!("/proc/{}/status", console.id())).unwrap();
    let peak: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
        .unwrap();
    assert!(peak < 300 * 1024, "{peak} KB at the most");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_hangs_ends_and_others_go_on() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let admin = console.admin().await;
    fake.answer(&format!("/containers/{}/json", fake_engine::WEB), Answer::Hang);
    let start = Instant::now();
    let inspect = InspectContainer { environment: local(), container: "web-1".parse().unwrap() };
    let hanging = tokio::spawn({
        let admin = admin.clone();
        async move { act(&admin, inspect, Empty {}).await.map(drop) }
    });
    for _ in 0..20 {
        list(&admin).await;
    }
    assert!(start.elapsed() < Duration::from_secs(2), "lists do not wait for it");
    let refusal = hanging.await.unwrap().unwrap_err();
    assert_eq!(refusal.kind(), (504, ErrorCode::EngineTimeout), "{refusal}");
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_are_nonsense_or_lost_are_repaired() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let admin = console.admin().await;
    let id: shared::ContainerId = fake_engine::WEB.parse().unwrap();
    fake.emit("a-thing-of-tomorrow", fake_engine::WEB, "web-1");
    fake.emit("die", "not an id at all", "../../etc");
    fake.set_containers(vec![fake_engine::row(
        fake_engine::WEB,
        "web-1",
        "exited",
        "Exited (1) 1 second ago",
    )]);
    fake.emit("die", fake_engine::WEB, "web-1");
    eventually("the row follows", async || {
        row(&admin, &id).await.filter(|row| row.state == ContainerState::Exited)
    })
    .await;
    assert!(matches!(console.status().await, EngineStatus::Connected { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_without_permission_on_the_socket_is_told() {
    // The socket is a folder's that only its owner may enter; root may, so the console runs as nobody.
    let fake = FakeEngine::start();
    std::fs::set_permissions(fake.socket(), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let options = ConsoleOptions::before(&fake.host());
    let mut command = options.command();
    std::os::unix::process::CommandExt::uid(&mut command, 65534);
    std::fs::set_permissions(options.data.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777))
        .unwrap();
    let console = Console::start_command(command, options).await;
    assert_eq!(
        unreachable_within(&console, Duration::from_secs(5)).await,
        UnreachableReason::PermissionDenied
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn line_28_an_engine_that_sends_elsewhere_is_not_followed() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let admin = console.admin().await;
    let elsewhere = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = elsewhere.local_addr().unwrap();
    let visited = tokio::spawn(async move { elsewhere.accept().await.map(drop) });
    for status in [301, 302, 303, 307, 308] {
        let head = format!(
            "HTTP/1.1 {status} X\r\nLocation: http://{address}/containers/json\r\nContent-Length: 0\r\n\r\n"
        );
        for path in ["json", "start"] {
            let path = format!("/containers/{}/{path}", fake_engine::JOB);
            fake.answer(&path, Answer::Bytes(head.clone().into_bytes()));
        }
        let inspect = InspectContainer { environment: local(), container: "job-1".parse().unwrap() };
        let refusal = act(&admin, inspect, Empty {}).await.unwrap_err();
        assert_eq!(refusal.status, 502, "{status}: {refusal}");
        let start = StartContainer { environment: local(), container: "job-1".parse().unwrap() };
        let refusal = act(&admin, start, Empty {}).await.unwrap_err();
        assert_eq!(refusal.status, 502, "{status}: {refusal}");
    }
    assert!(!visited.is_finished(), "nobody went there");
    visited.abort();
}
