//! Removing what is old from the audit. The chain loses its beginning, and a checkpoint says where it begins
//! from then on, so that what is left can still be verified.

use shared::UnixMillis;
use sqlx::Row;

use super::{
    Store, StoreError, attempted,
    audit_chain::{checkpoint, digest},
    audit_mac::Link,
};

const PRUNE: &str = "remove old rows of the audit";
/// Rows that one transaction removes, so that nobody waits for it.
const BATCH: i64 = 500;

/// What one batch removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Rows.
    pub rows: u64,
    /// There may be more.
    pub more: bool,
}

impl Store {
    /// The number of the first row to keep: rows begun before `older_than` go, and so many of the oldest that
    /// `rows` are left, as far as they were begun before `surplus_older_than`. Only whole beginnings go: a row
    /// that is to be kept keeps all after it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_audit_row_to_keep(
        &self,
        older_than: UnixMillis,
        rows: Option<u64>,
        surplus_older_than: UnixMillis,
    ) -> Result<i64, StoreError> {
        // Times may run backwards, so the index of numbers decides; it is read from the oldest on.
        let first_since = async |at: UnixMillis| {
            sqlx::query_scalar::<_, Option<i64>>("SELECT MIN(id + 0) FROM audit WHERE at >= $1")
                .bind(at.0)
                .fetch_one(&self.pool)
                .await
                .map_err(attempted(PRUNE))
        };
        let young = first_since(older_than).await?;
        let end: Option<i64> = sqlx::query_scalar("SELECT MAX(id) FROM audit")
            .fetch_one(&self.pool)
            .await
            .map_err(attempted(PRUNE))?;
        let end = end.unwrap_or(0).saturating_add(1);
        let by_age = young.unwrap_or(end);
        let Some(rows) = rows else { return Ok(by_age) };
        let kept: Option<i64> = sqlx::query_scalar("SELECT id FROM audit ORDER BY id DESC LIMIT 1 OFFSET $1")
            .bind(i64::try_from(rows.saturating_sub(1)).unwrap_or(i64::MAX))
            .fetch_optional(&self.pool)
            .await
            .map_err(attempted(PRUNE))?;
        let by_count = kept.unwrap_or(0).min(first_since(surplus_older_than).await?.unwrap_or(end));
        Ok(by_age.max(by_count))
    }

    /// Removes some of the rows before the one of that number, the oldest first, and their entries.
    ///
    /// # Errors
    /// When the database fails: then nothing was removed.
    pub async fn prune_audit(&self, first_kept: i64) -> Result<Pruned, StoreError> {
        let chain = self.chain()?;
        let _order = chain.lock().await;
        let mut write = self.write(PRUNE).await?;
        let lowest: Option<i64> = sqlx::query_scalar("SELECT MIN(id) FROM audit")
            .fetch_one(write.on())
            .await
            .map_err(attempted(PRUNE))?;
        let Some(lowest) = lowest.filter(|lowest| *lowest < first_kept) else {
            write.undo().await?;
            return Ok(Pruned::default());
        };
        let until = first_kept.min(lowest.saturating_add(BATCH));
        // Rows begin in the order of their numbers, so what comes before the first that is kept is about
        // others; the ends of some of those may come later, and stay.
        let first: Option<i64> = sqlx::query_scalar(
            "SELECT seq FROM audit_chain WHERE row_id >= $1 AND kind <> 'ended' ORDER BY seq LIMIT 1",
        )
        .bind(until)
        .fetch_optional(write.on())
        .await
        .map_err(attempted(PRUNE))?;
        let last = sqlx::query("SELECT seq, mac FROM audit_chain WHERE seq < $1 ORDER BY seq DESC LIMIT 1")
            .bind(first.unwrap_or(i64::MAX))
            .fetch_optional(write.on())
            .await
            .map_err(attempted(PRUNE))?;
        let begins = checkpoint(write.on()).await?.map_or(Link::START, |begins| begins.last);
        let last = match last {
            Some(row) => Link {
                seq: row.try_get("seq").map_err(attempted(PRUNE))?,
                mac: digest(row.try_get("mac").map_err(attempted(PRUNE))?),
            },
            None => begins,
        };
        let removed = sqlx::query("DELETE FROM audit WHERE id < $1")
            .bind(until)
            .execute(write.on())
            .await
            .map_err(attempted(PRUNE))?;
        sqlx::query("DELETE FROM audit_chain WHERE seq <= $1")
            .bind(last.seq)
            .execute(write.on())
            .await
            .map_err(attempted(PRUNE))?;
        sqlx::query(
            "INSERT INTO audit_checkpoint (id, seq, mac, first_row, seal) VALUES (1, $1, $2, $3, $4) \
             ON CONFLICT (id) DO UPDATE SET seq = $1, mac = $2, first_row = $3, seal = $4",
        )
        .bind(last.seq)
        .bind(last.mac.as_slice())
        .bind(until)
        .bind(chain.key().checkpoint(last, until).as_slice())
        .execute(write.on())
        .await
        .map_err(attempted(PRUNE))?;
        write.commit().await?;
        Ok(Pruned { rows: removed.rows_affected(), more: until < first_kept })
    }
}
