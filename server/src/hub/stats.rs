//! Figures of containers: one upstream stream per container however many look, none when nobody does.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
};

use parking_lot::Mutex;
use shared::{ContainerId, live::Sample};
use tokio::{sync::watch, task::AbortHandle};

use super::Hub;
use crate::access::grant::{SystemGrant, TopicGrant};

#[derive(Default)]
pub(super) struct SharedStats {
    streams: Mutex<HashMap<ContainerId, Weak<Upstream>>>,
}

struct Upstream {
    latest: watch::Receiver<Option<Sample>>,
    task: AbortHandle,
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A look at a container's figures; dropping the last one ends the upstream stream.
pub struct StatsHandle {
    upstream: Arc<Upstream>,
    seen: watch::Receiver<Option<Sample>>,
}

impl StatsHandle {
    /// The figures, if there are newer ones than last time.
    pub fn fresh(&mut self) -> Option<Sample> {
        if !self.seen.has_changed().unwrap_or(false) {
            return None;
        }
        self.seen.borrow_and_update().clone()
    }

    /// Whether the stream has ended: the container stopped.
    #[must_use]
    pub fn ended(&self) -> bool {
        self.upstream.task.is_finished()
    }
}

impl Hub {
    /// Looks at one container's figures, for the holder of a grant on the topic.
    #[must_use]
    pub fn watch_stats(self: &Arc<Self>, _grant: &TopicGrant, container: &ContainerId) -> StatsHandle {
        let mut streams = self.stats.streams.lock();
        if let Some(upstream) = streams.get(container).and_then(Weak::upgrade)
            && !upstream.task.is_finished()
        {
            let mut seen = upstream.latest.clone();
            seen.mark_changed();
            return StatsHandle { upstream, seen };
        }
        streams.retain(|_, upstream| upstream.strong_count() > 0);
        let (sender, latest) = watch::channel(None);
        let task = tokio::spawn(follow(Arc::clone(self), container.clone(), sender)).abort_handle();
        let upstream = Arc::new(Upstream { latest: latest.clone(), task });
        streams.insert(container.clone(), Arc::downgrade(&upstream));
        StatsHandle { upstream, seen: latest }
    }
}

async fn follow(hub: Arc<Hub>, container: ContainerId, latest: watch::Sender<Option<Sample>>) {
    let grant = SystemGrant::new("one stream of figures serves everybody who was granted the topic");
    let Ok(engine) = hub.engine() else { return };
    let mut stream = match engine.stats(&grant, &container).await {
        Ok(stream) => stream,
        Err(error) => {
            tracing::debug!(container = container.short(), "no figures: {error}");
            return;
        }
    };
    loop {
        match stream.next().await {
            Ok(Some(sample)) => {
                latest.send_replace(Some(sample));
            }
            Ok(None) => return,
            Err(error) => {
                tracing::debug!(container = container.short(), "figures ended: {error}");
                return;
            }
        }
    }
}
