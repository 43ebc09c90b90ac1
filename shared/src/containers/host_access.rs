//! Which settings of a container amount to root on the host: what its page marks, and what whoever starts it or
//! acts inside it must hold host access for.
//!
//! Belongs here: reading them out of the engine's document, completely: a setting that is not known here counts
//! once it is set to anything. Does not: the same judgement of a spec that is yet to be created (`run/`), which
//! also marks what takes from the host (ports, limits, log drivers) without reaching into it; nor the wording.

use serde_json::Value;

use super::ContainerInspect;
use crate::run::{is_network_by_name, is_protecting_option};

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
    /// A volume that may stand for any place of the host, or holds what is the console's own.
    Volume(String),
    /// A namespace is the host's own.
    HostNamespace(Namespace),
    /// A namespace is another container's, or one of the host's by its path.
    SharedNamespace(Namespace, String),
    /// A device of the host.
    Device(String),
    /// Protection was switched off or replaced: `seccomp=unconfined`.
    SecurityOption(String),
    /// Paths of the kernel that are hidden or not to be written otherwise are open.
    UnmaskedPaths,
    /// A group in the host's hierarchy was chosen for it.
    CgroupParent(String),
    /// Another setting, by the engine's name for it.
    Setting(String),
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

/// Settings that are looked at one by one below.
const LOOKED_AT: &[&str] = &[
    "Annotations",
    "Binds",
    "CapAdd",
    "Cgroup",
    "CgroupParent",
    "DeviceCgroupRules",
    "DeviceRequests",
    "Devices",
    "GroupAdd",
    "IpcMode",
    "Links",
    "MaskedPaths",
    "Mounts",
    "NetworkMode",
    "PidMode",
    "Privileged",
    "ReadonlyPaths",
    "Runtime",
    "SecurityOpt",
    "Sysctls",
    "UTSMode",
    "UsernsMode",
    "VolumeDriver",
    "VolumesFrom",
];
/// Settings that stay inside, or take from the host without reaching into it. Of the control group's namespace
/// the document does not tell whether it was asked for: older hosts have no other.
const INSIDE: &[&str] = &[
    "AutoRemove",
    "BlkioDeviceReadBps",
    "BlkioDeviceReadIOps",
    "BlkioDeviceWriteBps",
    "BlkioDeviceWriteIOps",
    "BlkioWeight",
    "BlkioWeightDevice",
    "CapDrop",
    "CgroupnsMode",
    "ConsoleSize",
    "ContainerIDFile",
    "CpuCount",
    "CpuPercent",
    "CpuPeriod",
    "CpuQuota",
    "CpuRealtimePeriod",
    "CpuRealtimeRuntime",
    "CpuShares",
    "CpusetCpus",
    "CpusetMems",
    "Dns",
    "DnsOptions",
    "DnsSearch",
    "ExtraHosts",
    "IOMaximumBandwidth",
    "IOMaximumIOps",
    "Init",
    "Isolation",
    "KernelMemory",
    "KernelMemoryTCP",
    "LogConfig",
    "Memory",
    "MemoryReservation",
    "MemorySwap",
    "MemorySwappiness",
    "NanoCpus",
    "OomKillDisable",
    "OomScoreAdj",
    "PidsLimit",
    "PortBindings",
    "PublishAllPorts",
    "ReadonlyRootfs",
    "RestartPolicy",
    "ShmSize",
    "StorageOpt",
    "Tmpfs",
    "Ulimits",
    // Podman's own.
    "CgroupManager",
    "CgroupMode",
    "CgroupConf",
    "Cgroups",
];
/// Runtimes that keep a container in the usual walls, by the names under which engines have them.
const RUNTIMES: &[&str] = &["", "runc", "io.containerd.runc.v2", "crun", "oci"];
/// What no list of hidden paths may lack, and none of those that are only read.
const MASKED: &[&str] = &["/proc/kcore", "/sys/firmware"];
const READ_ONLY: &[&str] = &["/proc/sys", "/proc/sysrq-trigger"];
/// Notes that engines make themselves, by how they begin.
const OWN_ANNOTATIONS: &[&str] = &[
    "io.podman.annotations.",
    "io.container.manager",
    "org.opencontainers.image.",
    "org.systemd.property.KillSignal",
    "org.systemd.property.TimeoutStopUSec",
];

