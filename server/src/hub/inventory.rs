//! The containers of one environment, and what changed since when.
//!
//! There is no queue per viewer: each change gets a revision, and a viewer asks what came after the one it
//! has. A slow viewer simply gets more at once.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::Arc,
};

use parking_lot::{Mutex, RwLock};
use shared::{
    ContainerId, ContainerRef, UnixMillis,
    containers::{Condition, ContainerState, ContainerSummary},
    environments::ContainerCounts,
    live::Cursor,
};
use tokio::sync::watch;

use super::prepared::PreparedList;
use crate::access::sight::Sight;

/// Changes that are remembered; whoever is further behind reads the list again.
const HISTORY: usize = 10_000;

/// See the module.
pub struct Inventory {
    run: u32,
    state: RwLock<State>,
    revision: watch::Sender<u64>,
    prepared: Mutex<Vec<Kept>>,
}

/// A list for everybody who sees the same. Its lock is its own: who sees something else does not wait for it.
struct Kept {
    sight: Sight,
    made: Made,
}

/// The list, and the revision that it shows.
type Made = Arc<Mutex<Option<(u64, Arc<PreparedList>)>>>;

/// Lists that are kept, for as many different views; the one that was not asked for longest goes first.
const KEPT: usize = 32;

#[derive(Default)]
struct State {
    revision: u64,
    containers: BTreeMap<ContainerId, Arc<ContainerSummary>>,
    history: VecDeque<Change>,
    /// The revision before the first one in the history.
    forgotten: u64,
    /// Exact times of the last change, from events; the engine's list tells them coarsely.
    since: HashMap<ContainerId, (UnixMillis, Standing)>,
}

/// One revision.
struct Change {
    revision: u64,
    id: ContainerId,
    /// Where the container counted as standing before it, if it was there: who saw it then must hear of it.
    before: Option<Option<String>>,
}

/// What an event said of a container: its time counts once the list says the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Started, paused, unpaused.
    Alive,
    /// Its process ended.
    Ended,
}

/// What changed.
#[derive(Debug)]
pub enum Changes {
    /// These, up to the cursor.
    Some {
        /// Where to go on.
        cursor: Cursor,
        /// New or changed.
        changed: Vec<Arc<ContainerSummary>>,
        /// Gone.
        removed: Vec<ContainerId>,
    },
    /// The cursor is of another run, or too old.
    Reset,
}

impl Inventory {
    pub(super) fn new() -> Self {
        Self {
            run: rand::random(),
            state: RwLock::default(),
            revision: watch::Sender::new(0),
            prepared: Mutex::new(Vec::new()),
        }
    }

    /// Rises with each change.
    #[must_use]
    pub fn revisions(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// A container by its full id, for whoever has a grant on it or filters by a sight themselves.
    #[must_use]
    pub fn get(&self, id: &ContainerId) -> Option<Arc<ContainerSummary>> {
        self.state.read().containers.get(id).cloned()
    }

    /// Those that do not run, for whoever filters by a sight themselves.
    #[must_use]
    pub fn stopped(&self) -> Vec<Arc<ContainerSummary>> {
        let state = self.state.read();
        state.containers.values().filter(|container| !container.state.is_alive()).cloned().collect()
    }

    /// The container of a full id, a name, or the beginning of an id if only one begins so. What is not seen
    /// is not there: it neither answers nor makes a beginning ambiguous.
    #[must_use]
    pub fn resolve(&self, name: &ContainerRef, sight: &Sight) -> Option<Arc<ContainerSummary>> {
        let name = name.as_str();
        let state = self.state.read();
        if let Ok(id) = name.parse::<ContainerId>() {
            return state.containers.get(&id).filter(|container| sight.shows(container)).cloned();
        }
        let mut seen = state.containers.values().filter(|container| sight.shows(container));
        if let Some(container) = seen.clone().find(|container| container.name == name) {
            return Some(Arc::clone(container));
        }
        let mut matches = seen.by_ref().filter(|container| container.id.as_str().starts_with(name));
        match (matches.next(), matches.next()) {
            (Some(container), None) => Some(Arc::clone(container)),
            _ => None,
        }
    }

    /// Containers by state, of those that are seen.
    #[must_use]
    pub fn counts(&self, sight: &Sight) -> ContainerCounts {
        let mut counts = ContainerCounts::default();
        let state = self.state.read();
        for container in state.containers.values().filter(|container| sight.shows(container)) {
            counts.total = counts.total.saturating_add(1);
            let count = match container.condition() {
                Condition::Healthy => &mut counts.healthy,
                Condition::Running | Condition::Starting => &mut counts.running,
                Condition::Unhealthy => &mut counts.unhealthy,
                Condition::Restarting => &mut counts.restarting,
                Condition::Paused => &mut counts.paused,
                Condition::Failed | Condition::Dead => &mut counts.failed,
                Condition::Exited | Condition::Removing => &mut counts.finished,
                Condition::Created => &mut counts.created,
            };
            *count = count.saturating_add(1);
        }
        counts
    }

    /// Where the changes go on from now.
    #[must_use]
    pub fn now(&self, sight: &Sight) -> Cursor {
        self.cursor(self.state.read().revision, sight)
    }

    /// What came after the cursor, of what is seen. A cursor of a list that showed something else is reset.
    #[must_use]
    pub fn after(&self, cursor: Cursor, sight: &Sight) -> Changes {
        let state = self.state.read();
        let now = self.cursor(state.revision, sight);
        if cursor.run != now.run || cursor.revision < state.forgotten || cursor.revision > state.revision {
            return Changes::Reset;
        }
        let since = state.history.iter().rev().take_while(|change| change.revision > cursor.revision);
        // From the newest to the oldest: what stays is how each stood at the cursor.
        let touched: BTreeMap<&ContainerId, &Change> = since.map(|change| (&change.id, change)).collect();
        let (mut changed, mut removed) = (Vec::new(), Vec::new());
        for (id, first) in touched {
            match state.containers.get(id).filter(|container| sight.shows(container)) {
                Some(container) => changed.push(Arc::clone(container)),
                None => {
                    let before = first.before.as_ref();
                    if before.is_some_and(|stack| sight.shows_at(id, stack.as_deref())) {
                        removed.push(id.clone());
                    }
                }
            }
        }
        Changes::Some { cursor: now, changed, removed }
    }

    /// The list of what is seen, ready to be sent.
    #[must_use]
    pub fn prepared(&self, sight: &Sight) -> Arc<PreparedList> {
        #[derive(serde::Serialize)]
        struct List<'a> {
            cursor: Cursor,
            containers: Vec<&'a ContainerSummary>,
        }
        let made = self.kept(sight);
        let mut made = made.lock();
        let state = self.state.read();
        if let Some((revision, list)) = made.as_ref()
            && *revision == state.revision
        {
            return Arc::clone(list);
        }
        let seen = state.containers.values().map(AsRef::as_ref).filter(|container| sight.shows(container));
        let mut containers: Vec<&ContainerSummary> = seen.collect();
        // As `docker ps` does, and a little smaller when compressed: neighbours are alike.
        containers.sort_by_key(|container| Reverse(container.created_at));
        let list = List { cursor: self.cursor(state.revision, sight), containers };
        let json = serde_json::to_vec(&list).unwrap_or_default();
        let revision = state.revision;
        drop(state);
        let list = Arc::new(PreparedList::new(json));
        *made = Some((revision, Arc::clone(&list)));
        list
    }

