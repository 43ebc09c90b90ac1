//! What needs attention: containers that are unhealthy, restart again and again, ended with an error or are
//! dead, and what the engine itself warns of. Made from what the page holds already; asks nothing.

use leptos::prelude::*;
use shared::{
    EnvironmentId,
    containers::{Condition, ContainerSummary, ExitCause, exit_cause},
};

use crate::{
    components::exit_text::{exit_text, exit_title},
    i18n::{I18n, t, t_count, t_string, use_i18n},
    paths,
    ui::{
        clock::{Ago, now},
        format,
        icon::{Icon, IconView},
        state::{StateGlyph, condition_key},
    },
};

/// More rows than that are a list, which has a page of its own.
const MOST: usize = 8;

/// Whether a container belongs here.
pub(super) fn is_trouble(container: &ContainerSummary) -> bool {
    matches!(
        container.condition(),
        Condition::Unhealthy | Condition::Restarting | Condition::Failed | Condition::Dead
    )
}

/// The card.
#[component]
pub(super) fn Attention(
    /// Whose containers.
    environment: Memo<EnvironmentId>,
    /// Those in trouble, the worst first; absent before the list was read.
    troubles: Memo<Option<Vec<ContainerSummary>>>,
    /// What the engine warns of.
    warnings: Memo<Vec<String>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let all = move || troubles.get().unwrap_or_default();
    let count = move || all().len() + warnings.with(Vec::len);
    let nothing = move || troubles.with(Option::is_some) && count() == 0;
    view! {
        <section class="card" data-span="8" aria-labelledby="attention-title">
            <div class="card-head">
                <h2 id="attention-title">{t!(i18n, overview.attention.title)}</h2>
                <Show when=move || { count() > 0 }>
                    <span class="card-count">{move || format::count(i18n, count() as u64)}</span>
                </Show>
            </div>
            <Show when=nothing>
                <p class="all-well">
                    <IconView icon=Icon::CheckCircle small=true />
                    <span>
                        <strong>{t!(i18n, overview.attention.none)}</strong>
                        {t!(i18n, overview.attention.none_text)}
                    </span>
                </p>
            </Show>
            <ul class="row-list">
                <For
                    each=move || all().into_iter().take(MOST)
                    key=|container| (container.id.clone(), container.name.clone(), container.condition(), container.exit_code, container.since.map(|since| since.0))
                    let:container
                >
                    <TroubleRow environment container />
                </For>
                {move || {
                    let more = all().len().saturating_sub(MOST);
                    (more > 0)
                        .then(|| {
                            view! {
                                <li>
                                    <span class="mark">
                                        <IconView icon=Icon::More small=true />
                                    </span>
                                    <p class="row-text">
                                        <strong>{t_count!(i18n, more, overview.attention.more)}</strong>
                                    </p>
                                    <span class="row-end">
                                        <a
                                            class="button"
                                            data-variant="link"
                                            data-size="small"
                                            href=super::list_of_troubles(&environment.get())
                                        >
                                            {t!(i18n, overview.attention.see_all)}
                                        </a>
                                    </span>
                                </li>
                            }
                        })
                }}
                <For each=move || warnings.get() key=String::clone let:warning>
                    <li>
                        <span class="mark" data-tone="host">
                            <IconView icon=Icon::Warning small=true />
                        </span>
                        <p class="row-text" title=warning.clone()>
                            <strong>{t!(i18n, overview.attention.engine)}</strong>
                            <span>{warning.clone()}</span>
                        </p>
                        <span class="row-end"></span>
                    </li>
                </For>
            </ul>
        </section>
    }
}

/// One container: what is wrong, since when, and where to look.
#[component]
fn TroubleRow(environment: Memo<EnvironmentId>, container: ContainerSummary) -> impl IntoView {
    let i18n = use_i18n();
    let condition = container.condition();
    let since = container.since;
    let name = container.name.clone();
    let page = {
        let name = name.clone();
        move || paths::container(&environment.get(), &name)
    };
    let next = {
        let name = name.clone();
        move || match condition {
            Condition::Restarting => paths::container_tab(&environment.get(), &name, "logs"),
            _ => paths::container(&environment.get(), &name),
        }
    };
    let reason = Signal::derive(move || reason(i18n, &container));
    view! {
        <li>
            <span class="state" data-state=condition_key(condition)>
                <StateGlyph state=condition_key(condition) />
            </span>
            <p class="row-text" title=reason>
                <strong>
                    <a href=page>{name}</a>
                </strong>
                <span>{reason}</span>
            </p>
            <span class="row-end">
                {(condition != Condition::Unhealthy)
                    .then(|| since.map(|since| view! { <span class="wide-only"><Ago at=since /></span> }))}
                <a class="button" data-variant="link" data-size="small" href=next>
                    {move || step(i18n, condition)}
                </a>
            </span>
        </li>
    }
}

fn reason(i18n: I18n, container: &ContainerSummary) -> String {
    let cause = container.exit_code.map(|code| (code, exit_cause(code, false)));
    match (container.condition(), cause) {
        (Condition::Unhealthy, _) => match container.since {
            Some(since) => t_string!(
                i18n,
                overview.attention.unhealthy_for,
                time = format::duration(i18n, format::since(since, now()))
            ),
            None => t_string!(i18n, overview.attention.unhealthy),
        },
        (Condition::Restarting, Some((code, cause))) if cause != ExitCause::Finished => {
            t_string!(i18n, overview.attention.restarting_code, cause = exit_title(i18n, code, cause, None))
        }
        (Condition::Restarting, _) => t_string!(i18n, overview.attention.restarting),
        (Condition::Dead, _) => t_string!(i18n, overview.attention.dead),
        (_, Some((code, cause))) => exit_title(i18n, code, cause, None),
        (_, None) => exit_text(i18n, ExitCause::Error, None),
    }
}

fn step(i18n: I18n, condition: Condition) -> String {
    match condition {
        Condition::Unhealthy => t_string!(i18n, overview.attention.see_check),
        Condition::Restarting => t_string!(i18n, overview.attention.see_logs),
        Condition::Dead => t_string!(i18n, overview.attention.remove),
        _ => t_string!(i18n, overview.attention.see_why),
    }
}
