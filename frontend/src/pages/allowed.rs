//! A page that not everybody may see.

use leptos::prelude::*;

use crate::ui::{empty_state::EmptyState, icon::Icon};

/// The page, or under its title that it may not be seen, and why.
#[component]
pub(super) fn Allowed(
    /// Whether the person may see it.
    #[prop(into)]
    when: Signal<bool>,
    /// What the page is called.
    #[prop(into)]
    title: Signal<String>,
    /// That they may not.
    #[prop(into)]
    forbidden: Signal<String>,
    /// Why, and who may.
    #[prop(into)]
    why: Signal<String>,
    /// The page.
    children: ChildrenFn,
) -> impl IntoView {
    let allowed = Memo::new(move |_| when.get());
    move || {
        if allowed.get() {
            return children();
        }
        view! {
            <div class="page-header">
                <h1 class="page-title">{title}</h1>
            </div>
            <EmptyState icon=Icon::Lock title=forbidden text=why />
        }
        .into_any()
    }
}
