//! The tree: only the rows in view are in the page, so that any document scrolls smoothly. One stop for the
//! keyboard; the arrows walk, open and shut, C and P copy.

use std::sync::Arc;

use leptos::{ev, html, prelude::*, tachys::html::attribute::custom::custom_attribute, task::spawn_local};

use super::{
    super::subject::Subject,
    Open,
    document::{Document, Found, Key, Node, Shown},
};
use crate::{
    i18n::{I18n, t, t_count, t_string, use_i18n},
    ui::{
        button::{IconButton, Size},
        copy::{CopyButton, copy_text},
        empty_state::EmptyState,
        icon::{Icon, IconView},
        toast::use_toasts,
    },
};

/// Rows drawn beyond both ends of what is in view.
const BEYOND: usize = 12;
/// How far each level is moved in.
const INDENT: usize = 16;

/// The tree.
#[component]
pub(super) fn Tree(
    /// The container.
    subject: Subject,
    /// Its document.
    document: Memo<Arc<Document>>,
    /// What the filter found, if there is one.
    found: Memo<Option<Found>>,
    /// Which branches are open.
    open: Open,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let frame = NodeRef::<html::Div>::new();
    let row_height = row_height();
    let scroll = RwSignal::new((0_usize, 800_usize));
    let active = RwSignal::new(None::<usize>);
    let is_filtered = move || found.with(Option::is_some);
    let rows = Memo::new(move |_| {
        found.with(|found| {
            let filtered = found.is_some();
            document.with(|document| document.rows(|path| open.is_open(path, filtered), found.as_ref()))
        })
    });
    let window = Memo::new(move |_| {
        let (top, height) = scroll.get();
        let count = rows.with(Vec::len);
        let first = (top / row_height).saturating_sub(BEYOND).min(count);
        let last = (top.saturating_add(height) / row_height + BEYOND).min(count);
        (first, last.max(first))
    });
    let measure = move || {
        if let Some(frame) = frame.get_untracked() {
            let size = |pixels: i32| usize::try_from(pixels).unwrap_or_default();
            scroll.set((size(frame.scroll_top()), size(frame.client_height())));
        }
    };
    Effect::new(move || {
        frame.track();
        request_animation_frame(measure);
    });
    let resized = window_event_listener(ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());

    let node = move |index: usize| document.with(|document| document.node(index).cloned());
    let toggle = move |node: &Node| {
        if node.shown.is_branch() {
            let filtered = untrack(is_filtered);
            let is_open = untrack(|| open.is_open(&node.path, filtered));
            open.set(&node.path, filtered, !is_open);
        }
    };
    let place = move || {
        let active = active.get_untracked()?;
        rows.with_untracked(|rows| rows.iter().position(|row| *row == active))
    };
    let go_to = move |place: usize| {
        let row = rows.with_untracked(|rows| rows.get(place).copied());
        active.set(row);
        if let (Some(frame), Some(_)) = (frame.get_untracked(), row) {
            let top = i32::try_from(place * row_height).unwrap_or(i32::MAX);
            let height = i32::try_from(row_height).unwrap_or_default();
            if top < frame.scroll_top() {
                frame.set_scroll_top(top);
            } else if top + height > frame.scroll_top() + frame.client_height() {
                frame.set_scroll_top(top + height - frame.client_height());
            }
        }
    };
    let copy = move |text: String, is_path: bool| {
        spawn_local(async move {
            if copy_text(&text).await {
                toasts.success(if is_path {
                    untrack(|| t_string!(i18n, inspect.path_copied))
                } else {
                    untrack(|| t_string!(i18n, inspect.value_copied))
                });
            }
        });
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || event.target() != event.current_target()
        {
            return;
        }
        let last = rows.with_untracked(Vec::len).saturating_sub(1);
        let here = place();
        let now = active.get_untracked().and_then(|index| untrack(|| node(index)));
        let is_open = |node: &Node| untrack(|| open.is_open(&node.path, is_filtered()));
        match (event.key().as_str(), now) {
            ("ArrowDown", _) => go_to(here.map_or(0, |here| (here + 1).min(last))),
            ("ArrowUp", _) => go_to(here.map_or(0, |here| here.saturating_sub(1))),
            ("Home", _) => go_to(0),
            ("End", _) => go_to(last),
            ("PageDown", _) => go_to((here.unwrap_or(0) + 20).min(last)),
            ("PageUp", _) => go_to(here.unwrap_or(0).saturating_sub(20)),
            ("ArrowRight", Some(now)) if now.shown.is_branch() && !is_open(&now) => toggle(&now),
            ("ArrowRight", Some(now)) if now.shown.is_branch() => {
                go_to(here.map_or(0, |here| (here + 1).min(last)))
            }
            ("ArrowLeft", Some(now)) if now.shown.is_branch() && is_open(&now) => toggle(&now),
            ("ArrowLeft", Some(now)) => {
                let parent = (0..here.unwrap_or(0)).rev().find(|place| {
                    let row = rows.with_untracked(|rows| rows.get(*place).copied());
                    row.and_then(|row| untrack(|| node(row))).is_some_and(|above| above.depth < now.depth)
                });
                if let Some(parent) = parent {
                    go_to(parent);
                }
            }
            ("Enter" | " ", Some(now)) => toggle(&now),
            ("c" | "C", Some(now)) => copy(value_text(subject, &now), false),
            ("p" | "P", Some(now)) => copy(now.path, true),
            _ => return,
        }
        event.prevent_default();
    };
    let spacer = move |rows: usize| {
        view! { <svg aria-hidden="true" width="1" height=(rows * row_height).to_string()></svg> }
    };

    view! {
        <Show
            when=move || rows.with(|rows| !rows.is_empty())
            fallback=move || {
                view! {
                    <EmptyState
                        icon=Icon::Search
                        title=t!(i18n, inspect.no_hits)
                        text=t!(i18n, inspect.no_hits_text)
                    />
                }
            }
        >
            <div
                class="inspect-tree"
                node_ref=frame
                role="tree"
                tabindex="0"
                aria-label=move || t_string!(i18n, inspect.document, name = subject.name())
                aria-activedescendant=move || active.get().map(row_id)
                on:scroll=move |_| measure()
                on:keydown=on_key
                on:focus=move |_| {
                    if place().is_none() {
                        active.set(rows.with_untracked(|rows| rows.first().copied()));
                    }
                }
            >
                {move || spacer(window.get().0)}
                <For
                    each=move || {
                        let (first, last) = window.get();
                        rows.with(|rows| rows.get(first..last).unwrap_or_default().to_vec())
                    }
                    key=move |index| (*index, node(*index).map(|node| (node.path, node.shown)))
                    let:index
                >
                    {node(index)
                        .map(|node| {
                            view! { <TreeRow subject index node active open filtered=Signal::derive(is_filtered) copy /> }
                        })}
                </For>
                {move || spacer(rows.with(Vec::len).saturating_sub(window.get().1))}
            </div>
        </Show>
    }
}

