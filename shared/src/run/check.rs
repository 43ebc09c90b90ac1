//! What is wrong with a spec whatever the engine holds: said while it is typed, and before anything is sent.
//!
//! Belongs here: what can be seen from the spec alone. Does not: whether names, ports, images and volumes
//! are there or taken, which the page looks up, nor who may do what (`host_access`).

use std::collections::HashMap;

use super::{
    BindRecursive, Field, General, HealthSpec, Logging, MountKind, MountSpec, Network, Place, Process,
    Resources, Restart, RunSpec, Security, Storage, SwapLimit, Volume, VolumeOption, problem::Problem,
};

/// Something wrong, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What.
    pub problem: Problem,
}

/// Everything that is wrong, in the spec's order.
#[must_use]
pub fn check(spec: &RunSpec) -> Vec<Finding> {
    let mut found = Found(Vec::new());
    if spec.image.is_empty() {
        found.add(Field::Image, Problem::NoImage);
    } else if !is_image(&spec.image) {
        found.add(Field::Image, Problem::ImageGrammar);
    }
    found.general(&spec.general);
    found.process(&spec.process);
    found.network(&spec.network, &spec.security);
    found.storage(&spec.storage);
    found.resources(&spec.resources);
    found.health(&spec.health);
    found.security(&spec.security);
    found.logging(&spec.logging);
    found.0
}

/// Ports of one container: each is written out for the engine, and some of them open a process each.
const PORTS_MOST: u64 = 4096;

struct Found(Vec<Finding>);

impl Found {
    fn add(&mut self, place: impl Into<Place>, problem: Problem) {
        self.0.push(Finding { place: place.into(), problem });
    }

    fn add_if(&mut self, wrong: bool, place: impl Into<Place>, problem: Problem) {
        if wrong {
            self.add(place, problem);
        }
    }

