//! What `docker run` can be told, in one structure.
//!
//! Every option of the command line has its field here, and nothing else has: lists keep their order, so
//! that what is given twice can be seen and refused. Any value that the types allow can be printed as a
//! command line and read back (`print`, `parse`).

use serde::{Deserialize, Serialize};

use super::{
    amounts::{NanoCpus, Nanos, Size, SwapLimit},
    devices::{Device, DeviceOperations, DeviceRate, DeviceWeight, GpuRequest, Ulimit},
    modes::{
        AttachStream, CgroupnsMode, HostMode, IpcMode, Isolation, PidMode, PullPolicy, Restart,
        SecurityOption,
    },
    network::{ExtraHost, JoinedNetwork, Link},
    ports::{ExposedPort, PublishedPort},
    storage::{MountSpec, Tmpfs, Volume, VolumesFrom},
    values::{Capability, DeviceCgroupRule, KeyValue, Label},
};

pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Declares sections whose fields may all be left out.
macro_rules! sections {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $ty:ty),* $(,)? })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            #[serde(default, deny_unknown_fields)]
            pub struct $name {
                $(
                    $(#[$field_doc])*
                    #[serde(skip_serializing_if = "is_default")]
                    pub $field: $ty
                ),*
            }
        )*
    };
}

/// A container to be made: what `docker run` can be told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RunSpec {
    /// The image's name, tag or digest, or its id.
    pub image: String,
    /// The command and its arguments, as words; empty for the image's own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub command: Vec<String>,
    /// Name, image, life.
    #[serde(default, skip_serializing_if = "is_default")]
    pub general: General,
    /// What runs inside, and as whom.
    #[serde(default, skip_serializing_if = "is_default")]
    pub process: Process,
    /// Ports and networks.
    #[serde(default, skip_serializing_if = "is_default")]
    pub network: Network,
    /// Volumes and the root file system.
    #[serde(default, skip_serializing_if = "is_default")]
    pub storage: Storage,
    /// Limits.
    #[serde(default, skip_serializing_if = "is_default")]
    pub resources: Resources,
    /// The health check.
    #[serde(default, skip_serializing_if = "is_default")]
    pub health: HealthSpec,
    /// Rights and namespaces.
    #[serde(default, skip_serializing_if = "is_default")]
    pub security: Security,
    /// Devices.
    #[serde(default, skip_serializing_if = "is_default")]
    pub devices: Devices,
    /// The log.
    #[serde(default, skip_serializing_if = "is_default")]
    pub logging: Logging,
}

