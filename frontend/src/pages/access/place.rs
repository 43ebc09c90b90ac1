//! Choosing a place: everything, an environment, a stack, a container.

use leptos::prelude::*;
use shared::{EnvironmentId, Scope, access::is_stack_name};

use crate::{
    components::containers_store::ContainersStore,
    i18n::{I18n, t, t_string, use_i18n},
    ui::icon::{Icon, IconView},
};

const EVERYTHING: &str = "everything";
const ENVIRONMENT: &str = "environment";
const STACK: &str = "stack";
const CONTAINER: &str = "container";

/// A place as far as it is chosen.
#[derive(Clone, Copy)]
pub(in crate::pages) struct PlaceDraft {
    kind: RwSignal<String>,
    stack: RwSignal<String>,
    container: RwSignal<String>,
}

impl PlaceDraft {
    /// The environment of the page.
    pub(in crate::pages) fn new() -> Self {
        Self {
            kind: RwSignal::new(ENVIRONMENT.to_owned()),
            stack: RwSignal::new(String::new()),
            container: RwSignal::new(String::new()),
        }
    }

    /// The place, once it is complete.
    pub(in crate::pages) fn scope(self, store: ContainersStore) -> Memo<Option<Scope>> {
        Memo::new(move |_| {
            scope_of(store.environment(), &self.kind.get(), &self.stack.get(), &self.container.get())
        })
    }

    /// What is still to be chosen; tracked.
    pub(in crate::pages) fn missing(self, i18n: I18n, scope: Memo<Option<Scope>>) -> Option<String> {
        scope.with(Option::is_none).then(|| match self.kind.get().as_str() {
            STACK => t_string!(i18n, access.stack_name),
            _ => t_string!(i18n, access.choose_container),
        })
    }
}

/// The place that is chosen, once it is complete.
fn scope_of(environment: EnvironmentId, kind: &str, stack: &str, container: &str) -> Option<Scope> {
    match kind {
        EVERYTHING => Some(Scope::Everything),
        ENVIRONMENT => Some(Scope::Environment { environment }),
        STACK => {
            let stack = stack.trim().to_owned();
            is_stack_name(&stack).then_some(Scope::Stack { environment, stack })
        }
        _ => Some(Scope::Container { environment, container: container.parse().ok()? }),
    }
}

/// The kinds of places, and what of the chosen kind.
#[component]
pub(in crate::pages) fn PlaceChoice(
    /// What is chosen.
    draft: PlaceDraft,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = ContainersStore::use_store();
    view! {
        <span class="select" data-quiet="">
            <select
                aria-label=t!(i18n, access.at)
                prop:value=draft.kind
                on:change=move |event| draft.kind.set(event_target_value(&event))
            >
                <option value=EVERYTHING>{t!(i18n, access.scope_choices.everything)}</option>
                <option value=ENVIRONMENT selected=true>{t!(i18n, access.scope_choices.environment)}</option>
                <option value=STACK>{t!(i18n, access.scope_choices.stack)}</option>
                <option value=CONTAINER>{t!(i18n, access.scope_choices.container)}</option>
            </select>
            <IconView icon=Icon::ChevronDown />
        </span>
        <Show when=move || draft.kind.get() == STACK>
            <StackChoice stack=draft.stack store />
        </Show>
        <Show when=move || draft.kind.get() == CONTAINER>
            <ContainerChoice container=draft.container store />
        </Show>
    }
}

/// A stack by name: one of those there are, or one that is still to come.
#[component]
fn StackChoice(stack: RwSignal<String>, store: ContainersStore) -> impl IntoView {
    let i18n = use_i18n();
    let names = Memo::new(move |_| {
        let all = store.all();
        all.iter().filter_map(|row| row.stack.clone()).collect::<std::collections::BTreeSet<_>>()
    });
    view! {
        <input
            class="input"
            type="text"
            list="stack-names"
            aria-label=t!(i18n, access.stack_name)
            placeholder=t!(i18n, access.stack_name)
            prop:value=stack
            on:input=move |event| stack.set(event_target_value(&event))
        />
        <datalist id="stack-names">
            {move || names.get().into_iter().map(|name| view! { <option value=name></option> }).collect_view()}
        </datalist>
    }
}

#[component]
fn ContainerChoice(container: RwSignal<String>, store: ContainersStore) -> impl IntoView {
    let i18n = use_i18n();
    let rows = Memo::new(move |_| {
        let mut rows: Vec<_> = store.all().iter().map(|row| (row.name.clone(), row.id.to_string())).collect();
        rows.sort();
        rows
    });
    view! {
        <span class="select" data-quiet="">
            <select
                aria-label=t!(i18n, access.container_name)
                prop:value=container
                on:change=move |event| container.set(event_target_value(&event))
            >
                <option value="">{t!(i18n, access.choose_container)}</option>
                <For each=move || rows.get() key=Clone::clone let((name, id))>
                    <option value=id>{name}</option>
                </For>
            </select>
            <IconView icon=Icon::ChevronDown />
        </span>
    }
}
