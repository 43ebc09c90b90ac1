//! The containers of one environment, and what changed since when.
//!
//! There is no queue per viewer: each change gets a revision, and a viewer asks what came after the one it
//! has. A slow viewer simply gets more at once.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    io::Write as _,
    sync::Arc,
};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use parking_lot::{Mutex, RwLock};
use shared::{
    ContainerId, ContainerRef, UnixMillis,
    containers::{Condition, ContainerState, ContainerSummary},
    environments::ContainerCounts,
    live::Cursor,
};
use tokio::sync::watch;

/// Changes that are remembered; whoever is further behind reads the list again.
const HISTORY: usize = 10_000;

/// See the module.
pub struct Inventory {
    run: u32,
    state: RwLock<State>,
    revision: watch::Sender<u64>,
    prepared: Mutex<Option<(u64, Arc<PreparedList>)>>,
}

#[derive(Default)]
struct State {
    revision: u64,
    containers: BTreeMap<ContainerId, Arc<ContainerSummary>>,
    history: VecDeque<(u64, ContainerId)>,
    /// The revision before the first one in the history.
    forgotten: u64,
    /// Exact times of the last change, from events; the engine's list tells them coarsely.
    since: HashMap<ContainerId, (UnixMillis, Standing)>,
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

/// The whole list as it goes over the wire, made once per revision however many ask.
#[derive(Debug)]
pub struct PreparedList {
    /// JSON of a [`ContainerList`](shared::containers::ContainerList).
    pub json: Bytes,
    /// The same, compressed.
    pub gzip: Bytes,
}

impl Inventory {
    pub(super) fn new() -> Self {
        Self {
            run: rand::random(),
            state: RwLock::default(),
            revision: watch::Sender::new(0),
            prepared: Mutex::new(None),
        }
    }

