//! Makes containers, of vetted specs only.

use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};
use shared::{
    ContainerId,
    run::{CreateContainer, JoinedNetwork, RunSpec},
};

use super::{
    Engine, EngineError,
    connection::read_body,
    create_body::{self, Dialect, EndpointConfig},
    transport,
};
use crate::access::{grant::Grant, vet::Vetted};

/// Seconds that an engine may take to make a container: it copies what the image has in its volumes.
const CREATE_SECONDS: u64 = 120;
/// Bytes of its reply that are taken.
const REPLY_MAX_BYTES: usize = 256 * 1024;

/// A container that was made under a grant: what the next steps of making it act on.
#[derive(Debug)]
pub struct Created {
    id: ContainerId,
    warnings: Vec<String>,
}

impl Created {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &ContainerId {
        &self.id
    }

    /// What the engine would not do, in its own words.
    #[must_use]
    pub fn into_warnings(self) -> Vec<String> {
        self.warnings
    }
}

/// A network of a vetted spec that its container is not connected to when it is made.
pub(crate) struct FurtherNetwork<'a>(&'a JoinedNetwork);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    id: ContainerId,
    #[serde(default)]
    warnings: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Connection<'a> {
    container: &'a str,
    endpoint_config: EndpointConfig<'a>,
}

fn encode(text: &str) -> String {
    shared::endpoint::segment(text)
}

fn json(document: &impl Serialize) -> Result<Bytes, EngineError> {
    let text = serde_json::to_vec(document);
    text.map(Bytes::from).map_err(|error| EngineError::Invalid { message: error.to_string() })
}

impl Engine {
    /// `docker create`
    pub(crate) async fn create_container(
        &self,
        _grant: &Grant<CreateContainer>,
        spec: &Vetted<RunSpec>,
    ) -> Result<Created, EngineError> {
        let spec = spec.get();
        let body = json(&create_body::body(spec, self.dialect())?)?;
        let mut query = Vec::new();
        let named = spec.general.name.as_deref().filter(|name| !name.is_empty());
        query.extend(named.map(|name| format!("name={}", encode(name))));
        let platform = spec.general.platform.as_deref().filter(|platform| !platform.is_empty());
        query.extend(platform.map(|platform| format!("platform={}", encode(platform))));
        let path = format!("/containers/create?{}", query.join("&"));
        let request = self.request(Method::POST, path.trim_end_matches('?'), transport::full(body))?;
        let reply = self.send_within("image", request, CREATE_SECONDS).await?;
        let reply = read_body(reply.into_body(), REPLY_MAX_BYTES).await?;
        let reply: Reply = serde_json::from_slice(&reply)
            .map_err(|error| EngineError::Malformed { detail: error.to_string() })?;
        Ok(Created { id: reply.id, warnings: reply.warnings.unwrap_or_default() })
    }

    /// The networks that a new container is yet to be connected to, where the engine does not do so when it
    /// makes it.
    pub(crate) fn further_networks<'a>(
        &self,
        spec: &'a Vetted<RunSpec>,
    ) -> impl Iterator<Item = FurtherNetwork<'a>> + use<'a> {
        let known = if self.dialect().takes_several_networks() { usize::MAX } else { 1 };
        spec.get().network.networks.iter().skip(known).map(FurtherNetwork)
    }

    /// Connects a new container to one of them.
    pub(crate) async fn connect_created(
        &self,
        _grant: &Grant<CreateContainer>,
        created: &Created,
        network: FurtherNetwork<'_>,
    ) -> Result<(), EngineError> {
        let endpoint_config = create_body::endpoint(network.0, self.dialect())?;
        let body = json(&Connection { container: created.id.as_str(), endpoint_config })?;
        let path = format!("/networks/{}/connect", encode(network.0.name.as_str()));
        let request = self.request(Method::POST, &path, transport::full(body))?;
        self.send_within("network", request, CREATE_SECONDS).await.map(drop)
    }

    /// Starts a new container.
    pub(crate) async fn start_created(
        &self,
        _grant: &Grant<CreateContainer>,
        created: &Created,
    ) -> Result<(), EngineError> {
        let path = format!("/containers/{}/start", created.id);
        let request = self.request(Method::POST, &path, transport::full(Bytes::new()))?;
        self.send_within("container", request, CREATE_SECONDS).await.map(drop)
    }

    fn dialect(&self) -> Dialect {
        let system = self.facts().operating_system.as_deref().unwrap_or_default();
        Dialect { minor: self.api_minor(), windows: system.contains("Windows") }
    }
}
