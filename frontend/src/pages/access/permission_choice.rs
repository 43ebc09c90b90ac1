//! One permission, to be ticked among others.

use leptos::prelude::*;
use shared::Permission;

use super::words::permission_word;
use crate::i18n::use_i18n;

/// The box.
#[component]
pub(in crate::pages) fn PermissionChoice(
    /// What it stands in: the beginning of its id.
    within: &'static str,
    /// Which permission.
    permission: Permission,
    /// Those that are chosen.
    chosen: RwSignal<Vec<Permission>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let id = format!("{within}-{}", permission.as_str());
    let choose = move |event| {
        let on = event_target_checked(&event);
        chosen.update(|chosen| {
            chosen.retain(|other| *other != permission);
            if on {
                chosen.push(permission);
            }
        });
    };
    view! {
        <div class="choice">
            <input
                class="check"
                type="checkbox"
                id=id.clone()
                prop:checked=move || chosen.with(|chosen| chosen.contains(&permission))
                on:change=choose
            />
            <label for=id>{move || permission_word(i18n, permission)}</label>
        </div>
    }
}
