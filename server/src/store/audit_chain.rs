//! The audit's chain in the database: appended to with each row, read to be verified, cut at its beginning.
//!
//! The order of the entries is the order of the database's write lock, so that several processes (the console
//! and `longshore admin`) make one chain. What is vouched for is in `audit_mac.rs`.

use std::{path::Path, sync::Arc};

use shared::{UnixMillis, audit::AuditRow};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    Store, StoreError, attempted,
    audit::{self, NewAuditRow},
    audit_mac::{ChainKey, Digest32, EntryKind, Head, HeadFile, Link},
    write::Write,
};

/// The action of the row that says that entries were found missing.
const GAP: &str = "FindAuditGap";
/// The action of the row that says since when rows are chained, where there were some before.
const BEGIN: &str = "BeginAuditChain";
const WRITE: &str = "write the audit";
const READ: &str = "read the audit's chain";

/// The chain: its key, its head, and how far this process knows it to have come.
#[derive(Debug)]
pub(super) struct Chain {
    key: ChainKey,
    head: HeadFile,
    /// Locked for as long as entries are being appended.
    known: tokio::sync::Mutex<Head>,
}

/// One entry as it stands in the database, with its row if that is there.
#[derive(Debug)]
pub struct ChainEntry {
    /// Its number.
    pub seq: i64,
    /// The row's number.
    pub row_id: i64,
    /// Its kind; `None` for what no console writes.
    pub kind: Option<EntryKind>,
    /// What it vouches for.
    pub content: Vec<u8>,
    /// Its MAC.
    pub mac: Vec<u8>,
    /// There is such a row.
    pub is_there: bool,
    /// The row; `None` too for one that no console writes.
    pub row: Option<AuditRow>,
}

/// Where the chain begins since rows were pruned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last entry that was pruned.
    pub last: Link,
    /// The first row that was kept.
    pub first_row: i64,
    /// What vouches for both.
    pub seal: Digest32,
}

impl Checkpoint {
    /// Where a chain begins of which nothing was pruned.
    #[must_use]
    pub fn none() -> Self {
        Self { last: Link::START, first_row: 0, seal: [0; 32] }
    }

    /// Whether this key wrote it.
    #[must_use]
    pub fn is_right(&self, key: &ChainKey) -> bool {
        *self == Self::none() || key.checkpoint(self.last, self.first_row) == self.seal
    }
}

impl Store {
    /// The same database, with the audit chained under that key. Rows from before there was a chain are
    /// chained as they stand.
    ///
    /// # Errors
    /// When the database or the file of the head fails.
    pub async fn chained(mut self, key: ChainKey, folder: &Path, at: UnixMillis) -> Result<Self, StoreError> {
        let head = HeadFile::of(folder);
        let mut known = head.read(&key).map_err(StoreError::AuditHead)?;
        let mut write = self.write(WRITE).await?;
        let is_new = last_entry(write.on()).await?.is_none() && checkpoint(write.on()).await?.is_none();
        if is_new && known == Head::Missing {
            // Before the first entry is, so that a missing head is never the work of a crash.
            head.write_durably(&key, Link::START).map_err(StoreError::AuditHead)?;
            known = Head::At(Link::START);
        }
        let chain = Chain { key, head, known: tokio::sync::Mutex::new(known) };
        if is_new && known == Head::At(Link::START) {
            let last = chain.take_in_older(&mut write, at).await?;
            write.commit().await?;
            chain.reached(&mut *chain.known.lock().await, last);
        } else {
            write.undo().await?;
        }
        self.chain = Some(Arc::new(chain));
        Ok(self)
    }

    /// The same database, to read the chain and nothing else.
    #[must_use]
    pub fn with_chain_to_read(mut self, key: ChainKey, folder: &Path) -> Self {
        let known = tokio::sync::Mutex::new(Head::Missing);
        self.chain = Some(Arc::new(Chain { key, head: HeadFile::of(folder), known }));
        self
    }

    pub(super) fn chain(&self) -> Result<&Chain, StoreError> {
        self.chain.as_deref().ok_or(StoreError::NoAuditKey)
    }

    /// The chain's key.
    ///
    /// # Errors
    /// [`StoreError::NoAuditKey`] for a store that was opened without.
    pub fn chain_key(&self) -> Result<&ChainKey, StoreError> {
        Ok(&self.chain()?.key)
    }

