//! The engine's document for a new container, built anew from the vetted spec: what runs, its labels, its
//! networks. `create_host` has the rest.
//!
//! Structures of our own, since an older engine must not be told what it does not know, and since an absent
//! field and an empty one differ for some. They follow the document that Docker's own command line sends, so
//! that both make the same container
//! (<https://docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerCreate>).

use std::collections::BTreeMap;

use serde::Serialize;
use shared::{
    access::CREATED_LABEL,
    run::{AttachStream, General, HealthSpec, JoinedNetwork, KeyValue, Nanos, Network, RunSpec, Size},
};

use super::{EngineError, create_host::HostConfig};

/// An object without members: how the engine writes sets.
#[derive(Serialize)]
pub(super) struct Present {}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Body<'a> {
    hostname: &'a str,
    domainname: &'a str,
    user: &'a str,
    attach_stdin: bool,
    attach_stdout: bool,
    attach_stderr: bool,
    tty: bool,
    open_stdin: bool,
    stdin_once: bool,
    exposed_ports: BTreeMap<String, Present>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    env: Vec<String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    cmd: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    healthcheck: Option<Healthcheck<'a>>,
    image: &'a str,
    volumes: BTreeMap<&'a str, Present>,
    working_dir: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    entrypoint: Option<[&'a str; 1]>,
    labels: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_signal: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_timeout: Option<i64>,
    /// Engines before 1.44 take the hardware address here.
    #[serde(skip_serializing_if = "Option::is_none")]
    mac_address: Option<String>,
    host_config: HostConfig<'a>,
    networking_config: NetworkingConfig<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Healthcheck<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    test: Vec<&'a str>,
    interval: i64,
    timeout: i64,
    start_period: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_interval: Option<i64>,
    retries: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NetworkingConfig<'a> {
    endpoints_config: BTreeMap<&'a str, EndpointConfig<'a>>,
}

/// How a container is in a network.
#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EndpointConfig<'a> {
    #[serde(rename = "IPAMConfig", skip_serializing_if = "Option::is_none")]
    ipam_config: Option<Addresses>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mac_address: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    driver_opts: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gw_priority: Option<i64>,
}

#[derive(Serialize)]
struct Addresses {
    #[serde(rename = "IPv4Address", skip_serializing_if = "Option::is_none")]
    ipv4: Option<String>,
    #[serde(rename = "IPv6Address", skip_serializing_if = "Option::is_none")]
    ipv6: Option<String>,
    #[serde(rename = "LinkLocalIPs", skip_serializing_if = "Vec::is_empty")]
    link_local: Vec<String>,
}

/// What an engine of an agreed version takes.
#[derive(Clone, Copy)]
pub(super) struct Dialect {
    /// The second number of the version: 51 of 1.51.
    pub(super) minor: usize,
    /// Whether it runs containers of Windows, which have limits of their own.
    pub(super) windows: bool,
}

impl Dialect {
    /// What came with a later version is refused, in words, rather than left out.
    pub(super) fn since(self, minor: usize, used: bool, what: &str) -> Result<(), EngineError> {
        if used && self.minor < minor {
            return Err(EngineError::Unable {
                message: format!(
                    "{what} came with version 1.{minor} of its API, and it speaks 1.{}",
                    self.minor
                ),
            });
        }
        Ok(())
    }

    /// Limits that only containers of Windows have.
    pub(super) fn on_windows(self, used: bool, what: &str) -> Result<(), EngineError> {
        if used && !self.windows {
            return Err(EngineError::Unable {
                message: format!("{what} is a limit of containers of Windows"),
            });
        }
        Ok(())
    }

    /// Whether several networks are named when it is made; otherwise it is connected to the others later.
    pub(super) fn takes_several_networks(self) -> bool {
        self.minor >= 44
    }
}

/// Pairs as the engine's objects hold them: of a name given twice, the last counts.
pub(super) fn map(pairs: &[KeyValue]) -> BTreeMap<&str, &str> {
    pairs.iter().map(|pair| (pair.name.as_str(), pair.value.as_str())).collect()
}

pub(super) fn or_empty(text: Option<&String>) -> &str {
    text.map_or("", String::as_str)
}

pub(super) fn bytes(size: Option<Size>) -> i64 {
    size.map_or(0, Size::signed)
}

