//! Which field an engine means by what it says: it names none, so its words are looked at.
//!
//! Where they are not known the message stands alone; nothing depends on them.

use super::{Field, IpcMode, PidMode, Place, RunSpec};

/// Words of engines, and the field that they are about; the first that fits counts.
const WORDS: &[(&str, Field)] = &[
    ("is already in use by container", Field::Name),
    ("name is already in use", Field::Name),
    ("invalid container name", Field::Name),
    ("no such image", Field::Image),
    ("image not known", Field::Image),
    ("invalid reference format", Field::Image),
    ("does not provide the specified platform", Field::Platform),
    ("does not match the specified platform", Field::Platform),
    ("port is already allocated", Field::Ports),
    ("address already in use", Field::Ports),
    ("invalid port", Field::Ports),
    ("cannot assign requested address", Field::Ports),
    ("invalid ip address", Field::Ports),
    ("duplicate mount point", Field::Volumes),
    ("bind source path does not exist", Field::Mounts),
    ("invalid mount config", Field::Mounts),
    ("invalid volume specification", Field::Volumes),
    ("invalid mount path", Field::Volumes),
    ("volume name", Field::Volumes),
    ("volumes-from", Field::VolumesFrom),
    ("invalid restart policy", Field::Restart),
    ("maximum retry count", Field::Restart),
    ("minimum memory limit", Field::Memory),
    ("memoryswap", Field::MemorySwap),
    ("memory reservation", Field::MemoryReservation),
    ("swappiness", Field::MemorySwappiness),
    ("range of cpus", Field::Cpus),
    ("cpu cfs period", Field::CpuPeriod),
    ("cpu cfs quota", Field::CpuQuota),
    ("cpuset cpus", Field::CpusetCpus),
    ("cpuset mems", Field::CpusetMems),
    ("cpus", Field::CpusetCpus),
    ("memory nodes", Field::CpusetMems),
    ("shm size", Field::ShmSize),
    ("shmsize", Field::ShmSize),
    ("blkio weight", Field::BlkioWeight),
    ("oom score", Field::OomScoreAdj),
    ("pids limit", Field::PidsLimit),
    ("unknown log opt", Field::LogOptions),
    ("logger", Field::LogDriver),
    ("log driver", Field::LogDriver),
    ("runtime name", Field::Runtime),
    ("unknown runtime", Field::Runtime),
    ("oci runtime \"", Field::Runtime),
    ("unknown capability", Field::CapAdd),
    ("security-opt", Field::SecurityOptions),
    ("could not select device driver", Field::Gpus),
    ("gathering device information", Field::Devices),
    ("cdi device", Field::Devices),
    ("sysctl", Field::Sysctls),
    ("storage-opt", Field::StorageOptions),
    ("invalid signal", Field::StopSignal),
    ("working directory", Field::Workdir),
    ("unable to find user", Field::User),
    ("no matching entries in passwd", Field::User),
    ("unable to find group", Field::User),
    ("interval in healthcheck", Field::HealthInterval),
    ("timeout in healthcheck", Field::HealthTimeout),
    ("startperiod in healthcheck", Field::HealthStartPeriod),
    ("retries in healthcheck", Field::HealthRetries),
    ("executable file not found", Field::Command),
    ("exec: \"", Field::Command),
    ("attempted to invoke a command", Field::Command),
    ("no command specified", Field::Command),
    // What this console says of engines that are too old, or not of Windows.
    ("an annotation came", Field::Annotations),
    ("interval of the health check at the start", Field::HealthStartInterval),
    ("priority of a gateway", Field::Networks),
    ("hardware address on a further network", Field::Networks),
    ("folder inside a volume", Field::Mounts),
    ("mounts below a read-only one", Field::Mounts),
    ("mount of an image", Field::Mounts),
    ("volume of the cluster", Field::Mounts),
    ("count of processors", Field::CpuCount),
    ("share of processors", Field::CpuPercent),
    ("rate of operations", Field::IoMaxiops),
    ("rate of bytes", Field::IoMaxbandwidth),
    ("cannot link to", Field::Links),
    ("could not get container for", Field::Links),
];

