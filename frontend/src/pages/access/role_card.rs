//! The custom roles: names for sets of permissions.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Empty, ErrorCode, Permission,
    access::PermissionSet,
    users::{CreateRole, CustomRole, NewRole, RemoveRole, is_title},
};

use super::{team_card::failed, words::permission_word};
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::{
        button::{Button, IconButton, Size, Variant},
        choice::Choice,
        field::TextField,
        icon::{Icon, IconView},
        toast::use_toasts,
    },
};

/// The card.
#[component]
pub(super) fn RolesCard(
    /// The roles.
    roles: Vec<CustomRole>,
    /// Told after something was changed.
    changed: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let none = roles.is_empty();
    let rows = roles.into_iter().map(|role| view! { <RoleRow role changed /> }).collect_view();
    view! {
        <section class="card" aria-labelledby="roles-title">
            <div class="card-head">
                <h2 id="roles-title">{t!(i18n, access.roles_title)}</h2>
            </div>
            {none.then(|| view! { <p class="card-body muted">{t!(i18n, access.no_roles)}</p> })}
            <ul class="row-list">{rows}</ul>
            <AddRole changed />
        </section>
    }
}

#[component]
fn RoleRow(role: CustomRole, changed: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let CustomRole { id, name, permissions, grants } = role;
    let (for_label, for_toast) = (name.clone(), name.clone());
    let what = move || {
        permissions.iter().map(|permission| permission_word(i18n, permission)).collect::<Vec<_>>().join(", ")
    };
    let remove = move || {
        let name = for_toast.clone();
        spawn_local(async move {
            match api::call(RemoveRole { role: id }, Empty {}, ()).await {
                Ok(()) => {
                    toasts.success(t_string!(i18n, access.role_removed, name = name));
                    changed();
                }
                Err(error) => failed(i18n, toasts, &error),
            }
        });
    };
    view! {
        <li>
            <IconView icon=Icon::Shield small=true />
            <p class="row-text" title=what>
                <strong>{name}</strong>
                <span>{what}</span>
            </p>
            <span class="row-end">
                <IconButton
                    label=move || t_string!(i18n, access.role_remove_of, name = for_label.clone())
                    icon=Icon::Trash
                    size=Size::Small
                    disabled_why=Signal::derive(move || {
                        (grants > 0).then(|| t_string!(i18n, access.role_in_use))
                    })
                    on_press=remove
                />
            </span>
        </li>
    }
}

#[component]
fn AddRole(changed: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let name = RwSignal::new(String::new());
    let chosen = RwSignal::new(Vec::<Permission>::new());
    let problem = RwSignal::new(None::<String>);
    let pending = RwSignal::new(false);
    let add = move || {
        let permissions = PermissionSet::from(chosen.get_untracked());
        let new = NewRole { name: name.get_untracked().trim().to_owned(), permissions };
        let wrong = if is_title(&new.name) {
            new.permissions.is_empty().then(|| t_string!(i18n, access.role_empty))
        } else {
            Some(t_string!(i18n, access.name_bad))
        };
        problem.set(wrong.clone());
        if wrong.is_some() {
            return;
        }
        pending.set(true);
        spawn_local(async move {
            match api::call(CreateRole {}, Empty {}, new).await {
                Ok(role) => {
                    toasts.success(t_string!(i18n, access.role_added, name = role.name));
                    changed();
                }
                Err(error) if error.code == ErrorCode::Conflict => {
                    let _ = problem.try_set(Some(t_string!(i18n, access.name_taken)));
                }
                Err(error) => failed(i18n, toasts, &error),
            }
            let _ = pending.try_set(false);
        });
    };
    let choices = Permission::ALL
        .into_iter()
        .map(|permission| {
            let id = format!("permission-{}", permission.as_str());
            let label = Signal::derive(move || permission_word(i18n, permission));
            view! { <Choice id value=permission chosen label /> }
        })
        .collect_view();
    view! {
        <div class="card-body stack">
            <TextField id="role-name" label=t!(i18n, access.role_name) value=name error=problem />
            <fieldset class="role-choices">
                <legend class="field-label">{t!(i18n, access.role_allows)}</legend>
                {choices}
            </fieldset>
            <div>
                <Button
                    label=t!(i18n, access.role_add)
                    icon=Icon::Plus
                    variant=Variant::Primary
                    pending
                    on_press=add
                />
            </div>
        </div>
    }
}
