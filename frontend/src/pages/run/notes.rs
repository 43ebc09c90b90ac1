//! What is said at a field: what is wrong with it, what the server said, how it reaches the host.

use leptos::prelude::*;
use shared::{Permission, Target, run::flags};

use super::{
    form::{Form, use_form},
    reading::{Spot, Trouble},
    trouble_words::{host_words, note_words, problem_words, safer_words},
};
use crate::{
    components::containers_store::ContainersStore,
    i18n::{I18n, t, t_string, use_i18n},
    session::use_session,
    ui::{
        badge::{Badge, Tone},
        format,
        icon::{Icon, IconView},
    },
};

/// Whether a field is to be corrected. An image that nobody has typed yet is only missing once it is asked for.
pub(super) fn is_wrong(form: Form, spot: Spot) -> bool {
    refused_at(form, spot).is_some()
        || form.reading.with(|reading| reading.troubles(spot).iter().any(Trouble::blocks))
            && !(spot == Spot::Image && form.is_fresh())
}

/// What the server said of this field, as long as the form is as it was.
fn refused_at(form: Form, spot: Spot) -> Option<String> {
    form.refusal.with(|refusal| {
        let refusal = refusal.as_ref().filter(|refusal| refusal.spot == Some(spot))?;
        form.reading.with(|reading| reading.spec == refusal.spec).then(|| refusal.text.clone())
    })
}

/// All that is said at a field.
#[component]
pub(super) fn Notes(
    /// Which.
    #[prop(into)]
    spot: Signal<Spot>,
    /// Its flag.
    flag: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    let session = use_session();
    let store = ContainersStore::use_store();
    let troubles = Memo::new(move |_| {
        let spot = spot.get();
        if spot == Spot::Image && form.is_fresh() {
            return Vec::new();
        }
        form.reading.with(|reading| reading.troubles(spot))
    });
    let reach = Memo::new(move |_| form.reading.with(|reading| reading.reach(spot.get())));
    let refused = Memo::new(move |_| refused_at(form, spot.get()));
    let may = move || session.may(Permission::HostAccess, Target::Environment(&store.environment()));
    view! {
        <div class="run-notes" aria-live="polite">
            {move || refused.get().map(|text| view! { <Error text blocks=true /> })}
            {move || {
                troubles
                    .get()
                    .into_iter()
                    .map(|trouble| {
                        let fix = fix(&trouble);
                        view! {
                            <Error text=trouble_text(i18n, &trouble) blocks=trouble.blocks()>
                                {fix.map(|(text, port)| view! { <UsePort spot text port /> })}
                            </Error>
                        }
                    })
                    .collect_view()
            }}
            {move || {
                reach
                    .get()
                    .into_iter()
                    .map(|reason| {
                        let safer = safer_words(i18n, flag, &reason);
                        view! {
                            <p class="host-reason">
                                <Badge tone=Tone::Host icon=Icon::ShieldAlert label=t!(i18n, run.host.mark) />
                                <span>
                                    {host_words(i18n, &reason)} " " {safer} " "
                                    <Show when=move || !may()>{t!(i18n, run.host.not_you)}</Show>
                                </span>
                            </p>
                        }
                    })
                    .collect_view()
            }}
        </div>
    }
}

#[component]
fn Error(text: String, blocks: bool, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <p class="field-error" data-tone=(!blocks).then_some("warning")>
            <IconView icon=Icon::Warning />
            <span>{text} " " {children.map(|children| children())}</span>
        </p>
    }
}

/// The words for what is wrong; tracked.
fn trouble_text(i18n: I18n, trouble: &Trouble) -> String {
    match trouble {
        Trouble::Problem(problem) => problem_words(i18n, *problem),
        Trouble::Unread(kind) => note_words(i18n, *kind),
        Trouble::NameTaken(name) => t_string!(i18n, run.name_taken, name = name.clone()),
        Trouble::NoContainer(name) => t_string!(i18n, run.no_container, name = name.clone()),
        Trouble::NoVolume(name) => t_string!(i18n, run.no_volume, name = name.clone()),
        Trouble::NoNetwork(name) => t_string!(i18n, run.no_network, name = name.clone()),
        Trouble::TooManyProcessors(count) => {
            t_string!(i18n, run.too_many_processors, count = count.to_string())
        }
        Trouble::TooMuchMemory(bytes) => {
            t_string!(i18n, run.too_much_memory, memory = format::memory(i18n, *bytes))
        }
        Trouble::PortTaken { by, port, bound, next } => {
            let (by, port) = (by.clone(), port.to_string());
            match (next, bound) {
                (None, _) => t_string!(i18n, run.port_full, by = by, port = port),
                (Some((_, next)), true) => {
                    t_string!(i18n, run.port_taken, by = by, port = port, next = next.to_string())
                }
                (Some((_, next)), false) => {
                    t_string!(i18n, run.port_held, by = by, port = port, next = next.to_string())
                }
            }
        }
    }
}

fn fix(trouble: &Trouble) -> Option<(String, u16)> {
    match trouble {
        Trouble::PortTaken { next, .. } => next.clone(),
        Trouble::Problem(_)
        | Trouble::Unread(_)
        | Trouble::NameTaken(_)
        | Trouble::NoContainer(_)
        | Trouble::NoVolume(_)
        | Trouble::NoNetwork(_)
        | Trouble::TooManyProcessors(_)
        | Trouble::TooMuchMemory(_) => None,
    }
}

/// Takes the next free port.
#[component]
fn UsePort(spot: Signal<Spot>, text: String, port: u16) -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    let take = move |_| {
        let Some(rows) = flags::by_long("publish").map(|flag| form.rows(flag)) else { return };
        let row = rows.with_untracked(|rows| {
            rows.iter().find(|row| Spot::Row(row.id) == spot.get_untracked()).cloned()
        });
        if let Some(row) = row {
            row.text.set(Some(text.clone()));
        }
    };
    view! {
        <button class="button" type="button" data-variant="link" data-size="small" on:click=take>
            {move || t_string!(i18n, run.use_port, port = port.to_string())}
        </button>
    }
}
