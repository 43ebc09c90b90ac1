//! What `docker version` and `docker info` tell, tolerant of what is left out.

use serde_json::Value;
use shared::{
    ByteCount,
    environments::{EngineFacts, EngineKind},
};

use super::{Engine, EngineError};

const LIST_MAX: usize = 64;

/// Reads both documents once, when the engine is connected.
pub(super) async fn read(engine: &Engine, api_version: &str) -> Result<EngineFacts, EngineError> {
    let (version, info) = tokio::join!(
        engine.read_json::<Value>("engine", "/version"),
        engine.read_json::<Value>("engine", "/info"),
    );
    let version = version?;
    // Podman and a busy Docker may fail here while all else works.
    let info = info.unwrap_or_else(|error| {
        tracing::warn!("the engine does not tell its facts: {error}");
        Value::Null
    });
    Ok(facts(&version, &info, api_version))
}

fn facts(version: &Value, info: &Value, api_version: &str) -> EngineFacts {
    let text =
        |key: &str| info.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let number = |key: &str| info.get(key).and_then(Value::as_u64);
    let count = |key: &str| number(key).and_then(|number| u32::try_from(number).ok());
    let list = |value: Option<&Value>| -> Vec<String> {
        value
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .take(LIST_MAX)
            .map(str::to_owned)
            .collect()
    };
    EngineFacts {
        kind: kind(version),
        version: version.get("Version").and_then(Value::as_str).unwrap_or_default().to_owned(),
        api_version: api_version.to_owned(),
        host_name: text("Name"),
        operating_system: text("OperatingSystem"),
        kernel: text("KernelVersion"),
        architecture: text("Architecture"),
        processors: count("NCPU"),
        memory: number("MemTotal").filter(|bytes| *bytes > 0).map(ByteCount),
        storage_driver: text("Driver"),
        logging_driver: text("LoggingDriver"),
        cgroup_version: text("CgroupVersion"),
        cgroup_driver: text("CgroupDriver"),
        security_options: list(info.get("SecurityOptions")),
        runtimes: info
            .get("Runtimes")
            .and_then(Value::as_object)
            .map(|runtimes| runtimes.keys().take(LIST_MAX).cloned().collect())
            .unwrap_or_default(),
        default_runtime: text("DefaultRuntime"),
        swarm: info.pointer("/Swarm/LocalNodeState").and_then(Value::as_str).map(str::to_owned),
        data_folder: text("DockerRootDir"),
        warnings: list(info.get("Warnings"))
            .into_iter()
            .map(|warning| super::error::clip(&warning))
            .collect(),
        images: count("Images"),
    }
}

fn kind(version: &Value) -> EngineKind {
    let podman = version.get("Components").and_then(Value::as_array).into_iter().flatten().any(|component| {
        component.get("Name").and_then(Value::as_str).is_some_and(|name| name.contains("Podman"))
    });
    if podman { EngineKind::Podman } else { EngineKind::Docker }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn podman_names_itself() {
        let version = serde_json::json!({ "Version": "5.8.6", "Components": [{ "Name": "Podman Engine" }] });
        let facts = facts(&version, &Value::Null, "1.44");
        assert_eq!(facts.kind, EngineKind::Podman);
        assert_eq!(facts.memory, None);
    }
}