    fn twice<'a>(&mut self, field: Field, names: impl Iterator<Item = &'a str>, problem: Problem) {
        let mut seen = HashMap::new();
        for (index, name) in names.enumerate() {
            self.add_if(seen.insert(name, index).is_some(), field.at(index), problem);
        }
    }

    fn general(&mut self, general: &General) {
        let name = general.name.as_deref().filter(|name| !name.is_empty());
        self.add_if(name.is_some_and(|name| !is_container_name(name)), Field::Name, Problem::NameGrammar);
        let platform = general.platform.as_deref().filter(|platform| !platform.is_empty());
        self.add_if(platform.is_some_and(|text| !is_platform(text)), Field::Platform, Problem::Platform);
        let labels = general.labels.iter().map(|label| label.name.as_str());
        self.twice(Field::Labels, labels, Problem::NameTwice);
        let restarts = general.restart != Restart::No;
        self.add_if(general.auto_remove && restarts, Field::AutoRemove, Problem::RemoveAndRestart);
        let attached = !general.attach.is_empty();
        self.add_if(general.detach && attached, Field::Attach, Problem::DetachAndAttach);
        let signal = general.stop_signal.as_deref().filter(|signal| !signal.is_empty());
        self.add_if(signal.is_some_and(|signal| !is_signal(signal)), Field::StopSignal, Problem::Signal);
        let timeout = general.stop_timeout_seconds;
        self.add_if(timeout.is_some_and(|seconds| seconds < -1), Field::StopTimeout, Problem::StopTimeout);
    }

    fn process(&mut self, process: &Process) {
        let workdir = process.workdir.as_deref().filter(|path| !path.is_empty());
        self.add_if(workdir.is_some_and(|path| !path.starts_with('/')), Field::Workdir, Problem::NotAbsolute);
        self.twice(Field::Env, process.env.iter().map(|pair| pair.name.as_str()), Problem::NameTwice);
        for (index, pair) in process.env.iter().enumerate() {
            self.add_if(pair.value.contains('\0'), Field::Env.at(index), Problem::Control);
        }
    }

    fn network(&mut self, network: &Network, security: &Security) {
        let names = network.networks.iter().map(|network| network.name.as_str());
        self.twice(Field::Networks, names, Problem::NetworkTwice);
        let several = network.networks.len() > 1;
        for (index, attachment) in network.networks.iter().enumerate() {
            let (place, name) = (Field::Networks.at(index), attachment.name.as_str());
            let made = is_user_defined(name);
            self.add_if(several && !made, place, Problem::NetworkAlone);
            let fixed =
                attachment.ipv4.is_some() || attachment.ipv6.is_some() || !attachment.aliases.is_empty();
            self.add_if(!made && fixed, place, Problem::DefaultNetwork);
        }
        let first = network.networks.first().map_or("", |network| network.name.as_str());
        let own = !matches!(first, "host" | "none") && !first.starts_with("container:");
        let published = network.ports.iter().map(|port| u64::from(port.container.count()));
        let exposed = network.expose.iter().map(|port| u64::from(port.ports.count()));
        self.add_if(published.sum::<u64>() > PORTS_MOST, Field::Ports, Problem::TooManyPorts);
        self.add_if(exposed.sum::<u64>() > PORTS_MOST, Field::Expose, Problem::TooManyPorts);
        let mut taken = HashMap::new();
        for (index, port) in network.ports.iter().enumerate() {
            let place = Field::Ports.at(index);
            self.add_if(!own, place, Problem::PortsWithoutNetwork);
            let differ = |host: super::PortRange| {
                host.count() != port.container.count() && port.container.count() != 1
            };
            self.add_if(port.host.is_some_and(differ), place, Problem::RangesDiffer);
            self.add_if(port.container.first() == 0, place, Problem::PortZero);
            let fixed = port.host.filter(|host| host.first() > 0);
            let again =
                fixed.is_some_and(|host| taken.insert((port.host_ip, host, port.protocol), index).is_some());
            self.add_if(again, place, Problem::HostPortTwice);
        }
        let named = [(Field::Hostname, &network.hostname), (Field::Domainname, &network.domainname)];
        for (field, name) in named {
            let named = name.as_ref().is_some_and(|name| !name.is_empty());
            self.add_if(named && security.uts.is_some(), field, Problem::HostnameOfHost);
        }
    }

    fn storage(&mut self, storage: &Storage) {
        let mut targets = HashMap::new();
        let volumes =
            storage.volumes.iter().enumerate().map(|(i, volume)| (Field::Volumes.at(i), volume.target()));
        let mounts =
            storage.mounts.iter().enumerate().map(|(i, mount)| (Field::Mounts.at(i), mount.target.as_str()));
        let tmpfs =
            storage.tmpfs.iter().enumerate().map(|(i, tmpfs)| (Field::Tmpfs.at(i), tmpfs.target.as_str()));
        for (place, target) in volumes.chain(mounts).chain(tmpfs) {
            let clean = clean(target);
            self.add_if(!target.starts_with('/'), place, Problem::NotAbsolute);
            self.add_if(target.starts_with('/') && clean.is_empty(), place, Problem::RootTarget);
            // A volume without a name gives way to whatever else is mounted there.
            let gives_way = place.field == Field::Volumes
                && place.index.and_then(|index| storage.volumes.get(index)).is_some_and(Volume::is_anonymous);
            let taken = !gives_way && targets.insert(clean, place).is_some();
            self.add_if(taken, place, Problem::TargetTwice);
        }
        for (index, volume) in storage.volumes.iter().enumerate() {
            let place = Field::Volumes.at(index);
            if let Volume::Named { volume, .. } = volume {
                self.add_if(volume.as_str().len() < 2, place, Problem::TooShortName);
            }
            if let Volume::Named { options, .. } | Volume::Host { options, .. } = volume {
                self.add_if(contradict(options), place, Problem::Contradiction);
            }
        }
        for (index, from) in storage.volumes_from.iter().enumerate() {
            let wrong = contradict(&from.options) || from.options.contains(&VolumeOption::NoCopy);
            self.add_if(wrong, Field::VolumesFrom.at(index), Problem::Contradiction);
        }
        for (index, mount) in storage.mounts.iter().enumerate() {
            self.mount(Field::Mounts.at(index), mount);
        }
    }

    fn mount(&mut self, place: Place, mount: &MountSpec) {
        match &mount.kind {
            MountKind::Bind { source, propagation, recursive } => {
                let absolute = source.as_ref().is_some_and(|source| source.starts_with('/'));
                self.add_if(!absolute, place, Problem::SourceMissing);
                let strict = matches!(recursive, Some(BindRecursive::Writable | BindRecursive::Readonly));
                self.add_if(strict && !mount.read_only, place, Problem::NeedsReadOnly);
                let rprivate = *propagation == Some(super::Propagation::Rprivate);
                let forced = *recursive == Some(BindRecursive::Readonly);
                self.add_if(forced && !rprivate, place, Problem::NeedsRprivate);
            }
            MountKind::Volume { source: Some(source), .. } => {
                self.add_if(source.len() == 1, place, Problem::TooShortName);
            }
            MountKind::Image { source, .. } | MountKind::Cluster { source } | MountKind::Npipe { source } => {
                let missing = source.as_ref().is_none_or(String::is_empty);
                self.add_if(missing, place, Problem::SourceMissing);
            }
            MountKind::Volume { source: None, .. } | MountKind::Tmpfs { .. } => {}
        }
    }

    fn resources(&mut self, resources: &Resources) {
        const SMALLEST: u64 = 6 << 20;
        let set = |size: &Option<super::Size>| size.map(super::Size::bytes).filter(|bytes| *bytes > 0);
        let memory = set(&resources.memory);
        self.add_if(memory.is_some_and(|bytes| bytes < SMALLEST), Field::Memory, Problem::MemoryTooSmall);
        if let Some(SwapLimit::Bytes(swap)) = resources.memory_swap
            && swap.bytes() > 0
        {
            self.add_if(memory.is_none(), Field::MemorySwap, Problem::SwapWithoutMemory);
            let below = memory.is_some_and(|memory| swap.bytes() < memory);
            self.add_if(below, Field::MemorySwap, Problem::SwapBelowMemory);
        }
        let reserved = set(&resources.memory_reservation);
        self.add_if(
            reserved.is_some_and(|bytes| bytes < SMALLEST),
            Field::MemoryReservation,
            Problem::MemoryTooSmall,
        );
        let above = memory.zip(reserved).is_some_and(|(memory, reserved)| reserved > memory);
        self.add_if(above, Field::MemoryReservation, Problem::ReservationAboveMemory);
        let outside =
            |value: Option<i64>, low: i64, high: i64| value.is_some_and(|n| !(low..=high).contains(&n));
        self.add_if(
            outside(resources.memory_swappiness, -1, 100),
            Field::MemorySwappiness,
            Problem::Swappiness,
        );
        self.add_if(outside(resources.oom_score_adj, -1000, 1000), Field::OomScoreAdj, Problem::OomScore);
        let weight = |weight: u16| weight != 0 && !(10..=1000).contains(&weight);
        self.add_if(resources.blkio_weight.is_some_and(weight), Field::BlkioWeight, Problem::BlkioWeight);
        for (index, device) in resources.blkio_weight_device.iter().enumerate() {
            self.add_if(weight(device.weight), Field::BlkioWeightDevice.at(index), Problem::BlkioWeight);
        }
        let nonzero = |value: Option<i64>| value.filter(|value| *value != 0);
        let shares = nonzero(resources.cpu_shares);
        self.add_if(shares.is_some_and(|shares| shares < 0), Field::CpuShares, Problem::Negative);
        let period = nonzero(resources.cpu_period);
        self.add_if(outside(period, 1000, 1_000_000), Field::CpuPeriod, Problem::CpuPeriod);
        let quota = nonzero(resources.cpu_quota);
        self.add_if(quota.is_some_and(|quota| quota > 0 && quota < 1000), Field::CpuQuota, Problem::CpuQuota);
        let both =
            resources.cpus.is_some_and(|cpus| cpus.signed() > 0) && (period.is_some() || quota.is_some());
        self.add_if(both, Field::Cpus, Problem::CpusAndQuota);
        for (field, set) in
            [(Field::CpusetCpus, &resources.cpuset_cpus), (Field::CpusetMems, &resources.cpuset_mems)]
        {
            self.add_if(set.as_deref().is_some_and(|set| !is_cpuset(set)), field, Problem::Cpuset);
        }
        for (index, limit) in resources.ulimits.iter().enumerate() {
            let wrong = limit.hard.is_some_and(|hard| hard != -1 && (limit.soft > hard || limit.soft == -1));
            self.add_if(wrong, Field::Ulimits.at(index), Problem::UlimitOrder);
        }
        self.twice(
            Field::Ulimits,
            resources.ulimits.iter().map(|limit| limit.name.as_str()),
            Problem::NameTwice,
        );
    }

    fn health(&mut self, health: &HealthSpec) {
        let spans = [
            (Field::HealthInterval, health.interval),
            (Field::HealthTimeout, health.timeout),
            (Field::HealthStartPeriod, health.start_period),
            (Field::HealthStartInterval, health.start_interval),
        ];
        for (field, span) in spans {
            let nanos = span.map(super::Nanos::signed).filter(|nanos| *nanos > 0);
            self.add_if(nanos.is_some_and(|nanos| nanos < 1_000_000), field, Problem::TooShort);
            self.add_if(nanos.is_some() && health.disabled, field, Problem::HealthDisabled);
        }
        let command = health.command.as_ref().is_some_and(|command| !command.is_empty());
        self.add_if(command && health.disabled, Field::HealthCommand, Problem::HealthDisabled);
        let retries = health.retries.filter(|retries| *retries != 0);
        self.add_if(retries.is_some() && health.disabled, Field::HealthRetries, Problem::HealthDisabled);
        self.add_if(retries.is_some_and(i64::is_negative), Field::HealthRetries, Problem::Negative);
    }

    fn security(&mut self, security: &Security) {
        let sysctls = security.sysctls.iter().map(|pair| pair.name.as_str());
        self.twice(Field::Sysctls, sysctls, Problem::NameTwice);
    }

    fn logging(&mut self, logging: &Logging) {
        let none = logging.driver.as_deref() == Some("none");
        self.add_if(none && !logging.options.is_empty(), Field::LogOptions, Problem::LogNone);
        let options = logging.options.iter().map(|pair| pair.name.as_str());
        self.twice(Field::LogOptions, options, Problem::NameTwice);
    }
}

