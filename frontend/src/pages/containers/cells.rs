//! The cells of a container's row. What the engine tells is text and never anything else.

use leptos::prelude::*;
use shared::containers::{Condition, ContainerSummary, Port};

use super::{
    figures::{is_measured, use_figures},
    list::use_list,
    view::Column,
};
use crate::{
    components::{container_actions::use_actions, containers_store::Row},
    i18n::{I18n, t_string, use_i18n},
    paths,
    ui::{
        clock::{self, Ago},
        format,
        sparkline::Sparkline,
        state::{StateView, condition_word},
    },
};

/// A quiet processor's line stays low: the top is at least 5 % of one.
const CPU_TOP: f64 = 50.0;
/// Memory lines begin at zero and end at the highest figure, but not below 16 MiB.
const MEMORY_TOP: f64 = 16.0 * 1024.0 * 1024.0;

#[component]
pub(super) fn Cell(column: Column, row: Row) -> impl IntoView {
    match column {
        Column::State => view! { <td role="cell" data-col="state"><StateCell row=row /></td> }.into_any(),
        Column::Name => view! { <td role="cell" class="cell-name" data-col="name"><NameCell row=row /></td> }.into_any(),
        Column::Image => view! {
            <td role="cell" class="cell-image" data-col="image">{code(row, |row| row.image.clone())}</td>
        }
        .into_any(),
        Column::Cpu | Column::Memory => view! {
            <td role="cell" data-col=column.key()><FigureCell column=column row=row /></td>
        }
        .into_any(),
        Column::Ports => view! { <td role="cell" class="cell-ports" data-col="ports"><PortsCell row=row /></td> }.into_any(),
        Column::Created => view! {
            <td role="cell" data-col="created" class="muted">
                <Ago at=Signal::derive(move || row.with(|row| row.created_at)) />
            </td>
        }
        .into_any(),
        Column::Networks => view! {
            <td role="cell" data-col="networks" class="cell-text">{plain(row, |row| row.networks.join(", "))}</td>
        }
        .into_any(),
        Column::Command => view! {
            <td role="cell" class="cell-image" data-col="command">{code(row, |row| row.command.clone())}</td>
        }
        .into_any(),
        Column::Labels => view! {
            <td role="cell" class="cell-image" data-col="labels">{code(row, labels)}</td>
        }
        .into_any(),
    }
}

fn labels(row: &ContainerSummary) -> String {
    row.labels.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("  ")
}

fn code(row: Row, text: fn(&ContainerSummary) -> String) -> impl IntoView {
    let text = Memo::new(move |_| row.with(|row| text(row)));
    view! { <code title=text>{text}</code> }
}

fn plain(row: Row, text: fn(&ContainerSummary) -> String) -> impl IntoView {
    let text = Memo::new(move |_| row.with(|row| text(row)));
    view! { <span class="truncate" title=text>{text}</span> }
}

#[component]
fn StateCell(row: Row) -> impl IntoView {
    let i18n = use_i18n();
    let actions = use_actions();
    let id = row.with_untracked(|row| row.id.clone());
    let for_condition = row.clone();
    let condition = Memo::new(move |_| for_condition.with(|row| row.condition()));
    let for_word = row.clone();
    let word = move || condition_word(i18n, condition.get(), for_word.with(|row| row.exit_code));
    let note = move || {
        if actions.pending(&id).is_some() {
            t_string!(i18n, containers.doing)
        } else {
            row.with(|row| state_note(i18n, row))
        }
    };
    view! { <StateView condition=condition word=word note=note /> }
}

/// Since when it is in that state; tracked.
fn state_note(i18n: I18n, row: &ContainerSummary) -> String {
    let Some(since) = row.since else { return String::new() };
    let duration = || format::duration(i18n, format::since(since, clock::now()));
    match row.condition() {
        Condition::Exited => {
            let ago = format::ago(i18n, since, clock::now());
            match row.exit_code {
                Some(code) => t_string!(i18n, containers.exited_note, code = code.to_string(), ago = ago),
                None => ago,
            }
        }
        Condition::Paused => t_string!(i18n, containers.since, duration = duration()),
        Condition::Unhealthy
        | Condition::Failed
        | Condition::Dead
        | Condition::Created
        | Condition::Restarting
        | Condition::Starting
        | Condition::Healthy
        | Condition::Running
        | Condition::Removing => duration(),
    }
}

