//! What was just done, with a way back. Successes go by themselves; failures stay until dismissed.

use std::sync::Arc;

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{
        badge::Tone,
        copy::CommandLine,
        icon::{Icon, IconView},
    },
};

/// How long a success stays.
const STAYS_MS: u32 = 7_000;
/// More than that are not shown at once.
const MOST: usize = 5;

/// Something to do from a toast: “Undo”.
#[derive(Clone)]
pub(crate) struct ToastAction {
    /// What it does.
    pub(crate) label: String,
    /// Does it.
    pub(crate) run: Arc<dyn Fn() + Send + Sync>,
}

/// A message about something done.
#[derive(Clone, Default)]
pub(crate) struct Toast {
    /// How it went.
    pub(crate) tone: Tone,
    /// What was done, or failed.
    pub(crate) text: String,
    /// Why, and what to do next; empty for nothing.
    pub(crate) detail: String,
    /// The command it amounts to.
    pub(crate) command: Option<String>,
    /// A way back.
    pub(crate) action: Option<ToastAction>,
}

/// The toasts of the page; a handle that may be kept across an `await`.
#[derive(Clone, Copy)]
pub(crate) struct Toasts {
    shown: RwSignal<Vec<(u32, Toast)>>,
    next: StoredValue<u32>,
}

impl Toasts {
    /// Gives the page its toasts.
    pub(crate) fn provide() -> Self {
        let toasts = Self { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0) };
        provide_context(toasts);
        toasts
    }

    /// Shows one.
    pub(crate) fn show(self, toast: Toast) {
        let id = self.next.with_value(|next| next.wrapping_add(1));
        self.next.set_value(id);
        let stays = toast.tone == Tone::Danger;
        self.shown.update(|shown| {
            shown.push((id, toast));
            if shown.len() > MOST {
                shown.remove(0);
            }
        });
        if !stays {
            Timeout::new(STAYS_MS, move || self.dismiss(id)).forget();
        }
    }

    /// Something went well.
    pub(crate) fn success(self, text: impl Into<String>) {
        self.show(Toast { tone: Tone::Success, text: text.into(), ..Toast::default() });
    }

    /// Something failed, and why.
    pub(crate) fn failure(self, text: impl Into<String>, detail: impl Into<String>) {
        self.show(Toast { tone: Tone::Danger, text: text.into(), detail: detail.into(), ..Toast::default() });
    }

    /// Why what was pressed cannot be done; once, however often it is pressed.
    pub(crate) fn why(self, text: String) {
        if !self.shown.with_untracked(|shown| shown.iter().any(|(_, toast)| toast.text == text)) {
            self.show(Toast { text, ..Toast::default() });
        }
    }

    fn dismiss(self, id: u32) {
        // The page may be gone.
        let _ = self.shown.try_update(|shown| shown.retain(|(other, _)| *other != id));
    }
}

/// The toasts of the page.
pub(crate) fn use_toasts() -> Toasts {
    use_context::<Toasts>().unwrap_or_else(Toasts::provide)
}

/// Where they are shown, once per page.
#[component]
pub(crate) fn ToastStack() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.shown.get() key=|(id, _)| *id let((id, toast))>
                <ToastView toast=toast on_dismiss=move || toasts.dismiss(id) />
            </For>
        </div>
    }
}

#[component]
fn ToastView(toast: Toast, on_dismiss: impl Fn() + Clone + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let icon = match toast.tone {
        Tone::Plain | Tone::Update => Icon::Info,
        Tone::Success => Icon::Check,
        Tone::Warning | Tone::Host => Icon::Warning,
        Tone::Danger => Icon::XCircle,
    };
    let dismiss = on_dismiss.clone();
    let action = toast.action.map(|action| {
        let run = action.run.clone();
        view! {
            <button
                class="button"
                type="button"
                data-size="small"
                on:click=move |_| {
                    run();
                    dismiss();
                }
            >
                {action.label}
            </button>
        }
    });
    view! {
        <div class="toast" data-tone=toast.tone.name()>
            <IconView icon=icon />
            <p>{toast.text} {(!toast.detail.is_empty()).then(|| view! { <span>{toast.detail}</span> })}</p>
            {action}
            <button
                class="button toast-close"
                type="button"
                data-variant="ghost"
                data-size="small"
                data-icon=""
                aria-label=t!(i18n, common.close)
                title=move || t_string!(i18n, common.close)
                on:click=move |_| on_dismiss()
            >
                <IconView icon=Icon::X small=true />
            </button>
            {toast.command.map(|command| view! { <CommandLine command=command /> })}
        </div>
    }
}
