//! What keeps one environment's state fresh in memory, so that cost does not grow with viewers.
//!
//! One hub per environment holds one event subscription, the inventory, and one upstream stream per
//! container whose log or figures somebody watches. No handler and no HTTP here.

mod held;
mod images;
mod inventory;
mod kept;
mod log_view;
mod logs;
mod prepared;
mod run;
mod stats;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use parking_lot::{Mutex, RwLock};
use shared::{
    ContainerId, EnvironmentId, UnixMillis,
    environments::{DiskUsage, EngineFacts, EngineStatus, EnvironmentSummary, UnreachableReason},
    images::ImageSummary,
    logs::{DownloadLogs, LogQuery},
};
use tokio::sync::{Notify, watch};

pub use inventory::{Changes, Inventory};
pub use log_view::{LogFrame, LogView};
pub use prepared::PreparedList;
pub use stats::StatsHandle;

use crate::{
    Error,
    access::{
        grant::{Grant, SystemGrant},
        sight::Sight,
    },
    engine::{DockerHost, Engine, EngineError, Framing, LogRange, LogReader},
};

/// All environments.
#[derive(Clone)]
pub struct Hubs {
    hubs: Arc<HashMap<EnvironmentId, Arc<Hub>>>,
}

impl Hubs {
    /// Starts a hub for each engine.
    #[must_use]
    pub fn start(engines: Vec<(EnvironmentId, DockerHost)>) -> Self {
        let hubs = engines.into_iter().map(|(id, host)| (id.clone(), Hub::start(id, host))).collect();
        Self { hubs: Arc::new(hubs) }
    }

    /// The environment of that id.
    #[must_use]
    pub fn get(&self, id: &EnvironmentId) -> Option<Arc<Hub>> {
        self.hubs.get(id).cloned()
    }

    /// All of them, by id.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Hub>> {
        let mut hubs: Vec<_> = self.hubs.values().cloned().collect();
        hubs.sort_by(|a, b| a.id.cmp(&b.id));
        hubs
    }
}

/// One environment.
pub struct Hub {
    id: EnvironmentId,
    host: DockerHost,
    inventory: Inventory,
    status: watch::Sender<EngineStatus>,
    engine: RwLock<Option<Engine>>,
    facts: RwLock<Option<EngineFacts>>,
    refresh: run::Refresh,
    viewers: AtomicUsize,
    viewers_changed: Notify,
    disk: tokio::sync::Mutex<Option<DiskUsage>>,
    framings: Mutex<HashMap<ContainerId, Framing>>,
    images: kept::Kept<Vec<ImageSummary>>,
    volumes: kept::Kept<Vec<String>>,
    networks: kept::Kept<Vec<String>>,
    holdings: held::Holdings,
    logs: logs::SharedLogs,
    stats: stats::SharedStats,
}

impl Hub {
    fn start(id: EnvironmentId, host: DockerHost) -> Arc<Self> {
        let hub = Arc::new(Self {
            id,
            host,
            inventory: Inventory::new(),
            status: watch::Sender::new(EngineStatus::Connecting),
            engine: RwLock::new(None),
            facts: RwLock::new(None),
            refresh: run::Refresh::default(),
            viewers: AtomicUsize::new(0),
            viewers_changed: Notify::new(),
            disk: tokio::sync::Mutex::new(None),
            framings: Mutex::new(HashMap::new()),
            images: kept::Kept::default(),
            volumes: kept::Kept::default(),
            networks: kept::Kept::default(),
            holdings: held::Holdings::default(),
            logs: logs::SharedLogs::default(),
            stats: stats::SharedStats::default(),
        });
        tokio::spawn(run::run(Arc::clone(&hub)));
        hub
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &EnvironmentId {
        &self.id
    }

    /// The containers.
    #[must_use]
    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// Changes of whether the engine answers.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<EngineStatus> {
        self.status.subscribe()
    }

    /// Whether the engine was ever reached, so that the list means something.
    #[must_use]
    pub fn was_reached(&self) -> bool {
        self.facts.read().is_some()
    }

    /// The environment as it is now, from memory, as far as it is seen.
    #[must_use]
    pub fn summary(&self, sight: &Sight) -> EnvironmentSummary {
        let engine = self.facts.read().clone();
        let engine = if sight.is_whole() { engine } else { engine.as_ref().map(EngineFacts::for_part) };
        let name =
            engine.as_ref().and_then(|facts| facts.host_name.clone()).unwrap_or_else(|| self.id.to_string());
        EnvironmentSummary {
            id: self.id.clone(),
            name,
            status: self.status.borrow().clone(),
            engine,
            counts: self.inventory.counts(sight),
        }
    }

