//! Why there is no table: not read yet, no engine, no containers, nothing that matches.

use leptos::prelude::*;
use shared::{ApiError, ErrorCode};

use super::list::use_list;
use crate::{
    components::{
        containers_store::{ContainersStore, ListStatus},
        engine_status::{Unreachable, advice, unreachable},
        error_text::error_text,
    },
    i18n::{t, t_string, use_i18n},
    ui::{
        button::Button,
        clock,
        copy::CommandLine,
        empty_state::EmptyState,
        format,
        icon::Icon,
        lazy::{Lazy, Load, part},
        progress::Busy,
    },
};

/// The list is not there yet.
#[component]
pub(super) fn NotRead() -> impl IntoView {
    let i18n = use_i18n();
    let store = ContainersStore::use_store();
    let problem = Memo::new(move |_| unreachable(store));
    move || match (problem.get(), store.status()) {
        (Some(problem), _) => view! { <Lazy load=move || no_engine(problem.clone()) /> }.into_any(),
        (None, ListStatus::Failed(error)) => view! { <Lazy load=move || failed(error.clone()) /> }.into_any(),
        (None, ListStatus::Loading | ListStatus::Ready) => {
            view! { <Busy label=t!(i18n, common.loading) /> }.into_any()
        }
    }
}

part! { trouble: fn no_engine(problem: Unreachable) { view! { <NoEngine problem /> } } }
part! { trouble: fn failed(error: ApiError) { view! { <Failed error /> } } }
part! { trouble: fn no_containers() { view! { <NoContainers /> } } }
part! { trouble: fn no_match() { view! { <NoMatch /> } } }

/// The engine has none, or the filter leaves none.
#[component]
pub(super) fn NoRows(filtered: bool) -> impl IntoView {
    let load = if filtered { Load::from(no_match) } else { Load::from(no_containers) };
    view! { <Lazy load /> }
}

#[component]
fn NoEngine(problem: Unreachable) -> impl IntoView {
    let i18n = use_i18n();
    let Unreachable { since, reason, detail } = problem;
    let text = move || {
        let duration = format::duration(i18n, format::since(since, clock::now()).max(format::SECOND));
        let since =
            t_string!(i18n, containers.unreachable_since, duration = duration, detail = detail.clone());
        format!("{} {since}", advice(i18n, reason).1)
    };
    view! { <EmptyState icon=Icon::PlugOff title=move || advice(i18n, reason).0 text=text /> }
}

#[component]
fn Failed(error: ApiError) -> impl IntoView {
    let i18n = use_i18n();
    let store = ContainersStore::use_store();
    if error.code == ErrorCode::EngineUnreachable {
        return view! {
            <EmptyState
                icon=Icon::Plug
                title=t!(i18n, containers.connecting_title)
                text=t!(i18n, containers.connecting_text)
            />
        }
        .into_any();
    }
    view! {
        <EmptyState icon=Icon::Warning title=t!(i18n, containers.failed_title) text=move || error_text(i18n, &error)>
            <Button label=t!(i18n, common.retry) on_press=move || store.read() />
        </EmptyState>
    }
    .into_any()
}

/// The engine has none.
#[component]
fn NoContainers() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <EmptyState
            icon=Icon::Container
            title=t!(i18n, containers.empty_title)
            text=t!(i18n, containers.empty_text)
        >
            <CommandLine command="docker run -d --name web -p 8080:80 nginx" />
        </EmptyState>
    }
}

/// The filter leaves none.
#[component]
fn NoMatch() -> impl IntoView {
    let i18n = use_i18n();
    let list = use_list();
    let text = move || {
        let total = format::count(i18n, list.store.ids().len() as u64);
        t_string!(i18n, containers.nothing_text, total = total)
    };
    view! {
        <EmptyState icon=Icon::Filter title=t!(i18n, containers.nothing_title) text=text>
            <Button label=t!(i18n, containers.clear_filter) on_press=move || list.clear_filter() />
        </EmptyState>
    }
}
