//! The hub's life: connect, subscribe, read the list, follow the events, notice when the engine is gone.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use shared::{
    ContainerId, UnixMillis,
    containers::ContainerState,
    environments::{EngineStatus, UnreachableReason},
};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};

use super::{Hub, inventory::Standing, now};
use crate::{
    access::grant::SystemGrant,
    engine::{Engine, EngineError, EngineEvent, Happened},
};

/// How long a full list may stand before it is read again, against drift.
const RESYNC: Duration = Duration::from_secs(300);
/// Between questions whether the engine answers, while somebody looks.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// The same while nobody looks.
const IDLE_HEARTBEAT: Duration = Duration::from_secs(30);
/// An engine that is silent for so long is connected to anew.
const SILENCE_MAX: Duration = Duration::from_secs(20);
/// The longest pause between attempts to connect.
const BACKOFF_MAX: Duration = Duration::from_secs(2);
/// Pauses before the further looks at a container whose event came before its effect.
const LOOK_AGAIN: [Duration; 2] = [Duration::from_millis(80), Duration::from_millis(400)];
/// Above so many containers at once the whole list is cheaper.
const REFRESH_MAX: usize = 40;

/// Which containers are to be looked at again. What arrives while a look is under way waits for the next
/// one, so a burst of events costs two calls.
pub(super) struct Refresh {
    pending: Mutex<Pending>,
    wake: Notify,
    done: watch::Sender<u64>,
}

#[derive(Default)]
struct Pending {
    ids: BTreeSet<ContainerId>,
    round: u64,
}

impl Default for Refresh {
    fn default() -> Self {
        Self { pending: Mutex::default(), wake: Notify::new(), done: watch::Sender::new(0) }
    }
}

impl Refresh {
    /// Asks for a look; the future is done when it has been taken.
    pub(super) fn ask(&self, id: ContainerId) -> impl Future<Output = ()> + use<> {
        let round = {
            let mut pending = self.pending.lock();
            pending.ids.insert(id);
            pending.round.saturating_add(1)
        };
        self.wake.notify_one();
        let mut done = self.done.subscribe();
        async move {
            let _closed = done.wait_for(|done| *done >= round).await;
        }
    }

    fn take(&self) -> (Vec<ContainerId>, u64) {
        let mut pending = self.pending.lock();
        pending.round = pending.round.saturating_add(1);
        (std::mem::take(&mut pending.ids).into_iter().collect(), pending.round)
    }
}

/// Runs for as long as the process.
pub(super) async fn run(hub: Arc<Hub>) {
    let grant = SystemGrant::new("the hub keeps the inventory fresh for everybody who may see it");
    let last_event = AtomicI64::new(0);
    let mut pause = Duration::from_millis(100);
    loop {
        let began = Instant::now();
        let Err(error) = session(&hub, &grant, &last_event).await;
        *hub.engine.write() = None;
        let (reason, detail) = match error {
            EngineError::Unreachable { reason, detail } => (reason, detail),
            EngineError::Timeout { .. } => (UnreachableReason::NotResponding, error.to_string()),
            other => (UnreachableReason::NotAnEngine, other.to_string()),
        };
        set_unreachable(&hub, reason, &detail);
        if began.elapsed() > Duration::from_secs(10) {
            pause = Duration::from_millis(100);
        }
        sleep(pause.mul_f64(0.75 + rand::random::<f64>() / 2.0)).await;
        pause = (pause * 2).min(BACKOFF_MAX);
    }
}

fn set_unreachable(hub: &Hub, reason: UnreachableReason, detail: &str) {
    hub.status.send_if_modified(|status| {
        let (known, since) = match status {
            EngineStatus::Unreachable { reason: known, since, .. } => (Some(*known), *since),
            EngineStatus::Connecting | EngineStatus::Connected { .. } => (None, now()),
        };
        if known == Some(reason) {
            return false;
        }
        tracing::warn!(environment = %hub.id, host = %hub.host, "the engine is not reachable: {detail}");
        *status = EngineStatus::Unreachable { since, reason, detail: detail.to_owned() };
        true
    });
}

fn set_connected(hub: &Hub) {
    hub.status.send_if_modified(|status| {
        if matches!(status, EngineStatus::Connected { .. }) {
            return false;
        }
        tracing::info!(environment = %hub.id, host = %hub.host, "the engine answers");
        *status = EngineStatus::Connected { since: now() };
        true
    });
}

/// One connection's life; ends only with what broke it.
async fn session(
    hub: &Arc<Hub>,
    grant: &SystemGrant,
    last_event: &AtomicI64,
) -> Result<std::convert::Infallible, EngineError> {
    let engine = connect(hub).await?;
    let since = match last_event.load(Ordering::Relaxed) {
        0 => now().0 / 1000 - 2,
        nanos => nanos / 1_000_000_000,
    };
    let mut events = engine.events(grant, since).await?;
    hub.inventory.replace(engine.list_containers(grant, now()).await?);
    lists_changed(hub);
    *hub.facts.write() = Some(engine.facts().clone());
    *hub.engine.write() = Some(engine.clone());
    set_connected(hub);

    let following = async {
        loop {
            let event = events.next().await?;
            last_event.fetch_max(event.nanos, Ordering::Relaxed);
            let container = match &event.what {
                Happened::Container(container) => container,
                Happened::Images => {
                    hub.images.changed();
                    continue;
                }
                Happened::Volumes => {
                    hub.volumes.changed();
                    continue;
                }
                Happened::Networks => {
                    hub.networks.changed();
                    continue;
                }
            };
            note(hub, container, &event);
            let looked = hub.refresh.ask(container.clone());
            if let Some(expected) = Expected::after(&event.action) {
                tokio::spawn(look_until(Arc::clone(hub), container.clone(), expected, looked));
            }
        }
    };
    tokio::select! {
        ended = following => ended,
        ended = refreshing(hub, grant, &engine) => ended,
        ended = heartbeat(hub, &engine) => ended,
        ended = resyncing(hub, grant, &engine) => ended,
    }
}

