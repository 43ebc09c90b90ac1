//! The questions before a container is renamed or removed.

use leptos::{ev::SubmitEvent, html, prelude::*};
use shared::{ContainerRef, containers::RemoveOptions};

use super::{ContainerActions, Order, Question, Target, use_actions, words};
use crate::{
    i18n::{t, t_count, t_string, use_i18n},
    ui::{
        button::{Button, Size, Variant},
        copy::CommandLine,
        dialog::Dialog,
        field::TextField,
        format,
        lazy::{Lazy, part},
    },
};

/// So many names are listed in a question.
const NAMED: usize = 8;

/// Where the questions appear, once per page.
#[component]
pub(crate) fn ActionDialogs() -> impl IntoView {
    let actions = use_actions();
    move || match actions.question.get() {
        Some(question) => view! { <Lazy load=move || dialog(question.clone()) floating=true /> }.into_any(),
        None => ().into_any(),
    }
}

part! {
    actions: fn dialog(question: Question) {
        match question {
            Question::Rename(target) => view! { <RenameDialog target=target /> }.into_any(),
            Question::Remove(targets) => view! { <RemoveDialog targets=targets /> }.into_any(),
        }
    }
}

fn close(actions: ContainerActions) {
    // Closed by its own event and by its buttons alike.
    let _ = actions.question.try_set(None);
}

/// What keeps a text from being the new name; tracked.
fn name_problem(actions: ContainerActions, target: &Target, name: &str) -> Option<String> {
    let i18n = actions.i18n;
    if name == target.name {
        return Some(t_string!(i18n, actions.rename.same));
    }
    if name.chars().count() < 2 || name.parse::<ContainerRef>().is_err() {
        return Some(t_string!(i18n, actions.rename.bad));
    }
    let taken = actions.store.all_untracked().iter().any(|row| row.name == name && row.id != target.id);
    taken.then(|| t_string!(i18n, actions.rename.taken))
}

#[component]
fn RenameDialog(target: Target) -> impl IntoView {
    let i18n = use_i18n();
    let actions = use_actions();
    let name = RwSignal::new(target.name.clone());
    let tried = RwSignal::new(false);
    let form = NodeRef::<html::Form>::new();
    let target = StoredValue::new(target);
    let problem = move || target.with_value(|target| name_problem(actions, target, name.read().trim()));
    let command = move || {
        let order = name
            .read()
            .trim()
            .parse()
            .map_or(Order::Plain(shared::containers::ContainerAction::Rename), Order::Rename);
        target.with_value(|target| words::command(&order, std::slice::from_ref(target)))
    };
    let rename = move || {
        tried.set(true);
        if untrack(problem).is_some() {
            return;
        }
        if let Ok(new) = name.get_untracked().trim().parse() {
            actions.run(Order::Rename(new), target.get_value());
            close(actions);
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        rename();
    };
    view! {
        <Dialog
            title=move || t_string!(i18n, actions.rename.title, name = target.with_value(|target| target.name.clone()))
            on_close=move || close(actions)
            actions=move || {
                view! {
                    <Button label=t!(i18n, actions.rename.keep) size=Size::Large on_press=move || close(actions) />
                    <Button
                        label=t!(i18n, actions.rename.submit)
                        size=Size::Large
                        variant=Variant::Primary
                        on_press=rename
                    />
                }
            }
        >
            <form node_ref=form novalidate on:submit=submit>
                <TextField
                    id="new-name"
                    label=t!(i18n, actions.rename.label)
                    value=name
                    mono=true
                    hint=move || Some(t_string!(i18n, actions.rename.hint))
                    error=move || if tried.get() { problem() } else { None }
                />
            </form>
            <CommandLine command=command />
        </Dialog>
    }
}

#[component]
fn RemoveDialog(targets: Vec<Target>) -> impl IntoView {
    let i18n = use_i18n();
    let actions = use_actions();
    let alive = targets.iter().filter(|target| target.state.is_alive()).count();
    let total = targets.len();
    let first = targets.first().map(|target| target.name.clone()).unwrap_or_default();
    let targets = StoredValue::new(targets);
    let volumes = RwSignal::new(false);
    let order = move || Order::Remove(RemoveOptions { force: alive > 0, volumes: volumes.get() });
    let many = total > 1;
    let title = move || {
        if many {
            t_count!(i18n, total, actions.remove.title_many)
        } else {
            t_string!(i18n, actions.remove.title_one, name = first.clone())
        }
    };
    let text = move || {
        if many { t_string!(i18n, actions.remove.text_many) } else { t_string!(i18n, actions.remove.text) }
    };
    let warning = move || match (alive, many) {
        (0, _) => None,
        (_, false) => Some(t_string!(i18n, actions.remove.alive_one)),
        (_, true) => Some(t_count!(i18n, alive, actions.remove.alive)),
    };
    let remove = move || {
        let order = untrack(order);
        let targets = targets.get_value();
        close(actions);
        match targets.as_slice() {
            [target] => actions.run(order, target.clone()),
            _ => actions.run_many(order, targets),
        }
    };
    view! {
        <Dialog
            title=title
            on_close=move || close(actions)
            actions=move || {
                let keep = move || {
                    if many { t_string!(i18n, actions.remove.keep_many) } else { t_string!(i18n, actions.remove.keep) }
                };
                let submit = move || {
                    if many {
                        t_count!(i18n, total, actions.remove.submit_many)
                    } else {
                        t_string!(i18n, actions.remove.submit_one)
                    }
                };
                view! {
                    <Button label=keep size=Size::Large on_press=move || close(actions) />
                    <Button label=submit size=Size::Large variant=Variant::Danger on_press=remove />
                }
            }
        >
            {many.then(|| view! { <Names targets=targets.get_value() /> })}
            <p>{text}</p>
            {move || warning().map(|warning| view! { <p class="field-error">{warning}</p> })}
            <div class="choice">
                <input
                    class="check"
                    type="checkbox"
                    id="remove-volumes"
                    prop:checked=volumes
                    on:change=move |event| volumes.set(event_target_checked(&event))
                />
                <label for="remove-volumes">
                    {move || {
                        if many {
                            t_string!(i18n, actions.remove.volumes_many)
                        } else {
                            t_string!(i18n, actions.remove.volumes)
                        }
                    }}
                </label>
                <p class="field-hint">{t!(i18n, actions.remove.volumes_hint)}</p>
            </div>
            <CommandLine command=move || targets.with_value(|targets| words::command(&order(), targets)) />
        </Dialog>
    }
}

/// The first names, and how many more.
#[component]
fn Names(targets: Vec<Target>) -> impl IntoView {
    let i18n = use_i18n();
    let more = targets.len().saturating_sub(NAMED);
    view! {
        <ul class="name-list">
            {targets
                .into_iter()
                .take(NAMED)
                .map(|target| view! { <li><code>{target.name}</code></li> })
                .collect_view()}
            {(more > 0)
                .then(|| {
                    let text = move || t_string!(i18n, actions.remove.more, count = format::count(i18n, more as u64));
                    view! { <li class="faint">{text}</li> }
                })}
        </ul>
    }
}
