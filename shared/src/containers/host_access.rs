//! Which settings of a container amount to root on the host: what its page marks, and why.
//!
//! Belongs here: reading them out of the engine's document. Does not: deciding who may create such a
//! container, nor the wording.

use serde_json::Value;

use super::ContainerInspect;

/// One setting that lets a container reach beyond itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum HostAccess {
    /// All privileges of the host.
    Privileged,
    /// A capability that was added.
    Capability(String),
    /// The engine's own socket is mounted: whoever holds it commands the engine.
    EngineSocket {
        /// Where it appears in the container.
        target: String,
    },
    /// A folder or file of the host is mounted.
    HostPath {
        /// On the host.
        source: String,
        /// Where it appears in the container.
        target: String,
        /// Whether the container may write there.
        writable: bool,
    },
    /// A namespace is the host's own.
    HostNamespace(Namespace),
    /// A namespace is another container's.
    SharedNamespace(Namespace, String),
    /// A device of the host.
    Device(String),
    /// Protection was switched off or replaced: `seccomp=unconfined`.
    SecurityOption(String),
    /// Paths of the kernel that are hidden otherwise are open.
    UnmaskedPaths,
    /// A group in the host's hierarchy was chosen for it.
    CgroupParent(String),
}

/// A kind of isolation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Namespace {
    /// Addresses, ports and traffic.
    Network,
    /// Processes.
    Processes,
    /// Shared memory.
    Ipc,
    /// The host's name.
    HostName,
    /// Users and their numbers.
    Users,
}

/// What the engine's document says of access to the host, the worst first; empty for an ordinary container.
#[must_use]
pub fn host_access(container: &ContainerInspect) -> Vec<HostAccess> {
    let details = &container.details;
    let config = container.raw.get("HostConfig").unwrap_or(&Value::Null);
    let mut found = Vec::new();
    if details.privileged {
        found.push(HostAccess::Privileged);
    }
    for mount in &details.mounts {
        if is_engine_socket(&mount.source) {
            found.push(HostAccess::EngineSocket { target: mount.target.clone() });
        }
    }
    namespaces(config, details.network_mode.as_deref(), &mut found);
    for mount in &details.mounts {
        if mount.kind == "bind" && !is_engine_socket(&mount.source) {
            found.push(HostAccess::HostPath {
                source: mount.source.clone(),
                target: mount.target.clone(),
                writable: mount.writable,
            });
        }
    }
    found.extend(details.cap_add.iter().cloned().map(HostAccess::Capability));
    for device in array(config, "Devices") {
        if let Some(path) = device.get("PathOnHost").and_then(Value::as_str) {
            found.push(HostAccess::Device(path.to_owned()));
        }
    }
    for request in array(config, "DeviceRequests") {
        let driver = request.get("Driver").and_then(Value::as_str).unwrap_or_default();
        found.push(HostAccess::Device(if driver.is_empty() { "gpu".to_owned() } else { driver.to_owned() }));
    }
    found.extend(
        details
            .security_options
            .iter()
            .filter(|option| opens(option))
            .cloned()
            .map(HostAccess::SecurityOption),
    );
    if !details.privileged && is_empty_array(config, "MaskedPaths") {
        found.push(HostAccess::UnmaskedPaths);
    }
    if let Some(parent) = text(config, "CgroupParent") {
        found.push(HostAccess::CgroupParent(parent.to_owned()));
    }
    found
}

