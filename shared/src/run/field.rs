//! The names of a spec's fields: what a finding, a refusal and the form speak about.

/// Declares the fields with the path they have in the JSON body.
macro_rules! fields {
    ($($name:ident = $path:literal),* $(,)?) => {
        /// One field of a [`RunSpec`](super::RunSpec).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Field {
            $(#[doc = concat!("`", $path, "`")] $name),*
        }

        impl Field {
            /// All of them, in the spec's order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its path in the JSON body: `network.ports`.
            #[must_use]
            pub fn path(self) -> &'static str {
                match self { $(Self::$name => $path),* }
            }
        }
    };
}

fields! {
    Image = "image", Command = "command",
    Name = "general.name", Platform = "general.platform", Pull = "general.pull", Labels = "general.labels",
    Annotations = "general.annotations", Detach = "general.detach", AutoRemove = "general.auto_remove",
    Interactive = "general.interactive", Tty = "general.tty", Attach = "general.attach",
    Restart = "general.restart", StopSignal = "general.stop_signal",
    StopTimeout = "general.stop_timeout_seconds", Init = "general.init",
    Entrypoint = "process.entrypoint", Workdir = "process.workdir", User = "process.user",
    GroupAdd = "process.group_add", Env = "process.env",
    Hostname = "network.hostname", Domainname = "network.domainname", Networks = "network.networks",
    Ports = "network.ports", PublishAll = "network.publish_all", Expose = "network.expose",
    Dns = "network.dns", DnsSearch = "network.dns_search", DnsOptions = "network.dns_options",
    ExtraHosts = "network.extra_hosts", Links = "network.links",
    Volumes = "storage.volumes", Mounts = "storage.mounts", Tmpfs = "storage.tmpfs",
    VolumesFrom = "storage.volumes_from", VolumeDriver = "storage.volume_driver",
    StorageOptions = "storage.storage_options", ReadOnly = "storage.read_only",
    Memory = "resources.memory", MemoryReservation = "resources.memory_reservation",
    MemorySwap = "resources.memory_swap", MemorySwappiness = "resources.memory_swappiness",
    KernelMemory = "resources.kernel_memory", ShmSize = "resources.shm_size",
    OomKillDisable = "resources.oom_kill_disable", OomScoreAdj = "resources.oom_score_adj",
    Cpus = "resources.cpus", CpuShares = "resources.cpu_shares", CpuPeriod = "resources.cpu_period",
    CpuQuota = "resources.cpu_quota", CpuRtPeriod = "resources.cpu_rt_period",
    CpuRtRuntime = "resources.cpu_rt_runtime", CpusetCpus = "resources.cpuset_cpus",
    CpusetMems = "resources.cpuset_mems", PidsLimit = "resources.pids_limit",
    Ulimits = "resources.ulimits", BlkioWeight = "resources.blkio_weight",
    BlkioWeightDevice = "resources.blkio_weight_device", DeviceReadBps = "resources.device_read_bps",
    DeviceWriteBps = "resources.device_write_bps", DeviceReadIops = "resources.device_read_iops",
    DeviceWriteIops = "resources.device_write_iops", CpuCount = "resources.cpu_count",
    CpuPercent = "resources.cpu_percent", IoMaxbandwidth = "resources.io_maxbandwidth",
    IoMaxiops = "resources.io_maxiops",
    HealthDisabled = "health.disabled", HealthCommand = "health.command",
    HealthInterval = "health.interval", HealthTimeout = "health.timeout",
    HealthStartPeriod = "health.start_period", HealthStartInterval = "health.start_interval",
    HealthRetries = "health.retries",
    Privileged = "security.privileged", CapAdd = "security.cap_add", CapDrop = "security.cap_drop",
    SecurityOptions = "security.options", Userns = "security.userns", Pid = "security.pid",
    Ipc = "security.ipc", Uts = "security.uts", Cgroupns = "security.cgroupns",
    CgroupParent = "security.cgroup_parent", Runtime = "security.runtime",
    Isolation = "security.isolation", Sysctls = "security.sysctls",
    Devices = "devices.devices", DeviceCgroupRules = "devices.cgroup_rules", Gpus = "devices.gpus",
    LogDriver = "logging.driver", LogOptions = "logging.options",
}

/// Where something is: a field, and the place in it if it is a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The field.
    pub field: Field,
    /// Which of the list, from 0.
    pub index: Option<usize>,
}

impl From<Field> for Place {
    fn from(field: Field) -> Self {
        Self { field, index: None }
    }
}

impl Field {
    /// The place in this list.
    #[must_use]
    pub fn at(self, index: usize) -> Place {
        Place { field: self, index: Some(index) }
    }
}

impl std::fmt::Display for Place {
    /// `network.ports[2]`
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.field.path())?;
        match self.index {
            Some(index) => write!(formatter, "[{index}]"),
            None => Ok(()),
        }
    }
}
