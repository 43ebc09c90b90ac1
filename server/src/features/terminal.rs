//! Terminals: exec and attach, each on a socket of its own.

use axum::{
    body::Bytes,
    extract::ws::{Message, WebSocket},
};
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use shared::{
    ContainerRef, Permission, Socket,
    containers::{ContainerAction, ContainerState, StartContainer},
    terminal::{
        AttachContainer, AttachQuery, OpenTerminal, TERMINAL_WINDOW_BYTES, TerminalInput, TerminalOutput,
        TerminalQuery,
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::{mpsc, watch},
    time::{Duration, timeout},
};

use crate::{
    Error,
    access::{
        grant::{Grant, audit_result},
        inside::{require_inside, require_inside_as},
    },
    app::App,
    engine::{Duplex, Engine, EngineError, ExecSpec, FrameDecoder, Framing},
    http::{Api, Lease, farewell},
};

/// Where shells are looked for, the best first.
const SHELLS: [&str; 8] = [
    "/bin/bash",
    "/usr/bin/bash",
    "/usr/local/bin/bash",
    "/bin/sh",
    "/usr/bin/sh",
    "/bin/ash",
    "/busybox/sh",
    "/usr/local/bin/sh",
];
/// What is read of the program's output at once.
const READ_BYTES: usize = 32 * 1024;
/// The longest command line that is taken.
const COMMAND_MAX_BYTES: usize = 4096;

/// Mounts them.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount_socket::<OpenTerminal>(exec).mount_socket::<AttachContainer>(attach)
}

async fn exec(
    app: App,
    grant: Grant<OpenTerminal>,
    query: TerminalQuery,
    socket: WebSocket,
) -> Result<(), Error> {
    let mut lease = Lease::new(&app, &grant);
    let opened = while_held(&mut lease, open_exec(&grant, query)).await;
    run(lease, socket, opened).await
}

async fn open_exec(
    grant: &Grant<OpenTerminal>,
    query: TerminalQuery,
) -> Result<(Duplex, Vec<String>), OpenError> {
    require_running(grant)?;
    let engine = grant.hub()?.engine()?;
    require_inside(&engine, grant).await?;
    let command = match query.command.as_deref().map(str::trim).filter(|line| !line.is_empty()) {
        Some(line) => words(line)?,
        None => {
            let mut found = None;
            for shell in SHELLS {
                if engine.has_file(grant, shell).await? {
                    found = Some(vec![shell.to_owned()]);
                    break;
                }
            }
            found.ok_or(OpenError::NoShell)?
        }
    };
    let user = query.user.filter(|user| !user.is_empty());
    if user.as_deref().is_some_and(|user| !is_user(user)) {
        return Err(Error::invalid("user", "a user is a name or a number, with :group if wanted").into());
    }
    // Another user than the container's own may be root, from which there are ways out.
    if user.is_some() && !grant.also(Permission::HostAccess) {
        return Err(Error::Forbidden { needs: Permission::HostAccess }.into());
    }
    let spec =
        ExecSpec { command: command.clone(), user, columns: query.columns.max(1), rows: query.rows.max(1) };
    Ok((engine.open_exec(grant, spec).await?, command))
}

async fn attach(
    app: App,
    grant: Grant<AttachContainer>,
    query: AttachQuery,
    socket: WebSocket,
) -> Result<(), Error> {
    let mut lease = Lease::new(&app, &grant);
    let opened = if query.start {
        start_attached(&app, &grant, &mut lease).await
    } else {
        while_held(&mut lease, open_attach(&grant)).await
    };
    // Only now: one that does not run yet has no size.
    if let Ok((duplex, _)) = &opened {
        duplex.control.resize(query.columns.max(1), query.rows.max(1)).await;
    }
    run(lease, socket, opened.map_err(OpenError::from)).await
}

async fn open_attach(grant: &Grant<AttachContainer>) -> Result<(Duplex, Vec<String>), Error> {
    require_running(grant)?;
    let engine = grant.hub()?.engine()?;
    require_inside(&engine, grant).await?;
    let duplex = engine.attach(grant).await?;
    Ok((duplex, command_of(grant)?))
}

/// Attaches to what does not run, and starts it: a start as any other, with a row of its own in the audit.
async fn start_attached(
    app: &App,
    grant: &Grant<AttachContainer>,
    lease: &mut Lease,
) -> Result<(Duplex, Vec<String>), Error> {
    let record = grant.begin_also::<StartContainer>(app).await?;
    let outcome = attach_and_start(app, grant, lease).await;
    let (result, reason) = audit_result(outcome.as_ref().err());
    record.finish(result, &reason).await;
    outcome
}

