//! What the page holds of the audit: the rows of the filter, newest first, kept live.
//!
//! Belongs here: reading, the live topic, and how the two become one list. Does not: how a row is drawn.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ApiError, Empty, ErrorCode,
    audit::{AuditFilter, AuditPage, AuditQuery, AuditRow, AuditVerification, ListAudit, VerifyAudit},
    live::{Cursor, Event, Topic},
};

use crate::{
    api,
    live::{self, Message, Subscription},
};

/// How many rows are read at once.
const PAGE: u32 = 100;
/// Rows that the page holds; what is older is read again when it is asked for.
const HELD: usize = 2_000;

/// The store; a handle that is freely copied.
#[derive(Clone, Copy)]
pub(super) struct AuditStore {
    filter: Memo<AuditFilter>,
    /// What was read; `None` until the first page has come.
    pub(super) rows: RwSignal<Option<Vec<AuditRow>>>,
    /// Where the next page begins.
    older: RwSignal<Option<i64>>,
    /// Why the last read failed.
    pub(super) failure: RwSignal<Option<ApiError>>,
    /// A page is under way.
    pub(super) pending: RwSignal<bool>,
    /// What the last verification found.
    pub(super) verification: RwSignal<Option<AuditVerification>>,
    /// How far one is that is under way here.
    pub(super) verifying: RwSignal<Option<(u64, u64)>>,
    /// Why one could not be done.
    pub(super) unverified: RwSignal<Option<ApiError>>,
    cursor: StoredValue<Cursor>,
    generation: StoredValue<u32>,
    topic: StoredValue<Option<Subscription>, LocalStorage>,
}

impl AuditStore {
    /// The store of this filter, which reads at once and again when the filter is another.
    pub(super) fn new(filter: Memo<AuditFilter>) -> Self {
        let store = Self {
            filter,
            rows: RwSignal::new(None),
            older: RwSignal::new(None),
            failure: RwSignal::new(None),
            pending: RwSignal::new(false),
            verification: RwSignal::new(None),
            verifying: RwSignal::new(None),
            unverified: RwSignal::new(None),
            cursor: StoredValue::new(Cursor::default()),
            generation: StoredValue::new(0),
            topic: StoredValue::new_local(None),
        };
        Effect::new(move || {
            filter.track();
            store.rows.set(None);
            store.read();
        });
        store
    }

    /// Whether there are rows that were not read; tracked.
    pub(super) fn has_older(self) -> bool {
        self.older.get().is_some()
    }

    /// Reads the newest page.
    pub(super) fn read(self) {
        self.load(None);
    }

    /// Reads the next page.
    pub(super) fn read_older(self) {
        if let Some(before) = self.older.get_untracked() {
            self.load(Some(before));
        }
    }

    /// Reads again what failed.
    pub(super) fn retry(self) {
        if self.rows.with_untracked(Option::is_some) { self.read_older() } else { self.read() }
    }

    fn load(self, before: Option<i64>) {
        let generation = self.generation.with_value(|generation| generation.wrapping_add(1));
        self.generation.set_value(generation);
        self.pending.set(true);
        let query = AuditQuery::of(self.filter.get_untracked(), before, Some(PAGE));
        spawn_local(async move {
            let reply = api::call(ListAudit {}, query, ()).await;
            // The page may be gone by now, or have another filter.
            if self.generation.try_get_value() != Some(generation) {
                return;
            }
            match reply {
                Ok(page) => {
                    self.failure.set(None);
                    self.fill(page, before.is_none());
                }
                Err(error) if error.code == ErrorCode::SignedOut => {}
                Err(error) => self.failure.set(Some(error)),
            }
            self.pending.set(false);
        });
    }

    fn fill(self, page: AuditPage, is_newest: bool) {
        self.older.set(page.older);
        if !is_newest {
            // What came by itself meanwhile stays where it is.
            self.rows.update(|rows| rows.get_or_insert_default().extend(page.rows));
            return;
        }
        self.rows.set(Some(page.rows));
        if page.verification.is_some() {
            self.verification.set(page.verification);
        }
        self.cursor.set_value(page.cursor);
        let topic = move || Topic::Audit { cursor: self.cursor.get_value() };
        self.topic.set_value(Some(live::subscribe(topic, move |message| self.on(message))));
    }

