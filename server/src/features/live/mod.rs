//! The live socket: one per tab, many subscriptions, each a task of its own with a bounded way out.

mod audit;
mod subscription;

use std::collections::HashMap;

use axum::extract::ws::{Message, WebSocket};
use futures_util::{SinkExt, StreamExt, stream::SplitSink};
use shared::{
    ApiError, Empty, ErrorCode,
    live::{ClientFrame, Cursor, Event, Live, ServerFrame, Topic},
};
use tokio::{
    sync::{mpsc, watch},
    task::AbortHandle,
    time::{Duration, timeout},
};

use self::subscription::Subscription;
use crate::{
    Error,
    access::{grant::Grant, session::Actor, sight::Sight},
    app::App,
    http::{Api, Lease, LeaseNews, farewell},
    jobs::JobSight,
    own_load::LoadHandle,
};

/// Subscriptions that one tab may hold.
const SUBSCRIPTIONS_MAX: usize = 64;
/// Frames that wait for a slow browser, of all its subscriptions together; beyond it they wait themselves.
const QUEUE: usize = 32;
/// A browser that takes nothing for so long is gone.
const STALLED: Duration = Duration::from_secs(60);
/// A browser that says nothing for so long is gone: it pings more often.
const SILENT: Duration = Duration::from_secs(60);

/// Mounts it.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount_socket::<Live>(live)
}

