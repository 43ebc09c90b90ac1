//! An address that leads nowhere.

use leptos::prelude::*;

use crate::{
    i18n::{t, use_i18n},
    paths,
    ui::{empty_state::EmptyState, icon::Icon},
};

/// Says so, and leads back.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <main class="waiting" id="main">
            <EmptyState icon=Icon::Search title=t!(i18n, auth.not_found) text=t!(i18n, auth.not_found_lead)>
                <a class="button" href=paths::start()>{t!(i18n, auth.to_start)}</a>
            </EmptyState>
        </main>
    }
}
