//! One flag of the form, by what follows it: a switch, a value, a list of values.

use leptos::prelude::*;
use shared::run::flags::{Fate, Flag, Kind, Reach};

use super::{
    flag_words::{choices, example, sentence},
    form::{Form, Row, use_form},
    notes::{Notes, is_wrong},
    reading::Spot,
    trouble_words::note_words,
};
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{
        button::{Button, IconButton, Size},
        icon::{Icon, IconView},
    },
};

/// The field of a flag.
#[component]
pub(super) fn FlagField(flag: &'static Flag) -> impl IntoView {
    match (flag.fate, flag.kind) {
        (Fate::NoEffect | Fate::YourFile | Fate::LeftOut, _) => view! { <NotHere flag /> }.into_any(),
        (_, Kind::Switch) => view! { <SwitchField flag /> }.into_any(),
        (_, Kind::Value) => view! { <ValueField flag /> }.into_any(),
        (_, Kind::List) => view! { <ListField flag /> }.into_any(),
    }
}

fn input_id(flag: &Flag) -> String {
    format!("run-flag-{}", flag.long)
}

fn note_id(flag: &Flag) -> String {
    format!("run-note-{}", flag.long)
}

/// A flag as it is written: `--publish -p`.
#[component]
fn FlagName(flag: &'static Flag) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <code>{format!("--{}", flag.long)}</code>
        {flag.short.map(|letter| view! { <code class="run-short">{format!("-{letter}")}</code> })}
        {(flag.reach == Reach::Host)
            .then(|| {
                view! {
                    <span class="run-mark" title=move || t_string!(i18n, run.host.mark)>
                        <IconView icon=Icon::ShieldAlert small=true />
                        <span class="visually-hidden">{t!(i18n, run.host.mark)}</span>
                    </span>
                }
            })}
    }
}

/// What it does, and where more is said.
#[component]
fn Hint(flag: &'static Flag, id: String) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <p class="field-hint" id=id>
            {move || sentence(i18n, flag)}
            " "
            <a
                class="run-reference"
                href=flag.reference()
                target="_blank"
                rel="noreferrer"
                aria-label=move || t_string!(i18n, run.reference_of, flag = flag.long)
                title=move || t_string!(i18n, run.reference)
            >
                <IconView icon=Icon::External small=true />
            </a>
        </p>
    }
}

#[component]
fn NotHere(flag: &'static Flag) -> impl IntoView {
    let i18n = use_i18n();
    let why = move || {
        let kind = match flag.fate {
            Fate::YourFile => shared::run::NoteKind::YourFile,
            Fate::LeftOut => shared::run::NoteKind::LeftOut,
            Fate::NoEffect | Fate::Field(_) | Fate::FirstNetwork => shared::run::NoteKind::NoEffect,
        };
        t_string!(i18n, run.not_here, why = note_words(i18n, kind))
    };
    view! {
        <div class="field">
            <p class="field-label">
                <FlagName flag />
            </p>
            <Hint flag id=note_id(flag) />
            <p class="field-hint">{why}</p>
        </div>
    }
}

#[component]
fn SwitchField(flag: &'static Flag) -> impl IntoView {
    let form = use_form();
    let rows = form.rows(flag);
    let on = Memo::new(move |_| {
        rows.with(|rows| rows.first().is_some_and(|row| row.text.get().as_deref() == Some("true")))
    });
    let spot = Signal::derive(move || spot_of(rows, flag));
    view! {
        <div class="choice" data-risk=(flag.reach == Reach::Host).then_some("")>
            <input
                class="check"
                type="checkbox"
                id=input_id(flag)
                aria-describedby=note_id(flag)
                aria-invalid=move || is_wrong(form, spot.get()).then_some("true")
                prop:checked=on
                on:change=move |event| {
                    form.set(flag, event_target_checked(&event).then(|| "true".to_owned()));
                }
            />
            <label for=input_id(flag)>
                <FlagName flag />
            </label>
            <Hint flag id=note_id(flag) />
            <div class="run-choice-notes">
                <Notes spot flag=flag.long />
            </div>
        </div>
    }
}

/// Where something is said of a flag with one value.
fn spot_of(rows: RwSignal<Vec<Row>>, flag: &Flag) -> Spot {
    let set = |row: &Row| row.text.with(Option::is_some);
    rows.with(|rows| {
        rows.first().filter(|row| set(row)).map_or(Spot::Flag(flag.long), |row| Spot::Row(row.id))
    })
}

