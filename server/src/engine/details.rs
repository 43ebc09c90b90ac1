//! The facts of one container, read from its inspection with what is missing left out, and the masking of
//! its environment.

use serde_json::Value;
use shared::{
    ByteCount, UnixMillis,
    containers::{ContainerDetails, EnvVar, Health, HealthDetails, Mount, NetworkAttachment},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

const OUTPUT_MAX_CHARACTERS: usize = 4096;

/// Replaces every value of `Config.Env`; the names stay. So is each pair wherever else it stands as it is: some
/// engines tell the command line that made the container.
pub(super) fn mask_env(raw: &mut Value) {
    let pairs = words(raw.pointer("/Config/Env"));
    if let Some(Value::Array(variables)) = raw.pointer_mut("/Config/Env") {
        for variable in variables {
            if let Some((name, _)) = variable.as_str().and_then(|text| text.split_once('=')) {
                *variable = Value::String(format!("{name}=•••"));
            }
        }
    }
    mask_pairs(raw, &pairs);
}

fn mask_pairs(value: &mut Value, pairs: &[String]) {
    match value {
        Value::String(text) => {
            let name = text.split_once('=').map(|(name, _)| name.to_owned());
            if let Some(name) = name.filter(|_| pairs.contains(text)) {
                *text = format!("{name}=•••");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask_pairs(item, pairs)),
        Value::Object(fields) => fields.values_mut().for_each(|field| mask_pairs(field, pairs)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Reads the facts.
pub(super) fn read(raw: &Value, masked: bool) -> ContainerDetails {
    let text = |path: &str| {
        raw.pointer(path).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let flag = |path: &str| raw.pointer(path).and_then(Value::as_bool).unwrap_or(false);
    let number = |path: &str| raw.pointer(path).and_then(Value::as_i64);
    let above_zero = |path: &str| number(path).filter(|number| *number > 0);
    let when = |path: &str| raw.pointer(path).and_then(Value::as_str).and_then(moment);
    ContainerDetails {
        tty: flag("/Config/Tty"),
        open_stdin: flag("/Config/OpenStdin"),
        command: words(raw.pointer("/Config/Cmd")),
        entrypoint: words(raw.pointer("/Config/Entrypoint")),
        working_dir: text("/Config/WorkingDir"),
        user: text("/Config/User"),
        host_name: text("/Config/Hostname"),
        pid: above_zero("/State/Pid"),
        started_at: when("/State/StartedAt"),
        finished_at: when("/State/FinishedAt"),
        out_of_memory: flag("/State/OOMKilled"),
        error: text("/State/Error"),
        restart_count: number("/RestartCount"),
        restart_policy: restart_policy(raw),
        auto_remove: flag("/HostConfig/AutoRemove"),
        env: words(raw.pointer("/Config/Env")).into_iter().map(|pair| variable(&pair, masked)).collect(),
        mounts: items(raw.pointer("/Mounts")).map(mount).collect(),
        networks: raw
            .pointer("/NetworkSettings/Networks")
            .and_then(Value::as_object)
            .map(|networks| networks.iter().map(|(name, network)| attachment(name, network)).collect())
            .unwrap_or_default(),
        network_mode: text("/HostConfig/NetworkMode"),
        memory_limit: above_zero("/HostConfig/Memory")
            .and_then(|bytes| u64::try_from(bytes).ok())
            .map(ByteCount),
        cpu_limit_millis: cpu_limit(raw),
        pids_limit: above_zero("/HostConfig/PidsLimit"),
        log_driver: text("/HostConfig/LogConfig/Type"),
        privileged: flag("/HostConfig/Privileged"),
        read_only: flag("/HostConfig/ReadonlyRootfs"),
        cap_add: words(raw.pointer("/HostConfig/CapAdd")),
        cap_drop: words(raw.pointer("/HostConfig/CapDrop")),
        security_options: words(raw.pointer("/HostConfig/SecurityOpt")),
        health: raw.pointer("/State/Health").or_else(|| raw.pointer("/State/Healthcheck")).and_then(health),
        runtime: text("/HostConfig/Runtime"),
        platform: text("/Platform"),
    }
}

fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

/// A list of texts, or one text.
fn words(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) if !text.is_empty() => vec![text.clone()],
        other => items(other).filter_map(Value::as_str).map(str::to_owned).collect(),
    }
}

/// The engine's `0001-01-01T00:00:00Z` means never.
fn moment(text: &str) -> Option<UnixMillis> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    (at.year() > 1970)
        .then(|| UnixMillis(i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or_default()))
}

fn restart_policy(raw: &Value) -> Option<String> {
    let name = raw.pointer("/HostConfig/RestartPolicy/Name")?.as_str()?;
    let most =
        raw.pointer("/HostConfig/RestartPolicy/MaximumRetryCount").and_then(Value::as_i64).unwrap_or(0);
    match (name, most) {
        ("", _) => Some("no".to_owned()),
        ("on-failure", 1..) => Some(format!("on-failure:{most}")),
        (name, _) => Some(name.to_owned()),
    }
}

fn cpu_limit(raw: &Value) -> Option<u64> {
    let number = |path: &str| raw.pointer(path).and_then(Value::as_u64).filter(|number| *number > 0);
    if let Some(nano) = number("/HostConfig/NanoCpus") {
        return Some(nano / 1_000_000);
    }
    let quota = number("/HostConfig/CpuQuota")?;
    let period = number("/HostConfig/CpuPeriod").unwrap_or(100_000);
    quota.checked_mul(1000)?.checked_div(period)
}

fn variable(pair: &str, masked: bool) -> EnvVar {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    EnvVar { name: name.to_owned(), value: (!masked).then(|| value.to_owned()) }
}

fn field(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn optional(value: &Value, key: &str) -> Option<String> {
    Some(field(value, key)).filter(|text| !text.is_empty())
}

fn mount(value: &Value) -> Mount {
    Mount {
        kind: field(value, "Type"),
        source: optional(value, "Name").unwrap_or_else(|| field(value, "Source")),
        target: field(value, "Destination"),
        writable: value.get("RW").and_then(Value::as_bool).unwrap_or(true),
    }
}

fn attachment(name: &str, value: &Value) -> NetworkAttachment {
    NetworkAttachment {
        name: name.to_owned(),
        ipv4: optional(value, "IPAddress"),
        ipv6: optional(value, "GlobalIPv6Address"),
        mac: optional(value, "MacAddress"),
        aliases: words(value.get("Aliases")),
    }
}

fn health(value: &Value) -> Option<HealthDetails> {
    let status = match value.get("Status")?.as_str()? {
        "healthy" => Health::Healthy,
        "unhealthy" => Health::Unhealthy,
        "starting" => Health::Starting,
        _ => return None,
    };
    let last = items(value.get("Log")).last();
    Some(HealthDetails {
        status,
        failing_streak: value.get("FailingStreak").and_then(Value::as_i64).unwrap_or(0),
        last_at: last.and_then(|check| check.get("End")).and_then(Value::as_str).and_then(moment),
        last_exit_code: last.and_then(|check| check.get("ExitCode")).and_then(Value::as_i64),
        last_output: last
            .and_then(|check| check.get("Output"))
            .and_then(Value::as_str)
            .map(|output| output.chars().take(OUTPUT_MAX_CHARACTERS).collect()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masked_values_are_nowhere() {
        let mut raw = serde_json::json!({
            "Config": {
                "Env": ["TOKEN=canary=1", "EMPTY=", "BARE"],
                "CreateCommand": ["podman", "run", "-e", "TOKEN=canary=1", "img"]
            }
        });
        mask_env(&mut raw);
        let facts = read(&raw, true);
        assert!(!raw.to_string().contains("canary"));
        assert_eq!(facts.env.len(), 3);
        assert!(facts.env.iter().all(|variable| variable.value.is_none()));
        assert_eq!(facts.env[0].name, "TOKEN");
    }

    #[test]
    fn an_empty_document_has_no_facts() {
        assert_eq!(read(&serde_json::json!({}), false), ContainerDetails::default());
    }

    #[test]
    fn limits_in_either_notation() {
        assert_eq!(
            cpu_limit(&serde_json::json!({ "HostConfig": { "NanoCpus": 1_500_000_000u64 } })),
            Some(1500)
        );
        assert_eq!(
            cpu_limit(&serde_json::json!({ "HostConfig": { "CpuQuota": 50_000, "CpuPeriod": 100_000 } })),
            Some(500)
        );
    }
}
