//! How far a job is: all of it, and each of its parts.

use leptos::prelude::*;
use shared::jobs::{JobState, JobStep, StepState};

use super::{Followed, words::step_word};
use crate::{
    i18n::{t, t_count, t_string, use_i18n},
    ui::{
        button::{Button, Size},
        format,
        icon::{Icon, IconView},
        progress::Progress,
    },
};

/// The bar of the whole, with a way to end it, and the parts below.
#[component]
pub(crate) fn JobProgress(
    /// Which job.
    job: Followed,
    /// What it does.
    #[prop(into)]
    label: Signal<String>,
    /// Whether the parts are open at first.
    #[prop(optional)]
    open: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let fraction = Memo::new(move |_| job.with(|job| job.and_then(shared::jobs::Job::fraction)));
    let percent = move || fraction.get().map(|part| format::percent(i18n, part));
    let names = Memo::new(move |_| {
        job.with(|job| {
            let steps = job.map(|job| job.steps.as_slice()).unwrap_or_default();
            steps.iter().map(|step| step.name.clone()).collect::<Vec<String>>()
        })
    });
    let more = Memo::new(move |_| job.with(|job| job.map_or(0, |job| job.more_steps)));
    let why = move || {
        job.with(|job| job.is_some_and(|job| !job.may_cancel)).then(|| t_string!(i18n, jobs.not_yours))
    };
    let count = move || names.with(Vec::len) + more.get() as usize;
    view! {
        <div class="job-progress">
            <div class="job-whole">
                <Progress value=fraction label=label />
                <span class="num">{percent}</span>
                <Show when=move || job.state() == Some(JobState::Running)>
                    <Button
                        label=t!(i18n, jobs.cancel)
                        size=Size::Small
                        pending=job.cancelling()
                        disabled_why=Signal::derive(why)
                        on_press=move || job.cancel()
                    />
                </Show>
            </div>
            <Show when=move || names.with(|names| !names.is_empty())>
                <details class="fold job-steps" open=open>
                    <summary>
                        <IconView icon=Icon::ChevronRight small=true />
                        {move || t_count!(i18n, count(), jobs.layers)}
                    </summary>
                    <ul>
                        <For each=move || names.get() key=Clone::clone let:name>
                            <StepRow job name />
                        </For>
                    </ul>
                    <Show when=move || { more.get() > 0 }>
                        <p class="muted">{move || t_count!(i18n, more.get(), jobs.more_layers)}</p>
                    </Show>
                </details>
            </Show>
        </div>
    }
}

#[component]
fn StepRow(job: Followed, name: String) -> impl IntoView {
    let i18n = use_i18n();
    let of = name.clone();
    let step = Memo::new(move |_| {
        job.with(|job| job.and_then(|job| job.steps.iter().find(|step| step.name == of).cloned()))
    });
    let state =
        Memo::new(move |_| step.with(|step| step.as_ref().map(|step| step.state).unwrap_or_default()));
    let value = Signal::derive(move || step.with(|step| step.as_ref().map(JobStep::fraction)));
    let detail = move || {
        let word = step_word(i18n, state.get());
        let bytes = step.with(|step| {
            let step = step.as_ref().filter(|step| {
                matches!(step.state, StepState::Downloading | StepState::Extracting) && step.total > 0
            })?;
            let (done, all) = (format::disk(i18n, step.current), format::disk(i18n, step.total));
            Some(t_string!(i18n, jobs.step.of, done = done, all = all))
        });
        bytes.map_or_else(|| word.clone(), |bytes| format!("{word}, {bytes}"))
    };
    let label = name.clone();
    view! {
        <li class="job-step" data-state=move || is_done(state.get()).then_some("done")>
            <code>{name}</code>
            <Progress value label=Signal::derive(move || t_string!(i18n, jobs.layer, name = label.clone())) />
            <span class="job-step-detail">{detail}</span>
        </li>
    }
}

fn is_done(state: StepState) -> bool {
    matches!(state, StepState::Done | StepState::Here)
}
