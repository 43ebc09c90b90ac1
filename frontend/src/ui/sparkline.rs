//! A line of a minute's figures, without axes; the figure itself stands beside it as text.

use std::fmt::Write as _;

use leptos::prelude::*;

use crate::ui::text::plain;

/// The drawing's size in its own units; the style sheet sets the real one.
const SIZE: (f64, f64) = (52.0, 18.0);
/// So many figures fill it.
pub(crate) const POINTS: usize = 30;

/// A sparkline of the last [`POINTS`] figures, the newest at the end.
#[component]
pub(crate) fn Sparkline(
    /// The figures.
    #[prop(into)]
    values: Signal<Vec<f64>>,
    /// What the top stands for at least, so that a quiet thing looks quiet.
    least_top: f64,
) -> impl IntoView {
    let line = Memo::new(move |_| values.with(|values| path(values, least_top)));
    let area = move || {
        line.with(|line| {
            if line.is_empty() { String::new() } else { format!("{line}V18H{}Z", plain(start(values))) }
        })
    };
    view! {
        <svg class="sparkline" viewBox="0 0 52 18" preserveAspectRatio="none" aria-hidden="true">
            <path class="area" d=area></path>
            <path class="line" d=line></path>
        </svg>
    }
}

fn step() -> f64 {
    SIZE.0 / (POINTS as f64 - 1.0)
}

fn start(values: Signal<Vec<f64>>) -> f64 {
    values.with(|values| POINTS.saturating_sub(values.len())) as f64 * step()
}

fn path(values: &[f64], least_top: f64) -> String {
    let values = values.get(values.len().saturating_sub(POINTS)..).unwrap_or_default();
    let top = values.iter().copied().fold(least_top, f64::max);
    if values.len() < 2 || top <= 0.0 {
        return String::new();
    }
    let skipped = (POINTS - values.len()) as f64;
    let mut path = String::with_capacity(values.len() * 10);
    for (index, value) in values.iter().enumerate() {
        let x = (skipped + index as f64) * step();
        let y = SIZE.1 - 1.0 - value / top * (SIZE.1 - 2.0);
        // Writing to a String cannot fail.
        let _ = write!(path, "{}{} {}", if index == 0 { 'M' } else { 'L' }, plain(x), plain(y));
    }
    path
}
