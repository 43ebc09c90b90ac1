//! Adding a user.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Empty, ErrorCode, Role,
    users::{CreateUser, NewGrant, NewUser, User, is_user_name},
};

use super::{super::role_choices::RoleChoices, Problems};
use crate::{
    api,
    components::password_words::{password_hint, password_problem},
    i18n::{t, t_string, use_i18n},
    session::use_session,
    ui::{
        field::{PasswordField, TextField},
        form_dialog::FormDialog,
        toast::use_toasts,
    },
};

/// Adds a user.
#[component]
pub(in crate::pages::users) fn AddUserDialog(
    /// Closes the dialog.
    close: impl Fn() + Copy + Send + Sync + 'static,
    /// Takes the new user in.
    changed: impl Fn(User) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let session = use_session();
    let name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let role = RwSignal::new(Role::Operator);
    let problems = Problems::new();
    let pending = RwSignal::new(false);
    let submit = move || {
        let user = NewUser {
            name: name.get_untracked().trim().to_owned(),
            grants: vec![NewGrant::everywhere(role.get_untracked())],
            password: password.get_untracked(),
        };
        problems.clear();
        problems.name.set((!is_user_name(&user.name)).then(|| untrack(|| t_string!(i18n, users.name_bad))));
        problems.password.set(password_problem(i18n, session, &user.password));
        if problems.name.with_untracked(Option::is_some) || problems.password.with_untracked(Option::is_some)
        {
            return;
        }
        pending.set(true);
        spawn_local(async move {
            let asked = user.name.clone();
            match api::call(CreateUser {}, Empty {}, user).await {
                Ok(user) => {
                    let text = untrack(|| t_string!(i18n, users.added, name = user.name.clone()));
                    toasts.success(text);
                    changed(user);
                    close();
                }
                // Only the name can be in the way of a new user.
                Err(error) if error.code == ErrorCode::Conflict => {
                    problems.name.set(Some(untrack(|| t_string!(i18n, users.name_taken))));
                }
                Err(error) => problems.take(i18n, &error, &asked),
            }
            let _ = pending.try_set(false);
        });
    };
    view! {
        <FormDialog
            title=t!(i18n, users.add_title)
            submit=t!(i18n, users.add_submit)
            keep=t!(i18n, common.cancel)
            pending=pending
            problem=problems.whole
            close
            on_submit=submit
        >
            <TextField
                id="user-name"
                label=t!(i18n, users.name)
                value=name
                hint=move || Some(t_string!(i18n, users.name_hint))
                error=problems.name
            />
            <RoleChoices role />
            <PasswordField
                id="user-password"
                label=t!(i18n, users.password)
                value=password
                error=problems.password
                autocomplete="new-password"
            >
                <p class="field-hint">{password_hint(i18n, session)}</p>
            </PasswordField>
        </FormDialog>
    }
}
