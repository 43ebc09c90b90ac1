//! What was recorded last, for pages that show it as it comes: a bounded memory that viewers read at their own
//! pace, like the hub's inventory. Rows that another process writes (`longshore admin`) get into it while somebody
//! looks: the chain tells them in the order in which they were written.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use shared::{audit::AuditRow, live::Cursor};
use tokio::sync::watch;

use crate::store::{Store, StoreError};

/// Changes that are kept; whoever is further behind reads the page again.
const KEPT: usize = 512;

/// Entries of others that are taken in at once; after more, whoever looks reads the page again.
const PART: u32 = 2_000;

/// How far a verification is: entries done, and entries there are.
pub type Progress = (u64, u64);

/// The memory.
#[derive(Debug)]
pub(super) struct Recent {
    run: u32,
    changes: Mutex<Changes>,
    revision: watch::Sender<u64>,
    progress: watch::Sender<Option<Progress>>,
    others: tokio::sync::Mutex<Others>,
}

/// How far the chain was looked through for what others wrote.
#[derive(Debug, Default)]
struct Others {
    /// The last entry; none before anybody looked.
    seen: Option<i64>,
    looked: Option<Instant>,
}

#[derive(Debug, Default)]
struct Changes {
    revision: u64,
    rows: VecDeque<AuditRow>,
}

/// What came after a cursor.
#[derive(Debug, PartialEq, Eq)]
pub enum After {
    /// The cursor is too old or of another run.
    Reset,
    /// These, in the order in which they came.
    Rows(Cursor, Vec<AuditRow>),
}

impl Recent {
    pub(super) fn new(run: u32) -> Self {
        Self {
            run,
            changes: Mutex::default(),
            revision: watch::Sender::new(0),
            progress: watch::Sender::new(None),
            others: tokio::sync::Mutex::default(),
        }
    }

    /// Takes in what another process recorded, unless that was looked for within that time.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn take_in_others(&self, store: &Store, within: Duration) -> Result<(), StoreError> {
        let mut others = self.others.lock().await;
        if others.looked.is_some_and(|looked| looked.elapsed() < within) {
            return Ok(());
        }
        let entries = match others.seen {
            Some(seen) => store.chain_snapshot().await?.entries(seen, PART).await?,
            None => Vec::new(),
        };
        others.looked = Some(Instant::now());
        if others.seen.is_none() || entries.len() >= PART as usize {
            others.seen = Some(store.chain_end().await?);
            self.forget();
            return Ok(());
        }
        if let Some(last) = entries.last() {
            others.seen = Some(last.seq);
        }
        for row in entries.into_iter().filter_map(|entry| entry.row) {
            if !self.knows(&row) {
                self.add(row);
            }
        }
        Ok(())
    }

    /// Whether this is what is remembered of the row.
    fn knows(&self, row: &AuditRow) -> bool {
        self.changes.lock().rows.iter().rev().find(|known| known.id == row.id) == Some(row)
    }

    /// Whoever waits for what comes next reads the page again.
    fn forget(&self) {
        let revision = {
            let mut changes = self.changes.lock();
            changes.rows.clear();
            changes.revision = changes.revision.saturating_add(1);
            changes.revision
        };
        self.revision.send_replace(revision);
    }

    pub(super) fn add(&self, row: AuditRow) {
        let revision = {
            let mut changes = self.changes.lock();
            if changes.rows.len() >= KEPT {
                changes.rows.pop_front();
            }
            changes.rows.push_back(row);
            changes.revision = changes.revision.saturating_add(1);
            changes.revision
        };
        self.revision.send_replace(revision);
    }

    pub(super) fn cursor(&self) -> Cursor {
        Cursor { run: self.run, revision: self.changes.lock().revision }
    }

    pub(super) fn after(&self, cursor: Cursor) -> After {
        let changes = self.changes.lock();
        let missing =
            changes.revision.checked_sub(cursor.revision).and_then(|count| usize::try_from(count).ok());
        let begin = missing.and_then(|missing| changes.rows.len().checked_sub(missing));
        let Some(begin) = begin.filter(|_| cursor.run == self.run) else { return After::Reset };
        let rows = changes.rows.iter().skip(begin).cloned().collect();
        After::Rows(Cursor { run: self.run, revision: changes.revision }, rows)
    }

    pub(super) fn revisions(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    pub(super) fn progress(&self) -> watch::Receiver<Option<Progress>> {
        self.progress.subscribe()
    }

    pub(super) fn tell_progress(&self, progress: Option<Progress>) {
        self.progress.send_replace(progress);
    }
}

