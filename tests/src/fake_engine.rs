//! An engine that does nothing and remembers everything: what the access sweep proves refusals with, and
//! what misbehaves on command where a real engine would not.
//!
//! Written on the bare socket, so that its answers can be as broken as they need to be.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::{Semaphore, broadcast},
    task::JoinHandle,
};

use crate::{
    folder::Folder,
    http_wire::{Head, Piece, Reader},
};

/// The id of the container `web-1`, which runs.
pub const WEB: &str = "1111111111111111111111111111111111111111111111111111111111111111";
/// The id of the container `job-1`, which has ended.
pub const JOB: &str = "2222222222222222222222222222222222222222222222222222222222222222";

/// One request that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its head.
    pub head: Head,
    /// Its body.
    pub body: Vec<u8>,
}

impl Call {
    /// `POST /containers/1.../stop`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.head.method, self.head.path())
    }
}

/// How a path is answered instead of the plausible way.
#[derive(Clone, Debug)]
pub enum Answer {
    /// With this status and JSON.
    Json(u16, Value),
    /// With exactly these bytes, then the connection ends.
    Bytes(Vec<u8>),
    /// With a head that promises more than comes.
    Truncated,
    /// With a JSON text that goes on for so many bytes.
    Huge(u64),
    /// Not at all; the connection stays.
    Hang,
    /// Plausibly, once there is a permit.
    Wait(Arc<Semaphore>),
}

/// A path that is answered only when this is dropped.
#[derive(Debug)]
pub struct Held {
    path: String,
    state: Arc<Mutex<State>>,
    gate: Arc<Semaphore>,
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Ok(mut state) = self.state.lock() {
            state.answers.remove(&self.path);
        }
        self.gate.add_permits(Semaphore::MAX_PERMITS);
    }
}

#[derive(Debug)]
struct State {
    calls: Vec<Call>,
    answers: BTreeMap<String, Answer>,
    containers: Vec<Value>,
    /// What every container has printed, as frames.
    log: Vec<u8>,
}

/// The engine; dropping it ends every connection and removes its socket.
#[derive(Debug)]
pub struct FakeEngine {
    folder: Folder,
    state: Arc<Mutex<State>>,
    events: broadcast::Sender<String>,
    listening: JoinHandle<()>,
}

impl FakeEngine {
    /// One with the containers `web-1`, running, and `job-1`, ended.
    ///
    /// # Panics
    /// When its socket cannot be made.
    #[must_use]
    pub fn start() -> Self {
        let folder = Folder::new();
        let listener = UnixListener::bind(folder.join("engine.sock")).expect("the fake engine's socket");
        let state = Arc::new(Mutex::new(State {
            calls: Vec::new(),
            answers: BTreeMap::new(),
            containers: vec![
                row(WEB, "web-1", "running", "Up 5 minutes"),
                row(JOB, "job-1", "exited", "Exited (0) 2 minutes ago"),
            ],
            log: Vec::new(),
        }));
        let (events, _) = broadcast::channel(64);
        let listening = tokio::spawn({
            let (state, events) = (Arc::clone(&state), events.clone());
            async move {
                let mut connections = tokio::task::JoinSet::new();
                while let Ok((client, _)) = listener.accept().await {
                    connections.spawn(connection(client, Arc::clone(&state), events.clone()));
                }
            }
        });
        Self { folder, state, events, listening }
    }

    /// The `DOCKER_HOST` to give to the console.
    #[must_use]
    pub fn host(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// Its socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.join("engine.sock")
    }