#[component]
fn NameCell(row: Row) -> impl IntoView {
    let list = use_list();
    let parts = Memo::new(move |_| row.with(|row| split_name(row)));
    let name = move || parts.with(|(prefix, rest)| format!("{prefix}{rest}"));
    let href = move || paths::container(&list.store.environment(), &name());
    view! {
        <a href=href title=name>
            {move || {
                parts.with(|(prefix, _)| {
                    (!prefix.is_empty()).then(|| view! { <span class="prefix">{prefix.clone()}</span> })
                })
            }}
            {move || parts.with(|(_, rest)| rest.clone())}
        </a>
    }
}

/// The stack's name before a container's own is said by the heading already.
fn split_name(row: &ContainerSummary) -> (String, String) {
    let prefix = row.stack.as_deref().and_then(|stack| {
        let rest = row.name.strip_prefix(stack)?;
        (rest.starts_with(['-', '_']) && rest.len() > 1).then(|| row.name.len() - rest.len() + 1)
    });
    let (prefix, rest) = row.name.split_at_checked(prefix.unwrap_or(0)).unwrap_or(("", &row.name));
    (prefix.to_owned(), rest.to_owned())
}

#[component]
fn FigureCell(column: Column, row: Row) -> impl IntoView {
    let i18n = use_i18n();
    let id = row.with_untracked(|row| row.id.clone());
    let alive = Memo::new(move |_| row.with(|row| is_measured(row.state)));
    let Some(series) = use_figures().map(|figures| figures.of(&id)) else { return ().into_any() };
    let drawn = series.clone();
    let text = move || {
        series.with(|series| {
            let sample = series.latest.as_ref()?;
            Some(match column {
                Column::Memory => format::memory(i18n, sample.memory),
                _ => format::processor(i18n, sample.cpu_millis),
            })
        })
    };
    let values = Signal::derive(move || {
        drawn.with(|series| {
            let line = if column == Column::Memory { &series.memory } else { &series.cpu };
            line.iter().copied().collect::<Vec<f64>>()
        })
    });
    let least_top = if column == Column::Memory { MEMORY_TOP } else { CPU_TOP };
    let figure = move || {
        let text = text.clone();
        if alive.get() {
            view! {
                <Sparkline values=values least_top=least_top />
                <span class="metric-value">{text}</span>
            }
            .into_any()
        } else {
            let why = move || t_string!(i18n, common.no_figure);
            view! { <span class="metric-value faint" title=why>"–"</span> }.into_any()
        }
    };
    view! { <span class="metric">{figure}</span> }.into_any()
}

#[component]
fn PortsCell(row: Row) -> impl IntoView {
    let ports = Memo::new(move |_| row.with(|row| (row.name.clone(), published(&row.ports))));
    move || {
        let (name, ports) = ports.get();
        let shown = how_many_fit(&ports);
        let more = ports.len().saturating_sub(shown);
        let all: Vec<String> = ports.iter().map(describe).collect();
        let more = (more > 0)
            .then(|| view! { <span class="faint" title=all.join("\n")>{format!("+{more}")}</span> });
        let links = ports
            .into_iter()
            .take(shown)
            .map(|port| view! { <PortView port=port name=name.clone() /> })
            .collect_view();
        (links, more)
    }
}

/// The cell has room for two bare numbers, or one with its address.
fn how_many_fit(ports: &[Port]) -> usize {
    match ports {
        [first, second, ..] if is_open(first) && is_open(second) => 2,
        [_, ..] => 1,
        [] => 0,
    }
}

/// Whether it listens on all addresses.
fn is_open(port: &Port) -> bool {
    port.addresses.is_empty() || port.addresses.iter().any(|address| is_any(address))
}

/// As `docker ps` writes it.
fn describe(port: &Port) -> String {
    let public = port.public.map(|public| public.to_string()).unwrap_or_default();
    format!("{}:{public} → {}/{}", port.addresses.join(", "), port.private, port.protocol)
}

