//! What the log view is at one moment: the lines, which of them are shown, which are open, what the search
//! found, and what the eye is on.
//!
//! Belongs here: decisions without a browser. Does not: where lines come from (`feed`), elements (`painter`).

use std::collections::{BTreeSet, HashSet};

use shared::logs::LogBatch;

use super::{
    rows::Rows,
    selection::Filter,
    store::{Content, Entry, Gap, Mark, Store},
};

/// What is drawn above and below what can be seen, in pixels: a fast finger sees no empty place.
const OVERSCAN: f64 = 400.0;
/// The same while following, when every row may be another one in the next frame.
const OVERSCAN_AT_END: f64 = 60.0;
/// A line's height before it is measured is not estimated beyond so many rows.
const ROWS_MAX: usize = 24;

/// How large things are drawn, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Metrics {
    /// One row of text.
    pub(super) row: f64,
    /// What a line takes beside its rows of text: on a narrow screen its time stands above it.
    pub(super) beside: f64,
    /// A mark between lines.
    pub(super) mark: f64,
    /// Characters in a row, where lines are wrapped.
    pub(super) columns: Option<usize>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { row: 20.0, beside: 0.0, mark: 34.0, columns: None }
    }
}

impl Metrics {
    fn estimate(&self, entry: &Entry) -> f64 {
        match (&entry.content, self.columns) {
            (Content::Mark(_), _) => self.mark,
            (Content::Line(_), None) => self.row + self.beside,
            (Content::Line(line), Some(columns)) => {
                let rows = line.columns().div_ceil(columns.max(1)).clamp(1, ROWS_MAX);
                self.beside + self.row * rows as f64
            }
        }
    }
}

/// What the eye is on: while new lines come, this stays where it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Eye {
    /// The newest line.
    End,
    /// An entry, and how many pixels of it are above the view.
    On(u64, f64),
}

/// The part of the rows that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Window {
    /// The entries, in order.
    pub(super) sequences: Vec<u64>,
    /// The height of what is before them.
    pub(super) before: f64,
    /// The height of what is after them.
    pub(super) after: f64,
}

/// The log view's state.
#[derive(Debug)]
pub(super) struct Model {
    /// The lines.
    pub(super) store: Store,
    rows: Rows,
    filter: Filter,
    metrics: Metrics,
    open: HashSet<u64>,
    hits: BTreeSet<u64>,
    current: Option<u64>,
    eye: Eye,
    received: u64,
    generation: u32,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            store: Store::default(),
            rows: Rows::default(),
            filter: Filter::default(),
            metrics: Metrics::default(),
            open: HashSet::new(),
            hits: BTreeSet::new(),
            current: None,
            eye: Eye::End,
            received: 0,
            generation: 0,
        }
    }
}

impl Model {
    /// Forgets all lines; what is chosen stays.
    pub(super) fn clear(&mut self) {
        let generation = self.generation.wrapping_add(1);
        *self = Self { filter: self.filter, metrics: self.metrics, generation, ..Self::default() };
    }

    /// Takes a batch of lines, with the gap before them if there is one.
    pub(super) fn take(&mut self, batch: LogBatch) {
        if batch.skipped > 0 {
            self.mark(Mark::Gap(Gap { skipped: batch.skipped, from: batch.gap_from, loading: false }));
        }
        self.received = self.received.saturating_add(batch.lines.len() as u64);
        let first = self.store.next();
        for line in batch.lines {
            self.store.push(line);
        }
        self.show_from(first);
    }

    /// Puts a mark at the end.
    pub(super) fn mark(&mut self, mark: Mark) {
        let first = self.store.next();
        self.store.mark(mark);
        self.show_from(first);
    }

    fn show_from(&mut self, first: u64) {
        for entry in self.store.entries_from(first) {
            if passes(&self.filter, entry) {
                self.rows.push(entry.sequence, self.metrics.estimate(entry));
            }
        }
    }

    /// Lets the oldest go. What is being read stays: returns false if more is held than should be for that
    /// reason, and then no more should be taken.
    pub(super) fn trim(&mut self) -> bool {
        let keep = match self.eye {
            Eye::End => u64::MAX,
            Eye::On(sequence, _) => sequence,
        };
        self.store.trim(keep);
        let first = self.store.first();
        self.rows.drop_before(first);
        while self.hits.first().is_some_and(|hit| *hit < first) {
            self.hits.pop_first();
        }
        self.open.retain(|sequence| *sequence >= first);
        !self.store.is_over()
    }