    /// Every call so far, oldest first.
    ///
    /// # Panics
    /// When another thread failed while it noted one.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.state.lock().unwrap().calls.clone()
    }

    /// The calls that are not the hub's own, which it makes without anybody asking.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        let own = ["/_ping", "/version", "/info", "/events", "/containers/json"];
        let mut asked: Vec<_> =
            self.calls().iter().filter(|call| !own.contains(&call.head.path())).map(Call::name).collect();
        asked.retain(|name| !is_inventory(name));
        asked
    }

    /// From now on answers this path (without version and query) in this way.
    ///
    /// # Panics
    /// When another thread failed while it changed the same.
    pub fn answer(&self, path: &str, answer: Answer) {
        self.state.lock().unwrap().answers.insert(path.to_owned(), answer);
    }

    /// Holds the answers to this path back until what is returned is dropped.
    ///
    /// # Panics
    /// When another thread failed while it changed the same.
    #[must_use]
    pub fn hold(&self, path: &str) -> Held {
        let gate = Arc::new(Semaphore::new(0));
        self.answer(path, Answer::Wait(Arc::clone(&gate)));
        Held { path: path.to_owned(), state: Arc::clone(&self.state), gate }
    }

    /// Waits until something was asked for in exactly these words, `POST /containers/1.../stop`, after so many
    /// calls.
    ///
    /// # Panics
    /// When it was not in time.
    pub async fn until_asked(&self, since: usize, name: &str) {
        crate::eventually(&format!("the engine is asked for {name}"), async || {
            self.calls()[since..].iter().any(|call| call.name() == name).then_some(())
        })
        .await;
    }

    /// Answers this path plausibly again.
    ///
    /// # Panics
    /// When another thread failed while it changed the same.
    pub fn behave(&self, path: &str) {
        self.state.lock().unwrap().answers.remove(path);
    }

    /// Replaces the list of containers; see [`row`].
    ///
    /// # Panics
    /// When another thread failed while it changed the same.
    pub fn set_containers(&self, rows: Vec<Value>) {
        self.state.lock().unwrap().containers = rows;
    }

    /// Gives every container this line as its log.
    ///
    /// # Panics
    /// When another thread failed while it changed the same.
    pub fn set_log(&self, line: &str) {
        let text = format!("2023-11-14T22:13:21.000000000Z {line}\n");
        let length = u32::try_from(text.len()).expect("a line");
        let frame = [&[1, 0, 0, 0], &length.to_be_bytes()[..], text.as_bytes()].concat();
        self.state.lock().unwrap().log = frame;
    }

    /// Sends an image's event to everybody who listens.
    pub fn emit_image(&self, action: &str, image: &str) {
        let at = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let event = json!({
            "status": action, "id": image, "Type": "image", "Action": action, "scope": "local",
            "Actor": {"ID": image, "Attributes": {"name": image}},
            "time": at.as_secs(), "timeNano": u64::try_from(at.as_nanos()).unwrap_or(0),
        });
        let _ = self.events.send(event.to_string());
    }

    /// Sends a container's event to everybody who listens.
    pub fn emit(&self, action: &str, id: &str, name: &str) {
        let at = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let event = json!({
            "status": action, "id": id, "from": "busybox", "Type": "container", "Action": action, "scope": "local",
            "Actor": {"ID": id, "Attributes": {"name": name, "image": "busybox"}},
            "time": at.as_secs(), "timeNano": u64::try_from(at.as_nanos()).unwrap_or(0),
        });
        let _ = self.events.send(event.to_string());
    }
}

