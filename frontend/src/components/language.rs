//! Choosing the language; each is named in itself.

use leptos::prelude::*;
use shared::preferences::Preferences;

use crate::{
    components::preferring::{language_of, use_prefer},
    i18n::{Locale, t, use_i18n},
    ui::icon::{Icon, IconView},
};

const LANGUAGES: [(Locale, &str, &str); 2] = [(Locale::en, "en", "English"), (Locale::fr, "fr", "Français")];

/// As a radio group, in a menu.
#[component]
pub(crate) fn LanguageSegments(
    /// The radio group's name; two may be in the page.
    group: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    let prefer = use_prefer();
    view! {
        <fieldset class="segmented">
            <legend class="visually-hidden">{t!(i18n, shell.language)}</legend>
            {LANGUAGES
                .into_iter()
                .map(|(locale, code, name)| {
                    view! {
                        <label lang=code>
                            <input
                                type="radio"
                                name=group
                                value=code
                                prop:checked=move || i18n.locale() == locale
                                on:change=move |_| {
                                    let language = Some(language_of(locale));
                                    prefer(Preferences { language, ..Preferences::default() });
                                }
                            />
                            {name}
                        </label>
                    }
                })
                .collect_view()}
        </fieldset>
    }
}

/// As a drop-down, before anybody is signed in.
#[component]
pub(crate) fn LanguageSelect() -> impl IntoView {
    let i18n = use_i18n();
    let choose = move |event| {
        let chosen = event_target_value(&event);
        if let Some((locale, ..)) = LANGUAGES.into_iter().find(|(_, code, _)| *code == chosen) {
            i18n.choose(locale);
        }
    };
    view! {
        <span class="select" data-quiet="">
            <select aria-label=t!(i18n, shell.language) on:change=choose prop:value=move || i18n.code()>
                {LANGUAGES
                    .into_iter()
                    .map(|(locale, code, name)| {
                        view! {
                            <option value=code lang=code selected=move || i18n.locale() == locale>
                                {name}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
            <IconView icon=Icon::ChevronDown />
        </span>
    }
}
