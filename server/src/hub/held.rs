//! What containers hold that do not run, and the names of volumes and networks: what a form is checked against
//! while somebody types.
//!
//! Filled when it is asked for. A container's ports never change, so each is asked for once in its life; names
//! are kept until an event says that they changed. The containers of the inventory bound what is kept.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt, stream};
use parking_lot::Mutex;
use shared::{
    ContainerId,
    run::{Held, HeldPort},
};
use tokio::time::timeout;

use super::Hub;
use crate::{
    Error,
    access::{grant::SystemGrant, sight::Sight},
    engine::{Engine, EngineError},
};

/// So many containers are asked about for one question; the next one goes on.
const READ_MOST: usize = 512;
/// So many at once.
const AT_ONCE: usize = 8;
/// How long one question may take; what is not known by then is told as unknown.
const READ_WITHIN: Duration = Duration::from_secs(2);

/// See the module.
#[derive(Default)]
pub(super) struct Holdings {
    ports: Mutex<HashMap<ContainerId, Arc<Vec<HeldPort>>>>,
    /// Whoever asks first reads for all who wait.
    reading: tokio::sync::Mutex<()>,
}

impl Hub {
    /// What is held, as far as it is seen.
    ///
    /// # Errors
    /// What the engine said.
    pub async fn held(&self, sight: &Sight) -> Result<Held, Error> {
        let engine = self.engine()?;
        let grant = SystemGrant::new("what a form is checked against is kept for everybody who may create");
        let stopped = self.inventory().stopped();
        self.read_ports(&engine, &grant, &stopped).await;
        let seen: Vec<ContainerId> =
            stopped.into_iter().filter(|row| sight.shows(row)).map(|row| row.id.clone()).collect();
        let known: Vec<Arc<Vec<HeldPort>>> = {
            let ports = self.holdings.ports.lock();
            seen.iter().filter_map(|id| ports.get(id).cloned()).collect()
        };
        let unknown = u32::try_from(seen.len().saturating_sub(known.len())).unwrap_or(u32::MAX);
        let ports = known.iter().flat_map(|ports| ports.iter().cloned()).collect();
        // A name tells of what others have.
        let (volumes, networks) = if sight.is_whole() {
            let volumes = self.volumes.get(engine.volume_names(&grant));
            let networks = self.networks.get(engine.network_names(&grant));
            (told(volumes.await), told(networks.await))
        } else {
            (None, None)
        };
        Ok(Held { ports, unknown, volumes, networks })
    }

    async fn read_ports(
        &self,
        engine: &Engine,
        grant: &SystemGrant,
        stopped: &[Arc<shared::containers::ContainerSummary>],
    ) {
        let _turn = self.holdings.reading.lock().await;
        let missing: Vec<ContainerId> = {
            let mut ports = self.holdings.ports.lock();
            let here: HashSet<&ContainerId> = stopped.iter().map(|row| &row.id).collect();
            ports.retain(|id, _| here.contains(id) || self.inventory().get(id).is_some());
            let missing = stopped.iter().map(|row| &row.id).filter(|id| !ports.contains_key(*id));
            missing.take(READ_MOST).cloned().collect()
        };
        let reading = stream::iter(missing).for_each_concurrent(AT_ONCE, async |id| {
            match engine.published_ports(grant, &id).await {
                Ok(read) => {
                    self.holdings.ports.lock().insert(id, Arc::new(read));
                }
                // Gone meanwhile, or asked about again by the next question.
                Err(error) => tracing::debug!(container = %id, "its ports are not known: {error}"),
            }
        });
        // Late: what was read stays.
        let _late = timeout(READ_WITHIN, reading).await;
    }
}

/// Names; none where they cannot be told, which must not keep the rest from being checked.
fn told(names: Result<Arc<Vec<String>>, EngineError>) -> Option<Vec<String>> {
    let told =
        names.inspect_err(|error| tracing::warn!("the names of volumes or networks are not known: {error}"));
    told.ok().map(|names| names.as_ref().clone())
}
