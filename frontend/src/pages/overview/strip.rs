//! All containers on one line: a bar of their states, and a count of each that leads to the list.

use leptos::prelude::*;
use shared::{EnvironmentId, containers::Condition, environments::ContainerCounts};

use crate::{
    i18n::{I18n, is_one, t, t_string, use_i18n},
    paths,
    ui::{
        format,
        state::{StateGlyph, condition_key},
    },
};

/// The line.
#[component]
pub(super) fn StateStrip(
    /// Which environment's list the counts lead to.
    environment: Memo<EnvironmentId>,
    /// How many of each.
    counts: Memo<ContainerCounts>,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="card state-strip" aria-label=t!(i18n, overview.states.label)>
            <svg class="share-bar" role="img" aria-label=move || bar_label(i18n, counts.get())>
                {move || {
                    shares(counts.get())
                        .into_iter()
                        .map(|share| {
                            view! {
                                <rect
                                    class=share.class
                                    x=format!("{:.3}%", share.from)
                                    width=format!("{:.3}%", share.width)
                                    height="100%"
                                ></rect>
                            }
                        })
                        .collect_view()
                }}
            </svg>
            <ul class="state-legend">
                <li>
                    <a href=move || paths::containers(&environment.get())>
                        <strong>{move || format::count(i18n, u64::from(counts.get().total))}</strong>
                        <span>{move || noun(i18n, counts.get().total)}</span>
                    </a>
                </li>
                <For each=move || shown(counts.get()) key=|condition| *condition let:condition>
                    <li>
                        <a href=move || super::list_of(&environment.get(), condition)>
                            <span class="state" data-state=condition_key(condition)>
                                <StateGlyph state=condition_key(condition) />
                                <span class="state-word">{move || word(i18n, condition)}</span>
                            </span>
                            <strong>
                                {move || format::count(i18n, u64::from(count_of(counts.get(), condition)))}
                            </strong>
                        </a>
                    </li>
                </For>
            </ul>
        </section>
    }
}

/// The conditions that are counted, in the line's order.
const COUNTED: [Condition; 8] = [
    Condition::Healthy,
    Condition::Running,
    Condition::Unhealthy,
    Condition::Restarting,
    Condition::Paused,
    Condition::Failed,
    Condition::Exited,
    Condition::Created,
];

fn shown(counts: ContainerCounts) -> Vec<Condition> {
    COUNTED.into_iter().filter(|condition| count_of(counts, *condition) > 0).collect()
}

fn count_of(counts: ContainerCounts, condition: Condition) -> u32 {
    match condition {
        Condition::Healthy => counts.healthy,
        Condition::Running | Condition::Starting => counts.running,
        Condition::Unhealthy => counts.unhealthy,
        Condition::Restarting => counts.restarting,
        Condition::Paused => counts.paused,
        Condition::Failed | Condition::Dead => counts.failed,
        Condition::Exited | Condition::Removing => counts.finished,
        Condition::Created => counts.created,
    }
}

fn word(i18n: I18n, condition: Condition) -> String {
    match condition {
        Condition::Healthy => t_string!(i18n, overview.states.healthy),
        Condition::Running => t_string!(i18n, overview.states.running),
        Condition::Starting => t_string!(i18n, overview.states.starting),
        Condition::Unhealthy => t_string!(i18n, overview.states.unhealthy),
        Condition::Restarting => t_string!(i18n, overview.states.restarting),
        Condition::Paused => t_string!(i18n, overview.states.paused),
        Condition::Failed => t_string!(i18n, overview.states.failed),
        Condition::Exited => t_string!(i18n, overview.states.finished),
        Condition::Created => t_string!(i18n, overview.states.created),
        Condition::Dead => t_string!(i18n, overview.states.dead),
        Condition::Removing => t_string!(i18n, overview.states.removing),
    }
}

fn noun(i18n: I18n, total: u32) -> String {
    if is_one(i18n.locale(), u64::from(total)) {
        t_string!(i18n, overview.states.total.one)
    } else {
        t_string!(i18n, overview.states.total.other)
    }
}

fn bar_label(i18n: I18n, counts: ContainerCounts) -> String {
    if counts.total == 0 {
        return t_string!(i18n, overview.states.none);
    }
    let up = counts.healthy + counts.running + counts.unhealthy;
    t_string!(
        i18n,
        overview.states.bar,
        up = format::count(i18n, u64::from(up)),
        total = format::count(i18n, u64::from(counts.total))
    )
}

struct Share {
    class: &'static str,
    from: f64,
    width: f64,
}

/// The parts of the bar in percent, with a hair's breadth between them.
fn shares(counts: ContainerCounts) -> Vec<Share> {
    const HAIR: f64 = 0.25;
    let parts = [
        ("share-running", counts.healthy + counts.running),
        ("share-unhealthy", counts.unhealthy),
        ("share-restarting", counts.restarting),
        ("share-paused", counts.paused),
        ("share-failed", counts.failed),
        ("share-exited", counts.finished + counts.created),
    ];
    let whole = f64::from(parts.iter().map(|(_, count)| count).sum::<u32>().max(1));
    let mut from = 0.0;
    let mut shares = Vec::new();
    for (class, count) in parts {
        if count > 0 {
            let width = f64::from(count) * 100.0 / whole;
            shares.push(Share { class, from, width: (width - HAIR).max(HAIR) });
            from += width;
        }
    }
    shares
}