    /// Where the list of what is seen is kept.
    fn kept(&self, sight: &Sight) -> Made {
        let mut kept = self.prepared.lock();
        let one = match kept.iter().position(|one| one.sight == *sight) {
            Some(at) => kept.remove(at),
            None => Kept { sight: sight.clone(), made: Arc::default() },
        };
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        let made = Arc::clone(&one.made);
        kept.push(one);
        made
    }

    fn cursor(&self, revision: u64, sight: &Sight) -> Cursor {
        Cursor { run: self.run ^ sight.fingerprint(), revision }
    }

    /// Notes the exact time of a container's change, for the row that is read next.
    pub(super) fn note_since(&self, id: &ContainerId, at: UnixMillis, standing: Standing) {
        self.state.write().since.insert(id.clone(), (at, standing));
    }

    /// Takes the whole list: what is not in it is gone.
    pub(super) fn replace(&self, list: Vec<ContainerSummary>) {
        let present: BTreeSet<ContainerId> = list.iter().map(|container| container.id.clone()).collect();
        let gone: Vec<ContainerId> =
            self.state.read().containers.keys().filter(|id| !present.contains(*id)).cloned().collect();
        self.apply(list, &gone);
    }

    /// Takes what was read of some containers, and which are gone.
    pub(super) fn apply(&self, list: Vec<ContainerSummary>, gone: &[ContainerId]) {
        let mut state = self.state.write();
        let before = state.revision;
        for mut container in list {
            let known = state.containers.get(&container.id).cloned();
            container.since = state.since(&container, known.as_deref());
            if known.is_some_and(|known| *known == container) {
                continue;
            }
            let id = container.id.clone();
            let before = state.containers.insert(id.clone(), Arc::new(container));
            state.changed(id, before.as_deref());
        }
        for id in gone {
            state.since.remove(id);
            if let Some(before) = state.containers.remove(id) {
                state.changed(id.clone(), Some(&before));
            }
        }
        let revision = state.revision;
        drop(state);
        if revision != before {
            self.revision.send_replace(revision);
        }
    }
}

impl State {
    fn changed(&mut self, id: ContainerId, before: Option<&ContainerSummary>) {
        self.revision = self.revision.saturating_add(1);
        let before = before.map(|container| container.stack_for_access().map(str::to_owned));
        self.history.push_back(Change { revision: self.revision, id, before });
        if self.history.len() > HISTORY
            && let Some(change) = self.history.pop_front()
        {
            self.forgotten = change.revision;
        }
    }

    /// The exact time of the last change if an event told it; else what was known, if the state is the
    /// same; else what the list tells.
    fn since(
        &mut self,
        container: &ContainerSummary,
        known: Option<&ContainerSummary>,
    ) -> Option<UnixMillis> {
        if container.state == ContainerState::Created {
            return Some(container.created_at);
        }
        let standing = if container.state.is_alive() { Standing::Alive } else { Standing::Ended };
        let noted = match self.since.get(&container.id) {
            Some((at, noted)) if *noted == standing => Some(*at),
            _ => None,
        };
        if noted.is_some() {
            self.since.remove(&container.id);
        }
        let same =
            known.filter(|known| known.state == container.state && known.exit_code == container.exit_code);
        noted.or_else(|| same.and_then(|known| known.since)).or(container.since)
    }
}

#[cfg(test)]
#[path = "inventory_tests.rs"]
mod tests;
