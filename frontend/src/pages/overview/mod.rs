//! The overview of an environment: what the engine is, how its containers do, what needs attention, and what
//! takes room. Live through the environment's topic and the containers of the page; only the disk is asked.

mod attention;
mod disk;
mod engine;
mod strip;
mod unreachable;

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    EnvironmentId,
    containers::{Condition, ContainerSummary},
    environments::{EngineFacts, EngineStatus, EnvironmentSummary},
};

use crate::{
    components::{
        containers_store::{ContainersStore, ListStatus},
        shell::use_breadcrumb,
    },
    i18n::{I18n, t, t_string, use_i18n},
    paths,
    ui::{
        format,
        icon::{Icon, IconView},
        progress::Busy,
        state::condition_key,
    },
};
use attention::{Attention, is_trouble};
use disk::DiskCard;
use engine::{EngineCard, engine_name};
use strip::StateStrip;
use unreachable::Unreachable;

/// The list of an environment's containers in one condition.
fn list_of(environment: &EnvironmentId, condition: Condition) -> String {
    format!("{}?state={}", paths::containers(environment), condition_key(condition))
}

/// The list of an environment's containers that need attention.
fn list_of_troubles(environment: &EnvironmentId) -> String {
    let keys: Vec<&str> = [Condition::Unhealthy, Condition::Restarting, Condition::Failed, Condition::Dead]
        .into_iter()
        .map(condition_key)
        .collect();
    format!("{}?state={}", paths::containers(environment), keys.join(","))
}

/// The page.
#[component]
pub(crate) fn OverviewPage() -> impl IntoView {
    let i18n = use_i18n();
    let store = ContainersStore::use_store();
    use_breadcrumb(Vec::new);
    let environment = Memo::new(move |_| store.environment());
    let summary = Memo::new(move |_| store.summary());
    let facts = Memo::new(move |_| summary.get().and_then(|summary| summary.engine));
    let counts = Memo::new(move |_| summary.get().map(|summary| summary.counts).unwrap_or_default());
    let warnings = Memo::new(move |_| facts.get().map(|facts| facts.warnings).unwrap_or_default());
    let connected = Memo::new(move |_| {
        summary.with(|summary| {
            summary.as_ref().is_some_and(|summary| matches!(summary.status, EngineStatus::Connected { .. }))
        })
    });
    let status = Memo::new(move |_| summary.get().map(|summary| summary.status));
    let troubles =
        Memo::new(move |_| (store.status() == ListStatus::Ready).then(|| troubles_of(store.all())));

    view! {
        <Head summary facts />
        <Show
            when=move || summary.with(Option::is_some)
            fallback=move || {
                view! {
                    <div class="page-body late">
                        <Busy label=t!(i18n, overview.unreachable.connecting) />
                    </div>
                }
            }
        >
            <div class="page-body grid overview-grid">
                {move || match status.get() {
                    Some(EngineStatus::Unreachable { since, reason, detail }) => {
                        Some(view! { <Unreachable since reason detail stale=facts.with(Option::is_some) /> })
                    }
                    Some(EngineStatus::Connecting | EngineStatus::Connected { .. }) | None => None,
                }}
                <Show when=move || connected.get() || facts.with(Option::is_some)>
                    <StateStrip environment counts />
                    <Attention environment troubles warnings />
                    <EngineCard facts />
                    <DiskCard environment connected />
                </Show>
            </div>
        </Show>
    }
}

/// Those that need attention, the worst first.
fn troubles_of(all: Vec<Arc<ContainerSummary>>) -> Vec<ContainerSummary> {
    let mut troubles: Vec<ContainerSummary> =
        all.iter().filter(|container| is_trouble(container)).map(|container| (**container).clone()).collect();
    troubles.sort_by(|a, b| (a.condition(), b.since, &a.name).cmp(&(b.condition(), a.since, &b.name)));
    troubles
}

/// Name, connection, and which engine it is.
#[component]
fn Head(summary: Memo<Option<EnvironmentSummary>>, facts: Memo<Option<EngineFacts>>) -> impl IntoView {
    let i18n = use_i18n();
    let title = move || {
        summary.with(|summary| match summary {
            Some(summary) if !summary.name.is_empty() => summary.name.clone(),
            Some(summary) => summary.id.to_string(),
            None => t_string!(i18n, overview.title),
        })
    };
    let answers = Memo::new(move |_| {
        summary.with(|summary| {
            summary
                .as_ref()
                .is_some_and(|summary| !matches!(summary.status, EngineStatus::Unreachable { .. }))
        })
    });
    view! {
        <div class="page-header">
            <h1 class="page-title">{title}</h1>
            <ul class="page-meta">
                <li aria-live="polite">
                    <IconView icon=move || if answers.get() { Icon::Plug } else { Icon::PlugOff } small=true />
                    {move || summary.with(|summary| summary.as_ref().map(|summary| connection(i18n, &summary.status)))}
                </li>
                {move || {
                    facts
                        .get()
                        .map(|facts| {
                            let name = format!("{} {}", engine_name(facts.kind), facts.version);
                            let system = system(i18n, &facts);
                            view! {
                                <li class="wide-only">{name}</li>
                                {system.map(|system| view! { <li class="wide-only">{system}</li> })}
                            }
                        })
                }}
            </ul>
        </div>
    }
}

fn connection(i18n: I18n, status: &EngineStatus) -> String {
    match status {
        EngineStatus::Connecting => t_string!(i18n, overview.status.connecting),
        EngineStatus::Connected { .. } => t_string!(i18n, overview.status.connected),
        EngineStatus::Unreachable { since, .. } => {
            t_string!(i18n, overview.status.unreachable, time = format::time(i18n, *since))
        }
    }
}

fn system(i18n: I18n, facts: &EngineFacts) -> Option<String> {
    let system = facts.operating_system.clone()?;
    Some(match facts.kernel.clone() {
        Some(kernel) => t_string!(i18n, overview.kernel, system = system, kernel = kernel),
        None => system,
    })
}
