//! Logs as they are written: one upstream stream per container however many read, into a bounded ring.
//!
//! There is no queue per reader: each has its place in the ring. Whoever falls behind it has skipped what
//! left it, and is told how much.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Weak},
};

use parking_lot::Mutex;
use shared::ContainerId;
use tokio::{sync::watch, task::AbortHandle};

use super::Hub;
use crate::{
    access::grant::SystemGrant,
    engine::{EngineError, LogRange, RawLine},
};

/// Bytes of text that a ring holds.
const RING_BYTES: usize = 4 * 1024 * 1024;
/// Lines that a ring holds.
const RING_LINES: usize = 50_000;

#[derive(Default)]
pub(super) struct SharedLogs {
    streams: Mutex<HashMap<ContainerId, Weak<LiveLog>>>,
}

/// The live end of one container's log.
pub(super) struct LiveLog {
    ring: Arc<Mutex<Ring>>,
    state: watch::Receiver<LiveState>,
    task: AbortHandle,
}

impl Drop for LiveLog {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// How the upstream stream stands.
#[derive(Clone, Debug, Default)]
pub(super) struct LiveState {
    /// The engine answered: what is written from now on arrives.
    pub(super) open: bool,
    /// The number of the next line.
    pub(super) next: u64,
    /// It has ended, with what broke it.
    pub(super) ended: Option<Result<(), EngineError>>,
}

#[derive(Default)]
struct Ring {
    lines: VecDeque<RawLine>,
    /// The number of the first line in it.
    first: u64,
    bytes: usize,
}

/// What a reader at a place finds.
pub(super) struct Read {
    /// Lines that left the ring before they were read.
    pub(super) skipped: u64,
    /// What is there.
    pub(super) lines: Vec<RawLine>,
    /// The place after them.
    pub(super) next: u64,
}

impl Ring {
    fn push(&mut self, line: RawLine) {
        self.bytes = self.bytes.saturating_add(line.text.len());
        self.lines.push_back(line);
        while self.bytes > RING_BYTES || self.lines.len() > RING_LINES {
            let Some(gone) = self.lines.pop_front() else { break };
            self.bytes = self.bytes.saturating_sub(gone.text.len());
            self.first = self.first.saturating_add(1);
        }
    }

    fn next(&self) -> u64 {
        self.first.saturating_add(self.lines.len() as u64)
    }

    fn read(&self, place: u64, most_bytes: usize) -> Read {
        let from = place.max(self.first);
        let skip = usize::try_from(from.saturating_sub(self.first)).unwrap_or(usize::MAX);
        let mut bytes = 0_usize;
        let lines: Vec<RawLine> = self
            .lines
            .iter()
            .skip(skip)
            .take_while(|line| {
                let fits = bytes < most_bytes;
                bytes = bytes.saturating_add(line.text.len().saturating_add(21));
                fits
            })
            .cloned()
            .collect();
        let next = from.saturating_add(lines.len() as u64);
        Read { skipped: from.saturating_sub(place), lines, next }
    }
}

impl LiveLog {
    /// The upstream's state, which changes with each line.
    pub(super) fn state(&self) -> watch::Receiver<LiveState> {
        self.state.clone()
    }

    /// Reads at a place, about `most_bytes` of it.
    pub(super) fn read(&self, place: u64, most_bytes: usize) -> Read {
        self.ring.lock().read(place, most_bytes)
    }
}

impl Hub {
    /// The live end of a container's log: the one there is, or a new one.
    pub(super) fn live_log(self: &Arc<Self>, container: &ContainerId) -> Arc<LiveLog> {
        let mut streams = self.logs.streams.lock();
        if let Some(live) = streams.get(container).and_then(Weak::upgrade)
            && live.state.borrow().ended.is_none()
        {
            return live;
        }
        streams.retain(|_, live| live.strong_count() > 0);
        let ring = Arc::new(Mutex::new(Ring::default()));
        let (sender, state) = watch::channel(LiveState::default());
        let task = tokio::spawn(follow(Arc::clone(self), container.clone(), Arc::clone(&ring), sender))
            .abort_handle();
        let live = Arc::new(LiveLog { ring, state, task });
        streams.insert(container.clone(), Arc::downgrade(&live));
        live
    }
}

async fn follow(
    hub: Arc<Hub>,
    container: ContainerId,
    ring: Arc<Mutex<Ring>>,
    state: watch::Sender<LiveState>,
) {
    let ended = read_all(&hub, &container, &ring, &state).await;
    state.send_modify(|state| state.ended = Some(ended));
}

async fn read_all(
    hub: &Arc<Hub>,
    container: &ContainerId,
    ring: &Mutex<Ring>,
    state: &watch::Sender<LiveState>,
) -> Result<(), EngineError> {
    let grant = SystemGrant::new("one log stream serves everybody who was granted the topic");
    let framing = hub.framing(&grant, container).await?;
    let range = LogRange { follow: true, tail: Some(0), ..LogRange::default() };
    let mut reader = hub.engine()?.logs(&grant, container, framing, range).await?;
    state.send_modify(|state| state.open = true);
    while let Some(lines) = reader.next().await? {
        let next = {
            let mut ring = ring.lock();
            for line in lines {
                ring.push(line);
            }
            ring.next()
        };
        state.send_modify(|state| state.next = next);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use shared::logs::LogStream;

    use super::*;

    fn line(nanos: i64, length: usize) -> RawLine {
        RawLine { nanos, stream: LogStream::Stdout, cut: 0, text: Bytes::from(vec![b'x'; length]) }
    }

    #[test]
    fn whoever_falls_behind_is_told_how_far() {
        let mut ring = Ring::default();
        for nanos in 0..100 {
            ring.push(line(nanos, RING_BYTES / 50));
        }
        let read = ring.read(0, usize::MAX);
        assert_eq!(read.skipped + read.lines.len() as u64, 100);
        assert!(read.skipped >= 50);
        assert_eq!(ring.read(read.next, usize::MAX).lines.len(), 0);
    }

    #[test]
    fn a_read_is_bounded_and_goes_on() {
        let mut ring = Ring::default();
        for nanos in 0..10 {
            ring.push(line(nanos, 100));
        }
        let first = ring.read(0, 300);
        assert!(!first.lines.is_empty() && first.lines.len() < 10);
        assert_eq!(ring.read(first.next, usize::MAX).lines.len() + first.lines.len(), 10);
    }
}
