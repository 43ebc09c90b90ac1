//! The way to the jobs, with how many are under way.

use leptos::prelude::*;

use crate::{
    components::{containers_store::ContainersStore, jobs_news::use_jobs_news},
    i18n::{t_count, t_string, use_i18n},
    paths,
    ui::{
        format,
        icon::{Icon, IconView},
    },
};

#[component]
pub(super) fn JobsLink() -> impl IntoView {
    let i18n = use_i18n();
    let store = ContainersStore::use_store();
    let news = use_jobs_news();
    let label = move || match news.running() {
        0 => t_string!(i18n, shell.jobs),
        running => t_count!(i18n, running, shell.jobs_running),
    };
    view! {
        <a
            class="button"
            data-variant="ghost"
            data-icon=move || (news.running() == 0).then_some("")
            href=move || paths::jobs(&store.environment())
            aria-label=label
            title=label
        >
            {move || match news.running() {
                0 => view! { <IconView icon=Icon::Activity /> }.into_any(),
                running => {
                    view! {
                        <span class="spinner" aria-hidden="true"></span>
                        <span class="num" aria-hidden="true">{format::count(i18n, u64::from(running))}</span>
                    }
                    .into_any()
                }
            }}
        </a>
    }
}
