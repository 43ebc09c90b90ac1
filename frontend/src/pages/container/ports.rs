//! The ports: what leads where, each published one as a link that opens it.

use leptos::prelude::*;
use shared::containers::Port;

use crate::{
    i18n::{t, t_string, use_i18n},
    ui::icon::{Icon, IconView},
};

/// The ports, a line each.
#[component]
pub(super) fn PortList(
    /// Published and exposed.
    ports: Vec<Port>,
) -> impl IntoView {
    let i18n = use_i18n();
    if ports.is_empty() {
        return view! { <p class="faint">{t!(i18n, container.ports.none)}</p> }.into_any();
    }
    view! {
        <ul class="facts-list">
            {ports
                .into_iter()
                .map(|port| {
                    let inside = format!("{}/{}", port.private, port.protocol);
                    match port.public {
                        Some(public) => {
                            let address = chosen_address(&port.addresses);
                            let href = (port.protocol == "tcp").then(|| link(address.as_deref(), public));
                            view! {
                                <li>
                                    {address
                                        .map(|address| view! { <span class="muted">{format!("{address}:")}</span> })}
                                    {match href {
                                        Some(href) => {
                                            view! {
                                                <a
                                                    href=href
                                                    target="_blank"
                                                    rel="noreferrer noopener"
                                                    title=move || {
                                                        t_string!(i18n, container.ports.open, port = public.to_string())
                                                    }
                                                >
                                                    {public}
                                                </a>
                                            }
                                                .into_any()
                                        }
                                        None => view! { <span>{public}</span> }.into_any(),
                                    }}
                                    <IconView icon=Icon::ArrowRight />
                                    <span class="visually-hidden">{t!(i18n, container.ports.leads)}</span>
                                    <code>{inside}</code>
                                </li>
                            }
                                .into_any()
                        }
                        None => {
                            view! {
                                <li>
                                    <code>{inside}</code>
                                    <span class="faint">{t!(i18n, container.ports.not_published)}</span>
                                </li>
                            }
                                .into_any()
                        }
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}

/// An address that somebody chose; none where the port listens on all.
fn chosen_address(addresses: &[String]) -> Option<String> {
    let all = addresses.iter().any(|address| matches!(address.as_str(), "0.0.0.0" | "::" | ""));
    if all { None } else { addresses.first().cloned() }
}

/// Where a port answers: at its own address, else at the host that the console was opened by.
fn link(address: Option<&str>, port: u16) -> String {
    let own = window().location().hostname().unwrap_or_default();
    let host =
        address.map_or(
            own,
            |address| if address.contains(':') { format!("[{address}]") } else { address.to_owned() },
        );
    let scheme = if matches!(port, 443 | 8443 | 9443) { "https" } else { "http" };
    format!("{scheme}://{host}:{port}/")
}
