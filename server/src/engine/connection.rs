//! An engine that answered once: its clients and its version.

use std::{path::PathBuf, time::Duration};

use bollard::{BollardRequest, ClientVersion, Docker};
use bytes::Bytes;
use http::{Method, Request};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde::de::DeserializeOwned;
use shared::environments::{EngineFacts, UnreachableReason};

use super::{
    EngineError, facts,
    transport::{self, Body, HttpClient},
};

/// Seconds after which a read without an answer is given up.
pub(super) const READ_SECONDS: u64 = 10;
/// Bytes of a reply that are taken: far above a list of thousands of containers.
const REPLY_MAX_BYTES: usize = 64 * 1024 * 1024;

/// Where the engine listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DockerHost {
    /// A Unix socket.
    Unix(PathBuf),
    /// `host:port`, without TLS.
    Tcp(String),
    /// `host:port`, both sides showing certificates.
    Tls {
        /// Where.
        address: String,
        /// The folder with `ca.pem`, `cert.pem` and `key.pem`.
        certificates: PathBuf,
    },
}

impl DockerHost {
    /// Reads what `DOCKER_HOST` may hold. With the folder of `DOCKER_CERT_PATH`, an engine behind TCP is
    /// spoken to over TLS, as the command line does with `DOCKER_TLS_VERIFY`.
    ///
    /// # Errors
    /// One sentence that says what is accepted.
    pub fn parse(text: &str, certificates: Option<PathBuf>) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix://") {
            return Ok(Self::Unix(PathBuf::from(path)));
        }
        let secured = text.starts_with("https://");
        let after = ["tcp://", "http://", "https://"].iter().find_map(|scheme| text.strip_prefix(scheme));
        if let Some(address) = after {
            let port = if certificates.is_some() { 2376 } else { 2375 };
            let address = address.trim_end_matches('/');
            let has_port = address.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
            let address = if has_port { address.to_owned() } else { format!("{address}:{port}") };
            return match certificates {
                Some(certificates) => Ok(Self::Tls { address, certificates }),
                None if secured => Err(format!(
                    "'{text}' asks for TLS: set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem"
                )),
                None => Ok(Self::Tcp(address)),
            };
        }
        if text.starts_with('/') {
            return Ok(Self::Unix(PathBuf::from(text)));
        }
        Err(format!(
            "'{text}' is not an engine's address: use unix:///path/to/docker.sock or tcp://host:port"
        ))
    }
}

impl std::fmt::Display for DockerHost {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unix(path) => write!(formatter, "unix://{}", path.display()),
            Self::Tcp(address) | Self::Tls { address, .. } => write!(formatter, "tcp://{address}"),
        }
    }
}

/// A connection to an engine whose version is known. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub(super) docker: Docker,
    client: HttpClient,
    /// `/v1.51`: put before raw paths.
    prefix: String,
    facts: EngineFacts,
}

impl Engine {
    /// Connects, negotiates the version, and reads what the engine tells of itself.
    ///
    /// # Errors
    /// [`EngineError::Unreachable`] with the reason; never waits longer than a read may.
    pub async fn connect(host: &DockerHost) -> Result<Self, EngineError> {
        let client = transport::client(host)?;
        let for_bollard = client.clone();
        let send = move |request: BollardRequest| {
            let client = for_bollard.clone();
            async move { client.request(request).await.map_err(bollard::errors::Error::from) }
        };
        let oldest = ClientVersion { major_version: 1, minor_version: 53 };
        #[expect(clippy::disallowed_methods, reason = "this is the one place that makes a client")]
        let docker =
            Docker::connect_with_custom_transport(send, Some("http://engine"), READ_SECONDS, &oldest)
                .map_err(|error| EngineError::from_bollard("engine", error))?;
        let negotiated = tokio::time::timeout(Duration::from_secs(READ_SECONDS), docker.negotiate_version())
            .await
            .map_err(|_elapsed| EngineError::Unreachable {
                reason: UnreachableReason::NotResponding,
                detail: format!("no answer within {READ_SECONDS} s"),
            })?
            .map_err(|error| match EngineError::from_bollard("engine", error) {
                unreachable @ EngineError::Unreachable { .. } => unreachable,
                other => EngineError::Unreachable {
                    reason: UnreachableReason::NotAnEngine,
                    detail: other.to_string(),
                },
            })?;
        let version = negotiated.client_version();
        let mut engine = Self {
            docker: negotiated,
            client,
            prefix: format!("/v{}.{}", version.major_version, version.minor_version),
            facts: EngineFacts::default(),
        };
        engine.facts = facts::read(&engine, &version.to_string()).await?;
        Ok(engine)
    }

    /// What the engine told of itself when it was connected.
    #[must_use]
    pub fn facts(&self) -> &EngineFacts {
        &self.facts
    }

    /// The second number of the version that was agreed upon: 51 of 1.51.
    pub(super) fn api_minor(&self) -> usize {
        self.docker.client_version().minor_version
    }