    /// The engine, if it answers. Callers still need a grant for each of its functions.
    ///
    /// # Errors
    /// [`EngineError::Unreachable`] with the reason that the page shows.
    pub fn engine(&self) -> Result<Engine, EngineError> {
        self.engine.read().clone().ok_or_else(|| self.unreachable())
    }

    /// Refuses when the engine does not answer, so that a person is told that instead of "not found".
    ///
    /// # Errors
    /// [`EngineError::Unreachable`].
    pub fn require_connected(&self) -> Result<(), Error> {
        match &*self.status.borrow() {
            EngineStatus::Connected { .. } => Ok(()),
            EngineStatus::Connecting | EngineStatus::Unreachable { .. } => Err(self.unreachable().into()),
        }
    }

    fn unreachable(&self) -> EngineError {
        match &*self.status.borrow() {
            EngineStatus::Unreachable { reason, detail, .. } => {
                EngineError::Unreachable { reason: *reason, detail: detail.clone() }
            }
            EngineStatus::Connecting | EngineStatus::Connected { .. } => EngineError::Unreachable {
                reason: UnreachableReason::NotResponding,
                detail: "it has not answered yet".to_owned(),
            },
        }
    }

    /// Looks at a container again and returns when the inventory shows what the engine says: after an
    /// action the reply finds its own effect in the list. Gives up after two seconds.
    pub async fn settle(&self, container: &ContainerId) {
        let settled = self.refresh.ask(container.clone());
        let _late = tokio::time::timeout(Duration::from_secs(2), settled).await;
    }

    /// Counts a page that looks at the environment; while there is one, the engine is asked each second
    /// whether it still answers.
    #[must_use]
    pub fn watch(self: &Arc<Self>) -> Viewer {
        self.viewers.fetch_add(1, Ordering::Relaxed);
        self.viewers_changed.notify_waiters();
        Viewer { hub: Arc::clone(self) }
    }

    /// The disk's use, measured by `measure` at most once a minute however many ask.
    ///
    /// # Errors
    /// What `measure` failed with.
    pub async fn disk_usage<F>(&self, now: UnixMillis, measure: F) -> Result<DiskUsage, Error>
    where
        F: Future<Output = Result<DiskUsage, EngineError>>,
    {
        let mut kept = self.disk.lock().await;
        if let Some(usage) = kept.as_ref()
            && now.0.saturating_sub(usage.measured_at.0) < 60_000
        {
            return Ok(usage.clone());
        }
        let usage = measure.await?;
        *kept = Some(usage.clone());
        Ok(usage)
    }

    /// Reads a log once, from its beginning or the query's to its end, for a download.
    ///
    /// # Errors
    /// What the engine said.
    pub async fn read_log(&self, grant: &Grant<DownloadLogs>, query: &LogQuery) -> Result<LogReader, Error> {
        let system = SystemGrant::new("a log is read for the holder of a grant on its download");
        let container = grant.container()?;
        let framing = self.framing(&system, container).await?;
        let millis = |millis: Option<i64>| millis.map(|millis| millis.saturating_mul(1_000_000));
        let range = LogRange {
            since_nanos: millis(query.since),
            until_nanos: millis(query.until),
            tail: query.tail,
            follow: false,
        };
        Ok(self.engine()?.logs(&system, container, framing, range).await?)
    }

    /// How a container's output is framed; asked once, since it never changes.
    async fn framing(&self, grant: &SystemGrant, container: &ContainerId) -> Result<Framing, EngineError> {
        if let Some(framing) = self.framings.lock().get(container) {
            return Ok(*framing);
        }
        let framing = self.engine()?.framing(grant, container).await?;
        let mut framings = self.framings.lock();
        if framings.len() > 4096 {
            framings.clear();
        }
        framings.insert(container.clone(), framing);
        Ok(framing)
    }
}

/// A page that looks at an environment.
pub struct Viewer {
    hub: Arc<Hub>,
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.hub.viewers.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Milliseconds since 1970 by this machine's clock.
#[must_use]
pub fn now() -> UnixMillis {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    UnixMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