    /// What the head's file says.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn chain_head(&self) -> Result<Head, StoreError> {
        let chain = self.chain()?;
        chain.head.read(&chain.key).map_err(StoreError::AuditHead)
    }

    /// Where the chain begins.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chain_checkpoint(&self) -> Result<Checkpoint, StoreError> {
        let mut connection = self.pool.acquire().await.map_err(attempted(READ))?;
        Ok(checkpoint(&mut connection).await?.unwrap_or_else(Checkpoint::none))
    }

    /// The number of the last entry.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chain_end(&self) -> Result<i64, StoreError> {
        let mut connection = self.pool.acquire().await.map_err(attempted(READ))?;
        Ok(last_entry(&mut connection).await?.map_or(0, |link| link.seq))
    }

    /// A look at the chain that nothing changes meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chain_snapshot(&self) -> Result<ChainSnapshot, StoreError> {
        let transaction = self.pool.begin().await.map_err(attempted(READ))?;
        Ok(ChainSnapshot(transaction))
    }
}

/// See [`Store::chain_snapshot`]. Short ones: the database keeps what is written meanwhile apart.
#[derive(Debug)]
pub struct ChainSnapshot(sqlx::Transaction<'static, sqlx::Sqlite>);

impl ChainSnapshot {
    /// At most `limit` entries after the one of that number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entries(&mut self, after: i64, limit: u32) -> Result<Vec<ChainEntry>, StoreError> {
        let rows = sqlx::query(
            "SELECT c.seq, c.row_id, c.kind, c.content, c.mac, a.id, a.at, a.actor, a.address, a.action, \
             a.target, a.result, a.detail FROM audit_chain c LEFT JOIN audit a ON a.id = c.row_id \
             WHERE c.seq > $1 ORDER BY c.seq LIMIT $2",
        )
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.0)
        .await
        .map_err(attempted(READ))?;
        rows.iter().map(entry).collect::<Result<_, _>>().map_err(attempted(READ))
    }

    /// Where the chain begins.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checkpoint(&mut self) -> Result<Checkpoint, StoreError> {
        Ok(checkpoint(&mut self.0).await?.unwrap_or_else(Checkpoint::none))
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_rows(&mut self) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM audit")
            .fetch_one(&mut *self.0)
            .await
            .map_err(attempted(READ))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The rows that no entry began, by number; at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn foreign_rows(&mut self, limit: u32) -> Result<Vec<i64>, StoreError> {
        sqlx::query_scalar(
            "SELECT id FROM audit WHERE id NOT IN (SELECT row_id FROM audit_chain WHERE kind <> 'ended') \
             ORDER BY id LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&mut *self.0)
        .await
        .map_err(attempted(READ))
    }
}

