//! Where lines come from: the subscription of the log, what waits to be taken, and the loading of gaps.
//!
//! Belongs here: cursors and acknowledgements. The server sends only a window ahead of what was acknowledged,
//! so a page that is slow makes gaps there, not a heap here.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use shared::{
    ApiError, ContainerId, EnvironmentId,
    live::{Event, Topic},
    logs::{LogBatch, LogCursor, LogLine, LogQuery},
};

use super::{
    log::{Log, Phase},
    selection::Range,
};
use crate::live::{self, Message, Subscription};

/// A press on “Load them” loads so many lines; a larger gap needs more presses.
const GAP_LINES: u64 = 10_000;
/// How long a stream that ended waits before it is asked for again, in milliseconds.
const AGAIN_MS: u32 = 400;

struct Waiting {
    batch: LogBatch,
    bytes: u64,
    /// The run of the subscription it came in: only that one counts its bytes.
    run: u32,
}

struct GapLoad {
    subscription: Subscription,
    sequence: u64,
    cursor: LogCursor,
    left: u64,
    /// When the line after the gap was written.
    before: i64,
}

/// The stream of one container's log.
pub(super) struct Feed {
    environment: EnvironmentId,
    container: ContainerId,
    range: Cell<Range>,
    query: RefCell<LogQuery>,
    subscription: RefCell<Option<Subscription>>,
    waiting: RefCell<VecDeque<Waiting>>,
    cursor: Cell<Option<LogCursor>>,
    run: Cell<u32>,
    gap: RefCell<Option<GapLoad>>,
    again: RefCell<Option<Timeout>>,
}

impl Feed {
    /// Of a container; nothing is asked for before [`Feed::open`].
    pub(super) fn new(environment: EnvironmentId, container: ContainerId) -> Self {
        Self {
            environment,
            container,
            range: Cell::new(Range::default()),
            query: RefCell::default(),
            subscription: RefCell::default(),
            waiting: RefCell::default(),
            cursor: Cell::new(None),
            run: Cell::new(0),
            gap: RefCell::default(),
            again: RefCell::default(),
        }
    }

    /// The part of the log that is shown.
    pub(super) fn range(&self) -> Range {
        self.range.get()
    }

    /// Asks for a part of the log from its beginning.
    pub(super) fn open(&self, log: &Log, range: Range) {
        self.close();
        self.range.set(range);
        *self.query.borrow_mut() = range.query(js_sys::Date::now() as i64);
        self.cursor.set(None);
        let (topic, handler) = (log.weak(), log.weak());
        let fallback = (self.environment.clone(), self.container.clone());
        let subscription = live::subscribe(
            move || match topic.upgrade() {
                Some(log) => log.feed.topic(),
                None => logs_topic(&fallback.0, &fallback.1, LogQuery::default(), None),
            },
            move |message| {
                if let Some(log) = handler.upgrade() {
                    log.feed.receive(&log, message);
                }
            },
        );
        *self.subscription.borrow_mut() = Some(subscription);
    }

    /// Ends the stream and what is loaded beside it.
    pub(super) fn close(&self) {
        self.again.take();
        self.gap.take();
        self.subscription.take();
        self.waiting.borrow_mut().clear();
    }

    /// What to ask for now. Each asking begins a new run: bytes that came before are not counted in it.
    fn topic(&self) -> Topic {
        self.run.set(self.run.get().wrapping_add(1));
        logs_topic(&self.environment, &self.container, self.query.borrow().clone(), self.cursor.get())
    }

    fn receive(&self, log: &Log, message: Message) {
        match message {
            Message::Log(batch, bytes) => {
                self.cursor.set(Some(batch.cursor));
                self.waiting.borrow_mut().push_back(Waiting { batch, bytes, run: self.run.get() });
                log.shown.phase.set(Phase::Live);
                log.schedule();
            }
            Message::Event(Event::LogEnded { cursor }) => {
                self.cursor.set(Some(cursor));
                log.shown.phase.set(Phase::Ended);
                log.schedule();
            }
            Message::Event(_) => {}
            Message::Ended(error) => log.shown.phase.set(Phase::Failed(error)),
        }
    }

    /// The next batch to take. Taking it tells the server that there is room again.
    pub(super) fn next(&self) -> Option<LogBatch> {
        let Waiting { batch, bytes, run } = self.waiting.borrow_mut().pop_front()?;
        if run == self.run.get()
            && let Some(subscription) = self.subscription.borrow().as_ref()
        {
            subscription.taken(bytes);
        }
        Some(batch)
    }

