//! The engine's document on the container: a tree to search, or its text.

mod document;
mod raw;
mod tree;

use std::{collections::HashSet, sync::Arc};

use leptos::prelude::*;
use shared::commands;

use super::{parts::CommandFoot, subject::Subject};
use crate::{
    components::error_text::error_text,
    i18n::{t, t_count, t_string, use_i18n},
    paths,
    ui::{
        badge::Tone,
        button::{Button, IconButton},
        copy::CopyButton,
        download::save_text,
        icon::{Icon, IconView},
        notice::Notice,
        progress::Busy,
    },
};
use document::Document;
use raw::RawText;
use tree::Tree;

/// The branch that is open at first: what most people look for.
const FIRST_OPEN: &str = ".State";

/// Which branches are open.
#[derive(Clone, Copy)]
pub(super) struct Open {
    /// By their paths, so that they stay open when the document is read again.
    paths: RwSignal<HashSet<String>>,
    /// While a filter is on: those that were shut by hand.
    shut: RwSignal<HashSet<String>>,
}

impl Open {
    fn is_open(self, path: &str, filtered: bool) -> bool {
        if filtered {
            self.shut.with(|shut| !shut.contains(path))
        } else {
            self.paths.with(|paths| paths.contains(path))
        }
    }

    fn set(self, path: &str, filtered: bool, open: bool) {
        let (set, insert) = if filtered { (self.shut, !open) } else { (self.paths, open) };
        set.update(|set| {
            if insert {
                set.insert(path.to_owned());
            } else {
                set.remove(path);
            }
        });
    }
}

/// The view.
#[component]
pub(super) fn InspectTab(
    /// The container.
    subject: Subject,
) -> impl IntoView {
    let i18n = use_i18n();
    let command = move || commands::line(&commands::on_containers("inspect", &[], &[subject.name()]));
    let is_read = Memo::new(move |_| subject.details.with(|details| details.is_some()));
    let masked =
        Memo::new(move |_| subject.details.with(|inspect| inspect.is_some_and(|inspect| inspect.masked)));
    view! {
        <section class="inspect" aria-label=t!(i18n, container.tabs.inspect)>
            {move || {
                subject
                    .details
                    .failure()
                    .filter(|_| subject.gone_at.with(Option::is_none))
                    .map(|error| {
                        view! {
                            <div class="page-notice">
                                <Notice
                                    tone=Tone::Danger
                                    title=t!(i18n, container.inspect_failed)
                                    text=move || error_text(i18n, &error)
                                >
                                    <Button
                                        label=t!(i18n, common.retry)
                                        pending=subject.details.pending()
                                        on_press=move || subject.read_details()
                                    />
                                </Notice>
                            </div>
                        }
                    })
            }}
            <Show
                when=move || is_read.get()
                fallback=move || {
                    subject
                        .details
                        .pending()
                        .get()
                        .then(|| {
                            view! {
                                <div class="page-body late">
                                    <Busy label=t!(i18n, common.loading) />
                                </div>
                            }
                        })
                }
            >
                <Reader subject />
            </Show>
            <Show when=move || masked.get()>
                <p class="inspect-note">
                    <IconView icon=Icon::Lock small=true />
                    {t!(i18n, inspect.masked)}
                </p>
            </Show>
            <CommandFoot command=Signal::derive(command) />
        </section>
    }
}

/// The document with its tools.
#[component]
fn Reader(subject: Subject) -> impl IntoView {
    let i18n = use_i18n();
    let (query, set_query) = paths::use_query_param::<String>("find");
    let (form, set_form) = paths::use_query_param::<String>("form");
    let typed = RwSignal::new(query.get_untracked().unwrap_or_default());
    let is_raw = Memo::new(move |_| form.get().as_deref() == Some("json"));
    let open = Open {
        paths: RwSignal::new(HashSet::from([FIRST_OPEN.to_owned()])),
        shut: RwSignal::new(HashSet::new()),
    };
    let document = Memo::new(move |_| {
        subject
            .details
            .with(|inspect| Arc::new(inspect.map(|inspect| Document::new(&inspect.raw)).unwrap_or_default()))
    });
    let text = Memo::new(move |_| {
        subject.details.with(|inspect| {
            inspect.and_then(|inspect| serde_json::to_string_pretty(&inspect.raw).ok()).unwrap_or_default()
        })
    });
    let found = Memo::new(move |_| document.with(|document| typed.with(|typed| document.filter(typed))));
    let filter = move |text: String| {
        open.shut.set(HashSet::new());
        set_query.set(Some(text.clone()).filter(|text| !text.is_empty()));
        typed.set(text);
    };
    let expand = move || {
        open.shut.set(HashSet::new());
        open.paths.set(document.with_untracked(|document| document.branches()));
    };
    let collapse = move || {
        open.paths.set(HashSet::new());
        open.shut.set(if found.with_untracked(Option::is_some) {
            document.with_untracked(|document| document.branches())
        } else {
            HashSet::new()
        });
    };
    let save = move || {
        let name = untrack(|| subject.name());
        save_text(&format!("{name}.json"), &text.get_untracked());
    };
    let hits =
        move || found.with(|found| found.as_ref().map(|found| t_count!(i18n, found.hits, inspect.hits)));
    view! {
        <div class="toolbar" data-ruled="">
            <fieldset class="segmented">
                <legend class="visually-hidden">{t!(i18n, inspect.form)}</legend>
                <label>
                    <input
                        type="radio"
                        name="inspect-form"
                        prop:checked=move || !is_raw.get()
                        on:change=move |_| set_form.set(None)
                    />
                    {t!(i18n, inspect.tree)}
                </label>
                <label>
                    <input
                        type="radio"
                        name="inspect-form"
                        prop:checked=is_raw
                        on:change=move |_| set_form.set(Some("json".to_owned()))
                    />
                    {t!(i18n, inspect.raw)}
                </label>
            </fieldset>
            <Show when=move || !is_raw.get()>
                <div class="input-group" data-grow="">
                    <IconView icon=Icon::Search small=true />
                    <input
                        class="input"
                        type="text"
                        aria-label=t!(i18n, inspect.filter)
                        placeholder=t!(i18n, inspect.filter)
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        prop:value=typed
                        on:input=move |event| filter(event_target_value(&event))
                        on:keydown=move |event| {
                            if event.key() == "Escape" {
                                filter(String::new());
                            }
                        }
                    />
                    <span class="input-end">
                        <span role="status">{hits}</span>
                        <Show when=move || !typed.with(String::is_empty)>
                            <IconButton
                                label=t!(i18n, inspect.clear)
                                icon=Icon::X
                                on_press=move || filter(String::new())
                            />
                        </Show>
                    </span>
                </div>
                <Button label=t!(i18n, inspect.expand) on_press=expand />
                <Button label=t!(i18n, inspect.collapse) on_press=collapse />
            </Show>
            <span class="cluster push" data-tight="">
                <CopyButton text=text label=move || Some(t_string!(i18n, inspect.copy_all)) />
                <IconButton label=t!(i18n, inspect.download) icon=Icon::Download on_press=save />
            </span>
        </div>
        <Show
            when=move || is_raw.get()
            fallback=move || view! { <Tree subject document found open /> }
        >
            <RawText subject text />
        </Show>
    }
}
