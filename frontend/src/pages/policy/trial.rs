//! Trying proxies before they are trusted: which address one has now, and which one would have.

use leptos::{prelude::*, task::spawn_local};
use shared::policy::{ProxiesToTry, TryProxies};

use super::draft::{Draft, wrong};
use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    ui::button::Button,
};

#[component]
pub(super) fn Trial(proxies: Draft, started_with: Vec<String>, your_address: String) -> impl IntoView {
    let i18n = use_i18n();
    let tried = RwSignal::new(None::<String>);
    let pending = RwSignal::new(false);
    let attempt = move || {
        proxies.error.set(None);
        tried.set(None);
        pending.set(true);
        spawn_local(async move {
            let query = ProxiesToTry { proxies: proxies.entries().join(",") };
            match api::call(TryProxies {}, query, ()).await {
                Ok(reply) => {
                    let _ = tried.try_set(Some(reply.your_address));
                }
                Err(error) => proxies.error.set(Some(untrack(|| wrong(i18n, &error)))),
            }
            let _ = pending.try_set(false);
        });
    };
    let would_be = move || tried.get().map(|address| t_string!(i18n, policy.would_be, address = address));
    let started = (!started_with.is_empty()).then(|| started_with.join(", "));
    let started = started.map(|proxies| {
        view! {
            <p class="muted">{move || t_string!(i18n, policy.started_with, proxies = proxies.clone())}</p>
        }
    });
    view! {
        <p class="muted">{move || t_string!(i18n, policy.your_address, address = your_address.clone())}</p>
        {started}
        <p role="status">{would_be}</p>
        <div>
            <Button label=t!(i18n, policy.attempt) pending on_press=attempt />
        </div>
    }
}
