//! The commands of this session: what the person's actions in this tab amounted to.
//!
//! Belongs here: keeping the record in the tab, where it outlives a reload and ends with the session. Does not:
//! its form (`shared::commands`), showing it (`pages::commands`). Nothing of it is told to the server.

use std::cell::OnceCell;

use leptos::prelude::*;
use shared::{
    ApiError, EnvironmentId, ErrorCode, JobId, UnixMillis,
    commands::{Outcome, Record, Said, Word},
};

use crate::{
    components::error_text::error_text,
    i18n::I18n,
    ui::storage::{self, COMMANDS},
};

thread_local! {
    static SHOWN: OnceCell<ArcRwSignal<Record>> = const { OnceCell::new() };
}

fn read() -> Record {
    let kept = storage::read_in_tab(COMMANDS);
    kept.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default()
}

/// The record, as it is now and as it grows.
pub(crate) fn commands() -> ArcRwSignal<Record> {
    let shown = SHOWN.with(|shown| shown.get_or_init(|| ArcRwSignal::new(Record::default())).clone());
    // What the tab keeps counts: it is emptied when the session ends.
    shown.set(read());
    shown
}

/// Empties the record.
pub(crate) fn forget() {
    storage::forget_in_tab(COMMANDS);
    let _ = commands();
}

/// Notes that something was done, or was tried in vain.
pub(crate) fn note(i18n: I18n, environment: EnvironmentId, words: Vec<Word>, failure: Option<&ApiError>) {
    note_as(
        environment,
        words,
        failure.map_or(Outcome::Done, |error| fallen(error, error_text(i18n, error))),
    );
}

/// How an action ended that has no reply of success. A page that is left, and a line that breaks, do not stop
/// what the console does already.
pub(crate) fn fallen(error: &ApiError, words: String) -> Outcome {
    if error.code == ErrorCode::Network { Outcome::Unknown } else { Outcome::Failed(words) }
}

/// Notes an action that ended so.
pub(crate) fn note_as(environment: EnvironmentId, words: Vec<Word>, outcome: Outcome) {
    let mut record = read();
    record.push(Said { at: UnixMillis(js_sys::Date::now() as i64), environment, words, outcome });
    keep(record);
}

/// Notes how a job ended that was begun in this tab; of any other, nothing.
pub(crate) fn settle(job: JobId, outcome: &Outcome) {
    let mut record = read();
    if record.settle(job, outcome) {
        keep(record);
    }
}

fn keep(record: Record) {
    if let Ok(text) = serde_json::to_string(&record) {
        storage::write_in_tab(COMMANDS, &text);
    }
    SHOWN.with(|shown| {
        if let Some(shown) = shown.get() {
            shown.set(record);
        }
    });
}
