//! Containers: the list, one of them, and its inspection. Read into structs of our own that tolerate what
//! an older Docker or Podman leaves out.

use std::collections::BTreeMap;

use serde::Deserialize;
use shared::{
    ContainerId, Permission, UnixMillis,
    access::CREATED_LABEL,
    containers::{
        ContainerInspect, ContainerState, ContainerSummary, Health, HostAccess, InspectContainer, Port,
        host_access_of, is_ordinary_volume, volumes_of,
    },
    endpoint::Operation,
};

use super::{Engine, EngineError, details, status_text};
use crate::access::grant::{Grant, SystemGrant};

const LABELS_MAX: usize = 64;
const LABEL_MAX_BYTES: usize = 256;

/// A container as `GET /containers/json` tells it
/// (<https://docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerList>).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    id: String,
    #[serde(default)]
    names: Option<Vec<String>>,
    #[serde(default)]
    image: Option<String>,
    #[serde(default, rename = "ImageID")]
    image_id: Option<String>,
    #[serde(default)]
    command: Option<serde_json::Value>,
    #[serde(default)]
    created: Option<i64>,
    #[serde(default)]
    ports: Option<Vec<ListedPort>>,
    #[serde(default)]
    labels: Option<BTreeMap<String, String>>,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    network_settings: Option<ListedNetworks>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListedPort {
    #[serde(default, rename = "IP")]
    ip: Option<String>,
    private_port: u16,
    #[serde(default)]
    public_port: Option<u16>,
    #[serde(default, rename = "Type")]
    protocol: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListedNetworks {
    #[serde(default)]
    networks: Option<BTreeMap<String, serde_json::Value>>,
}

impl Engine {
    /// All containers, running or not.
    pub(crate) async fn list_containers(
        &self,
        _grant: &SystemGrant,
        now: UnixMillis,
    ) -> Result<Vec<ContainerSummary>, EngineError> {
        let listed: Vec<Listed> = self.read_json("container", "/containers/json?all=1").await?;
        Ok(listed.into_iter().filter_map(|container| container.summary(now)).collect())
    }

    /// These containers; what is missing in the reply is gone.
    pub(crate) async fn list_some_containers(
        &self,
        _grant: &SystemGrant,
        ids: &[ContainerId],
        now: UnixMillis,
    ) -> Result<Vec<ContainerSummary>, EngineError> {
        let filters = serde_json::json!({ "id": ids }).to_string();
        let filters = percent_encoding::utf8_percent_encode(&filters, percent_encoding::NON_ALPHANUMERIC);
        let listed: Vec<Listed> =
            self.read_json("container", &format!("/containers/json?all=1&filters={filters}")).await?;
        Ok(listed.into_iter().filter_map(|container| container.summary(now)).collect())
    }

    /// Everything about the grant's container, with environment values masked unless the grant's actor may
    /// see them.
    pub(crate) async fn inspect_container(
        &self,
        grant: &Grant<InspectContainer>,
        summary: ContainerSummary,
    ) -> Result<ContainerInspect, EngineError> {
        let mut raw = self.inspect_raw(grant).await?;
        let masked = !grant.also(Permission::ContainerEnvironment);
        if masked {
            details::mask_env(&mut raw);
        }
        Ok(ContainerInspect { details: details::read(&raw, masked), summary, raw, masked })
    }

    /// What of the grant's container reaches the host: whoever acts inside it acts there. So does a volume that
    /// stands for a place of the host, or that the container `own` keeps its data in.
    pub(crate) async fn host_access<O: Operation>(
        &self,
        grant: &Grant<O>,
        own: Option<&ContainerId>,
    ) -> Result<Vec<HostAccess>, EngineError> {
        let raw = self.inspect_raw(grant).await?;
        if !raw.get("HostConfig").is_some_and(serde_json::Value::is_object) {
            return Err(EngineError::Malformed { detail: "the container has no HostConfig".to_owned() });
        }
        let mut found = host_access_of(&raw);
        let volumes = volumes_of(&raw);
        if found.is_empty() && !volumes.is_empty() {
            let own = self.volumes_of(grant, own).await?;
            for volume in volumes {
                if own.iter().any(|own| own == volume) || !self.is_ordinary_volume(grant, volume).await? {
                    found.push(HostAccess::Volume(volume.to_owned()));
                }
            }
        }
        Ok(found)
    }

    /// The named volumes of the console's own container; none where it runs in none, or in none of this engine.
    pub(crate) async fn volumes_of<O: Operation>(
        &self,
        _grant: &Grant<O>,
        own: Option<&ContainerId>,
    ) -> Result<Vec<String>, EngineError> {
        let Some(own) = own else { return Ok(Vec::new()) };
        let read = self.read_json::<serde_json::Value>("container", &format!("/containers/{own}/json")).await;
        match read {
            Ok(raw) => Ok(volumes_of(&raw).into_iter().map(str::to_owned).collect()),
            Err(EngineError::NotFound { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Whether a volume is an ordinary folder of the engine's, as one is that is yet to be made.
    pub(crate) async fn is_ordinary_volume<O: Operation>(
        &self,
        _grant: &Grant<O>,
        name: &str,
    ) -> Result<bool, EngineError> {
        let path = format!("/volumes/{}", shared::endpoint::segment(name));
        match self.read_json::<serde_json::Value>("volume", &path).await {
            Ok(volume) => Ok(is_ordinary_volume(&volume)),
            Err(EngineError::NotFound { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn inspect_raw<O: Operation>(
        &self,
        grant: &Grant<O>,
    ) -> Result<serde_json::Value, EngineError> {
        let id = grant
            .container()
            .map_err(|_error| EngineError::NotFound { what: "container", message: String::new() })?;
        let raw: serde_json::Value = self.read_json("container", &format!("/containers/{id}/json")).await?;
        if raw.get("Id").and_then(serde_json::Value::as_str) != Some(id.as_str()) {
            return Err(EngineError::Malformed {
                detail: "this is not the container that was asked for".to_owned(),
            });
        }
        Ok(raw)
    }
}

impl Listed {
    fn summary(self, now: UnixMillis) -> Option<ContainerSummary> {
        let id = ContainerId::try_from(self.id).ok()?;
        let words = status_text::read(self.status.as_deref().unwrap_or_default());
        let status = self.status.unwrap_or_default();
        let state = state(self.state.as_deref().unwrap_or_default(), &status);
        let labels = self.labels.unwrap_or_default();
        let label = |key: &str| labels.get(key).filter(|value| !value.is_empty()).cloned();
        let stack = label("com.docker.compose.project").or_else(|| label("io.podman.compose.project"));
        let service = label("com.docker.compose.service");
        // A link's alias has a second slash; the container's own name has one.
        let name = self
            .names
            .unwrap_or_default()
            .into_iter()
            .map(|name| name.strip_prefix('/').map(str::to_owned).unwrap_or(name))
            .find(|name| !name.contains('/'))
            .unwrap_or_else(|| id.short().to_owned());
        Some(ContainerSummary {
            name,
            image: self.image.unwrap_or_default(),
            image_id: self.image_id.unwrap_or_default(),
            state,
            health: (state == ContainerState::Running).then(|| health(&status)).flatten(),
            exit_code: if matches!(state, ContainerState::Running | ContainerState::Paused) {
                None
            } else {
                words.exit_code
            },
            created_at: UnixMillis(self.created.unwrap_or_default().saturating_mul(1000)),
            since: words.ago_ms.map(|ago| UnixMillis(now.0.saturating_sub(ago))),
            ports: ports(self.ports.unwrap_or_default()),
            stack,
            service,
            made_here: labels.contains_key(CREATED_LABEL),
            command: command(self.command),
            networks: self
                .network_settings
                .and_then(|settings| settings.networks)
                .unwrap_or_default()
                .into_keys()
                .collect(),
            labels: labels
                .into_iter()
                .filter(|(key, _)| !key.starts_with("com.docker.compose."))
                .take(LABELS_MAX)
                .map(|(key, value)| (clip(key), clip(value)))
                .collect(),
            id,
        })
    }
}

/// Docker tells a string, Podman a list.
fn command(value: Option<serde_json::Value>) -> String {
    match value {
        Some(serde_json::Value::String(text)) => text,
        Some(serde_json::Value::Array(words)) => {
            words.iter().filter_map(serde_json::Value::as_str).collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    }
}

fn state(state: &str, status: &str) -> ContainerState {
    match state {
        "created" | "configured" | "initialized" => ContainerState::Created,
        "running" => ContainerState::Running,
        "paused" => ContainerState::Paused,
        "restarting" => ContainerState::Restarting,
        "removing" | "stopping" => ContainerState::Removing,
        "dead" => ContainerState::Dead,
        "exited" | "stopped" => ContainerState::Exited,
        _ if status.starts_with("Up") => ContainerState::Running,
        _ => ContainerState::Exited,
    }
}

fn health(status: &str) -> Option<Health> {
    if status.contains("(unhealthy)") {
        Some(Health::Unhealthy)
    } else if status.contains("(healthy)") {
        Some(Health::Healthy)
    } else if status.contains("(health: starting)") || status.contains("(starting)") {
        Some(Health::Starting)
    } else {
        None
    }
}

/// One port a line: the engine lists IPv4 and IPv6 apart.
fn ports(listed: Vec<ListedPort>) -> Vec<Port> {
    let mut ports: BTreeMap<(u16, String, Option<u16>), Vec<String>> = BTreeMap::new();
    for port in listed {
        let public = port.public_port.filter(|public| *public != 0);
        let addresses = ports
            .entry((port.private_port, port.protocol.unwrap_or_else(|| "tcp".to_owned()), public))
            .or_default();
        if let Some(ip) = port.ip.filter(|ip| !ip.is_empty())
            && !addresses.contains(&ip)
        {
            addresses.push(ip);
        }
    }
    ports
        .into_iter()
        .map(|((private, protocol, public), addresses)| Port { private, protocol, public, addresses })
        .collect()
}

fn clip(mut text: String) -> String {
    if text.len() > LABEL_MAX_BYTES {
        let end = (0..=LABEL_MAX_BYTES).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(json: serde_json::Value) -> ContainerSummary {
        serde_json::from_value::<Listed>(json).unwrap().summary(UnixMillis(10_000_000)).unwrap()
    }

    #[test]
    fn the_least_an_engine_may_tell() {
        let container = listed(
            serde_json::json!({ "Id": "a".repeat(64), "State": "exited", "Status": "Exited (3) 2 seconds ago" }),
        );
        assert_eq!(container.name, "aaaaaaaaaaaa");
        assert_eq!(container.exit_code, Some(3));
        assert_eq!(container.since, Some(UnixMillis(9_998_000)));
    }

    #[test]
    fn both_families_are_one_port() {
        let port =
            |ip: &str| serde_json::json!({ "IP": ip, "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp" });
        let container = listed(serde_json::json!({
            "Id": "b".repeat(64), "Names": ["/other/alias", "/web"], "State": "running",
            "Status": "Up 2 minutes (unhealthy)", "Ports": [port("0.0.0.0"), port("::"), port("::")],
        }));
        assert_eq!(container.name, "web");
        assert_eq!(container.health, Some(Health::Unhealthy));
        assert_eq!(container.ports.len(), 1);
        assert_eq!(container.ports[0].addresses, ["0.0.0.0", "::"]);
    }
}