async fn attach_and_start(
    app: &App,
    grant: &Grant<AttachContainer>,
    lease: &mut Lease,
) -> Result<(Duplex, Vec<String>), Error> {
    let engine = grant.hub()?.engine()?;
    let duplex = while_held(lease, async {
        grant.require_still_for::<StartContainer>(app).await?;
        require_startable(grant).await?;
        require_start(app, grant, &engine).await?;
        let duplex = engine.attach_to_start(grant).await?;
        require_start(app, grant, &engine).await?;
        Ok::<_, Error>(duplex)
    })
    .await?;
    // Not given up halfway: whether it was started is told as it is.
    engine.start_attached(grant).await?;
    Ok((duplex, command_of(grant)?))
}

/// Refuses who may not, or not any more, start it where it reaches.
async fn require_start(app: &App, grant: &Grant<AttachContainer>, engine: &Engine) -> Result<(), Error> {
    let actor = grant.require_still_for::<StartContainer>(app).await?;
    require_inside_as(engine, grant, &actor).await?;
    grant.require_still_for::<StartContainer>(app).await.map(drop)
}

/// Refuses a state in which it cannot be started. What the list says may be a moment old, so a refusal looks
/// again first.
async fn require_startable(grant: &Grant<AttachContainer>) -> Result<(), Error> {
    let hub = grant.hub()?;
    let id = grant.container()?;
    let state = || hub.inventory().get(id).map(|row| row.state).ok_or(Error::NotFound("container"));
    if !ContainerAction::Start.allowed_in(state()?) {
        hub.settle(id).await;
    }
    match state()? {
        state if ContainerAction::Start.allowed_in(state) => Ok(()),
        ContainerState::Running => {
            Err(Error::Conflict("the container runs already; attach to it without starting it".to_owned()))
        }
        ContainerState::Paused => Err(paused()),
        _ => Err(Error::Conflict("the container cannot be started as it is now".to_owned())),
    }
}

/// What runs in it, for the status line.
fn command_of(grant: &Grant<AttachContainer>) -> Result<Vec<String>, Error> {
    let row = grant.hub()?.inventory().get(grant.container()?);
    Ok(vec![row.map(|row| row.command.clone()).unwrap_or_default()])
}

/// Opens it unless the right to it goes meanwhile, since each step waits for the engine.
async fn while_held<T, E: From<Error>>(
    lease: &mut Lease,
    opening: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    tokio::select! {
        biased;
        error = lease.lost() => Err(error.into()),
        opened = opening => opened,
    }
}

/// Why there is no program to talk to.
enum OpenError {
    NoShell,
    Error(Error),
}

impl From<Error> for OpenError {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<EngineError> for OpenError {
    fn from(error: EngineError) -> Self {
        Self::Error(error.into())
    }
}

fn require_running<S: Socket>(grant: &Grant<S>) -> Result<(), Error> {
    let state = grant.hub()?.inventory().get(grant.container()?).ok_or(Error::NotFound("container"))?.state;
    match state {
        ContainerState::Running => Ok(()),
        ContainerState::Paused => Err(paused()),
        _ => Err(Error::Conflict("the container does not run; start it first".to_owned())),
    }
}

fn paused() -> Error {
    Error::Conflict("the container is paused; unpause it first".to_owned())
}

async fn run(
    lease: Lease,
    socket: WebSocket,
    opened: Result<(Duplex, Vec<String>), OpenError>,
) -> Result<(), Error> {
    let (mut sink, mut incoming) = socket.split();
    let (duplex, command) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            let (error, no_shell) = match error {
                OpenError::NoShell => {
                    (Error::Conflict("the container has no shell that is known here".to_owned()), true)
                }
                OpenError::Error(error) => (error, false),
            };
            say(&mut sink, &TerminalOutput::Failed { error: error.to_api(), no_shell }).await;
            end(sink, &mut incoming).await;
            return Err(error);
        }
    };
    let tty = duplex.framing == Framing::Raw;
    say(&mut sink, &TerminalOutput::Started { command, tty, input: duplex.takes_input }).await;
    talk(lease, sink, incoming, duplex).await
}