    /// How many lines have come since the beginning.
    pub(super) fn received(&self) -> u64 {
        self.received
    }

    /// How many rows pass the filter.
    pub(super) fn shown(&self) -> usize {
        self.rows.len()
    }

    /// Shows other lines.
    pub(super) fn set_filter(&mut self, filter: Filter) {
        if self.filter != filter {
            self.filter = filter;
            self.rebuild();
        }
    }

    /// Draws in another size; returns whether that is news.
    pub(super) fn set_metrics(&mut self, metrics: Metrics) -> bool {
        let news = self.metrics != metrics;
        if news {
            self.metrics = metrics;
            self.rebuild();
        }
        news
    }

    /// Changes when heights that were measured are forgotten.
    pub(super) fn generation(&self) -> u32 {
        self.generation
    }

    fn rebuild(&mut self) {
        self.generation = self.generation.wrapping_add(1);
        let (store, filter, metrics) = (&self.store, &self.filter, &self.metrics);
        let shown = store.entries().filter(|entry| passes(filter, entry));
        self.rows.rebuild(shown.map(|entry| (entry.sequence, metrics.estimate(entry))));
    }

    /// Puts lines into a gap; see [`Store::fill`].
    pub(super) fn fill(
        &mut self,
        sequence: u64,
        lines: Vec<shared::logs::LogLine>,
        cursor: shared::logs::LogCursor,
    ) -> Option<u64> {
        let rest = self.store.fill(sequence, lines, cursor);
        self.rebuild();
        rest
    }

    /// Takes a gap away.
    pub(super) fn close_gap(&mut self, sequence: u64) {
        self.store.close(sequence);
        self.rebuild();
    }

    /// Whether a line is open.
    pub(super) fn is_open(&self, sequence: u64) -> bool {
        self.open.contains(&sequence)
    }

    /// Opens a line, or closes it. `height` is the view's.
    pub(super) fn toggle(&mut self, sequence: u64, height: f64) {
        if !self.open.remove(&sequence) {
            self.open.insert(sequence);
        }
        // Who opens a line wants to read it: it stays where it is, and nothing pushes it away.
        if self.eye == Eye::End {
            self.look_at(self.scroll_top(height));
        }
    }

    /// What the eye is on.
    pub(super) fn eye(&self) -> Eye {
        self.eye
    }

    /// Follows the end.
    pub(super) fn follow(&mut self) {
        self.eye = Eye::End;
    }

    /// Stays at what stands at an offset.
    pub(super) fn look_at(&mut self, offset: f64) {
        let index = self.rows.at(offset.max(0.0));
        if let Some(sequence) = self.rows.sequence(index) {
            self.eye = Eye::On(sequence, offset - self.rows.offset(index));
        }
    }

    /// Stays at an entry, at a part of the view's height from its top.
    pub(super) fn look_at_entry(&mut self, sequence: u64, above: f64) {
        self.eye = Eye::On(sequence, -above);
    }

    /// Stays at the first line that was written at a time or later, in milliseconds since 1970.
    pub(super) fn go_to_time(&mut self, at: i64) {
        let found = self.store.entries().find(|entry| match &entry.content {
            Content::Line(line) => line.at().0 >= at,
            Content::Mark(_) => false,
        });
        if let Some(sequence) = found.map(|entry| entry.sequence) {
            self.look_at_entry(sequence, 0.0);
        }
    }

    /// Moves so far that a row can be seen, all of it if there is room; returns whether that was necessary.
    pub(super) fn reveal(&mut self, sequence: u64, height: f64) -> bool {
        let index = self.rows.index_of(sequence);
        let (top, begin, end) =
            (self.scroll_top(height), self.rows.offset(index), self.rows.offset(index + 1));
        let target = if end > top + height || begin < top { (end - height).min(begin) } else { top };
        let moves = (target - top).abs() > 0.5;
        if moves {
            self.look_at(target);
        }
        moves
    }

