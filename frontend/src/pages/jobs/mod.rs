//! The jobs of an environment: what is under way, with how far it is, and what ended lately.

mod row;

use leptos::prelude::*;
use shared::{
    Empty,
    jobs::{Job, JobState, ListJobs},
};

use crate::{
    api,
    components::{
        containers_store::ContainersStore,
        jobs_news::use_jobs_news,
        reading::Reading,
        reading_state::ReadingState,
        shell::{Crumb, use_breadcrumb},
    },
    i18n::{t, t_string, use_i18n},
    ui::{empty_state::EmptyState, icon::Icon},
};
use row::{EndedJob, RunningJob};

/// The page.
#[component]
pub(crate) fn JobsPage() -> impl IntoView {
    let i18n = use_i18n();
    let store = ContainersStore::use_store();
    let news = use_jobs_news();
    use_breadcrumb(move || vec![Crumb { label: t_string!(i18n, jobs.title), href: None }]);
    let jobs = Reading::<Vec<Job>>::new();
    let read = move || {
        let environment = store.environment();
        jobs.start(async move { api::call(ListJobs { environment }, Empty {}, ()).await });
    };
    // Whenever one begins or ends; what happens in between is told to each row.
    Effect::new(move || {
        news.revision();
        read();
    });
    let of = move |running: bool| {
        jobs.with(|jobs| {
            let jobs = jobs.map(Vec::as_slice).unwrap_or_default();
            jobs.iter()
                .filter(|job| (job.state == JobState::Running) == running)
                .cloned()
                .collect::<Vec<Job>>()
        })
    };
    let running = Memo::new(move |_| of(true));
    let ended = Memo::new(move |_| of(false));
    let is_empty = move || jobs.with(|jobs| jobs.is_some_and(Vec::is_empty));
    view! {
        <div class="page-header">
            <h1 class="page-title">{t!(i18n, jobs.title)}</h1>
            <span class="muted wide-only">{t!(i18n, jobs.text)}</span>
        </div>
        <ReadingState reading=jobs failed=t!(i18n, jobs.unread) read=move || untrack(read) around="page-body" />
        <Show when=is_empty>
            <EmptyState icon=Icon::Activity title=t!(i18n, jobs.empty) text=t!(i18n, jobs.empty_text) />
        </Show>
        <div class="page-body jobs">
            <Show when=move || running.with(|jobs| !jobs.is_empty())>
                <section class="card" aria-labelledby="jobs-running">
                    <h2 class="jobs-head" id="jobs-running">{t!(i18n, jobs.running)}</h2>
                    <ul class="jobs-list">
                        <For each=move || running.get() key=|job| job.id let:job>
                            <RunningJob job />
                        </For>
                    </ul>
                </section>
            </Show>
            <Show when=move || ended.with(|jobs| !jobs.is_empty())>
                <section class="card" aria-labelledby="jobs-ended">
                    <h2 class="jobs-head" id="jobs-ended">{t!(i18n, jobs.ended)}</h2>
                    <ul class="jobs-list">
                        <For each=move || ended.get() key=|job| job.id let:job>
                            <EndedJob job />
                        </For>
                    </ul>
                </section>
            </Show>
        </div>
    }
}
