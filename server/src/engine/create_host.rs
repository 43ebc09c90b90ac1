//! The part of a new container's document that concerns the host: mounts, ports, limits, rights.

use std::collections::BTreeMap;

use serde::Serialize;
use shared::run::{
    BindRecursive, Capability, Device, DeviceOperations, DeviceRate, DeviceWeight, Devices, GpuChoice,
    Logging, MountKind, MountSpec, Network, PublishedPort, Resources, Restart, RunSpec, SecurityOption, Size,
    SwapLimit, Ulimit,
};

use super::{
    EngineError,
    create_body::{Dialect, map, or_empty},
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
struct Limits<'a> {
    memory: i64,
    memory_reservation: i64,
    memory_swap: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_swappiness: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kernel_memory: Option<i64>,
    oom_kill_disable: bool,
    nano_cpus: i64,
    cpu_shares: i64,
    cpu_period: i64,
    cpu_quota: i64,
    cpu_realtime_period: i64,
    cpu_realtime_runtime: i64,
    cpuset_cpus: &'a str,
    cpuset_mems: &'a str,
    cgroup_parent: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pids_limit: Option<i64>,
    ulimits: Vec<UlimitEntry>,
    blkio_weight: u16,
    blkio_weight_device: Vec<WeightDevice<'a>>,
    blkio_device_read_bps: Vec<ThrottleDevice<'a>>,
    blkio_device_write_bps: Vec<ThrottleDevice<'a>>,
    #[serde(rename = "BlkioDeviceReadIOps")]
    blkio_device_read_iops: Vec<ThrottleDevice<'a>>,
    #[serde(rename = "BlkioDeviceWriteIOps")]
    blkio_device_write_iops: Vec<ThrottleDevice<'a>>,
    cpu_count: i64,
    cpu_percent: i64,
    #[serde(rename = "IOMaximumIOps")]
    io_maximum_iops: u64,
    #[serde(rename = "IOMaximumBandwidth")]
    io_maximum_bandwidth: u64,
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

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UlimitEntry {
    name: &'static str,
    soft: i64,
    hard: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct WeightDevice<'a> {
    path: &'a str,
    weight: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ThrottleDevice<'a> {
    path: &'a str,
    rate: u64,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MountPoint<'a> {
    #[serde(rename = "Type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    source: &'a str,
    target: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    read_only: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    consistency: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    bind_options: Option<BindOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    volume_options: Option<VolumeOptions<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tmpfs_options: Option<TmpfsOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_options: Option<ImageOptions<'a>>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct BindOptions {
    #[serde(skip_serializing_if = "str::is_empty")]
    propagation: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    non_recursive: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    read_only_non_recursive: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    read_only_force_recursive: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct VolumeOptions<'a> {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    no_copy: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    subpath: &'a str,
    driver_config: DriverConfig<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DriverConfig<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    options: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TmpfsOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    size_bytes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ImageOptions<'a> {
    subpath: &'a str,
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

fn bytes(size: Option<Size>) -> i64 {
    size.map_or(0, Size::signed)
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

fn mount_point(mount: &MountSpec, dialect: Dialect) -> Result<MountPoint<'_>, EngineError> {
    let mut point = MountPoint {
        target: &mount.target,
        read_only: mount.read_only,
        consistency: mount.consistency.map_or("", shared::run::Consistency::as_str),
        ..MountPoint::default()
    };
    match &mount.kind {
        MountKind::Volume { source, subpath, no_copy, labels, driver, driver_options } => {
            dialect.since(45, subpath.is_some(), "a folder inside a volume")?;
            point.kind = "volume";
            point.source = or_empty(source.as_ref());
            let options = *no_copy
                || subpath.is_some()
                || !labels.is_empty()
                || driver.is_some()
                || !driver_options.is_empty();
            point.volume_options = options.then(|| VolumeOptions {
                no_copy: *no_copy,
                labels: map(labels),
                subpath: or_empty(subpath.as_ref()),
                driver_config: DriverConfig { name: or_empty(driver.as_ref()), options: map(driver_options) },
            });
        }
        MountKind::Bind { source, propagation, recursive } => {
            let strict = *recursive == Some(BindRecursive::Readonly);
            dialect.since(44, strict, "protection of mounts below a read-only one")?;
            point.kind = "bind";
            point.source = or_empty(source.as_ref());
            point.bind_options = (propagation.is_some() || recursive.is_some()).then(|| BindOptions {
                propagation: propagation.map_or("", shared::run::Propagation::as_str),
                non_recursive: *recursive == Some(BindRecursive::Disabled),
                // Older engines leave mounts below writable anyway.
                read_only_non_recursive: *recursive == Some(BindRecursive::Writable) && dialect.minor >= 44,
                read_only_force_recursive: *recursive == Some(BindRecursive::Readonly),
            });
        }
        MountKind::Tmpfs { size, mode } => {
            point.kind = "tmpfs";
            point.tmpfs_options = (size.is_some() || mode.is_some())
                .then(|| TmpfsOptions { size_bytes: size.map(Size::signed), mode: *mode });
        }
        MountKind::Image { source, subpath } => {
            dialect.since(48, true, "a mount of an image")?;
            point.kind = "image";
            point.source = or_empty(source.as_ref());
            point.image_options = subpath.as_deref().map(|subpath| ImageOptions { subpath });
        }
        MountKind::Npipe { source } => {
            point.kind = "npipe";
            point.source = or_empty(source.as_ref());
        }
        MountKind::Cluster { source } => {
            dialect.since(42, true, "a volume of the cluster")?;
            point.kind = "cluster";
            point.source = or_empty(source.as_ref());
        }
    }
    Ok(point)
}

fn limits<'a>(resources: &'a Resources, cgroup_parent: &'a str) -> Limits<'a> {
    Limits {
        memory: bytes(resources.memory),
        memory_reservation: bytes(resources.memory_reservation),
        memory_swap: match resources.memory_swap {
            None => 0,
            Some(SwapLimit::Unlimited) => -1,
            Some(SwapLimit::Bytes(size)) => size.signed(),
        },
        memory_swappiness: resources.memory_swappiness,
        kernel_memory: resources.kernel_memory.map(Size::signed),
        oom_kill_disable: resources.oom_kill_disable,
        nano_cpus: resources.cpus.map_or(0, shared::run::NanoCpus::signed),
        cpu_shares: resources.cpu_shares.unwrap_or(0),
        cpu_period: resources.cpu_period.unwrap_or(0),
        cpu_quota: resources.cpu_quota.unwrap_or(0),
        cpu_realtime_period: resources.cpu_rt_period.unwrap_or(0),
        cpu_realtime_runtime: resources.cpu_rt_runtime.unwrap_or(0),
        cpuset_cpus: or_empty(resources.cpuset_cpus.as_ref()),
        cpuset_mems: or_empty(resources.cpuset_mems.as_ref()),
        cgroup_parent,
        pids_limit: resources.pids_limit,
        ulimits: resources.ulimits.iter().map(ulimit).collect(),
        blkio_weight: resources.blkio_weight.unwrap_or(0),
        blkio_weight_device: resources.blkio_weight_device.iter().map(weight).collect(),
        blkio_device_read_bps: resources.device_read_bps.iter().map(rate).collect(),
        blkio_device_write_bps: resources.device_write_bps.iter().map(rate).collect(),
        blkio_device_read_iops: resources.device_read_iops.iter().map(operations).collect(),
        blkio_device_write_iops: resources.device_write_iops.iter().map(operations).collect(),
        cpu_count: resources.cpu_count.unwrap_or(0),
        cpu_percent: resources.cpu_percent.unwrap_or(0),
        io_maximum_iops: resources.io_maxiops.unwrap_or(0),
        io_maximum_bandwidth: resources.io_maxbandwidth.map_or(0, Size::bytes),
    }
}

fn ulimit(limit: &Ulimit) -> UlimitEntry {
    UlimitEntry { name: limit.name.as_str(), soft: limit.soft, hard: limit.hard.unwrap_or(limit.soft) }
}

fn weight(device: &DeviceWeight) -> WeightDevice<'_> {
    WeightDevice { path: device.device.as_str(), weight: device.weight }
}

fn rate(device: &DeviceRate) -> ThrottleDevice<'_> {
    ThrottleDevice { path: device.device.as_str(), rate: device.rate.bytes() }
}

fn operations(device: &DeviceOperations) -> ThrottleDevice<'_> {
    ThrottleDevice { path: device.device.as_str(), rate: device.rate }
}
