//! The grants of one user or team, each with the way to take it back.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Empty, ErrorCode,
    users::{CustomRole, Grant, TakeGrant},
};

use super::words::grant_word;
use crate::{
    api,
    components::{containers_store::ContainersStore, error_text::error_text},
    i18n::{t, t_string, use_i18n},
    ui::{
        button::{Button, Size, Variant},
        clock::Ago,
        icon::{Icon, IconView},
        toast::use_toasts,
    },
};

/// The list.
#[component]
pub(super) fn GrantList(
    /// The grants.
    grants: Vec<Grant>,
    /// The custom roles, for their names.
    roles: Vec<CustomRole>,
    /// Told after one was taken.
    changed: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    if grants.is_empty() {
        return view! { <p class="card-body muted">{t!(i18n, access.no_grants)}</p> }.into_any();
    }
    let rows = grants.into_iter().map(|grant| view! { <GrantRow grant roles=roles.clone() changed /> });
    view! { <ul class="row-list">{rows.collect_view()}</ul> }.into_any()
}

#[component]
fn GrantRow(
    grant: Grant,
    roles: Vec<CustomRole>,
    changed: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = ContainersStore::use_store();
    let toasts = use_toasts();
    let pending = RwSignal::new(false);
    let Grant { id, role, scope, given_by, given_at, .. } = grant;
    let what = Signal::derive(move || grant_word(i18n, role, &scope, &roles, store));
    let by = move || match given_by.as_str() {
        "" => t_string!(i18n, access.given_console),
        name => t_string!(i18n, access.given, name = name.to_owned()),
    };
    let take = move || {
        pending.set(true);
        spawn_local(async move {
            let what = what.get_untracked();
            match api::call(TakeGrant { grant: id }, Empty {}, ()).await {
                Ok(()) => {
                    toasts.success(t_string!(i18n, access.taken, what = what));
                    changed();
                }
                Err(error) => {
                    let text = match error.code {
                        ErrorCode::Conflict => error.message.clone(),
                        _ => error_text(i18n, &error),
                    };
                    toasts.failure(text, String::new());
                }
            }
            let _ = pending.try_set(false);
        });
    };
    view! {
        <li>
            <IconView icon=Icon::Key small=true />
            <p class="row-text">
                <strong>{what}</strong>
                <span>{by} " · " <Ago at=given_at /></span>
            </p>
            <span class="row-end">
                <Button
                    label=t!(i18n, access.take)
                    size=Size::Small
                    variant=Variant::Ghost
                    pending
                    on_press=take
                    attr:aria-label=move || t_string!(i18n, access.take_of, what = what.get())
                />
            </span>
        </li>
    }
}
