//! The theme's button and its menu.

use leptos::prelude::*;
use shared::preferences::Preferences;

use crate::{
    components::{
        preferring::use_prefer,
        theme::{self, Theme, use_theme},
    },
    i18n::{t, t_string, use_i18n},
    ui::{
        icon::{Icon, IconView},
        lazy::part,
        menu::Menu,
    },
};

const MENU: &str = "theme-menu";

#[component]
pub(super) fn ThemeMenu() -> impl IntoView {
    let i18n = use_i18n();
    let theme = use_theme();
    let icon = move || match theme.get() {
        Theme::System => Icon::System,
        Theme::Light => Icon::Sun,
        Theme::Dark => Icon::Moon,
    };
    view! {
        <button
            class="button wide-only"
            type="button"
            data-variant="ghost"
            data-icon=""
            popovertarget=MENU
            aria-label=t!(i18n, shell.theme)
            title=t!(i18n, shell.theme)
        >
            <IconView icon=icon />
        </button>
        <Menu id=MENU label=t!(i18n, shell.theme) items=choices />
    }
}

part! {
    tools: fn choices() {
        view! {
            <div class="menu-body">
                <ThemeChoices group="theme-in-menu" />
            </div>
        }
    }
}

/// The three themes, one of them chosen.
#[component]
pub(crate) fn ThemeChoices(
    /// The radio group's name; two may be in the page.
    group: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    let theme = use_theme();
    let prefer = use_prefer();
    let choice = move |choice: Theme, icon: Icon| {
        let label = move || match choice {
            Theme::System => t_string!(i18n, shell.theme_system),
            Theme::Light => t_string!(i18n, shell.theme_light),
            Theme::Dark => t_string!(i18n, shell.theme_dark),
        };
        view! {
            <label>
                <input
                    type="radio"
                    name=group
                    value=theme::name(choice)
                    prop:checked=move || theme.get() == choice
                    on:change=move |_| {
                        prefer(Preferences { theme: Some(choice), ..Preferences::default() })
                    }
                />
                <IconView icon=icon small=true />
                {label}
            </label>
        }
    };
    view! {
        <fieldset class="segmented">
            <legend class="visually-hidden">{t!(i18n, shell.theme)}</legend>
            {choice(Theme::System, Icon::System)}
            {choice(Theme::Light, Icon::Sun)}
            {choice(Theme::Dark, Icon::Moon)}
        </fieldset>
    }
}
