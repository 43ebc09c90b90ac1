//! The bar that floats over the table while rows are selected.

use leptos::prelude::*;
use shared::containers::ContainerAction;

use super::list::use_list;
use crate::{
    components::container_actions::{action_icon, action_label, use_actions},
    i18n::{t, t_count, use_i18n},
    ui::{
        button::{Button, IconButton, Variant},
        icon::Icon,
        lazy::{Lazy, part},
    },
};

#[component]
pub(super) fn BulkBar() -> impl IntoView {
    let list = use_list();
    let any = Memo::new(move |_| !list.selection().is_empty());
    move || any.get().then(|| view! { <Lazy load=bar floating=true /> })
}

part! { actions: fn bar() { view! { <Bar /> } } }

#[component]
fn Bar() -> impl IntoView {
    let i18n = use_i18n();
    let list = use_list();
    let actions = use_actions();
    let selection = Memo::new(move |_| list.selection());
    let action = move |action: ContainerAction| {
        view! {
            <Button
                label=move || action_label(i18n, action)
                icon=action_icon(action)
                variant=Variant::Ghost
                disabled_why=move || selection.with(|rows| actions.why_not_any(action, rows))
                on_press=move || actions.request_many(action, list.targets())
            />
        }
    };
    view! {
            <div class="bulk-bar" role="toolbar" aria-label=t!(i18n, containers.bulk)>
                <span class="bulk-count" role="status">
                    {move || t_count!(i18n, selection.with(Vec::len), containers.selected)}
                </span>
                {action(ContainerAction::Start)}
                {action(ContainerAction::Stop)}
                {action(ContainerAction::Restart)}
                {action(ContainerAction::Pause)}
                {action(ContainerAction::Unpause)}
                <span class="toolbar-rule"></span>
                {action(ContainerAction::Kill)}
                {action(ContainerAction::Remove)}
                <span class="toolbar-rule"></span>
                <IconButton
                    icon=Icon::X
                    label=t!(i18n, containers.clear_selection)
                    on_press=move || list.clear_selection()
                />
            </div>
    }
}
