//! One reader's way through a log: what was written before, then the live end, with nothing lost or seen
//! twice at the seam.

use std::sync::Arc;

use shared::{
    ContainerId,
    logs::{LogCursor, LogQuery},
};
use tokio::sync::watch;

use super::{
    Hub,
    logs::{LiveLog, LiveState},
};
use crate::{
    access::grant::{SystemGrant, TopicGrant},
    engine::{EngineError, LogRange, LogReader, RawLine},
};

/// About so many bytes go into a batch.
const BATCH_BYTES: usize = 256 * 1024;

/// So many of the last lines are asked for first, where a reading goes on at a line: the engine looks for a
/// time from the log's beginning, and for the last lines from its end.
const LAST_LINES: u32 = 5_000;

/// The same where the log has ended: it grows no more.
const LAST_LINES_OF_ENDED: u32 = 100;

/// What a reader gets next.
#[derive(Debug)]
pub enum LogFrame {
    /// Lines.
    Batch {
        /// Lines that were left out before them.
        skipped: u64,
        /// Where the left-out lines begin.
        gap_from: LogCursor,
        /// The lines; never empty.
        lines: Vec<RawLine>,
    },
    /// No more will come until the container starts again.
    Ended,
}

/// See the module.
pub struct LogView {
    hub: Arc<Hub>,
    container: ContainerId,
    system: SystemGrant,
    /// Where the reader's lines begin, where they asked.
    begins: Begins,
    cursor: LogCursor,
    /// After a drop: lines of this time that the reader already has.
    had: LogCursor,
    phase: Phase,
    live: Option<(Arc<LiveLog>, watch::Receiver<LiveState>)>,
    place: u64,
    /// Lines that this reading of the history brought.
    brought: usize,
    /// This reading is of the last lines alone, and has still to show that they begin before the cursor.
    last_lines: bool,
    /// This reading began after the live end had ended: what it does not bring was not written.
    after_the_end: bool,
    /// The last line of the history, until the live end has passed it.
    seam: Option<RawLine>,
    last: Option<RawLine>,
}

/// Where to read from while no line was read yet.
#[derive(Clone, Copy)]
enum Begins {
    /// At the log's beginning, or at a time (nanoseconds since 1970).
    At(Option<i64>),
    /// With what comes: nothing of before was asked for.
    WithWhatComes,
}

enum Phase {
    History(Box<LogReader>),
    Live,
    Done,
}

impl LogView {
    /// Opens a log for the holder of a grant on it. With `after`, goes on behind that line.
    ///
    /// # Errors
    /// What the engine said.
    pub async fn open(
        grant: &TopicGrant,
        query: &LogQuery,
        after: Option<LogCursor>,
    ) -> Result<Self, EngineError> {
        let container = grant
            .container()
            .map_err(|_error| EngineError::NotFound { what: "container", message: String::new() })?
            .clone();
        let hub = Arc::clone(grant.hub());
        let system = SystemGrant::new("a log is read for the holder of a grant on its topic");
        // The live end is opened first, so that nothing falls between it and the history.
        let live = if query.until.is_none() { Some(open_live(&hub, &container).await?) } else { None };
        let place = live.as_ref().map_or(0, |(_, state)| state.borrow().next);
        let last_lines =
            after.is_some() && query.until.is_none() && hub.engine()?.facts().kind.tells_last_lines();
        let range = match after {
            Some(_) if last_lines => LogRange { tail: Some(LAST_LINES), ..LogRange::default() },
            Some(cursor) => LogRange {
                since_nanos: Some(slightly_before(cursor)),
                until_nanos: nanos(query.until),
                ..LogRange::default()
            },
            None => LogRange {
                since_nanos: nanos(query.since),
                until_nanos: nanos(query.until),
                tail: query.tail,
                follow: false,
            },
        };
        let framing = hub.framing(&system, &container).await?;
        let after_the_end = has_ended(live.as_ref());
        let reader = hub.engine()?.logs(&system, &container, framing, range).await?;
        Ok(Self {
            hub,
            container,
            system,
            begins: match query.tail {
                Some(0) => Begins::WithWhatComes,
                _ => Begins::At(nanos(query.since)),
            },
            cursor: after.unwrap_or_default(),
            had: after.unwrap_or_default(),
            phase: Phase::History(Box::new(reader)),
            live,
            place,
            brought: 0,
            last_lines,
            after_the_end,
            seam: None,
            last: None,
        })
    }

