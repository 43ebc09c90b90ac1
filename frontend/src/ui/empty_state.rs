//! Nothing here: why, and the one thing to do next.

use leptos::prelude::*;

use crate::ui::icon::{Icon, IconView};

/// An empty state; its children are the buttons, if any.
#[component]
pub(crate) fn EmptyState(
    /// The drawing.
    icon: Icon,
    /// What is missing.
    #[prop(into)]
    title: Signal<String>,
    /// Why, and what to do.
    #[prop(into)]
    text: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty-state">
            <IconView icon=icon />
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| view! { <div class="cluster">{children()}</div> })}
        </div>
    }
}
