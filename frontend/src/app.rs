//! The routes, and what every page stands on. Nothing else.

use leptos::prelude::*;
use leptos_router::{
    components::{ParentRoute, Route, Router, Routes},
    path,
};

use crate::{
    components::{shell::Shell, theme::ThemeChoice},
    i18n::I18n,
    pages::{
        audit::AuditPage, container::ContainerPage, containers::ContainersPage, not_found::NotFoundPage,
        overview::OverviewPage, setup::SetupPage, sign_in::SignInPage, users::UsersPage,
    },
    paths,
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
            <Routes fallback=NotFoundPage>
                <Route path=path!("/sign-in") view=SignInPage />
                <Route path=path!("/setup") view=SetupPage />
                <ParentRoute path=path!("") view=Shell>
                    <Route path=path!("/") view=ToLocal />
                    <Route path=path!("/environments/:environment") view=OverviewPage />
                    <Route path=path!("/environments/:environment/containers") view=ContainersPage />
                    <Route
                        path=path!("/environments/:environment/containers/:container/:tab?")
                        view=ContainerPage
                    />
                    <Route path=path!("/users") view=UsersPage />
                    <Route path=path!("/audit") view=AuditPage />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The console's start leads to its own environment.
#[component]
fn ToLocal() -> impl IntoView {
    let go = paths::use_go_instead();
    let environment = paths::use_environment();
    Effect::new(move || go(&paths::overview(&environment.get())));
}
