//! The cards of facts. What the engine leaves out is left out.

use leptos::prelude::*;
use shared::{
    UnixMillis,
    containers::{ContainerInspect, exit_cause},
};

use super::super::{
    facts_panel::short_digest,
    figures::Figures,
    parts::{EnvList, EnvShown, EnvToggle, Fact, Facts, MountList, PairList, limit_facts, restart_text},
    ports::PortList,
    subject::Subject,
};
use crate::{
    components::exit_text::{exit_text, lower_first},
    i18n::{I18n, t, t_string, use_i18n},
    ui::{clock::Ago, format},
};

/// A card with its title.
#[component]
pub(super) fn FactCard(
    /// Of the title, for links to the card.
    id: &'static str,
    /// What the facts are about.
    #[prop(into)]
    title: Signal<String>,
    /// At the end of the head.
    #[prop(optional, into)]
    head: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby=id>
            <div class="card-head">
                <h2 id=id>{title}</h2>
                {head.map(|head| view! { <span class="push">{head.run()}</span> })}
            </div>
            <div class="card-body">{children()}</div>
        </section>
    }
}

/// What runs.
#[component]
pub(super) fn ProcessCard(inspect: ContainerInspect) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <FactCard id="process-title" title=t!(i18n, container.process.title)>
            {move || view! { <Facts facts=process_facts(i18n, &inspect) /> }}
        </FactCard>
    }
}

fn process_facts(i18n: I18n, inspect: &ContainerInspect) -> Vec<Fact> {
    let details = &inspect.details;
    let terminal = match (details.tty, details.open_stdin) {
        (true, true) => t_string!(i18n, container.process.terminal_both),
        (true, false) => t_string!(i18n, container.process.terminal_tty),
        (false, true) => t_string!(i18n, container.process.terminal_input),
        (false, false) => t_string!(i18n, container.process.terminal_none),
    };
    let user = details.user.clone().filter(|user| !user.is_empty());
    vec![
        (t_string!(i18n, container.process.image), Some(inspect.summary.image.clone())),
        (t_string!(i18n, container.process.image_id), Some(short_digest(&inspect.summary.image_id))),
        (t_string!(i18n, container.process.entrypoint), Some(details.entrypoint.join(" "))),
        (t_string!(i18n, container.process.command), Some(details.command.join(" "))),
        (t_string!(i18n, container.process.working_dir), details.working_dir.clone()),
        (
            t_string!(i18n, container.process.user),
            Some(user.unwrap_or_else(|| t_string!(i18n, container.process.user_default))),
        ),
        (t_string!(i18n, container.process.host_name), details.host_name.clone()),
        (
            t_string!(i18n, container.process.pid),
            details.pid.filter(|pid| *pid > 0).map(|pid| pid.to_string()),
        ),
        (t_string!(i18n, container.process.terminal), Some(terminal)),
        (t_string!(i18n, container.process.log_driver), details.log_driver.clone()),
        (t_string!(i18n, container.process.runtime), details.runtime.clone()),
        (t_string!(i18n, container.process.platform), details.platform.clone()),
    ]
}

/// What the list knows already, for who may not see more.
#[component]
pub(super) fn SummaryCard(subject: Subject) -> impl IntoView {
    let i18n = use_i18n();
    let facts = move || {
        subject
            .with_row(|row| {
                vec![
                    (t_string!(i18n, container.process.image), Some(row.image.clone())),
                    (t_string!(i18n, container.process.image_id), Some(short_digest(&row.image_id))),
                    (t_string!(i18n, container.process.command), Some(row.command.clone())),
                    (t_string!(i18n, container.networks.title), Some(row.networks.join(", "))),
                    (t_string!(i18n, container.life.created), Some(format::date_time(i18n, row.created_at))),
                ]
            })
            .unwrap_or_default()
    };
    view! {
        <FactCard id="summary-title" title=t!(i18n, container.process.title)>
            {move || view! { <Facts facts=facts() /> }}
        </FactCard>
    }
}

