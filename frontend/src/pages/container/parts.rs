//! Facts that the overview and the facts panel both show: mounts, networks, limits, environment.

use leptos::prelude::*;
use shared::{
    containers::{ContainerDetails, ContainerInspect, EnvVar, Mount},
    live::Sample,
};

use crate::{
    i18n::{I18n, t, t_count, t_string, use_i18n},
    ui::{
        button::{Button, Size, Variant},
        copy::CopyButton,
        format,
        icon::{Icon, IconView},
    },
};

/// A name with its value, left out when there is none.
pub(super) type Fact = (String, Option<String>);

/// Pairs that have a value.
#[component]
pub(super) fn Facts(
    /// The pairs.
    facts: Vec<Fact>,
    /// In the monospaced font.
    #[prop(optional)]
    mono: bool,
) -> impl IntoView {
    view! {
        <dl class="facts" data-dense="">
            {facts
                .into_iter()
                .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)))
                .map(|(name, value)| {
                    let value = if mono {
                        view! { <code>{value}</code> }.into_any()
                    } else {
                        view! { {value} }.into_any()
                    };
                    view! {
                        <dt>{name}</dt>
                        <dd>{value}</dd>
                    }
                })
                .collect_view()}
        </dl>
    }
}

/// The mounts, a line each.
#[component]
pub(super) fn MountList(
    /// Them.
    mounts: Vec<Mount>,
) -> impl IntoView {
    let i18n = use_i18n();
    if mounts.is_empty() {
        return view! { <p class="faint">{t!(i18n, container.mounts.none)}</p> }.into_any();
    }
    view! {
        <ul class="facts-list">
            {mounts
                .into_iter()
                .map(|mount| {
                    let icon = match mount.kind.as_str() {
                        "bind" => Icon::Folder,
                        "tmpfs" => Icon::Memory,
                        _ => Icon::Volume,
                    };
                    let source = if mount.source.is_empty() { mount.kind.clone() } else { mount.source };
                    let kind = mount.kind;
                    let kind = Signal::derive(move || mount_kind(i18n, &kind));
                    let read_only = (!mount.writable)
                        .then(|| view! { <span class="badge">{t!(i18n, container.mounts.read_only)}</span> });
                    view! {
                        <li>
                            <span title=kind>
                                <IconView icon=icon />
                                <span class="visually-hidden">{kind}</span>
                            </span>
                            <code class="truncate" title=source.clone()>{source.clone()}</code>
                            {read_only}
                            <code class="faint push truncate" title=mount.target.clone()>{mount.target.clone()}</code>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}

/// What a mount is; tracked.
pub(super) fn mount_kind(i18n: I18n, kind: &str) -> String {
    match kind {
        "bind" => t_string!(i18n, container.mounts.bind),
        "volume" => t_string!(i18n, container.mounts.volume),
        "tmpfs" => t_string!(i18n, container.mounts.tmpfs),
        other => other.to_owned(),
    }
}

/// What is used of memory, processors and processes, and how much may be; tracked.
pub(super) fn limit_facts(i18n: I18n, details: &ContainerDetails, used: Option<&Sample>) -> Vec<Fact> {
    let memory = details.memory_limit.map(|limit| format::memory(i18n, limit.0));
    let cpus = details.cpu_limit_millis.map(|millis| cores(i18n, millis as f64 / 1000.0));
    let limit = details.pids_limit.and_then(|limit| u64::try_from(limit).ok()).filter(|limit| *limit > 0);
    let processes = limit.map(|limit| format::count(i18n, limit));
    let of = |used: Option<String>, limit: Option<String>| {
        Some(match (used, limit) {
            (Some(used), Some(limit)) => t_string!(i18n, container.limits.of, used = used, limit = limit),
            (Some(used), None) => t_string!(i18n, container.limits.of_none, used = used),
            (None, Some(limit)) => limit,
            (None, None) => t_string!(i18n, container.limits.none),
        })
    };
    let used_memory = used.map(|used| format::memory(i18n, used.memory));
    let used_cpu = used.map(|used| format::processor(i18n, used.cpu_millis));
    let used_processes = used.map(|used| format::count(i18n, u64::from(used.pids)));
    vec![
        (t_string!(i18n, container.limits.memory), of(used_memory, memory)),
        (t_string!(i18n, container.limits.cpu), of(used_cpu, cpus)),
        (t_string!(i18n, container.limits.pids), of(used_processes, processes)),
    ]
}

fn cores(i18n: I18n, cores: f64) -> String {
    let number = format::decimal(i18n, cores, 2);
    if crate::i18n::is_one(i18n.locale(), cores.ceil() as u64) {
        t_string!(i18n, container.limits.cpu_value.one, cpus = number)
    } else {
        t_string!(i18n, container.limits.cpu_value.other, cpus = number)
    }
}

/// The restart policy and how often it acted; tracked.
pub(super) fn restart_text(i18n: I18n, details: &ContainerDetails) -> Option<String> {
    let policy = details.restart_policy.as_deref()?;
    let words = match policy.split_once(':') {
        Some(("on-failure", times)) => {
            t_string!(i18n, container.life.policy.on_failure_times, times = times.to_owned())
        }
        _ => match policy {
            "" | "no" => t_string!(i18n, container.life.policy.no),
            "always" => t_string!(i18n, container.life.policy.always),
            "unless-stopped" => t_string!(i18n, container.life.policy.unless_stopped),
            "on-failure" => t_string!(i18n, container.life.policy.on_failure),
            other => other.to_owned(),
        },
    };
    Some(match details.restart_count.filter(|count| *count > 0) {
        Some(count) => {
            let count = t_count!(i18n, count, container.life.restarts);
            t_string!(i18n, container.life.policy_count, policy = words, count = count)
        }
        None => words,
    })
}

/// The line below a view: the command that tells the same.
#[component]
pub(super) fn CommandFoot(
    /// The command.
    command: Signal<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <ul class="status-line">
            <li class="push">
                <code>{command}</code>
                <CopyButton text=command label=move || Some(t_string!(i18n, common.copy_command)) />
            </li>
        </ul>
    }
}

/// Whether the environment's values are shown.
#[derive(Clone, Copy)]
pub(super) struct EnvShown(pub(super) RwSignal<bool>);

/// The button that shows and hides the values; nothing for who may not see them.
#[component]
pub(super) fn EnvToggle(
    /// Whether they are shown.
    shown: EnvShown,
    /// Whether the server left them out.
    masked: bool,
    /// Whether there are any.
    any: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let label = move || {
        if shown.0.get() { t_string!(i18n, container.env.hide) } else { t_string!(i18n, container.env.show) }
    };
    (any && !masked).then(|| {
        view! {
            <Button
                label=label
                variant=Variant::Link
                size=Size::Small
                on_press=move || shown.0.update(|shown| *shown = !*shown)
            />
        }
    })
}

/// So many pairs are drawn before the rest is asked for: some containers have thousands.
const FIRST: usize = 40;

/// Pairs of names and values, the first at once and the rest when asked for.
#[component]
pub(super) fn PairList<T: Clone + Send + Sync + 'static>(
    /// Them.
    pairs: Vec<T>,
    /// The name of one.
    name: fn(&T) -> String,
    /// Draws the value of one.
    value: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let all = RwSignal::new(false);
    let total = pairs.len();
    let has_more = move || total > FIRST && !all.get();
    let shown = move || {
        let count = if all.get() { total } else { FIRST };
        let drawn = pairs.iter().take(count).cloned();
        drawn
            .map(|pair| {
                view! {
                    <dt>
                        <code>{name(&pair)}</code>
                    </dt>
                    <dd>{value(pair)}</dd>
                }
            })
            .collect_view()
    };
    view! {
        <dl class="env-list">{shown}</dl>
        <Show when=has_more>
            <Button
                label=move || t_count!(i18n, total - FIRST, container.env.more)
                variant=Variant::Link
                size=Size::Small
                on_press=move || all.set(true)
            />
        </Show>
    }
}

/// The variables; their values are hidden until they are asked for.
#[component]
pub(super) fn EnvList(
    /// The container.
    inspect: ContainerInspect,
    /// Whether the values are shown.
    shown: EnvShown,
) -> impl IntoView {
    let i18n = use_i18n();
    let env = inspect.details.env;
    if env.is_empty() {
        return view! { <p class="faint">{t!(i18n, container.env.none)}</p> }.into_any();
    }
    view! {
        <PairList
            pairs=env
            name=|variable: &EnvVar| variable.name.clone()
            value=move |variable| view! { <EnvValue variable shown /> }.into_any()
        />
        {inspect.masked.then(|| view! { <p class="field-hint">{t!(i18n, container.env.masked)}</p> })}
    }
    .into_any()
}

#[component]
fn EnvValue(variable: EnvVar, shown: EnvShown) -> impl IntoView {
    let i18n = use_i18n();
    let EnvVar { name, value } = variable;
    move || {
        match (value.clone(), shown.0.get()) {
        (Some(value), true) if value.is_empty() => {
            view! { <span class="faint">{t!(i18n, container.env.empty)}</span> }.into_any()
        }
        (Some(value), true) => {
            let label = t_string!(i18n, container.env.copy, name = name.clone());
            view! {
                <span class="env-value">
                    <code>{value.clone()}</code>
                    <CopyButton text=value label=Some(label) />
                </span>
            }
            .into_any()
        }
        (Some(_) | None, _) => {
            view! { <span class="faint" role="img" aria-label=t!(i18n, container.env.hidden)>"••••••••"</span> }
                .into_any()
        }
    }
    }
}
