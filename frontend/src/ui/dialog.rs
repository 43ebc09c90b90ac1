//! A decision that must be made now, in a native `<dialog>`: the browser keeps the focus in it and gives it
//! back, and Escape closes it.

use leptos::{html, prelude::*};

use crate::ui::button::Press;

/// A modal dialog, open as long as it is rendered.
#[component]
pub(crate) fn Dialog(
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// Closed by Escape or by the browser.
    #[prop(into)]
    on_close: Press,
    /// The body.
    children: Children,
    /// The buttons: first what stays, last what is done.
    #[prop(into)]
    actions: ViewFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            // Only fails when it is not in the page, where it is by now.
            request_animation_frame(move || {
                let _ = dialog.show_modal();
            });
        }
    });
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby="dialog-title" on:close=move |_| on_close.run()>
            <div class="dialog-head">
                <h2 id="dialog-title">{title}</h2>
            </div>
            <div class="dialog-body">{children()}</div>
            <div class="dialog-foot">{actions.run()}</div>
        </dialog>
    }
}
