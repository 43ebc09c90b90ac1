//! Whether the engine answers, in words: for the sidebar's head and for pages that need it.

use leptos::prelude::*;
use shared::{
    UnixMillis,
    environments::{EngineKind, EngineStatus, EnvironmentSummary, UnreachableReason},
};

use crate::{
    components::containers_store::ContainersStore,
    i18n::{I18n, t_string, use_i18n},
    ui::{
        badge::Tone,
        clock, format,
        lazy::{Lazy, part},
        notice::Notice,
    },
};

/// The line under an environment's name; tracked.
pub(crate) fn engine_line(i18n: I18n, summary: Option<&EnvironmentSummary>) -> String {
    let Some(summary) = summary else { return t_string!(i18n, shell.engine.connecting) };
    match (&summary.status, &summary.engine) {
        (EngineStatus::Connecting, _) => t_string!(i18n, shell.engine.connecting),
        (EngineStatus::Unreachable { .. }, _) => t_string!(i18n, shell.engine.unreachable),
        (EngineStatus::Connected { .. }, None) => summary.id.to_string(),
        (EngineStatus::Connected { .. }, Some(engine)) => {
            let version = engine.version.clone();
            match engine.kind {
                EngineKind::Docker => t_string!(i18n, shell.engine.docker, version = version),
                EngineKind::Podman => t_string!(i18n, shell.engine.podman, version = version),
            }
        }
    }
}

/// What happened to the engine and what to do about it; tracked.
pub(crate) fn advice(i18n: I18n, reason: UnreachableReason) -> (String, String) {
    match reason {
        UnreachableReason::NoSocket => {
            (t_string!(i18n, engine.no_socket.title), t_string!(i18n, engine.no_socket.advice))
        }
        UnreachableReason::PermissionDenied => (
            t_string!(i18n, engine.permission_denied.title),
            t_string!(i18n, engine.permission_denied.advice),
        ),
        UnreachableReason::Refused => {
            (t_string!(i18n, engine.refused.title), t_string!(i18n, engine.refused.advice))
        }
        UnreachableReason::NotResponding => {
            (t_string!(i18n, engine.not_responding.title), t_string!(i18n, engine.not_responding.advice))
        }
        UnreachableReason::Lost => (t_string!(i18n, engine.lost.title), t_string!(i18n, engine.lost.advice)),
        UnreachableReason::NotAnEngine => {
            (t_string!(i18n, engine.not_an_engine.title), t_string!(i18n, engine.not_an_engine.advice))
        }
        UnreachableReason::TlsFailed => {
            (t_string!(i18n, engine.tls_failed.title), t_string!(i18n, engine.tls_failed.advice))
        }
    }
}

/// What is known of an engine that does not answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unreachable {
    /// Since when.
    pub(crate) since: UnixMillis,
    /// Why.
    pub(crate) reason: UnreachableReason,
    /// The cause in the system's words.
    pub(crate) detail: String,
}

/// Whether the engine of the shown environment does not answer, and why; tracked.
pub(crate) fn unreachable(store: ContainersStore) -> Option<Unreachable> {
    match store.summary()?.status {
        EngineStatus::Unreachable { since, reason, detail } => Some(Unreachable { since, reason, detail }),
        EngineStatus::Connecting | EngineStatus::Connected { .. } => None,
    }
}

/// A line in the page while the engine does not answer: what is shown below is as it was then.
#[component]
pub(crate) fn EngineNotice() -> impl IntoView {
    let store = ContainersStore::use_store();
    let problem = Memo::new(move |_| unreachable(store));
    move || {
        let problem = problem.get()?;
        Some(view! { <Lazy load=move || notice(problem.clone()) floating=true /> })
    }
}

part! { trouble: fn notice(problem: Unreachable) { view! { <Stale problem /> } } }

#[component]
fn Stale(problem: Unreachable) -> impl IntoView {
    let i18n = use_i18n();
    let Unreachable { since, reason, detail } = problem;
    let text = move || {
        let time = format::duration(i18n, format::since(since, clock::now()).max(format::SECOND));
        let advice = advice(i18n, reason).1;
        t_string!(i18n, engine.stale, duration = time, advice = advice, detail = detail.clone())
    };
    view! {
        <div class="page-notice">
            <Notice tone=Tone::Warning title=move || advice(i18n, reason).0 text=text />
        </div>
    }
}
