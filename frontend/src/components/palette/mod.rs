//! The command palette: every page, container and action by a few typed letters.
//!
//! Belongs here: the dialog. Does not: the keys and what they do (`state`), what is offered (`entries`), and
//! how well a text answers (`matching`).

mod entries;
mod line;
mod matching;
mod state;
mod words;

use std::collections::VecDeque;

use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_location;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::{
    components::{
        containers_store::{ContainersStore, ListStatus},
        palette_open::use_palette_open,
    },
    i18n::{t, t_count, t_string, use_i18n},
    paths,
    ui::{
        icon::{Icon, IconView},
        lazy::{Lazy, part},
    },
};
use line::{Line, PaletteLine, lines, option_id};
use state::State;

const LIST: &str = "palette-list";
/// How many visited containers are remembered, as long as the tab lives.
const REMEMBERED: usize = 6;

/// The palette, once per page; drawn while it is open.
#[component]
pub(crate) fn Palette() -> impl IntoView {
    let open = use_palette_open();
    let recent = StoredValue::new(VecDeque::<String>::new());
    let store = ContainersStore::use_store();
    let path = use_location().pathname;
    let visited = Memo::new(move |_| {
        let before = format!("{}/", paths::containers(&store.environment()));
        path.with(|path| {
            path.strip_prefix(&before).and_then(|rest| rest.split('/').next()).map(str::to_owned)
        })
    });
    // Remembered when left: the one that is shown needs no way to it.
    Effect::new(move |last: Option<Option<String>>| {
        let here = visited.get();
        if let Some(left) = last.flatten().filter(|left| Some(left) != here.as_ref()) {
            remember(recent, left);
        }
        if let Some(here) = &here {
            recent.update_value(|recent| recent.retain(|other| other != here));
        }
        here
    });
    view! {
        <Show when=move || open.is_open()>
            <Lazy load=move || palette_dialog(recent) floating=true />
        </Show>
    }
}

/// Fetches the code of the palette and of the top bar's menus: somebody is about to open one.
pub(crate) fn prepare() {
    palette_dialog::prepare();
}

part! {
    tools: fn palette_dialog(recent: StoredValue<VecDeque<String>>) { view! { <PaletteDialog recent /> } }
}

/// Puts a container first among those visited lately.
fn remember(recent: StoredValue<VecDeque<String>>, name: String) {
    recent.update_value(|recent| {
        recent.retain(|other| *other != name);
        recent.push_front(name);
        recent.truncate(REMEMBERED);
    });
}

#[component]
fn PaletteDialog(recent: StoredValue<VecDeque<String>>) -> impl IntoView {
    let i18n = use_i18n();
    let store = ContainersStore::use_store();
    let state = State::new(recent);
    let State { typed, inside, entries, mark, .. } = state;
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            // In the page by the next frame.
            request_animation_frame(move || {
                let _ = dialog.show_modal();
                state.begin();
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
            state.close();
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
            on:close=move |_| state.close()
            on:cancel=move |event: ev::Event| event.prevent_default()
            on:mousedown=on_backdrop
        >
            <div class="palette-input">
                <IconView icon=Icon::Search />
                {move || state.inside_name().map(|name| view! { <span class="badge" data-tone="accent">{name}</span> })}
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
                    on:input=move |event| state.type_text(event_target_value(&event))
                    on:keydown=move |event| state.on_key(&event)
                />
                <span class="badge wide-only">{move || store.summary().map(|summary| summary.name)}</span>
                <button
                    class="palette-close"
                    type="button"
                    tabindex="-1"
                    aria-label=t!(i18n, palette.close)
                    on:click=move |_| state.close()
                >
                    <kbd>{t!(i18n, palette.esc)}</kbd>
                </button>
            </div>
            <ul class="palette-results" id=LIST role="listbox" aria-label=t!(i18n, palette.results)>
                {move || {
                    let heading = state.inside_name();
                    entries
                        .with(|entries| lines(i18n, entries, heading))
                        .into_iter()
                        .map(|line| match line {
                            Line::Heading(text) => {
                                view! { <li class="palette-label" role="presentation">{text}</li> }.into_any()
                            }
                            Line::Entry(index, entry) => {
                                view! { <PaletteLine index entry state /> }.into_any()
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
                <Show when=move || inside.with(Option::is_none) && state.marked().is_some_and(|entry| entry.container.is_some())>
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
                    state.marked().and_then(|entry| entry.command).map(|command| view! { <code class="wide-only">{command}</code> })
                }}
            </div>
        </dialog>
    }
}
