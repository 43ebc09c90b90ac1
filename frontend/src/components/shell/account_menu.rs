//! The person's menu: who they are, language, theme on phones, sign out.

use leptos::{prelude::*, task::spawn_local};

use super::{sidebar::initials, theme_menu::ThemeChoices};
use crate::{
    components::error_text::{error_text, role_name},
    i18n::{t, t_string, use_i18n},
    paths,
    session::use_session,
    ui::{
        icon::Icon,
        lazy::part,
        menu::{Menu, MenuItem, MenuLink, MenuRule},
        toast::use_toasts,
    },
};

const MENU: &str = "account-menu";

#[component]
pub(super) fn AccountMenu() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let name = move || session.session().map(|session| session.name).unwrap_or_default();
    view! {
        <button
            class="button"
            type="button"
            data-variant="ghost"
            data-icon=""
            popovertarget=MENU
        >
            <span class="avatar" aria-hidden="true">{move || initials(&name())}</span>
            <span class="visually-hidden">{move || t_string!(i18n, shell.account, name = name())}</span>
        </button>
        <Menu id=MENU label=move || t_string!(i18n, shell.account, name = name()) items=items />
    }
}

part! { tools: fn items() { view! { <Items /> } } }

#[component]
fn Items() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let toasts = use_toasts();
    let who = move || {
        session
            .session()
            .map(|session| format!("{} · {}", session.name, role_name(i18n, session.role())))
            .unwrap_or_default()
    };
    let sign_out = move || {
        spawn_local(async move {
            if let Err(error) = session.sign_out().await {
                toasts.failure(t_string!(i18n, shell.sign_out_failed), error_text(i18n, &error));
            }
        });
    };
    view! {
        <p class="menu-label">{who}</p>
        <LanguageChoices />
        <div class="menu-body narrow-only">
            <ThemeChoices group="theme-in-account" />
        </div>
        <MenuRule />
        <MenuLink href=paths::account() icon=Icon::Settings label=t!(i18n, account.open) />
        <MenuLink href=paths::commands() icon=Icon::History label=t!(i18n, commands.title) />
        <MenuItem label=t!(i18n, shell.sign_out) icon=Icon::SignOut on_press=sign_out />
    }
}

#[component]
fn LanguageChoices() -> impl IntoView {
    view! {
        <div class="menu-body">
            <crate::components::language::LanguageSegments group="language" />
        </div>
    }
}
