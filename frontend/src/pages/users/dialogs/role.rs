//! Changing a user's role.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Empty, Role, Scope,
    users::{NewGrant, UpdateUser, User, UserChange},
};

use super::{super::role_choices::RoleChoices, Problems};
use crate::{
    api,
    components::error_text::role_name,
    i18n::{t, t_string, use_i18n},
    session::use_session,
    ui::{badge::Tone, form_dialog::FormDialog, notice::Notice, toast::use_toasts},
};

/// Changes a user's role.
#[component]
pub(in crate::pages::users) fn RoleDialog(
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
    let role = RwSignal::new(user.role().unwrap_or(Role::Viewer));
    // What they hold elsewhere stays.
    let elsewhere: Vec<NewGrant> = user
        .grants
        .iter()
        .filter(|grant| grant.scope != Scope::Everything)
        .map(|grant| NewGrant { role: grant.role, scope: grant.scope.clone() })
        .collect();
    let problems = Problems::new();
    let pending = RwSignal::new(false);
    let id = user.id;
    let name = user.name.clone();
    let submit = {
        let name = name.clone();
        move || {
            let mut grants = elsewhere.clone();
            grants.push(NewGrant::everywhere(role.get_untracked()));
            let change = UserChange { grants: Some(grants), ..UserChange::default() };
            let name = name.clone();
            problems.clear();
            pending.set(true);
            spawn_local(async move {
                match api::call(UpdateUser { user: id }, Empty {}, change).await {
                    Ok(user) => {
                        let text = untrack(|| {
                            t_string!(
                                i18n,
                                users.role_changed,
                                name = user.name.clone(),
                                role = role_name(i18n, user.role())
                            )
                        });
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
    let lesser_self = move || {
        let own = session.session().is_some_and(|session| session.user == id);
        own && role.get() != Role::Admin
    };
    view! {
        <FormDialog
            title=move || t_string!(i18n, users.role_title, name = name.clone())
            submit=t!(i18n, users.role_submit)
            keep=t!(i18n, common.cancel)
            pending=pending
            problem=problems.whole
            close
            on_submit=submit
        >
            <p class="muted">{t!(i18n, users.role_text)}</p>
            <RoleChoices role />
            <Show when=lesser_self>
                <Notice tone=Tone::Warning title=t!(i18n, users.role_self) text=String::new() />
            </Show>
        </FormDialog>
    }
}
