//! Copying text, and the command behind an action with its copy button.

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use crate::{
    i18n::{t_string, use_i18n},
    ui::icon::{Icon, IconView},
};

/// Puts text on the clipboard; false if the browser does not let us.
pub(crate) async fn copy_text(text: &str) -> bool {
    JsFuture::from(window().navigator().clipboard().write_text(text)).await.is_ok()
}

/// A square button that copies, and says for a moment that it did.
#[component]
pub(crate) fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: Signal<String>,
    /// What the button is called; “Copy” without it.
    #[prop(optional, into)]
    label: Signal<Option<String>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let copied = RwSignal::new(false);
    let name = Signal::derive(move || {
        if copied.get() {
            t_string!(i18n, common.copied)
        } else {
            label.get().unwrap_or_else(|| t_string!(i18n, common.copy))
        }
    });
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            if copy_text(&text).await {
                copied.set(true);
                gloo_timers::future::TimeoutFuture::new(1_500).await;
                // The button may be gone by now.
                let _ = copied.try_set(false);
            }
        });
    };
    view! {
        <button
            class="button"
            type="button"
            data-variant="ghost"
            data-size="small"
            data-icon=""
            aria-label=name
            title=name
            on:click=copy
        >
            <IconView icon=move || if copied.get() { Icon::Check } else { Icon::Copy } small=true />
        </button>
    }
}

/// The `docker` command that an action amounts to.
#[component]
pub(crate) fn CommandLine(
    /// The command.
    #[prop(into)]
    command: Signal<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="command-line">
            <code>{command}</code>
            <CopyButton text=command label=move || Some(t_string!(i18n, common.copy_command)) />
        </div>
    }
}