    /// How far the view has to be scrolled for the eye to be where it is.
    pub(super) fn scroll_top(&self, height: f64) -> f64 {
        let most = (self.rows.total() - height).max(0.0);
        match self.eye {
            Eye::End => most,
            Eye::On(sequence, into) => {
                (self.rows.offset(self.rows.index_of(sequence)) + into).clamp(0.0, most)
            }
        }
    }

    /// What to draw in a view of that height.
    pub(super) fn window(&self, height: f64) -> Window {
        let top = self.scroll_top(height);
        if self.rows.len() == 0 {
            return Window { sequences: Vec::new(), before: 0.0, after: 0.0 };
        }
        let overscan = if self.eye == Eye::End { OVERSCAN_AT_END } else { OVERSCAN };
        let first = self.rows.at((top - overscan).max(0.0));
        let last = self.rows.at(top + height + overscan);
        Window {
            sequences: (first..=last).filter_map(|index| self.rows.sequence(index)).collect(),
            before: self.rows.offset(first),
            after: (self.rows.total() - self.rows.offset(last + 1)).max(0.0),
        }
    }

    /// The first and the last entry that can be seen.
    pub(super) fn seen(&self, height: f64) -> Option<(u64, u64)> {
        let top = self.scroll_top(height);
        Some((self.rows.sequence(self.rows.at(top))?, self.rows.sequence(self.rows.at(top + height - 1.0))?))
    }

    /// Notes how high a row is in truth; returns whether that was news.
    pub(super) fn measured(&mut self, sequence: u64, height: f64) -> bool {
        self.rows.measured(sequence, height).abs() > 0.25
    }

    /// Notes what the search found, in rising order.
    pub(super) fn found(&mut self, sequences: &[u64]) {
        let last = self.rows.len().checked_sub(1).and_then(|index| self.rows.sequence(index));
        for sequence in sequences {
            if self.store.line(*sequence).is_some() {
                self.store.set_hit(*sequence, true);
                self.hits.insert(*sequence);
            }
        }
        if !self.filter.hits_only || sequences.is_empty() {
            return;
        }
        match (last, sequences.first()) {
            (Some(last), Some(first)) if *first <= last => self.rebuild(),
            _ => {
                for entry in sequences.iter().filter_map(|sequence| self.store.get(*sequence)) {
                    if passes(&self.filter, entry) {
                        self.rows.push(entry.sequence, self.metrics.estimate(entry));
                    }
                }
            }
        }
    }

    /// Forgets what the search found.
    pub(super) fn forget_hits(&mut self) {
        self.store.clear_hits();
        self.hits.clear();
        self.current = None;
        if self.filter.hits_only {
            self.rebuild();
        }
    }

    /// In how many lines something was found.
    pub(super) fn hits(&self) -> usize {
        self.hits.len()
    }

    /// The hit the person stands at.
    pub(super) fn current(&self) -> Option<u64> {
        self.current.filter(|current| self.hits.contains(current))
    }

    /// Which of the hits that is, from 1. Counts them.
    pub(super) fn current_number(&self) -> Option<usize> {
        Some(self.hits.range(..=self.current()?).count())
    }

    /// Goes to the next hit, or to the one before; around the ends. `height` is the view's.
    pub(super) fn step(&mut self, forward: bool, height: f64) {
        let from = self
            .current
            .or_else(|| self.seen(height).map(|(first, last)| if forward { first } else { last }));
        let from = from.unwrap_or_default();
        let had = self.current.is_some();
        let shown = |sequence: &&u64| {
            let index = self.rows.index_of(**sequence);
            self.rows.sequence(index) == Some(**sequence)
        };
        let to = if forward {
            let start = if had { from.saturating_add(1) } else { from };
            self.hits.range(start..).find(shown).or_else(|| self.hits.iter().find(shown))
        } else {
            let mut before = if had { self.hits.range(..from) } else { self.hits.range(..=from) };
            before.rfind(shown).or_else(|| self.hits.iter().rfind(shown))
        };
        if let Some(to) = to.copied() {
            self.current = Some(to);
            self.look_at_entry(to, (height / 3.0).floor());
        }
    }
}

fn passes(filter: &Filter, entry: &Entry) -> bool {
    match &entry.content {
        Content::Line(line) => filter.passes(line),
        Content::Mark(_) => true,
    }
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
