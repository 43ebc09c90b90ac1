//! Another container like one: the form filled from it, and what of it the form cannot hold.

use leptos::prelude::*;
use shared::{
    ContainerRef, Empty, ErrorCode,
    run::{ExistingSpec, ReadRunSpec, Unsaid, flags},
};

use super::form::{Form, use_form};
use crate::{
    api,
    components::{containers_store::ContainersStore, error_text::error_text, reading::Reading},
    i18n::{I18n, t, t_string, use_i18n},
    paths,
    ui::{badge::Tone, button::Button, notice::Notice, progress::Busy},
};

/// Fills the form from the container that the address names, if it names one, and says how that went.
#[component]
pub(super) fn Existing() -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    let store = ContainersStore::use_store();
    let existing = Reading::<ExistingSpec>::new();
    let (from, _) = paths::use_query_param::<String>(paths::RUN_FROM);
    let read = move || {
        let named = from.get_untracked().and_then(|name| name.parse::<ContainerRef>().ok());
        let Some(container) = named else { return existing.forget() };
        let environment = store.environment_untracked();
        existing.start(api::call(ReadRunSpec { environment, container }, Empty {}, ()));
    };
    Effect::new(move || {
        from.track();
        read();
    });
    Effect::new(move || {
        if let Some(existing) = existing.value() {
            untrack(|| fill(form, &existing));
        }
    });
    let name = move || from.get().unwrap_or_default();
    let failure = move || existing.failure();
    view! {
        <Show when=move || existing.pending().get()>
            <Busy label=move || t_string!(i18n, run.from.reading, name = name()) />
        </Show>
        {move || {
            failure()
                .map(|error| {
                    let text = move || match error.code {
                        ErrorCode::NotFound => t_string!(i18n, run.from.missing),
                        _ => error_text(i18n, &error),
                    };
                    view! {
                        <Notice
                            tone=Tone::Danger
                            title=move || t_string!(i18n, run.from.failed, name = name())
                            text=text
                        >
                            <Button label=t!(i18n, common.retry) pending=existing.pending() on_press=read />
                        </Notice>
                    }
                })
        }}
        {move || existing.value().map(|existing| view! { <Filled existing name=name() /> })}
    }
}

fn fill(form: Form, existing: &ExistingSpec) {
    form.fill(&existing.spec);
    // A name without a value keeps the form from being sent until it is filled in.
    if let Some(env) = flags::by_long("env") {
        for name in &existing.hidden {
            form.add(env, Some(name.clone()));
        }
    }
    form.unfold_troubles();
}

/// What was taken over, and what was not.
#[component]
fn Filled(existing: ExistingSpec, name: String) -> impl IntoView {
    let i18n = use_i18n();
    let ExistingSpec { hidden, unsaid, spec: _ } = existing;
    let whole = hidden.is_empty() && unsaid.is_empty();
    let hidden = hidden.join(", ");
    view! {
        <section class="run-from" aria-label=t!(i18n, run.from.title)>
            <Notice
                tone=if whole { Tone::Plain } else { Tone::Warning }
                title=move || t_string!(i18n, run.from.filled, name = name.clone())
                text=t!(i18n, run.from.text)
            />
            <ul class="run-paste-notes">
                {(!hidden.is_empty())
                    .then(|| {
                        view! { <li>{move || t_string!(i18n, run.from.hidden, names = hidden.clone())}</li> }
                    })}
                {unsaid
                    .into_iter()
                    .map(|unsaid| view! { <li>{move || unsaid_words(i18n, &unsaid)}</li> })
                    .collect_view()}
            </ul>
        </section>
    }
}

/// What the form does not say of the container; tracked.
fn unsaid_words(i18n: I18n, unsaid: &Unsaid) -> String {
    match unsaid {
        Unsaid::Value { flag, text } => {
            t_string!(i18n, run.from.value, flag = flag.clone(), text = text.clone())
        }
        Unsaid::NoVariable { name } => t_string!(i18n, run.from.no_variable, name = name.clone()),
        Unsaid::HealthWords { command } => t_string!(i18n, run.from.health_words, command = command.clone()),
        Unsaid::EntrypointWords => t_string!(i18n, run.from.entrypoint_words),
        Unsaid::ImageMoved { image } => t_string!(i18n, run.from.image_moved, image = image.clone()),
        Unsaid::ImageGone { image } => t_string!(i18n, run.from.image_gone, image = image.clone()),
    }
}
