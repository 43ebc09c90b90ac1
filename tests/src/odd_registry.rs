//! A small registry that answers every image in one way: well, or with one of the failures of real ones. It
//! listens on the machine's side of the engine's link, without TLS. What an engine makes of such an answer,
//! and in which words, is what it says to whoever pulls.
//!
//! Its replies follow <https://github.com/opencontainers/distribution-spec/blob/main/spec.md>.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use http::StatusCode;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use crate::{
    TestEngine,
    http_wire::{Head, Piece, Reader},
    registry::{digest, forget, near_side},
};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
/// The first byte of a client's greeting: <https://www.rfc-editor.org/rfc/rfc8446#section-5.1>.
const TLS_HANDSHAKE: u8 = 22;

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// As it should.
    Well,
    /// 401, for a name and a password.
    Basic,
    /// 401, for a token, which is refused with this status.
    Bearer(u16),
    /// A token for everybody, which opens nothing: what Docker Hub does for what is private or is not there.
    Scope,
    /// 403, whoever asks.
    Forbidden,
    /// 429
    TooMany,
    /// 404: no such tag.
    NoManifest,
    /// 404: no such name.
    NoName,
    /// 404 with a page for browsers: a web server that is no registry.
    Website,
    /// 500
    Broken,
    /// 503 from what stands before a registry, in words of its own.
    Unavailable,
    /// The manifest's request is never answered.
    Silent,
    /// The layer breaks off in the middle.
    Cut,
    /// The layer is another one than was announced.
    Other,
}

/// The registry; dropping it ends it, and removes from the engine what was pulled.
#[derive(Debug)]
pub struct OddRegistry {
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
    engine: TestEngine,
    /// Where the engine finds it: `172.28.7.1:40001`.
    pub address: String,
}

#[derive(Debug)]
struct Shared {
    way: Way,
    address: String,
    layer: Vec<u8>,
    config: Vec<u8>,
    manifest: Vec<u8>,
    asked: Mutex<Vec<String>>,
    waiting: AtomicUsize,
}

impl OddRegistry {
    /// One that has every image: a single layer with one file of so many bytes.
    ///
    /// # Panics
    /// When it cannot listen there.
    pub async fn start(engine: &TestEngine, way: Way, bytes: usize) -> Self {
        let listener = TcpListener::bind((near_side(engine), 0)).await.expect("the engine's link");
        let address = listener.local_addr().expect("an address").to_string();
        // The image is nobody else's, not even in an engine that pulled from a registry before this one.
        let layer = tar("filling", format!("{address}\n").repeat(bytes / address.len() + 1).as_bytes());
        let config = json!({
            "architecture": if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" }, "os": "linux",
            "config": {"Cmd": ["true"]},
            "rootfs": {"type": "layers", "diff_ids": [digest(&layer)]},
        });
        let config = config.to_string().into_bytes();
        let part = |kind: &str, bytes: &[u8]| json!({"mediaType": kind, "size": bytes.len(), "digest": digest(bytes)});
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": part(CONFIG, &config), "layers": [part(LAYER, &layer)],
        });
        let manifest = manifest.to_string().into_bytes();
        let shared = Arc::new(Shared {
            way,
            address: address.clone(),
            layer,
            config,
            manifest,
            asked: Mutex::default(),
            waiting: AtomicUsize::new(0),
        });
        let listening = tokio::spawn(listen(listener, Arc::clone(&shared)));
        Self { shared, listening, engine: engine.clone(), address }
    }

    /// The digest of its images' manifest.
    #[must_use]
    pub fn digest(&self) -> String {
        digest(&self.shared.manifest)
    }

    /// What it was asked for so far: `GET /v2/shop/manifests/1`.
    ///
    /// # Panics
    /// When another thread failed while it noted a request.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// Connections on which an answer is waited for that never comes.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.shared.waiting.load(Ordering::Relaxed)
    }
}