struct Running {
    /// None for the session's topic, which the socket itself serves.
    task: Option<AbortHandle>,
    topic: Topic,
    /// What it tells of; None for the topics that are no environment's.
    sight: Option<(Sight, JobSight)>,
    taken: watch::Sender<u64>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

async fn live(app: App, grant: Grant<Live>, _: Empty, socket: WebSocket) -> Result<(), Error> {
    let mut actor = grant.actor().clone();
    let mut news = Lease::new(&app, &grant).watch();
    let (sink, mut incoming) = socket.split();
    let (out, queue) = mpsc::channel(QUEUE);
    let writer = tokio::spawn(write(sink, queue));
    let mut running: HashMap<u32, Running> = HashMap::new();
    loop {
        tokio::select! {
            message = timeout(SILENT, incoming.next()) => {
                let Ok(Some(Ok(message))) = message else { break };
                let frame = match message {
                    Message::Text(text) => serde_json::from_str::<ClientFrame>(&text),
                    Message::Ping(_) | Message::Pong(_) => continue,
                    Message::Binary(_) | Message::Close(_) => break,
                };
                // A page of another version speaks another protocol: the socket ends, and the page reloads.
                let Ok(frame) = frame else { break };
                if !obey(&app, &actor, &out, &mut running, frame).await {
                    break;
                }
            }
            news = news.recv() => match news {
                Some(LeaseNews::Changed(now)) => {
                    actor = now;
                    if !decide_again(&app, &actor, &out, &mut running).await {
                        break;
                    }
                }
                Some(LeaseNews::SignedOut | LeaseNews::Forbidden | LeaseNews::FactorRequired) | None => {
                    let why = app.sessions.why_over(&actor).await;
                    let _gone = send(&out, &ServerFrame::SignedOut { why }).await;
                    break;
                }
            },
        }
    }
    running.clear();
    drop(out);
    // What is queued, the word that the session is over above all, is still written.
    let _late = timeout(Duration::from_secs(2), writer).await;
    farewell(&mut incoming).await;
    Ok(())
}

async fn obey(
    app: &App,
    actor: &Actor,
    out: &mpsc::Sender<Message>,
    running: &mut HashMap<u32, Running>,
    frame: ClientFrame,
) -> bool {
    match frame {
        ClientFrame::Ping => send(out, &ServerFrame::Pong).await,
        ClientFrame::Unsubscribe { id } => {
            running.remove(&id);
            true
        }
        ClientFrame::Taken { id, bytes } => {
            if let Some(one) = running.get(&id) {
                one.taken.send_if_modified(|taken| {
                    let newer = bytes > *taken;
                    *taken = bytes.max(*taken);
                    newer
                });
            }
            true
        }
        ClientFrame::Subscribe { id, to } => {
            running.remove(&id);
            if running.len() >= SUBSCRIPTIONS_MAX {
                let error = ApiError::new(ErrorCode::Busy, "this tab holds too many subscriptions");
                return send(out, &ServerFrame::Ended { id, error }).await;
            }
            subscribe(app, actor, out, running, id, to).await
        }
    }
}

async fn subscribe(
    app: &App,
    actor: &Actor,
    out: &mpsc::Sender<Message>,
    running: &mut HashMap<u32, Running>,
    id: u32,
    topic: Topic,
) -> bool {
    match decide(app, actor, &topic) {
        Ok(Permitted::Session) => {
            running.insert(id, start(app, id, Permitted::Session, out, topic));
            send(out, &session(app, actor, id)).await
        }
        Ok(permitted) => {
            running.insert(id, start(app, id, permitted, out, topic));
            true
        }
        Err(error) => send(out, &ServerFrame::Ended { id, error: error.to_api() }).await,
    }
}

/// Leave to have a topic.
enum Permitted {
    /// The socket itself tells of it.
    Session,
    OwnLoad,
    Audit(Cursor),
    Environment(subscription::Permitted),
}

impl Permitted {
    /// What it tells of, where that depends on who asks.
    fn sights(&self) -> Option<(Sight, JobSight)> {
        match self {
            Self::Environment(permitted) => Some(permitted.sights()),
            Self::Session | Self::OwnLoad | Self::Audit(_) => None,
        }
    }
}

/// Decides whether the actor may have the topic.
fn decide(app: &App, actor: &Actor, topic: &Topic) -> Result<Permitted, Error> {
    if !topic.before_factor() {
        actor.require_factor()?;
    }
    match topic {
        Topic::Session => Ok(Permitted::Session),
        Topic::OwnLoad => Ok(Permitted::OwnLoad),
        Topic::Audit { cursor } => audit::decide(actor).map(|()| Permitted::Audit(*cursor)),
        _ => subscription::decide(app, actor, topic).map(Permitted::Environment),
    }
}

fn start(app: &App, id: u32, permitted: Permitted, out: &mpsc::Sender<Message>, topic: Topic) -> Running {
    let (taken, acknowledged) = watch::channel(0);
    let sight = permitted.sights();
    let out = out.clone();
    let task = match permitted {
        Permitted::Session => None,
        Permitted::OwnLoad => Some(tokio::spawn(tell_load(app.load.watch(), id, out))),
        Permitted::Audit(cursor) => Some(tokio::spawn(audit::follow(app.audit.clone(), id, out, cursor))),
        Permitted::Environment(permitted) => {
            let work = Subscription::new(app.clone(), id, permitted, out, acknowledged);
            Some(tokio::spawn(work.run(topic.clone())))
        }
    };
    Running { task: task.map(|task| task.abort_handle()), topic, sight, taken }
}

/// What they hold is another: what it does not allow ends. A topic that tells of something else now begins
/// again, which has the browser read the list anew; a log that is still allowed goes on untouched.
async fn decide_again(
    app: &App,
    actor: &Actor,
    out: &mpsc::Sender<Message>,
    running: &mut HashMap<u32, Running>,
) -> bool {
    let mut told = Vec::new();
    running.retain(|id, one| match decide(app, actor, &one.topic) {
        Ok(Permitted::Session) => {
            told.push(session(app, actor, *id));
            true
        }
        Ok(permitted) => {
            let same = one.sight == permitted.sights();
            if !same && !matches!(one.topic, Topic::Logs { .. }) {
                *one = start(app, *id, permitted, out, one.topic.clone());
            }
            true
        }
        Err(error) => {
            told.push(ServerFrame::Ended { id: *id, error: error.to_api() });
            false
        }
    });
    for frame in told {
        if !send(out, &frame).await {
            return false;
        }
    }
    true
}

fn session(app: &App, actor: &Actor, id: u32) -> ServerFrame {
    ServerFrame::Event { id, event: Event::Session { session: app.sessions.to_wire(actor, &app.build) } }
}

async fn tell_load(mut meter: LoadHandle, id: u32, out: mpsc::Sender<Message>) {
    while let Some(load) = meter.next().await {
        if !send(&out, &ServerFrame::Event { id, event: Event::OwnLoad { load } }).await {
            return;
        }
    }
}

/// Queues a frame; false when the browser is gone.
async fn send(out: &mpsc::Sender<Message>, frame: &ServerFrame) -> bool {
    let Ok(text) = serde_json::to_string(frame) else { return false };
    out.send(Message::Text(text.into())).await.is_ok()
}

async fn write(mut sink: SplitSink<WebSocket, Message>, mut queue: mpsc::Receiver<Message>) {
    while let Some(message) = queue.recv().await {
        match timeout(STALLED, sink.send(message)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return,
        }
    }
    let _gone = sink.close().await;
}
