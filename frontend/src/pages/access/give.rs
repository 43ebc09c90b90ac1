//! Giving a role to a user or a team, at a place.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Empty, Role, RoleId,
    access::RoleRef,
    users::{CustomRole, GiveGrant, Giving, Subject},
};

use super::{
    place::{PlaceChoice, PlaceDraft},
    words::{grant_word, role_word},
};
use crate::{
    api,
    components::{containers_store::ContainersStore, error_text::error_text},
    i18n::{t, t_string, use_i18n},
    ui::{
        button::Button,
        icon::{Icon, IconView},
        toast::use_toasts,
    },
};

/// A role as a choice's value, and back.
fn value_of(role: RoleRef) -> String {
    match role {
        RoleRef::Builtin(role) => role.as_str().to_owned(),
        RoleRef::Custom(id) => id.to_string(),
    }
}

fn role_of(value: &str) -> Option<RoleRef> {
    let builtin = Role::parse(value).map(RoleRef::Builtin);
    builtin.or_else(|| value.parse().ok().map(|id| RoleRef::Custom(RoleId(id))))
}

/// The form.
#[component]
pub(super) fn GiveForm(
    /// To whom.
    subject: Subject,
    /// The custom roles.
    roles: Vec<CustomRole>,
    /// Told after one was given.
    changed: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = ContainersStore::use_store();
    let toasts = use_toasts();
    let role = RwSignal::new(Role::Viewer.as_str().to_owned());
    let draft = PlaceDraft::new();
    let pending = RwSignal::new(false);
    let scope = draft.scope(store);
    let known = StoredValue::new(roles.clone());
    let give = move || {
        let (Some(role), Some(scope)) = (role_of(&role.get_untracked()), scope.get_untracked()) else {
            return;
        };
        pending.set(true);
        spawn_local(async move {
            let what = untrack(|| known.with_value(|roles| grant_word(i18n, role, &scope, roles, store)));
            match api::call(GiveGrant {}, Empty {}, Giving { subject, role, scope }).await {
                Ok(_) => {
                    toasts.success(t_string!(i18n, access.gave, what = what));
                    changed();
                }
                Err(error) => toasts.failure(error_text(i18n, &error), String::new()),
            }
            let _ = pending.try_set(false);
        });
    };
    let all_roles: Vec<RoleRef> = Role::ALL
        .into_iter()
        .map(RoleRef::Builtin)
        .chain(roles.iter().map(|role| RoleRef::Custom(role.id)))
        .collect();
    let options = all_roles
        .into_iter()
        .map(|role| {
            let roles = roles.clone();
            view! { <option value=value_of(role)>{move || role_word(i18n, role, &roles)}</option> }
        })
        .collect_view();
    view! {
        <div class="card-foot" role="group" aria-label=t!(i18n, access.give_title)>
            <span class="select" data-quiet="">
                <select
                    aria-label=t!(i18n, access.role)
                    prop:value=role
                    on:change=move |event| role.set(event_target_value(&event))
                >
                    {options}
                </select>
                <IconView icon=Icon::ChevronDown />
            </span>
            <PlaceChoice draft />
            <Button
                label=t!(i18n, access.give)
                icon=Icon::Plus
                pending
                disabled_why=Signal::derive(move || draft.missing(i18n, scope))
                on_press=give
            />
        </div>
    }
}
