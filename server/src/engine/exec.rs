//! Exec and attach: a two-way stream to a program in a container.
//!
//! Exec ids never leave this file: they are bound to the grant that made them
//! (<https://docs.docker.com/reference/api/engine/version/v1.51/#tag/Exec>).

use std::time::Duration;

use bollard::{
    models::ExecConfig,
    query_parameters::{ResizeContainerTTYOptionsBuilder, ResizeExecOptionsBuilder},
};
use http::{Method, header};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use shared::{
    ContainerId,
    endpoint::Operation,
    terminal::{AttachContainer, OpenTerminal},
};
use tokio::{
    io::{ReadHalf, WriteHalf},
    sync::oneshot,
    task::JoinSet,
};

use super::{
    Engine, EngineError, Framing,
    connection::{READ_SECONDS, read_body},
    transport,
};
use crate::access::grant::Grant;

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecSpec {
    /// The program and its arguments; never a shell string.
    pub command: Vec<String>,
    /// A user; absent for the container's own.
    pub user: Option<String>,
    /// The size at the start.
    pub columns: u16,
    /// The size at the start.
    pub rows: u16,
}

/// Both directions of an open exec or attach.
pub struct Duplex {
    /// What the program prints.
    pub output: ReadHalf<TokioIo<Upgraded>>,
    /// What is typed; shutting it down is the end of input.
    pub input: WriteHalf<TokioIo<Upgraded>>,
    /// How the output is framed.
    pub framing: Framing,
    /// Whether input is taken.
    pub takes_input: bool,
    /// What else can be asked of it.
    pub(crate) control: DuplexControl,
}

enum Source {
    Exec(String),
    Container(ContainerId, Ending),
}

/// The exit code of a container, which is waited for; that ends with the set.
struct Ending {
    code: JoinSet<Result<i64, EngineError>>,
    /// How long it is waited for when the output has ended.
    within: Duration,
}

/// The longest answer to waiting for a container.
const WAIT_MAX_BYTES: usize = 64 * 1024;
/// How long the exit code is waited for when the output has ended.
const CODE_WITHIN: Duration = Duration::from_secs(1);
/// The same of a container that was started for it: it may be told only once the container is removed.
const CODE_OF_STARTED_WITHIN: Duration = Duration::from_secs(10);
/// How long an engine may take to say that it waits; some say nothing before the end.
const WAITS_WITHIN: Duration = Duration::from_secs(2);
/// Seconds that an engine may take to start a container, or to make it ready for that: devices, networks.
const START_SECONDS: u64 = 120;

/// The engine's document of a container, of which a few switches are looked at.
struct Settings(serde_json::Value);

impl Settings {
    fn flag(&self, path: &str) -> bool {
        self.0.pointer(path).and_then(serde_json::Value::as_bool).unwrap_or(false)
    }
}

fn target<O: Operation>(grant: &Grant<O>) -> Result<&ContainerId, EngineError> {
    grant.container().map_err(|_error| EngineError::NotFound { what: "container", message: String::new() })
}

