//! One's own API tokens: those there are, and the text of a new one, shown this once.

use leptos::prelude::*;
use shared::{
    Empty,
    tokens::{ListTokens, MadeToken, Token},
};

use super::new_token::NewTokenForm;
use crate::{
    api,
    components::reading::Reading,
    i18n::{t, t_string, use_i18n},
    pages::token_list::TokenList,
    paths,
    ui::{
        badge::Tone,
        button::Button,
        copy::{CommandLine, CopyButton},
        icon::Icon,
        notice::Notice,
    },
};

#[component]
pub(super) fn TokensSection() -> impl IntoView {
    let i18n = use_i18n();
    let tokens = Reading::<Vec<Token>>::new();
    let read = move || tokens.start(api::call(ListTokens {}, Empty {}, ()));
    read();
    let made = RwSignal::new(None::<MadeToken>);
    let open = RwSignal::new(false);
    let add = move || {
        view! {
            <div class="card-foot">
                <Button label=t!(i18n, account.tokens.add) icon=Icon::Plus on_press=move || open.set(true) />
            </div>
        }
    };
    let done = move |token| {
        made.set(Some(token));
        open.set(false);
        read();
    };
    view! {
        <section class="card" aria-labelledby="account-tokens">
            <div class="card-head">
                <h2 id="account-tokens">{t!(i18n, account.tokens.title)}</h2>
            </div>
            <div class="card-body">
                <p class="muted">{t!(i18n, account.tokens.text)}</p>
            </div>
            {move || made.get().map(|token| view! { <Made token done=move || made.set(None) /> })}
            <TokenList of=None tokens read />
            <Show when=move || open.get() fallback=add>
                <NewTokenForm close=move || open.set(false) done />
            </Show>
        </section>
    }
}

/// A token's text, this once.
#[component]
fn Made(token: MadeToken, done: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let MadeToken { token, text } = token;
    let origin = window().location().origin().unwrap_or_default();
    let address = format!("{origin}{}", paths::within("/api/v1/environments"));
    let command = format!("curl -H 'Authorization: Bearer {text}' {address}");
    view! {
        <div class="card-body stack">
            <Notice
                tone=Tone::Success
                title=move || t_string!(i18n, account.tokens.made, name = token.name.clone())
                text=t!(i18n, account.tokens.made_text)
            >
                <Button label=t!(i18n, account.tokens.kept) on_press=done />
            </Notice>
            <div class="command-line">
                <code class="token-text">{text.clone()}</code>
                <CopyButton text label=move || Some(t_string!(i18n, account.tokens.copy)) />
            </div>
            <CommandLine command />
        </div>
    }
}