    /// Where the reader stands: after the last line it got.
    #[must_use]
    pub fn cursor(&self) -> LogCursor {
        self.cursor
    }

    /// The next lines; waits for them.
    ///
    /// # Errors
    /// What broke the stream; [`cursor`](Self::cursor) is where to go on.
    pub async fn next(&mut self) -> Result<LogFrame, EngineError> {
        loop {
            match &mut self.phase {
                Phase::History(reader) => match reader.next().await? {
                    Some(mut lines) => {
                        if self.last_lines && !self.begins_before_cursor(&lines) {
                            self.read_all_since().await?;
                            continue;
                        }
                        self.last_lines = false;
                        self.drop_had(&mut lines);
                        self.brought = self.brought.saturating_add(lines.len());
                        if let Some(frame) = self.batch(0, lines) {
                            return Ok(frame);
                        }
                    }
                    None => self.end_history().await?,
                },
                Phase::Live => {
                    if let Some(frame) = self.read_live().await? {
                        return Ok(frame);
                    }
                }
                Phase::Done => return Ok(LogFrame::Ended),
            }
        }
    }

    /// The history is read, or the line to the engine broke: the two end alike. So it is read on from where
    /// it stands until it has met the live end, or brings nothing more; and if the ring lost lines meanwhile.
    async fn end_history(&mut self) -> Result<(), EngineError> {
        let Some((live, state)) = &self.live else {
            self.phase = Phase::Done;
            return Ok(());
        };
        let first = live.read(self.place, 1).lines.first().map(|line| line.nanos);
        let met = self.brought == 0 || first.is_some_and(|nanos| self.cursor.nanos >= nanos);
        if !met {
            return self.read_on().await;
        }
        if live.read(self.place, 0).skipped > 0 {
            self.place = state.borrow().next;
            return self.read_on().await;
        }
        if first.is_none() && self.brought == 0 && self.after_the_end && !self.last_lines {
            self.phase = Phase::Done;
            return Ok(());
        }
        self.seam = self.last.take();
        self.phase = Phase::Live;
        Ok(())
    }

    /// Whether the last lines reach back to what the reader has. Of lines that bear the cursor's own time
    /// some may have been cut off, so only an older one tells.
    fn begins_before_cursor(&self, lines: &[RawLine]) -> bool {
        lines.first().is_some_and(|line| line.nanos < self.cursor.nanos)
    }

    /// Reads from the engine what came after the last line that the reader got: among its last lines, where
    /// those reach back so far.
    async fn read_on(&mut self) -> Result<(), EngineError> {
        if self.cursor == LogCursor::default() || !self.hub.engine()?.facts().kind.tells_last_lines() {
            return self.read_all_since().await;
        }
        self.last_lines = true;
        let tail = if has_ended(self.live.as_ref()) { LAST_LINES_OF_ENDED } else { LAST_LINES };
        self.read(LogRange { tail: Some(tail), ..LogRange::default() }).await
    }

    /// Reads from the engine whatever is not older than the last line that the reader got.
    async fn read_all_since(&mut self) -> Result<(), EngineError> {
        let since_nanos = match self.begins {
            _ if self.cursor != LogCursor::default() => Some(slightly_before(self.cursor)),
            Begins::At(nanos) => nanos,
            Begins::WithWhatComes => {
                self.phase = if self.live.is_some() { Phase::Live } else { Phase::Done };
                return Ok(());
            }
        };
        self.last_lines = false;
        self.read(LogRange { since_nanos, ..LogRange::default() }).await
    }