impl Engine {
    /// Whether a file exists in the container, without running anything: how a shell is found.
    pub(crate) async fn has_file(
        &self,
        grant: &Grant<OpenTerminal>,
        path: &str,
    ) -> Result<bool, EngineError> {
        let container = target(grant)?;
        let encoded = percent_encoding::utf8_percent_encode(path, percent_encoding::NON_ALPHANUMERIC);
        let request = self.request(
            Method::HEAD,
            &format!("/containers/{container}/archive?path={encoded}"),
            transport::full(bytes::Bytes::new()),
        )?;
        match self.send("file", request).await {
            Ok(_) => Ok(true),
            Err(EngineError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// `docker exec -it`
    pub(crate) async fn open_exec(
        &self,
        grant: &Grant<OpenTerminal>,
        spec: ExecSpec,
    ) -> Result<Duplex, EngineError> {
        let container = target(grant)?;
        let config = ExecConfig {
            attach_stdin: Some(true),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            tty: Some(true),
            cmd: Some(spec.command),
            user: spec.user,
            env: Some(vec!["TERM=xterm-256color".to_owned()]),
            console_size: Some(vec![usize::from(spec.rows), usize::from(spec.columns)]),
            ..ExecConfig::default()
        };
        let made = self
            .docker
            .create_exec(container.as_str(), config)
            .await
            .map_err(|error| EngineError::from_bollard("container", error))?;
        let path = format!("/exec/{}/start", made.id);
        let body = serde_json::json!({
            "Detach": false, "Tty": true, "ConsoleSize": [spec.rows, spec.columns],
        });
        let duplex =
            self.upgrade(&path, body.to_string(), Framing::Raw, Source::Exec(made.id), READ_SECONDS).await?;
        // Engines before 25 take no size at the start.
        duplex.control.resize(spec.columns, spec.rows).await;
        Ok(duplex)
    }

    /// `docker attach`
    pub(crate) async fn attach(&self, grant: &Grant<AttachContainer>) -> Result<Duplex, EngineError> {
        let container = target(grant)?;
        let settings = self.settings(container).await?;
        let (code, _) = self.begin_wait(container, "not-running");
        let ending = Ending { code, within: CODE_WITHIN };
        self.attach_to(container, &settings, [true; 3], ending, READ_SECONDS).await
    }

    /// The first half of `docker start --attach`: what it will print is listened to, and its end waited for,
    /// before it runs. Podman makes it ready here, so what keeps it from running may be told by this already.
    pub(crate) async fn attach_to_start(
        &self,
        grant: &Grant<AttachContainer>,
    ) -> Result<Duplex, EngineError> {
        let container = target(grant)?;
        let settings = self.settings(container).await?;
        // As the command line: of one that removes itself, the end may be over before it is looked at.
        let condition = if settings.flag("/HostConfig/AutoRemove") { "removed" } else { "next-exit" };
        let (code, waits) = self.begin_wait(container, condition);
        let _silent = tokio::time::timeout(WAITS_WITHIN, waits).await;
        let ending = Ending { code, within: CODE_OF_STARTED_WITHIN };
        // Those that it was made to be attached to; all of one that was made to run in the background.
        let streams =
            ["Stdin", "Stdout", "Stderr"].map(|name| settings.flag(&format!("/Config/Attach{name}")));
        let streams = if streams.contains(&true) { streams } else { [true; 3] };
        self.attach_to(container, &settings, streams, ending, START_SECONDS).await
    }

    /// The second half: it runs.
    pub(crate) async fn start_attached(&self, grant: &Grant<AttachContainer>) -> Result<(), EngineError> {
        let path = format!("/containers/{}/start", target(grant)?);
        let request = self.request(Method::POST, &path, transport::full(bytes::Bytes::new()))?;
        match self.send_within("container", request, START_SECONDS).await {
            Ok(_) => Ok(()),
            // Not modified, without a word.
            Err(EngineError::Conflict { message }) if message.is_empty() => {
                Err(EngineError::Conflict { message: "it was started by somebody else meanwhile".to_owned() })
            }
            Err(error) => Err(error),
        }
    }

    async fn settings(&self, container: &ContainerId) -> Result<Settings, EngineError> {
        self.read_json("container", &format!("/containers/{container}/json")).await.map(Settings)
    }

    async fn attach_to(
        &self,
        container: &ContainerId,
        settings: &Settings,
        [stdin, stdout, stderr]: [bool; 3],
        ending: Ending,
        seconds: u64,
    ) -> Result<Duplex, EngineError> {
        let framing = if settings.flag("/Config/Tty") { Framing::Raw } else { Framing::Multiplexed };
        let [into, out, err] = [stdin, stdout, stderr].map(u8::from);
        let path = format!("/containers/{container}/attach?stream=1&stdin={into}&stdout={out}&stderr={err}");
        let source = Source::Container(container.clone(), ending);
        let mut duplex = self.upgrade(&path, String::new(), framing, source, seconds).await?;
        duplex.takes_input = stdin && settings.flag("/Config/OpenStdin");
        Ok(duplex)
    }

    /// Begins to wait for a container's exit code, and tells when the engine does. Asked before its end: one
    /// that removes itself cannot be asked afterwards
    /// (<https://docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerWait>).
    fn begin_wait(
        &self,
        container: &ContainerId,
        condition: &'static str,
    ) -> (JoinSet<Result<i64, EngineError>>, oneshot::Receiver<()>) {
        #[derive(serde::Deserialize)]
        struct Ended {
            #[serde(rename = "StatusCode")]
            code: i64,
        }
        let (begun, waits) = oneshot::channel();
        let (engine, path) = (self.clone(), format!("/containers/{container}/wait?condition={condition}"));
        let mut code = JoinSet::new();
        code.spawn(async move {
            let request = engine.request(Method::POST, &path, transport::full(bytes::Bytes::new()))?;
            // As long as it runs: some engines send nothing before.
            let reply = engine.send_within("container", request, u64::MAX).await?;
            // Nobody may wait to hear of it.
            let _unheard = begun.send(());
            let body = read_body(reply.into_body(), WAIT_MAX_BYTES).await?;
            serde_json::from_slice(&body)
                .map(|Ended { code }| code)
                .map_err(|error| EngineError::Malformed { detail: error.to_string() })
        });
        (code, waits)
    }

    async fn upgrade(
        &self,
        path: &str,
        body: String,
        framing: Framing,
        source: Source,
        seconds: u64,
    ) -> Result<Duplex, EngineError> {
        let mut request = self.request(Method::POST, path, transport::full(body))?;
        request.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("Upgrade"));
        request.headers_mut().insert(header::UPGRADE, header::HeaderValue::from_static("tcp"));
        let reply = self.send_within("container", request, seconds).await?;
        let upgraded = hyper::upgrade::on(reply).await.map_err(|error| EngineError::from_chain(&error))?;
        let (output, input) = tokio::io::split(TokioIo::new(upgraded));
        let control = DuplexControl { source, engine: self.clone(), framing };
        Ok(Duplex { output, input, framing, takes_input: true, control })
    }
}

/// What can still be asked of an open exec or attach while its two directions are in use.
pub(crate) struct DuplexControl {
    source: Source,
    engine: Engine,
    framing: Framing,
}

async fn resize(engine: &Engine, source: &Source, columns: u16, rows: u16) {
    let (width, height) = (i32::from(columns), i32::from(rows));
    let outcome = match source {
        Source::Exec(id) => {
            let options = ResizeExecOptionsBuilder::default().w(width).h(height).build();
            engine.docker.resize_exec(id, options).await
        }
        Source::Container(id, _) => {
            let options = ResizeContainerTTYOptionsBuilder::default().w(width).h(height).build();
            engine.docker.resize_container_tty(id.as_str(), options).await
        }
    };
    // A program that has just ended cannot be resized; its end is told by the stream.
    if let Err(error) = outcome {
        tracing::debug!("a terminal was not resized: {error}");
    }
}

impl DuplexControl {
    /// Tells the program its window's size.
    pub(crate) async fn resize(&self, columns: u16, rows: u16) {
        if self.framing == Framing::Raw {
            resize(&self.engine, &self.source, columns, rows).await;
        }
    }

    /// The exit code, once the output has ended; `None` when the engine does not tell.
    pub(crate) async fn exit_code(self) -> Option<i64> {
        match self.source {
            // The engine may close the stream a moment before it notes the code.
            Source::Exec(id) => {
                tokio::time::timeout(CODE_WITHIN, code_of_exec(&self.engine, &id)).await.ok()?
            }
            Source::Container(_, Ending { mut code, within }) => {
                let outcome = tokio::time::timeout(within, code.join_next()).await.ok()??;
                match outcome.ok()? {
                    Ok(code) => Some(code),
                    Err(error) => {
                        tracing::debug!("a container's exit code is not known: {error}");
                        None
                    }
                }
            }
        }
    }
}

async fn code_of_exec(engine: &Engine, id: &str) -> Option<i64> {
    loop {
        let exec = engine.docker.inspect_exec(id).await.ok()?;
        match exec.exit_code {
            Some(code) if exec.running != Some(true) => return Some(code),
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}