fn namespaces(config: &Value, network_mode: Option<&str>, found: &mut Vec<HostAccess>) {
    let modes = [
        (Namespace::Network, network_mode.or_else(|| text(config, "NetworkMode"))),
        (Namespace::Processes, text(config, "PidMode")),
        (Namespace::Ipc, text(config, "IpcMode")),
        (Namespace::HostName, text(config, "UTSMode")),
        (Namespace::Users, text(config, "UsernsMode")),
    ];
    for (namespace, mode) in modes {
        match mode {
            Some("host") => found.push(HostAccess::HostNamespace(namespace)),
            Some(mode) => {
                if let Some(other) = mode.strip_prefix("container:") {
                    found.push(HostAccess::SharedNamespace(namespace, other.to_owned()));
                }
            }
            None => {}
        }
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn array<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn is_empty_array(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_array).is_some_and(Vec::is_empty)
}

fn is_engine_socket(path: &str) -> bool {
    ["docker.sock", "podman.sock", "containerd.sock"].iter().any(|name| path.ends_with(name))
}

/// Options that take protection away; `no-new-privileges` and a profile of one's own add some.
fn opens(option: &str) -> bool {
    let option = option.replace(':', "=");
    option.ends_with("=unconfined")
        || option == "label=disable"
        || option == "systempaths=unconfined"
        || option == "no-new-privileges=false"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        UnixMillis,
        containers::{ContainerDetails, ContainerState, ContainerSummary, Mount},
    };

    fn container(details: ContainerDetails, host_config: &Value) -> ContainerInspect {
        ContainerInspect {
            summary: ContainerSummary {
                id: "a".repeat(64).parse().unwrap(),
                name: "web".into(),
                image: "nginx".into(),
                image_id: String::new(),
                state: ContainerState::Running,
                health: None,
                exit_code: None,
                created_at: UnixMillis(0),
                since: None,
                ports: Vec::new(),
                stack: None,
                service: None,
                made_here: false,
                command: String::new(),
                networks: Vec::new(),
                labels: std::collections::BTreeMap::new(),
            },
            details,
            raw: json!({ "HostConfig": host_config }),
            masked: false,
        }
    }

    #[test]
    fn an_ordinary_container_has_none() {
        let ordinary = json!({
            "NetworkMode": "bridge", "PidMode": "", "IpcMode": "private", "UTSMode": "", "UsernsMode": "",
            "CgroupnsMode": "host", "CgroupParent": "", "Devices": [], "DeviceRequests": null,
            "MaskedPaths": ["/proc/kcore"]
        });
        let details = ContainerDetails {
            mounts: vec![Mount {
                kind: "volume".into(),
                source: "data".into(),
                target: "/data".into(),
                writable: true,
            }],
            security_options: vec!["no-new-privileges".into()],
            ..ContainerDetails::default()
        };
        assert_eq!(host_access(&container(details, &ordinary)), []);
        assert_eq!(host_access(&container(ContainerDetails::default(), &Value::Null)), []);
    }

    #[test]
    fn what_reaches_the_host_is_found() {
        let config = json!({
            "NetworkMode": "host", "PidMode": "host", "IpcMode": "container:abc",
            "Devices": [{ "PathOnHost": "/dev/kvm" }], "MaskedPaths": [], "CgroupParent": "/mine"
        });
        let details = ContainerDetails {
            cap_add: vec!["SYS_ADMIN".into()],
            security_options: vec!["seccomp=unconfined".into(), "label:disable".into()],
            mounts: vec![
                Mount { kind: "bind".into(), source: "/".into(), target: "/host".into(), writable: false },
                Mount {
                    kind: "bind".into(),
                    source: "/var/run/docker.sock".into(),
                    target: "/var/run/docker.sock".into(),
                    writable: true,
                },
            ],
            ..ContainerDetails::default()
        };
        assert_eq!(
            host_access(&container(details, &config)),
            [
                HostAccess::EngineSocket { target: "/var/run/docker.sock".into() },
                HostAccess::HostNamespace(Namespace::Network),
                HostAccess::HostNamespace(Namespace::Processes),
                HostAccess::SharedNamespace(Namespace::Ipc, "abc".into()),
                HostAccess::HostPath { source: "/".into(), target: "/host".into(), writable: false },
                HostAccess::Capability("SYS_ADMIN".into()),
                HostAccess::Device("/dev/kvm".into()),
                HostAccess::SecurityOption("seccomp=unconfined".into()),
                HostAccess::SecurityOption("label:disable".into()),
                HostAccess::UnmaskedPaths,
                HostAccess::CgroupParent("/mine".into()),
            ]
        );
    }

    #[test]
    fn privileged_is_said_once() {
        let details = ContainerDetails { privileged: true, ..ContainerDetails::default() };
        assert_eq!(host_access(&container(details, &json!({ "MaskedPaths": [] }))), [HostAccess::Privileged]);
    }
}