    /// Whether lines wait to be taken.
    pub(super) fn has_more(&self) -> bool {
        !self.waiting.borrow().is_empty()
    }

    /// The container was started again: goes on after the last line.
    pub(super) fn go_on(&self, log: &Log) {
        log.shown.phase.set(Phase::Live);
        let log = log.weak();
        *self.again.borrow_mut() = Some(Timeout::new(AGAIN_MS, move || {
            let Some(log) = log.upgrade() else { return };
            if let Some(subscription) = log.feed.subscription.borrow().as_ref() {
                subscription.renew();
            }
        }));
    }

    /// Loads the lines of a gap, from its beginning.
    pub(super) fn load_gap(&self, log: &Log, sequence: u64) {
        let mut model = log.model.borrow_mut();
        let Some(gap) = model.store.gap(sequence).filter(|gap| !gap.loading) else { return };
        if self.gap.borrow().is_some() {
            return;
        }
        let (from, left) = (gap.from, gap.skipped.min(GAP_LINES));
        let before = model.store.nanos_after(sequence).unwrap_or(i64::MAX);
        model.store.set_loading(sequence, true);
        drop(model);
        let after = std::rc::Rc::new(Cell::new(from));
        let topic_cursor = after.clone();
        let (environment, container) = (self.environment.clone(), self.container.clone());
        let handler = log.weak();
        let subscription = live::subscribe(
            move || logs_topic(&environment, &container, LogQuery::default(), Some(topic_cursor.get())),
            move |message| {
                if let Some(log) = handler.upgrade() {
                    log.feed.receive_gap(&log, message);
                    if let Some(load) = log.feed.gap.borrow().as_ref() {
                        after.set(load.cursor);
                    }
                }
            },
        );
        *self.gap.borrow_mut() = Some(GapLoad { subscription, sequence, cursor: from, left, before });
        log.redraw();
    }

    fn receive_gap(&self, log: &Log, message: Message) {
        let Some(mut load) = self.gap.take() else { return };
        let (batch, bytes) = match message {
            Message::Log(batch, bytes) if batch.skipped == 0 => (batch, bytes),
            // No more than this can be had: what was skipped anew, or a log that was cut meanwhile.
            Message::Log(..) | Message::Ended(_) => return stop_loading(log, load.sequence),
            Message::Event(Event::LogEnded { .. }) => {
                log.model.borrow_mut().close_gap(load.sequence);
                return log.redraw();
            }
            Message::Event(_) => {
                *self.gap.borrow_mut() = Some(load);
                return;
            }
        };
        load.subscription.taken(bytes);
        let mut lines: Vec<LogLine> = Vec::new();
        let mut reached = false;
        for line in batch.lines {
            if line.nanos > load.before || load.left == 0 {
                reached = true;
                break;
            }
            load.cursor = after(load.cursor, line.nanos);
            load.left -= 1;
            lines.push(line);
        }
        let beyond = reached && load.left > 0;
        match log.fill(load.sequence, lines, load.cursor) {
            // The log holds no more lines before the next one that is shown.
            Some(rest) if beyond => log.model.borrow_mut().close_gap(rest),
            Some(rest) if load.left == 0 => stop_loading(log, rest),
            Some(rest) => {
                load.sequence = rest;
                *self.gap.borrow_mut() = Some(load);
            }
            None => {}
        }
        log.redraw();
    }
}

fn stop_loading(log: &Log, sequence: u64) {
    log.model.borrow_mut().store.set_loading(sequence, false);
    log.redraw();
}

/// The place after a line of that time, which comes after a place.
fn after(cursor: LogCursor, nanos: i64) -> LogCursor {
    let nth = if nanos == cursor.nanos { cursor.nth.saturating_add(1) } else { 1 };
    LogCursor { nanos, nth }
}

fn logs_topic(
    environment: &EnvironmentId,
    container: &ContainerId,
    query: LogQuery,
    after: Option<LogCursor>,
) -> Topic {
    Topic::Logs { environment: environment.clone(), container: container.clone(), query, after }
}

/// Whether a refusal means that this container's log driver keeps nothing that can be read.
pub(super) fn cannot_be_read(error: &ApiError) -> bool {
    error.message.contains("does not support reading")
}
