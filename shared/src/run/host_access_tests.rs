//! Which options of the command line reach the host, one by one, and which do not.

use super::*;
use crate::run::parse;

fn needs(options: &str) -> Vec<(String, Reason)> {
    let parsed = parse(&format!("docker run {options} img"));
    assert_eq!(parsed.notes, [], "{options}");
    host_needs(&parsed.spec).into_iter().map(|need| (need.place.to_string(), need.reason)).collect()
}

/// What an ordinary person may ask for.
const SAFE: &[&str] = &[
    "-dit --rm --name a -l x=y -e A=b -u 0 -w / --entrypoint x --init --stop-signal INT --stop-timeout -1",
    "-p 8080:80 -p 80 -p 0:80 -p 0.0.0.0:8080:80 --expose 22 --hostname h --network mine --network-alias a --ip 10.0.0.2",
    "--add-host db:10.0.0.1 --dns-search x.org --dns-option ndots:1 --network none",
    "-v data:/data:ro -v /anonymous --mount type=volume,src=a,dst=/b,readonly,volume-nocopy --mount dst=/c",
    "--tmpfs /run:size=64m,noexec,mode=1777 --tmpfs /x --mount type=tmpfs,dst=/y,tmpfs-size=1g --shm-size 256m",
    "--read-only --cap-drop ALL --security-opt no-new-privileges --ipc private",
    "-m 1g --memory-swap -1 --cpus 2 --cpu-shares 10 --pids-limit 100 --oom-score-adj 500 --blkio-weight 10",
    "--health-cmd true --health-interval 1s --no-healthcheck --cgroupns private --restart always",
    "--log-driver local --log-opt max-size=1m --platform linux/arm64 --pull always --publish-all=false",
];

#[test]
fn ordinary_options_need_none() {
    for options in SAFE {
        assert_eq!(needs(options), [], "{options}");
    }
}

