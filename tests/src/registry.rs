//! A real registry, Debian's docker-registry, that the private engine reaches: on the machine's side of the
//! engine's link, behind a relay that can be slowed down, held up and counted.

use std::{
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::{
    TestEngine,
    console::free_address,
    eventually,
    folder::{Folder, unique},
};

/// The registry; dropping it ends it and removes what it holds.
#[derive(Debug)]
pub struct Registry {
    child: Child,
    _folder: Folder,
    relay: JoinHandle<()>,
    flow: Arc<Flow>,
    engine: TestEngine,
    /// Where the engine finds it: `172.28.7.1:40001`.
    pub address: String,
}

/// What passes the relay, from the registry to the engine.
#[derive(Debug, Default)]
struct Flow {
    /// Bytes a second; 0 for as many as there are.
    limit: AtomicU64,
    passed: AtomicU64,
    open: AtomicUsize,
}

impl Registry {
    /// Starts one for this engine.
    ///
    /// # Panics
    /// When it does not listen in time.
    pub async fn start(engine: &TestEngine) -> Self {
        let folder = Folder::new();
        let upstream = free_address();
        let config = format!(
            "version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\n\
             storage: {{filesystem: {{rootdirectory: {}}}}}\nhttp: {{addr: {upstream}}}\n",
            folder.path().display()
        );
        std::fs::write(folder.join("config.yml"), config).unwrap();
        let child = Command::new("docker-registry")
            .arg("serve")
            .arg(folder.join("config.yml"))
            .env_remove("OTEL_TRACES_EXPORTER")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("docker-registry is installed: Debian's docker-registry");
        eventually("the registry listens", async || TcpStream::connect(&upstream).await.ok()).await;
        let listener = TcpListener::bind((near_side(engine), 0)).await.expect("the engine's link");
        let address = listener.local_addr().expect("an address").to_string();
        let flow = Arc::new(Flow::default());
        let relay = tokio::spawn(relay(listener, upstream, Arc::clone(&flow)));
        Self { child, _folder: folder, relay, flow, engine: engine.clone(), address }
    }

    /// Lets so many bytes a second pass to the engine; 0 for as many as there are.
    pub fn limit(&self, bytes_a_second: u64) {
        self.flow.limit.store(bytes_a_second, Ordering::Relaxed);
    }

    /// Bytes that passed to the engine.
    #[must_use]
    pub fn passed(&self) -> u64 {
        self.flow.passed.load(Ordering::Relaxed)
    }

    /// Connections that are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.flow.open.load(Ordering::Relaxed)
    }

    /// Pushes an image of busybox and one more layer of so many random bytes, and removes it from the engine.
    /// Its full name.
    ///
    /// # Panics
    /// When the engine refuses any of it.
    #[must_use]
    pub fn push(&self, name: &str, bytes: usize) -> String {
        let full = format!("{}/{name}", self.address);
        let made = format!("made-{}", unique());
        let fill = format!("head -c {bytes} /dev/urandom >/filling; echo done");
        self.engine.docker(&["run", "--name", &made, "busybox", "sh", "-c", &fill]);
        self.engine.docker(&[
            "commit",
            "--change",
            "EXPOSE 8080",
            "--change",
            "ENV GREETING=hello",
            "--change",
            "CMD [\"sleep\",\"60\"]",
            "--change",
            "VOLUME /data",
            "--change",
            "USER nobody",
            &made,
            &full,
        ]);
        self.engine.docker(&["rm", "--force", "--volumes", &made]);
        self.engine.docker(&["push", &full]);
        self.engine.docker(&["rmi", "--force", &full]);
        full
    }

    /// Makes an index of what was pushed, which says that it is for one architecture only. Its full name.
    ///
    /// # Panics
    /// When the registry does not take it.
    #[must_use]
    pub fn index(&self, image: &str, architecture: &str) -> String {
        const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
        const LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
        let (name, tag) = image.rsplit_once(':').expect("a tag");
        let (host, path) = name.split_once('/').expect("a registry");
        let manifests = format!("http://{host}/v2/{path}/manifests");
        let accept = format!("Accept: {MANIFEST}");
        let manifest = curl(&["--header", &accept, &format!("{manifests}/{tag}")]);
        let list = serde_json::json!({
            "schemaVersion": 2, "mediaType": LIST,
            "manifests": [{
                "mediaType": MANIFEST, "size": manifest.len(), "digest": digest(&manifest),
                "platform": {"architecture": architecture, "os": "linux"},
            }],
        });
        let of_type = format!("Content-Type: {LIST}");
        let target = format!("{manifests}/{tag}-list");
        curl(&["--request", "PUT", "--header", &of_type, "--data-binary", &list.to_string(), &target]);
        format!("{image}-list")
    }
}

fn curl(args: &[&str]) -> Vec<u8> {
    let output = Command::new("curl").args(["--silent", "--show-error", "--fail"]).args(args).output();
    let output = output.expect("curl is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    use sha2::Digest;
    let hex: String = sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.relay.abort();
        let _ = self.child.kill();
        let _ = self.child.wait();
        forget(&self.engine, &self.address);
    }
}

/// Removes from the engine what was pulled from this registry, and stays there otherwise.
pub(crate) fn forget(engine: &TestEngine, registry: &str) {
    let filter = format!("reference={registry}/*");
    let list = engine.try_docker(&["images", "--quiet", "--no-trunc", "--filter", &filter]);
    for image in String::from_utf8_lossy(&list.stdout).lines() {
        let _ = engine.try_docker(&["rmi", "--force", image]);
    }
}

/// The machine's address on the link to the engine.
pub(crate) fn near_side(engine: &TestEngine) -> String {
    let far = std::fs::read_to_string(engine.folder().join("address")).expect("the engine's address");
    let (network, _) = far.trim().rsplit_once('.').expect("an address");
    format!("{network}.1")
}

async fn relay(listener: TcpListener, upstream: String, flow: Arc<Flow>) {
    // Ends its connections with it.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let (upstream, flow) = (upstream.clone(), Arc::clone(&flow));
        connections.spawn(async move {
            flow.open.fetch_add(1, Ordering::Relaxed);
            pass(client, &upstream, &flow).await;
            flow.open.fetch_sub(1, Ordering::Relaxed);
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn pass(client: TcpStream, upstream: &str, flow: &Flow) {
    let Ok(registry) = TcpStream::connect(upstream).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_registry, mut to_registry) = registry.into_split();
    let up = tokio::io::copy(&mut from_client, &mut to_registry);
    let down = async {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = from_registry.read(&mut buffer).await {
            let limit = flow.limit.load(Ordering::Relaxed);
            if limit > 0 {
                // This is what is slow about a slow registry; nothing is waited for by it.
                tokio::time::sleep(Duration::from_secs_f64(length as f64 / limit as f64)).await;
            }
            flow.passed.fetch_add(length as u64, Ordering::Relaxed);
            if to_client.write_all(&buffer[..length]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        _ = up => {}
        () = down => {}
    }
}