    /// Rises with each change.
    #[must_use]
    pub fn revisions(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// A container by its full id.
    #[must_use]
    pub fn get(&self, id: &ContainerId) -> Option<Arc<ContainerSummary>> {
        self.state.read().containers.get(id).cloned()
    }

    /// A full id, a name, or the beginning of an id if only one begins so.
    #[must_use]
    pub fn resolve(&self, name: &ContainerRef) -> Option<ContainerId> {
        let name = name.as_str();
        let state = self.state.read();
        if let Ok(id) = name.parse::<ContainerId>() {
            return state.containers.contains_key(&id).then_some(id);
        }
        if let Some(container) = state.containers.values().find(|container| container.name == name) {
            return Some(container.id.clone());
        }
        let mut matches = state.containers.keys().filter(|id| id.as_str().starts_with(name));
        match (matches.next(), matches.next()) {
            (Some(id), None) => Some(id.clone()),
            _ => None,
        }
    }

    /// Containers by state.
    #[must_use]
    pub fn counts(&self) -> ContainerCounts {
        let mut counts = ContainerCounts::default();
        for container in self.state.read().containers.values() {
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

    /// What came after the cursor.
    #[must_use]
    pub fn after(&self, cursor: Cursor) -> Changes {
        let state = self.state.read();
        if cursor.run != self.run || cursor.revision < state.forgotten || cursor.revision > state.revision {
            return Changes::Reset;
        }
        let ids: BTreeSet<&ContainerId> = state
            .history
            .iter()
            .rev()
            .take_while(|(revision, _)| *revision > cursor.revision)
            .map(|(_, id)| id)
            .collect();
        let (mut changed, mut removed) = (Vec::new(), Vec::new());
        for id in ids {
            match state.containers.get(id) {
                Some(container) => changed.push(Arc::clone(container)),
                None => removed.push(id.clone()),
            }
        }
        Changes::Some { cursor: Cursor { run: self.run, revision: state.revision }, changed, removed }
    }

    /// The list, ready to be sent.
    #[must_use]
    pub fn prepared(&self) -> Arc<PreparedList> {
        #[derive(serde::Serialize)]
        struct List<'a> {
            cursor: Cursor,
            containers: Vec<&'a ContainerSummary>,
        }
        let mut kept = self.prepared.lock();
        let state = self.state.read();
        if let Some((revision, list)) = kept.as_ref()
            && *revision == state.revision
        {
            return Arc::clone(list);
        }
        let list = List {
            cursor: Cursor { run: self.run, revision: state.revision },
            containers: state.containers.values().map(AsRef::as_ref).collect(),
        };
        let json = serde_json::to_vec(&list).unwrap_or_default();
        let revision = state.revision;
        drop(state);
        let mut encoder = GzEncoder::new(Vec::with_capacity(json.len() / 8), Compression::new(6));
        // Writing to memory cannot fail.
        let gzip = encoder.write_all(&json).and_then(|()| encoder.finish()).unwrap_or_default();
        let list = Arc::new(PreparedList { json: json.into(), gzip: gzip.into() });
        *kept = Some((revision, Arc::clone(&list)));
        list
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
            state.containers.insert(id.clone(), Arc::new(container));
            state.changed(id);
        }
        for id in gone {
            state.since.remove(id);
            if state.containers.remove(id).is_some() {
                state.changed(id.clone());
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
    fn changed(&mut self, id: ContainerId) {
        self.revision = self.revision.saturating_add(1);
        self.history.push_back((self.revision, id));
        if self.history.len() > HISTORY
            && let Some((revision, _)) = self.history.pop_front()
        {
            self.forgotten = revision;
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
mod tests {
    use super::*;

    fn container(letter: &str, state: ContainerState) -> ContainerSummary {
        ContainerSummary {
            id: letter.repeat(64).parse().unwrap(),
            name: format!("{letter}-web"),
            image: "i".to_owned(),
            image_id: String::new(),
            state,
            health: None,
            exit_code: None,
            created_at: UnixMillis(1),
            since: Some(UnixMillis(5)),
            ports: Vec::new(),
            stack: None,
            service: None,
            command: String::new(),
            networks: Vec::new(),
            labels: BTreeMap::new(),
        }
    }

    fn cursor(inventory: &Inventory) -> Cursor {
        Cursor { run: inventory.run, revision: inventory.state.read().revision }
    }

    #[test]
    fn a_cursor_gets_what_came_after_it_once() {
        let inventory = Inventory::new();
        inventory
            .replace(vec![container("a", ContainerState::Running), container("b", ContainerState::Running)]);
        let before = cursor(&inventory);
        inventory.apply(vec![container("a", ContainerState::Paused)], &[]);
        inventory.apply(vec![container("a", ContainerState::Running)], &["b".repeat(64).parse().unwrap()]);
        let Changes::Some { cursor, changed, removed } = inventory.after(before) else { panic!("reset") };
        assert_eq!((changed.len(), removed.len()), (1, 1));
        let Changes::Some { changed, removed, .. } = inventory.after(cursor) else { panic!("reset") };
        assert!(changed.is_empty() && removed.is_empty());
    }

    #[test]
    fn what_did_not_change_is_no_revision() {
        let inventory = Inventory::new();
        inventory.replace(vec![container("a", ContainerState::Running)]);
        let before = cursor(&inventory);
        let mut later = container("a", ContainerState::Running);
        later.since = Some(UnixMillis(6));
        inventory.replace(vec![later]);
        assert_eq!(before, cursor(&inventory));
    }

    #[test]
    fn another_run_or_a_forgotten_revision_is_a_reset() {
        let inventory = Inventory::new();
        assert!(matches!(inventory.after(Cursor { run: inventory.run ^ 1, revision: 0 }), Changes::Reset));
        for _ in 0..=HISTORY / 2 {
            inventory.apply(vec![container("a", ContainerState::Running)], &[]);
            inventory.apply(vec![container("a", ContainerState::Paused)], &[]);
        }
        assert!(matches!(inventory.after(Cursor { run: inventory.run, revision: 0 }), Changes::Reset));
    }

    #[test]
    fn names_ids_and_prefixes() {
        let inventory = Inventory::new();
        inventory
            .replace(vec![container("a", ContainerState::Running), container("b", ContainerState::Running)]);
        let resolve = |name: &str| inventory.resolve(&name.parse().unwrap());
        assert!(
            resolve("a-web").is_some() && resolve("aaaa").is_some() && resolve(&"b".repeat(64)).is_some()
        );
        assert!(resolve("c").is_none() && resolve("web").is_none());
    }

    #[test]
    fn the_prepared_list_is_made_once_a_revision() {
        let inventory = Inventory::new();
        inventory.replace(vec![container("a", ContainerState::Running)]);
        assert!(Arc::ptr_eq(&inventory.prepared(), &inventory.prepared()));
        let list: shared::containers::ContainerList =
            serde_json::from_slice(&inventory.prepared().json).unwrap();
        assert_eq!(list.containers.len(), 1);
    }
}
