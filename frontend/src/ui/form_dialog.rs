//! A form in a dialog: what is typed is sent by Enter or by its last button, and what went wrong as a whole
//! stands below it.

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::prelude::*;

use crate::ui::{badge::Tone, button::Button, dialog::Dialog, notice::Notice};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// The dialog, open as long as it is rendered.
#[component]
pub(crate) fn FormDialog(
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// What is done.
    #[prop(into)]
    submit: Signal<String>,
    /// What stays.
    #[prop(into)]
    keep: Signal<String>,
    /// Whether it is under way.
    #[prop(into)]
    pending: Signal<bool>,
    /// What is wrong with it as a whole.
    #[prop(into)]
    problem: Signal<Option<String>>,
    /// Closes it.
    close: impl Fn() + Copy + Send + Sync + 'static,
    /// Does it.
    on_submit: impl Fn() + Send + Sync + 'static,
    /// The fields.
    children: Children,
) -> impl IntoView {
    // One may stand over another.
    let form = format!("dialog-form-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let id = form.clone();
    let actions = move || {
        view! {
            <Button label=keep on_press=close />
            <button
                class="button"
                type="submit"
                form=form.clone()
                data-variant="primary"
                aria-disabled=move || pending.get().then_some("true")
                aria-busy=move || pending.get().then_some("true")
            >
                {move || pending.get().then(|| view! { <span class="spinner" aria-hidden="true"></span> })}
                {submit}
            </button>
        }
    };
    view! {
        <Dialog title on_close=close actions>
            <form
                class="stack"
                id=id
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    if !pending.get_untracked() {
                        on_submit();
                    }
                }
            >
                {children()}
                {move || problem.get().map(|title| view! { <Notice tone=Tone::Danger title /> })}
            </form>
        </Dialog>
    }
}