impl Drop for FakeEngine {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

// The hub looks at one container when an event or its own start tells it to.
fn is_inventory(name: &str) -> bool {
    name == "HEAD /_ping" || name == "GET /images/json" || name == "GET /volumes" || name == "GET /networks"
}

/// One row of `GET /containers/json`.
#[must_use]
pub fn row(id: &str, name: &str, state: &str, status: &str) -> Value {
    json!({
        "Id": id, "Names": [format!("/{name}")], "Image": "busybox:latest", "ImageID": format!("sha256:{id}"),
        "Command": "sleep 3600", "Created": 1_700_000_000, "Ports": [], "Labels": {}, "State": state, "Status": status,
        "HostConfig": {"NetworkMode": "bridge"}, "NetworkSettings": {"Networks": {}}, "Mounts": [],
    })
}

/// A row as [`row`] makes it, of a Compose project.
#[must_use]
pub fn row_of(stack: &str, id: &str, name: &str) -> Value {
    let mut row = row(id, name, "running", "Up 5 minutes");
    row["Labels"] = json!({"com.docker.compose.project": stack});
    row
}

async fn connection(mut client: UnixStream, state: Arc<Mutex<State>>, events: broadcast::Sender<String>) {
    let mut reader = Reader::default();
    let mut buffer = vec![0; 64 * 1024];
    let mut open: Option<(Head, Vec<u8>)> = None;
    while let Ok(length @ 1..) = client.read(&mut buffer).await {
        for piece in reader.push(&buffer[..length]) {
            match piece {
                Piece::Head(head) => open = Some((head, Vec::new())),
                Piece::Body(bytes) => {
                    if let Some((_, body)) = &mut open {
                        body.extend(bytes);
                    }
                }
                Piece::End => {
                    let Some((head, body)) = open.take() else { return };
                    let call = Call { head, body };
                    state.lock().unwrap().calls.push(call.clone());
                    if !answer(&mut client, &call, &state, &events).await {
                        return;
                    }
                }
                // What is typed into a terminal comes back, as from `cat`.
                Piece::Raw(bytes) => {
                    if client.write_all(&bytes).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

/// Answers one call; `false` ends the connection.
async fn answer(
    client: &mut UnixStream,
    call: &Call,
    state: &Mutex<State>,
    events: &broadcast::Sender<String>,
) -> bool {
    let path = call.head.path();
    let forced = state.lock().unwrap().answers.get(path).cloned();
    match forced {
        Some(Answer::Json(status, value)) => return reply(client, status, &value).await,
        Some(Answer::Bytes(bytes)) => {
            let _ = client.write_all(&bytes).await;
            return false;
        }
        Some(Answer::Truncated) => {
            let head =
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n[{\"Id\":";
            let _ = client.write_all(head.as_bytes()).await;
            return false;
        }
        Some(Answer::Huge(bytes)) => return huge(client, bytes).await,
        Some(Answer::Hang) => std::future::pending().await,
        Some(Answer::Wait(gate)) => drop(gate.acquire().await),
        None => {}
    }
    let parts: Vec<_> = path.trim_matches('/').split('/').collect();
    match (call.head.method.as_str(), parts.as_slice()) {
        ("HEAD", ["_ping"]) => write(client, "HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\nServer: Docker/28.5.2 (linux)\r\nOstype: linux\r\nContent-Length: 0\r\n\r\n").await,
        ("GET", ["_ping"]) => write(client, "HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\nServer: Docker/28.5.2 (linux)\r\nOstype: linux\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nOK").await,
        ("GET", ["version"]) => reply(client, 200, &version()).await,
        ("GET", ["info"]) => reply(client, 200, &info()).await,
        ("GET", ["containers", "json"]) => {
            let list = Value::Array(state.lock().unwrap().containers.clone());
            reply(client, 200, &list).await
        }
        ("GET", ["events"]) => stream_events(client, events.subscribe()).await,
        ("GET", ["system", "df"]) => {
            reply(client, 200, &json!({"LayersSize": 0, "Images": [], "Containers": [], "Volumes": [], "BuildCache": []})).await
        }
        ("GET", ["containers", id, "json"]) => match find(state, id) {
            Some(row) => reply(client, 200, &inspect(&row)).await,
            None => reply(client, 404, &json!({"message": format!("No such container: {id}")})).await,
        },
        ("GET", ["containers", _, "logs"]) => {
            let log = state.lock().unwrap().log.clone();
            let kind = "application/vnd.docker.multiplexed-stream";
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", log.len());
            write(client, &head).await && client.write_all(&log).await.is_ok()
        }
        ("GET", ["images", "json"]) => reply(client, 200, &json!([])).await,
        ("GET", ["images", .., "json"]) => reply(client, 200, &json!({"Id": format!("sha256:{WEB}"), "Config": {}})).await,
        ("POST", ["images", "create"]) => reply(client, 200, &json!({"status": "Digest: sha256:0"})).await,
        ("GET", ["containers", _, "stats"]) => reply(client, 200, &json!({})).await,
        ("POST", ["containers", "create"]) => reply(client, 201, &json!({"Id": JOB, "Warnings": []})).await,
        ("POST", ["containers", _, "exec"]) => reply(client, 201, &json!({"Id": "e".repeat(64)})).await,
        ("GET", ["exec", _, "json"]) => {
            reply(client, 200, &json!({"ID": "e".repeat(64), "Running": true, "ExitCode": null, "ContainerID": WEB})).await
        }
        ("POST", ["exec", _, "start"] | ["containers", _, "attach"]) => write(client, "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n").await,
        ("POST", ["containers" | "exec", _, "resize"] | ["networks", _, "connect"]) => write(client, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await,
        ("POST", ["containers", _, "start" | "stop" | "restart" | "pause" | "unpause" | "kill" | "rename"])
        | ("DELETE", ["containers", _]) => write(client, "HTTP/1.1 204 No Content\r\n\r\n").await,
        _ => reply(client, 404, &json!({"message": "page not found"})).await,
    }
}

async fn stream_events(client: &mut UnixStream, mut events: broadcast::Receiver<String>) -> bool {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    if !write(client, head).await {
        return false;
    }
    let mut ended = [0];
    loop {
        tokio::select! {
            event = events.recv() => {
                let Ok(event) = event else { return false };
                if !write(client, &format!("{:x}\r\n{event}\n\r\n", event.len() + 1)).await {
                    return false;
                }
            }
            _ = client.read(&mut ended) => return false,
        }
    }
}

async fn huge(client: &mut UnixStream, bytes: u64) -> bool {
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {bytes}\r\n\r\n[\"");
    let mut left = bytes.saturating_sub(2);
    if !write(client, &head).await {
        return false;
    }
    let block = vec![b'a'; 1024 * 1024];
    while left > 0 {
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
        if client.write_all(&block[..length]).await.is_err() {
            return false;
        }
        left -= length as u64;
    }
    true
}

async fn write(client: &mut UnixStream, text: &str) -> bool {
    client.write_all(text.as_bytes()).await.is_ok()
}

async fn reply(client: &mut UnixStream, status: u16, value: &Value) -> bool {
    let body = value.to_string();
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nApi-Version: 1.51\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    write(client, &(head + &body)).await
}

fn find(state: &Mutex<State>, id: &str) -> Option<Value> {
    let rows = state.lock().unwrap().containers.clone();
    rows.into_iter().find(|row| row["Id"] == id || row["Names"][0] == format!("/{id}"))
}

fn version() -> Value {
    json!({
        "Platform": {"Name": "Fake"}, "Components": [{"Name": "Engine", "Version": "28.5.2", "Details": {}}],
        "Version": "28.5.2", "ApiVersion": "1.51", "MinAPIVersion": "1.24", "GitCommit": "0", "GoVersion": "go1.24",
        "Os": "linux", "Arch": "amd64", "KernelVersion": "6.1.0", "BuildTime": "2025-01-01T00:00:00Z",
    })
}

fn info() -> Value {
    json!({
        "ID": "fake", "Name": "fake-host", "ServerVersion": "28.5.2", "OperatingSystem": "Fake Linux",
        "KernelVersion": "6.1.0", "Architecture": "x86_64", "OSType": "linux", "NCPU": 2, "MemTotal": 4_294_967_296_u64,
        "Driver": "overlay2", "LoggingDriver": "json-file", "CgroupDriver": "cgroupfs", "CgroupVersion": "2",
        "Containers": 2, "ContainersRunning": 1, "ContainersPaused": 0, "ContainersStopped": 1, "Images": 1,
        "DockerRootDir": "/var/lib/docker", "SecurityOptions": ["name=seccomp,profile=builtin"],
        "Runtimes": {"runc": {"path": "runc"}}, "DefaultRuntime": "runc", "Swarm": {"LocalNodeState": "inactive"},
        "Warnings": [],
    })
}

fn inspect(row: &Value) -> Value {
    let state = row["State"].as_str().unwrap_or_default();
    json!({
        "Id": row["Id"], "Name": row["Names"][0], "Created": "2023-11-14T22:13:20.000000000Z", "Path": "sleep", "Args": ["3600"],
        "Image": row["ImageID"], "RestartCount": 0, "Driver": "overlay2", "Platform": "linux",
        "State": {
            "Status": state, "Running": state == "running", "Paused": state == "paused", "Restarting": false,
            "OOMKilled": false, "Dead": false, "Pid": 42, "ExitCode": 0, "Error": "",
            "StartedAt": "2023-11-14T22:13:21.000000000Z", "FinishedAt": "0001-01-01T00:00:00Z",
        },
        "Config": {
            "Hostname": "fake", "Image": row["Image"], "Cmd": ["sleep", "3600"], "Env": ["SECRET=hunter2", "PATH=/bin"],
            "Tty": false, "OpenStdin": false, "Labels": row["Labels"], "WorkingDir": "/", "User": "",
        },
        "HostConfig": {"NetworkMode": "bridge", "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0}, "LogConfig": {"Type": "json-file", "Config": {}}},
        "NetworkSettings": {"Networks": {}, "Ports": {}}, "Mounts": [],
    })
}
