//! A decision that must be made now, in a native `<dialog>`: the browser keeps the focus in it and gives it
//! back, and Escape closes it.

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::{html, prelude::*};

use crate::ui::button::Press;

static NEXT: AtomicU32 = AtomicU32::new(0);

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
    // One may stand over another, and each is called by its own title.
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    let title_id = format!("dialog-title-{id}");
    let labelled = title_id.clone();
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
        <dialog class="dialog" node_ref=dialog aria-labelledby=labelled on:close=move |_| on_close.run()>
            <div class="dialog-head">
                <h2 id=title_id>{title}</h2>
            </div>
            <div class="dialog-body">{children()}</div>
            <div class="dialog-foot">{actions.run()}</div>
        </dialog>
    }
}
