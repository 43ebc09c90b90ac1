//! The panel at the side of logs, terminal and inspect: the facts one looks up while reading.

use leptos::{ev, prelude::*};
use shared::containers::ContainerInspect;
use wasm_bindgen::JsCast;

use super::{
    figures::Figures,
    parts::{EnvList, EnvShown, EnvToggle, Fact, Facts, MountList, limit_facts, restart_text},
    ports::PortList,
    subject::Subject,
};
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{
        icon::{Icon, IconView},
        storage,
    },
};

const STORED: &str = "longshore.facts";

/// The panel; open or shut as the person left it.
#[component]
pub(super) fn FactsPanel(
    /// The container.
    subject: Subject,
    /// Whether the environment's values are shown.
    shown: EnvShown,
    /// What it uses.
    figures: Figures,
) -> impl IntoView {
    let i18n = use_i18n();
    let open = storage::read(STORED).as_deref() != Some("shut");
    let remember = move |event: ev::Event| {
        let details = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if let Some(details) = details {
            storage::write(STORED, if details.has_attribute("open") { "open" } else { "shut" });
        }
    };
    view! {
        <details class="facts-panel" open=open on:toggle=remember>
            <summary aria-label=move || t_string!(i18n, container.facts_about, name = subject.name())>
                <h2>{t!(i18n, container.facts)}</h2>
                <IconView icon=Icon::Panel />
            </summary>
            <section class="facts-group">
                <h3>{t!(i18n, container.ports.title)}</h3>
                {move || subject.with_row(|row| view! { <PortList ports=row.ports.clone() /> })}
            </section>
            {move || subject.details.value().map(|inspect| view! { <Groups inspect shown figures /> })}
        </details>
    }
}

/// What only the engine's document tells.
#[component]
fn Groups(inspect: ContainerInspect, shown: EnvShown, figures: Figures) -> impl IntoView {
    let i18n = use_i18n();
    let details = inspect.details.clone();
    let image = inspect.summary.image.clone();
    let image_id = inspect.summary.image_id.clone();
    let command = details.command.clone();
    let image_facts = move || -> Vec<Fact> {
        vec![
            (t_string!(i18n, container.process.image), Some(image.clone())),
            (t_string!(i18n, container.process.image_id), Some(short_digest(&image_id))),
            (t_string!(i18n, container.process.command), Some(command.join(" "))),
        ]
    };
    let limited = details.clone();
    let limits = move || {
        let mut facts = limit_facts(i18n, &limited, figures.latest().as_ref());
        facts.push((t_string!(i18n, container.life.restart), restart_text(i18n, &limited)));
        facts
    };
    let masked = inspect.masked;
    let any = !details.env.is_empty();
    view! {
        <section class="facts-group">
            <h3>{t!(i18n, container.process.image)}</h3>
            {move || view! { <Facts facts=image_facts() mono=true /> }}
        </section>
        <section class="facts-group">
            <h3>{t!(i18n, container.mounts.title)}</h3>
            <MountList mounts=details.mounts />
        </section>
        <section class="facts-group">
            <h3>{t!(i18n, container.networks.title)}</h3>
            {if details.networks.is_empty() {
                view! { <p class="faint">{t!(i18n, container.networks.none)}</p> }.into_any()
            } else {
                view! {
                    <ul class="facts-list">
                        {details
                            .networks
                            .into_iter()
                            .map(|network| {
                                view! {
                                    <li>
                                        <IconView icon=Icon::Network />
                                        <span class="truncate">{network.name}</span>
                                        <code class="faint push">{network.ipv4.or(network.ipv6)}</code>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ul>
                }
                    .into_any()
            }}
        </section>
        <section class="facts-group">
            <h3>{t!(i18n, container.limits.title)}</h3>
            {move || view! { <Facts facts=limits() /> }}
        </section>
        <section class="facts-group">
            <h3>{t!(i18n, container.env.title)} <span class="push"><EnvToggle shown masked any /></span></h3>
            <EnvList inspect shown />
        </section>
    }
}

/// `sha256:5be1c07f…`: enough to tell two apart.
pub(super) fn short_digest(digest: &str) -> String {
    match digest.split_once(':').map(|(kind, hex)| (kind, hex.get(..12))) {
        Some((kind, Some(hex))) => format!("{kind}:{hex}…"),
        _ => digest.to_owned(),
    }
}
