//! The containers of the environment that is shown, kept live: read once, then changed by the topic
//! `containers`. Each row is a signal of its own, so that one change draws one row anew.
//!
//! Belongs here: the data and its freshness. Does not: filters, sorting, drawing.

use std::{collections::HashMap, sync::Arc};

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ApiError, ContainerId, Empty, EnvironmentId, ErrorCode,
    containers::{ContainerList, ContainerSummary, ListContainers},
    environments::{EngineStatus, EnvironmentSummary},
    live::{Cursor, Event, Topic},
};

use crate::{
    api,
    live::{self, Message, Subscription},
    session::use_session,
};

/// How far reading the list has come.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ListStatus {
    /// Being read for the first time.
    Loading,
    /// It could not be read.
    Failed(ApiError),
    /// There, and kept live.
    Ready,
}

/// A container's row.
pub(crate) type Row = ArcRwSignal<Arc<ContainerSummary>>;

/// The containers of the environment that is shown. A handle that is freely copied.
#[derive(Clone, Copy)]
pub(crate) struct ContainersStore {
    environment: Memo<EnvironmentId>,
    rows: StoredValue<HashMap<ContainerId, Row>>,
    cursor: StoredValue<Cursor>,
    status: RwSignal<ListStatus>,
    summary: RwSignal<Option<EnvironmentSummary>>,
    membership: RwSignal<u64>,
    revision: RwSignal<u64>,
    generation: StoredValue<u32>,
    list_topic: StoredValue<Option<Subscription>, LocalStorage>,
}

impl ContainersStore {
    /// Whether another container like one can be made on this engine; tracked.
    pub(crate) fn tells_choices(self) -> bool {
        self.summary().and_then(|summary| summary.engine).is_none_or(|engine| engine.kind.tells_choices())
    }

    /// Follows the containers and the status of an environment, for the whole page.
    pub(crate) fn provide(environment: Memo<EnvironmentId>) -> Self {
        let store = Self {
            environment,
            rows: StoredValue::new(HashMap::new()),
            cursor: StoredValue::new(Cursor::default()),
            status: RwSignal::new(ListStatus::Loading),
            summary: RwSignal::new(None),
            membership: RwSignal::new(0),
            revision: RwSignal::new(0),
            generation: StoredValue::new(0),
            list_topic: StoredValue::new_local(None),
        };
        provide_context(store);
        // Not known while the session is still asked for: the list is read beside it.
        let session = use_session();
        let denied = Memo::new(move |_| {
            session
                .session()
                .is_some_and(|session| session.lacks_factor() || !session.access.knows(&environment.get()))
        });
        Effect::new(move |was_denied: Option<bool>| {
            let environment = environment.get();
            // What was refused is asked for again once something is granted. Read, not only tracked: a memo
            // that nobody reads follows nothing.
            let is_denied = denied.get();
            if was_denied == Some(true) && !is_denied {
                live::renew_all();
            }
            store.summary.set(None);
            store.clear();
            store.read();
            live::subscribe_here(
                move || Topic::Environment { environment: environment.clone() },
                move |message| store.on_environment(message),
            );
            is_denied
        });
        store
    }

    /// The store of the page.
    pub(crate) fn use_store() -> Self {
        use_context::<Self>().unwrap_or_else(|| Self::provide(crate::paths::use_environment()))
    }

    /// The environment that is shown; tracked.
    pub(crate) fn environment(self) -> EnvironmentId {
        self.environment.get()
    }

    /// The environment that is shown, without following it.
    pub(crate) fn environment_untracked(self) -> EnvironmentId {
        self.environment.get_untracked()
    }

    /// Its status, facts and counts, once known; tracked.
    pub(crate) fn summary(self) -> Option<EnvironmentSummary> {
        self.summary.get()
    }

    /// How far reading the list has come; tracked.
    pub(crate) fn status(self) -> ListStatus {
        self.status.get()
    }

    /// The ids of all containers, in no order; tracked: changes when one comes or goes.
    pub(crate) fn ids(self) -> Vec<ContainerId> {
        self.membership.track();
        self.rows.with_value(|rows| rows.keys().cloned().collect())
    }

    /// One container's row, to draw and to follow.
    pub(crate) fn row(self, id: &ContainerId) -> Option<Row> {
        self.rows.with_value(|rows| rows.get(id).cloned())
    }