#[component]
fn TreeRow(
    subject: Subject,
    index: usize,
    node: Node,
    active: RwSignal<Option<usize>>,
    open: Open,
    filtered: Signal<bool>,
    copy: impl Fn(String, bool) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let is_active = move || active.get() == Some(index);
    let is_branch = node.shown.is_branch();
    let path = node.path.clone();
    let is_open = {
        let path = path.clone();
        move || is_branch.then(|| open.is_open(&path, filtered.get()).to_string())
    };
    let press = move |_| {
        active.set(Some(index));
        if is_branch {
            let filtered = filtered.get_untracked();
            let is_open = untrack(|| open.is_open(&path, filtered));
            open.set(&path, filtered, !is_open);
        }
    };
    let key = match &node.key {
        Key::Name(name) => {
            view! { <span class="inspect-key" title=name.clone()>{format!("{name}:")}</span> }.into_any()
        }
        Key::Place(place) => view! { <span class="inspect-place">{format!("{place}:")}</span> }.into_any(),
    };
    let title = match &node.shown {
        Shown::Text(text) if text.len() > 60 => Some(text.clone()),
        _ => None,
    };
    let kind = kind(&node.shown);
    // The view macro does not know this attribute by name.
    let level = custom_attribute("aria-level", (node.depth + 1).to_string());
    let shown = node.shown.clone();
    view! {
        <div
            class="inspect-row"
            id=row_id(index)
            role="treeitem"
            {..level}
            aria-expanded=is_open
            aria-selected=move || is_active().to_string()
            data-active=move || is_active().then_some("")
            on:mouseenter=move |_| active.set(Some(index))
            on:click=press
        >
            <svg class="inspect-indent" aria-hidden="true" width=(node.depth * INDENT).to_string()></svg>
            {if is_branch {
                view! { <IconView icon=Icon::ChevronRight /> }.into_any()
            } else {
                view! { <svg class="inspect-indent" aria-hidden="true" width="12"></svg> }.into_any()
            }}
            {key}
            <span class="inspect-value" data-kind=kind title=title>
                {move || value_word(i18n, &shown)}
            </span>
            <Show when=is_active>
                <RowTools subject node=node.clone() copy />
            </Show>
        </div>
    }
}

