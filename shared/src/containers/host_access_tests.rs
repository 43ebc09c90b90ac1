use serde_json::json;

use super::*;

fn found(host_config: &Value) -> Vec<HostAccess> {
    host_access_of(&json!({ "HostConfig": host_config }))
}

#[test]
fn an_ordinary_container_has_none() {
    let raw = json!({
        "HostConfig": {
            "NetworkMode": "bridge", "PidMode": "", "IpcMode": "private", "UTSMode": "", "UsernsMode": "",
            "CgroupnsMode": "host", "CgroupParent": "", "Devices": [], "DeviceRequests": null,
            "MaskedPaths": ["/proc/kcore", "/sys/firmware"], "ReadonlyPaths": ["/proc/sys", "/proc/sysrq-trigger"],
            "SecurityOpt": ["no-new-privileges"], "Runtime": "runc", "Binds": ["data:/data"], "Memory": 1000,
            "Annotations": { "io.podman.annotations.pids-limit": "0", "org.systemd.property.KillSignal": "15" },
            "PortBindings": { "80/tcp": [{ "HostPort": "80" }] }, "FromTheFuture": { "Nothing": [0, ""] }
        },
        "Mounts": [
            { "Type": "volume", "Name": "data", "Driver": "local", "Destination": "/data", "Propagation": "" },
            { "Type": "tmpfs", "Destination": "/tmp" }
        ]
    });
    assert_eq!(host_access_of(&raw), []);
    assert_eq!(volumes_of(&raw), ["data"]);
    assert_eq!(host_access_of(&Value::Null), []);
}

#[test]
fn what_reaches_the_host_is_found_the_worst_first() {
    let raw = json!({
        "HostConfig": {
            "NetworkMode": "host", "PidMode": "host", "IpcMode": "container:abc", "CapAdd": ["SYS_ADMIN"],
            "Devices": [{ "PathOnHost": "/dev/kvm" }], "MaskedPaths": [], "CgroupParent": "/mine",
            "SecurityOpt": ["seccomp=unconfined", "label:disable", "no-new-privileges:true"],
            "Binds": ["/:/host:ro", "/var/run/docker.sock:/var/run/docker.sock"]
        },
        "Mounts": [
            { "Type": "bind", "Source": "/", "Destination": "/host", "RW": false },
            {
                "Type": "bind", "Source": "/var/run/docker.sock", "Destination": "/var/run/docker.sock",
                "RW": true
            }
        ]
    });
    assert_eq!(
        host_access_of(&raw),
        [
            HostAccess::EngineSocket { target: "/var/run/docker.sock".into() },
            HostAccess::HostPath { source: "/".into(), target: "/host".into(), writable: false },
            HostAccess::HostNamespace(Namespace::Network),
            HostAccess::HostNamespace(Namespace::Processes),
            HostAccess::SharedNamespace(Namespace::Ipc, "abc".into()),
            HostAccess::Capability("SYS_ADMIN".into()),
            HostAccess::Device("/dev/kvm".into()),
            HostAccess::SecurityOption("seccomp=unconfined".into()),
            HostAccess::SecurityOption("label:disable".into()),
            HostAccess::UnmaskedPaths,
            HostAccess::CgroupParent("/mine".into()),
        ]
    );
}

#[test]
fn each_setting_counts_by_itself() {
    let settings = [
        json!({ "Privileged": true }),
        json!({ "CapAdd": ["NET_ADMIN"] }),
        json!({ "Binds": ["/etc:/etc"] }),
        json!({ "Mounts": [{ "Type": "bind", "Source": "/etc", "Target": "/etc" }] }),
        json!({ "Mounts": [{ "Type": "volume", "Source": "v", "VolumeOptions": { "DriverConfig": { "Options": { "device": "/" } } } }] }),
        json!({ "VolumesFrom": ["other"] }),
        json!({ "VolumeDriver": "nfs" }),
        json!({ "NetworkMode": "container:abc" }),
        json!({ "NetworkMode": "ns:/proc/1/ns/net" }),
        json!({ "NetworkMode": "/proc/1/ns/net" }),
        json!({ "PidMode": "container:abc" }),
        json!({ "IpcMode": "host" }),
        json!({ "UTSMode": "host" }),
        json!({ "UsernsMode": "host" }),
        json!({ "Cgroup": "container:abc" }),
        json!({ "CgroupParent": "x" }),
        json!({ "DeviceCgroupRules": ["c 1:3 rwm"] }),
        json!({ "DeviceRequests": [{ "Count": -1 }] }),
        json!({ "SecurityOpt": ["seccomp={}"] }),
        json!({ "SecurityOpt": ["apparmor=unconfined"] }),
        json!({ "SecurityOpt": ["no-new-privileges=false"] }),
        json!({ "MaskedPaths": ["/proc/acpi"] }),
        json!({ "ReadonlyPaths": [] }),
        json!({ "Sysctls": { "net.ipv4.ip_forward": "1" } }),
        json!({ "GroupAdd": ["docker"] }),
        json!({ "Links": ["/db:/web/db"] }),
        json!({ "Runtime": "own" }),
        json!({ "Annotations": { "run.oci.keep_original_groups": "1" } }),
        json!({ "Annotations": { "org.systemd.property.DeviceAllow": "x" } }),
        json!({ "FromTheFuture": true }),
    ];
    for setting in settings {
        assert_eq!(found(&setting).len(), 1, "{setting}");
    }
    for kind in ["npipe", "cluster", "image", "glob"] {
        let raw = json!({ "HostConfig": {}, "Mounts": [{ "Type": kind }] });
        assert_eq!(host_access_of(&raw).len(), 1, "{kind}");
    }
}

#[test]
fn privileged_is_said_once() {
    assert_eq!(
        found(&json!({ "Privileged": true, "MaskedPaths": [], "ReadonlyPaths": [] })),
        [HostAccess::Privileged]
    );
}

#[test]
fn a_volume_with_options_may_be_any_place() {
    assert!(is_ordinary_volume(&json!({ "Driver": "local", "Options": null })));
    assert!(is_ordinary_volume(&json!({ "Driver": "local", "Options": { "size": "1G" } })));
    let bind = json!({ "Driver": "local", "Options": { "type": "none", "o": "bind", "device": "/" } });
    assert!(!is_ordinary_volume(&bind));
    assert!(!is_ordinary_volume(&json!({ "Driver": "nfs", "Options": {} })));
}
