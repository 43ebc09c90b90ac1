//! Which fields of a spec reach beyond the container, so that only who holds host access may send them.
//!
//! An allow-list: each structure is taken apart without `..`, so that a new field must be judged before it
//! compiles, and of open sets (log drivers, their options, options of `tmpfs`) only what is known to be
//! harmless passes. The server refuses by this list, the form marks by it.

use super::{
    CgroupnsMode, Device, Devices, Field, General, HealthSpec, HostAddress, IpcMode, Isolation, KeyValue,
    Logging, MountKind, MountSpec, Network, PidMode, Place, Process, PublishedPort, Resources, RunSpec,
    SeccompProfile, Security, SecurityOption, Size, Storage, Tmpfs, Volume, VolumeName, VolumeOption,
};

/// How a field reaches beyond the container.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// All rights of the host.
    Privileged,
    /// A capability is added.
    Capability(String),
    /// A folder or file of the host is shown.
    HostPath(String),
    /// The engine's own socket is shown: whoever holds it commands the engine.
    EngineSocket(String),
    /// Mounts spread between host and container.
    Propagation,
    /// A volume is stored by a driver with options: these can name any place.
    VolumeDriver,
    /// A mount of another kind: a pipe of the host, a volume of the cluster.
    ForeignMount,
    /// The files of an image, which may be somebody's own.
    ImageFiles,
    /// The volumes of another container.
    VolumesOfOther(String),
    /// A folder in memory takes more than its share, or has unusual options.
    Memory,
    /// The host's namespace.
    HostNamespace,
    /// The namespace of another container.
    OtherNamespace(String),
    /// A network that is not one by name.
    UnknownNetwork(String),
    /// What a network's driver is told.
    NetworkDriver,
    /// A port that only root may use.
    LowPort(u16),
    /// A certain address of the host.
    HostAddress,
    /// Ports that nobody has chosen.
    AllPorts,
    /// The engine itself asks these servers.
    NameServers,
    /// The host by a name.
    HostGateway,
    /// Another container's ports and variables.
    Link(String),
    /// Another group of the host.
    Group(String),
    /// Protection is taken away or replaced.
    Protection(String),
    /// A device of the host.
    Device(String),
    /// The host's hierarchy of control groups.
    CgroupParent,
    /// Another runtime.
    Runtime,
    /// Settings of the kernel.
    Kernel(String),
    /// What the runtime is told.
    Annotation(String),
    /// Time, memory or processors are taken from others.
    Resources,
    /// Where the engine sends or keeps the log.
    Log(String),
    /// What the storage driver is told.
    StorageDriver,
}

/// One field that needs host access, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostNeed {
    /// Which.
    pub place: Place,
    /// Why.
    pub reason: Reason,
}

/// Bytes that a folder in memory may have: more starves the host.
const MEMORY_MODERATE: u64 = 1 << 30;
/// Log drivers that keep the log inside the engine's own folder.
const LOG_DRIVERS: &[&str] = &["", "json-file", "local", "none"];
/// Their options that only shape the log.
const LOG_OPTIONS: &[&str] = &[
    "max-size",
    "max-file",
    "compress",
    "labels",
    "labels-regex",
    "env",
    "env-regex",
    "tag",
    "mode",
    "max-buffer-size",
];
/// Options of `tmpfs` that take nothing from the host.
const TMPFS_OPTIONS: &[&str] = &["rw", "ro", "noexec", "exec", "nosuid", "nodev", "noatime"];
/// The same, with a value.
const TMPFS_PAIRS: &[&str] = &["mode", "uid", "gid", "nr_inodes"];

/// The fields of a spec that need host access, in the spec's order; empty for what anybody may run who may
/// create containers.
#[must_use]
pub fn host_needs(spec: &RunSpec) -> Vec<HostNeed> {
    let RunSpec {
        image: _,
        command: _,
        general,
        process,
        network,
        storage,
        resources,
        health,
        security,
        devices,
        logging,
    } = spec;
    let mut found = Found(Vec::new());
    found.general(general);
    found.process(process);
    found.network(network);
    found.storage(storage);
    found.resources(resources);
    found.health(health);
    found.security(security);
    found.devices(devices);
    found.logging(logging);
    found.0
}

struct Found(Vec<HostNeed>);

impl Found {
    fn add(&mut self, place: impl Into<Place>, reason: Reason) {
        self.0.push(HostNeed { place: place.into(), reason });
    }

