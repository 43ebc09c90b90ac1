//! The lines the page holds, in their order, within bounds.
//!
//! Belongs here: keeping, counting, leaving, and closing gaps. Does not: which lines are shown (`rows`), and
//! anything of the browser.
//!
//! Each entry has a sequence number; they rise and need not be contiguous. A gap reserves the numbers of the
//! lines that were left out, so that they can be put in later without renaming any other.

use std::collections::VecDeque;

use shared::{
    UnixMillis,
    logs::{LogCursor, LogLine, LogStream, ansi, level::Level},
};

/// At most so many lines are held.
pub(super) const LINES_MAX: usize = 200_000;
/// And at most so many bytes of text.
pub(super) const BYTES_MAX: usize = 64 * 1024 * 1024;

/// A group of levels, as the chips show them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// Fatal and error.
    Error,
    /// Warnings.
    Warn,
    /// Information.
    Info,
    /// Debug and trace.
    Debug,
    /// Lines that state no level.
    Other,
}

impl Group {
    /// All, in the chips' order.
    pub(super) const ALL: [Self; 5] = [Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Other];

    /// The group of a level.
    pub(super) fn of(level: Option<Level>) -> Self {
        match level {
            Some(Level::Fatal | Level::Error) => Self::Error,
            Some(Level::Warn) => Self::Warn,
            Some(Level::Info) => Self::Info,
            Some(Level::Debug | Level::Trace) => Self::Debug,
            None => Self::Other,
        }
    }

    /// The name in addresses and style sheets.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Other => "other",
        }
    }
}

/// How many of each group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    error: u32,
    warn: u32,
    info: u32,
    debug: u32,
    other: u32,
}

impl Counts {
    /// Of one group.
    pub(super) fn of(self, group: Group) -> u32 {
        match group {
            Group::Error => self.error,
            Group::Warn => self.warn,
            Group::Info => self.info,
            Group::Debug => self.debug,
            Group::Other => self.other,
        }
    }

    fn slot(&mut self, group: Group) -> &mut u32 {
        match group {
            Group::Error => &mut self.error,
            Group::Warn => &mut self.warn,
            Group::Info => &mut self.info,
            Group::Debug => &mut self.debug,
            Group::Other => &mut self.other,
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// When, in nanoseconds since 1970.
    pub(super) nanos: i64,
    /// Where from.
    pub(super) stream: LogStream,
    /// Bytes that were cut from its end.
    pub(super) cut: u64,
    /// Its text as it came.
    pub(super) text: Box<[u8]>,
    /// Its level; an indented line without one has that of the line before.
    pub(super) level: Option<Level>,
    /// Whether the search found something in it.
    pub(super) hit: bool,
}

impl Line {
    fn new(line: LogLine, before: Option<Level>) -> Self {
        let own = shared::logs::level::detect(&line.text);
        let continues = own.is_none() && line.text.first().is_some_and(|first| matches!(first, b' ' | b'\t'));
        Self {
            nanos: line.nanos,
            stream: line.stream,
            cut: line.cut,
            level: if continues { before } else { own },
            text: line.text.into_boxed_slice(),
            hit: false,
        }
    }

    /// When, in milliseconds.
    pub(super) fn at(&self) -> UnixMillis {
        UnixMillis(self.nanos.div_euclid(1_000_000))
    }

    /// What it takes in memory, about.
    fn cost(&self) -> usize {
        self.text.len() + 64
    }

    /// How many columns it may take when it is drawn; about, since only what is drawn is parsed.
    pub(super) fn columns(&self) -> usize {
        self.text.len()
    }

    /// As it is searched and copied.
    pub(super) fn plain(&self) -> std::borrow::Cow<'_, str> {
        ansi::plain(&self.text)
    }
}

/// What stands between lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Lines that were left out.
    Gap(Gap),
    /// The container was started.
    Started(UnixMillis),
    /// The container was started again, and what it ended with was not seen.
    Restarted(UnixMillis),
    /// The container ended.
    Stopped {
        /// When the page noticed.
        at: UnixMillis,
        /// With which code.
        code: Option<i64>,
    },
    /// The connection was lost and is back.
    Resumed {
        /// Since when it was lost.
        lost: UnixMillis,
        /// When it came back.
        back: UnixMillis,
    },
}

/// Lines that were left out because they came faster than the page took them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    /// How many.
    pub(super) skipped: u64,
    /// After which place in the log.
    pub(super) from: LogCursor,
    /// Being loaded.
    pub(super) loading: bool,
}

/// An entry's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A line.
    Line(Line),
    /// Something between lines.
    Mark(Mark),
}

/// A line, or what stands between two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its number.
    pub(super) sequence: u64,
    /// What it is.
    pub(super) content: Content,
}

/// The lines of one log.
#[derive(Debug)]
pub(super) struct Store {
    entries: VecDeque<Entry>,
    next: u64,
    lines: usize,
    bytes: usize,
    left: u64,
    counts: Counts,
    last_level: Option<Level>,
    lines_max: usize,
    bytes_max: usize,
}

impl Default for Store {
    fn default() -> Self {
        Self::with_bounds(LINES_MAX, BYTES_MAX)
    }
}

