//! A container's ports, names and networks.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    host::named,
    said::{Row, Said, flag, members, pairs, set, text, texts},
};

pub(super) fn read(
    said: &mut Said,
    container: &Value,
    of_image: &Value,
    name_of: &dyn Fn(&str) -> Option<String>,
) {
    let nothing = Value::Null;
    let config = container.get("Config").unwrap_or(&nothing);
    let host = container.get("HostConfig").unwrap_or(&nothing);
    let id = text(container, "Id").unwrap_or_default();
    let mode = text(host, "NetworkMode").unwrap_or("default");
    // The engine takes a part of the id where nobody chose, and the host's own name in its network.
    let shares_name =
        mode == "host" || mode.starts_with("container:") || text(host, "UTSMode") == Some("host");
    let own = text(config, "Hostname").filter(|name| !shares_name && !id.starts_with(*name));
    said.maybe("hostname", own);
    said.maybe("domainname", text(config, "Domainname").filter(|_| !shares_name));
    published(said, host);
    said.switch("publish-all", flag(host, "PublishAllPorts"));
    for (port, _) in members(config, "ExposedPorts") {
        let known = members(of_image, "ExposedPorts").any(|(inherited, _)| inherited == port);
        if !known && members(host, "PortBindings").all(|(bound, _)| bound != port) {
            said.flag("expose", port);
        }
    }
    for (field, name) in [
        ("Dns", "dns"),
        ("DnsSearch", "dns-search"),
        ("DnsOptions", "dns-option"),
        ("ExtraHosts", "add-host"),
    ] {
        for value in texts(host, field) {
            said.flag(name, value);
        }
    }
    for link in texts(host, "Links") {
        said.flag("link", old_link(link));
    }
    joined(said, container, mode, name_of);
}

/// `/other:/this/alias` as `other:alias`.
fn old_link(link: &str) -> String {
    let (other, inside) = link.split_once(':').unwrap_or((link, ""));
    let alias = inside.rsplit('/').next().unwrap_or_default();
    format!("{}:{alias}", other.trim_start_matches('/'))
}

/// One published port of the container: where on the host it is.
struct Published {
    protocol: String,
    address: String,
    host: String,
    port: u16,
}

/// Ports that follow on each other, inside and outside, are one range.
fn published(said: &mut Said, host: &Value) {
    let mut all = Vec::new();
    for (port, bindings) in members(host, "PortBindings") {
        let (number, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
        let Ok(number) = number.parse() else {
            said.flag("publish", port);
            continue;
        };
        for binding in bindings.as_array().into_iter().flatten() {
            let address = text(binding, "HostIp").unwrap_or_default();
            let address = if address.contains(':') { format!("[{address}]") } else { address.to_owned() };
            all.push(Published {
                protocol: protocol.to_owned(),
                address,
                host: text(binding, "HostPort").unwrap_or_default().to_owned(),
                port: number,
            });
        }
    }
    // By how far inside and outside lie apart, then in order.
    let mut runs: BTreeMap<(String, String, i32), Vec<(u16, u16)>> = BTreeMap::new();
    for Published { protocol, address, host, port } in all {
        match host.parse::<u16>() {
            Ok(outside) if outside > 0 => runs
                .entry((protocol, address, i32::from(outside) - i32::from(port)))
                .or_default()
                .push((port, outside)),
            _ => said.flag("publish", publish(&address, &host, &port.to_string(), &protocol)),
        }
    }
    for ((protocol, address, _), mut ports) in runs {
        ports.sort_unstable();
        for run in ports.chunk_by(|one, next| one.0.checked_add(1) == Some(next.0)) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            let range =
                |from: u16, to: u16| if from == to { from.to_string() } else { format!("{from}-{to}") };
            let text = publish(&address, &range(first.1, last.1), &range(first.0, last.0), &protocol);
            said.flag("publish", text);
        }
    }
}

fn publish(address: &str, host: &str, port: &str, protocol: &str) -> String {
    let before = match (address, host) {
        ("", "") => String::new(),
        ("", host) => format!("{host}:"),
        (address, host) => format!("{address}:{host}:"),
    };
    let after = if protocol == "tcp" { String::new() } else { format!("/{protocol}") };
    format!("{before}{port}{after}")
}

/// The networks, the main one first.
fn joined(said: &mut Said, container: &Value, mode: &str, name_of: &dyn Fn(&str) -> Option<String>) {
    let settings = container.get("NetworkSettings").unwrap_or(&Value::Null);
    let mut networks: Vec<(&str, &Value)> = members(settings, "Networks").collect();
    let is_main = |name: &str, network: &Value| {
        name == mode || text(network, "NetworkID") == Some(mode) || (mode == "default" && name == "bridge")
    };
    let main = networks.iter().position(|(name, network)| is_main(name, network));
    let main = main.map(|at| networks.remove(at));
    let usual = matches!(mode, "default" | "bridge");
    match main {
        Some((name, network)) => {
            let row = endpoint(container, network);
            if row.is_empty() && (!usual || !networks.is_empty()) {
                said.flag("network", name);
            } else if !row.is_empty() {
                said.flag("network", format!("name={name},{}", row.join()));
            }
            for link in texts(network, "Links") {
                said.flag("link", link);
            }
        }
        None if usual => {}
        None => said.flag("network", named(mode, name_of)),
    }
    for (name, network) in networks {
        let row = endpoint(container, network);
        let plain = row.is_empty();
        said.flag("network", if plain { name.to_owned() } else { format!("name={name},{}", row.join()) });
    }
}

/// How it is in a network.
fn endpoint(container: &Value, network: &Value) -> Row {
    let id = text(container, "Id").unwrap_or_default();
    let mut row = Row::default();
    for alias in texts(network, "Aliases") {
        // The engine's own.
        if alias.len() < 12 || !id.starts_with(alias) {
            row.push("alias", alias);
        }
    }
    let addresses = network.get("IPAMConfig").unwrap_or(&Value::Null);
    row.maybe("ip", text(addresses, "IPv4Address"));
    row.maybe("ip6", text(addresses, "IPv6Address"));
    for address in texts(addresses, "LinkLocalIPs") {
        row.push("link-local-ip", address);
    }
    // Of one that runs the engine tells the address it has, chosen or not: to copy that would clash.
    let runs = container.pointer("/State/Running").and_then(Value::as_bool).unwrap_or(false);
    let given = text(network, "MacAddress").filter(|_| !runs);
    // Engines before 25 tell the chosen one there, and there alone.
    let chosen = container.pointer("/Config/MacAddress").and_then(Value::as_str);
    row.maybe("mac-address", given.or(chosen.filter(|address| !address.is_empty())));
    for (name, value) in pairs(network, "DriverOpts") {
        row.push("driver-opt", &format!("{name}={value}"));
    }
    row.maybe("gw-priority", set(network, "GwPriority").map(|number| number.to_string()).as_deref());
    row
}
