//! The filter: text, states, groups, columns.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    columns::ColumnsMenu,
    list::{List, use_list},
    view::{Grouping, StateChip},
};
use crate::{
    i18n::{I18n, t, t_string, use_i18n},
    ui::{
        chip::Chip,
        format,
        icon::{Icon, IconView},
        state::StateGlyph,
    },
};

#[component]
pub(super) fn Toolbar() -> impl IntoView {
    let i18n = use_i18n();
    let list = use_list();
    let counts = Memo::new(move |_| list.chip_counts());
    view! {
        <div class="toolbar" role="search" aria-label=t!(i18n, containers.filter_region)>
            <TextFilter />
            <div class="chips" role="group" aria-label=t!(i18n, containers.states)>
                {StateChip::ALL
                    .into_iter()
                    .enumerate()
                    .map(|(index, chip)| {
                        let count = Memo::new(move |_| counts.get().get(index).copied().unwrap_or_default());
                        view! { <StateFilter chip=chip count=count /> }
                    })
                    .collect_view()}
            </div>
            <GroupingSelect />
            <ColumnsMenu />
        </div>
    }
}

#[component]
fn TextFilter() -> impl IntoView {
    let i18n = use_i18n();
    let list = use_list();
    let input = NodeRef::<html::Input>::new();
    // What is typed shows at once; the address follows within a frame.
    let typed = RwSignal::new(untrack(|| list.text()));
    Effect::new(move || {
        let text = list.text();
        if typed.get_untracked() != text {
            typed.set(text);
        }
    });
    let handle = window_event_listener(ev::keydown, move |event| {
        if event.key() == "/" && !event.ctrl_key() && !event.meta_key() && !is_typing(&event) {
            event.prevent_default();
            if let Some(input) = input.get_untracked() {
                // Fails only for what is not in the page.
                let _ = input.focus();
            }
        }
    });
    on_cleanup(move || handle.remove());
    view! {
        <div class="input-group">
            <IconView icon=Icon::Filter small=true />
            <input
                class="input"
                type="search"
                size="22"
                node_ref=input
                placeholder=t!(i18n, containers.filter_placeholder)
                aria-label=t!(i18n, containers.filter)
                aria-keyshortcuts="/"
                prop:value=typed
                on:input=move |event| {
                    let text = event_target_value(&event);
                    typed.set(text.clone());
                    list.set_text(text);
                }
            />
            <span class="input-end">
                <kbd>"/"</kbd>
            </span>
        </div>
    }
}

/// Whether a key goes into a field.
fn is_typing(event: &ev::KeyboardEvent) -> bool {
    event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(|element| {
        element
            .closest(
                "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], dialog",
            )
            .is_ok_and(|found| found.is_some())
    })
}

#[component]
fn StateFilter(chip: StateChip, count: Memo<usize>) -> impl IntoView {
    let i18n = use_i18n();
    let list = use_list();
    // Troubles that nobody has take no room, unless they are filtered by.
    let hidden = move || {
        count.get() == 0
            && list.chip(chip) == "false"
            && !matches!(chip, StateChip::Running | StateChip::Stopped)
    };
    view! {
        <Chip
            label=move || chip_word(i18n, chip)
            count=move || format::count(i18n, count.get() as u64)
            pressed=move || list.chip(chip)
            hidden=hidden
            on_toggle=move || list.toggle_chip(chip)
        >
            <span class="state" data-state=chip.glyph()>
                <StateGlyph state=chip.glyph() />
            </span>
        </Chip>
    }
}

fn chip_word(i18n: I18n, chip: StateChip) -> String {
    match chip {
        StateChip::Running => t_string!(i18n, containers.chip.running),
        StateChip::Unhealthy => t_string!(i18n, containers.chip.unhealthy),
        StateChip::Restarting => t_string!(i18n, containers.chip.restarting),
        StateChip::Paused => t_string!(i18n, containers.chip.paused),
        StateChip::Stopped => t_string!(i18n, containers.chip.stopped),
    }
}

#[component]
fn GroupingSelect() -> impl IntoView {
    let i18n = use_i18n();
    let list = use_list();
    let choose = move |event| {
        if let Ok(grouping) = event_target_value(&event).parse() {
            list.set_grouping(grouping);
        }
    };
    view! {
        <span class="select wide-only push" data-quiet="">
            <select aria-label=t!(i18n, containers.group.label) on:change=choose>
                {Grouping::ALL
                    .iter()
                    .copied()
                    .map(|grouping| {
                        view! {
                            <option value=grouping.key() prop:selected=move || is_chosen(list, grouping)>
                                {move || grouping_word(i18n, grouping)}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
            <IconView icon=Icon::ChevronDown />
        </span>
    }
}

fn is_chosen(list: List, grouping: Grouping) -> bool {
    list.grouping() == grouping
}

fn grouping_word(i18n: I18n, grouping: Grouping) -> String {
    match grouping {
        Grouping::Stack => t_string!(i18n, containers.group.stack),
        Grouping::Image => t_string!(i18n, containers.group.image),
        Grouping::State => t_string!(i18n, containers.group.state),
        Grouping::None => t_string!(i18n, containers.group.none),
    }
}
