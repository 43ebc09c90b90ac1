//! What of a container concerns the host, but for its limits and networks.

use serde_json::Value;
use shared::{
    environments::EngineFacts,
    run::{Unsaid, words::quote},
};

use super::{
    mounts,
    said::{Row, Said, flag, items, number, pairs, set, text, texts},
};

/// What `/dev/shm` has where nobody chose.
const SHM_BYTES: i64 = 64 * 1024 * 1024;

pub(super) fn read(
    said: &mut Said,
    host: &Value,
    facts: &EngineFacts,
    name_of: &dyn Fn(&str) -> Option<String>,
) {
    said.switch("rm", flag(host, "AutoRemove"));
    restart(said, host);
    said.maybe("init", host.get("Init").and_then(Value::as_bool).map(|on| on.to_string()));
    for (field, name) in [("Annotations", "annotation"), ("StorageOpt", "storage-opt"), ("Sysctls", "sysctl")]
    {
        for (key, value) in pairs(host, field) {
            said.flag(name, format!("{key}={value}"));
        }
    }
    for (field, name) in [("GroupAdd", "group-add"), ("DeviceCgroupRules", "device-cgroup-rule")] {
        for value in texts(host, field) {
            said.flag(name, value);
        }
    }
    mounts::read(said, host);
    said.number("shm-size", set(host, "ShmSize").filter(|bytes| *bytes != SHM_BYTES));
    log(said, host, facts);
    rights(said, host);
    namespaces(said, host, facts, name_of);
    devices(said, host);
}

fn restart(said: &mut Said, host: &Value) {
    let policy = host.get("RestartPolicy").unwrap_or(&Value::Null);
    let name = text(policy, "Name").filter(|name| *name != "no");
    said.maybe(
        "restart",
        name.map(|name| match set(policy, "MaximumRetryCount") {
            Some(most) => format!("{name}:{most}"),
            None => name.to_owned(),
        }),
    );
}

fn log(said: &mut Said, host: &Value, facts: &EngineFacts) {
    let log = host.get("LogConfig").unwrap_or(&Value::Null);
    let usual = facts.logging_driver.as_deref().unwrap_or("json-file");
    said.maybe("log-driver", text(log, "Type").filter(|driver| *driver != usual));
    for (name, value) in pairs(log, "Config") {
        said.flag("log-opt", format!("{name}={value}"));
    }
}

fn rights(said: &mut Said, host: &Value) {
    let privileged = flag(host, "Privileged");
    said.switch("privileged", privileged);
    said.switch("read-only", flag(host, "ReadonlyRootfs"));
    for (field, name) in [("CapAdd", "cap-add"), ("CapDrop", "cap-drop")] {
        for capability in texts(host, field) {
            said.flag(name, capability.strip_prefix("CAP_").unwrap_or(capability));
        }
    }
    // The engine adds this where it protects nothing anyhow.
    let unlabelled = privileged || ["PidMode", "IpcMode"].iter().any(|mode| text(host, mode) == Some("host"));
    for option in texts(host, "SecurityOpt") {
        if !(unlabelled && matches!(option, "label=disable" | "label:disable")) {
            said.flag("security-opt", option);
        }
    }
    let emptied = |field: &str| host.get(field).and_then(Value::as_array).is_some_and(Vec::is_empty);
    if !privileged && emptied("MaskedPaths") && emptied("ReadonlyPaths") {
        said.flag("security-opt", "systempaths=unconfined");
    }
}

fn namespaces(said: &mut Said, host: &Value, facts: &EngineFacts, name_of: &dyn Fn(&str) -> Option<String>) {
    for (field, name) in [("UsernsMode", "userns"), ("PidMode", "pid"), ("UTSMode", "uts")] {
        said.maybe(name, text(host, field).map(|mode| named(mode, name_of)));
    }
    // What an engine has by itself.
    let ipc = text(host, "IpcMode").filter(|mode| *mode != "private");
    said.maybe("ipc", ipc.map(|mode| named(mode, name_of)));
    let cgroups = if facts.cgroup_version.as_deref() == Some("1") { "host" } else { "private" };
    said.maybe("cgroupns", text(host, "CgroupnsMode").filter(|mode| *mode != cgroups));
    said.maybe("cgroup-parent", text(host, "CgroupParent"));
    let usual = facts.default_runtime.as_deref().unwrap_or("runc");
    said.maybe("runtime", text(host, "Runtime").filter(|runtime| *runtime != usual));
    said.maybe("isolation", text(host, "Isolation"));
}

/// `container:ID`, by the name of that container where the person sees it.
pub(super) fn named(mode: &str, name_of: &dyn Fn(&str) -> Option<String>) -> String {
    let name = mode.strip_prefix("container:").and_then(name_of);
    name.map_or_else(|| mode.to_owned(), |name| format!("container:{name}"))
}

fn devices(said: &mut Said, host: &Value) {
    for device in items(host, "Devices") {
        let outside = text(device, "PathOnHost").unwrap_or_default();
        let inside = text(device, "PathInContainer").unwrap_or(outside);
        let rights = text(device, "CgroupPermissions").unwrap_or("rwm");
        said.flag(
            "device",
            match (inside == outside, rights) {
                (true, "rwm") => outside.to_owned(),
                (false, "rwm") => format!("{outside}:{inside}"),
                (_, rights) => format!("{outside}:{inside}:{rights}"),
            },
        );
    }
    for request in items(host, "DeviceRequests") {
        let ids = texts(request, "DeviceIDs");
        if text(request, "Driver") == Some("cdi") {
            for id in ids {
                said.flag("device", id);
            }
        } else {
            gpus(said, request, &ids);
        }
    }
}

fn gpus(said: &mut Said, request: &Value, ids: &[&str]) {
    let words = |list: &Value| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut kinds: Vec<Vec<String>> = items(request, "Capabilities").map(words).collect();
    let one = kinds.pop().filter(|kind| kinds.is_empty() && kind.iter().any(|word| word == "gpu"));
    let Some(kind) = one else {
        let text = quote(&request.to_string());
        return said.unsaid.push(Unsaid::Value { flag: "gpus".to_owned(), text });
    };
    let mut row = Row::default();
    if !ids.is_empty() {
        row.push("device", &ids.join(","));
    } else {
        let count = number(request, "Count").unwrap_or(-1);
        row.push("count", &if count < 0 { "all".to_owned() } else { count.to_string() });
    }
    let kind: Vec<&str> = kind.iter().map(String::as_str).filter(|word| *word != "gpu").collect();
    if !kind.is_empty() {
        row.push("capabilities", &kind.join(","));
    }
    row.maybe("driver", text(request, "Driver"));
    let options: Vec<String> =
        pairs(request, "Options").map(|(name, value)| format!("{name}={value}")).collect();
    if !options.is_empty() {
        row.push("options", &options.join(","));
    }
    said.flag("gpus", row.join());
}
