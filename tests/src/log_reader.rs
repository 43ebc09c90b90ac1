//! Somebody who reads a container's log on the live socket, and tells the console how far they are.

use std::time::Duration;

use shared::{
    ContainerId,
    live::{ClientFrame, Event, ServerFrame, Topic},
    logs::{LogCursor, LogLine, LogQuery},
};
use tokio::time::timeout;

use crate::{Client, LiveSocket, console::local, sockets::Arrival, wait::PATIENCE};

const SUBSCRIPTION: u32 = 9;

/// The reader and what they had so far.
#[derive(Debug)]
pub struct LogReader {
    socket: LiveSocket,
    /// The lines, in the order they came.
    pub lines: Vec<LogLine>,
    /// Where to go on after a drop.
    pub cursor: LogCursor,
    /// Lines left out because this reader was slow.
    pub skipped: u64,
    /// Where lines were left out: after how many lines, and the cursor to load them from.
    pub gaps: Vec<(usize, LogCursor)>,
    /// Whether the console said that no more will come.
    pub ended: bool,
    taken: u64,
    /// Whether the console is told what was taken: a slow reader does not.
    pub takes: bool,
}

impl LogReader {
    /// Reads from where `query` says.
    pub async fn open(client: &Client, container: &ContainerId, query: LogQuery) -> Self {
        Self::after(client, container, query, None).await
    }

    /// Goes on after a cursor.
    pub async fn after(
        client: &Client,
        container: &ContainerId,
        query: LogQuery,
        after: Option<LogCursor>,
    ) -> Self {
        let mut socket = LiveSocket::open(client).await;
        let to = Topic::Logs { environment: local(), container: container.clone(), query, after };
        socket.subscribe(SUBSCRIPTION, to).await;
        let cursor = after.unwrap_or_default();
        Self {
            socket,
            lines: Vec::new(),
            cursor,
            skipped: 0,
            gaps: Vec::new(),
            ended: false,
            taken: 0,
            takes: true,
        }
    }

    /// Takes in one arrival.
    ///
    /// # Panics
    /// When the socket or the subscription ends, or an arrival belongs to another subscription.
    pub async fn step(&mut self) {
        match self.socket.next_within(PATIENCE * 3).await.expect("something of the log in time") {
            Arrival::Logs(batch, bytes) => {
                assert_eq!(batch.subscription, SUBSCRIPTION);
                if batch.skipped > 0 {
                    self.skipped += batch.skipped;
                    self.gaps.push((self.lines.len(), batch.gap_from));
                }
                self.cursor = batch.cursor;
                self.lines.extend(batch.lines);
                self.taken += bytes;
                if self.takes {
                    self.take().await;
                }
            }
            Arrival::Frame(ServerFrame::Event { event: Event::LogEnded { cursor }, .. }) => {
                self.cursor = cursor;
                self.ended = true;
            }
            Arrival::Frame(ServerFrame::Ended { error, .. }) => panic!("the log was ended: {error}"),
            Arrival::Frame(_) => {}
            Arrival::Closed(code) => panic!("the socket was closed: {code:?}"),
        }
    }

    /// Tells the console what was taken so far.
    pub async fn take(&mut self) {
        self.socket.send(&ClientFrame::Taken { id: SUBSCRIPTION, bytes: self.taken }).await;
    }

    /// Reads until the condition holds.
    ///
    /// # Panics
    /// When it does not in time, with the last lines.
    pub async fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let wait = async {
            while !holds(self) {
                self.step().await;
            }
        };
        if timeout(PATIENCE * 3, wait).await.is_err() {
            let texts = self.texts();
            panic!(
                "not in time: {what}; {} lines, the last: {:?}",
                texts.len(),
                &texts[texts.len().saturating_sub(5)..]
            );
        }
    }

    /// Reads until nothing came for that long.
    pub async fn until_quiet(&mut self, quiet: Duration) {
        while timeout(quiet, self.step()).await.is_ok() {}
    }

    /// The lines as text.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        self.lines.iter().map(|line| String::from_utf8_lossy(&line.text).into_owned()).collect()
    }
}