/// What the engine's document says of access to the host, the worst first; empty for an ordinary container.
#[must_use]
pub fn host_access(container: &ContainerInspect) -> Vec<HostAccess> {
    host_access_of(&container.raw)
}

/// The same, of the document alone.
#[must_use]
pub fn host_access_of(raw: &Value) -> Vec<HostAccess> {
    let config = raw.get("HostConfig").unwrap_or(&Value::Null);
    let privileged = config.get("Privileged").and_then(Value::as_bool).unwrap_or(false);
    let mut found = Vec::new();
    if privileged {
        found.push(HostAccess::Privileged);
    }
    mounts(raw, config, &mut found);
    namespaces(config, &mut found);
    found.extend(texts(config, "CapAdd").map(|name| HostAccess::Capability(name.to_owned())));
    devices(config, &mut found);
    found.extend(
        texts(config, "SecurityOpt")
            // The engine adds it by itself to what is privileged or shares a namespace, which is told already.
            .filter(|option| !is_protecting_option(option))
            .map(|option| HostAccess::SecurityOption(option.to_owned())),
    );
    let open = lacks(config, "MaskedPaths", MASKED) || lacks(config, "ReadonlyPaths", READ_ONLY);
    if open && !privileged {
        found.push(HostAccess::UnmaskedPaths);
    }
    if let Some(parent) = text(config, "CgroupParent") {
        found.push(HostAccess::CgroupParent(parent.to_owned()));
    }
    settings(config, &mut found);
    found
}

/// The named volumes that a container mounts: what they stand for is the engine's to tell.
#[must_use]
pub fn volumes_of(raw: &Value) -> Vec<&str> {
    array(raw, "Mounts")
        .filter(|mount| text(mount, "Type") == Some("volume"))
        .filter_map(|mount| text(mount, "Name"))
        .collect()
}

/// Whether a volume is an ordinary folder of the engine's: any option of the local driver can make it another
/// place (<https://docs.docker.com/reference/cli/docker/volume/create/#driver-specific-options>).
#[must_use]
pub fn is_ordinary_volume(volume: &Value) -> bool {
    text(volume, "Driver").is_none_or(|driver| driver == "local")
        && volume.get("Options").and_then(Value::as_object).is_none_or(|options| {
            // A limit of its size says nothing of its place.
            options.keys().all(|name| name == "size")
        })
}

fn mounts(raw: &Value, config: &Value, found: &mut Vec<HostAccess>) {
    let mut paths = Vec::new();
    for mount in array(raw, "Mounts") {
        let named = |key: &str| text(mount, key).unwrap_or_default().to_owned();
        let (source, target) = (named("Source"), named("Destination"));
        match text(mount, "Type").unwrap_or_default() {
            "tmpfs" => {}
            "volume" => {
                let is_local = matches!(text(mount, "Driver"), None | Some("local"));
                let spreads = text(mount, "Propagation").is_some_and(|mode| !is_private(mode));
                if !is_local || spreads {
                    found.push(HostAccess::Volume(named("Name")));
                }
            }
            "bind" if is_engine_socket(&source) => found.push(HostAccess::EngineSocket { target }),
            "bind" => paths.push(HostAccess::HostPath {
                source,
                target,
                writable: mount.get("RW").and_then(Value::as_bool).unwrap_or(true),
            }),
            other => found.push(HostAccess::Setting(format!("Mounts: {other}"))),
        }
    }
    // What was asked for counts too, should an engine not list it above.
    for bind in texts(config, "Binds").filter(|bind| bind.starts_with('/')) {
        let mut parts = bind.split(':').map(str::to_owned);
        let (source, target) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        add_path(&mut paths, found, source, target);
    }
    for mount in array(config, "Mounts") {
        let named = |key: &str| text(mount, key).unwrap_or_default().to_owned();
        match text(mount, "Type").unwrap_or_default() {
            "bind" => add_path(&mut paths, found, named("Source"), named("Target")),
            "volume" if mount.pointer("/VolumeOptions/DriverConfig").is_some_and(is_set) => {
                found.push(HostAccess::Volume(named("Source")));
            }
            _ => {}
        }
    }
    found.extend(paths);
}