    fn add_if(&mut self, needed: bool, field: Field, reason: Reason) {
        if needed {
            self.add(field, reason);
        }
    }

    /// Each of the list, for its reason.
    fn each<T>(&mut self, field: Field, list: &[T], reason: impl Fn(&T) -> Option<Reason>) {
        for (index, item) in list.iter().enumerate() {
            if let Some(reason) = reason(item) {
                self.add(field.at(index), reason);
            }
        }
    }

    fn general(&mut self, general: &General) {
        let General {
            name: _,
            platform: _,
            pull: _,
            labels: _,
            annotations,
            detach: _,
            auto_remove: _,
            interactive: _,
            tty: _,
            attach: _,
            restart: _,
            stop_signal: _,
            stop_timeout_seconds: _,
            init: _,
        } = general;
        self.each(Field::Annotations, annotations, |pair| Some(Reason::Annotation(pair.name.to_string())));
    }

    fn process(&mut self, process: &Process) {
        let Process { entrypoint: _, workdir: _, user: _, group_add, env: _ } = process;
        self.each(Field::GroupAdd, group_add, |group| Some(Reason::Group(group.clone())));
    }

    fn network(&mut self, network: &Network) {
        let Network {
            hostname: _,
            domainname: _,
            networks,
            ports,
            publish_all,
            expose: _,
            dns,
            dns_search: _,
            dns_options: _,
            extra_hosts,
            links,
        } = network;
        self.each(Field::Networks, networks, |network| {
            network_mode(network.name.as_str())
                .or_else(|| (!network.driver_options.is_empty()).then_some(Reason::NetworkDriver))
        });
        self.each(Field::Ports, ports, port);
        self.add_if(*publish_all, Field::PublishAll, Reason::AllPorts);
        self.each(Field::Dns, dns, |_| Some(Reason::NameServers));
        self.each(Field::ExtraHosts, extra_hosts, |host| {
            (host.address == HostAddress::HostGateway).then_some(Reason::HostGateway)
        });
        self.each(Field::Links, links, |link| Some(Reason::Link(link.container.to_string())));
    }

    fn storage(&mut self, storage: &Storage) {
        let Storage { volumes, mounts, tmpfs, volumes_from, volume_driver, storage_options, read_only: _ } =
            storage;
        self.each(Field::Volumes, volumes, volume);
        self.each(Field::Mounts, mounts, mount);
        self.each(Field::Tmpfs, tmpfs, |tmpfs| (!is_moderate(tmpfs)).then_some(Reason::Memory));
        self.each(Field::VolumesFrom, volumes_from, |from| {
            Some(Reason::VolumesOfOther(from.container.to_string()))
        });
        self.add_if(volume_driver.is_some(), Field::VolumeDriver, Reason::VolumeDriver);
        self.each(Field::StorageOptions, storage_options, |_| Some(Reason::StorageDriver));
    }

    fn resources(&mut self, resources: &Resources) {
        let Resources {
            memory: _,
            memory_reservation: _,
            memory_swap: _,
            memory_swappiness: _,
            kernel_memory: _,
            shm_size,
            oom_kill_disable,
            oom_score_adj,
            cpus: _,
            cpu_shares: _,
            cpu_period: _,
            cpu_quota: _,
            cpu_rt_period,
            cpu_rt_runtime,
            cpuset_cpus,
            cpuset_mems,
            pids_limit,
            ulimits,
            blkio_weight: _,
            blkio_weight_device,
            device_read_bps,
            device_write_bps,
            device_read_iops,
            device_write_iops,
            cpu_count: _,
            cpu_percent: _,
            io_maxbandwidth: _,
            io_maxiops: _,
        } = resources;
        let large = |size: &Option<Size>| size.is_some_and(|size| size.bytes() > MEMORY_MODERATE);
        let mine = || Reason::Resources;
        self.add_if(large(shm_size), Field::ShmSize, Reason::Memory);
        self.add_if(*oom_kill_disable, Field::OomKillDisable, mine());
        self.add_if(oom_score_adj.is_some_and(|score| score < 0), Field::OomScoreAdj, mine());
        self.add_if(cpu_rt_period.is_some(), Field::CpuRtPeriod, mine());
        self.add_if(cpu_rt_runtime.is_some(), Field::CpuRtRuntime, mine());
        self.add_if(cpuset_cpus.is_some(), Field::CpusetCpus, mine());
        self.add_if(cpuset_mems.is_some(), Field::CpusetMems, mine());
        self.add_if(pids_limit.is_some_and(|limit| limit <= 0), Field::PidsLimit, mine());
        self.each(Field::Ulimits, ulimits, |_| Some(Reason::Resources));
        let device = |path: &super::DevicePath| Some(Reason::Device(path.to_string()));
        self.each(Field::BlkioWeightDevice, blkio_weight_device, |item| device(&item.device));
        self.each(Field::DeviceReadBps, device_read_bps, |item| device(&item.device));
        self.each(Field::DeviceWriteBps, device_write_bps, |item| device(&item.device));
        self.each(Field::DeviceReadIops, device_read_iops, |item| device(&item.device));
        self.each(Field::DeviceWriteIops, device_write_iops, |item| device(&item.device));
    }