/// The whole document.
pub(super) fn body(spec: &RunSpec, dialect: Dialect) -> Result<Body<'_>, EngineError> {
    let RunSpec { image, command, general, process, network, storage, health, .. } = spec;
    let attached = |stream| !general.detach && general.attach.contains(&stream);
    let by_default = !general.detach && general.attach.is_empty();
    let attach_stdin =
        !general.detach && (general.interactive || general.attach.contains(&AttachStream::Stdin));
    let endpoints = endpoints(network, dialect)?;
    let old_mac = network.networks.first().and_then(|network| network.mac).filter(|_| dialect.minor < 44);
    Ok(Body {
        hostname: or_empty(network.hostname.as_ref()),
        domainname: or_empty(network.domainname.as_ref()),
        user: or_empty(process.user.as_ref()),
        attach_stdin,
        attach_stdout: by_default || attached(AttachStream::Stdout),
        attach_stderr: by_default || attached(AttachStream::Stderr),
        tty: general.tty,
        open_stdin: general.interactive,
        stdin_once: general.interactive && attach_stdin,
        exposed_ports: exposed(network),
        env: environment(&process.env),
        cmd: command,
        healthcheck: healthcheck(health, dialect)?,
        image,
        volumes: storage
            .volumes
            .iter()
            .filter(|volume| volume.is_anonymous())
            .map(|volume| (volume.target(), Present {}))
            .collect(),
        working_dir: or_empty(process.workdir.as_ref()),
        entrypoint: process.entrypoint.as_deref().map(|program| [program]),
        labels: labels(general),
        stop_signal: general.stop_signal.as_deref(),
        stop_timeout: general.stop_timeout_seconds,
        mac_address: old_mac.map(|mac| mac.to_string()),
        host_config: HostConfig::of(spec, dialect)?,
        networking_config: NetworkingConfig { endpoints_config: endpoints },
    })
}

/// Of a variable given twice, the last counts.
fn environment(env: &[KeyValue]) -> Vec<String> {
    let last =
        |index: usize, name: &shared::run::Key| env.iter().skip(index + 1).all(|later| later.name != *name);
    let pairs = env.iter().enumerate().filter(|(index, pair)| last(*index, &pair.name));
    pairs.map(|(_, pair)| pair.to_string()).collect()
}

fn labels(general: &General) -> BTreeMap<&str, &str> {
    let own = general.labels.iter().map(|label| (label.name.as_str(), label.value.as_str()));
    // Last, so that nobody chooses another value: see `Scope` for what depends on it.
    own.chain([(CREATED_LABEL, "true")]).collect()
}

fn exposed(network: &Network) -> BTreeMap<String, Present> {
    let published = network.ports.iter().map(|port| (port.container, port.protocol));
    let only = network.expose.iter().map(|port| (port.ports, port.protocol));
    published
        .chain(only)
        .flat_map(|(ports, protocol)| {
            (ports.first()..=ports.last()).map(move |port| (format!("{port}/{protocol}"), Present {}))
        })
        .collect()
}

fn healthcheck(health: &HealthSpec, dialect: Dialect) -> Result<Option<Healthcheck<'_>>, EngineError> {
    let nanos = |span: Option<Nanos>| span.map_or(0, Nanos::signed);
    let start_interval = nanos(health.start_interval);
    dialect.since(44, start_interval > 0, "an interval of the health check at the start")?;
    let command = health.command.as_deref().filter(|command| !command.is_empty());
    let test = match (health.disabled, command) {
        (true, _) => vec!["NONE"],
        (false, Some(command)) => vec!["CMD-SHELL", command],
        (false, None) => Vec::new(),
    };
    let check = Healthcheck {
        interval: nanos(health.interval),
        timeout: nanos(health.timeout),
        start_period: nanos(health.start_period),
        start_interval: (start_interval > 0).then_some(start_interval),
        retries: health.retries.unwrap_or(0),
        test,
    };
    let set = !check.test.is_empty()
        || check.interval > 0
        || check.timeout > 0
        || check.start_period > 0
        || check.start_interval.is_some()
        || check.retries != 0;
    Ok(set.then_some(check))
}

