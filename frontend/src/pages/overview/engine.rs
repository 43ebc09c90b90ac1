//! What the engine tells of itself; what it leaves out is left out.

use leptos::prelude::*;
use shared::environments::{EngineFacts, EngineKind};

use crate::{
    i18n::{I18n, t, t_string, use_i18n},
    ui::format,
};

/// The engine's name for people.
pub(super) fn engine_name(kind: EngineKind) -> &'static str {
    match kind {
        EngineKind::Docker => "Docker",
        EngineKind::Podman => "Podman",
    }
}

/// The card of facts.
#[component]
pub(super) fn EngineCard(
    /// What the engine told when it was last reached; absent before it ever answered.
    facts: Memo<Option<EngineFacts>>,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="card" data-span="4" data-tall="" aria-labelledby="engine-title">
            <div class="card-head">
                <h2 id="engine-title">{t!(i18n, overview.engine.title)}</h2>
            </div>
            <div class="card-body">
                {move || match facts.get() {
                    None => view! { <p class="muted">{t!(i18n, overview.engine.unknown)}</p> }.into_any(),
                    Some(facts) => {
                        let podman = (facts.kind == EngineKind::Podman)
                            .then(|| view! { <p class="field-hint">{t!(i18n, overview.engine.podman)}</p> });
                        view! {
                            <dl class="facts" data-dense>
                                {rows(i18n, &facts)
                                    .into_iter()
                                    .map(|(name, value)| {
                                        view! {
                                            <dt>{name}</dt>
                                            <dd>{value}</dd>
                                        }
                                    })
                                    .collect_view()}
                            </dl>
                            {podman}
                        }
                            .into_any()
                    }
                }}
            </div>
        </section>
    }
}

/// Names and values, without those that the engine does not tell.
fn rows(i18n: I18n, facts: &EngineFacts) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let mut add = |name: String, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            rows.push((name, value));
        }
    };
    add(t_string!(i18n, overview.engine.version), Some(version(i18n, facts)));
    add(
        t_string!(i18n, overview.engine.host),
        joined([facts.host_name.as_deref(), facts.architecture.as_deref()]),
    );
    add(t_string!(i18n, overview.engine.system), facts.operating_system.clone());
    add(t_string!(i18n, overview.engine.kernel), facts.kernel.clone());
    add(
        t_string!(i18n, overview.engine.processors),
        facts.processors.map(|count| format::count(i18n, u64::from(count))),
    );
    add(t_string!(i18n, overview.engine.memory), facts.memory.map(|memory| format::memory(i18n, memory.0)));
    add(t_string!(i18n, overview.engine.storage), facts.storage_driver.clone());
    add(t_string!(i18n, overview.engine.folder), facts.data_folder.clone());
    add(t_string!(i18n, overview.engine.logging), facts.logging_driver.clone());
    add(t_string!(i18n, overview.engine.cgroups), cgroups(i18n, facts));
    add(
        t_string!(i18n, overview.engine.security),
        list(facts.security_options.iter().map(|option| security(option))),
    );
    add(t_string!(i18n, overview.engine.swarm), facts.swarm.as_deref().map(|state| swarm(i18n, state)));
    add(t_string!(i18n, overview.engine.runtimes), list(facts.runtimes.iter().cloned()));
    rows
}

fn version(i18n: I18n, facts: &EngineFacts) -> String {
    t_string!(
        i18n,
        overview.engine.version_value,
        name = engine_name(facts.kind),
        version = facts.version.clone(),
        api = facts.api_version.clone()
    )
}

fn cgroups(i18n: I18n, facts: &EngineFacts) -> Option<String> {
    let version = facts.cgroup_version.clone()?;
    Some(match facts.cgroup_driver.clone() {
        Some(driver) => t_string!(i18n, overview.engine.cgroups_value, version = version, driver = driver),
        None => t_string!(i18n, overview.engine.cgroups_version, version = version),
    })
}

/// `name=seccomp,profile=builtin` is `seccomp`.
fn security(option: &str) -> String {
    let first = option.split(',').next().unwrap_or(option);
    first.strip_prefix("name=").unwrap_or(first).to_owned()
}

fn swarm(i18n: I18n, state: &str) -> String {
    match state {
        "inactive" | "" => t_string!(i18n, overview.engine.swarm_off),
        "active" => t_string!(i18n, overview.engine.swarm_on),
        other => other.to_owned(),
    }
}

fn joined<const N: usize>(parts: [Option<&str>; N]) -> Option<String> {
    list(parts.into_iter().flatten().filter(|part| !part.is_empty()).map(str::to_owned))
}

fn list(parts: impl Iterator<Item = String>) -> Option<String> {
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