#[component]
fn ValueField(flag: &'static Flag) -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    let rows = form.rows(flag);
    let text = Memo::new(move |_| rows.with(|rows| rows.first().and_then(|row| row.text.get())));
    let spot = Signal::derive(move || spot_of(rows, flag));
    let input = input_id(flag);
    view! {
        <div class="field">
            <label for=input.clone()>
                <FlagName flag />
            </label>
            <input
                class="input"
                data-mono=""
                id=input
                placeholder=example(flag)
                list=choice_list(flag)
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=note_id(flag)
                aria-invalid=move || is_wrong(form, spot.get()).then_some("true")
                prop:value=move || text.get().unwrap_or_default()
                on:input=move |event| form.set(flag, given(event_target_value(&event)))
            />
            <Choices flag />
            <Show when=move || text.with(|text| text.as_deref() == Some(""))>
                <p class="field-hint">{t!(i18n, run.is_empty)}</p>
            </Show>
            <Notes spot flag=flag.long />
            <Hint flag id=note_id(flag) />
        </div>
    }
}

/// What is emptied by hand is not set.
fn given(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn choice_list(flag: &Flag) -> Option<String> {
    (!choices(flag).is_empty() || flag.long == "network").then(|| format!("run-choices-{}", flag.long))
}

/// What the browser offers while one types.
#[component]
fn Choices(flag: &'static Flag) -> impl IntoView {
    let form = use_form();
    let options = move || {
        let known = choices(flag).iter().map(|choice| (*choice).to_owned());
        let networks = form.taken.with(|taken| match flag.long {
            "network" => taken.networks.iter().cloned().collect(),
            _ => Vec::new(),
        });
        known.chain(networks).map(|choice| view! { <option value=choice></option> }).collect_view()
    };
    choice_list(flag).map(|id| view! { <datalist id=id>{options}</datalist> })
}

#[component]
fn ListField(flag: &'static Flag) -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    let rows = form.rows(flag);
    let add = move || add_row(form, flag);
    view! {
        <div class="field" role="group" aria-labelledby=input_id(flag)>
            <p class="field-label" id=input_id(flag)>
                <FlagName flag />
            </p>
            <Hint flag id=note_id(flag) />
            <div class="repeat">
                <For each=move || rows.get() key=|row| row.id let(row)>
                    <ListRow flag row rows />
                </For>
            </div>
            <Choices flag />
            <Notes spot=Spot::Flag(flag.long) flag=flag.long />
            <div class="cluster run-add">
                <Button
                    label=move || t_string!(i18n, run.add_of, flag = flag.long)
                    icon=Icon::Plus
                    size=Size::Small
                    on_press=add
                />
            </div>
        </div>
    }
}

/// Adds an empty value, and puts the keyboard on it.
fn add_row(form: Form, flag: &'static Flag) {
    let id = form.add(flag, None);
    request_animation_frame(move || super::foot::focus(document().get_element_by_id(&row_id(id))));
}

fn row_id(id: u32) -> String {
    format!("run-row-{id}")
}

#[component]
fn ListRow(flag: &'static Flag, row: Row, rows: RwSignal<Vec<Row>>) -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    let Row { id, text } = row;
    let spot = Spot::Row(id);
    let number = Memo::new(move |_| {
        rows.with(|rows| rows.iter().position(|row| row.id == id).map_or(0, |index| index + 1))
    });
    let (shown, typed) = (text.clone(), text.clone());
    let remove = move || rows.update(|rows| rows.retain(|row| row.id != id));
    view! {
        <div class="repeat-row" data-columns="one">
            <input
                class="input"
                data-mono=""
                id=row_id(id)
                placeholder=example(flag)
                list=choice_list(flag)
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-label=move || {
                    t_string!(i18n, run.row, flag = flag.long, number = number.get().to_string())
                }
                aria-describedby=note_id(flag)
                aria-invalid=move || is_wrong(form, spot).then_some("true")
                prop:value=move || shown.get().unwrap_or_default()
                on:input=move |event| typed.set(given(event_target_value(&event)))
                on:keydown=move |event| {
                    // With Ctrl it sends the form.
                    if event.key() == "Enter" && !event.ctrl_key() && !event.meta_key() {
                        add_row(form, flag);
                    }
                }
            />
            <IconButton
                label=Signal::derive(move || {
                    let value = text.get().unwrap_or_default();
                    t_string!(i18n, run.remove_of, flag = flag.long, value = value)
                })
                icon=Icon::X
                on_press=remove
            />
            <div class="repeat-note">
                <Notes spot flag=flag.long />
            </div>
        </div>
    }
}
