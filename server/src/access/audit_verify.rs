//! The walk along the audit's chain: whether every row is there, as it was written, in its place, and no other.
//!
//! Belongs here: what counts as wrong, in which order it is looked for. Does not: what an entry vouches for
//! (`store/audit_mac.rs`). Reads a part at a time, so that memory stays bounded and nobody waits for it; what
//! is written meanwhile is walked too. Works beside a console that writes, and on a copy.

use std::collections::BTreeSet;

use shared::{
    UnixMillis,
    audit::{AuditFault, AuditResult, AuditVerification},
};

use crate::store::{
    ChainEntry, ChainKey, ChainSnapshot, Checkpoint, EntryKind, Head, Link, Store, StoreError,
};

/// Entries that are read at once.
const PART: u32 = 1_000;
/// How often it begins again when rows are pruned under it.
const ATTEMPTS: u32 = 3;

/// Walks the whole chain. `progress` is told entries done and entries there are.
///
/// # Errors
/// When the database or the head's file cannot be read.
pub async fn verify(
    store: &Store,
    now: UnixMillis,
    progress: impl Fn(u64, u64) + Send + Sync,
) -> Result<AuditVerification, StoreError> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let begins = store.chain_checkpoint().await?;
        let found = walk(store, begins, now, &progress).await?;
        let moved = found.fault.is_some() && store.chain_checkpoint().await? != begins;
        if !moved || attempt == ATTEMPTS {
            return Ok(found);
        }
    }
}

async fn walk(
    store: &Store,
    begins: Checkpoint,
    now: UnixMillis,
    progress: &(impl Fn(u64, u64) + Send + Sync),
) -> Result<AuditVerification, StoreError> {
    let key = store.chain_key()?;
    // Before the entries are: it may lag behind them, and never be ahead.
    let head = store.chain_head()?;
    let end = store.chain_end().await?;
    let mut walk = Walk::new(begins, head);
    let mut fault = (!begins.is_right(key)).then_some(AuditFault::BadCheckpoint);
    while fault.is_none() {
        let mut snapshot = store.chain_snapshot().await?;
        let entries = snapshot.entries(walk.at.seq, PART).await?;
        fault = entries.iter().find_map(|entry| walk.step(key, entry));
        let of = end.max(walk.at.seq).saturating_sub(begins.last.seq);
        progress(walk.entries, of.unsigned_abs());
        if fault.is_none() && entries.len() < PART as usize {
            fault = at_the_end(&mut walk, &mut snapshot).await?;
            break;
        }
    }
    Ok(AuditVerification { at: now, entries: walk.entries, rows: walk.rows, older: walk.older, fault })
}

/// What can only be told once every entry was seen, in the same look at the database.
async fn at_the_end(walk: &mut Walk, snapshot: &mut ChainSnapshot) -> Result<Option<AuditFault>, StoreError> {
    if let Some(row) = walk.unended.first() {
        return Ok(Some(AuditFault::RowChanged { row: *row }));
    }
    if snapshot.count_rows().await? != walk.rows
        && let Some(row) = snapshot.foreign_row().await?
    {
        return Ok(Some(AuditFault::RowForeign { row }));
    }
    Ok(walk.head_fault())
}

/// Where the walk is, and what it has yet to see.
struct Walk {
    at: Link,
    first_row: i64,
    last_row: i64,
    entries: u64,
    rows: u64,
    older: u64,
    /// Rows that have ended, though the entry that says so has not come yet.
    unended: BTreeSet<i64>,
    head: Head,
    /// The head was met where it says.
    head_met: bool,
}

impl Walk {
    fn new(begins: Checkpoint, head: Head) -> Self {
        Self {
            at: begins.last,
            first_row: begins.first_row,
            last_row: begins.first_row.saturating_sub(1),
            entries: 0,
            rows: 0,
            older: 0,
            unended: BTreeSet::new(),
            head,
            head_met: head == Head::At(begins.last),
        }
    }

    /// Takes the next entry, or says what is wrong with it.
    fn step(&mut self, key: &ChainKey, entry: &ChainEntry) -> Option<AuditFault> {
        let changed = AuditFault::EntryChanged { entry: entry.seq };
        let (Some(kind), Ok(content)) = (entry.kind, entry.content.as_slice().try_into()) else {
            return Some(changed);
        };
        let next = self.at.seq.saturating_add(1);
        if entry.seq != next && kind != EntryKind::Gap {
            return Some(AuditFault::EntryMissing { entry: next });
        }
        let mac = key.entry(&self.at.mac, entry.seq, entry.row_id, kind, content);
        if entry.mac != mac {
            return Some(changed);
        }
        if kind == EntryKind::Gap {
            return Some(AuditFault::Gap { entry: entry.seq, row: entry.row_id });
        }
        self.at = Link { seq: entry.seq, mac };
        self.entries = self.entries.saturating_add(1);
        self.head_met |= self.head == Head::At(self.at);
        if entry.row_id < self.first_row {
            // The end of an action whose row was pruned; it is begun nowhere any more.
            return (kind != EntryKind::Ended).then_some(changed);
        }
        let row = entry.row_id;
        let Some(found) = &entry.row else {
            return Some(if entry.is_there {
                AuditFault::RowChanged { row }
            } else {
                AuditFault::RowMissing { row }
            });
        };
        if kind.content(found) != *content {
            return Some(AuditFault::RowChanged { row });
        }
        if kind == EntryKind::Ended {
            self.unended.remove(&row);
            return None;
        }
        if row <= self.last_row {
            return Some(changed);
        }
        self.last_row = row;
        self.rows = self.rows.saturating_add(1);
        match kind {
            EntryKind::Older => self.older = self.older.saturating_add(1),
            EntryKind::Begun if found.result != AuditResult::Started => {
                self.unended.insert(row);
            }
            EntryKind::Begun if !found.detail.is_empty() => return Some(AuditFault::RowChanged { row }),
            EntryKind::Begun | EntryKind::Ended | EntryKind::Whole | EntryKind::Gap => {}
        }
        None
    }

    /// Whether the chain reaches as far as the head says.
    fn head_fault(&self) -> Option<AuditFault> {
        match self.head {
            Head::Missing if self.at == Link::START => None,
            Head::Missing | Head::Foreign => Some(AuditFault::NoHead),
            Head::At(head) if head.seq > self.at.seq => {
                Some(AuditFault::EndMissing { entry: self.at.seq, written: head.seq })
            }
            Head::At(_) if self.head_met => None,
            Head::At(head) => Some(AuditFault::EntryChanged { entry: head.seq }),
        }
    }
}

#[cfg(test)]
#[path = "audit_verify_tests.rs"]
mod tests;
