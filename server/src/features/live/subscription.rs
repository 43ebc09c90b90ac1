//! One subscription: what its topic's changes become on the wire.

mod jobs;

use std::sync::Arc;

use axum::extract::ws::Message;
use shared::{
    ContainerId, Permission,
    containers::ContainerState,
    environments::EngineStatus,
    live::{Cursor, Event, LOG_WINDOW_BYTES, ServerFrame, Topic},
    logs::{LogBatch, LogCursor, LogLine, LogQuery},
};
use tokio::{
    sync::{mpsc, watch},
    time::{Duration, MissedTickBehavior, interval},
};

use crate::{
    Error,
    access::{
        grant::{self, TopicGrant},
        session::Actor,
        sight::Sight,
    },
    app::App,
    engine::EngineError,
    hub::{Changes, Hub, LogFrame, LogView, StatsHandle, now},
    jobs::JobSight,
};

/// Containers whose figures one subscription may ask for.
const STATS_MAX: usize = 200;
/// Before a log that broke off is opened again.
const REOPEN: Duration = Duration::from_millis(500);
/// How often figures go out.
const STATS_EVERY: Duration = Duration::from_secs(1);

pub(super) struct Subscription {
    app: App,
    id: u32,
    jobs: JobSight,
    grant: TopicGrant,
    out: mpsc::Sender<Message>,
    acknowledged: watch::Receiver<u64>,
}

/// The browser is gone: whatever it had asked for ends.
struct Gone;

/// Leave to have a topic, and what it tells of.
pub(super) struct Permitted {
    grant: TopicGrant,
    jobs: JobSight,
}

impl Permitted {
    /// What it tells of.
    pub(super) fn sights(&self) -> (Sight, JobSight) {
        (self.grant.sight().clone(), self.jobs)
    }
}

/// Decides whether the actor may have the topic.
pub(super) fn decide(app: &App, actor: &Actor, topic: &Topic) -> Result<Permitted, Error> {
    let grant = grant_of(app, actor, topic)?;
    let jobs = JobSight::of(actor, grant.hub().id());
    Ok(Permitted { grant, jobs })
}

fn grant_of(app: &App, actor: &Actor, topic: &Topic) -> Result<TopicGrant, Error> {
    match topic {
        Topic::Environment { environment } | Topic::Job { environment, .. } | Topic::Jobs { environment } => {
            grant::grant_topic(app, actor, environment, Permission::EnvironmentView)
        }
        Topic::Containers { environment, .. } | Topic::Stats { environment, .. } => {
            grant::grant_topic(app, actor, environment, Permission::ContainerView)
        }
        Topic::Logs { environment, container, .. } => {
            grant::grant_container_topic(app, actor, environment, container, Permission::ContainerLogs)
        }
        Topic::Images { environment } => {
            grant::grant_topic(app, actor, environment, Permission::ContainerCreate)
        }
        // The socket serves the session itself, and these are of no environment: see `mod.rs` and `audit.rs`.
        Topic::Session | Topic::OwnLoad | Topic::Audit { .. } => Err(Error::NotFound("topic")),
    }
}

impl Subscription {
    pub(super) fn new(
        app: App,
        id: u32,
        permitted: Permitted,
        out: mpsc::Sender<Message>,
        acknowledged: watch::Receiver<u64>,
    ) -> Self {
        let Permitted { grant, jobs } = permitted;
        Self { app, id, jobs, grant, out, acknowledged }
    }

    /// Runs until the topic ends or the browser is gone.
    pub(super) async fn run(mut self, topic: Topic) {
        let _viewer = self.grant.hub().watch();
        let ended = match topic {
            Topic::Environment { .. } => self.environment().await,
            Topic::Containers { cursor, .. } => self.containers(cursor).await,
            Topic::Stats { containers, .. } => self.stats(&containers).await,
            Topic::Logs { query, after, .. } => self.logs(&query, after).await,
            Topic::Job { job, cursor, .. } => return self.job(job, cursor).await,
            Topic::Jobs { .. } => return self.jobs().await,
            Topic::Images { .. } => return self.images().await,
            Topic::Session | Topic::OwnLoad | Topic::Audit { .. } => Ok(()),
        };
        if let Err(error) = ended {
            let frame = ServerFrame::Ended { id: self.id, error: Error::from(error).to_api() };
            let _gone = self.send(&frame).await;
        }
    }