/// Carries both directions until one of them, or the right to it, ends.
async fn talk(
    mut lease: Lease,
    mut sink: SplitSink<WebSocket, Message>,
    mut incoming: SplitStream<WebSocket>,
    duplex: Duplex,
) -> Result<(), Error> {
    let Duplex { output, input, framing, takes_input, control } = duplex;
    let (drawn, drawn_seen) = watch::channel(0_u64);
    let (sizes, mut new_sizes) = mpsc::channel::<(u16, u16)>(4);
    let ended = {
        let printing = print(output, framing, &mut sink, drawn_seen);
        let typing = type_in(&mut incoming, takes_input.then_some(input), drawn, sizes);
        let resizing = async {
            while let Some((columns, rows)) = new_sizes.recv().await {
                control.resize(columns, rows).await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            ended = printing => ended,
            () = typing => End::BrowserGone,
            () = resizing => End::BrowserGone,
            error = lease.lost() => End::Lost(error),
        }
    };
    let outcome = match ended {
        End::Program => {
            let code = control.exit_code().await;
            say(&mut sink, &TerminalOutput::Exited { code }).await;
            Ok(())
        }
        End::BrowserGone => Ok(()),
        End::Broken(error) => {
            say(
                &mut sink,
                &TerminalOutput::Failed { error: Error::from(error.clone()).to_api(), no_shell: false },
            )
            .await;
            Err(error.into())
        }
        End::Lost(error) => {
            say(&mut sink, &TerminalOutput::Failed { error: error.to_api(), no_shell: false }).await;
            Err(error)
        }
    };
    end(sink, &mut incoming).await;
    outcome
}

async fn end(mut sink: SplitSink<WebSocket, Message>, incoming: &mut SplitStream<WebSocket>) {
    let _gone = timeout(Duration::from_secs(1), sink.close()).await;
    farewell(incoming).await;
}

enum End {
    Program,
    BrowserGone,
    Broken(EngineError),
    Lost(Error),
}

/// The program's output to the browser, no further ahead of what was drawn than the window allows.
async fn print(
    mut output: impl tokio::io::AsyncRead + Unpin,
    framing: Framing,
    sink: &mut SplitSink<WebSocket, Message>,
    mut drawn: watch::Receiver<u64>,
) -> End {
    let mut decoder = FrameDecoder::new(framing);
    let mut buffer = vec![0_u8; READ_BYTES];
    let mut sent = 0_u64;
    loop {
        if drawn.wait_for(|drawn| sent.saturating_sub(*drawn) < TERMINAL_WINDOW_BYTES).await.is_err() {
            return End::BrowserGone;
        }
        let length = match output.read(&mut buffer).await {
            Ok(0) => return End::Program,
            Ok(length) => length,
            Err(_reset) => return End::Program,
        };
        let mut pieces = Vec::new();
        let read = buffer.get(..length).unwrap_or_default();
        if let Err(detail) = decoder.push(read, |frame| pieces.push(Bytes::copy_from_slice(frame.data))) {
            return End::Broken(EngineError::Malformed { detail: detail.to_owned() });
        }
        for piece in pieces {
            sent = sent.saturating_add(piece.len() as u64);
            if sink.send(Message::Binary(piece)).await.is_err() {
                return End::BrowserGone;
            }
        }
    }
}

/// What is typed to the program; sizes and acknowledgements to where they belong.
async fn type_in(
    incoming: &mut SplitStream<WebSocket>,
    mut input: Option<impl tokio::io::AsyncWrite + Unpin>,
    drawn: watch::Sender<u64>,
    sizes: mpsc::Sender<(u16, u16)>,
) {
    while let Some(Ok(message)) = incoming.next().await {
        match message {
            Message::Binary(bytes) => {
                if let Some(input) = &mut input
                    && (input.write_all(&bytes).await.is_err() || input.flush().await.is_err())
                {
                    // The program has ended; its output tells the rest.
                    std::future::pending::<()>().await;
                }
            }
            Message::Text(text) => match serde_json::from_str(&text) {
                Ok(TerminalInput::Resize { columns, rows }) => {
                    let _full = sizes.send((columns.clamp(1, 1000), rows.clamp(1, 1000))).await;
                }
                Ok(TerminalInput::Drawn { bytes }) => {
                    drawn.send_if_modified(|drawn| {
                        let newer = bytes > *drawn;
                        *drawn = bytes.max(*drawn);
                        newer
                    });
                }
                Err(_unknown) => return,
            },
            Message::Ping(_) | Message::Pong(_) => {}
            Message::Close(_) => return,
        }
    }
}

async fn say(sink: &mut SplitSink<WebSocket, Message>, output: &TerminalOutput) {
    if let Ok(text) = serde_json::to_string(output) {
        let _gone = timeout(Duration::from_secs(5), sink.send(Message::Text(text.into()))).await;
    }
}

fn is_user(user: &str) -> bool {
    user.split(':').count() <= 2
        && user.split(':').all(|part| part.parse::<ContainerRef>().is_ok() || part.starts_with('_'))
}

/// Splits a command line as a shell splits words: blanks, quotes, backslashes, and nothing else. There is
/// no shell: `;` and `$` are letters.
fn words(line: &str) -> Result<Vec<String>, Error> {
    if line.len() > COMMAND_MAX_BYTES {
        return Err(Error::invalid("command", "the command is too long"));
    }
    shlex::split(line)
        .filter(|words| !words.is_empty())
        .ok_or_else(|| Error::invalid("command", "a quote is not closed"))
}
