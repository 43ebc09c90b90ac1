//! Work under way: with a measure, and without.

use leptos::prelude::*;

use crate::ui::text::plain;

/// A bar; without a value it travels.
#[component]
pub(crate) fn Progress(
    /// From 0 to 1.
    #[prop(into)]
    value: Signal<Option<f64>>,
    /// What is under way.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    view! { <progress class="progress" max="1" value=move || value.get().map(plain) aria-label=label></progress> }
}

/// A turning ring with its words beside it.
#[component]
pub(crate) fn Busy(
    /// What is awaited.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    view! {
        <p class="busy" role="status">
            <span class="spinner" aria-hidden="true"></span>
            <span>{label}</span>
        </p>
    }
}
