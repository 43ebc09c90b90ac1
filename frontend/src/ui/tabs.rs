//! Tabs that change the address: links in a navigation, the current one marked as the page.

use leptos::prelude::*;

/// One tab.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tab {
    /// Where it leads.
    pub(crate) href: String,
    /// What it is called.
    pub(crate) label: String,
    /// Whether it is shown.
    pub(crate) current: bool,
    /// Why its person may not see what it shows. It still leads there, where that is said at length.
    pub(crate) disabled_why: Option<String>,
}

/// A row of tabs.
#[component]
pub(crate) fn Tabs(
    /// What they are tabs of.
    #[prop(into)]
    label: Signal<String>,
    /// Them.
    #[prop(into)]
    tabs: Signal<Vec<Tab>>,
) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label=label>
            {move || {
                tabs.get()
                    .into_iter()
                    .map(|tab| {
                        let disabled = tab.disabled_why.is_some();
                        view! {
                            <a
                                class="tab"
                                href=tab.href
                                aria-current=tab.current.then_some("page")
                                aria-disabled=disabled.then_some("true")
                                title=tab.disabled_why
                            >
                                {tab.label}
                            </a>
                        }
                    })
                    .collect_view()
            }}
        </nav>
    }
}