impl Chain {
    /// Locks the chain for this process; the database's write lock does it for the others.
    pub(super) async fn lock(&self) -> tokio::sync::MutexGuard<'_, Head> {
        self.known.lock().await
    }

    /// Where the next entry goes. When what was written before is not there, that is written down first.
    pub(super) async fn go_on(
        &self,
        write: &mut Write,
        known: Head,
        at: UnixMillis,
    ) -> Result<Link, StoreError> {
        let begins = checkpoint(write.on()).await?;
        let last = match last_entry(write.on()).await? {
            Some(link) => link,
            None => begins.map_or(Link::START, |begins| begins.last),
        };
        let (missing, seq) = match known {
            Head::At(link) if link == last => return Ok(last),
            Head::At(link) if link.seq < last.seq && self.holds(write, link, begins).await? => {
                return Ok(last);
            }
            Head::At(link) => (
                format!("the chain ended at entry {}, but entry {} had been written", last.seq, link.seq),
                link.seq.max(last.seq),
            ),
            Head::Missing => ("the file that says where the chain ends was missing".to_owned(), last.seq),
            Head::Foreign => {
                ("the file that says where the chain ends was not this console's".to_owned(), last.seq)
            }
        };
        tracing::error!(missing, "the audit is not as it was written; see `longshore audit verify`");
        let row = NewAuditRow::of_console(at, GAP, &missing);
        let row = audit::insert(write, &row).await?;
        self.append(write, Link { seq, mac: last.mac }, EntryKind::Gap, &row).await
    }

    async fn holds(
        &self,
        write: &mut Write,
        link: Link,
        begins: Option<Checkpoint>,
    ) -> Result<bool, StoreError> {
        if link == Link::START
            || begins.is_some_and(|begins| begins.is_right(&self.key) && link.seq <= begins.last.seq)
        {
            return Ok(true);
        }
        let mac: Option<Vec<u8>> = sqlx::query_scalar("SELECT mac FROM audit_chain WHERE seq = $1")
            .bind(link.seq)
            .fetch_optional(write.on())
            .await
            .map_err(attempted(WRITE))?;
        Ok(mac.is_some_and(|mac| mac == link.mac))
    }

    /// Appends an entry and returns where the next one goes.
    pub(super) async fn append(
        &self,
        write: &mut Write,
        before: Link,
        kind: EntryKind,
        row: &AuditRow,
    ) -> Result<Link, StoreError> {
        let seq = before.seq.saturating_add(1);
        let content = kind.content(row);
        let mac = self.key.entry(&before.mac, seq, row.id, kind, &content);
        sqlx::query("INSERT INTO audit_chain (seq, row_id, kind, content, mac) VALUES ($1, $2, $3, $4, $5)")
            .bind(seq)
            .bind(row.id)
            .bind(kind.as_str())
            .bind(content.as_slice())
            .bind(mac.as_slice())
            .execute(write.on())
            .await
            .map_err(attempted(WRITE))?;
        Ok(Link { seq, mac })
    }

    /// To be called once entries are committed. That the head could not be written costs nothing but that a
    /// cut behind it would not be found, so it is only logged.
    pub(super) fn reached(&self, known: &mut Head, last: Link) {
        *known = Head::At(last);
        if let Err(error) = self.head.write(&self.key, last) {
            tracing::error!(%error, "the head of the audit's chain could not be written");
        }
    }

    pub(super) fn key(&self) -> &ChainKey {
        &self.key
    }

    async fn take_in_older(&self, write: &mut Write, at: UnixMillis) -> Result<Link, StoreError> {
        let mut last = Link::START;
        let mut count = 0_u64;
        let mut after = i64::MIN;
        loop {
            let rows = audit::rows_after(write.on(), after, 500).await?;
            let Some(end) = rows.last() else { break };
            after = end.id;
            for row in &rows {
                last = self.append(write, last, EntryKind::Older, row).await?;
                count = count.saturating_add(1);
            }
        }
        if count == 0 {
            return Ok(last);
        }
        let detail = format!("{count} rows are from before there was a chain");
        let row = audit::insert(write, &NewAuditRow::of_console(at, BEGIN, &detail)).await?;
        self.append(write, last, EntryKind::Whole, &row).await
    }
}

async fn last_entry(connection: &mut SqliteConnection) -> Result<Option<Link>, StoreError> {
    let row = sqlx::query("SELECT seq, mac FROM audit_chain ORDER BY seq DESC LIMIT 1")
        .fetch_optional(connection)
        .await
        .map_err(attempted(READ))?;
    row.map(|row| Ok(Link { seq: row.try_get("seq")?, mac: digest(row.try_get("mac")?) }))
        .transpose()
        .map_err(attempted(READ))
}

pub(super) async fn checkpoint(connection: &mut SqliteConnection) -> Result<Option<Checkpoint>, StoreError> {
    let row = sqlx::query("SELECT seq, mac, first_row, seal FROM audit_checkpoint")
        .fetch_optional(connection)
        .await
        .map_err(attempted(READ))?;
    row.map(|row| {
        Ok(Checkpoint {
            last: Link { seq: row.try_get("seq")?, mac: digest(row.try_get("mac")?) },
            first_row: row.try_get("first_row")?,
            seal: digest(row.try_get("seal")?),
        })
    })
    .transpose()
    .map_err(attempted(READ))
}

/// What is of another length was not written by a console, and vouches for nothing.
pub(super) fn digest(bytes: Vec<u8>) -> Digest32 {
    bytes.try_into().unwrap_or([0; 32])
}

fn entry(row: &SqliteRow) -> Result<ChainEntry, sqlx::Error> {
    Ok(ChainEntry {
        seq: row.try_get("seq")?,
        row_id: row.try_get("row_id")?,
        kind: EntryKind::parse(row.try_get("kind")?),
        content: row.try_get("content")?,
        mac: row.try_get("mac")?,
        is_there: row.try_get::<Option<i64>, _>("id")?.is_some(),
        row: audit::joined(row)?,
    })
}