/// What happened to images, volumes and networks may not have been heard.
fn lists_changed(hub: &Hub) {
    hub.images.changed();
    hub.volumes.changed();
    hub.networks.changed();
}

/// Connects, and says "not responding" after a second while it still waits.
async fn connect(hub: &Hub) -> Result<Engine, EngineError> {
    let connecting = Engine::connect(&hub.host);
    tokio::pin!(connecting);
    match timeout(HEARTBEAT, &mut connecting).await {
        Ok(done) => done,
        Err(_elapsed) => {
            set_unreachable(hub, UnreachableReason::NotResponding, "no answer within 1 s");
            connecting.await
        }
    }
}

/// What the list should show after an event. Engines send some events before their own list shows the
/// effect: pause and unpause on all, the end of a process on Docker 20.10.
#[derive(Clone, Copy)]
enum Expected {
    Alive,
    Paused,
    NotPaused,
    Ended,
}

impl Expected {
    fn after(action: &str) -> Option<Self> {
        match action {
            "start" => Some(Self::Alive),
            "pause" => Some(Self::Paused),
            "unpause" => Some(Self::NotPaused),
            "die" | "died" => Some(Self::Ended),
            _ => None,
        }
    }

    fn shown(self, state: ContainerState) -> bool {
        match self {
            Self::Alive => state.is_alive(),
            Self::Paused => state == ContainerState::Paused,
            Self::NotPaused => state != ContainerState::Paused,
            Self::Ended => !matches!(state, ContainerState::Running | ContainerState::Paused),
        }
    }
}

/// Looks again, twice at most, where the first look came before the engine's own list knew.
async fn look_until(
    hub: Arc<Hub>,
    id: ContainerId,
    expected: Expected,
    looked: impl Future<Output = ()> + Send + 'static,
) {
    let mut looked: std::pin::Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(looked);
    for pause in LOOK_AGAIN {
        looked.await;
        if hub.inventory.get(&id).is_none_or(|container| expected.shown(container.state)) {
            return;
        }
        sleep(pause).await;
        looked = Box::pin(hub.refresh.ask(id.clone()));
    }
    looked.await;
}

fn note(hub: &Hub, container: &ContainerId, event: &EngineEvent) {
    let action = event.action.as_str();
    let at = UnixMillis(event.nanos / 1_000_000);
    match action {
        "start" | "pause" | "unpause" | "restart" => hub.inventory.note_since(container, at, Standing::Alive),
        "die" | "died" => hub.inventory.note_since(container, at, Standing::Ended),
        _ => {}
    }
    if matches!(action, "destroy" | "remove") {
        hub.framings.lock().remove(container);
    }
}

async fn refreshing(
    hub: &Hub,
    grant: &SystemGrant,
    engine: &Engine,
) -> Result<std::convert::Infallible, EngineError> {
    loop {
        hub.refresh.wake.notified().await;
        let (ids, round) = hub.refresh.take();
        if ids.len() > REFRESH_MAX {
            hub.inventory.replace(engine.list_containers(grant, now()).await?);
        } else if !ids.is_empty() {
            let list = engine.list_some_containers(grant, &ids, now()).await?;
            let gone: Vec<ContainerId> =
                ids.into_iter().filter(|id| !list.iter().any(|container| container.id == *id)).collect();
            hub.inventory.apply(list, &gone);
        }
        hub.refresh.done.send_replace(round);
    }
}

async fn heartbeat(hub: &Hub, engine: &Engine) -> Result<std::convert::Infallible, EngineError> {
    let mut answered = Instant::now();
    loop {
        let watched = hub.viewers.load(Ordering::Relaxed) > 0;
        if watched {
            sleep(HEARTBEAT).await;
        } else {
            let _woken = timeout(IDLE_HEARTBEAT, hub.viewers_changed.notified()).await;
        }
        match engine.ping(HEARTBEAT).await {
            Ok(()) => {
                answered = Instant::now();
                set_connected(hub);
            }
            Err(EngineError::Unreachable { reason: UnreachableReason::NotResponding, detail }) => {
                set_unreachable(hub, UnreachableReason::NotResponding, &detail);
                if answered.elapsed() > SILENCE_MAX {
                    return Err(EngineError::Unreachable {
                        reason: UnreachableReason::NotResponding,
                        detail,
                    });
                }
            }
            Err(error) => return Err(error),
        }
    }
}

async fn resyncing(
    hub: &Hub,
    grant: &SystemGrant,
    engine: &Engine,
) -> Result<std::convert::Infallible, EngineError> {
    let mut ticks = interval(RESYNC);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        lists_changed(hub);
        hub.inventory.replace(engine.list_containers(grant, now()).await?);
    }
}
