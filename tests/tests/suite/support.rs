//! What several features' tests say in the same words.

use std::time::{SystemTime, UNIX_EPOCH};

use longshore_tests::{
    Client, Console, LiveSocket, TerminalSocket, TestContainer, client::Refusal, console::local, eventually,
};
use shared::{
    ContainerId, Empty, Endpoint, UnixMillis,
    containers::{ContainerList, ContainerState, ContainerSummary, ListContainers},
    live::{Cursor, Event, Topic},
    terminal::{OpenTerminal, TerminalQuery},
};

/// An operation on a test's container: `on!(StopContainer, container)`.
macro_rules! on {
    ($operation:ident, $container:expr) => {
        $operation { environment: longshore_tests::console::local(), container: $container.reference() }
    };
}
pub(crate) use on;

/// The list, as this person sees it.
pub(crate) async fn list(client: &Client) -> ContainerList {
    client.call(&ListContainers { environment: local() }, Empty {}, ()).await.unwrap()
}

/// A container's row, if it is in the list.
pub(crate) async fn row(client: &Client, id: &ContainerId) -> Option<ContainerSummary> {
    list(client).await.containers.into_iter().find(|row| row.id == *id)
}

/// Waits until the console's list shows the container in that state.
pub(crate) async fn shown(
    console: &Console,
    container: &TestContainer,
    state: ContainerState,
) -> ContainerSummary {
    let client = console.admin().await;
    let id = container.container_id();
    eventually(&format!("the list shows {} as {state:?}", container.name), async || {
        row(&client, &id).await.filter(|row| row.state == state)
    })
    .await
}

/// A container that the list knows as running.
pub(crate) async fn running(console: &Console, label: &str) -> TestContainer {
    let container = longshore_tests::TestEngine::from_env().idle(label);
    shown(console, &container, ContainerState::Running).await;
    container
}

/// A day from now: when what is made in a test may expire.
pub(crate) fn tomorrow() -> UnixMillis {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UnixMillis(i64::try_from(now.as_millis()).unwrap() + 86_400_000)
}

/// Calls an operation that takes no body.
pub(crate) async fn act<E: Endpoint<Body = ()>>(
    client: &Client,
    on: E,
    query: E::Query,
) -> Result<E::Reply, Refusal> {
    client.call(&on, query, ()).await
}

/// Somebody who looks at the list: what they had at first, and the socket on which changes come.
#[derive(Debug)]
pub(crate) struct Watcher {
    pub(crate) socket: LiveSocket,
    pub(crate) cursor: Cursor,
}

impl Watcher {
    pub(crate) async fn of(client: &Client) -> Self {
        let cursor = list(client).await.cursor;
        Self::from(client, cursor).await
    }

    pub(crate) async fn from(client: &Client, cursor: Cursor) -> Self {
        let mut socket = LiveSocket::open(client).await;
        socket.subscribe(1, Topic::Containers { environment: local(), cursor }).await;
        Self { socket, cursor }
    }

    /// Waits until a change shows the container in that state.
    pub(crate) async fn state(&mut self, id: &ContainerId, state: ContainerState) -> ContainerSummary {
        self.row(&format!("the row of {} as {state:?}", id.short()), |row| {
            row.id == *id && row.state == state
        })
        .await
    }

    /// Waits until a changed row is as wanted.
    pub(crate) async fn row(
        &mut self,
        what: &str,
        wanted: impl Fn(&ContainerSummary) -> bool,
    ) -> ContainerSummary {
        let at = &mut self.cursor;
        self.socket
            .event(1, what, |event| match event {
                Event::Containers { cursor, changed, .. } => {
                    *at = cursor;
                    changed.into_iter().find(|row| wanted(row))
                }
                _ => None,
            })
            .await
    }

    /// Waits until the container is told to be gone.
    pub(crate) async fn gone(&mut self, id: &ContainerId) {
        let at = &mut self.cursor;
        self.socket
            .event(1, "the row goes", |event| match event {
                Event::Containers { cursor, removed, .. } => {
                    *at = cursor;
                    removed.contains(id).then_some(())
                }
                _ => None,
            })
            .await;
    }
}

/// A program in the container `web-1` that is there as soon as this returns, and says what it is told.
pub(crate) async fn shell(client: &Client) -> TerminalSocket {
    let terminal = OpenTerminal { environment: local(), container: "web-1".parse().unwrap() };
    let query = TerminalQuery { command: Some("cat".to_owned()), columns: 80, rows: 24, user: None };
    let mut socket = TerminalSocket::open(client, &terminal, &query).await;
    socket.next().await.expect("it starts");
    socket.type_bytes(b"ahoy").await;
    socket.until("ahoy").await;
    socket
}
