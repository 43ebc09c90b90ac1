//! The browser tests: Playwright with Debian's Chromium, and its result in a line of plain words.

use std::{fs, path::Path};

use serde_json::Value;

use crate::{
    engines::Engine,
    error::{AtPath, Error, Result},
    process,
    workspace::Workspace,
};

/// So many tests may fail once and pass at the second try, as a loaded machine makes them; more is a fault.
const MOST_FLAKY: u64 = 2;

/// Runs `tests/browser` against the console binary and the engine. `rest` goes to Playwright.
pub(crate) fn run(workspace: &Workspace, binary: &Path, engine: &Engine, rest: &[String]) -> Result<()> {
    let folder = workspace.path("tests/browser");
    let report = workspace.own("browser.json");
    if report.exists() {
        fs::remove_file(&report).at(&report)?;
    }
    let mut playwright = process::command(folder.join("node_modules/.bin/playwright"));
    playwright
        .args(["test", "--reporter=list,json"])
        .args(rest)
        .current_dir(&folder)
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report)
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report)
        .env("LONGSHORE_BIN", binary);
    engine.tell(&mut playwright);
    let (status, said) = process::watched(&mut playwright, "the browser tests")?;
    let text = fs::read(&report).at(&report)?;
    let counts = counts(&text)?;
    let Counts { passed, flaky, failed } = counts;
    println!("browser: {passed} passed, {flaky} passed at the second try, {failed} failed");
    if status.success() && failed == 0 && flaky <= MOST_FLAKY && passed > 0 {
        Ok(())
    } else {
        Err(Error::Failed { what: "the browser tests".to_owned(), how: status.to_string(), said })
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Counts {
    passed: u64,
    flaky: u64,
    failed: u64,
}

/// What passed, what failed and passed at the second try, and what failed.
fn counts(report: &[u8]) -> Result<Counts> {
    let report: Value = serde_json::from_slice(report)
        .map_err(|error| Error::Build(format!("Playwright's report: {error}")))?;
    let count = |name: &str| report.pointer(&format!("/stats/{name}")).and_then(Value::as_u64).unwrap_or(0);
    let errors = report.get("errors").and_then(Value::as_array).map_or(0, Vec::len) as u64;
    Ok(Counts { passed: count("expected"), flaky: count("flaky"), failed: count("unexpected") + errors })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_outside_of_tests_counts_as_failed_and_a_second_try_is_told() {
        let report =
            br#"{"stats": {"expected": 7, "unexpected": 1, "flaky": 1, "skipped": 0}, "errors": [{}]}"#;
        assert_eq!(counts(report).unwrap(), Counts { passed: 7, flaky: 1, failed: 2 });
    }
}
