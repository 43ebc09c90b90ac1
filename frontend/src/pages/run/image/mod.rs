//! The fields that no flag has: the image, and what runs in it.
//!
//! The image is picked from those that are here (`picker`) or pulled (`pull`); what it has is said below it
//! (`facts`). Which there are is in `images`, the pull that is under way in `pulling`.

mod facts;
mod images;
mod picker;
mod pull;
mod pulling;

use leptos::prelude::*;

pub(super) use images::{Images, use_images};
pub(super) use pulling::{Pulling, use_pulling};

use self::{
    facts::ImageFacts,
    images::Presence,
    picker::ImagePicker,
    pull::{NotBegun, PullPanel},
};
use super::{
    form::use_form,
    notes::{Notes, is_wrong},
    reading::Spot,
};
use crate::i18n::{t, t_string, use_i18n};

/// The image.
#[component]
pub(super) fn ImageField() -> impl IntoView {
    let i18n = use_i18n();
    let images = use_images();
    let hint = move || match images.presence() {
        Presence::Empty | Presence::Unknown => t_string!(i18n, run.image_hint),
        Presence::Here(image) => {
            let digest = image.digests.first().cloned().unwrap_or_else(|| image.id.clone());
            t_string!(i18n, run.pick.here, digest = digest)
        }
        Presence::Missing(_) | Presence::Unnamed => String::new(),
    };
    view! {
        <div class="run-field field run-image">
            <label for="run-image">{t!(i18n, run.image)}</label>
            <ImagePicker />
            <Notes spot=Spot::Image flag="" />
            <p class="field-hint run-digest" id="run-image-note">{hint}</p>
            <PullPanel />
            <NotBegun />
            <ImageFacts />
        </div>
    }
}

/// What runs.
#[component]
pub(super) fn CommandField() -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    let images = use_images();
    let own = move || {
        let words = images.details()?.words();
        (!words.is_empty()).then(|| t_string!(i18n, run.pick.command_of_image, words = words))
    };
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
            <p class="field-hint" id="run-words-note">
                {move || own().unwrap_or_else(|| t_string!(i18n, run.command_hint))}
            </p>
        </div>
    }
}
