//! The command palette: every page, container and action by a few typed letters.
//!
//! Belongs here: the dialog, the keys, doing what was chosen. Does not: what is offered (`entries`), and how
//! well a text answers (`matching`).

mod entries;
mod line;
mod matching;
mod words;

use std::collections::VecDeque;

use leptos::{ev, html, prelude::*, task::spawn_local};
use shared::ContainerId;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::{
    components::{
        container_actions::{Target, use_actions},
        containers_store::{ContainersStore, ListStatus},
        error_text::error_text,
        palette_open::use_palette_open,
        theme::use_theme,
    },
    i18n::{t, t_count, t_string, use_i18n},
    paths,
    session::use_session,
    ui::{
        icon::{Icon, IconView},
        toast::use_toasts,
    },
};
use entries::{Act, Candidate, Entry, Source};
use line::{Line, PaletteLine, lines, option_id};

const LIST: &str = "palette-list";
/// How many visited containers are remembered, as long as the tab lives.
const REMEMBERED: usize = 6;

/// The palette, once per page; drawn while it is open.
#[component]
pub(crate) fn Palette() -> impl IntoView {
    let open = use_palette_open();
    let recent = StoredValue::new(VecDeque::<String>::new());
    view! {
        <Show when=move || open.get()>
            <PaletteDialog recent />
        </Show>
    }
}