    /// Whether it answers at all, within `limit`.
    ///
    /// # Errors
    /// [`EngineError::Unreachable`].
    pub async fn ping(&self, limit: Duration) -> Result<(), EngineError> {
        let request = self.request(Method::GET, "/_ping", transport::full(Bytes::new()));
        let answer = async {
            let reply = transport::send(&self.client, request?).await?;
            read_body(reply.into_body(), 1024).await.map(drop)
        };
        tokio::time::timeout(limit, answer).await.map_err(|_elapsed| EngineError::Unreachable {
            reason: UnreachableReason::NotResponding,
            detail: format!("no answer within {} s", limit.as_secs()),
        })?
    }

    /// A request with the negotiated version before its path.
    pub(super) fn request(
        &self,
        method: Method,
        path: &str,
        body: Body,
    ) -> Result<Request<Body>, EngineError> {
        Request::builder()
            .method(method)
            .uri(format!("http://engine{}{path}", self.prefix))
            .header(http::header::HOST, "engine")
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(body)
            .map_err(|error| EngineError::Malformed { detail: error.to_string() })
    }

    /// Sends, and turns every status of failure into an error about a thing of the kind `what`.
    pub(super) async fn send(
        &self,
        what: &'static str,
        request: Request<Body>,
    ) -> Result<http::Response<Incoming>, EngineError> {
        self.send_within(what, request, READ_SECONDS).await
    }

    /// The same for what the engine may need longer for.
    pub(super) async fn send_within(
        &self,
        what: &'static str,
        request: Request<Body>,
        seconds: u64,
    ) -> Result<http::Response<Incoming>, EngineError> {
        let limit = Duration::from_secs(seconds);
        let reply = tokio::time::timeout(limit, transport::send(&self.client, request))
            .await
            .map_err(|_elapsed| EngineError::Timeout { seconds })??;
        if reply.status().is_success() || reply.status() == http::StatusCode::SWITCHING_PROTOCOLS {
            return Ok(reply);
        }
        Err(failure(what, reply).await)
    }

    /// Reads a JSON document of bounded size.
    pub(super) async fn read_json<T: DeserializeOwned>(
        &self,
        what: &'static str,
        path: &str,
    ) -> Result<T, EngineError> {
        self.read_json_within(what, path, READ_SECONDS).await
    }

    /// The same for what the engine may need longer for.
    pub(super) async fn read_json_within<T: DeserializeOwned>(
        &self,
        what: &'static str,
        path: &str,
        seconds: u64,
    ) -> Result<T, EngineError> {
        let request = self.request(Method::GET, path, transport::full(Bytes::new()))?;
        let reading = async {
            let reply = transport::send(&self.client, request).await?;
            if !reply.status().is_success() {
                return Err(failure(what, reply).await);
            }
            read_body(reply.into_body(), REPLY_MAX_BYTES).await
        };
        let bytes = tokio::time::timeout(Duration::from_secs(seconds), reading)
            .await
            .map_err(|_elapsed| EngineError::Timeout { seconds })??;
        serde_json::from_slice(&bytes).map_err(|error| EngineError::Malformed { detail: error.to_string() })
    }
}

/// The error of a reply that is none of success.
async fn failure(what: &'static str, reply: http::Response<Incoming>) -> EngineError {
    #[derive(serde::Deserialize)]
    struct Message {
        message: String,
    }
    let status = reply.status().as_u16();
    match read_body(reply.into_body(), 64 * 1024).await {
        Ok(bytes) => {
            let message = serde_json::from_slice::<Message>(&bytes)
                .map_or_else(|_error| String::from_utf8_lossy(&bytes).into_owned(), |body| body.message);
            EngineError::from_status(what, status, &message)
        }
        Err(error) => error,
    }
}

/// Collects a body up to a bound.
pub(super) async fn read_body(mut body: Incoming, most: usize) -> Result<Bytes, EngineError> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| EngineError::from_chain(&error))?;
        if let Ok(data) = frame.into_data() {
            if bytes.len().saturating_add(data.len()) > most {
                return Err(EngineError::Malformed { detail: format!("longer than {most} bytes") });
            }
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let plain = |text| DockerHost::parse(text, None);
        assert_eq!(plain("unix:///run/d.sock"), Ok(DockerHost::Unix("/run/d.sock".into())));
        assert_eq!(plain("tcp://h:1"), Ok(DockerHost::Tcp("h:1".into())));
        assert_eq!(plain("tcp://h"), Ok(DockerHost::Tcp("h:2375".into())));
        assert_eq!(plain("tcp://[::1]"), Ok(DockerHost::Tcp("[::1]:2375".into())));
        assert!(plain("ssh://h").is_err());
        assert!(plain("https://h").unwrap_err().contains("DOCKER_TLS_VERIFY"));
        for text in ["tcp://h", "https://h/"] {
            let (address, certificates) = ("h:2376".to_owned(), PathBuf::from("/c"));
            let secured = DockerHost::parse(text, Some(certificates.clone()));
            assert_eq!(secured, Ok(DockerHost::Tls { address, certificates }));
        }
        let socket = DockerHost::parse("unix:///s", Some("/c".into()));
        assert_eq!(socket, Ok(DockerHost::Unix("/s".into())), "as the command line does");
    }
}
