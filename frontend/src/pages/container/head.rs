//! The head of the page: what it is, how it does, what can be done.

use leptos::prelude::*;
use shared::{
    Permission,
    containers::{Condition, ContainerAction, ExitCause, exit_cause, host_access},
};

use super::{
    subject::{Standing, Subject},
    tab::Tab,
};
use crate::{
    components::{
        container_actions::{Target, action_icon, action_label, use_actions},
        containers_store::ContainersStore,
        exit_text::exit_text,
    },
    i18n::{I18n, t, t_string, use_i18n},
    paths,
    session::use_session,
    ui::{
        button::Button,
        clock::now,
        copy::CopyButton,
        format,
        icon::{Icon, IconView},
        menu::{Menu, MenuItem, MenuLink, MenuRule},
        state::{StateView, condition_word},
        tabs,
    },
};

const MENU: &str = "container-menu";

/// The head.
#[component]
pub(super) fn Head(
    /// The container.
    subject: Subject,
) -> impl IntoView {
    let i18n = use_i18n();
    let condition = Memo::new(move |_| subject.with_row(|row| row.condition()).unwrap_or(Condition::Created));
    let code = Memo::new(move |_| subject.with_row(|row| row.exit_code).flatten());
    let stack = Memo::new(move |_| subject.with_row(|row| row.stack.clone()).flatten());
    let id = Memo::new(move |_| subject.id());
    let is_here = move || subject.standing.get() == Standing::Here;
    let reaches_host = Memo::new(move |_| {
        subject.details.with(|inspect| inspect.is_some_and(|inspect| !host_access(inspect).is_empty()))
    });
    let checked = Memo::new(move |_| {
        subject.details.with(|inspect| inspect.and_then(|inspect| inspect.details.health.as_ref()?.last_at))
    });
    view! {
        <div class="page-header">
            <h1 class="page-title">{move || subject.name()}</h1>
            <Show when=is_here>
                <StateView
                    condition=condition
                    word=move || condition_word(i18n, condition.get(), code.get())
                    note=move || note(i18n, subject)
                />
            </Show>
            <Show when=move || reaches_host.get() && is_here()>
                <a
                    class="badge"
                    data-tone="host"
                    title=t!(i18n, container.host.title)
                    href=move || {
                        format!("{}#security-title", Tab::Overview.path(&subject.environment.get(), &subject.name()))
                    }
                >
                    <IconView icon=Icon::ShieldAlert />
                    {t!(i18n, container.host.badge)}
                </a>
            </Show>
            <ul class="page-meta wide-only">
                {move || {
                    checked
                        .get()
                        .filter(|_| condition.get() != Condition::Failed)
                        .map(|at| {
                            let ago = move || format::ago(i18n, at, now());
                            view! {
                                <li title=move || format::date_time_exact(i18n, at)>
                                    <IconView icon=Icon::Heart small=true />
                                    {move || t_string!(i18n, container.health_at, time = ago())}
                                </li>
                            }
                        })
                }}
                {move || {
                    stack
                        .get()
                        .map(|stack| {
                            let href = format!(
                                "{}?q={}",
                                paths::containers(&subject.environment.get()),
                                shared::endpoint::segment(&stack),
                            );
                            view! {
                                <li>
                                    <IconView icon=Icon::Stack small=true />
                                    <a href=href title=t!(i18n, container.stack)>{stack}</a>
                                </li>
                            }
                        })
                }}
                {move || {
                    id.get()
                        .map(|id| {
                            view! {
                                <li class="page-id">
                                    <code title=t!(i18n, container.id)>{id.short().to_owned()}</code>
                                    <CopyButton
                                        text=id.to_string()
                                        label=move || Some(t_string!(i18n, container.copy_id))
                                    />
                                </li>
                            }
                        })
                }}
            </ul>
            <Show when=is_here>
                <Actions subject />
            </Show>
        </div>
    }
}

