//! The choice of a role, each with what it may do in words.

use leptos::prelude::*;
use shared::Role;

use crate::{
    components::error_text::role_name,
    i18n::{I18n, t, t_string, use_i18n},
};

/// One of the roles.
#[component]
pub(super) fn RoleChoices(
    /// Which is chosen.
    role: RwSignal<Role>,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <fieldset class="role-choices">
            <legend class="field-label">{t!(i18n, users.role)}</legend>
            {Role::ALL
                .into_iter()
                .map(|choice| {
                    let id = format!("role-{}", choice.as_str());
                    let hint = format!("{id}-hint");
                    view! {
                        <div class="choice">
                            <input
                                class="check"
                                type="radio"
                                name="role"
                                id=id.clone()
                                aria-describedby=hint.clone()
                                prop:checked=move || role.get() == choice
                                on:change=move |_| role.set(choice)
                            />
                            <label for=id>{move || role_name(i18n, Some(choice))}</label>
                            <p class="field-hint" id=hint>
                                {move || what_it_may(i18n, choice)}
                            </p>
                        </div>
                    }
                })
                .collect_view()}
        </fieldset>
    }
}

fn what_it_may(i18n: I18n, role: Role) -> String {
    match role {
        Role::Viewer => t_string!(i18n, users.roles.viewer),
        Role::Operator => t_string!(i18n, users.roles.operator),
        Role::Deployer => t_string!(i18n, users.roles.deployer),
        Role::EnvironmentAdmin => t_string!(i18n, users.roles.environment_admin),
        Role::Admin => t_string!(i18n, users.roles.admin),
    }
}
