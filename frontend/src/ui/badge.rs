//! A short fact about a thing. Never a button.

use leptos::prelude::*;

use crate::ui::icon::{Icon, IconView};

/// What a badge, a notice or a toast is about.
#[allow(dead_code, reason = "one set of meanings for all that bear a tone")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// A plain fact.
    #[default]
    Plain,
    /// Went well.
    Success,
    /// Needs attention.
    Warning,
    /// Failed, or destroys.
    Danger,
    /// Amounts to root on the host.
    Host,
    /// Something newer is there.
    Update,
}

impl Tone {
    /// The name in style sheets.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Success => Some("success"),
            Self::Warning => Some("warning"),
            Self::Danger => Some("danger"),
            Self::Host => Some("host"),
            Self::Update => Some("update"),
        }
    }
}

/// A badge; its `title` says more.
#[component]
pub(crate) fn Badge(
    /// The fact.
    #[prop(into)]
    label: Signal<String>,
    /// What it is about.
    #[prop(optional)]
    tone: Tone,
    /// Before the words.
    #[prop(optional, into)]
    icon: Option<Icon>,
    /// More of it.
    #[prop(optional, into)]
    title: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <span class="badge" data-tone=tone.name() title=title>
            {icon.map(|icon| view! { <IconView icon=icon /> })}
            {label}
        </span>
    }
}