/// What stands behind the state's word: since when, or why it ended; tracked.
fn note(i18n: I18n, subject: Subject) -> String {
    let out_of_memory =
        subject.details.with(|inspect| inspect.is_some_and(|inspect| inspect.details.out_of_memory));
    subject
        .with_row(|row| {
            let since = row.since.map(|since| format::duration(i18n, format::since(since, now())));
            let cause = row.exit_code.map(|code| exit_cause(code, out_of_memory));
            match (row.condition(), cause, since) {
                (Condition::Failed, Some(cause), _) if cause != ExitCause::Finished => {
                    exit_text(i18n, cause, None)
                }
                (Condition::Failed | Condition::Exited, _, Some(since)) => {
                    t_string!(i18n, container.since_ended, time = since)
                }
                (Condition::Created | Condition::Removing | Condition::Dead, _, _) | (_, _, None) => {
                    String::new()
                }
                (_, _, Some(since)) => t_string!(i18n, container.since, time = since),
            }
        })
        .unwrap_or_default()
}

/// The two actions that are wanted most, and a menu of the others.
#[component]
fn Actions(subject: Subject) -> impl IntoView {
    let i18n = use_i18n();
    let actions = use_actions();
    let state = Memo::new(move |_| subject.with_row(|row| row.state));
    let first = Memo::new(move |_| match state.get() {
        Some(state) if ContainerAction::Unpause.allowed_in(state) => {
            [ContainerAction::Unpause, ContainerAction::Stop]
        }
        Some(state) if ContainerAction::Stop.allowed_in(state) => {
            [ContainerAction::Stop, ContainerAction::Restart]
        }
        _ => [ContainerAction::Start, ContainerAction::Restart],
    });
    let why_not =
        move |action: ContainerAction| subject.with_row(|row| actions.why_not(action, row)).flatten();
    let pending =
        move |action: ContainerAction| subject.id().is_some_and(|id| actions.pending(&id) == Some(action));
    let run = move |action: ContainerAction| {
        if let Some(target) = untrack(|| subject.with_row(|row| Target::from(row))) {
            actions.request(action, target);
        }
    };
    let another = move || paths::run_from(&subject.environment.get(), &subject.name());
    let (session, store) = (use_session(), ContainersStore::use_store());
    let may_copy = move || {
        subject.may(session, Permission::ContainerCreate)
            && subject.may(session, Permission::ContainerLogs)
            && store.tells_choices()
    };
    let items = move |grave: bool| {
        ContainerAction::ALL
            .into_iter()
            .filter(|action| !first.get().contains(action) && is_grave(*action) == grave)
            .map(|action| {
                view! {
                    <MenuItem
                        label=move || action_label(i18n, action)
                        icon=action_icon(action)
                        danger=grave
                        disabled_why=Signal::derive(move || why_not(action))
                        on_press=move || run(action)
                    />
                }
            })
            .collect_view()
    };
    view! {
        <div class="page-actions" data-row="">
            <For each=move || first.get() key=|action| *action let:action>
                <Button
                    label=move || action_label(i18n, action)
                    icon=action_icon(action)
                    disabled_why=Signal::derive(move || why_not(action))
                    pending=Signal::derive(move || pending(action))
                    on_press=move || run(action)
                />
            </For>
            <button
                class="button"
                type="button"
                data-icon=""
                aria-label=t!(i18n, container.more_actions)
                title=t!(i18n, container.more_actions)
                popovertarget=MENU
            >
                <IconView icon=Icon::More />
            </button>
        </div>
        <Menu id=MENU label=t!(i18n, container.more_actions)>
            {move || items(false)}
            <Show when=may_copy>
                <MenuLink href=another icon=Icon::Copy label=t!(i18n, containers.another) />
            </Show>
            <MenuRule />
            {move || items(true)}
        </Menu>
    }
}

fn is_grave(action: ContainerAction) -> bool {
    matches!(action, ContainerAction::Kill | ContainerAction::Remove)
}

/// The tabs; one that the person's role does not allow stays, and says why.
#[component]
pub(super) fn ContainerTabs(
    /// The container.
    subject: Subject,
    /// Which is shown.
    tab: Memo<Tab>,
) -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let all = move || {
        let (environment, name) = (subject.environment.get(), subject.name());
        Tab::ALL
            .into_iter()
            .map(|one| tabs::Tab {
                href: one.path(&environment, &name),
                label: one.word(i18n),
                current: tab.get() == one,
                disabled_why: one.needs().and_then(|permission| subject.why_not(i18n, session, permission)),
            })
            .collect::<Vec<_>>()
    };
    view! {
        <tabs::Tabs
            label=move || t_string!(i18n, container.tabs.label, name = subject.name())
            tabs=Signal::derive(all)
        />
    }
}