/// The field that an engine's message is about.
#[must_use]
pub fn blamed(spec: &RunSpec, message: &str) -> Option<Place> {
    let lower = message.to_ascii_lowercase();
    if lower.contains("network") && (lower.contains("not found") || lower.contains("not exist")) {
        return Some(network(spec, &lower));
    }
    if lower.contains("ip address") || lower.contains("mac address") || lower.contains("network-scoped alias")
    {
        return Some(Field::Networks.into());
    }
    if lower.contains("no such container") {
        return other_container(spec);
    }
    let (_, field) = WORDS.iter().find(|(words, _)| lower.contains(words))?;
    Some(match field {
        Field::Ports => port(spec, &lower),
        field => (*field).into(),
    })
}

fn network(spec: &RunSpec, message: &str) -> Place {
    let named = |name: &str| message.contains(&name.to_ascii_lowercase());
    let index = spec.network.networks.iter().position(|network| named(network.name.as_str()));
    index.map_or(Field::Networks.into(), |index| Field::Networks.at(index))
}

/// `Bind for 0.0.0.0:8080 failed: port is already allocated`
fn port(spec: &RunSpec, message: &str) -> Place {
    let mentioned = |port: u16| {
        message.split(|letter: char| !letter.is_ascii_digit()).any(|number| number == port.to_string())
    };
    let index =
        spec.network.ports.iter().position(|published| {
            published.host.is_some_and(|host| (host.first()..=host.last()).any(mentioned))
        });
    index.map_or(Field::Ports.into(), |index| Field::Ports.at(index))
}

/// Another container that is named by exactly one field.
fn other_container(spec: &RunSpec) -> Option<Place> {
    let of_another = |name: &str| name.starts_with("container:");
    let mut fields = Vec::new();
    fields.extend((!spec.storage.volumes_from.is_empty()).then_some(Field::VolumesFrom));
    fields.extend((!spec.network.links.is_empty()).then_some(Field::Links));
    fields.extend(matches!(spec.security.pid, Some(PidMode::Container(_))).then_some(Field::Pid));
    fields.extend(matches!(spec.security.ipc, Some(IpcMode::Container(_))).then_some(Field::Ipc));
    let joined = spec.network.networks.iter().any(|network| of_another(network.name.as_str()));
    fields.extend(joined.then_some(Field::Networks));
    match fields.as_slice() {
        [only] => Some((*only).into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::parse, *};

    #[test]
    fn the_field_is_told_where_it_can_be() {
        let spec = parse("docker run -p 80:80 -p 8000-8010:81 --network mine --volumes-from other img").spec;
        for (message, place) in [
            (
                "Conflict. The container name \"/a\" is already in use by container \"b\".",
                Some("general.name"),
            ),
            (
                "driver failed: Bind for 0.0.0.0:8005 failed: port is already allocated",
                Some("network.ports[1]"),
            ),
            ("network mine not found", Some("network.networks[0]")),
            ("No such image: img:latest", Some("image")),
            ("No such container: other", Some("storage.volumes_from")),
            (
                "OCI runtime create failed: exec: \"nope\": executable file not found in $PATH",
                Some("command"),
            ),
            ("OCI runtime create failed: nobody knows why", None),
            ("unknown or invalid runtime name: nope", Some("security.runtime")),
            ("default OCI runtime \"nope\" not found: invalid argument", Some("security.runtime")),
            ("Minimum memory limit allowed is 6MB", Some("resources.memory")),
            ("something nobody has heard of", None),
        ] {
            assert_eq!(blamed(&spec, message).map(|place| place.to_string()).as_deref(), place, "{message}");
        }
    }
}
