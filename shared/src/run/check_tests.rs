//! Each mistake, where it is found.

use super::*;
use crate::run::parse;

fn problems(command: &str) -> Vec<(String, Problem)> {
    let spec = parse(&format!("docker run {command}")).spec;
    check(&spec).into_iter().map(|finding| (finding.place.to_string(), finding.problem)).collect()
}

#[test]
fn ordinary_commands_are_right() {
    for command in [
        "img",
        "-d --name web -p 80:80 -p 8000-8002:80 -p 8000-8002:8000-8002/udp -p 90 -v data:/data ghcr.io/a/b:V1",
        "--network mine --ip 10.0.0.2 --network-alias a -m 6m --memory-swap -1 --cpus 1.5 --rm r:5000/x@sha256:ab",
        "--mount type=bind,src=/a,dst=/b,readonly,bind-recursive=readonly,bind-propagation=rprivate --cpuset-cpus 0-3,5 i",
        "--health-cmd x --health-interval 1s --log-driver local --log-opt max-size=1m -v aa:/a:ro,z --uts host i",
        "-v ab:/a:ro,z,nocopy --platform linux/arm64/v8 --stop-signal RTMIN+3 --stop-timeout -1 -w /x sha256:ab",
    ] {
        assert_eq!(problems(command), [], "{command}");
    }
}

#[test]
fn each_problem_is_found_where_it_is() {
    for (command, place, problem) in [
        ("''", "image", Problem::NoImage),
        ("'a b'", "image", Problem::ImageGrammar),
        ("UPPER", "image", Problem::ImageGrammar),
        ("--name a i", "general.name", Problem::NameGrammar),
        ("--name a/b i", "general.name", Problem::NameGrammar),
        ("-w x i", "process.workdir", Problem::NotAbsolute),
        ("-v aa:b i", "storage.volumes[0]", Problem::NotAbsolute),
        ("-v aa:/ i", "storage.volumes[0]", Problem::RootTarget),
        ("-v aa:/x --tmpfs /x/ i", "storage.tmpfs[0]", Problem::TargetTwice),
        ("-v aa:/x --mount type=tmpfs,dst=/y/../x i", "storage.mounts[0]", Problem::TargetTwice),
        ("-e A=1 -e A=2 i", "process.env[1]", Problem::NameTwice),
        ("--rm --restart always i", "general.auto_remove", Problem::RemoveAndRestart),
        ("-d -a stdin i", "general.attach", Problem::DetachAndAttach),
        ("-p 80-81:80-82 i", "network.ports[0]", Problem::RangesDiffer),
        ("-p 1024-65535:1024-65535 i", "network.ports", Problem::TooManyPorts),
        ("--expose 1-4000 --expose 5000-6000 i", "network.expose", Problem::TooManyPorts),
        ("-p 80:0 i", "network.ports[0]", Problem::PortZero),
        ("-p 80:80 -p 80:81 i", "network.ports[1]", Problem::HostPortTwice),
        ("--network host -p 80:80 i", "network.ports[0]", Problem::PortsWithoutNetwork),
        ("-m 1m i", "resources.memory", Problem::MemoryTooSmall),
        ("-m 1g --memory-swap 1m i", "resources.memory_swap", Problem::SwapBelowMemory),
        ("--memory-swap 1g i", "resources.memory_swap", Problem::SwapWithoutMemory),
        ("-m 1g --memory-reservation 2g i", "resources.memory_reservation", Problem::ReservationAboveMemory),
        ("--memory-swappiness 101 i", "resources.memory_swappiness", Problem::Swappiness),
        ("--blkio-weight 5 i", "resources.blkio_weight", Problem::BlkioWeight),
        ("--oom-score-adj 1001 i", "resources.oom_score_adj", Problem::OomScore),
        ("--cpu-period 10 i", "resources.cpu_period", Problem::CpuPeriod),
        ("--cpu-quota 10 i", "resources.cpu_quota", Problem::CpuQuota),
        ("--cpus 1 --cpu-quota 5000 i", "resources.cpus", Problem::CpusAndQuota),
        ("--ulimit nofile=2:1 i", "resources.ulimits[0]", Problem::UlimitOrder),
        ("--cpuset-cpus 3-1 i", "resources.cpuset_cpus", Problem::Cpuset),
        ("--no-healthcheck --health-cmd x i", "health.command", Problem::HealthDisabled),
        ("--health-interval 1us i", "health.interval", Problem::TooShort),
        ("--health-retries -1 i", "health.retries", Problem::Negative),
        ("--network aa --network aa i", "network.networks[1]", Problem::NetworkTwice),
        ("--network aa --network host i", "network.networks[1]", Problem::NetworkAlone),
        ("--ip 10.0.0.1 i", "network.networks[0]", Problem::DefaultNetwork),
        ("--uts host -h x i", "network.hostname", Problem::HostnameOfHost),
        ("--log-driver none --log-opt a=b i", "logging.options", Problem::LogNone),
        ("--mount type=bind,dst=/a i", "storage.mounts[0]", Problem::SourceMissing),
        (
            "--mount type=bind,src=/a,dst=/a,bind-recursive=writable i",
            "storage.mounts[0]",
            Problem::NeedsReadOnly,
        ),
        (
            "--mount type=bind,src=/a,dst=/a,ro,bind-recursive=readonly i",
            "storage.mounts[0]",
            Problem::NeedsRprivate,
        ),
        ("-v aa:/a:ro,rw i", "storage.volumes[0]", Problem::Contradiction),
        ("--volumes-from a:nocopy i", "storage.volumes_from[0]", Problem::Contradiction),
        ("--platform a/b/c/d i", "general.platform", Problem::Platform),
        ("--stop-signal 'A B' i", "general.stop_signal", Problem::Signal),
        ("--stop-timeout -2 i", "general.stop_timeout_seconds", Problem::StopTimeout),
    ] {
        assert_eq!(problems(command), [(place.to_owned(), problem)], "{command}");
    }
}
