//! A container's log: live, searchable, and never more than the page can bear.
//!
//! Belongs here: putting the parts together. `store`, `rows`, `model`, `selection`, `pieces` and `times` know no
//! browser; `log` has the turn of a frame; `feed` and `looking` bring lines and hits; `painter` and `row` draw.

mod chosen;
mod feed;
mod foot;
mod histogram;
mod log;
mod looking;
mod marks;
mod model;
mod painter;
mod pieces;
mod range_bar;
mod row;
mod rows;
mod selection;
mod store;
mod times;
mod toolbar;

use leptos::{ev, html, leptos_dom::helpers::document, prelude::*, task::spawn_local};
use shared::{
    ContainerRef, EnvironmentId,
    containers::ContainerSummary,
    logs::{DownloadLogs, LogQuery},
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, ResizeObserver};

use self::{
    chosen::Chosen,
    feed::Feed,
    foot::Foot,
    log::{Log, Phase, Shown},
    painter::Painter,
    range_bar::{RangeBar, ShowAll},
    selection::{Range, Search},
    toolbar::Toolbar,
};
use crate::{
    api,
    components::error_text::error_text,
    i18n::{t, t_string, use_i18n},
    ui::{button::Button, copy::copy_text, empty_state::EmptyState, format, icon::Icon, progress::Busy},
};

/// An empty log is said to be empty after so long, in milliseconds: before, lines may be under way.
const EMPTY_MS: u32 = 1_500;

/// What the parts of the view share.
#[derive(Clone, Copy)]
struct Parts {
    log: StoredValue<Log, LocalStorage>,
    shown: Shown,
    chosen: Chosen,
}

impl Parts {
    /// Asks the log something, unless the page has gone elsewhere.
    fn with<T>(self, ask: impl FnOnce(&Log) -> T) -> Option<T> {
        self.log.try_with_value(ask)
    }

    /// Does something with the log, unless the page has gone elsewhere.
    fn act(self, act: impl FnOnce(&Log)) {
        let _ = self.log.try_with_value(act);
    }
}

/// The Logs tab of a container.
#[component]
pub(crate) fn LogView(
    /// Where the container is.
    environment: EnvironmentId,
    /// Whose log; its state tells of starts and stops.
    #[prop(into)]
    container: Signal<ContainerSummary>,
) -> impl IntoView {
    let i18n = use_i18n();
    let id = container.with_untracked(|container| container.id.clone());
    let shown = Shown::new();
    let chosen = Chosen::of_address();
    let log = Log::new(Feed::new(environment.clone(), id.clone()), shown);
    let parts = Parts { log: StoredValue::new_local(log.clone()), shown, chosen };
    on_cleanup(move || parts.act(Log::dispose));
    follow_choices(parts);
    marks::follow(parts, container);
    let download = Signal::derive(move || {
        let query = chosen.range.get().query(js_sys::Date::now() as i64);
        let query = LogQuery { timestamps: chosen.times.get(), ..query };
        let operation = DownloadLogs { environment: environment.clone(), container: ContainerRef::from(&id) };
        api::address(&operation, &query)
    });
    let command = Signal::derive(move || {
        let name = container.with(|container| container.name.clone());
        chosen.range.get().command(&name, chosen.times.get(), moment)
    });
    let name = move || container.with(|container| container.name.clone());
    view! {
        <section class="logs" aria-label=t!(i18n, logs.title)>
            <Toolbar parts />
            <RangeBar parts download />
            <Trouble parts />
            <div class="log-place">
                <Lines parts name=Signal::derive(name) />
                <Empty parts />
            </div>
            <Foot parts command />
        </section>
    }
}

/// A time as the engine's command line reads it.
fn moment(at: i64) -> String {
    format::machine_time(shared::UnixMillis(at))
}

/// Has the log show what is chosen. An effect may run again for another part of the address; only what is new
/// is acted on, since another range begins with no lines at all.
fn follow_choices(parts: Parts) {
    let chosen = parts.chosen;
    let i18n = use_i18n();
    Effect::new(move |before: Option<Range>| {
        let range = chosen.range.get();
        if before != Some(range) {
            untrack(|| parts.act(|log| log.set_range(range)));
        }
        range
    });
    Effect::new(move || {
        let filter = chosen.filter();
        untrack(|| parts.act(|log| log.set_filter(filter)));
    });
    Effect::new(move |before: Option<Search>| {
        let search = chosen.search.get();
        if before.as_ref() != Some(&search) {
            untrack(|| parts.act(|log| log.set_search(search.clone())));
        }
        search
    });
    Effect::new(move || {
        parts.act(|log| log.set_language(i18n));
    });
    Effect::new(move || {
        let wrap = chosen.wrap.get();
        chosen.times.track();
        parts.act(|log| log.set_wrap(wrap));
    });
}

/// The lines.
#[component]
fn Lines(parts: Parts, name: Signal<String>) -> impl IntoView {
    let i18n = use_i18n();
    let view_ref = NodeRef::<html::Div>::new();
    let before = NodeRef::<html::Div>::new();
    let after = NodeRef::<html::Div>::new();
    Effect::new(move || {
        let (Some(view), Some(before), Some(after)) = (view_ref.get(), before.get(), after.get()) else {
            return;
        };
        observe_size(parts, &view);
        let painter = Painter::new(i18n, view.into(), before.into(), after.into());
        parts.with(|log| {
            log.attach(painter);
            log.set_wrap(parts.chosen.wrap.get_untracked());
        });
    });
    // Upwards means: stay here. Said at once, since following would scroll back in the same frame.
    let on_wheel = move |event: ev::WheelEvent| {
        if event.delta_y() < 0.0 && parts.shown.following.get_untracked() {
            parts.act(|log| log.set_following(false));
        }
    };
    view! {
        <div
            class="log-view"
            role="log"
            aria-label=move || t_string!(i18n, logs.of, name = name.get())
            aria-live="off"
            tabindex="0"
            data-wrap=move || parts.chosen.wrap.get().to_string()
            data-times=move || parts.chosen.times.get().to_string()
            node_ref=view_ref
            on:scroll=move |_| parts.act(Log::scrolled)
            on:wheel=on_wheel
            on:click=move |event| pressed(parts, &event)
        >
            <div class="log-space" node_ref=before></div>
            <div class="log-space" node_ref=after></div>
        </div>
    }
}

