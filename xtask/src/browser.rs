//! The browser tests: Playwright with Debian's Chromium, and its result in a line of plain words.

use std::{fs, path::Path};

use serde_json::Value;

use crate::{
    engines::Engine,
    error::{AtPath, Error, Result},
    process,
    workspace::Workspace,
};

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
    let status = process::status(&mut playwright, "the browser tests")?;
    let text = fs::read(&report).at(&report)?;
    let counts = counts(&text)?;
    println!("browser: {} passed, {} failed", counts.passed, counts.failed);
    if status.success() && counts.failed == 0 && counts.passed > 0 {
        Ok(())
    } else {
        Err(Error::Program { what: "the browser tests".to_owned(), how: status.to_string() })
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
}

/// A flaky test failed once, and counts as failed here: a retry is for seeing its trace.
fn counts(report: &[u8]) -> Result<Counts> {
    let report: Value = serde_json::from_slice(report)
        .map_err(|error| Error::Build(format!("Playwright's report: {error}")))?;
    let count = |name: &str| report.pointer(&format!("/stats/{name}")).and_then(Value::as_u64).unwrap_or(0);
    let errors = report.get("errors").and_then(Value::as_array).map_or(0, Vec::len) as u64;
    Ok(Counts { passed: count("expected"), failed: count("unexpected") + count("flaky") + errors })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flaky_test_and_an_error_outside_of_tests_count_as_failed() {
        let report =
            br#"{"stats": {"expected": 7, "unexpected": 1, "flaky": 1, "skipped": 0}, "errors": [{}]}"#;
        assert_eq!(counts(report).unwrap(), Counts { passed: 7, failed: 3 });
    }
}