/// The networks that are named when the container is made.
fn endpoints(network: &Network, dialect: Dialect) -> Result<BTreeMap<&str, EndpointConfig<'_>>, EngineError> {
    let mut endpoints = BTreeMap::new();
    let Some((first, further)) = network.networks.split_first() else { return Ok(endpoints) };
    // A single network without choices goes by its mode alone: as an endpoint Podman would not find its
    // `bridge`.
    if further.is_empty() && first.is_plain() && network.links.is_empty() {
        return Ok(endpoints);
    }
    let mut main = endpoint(first, dialect)?;
    if is_user_defined(first.name.as_str()) {
        main.links = network.links.iter().map(ToString::to_string).collect();
    }
    endpoints.insert(first.name.as_str(), main);
    for attachment in further {
        let endpoint = endpoint(attachment, dialect)?;
        dialect.since(44, attachment.mac.is_some(), "a hardware address on a further network")?;
        if dialect.takes_several_networks() {
            endpoints.insert(attachment.name.as_str(), endpoint);
        }
    }
    Ok(endpoints)
}

/// One of them: also what a later connection says.
pub(super) fn endpoint(
    attachment: &JoinedNetwork,
    dialect: Dialect,
) -> Result<EndpointConfig<'_>, EngineError> {
    dialect.since(48, attachment.gateway_priority.is_some(), "the priority of a gateway")?;
    let addressed =
        attachment.ipv4.is_some() || attachment.ipv6.is_some() || !attachment.link_local.is_empty();
    let addresses = Addresses {
        ipv4: attachment.ipv4.map(|address| address.to_string()),
        ipv6: attachment.ipv6.map(|address| address.to_string()),
        link_local: attachment.link_local.iter().map(ToString::to_string).collect(),
    };
    Ok(EndpointConfig {
        ipam_config: addressed.then_some(addresses),
        links: Vec::new(),
        aliases: attachment.aliases.iter().map(shared::run::Name::as_str).collect(),
        mac_address: attachment.mac.filter(|_| dialect.minor >= 44).map(|mac| mac.to_string()),
        driver_opts: map(&attachment.driver_options),
        gw_priority: attachment.gateway_priority,
    })
}

/// Whether somebody made the network: all but those that every engine has.
fn is_user_defined(name: &str) -> bool {
    !matches!(name, "default" | "bridge" | "host" | "none") && !name.starts_with("container:")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use shared::run::parse;

    use super::*;

    fn document(minor: usize, command: &str) -> Result<Value, String> {
        let parsed = parse(command);
        assert_eq!(parsed.notes, [], "{command}");
        let dialect = Dialect { minor, windows: false };
        let body = body(&parsed.spec, dialect).map_err(|error| error.to_string())?;
        Ok(serde_json::to_value(body).unwrap())
    }

    #[test]
    fn an_older_engine_is_told_what_it_knows() {
        let command = "docker run --network name=one,mac-address=92:d0:c6:0a:29:33,alias=x --network two img";
        let old = document(41, command).unwrap();
        assert_eq!(old["MacAddress"], "92:d0:c6:0a:29:33");
        assert_eq!(old["NetworkingConfig"]["EndpointsConfig"], json!({"one": {"Aliases": ["x"]}}));
        let new = document(44, command).unwrap();
        assert_eq!(new.get("MacAddress"), None);
        assert_eq!(
            new["NetworkingConfig"]["EndpointsConfig"],
            json!({"one": {"Aliases": ["x"], "MacAddress": "92:d0:c6:0a:29:33"}, "two": {}})
        );
    }

    #[test]
    fn what_it_does_not_know_is_refused_and_not_left_out() {
        for (minor, options) in [
            (43, "--annotation a=b"),
            (44, "--health-start-interval 1s"),
            (44, "--network a --network name=b,mac-address=92:d0:c6:0a:29:33"),
            (44, "--mount type=bind,src=/a,dst=/b,ro,bind-propagation=rprivate,bind-recursive=readonly"),
            (45, "--mount src=a,dst=/b,volume-subpath=c"),
            (48, "--mount type=image,src=a,dst=/b"),
            (48, "--network name=a,gw-priority=1"),
        ] {
            let command = format!("docker run {options} img");
            assert!(document(minor, &command).is_ok(), "{command}");
            let words = document(minor - 1, &command).unwrap_err();
            assert!(words.contains(&format!("1.{minor}")), "{command}: {words}");
        }
        assert!(document(51, "docker run --cpu-count 2 img").is_err());
    }

    #[test]
    fn an_empty_list_of_masked_paths_is_not_none() {
        let open = document(51, "docker run --security-opt systempaths=unconfined img").unwrap();
        assert_eq!(open["HostConfig"]["MaskedPaths"], json!([]));
        let closed = document(51, "docker run img").unwrap();
        assert_eq!(closed["HostConfig"].get("MaskedPaths"), None);
    }
}