impl Store {
    fn with_bounds(lines_max: usize, bytes_max: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            next: 0,
            lines: 0,
            bytes: 0,
            left: 0,
            counts: Counts::default(),
            last_level: None,
            lines_max,
            bytes_max,
        }
    }

    /// All entries, from the oldest.
    pub(super) fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> + Clone {
        self.entries.iter()
    }

    /// The entries from a number on.
    pub(super) fn entries_from(&self, sequence: u64) -> impl Iterator<Item = &Entry> {
        self.entries.range(self.position(sequence)..)
    }

    /// How many lines are held.
    pub(super) fn lines(&self) -> usize {
        self.lines
    }

    /// How many lines have left at the beginning.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// Lines by level.
    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// The number of the oldest entry; that of the next one when there is none.
    pub(super) fn first(&self) -> u64 {
        self.entries.front().map_or(self.next, |entry| entry.sequence)
    }

    /// The number that the next entry will have.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// The entry of a number.
    pub(super) fn get(&self, sequence: u64) -> Option<&Entry> {
        self.entries.get(self.position(sequence)).filter(|entry| entry.sequence == sequence)
    }

    /// The line of a number.
    pub(super) fn line(&self, sequence: u64) -> Option<&Line> {
        match &self.get(sequence)?.content {
            Content::Line(line) => Some(line),
            Content::Mark(_) => None,
        }
    }

    fn get_mut(&mut self, sequence: u64) -> Option<&mut Entry> {
        let position = self.position(sequence);
        self.entries.get_mut(position).filter(|entry| entry.sequence == sequence)
    }

    fn position(&self, sequence: u64) -> usize {
        self.entries.partition_point(|entry| entry.sequence < sequence)
    }

    /// Puts a line at the end.
    pub(super) fn push(&mut self, line: LogLine) {
        let line = Line::new(line, self.last_level);
        self.last_level = line.level;
        self.count(&line);
        self.append(Content::Line(line));
    }

    /// Puts a mark at the end.
    pub(super) fn mark(&mut self, mark: Mark) {
        let reserved = if let Mark::Gap(gap) = &mark { gap.skipped } else { 0 };
        self.append(Content::Mark(mark));
        self.next = self.next.saturating_add(reserved);
    }

    fn append(&mut self, content: Content) {
        self.entries.push_back(Entry { sequence: self.next, content });
        self.next = self.next.saturating_add(1);
    }

    fn count(&mut self, line: &Line) {
        self.lines += 1;
        self.bytes += line.cost();
        *self.counts.slot(Group::of(line.level)) += 1;
    }

    fn discount(&mut self, line: &Line) {
        self.lines = self.lines.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(line.cost());
        let slot = self.counts.slot(Group::of(line.level));
        *slot = slot.saturating_sub(1);
    }

    /// Whether more is held than may be.
    pub(super) fn is_over(&self) -> bool {
        self.lines > self.lines_max || self.bytes > self.bytes_max
    }

    /// Lets the oldest leave until all is within bounds again, or until the entry of this number is the
    /// oldest.
    pub(super) fn trim(&mut self, keep_from: u64) {
        while self.is_over() && self.first() < keep_from {
            let Some(entry) = self.entries.pop_front() else { return };
            match entry.content {
                Content::Line(line) => {
                    self.discount(&line);
                    self.left = self.left.saturating_add(1);
                }
                Content::Mark(Mark::Gap(gap)) => self.left = self.left.saturating_add(gap.skipped),
                Content::Mark(_) => {}
            }
        }
    }

    /// Notes whether the search found something in a line.
    pub(super) fn set_hit(&mut self, sequence: u64, hit: bool) {
        if let Some(Entry { content: Content::Line(line), .. }) = self.get_mut(sequence) {
            line.hit = hit;
        }
    }

    /// Forgets what the search found.
    pub(super) fn clear_hits(&mut self) {
        for entry in &mut self.entries {
            if let Content::Line(line) = &mut entry.content {
                line.hit = false;
            }
        }
    }

    /// The gap of a number.
    pub(super) fn gap(&self, sequence: u64) -> Option<&Gap> {
        match &self.get(sequence)?.content {
            Content::Mark(Mark::Gap(gap)) => Some(gap),
            Content::Line(_) | Content::Mark(_) => None,
        }
    }

    /// Says that a gap is being loaded, or no longer.
    pub(super) fn set_loading(&mut self, sequence: u64, loading: bool) {
        if let Some(Entry { content: Content::Mark(Mark::Gap(gap)), .. }) = self.get_mut(sequence) {
            gap.loading = loading;
        }
    }

    /// When the first line after an entry was written.
    pub(super) fn nanos_after(&self, sequence: u64) -> Option<i64> {
        self.entries_from(sequence.saturating_add(1)).find_map(|entry| match &entry.content {
            Content::Line(line) => Some(line.nanos),
            Content::Mark(_) => None,
        })
    }

    /// Puts lines into a gap, from its beginning. What remains of it moves behind them; a gap without a rest
    /// is gone. Returns the number of the remaining gap.
    pub(super) fn fill(&mut self, sequence: u64, lines: Vec<LogLine>, cursor: LogCursor) -> Option<u64> {
        let mut gap = self.gap(sequence)?.clone();
        let position = self.position(sequence);
        let mut tail = self.entries.split_off(position);
        tail.pop_front();
        let mut before = None;
        let mut number = sequence;
        for line in lines.into_iter().take(usize::try_from(gap.skipped).unwrap_or(usize::MAX)) {
            let line = Line::new(line, before);
            before = line.level;
            self.count(&line);
            self.entries.push_back(Entry { sequence: number, content: Content::Line(line) });
            number = number.saturating_add(1);
            gap.skipped = gap.skipped.saturating_sub(1);
        }
        let rest = (gap.skipped > 0).then_some(number);
        if rest.is_some() {
            gap.from = cursor;
            self.entries.push_back(Entry { sequence: number, content: Content::Mark(Mark::Gap(gap)) });
        }
        self.entries.append(&mut tail);
        rest
    }

    /// Takes a gap away: there is nothing more in it.
    pub(super) fn close(&mut self, sequence: u64) {
        if self.gap(sequence).is_some() {
            let position = self.position(sequence);
            self.entries.remove(position);
        }
    }
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