#[cfg(test)]
mod tests {
    use shared::{UnixMillis, audit::AuditResult};

    use super::*;

    fn row(id: i64) -> AuditRow {
        let text = String::new;
        AuditRow {
            id,
            at: UnixMillis(id),
            actor: text(),
            address: text(),
            action: text(),
            target: text(),
            result: AuditResult::Done,
            detail: text(),
        }
    }

    #[tokio::test]
    async fn what_another_process_writes_is_taken_in_once() {
        use crate::store::{NewAuditRow, testing};
        let (store, _folder) = testing::store().await;
        let recent = Recent::new(5);
        let write = async |action: &str| {
            let result = AuditResult::Started;
            let (actor, address, target, detail) = ("", "", "", "");
            let row = NewAuditRow { at: UnixMillis(1), actor, address, action, target, result, detail };
            store.add_audit(&row).await.unwrap()
        };
        let told = async |from: &mut Cursor| {
            recent.take_in_others(&store, Duration::ZERO).await.unwrap();
            let After::Rows(next, rows) = recent.after(*from) else { panic!("a reset") };
            *from = next;
            rows.into_iter().map(|row| (row.action, row.result)).collect::<Vec<_>>()
        };
        write("Earlier").await;
        recent.take_in_others(&store, Duration::ZERO).await.unwrap();
        let mut at = recent.cursor();
        assert_eq!(told(&mut at).await, [], "what the page read already");
        let id = write("Other").await;
        assert_eq!(told(&mut at).await, [("Other".to_owned(), AuditResult::Started)]);
        let finished = store.finish_audit(id, AuditResult::Done, "").await.unwrap().unwrap();
        assert_eq!(told(&mut at).await, [("Other".to_owned(), AuditResult::Done)]);
        assert_eq!(told(&mut at).await, []);
        // This process' own rows come with their own word, and not again.
        let own = write("Own").await;
        recent.add(AuditRow {
            id: own,
            at: UnixMillis(1),
            action: "Own".to_owned(),
            result: AuditResult::Started,
            ..finished
        });
        assert_eq!(told(&mut at).await.len(), 1);
        write("Late").await;
        recent.take_in_others(&store, Duration::from_secs(60)).await.unwrap();
        assert_eq!(recent.cursor(), at, "not looked for again so soon");
    }

    #[test]
    fn a_cursor_goes_on_until_it_is_too_old() {
        let recent = Recent::new(5);
        let start = recent.cursor();
        assert_eq!(recent.after(start), After::Rows(start, Vec::new()));
        for id in 1..=3 {
            recent.add(row(id));
        }
        let After::Rows(next, rows) = recent.after(start) else { panic!("a reset") };
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 2, 3]);
        recent.add(row(4));
        assert_eq!(recent.after(next), After::Rows(recent.cursor(), vec![row(4)]));
        for id in 0..KEPT as i64 {
            recent.add(row(id));
        }
        assert_eq!(recent.after(next), After::Reset);
        assert_eq!(recent.after(Cursor { run: 4, ..recent.cursor() }), After::Reset, "of another run");
        let ahead = Cursor { run: 5, revision: 9_999 };
        assert_eq!(recent.after(ahead), After::Reset);
    }
}
