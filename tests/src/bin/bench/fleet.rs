//! A thousand containers, ten of them running: what the budget is for.

use std::time::Instant;

use longshore_tests::{Client, TestEngine};
use serde_json::json;

use crate::line::Line;

/// How many there are in all.
pub(crate) const SIZE: usize = 1000;
/// How many of them run.
pub(crate) const RUNNING: usize = 10;

/// The containers of the bench.
pub(crate) struct Fleet {
    engine: Client,
    ids: Vec<String>,
}

impl Fleet {
    /// Makes them, by the engine's API, four at a time.
    pub(crate) async fn launch(engine: &TestEngine) -> Self {
        let start = Instant::now();
        let client = Client::unix(engine.socket());
        let mut workers = tokio::task::JoinSet::new();
        for worker in 0..4 {
            let client = client.clone();
            workers.spawn(async move {
                let mut line = Line::open(&client).await;
                let mut ids = Vec::new();
                for number in (worker..SIZE).step_by(4) {
                    ids.push(create(&mut line, number).await);
                }
                ids
            });
        }
        let ids = workers.join_all().await.concat();
        println!(
            "{SIZE} containers, {RUNNING} of them running: made in {:.1} s",
            start.elapsed().as_secs_f64()
        );
        Self { engine: client, ids }
    }

    /// Removes them.
    pub(crate) async fn scrap(self) {
        let mut workers = tokio::task::JoinSet::new();
        for ids in self.ids.chunks(self.ids.len().div_ceil(4)) {
            let (client, ids) = (self.engine.clone(), ids.to_vec());
            workers.spawn(async move {
                let mut line = Line::open(&client).await;
                for id in ids {
                    line.ask("DELETE", &format!("/containers/{id}?force=true"), "").await;
                }
            });
        }
        workers.join_all().await;
    }
}

async fn create(line: &mut Line, number: usize) -> String {
    // About as much as a container of a Compose project carries.
    let labels = json!({
        "com.docker.compose.project": format!("project-{}", number / 8),
        "com.docker.compose.service": format!("service-{}", number % 8),
        "com.docker.compose.container-number": "1",
        "com.docker.compose.oneoff": "False",
        "com.docker.compose.config-hash": format!("{number:064x}"),
        "org.opencontainers.image.title": "busybox",
    });
    let body = json!({
        "Image": "busybox:latest", "Labels": labels,
        "Cmd": ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait; done"],
    });
    let (status, reply) =
        line.ask("POST", &format!("/containers/create?name=bench-{number:04}"), &body.to_string()).await;
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&reply));
    let reply: serde_json::Value = serde_json::from_slice(&reply).expect("JSON");
    let id = reply["Id"].as_str().expect("an id").to_owned();
    if number < RUNNING {
        let (status, reply) = line.ask("POST", &format!("/containers/{id}/start"), "").await;
        assert_eq!(status, 204, "{}", String::from_utf8_lossy(&reply));
    }
    id
}
