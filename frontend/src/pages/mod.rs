//! One folder a page: the page loads and lays out; each tab, table, form and dialog is its own file.
//!
//! The list of containers comes with the first download, since most visits begin there; the other pages are
//! loaded when they are opened.

mod access;
mod account;
mod allowed;
mod audit;
mod auth_frame;
mod commands;
mod container;
pub(crate) mod containers;
mod jobs;
pub(crate) mod not_found;
mod overview;
mod policy;
mod run;
mod setup;
mod sign_in;
mod sign_in_code;
mod token_list;
mod users;

use leptos::prelude::*;
use shared::UserId;

use crate::ui::lazy::{Lazy, part};

part! { sign_in: fn sign_in_page() { view! { <sign_in::SignInPage /> } } }
part! { sign_in: fn setup_page() { view! { <setup::SetupPage /> } } }
part! { overview: fn overview_page() { view! { <overview::OverviewPage /> } } }
part! { container: fn container_page() { view! { <container::ContainerPage /> } } }
part! { run: fn run_page() { view! { <run::RunPage /> } } }
part! { jobs: fn jobs_page() { view! { <jobs::JobsPage /> } } }
part! { administer: fn users_page() { view! { <users::UsersPage /> } } }
part! { administer: fn person_page(user: UserId) { view! { <access::PersonPage user /> } } }
part! { administer: fn teams_page() { view! { <access::TeamsPage /> } } }
part! { account: fn account_page() { view! { <account::AccountPage /> } } }
part! { administer: fn policy_page() { view! { <policy::PolicyPage /> } } }
part! { administer: fn audit_page() { view! { <audit::AuditPage /> } } }

part! { tools: fn commands_page() { view! { <commands::CommandsPage /> } } }

/// Who are you?
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    view! { <Lazy load=sign_in_page /> }
}

/// The first administrator.
#[component]
pub(crate) fn Setup() -> impl IntoView {
    view! { <Lazy load=setup_page /> }
}

/// An environment at a glance.
#[component]
pub(crate) fn Overview() -> impl IntoView {
    view! { <Lazy load=overview_page /> }
}

/// One container.
#[component]
pub(crate) fn Container() -> impl IntoView {
    view! { <Lazy load=container_page /> }
}

/// A new container.
#[component]
pub(crate) fn Run() -> impl IntoView {
    view! { <Lazy load=run_page /> }
}

/// What takes long.
#[component]
pub(crate) fn Jobs() -> impl IntoView {
    view! { <Lazy load=jobs_page /> }
}

/// Who may come in.
#[component]
pub(crate) fn Users() -> impl IntoView {
    view! { <Lazy load=users_page /> }
}

/// What one of them may do.
#[component]
pub(crate) fn Person(
    /// Whom it is about.
    user: UserId,
) -> impl IntoView {
    view! { <Lazy load=move || person_page(user) /> }
}

/// Who belongs together.
#[component]
pub(crate) fn Teams() -> impl IntoView {
    view! { <Lazy load=teams_page /> }
}

/// One's own account.
#[component]
pub(crate) fn Account() -> impl IntoView {
    view! { <Lazy load=account_page /> }
}

/// What holds for everybody.
#[component]
pub(crate) fn Policy() -> impl IntoView {
    view! { <Lazy load=policy_page /> }
}

/// Who did what.
#[component]
pub(crate) fn Audit() -> impl IntoView {
    view! { <Lazy load=audit_page /> }
}

/// What was done in this tab.
#[component]
pub(crate) fn Commands() -> impl IntoView {
    view! { <Lazy load=commands_page /> }
}