fn add_path(paths: &mut Vec<HostAccess>, found: &[HostAccess], source: String, target: String) {
    let is_told = found.iter().chain(paths.iter()).any(|access| match access {
        HostAccess::HostPath { target: told, .. } | HostAccess::EngineSocket { target: told } => {
            *told == target
        }
        _ => false,
    });
    if !is_told {
        paths.push(HostAccess::HostPath { source, target, writable: true });
    }
}

fn is_private(propagation: &str) -> bool {
    matches!(propagation, "private" | "rprivate")
}

fn devices(config: &Value, found: &mut Vec<HostAccess>) {
    for device in array(config, "Devices") {
        let path = text(device, "PathOnHost").unwrap_or("?");
        found.push(HostAccess::Device(path.to_owned()));
    }
    for request in array(config, "DeviceRequests") {
        let driver = text(request, "Driver").unwrap_or("gpu");
        found.push(HostAccess::Device(driver.to_owned()));
    }
    found.extend(texts(config, "DeviceCgroupRules").map(|rule| HostAccess::Device(rule.to_owned())));
}

fn namespaces(config: &Value, found: &mut Vec<HostAccess>) {
    let modes = [
        (Namespace::Network, "NetworkMode"),
        (Namespace::Processes, "PidMode"),
        (Namespace::Ipc, "IpcMode"),
        (Namespace::HostName, "UTSMode"),
        (Namespace::Users, "UsernsMode"),
    ];
    for (namespace, key) in modes {
        match text(config, key) {
            Some("host") => found.push(HostAccess::HostNamespace(namespace)),
            Some(mode) => match mode.strip_prefix("container:").or_else(|| mode.strip_prefix("ns:")) {
                Some(other) => found.push(HostAccess::SharedNamespace(namespace, other.to_owned())),
                None if namespace == Namespace::Network && !is_network_by_name(mode) => {
                    found.push(HostAccess::SharedNamespace(namespace, mode.to_owned()));
                }
                None => {}
            },
            None => {}
        }
    }
}

fn settings(config: &Value, found: &mut Vec<HostAccess>) {
    let mut add = |needed: bool, key: &str| {
        if needed {
            found.push(HostAccess::Setting(key.to_owned()));
        }
    };
    for key in ["Cgroup", "GroupAdd", "Links", "Sysctls", "VolumesFrom"] {
        add(config.get(key).is_some_and(is_set), key);
    }
    add(text(config, "VolumeDriver").is_some_and(|driver| driver != "local"), "VolumeDriver");
    add(text(config, "Runtime").is_some_and(|runtime| !RUNTIMES.contains(&runtime)), "Runtime");
    let annotations = config.get("Annotations").and_then(Value::as_object);
    let is_own = |name: &String| OWN_ANNOTATIONS.iter().any(|own| name.starts_with(own));
    add(annotations.is_some_and(|notes| !notes.keys().all(is_own)), "Annotations");
    for (key, value) in config.as_object().into_iter().flatten() {
        let is_known = LOOKED_AT.contains(&key.as_str()) || INSIDE.contains(&key.as_str());
        add(!is_known && is_set(value), key);
    }
}

/// Whether a list that engines fill by themselves lacks what it must have. One that is absent is as usual.
fn lacks(config: &Value, key: &str, needed: &[&str]) -> bool {
    config.get(key).is_some_and(Value::is_array)
        && !needed.iter().all(|path| texts(config, key).any(|listed| listed == *path))
}

/// Whether a value is any other than what stands for nothing.
fn is_set(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => items.iter().any(is_set),
        Value::Object(fields) => fields.values().any(is_set),
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn array<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn texts<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    array(value, key).filter_map(Value::as_str)
}

fn is_engine_socket(path: &str) -> bool {
    ["docker.sock", "podman.sock", "containerd.sock"].iter().any(|name| path.ends_with(name))
}

#[cfg(test)]
#[path = "host_access_tests.rs"]
mod tests;
