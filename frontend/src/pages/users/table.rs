//! The table of users, with one menu for all rows.

use leptos::prelude::*;
use shared::{Role, users::User};

use super::{Asked, is_last_admin};
use crate::{
    components::{error_text::role_name, reading::Reading},
    i18n::{t, t_string, use_i18n},
    paths,
    session::use_session,
    ui::{
        badge::{Badge, Tone},
        clock::Ago,
        icon::{Icon, IconView},
        menu::{Menu, MenuItem, MenuLink, MenuRule},
    },
};

const MENU: &str = "user-row-menu";

/// The table.
#[component]
pub(super) fn UsersTable(
    /// The users.
    users: Reading<Vec<User>>,
    /// Opens a dialog.
    asked: RwSignal<Option<Asked>>,
    /// Disables (true) or enables a user.
    switch: impl Fn(User, bool) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let chosen = RwSignal::new(None::<User>);
    let all = move || users.value().unwrap_or_default();
    view! {
        <div class="table-frame">
            <table class="table" role="table" data-columns="users" aria-label=t!(i18n, users.title)>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col" data-col="name">{t!(i18n, users.name)}</th>
                        <th role="columnheader" scope="col" data-col="role">{t!(i18n, users.role)}</th>
                        <th role="columnheader" scope="col" data-col="status">{t!(i18n, users.status)}</th>
                        <th role="columnheader" scope="col" data-col="last">{t!(i18n, users.last_sign_in)}</th>
                        <th role="columnheader" scope="col" data-col="created">{t!(i18n, users.created)}</th>
                        <th role="columnheader" data-col="menu">
                            <span class="visually-hidden">{t!(i18n, container.more_actions)}</span>
                        </th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    <For
                        each=all
                        key=|user| (user.id, user.name.clone(), user.role(), user.grants.len(), user.teams.len(), user.disabled, user.has_factor, user.factor_required, user.last_sign_in_at.map(|at| at.0))
                        let:user
                    >
                        <UserRow user chosen />
                    </For>
                </tbody>
            </table>
        </div>
        <RowMenu users chosen asked switch />
    }
}

#[component]
fn UserRow(user: User, chosen: RwSignal<Option<User>>) -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let id = user.id;
    let role = user.role();
    let disabled = user.disabled;
    let (has_factor, lacks_factor) = (user.has_factor, user.lacks_factor());
    let name = user.name.clone();
    let is_self = move || session.session().is_some_and(|session| session.user == id);
    let menu_label = {
        let name = name.clone();
        move || t_string!(i18n, users.actions, name = name.clone())
    };
    view! {
        <tr role="row" data-disabled=disabled.then_some("")>
            <th role="rowheader" scope="row" class="cell-name" data-col="name">
                <span class="truncate" title=name.clone()>{name.clone()}</span>
                <Show when=is_self>
                    <Badge label=t!(i18n, users.you) />
                </Show>
            </th>
            <td role="cell" data-col="role">{move || role_name(i18n, role)}</td>
            <td role="cell" data-col="status">
                {if disabled {
                    view! { <Badge label=t!(i18n, users.disabled) tone=Tone::Warning icon=Icon::Lock /> }.into_any()
                } else {
                    view! { <span class="muted">{t!(i18n, users.active)}</span> }.into_any()
                }}
                {has_factor.then(|| view! { <Badge label=t!(i18n, users.factor) tone=Tone::Success /> })}
                {lacks_factor.then(|| view! { <Badge label=t!(i18n, users.factor_lacking) tone=Tone::Warning /> })}
            </td>
            <td role="cell" data-col="last">
                {match user.last_sign_in_at {
                    Some(at) => view! { <Ago at=at /> }.into_any(),
                    None => view! { <span class="faint">{t!(i18n, users.never)}</span> }.into_any(),
                }}
            </td>
            <td role="cell" data-col="created">
                <Ago at=user.created_at />
            </td>
            <td role="cell" data-col="menu">
                <button
                    class="button"
                    type="button"
                    data-variant="ghost"
                    data-icon=""
                    popovertarget=MENU
                    aria-label=menu_label.clone()
                    title=menu_label
                    on:click=move |_| chosen.set(Some(user.clone()))
                >
                    <IconView icon=Icon::More />
                </button>
            </td>
        </tr>
    }
}

#[component]
fn RowMenu(
    users: Reading<Vec<User>>,
    chosen: RwSignal<Option<User>>,
    asked: RwSignal<Option<Asked>>,
    switch: impl Fn(User, bool) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let last_admin = move || {
        let user = chosen.get()?;
        let last = users.with(|users| users.is_some_and(|users| is_last_admin(users, user.id)));
        (last && user.role() == Some(Role::Admin))
            .then(|| t_string!(i18n, users.last_admin, name = user.name))
    };
    let no_disabling = move || {
        let own =
            session.session().is_some_and(|session| chosen.get().is_some_and(|user| user.id == session.user));
        last_admin().or_else(|| own.then(|| t_string!(i18n, users.disable_self)))
    };
    let ask = move |ask: fn(User) -> Asked| {
        if let Some(user) = chosen.get_untracked() {
            asked.set(Some(ask(user)));
        }
    };
    let no_factor = move || {
        let has = chosen.get().is_some_and(|user| user.has_factor);
        (!has).then(|| t_string!(i18n, users.no_factor))
    };
    // One's own cannot be taken off while it is required.
    let no_reset = move || {
        let own =
            |user: User| user.factor_required && session.session().is_some_and(|own| own.user == user.id);
        no_factor()
            .or_else(|| chosen.get().is_some_and(own).then(|| t_string!(i18n, account.factor.required)))
    };
    let is_disabled = move || chosen.get().is_some_and(|user| user.disabled);
    view! {
        <Menu
            id=MENU
            label=move || {
                let name = chosen.get().map(|user| user.name).unwrap_or_default();
                t_string!(i18n, users.actions, name = name)
            }
        >
            <MenuLink
                href=Signal::derive(move || chosen.get().map(|user| paths::person(user.id)).unwrap_or_default())
                icon=Icon::Key
                label=t!(i18n, access.open)
            />
            <MenuItem
                label=t!(i18n, users.change_role)
                icon=Icon::Shield
                disabled_why=Signal::derive(last_admin)
                on_press=move || ask(Asked::Role)
            />
            <MenuItem label=t!(i18n, users.set_password) icon=Icon::Key on_press=move || ask(Asked::Password) />
            <MenuItem
                label=t!(i18n, users.reset_factor)
                icon=Icon::Undo
                disabled_why=Signal::derive(no_reset)
                on_press=move || ask(Asked::Factor)
            />
            <MenuRule />
            <Show
                when=is_disabled
                fallback=move || {
                    view! {
                        <MenuItem
                            label=t!(i18n, users.disable)
                            icon=Icon::Lock
                            danger=true
                            disabled_why=Signal::derive(no_disabling)
                            on_press=move || {
                                if let Some(user) = chosen.get_untracked() {
                                    switch(user, true);
                                }
                            }
                        />
                    }
                }
            >
                <MenuItem
                    label=t!(i18n, users.enable)
                    icon=Icon::Check
                    on_press=move || {
                        if let Some(user) = chosen.get_untracked() {
                            switch(user, false);
                        }
                    }
                />
            </Show>
        </Menu>
    }
}
