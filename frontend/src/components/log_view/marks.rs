//! Starts, stops and lost connections, where they belong among the lines.

use leptos::prelude::*;
use shared::{
    UnixMillis,
    containers::{ContainerState, ContainerSummary},
};

use super::{Parts, log::Phase, store::Mark};
use crate::live::{self, Connection};

/// Keeps the marks as long as the view lives, and goes on with the log when the container is started again.
pub(super) fn follow(parts: Parts, container: Signal<ContainerSummary>) {
    follow_container(parts, container);
    follow_connection(parts);
}

/// The stream ends when the container does. Its end is marked once both are known: that no more lines come, so
/// that the mark stands behind the last, and that the container has stopped.
fn follow_container(parts: Parts, container: Signal<ContainerSummary>) {
    let state = Memo::new(move |_| container.with(|container| (container.state, container.exit_code)));
    let marked_stop = StoredValue::new(true);
    let started = StoredValue::new(false);
    Effect::new(move |before: Option<ContainerState>| {
        let (state, code) = state.get();
        let ended = parts.shown.phase.with(|phase| *phase == Phase::Ended);
        let follows = parts.chosen.range.get_untracked().follows();
        let runs = matches!(state, ContainerState::Running | ContainerState::Paused);
        if before.is_none() {
            // What it was when the page came is told by the page's head.
            marked_stop.set_value(!runs);
            started.set_value(runs);
            return state;
        }
        if !follows {
            return state;
        }
        if runs {
            if ended {
                let mark = if marked_stop.get_value() { Mark::Started } else { Mark::Restarted };
                parts.act(|log| {
                    log.mark(mark(now()));
                    log.feed.go_on(log);
                });
                marked_stop.set_value(false);
            } else if !started.get_value() {
                marked_stop.set_value(false);
            }
            started.set_value(true);
        } else if ended && !marked_stop.get_value() {
            marked_stop.set_value(true);
            started.set_value(false);
            parts.act(|log| log.mark(Mark::Stopped { at: now(), code }));
        }
        state
    });
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
