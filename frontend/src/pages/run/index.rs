//! The sections at the side: how much of each is set, and whether it reaches the host.

use leptos::prelude::*;
use shared::run::flags::Section;

use super::{
    flag_words::section_word,
    form::{Fold, SECTIONS, use_form},
    section::id,
};
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{
        format,
        icon::{Icon, IconView},
    },
};

/// The index.
#[component]
pub(super) fn Index() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <nav class="form-index" aria-label=t!(i18n, run.sections)>
            {SECTIONS.into_iter().map(|section| view! { <Entry section /> }).collect_view()}
        </nav>
    }
}

#[component]
fn Entry(section: Section) -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    let head = Memo::new(move |_| {
        form.reading.with(|reading| reading.heads.get(&section).map(|head| (head.set, head.host)))
    });
    let set = move || head.get().map(|(set, _)| set).filter(|set| *set > 0);
    view! {
        <a
            href=format!("#{}", id(section))
            on:click=move |event| {
                event.prevent_default();
                form.filter.set(String::new());
                form.fold(Fold::Section(section)).set(true);
                let found = document().get_element_by_id(id(section));
                if let Some(element) = found {
                    element.scroll_into_view();
                    // The keyboard goes on from there.
                    let head = element.query_selector("summary").ok().flatten();
                    super::foot::focus(head);
                }
            }
        >
            {move || section_word(i18n, section)}
            {move || set().map(|set| view! { <span class="num">{format::count(i18n, set as u64)}</span> })}
            <Show when=move || head.get().is_some_and(|(_, host)| host)>
                <span class="run-mark" title=move || t_string!(i18n, run.host.mark)>
                    <IconView icon=Icon::ShieldAlert small=true />
                    <span class="visually-hidden">{t!(i18n, run.host.mark)}</span>
                </span>
            </Show>
        </a>
    }
}
