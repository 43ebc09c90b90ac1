//! Starts, stops and lost connections, where they belong among the lines.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use shared::{
    UnixMillis,
    containers::{ContainerState, ContainerSummary},
};

use super::{Parts, log::Phase, store::Mark};
use crate::live::{self, Connection};

/// The list is at most so much later than the stream, in milliseconds.
const LIST_MS: u32 = 1_500;

/// Keeps the marks as long as the view lives, and goes on with the log when the container is started again.
pub(super) fn follow(parts: Parts, container: Signal<ContainerSummary>) {
    follow_container(parts, container);
    follow_connection(parts);
}

/// The stream ends when the container does, and the list says a moment later, or earlier, that it has stopped.
/// The stop is marked once both are known, behind the last line. A container that runs on as if nothing had
/// been was restarted faster than the list tells.
fn follow_container(parts: Parts, container: Signal<ContainerSummary>) {
    let state = Memo::new(move |_| container.with(|container| (container.state, container.exit_code)));
    // What it was when the page came is told by the page's head.
    let stop_marked = StoredValue::new(!runs(state.get_untracked().0));
    let waits = StoredValue::new_local(None::<Timeout>);
    Effect::new(move || {
        let (now_is, code) = state.get();
        let ended = parts.shown.phase.with(|phase| *phase == Phase::Ended);
        waits.set_value(None);
        if !ended || !parts.chosen.range.get_untracked().follows() {
            return;
        }
        match (runs(now_is), stop_marked.get_value()) {
            (true, true) => {
                stop_marked.set_value(false);
                go_on(parts, Mark::Started(now()));
            }
            (true, false) => {
                waits.set_value(Some(Timeout::new(LIST_MS, move || go_on(parts, Mark::Restarted(now())))));
            }
            (false, false) => {
                stop_marked.set_value(true);
                parts.act(|log| log.mark(Mark::Stopped { at: now(), code }));
            }
            (false, true) => {}
        }
    });
}

fn go_on(parts: Parts, mark: Mark) {
    parts.act(|log| {
        log.mark(mark);
        log.feed.go_on(log);
    });
}

fn runs(state: ContainerState) -> bool {
    matches!(state, ContainerState::Running | ContainerState::Paused)
}

fn follow_connection(parts: Parts) {
    let connection = live::connection();
    Effect::new(move |before: Option<Connection>| {
        let connection = connection.get();
        if let (Some(Connection::Lost { since }), Connection::Connected) = (before, connection) {
            parts.act(|log| log.mark(Mark::Resumed { lost: UnixMillis(since as i64), back: now() }));
        }
        connection
    });
}

fn now() -> UnixMillis {
    UnixMillis(js_sys::Date::now() as i64)
}
