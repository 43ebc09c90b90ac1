//! Which container the page is about: found by what the address says, followed when it is renamed, and kept
//! in view when it is removed.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    ContainerId, ContainerRef, Empty, EnvironmentId, Permission, UnixMillis,
    containers::{ContainerInspect, ContainerSummary, InspectContainer},
};

use super::tab::Tab;
use crate::{
    api,
    components::{
        containers_store::{ContainersStore, ListStatus},
        error_text::why_not,
        reading::Reading,
    },
    i18n::I18n,
    paths,
    session::{SessionContext, use_session},
};

/// How long changes are gathered before the engine is asked again.
const GATHER_MS: u64 = 250;

/// Where the page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The list is still being read.
    Waiting,
    /// No container answers to the address.
    Missing,
    /// The container is there.
    Here,
    /// It was there, and is no more.
    Gone,
}

/// The container of the page. A handle that is freely copied.
#[derive(Clone, Copy)]
pub(super) struct Subject {
    /// The environment.
    pub(super) environment: Memo<EnvironmentId>,
    /// What the address calls it.
    pub(super) reference: Memo<String>,
    /// Where the page stands.
    pub(super) standing: Memo<Standing>,
    /// What the list says of it, or said last.
    pub(super) row: RwSignal<Option<Arc<ContainerSummary>>>,
    /// When it was removed.
    pub(super) gone_at: RwSignal<Option<UnixMillis>>,
    /// Another container that bears its name now.
    pub(super) successor: Memo<Option<Arc<ContainerSummary>>>,
    /// What the engine says of it: read when the page opens and when its row changes.
    pub(super) details: Reading<ContainerInspect>,
}

impl Subject {
    /// Finds the container that the address names, and follows it.
    pub(super) fn follow(tab: Memo<Tab>) -> Self {
        let store = ContainersStore::use_store();
        let place = paths::use_container();
        let environment = Memo::new(move |_| store.environment());
        let reference = Memo::new(move |_| place.with(|(name, _)| name.clone()));
        let row = RwSignal::new(None::<Arc<ContainerSummary>>);
        let gone_at = RwSignal::new(None::<UnixMillis>);
        let details = Reading::new();
        let go_instead = paths::use_go_instead();

        // The address alone decides whom the page is about; from then on it is followed by its id.
        Effect::new(move |last: Option<(EnvironmentId, String)>| {
            let now = (environment.get(), reference.get());
            let is_new = last.as_ref() != Some(&now);
            let known = row.get_untracked();
            let moved = last.as_ref().is_some_and(|last| last.0 != now.0);
            if moved || (is_new && !known.as_ref().is_some_and(|known| answers(known, &now.1))) {
                row.set(None);
                gone_at.set(None);
                details.forget();
            }
            let changed = match known.filter(|_| row.with_untracked(Option::is_some)) {
                Some(known) => current(store, &known.id),
                None => store.find(&now.1).and_then(|id| current(store, &id)),
            };
            match changed {
                Some(found) => {
                    let renamed = row.with_untracked(|row| {
                        row.as_ref().is_some_and(|row| row.name == now.1 && row.name != found.name)
                    });
                    if row.with_untracked(|row| row.as_ref() != Some(&found)) {
                        row.set(Some(found.clone()));
                    }
                    gone_at.set(None);
                    if renamed {
                        go_instead(&tab.get_untracked().path(&now.0, &found.name));
                    }
                }
                None if row.with_untracked(Option::is_some)
                    && gone_at.with_untracked(Option::is_none)
                    && store.status() == ListStatus::Ready =>
                {
                    gone_at.set(Some(UnixMillis(js_sys::Date::now() as i64)));
                }
                None => {}
            }
            now
        });

        let standing = Memo::new(move |_| {
            let is_known = row.with(Option::is_some);
            match (is_known, gone_at.with(Option::is_some), store.status()) {
                (true, true, _) => Standing::Gone,
                (true, false, _) => Standing::Here,
                (false, _, ListStatus::Ready) => Standing::Missing,
                (false, _, ListStatus::Loading | ListStatus::Failed(_)) => Standing::Waiting,
            }
        });
        let successor = Memo::new(move |_| {
            gone_at.get()?;
            let known = row.get()?;
            store.all().into_iter().find(|other| other.name == known.name && other.id != known.id)
        });
        let subject = Self { environment, reference, standing, row, gone_at, successor, details };
        subject.keep_details();
        subject
    }

    /// The container's id, once found; tracked.
    pub(super) fn id(self) -> Option<ContainerId> {
        self.row.with(|row| row.as_ref().map(|row| row.id.clone()))
    }

    /// Its name, or what the address calls it; tracked.
    pub(super) fn name(self) -> String {
        self.row.with(|row| row.as_ref().map(|row| row.name.clone())).unwrap_or_else(|| self.reference.get())
    }

    /// Looks at its row; tracked.
    pub(super) fn with_row<T>(self, look: impl FnOnce(&ContainerSummary) -> T) -> Option<T> {
        self.row.with(|row| row.as_deref().map(look))
    }

    /// Turns to the container that bears the name now.
    pub(super) fn turn_to_successor(self) {
        if let Some(successor) = self.successor.get_untracked() {
            self.details.forget();
            self.gone_at.set(None);
            self.row.set(Some(successor));
        }
    }

    /// Whether the person may do this to it; tracked.
    pub(super) fn may(self, session: SessionContext, permission: Permission) -> bool {
        let environment = self.environment.get();
        self.with_row(|row| session.may_on(permission, &environment, row)).unwrap_or(false)
    }

    /// Why the person may not do this to it; tracked.
    pub(super) fn why_not(
        self,
        i18n: I18n,
        session: SessionContext,
        permission: Permission,
    ) -> Option<String> {
        let environment = self.environment.get();
        self.with_row(|row| why_not(i18n, session, permission, row.target(&environment))).flatten()
    }

    /// Reads the engine's document again.
    pub(super) fn read_details(self) {
        let Some(id) = untrack(|| self.id()) else { return };
        let environment = self.environment.get_untracked();
        let container = ContainerRef::from(&id);
        self.details.start(api::call(InspectContainer { environment, container }, Empty {}, ()));
    }

    /// Reads it once, and again when the row has changed: at once the first time, then gathered.
    fn keep_details(self) {
        let session = use_session();
        let allowed = Memo::new(move |_| self.may(session, Permission::ContainerLogs));
        let waits = StoredValue::new(false);
        Effect::new(move |last: Option<Option<ContainerId>>| {
            let id = self.id();
            let here = self.standing.get() == Standing::Here;
            if !allowed.get() || !here || id.is_none() {
                return None;
            }
            self.row.track();
            if last.flatten() != id {
                self.read_details();
            } else if !waits.get_value() {
                waits.set_value(true);
                set_timeout(
                    move || {
                        // The page may be gone by now.
                        if waits.try_set_value(false).is_none() {
                            self.read_details();
                        }
                    },
                    std::time::Duration::from_millis(GATHER_MS),
                );
            }
            id
        });
    }
}

fn answers(row: &ContainerSummary, reference: &str) -> bool {
    row.name == reference
        || row.id.as_str() == reference
        || (reference.len() >= 4 && row.id.as_str().starts_with(reference))
}

fn current(store: ContainersStore, id: &ContainerId) -> Option<Arc<ContainerSummary>> {
    store.all().into_iter().find(|row| row.id == *id)
}
