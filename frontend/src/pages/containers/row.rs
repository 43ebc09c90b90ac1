//! A container's row: drawn anew only when that container changes.

use leptos::prelude::*;
use shared::{
    ContainerId, Permission,
    containers::{ContainerAction, ContainerState},
};

use super::{cells::Cell, list::use_list, row_menu::MENU, table::TableContext};
use crate::{
    components::container_actions::{Target, action_icon, action_of, use_actions},
    i18n::{t_string, use_i18n},
    paths,
    session::use_session,
    ui::{
        button::{IconButton, Size},
        icon::{Icon, IconView},
    },
};

#[component]
pub(super) fn Row(id: ContainerId, index: usize) -> impl IntoView {
    let i18n = use_i18n();
    let list = use_list();
    let (Some(context), Some(row)) = (use_context::<TableContext>(), list.store.row(&id)) else {
        return ().into_any();
    };
    let signal = row.clone();
    let name = Memo::new(move |_| signal.with(|row| row.name.clone()));
    let checked_id = id.clone();
    let selected = Memo::new(move |_| list.is_selected(&checked_id));
    let select_id = id.clone();
    let cell_row = row.clone();
    view! {
        <tr role="row" data-row="" aria-rowindex=index.to_string()>
            <td role="cell" class="cell-check">
                <input
                    class="check"
                    type="checkbox"
                    aria-label=move || t_string!(i18n, containers.select, name = name.get())
                    prop:checked=selected
                    on:change=move |event| list.select(&select_id, event_target_checked(&event))
                />
            </td>
            {move || {
                let cell = |column| view! { <Cell column=column row=cell_row.clone() /> }.into_any();
                context.columns.get().into_iter().map(cell).collect_view()
            }}
            <RowActions row=row name=name menu_of=context.menu_of />
        </tr>
    }
    .into_any()
}

/// What is done most in that state.
fn quick(state: ContainerState) -> &'static [ContainerAction] {
    match state {
        ContainerState::Running | ContainerState::Restarting => {
            &[ContainerAction::Restart, ContainerAction::Stop]
        }
        ContainerState::Paused => &[ContainerAction::Unpause],
        ContainerState::Created | ContainerState::Exited => &[ContainerAction::Start],
        ContainerState::Dead | ContainerState::Removing => &[],
    }
}

#[component]
fn RowActions(
    row: crate::components::containers_store::Row,
    name: Memo<String>,
    menu_of: RwSignal<Option<ContainerId>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let list = use_list();
    let session = use_session();
    let id = row.with_untracked(|row| row.id.clone());
    let state_row = row.clone();
    let state = Memo::new(move |_| state_row.with(|row| row.state));
    let logs = move || paths::container_tab(&list.store.environment(), &name.get(), "logs");
    let terminal = move || paths::container_tab(&list.store.environment(), &name.get(), "terminal");
    let may_row = row.clone();
    let may =
        move |permission| may_row.with(|row| session.may_on(permission, &list.store.environment(), row));
    let may_log = {
        let may = may.clone();
        move || may(Permission::ContainerLogs)
    };
    let may_exec = move || may(Permission::ContainerExec);
    let quick_row = row.clone();
    let more_name = move || t_string!(i18n, containers.more_for, name = name.get());
    view! {
        <td role="cell" class="row-actions">
            <Show when=may_log>
                <IconLink
                    href=logs
                    icon=Icon::Logs
                    label=move || t_string!(i18n, containers.logs_of, name = name.get())
                />
            </Show>
            <Show when=move || may_exec() && state.get() == ContainerState::Running>
                <IconLink
                    href=terminal
                    icon=Icon::Terminal
                    label=move || t_string!(i18n, containers.terminal_in, name = name.get())
                />
            </Show>
            {move || {
                let action = |&action: &_| view! { <QuickAction action=action row=quick_row.clone() /> }.into_any();
                quick(state.get()).iter().map(action).collect_view()
            }}
            <button
                class="button"
                type="button"
                data-variant="ghost"
                data-size="small"
                data-icon=""
                data-always=""
                popovertarget=MENU
                aria-label=more_name
                title=more_name
                on:click=move |_| menu_of.set(Some(id.clone()))
            >
                <IconView icon=Icon::More small=true />
            </button>
        </td>
    }
}

#[component]
fn QuickAction(action: ContainerAction, row: crate::components::containers_store::Row) -> impl IntoView {
    let i18n = use_i18n();
    let actions = use_actions();
    let id = row.with_untracked(|row| row.id.clone());
    let (for_name, for_why, for_press) = (row.clone(), row.clone(), row);
    view! {
        <IconButton
            icon=action_icon(action)
            size=Size::Small
            label=move || for_name.with(|row| action_of(i18n, action, row.name.clone().as_str()))
            disabled_why=move || for_why.with(|row| actions.why_not(action, row))
            pending=move || actions.pending(&id).is_some()
            on_press=move || actions.request(action, for_press.with_untracked(|row| Target::from(&**row)))
        />
    }
}

#[component]
fn IconLink(
    #[prop(into)] href: Signal<String>,
    icon: Icon,
    #[prop(into)] label: Signal<String>,
) -> impl IntoView {
    view! {
        <a class="button" data-variant="ghost" data-size="small" data-icon="" href=href aria-label=label title=label>
            <IconView icon=icon small=true />
        </a>
    }
}