/// When it was made, started, ended, and what starts it again.
#[component]
pub(super) fn LifeCard(inspect: ContainerInspect) -> impl IntoView {
    let i18n = use_i18n();
    let details = inspect.details.clone();
    let (started, finished) = (details.started_at, details.finished_at);
    let code = inspect.summary.exit_code;
    let policy = details.clone();
    let exit = move || {
        let code = code?;
        let cause = exit_text(i18n, exit_cause(code, details.out_of_memory), details.memory_limit);
        Some(t_string!(i18n, container.exit.value, code = code.to_string(), cause = lower_first(&cause)))
    };
    let more = move || -> Vec<Fact> {
        let auto = policy.auto_remove.then(|| t_string!(i18n, container.yes));
        vec![
            (t_string!(i18n, container.exit.code), exit()),
            (t_string!(i18n, container.life.restart), restart_text(i18n, &policy)),
            (t_string!(i18n, container.life.auto_remove), auto),
        ]
    };
    view! {
        <FactCard id="life-title" title=t!(i18n, container.life.title)>
            <dl class="facts" data-dense="">
                <dt>{t!(i18n, container.life.created)}</dt>
                <dd>
                    <Moment at=inspect.summary.created_at />
                </dd>
                <dt>{t!(i18n, container.life.started)}</dt>
                <dd>
                    {match started {
                        Some(at) => view! { <Moment at /> }.into_any(),
                        None => view! { <span class="faint">{t!(i18n, container.life.never)}</span> }.into_any(),
                    }}
                </dd>
                {finished
                    .map(|at| {
                        view! {
                            <dt>{t!(i18n, container.life.finished)}</dt>
                            <dd>
                                <Moment at />
                            </dd>
                        }
                    })}
            </dl>
            {move || view! { <Facts facts=more() /> }}
        </FactCard>
    }
}

/// A moment with how long ago it was.
#[component]
fn Moment(at: UnixMillis) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Ago at=at />
        <span class="faint">{move || format!(" · {}", format::date_time(i18n, at))}</span>
    }
}

/// What leads into it.
#[component]
pub(super) fn PortsCard(subject: Subject) -> impl IntoView {
    let i18n = use_i18n();
    let ports = Memo::new(move |_| subject.with_row(|row| row.ports.clone()).unwrap_or_default());
    view! {
        <FactCard id="ports-title" title=t!(i18n, container.ports.title)>
            {move || view! { <PortList ports=ports.get() /> }}
        </FactCard>
    }
}

/// What of the host and of volumes it sees.
#[component]
pub(super) fn MountsCard(inspect: ContainerInspect) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <FactCard id="mounts-title" title=t!(i18n, container.mounts.title)>
            <MountList mounts=inspect.details.mounts />
        </FactCard>
    }
}

/// What it may use at most.
#[component]
pub(super) fn LimitsCard(inspect: ContainerInspect, figures: Figures) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <FactCard id="limits-title" title=t!(i18n, container.limits.title)>
            {move || view! { <Facts facts=limit_facts(i18n, &inspect.details, figures.latest().as_ref()) /> }}
        </FactCard>
    }
}

/// Its environment.
#[component]
pub(super) fn EnvCard(inspect: ContainerInspect, shown: EnvShown) -> impl IntoView {
    let i18n = use_i18n();
    let masked = inspect.masked;
    let any = !inspect.details.env.is_empty();
    view! {
        <FactCard
            id="env-title"
            title=t!(i18n, container.env.title)
            head=move || view! { <EnvToggle shown masked any /> }
        >
            <EnvList inspect shown />
        </FactCard>
    }
}

/// Its labels: all of them, from the engine's document.
#[component]
pub(super) fn LabelsCard(inspect: ContainerInspect) -> impl IntoView {
    let i18n = use_i18n();
    let labels: Vec<(String, String)> = inspect
        .raw
        .pointer("/Config/Labels")
        .and_then(serde_json::Value::as_object)
        .map(|labels| {
            labels
                .iter()
                .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
                .collect()
        })
        .unwrap_or_default();
    view! {
        <FactCard id="labels-title" title=t!(i18n, container.labels.title)>
            {if labels.is_empty() {
                view! { <p class="faint">{t!(i18n, container.labels.none)}</p> }.into_any()
            } else {
                view! {
                    <PairList
                        pairs=labels
                        name=|label: &(String, String)| label.0.clone()
                        value=|label| view! { <code>{label.1}</code> }.into_any()
                    />
                }
                    .into_any()
            }}
        </FactCard>
    }
}
