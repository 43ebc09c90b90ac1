//! The frame of every page behind the sign-in: sidebar, top bar, the line about a lost connection, main.

mod account_menu;
mod breadcrumb;
mod confirmed;
mod connection_line;
mod factor_first;
mod jobs_link;
mod sidebar;
mod theme_menu;
mod topbar;

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::{ApiError, ErrorCode};

pub(crate) use breadcrumb::{Crumb, use_breadcrumb};
pub(crate) use theme_menu::ThemeChoices;

use crate::{
    components::{
        confirm::ConfirmQuestion,
        container_actions::{ActionDialogs, ContainerActions},
        containers_store::ContainersStore,
        error_text::error_text,
        jobs_news::JobsNews,
        palette::Palette,
        palette_open::PaletteOpen,
    },
    i18n::{t, use_i18n},
    paths,
    session::{SessionState, use_session},
    ui::{
        button::Button,
        empty_state::EmptyState,
        icon::Icon,
        lazy::{Lazy, part},
        progress::Busy,
        toast::{ToastStack, Toasts},
    },
};

/// Shows the page to whoever is signed in; sends everybody else to where they can.
#[component]
pub(crate) fn Shell(
    /// The page within, by the address.
    #[prop(into)]
    page: ViewFn,
) -> impl IntoView {
    let session = use_session();
    let go = paths::use_go_instead();
    Effect::new(move || match session.state() {
        SessionState::SignedOut => go(&paths::sign_in(&paths::here())),
        SessionState::SetupNeeded => go(&paths::setup()),
        SessionState::Asking | SessionState::SignedIn(_) | SessionState::Failed(_) => {}
    });
    // The list is asked for beside the session, not after it: a signed-out reply leaves it empty.
    let environment = paths::use_environment();
    ContainersStore::provide(environment);
    Toasts::provide();
    let signed_in = Memo::new(move |_| session.session().is_some());
    move || {
        if signed_in.get() {
            view! { <Frame page=page.clone() /> }.into_any()
        } else {
            view! { <Waiting /> }.into_any()
        }
    }
}

#[component]
fn Waiting() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    move || match session.state() {
        // A part could not be had either.
        SessionState::Failed(error) if error.code == ErrorCode::Network => {
            view! { <Failed text=t!(i18n, common.error.network) /> }.into_any()
        }
        SessionState::Failed(error) => {
            view! { <Lazy load=move || console_failed(error.clone()) /> }.into_any()
        }
        SessionState::Asking => {
            view! { <main class="waiting"><Busy label=t!(i18n, common.loading) /></main> }.into_any()
        }
        SessionState::SignedIn(_) | SessionState::SignedOut | SessionState::SetupNeeded => ().into_any(),
    }
}

part! {
    trouble: fn console_failed(error: ApiError) {
        let i18n = use_i18n();
        view! { <Failed text=move || error_text(i18n, &error) /> }
    }
}

#[component]
fn Failed(#[prop(into)] text: Signal<String>) -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    view! {
        <main class="waiting">
            <EmptyState icon=Icon::PlugOff title=t!(i18n, shell.console_failed) text=text>
                <Button label=t!(i18n, common.retry) on_press=move || session.ask() />
            </EmptyState>
        </main>
    }
}

#[component]
fn Frame(page: ViewFn) -> impl IntoView {
    let i18n = use_i18n();
    use_session().follow();
    PaletteOpen::provide();
    JobsNews::provide();
    ContainerActions::provide();
    breadcrumb::provide();
    let path = use_location().pathname;
    // The account's page is where it is set up, and goes on undisturbed once it is.
    let session = use_session();
    let blocked = Memo::new(move |_| session.lacks_factor() && path.get() != paths::account());
    // The drawer of the phone layout closes when a link in it was followed.
    Effect::new(move || {
        path.track();
        crate::ui::menu::close(sidebar::ID);
    });
    view! {
        <div class="shell">
            <a class="skip-link" href=move || format!("{}#main", path.get())>{t!(i18n, shell.skip)}</a>
            <sidebar::Sidebar />
            <topbar::Topbar />
            <main class="main" id="main" tabindex="-1">
                <connection_line::ConnectionLine />
                {move || {
                    if blocked.get() { view! { <factor_first::FactorFirst /> }.into_any() } else { page.run() }
                }}
            </main>
        </div>
        <Palette />
        <ActionDialogs />
        <ConfirmQuestion />
        <ToastStack />
    }
}
