//! What is taken or there already: names, ports of the host, volumes, networks. Pure; the engine is not asked.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    net::IpAddr,
    sync::Arc,
};

use shared::{
    ContainerId,
    containers::{ContainerState, ContainerSummary},
    environments::EngineFacts,
    run::{Held as Known, PortRange, PublishedPort},
};

/// A port of the host that a container publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    port: u16,
    protocol: String,
    addresses: Vec<String>,
    /// Whose it is.
    pub(super) by: String,
    /// Whether it is bound now; one that does not run binds it when it is started.
    pub(super) bound: bool,
}

/// What is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    names: HashSet<String>,
    ids: Vec<String>,
    ports: Vec<Held>,
    /// Networks that containers are in, and those that are known to be here.
    pub(super) networks: BTreeSet<String>,
    /// Whether these are all.
    pub(super) knows_networks: bool,
    /// Volumes, where they are known.
    pub(super) volumes: Option<BTreeSet<String>>,
    /// Processors of the host.
    pub(super) processors: Option<u32>,
    /// Its memory in bytes.
    pub(super) memory: Option<u64>,
}

impl Taken {
    /// What the rows of the list hold, and what is known beside them.
    pub(super) fn of(rows: &[Arc<ContainerSummary>], known: &Known, engine: Option<&EngineFacts>) -> Self {
        let mut taken = Self {
            processors: engine.and_then(|facts| facts.processors),
            memory: engine.and_then(|facts| facts.memory).map(|memory| memory.0),
            ..Self::default()
        };
        for row in rows {
            taken.names.insert(row.name.clone());
            taken.ids.push(row.id.to_string());
            taken.networks.extend(row.networks.iter().cloned());
            taken.ports.extend(row.ports.iter().filter_map(|port| {
                Some(Held {
                    port: port.public?,
                    protocol: port.protocol.clone(),
                    addresses: port.addresses.clone(),
                    by: row.name.clone(),
                    bound: matches!(
                        row.state,
                        ContainerState::Running | ContainerState::Paused | ContainerState::Restarting
                    ),
                })
            }));
        }
        taken.add(rows, known);
        taken.ids.sort();
        taken.ports.sort_by(|a, b| (b.bound, a.port, &a.by).cmp(&(a.bound, b.port, &b.by)));
        taken
    }

    fn add(&mut self, rows: &[Arc<ContainerSummary>], known: &Known) {
        let stopped: HashMap<&ContainerId, &str> =
            rows.iter().filter(|row| !row.state.is_alive()).map(|row| (&row.id, row.name.as_str())).collect();
        self.ports.extend(known.ports.iter().filter_map(|port| {
            Some(Held {
                port: port.port,
                protocol: port.protocol.clone(),
                addresses: Some(port.address.clone())
                    .filter(|address| !address.is_empty())
                    .into_iter()
                    .collect(),
                by: (*stopped.get(&port.container)?).to_owned(),
                bound: false,
            })
        }));
        self.volumes = known.volumes.as_ref().map(|names| names.iter().cloned().collect());
        self.knows_networks = known.networks.is_some();
        self.networks.extend(known.networks.iter().flatten().cloned());
    }

    /// Whether a container has this name.
    pub(super) fn has_name(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether a name, an id or the beginning of one means a container.
    pub(super) fn has(&self, reference: &str) -> bool {
        self.has_name(reference)
            || !reference.is_empty() && self.ids.iter().any(|id| id.starts_with(reference))
    }

    /// Who holds a port that this one needs, and which.
    pub(super) fn holder(&self, wanted: &PublishedPort) -> Option<(&Held, u16)> {
        let host = wanted.host.filter(|host| host.first() > 0)?;
        let protocol = wanted.protocol.to_string();
        let held = self.ports.iter().find(|held| {
            (host.first()..=host.last()).contains(&held.port)
                && held.protocol == protocol
                && meet(wanted.host_ip, &held.addresses)
        })?;
        Some((held, held.port))
    }

    /// The same with the next ports of the host that neither a container nor another line of the form has.
    pub(super) fn next_free(&self, wanted: &PublishedPort, form: &[PublishedPort]) -> Option<PublishedPort> {
        let host = wanted.host?;
        let protocol = wanted.protocol.to_string();
        let mut used: HashSet<u16> =
            self.ports.iter().filter(|held| held.protocol == protocol).map(|held| held.port).collect();
        for other in form.iter().filter(|other| other.protocol == wanted.protocol) {
            used.extend(other.host.iter().flat_map(|host| host.first()..=host.last()));
        }
        let more = u16::try_from(host.count() - 1).ok()?;
        let first = (host.first().checked_add(1)?..=u16::MAX.checked_sub(more)?)
            .find(|first| (*first..=first + more).all(|port| !used.contains(&port)))?;
        Some(PublishedPort { host: PortRange::new(first, first + more).ok(), ..wanted.clone() })
    }
}

/// Whether both listen on one address: none is all of them, `0.0.0.0` and `::` are all of their kind.
fn meet(wanted: Option<IpAddr>, held: &[String]) -> bool {
    let Some(wanted) = wanted else { return true };
    held.is_empty()
        || held.iter().any(|held| match held.parse::<IpAddr>() {
            Ok(held) => {
                held.is_ipv4() == wanted.is_ipv4()
                    && (held == wanted || held.is_unspecified() || wanted.is_unspecified())
            }
            Err(_) => true,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(ports: &[(u16, &str, &str, bool)]) -> Taken {
        let held = |(port, protocol, address, bound): &(u16, &str, &str, bool)| Held {
            port: *port,
            protocol: (*protocol).to_owned(),
            addresses: vec![(*address).to_owned()],
            by: format!("holder-{port}"),
            bound: *bound,
        };
        Taken { ports: ports.iter().map(held).collect(), ..Taken::default() }
    }

    fn port(text: &str) -> PublishedPort {
        text.parse().unwrap()
    }

    #[test]
    fn a_port_is_taken_where_addresses_meet() {
        let taken = taken(&[(80, "tcp", "0.0.0.0", true), (53, "udp", "127.0.0.1", true)]);
        let by = |text| taken.holder(&port(text)).map(|(_, port)| port);
        assert_eq!(by("80:8080"), Some(80));
        assert_eq!(by("127.0.0.1:80:8080"), Some(80));
        assert_eq!(by("79-81:79-81"), Some(80));
        assert_eq!(by("80:80/udp"), None);
        assert_eq!(by("[::1]:80:80"), None);
        assert_eq!(by("127.0.0.2:53:53/udp"), None);
        assert_eq!(by("0.0.0.0:53:53/udp"), Some(53));
        assert_eq!(by("80"), None);
    }

    #[test]
    fn the_next_free_one_is_free_of_the_forms_own_too() {
        let taken = taken(&[(8080, "tcp", "0.0.0.0", true), (8081, "tcp", "0.0.0.0", false)]);
        let form = [port("8080:80"), port("8082:81")];
        let next = |text| taken.next_free(&port(text), &form).map(|port| port.to_string());
        assert_eq!(next("8080:80").as_deref(), Some("8083:80"));
        assert_eq!(next("127.0.0.1:8080:80/udp").as_deref(), Some("127.0.0.1:8081:80/udp"));
        assert_eq!(next("8079-8080:79-80").as_deref(), Some("8083-8084:79-80"));
        assert_eq!(taken.next_free(&port("65535:1"), &[]), None);
    }
}
