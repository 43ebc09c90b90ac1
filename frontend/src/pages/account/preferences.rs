//! How one likes the console: kept for the person, in whatever browser.

use leptos::prelude::*;
use shared::preferences::{Hours, Preferences, Times, Zone};

use crate::{
    components::{language::LanguageSegments, preferring::use_prefer, shell::ThemeChoices},
    i18n::{t, use_i18n},
    session::use_session,
};

#[component]
pub(super) fn PreferencesSection() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let chosen = Memo::new(move |_| session.session().map(|session| session.preferences).unwrap_or_default());
    let hours = Signal::derive(move || chosen.get().hours.unwrap_or_default());
    let times = Signal::derive(move || chosen.get().times.unwrap_or_default());
    let zone = Signal::derive(move || chosen.get().zone.unwrap_or_default());
    let none = Preferences::default;
    view! {
        <section class="card" aria-labelledby="account-preferences">
            <div class="card-head">
                <h2 id="account-preferences">{t!(i18n, account.preferences.title)}</h2>
            </div>
            <div class="card-body stack">
                <p class="muted">{t!(i18n, account.preferences.text)}</p>
                <div class="preference">
                    <span aria-hidden="true">{t!(i18n, shell.language)}</span>
                    <LanguageSegments group="language-in-account" />
                </div>
                <div class="preference">
                    <span aria-hidden="true">{t!(i18n, shell.theme)}</span>
                    <ThemeChoices group="theme-in-preferences" />
                </div>
                <Choice
                    name="hours"
                    label=Signal::derive(t!(i18n, account.preferences.hours))
                    now=hours
                    choices=[
                        (Hours::TwentyFour, Signal::derive(t!(i18n, account.preferences.hours_24))),
                        (Hours::Twelve, Signal::derive(t!(i18n, account.preferences.hours_12))),
                    ]
                    change=move |hours| Preferences { hours: Some(hours), ..none() }
                />
                <Choice
                    name="times"
                    label=Signal::derive(t!(i18n, account.preferences.times))
                    now=times
                    choices=[
                        (Times::Relative, Signal::derive(t!(i18n, account.preferences.relative))),
                        (Times::Absolute, Signal::derive(t!(i18n, account.preferences.absolute))),
                    ]
                    change=move |times| Preferences { times: Some(times), ..none() }
                />
                <Choice
                    name="zone"
                    label=Signal::derive(t!(i18n, account.preferences.zone))
                    now=zone
                    choices=[
                        (Zone::Local, Signal::derive(t!(i18n, account.preferences.local))),
                        (Zone::Utc, Signal::derive(t!(i18n, account.preferences.utc))),
                    ]
                    change=move |zone| Preferences { zone: Some(zone), ..none() }
                />
            </div>
        </section>
    }
}

/// One of two.
#[component]
fn Choice<T: Copy + PartialEq + Send + Sync + 'static>(
    /// The radio group's name.
    name: &'static str,
    /// What it is about.
    label: Signal<String>,
    /// What is chosen.
    now: Signal<T>,
    /// What can be.
    choices: [(T, Signal<String>); 2],
    /// The change that a choice is.
    change: impl Fn(T) -> Preferences + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let prefer = use_prefer();
    let radio = move |(value, text): (T, Signal<String>)| {
        view! {
            <label>
                <input
                    type="radio"
                    name=name
                    prop:checked=move || now.get() == value
                    on:change=move |_| prefer(change(value))
                />
                {text}
            </label>
        }
    };
    view! {
        <div class="preference">
            <span aria-hidden="true">{label}</span>
            <fieldset class="segmented">
                <legend class="visually-hidden">{label}</legend>
                {choices.map(radio).into_iter().collect_view()}
            </fieldset>
        </div>
    }
}