    async fn send(&self, frame: &ServerFrame) -> Result<(), Gone> {
        let text = serde_json::to_string(frame).map_err(|_error| Gone)?;
        self.out.send(Message::Text(text.into())).await.map_err(|_closed| Gone)
    }

    async fn event(&self, event: Event) -> Result<(), Gone> {
        self.send(&ServerFrame::Event { id: self.id, event }).await
    }

    async fn environment(&self) -> Result<(), EngineError> {
        let hub = Arc::clone(self.grant.hub());
        let mut status = hub.status();
        let mut revisions = hub.inventory().revisions();
        let mut told = None;
        loop {
            status.mark_unchanged();
            revisions.mark_unchanged();
            let environment = hub.summary(self.grant.sight());
            if told.as_ref() != Some(&environment) {
                let event = Event::Environment { environment: Box::new(environment.clone()) };
                if self.event(event).await.is_err() {
                    return Ok(());
                }
                told = Some(environment);
            }
            tokio::select! {
                changed = status.changed() => if changed.is_err() { return Ok(()) },
                changed = revisions.changed() => if changed.is_err() { return Ok(()) },
            }
        }
    }

    async fn containers(&self, mut cursor: Cursor) -> Result<(), EngineError> {
        let hub = Arc::clone(self.grant.hub());
        let mut revisions = hub.inventory().revisions();
        loop {
            revisions.mark_unchanged();
            let event = match hub.inventory().after(cursor, self.grant.sight()) {
                Changes::Reset => {
                    let _gone = self.event(Event::Reset).await;
                    return Ok(());
                }
                Changes::Some { cursor: next, changed, removed } => {
                    cursor = next;
                    let changed: Vec<_> =
                        changed.iter().map(|container| container.as_ref().clone()).collect();
                    (!changed.is_empty() || !removed.is_empty()).then_some(Event::Containers {
                        cursor,
                        changed,
                        removed,
                    })
                }
            };
            if let Some(event) = event
                && self.event(event).await.is_err()
            {
                return Ok(());
            }
            if revisions.changed().await.is_err() {
                return Ok(());
            }
        }
    }

    async fn stats(&self, containers: &[ContainerId]) -> Result<(), EngineError> {
        let hub = Arc::clone(self.grant.hub());
        let mut handles: Vec<(ContainerId, Option<StatsHandle>)> =
            containers.iter().take(STATS_MAX).map(|id| (id.clone(), None)).collect();
        let mut ticks = interval(STATS_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            ticks.tick().await;
            let mut samples = Vec::new();
            for (id, handle) in &mut handles {
                if handle.as_ref().is_none_or(StatsHandle::ended) {
                    *handle = self.is_running(id).then(|| hub.watch_stats(&self.grant, id));
                }
                samples.extend(handle.as_mut().and_then(StatsHandle::fresh));
            }
            if !samples.is_empty() && self.event(Event::Stats { at: now(), samples }).await.is_err() {
                return Ok(());
            }
        }
    }

    /// Whether a container that is seen has figures.
    fn is_running(&self, id: &ContainerId) -> bool {
        let seen = self.grant.hub().inventory().get(id).filter(|row| self.grant.sight().shows(row));
        seen.is_some_and(|row| matches!(row.state, ContainerState::Running | ContainerState::Paused))
    }

