//! The form that makes a container, in a real Chromium, by `tests/browser/bench-form.mjs`.

use serde::Deserialize;

use crate::{
    Bench,
    browser::script,
    table::{Budget, Table, percentile},
};

/// What the script prints as its last line.
#[derive(Deserialize)]
struct Measured {
    /// From the press on the button until the form can be typed in, its code loaded before.
    open_ms: Vec<f64>,
    /// From a key press until the command and what was checked are drawn.
    key_ms: Vec<f64>,
}

pub(crate) async fn measure(bench: &Bench, table: &mut Table) {
    let mut found: Measured = script(bench, "bench-form.mjs").await;
    let open = percentile(&mut found.open_ms, 0.5);
    table.row("form: press → can be typed in, p50", open, "ms", Budget::None, "");
    let note = "100 ports, 100 variables, 50 mounts";
    for (part, budget) in [(0.50, Budget::None), (0.95, Budget::AtMost(50.0))] {
        let key = percentile(&mut found.key_ms, part);
        table.row(&format!("form: key press → command, p{:.0}", part * 100.0), key, "ms", budget, note);
    }
}
