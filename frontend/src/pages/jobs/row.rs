//! One job of the list.

use leptos::prelude::*;
use shared::jobs::{Job, JobState};

use crate::{
    components::{
        error_text::error_text,
        jobs::{
            Followed, JobProgress, failure_advice, failure_words, note_end, state_icon, state_tone,
            state_word, work_word,
        },
    },
    i18n::{t_string, use_i18n},
    ui::{badge::Badge, clock::Ago},
};

/// One that is under way.
#[component]
pub(super) fn RunningJob(job: Job) -> impl IntoView {
    let i18n = use_i18n();
    let (by, begun_at, work) = (job.by.clone(), job.begun_at, job.work.clone());
    let followed = Followed::here(job.environment.clone(), job.id, Some(job));
    let label = Signal::derive(move || work_word(i18n, &work));
    let state = move || followed.state().filter(|state| *state != JobState::Running);
    view! {
        <li class="job-row">
            <div class="job-head">
                <strong class="job-what">{label}</strong>
                {move || {
                    state()
                        .map(|state| {
                            view! {
                                <Badge
                                    label=move || state_word(i18n, state)
                                    tone=state_tone(state)
                                    icon=state_icon(state)
                                />
                            }
                        })
                }}
                <span class="muted">
                    {move || t_string!(i18n, jobs.by, name = by.clone())} " · " <Ago at=begun_at />
                </span>
            </div>
            <JobProgress job=followed label />
            {move || {
                followed
                    .failure()
                    .map(|error| view! { <p class="field-error" role="alert">{error_text(i18n, &error)}</p> })
            }}
        </li>
    }
}

/// One that has ended.
#[component]
pub(super) fn EndedJob(job: Job) -> impl IntoView {
    let i18n = use_i18n();
    note_end(i18n, &job);
    let state = job.state;
    let (of, said) = (job.clone(), job.clone());
    let Job { work, by, begun_at, ended_at, result, .. } = job;
    view! {
        <li class="job-row">
            <div class="job-head">
                <strong class="job-what">{move || work_word(i18n, &work)}</strong>
                <Badge label=move || state_word(i18n, state) tone=state_tone(state) icon=state_icon(state) />
                <span class="muted">
                    {move || t_string!(i18n, jobs.by, name = by.clone())} " · "
                    <Ago at=ended_at.unwrap_or(begun_at) />
                </span>
            </div>
            {result.map(|digest| view! { <code class="job-result">{digest}</code> })}
            {move || {
                failure_words(i18n, &of).map(|text| view! { <p>{text}</p> })
            }}
            {move || {
                failure_advice(i18n, &said).map(|text| view! { <p class="muted job-said">{text}</p> })
            }}
        </li>
    }
}
