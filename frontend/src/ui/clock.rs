//! The present moment as a signal: one timer for every relative time on the page.

use gloo_timers::callback::Interval;
use leptos::prelude::*;
use shared::UnixMillis;

use crate::{i18n::use_i18n, ui::format};

/// How often relative times are renewed.
const TICK_MS: u32 = 5_000;

thread_local! {
    static NOW: ArcRwSignal<f64> = {
        let now = ArcRwSignal::new(js_sys::Date::now());
        let ticking = now.clone();
        Interval::new(TICK_MS, move || {
            if !document().hidden() {
                ticking.set(js_sys::Date::now());
            }
        })
        .forget();
        now
    };
}

/// Milliseconds since 1970, a few seconds old at most; tracked.
pub(crate) fn now() -> f64 {
    NOW.with(|now| now.get())
}

/// How long ago something was, with the exact time in `title`: “6 h ago”.
#[component]
pub(crate) fn Ago(
    /// When it was.
    #[prop(into)]
    at: Signal<UnixMillis>,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <time
            datetime=move || format::machine_time(at.get())
            title=move || format::date_time_exact(i18n, at.get())
        >
            {move || format::ago(i18n, at.get(), now())}
        </time>
    }
}
