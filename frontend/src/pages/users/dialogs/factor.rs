//! Removing the second factor of somebody who lost theirs.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Empty,
    users::{ResetFactor, User},
};

use crate::{
    api,
    components::error_text::error_text,
    i18n::{t, t_string, use_i18n},
    ui::{
        button::{Button, Variant},
        dialog::Dialog,
        toast::use_toasts,
    },
};

/// Asks, and removes it.
#[component]
pub(in crate::pages::users) fn FactorDialog(
    /// Whose.
    user: User,
    /// Closes the dialog.
    close: impl Fn() + Copy + Send + Sync + 'static,
    /// Takes the changed user in.
    changed: impl Fn(User) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let pending = RwSignal::new(false);
    let (id, name) = (user.id, user.name);
    let remove = move || {
        pending.set(true);
        spawn_local(async move {
            match api::call(ResetFactor { user: id }, Empty {}, ()).await {
                Ok(user) => {
                    toasts.success(untrack(|| t_string!(i18n, users.was_reset, name = user.name.clone())));
                    changed(user);
                }
                Err(error) => toasts.failure(untrack(|| error_text(i18n, &error)), String::new()),
            }
            close();
        });
    };
    let actions = move || {
        view! {
            <Button label=t!(i18n, users.reset_keep) on_press=close />
            <Button
                label=t!(i18n, users.reset_submit)
                variant=Variant::Danger
                pending
                on_press=remove
            />
        }
    };
    view! {
        <Dialog
            title=move || t_string!(i18n, users.reset_title, name = name.clone())
            on_close=close
            actions
        >
            <p>{t!(i18n, users.reset_text)}</p>
        </Dialog>
    }
}
