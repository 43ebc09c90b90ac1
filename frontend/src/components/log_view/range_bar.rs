//! Which part of the log is shown, which outputs, when its lines were written, and how they are drawn.

use leptos::{ev, prelude::*};
use shared::logs::LogStream;

use super::{
    Parts,
    histogram::Histogram,
    selection::{Outputs, RANGES, Range},
};
use crate::{
    i18n::{I18n, t, t_count, t_string, use_i18n},
    ui::{
        button::{Button, IconButton},
        icon::{Icon, IconView},
    },
};

const OWN: &str = "own";

/// The bar. `download` is the address of the file.
#[component]
pub(super) fn RangeBar(parts: Parts, download: Signal<String>) -> impl IntoView {
    let i18n = use_i18n();
    let chosen = parts.chosen;
    // The person wants to name the times themselves.
    let own = RwSignal::new(matches!(chosen.range.get_untracked(), Range::Between { .. }));
    let choose = move |event: ev::Event| {
        let value = event_target_value(&event);
        own.set(value == OWN);
        if let Ok(range) = value.parse() {
            chosen.choose_range(range);
        }
    };
    let is_own = move || own.get() || matches!(chosen.range.get(), Range::Between { .. });
    view! {
        <div class="log-range">
            <span class="select" data-quiet="">
                <select aria-label=t!(i18n, logs.range.label) on:change=choose>
                    {RANGES
                        .into_iter()
                        .map(|range| {
                            view! {
                                <option
                                    value=range.to_string()
                                    selected=move || !is_own() && chosen.range.get() == range
                                >
                                    {move || range_text(i18n, range)}
                                </option>
                            }
                        })
                        .collect_view()}
                    <option value=OWN selected=is_own>
                        {t!(i18n, logs.range.own)}
                    </option>
                </select>
                <IconView icon=Icon::ChevronDown />
            </span>
            <Show when=is_own>
                <OwnRange parts />
            </Show>
            <OutputChoice parts />
            <Histogram parts />
            <Drawing parts download />
        </div>
    }
}

/// How lines are drawn, and the download.
#[component]
fn Drawing(parts: Parts, download: Signal<String>) -> impl IntoView {
    let i18n = use_i18n();
    let chosen = parts.chosen;
    view! {
        <span class="cluster" data-tight="">
            <IconButton
                label=t!(i18n, logs.wrap)
                icon=Icon::Wrap
                pressed=Signal::from(chosen.wrap)
                on_press=move || chosen.toggle_wrap()
            />
            <IconButton
                label=t!(i18n, logs.times)
                icon=Icon::Clock
                pressed=Signal::from(chosen.times)
                on_press=move || chosen.toggle_times()
            />
            <a
                class="button"
                data-variant="ghost"
                data-icon=""
                rel="external"
                download=""
                href=download
                aria-label=t!(i18n, logs.download)
                title=t!(i18n, logs.download)
            >
                <IconView icon=Icon::Download />
            </a>
        </span>
    }
}

fn range_text(i18n: I18n, range: Range) -> String {
    match range {
        Range::Tail(lines) => t_count!(i18n, lines, logs.range.tail),
        Range::Minutes(minutes) if minutes % 60 == 0 => t_count!(i18n, minutes / 60, logs.range.hours),
        Range::Minutes(minutes) => t_count!(i18n, minutes, logs.range.minutes),
        Range::All | Range::Between { .. } => t_string!(i18n, logs.range.all),
    }
}

/// From when to when.
#[component]
fn OwnRange(parts: Parts) -> impl IntoView {
    let i18n = use_i18n();
    let chosen = parts.chosen;
    let side = move |pick: fn(Option<i64>, Option<i64>) -> Option<i64>| match chosen.range.get_untracked() {
        Range::Between { since, until } => pick(since, until).map(to_field).unwrap_or_default(),
        Range::Tail(_) | Range::Minutes(_) | Range::All => String::new(),
    };
    let since = RwSignal::new(side(|since, _| since));
    let until = RwSignal::new(side(|_, until| until));
    let apply = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let (since, until) = (of_field(&since.get_untracked()), of_field(&until.get_untracked()));
        chosen.choose_range(Range::Between { since, until });
    };
    let field = move |label: Signal<String>, value: RwSignal<String>| {
        view! {
            <label class="log-moment">
                <span>{label}</span>
                <input
                    class="input"
                    type="datetime-local"
                    step="1"
                    prop:value=value
                    on:input=move |event| value.set(event_target_value(&event))
                />
            </label>
        }
    };
    view! {
        <form class="cluster" on:submit=apply>
            {field(Signal::derive(t!(i18n, logs.range.since)), since)}
            {field(Signal::derive(t!(i18n, logs.range.until)), until)}
            <button class="button" type="submit">
                {t!(i18n, logs.range.apply)}
            </button>
        </form>
    }
}

/// A time as the browser's field writes it, in the person's own zone.
fn to_field(at: i64) -> String {
    let date = js_sys::Date::new(&(at as f64).into());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        date.get_minutes(),
        date.get_seconds()
    )
}

fn of_field(text: &str) -> Option<i64> {
    let at = js_sys::Date::parse(text);
    at.is_finite().then_some(at as i64)
}

#[component]
fn OutputChoice(parts: Parts) -> impl IntoView {
    let i18n = use_i18n();
    let chosen = parts.chosen;
    let choices = [Outputs::Both, Outputs::Only(LogStream::Stdout), Outputs::Only(LogStream::Stderr)];
    let label = move |outputs: Outputs| match outputs {
        Outputs::Both => t_string!(i18n, logs.output.both),
        Outputs::Only(LogStream::Stdout) => "stdout".to_owned(),
        Outputs::Only(LogStream::Stderr) => "stderr".to_owned(),
    };
    view! {
        <div class="segmented" role="group" aria-label=t!(i18n, logs.output.label)>
            {choices
                .into_iter()
                .map(|outputs| {
                    view! {
                        <button
                            type="button"
                            aria-pressed=move || (chosen.outputs.get() == outputs).to_string()
                            on:click=move |_| chosen.choose_outputs(outputs)
                        >
                            {move || label(outputs)}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}

/// Shown where the filter leaves nothing.
#[component]
pub(super) fn ShowAll(parts: Parts) -> impl IntoView {
    let i18n = use_i18n();
    view! { <Button label=t!(i18n, logs.empty.show_all) on_press=move || parts.chosen.show_all() /> }
}
