//! The walk along the audit's chain: whether every row is there, as it was written, in its place, and no other.
//!
//! Belongs here: what counts as wrong, in which order it is looked for. Does not: what an entry vouches for
//! (`store/audit_mac.rs`). A break is told and walked past, so that one hides no other. Reads a part at a time, so that memory stays bounded and nobody waits for it; what
//! is written meanwhile is walked too. Works beside a console that writes, and on a copy.

use std::collections::BTreeSet;

use shared::{
    UnixMillis,
    audit::{AuditFault, AuditResult, AuditVerification, FAULTS_MAX},
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
        let moved = !found.faults.is_empty() && store.chain_checkpoint().await? != begins;
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
    if !begins.is_right(key) {
        walk.fault(AuditFault::BadCheckpoint);
    }
    let mut done = 0_u64;
    while !walk.is_full() {
        let mut snapshot = store.chain_snapshot().await?;
        let entries = snapshot.entries(walk.at.seq, PART).await?;
        for entry in &entries {
            walk.step(key, entry);
        }
        done = done.saturating_add(entries.len() as u64);
        let of = end.max(walk.at.seq).saturating_sub(begins.last.seq);
        progress(done, of.unsigned_abs());
        if entries.len() < PART as usize {
            at_the_end(&mut walk, &mut snapshot).await?;
            break;
        }
    }
    let more_faults = walk.is_full();
    walk.faults.truncate(FAULTS_MAX);
    let Walk { entries, rows, older, faults, .. } = walk;
    Ok(AuditVerification { at: now, entries, rows, older, faults, more_faults })
}

/// What can only be told once every entry was seen, in the same look at the database.
async fn at_the_end(walk: &mut Walk, snapshot: &mut ChainSnapshot) -> Result<(), StoreError> {
    for row in std::mem::take(&mut walk.unended) {
        walk.row_changed(row);
    }
    if snapshot.count_rows().await? != walk.rows {
        for row in snapshot.foreign_rows(FAULTS_MAX as u32).await? {
            walk.fault(AuditFault::RowForeign { row });
        }
    }
    walk.end();
    Ok(())
}

/// Where the walk is, and what it has yet to see.
struct Walk {
    at: Link,
    /// What the MAC at `at` should be, where it is another: the next entry may follow the one or the other.
    should_be: Option<[u8; 32]>,
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
    faults: Vec<AuditFault>,
    /// The rows among them that are said to be changed: two entries may find the same.
    changed: BTreeSet<i64>,
}

impl Walk {
    fn new(begins: Checkpoint, head: Head) -> Self {
        Self {
            at: begins.last,
            should_be: None,
            first_row: begins.first_row,
            last_row: begins.first_row.saturating_sub(1),
            entries: 0,
            rows: 0,
            older: 0,
            unended: BTreeSet::new(),
            head,
            head_met: head == Head::At(begins.last),
            faults: Vec::new(),
            changed: BTreeSet::new(),
        }
    }

    fn is_full(&self) -> bool {
        self.faults.len() >= FAULTS_MAX
    }

    fn fault(&mut self, fault: AuditFault) {
        // One part of the chain may be nothing but faults.
        if !self.is_full() {
            self.faults.push(fault);
        }
    }

    fn row_changed(&mut self, row: i64) {
        if self.changed.insert(row) {
            self.fault(AuditFault::RowChanged { row });
        }
    }

    /// Takes the next entry, and notes what is wrong with it. Whatever that is, the walk goes on behind it, from
    /// what stands there, so that one break hides no other.
    fn step(&mut self, key: &ChainKey, entry: &ChainEntry) {
        let stands = entry.mac.as_slice().try_into().unwrap_or([0; 32]);
        let before = std::mem::replace(&mut self.at, Link { seq: entry.seq, mac: stands });
        let or = self.should_be.take();
        let (Some(kind), Ok(content)) = (entry.kind, entry.content.as_slice().try_into()) else {
            return self.fault(AuditFault::EntryChanged { entry: entry.seq });
        };
        let next = before.seq.saturating_add(1);
        if entry.seq != next && kind != EntryKind::Gap {
            // What it follows is gone, and so nothing tells whether it is right; its row still is looked at.
            self.fault(AuditFault::EntryMissing { entry: next });
        } else {
            let mac = |before: &[u8; 32]| key.entry(before, entry.seq, entry.row_id, kind, content);
            if mac(&before.mac) != stands && or.is_none_or(|or| mac(&or) != stands) {
                self.should_be = Some(mac(&before.mac));
                return self.fault(AuditFault::EntryChanged { entry: entry.seq });
            }
            self.entries = self.entries.saturating_add(1);
        }
        if kind == EntryKind::Gap {
            self.fault(AuditFault::Gap { entry: entry.seq, row: entry.row_id });
        }
        self.head_met |= self.head == Head::At(self.at);
        self.row_of(entry, kind, content);
    }

    /// Whether its row is what a right entry says.
    fn row_of(&mut self, entry: &ChainEntry, kind: EntryKind, content: &[u8; 32]) {
        let row = entry.row_id;
        if row < self.first_row {
            // The end of an action whose row was pruned; it is begun nowhere any more.
            if kind != EntryKind::Ended {
                self.fault(AuditFault::EntryChanged { entry: entry.seq });
            }
            return;
        }
        self.unended.remove(&row);
        let Some(found) = &entry.row else {
            return match (entry.is_there, kind) {
                (true, _) => self.row_changed(row),
                // Said already where it began.
                (false, EntryKind::Ended) => {}
                (false, _) => {
                    self.last_row = self.last_row.max(row);
                    self.fault(AuditFault::RowMissing { row });
                }
            };
        };
        if kind.content(found) != *content {
            self.last_row = self.last_row.max(row);
            return self.row_changed(row);
        }
        if kind == EntryKind::Ended {
            return;
        }
        if row <= self.last_row {
            return self.fault(AuditFault::EntryChanged { entry: entry.seq });
        }
        self.last_row = row;
        self.rows = self.rows.saturating_add(1);
        match kind {
            EntryKind::Older => self.older = self.older.saturating_add(1),
            EntryKind::Begun if found.result != AuditResult::Started => {
                self.unended.insert(row);
            }
            EntryKind::Begun if !found.detail.is_empty() => self.row_changed(row),
            EntryKind::Begun | EntryKind::Ended | EntryKind::Whole | EntryKind::Gap => {}
        }
    }

    /// Whether the chain reaches as far as the head says.
    fn end(&mut self) {
        let fault = match self.head {
            Head::Missing if self.at == Link::START => return,
            Head::Missing | Head::Foreign => AuditFault::NoHead,
            Head::At(head) if head.seq > self.at.seq => {
                AuditFault::EndMissing { entry: self.at.seq, written: head.seq }
            }
            Head::At(_) if self.head_met => return,
            Head::At(head) => AuditFault::EntryChanged { entry: head.seq },
        };
        // The entry that the head names may be said to be changed already.
        if !self.faults.contains(&fault) {
            self.fault(fault);
        }
    }
}

#[cfg(test)]
#[path = "audit_verify_tests.rs"]
mod tests;
