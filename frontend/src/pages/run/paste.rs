//! A pasted `docker run` line fills the form; what is not taken over is listed, each with its reason.

use leptos::{ev, prelude::*};
use shared::run::{Note, NoteKind, parse};

use super::{form::use_form, trouble_words::note_words};
use crate::{
    i18n::{t, t_count, use_i18n},
    ui::{
        badge::{Badge, Tone},
        button::Button,
        icon::{Icon, IconView},
    },
};

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