    /// The check runs inside the container: nothing of it reaches out.
    #[expect(clippy::unused_self, reason = "taken apart like the others, so that a new field is judged")]
    fn health(&mut self, health: &HealthSpec) {
        let HealthSpec {
            disabled: _,
            command: _,
            interval: _,
            timeout: _,
            start_period: _,
            start_interval: _,
            retries: _,
        } = health;
    }

    fn security(&mut self, security: &Security) {
        let Security {
            privileged,
            cap_add,
            cap_drop: _,
            options,
            userns,
            pid,
            ipc,
            uts,
            cgroupns,
            cgroup_parent,
            runtime,
            isolation,
            sysctls,
        } = security;
        self.add_if(*privileged, Field::Privileged, Reason::Privileged);
        self.each(Field::CapAdd, cap_add, |name| Some(Reason::Capability(name.to_string())));
        self.each(Field::SecurityOptions, options, |option| {
            (!only_protects(option)).then(|| Reason::Protection(option.to_string()))
        });
        self.add_if(userns.is_some(), Field::Userns, Reason::HostNamespace);
        match pid {
            Some(PidMode::Host) => self.add(Field::Pid, Reason::HostNamespace),
            Some(PidMode::Container(name)) => self.add(Field::Pid, Reason::OtherNamespace(name.to_string())),
            None => {}
        }
        match ipc {
            Some(IpcMode::Host) => self.add(Field::Ipc, Reason::HostNamespace),
            Some(IpcMode::Container(name)) => self.add(Field::Ipc, Reason::OtherNamespace(name.to_string())),
            Some(IpcMode::None | IpcMode::Private | IpcMode::Shareable) | None => {}
        }
        self.add_if(uts.is_some(), Field::Uts, Reason::HostNamespace);
        self.add_if(*cgroupns == Some(CgroupnsMode::Host), Field::Cgroupns, Reason::HostNamespace);
        self.add_if(cgroup_parent.is_some(), Field::CgroupParent, Reason::CgroupParent);
        self.add_if(runtime.is_some(), Field::Runtime, Reason::Runtime);
        let apart = matches!(isolation, None | Some(Isolation::Default | Isolation::Hyperv));
        self.add_if(!apart, Field::Isolation, Reason::Protection("isolation".to_owned()));
        self.each(Field::Sysctls, sysctls, |pair| Some(Reason::Kernel(pair.name.to_string())));
    }

    fn devices(&mut self, given: &Devices) {
        let Devices { devices, cgroup_rules, gpus } = given;
        self.each(Field::Devices, devices, |device| {
            Some(Reason::Device(match device {
                Device::Path { host, .. } => host.to_string(),
                Device::Cdi { name } => name.to_string(),
            }))
        });
        self.each(Field::DeviceCgroupRules, cgroup_rules, |rule| Some(Reason::Device(rule.to_string())));
        self.each(Field::Gpus, gpus, |gpu| Some(Reason::Device(gpu.to_string())));
    }

    fn logging(&mut self, logging: &Logging) {
        let Logging { driver, options } = logging;
        if let Some(driver) = driver.as_deref().filter(|driver| !LOG_DRIVERS.contains(driver)) {
            self.add(Field::LogDriver, Reason::Log(driver.to_owned()));
        }
        self.each(Field::LogOptions, options, |KeyValue { name, .. }| {
            (!LOG_OPTIONS.contains(&name.as_str())).then(|| Reason::Log(name.to_string()))
        });
    }
}

fn network_mode(name: &str) -> Option<Reason> {
    match name {
        "host" => Some(Reason::HostNamespace),
        _ => match name.strip_prefix("container:") {
            Some(other) => Some(Reason::OtherNamespace(other.to_owned())),
            None if is_network_by_name(name) => None,
            // `ns:/proc/1/ns/net` and what other engines have.
            None => Some(Reason::UnknownNetwork(name.to_owned())),
        },
    }
}

