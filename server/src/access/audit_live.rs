//! What was recorded last, for pages that show it as it comes: a bounded memory that viewers read at their own
//! pace, like the hub's inventory. Rows that another process writes (`longshore admin`) are not in it.

use std::collections::VecDeque;

use parking_lot::Mutex;
use shared::{audit::AuditRow, live::Cursor};
use tokio::sync::watch;

/// Changes that are kept; whoever is further behind reads the page again.
const KEPT: usize = 512;

/// How far a verification is: entries done, and entries there are.
pub type Progress = (u64, u64);

/// The memory.
#[derive(Debug)]
pub(super) struct Recent {
    run: u32,
    changes: Mutex<Changes>,
    revision: watch::Sender<u64>,
    progress: watch::Sender<Option<Progress>>,
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
        }
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