/// Whether somebody made the network: all but those that every engine has.
pub(super) fn is_user_defined(name: &str) -> bool {
    !matches!(name, "default" | "bridge" | "host" | "none") && !name.starts_with("container:")
}

fn is_container_name(name: &str) -> bool {
    name.len() >= 2
        && name.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

/// Roughly: the engine knows exactly.
fn is_image(image: &str) -> bool {
    let name = image.split('@').next().unwrap_or_default();
    let (path, tag) = match name.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => (path, tag),
        _ => (name, ""),
    };
    let repository = path.split_once('/').map_or(path, |(_, rest)| rest);
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-/:[]".contains(&byte);
    !path.is_empty()
        && path.bytes().all(allowed)
        && !repository.bytes().any(|byte| byte.is_ascii_uppercase())
        && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

fn is_platform(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    parts.len() <= 3
        && parts.iter().all(|part| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-()".contains(&byte))
        })
}

fn is_signal(text: &str) -> bool {
    text.len() <= 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'-')
}

fn is_cpuset(text: &str) -> bool {
    let number = |text: &str| text.parse::<u16>().ok();
    text.is_empty()
        || text.split(',').all(|part| match part.split_once('-') {
            Some((first, last)) => number(first).zip(number(last)).is_some_and(|(first, last)| first <= last),
            None => number(part).is_some(),
        })
}

/// The path without what does not change it; empty for the root.
fn clean(path: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts
}

fn contradict(options: &[VolumeOption]) -> bool {
    use VolumeOption::{
        Cached, Consistent, Delegated, NoCopy, PropagationPrivate, PropagationRprivate, PropagationRshared,
        PropagationRslave, PropagationShared, PropagationSlave, ReadOnly, ReadWrite, Shared, Unshared,
    };
    let groups: [&[VolumeOption]; 5] = [
        &[ReadWrite, ReadOnly],
        &[Shared, Unshared],
        &[NoCopy],
        &[
            PropagationShared,
            PropagationSlave,
            PropagationPrivate,
            PropagationRshared,
            PropagationRslave,
            PropagationRprivate,
        ],
        &[Consistent, Cached, Delegated],
    ];
    groups.iter().any(|group| options.iter().filter(|option| group.contains(option)).count() > 1)
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
