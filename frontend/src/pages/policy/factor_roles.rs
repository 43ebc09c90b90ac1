//! For which roles a second factor is required.

use leptos::prelude::*;
use shared::{Role, access::RoleRef, policy::NamedRole};

use crate::{
    components::error_text::role_name,
    i18n::{t, t_string, use_i18n},
    ui::{choice::Choice, field::FieldNote},
};

/// The field's name, and the beginning of its inputs' ids.
pub(super) const ID: &str = "factor_roles";

/// The roles that are chosen, and what is wrong with them.
#[derive(Clone, Copy)]
pub(super) struct FactorRoles {
    pub(super) chosen: RwSignal<Vec<RoleRef>>,
    pub(super) error: RwSignal<Option<String>>,
}

#[component]
pub(super) fn FactorRolesField(
    field: FactorRoles,
    /// The custom roles there are.
    roles: Vec<NamedRole>,
) -> impl IntoView {
    let i18n = use_i18n();
    let builtin = Role::ALL.into_iter().rev().map(|role| (RoleRef::from(role), None));
    let custom = roles.into_iter().map(|role| (RoleRef::Custom(role.id), Some(role.name)));
    let choices = builtin
        .chain(custom)
        .map(|(role, name)| {
            let label = move || match (role, &name) {
                (RoleRef::Builtin(role), _) => role_name(i18n, Some(role)),
                (RoleRef::Custom(_), name) => name.clone().unwrap_or_default(),
            };
            let id = match role {
                RoleRef::Builtin(role) => format!("{ID}-{}", role.as_str()),
                RoleRef::Custom(id) => format!("{ID}-{id}"),
            };
            view! { <Choice id value=role chosen=field.chosen label=Signal::derive(label) /> }
        })
        .collect_view();
    view! {
        <fieldset class="field role-choices" aria-describedby=format!("{ID}-note")>
            <legend class="field-label">{t!(i18n, policy.factor_roles)}</legend>
            {choices}
            <FieldNote id=ID hint=Signal::derive(move || Some(t_string!(i18n, policy.factor_roles_hint))) error=field.error />
        </fieldset>
    }
}
