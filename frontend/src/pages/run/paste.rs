//! A pasted `docker run` line fills the form; what is not taken over is listed, each with its reason.

use leptos::{ev, prelude::*};
use shared::run::{
    Note, NoteKind, Typed,
    flags::{self, Flag},
    from_fields, parse,
    words::split,
};

use super::{form::use_form, trouble_words::note_words};
use crate::{
    i18n::{t, t_count, use_i18n},
    ui::{
        badge::{Badge, Tone},
        button::Button,
        icon::{Icon, IconView},
    },
};

/// The values that were not read, to be corrected at their fields.
fn unread(notes: &[Note]) -> Vec<(&'static Flag, String)> {
    let mut found = Vec::new();
    let mut last = None;
    for note in notes {
        // One value may be named for several reasons.
        let again = last.is_some_and(|last: &Note| last.words == note.words && last.kind != note.kind);
        last = Some(note);
        if !again
            && let Some((flag, text)) = option_of(&note.words)
            && !from_fields("", Vec::new(), &[Typed { flag, text: text.clone() }]).unread.is_empty()
            && flag.field().is_some()
        {
            found.push((flag, text));
        }
    }
    found
}

/// A flag and its value: `-p x`, `--publish x`, `--publish=x`.
fn option_of(words: &str) -> Option<(&'static Flag, String)> {
    let commands = split(words).commands;
    let words = &commands.first()?.words;
    let name = words.first()?.text.as_str();
    let (name, value) = match (name.split_once('='), words.get(1)) {
        (Some((name, value)), None) => (name, value.to_owned()),
        (None, Some(value)) if words.len() == 2 => (name, value.text.clone()),
        _ => return None,
    };
    let flag = match (name.strip_prefix("--"), name.strip_prefix('-')) {
        (Some(long), _) => flags::by_long(long),
        (None, Some(short)) if short.len() == 1 => short.chars().next().and_then(flags::by_short),
        _ => None,
    };
    flag.map(|flag| (flag, value))
}

/// The box.
#[component]
pub(super) fn PasteBox() -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    let text = RwSignal::new(String::new());
    let notes = RwSignal::new(None::<Vec<Note>>);
    let fill = move || {
        let parsed = parse(&text.get_untracked());
        // A text that is no command at all must not empty what was typed.
        if parsed.notes.iter().all(|note| note.kind != NoteKind::NotDockerRun) {
            form.fill(&parsed.spec);
            for (flag, text) in unread(&parsed.notes) {
                form.add(flag, Some(text));
            }
            form.unfold_troubles();
        }
        notes.set(Some(parsed.notes));
    };
    let pasted = move |_: ev::ClipboardEvent| {
        // The text is in the area once the event is over.
        request_animation_frame(fill);
    };
    view! {
        <section class="paste-box" aria-labelledby="run-paste">
            <div class="cluster">
                <h2 id="run-paste">
                    <IconView icon=Icon::Paste small=true />
                    {t!(i18n, run.paste.title)}
                </h2>
                <span class="field-hint" id="run-paste-hint">{t!(i18n, run.paste.hint)}</span>
            </div>
            <textarea
                class="input"
                data-mono=""
                rows="2"
                spellcheck="false"
                autocapitalize="none"
                placeholder="docker run -d --name web -p 8080:80 nginx"
                aria-labelledby="run-paste"
                aria-describedby="run-paste-hint"
                prop:value=text
                on:input=move |event| text.set(event_target_value(&event))
                on:paste=pasted
            ></textarea>
            <div class="cluster">
                <Button label=t!(i18n, run.paste.fill) on_press=fill />
                <div aria-live="polite">
                    {move || {
                        notes
                            .with(|notes| {
                                notes
                                    .as_ref()
                                    .map(|notes| match notes.len() {
                                        0 => {
                                            view! {
                                                <Badge
                                                    tone=Tone::Success
                                                    icon=Icon::Check
                                                    label=t!(i18n, run.paste.whole)
                                                />
                                            }
                                                .into_any()
                                        }
                                        count => {
                                            view! {
                                                <Badge
                                                    tone=Tone::Warning
                                                    icon=Icon::Warning
                                                    label=move || t_count!(i18n, count, run.paste.notes)
                                                />
                                            }
                                                .into_any()
                                        }
                                    })
                            })
                    }}
                </div>
            </div>
            {move || {
                notes
                    .with(|notes| notes.clone().filter(|notes| !notes.is_empty()))
                    .map(|notes| {
                        view! {
                            <ul class="run-paste-notes">
                                {notes
                                    .into_iter()
                                    .map(|note| {
                                        view! {
                                            <li>
                                                <code>{note.words}</code>
                                                " "
                                                {move || note_words(i18n, note.kind)}
                                            </li>
                                        }
                                    })
                                    .collect_view()}
                            </ul>
                        }
                    })
            }}
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_were_not_read_go_to_their_fields() {
        let line = "docker run -p x --memory=much -e HOME -v ~/x:/x -e A=$B --nope --env-file f -p 80 image";
        let found: Vec<String> = unread(&parse(line).notes)
            .into_iter()
            .map(|(flag, text)| format!("{} {text}", flag.long))
            .collect();
        assert_eq!(found, ["publish x", "memory much", "env HOME", "volume ~/x:/x"]);
    }
}