    /// All containers as they are now; tracked: changes with any of them. For counts, filters, sorting.
    pub(crate) fn all(self) -> Vec<Arc<ContainerSummary>> {
        self.revision.track();
        self.all_untracked()
    }

    /// All containers as they are now, without following them.
    pub(crate) fn all_untracked(self) -> Vec<Arc<ContainerSummary>> {
        self.rows.with_value(|rows| rows.values().map(GetUntracked::get_untracked).collect())
    }

    /// The container that a name, an id or the beginning of one means; tracked. A name wins, as in the engine.
    pub(crate) fn find(self, reference: &str) -> Option<ContainerId> {
        let all = self.all();
        all.iter()
            .find(|row| row.id.as_str() == reference || row.name == reference)
            .or_else(|| all.iter().find(|row| reference.len() >= 4 && row.id.as_str().starts_with(reference)))
            .map(|row| row.id.clone())
    }

    /// Reads the list again.
    pub(crate) fn read(self) {
        let generation = self.generation.with_value(|generation| generation.wrapping_add(1));
        self.generation.set_value(generation);
        let environment = self.environment.get_untracked();
        spawn_local(async move {
            let reply = api::call(ListContainers { environment }, Empty {}, ()).await;
            if self.generation.try_get_value() != Some(generation) {
                return; // Another environment is shown by now, or the list was asked for again.
            }
            match reply {
                Ok(list) => self.fill(list),
                Err(error) if error.code == ErrorCode::SignedOut => {}
                Err(error) => {
                    if self.status.get_untracked() != ListStatus::Ready {
                        self.status.set(ListStatus::Failed(error));
                    }
                }
            }
        });
    }

    fn clear(self) {
        self.list_topic.set_value(None);
        self.rows.set_value(HashMap::new());
        self.status.set(ListStatus::Loading);
        self.membership.update(|count| *count += 1);
        self.revision.update(|count| *count += 1);
    }

    fn fill(self, list: ContainerList) {
        self.rows.update_value(|rows| {
            let present: std::collections::HashSet<&ContainerId> =
                list.containers.iter().map(|row| &row.id).collect();
            rows.retain(|id, _| present.contains(id));
        });
        self.apply(list.cursor, list.containers, &[], true);
        self.status.set(ListStatus::Ready);
        let environment = self.environment.get_untracked();
        let topic =
            move || Topic::Containers { environment: environment.clone(), cursor: self.cursor.get_value() };
        self.list_topic.set_value(Some(live::subscribe(topic, move |message| self.on_containers(message))));
    }

    fn apply(self, cursor: Cursor, changed: Vec<ContainerSummary>, removed: &[ContainerId], whole: bool) {
        self.cursor.set_value(cursor);
        let mut members_changed = whole;
        let mut touched: Vec<(Row, Arc<ContainerSummary>)> = Vec::new();
        self.rows.update_value(|rows| {
            for id in removed {
                members_changed |= rows.remove(id).is_some();
            }
            for row in changed {
                let row = Arc::new(row);
                match rows.get(&row.id) {
                    Some(signal) => touched.push((signal.clone(), row)),
                    None => {
                        members_changed = true;
                        rows.insert(row.id.clone(), ArcRwSignal::new(row));
                    }
                }
            }
        });
        for (signal, row) in touched {
            if signal.with_untracked(|old| **old != *row) {
                signal.set(row);
            }
        }
        if members_changed {
            self.membership.update(|count| *count += 1);
        }
        self.revision.update(|count| *count += 1);
    }

    fn on_containers(self, message: Message) {
        match message {
            Message::Event(Event::Containers { cursor, changed, removed }) => {
                self.apply(cursor, changed, &removed, false);
            }
            Message::Event(Event::Reset) => self.read(),
            // What may not be seen any more is not left standing.
            Message::Ended(error) => {
                self.clear();
                self.status.set(ListStatus::Failed(error));
            }
            Message::Event(_) | Message::Log(..) => {}
        }
    }

    fn on_environment(self, message: Message) {
        if let Message::Event(Event::Environment { environment }) = message {
            let connected = matches!(environment.status, EngineStatus::Connected { .. });
            self.summary.set(Some(*environment));
            // The list could not be had before the engine answered for the first time.
            if connected && matches!(self.status.get_untracked(), ListStatus::Failed(_)) {
                self.read();
            }
        }
    }
}
