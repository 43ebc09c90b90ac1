//! `docker run` from the browser: a form of all its options, filled by hand or from a pasted line, with the
//! same command always in sight.
//!
//! The table of flags (`shared::run::flags`) says which fields there are. What was typed is in `form`, what it
//! amounts to in `reading`; the words of everything are in `flag_words` and `trouble_words`.

mod existing;
mod field;
mod flag_words;
mod foot;
mod form;
mod image;
mod index;
mod known;
mod lines;
mod notes;
mod owner;
mod paste;
mod reading;
mod section;
mod submit;
mod taken;
mod trouble_words;

use leptos::{ev, prelude::*};
use shared::{Permission, run::flags::flags};

use crate::{
    components::{
        containers_store::ContainersStore,
        engine_status::EngineNotice,
        error_text::why_not_create,
        shell::{Crumb, use_breadcrumb},
    },
    i18n::{t, t_string, use_i18n},
    pages::allowed::Allowed,
    paths,
    session::use_session,
    ui::{
        icon::{Icon, IconView},
        text::lower,
    },
};
use existing::Existing;
use foot::Foot;
use form::{Form, SECTIONS, use_form};
use image::{Images, Pulling};
use index::Index;
use owner::OwnerChoice;
use paste::PasteBox;
use section::{SectionView, answers};
use submit::Submit;

/// The page.
#[component]
pub(crate) fn RunPage() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let store = ContainersStore::use_store();
    use_breadcrumb(move || {
        let list = paths::containers(&store.environment());
        vec![
            Crumb { label: t_string!(i18n, containers.title), href: Some(list) },
            Crumb { label: t_string!(i18n, run.title), href: None },
        ]
    });
    view! {
        <Allowed
            when=move || session.may_within(Permission::ContainerCreate, &store.environment())
            title=t!(i18n, run.title)
            forbidden=t!(i18n, run.forbidden)
            why=move || why_not_create(i18n, session, &store.environment()).unwrap_or_default()
        >
            <RunForm />
        </Allowed>
    }
}

#[component]
fn RunForm() -> impl IntoView {
    let i18n = use_i18n();
    Form::provide();
    let images = Images::provide();
    let pulling = Pulling::provide();
    let submit = Submit::provide(images, pulling);
    submit.take_back();
    view! {
        <div
            class="run-page"
            on:keydown=move |event: ev::KeyboardEvent| {
                if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                    event.prevent_default();
                    submit.send(true);
                }
            }
        >
            <div class="page-header">
                <h1 class="page-title">{t!(i18n, run.title)}</h1>
            </div>
            <EngineNotice />
            <div class="form-layout">
                <Index />
                <div class="form-sections">
                    <Existing />
                    <PasteBox />
                    <Filter />
                    <div class="form-accordion">
                        {SECTIONS.into_iter().map(|section| view! { <SectionView section /> }).collect_view()}
                    </div>
                    <OwnerChoice />
                </div>
            </div>
            <Foot />
        </div>
    }
}

/// Finds a flag by name or words.
#[component]
fn Filter() -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    let nothing = Memo::new(move |_| {
        let wanted = form.filter.with(|filter| lower(filter.trim()));
        !flags().any(|flag| answers(i18n, flag, &wanted))
    });
    view! {
        <div class="input-group" role="search" aria-label=t!(i18n, run.filter)>
            <IconView icon=Icon::Filter small=true />
            <input
                class="input"
                type="search"
                placeholder=t!(i18n, run.filter_placeholder)
                aria-label=t!(i18n, run.filter)
                prop:value=form.filter
                on:input=move |event| form.filter.set(event_target_value(&event))
            />
        </div>
        <p class="field-hint" role="status">
            {move || nothing.get().then(|| t_string!(i18n, run.nothing_found))}
        </p>
    }
}
