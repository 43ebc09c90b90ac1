//! The lines of an env file, pasted in place of the file that is on the person's computer.

use leptos::prelude::*;
use shared::run::{FileLines, Note, file_lines, flags};

use super::{form::use_form, trouble_words::note_words};
use crate::{
    i18n::{t, t_count, use_i18n},
    ui::{
        button::{Button, Size},
        icon::{Icon, IconView},
    },
};

/// The box.
#[component]
pub(super) fn EnvLines() -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    let text = RwSignal::new(String::new());
    let added = RwSignal::new(None::<usize>);
    let notes = RwSignal::new(Vec::<Note>::new());
    let add = move || {
        let FileLines { pairs, notes: left } = file_lines(&text.get_untracked());
        if let Some(flag) = flags::by_long("env") {
            for pair in &pairs {
                form.add(flag, Some(pair.to_string()));
            }
        }
        added.set(Some(pairs.len()));
        notes.set(left);
        text.set(String::new());
    };
    view! {
        <details class="fold run-rare">
            <summary>
                <IconView icon=Icon::ChevronRight small=true />
                {t!(i18n, run.lines.title)}
            </summary>
            <div class="field">
                <textarea
                    class="input"
                    data-mono=""
                    rows="3"
                    spellcheck="false"
                    autocapitalize="none"
                    aria-label=t!(i18n, run.lines.title)
                    aria-describedby="run-lines-hint"
                    prop:value=text
                    on:input=move |event| text.set(event_target_value(&event))
                ></textarea>
                <p class="field-hint" id="run-lines-hint">{t!(i18n, run.lines.hint)}</p>
                <div class="cluster">
                    <Button label=t!(i18n, run.lines.add) size=Size::Small icon=Icon::Plus on_press=add />
                    <span class="field-hint" role="status">
                        {move || added.get().map(|count| t_count!(i18n, count, run.lines.added))}
                    </span>
                </div>
                <ul class="run-paste-notes">
                    {move || {
                        notes
                            .get()
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
                            .collect_view()
                    }}
                </ul>
            </div>
        </details>
    }
}
