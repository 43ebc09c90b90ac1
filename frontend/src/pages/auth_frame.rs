//! The frame of the pages before anybody is signed in.

use leptos::prelude::*;

use crate::{
    components::language::LanguageSelect,
    i18n::{t, use_i18n},
    paths,
    ui::icon::BrandMark,
};

/// Brand and language above, the card in the middle.
#[component]
pub(crate) fn AuthFrame(children: Children) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="auth">
            <header class="auth-head">
                <a class="brand" href=paths::start()>
                    <BrandMark />
                    <span>{t!(i18n, common.app)}</span>
                </a>
                <span class="push cluster">
                    <LanguageSelect />
                </span>
            </header>
            <main class="auth-main" id="main">
                {children()}
            </main>
        </div>
    }
}