    async fn read(&mut self, range: LogRange) -> Result<(), EngineError> {
        self.had = self.cursor;
        self.brought = 0;
        self.after_the_end = has_ended(self.live.as_ref());
        let framing = self.hub.framing(&self.system, &self.container).await?;
        let reader = self.hub.engine()?.logs(&self.system, &self.container, framing, range).await?;
        self.phase = Phase::History(Box::new(reader));
        Ok(())
    }

    async fn read_live(&mut self) -> Result<Option<LogFrame>, EngineError> {
        let Some((live, state)) = &mut self.live else {
            self.phase = Phase::Done;
            return Ok(None);
        };
        let seen = state.borrow_and_update().clone();
        let read = live.read(self.place, BATCH_BYTES);
        if read.lines.is_empty() {
            match seen.ended {
                // Podman ends a followed log with the container, whatever was not read yet.
                Some(Ok(())) => {
                    self.live = None;
                    self.read_on().await?;
                }
                Some(Err(error)) => return Err(error),
                None => {
                    let _closed = state.changed().await;
                }
            }
            return Ok(None);
        }
        self.place = read.next;
        let mut lines = read.lines;
        self.pass_seam(&mut lines);
        Ok(self.batch(read.skipped, lines))
    }

    /// Leaves out what the history already had: up to its last line, or all that is not younger.
    fn pass_seam(&mut self, lines: &mut Vec<RawLine>) {
        let Some(seam) = &self.seam else { return };
        if let Some(at) = lines.iter().rposition(|line| line == seam) {
            lines.drain(..=at);
            self.seam = None;
            return;
        }
        let nanos = seam.nanos;
        lines.retain(|line| line.nanos > nanos);
        if !lines.is_empty() {
            self.seam = None;
        }
    }

    /// Leaves out what the reader had before the drop.
    fn drop_had(&mut self, lines: &mut Vec<RawLine>) {
        let mut had = self.had;
        lines.retain(|line| {
            if line.nanos < had.nanos {
                return false;
            }
            if line.nanos == had.nanos && had.nth > 0 {
                had.nth -= 1;
                return false;
            }
            true
        });
        self.had = had;
    }

    fn batch(&mut self, skipped: u64, lines: Vec<RawLine>) -> Option<LogFrame> {
        let gap_from = self.cursor;
        for line in &lines {
            if line.nanos > self.cursor.nanos {
                self.cursor = LogCursor { nanos: line.nanos, nth: 1 };
            } else if line.nanos == self.cursor.nanos {
                self.cursor.nth = self.cursor.nth.saturating_add(1);
            }
        }
        self.last = Some(lines.last()?.clone());
        Some(LogFrame::Batch { skipped, gap_from, lines })
    }
}

fn has_ended(live: Option<&(Arc<LiveLog>, watch::Receiver<LiveState>)>) -> bool {
    live.is_some_and(|(_, state)| matches!(state.borrow().ended, Some(Ok(()))))
}

async fn open_live(
    hub: &Arc<Hub>,
    container: &ContainerId,
) -> Result<(Arc<LiveLog>, watch::Receiver<LiveState>), EngineError> {
    let live = hub.live_log(container);
    let mut state = live.state();
    let ended = match state.wait_for(|state| state.open || state.ended.is_some()).await {
        Ok(state) => state.ended.clone(),
        Err(_closed) => None,
    };
    match ended {
        Some(Err(error)) => Err(error),
        Some(Ok(())) | None => Ok((live, state)),
    }
}

/// Where to read on from: a little before, and what the reader had is left out here. Podman reads the time
/// as a floating-point number, off by some 240 ns; and it gives each piece of a long line a time of its
/// own, so that a stream that began at the last piece would show it as a line.
fn slightly_before(cursor: LogCursor) -> i64 {
    cursor.nanos.saturating_sub(100_000_000)
}

fn nanos(millis: Option<i64>) -> Option<i64> {
    millis.map(|millis| millis.saturating_mul(1_000_000))
}
