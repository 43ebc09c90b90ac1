//! Which page is shown for which address. Nothing else.
//!
//! The router keeps address, history and links. Choosing the page is a `match` here: a table of routes, of
//! types of its own, would be a tenth of the first download.

use leptos::prelude::*;
use leptos_router::{
    components::Router,
    location::{BrowserUrl, LocationProvider},
};

use crate::{
    components::{shell::Shell, theme::ThemeChoice},
    i18n::I18n,
    pages::{
        Account, Audit, Commands, Container, Jobs, Overview, Person, Policy, Run, Setup, SignIn, Teams,
        Users, containers::ContainersPage, not_found::NotFoundPage,
    },
    paths::{self, Page},
    session::SessionContext,
    ui::icon::Sprite,
};

/// The whole page.
#[component]
pub(crate) fn App() -> impl IntoView {
    I18n::provide();
    ThemeChoice::provide();
    SessionContext::provide();
    view! {
        <Sprite />
        <Router base=paths::base()>
            <Pages />
        </Router>
    }
}

/// What stands around the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Nothing(Page),
    Frame,
}

#[component]
fn Pages() -> impl IntoView {
    let page = paths::use_page();
    complete_navigation(page.path);
    // The frame stays while one goes from page to page in it.
    let around = Memo::new(move |_| match page.kind.get() {
        page @ (Page::SignIn | Page::Setup | Page::Unknown) => Around::Nothing(page),
        Page::Start
        | Page::Overview
        | Page::Containers
        | Page::Container
        | Page::Run
        | Page::Jobs
        | Page::Users
        | Page::Person(_)
        | Page::Teams
        | Page::Account
        | Page::Policy
        | Page::Audit
        | Page::Commands => Around::Frame,
    });
    move || match around.get() {
        Around::Nothing(Page::SignIn) => view! { <SignIn /> }.into_any(),
        Around::Nothing(Page::Setup) => view! { <Setup /> }.into_any(),
        Around::Nothing(_) => view! { <NotFoundPage /> }.into_any(),
        Around::Frame => view! { <Shell page=move || inside(page.kind.get()) /> }.into_any(),
    }
}

fn inside(page: Page) -> AnyView {
    match page {
        Page::Start => view! { <ToLocal /> }.into_any(),
        Page::Overview => view! { <Overview /> }.into_any(),
        Page::Containers => view! { <ContainersPage /> }.into_any(),
        Page::Container => view! { <Container /> }.into_any(),
        Page::Run => view! { <Run /> }.into_any(),
        Page::Jobs => view! { <Jobs /> }.into_any(),
        Page::Users => view! { <Users /> }.into_any(),
        Page::Person(user) => view! { <Person user /> }.into_any(),
        Page::Teams => view! { <Teams /> }.into_any(),
        Page::Account => view! { <Account /> }.into_any(),
        Page::Policy => view! { <Policy /> }.into_any(),
        Page::Audit => view! { <Audit /> }.into_any(),
        Page::Commands => view! { <Commands /> }.into_any(),
        Page::SignIn | Page::Setup | Page::Unknown => ().into_any(),
    }
}

/// A followed link enters the history once its page is drawn, which a table of routes would tell.
fn complete_navigation(path: Memo<String>) {
    let history = use_context::<BrowserUrl>();
    Effect::new(move || {
        path.track();
        if let Some(history) = &history {
            history.ready_to_complete();
        }
    });
}

/// The console's start leads to its own environment.
#[component]
fn ToLocal() -> impl IntoView {
    let go = paths::use_go_instead();
    let environment = paths::use_environment();
    Effect::new(move || go(&paths::overview(&environment.get())));
}
