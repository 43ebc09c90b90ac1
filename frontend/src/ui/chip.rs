//! A filter that is on or off, with how many things it would leave.

use leptos::prelude::*;

use crate::ui::button::Press;

/// A chip; its children stand before the label (a state's glyph, an icon).
#[component]
pub(crate) fn Chip(
    /// What it leaves.
    #[prop(into)]
    label: Signal<String>,
    /// How many.
    #[prop(into)]
    count: Signal<String>,
    /// `true`, `false`, or `mixed` when a part of what it stands for is on.
    #[prop(into)]
    pressed: Signal<&'static str>,
    /// Not worth its room at the moment.
    #[prop(into)]
    hidden: Signal<bool>,
    /// Turns it on or off.
    #[prop(into)]
    on_toggle: Press,
    children: Children,
) -> impl IntoView {
    view! {
        <button class="chip" type="button" aria-pressed=pressed hidden=hidden on:click=move |_| on_toggle.run()>
            {children()}
            {label}
            <span class="chip-count">{count}</span>
        </button>
    }
}
