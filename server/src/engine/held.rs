//! What a new container is checked against: the ports of one that does not run, the names of volumes and
//! networks. Nothing else of these is read here.

use serde::Deserialize;
use serde_json::Value;
use shared::{ContainerId, run::HeldPort};

use super::{Engine, EngineError};
use crate::access::grant::SystemGrant;

/// So many ports of one container, and so many names, are taken.
const MOST: usize = 8192;

#[derive(Deserialize)]
struct Named {
    #[serde(rename = "Name")]
    name: String,
}

#[derive(Deserialize)]
struct Volumes {
    #[serde(default, rename = "Volumes")]
    volumes: Option<Vec<Named>>,
}

impl Engine {
    /// The ports of the host that a container binds when it is started, as far as they are certain.
    pub(crate) async fn published_ports(
        &self,
        _grant: &SystemGrant,
        id: &ContainerId,
    ) -> Result<Vec<HeldPort>, EngineError> {
        let raw: Value = self.read_json("container", &format!("/containers/{id}/json")).await?;
        Ok(published(id, &raw))
    }

    /// The names of all volumes.
    pub(crate) async fn volume_names(&self, _grant: &SystemGrant) -> Result<Vec<String>, EngineError> {
        let read: Volumes = self.read_json("volume", "/volumes").await?;
        Ok(names(read.volumes.unwrap_or_default()))
    }

    /// The names of all networks.
    pub(crate) async fn network_names(&self, _grant: &SystemGrant) -> Result<Vec<String>, EngineError> {
        Ok(names(self.read_json::<Vec<Named>>("network", "/networks").await?))
    }
}

fn names(read: Vec<Named>) -> Vec<String> {
    read.into_iter().take(MOST).map(|named| named.name).collect()
}

/// A free port or one of a range is nobody's before it is bound.
fn published(id: &ContainerId, raw: &Value) -> Vec<HeldPort> {
    let bindings = raw.pointer("/HostConfig/PortBindings").and_then(Value::as_object);
    let held = bindings.into_iter().flatten().flat_map(|(inside, bindings)| {
        let protocol = inside.split_once('/').map_or("tcp", |(_, protocol)| protocol);
        bindings.as_array().into_iter().flatten().filter_map(move |binding| {
            let text = |name: &str| binding.get(name).and_then(Value::as_str).unwrap_or_default();
            let port = text("HostPort").parse().ok().filter(|port| *port > 0)?;
            Some(HeldPort {
                container: id.clone(),
                port,
                protocol: protocol.to_owned(),
                address: text("HostIp").to_owned(),
            })
        })
    });
    held.take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_certain_ports_are_held() {
        let id: ContainerId = "c".repeat(64).parse().unwrap();
        let raw = serde_json::json!({ "HostConfig": { "PortBindings": {
            "80/tcp": [{ "HostIp": "127.0.0.1", "HostPort": "8080" }, { "HostIp": "", "HostPort": "" }],
            "53/udp": [{ "HostIp": "", "HostPort": "5300-5310" }, { "HostPort": "53" }],
            "9/tcp": null
        } } });
        let mut held: Vec<String> = published(&id, &raw)
            .into_iter()
            .map(|held| format!("{} {}/{}", held.address, held.port, held.protocol))
            .collect();
        held.sort();
        assert_eq!(held, [" 53/udp", "127.0.0.1 8080/tcp"]);
        assert_eq!(published(&id, &Value::Null), []);
    }
}
