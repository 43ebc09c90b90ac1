//! Setting a user's password.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Empty,
    users::{UpdateUser, User, UserChange},
};

use super::Problems;
use crate::{
    api,
    components::password_words::{password_hint, password_problem},
    i18n::{t, t_string, use_i18n},
    session::use_session,
    ui::{field::PasswordField, form_dialog::FormDialog, toast::use_toasts},
};

/// Sets a user's password.
#[component]
pub(in crate::pages::users) fn PasswordDialog(
    /// Whose.
    user: User,
    /// Closes the dialog.
    close: impl Fn() + Copy + Send + Sync + 'static,
    /// Takes the changed user in.
    changed: impl Fn(User) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let session = use_session();
    let password = RwSignal::new(String::new());
    let problems = Problems::new();
    let pending = RwSignal::new(false);
    let id = user.id;
    let name = user.name.clone();
    let submit = {
        let name = name.clone();
        move || {
            let typed = password.get_untracked();
            let name = name.clone();
            problems.clear();
            if let Some(problem) = password_problem(i18n, session, &typed) {
                problems.password.set(Some(problem));
                return;
            }
            pending.set(true);
            spawn_local(async move {
                let change = UserChange { password: Some(typed), ..UserChange::default() };
                match api::call(UpdateUser { user: id }, Empty {}, change).await {
                    Ok(user) => {
                        let text =
                            untrack(|| t_string!(i18n, users.password_changed, name = user.name.clone()));
                        toasts.success(text);
                        changed(user);
                        close();
                    }
                    Err(error) => problems.take(i18n, &error, &name),
                }
                let _ = pending.try_set(false);
            });
        }
    };
    view! {
        <FormDialog
            title=move || t_string!(i18n, users.password_title, name = name.clone())
            submit=t!(i18n, users.password_submit)
            keep=t!(i18n, common.cancel)
            pending=pending
            problem=problems.whole
            close
            on_submit=submit
        >
            <p class="muted">{t!(i18n, users.password_text)}</p>
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
