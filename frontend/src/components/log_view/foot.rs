//! Below the lines: how many there are, how fast they come, and the command that prints the same.

use gloo_timers::callback::Interval;
use leptos::prelude::*;

use super::{Parts, log::Phase};
use crate::{
    i18n::{t, t_count, t_string, use_i18n},
    live::{self, Connection},
    ui::{copy::CopyButton, format},
};

/// The speed is that of the last so many seconds.
const SPEED_SECONDS: u32 = 2;

/// The foot.
#[component]
pub(super) fn Foot(parts: Parts, command: Signal<String>) -> impl IntoView {
    let i18n = use_i18n();
    let figures = parts.shown.figures;
    let speed = speed_of(parts);
    let lines = move || {
        let figures = figures.get();
        let shown = format::count(i18n, figures.shown as u64);
        if parts.chosen.filter() == super::selection::Filter::default() {
            t_count!(i18n, figures.lines, logs.foot.lines)
        } else {
            t_count!(i18n, figures.lines, logs.foot.shown, shown = shown.clone())
        }
    };
    let connection = live::connection();
    let state = move || {
        if matches!(connection.get(), Connection::Lost { .. }) {
            return Some(t_string!(i18n, logs.foot.lost));
        }
        if figures.with(|figures| figures.holding) {
            return Some(t_string!(i18n, logs.foot.holding));
        }
        match parts.shown.phase.get() {
            Phase::Ended if parts.chosen.range.get().follows() => Some(t_string!(i18n, logs.foot.ended)),
            Phase::Ended => Some(t_string!(i18n, logs.foot.range_ended)),
            Phase::Loading | Phase::Live | Phase::Failed(_) => None,
        }
    };
    view! {
        <ul class="status-line">
            <li>{lines}</li>
            <Show when=move || speed.get() != 0>
                <li>{move || t_count!(i18n, speed.get(), logs.foot.speed)}</li>
            </Show>
            <Show when=move || figures.with(|figures| figures.left != 0)>
                <li class="wide-only" title=t!(i18n, logs.foot.left_why)>
                    {move || t_count!(i18n, figures.with(|figures| figures.left), logs.foot.left)}
                </li>
            </Show>
            <li><span role="status">{state}</span></li>
            <li class="push wide-only">
                <code>{command}</code>
                <CopyButton text=command label=move || Some(t_string!(i18n, common.copy_command)) />
            </li>
        </ul>
    }
}

/// Lines in a second.
fn speed_of(parts: Parts) -> RwSignal<u64> {
    let speed = RwSignal::new(0);
    let before = StoredValue::new(0_u64);
    let timer = Interval::new(SPEED_SECONDS * 1000, move || {
        let received = parts.shown.figures.with_untracked(|figures| figures.received);
        // What was there at the beginning did not come just now, nor did what a new range begins with.
        let old = before.get_value();
        let new = if old > 0 { received.saturating_sub(old) } else { 0 };
        before.set_value(received);
        let live = parts.shown.phase.get_untracked() == Phase::Live;
        speed.set(if live { new / u64::from(SPEED_SECONDS) } else { 0 });
    });
    StoredValue::new_local(timer);
    speed
}
