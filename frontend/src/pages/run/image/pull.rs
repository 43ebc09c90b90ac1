//! Below an image that is not here: a button that pulls it, then how far that is, and what to do where it fails.

use leptos::prelude::*;
use shared::{Permission, images::ImageReference, jobs::JobState, run::flags};

use super::{
    images::{Presence, use_images},
    pulling::use_pulling,
};
use crate::{
    components::{
        containers_store::ContainersStore,
        error_text::{error_text, why_not_within},
        jobs::{Followed, JobProgress, failure_advice, failure_words, work_word},
    },
    i18n::{t, t_string, use_i18n},
    pages::run::{form::use_form, submit::use_submit},
    session::use_session,
    ui::{
        badge::Tone,
        button::Button,
        copy::CopyButton,
        icon::{Icon, IconView},
        notice::Notice,
    },
};

/// Platforms that are offered by name; any other can be set with its flag.
const PLATFORMS: [&str; 8] = [
    "linux/amd64",
    "linux/arm64",
    "linux/arm/v7",
    "linux/arm/v6",
    "linux/386",
    "linux/ppc64le",
    "linux/riscv64",
    "linux/s390x",
];

/// See the module. It stays until what waits for the image has gone on, though the image may be here by then.
#[component]
pub(super) fn PullPanel() -> impl IntoView {
    let images = use_images();
    let pulling = use_pulling();
    let form = use_form();
    let store = ContainersStore::use_store();
    let is_missing = Memo::new(move |_| matches!(images.presence(), Presence::Missing(_)));
    let reference = Memo::new(move |_| {
        let wanted = is_missing.get() || pulling.is_told();
        form.image.with(|image| image.trim().parse::<ImageReference>().ok()).filter(|_| wanted)
    });
    let job = Memo::new(move |_| {
        let work = reference.get().map(|reference| pulling.work(&reference))?;
        pulling.job(&work)
    });
    move || {
        let reference = reference.get()?;
        let inside = match job.get() {
            None if is_missing.get() => view! { <Offer reference again=false /> }.into_any(),
            None => return None,
            Some(id) => {
                let followed = Followed::here(store.environment_untracked(), id, None);
                view! { <UnderWay followed reference /> }.into_any()
            }
        };
        Some(view! { <div class="pull-panel">{inside}</div> })
    }
}

/// Why it could not be begun.
#[component]
pub(super) fn NotBegun() -> impl IntoView {
    let i18n = use_i18n();
    let pulling = use_pulling();
    move || {
        pulling
            .failure()
            .map(|error| view! { <p class="field-error" role="alert">{error_text(i18n, &error)}</p> })
    }
}

/// To pull it.
#[component]
fn Offer(
    reference: ImageReference,
    /// After a pull that did not get to its end.
    again: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let pulling = use_pulling();
    let session = use_session();
    let store = ContainersStore::use_store();
    let why = move || why_not_within(i18n, session, Permission::ImagePull, &store.environment());
    let (name, of, wanted) = (reference.to_string(), reference.clone(), reference.clone());
    let command = Signal::derive(move || pulling.command(&of));
    let label = move || if again { t_string!(i18n, run.pick.again) } else { t_string!(i18n, run.pick.pull) };
    view! {
        <Show when=move || !again>
            <p role="status">{let name = name.clone(); move || t_string!(i18n, run.pick.missing, image = name.clone())}</p>
        </Show>
        <div class="cluster">
            <Button
                label=Signal::derive(label)
                icon=Icon::Download
                pending=pulling.pending()
                disabled_why=Signal::derive(why)
                on_press=move || pulling.begin(wanted.clone())
            />
            <PlatformChoice />
            <CopyButton text=command label=move || Some(t_string!(i18n, common.copy_command)) />
        </div>
    }
}

/// The form's own `--platform`, by name.
#[component]
fn PlatformChoice() -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    let flag = flags::by_long("platform");
    let chosen = Memo::new(move |_| {
        let rows = flag.map(|flag| form.rows(flag))?;
        rows.with(|rows| rows.first().and_then(|row| row.text.get()))
    });
    let other = move || chosen.get().filter(|chosen| !PLATFORMS.contains(&chosen.as_str()));
    view! {
        <span class="select" data-quiet="">
            <select
                aria-label=t!(i18n, run.pick.platform)
                prop:value=move || chosen.get().unwrap_or_default()
                on:change=move |event| {
                    if let Some(flag) = flag {
                        let value = event_target_value(&event);
                        form.set(flag, (!value.is_empty()).then_some(value));
                    }
                }
            >
                <option value="">{t!(i18n, run.pick.own_platform)}</option>
                {PLATFORMS.map(|platform| view! { <option value=platform>{platform}</option> })}
                {move || other().map(|other| view! { <option value=other.clone()>{other.clone()}</option> })}
            </select>
            <IconView icon=Icon::ChevronDown />
        </span>
    }
}

/// How far it is.
#[component]
fn UnderWay(followed: Followed, reference: ImageReference) -> impl IntoView {
    let i18n = use_i18n();
    let pulling = use_pulling();
    let submit = use_submit();
    let state = Memo::new(move |_| followed.state());
    Effect::new(move || {
        if let Some(state) = state.get().filter(|state| *state != JobState::Running)
            && let Some(start) = pulling.ended(state == JobState::Done)
        {
            submit.make(start);
        }
    });
    let label = Signal::derive(move || {
        followed.with(|job| job.map(|job| work_word(i18n, &job.work)).unwrap_or_default())
    });
    let failed = move || state.get().filter(|state| !matches!(state, JobState::Running | JobState::Done));
    view! {
        <Show when=move || matches!(state.get(), None | Some(JobState::Running | JobState::Done))>
            <p class="pull-what">{label}</p>
            <JobProgress job=followed label open=true />
            <Show when=move || pulling.waits()>
                <p class="field-hint" role="status">{t!(i18n, run.pick.then)}</p>
            </Show>
        </Show>
        {move || {
            followed
                .failure()
                .map(|error| view! { <p class="field-error" role="alert">{error_text(i18n, &error)}</p> })
        }}
        {move || {
            let state = failed()?;
            let (words, advice) = followed.with(|job| {
                let job = job?;
                Some((failure_words(i18n, job).unwrap_or_default(), failure_advice(i18n, job)))
            })?;
            let tone = if state == JobState::Failed { Tone::Danger } else { Tone::Warning };
            Some(
                view! {
                    <Notice tone title=t!(i18n, run.pick.not_pulled) text=words>
                        {advice.map(|advice| view! { <p class="muted job-said">{advice}</p> })}
                    </Notice>
                    <Offer reference=reference.clone() again=true />
                },
            )
        }}
    }
}
