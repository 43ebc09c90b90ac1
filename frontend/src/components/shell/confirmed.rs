//! How long dangerous changes are not asked for again, with the way to end that.

use leptos::{prelude::*, task::spawn_local};
use shared::{ApiError, Empty, account::EndConfirmation};

use crate::{
    api,
    components::error_text::error_text,
    i18n::{I18n, t_string, use_i18n},
    session::use_session,
    ui::{
        clock, format,
        icon::{Icon, IconView},
        lazy::part,
        toast::{Toasts, use_toasts},
    },
};

part! {
    trouble: act not_ended(i18n: I18n, toasts: Toasts, error: ApiError) {
        toasts.failure(untrack(|| error_text(i18n, &error)), String::new());
    }
}

#[component]
pub(super) fn Confirmed() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let toasts = use_toasts();
    let left = Memo::new(move |_| session.confirmed_until() - clock::now());
    let time = move || format::duration(i18n, left.get() as i64);
    let end = move |_| {
        spawn_local(async move {
            match api::call(EndConfirmation {}, Empty {}, ()).await {
                Ok(now) => {
                    session.renew(now);
                    toasts.success(untrack(|| t_string!(i18n, account.confirmed_ended)));
                }
                // Where its words cannot be had either, the button that stays tells.
                Err(error) => {
                    let _ = not_ended(i18n, toasts, error).await;
                }
            }
        });
    };
    view! {
        <Show when=move || { left.get() > 0.0 }>
            <button
                class="button"
                type="button"
                data-variant="ghost"
                title=move || t_string!(i18n, account.confirmed_text, time = time())
                on:click=end
            >
                <IconView icon=Icon::Shield />
                <span class="wide-only">{move || t_string!(i18n, account.confirmed, time = time())}</span>
                <span class="narrow-only">{time}</span>
            </button>
        </Show>
    }
}
