//! The log view at work: takes what has come, searches a bit further, draws; once per frame and never longer
//! than a part of one.
//!
//! Belongs here: the turn of a frame, and what a person does to the view. Does not: the socket (`feed`), the
//! search's worker (`looking`), elements (`painter`), what is true at one moment (`model`).

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use shared::{ApiError, logs::LogLine};

use super::{
    feed::Feed,
    looking::Looking,
    model::{Eye, Model},
    painter::Painter,
    selection::{Filter, Range, Search},
    store::{Counts, Mark},
};
use crate::i18n::I18n;

/// How long taking lines may last in one frame, in milliseconds.
const TAKING_MS: f64 = 7.0;
/// Without frames (the tab is hidden) there is a turn at least this often.
const HIDDEN_TURN_MS: u32 = 300;
/// Figures are shown anew at most this often.
const FIGURES_MS: f64 = 120.0;

/// Where the stream stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Phase {
    /// Nothing has come yet.
    Loading,
    /// Lines come as they are written.
    Live,
    /// No more lines will come, unless the container is started again.
    Ended,
    /// The engine or the console refused.
    Failed(ApiError),
}

/// What the toolbar and the foot tell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Figures {
    /// Lines held.
    pub(super) lines: usize,
    /// Rows that pass the filter.
    pub(super) shown: usize,
    /// Lines that have left at the beginning.
    pub(super) left: u64,
    /// By level.
    pub(super) counts: Counts,
    /// Lines with hits.
    pub(super) hits: usize,
    /// Which of them the person stands at, from 1.
    pub(super) hit: Option<usize>,
    /// The search has not seen all lines yet.
    pub(super) searching: bool,
    /// Lines that came since the beginning.
    pub(super) received: u64,
    /// New lines wait because what is read would have to leave for them.
    pub(super) holding: bool,
}

/// Why a search finds nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SearchTrouble {
    /// The browser does not accept the expression; its words.
    Invalid(String),
    /// The expression takes too long.
    TooSlow,
    /// The worker could not be started.
    Unable,
}

/// What is shown of it beside the lines.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    pub(super) phase: RwSignal<Phase>,
    pub(super) figures: RwSignal<Figures>,
    pub(super) following: RwSignal<bool>,
    pub(super) trouble: RwSignal<Option<SearchTrouble>>,
}

impl Shown {
    pub(super) fn new() -> Self {
        Self {
            phase: RwSignal::new(Phase::Loading),
            figures: RwSignal::new(Figures::default()),
            following: RwSignal::new(true),
            trouble: RwSignal::new(None),
        }
    }
}

/// The log view. Cloning gives another handle on it.
#[derive(Clone)]
pub(super) struct Log(Rc<Inner>);

/// A handle that does not keep it alive: for closures that the browser holds.
#[derive(Clone)]
pub(super) struct WeakLog(Weak<Inner>);

impl WeakLog {
    /// The log view, if it is still there.
    pub(super) fn upgrade(&self) -> Option<Log> {
        self.0.upgrade().map(Log)
    }
}

pub(super) struct Inner {
    pub(super) model: RefCell<Model>,
    pub(super) feed: Feed,
    pub(super) looking: Looking,
    painter: RefCell<Option<Painter>>,
    pub(super) shown: Shown,
    scheduled: Cell<bool>,
    fallback: RefCell<Option<Timeout>>,
    figures_at: Cell<f64>,
    /// The line that was opened just now: how high it is, only the next drawing tells.
    opened: Cell<Option<u64>>,
}

impl std::ops::Deref for Log {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Log {
    /// Makes it; nothing happens before [`Log::open`].
    pub(super) fn new(feed: Feed, shown: Shown) -> Self {
        Self(Rc::new(Inner {
            model: RefCell::default(),
            feed,
            looking: Looking::default(),
            painter: RefCell::default(),
            shown,
            scheduled: Cell::new(false),
            fallback: RefCell::default(),
            figures_at: Cell::new(0.0),
            opened: Cell::new(None),
        }))
    }

    /// A handle for closures.
    pub(super) fn weak(&self) -> WeakLog {
        WeakLog(Rc::downgrade(&self.0))
    }

    /// Begins to draw into the page.
    pub(super) fn attach(&self, painter: Painter) {
        *self.painter.borrow_mut() = Some(painter);
        self.schedule();
    }

    /// Ends everything: the page goes elsewhere.
    pub(super) fn dispose(&self) {
        self.feed.close();
        self.looking.close();
        self.painter.take();
        self.fallback.take();
    }

    /// Has a turn in the next frame, or a moment later where there are none.
    pub(super) fn schedule(&self) {
        if self.scheduled.replace(true) {
            return;
        }
        let (in_frame, later) = (self.weak(), self.weak());
        request_animation_frame(move || in_frame.turn());
        *self.fallback.borrow_mut() = Some(Timeout::new(HIDDEN_TURN_MS, move || later.turn()));
    }

    fn turn(&self) {
        let more = self.take_lines();
        self.looking.step(self);
        self.paint();
        self.tell(!more);
        if more {
            self.schedule();
        }
    }

    /// Takes lines that have come; returns whether there are more to take.
    fn take_lines(&self) -> bool {
        let began = now();
        let mut model = self.model.borrow_mut();
        loop {
            if !model.trim() {
                // What is read would have to leave. The server waits, and marks what it leaves out.
                return false;
            }
            let Some(batch) = self.feed.next() else { return false };
            model.take(batch);
            if now() - began > TAKING_MS {
                model.trim();
                return self.feed.has_more();
            }
        }
    }

