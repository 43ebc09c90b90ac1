//! What somebody can do, where, and through which grant.

use leptos::prelude::*;
use shared::users::{CustomRole, Explained};

use super::words::{permission_word, reason_word, scope_word};
use crate::{
    components::containers_store::ContainersStore,
    i18n::{t, use_i18n},
    ui::icon::{Icon, IconView},
};

/// The list.
#[component]
pub(super) fn ExplainedList(
    /// Permission by permission.
    lines: Vec<Explained>,
    /// The custom roles, for their names.
    roles: Vec<CustomRole>,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = ContainersStore::use_store();
    if lines.is_empty() {
        return view! { <p class="card-body muted">{t!(i18n, access.nothing)}</p> }.into_any();
    }
    let rows = lines.into_iter().map(|line| {
        let Explained { permission, scope, reason } = line;
        let roles = roles.clone();
        view! {
            <li>
                <IconView icon=Icon::Check small=true />
                <p class="row-text">
                    <strong>{move || permission_word(i18n, permission)}</strong>
                    <span>{move || scope_word(i18n, &scope, store)}</span>
                </p>
                <span class="row-end">{move || reason_word(i18n, &reason, &roles)}</span>
            </li>
        }
    });
    view! { <ul class="row-list">{rows.collect_view()}</ul> }.into_any()
}
