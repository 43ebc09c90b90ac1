//! One's own account. Each section is its own file, and reads what it shows by itself.

mod factor;
mod new_token;
mod password;
mod preferences;
mod recovery;
mod sessions;
mod tokens;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    components::shell::{Crumb, use_breadcrumb},
    i18n::{t, t_string, use_i18n},
    paths,
    session::use_session,
    ui::{badge::Tone, notice::Notice},
};

/// The page.
#[component]
pub(crate) fn AccountPage() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    use_breadcrumb(move || vec![Crumb { label: t_string!(i18n, account.title), href: None }]);
    let first = untrack(|| session.lacks_factor());
    let query = use_query_map();
    let go = StoredValue::new_local(paths::use_go_instead());
    // Whoever was sent here to set it up goes on to where they wanted to be.
    let kept = move || {
        let back = query.with_untracked(|query| query.get(paths::BACK)).filter(|back| paths::is_own(back));
        if let Some(back) = back {
            go.with_value(|go| go(&back));
        }
    };
    let name = move || session.session().map(|session| session.name).unwrap_or_default();
    view! {
        <div class="page-header">
            <h1 class="page-title">{t!(i18n, account.title)}</h1>
            <span class="muted">{name}</span>
        </div>
        <div class="page-body stack account">
            <Show when=move || session.lacks_factor()>
                <Notice
                    tone=Tone::Warning
                    title=t!(i18n, account.factor.first)
                    text=t!(i18n, account.factor.first_text)
                />
            </Show>
            // Where it has to be set up, it comes first, and stays there.
            {move || first.then(|| view! { <factor::FactorSection kept /> })}
            <password::PasswordSection />
            {move || (!first).then(|| view! { <factor::FactorSection kept /> })}
            <sessions::SessionsSection />
            <Show when=move || !session.lacks_factor()>
                <tokens::TokensSection />
                <preferences::PreferencesSection />
            </Show>
        </div>
    }
}
