//! One's own account. Each section is its own file, and reads what it shows by itself.

mod factor;
mod new_token;
mod password;
mod preferences;
mod recovery;
mod sessions;
mod tokens;

use leptos::prelude::*;

use crate::{
    components::shell::{Crumb, use_breadcrumb},
    i18n::{t, t_string, use_i18n},
    session::use_session,
};

/// The page.
#[component]
pub(crate) fn AccountPage() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    use_breadcrumb(move || vec![Crumb { label: t_string!(i18n, account.title), href: None }]);
    let name = move || session.session().map(|session| session.name).unwrap_or_default();
    view! {
        <div class="page-header">
            <h1 class="page-title">{t!(i18n, account.title)}</h1>
            <span class="muted">{name}</span>
        </div>
        <div class="page-body stack account">
            <password::PasswordSection />
            <factor::FactorSection />
            <sessions::SessionsSection />
            <tokens::TokensSection />
            <preferences::PreferencesSection />
        </div>
    }
}
