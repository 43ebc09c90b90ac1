//! The menu of a row: everything that can be done to that container. One menu serves all rows.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    Permission,
    containers::{ContainerAction, ContainerSummary},
};

use super::{
    list::{List, use_list},
    table::TableContext,
};
use crate::{
    components::container_actions::{Target, action_icon, action_label, use_actions},
    i18n::{t, t_string, use_i18n},
    paths,
    session::use_session,
    ui::{
        icon::Icon,
        lazy::part,
        menu::{Menu, MenuItem, MenuLink, MenuRule},
    },
};

/// Its id: each row's button opens it.
pub(super) const MENU: &str = "row-menu";

/// The row whose menu it is.
fn row_of(list: List, context: TableContext) -> Memo<Option<Arc<ContainerSummary>>> {
    Memo::new(move |_| Some(list.store.row(&context.menu_of.get()?)?.get()))
}

fn name_of(row: Memo<Option<Arc<ContainerSummary>>>) -> String {
    row.with(|row| row.as_ref().map(|row| row.name.clone()).unwrap_or_default())
}

#[component]
pub(super) fn RowMenu() -> impl IntoView {
    let i18n = use_i18n();
    let list = use_list();
    let Some(context) = use_context::<TableContext>() else { return ().into_any() };
    let row = row_of(list, context);
    let label = move || t_string!(i18n, containers.actions_for, name = name_of(row));
    view! { <Menu id=MENU label=label items=move || items(context) /> }.into_any()
}

/// Fetches the menu's code: somebody is about to open it.
pub(super) fn prepare() {
    items::prepare();
}

part! { actions: fn items(context: TableContext) { view! { <Items context /> } } }

#[component]
fn Items(context: TableContext) -> impl IntoView {
    let i18n = use_i18n();
    let list = use_list();
    let session = use_session();
    let actions = use_actions();
    let row = row_of(list, context);
    let tab =
        move |tab: &'static str| move || paths::container_tab(&list.store.environment(), &name_of(row), tab);
    let may = move |permission: Permission| {
        move || {
            let environment = list.store.environment();
            row.with(|row| row.as_ref().is_some_and(|row| session.may_on(permission, &environment, row)))
        }
    };
    let another = move || paths::run_from(&list.store.environment(), &name_of(row));
    let runs = move || {
        row.with(|row| {
            row.as_ref().is_some_and(|row| row.state == shared::containers::ContainerState::Running)
        })
    };
    let selected = move || row.with(|row| row.as_ref().is_some_and(|row| list.is_selected(&row.id)));
    let select_word = move || {
        if selected() {
            t_string!(i18n, containers.deselect_word)
        } else {
            t_string!(i18n, containers.select_word)
        }
    };
    let toggle = move || {
        if let Some(row) = row.get_untracked() {
            list.select(&row.id, !untrack(selected));
        }
    };
    let action = move |action: ContainerAction| {
        let why = move || row.with(|row| row.as_ref().and_then(|row| actions.why_not(action, row)));
        let press = move || {
            if let Some(row) = row.get_untracked() {
                actions.request(action, Target::from(&*row));
            }
        };
        view! {
            <MenuItem
                label=move || action_label(i18n, action)
                icon=action_icon(action)
                danger=matches!(action, ContainerAction::Kill | ContainerAction::Remove)
                disabled_why=why
                on_press=press
            />
        }
    };
    view! {
        <Show when=may(Permission::ContainerLogs)>
            <MenuLink href=tab("logs") icon=Icon::Logs label=t!(i18n, containers.logs) />
        </Show>
        <Show when=move || runs() && may(Permission::ContainerExec)()>
            <MenuLink href=tab("terminal") icon=Icon::Terminal label=t!(i18n, containers.terminal) />
        </Show>
        <Show when=may(Permission::ContainerLogs)>
            <MenuLink href=tab("inspect") icon=Icon::Inspect label=t!(i18n, containers.inspect) />
        </Show>
        <Show when=move || {
            may(Permission::ContainerCreate)()
                && may(Permission::ContainerLogs)()
                && list.store.tells_choices()
        }>
            <MenuLink href=another icon=Icon::Copy label=t!(i18n, containers.another) />
        </Show>
        <MenuItem label=select_word icon=Icon::Check on_press=toggle />
        <MenuRule />
        {action(ContainerAction::Start)}
        {action(ContainerAction::Stop)}
        {action(ContainerAction::Restart)}
        {action(ContainerAction::Pause)}
        {action(ContainerAction::Unpause)}
        {action(ContainerAction::Rename)}
        <MenuRule />
        {action(ContainerAction::Kill)}
        {action(ContainerAction::Remove)}
    }
}
