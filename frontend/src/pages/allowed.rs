//! A page that not everybody may see.

use leptos::prelude::*;
use shared::{Permission, Target};

use crate::{
    components::error_text::role_name,
    i18n::{I18n, use_i18n},
    session::use_session,
    ui::{empty_state::EmptyState, icon::Icon},
};

/// The page, or under its title that it may not be seen, and why.
#[component]
pub(super) fn Allowed(
    /// Whether the person may see it.
    #[prop(into)]
    when: Signal<bool>,
    /// What the page is called.
    #[prop(into)]
    title: Signal<String>,
    /// That they may not.
    #[prop(into)]
    forbidden: Signal<String>,
    /// Why, and who may.
    #[prop(into)]
    why: Signal<String>,
    /// The page.
    children: ChildrenFn,
) -> impl IntoView {
    let allowed = Memo::new(move |_| when.get());
    move || {
        if allowed.get() {
            return children();
        }
        view! {
            <div class="page-header">
                <h1 class="page-title">{title}</h1>
            </div>
            <EmptyState icon=Icon::Lock title=forbidden text=why />
        }
        .into_any()
    }
}

/// A page about the console itself, for whoever holds a permission on it.
#[component]
pub(super) fn ForHolders(
    /// The permission.
    needs: Permission,
    /// What the page is called.
    #[prop(into)]
    title: Signal<String>,
    /// That they may not.
    #[prop(into)]
    forbidden: Signal<String>,
    /// Why, and who may, to somebody of that role.
    why: fn(I18n, String) -> String,
    /// The page.
    children: ChildrenFn,
) -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let when = Signal::derive(move || session.may(needs, Target::Console));
    let why = Signal::derive(move || {
        why(i18n, role_name(i18n, session.session().and_then(|session| session.role())))
    });
    view! {
        <Allowed when title forbidden why>
            {children()}
        </Allowed>
    }
}
