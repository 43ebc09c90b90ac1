//! The part of a new container's document that concerns the host: mounts, ports, limits, rights.

use std::collections::BTreeMap;

use serde::Serialize;
use shared::run::{
    Capability, Device, Devices, GpuChoice, Logging, Network, PublishedPort, Restart, RunSpec, SecurityOption,
};

use super::{
    EngineError,
    create_body::{Dialect, bytes, map, or_empty},
    create_limits::{Limits, limits},
    create_mounts::{MountPoint, mount_point},
};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct HostConfig<'a> {
    binds: Vec<String>,
    log_config: LogConfig<'a>,
    network_mode: &'a str,
    port_bindings: BTreeMap<String, Vec<PortBinding>>,
    restart_policy: RestartPolicy,
    auto_remove: bool,
    volume_driver: &'a str,
    volumes_from: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<&'a str, &'a str>,
    cap_add: Vec<String>,
    cap_drop: Vec<String>,
    cgroupns_mode: String,
    dns: Vec<String>,
    dns_options: &'a [String],
    dns_search: &'a [String],
    extra_hosts: Vec<String>,
    group_add: &'a [String],
    ipc_mode: String,
    links: Vec<String>,
    oom_score_adj: i64,
    pid_mode: String,
    privileged: bool,
    publish_all_ports: bool,
    readonly_rootfs: bool,
    security_opt: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    storage_opt: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tmpfs: BTreeMap<&'a str, String>,
    #[serde(rename = "UTSMode")]
    uts_mode: String,
    userns_mode: String,
    shm_size: i64,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    sysctls: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    runtime: &'a str,
    isolation: String,
    mounts: Vec<MountPoint<'a>>,
    /// An empty list opens the kernel's paths; none leaves the engine's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    masked_paths: Option<[&'a str; 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    readonly_paths: Option<[&'a str; 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    init: Option<bool>,
    devices: Vec<DeviceMapping<'a>>,
    device_cgroup_rules: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    device_requests: Vec<DeviceRequest<'a>>,
    #[serde(flatten)]
    limits: Limits<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LogConfig<'a> {
    #[serde(rename = "Type")]
    kind: &'a str,
    config: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PortBinding {
    host_ip: String,
    host_port: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RestartPolicy {
    name: &'static str,
    maximum_retry_count: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DeviceMapping<'a> {
    path_on_host: &'a str,
    path_in_container: &'a str,
    cgroup_permissions: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DeviceRequest<'a> {
    driver: &'a str,
    count: i64,
    #[serde(rename = "DeviceIDs", skip_serializing_if = "Vec::is_empty")]
    device_ids: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    capabilities: Vec<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<BTreeMap<&'a str, &'a str>>,
}

fn texts<T: ToString>(list: &[T]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

fn text<T: ToString>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

impl<'a> HostConfig<'a> {
    pub(super) fn of(spec: &'a RunSpec, dialect: Dialect) -> Result<Self, EngineError> {
        let RunSpec { general, process, network, storage, resources, security, devices, logging, .. } = spec;
        dialect.since(43, !general.annotations.is_empty(), "an annotation")?;
        dialect.on_windows(resources.cpu_count.is_some_and(|count| count != 0), "a count of processors")?;
        dialect.on_windows(resources.cpu_percent.is_some_and(|share| share != 0), "a share of processors")?;
        dialect.on_windows(resources.io_maxiops.is_some_and(|rate| rate != 0), "a rate of operations")?;
        dialect.on_windows(bytes(resources.io_maxbandwidth) != 0, "a rate of bytes")?;
        let unmasked = security.options.contains(&SecurityOption::UnmaskedPaths);
        let protection = |option: &&SecurityOption| **option != SecurityOption::UnmaskedPaths;
        Ok(Self {
            binds: storage
                .volumes
                .iter()
                .filter(|volume| !volume.is_anonymous())
                .map(ToString::to_string)
                .collect(),
            log_config: log_config(logging),
            network_mode: network.networks.first().map_or("default", |first| first.name.as_str()),
            port_bindings: port_bindings(network),
            restart_policy: restart_policy(general.restart),
            auto_remove: general.auto_remove,
            volume_driver: or_empty(storage.volume_driver.as_ref()),
            volumes_from: texts(&storage.volumes_from),
            annotations: map(&general.annotations),
            cap_add: capabilities(&security.cap_add),
            cap_drop: capabilities(&security.cap_drop),
            cgroupns_mode: text(security.cgroupns.as_ref()),
            dns: texts(&network.dns),
            dns_options: &network.dns_options,
            dns_search: &network.dns_search,
            extra_hosts: texts(&network.extra_hosts),
            group_add: &process.group_add,
            ipc_mode: text(security.ipc.as_ref()),
            links: texts(&network.links),
            oom_score_adj: resources.oom_score_adj.unwrap_or(0),
            pid_mode: text(security.pid.as_ref()),
            privileged: security.privileged,
            publish_all_ports: network.publish_all,
            readonly_rootfs: storage.read_only,
            security_opt: security.options.iter().filter(protection).map(ToString::to_string).collect(),
            storage_opt: map(&storage.storage_options),
            tmpfs: storage
                .tmpfs
                .iter()
                .map(|tmpfs| (tmpfs.target.as_str(), texts(&tmpfs.options).join(",")))
                .collect(),
            uts_mode: text(security.uts.as_ref()),
            userns_mode: text(security.userns.as_ref()),
            shm_size: bytes(resources.shm_size),
            sysctls: map(&security.sysctls),
            runtime: or_empty(security.runtime.as_ref()),
            isolation: text(security.isolation.as_ref()),
            mounts: storage
                .mounts
                .iter()
                .map(|mount| mount_point(mount, dialect))
                .collect::<Result<_, _>>()?,
            masked_paths: unmasked.then_some([]),
            readonly_paths: unmasked.then_some([]),
            init: general.init,
            devices: device_mappings(devices),
            device_cgroup_rules: devices
                .cgroup_rules
                .iter()
                .map(shared::run::DeviceCgroupRule::as_str)
                .collect(),
            device_requests: device_requests(devices),
            limits: limits(resources, or_empty(security.cgroup_parent.as_ref())),
        })
    }
}

fn log_config(logging: &Logging) -> LogConfig<'_> {
    LogConfig { kind: or_empty(logging.driver.as_ref()), config: map(&logging.options) }
}

fn restart_policy(restart: Restart) -> RestartPolicy {
    let (name, maximum_retry_count) = match restart {
        Restart::No => ("no", 0),
        Restart::Always => ("always", 0),
        Restart::UnlessStopped => ("unless-stopped", 0),
        Restart::OnFailure { max_retries } => ("on-failure", max_retries.unwrap_or(0)),
    };
    RestartPolicy { name, maximum_retry_count }
}

/// In capitals with `CAP_`, sorted, each once, as the command line sends them.
fn capabilities(list: &[Capability]) -> Vec<String> {
    let mut names: Vec<String> = list
        .iter()
        .map(|name| if name.as_str() == "ALL" { "ALL".to_owned() } else { format!("CAP_{name}") })
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn port_bindings(network: &Network) -> BTreeMap<String, Vec<PortBinding>> {
    let mut bindings: BTreeMap<String, Vec<PortBinding>> = BTreeMap::new();
    for published in &network.ports {
        let PublishedPort { host_ip, host, container, protocol } = published;
        for (offset, port) in (container.first()..=container.last()).enumerate() {
            let host_port = match host {
                None => String::new(),
                // One port of the container may have any of a range.
                Some(range) if container.count() == 1 => range.to_string(),
                Some(range) => {
                    let offset = u16::try_from(offset).unwrap_or(u16::MAX);
                    range.first().saturating_add(offset).to_string()
                }
            };
            let host_ip = host_ip.map(|address| address.to_string()).unwrap_or_default();
            bindings
                .entry(format!("{port}/{protocol}"))
                .or_default()
                .push(PortBinding { host_ip, host_port });
        }
    }
    bindings
}

fn device_mappings(devices: &Devices) -> Vec<DeviceMapping<'_>> {
    devices
        .devices
        .iter()
        .filter_map(|device| match device {
            Device::Cdi { .. } => None,
            Device::Path { host, container, permissions } => Some(DeviceMapping {
                path_on_host: host.as_str(),
                path_in_container: container.as_ref().map_or(host.as_str(), shared::run::HostPath::as_str),
                cgroup_permissions: permissions
                    .as_ref()
                    .map_or("rwm", shared::run::DevicePermissions::as_str),
            }),
        })
        .collect()
}

fn device_requests(devices: &Devices) -> Vec<DeviceRequest<'_>> {
    let gpus = devices.gpus.iter().map(|gpu| {
        let (count, device_ids) = match &gpu.choice {
            GpuChoice::All => (-1, Vec::new()),
            GpuChoice::Count(count) => (i64::from(*count), Vec::new()),
            GpuChoice::Devices(ids) => (0, ids.iter().map(shared::run::Item::as_str).collect()),
        };
        let mut capabilities: Vec<&str> = gpu.capabilities.iter().map(shared::run::Item::as_str).collect();
        capabilities.push("gpu");
        DeviceRequest {
            driver: or_empty(gpu.driver.as_ref()),
            count,
            device_ids,
            capabilities: vec![capabilities],
            options: Some(map(&gpu.options)),
        }
    });
    let named: Vec<&str> = devices
        .devices
        .iter()
        .filter_map(|device| match device {
            Device::Cdi { name } => Some(name.as_str()),
            Device::Path { .. } => None,
        })
        .collect();
    let cdi = (!named.is_empty()).then(|| DeviceRequest {
        driver: "cdi",
        count: 0,
        device_ids: named,
        capabilities: Vec::new(),
        options: None,
    });
    gpus.chain(cdi).collect()
}