/// Whether it is a network's name or id, and not a path or another word of an engine's.
#[must_use]
pub fn is_network_by_name(name: &str) -> bool {
    name.parse::<VolumeName>().is_ok()
}

/// Whether a security option as the engine tells it only adds protection, or leaves what there is.
#[must_use]
pub fn is_protecting_option(option: &str) -> bool {
    matches!(
        option.replace(':', "=").as_str(),
        "no-new-privileges" | "no-new-privileges=true" | "writable-cgroups=false"
    )
}

fn port(port: &PublishedPort) -> Option<Reason> {
    if port.host_ip.is_some_and(|address| !address.is_unspecified()) {
        return Some(Reason::HostAddress);
    }
    let first = port.host?.first();
    (first < 1024 && port.host?.last() > 0).then_some(Reason::LowPort(first))
}

fn volume(volume: &Volume) -> Option<Reason> {
    match volume {
        Volume::Anonymous { target: _ } => None,
        Volume::Named { volume: _, target: _, options } => spreads(options).then_some(Reason::Propagation),
        Volume::Host { path, target: _, options: _ } => Some(host_path(path.as_str())),
    }
}

fn spreads(options: &[VolumeOption]) -> bool {
    options.iter().any(|option| match option {
        VolumeOption::PropagationShared
        | VolumeOption::PropagationSlave
        | VolumeOption::PropagationPrivate
        | VolumeOption::PropagationRshared
        | VolumeOption::PropagationRslave
        | VolumeOption::PropagationRprivate => true,
        VolumeOption::ReadWrite
        | VolumeOption::ReadOnly
        | VolumeOption::Shared
        | VolumeOption::Unshared
        | VolumeOption::NoCopy
        | VolumeOption::Consistent
        | VolumeOption::Cached
        | VolumeOption::Delegated => false,
    })
}

fn host_path(path: &str) -> Reason {
    let socket = ["docker.sock", "podman.sock", "containerd.sock"].iter().any(|name| path.ends_with(name));
    if socket { Reason::EngineSocket(path.to_owned()) } else { Reason::HostPath(path.to_owned()) }
}

fn mount(mount: &MountSpec) -> Option<Reason> {
    let MountSpec { target: _, kind, read_only: _, consistency: _ } = mount;
    match kind {
        MountKind::Volume { source, subpath: _, no_copy: _, labels: _, driver, driver_options } => {
            let by_name =
                source.as_ref().is_none_or(|name| name.is_empty() || name.parse::<VolumeName>().is_ok());
            if driver.is_some() || !driver_options.is_empty() {
                Some(Reason::VolumeDriver)
            } else if by_name {
                None
            } else {
                source.as_deref().map(host_path)
            }
        }
        MountKind::Bind { source, propagation: _, recursive: _ } => {
            Some(host_path(source.as_deref().unwrap_or_default()))
        }
        MountKind::Tmpfs { size, mode: _ } => {
            size.is_some_and(|size| size.bytes() > MEMORY_MODERATE).then_some(Reason::Memory)
        }
        MountKind::Image { source: _, subpath: _ } => Some(Reason::ImageFiles),
        MountKind::Npipe { source: _ } | MountKind::Cluster { source: _ } => Some(Reason::ForeignMount),
    }
}

fn is_moderate(tmpfs: &Tmpfs) -> bool {
    tmpfs.options.iter().all(|option| match option.as_str().split_once('=') {
        None => TMPFS_OPTIONS.contains(&option.as_str()),
        Some(("size", size)) => size.parse::<Size>().is_ok_and(|size| size.bytes() <= MEMORY_MODERATE),
        Some((name, _)) => TMPFS_PAIRS.contains(&name),
    })
}

/// Whether an option only adds protection, or leaves what there is.
fn only_protects(option: &SecurityOption) -> bool {
    match option {
        SecurityOption::NoNewPrivileges(on) => *on,
        SecurityOption::WritableCgroups(on) => !*on,
        // The built-in filter too may be weaker than the one that the engine was given.
        SecurityOption::Seccomp(SeccompProfile::Builtin | SeccompProfile::Unconfined)
        | SecurityOption::Apparmor(_)
        | SecurityOption::Label(_)
        | SecurityOption::UnmaskedPaths => false,
    }
}

#[cfg(test)]
#[path = "host_access_tests.rs"]
mod tests;