/// The copy buttons of the row under the pointer or the keyboard's mark.
#[component]
fn RowTools(subject: Subject, node: Node, copy: impl Fn(String, bool) + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let path = node.path.clone();
    let value = Signal::derive(move || value_text(subject, &node));
    view! {
        <span class="inspect-tools" on:click=move |event| event.stop_propagation()>
            <CopyButton text=value label=move || Some(t_string!(i18n, inspect.copy_value_key)) />
            <IconButton
                label=t!(i18n, inspect.copy_path_key)
                icon=Icon::Link
                size=Size::Small
                on_press=move || copy(path.clone(), true)
            />
        </span>
    }
}

fn row_id(index: usize) -> String {
    format!("inspect-{index}")
}

/// As tall as the style sheet draws a row: for fingers, or for a pointer.
fn row_height() -> usize {
    let coarse = window().match_media("(pointer: coarse)").ok().flatten();
    if coarse.is_some_and(|coarse| coarse.matches()) { 40 } else { 24 }
}

fn kind(shown: &Shown) -> &'static str {
    match shown {
        Shown::Object(_) | Shown::List(_) => "branch",
        Shown::Text(_) => "text",
        Shown::Number(_) => "number",
        Shown::Flag(_) => "flag",
        Shown::Null => "null",
    }
}

fn value_word(i18n: I18n, shown: &Shown) -> String {
    match shown {
        Shown::Object(0) | Shown::List(0) => t_string!(i18n, inspect.empty),
        Shown::Object(count) => t_count!(i18n, *count, inspect.keys),
        Shown::List(count) => t_count!(i18n, *count, inspect.values),
        Shown::Text(text) => format!("\"{text}\""),
        Shown::Number(number) => number.clone(),
        Shown::Flag(flag) => flag.to_string(),
        Shown::Null => "null".to_owned(),
    }
}

/// A value as one would paste it: a text without its quotes, a branch as JSON.
fn value_text(subject: Subject, node: &Node) -> String {
    match &node.shown {
        Shown::Text(text) => text.clone(),
        Shown::Number(number) => number.clone(),
        Shown::Flag(flag) => flag.to_string(),
        Shown::Null => "null".to_owned(),
        Shown::Object(_) | Shown::List(_) => subject.details.with(|inspect| {
            inspect
                .and_then(|inspect| inspect.raw.pointer(&node.pointer))
                .and_then(|value| serde_json::to_string_pretty(value).ok())
                .unwrap_or_default()
        }),
    }
}
