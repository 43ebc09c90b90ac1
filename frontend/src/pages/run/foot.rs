//! The end of the form, always in sight: the command it amounts to, what is in the way, and the buttons.

use leptos::prelude::*;
use shared::run::{RunSpec, lines};
use wasm_bindgen::JsCast;

use super::{form::use_form, reading::Reading, submit::use_submit};
use crate::{
    components::containers_store::ContainersStore,
    i18n::{t, t_count, t_string, use_i18n},
    paths,
    ui::{
        badge::Tone,
        button::{Button, Size, Variant},
        copy::CopyButton,
        notice::Notice,
    },
};

/// Puts the keyboard on an element.
pub(super) fn focus(element: Option<web_sys::Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Fails only for what is not in the page.
        let _ = element.focus();
    }
}

/// Puts the keyboard on the first field that is to be corrected, once it is drawn.
pub(super) fn focus_first_wrong() {
    request_animation_frame(|| {
        request_animation_frame(|| {
            focus(document().query_selector(".form-sections [aria-invalid=true]").ok().flatten());
        });
    });
}

/// The command of a spec; while there is no image, with a word in its place.
fn command_of(spec: &RunSpec) -> String {
    if spec.image.is_empty() {
        return lines(&RunSpec { image: "IMAGE".to_owned(), ..spec.clone() });
    }
    lines(spec)
}

/// The foot.
#[component]
pub(super) fn Foot() -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    let submit = use_submit();
    let command = Memo::new(move |_| form.reading.with(|reading| command_of(&reading.spec)));
    // What will be shown then is not the log.
    let stays = Memo::new(move |_| form.reading.with(|reading| !reading.spec.general.detach));
    let unread = Memo::new(move |_| form.reading.with(Reading::unread));
    view! {
        <div class="form-foot">
            <Outcome />
            <div class="form-command">
                <p class="form-command-label">
                    {t!(i18n, run.same)} <CopyButton
                        text=command
                        label=move || Some(t_string!(i18n, common.copy_command))
                    />
                </p>
                <div class="command" role="group" aria-label=t!(i18n, run.same_region) tabindex="0">
                    <code>{command}</code>
                </div>
                <Show when=move || stays.get()>
                    <p class="field-hint">{t!(i18n, run.stays)}</p>
                </Show>
                <Show when=move || { unread.get() > 0 }>
                    <p class="field-error">{move || t_count!(i18n, unread.get(), run.without)}</p>
                </Show>
            </div>
            <div class="form-actions">
                <Button
                    label=t!(i18n, run.create_only)
                    size=Size::Large
                    pending=Signal::derive(move || submit.busy())
                    on_press=move || submit.send(false)
                />
                <Button
                    label=t!(i18n, run.create_start)
                    variant=Variant::Primary
                    size=Size::Large
                    pending=Signal::derive(move || submit.busy())
                    on_press=move || submit.send(true)
                />
            </div>
        </div>
    }
}

/// What is in the way.
#[component]
fn Outcome() -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    let submit = use_submit();
    let store = ContainersStore::use_store();
    let blocking = Memo::new(move |_| form.reading.with(Reading::blocking));
    let refusal = Memo::new(move |_| {
        form.refusal.with(|refusal| {
            let refusal = refusal.clone()?;
            form.reading.with(|reading| reading.spec == refusal.spec).then_some(refusal)
        })
    });
    let go = paths::use_go();
    view! {
        <div class="run-outcome">
            {move || {
                let go = go.clone();
                if let Some(refusal) = refusal.get() {
                    let title = match &refusal.made {
                        Some(name) => t_string!(i18n, run.not_started, name = name.clone()),
                        None => t_string!(i18n, run.failed),
                    };
                    // Docker removes one with --rm that it could not start.
                    let open = refusal.made.filter(|name| store.find(name).is_some()).map(|name| {
                        let path = paths::container(&store.environment(), &name);
                        view! { <Button label=t!(i18n, run.open) on_press=move || go(&path) /> }
                    });
                    return view! {
                        <Notice tone=Tone::Danger title=title text=refusal.text>
                            {open}
                        </Notice>
                    }
                    .into_any();
                }
                if submit.held_back.get() && blocking.get() > 0 {
                    return view! {
                        <Notice
                            tone=Tone::Danger
                            title=move || t_count!(i18n, blocking.get(), run.correct_first)
                        >
                            <Button
                                label=t!(i18n, run.correct_next)
                                on_press=move || {
                                    form.unfold_troubles();
                                    focus_first_wrong();
                                }
                            />
                        </Notice>
                    }
                    .into_any();
                }
                ().into_any()
            }}
        </div>
    }
}