#[test]
fn each_way_out_is_named() {
    let text = |text: &str| text.to_owned();
    let sock = "/var/run/docker.sock";
    let device = || Reason::Device(text("/dev/sda"));
    for (options, place, reason) in [
        ("--privileged", "security.privileged", Reason::Privileged),
        ("--cap-add net_admin", "security.cap_add[0]", Reason::Capability(text("NET_ADMIN"))),
        ("-v /etc:/x", "storage.volumes[0]", Reason::HostPath(text("/etc"))),
        ("-v a:/x -v /etc:/x:ro", "storage.volumes[1]", Reason::HostPath(text("/etc"))),
        ("-v /var/run/docker.sock:/d", "storage.volumes[0]", Reason::EngineSocket(text(sock))),
        ("-v a:/x:rshared", "storage.volumes[0]", Reason::Propagation),
        ("--mount type=bind,src=/a,dst=/b", "storage.mounts[0]", Reason::HostPath(text("/a"))),
        ("--mount type=volume,src=/a,dst=/b", "storage.mounts[0]", Reason::HostPath(text("/a"))),
        ("--mount src=a,dst=/b,volume-driver=local", "storage.mounts[0]", Reason::VolumeDriver),
        ("--mount src=a,dst=/b,volume-opt=device=/", "storage.mounts[0]", Reason::VolumeDriver),
        ("--mount type=image,src=a,dst=/b", "storage.mounts[0]", Reason::ImageFiles),
        ("--mount type=npipe,src=a,dst=/b", "storage.mounts[0]", Reason::ForeignMount),
        ("--mount type=cluster,src=a,dst=/b", "storage.mounts[0]", Reason::ForeignMount),
        ("--mount type=tmpfs,dst=/b,tmpfs-size=2g", "storage.mounts[0]", Reason::Memory),
        ("--tmpfs /a:size=50%", "storage.tmpfs[0]", Reason::Memory),
        ("--tmpfs /a:dev", "storage.tmpfs[0]", Reason::Memory),
        ("--volumes-from a", "storage.volumes_from[0]", Reason::VolumesOfOther(text("a"))),
        ("--volume-driver x", "storage.volume_driver", Reason::VolumeDriver),
        ("--storage-opt size=1g", "storage.storage_options[0]", Reason::StorageDriver),
        ("--network host", "network.networks[0]", Reason::HostNamespace),
        ("--network container:a", "network.networks[0]", Reason::OtherNamespace(text("a"))),
        (
            "--network ns:/proc/1/ns/net",
            "network.networks[0]",
            Reason::UnknownNetwork(text("ns:/proc/1/ns/net")),
        ),
        ("--network name=a,driver-opt=x=y", "network.networks[0]", Reason::NetworkDriver),
        ("-p 80:80", "network.ports[0]", Reason::LowPort(80)),
        ("-p 1000-1100:1000-1100", "network.ports[0]", Reason::LowPort(1000)),
        ("-p 0-5:80", "network.ports[0]", Reason::LowPort(0)),
        ("-p 127.0.0.1:8080:80", "network.ports[0]", Reason::HostAddress),
        ("-P", "network.publish_all", Reason::AllPorts),
        ("--dns 1.1.1.1", "network.dns[0]", Reason::NameServers),
        ("--add-host h:host-gateway", "network.extra_hosts[0]", Reason::HostGateway),
        ("--link a", "network.links[0]", Reason::Link(text("a"))),
        ("--group-add docker", "process.group_add[0]", Reason::Group(text("docker"))),
        ("--annotation a=b", "general.annotations[0]", Reason::Annotation(text("a"))),
        ("--pid host", "security.pid", Reason::HostNamespace),
        ("--pid container:a", "security.pid", Reason::OtherNamespace(text("a"))),
        ("--ipc host", "security.ipc", Reason::HostNamespace),
        ("--ipc container:a", "security.ipc", Reason::OtherNamespace(text("a"))),
        ("--uts host", "security.uts", Reason::HostNamespace),
        ("--userns host", "security.userns", Reason::HostNamespace),
        ("--cgroupns host", "security.cgroupns", Reason::HostNamespace),
        ("--cgroup-parent /", "security.cgroup_parent", Reason::CgroupParent),
        ("--runtime x", "security.runtime", Reason::Runtime),
        ("--isolation process", "security.isolation", Reason::Protection(text("isolation"))),
        ("--sysctl net.a=1", "security.sysctls[0]", Reason::Kernel(text("net.a"))),
        (
            "--security-opt seccomp=builtin",
            "security.options[0]",
            Reason::Protection(text("seccomp=builtin")),
        ),
        (
            "--security-opt seccomp=unconfined",
            "security.options[0]",
            Reason::Protection(text("seccomp=unconfined")),
        ),
        ("--security-opt apparmor=x", "security.options[0]", Reason::Protection(text("apparmor=x"))),
        ("--security-opt label=disable", "security.options[0]", Reason::Protection(text("label=disable"))),
        (
            "--security-opt systempaths=unconfined",
            "security.options[0]",
            Reason::Protection(text("systempaths=unconfined")),
        ),
        (
            "--security-opt writable-cgroups",
            "security.options[0]",
            Reason::Protection(text("writable-cgroups=true")),
        ),
        (
            "--security-opt no-new-privileges=false",
            "security.options[0]",
            Reason::Protection(text("no-new-privileges=false")),
        ),
        ("--device /dev/sda", "devices.devices[0]", device()),
        ("--device-cgroup-rule 'c 1:1 r'", "devices.cgroup_rules[0]", Reason::Device(text("c 1:1 r"))),
        ("--gpus all", "devices.gpus[0]", Reason::Device(text("all"))),
        ("--blkio-weight-device /dev/sda:10", "resources.blkio_weight_device[0]", device()),
        ("--device-read-bps /dev/sda:10", "resources.device_read_bps[0]", device()),
        ("--device-write-bps /dev/sda:10", "resources.device_write_bps[0]", device()),
        ("--device-read-iops /dev/sda:10", "resources.device_read_iops[0]", device()),
        ("--device-write-iops /dev/sda:10", "resources.device_write_iops[0]", device()),
        ("--shm-size 2g", "resources.shm_size", Reason::Memory),
        ("--oom-kill-disable", "resources.oom_kill_disable", Reason::Resources),
        ("--oom-score-adj -1", "resources.oom_score_adj", Reason::Resources),
        ("--cpu-rt-period 1", "resources.cpu_rt_period", Reason::Resources),
        ("--cpu-rt-runtime 1", "resources.cpu_rt_runtime", Reason::Resources),
        ("--cpuset-cpus 0", "resources.cpuset_cpus", Reason::Resources),
        ("--cpuset-mems 0", "resources.cpuset_mems", Reason::Resources),
        ("--pids-limit -1", "resources.pids_limit", Reason::Resources),
        ("--ulimit nofile=1", "resources.ulimits[0]", Reason::Resources),
        ("--log-driver syslog", "logging.driver", Reason::Log(text("syslog"))),
        ("--log-opt syslog-address=x", "logging.options[0]", Reason::Log(text("syslog-address"))),
    ] {
        assert_eq!(needs(options), [(place.to_owned(), reason)], "{options}");
    }
}
