//! Fields of forms: label above, hint below, error in place of the hint.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::{
    i18n::{t_string, use_i18n},
    ui::icon::{Icon, IconView},
};

/// One line of text.
#[component]
pub(crate) fn TextField(
    /// Of the input; hint and error are named after it.
    id: &'static str,
    /// Above it.
    #[prop(into)]
    label: Signal<String>,
    /// What it holds.
    value: RwSignal<String>,
    /// Below it.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// `username`, `off`...: what the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// The class of the input; `code-input` for a setup code.
    #[prop(default = "input")]
    class: &'static str,
    /// Drawn in the monospaced font.
    #[prop(optional)]
    mono: bool,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                class=class
                id=id
                data-size="large"
                data-kind=(class == "code-input").then_some("setup")
                data-mono=mono.then_some("")
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=format!("{id}-note")
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            />
            <FieldNote id=id hint=hint error=error />
        </div>
    }
}

/// A password, with an eye that shows it. Its children stand below (the rules).
#[component]
pub(crate) fn PasswordField(
    /// Of the input.
    id: &'static str,
    /// Above it.
    #[prop(into)]
    label: Signal<String>,
    /// What it holds.
    value: RwSignal<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// `current-password` or `new-password`.
    #[prop(default = "current-password")]
    autocomplete: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let i18n = use_i18n();
    let shown = RwSignal::new(false);
    let eye = move || {
        if shown.get() {
            t_string!(i18n, common.hide_password)
        } else {
            t_string!(i18n, common.show_password)
        }
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <div class="input-group" data-size="large">
                <input
                    class="input"
                    id=id
                    type=move || if shown.get() { "text" } else { "password" }
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=format!("{id}-note")
                    prop:value=value
                    on:input=move |event| value.set(event_target_value(&event))
                />
                <span class="input-end">
                    <button
                        class="button"
                        type="button"
                        data-variant="ghost"
                        data-icon=""
                        aria-label=eye
                        aria-pressed=move || shown.get().to_string()
                        title=eye
                        on:click=move |_| shown.update(|shown| *shown = !*shown)
                    >
                        <IconView icon=Icon::Eye />
                    </button>
                </span>
            </div>
            <FieldNote id=id hint=None error=error />
            {children.map(|children| children())}
        </div>
    }
}

/// Puts the keyboard into an input.
pub(crate) fn focus(input: &web_sys::Element) {
    if let Some(input) = input.dyn_ref::<web_sys::HtmlElement>() {
        // Only fails when it is not in the page.
        let _ = input.focus();
    }
}

/// The hint of a field, or what is wrong in its place. The input refers to it as `<id>-note`.
#[component]
pub(crate) fn FieldNote(
    /// The input's id.
    id: &'static str,
    /// The hint.
    #[prop(into)]
    hint: Signal<Option<String>>,
    /// What is wrong.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let note = format!("{id}-note");
    move || {
        let note = note.clone();
        match (error.get(), hint.get()) {
            (Some(error), _) => view! {
                <p class="field-error" id=note role="alert">
                    <IconView icon=Icon::Warning />
                    {error}
                </p>
            }
            .into_any(),
            (None, Some(hint)) => view! { <p class="field-hint" id=note>{hint}</p> }.into_any(),
            (None, None) => ().into_any(),
        }
    }
}
