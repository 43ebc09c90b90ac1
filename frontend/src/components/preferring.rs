//! Choosing what follows the person: taken in at once, and kept by the console.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Empty,
    preferences::{Language, Preferences, UpdatePreferences},
};

use crate::{
    api,
    components::error_text::error_text,
    i18n::{Locale, t_string, use_i18n},
    session::use_session,
    ui::toast::use_toasts,
};

/// A locale, as preferences name it.
pub(crate) fn language_of(locale: Locale) -> Language {
    match locale {
        Locale::en => Language::En,
        Locale::fr => Language::Fr,
    }
}

/// Takes a choice in, and has the console keep it where somebody is signed in.
pub(crate) fn use_prefer() -> impl Fn(Preferences) + Copy + Send + Sync + 'static {
    let i18n = use_i18n();
    let session = use_session();
    let toasts = use_toasts();
    move |change: Preferences| {
        let Some(chosen) = untrack(|| session.session()).map(|session| session.preferences) else { return };
        session.follow_preferences(chosen.changed(change));
        spawn_local(async move {
            if let Err(error) = api::call(UpdatePreferences {}, Empty {}, change).await {
                let title = untrack(|| t_string!(i18n, shell.preference_failed));
                toasts.failure(title, untrack(|| error_text(i18n, &error)));
            }
        });
    }
}
