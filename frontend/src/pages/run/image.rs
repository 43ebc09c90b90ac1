//! The fields that no flag has: the image, and what runs in it.

use leptos::prelude::*;

use super::{
    form::use_form,
    notes::{Notes, is_wrong},
    reading::Spot,
};
use crate::i18n::{t, use_i18n};

/// The image.
#[component]
pub(super) fn ImageField() -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    view! {
        <div class="run-field field">
            <label for="run-image">{t!(i18n, run.image)}</label>
            <input
                class="input"
                data-mono=""
                id="run-image"
                placeholder="nginx:latest"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                required
                aria-describedby="run-image-note"
                aria-invalid=move || is_wrong(form, Spot::Image).then_some("true")
                prop:value=form.image
                on:input=move |event| form.image.set(event_target_value(&event))
            />
            <Notes spot=Spot::Image flag="" />
            <p class="field-hint" id="run-image-note">{t!(i18n, run.image_hint)}</p>
        </div>
    }
}

/// What runs.
#[component]
pub(super) fn CommandField() -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    view! {
        <div class="run-field field">
            <label for="run-words">{t!(i18n, run.command)}</label>
            <input
                class="input"
                data-mono=""
                id="run-words"
                placeholder="sh -c 'echo hello'"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby="run-words-note"
                aria-invalid=move || is_wrong(form, Spot::Command).then_some("true")
                prop:value=form.command
                on:input=move |event| form.command.set(event_target_value(&event))
            />
            <Notes spot=Spot::Command flag="" />
            <p class="field-hint" id="run-words-note">{t!(i18n, run.command_hint)}</p>
        </div>
    }
}