impl Drop for OddRegistry {
    fn drop(&mut self) {
        self.listening.abort();
        forget(&self.engine, &self.address);
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    // Ends its connections with it.
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            serve(client, &shared).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(mut client: TcpStream, shared: &Shared) {
    let mut reader = Reader::default();
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = client.read(&mut buffer).await {
        // Engines try TLS first, and wait for an answer to that.
        if buffer[0] == TLS_HANDSHAKE {
            return;
        }
        for piece in reader.push(&buffer[..length]) {
            let Piece::Head(head) = piece else { continue };
            shared.asked.lock().unwrap().push(format!("{} {}", head.method, head.target));
            let Some(reply) = shared.reply(&head) else {
                shared.waiting.fetch_add(1, Ordering::Relaxed);
                while let Ok(1..) = client.read(&mut buffer).await {}
                shared.waiting.fetch_sub(1, Ordering::Relaxed);
                return;
            };
            let whole = reply.bytes(head.method == "HEAD");
            let cut = shared.way == Way::Cut && head.target.ends_with(&digest(&shared.layer));
            let sent = if cut { &whole[..whole.len() / 2] } else { &whole[..] };
            if client.write_all(sent).await.is_err() || cut {
                return;
            }
        }
    }
}

struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Reply {
    fn of(kind: &str, body: &[u8]) -> Self {
        let headers = vec![("Content-Type", kind.to_owned()), ("Docker-Content-Digest", digest(body))];
        Self { status: 200, headers, body: body.to_vec() }
    }

    fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("Content-Type", "application/json".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    fn error(status: u16, code: &str, message: &str) -> Self {
        Self::json(status, &json!({"errors": [{"code": code, "message": message}]}))
    }

    fn page(status: u16, body: &str) -> Self {
        let headers = vec![("Content-Type", "text/html".to_owned())];
        Self { status, headers, body: body.as_bytes().to_vec() }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn bytes(self, head_only: bool) -> Vec<u8> {
        let reason = StatusCode::from_u16(self.status).ok().and_then(|status| status.canonical_reason());
        let (status, reason) = (self.status, reason.unwrap_or("Unknown"));
        let mut head = format!("HTTP/1.1 {status} {reason}\r\nContent-Length: {}\r\n", self.body.len());
        for (name, value) in self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut bytes = (head + "\r\n").into_bytes();
        if !head_only {
            bytes.extend(self.body);
        }
        bytes
    }
}

impl Shared {
    /// What it says to a request; `None` for nothing, ever.
    fn reply(&self, head: &Head) -> Option<Reply> {
        let path = head.target.split('?').next().unwrap_or_default();
        let (is_greeting, is_manifest) = (path == "/v2/", path.contains("/manifests/"));
        if path == "/token" {
            return Some(self.token());
        }
        let unauthorized = || Reply::error(401, "UNAUTHORIZED", "authentication required");
        let challenge = format!("Bearer realm=\"http://{}/token\",service=\"odd\"", self.address);
        let refused = match self.way {
            Way::Basic => Some(unauthorized().with("WWW-Authenticate", "Basic realm=\"odd\"")),
            Way::Bearer(_) => Some(unauthorized().with("WWW-Authenticate", challenge)),
            Way::Scope if is_greeting && head.header("authorization").is_none() => {
                Some(unauthorized().with("WWW-Authenticate", challenge))
            }
            Way::Scope => Some(
                unauthorized().with("WWW-Authenticate", format!("{challenge},error=\"insufficient_scope\"")),
            ),
            Way::Website => Some(Reply::page(404, "<html><h1>404 Not Found</h1></html>")),
            Way::Unavailable => Some(Reply::page(503, "<html><h1>503 Service Unavailable</h1></html>")),
            _ if !is_manifest => None,
            Way::Forbidden => Some(Reply::error(403, "DENIED", "requested access to the resource is denied")),
            // Podman waits as long as it is told before it asks again by itself.
            Way::TooMany => Some(
                Reply::error(
                    429,
                    "TOOMANYREQUESTS",
                    "You have reached your unauthenticated pull rate limit.",
                )
                .with("Retry-After", "0"),
            ),
            Way::NoManifest => Some(Reply::error(404, "MANIFEST_UNKNOWN", "manifest unknown")),
            Way::NoName => Some(Reply::error(404, "NAME_UNKNOWN", "repository name not known to registry")),
            Way::Broken => Some(Reply::error(500, "UNKNOWN", "unknown error")),
            Way::Silent => return None,
            Way::Well | Way::Cut | Way::Other => None,
        };
        Some(refused.unwrap_or_else(|| self.content(path)))
    }

    fn token(&self) -> Reply {
        match self.way {
            Way::Bearer(status) => Reply::json(status, &json!({"details": "incorrect username or password"})),
            _ => Reply::json(200, &json!({"token": "for-everybody", "expires_in": 300})),
        }
    }

    fn content(&self, path: &str) -> Reply {
        if path == "/v2/" {
            return Reply::json(200, &json!({}));
        }
        if path.contains("/manifests/") {
            return Reply::of(MANIFEST, &self.manifest);
        }
        if path.ends_with(&digest(&self.config)) {
            return Reply::of("application/octet-stream", &self.config);
        }
        if path.ends_with(&digest(&self.layer)) {
            let mut layer = self.layer.clone();
            if self.way == Way::Other {
                layer.reverse();
            }
            return Reply { body: layer, ..Reply::of("application/octet-stream", &self.layer) };
        }
        Reply::error(404, "BLOB_UNKNOWN", "blob unknown to registry")
    }
}

/// An archive of one file: <https://www.gnu.org/software/tar/manual/html_node/Standard.html>.
fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    let mut header = [0; 512];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, &format!("{:011o}", content.len()));
    put(136, "00000000000");
    // The sum counts itself as spaces.
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\0");
    put(263, "00");
    let sum: u32 = header.iter().copied().map(u32::from).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut archive = header.to_vec();
    archive.extend(content);
    // To the next block, and two empty ones.
    archive.resize(archive.len().next_multiple_of(512) + 1024, 0);
    archive
}
