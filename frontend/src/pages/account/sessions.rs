//! Where one is signed in, and ending that.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Empty,
    account::{EndOtherSessions, EndSession, ListSessions, OwnSession},
};

use crate::{
    api,
    components::{error_text::error_text, reading::Reading, reading_state::ReadingState},
    i18n::{I18n, t, t_string, use_i18n},
    ui::{
        badge::{Badge, Tone},
        button::{Button, Size},
        clock::Ago,
        icon::{Icon, IconView},
        toast::use_toasts,
    },
};

#[component]
pub(super) fn SessionsSection() -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let sessions = Reading::<Vec<OwnSession>>::new();
    let read = move || sessions.start(api::call(ListSessions {}, Empty {}, ()));
    read();
    let ending = RwSignal::new(false);
    let end_others = move || {
        ending.set(true);
        spawn_local(async move {
            match api::call(EndOtherSessions {}, Empty {}, ()).await {
                Ok(_) => {
                    toasts.success(untrack(|| t_string!(i18n, account.sessions.ended_others)));
                    read();
                }
                Err(error) => toasts.failure(untrack(|| error_text(i18n, &error)), String::new()),
            }
            let _ = ending.try_set(false);
        });
    };
    let alone = move || {
        let alone = sessions.with(|all| all.is_none_or(|all| all.iter().all(|one| one.this)));
        alone.then(|| t_string!(i18n, account.sessions.only))
    };
    view! {
        <section class="card" aria-labelledby="account-sessions">
            <div class="card-head">
                <h2 id="account-sessions">{t!(i18n, account.sessions.title)}</h2>
            </div>
            <div class="card-body">
                <p class="muted">{t!(i18n, account.sessions.text)}</p>
            </div>
            <ReadingState reading=sessions failed=t!(i18n, account.sessions.failed) read around="card-body" />
            <ul class="row-list">
                <For
                    each=move || sessions.value().unwrap_or_default()
                    key=|one| (one.id.clone(), one.seen_at.0)
                    let:session
                >
                    <SessionRow session ended=read />
                </For>
            </ul>
            <div class="card-foot">
                <Button
                    label=t!(i18n, account.sessions.end_others)
                    disabled_why=Signal::derive(alone)
                    pending=ending
                    on_press=end_others
                />
            </div>
        </section>
    }
}

#[component]
fn SessionRow(session: OwnSession, ended: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let pending = RwSignal::new(false);
    let OwnSession { id, address, browser, system, agent, made_at, seen_at, this } = session;
    let name = Signal::derive(move || words(i18n, browser.clone(), system.clone()));
    let (from, of) = (address.clone(), address);
    let end = move || {
        let session = id.clone();
        pending.set(true);
        spawn_local(async move {
            match api::call(EndSession { session }, Empty {}, ()).await {
                Ok(()) => {
                    toasts.success(untrack(|| t_string!(i18n, account.sessions.ended)));
                    ended();
                }
                Err(error) => {
                    toasts.failure(untrack(|| error_text(i18n, &error)), String::new());
                    // It may have ended by itself.
                    ended();
                }
            }
            let _ = pending.try_set(false);
        });
    };
    let label = move || t_string!(i18n, account.sessions.end_of, name = name.get(), address = of.clone());
    view! {
        <li>
            <IconView icon=Icon::Key small=true />
            <p class="row-text">
                <strong title=agent>{name}</strong>
                <span>
                    {move || t_string!(i18n, account.sessions.from, address = from.clone())} " · "
                    {t!(i18n, account.sessions.made)} " " <Ago at=made_at /> " · "
                    {t!(i18n, account.sessions.seen)} " " <Ago at=seen_at />
                </span>
            </p>
            <span class="row-end">
                {if this {
                    view! { <Badge label=t!(i18n, account.sessions.this) tone=Tone::Success /> }.into_any()
                } else {
                    view! {
                        <Button
                            label=t!(i18n, account.sessions.end)
                            size=Size::Small
                            pending
                            on_press=end
                            attr:aria-label=label
                        />
                    }
                    .into_any()
                }}
            </span>
        </li>
    }
}

fn words(i18n: I18n, browser: Option<String>, system: Option<String>) -> String {
    match (browser, system) {
        (Some(browser), Some(system)) => {
            t_string!(i18n, account.sessions.on, browser = browser, system = system)
        }
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => t_string!(i18n, account.sessions.unknown),
    }
}