    fn on(self, message: Message) {
        match message {
            Message::Event(Event::Audit { cursor, rows }) => {
                self.cursor.set_value(cursor);
                let Ok(rows) = rows.open() else { return };
                let filter = self.filter.get_untracked();
                let oldest = self.older.get_untracked();
                self.rows.update(|held| merge(held.get_or_insert_default(), rows, &filter, oldest));
                self.forget_surplus();
            }
            Message::Event(Event::AuditProgress { done, of }) => {
                if self.verifying.with_untracked(Option::is_some) {
                    self.verifying.set(Some((done, of)));
                }
            }
            Message::Event(Event::Reset) => self.read(),
            // What may not be read any more is not left standing.
            Message::Ended(error) => {
                self.rows.set(None);
                self.failure.set(Some(error));
            }
            Message::Event(_) | Message::Log(..) => {}
        }
    }

    fn forget_surplus(self) {
        let surplus = self.rows.with_untracked(|rows| rows.as_ref().is_some_and(|rows| rows.len() > HELD));
        if surplus {
            self.rows.update(|rows| {
                if let Some(rows) = rows {
                    rows.truncate(HELD);
                    self.older.set(rows.last().map(|row| row.id));
                }
            });
        }
    }

    /// Has the chain verified.
    pub(super) fn verify(self) {
        self.verifying.set(Some((0, 0)));
        self.unverified.set(None);
        spawn_local(async move {
            let reply = api::call(VerifyAudit {}, Empty {}, ()).await;
            // Fails only once the page is gone.
            let _ = self.verifying.try_set(None);
            match reply {
                Ok(found) => drop(self.verification.try_set(Some(found))),
                Err(error) if error.code == ErrorCode::SignedOut => {}
                Err(error) => drop(self.unverified.try_set(Some(error))),
            }
        });
    }
}

/// Puts rows that came by themselves into a list that runs from the newest to the oldest: a row that was
/// finished takes its own place, or leaves if the filter does not want it any more.
fn merge(held: &mut Vec<AuditRow>, rows: Vec<AuditRow>, filter: &AuditFilter, oldest: Option<i64>) {
    for row in rows {
        let place = held.binary_search_by(|other| row.id.cmp(&other.id));
        match place {
            Ok(at) if filter.matches(&row) => {
                if let Some(place) = held.get_mut(at) {
                    *place = row;
                }
            }
            Ok(at) => drop(held.remove(at)),
            // What lies in pages that were not read comes with them.
            Err(at) if filter.matches(&row) && oldest.is_none_or(|oldest| row.id >= oldest) => {
                held.insert(at, row);
            }
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::{UnixMillis, audit::AuditResult};

    use super::*;

    fn row(id: i64, result: AuditResult) -> AuditRow {
        let text = String::new;
        AuditRow {
            id,
            at: UnixMillis(id),
            actor: text(),
            address: text(),
            action: text(),
            target: text(),
            result,
            detail: text(),
        }
    }

    #[test]
    fn rows_that_come_take_their_places() {
        let (started, done) = (AuditResult::Started, AuditResult::Done);
        let ids = |rows: &[AuditRow]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
        let mut held = vec![row(7, started), row(5, done)];
        let all = AuditFilter::default();
        merge(&mut held, vec![row(8, started), row(7, done), row(6, done), row(2, done)], &all, Some(5));
        assert_eq!(ids(&held), [8, 7, 6, 5]);
        assert_eq!(held[1].result, done);
        merge(&mut held, vec![row(2, done)], &all, None);
        assert_eq!(ids(&held), [8, 7, 6, 5, 2], "nothing is left unread");
        let begun = AuditFilter { result: Some(started), ..all };
        merge(&mut held, vec![row(8, done), row(9, done), row(10, started)], &begun, None);
        assert_eq!(ids(&held), [10, 7, 6, 5, 2], "it ended, and so left the filter");
    }
}
