//! Counting lines by when they were written.

use super::{
    model::Model,
    store::{Content, Group, Line},
};

/// So many bars.
pub(super) const BARS: usize = 120;

/// The lines of one bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bar {
    /// Errors and worse.
    pub(super) error: u32,
    /// Warnings.
    pub(super) warn: u32,
    /// All others.
    pub(super) plain: u32,
}

/// The lines that are held, by time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Times {
    /// When the first was written, in milliseconds since 1970.
    pub(super) from: i64,
    /// When the last was.
    pub(super) to: i64,
    bars: Vec<Bar>,
    window: Option<(f64, f64)>,
}

impl Times {
    /// Of what a log view holds; `height` is that of the view.
    pub(super) fn of(model: &Model, height: f64) -> Self {
        let mut lines = model.store.entries().filter_map(|entry| match &entry.content {
            Content::Line(line) => Some(line),
            Content::Mark(_) => None,
        });
        let (Some(first), Some(last)) = (lines.clone().next(), lines.clone().next_back()) else {
            return Self::default();
        };
        let (from, to) = (first.at().0, last.at().0.max(first.at().0 + 1));
        let mut times = Self { from, to, bars: vec![Bar::default(); BARS], window: None };
        lines.by_ref().for_each(|line| times.count(line));
        let at = |sequence: u64| {
            let line = model.store.entries_from(sequence).find_map(|entry| match &entry.content {
                Content::Line(line) => Some(line),
                Content::Mark(_) => None,
            });
            line.map_or(1.0, |line| times.share(line.at().0))
        };
        times.window = model.seen(height).map(|(first, last)| (at(first), at(last)));
        times
    }

    fn count(&mut self, line: &Line) {
        let index = ((self.share(line.at().0) * BARS as f64) as usize).min(BARS - 1);
        if let Some(bar) = self.bars.get_mut(index) {
            match Group::of(line.level) {
                Group::Error => bar.error += 1,
                Group::Warn => bar.warn += 1,
                Group::Info | Group::Debug | Group::Other => bar.plain += 1,
            }
        }
    }

    fn share(&self, at: i64) -> f64 {
        ((at - self.from) as f64 / (self.to - self.from) as f64).clamp(0.0, 1.0)
    }

    /// Whether there is nothing to count.
    pub(super) fn is_empty(&self) -> bool {
        self.bars.is_empty()
    }

    /// The bars with their numbers.
    pub(super) fn bars(&self) -> impl Iterator<Item = (usize, Bar)> {
        self.bars.iter().copied().enumerate()
    }

    /// The lines of the highest bar.
    pub(super) fn most(&self) -> u32 {
        self.bars.iter().map(|bar| bar.error + bar.warn + bar.plain).max().unwrap_or_default()
    }

    /// Errors in all.
    pub(super) fn errors(&self) -> u64 {
        self.bars.iter().map(|bar| u64::from(bar.error)).sum()
    }

    /// The part on the screen, as shares of the whole.
    pub(super) fn window(&self) -> Option<(f64, f64)> {
        self.window
    }

    /// The time at a share of the whole, in milliseconds since 1970.
    pub(super) fn at(&self, share: f64) -> i64 {
        self.from + ((self.to - self.from) as f64 * share.clamp(0.0, 1.0)) as i64
    }
}

#[cfg(test)]
mod tests {
    use shared::logs::{LogBatch, LogCursor, LogLine, LogStream};

    use super::*;

    #[test]
    fn lines_are_counted_where_they_belong() {
        let mut model = Model::default();
        let line = |seconds: i64, text: &str| LogLine {
            nanos: seconds * 1_000_000_000,
            stream: LogStream::Stdout,
            cut: 0,
            text: text.as_bytes().to_vec(),
        };
        assert!(Times::of(&model, 100.0).is_empty());
        let lines = vec![line(0, "a"), line(60, "WARN b"), line(60, "c"), line(120, "ERROR d")];
        let cursor = LogCursor::default();
        model.take(LogBatch { subscription: 1, skipped: 0, gap_from: cursor, cursor, lines });
        let times = Times::of(&model, 40.0);
        let bars: Vec<(usize, Bar)> = times.bars().filter(|(_, bar)| *bar != Bar::default()).collect();
        assert_eq!(bars.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [0, 60, 119]);
        assert_eq!((times.most(), times.errors(), times.window()), (2, 1, Some((0.5, 1.0))));
        assert_eq!(times.at(0.5), 60_000);
    }
}
