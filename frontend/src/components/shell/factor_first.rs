//! In place of a page, for who has to set up a second factor before anything else: that it is so, and where.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    i18n::{t, use_i18n},
    paths,
    ui::{empty_state::EmptyState, icon::Icon},
};

#[component]
pub(super) fn FactorFirst() -> impl IntoView {
    let i18n = use_i18n();
    let path = use_location().pathname;
    let href = move || {
        path.track();
        paths::account_first(&paths::here())
    };
    view! {
        <EmptyState icon=Icon::Lock title=t!(i18n, shell.factor_first) text=t!(i18n, shell.factor_first_text)>
            <a class="button" data-variant="primary" href=href>{t!(i18n, shell.factor_first_link)}</a>
        </EmptyState>
    }
}