    fn paint(&self) {
        if let Some(painter) = self.painter.borrow_mut().as_mut() {
            let mut model = self.model.borrow_mut();
            painter.paint(&mut model, &self.looking);
            if let Some(opened) = self.opened.take()
                && model.reveal(opened, painter.height())
            {
                painter.paint(&mut model, &self.looking);
            }
        }
        self.looking.ask_places(self);
    }

    /// Shows the figures, not more often than an eye can follow.
    fn tell(&self, at_rest: bool) {
        let now = now();
        if !at_rest && now - self.figures_at.get() < FIGURES_MS {
            return;
        }
        self.figures_at.set(now);
        let model = self.model.borrow();
        let figures = Figures {
            lines: model.store.lines(),
            shown: model.shown(),
            left: model.store.left(),
            counts: model.store.counts(),
            hits: model.hits(),
            hit: model.current_number(),
            searching: self.looking.is_busy(&model),
            received: model.received(),
            holding: model.eye() != Eye::End && model.store.is_over(),
        };
        let following = model.eye() == Eye::End;
        drop(model);
        set_if_new(self.shown.figures, figures);
        set_if_new(self.shown.following, following);
    }

    /// The height of what can be seen, in pixels.
    pub(super) fn height(&self) -> f64 {
        self.painter.borrow().as_ref().map_or(0.0, Painter::height)
    }

    /// Begins with other lines.
    pub(super) fn set_range(&self, range: Range) {
        self.model.borrow_mut().clear();
        self.looking.restart();
        self.shown.phase.set(Phase::Loading);
        self.feed.open(self, range);
        self.redraw();
    }

    /// Asks for the lines again, after a failure.
    pub(super) fn retry(&self) {
        self.set_range(self.feed.range());
    }

    /// Shows other lines of those it holds.
    pub(super) fn set_filter(&self, filter: Filter) {
        self.model.borrow_mut().set_filter(filter);
        self.schedule();
    }

    /// Looks for something else.
    pub(super) fn set_search(&self, search: Search) {
        self.model.borrow_mut().forget_hits();
        let trouble = self.looking.begin(search);
        self.shown.trouble.set(trouble);
        self.redraw();
    }

    /// Follows the end, or stays here.
    pub(super) fn set_following(&self, following: bool) {
        let height = self.height();
        let mut model = self.model.borrow_mut();
        if following {
            model.follow();
        } else {
            let top = model.scroll_top(height);
            model.look_at(top);
        }
        drop(model);
        self.schedule();
    }

    /// Goes to the next hit, or to the one before.
    pub(super) fn step(&self, forward: bool) {
        let height = self.height();
        self.model.borrow_mut().step(forward, height);
        self.schedule();
    }

    /// Opens or closes a line.
    pub(super) fn toggle(&self, sequence: u64) {
        let height = self.height();
        let mut model = self.model.borrow_mut();
        model.toggle(sequence, height);
        self.opened.set(model.is_open(sequence).then_some(sequence));
        drop(model);
        self.looking.forget_places(sequence);
        self.schedule();
    }

    /// The person has scrolled.
    pub(super) fn scrolled(&self) {
        let moved = match self.painter.borrow().as_ref() {
            Some(painter) => painter.scrolled(),
            None => None,
        };
        if let Some(place) = moved {
            let mut model = self.model.borrow_mut();
            if place.at_end {
                model.follow()
            } else {
                model.look_at(place.top)
            }
            drop(model);
            self.schedule();
        }
    }

    /// Breaks long lines, or not.
    pub(super) fn set_wrap(&self, wrap: bool) {
        if let Some(painter) = self.painter.borrow_mut().as_mut() {
            painter.set_wrap(wrap);
        }
        self.schedule();
    }

    /// The view has another width: other heights, the same rows.
    pub(super) fn measure_anew(&self) {
        if let Some(painter) = self.painter.borrow_mut().as_mut() {
            painter.measure_anew();
        }
        self.schedule();
    }

    /// Puts a mark at the end.
    pub(super) fn mark(&self, mark: Mark) {
        if self.model.borrow().received() > 0 {
            self.model.borrow_mut().mark(mark);
            self.schedule();
        }
    }

    /// Goes to the lines of a time, in milliseconds since 1970.
    pub(super) fn go_to_time(&self, at: i64) {
        self.model.borrow_mut().go_to_time(at);
        self.schedule();
    }

    /// Draws all again: another size, another language, other columns.
    pub(super) fn redraw(&self) {
        if let Some(painter) = self.painter.borrow_mut().as_mut() {
            painter.forget();
        }
        self.schedule();
    }

    /// Draws all again in another language.
    pub(super) fn set_language(&self, i18n: I18n) {
        let _ = i18n.locale();
        self.redraw();
    }

    /// A line's text, to copy.
    pub(super) fn text(&self, sequence: u64) -> Option<String> {
        self.model.borrow().store.line(sequence).map(|line| line.plain().into_owned())
    }

    /// Puts lines into a gap; returns the number of what remains of it.
    pub(super) fn fill(
        &self,
        sequence: u64,
        lines: Vec<LogLine>,
        cursor: shared::logs::LogCursor,
    ) -> Option<u64> {
        let before = lines.len() as u64;
        let rest = self.model.borrow_mut().fill(sequence, lines, cursor);
        self.looking.look_again(sequence, before);
        self.schedule();
        rest
    }
}

impl WeakLog {
    fn turn(&self) {
        let Some(log) = self.upgrade() else { return };
        if log.scheduled.replace(false) {
            log.fallback.take();
            log.turn();
        }
    }
}

fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    // A turn may come after the page has gone.
    if signal.try_with_untracked(|old| *old != value) == Some(true) {
        signal.set(value);
    }
}

/// Milliseconds, for measuring.
pub(super) fn now() -> f64 {
    window().performance().map_or_else(js_sys::Date::now, |performance| performance.now())
}
