//! The table: what was measured, what it may be, and whether it is.

use std::{fmt, time::Duration};

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Budget {
    AtLeast(f64),
    AtMost(f64),
    /// Only told.
    None,
}

#[derive(Debug)]
struct Row {
    what: String,
    value: f64,
    unit: &'static str,
    budget: Budget,
    note: String,
}

impl Row {
    fn misses(&self) -> bool {
        match self.budget {
            Budget::AtLeast(least) => self.value < least,
            Budget::AtMost(most) => self.value > most,
            Budget::None => false,
        }
    }

    fn allowed(&self) -> String {
        match self.budget {
            Budget::AtLeast(least) => format!("≥ {}", figure(least, self.unit)),
            Budget::AtMost(most) => format!("≤ {}", figure(most, self.unit)),
            Budget::None => String::new(),
        }
    }
}

/// The rows, in the order they were measured.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<Row>);

impl Table {
    /// Notes a value and says it at once.
    pub(crate) fn row(
        &mut self,
        what: &str,
        value: f64,
        unit: &'static str,
        budget: Budget,
        note: impl Into<String>,
    ) {
        let row = Row { what: what.to_owned(), value, unit, budget, note: note.into() };
        println!(
            "{}{}: {} {}",
            if row.misses() { "MISSES " } else { "" },
            row.what,
            figure(value, unit),
            row.note
        );
        self.0.push(row);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|row| row.what.chars().count()).max().unwrap_or(0);
        writeln!(out, "{:width$}  {:>12}  {:>12}", "What", "measured", "budget")?;
        for row in &self.0 {
            let verdict = if row.misses() { "  MISSES" } else { "" };
            let measured = figure(row.value, row.unit);
            let note = if row.note.is_empty() { String::new() } else { format!("  ({})", row.note) };
            writeln!(out, "{:width$}  {measured:>12}  {:>12}{verdict}{note}", row.what, row.allowed())?;
        }
        let missed = self.0.iter().filter(|row| row.misses()).count();
        match missed {
            0 => writeln!(out, "\nEverything that was measured is within its budget."),
            _ => writeln!(out, "\n{missed} of {} miss their budget.", self.0.len()),
        }
    }
}

fn figure(value: f64, unit: &str) -> String {
    let digits = match value.abs() {
        large if large >= 100.0 || large.fract() == 0.0 => 0,
        middle if middle >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.digits$} {unit}")
}

/// The value below which that part of the sorted samples lies.
pub(crate) fn percentile(samples: &mut [f64], part: f64) -> f64 {
    samples.sort_by(f64::total_cmp);
    let last = samples.len().checked_sub(1).expect("samples");
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index within the samples"
    )]
    let index = (last as f64 * part).round() as usize;
    samples[index.min(last)]
}

/// Milliseconds.
pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