#[component]
fn PaletteDialog(recent: StoredValue<VecDeque<String>>) -> impl IntoView {
    let i18n = use_i18n();
    let open = use_palette_open();
    let session = use_session();
    let theme = use_theme();
    let toasts = use_toasts();
    let store = ContainersStore::use_store();
    let go = paths::use_go();
    let actions = use_actions();

    let typed = RwSignal::new(String::new());
    let inside = RwSignal::new(None::<ContainerId>);
    let selected = RwSignal::new(0_usize);
    let candidates = Memo::new(move |_| store.all().into_iter().map(Candidate::new).collect::<Vec<_>>());
    let inside_name = move || {
        let id = inside.get()?;
        store.row(&id).map(|row| row.get().name.clone())
    };
    let entries = Memo::new(move |_| {
        let environment = store.environment();
        recent.with_value(|recent| {
            candidates.with(|candidates| {
                let source = Source { i18n, session, theme, environment: &environment, candidates, recent };
                typed.with(|typed| match inside.get() {
                    Some(id) => source.actions_on(&id, typed),
                    None => source.entries(typed),
                })
            })
        })
    });
    // What was typed decides anew; what changes by itself leaves the mark where it is.
    let choose = move |index: usize| selected.set(index);
    let mark = Memo::new(move |_| selected.get().min(entries.with(Vec::len).saturating_sub(1)));
    let marked = move || entries.with(|entries| entries.get(mark.get()).cloned());

    let close = move || {
        // Closed already when the page is left.
        let _ = open.try_set(false);
    };
    let back = move || {
        inside.set(None);
        typed.set(String::new());
        choose(0);
    };
    let run = move |entry: Entry| {
        if entry.disabled_why.is_some() {
            return;
        }
        if let Some(name) = entry.container.as_ref().and_then(|id| store.row(id)).map(|row| row.get_untracked().name.clone()) {
            recent.update_value(|recent| {
                recent.retain(|other| *other != name);
                recent.push_front(name);
                recent.truncate(REMEMBERED);
            });
        }
        close();
        match entry.act {
            Act::Go(path) => go(&path),
            Act::Container(action, id) => {
                if let Some(row) = store.row(&id) {
                    actions.request(action, Target::from(&**row.read_untracked()));
                }
            }
            Act::Theme(chosen) => theme.set(chosen),
            Act::Language(locale) => i18n.choose(locale),
            Act::SignOut => spawn_local(async move {
                if let Err(error) = session.sign_out().await {
                    let (title, text) =
                        untrack(|| (t_string!(i18n, shell.sign_out_failed), error_text(i18n, &error)));
                    toasts.failure(title, text);
                }
            }),
        }
    };
    let run = StoredValue::new_local(run);
    let run_marked = move || {
        if let Some(entry) = untrack(marked) {
            run.with_value(|run| run(entry));
        }
    };
    let step = move |by: i64| {
        let count = entries.with_untracked(Vec::len) as i64;
        if count > 0 {
            let next = (mark.get_untracked() as i64 + by).rem_euclid(count);
            choose(usize::try_from(next).unwrap_or_default());
        }
    };
    let leap = move |by: i64| {
        let last = (entries.with_untracked(Vec::len) as i64 - 1).max(0);
        let next = (mark.get_untracked() as i64 + by).clamp(0, last);
        choose(usize::try_from(next).unwrap_or_default());
    };
    let enter = move || {
        if let Some(id) = untrack(marked).and_then(|entry| entry.container) {
            inside.set(Some(id));
            typed.set(String::new());
            choose(0);
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => step(1),
            "ArrowUp" => step(-1),
            "PageDown" => leap(8),
            "PageUp" => leap(-8),
            "Enter" => run_marked(),
            "Tab" if event.shift_key() && inside.with_untracked(Option::is_some) => back(),
            "Tab" if inside.with_untracked(Option::is_none) => enter(),
            "Tab" => {}
            "Escape" if inside.with_untracked(Option::is_some) => back(),
            "Escape" => close(),
            "Backspace" if typed.with_untracked(String::is_empty) && inside.with_untracked(Option::is_some) => back(),
            _ => return,
        }
        event.prevent_default();
    };

    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            // In the page by the next frame.
            request_animation_frame(move || {
                let _ = dialog.show_modal();
            });
        }
    });
    Effect::new(move || {
        let id = option_id(mark.get());
        request_animation_frame(move || {
            if let Some(option) = document().get_element_by_id(&id) {
                let options = ScrollIntoViewOptions::new();
                options.set_block(ScrollLogicalPosition::Nearest);
                option.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    });
    let on_backdrop = move |event: ev::MouseEvent| {
        // A press beside the content has the dialog itself as its target.
        if event.target() == dialog.get_untracked().map(|dialog| dialog.into()) {
            close();
        }
    };
    let is_waiting = move || store.status() == ListStatus::Loading;
    let empty_text = move || {
        if is_waiting() {
            t_string!(i18n, palette.no_containers)
        } else {
            t_string!(i18n, palette.nothing_text)
        }
    };

    view! {
        <dialog
            class="palette"
            node_ref=dialog
            aria-label=t!(i18n, palette.title)
            on:close=move |_| close()
            on:cancel=move |event: ev::Event| event.prevent_default()
            on:mousedown=on_backdrop
        >
            <div class="palette-input">
                <IconView icon=Icon::Search />
                {move || inside_name().map(|name| view! { <span class="badge" data-tone="accent">{name}</span> })}
                <input
                    type="text"
                    role="combobox"
                    aria-expanded="true"
                    aria-controls=LIST
                    aria-autocomplete="list"
                    aria-activedescendant=move || {
                        entries.with(|entries| (!entries.is_empty()).then(|| option_id(mark.get())))
                    }
                    aria-label=t!(i18n, palette.placeholder)
                    placeholder=t!(i18n, palette.placeholder)
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    autofocus=true
                    prop:value=typed
                    on:input=move |event| {
                        typed.set(event_target_value(&event));
                        choose(0);
                    }
                    on:keydown=on_key
                />
                <span class="badge wide-only">{move || store.summary().map(|summary| summary.name)}</span>
                <button
                    class="palette-close"
                    type="button"
                    tabindex="-1"
                    aria-label=t!(i18n, common.close)
                    on:click=move |_| close()
                >
                    <kbd>{t!(i18n, palette.esc)}</kbd>
                </button>
            </div>
            <ul class="palette-results" id=LIST role="listbox" aria-label=t!(i18n, palette.results)>
                {move || {
                    let heading = inside_name();
                    entries
                        .with(|entries| lines(i18n, entries, heading))
                        .into_iter()
                        .map(|line| match line {
                            Line::Heading(text) => {
                                view! { <li class="palette-label" role="presentation">{text}</li> }.into_any()
                            }
                            Line::Entry(index, entry) => {
                                let press = {
                                    let entry = entry.clone();
                                    move || run.with_value(|run| run(entry.clone()))
                                };
                                view! { <PaletteLine index entry mark on_mark=choose on_press=press /> }.into_any()
                            }
                        })
                        .collect_view()
                }}
            </ul>
            <Show when=move || entries.with(Vec::is_empty)>
                <div class="palette-nothing">
                    <p>{move || t_string!(i18n, palette.nothing, typed = typed.get())}</p>
                    <p class="faint">{empty_text}</p>
                </div>
            </Show>
            <p class="visually-hidden" role="status">
                {move || t_count!(i18n, entries.with(Vec::len), palette.count)}
            </p>
            <div class="palette-foot">
                <span>
                    <kbd aria-hidden="true">"↑"</kbd>
                    <kbd aria-hidden="true">"↓"</kbd>
                    {t!(i18n, palette.key.go)}
                </span>
                <span>
                    <kbd aria-hidden="true">"↵"</kbd>
                    {t!(i18n, palette.key.run)}
                </span>
                <Show when=move || inside.with(Option::is_none) && marked().is_some_and(|entry| entry.container.is_some())>
                    <span>
                        <kbd aria-hidden="true">"Tab"</kbd>
                        {t!(i18n, palette.key.more)}
                    </span>
                </Show>
                <Show when=move || inside.with(Option::is_some)>
                    <span>
                        <kbd aria-hidden="true">{t!(i18n, palette.esc)}</kbd>
                        {t!(i18n, palette.key.back)}
                    </span>
                </Show>
                {move || {
                    marked().and_then(|entry| entry.command).map(|command| view! { <code class="wide-only">{command}</code> })
                }}
            </div>
        </dialog>
    }
}
