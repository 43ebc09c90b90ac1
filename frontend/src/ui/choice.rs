//! One of several things that can be ticked.

use leptos::prelude::*;

/// The box with its label.
#[component]
pub(crate) fn Choice<T: Copy + PartialEq + Send + Sync + 'static>(
    /// The box's id.
    id: String,
    /// What it stands for.
    value: T,
    /// Those that are ticked.
    chosen: RwSignal<Vec<T>>,
    /// What it says.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let choose = move |event| {
        let on = event_target_checked(&event);
        chosen.update(|chosen| {
            chosen.retain(|other| *other != value);
            if on {
                chosen.push(value);
            }
        });
    };
    view! {
        <div class="choice">
            <input
                class="check"
                type="checkbox"
                id=id.clone()
                prop:checked=move || chosen.with(|chosen| chosen.contains(&value))
                on:change=choose
            />
            <label for=id>{label}</label>
        </div>
    }
}
