//! A lasting condition in the page: what happened, then what to do next.

use leptos::prelude::*;

use crate::ui::{
    badge::Tone,
    icon::{Icon, IconView},
};

/// A notice; its children are the buttons, if any.
#[component]
pub(crate) fn Notice(
    /// What it is about.
    #[prop(optional)]
    tone: Tone,
    /// What happened.
    #[prop(into)]
    title: Signal<String>,
    /// What to do next.
    #[prop(optional, into)]
    text: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let icon = match tone {
        Tone::Plain | Tone::Update => Icon::Info,
        Tone::Success => Icon::CheckCircle,
        Tone::Warning => Icon::Warning,
        Tone::Danger => Icon::XCircle,
        Tone::Host => Icon::ShieldAlert,
    };
    view! {
        <div class="notice" data-tone=tone.name() role=if tone == Tone::Danger { "alert" } else { "status" }>
            <IconView icon=icon />
            <div>
                <strong>{title}</strong>
                <Show when=move || text.with(|text| !text.is_empty())>
                    <p>{text}</p>
                </Show>
            </div>
            {children.map(|children| view! { <div class="notice-actions">{children()}</div> })}
        </div>
    }
}