/// Draws anew when the view has another size.
fn observe_size(parts: Parts, view: &Element) {
    let width = StoredValue::new(0);
    let element = view.clone();
    let resized = Closure::<dyn FnMut()>::new(move || {
        let new = element.client_width();
        if width.try_get_value().is_some_and(|old| old != new) {
            width.set_value(new);
            parts.act(Log::measure_anew);
        }
        parts.act(Log::schedule);
    });
    if let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) {
        observer.observe(view);
        let kept = StoredValue::new_local((observer, resized));
        on_cleanup(move || kept.with_value(|(observer, _)| observer.disconnect()));
    }
}

/// One handler for the buttons of all rows: rows come and go too fast to have their own.
fn pressed(parts: Parts, event: &ev::MouseEvent) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let Ok(Some(button)) = target.closest("[data-do]") else { return };
    let row = button.closest("[data-sequence]").ok().flatten();
    let Some(sequence) = row.and_then(|row| row.get_attribute("data-sequence")?.parse::<u64>().ok()) else {
        return;
    };
    match button.get_attribute("data-do").as_deref() {
        Some("toggle") => {
            parts.act(|log| log.toggle(sequence));
            focus_again(sequence);
        }
        Some("load") => {
            parts.act(|log| log.feed.load_gap(log, sequence));
        }
        Some("copy") => {
            if let Some(text) = parts.with(|log| log.text(sequence)).flatten() {
                spawn_local(async move {
                    copy_text(&text).await;
                });
            }
        }
        Some(_) | None => {}
    }
}

/// The row was drawn anew: its button keeps the focus.
fn focus_again(sequence: u64) {
    request_animation_frame(move || {
        let button = document().query_selector(&format!("[data-sequence=\"{sequence}\"] [data-do=toggle]"));
        if let Ok(Some(button)) = button
            && let Ok(button) = button.dyn_into::<web_sys::HtmlElement>()
        {
            // Without scrolling: the row is where the person pressed.
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            let _ = button.focus_with_options(&options);
        }
    });
}

/// What is wrong with the search, in the browser's own words.
#[component]
fn Trouble(parts: Parts) -> impl IntoView {
    use log::SearchTrouble;
    let i18n = use_i18n();
    let text = move || {
        parts.shown.trouble.get().map(|trouble| match trouble {
            SearchTrouble::Invalid(why) => t_string!(i18n, logs.search.invalid_why, why = why),
            SearchTrouble::TooSlow => t_string!(i18n, logs.search.too_slow_why),
            SearchTrouble::Unable => t_string!(i18n, logs.search.unable_why),
        })
    };
    move || text().map(|text| view! { <p class="log-trouble" role="alert">{text}</p> })
}

/// In place of lines: why there are none.
#[component]
fn Empty(parts: Parts) -> impl IntoView {
    let i18n = use_i18n();
    let waited = RwSignal::new(false);
    Effect::new(move || {
        let _ = parts.chosen.range.get();
        waited.set(false);
        set_timeout(
            move || {
                // The page may have gone elsewhere.
                let _ = waited.try_set(true);
            },
            std::time::Duration::from_millis(u64::from(EMPTY_MS)),
        );
    });
    let figures = parts.shown.figures;
    let has_rows = Memo::new(move |_| figures.with(|figures| figures.shown > 0));
    let has_lines = Memo::new(move |_| figures.with(|figures| figures.lines > 0));
    move || {
        match (parts.shown.phase.get(), has_rows.get(), has_lines.get()) {
        (Phase::Failed(error), _, _) => {
            let text = move || {
                if feed::cannot_be_read(&error) {
                    t_string!(i18n, logs.empty.driver)
                } else {
                    error_text(i18n, &error)
                }
            };
            view! {
                <EmptyState icon=Icon::Warning title=t!(i18n, logs.empty.failed) text=Signal::derive(text)>
                    <Button label=t!(i18n, common.retry) on_press=move || parts.act(Log::retry) />
                </EmptyState>
            }
            .into_any()
        }
        (_, true, _) => ().into_any(),
        (_, false, true) => view! {
            <EmptyState icon=Icon::Filter title=t!(i18n, logs.empty.filtered) text=t!(i18n, logs.empty.filtered_text)>
                <ShowAll parts />
            </EmptyState>
        }
        .into_any(),
        (Phase::Loading, false, false) if !waited.get() => {
            view! { <div class="empty-state late"><Busy label=t!(i18n, common.loading) /></div> }.into_any()
        }
        (Phase::Ended, false, false) => {
            view! { <EmptyState icon=Icon::Logs title=t!(i18n, logs.empty.none) text=t!(i18n, logs.empty.none_ended) /> }
                .into_any()
        }
        (Phase::Loading | Phase::Live, false, false) => {
            view! { <EmptyState icon=Icon::Logs title=t!(i18n, logs.empty.none) text=t!(i18n, logs.empty.none_text) /> }
                .into_any()
        }
    }
    }
}
