//! Giving a role to a user or a team, at a place.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Empty, EnvironmentId, Role, RoleId, Scope,
    access::{RoleRef, is_stack_name},
    users::{CustomRole, GiveGrant, Giving, Subject},
};

use super::words::{grant_word, role_word};
use crate::{
    api,
    components::{containers_store::ContainersStore, error_text::error_text},
    i18n::{t, t_string, use_i18n},
    ui::{
        button::{Button, Variant},
        icon::{Icon, IconView},
        toast::use_toasts,
    },
};

const EVERYTHING: &str = "everything";
const ENVIRONMENT: &str = "environment";
const STACK: &str = "stack";
const CONTAINER: &str = "container";

/// A role as a choice's value, and back.
fn value_of(role: RoleRef) -> String {
    match role {
        RoleRef::Builtin(role) => role.as_str().to_owned(),
        RoleRef::Custom(id) => id.to_string(),
    }
}

fn role_of(value: &str) -> Option<RoleRef> {
    let builtin = Role::parse(value).map(RoleRef::Builtin);
    builtin.or_else(|| value.parse().ok().map(|id| RoleRef::Custom(RoleId(id))))
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

/// The form.
#[component]
pub(super) fn GiveForm(
    /// To whom.
    subject: Subject,
    /// The custom roles.
    roles: Vec<CustomRole>,
    /// Told after one was given.
    changed: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = ContainersStore::use_store();
    let toasts = use_toasts();
    let role = RwSignal::new(Role::Viewer.as_str().to_owned());
    let kind = RwSignal::new(ENVIRONMENT.to_owned());
    let stack = RwSignal::new(String::new());
    let container = RwSignal::new(String::new());
    let pending = RwSignal::new(false);
    let scope = Memo::new(move |_| {
        let environment = store.environment();
        scope_of(environment, &kind.get(), &stack.get(), &container.get())
    });
    let known = StoredValue::new(roles.clone());
    let give = move || {
        let (Some(role), Some(scope)) = (role_of(&role.get_untracked()), scope.get_untracked()) else {
            return;
        };
        pending.set(true);
        spawn_local(async move {
            let what = untrack(|| known.with_value(|roles| grant_word(i18n, role, &scope, roles, store)));
            match api::call(GiveGrant {}, Empty {}, Giving { subject, role, scope }).await {
                Ok(_) => {
                    toasts.success(t_string!(i18n, access.gave, what = what));
                    changed();
                }
                Err(error) => toasts.failure(error_text(i18n, &error), String::new()),
            }
            let _ = pending.try_set(false);
        });
    };
    let all_roles: Vec<RoleRef> = Role::ALL
        .into_iter()
        .map(RoleRef::Builtin)
        .chain(roles.iter().map(|role| RoleRef::Custom(role.id)))
        .collect();
    let options = all_roles
        .into_iter()
        .map(|role| {
            let roles = roles.clone();
            view! { <option value=value_of(role)>{move || role_word(i18n, role, &roles)}</option> }
        })
        .collect_view();
    view! {
        <div class="card-foot" role="group" aria-label=t!(i18n, access.give_title)>
            <span class="select" data-quiet="">
                <select
                    aria-label=t!(i18n, access.role)
                    prop:value=role
                    on:change=move |event| role.set(event_target_value(&event))
                >
                    {options}
                </select>
                <IconView icon=Icon::ChevronDown />
            </span>
            <span class="select" data-quiet="">
                <select
                    aria-label=t!(i18n, access.at)
                    prop:value=kind
                    on:change=move |event| kind.set(event_target_value(&event))
                >
                    <option value=EVERYTHING>{t!(i18n, access.scope_choices.everything)}</option>
                    <option value=ENVIRONMENT selected=true>{t!(i18n, access.scope_choices.environment)}</option>
                    <option value=STACK>{t!(i18n, access.scope_choices.stack)}</option>
                    <option value=CONTAINER>{t!(i18n, access.scope_choices.container)}</option>
                </select>
                <IconView icon=Icon::ChevronDown />
            </span>
            <Show when=move || kind.get() == STACK>
                <StackChoice stack store />
            </Show>
            <Show when=move || kind.get() == CONTAINER>
                <ContainerChoice container store />
            </Show>
            <Button
                label=t!(i18n, access.give)
                icon=Icon::Plus
                variant=Variant::Primary
                pending
                disabled_why=Signal::derive(move || {
                    scope.with(Option::is_none).then(|| match kind.get().as_str() {
                        STACK => t_string!(i18n, access.stack_name),
                        _ => t_string!(i18n, access.choose_container),
                    })
                })
                on_press=give
            />
        </div>
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