sections! {
    /// Name, image, life.
    General {
        /// The container's name; absent for one that the engine makes up.
        name: Option<String>,
        /// Which of the image's platforms: `linux/arm64`.
        platform: Option<String>,
        /// Whether the image is fetched first.
        pull: Option<PullPolicy>,
        /// Labels.
        labels: Vec<Label>,
        /// What the runtime is told beside.
        annotations: Vec<KeyValue>,
        /// Not attached: it runs in the background.
        detach: bool,
        /// Removed when it ends, with its anonymous volumes.
        auto_remove: bool,
        /// Its input stays open.
        interactive: bool,
        /// It gets a terminal.
        tty: bool,
        /// The streams that are attached; empty for output and errors.
        attach: Vec<AttachStream>,
        /// When the engine starts it again.
        restart: Restart,
        /// The signal that asks it to end.
        stop_signal: Option<String>,
        /// Seconds until it is killed; -1 for never.
        stop_timeout_seconds: Option<i64>,
        /// Whether a small init runs as the first process.
        init: Option<bool>,
    }
    /// What runs inside, and as whom.
    Process {
        /// Instead of the image's entrypoint; empty for none.
        entrypoint: Option<String>,
        /// The folder it starts in.
        workdir: Option<String>,
        /// `user[:group]`, by name or number.
        user: Option<String>,
        /// Further groups.
        group_add: Vec<String>,
        /// Variables.
        env: Vec<KeyValue>,
    }
    /// Ports and networks.
    Network {
        /// The name it has for itself.
        hostname: Option<String>,
        /// The domain it has for itself.
        domainname: Option<String>,
        /// Its networks, the main one first; empty for the default one.
        networks: Vec<JoinedNetwork>,
        /// Ports that the host passes on.
        ports: Vec<PublishedPort>,
        /// All exposed ports on free ports of the host.
        publish_all: bool,
        /// Ports it is said to listen on.
        expose: Vec<ExposedPort>,
        /// Servers that are asked for names.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
        dns: Vec<std::net::IpAddr>,
        /// Domains that are tried.
        dns_search: Vec<String>,
        /// Options of the resolver.
        dns_options: Vec<String>,
        /// Further lines in its list of hosts.
        extra_hosts: Vec<ExtraHost>,
        /// Other containers, as before there were networks.
        links: Vec<Link>,
    }
    /// Volumes and the root file system.
    Storage {
        /// `-v`.
        volumes: Vec<Volume>,
        /// `--mount`.
        mounts: Vec<MountSpec>,
        /// `--tmpfs`.
        tmpfs: Vec<Tmpfs>,
        /// The volumes of other containers.
        volumes_from: Vec<VolumesFrom>,
        /// Who stores new volumes of `-v`.
        volume_driver: Option<String>,
        /// What the storage driver is told.
        storage_options: Vec<KeyValue>,
        /// Its own files cannot be written.
        read_only: bool,
    }
    /// Limits.
    Resources {
        /// Memory.
        memory: Option<Size>,
        /// Memory it should keep to when the host runs out.
        memory_reservation: Option<Size>,
        /// Memory and swap.
        memory_swap: Option<SwapLimit>,
        /// How readily memory is swapped, 0 to 100; -1 for the host's own.
        memory_swappiness: Option<i64>,
        /// Memory of the kernel, on old engines.
        kernel_memory: Option<Size>,
        /// The size of `/dev/shm`.
        shm_size: Option<Size>,
        /// Not killed when memory runs out.
        oom_kill_disable: bool,
        /// How readily it is killed then, -1000 to 1000.
        oom_score_adj: Option<i64>,
        /// Processors.
        cpus: Option<NanoCpus>,
        /// Its share where processors are short; 1024 is usual.
        cpu_shares: Option<i64>,
        /// Microseconds of a period.
        cpu_period: Option<i64>,
        /// Microseconds of processor in a period.
        cpu_quota: Option<i64>,
        /// Microseconds of a real-time period.
        cpu_rt_period: Option<i64>,
        /// Microseconds of real-time processor in a period.
        cpu_rt_runtime: Option<i64>,
        /// Which processors: `0-3`, `0,1`.
        cpuset_cpus: Option<String>,
        /// Which memory nodes.
        cpuset_mems: Option<String>,
        /// Processes at most; -1 for no limit.
        pids_limit: Option<i64>,
        /// Limits of each process.
        ulimits: Vec<Ulimit>,
        /// Its share of reading and writing, 10 to 1000.
        blkio_weight: Option<u16>,
        /// The same for one device.
        blkio_weight_device: Vec<DeviceWeight>,
        /// Bytes a second read.
        device_read_bps: Vec<DeviceRate>,
        /// Bytes a second written.
        device_write_bps: Vec<DeviceRate>,
        /// Reads a second.
        device_read_iops: Vec<DeviceOperations>,
        /// Writes a second.
        device_write_iops: Vec<DeviceOperations>,
        /// Processors, on Windows.
        cpu_count: Option<i64>,
        /// Per cent of processor, on Windows.
        cpu_percent: Option<i64>,
        /// Bytes a second, on Windows.
        io_maxbandwidth: Option<Size>,
        /// Operations a second, on Windows.
        io_maxiops: Option<u64>,
    }
    /// The health check.
    HealthSpec {
        /// The image's own is switched off.
        disabled: bool,
        /// The command, for a shell.
        command: Option<String>,
        /// Between two checks.
        interval: Option<Nanos>,
        /// How long one may take.
        timeout: Option<Nanos>,
        /// Failures before this has passed do not count.
        start_period: Option<Nanos>,
        /// Between two checks in that time.
        start_interval: Option<Nanos>,
        /// Failures in a row that make it unhealthy.
        retries: Option<i64>,
    }
    /// Rights and namespaces.
    Security {
        /// All rights of the host.
        privileged: bool,
        /// Capabilities it gets.
        cap_add: Vec<Capability>,
        /// Capabilities it loses.
        cap_drop: Vec<Capability>,
        /// Changes to the engine's protection.
        options: Vec<SecurityOption>,
        /// Whose users and numbers it has.
        userns: Option<HostMode>,
        /// Whose processes it sees.
        pid: Option<PidMode>,
        /// Whose shared memory it sees.
        ipc: Option<IpcMode>,
        /// Whose host name it has.
        uts: Option<HostMode>,
        /// Whose control groups it sees.
        cgroupns: Option<CgroupnsMode>,
        /// The group in the host's hierarchy.
        cgroup_parent: Option<String>,
        /// Who starts it.
        runtime: Option<String>,
        /// What keeps it apart, on Windows.
        isolation: Option<Isolation>,
        /// Settings of the kernel.
        sysctls: Vec<KeyValue>,
    }
    /// Devices.
    Devices {
        /// Devices it gets.
        devices: Vec<Device>,
        /// Devices it may use.
        cgroup_rules: Vec<DeviceCgroupRule>,
        /// Graphics cards.
        gpus: Vec<GpuRequest>,
    }
    /// The log.
    Logging {
        /// Who keeps it; absent for the engine's own choice.
        driver: Option<String>,
        /// What that driver is told.
        options: Vec<KeyValue>,
    }
}
