//! API tokens in a list, each with its end: one's own, or those of a person whom one administers.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ApiError, Empty, TokenId, UserId,
    tokens::{RevokeToken, RevokeUserToken, Token},
};

use crate::{
    api,
    components::{
        containers_store::ContainersStore, error_text::error_text, reading::Reading,
        reading_state::ReadingState,
    },
    i18n::{t, t_string, use_i18n},
    pages::access::words::{permission_word, scope_word},
    ui::{
        badge::{Badge, Tone},
        button::{Button, Size},
        clock::{Ago, now},
        format,
        icon::{Icon, IconView},
        toast::use_toasts,
    },
};

async fn revoke(of: Option<UserId>, token: TokenId) -> Result<(), ApiError> {
    match of {
        None => api::call(RevokeToken { token }, Empty {}, ()).await,
        Some(user) => api::call(RevokeUserToken { user, token }, Empty {}, ()).await,
    }
}

/// The list, with what is under way or failed.
#[component]
pub(super) fn TokenList(
    /// Whose; one's own without it.
    of: Option<UserId>,
    /// The tokens.
    tokens: Reading<Vec<Token>>,
    /// Reads them again.
    read: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <ReadingState reading=tokens failed=t!(i18n, account.tokens.failed) read around="card-body" />
        <Show when=move || tokens.with(|all| all.is_some_and(|all| all.is_empty()))>
            <div class="card-body">
                <p class="muted">{t!(i18n, account.tokens.none)}</p>
            </div>
        </Show>
        <ul class="row-list">
            <For
                each=move || tokens.value().unwrap_or_default()
                key=|token| (token.id.0, token.used_at.map(|at| at.0))
                let:token
            >
                <TokenRow of token revoked=read />
            </For>
        </ul>
    }
}

#[component]
fn TokenRow(
    of: Option<UserId>,
    token: Token,
    revoked: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let store = ContainersStore::use_store();
    let pending = RwSignal::new(false);
    let Token { id, name, permissions, scope, expires_at, used_at, used_from, .. } = token;
    let expired = move || format::since(expires_at, now()) >= 0;
    let may = move || {
        let words: Vec<_> = permissions.iter().map(|one| permission_word(i18n, one)).collect();
        format!("{} · {}", words.join(", "), scope_word(i18n, &scope, store))
    };
    let (of_label, of_toast) = (name.clone(), name.clone());
    let end = move || {
        let name = of_toast.clone();
        pending.set(true);
        spawn_local(async move {
            match revoke(of, id).await {
                Ok(()) => toasts.success(untrack(|| t_string!(i18n, account.tokens.revoked, name = name))),
                Err(error) => toasts.failure(untrack(|| error_text(i18n, &error)), String::new()),
            }
            // It may have gone by itself.
            revoked();
            let _ = pending.try_set(false);
        });
    };
    let used = match used_at {
        Some(at) => {
            let from = used_from.unwrap_or_default();
            view! {
                {t!(i18n, account.tokens.used)}
                " "
                <Ago at=at />
                " "
                {move || t_string!(i18n, account.sessions.from, address = from.clone())}
            }
            .into_any()
        }
        None => view! { {t!(i18n, account.tokens.unused)} }.into_any(),
    };
    view! {
        <li>
            <IconView icon=Icon::Key small=true />
            <p class="row-text">
                <strong>{name}</strong>
                <span>{may}</span>
                <span>
                    {move || t_string!(i18n, account.tokens.expires, time = format::date_time(i18n, expires_at))}
                    " · " {used}
                </span>
            </p>
            <span class="row-end">
                <Show when=expired>
                    <Badge label=t!(i18n, account.tokens.expired) tone=Tone::Warning />
                </Show>
                <Button
                    label=t!(i18n, account.tokens.revoke)
                    size=Size::Small
                    pending
                    on_press=end
                    attr:aria-label=move || t_string!(i18n, account.tokens.revoke_of, name = of_label.clone())
                />
            </span>
        </li>
    }
}
