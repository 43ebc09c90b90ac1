//! The bar above the page: where it is, the palette, jobs, theme, language, account.

use leptos::prelude::*;

use super::{
    account_menu::AccountMenu, breadcrumb::Breadcrumb, confirmed::Confirmed, jobs_link::JobsLink, sidebar,
    theme_menu::ThemeMenu,
};
use crate::{
    components::{palette, palette_open::use_palette_open},
    i18n::{t, use_i18n},
    ui::icon::{Icon, IconView},
};

#[component]
pub(super) fn Topbar() -> impl IntoView {
    let i18n = use_i18n();
    let open = use_palette_open();
    view! {
        <header class="topbar">
            <button
                class="button narrow-only"
                type="button"
                data-variant="ghost"
                data-icon=""
                popovertarget=sidebar::ID
                aria-label=t!(i18n, shell.open_navigation)
            >
                <IconView icon=Icon::Menu />
            </button>
            <Breadcrumb />
            <div class="topbar-tools" on:pointerenter=move |_| palette::prepare() on:focusin=move |_| palette::prepare()>
                <button
                    class="search-box"
                    type="button"
                    aria-keyshortcuts="Control+K"
                    on:click=move |_| open.open()
                >
                    <IconView icon=Icon::Search small=true />
                    <span>{t!(i18n, shell.search)}</span>
                    <kbd aria-hidden="true">"Ctrl"</kbd>
                    <kbd aria-hidden="true">"K"</kbd>
                </button>
                <Confirmed />
                <JobsLink />
                <ThemeMenu />
                <AccountMenu />
            </div>
        </header>
    }
}
