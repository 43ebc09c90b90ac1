//! From the engine's event to the changed row: on the live socket here, in Chromium in `browser`.

use std::time::Instant;

use http_body_util::BodyExt;
use longshore_tests::{Client, LiveSocket, console::local};
use shared::{
    Empty,
    containers::{ContainerState, ListContainers},
    live::{Event, Topic},
};
use tokio::sync::mpsc;

use crate::{
    Bench,
    line::Line,
    table::{Budget, Table, millis, percentile},
};

pub(crate) async fn measure(bench: &Bench, table: &mut Table) {
    let console = bench.console().await;
    let client = console.admin().await;
    let list = client.call(&ListContainers { environment: local() }, Empty {}, ()).await.unwrap();
    let created = list
        .containers
        .iter()
        .find(|row| row.state == ContainerState::Created)
        .expect("one to start")
        .clone();
    let mut socket = LiveSocket::open(&client).await;
    socket.subscribe(1, Topic::Containers { environment: local(), cursor: list.cursor }).await;

    let engine = Client::unix(bench.engine.socket());
    let (told, mut events) = mpsc::unbounded_channel();
    let listening = tokio::spawn(listen(engine.clone(), created.id.to_string(), told));
    let mut line = Line::open(&engine).await;
    let mut delays = Vec::new();
    for _ in 0..if bench.quick { 10 } else { 40 } {
        for (verb, action, state) in
            [("start", "start", ContainerState::Running), ("kill", "die", ContainerState::Exited)]
        {
            while events.try_recv().is_ok() {}
            let path = format!("/containers/{}/{verb}", created.id);
            let row = socket.event(1, "the row", |event| match event {
                Event::Containers { changed, .. } => {
                    changed.iter().any(|row| row.id == created.id && row.state == state).then(Instant::now)
                }
                _ => None,
            });
            let event = async {
                loop {
                    let (at, found): (Instant, String) = events.recv().await.expect("the engine's events");
                    if found == action {
                        return at;
                    }
                }
            };
            let (shown, happened, (status, _)) = tokio::join!(row, event, line.ask("POST", &path, ""));
            assert!(status < 300, "{verb}: {status}");
            delays.push(millis(shown.saturating_duration_since(happened)));
        }
    }
    listening.abort();
    table.row(
        "event → row on the live socket, p50",
        percentile(&mut delays, 0.50),
        "ms",
        Budget::AtMost(30.0),
        "",
    );
    table.row(
        "event → row on the live socket, p95",
        percentile(&mut delays, 0.95),
        "ms",
        Budget::AtMost(80.0),
        "",
    );
}

/// Notes when each event of the container arrives.
async fn listen(engine: Client, id: String, told: mpsc::UnboundedSender<(Instant, String)>) {
    let mut body = engine.request("GET", "/events").bare().stream().await.into_body();
    let mut held = Vec::new();
    while let Some(Ok(frame)) = body.frame().await {
        let at = Instant::now();
        held.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
        while let Some(end) = held.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = held.drain(..=end).collect();
            let Ok(event) = serde_json::from_slice::<serde_json::Value>(&line) else { continue };
            if event["Actor"]["ID"] == id.as_str() {
                let _ = told.send((at, event["Action"].as_str().unwrap_or_default().to_owned()));
            }
        }
    }
}