    /// Follows the log over restarts of the container and of the engine: each time from where it stood.
    async fn logs(&mut self, query: &LogQuery, after: Option<LogCursor>) -> Result<(), EngineError> {
        let hub = Arc::clone(self.grant.hub());
        let mut after = after;
        let mut sent = 0_u64;
        loop {
            let container = container(&self.grant)?;
            let started = hub.inventory().get(&container).and_then(|row| row.since);
            let mut view = match LogView::open(&self.grant, query, after).await {
                Ok(view) => view,
                Err(EngineError::Unreachable { .. }) => {
                    connected(&hub).await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let ended = loop {
                match view.next().await {
                    Ok(LogFrame::Batch { skipped, gap_from, lines }) => {
                        let frame = encode(self.id, skipped, gap_from, view.cursor(), lines);
                        if self.window(sent).await.is_err() {
                            return Ok(());
                        }
                        sent = sent.saturating_add(frame.len() as u64);
                        if self.out.send(Message::Binary(frame.into())).await.is_err() {
                            return Ok(());
                        }
                    }
                    // The engine's stream ends with the container, but also with the line to the engine.
                    Ok(LogFrame::Ended)
                        if query.until.is_none() && still_runs(&hub, &container, started).await =>
                    {
                        tokio::time::sleep(REOPEN).await;
                        break false;
                    }
                    Ok(LogFrame::Ended) => {
                        let event = Event::LogEnded { cursor: view.cursor() };
                        if self.event(event).await.is_err() || query.until.is_some() {
                            return Ok(());
                        }
                        break true;
                    }
                    Err(EngineError::Unreachable { .. }) => {
                        connected(&hub).await;
                        break false;
                    }
                    Err(error) => return Err(error),
                }
            };
            after = Some(view.cursor()).filter(|cursor| *cursor != LogCursor::default()).or(after);
            drop(view);
            if ended {
                running_again(&hub, &container, started).await?;
            }
        }
    }

    /// Waits while more is under way than the browser may be sent.
    async fn window(&mut self, sent: u64) -> Result<(), Gone> {
        let within = |taken: &u64| sent.saturating_sub(*taken) < LOG_WINDOW_BYTES;
        self.acknowledged.wait_for(within).await.map(drop).map_err(|_closed| Gone)
    }
}

fn container(grant: &TopicGrant) -> Result<ContainerId, EngineError> {
    grant
        .container()
        .cloned()
        .map_err(|_error| EngineError::NotFound { what: "container", message: String::new() })
}

async fn connected(hub: &Hub) {
    let mut status = hub.status();
    // An error that came before the status did would otherwise be tried again at once, for ever.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let _closed = status.wait_for(|status| matches!(status, EngineStatus::Connected { .. })).await;
}

/// Whether the container runs on, by a fresh look, since the start at which its log was opened.
async fn still_runs(hub: &Hub, id: &ContainerId, started: Option<shared::UnixMillis>) -> bool {
    if hub.require_connected().is_err() {
        return true;
    }
    hub.settle(id).await;
    hub.inventory().get(id).is_some_and(|container| container.state.is_alive() && container.since == started)
}

/// Waits for the container's next start; its removal ends the topic.
async fn running_again(
    hub: &Hub,
    id: &ContainerId,
    started: Option<shared::UnixMillis>,
) -> Result<(), EngineError> {
    let mut revisions = hub.inventory().revisions();
    loop {
        revisions.mark_unchanged();
        match hub.inventory().get(id) {
            None if hub.require_connected().is_ok() => {
                return Err(EngineError::NotFound {
                    what: "container",
                    message: "it was removed".to_owned(),
                });
            }
            // The list may lag behind the end of the log: the same start is not a new one.
            Some(container) if container.state.is_alive() && container.since != started => return Ok(()),
            _ => {}
        }
        if revisions.changed().await.is_err() {
            return Ok(());
        }
    }
}

fn encode(
    subscription: u32,
    skipped: u64,
    gap_from: LogCursor,
    cursor: LogCursor,
    lines: Vec<crate::engine::RawLine>,
) -> Vec<u8> {
    let lines = lines
        .into_iter()
        .map(|line| LogLine { nanos: line.nanos, stream: line.stream, cut: line.cut, text: line.text })
        .collect();
    LogBatch { subscription, skipped, gap_from, cursor, lines }.encode()
}
