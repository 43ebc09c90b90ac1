//! When the lines that the page holds were written: bars by time, with the part on the screen framed.

use gloo_timers::callback::Interval;
use leptos::{ev::MouseEvent, prelude::*};
use shared::UnixMillis;
use wasm_bindgen::JsCast;

use super::{
    Parts,
    times::{BARS, Times},
};
use crate::{
    i18n::{t_string, use_i18n},
    ui::format,
};

/// Counted anew so often, in milliseconds.
const COUNT_MS: u32 = 1_000;
const HEIGHT: f64 = 28.0;
const STEP: f64 = 5.0;

/// The bars. A press goes to the lines of that time.
#[component]
pub(super) fn Histogram(parts: Parts) -> impl IntoView {
    let i18n = use_i18n();
    let times = RwSignal::new(Times::default());
    let count = move || {
        parts.act(|log| {
            let height = log.height();
            let counted = Times::of(&log.model.borrow(), height);
            if times.with_untracked(|times| *times != counted) {
                times.set(counted);
            }
        });
    };
    StoredValue::new_local(Interval::new(COUNT_MS, count));
    Effect::new(move || {
        parts.shown.figures.track();
        // The first lines are shown at once.
        if times.with_untracked(Times::is_empty) {
            count();
        }
    });
    let go = move |event: MouseEvent| {
        let Some(element) =
            event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        else {
            return;
        };
        let frame = element.get_bounding_client_rect();
        if frame.width() > 0.0 {
            let share = (f64::from(event.client_x()) - frame.left()) / frame.width();
            let at = times.with_untracked(|times| times.at(share));
            parts.act(|log| log.go_to_time(at));
            count();
        }
    };
    let label = move || {
        times.with(|times| {
            t_string!(
                i18n,
                logs.histogram,
                from = format::date_time(i18n, UnixMillis(times.from)),
                to = format::date_time(i18n, UnixMillis(times.to)),
                errors = format::count(i18n, times.errors())
            )
        })
    };
    view! {
        <Show when=move || times.with(|times| !times.is_empty())>
            <svg
                class="log-histogram"
                viewBox=format!("0 0 {} {HEIGHT}", BARS as f64 * STEP)
                preserveAspectRatio="none"
                role="img"
                aria-label=label
                on:click=go
            >
                {move || times.with(bars)}
            </svg>
            <span class="log-histogram-end">
                {move || times.with(|times| format::time(i18n, UnixMillis(times.to)))}
            </span>
        </Show>
    }
}

fn bars(times: &Times) -> impl IntoView + use<> {
    let most = f64::from(times.most().max(1));
    let bars: Vec<_> = times
        .bars()
        .flat_map(|(index, counts)| {
            let mut top = HEIGHT;
            [("bar-info", counts.plain), ("bar-warn", counts.warn), ("bar-error", counts.error)].map(
                |(class, count)| {
                    // A single error among thousands of lines still is to be seen.
                    let least = if count > 0 { 1.0 } else { 0.0 };
                    let height = (f64::from(count) / most * (HEIGHT - 4.0)).max(least);
                    top -= height;
                    (count > 0).then(|| {
                        view! {
                            <rect
                                class=class
                                x=(index as f64 * STEP).to_string()
                                y=format!("{top:.1}")
                                width="3.6"
                                height=format!("{height:.1}")
                            />
                        }
                    })
                },
            )
        })
        .collect();
    let frame = times.window().map(|(from, to)| {
        let (x, width) = (from * BARS as f64 * STEP, ((to - from) * BARS as f64 * STEP).max(4.0));
        view! {
            <rect
                class="window"
                x=format!("{x:.1}")
                y="0.5"
                width=format!("{width:.1}")
                height=(HEIGHT - 1.0).to_string()
                rx="2"
            />
        }
    });
    (bars, frame)
}
