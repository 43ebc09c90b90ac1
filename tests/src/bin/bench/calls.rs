//! What people cost the engine: calls to open a list and a page, and while one or two hundred look on.
//! And what they cost the processor.

use longshore_tests::{Client, Console, ConsoleOptions, LiveSocket, Proxy, console::local};
use shared::{
    Empty,
    containers::{ContainerList, ContainerState, InspectContainer, ListContainers},
    live::{ClientFrame, Topic},
};

use crate::{
    Bench,
    process::processor_seconds,
    table::{Budget, Table},
};

/// How many look on at once.
pub(crate) const VIEWERS: usize = 200;

pub(crate) async fn measure(bench: &Bench, table: &mut Table) {
    let proxy = Proxy::start(&bench.engine.socket());
    let console = Console::connected(ConsoleOptions::before(&proxy.host())).await;
    let client = console.admin().await;

    let before = settled(&proxy).await;
    let list = read(&client).await;
    table.row(
        "engine calls to open a list",
        (proxy.count() - before) as f64,
        "calls",
        Budget::AtMost(0.0),
        "",
    );
    let container =
        list.containers.iter().find(|row| row.state == ContainerState::Running).expect("one runs");
    let before = settled(&proxy).await;
    let inspect = InspectContainer { environment: local(), container: (&container.id).into() };
    client.call(&inspect, Empty {}, ()).await.map(drop).unwrap();
    table.row(
        "engine calls to open a container's page",
        (proxy.count() - before) as f64,
        "calls",
        Budget::AtMost(1.0),
        "",
    );

    let look = bench.seconds(60);
    let per_minute = 60.0 / look.as_secs_f64();
    let busy = processor_seconds(console.id());
    tokio::time::sleep(look).await;
    let nobody = (processor_seconds(console.id()) - busy) * per_minute;
    table.row("processor a minute, nobody connected", nobody, "s", Budget::AtMost(0.005), "");

    let mut counts = Vec::new();
    for viewers in [1, VIEWERS] {
        let crowd = Crowd::gather(&client, &list, viewers).await;
        let (before, busy) = (settled(&proxy).await, processor_seconds(console.id()));
        tokio::time::sleep(look).await;
        counts.push((proxy.count() - before) as f64 * per_minute);
        let used = (processor_seconds(console.id()) - busy) * per_minute;
        let budget = if viewers == 1 { Budget::AtMost(0.1) } else { Budget::None };
        table.row(
            &format!("processor a minute, viewers: {viewers}"),
            used,
            "s",
            budget,
            "list and figures of what runs",
        );
        crowd.leave().await;
    }
    let ratio = counts[1].max(1.0) / counts[0].max(1.0);
    let note = format!("{:.0} calls a minute with 1, {:.0} with {VIEWERS}", counts[0], counts[1]);
    table.row(
        &format!("engine calls a minute, {VIEWERS} viewers against 1"),
        ratio,
        "×",
        Budget::AtMost(1.05),
        note,
    );
}

/// The count once nothing is asked any more for a moment: the console has settled.
async fn settled(proxy: &Proxy) -> usize {
    let mut count = proxy.count();
    for _ in 0..20 {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        if proxy.count() == count {
            break;
        }
        count = proxy.count();
    }
    count
}

async fn read(client: &Client) -> ContainerList {
    client.call(&ListContainers { environment: local() }, Empty {}, ()).await.unwrap()
}

/// People who look at the list and at the figures of the containers that run.
pub(crate) struct Crowd {
    stop: tokio::sync::watch::Sender<bool>,
    people: tokio::task::JoinSet<u64>,
}

impl Crowd {
    /// Opens that many sockets, all subscribed as the page of the list is.
    pub(crate) async fn gather(client: &Client, list: &ContainerList, size: usize) -> Self {
        let running: Vec<_> = list
            .containers
            .iter()
            .filter(|row| row.state == ContainerState::Running)
            .map(|row| row.id.clone())
            .collect();
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let mut people = tokio::task::JoinSet::new();
        for _ in 0..size {
            let mut socket = LiveSocket::open(client).await;
            let topics = [
                Topic::Session,
                Topic::Environment { environment: local() },
                Topic::Containers { environment: local(), cursor: list.cursor },
                Topic::Stats { environment: local(), containers: running.clone() },
            ];
            for (id, topic) in (1..).zip(topics) {
                socket.subscribe(id, topic).await;
            }
            let mut stopped = stopped.clone();
            people.spawn(async move {
                let mut arrived = 0;
                let mut heartbeat = tokio::time::interval(std::time::Duration::from_secs(15));
                loop {
                    tokio::select! {
                        _ = stopped.changed() => return arrived,
                        _ = socket.next() => arrived += 1,
                        _ = heartbeat.tick() => socket.send(&ClientFrame::Ping).await,
                    }
                }
            });
        }
        Self { stop, people }
    }

    /// Ends them all.
    pub(crate) async fn leave(self) {
        let _ = self.stop.send(true);
        let arrived: u64 = self.people.join_all().await.into_iter().sum();
        assert!(arrived > 0, "they were shown something");
    }
}
