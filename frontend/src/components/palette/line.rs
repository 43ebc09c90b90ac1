//! The lines of the palette: headings, and entries with what was found marked.

use leptos::prelude::*;

use super::{
    entries::{Entry, Glyph, Group, state_key},
    matching::parts,
    state::State,
};
use crate::{
    i18n::{I18n, t_string},
    ui::{icon::IconView, state::StateGlyph},
};

/// One line.
pub(super) enum Line {
    /// Above a group.
    Heading(String),
    /// An entry with its number among all entries.
    Entry(usize, Entry),
}

/// The id of an option, for `aria-activedescendant`.
pub(super) fn option_id(index: usize) -> String {
    format!("palette-option-{index}")
}

/// The entries with a heading above each group. `name` is the container whose actions are shown.
pub(super) fn lines(i18n: I18n, entries: &[Entry], name: Option<String>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut group = None;
    for (index, entry) in entries.iter().enumerate() {
        if group != Some(entry.group) {
            group = Some(entry.group);
            lines.push(Line::Heading(heading(i18n, entry.group, name.clone().unwrap_or_default())));
        }
        lines.push(Line::Entry(index, entry.clone()));
    }
    lines
}

fn heading(i18n: I18n, group: Group, name: String) -> String {
    match group {
        Group::Recent => t_string!(i18n, palette.group.recent),
        Group::Do => t_string!(i18n, palette.group.act),
        Group::Go => t_string!(i18n, palette.group.go),
        Group::Settings => t_string!(i18n, palette.group.settings),
        Group::Actions => t_string!(i18n, palette.group.actions, name = name),
    }
}

/// One entry.
#[component]
pub(super) fn PaletteLine(
    /// Its number.
    index: usize,
    /// What it offers.
    entry: Entry,
    /// The palette.
    state: State,
) -> impl IntoView {
    let is_marked = move || state.mark.get() == index;
    let pressed = entry.clone();
    let disabled = entry.disabled_why.is_some();
    let title = parts(&entry.title, &entry.found)
        .into_iter()
        .map(|(part, found)| {
            let part = part.to_owned();
            if found { view! { <b>{part}</b> }.into_any() } else { view! { {part} }.into_any() }
        })
        .collect_view();
    let note = entry.disabled_why.unwrap_or(entry.note);
    view! {
        <li
            class="palette-item"
            id=option_id(index)
            role="option"
            aria-selected=move || is_marked().to_string()
            aria-disabled=disabled.then_some("true")
            on:mousemove=move |_| {
                if state.mark.get_untracked() != index {
                    state.choose(index);
                }
            }
            on:click=move |_| state.run(pressed.clone())
        >
            {match entry.glyph {
                Glyph::Icon(icon) => view! { <IconView icon=icon /> }.into_any(),
                Glyph::State(condition) => {
                    let state = state_key(condition);
                    view! {
                        <span class="state" data-state=state>
                            <StateGlyph state=state />
                        </span>
                    }
                        .into_any()
                }
            }}
            <span class="palette-text">
                <strong>{title}</strong>
                <span>{note}</span>
            </span>
            <span class="palette-end">
                <span>{entry.kind}</span>
                {move || is_marked().then(|| view! { <kbd aria-hidden="true">"↵"</kbd> })}
            </span>
        </li>
    }
}