/// The published ports, each once.
fn published(ports: &[Port]) -> Vec<Port> {
    let mut published: Vec<Port> = ports.iter().filter(|port| port.public.is_some()).cloned().collect();
    published.sort_by_key(|port| (port.protocol != "tcp", !is_open(port), port.public));
    published.dedup_by(|a, b| a.public == b.public && a.protocol == b.protocol && a.addresses == b.addresses);
    published
}

/// Where the browser reaches a published port, if it can.
#[derive(Clone, Debug, PartialEq)]
enum Reach {
    /// At this address.
    Url(String),
    /// Only from the host itself.
    HostOnly,
    /// It is not TCP.
    NotWeb,
}

fn is_loopback(address: &str) -> bool {
    address.starts_with("127.") || address == "::1" || address == "localhost"
}

fn is_any(address: &str) -> bool {
    matches!(address, "0.0.0.0" | "::" | "")
}

/// The host is where the browser reached the console: whoever can open one can mostly open the other.
fn reach(port: &Port, browser_host: &str) -> Reach {
    let Some(public) = port.public else { return Reach::HostOnly };
    if port.protocol != "tcp" {
        return Reach::NotWeb;
    }
    let host = if is_open(port) {
        browser_host.to_owned()
    } else {
        let outer = port.addresses.iter().find(|address| !is_loopback(address));
        match (outer, is_loopback(browser_host)) {
            (Some(outer), _) if outer.contains(':') => format!("[{outer}]"),
            (Some(outer), _) => outer.clone(),
            (None, true) => browser_host.to_owned(),
            (None, false) => return Reach::HostOnly,
        }
    };
    let scheme = if matches!(public, 443 | 8443 | 9443) || matches!(port.private, 443 | 8443) {
        "https"
    } else {
        "http"
    };
    Reach::Url(format!("{scheme}://{host}:{public}/"))
}

#[component]
fn PortView(port: Port, name: String) -> impl IntoView {
    let i18n = use_i18n();
    let public = port.public.map(|public| public.to_string()).unwrap_or_default();
    let limited = port.addresses.first().filter(|_| !is_open(&port));
    let prefix = limited.map(|address| view! { <span class="faint">{format!("{address}:")}</span> });
    let protocol = port.protocol.clone();
    let label = {
        let public = public.clone();
        move || t_string!(i18n, containers.port_open, port = public.clone(), name = name.clone())
    };
    match reach(&port, &window().location().hostname().unwrap_or_default()) {
        Reach::Url(url) => view! {
            <span class="port">
                {prefix}
                <a href=url target="_blank" rel="noopener noreferrer external" aria-label=label title=format!("{public} → {}", port.private)>
                    {public.clone()}
                </a>
            </span>
        }
        .into_any(),
        Reach::HostOnly => view! {
            <span class="port" title=move || t_string!(i18n, containers.port_host_only)>{prefix}{public}</span>
        }
        .into_any(),
        Reach::NotWeb => {
            let title = {
                let protocol = protocol.clone();
                move || t_string!(i18n, containers.port_not_web, protocol = protocol.clone())
            };
            view! { <span class="port muted" title=title>{prefix}{format!("{public}/{protocol}")}</span> }.into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(public: u16, addresses: &[&str]) -> Port {
        Port {
            private: 80,
            protocol: "tcp".to_owned(),
            public: Some(public),
            addresses: addresses.iter().map(|address| (*address).to_owned()).collect(),
        }
    }

    #[test]
    fn a_port_leads_to_where_the_browser_reaches_the_host() {
        let url = |text: &str| Reach::Url(text.to_owned());
        assert_eq!(reach(&port(8080, &["0.0.0.0", "::"]), "pier-1"), url("http://pier-1:8080/"));
        assert_eq!(reach(&port(8443, &["0.0.0.0"]), "[fd00::1]"), url("https://[fd00::1]:8443/"));
        assert_eq!(reach(&port(3000, &["127.0.0.1"]), "pier-1"), Reach::HostOnly);
        assert_eq!(reach(&port(3000, &["127.0.0.1"]), "127.0.0.1"), url("http://127.0.0.1:3000/"));
        assert_eq!(reach(&port(3000, &["10.0.0.5"]), "pier-1"), url("http://10.0.0.5:3000/"));
    }
}
