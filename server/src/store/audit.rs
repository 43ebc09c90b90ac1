//! The table of the audit: rows are added and finished, never changed otherwise. Each of both is an entry of
//! the chain in `audit_chain.rs`; old rows are removed in `audit_prune.rs`.

use shared::{
    UnixMillis,
    audit::{AuditFilter, AuditResult, AuditRow},
};
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection, sqlite::SqliteRow};

use super::{Store, StoreError, attempted, audit_mac::EntryKind, write::Write};

const WRITE: &str = "write the audit";
const READ: &str = "read the audit";
const COLUMNS: &str = "id, at, actor, address, action, target, result, detail";

/// A row to insert.
#[derive(Debug)]
pub struct NewAuditRow<'a> {
    /// When it began.
    pub at: UnixMillis,
    /// Who; empty for nobody.
    pub actor: &'a str,
    /// From where; empty for the console itself.
    pub address: &'a str,
    /// What.
    pub action: &'a str,
    /// On what.
    pub target: &'a str,
    /// How it stands.
    pub result: AuditResult,
    /// Why; nothing yet for what has only begun.
    pub detail: &'a str,
}

impl<'a> NewAuditRow<'a> {
    /// Something that the console itself did.
    pub(super) fn of_console(at: UnixMillis, action: &'a str, detail: &'a str) -> Self {
        Self { at, actor: "", address: "", action, target: "", result: AuditResult::Done, detail }
    }
}

impl Store {
    /// Adds a row and returns its number.
    ///
    /// # Errors
    /// When the database fails: then the action must not be done.
    pub async fn add_audit(&self, row: &NewAuditRow<'_>) -> Result<i64, StoreError> {
        let chain = self.chain()?;
        let mut known = chain.lock().await;
        let mut write = self.write(WRITE).await?;
        let before = chain.go_on(&mut write, *known, row.at).await?;
        let added = insert(&mut write, row).await?;
        let kind = if row.result == AuditResult::Started { EntryKind::Begun } else { EntryKind::Whole };
        let last = chain.append(&mut write, before, kind, &added).await?;
        write.commit().await?;
        chain.reached(&mut known, last);
        Ok(added.id)
    }

    /// Records how a row's action ended. A row that has an end keeps it. The row as it is now, unless it had
    /// one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_audit(
        &self,
        id: i64,
        result: AuditResult,
        detail: &str,
    ) -> Result<Option<AuditRow>, StoreError> {
        let chain = self.chain()?;
        let mut known = chain.lock().await;
        let mut write = self.write(WRITE).await?;
        let finished = sqlx::query(
            "UPDATE audit SET result = $2, detail = $3 WHERE id = $1 AND result = 'started' \
             RETURNING id, at, actor, address, action, target, result, detail",
        )
        .bind(id)
        .bind(result.as_str())
        .bind(detail)
        .fetch_optional(write.on())
        .await
        .map_err(attempted(WRITE))?;
        let Some(finished) = finished else {
            write.undo().await?;
            return Ok(None);
        };
        let row = read(&finished)?;
        let before = chain.go_on(&mut write, *known, row.at).await?;
        let last = chain.append(&mut write, before, EntryKind::Ended, &row).await?;
        write.commit().await?;
        chain.reached(&mut known, last);
        Ok(Some(row))
    }

    /// At most `limit` rows of the filter with numbers from `from` to below `before`, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_audit_of(
        &self,
        filter: &AuditFilter,
        from: i64,
        before: i64,
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT ");
        query.push(COLUMNS).push(" FROM audit WHERE id >= ").push_bind(from);
        query.push(" AND id < ").push_bind(before);
        if let Some(actor) = &filter.actor {
            query.push(" AND LOWER(actor) = ").push_bind(actor.to_ascii_lowercase());
        }
        // The database does not know which of them is rare, and would take the index of what most rows have.
        // Inside an expression a column has none.
        let is_rare = filter.result.is_some_and(|result| result != AuditResult::Done);
        let by_action = filter.actor.is_none() && !is_rare;
        let by_result = filter.actor.is_none() && (is_rare || filter.action.is_none());
        if let Some(action) = &filter.action {
            query
                .push(if by_action { " AND action = " } else { " AND COALESCE(action, '') = " })
                .push_bind(action);
        }
        if let Some(result) = filter.result {
            query.push(if by_result { " AND result = " } else { " AND COALESCE(result, '') = " });
            query.push_bind(result.as_str());
        }
        if let Some(target) = &filter.target {
            query.push(" AND LOWER(target) LIKE ").push_bind(containing(target)).push(" ESCAPE '!'");
        }
        // The numbers stand in for the index of times, which would need the rows to be sorted.
        if let Some(since) = filter.since {
            query.push(" AND at + 0 >= ").push_bind(since.0);
        }
        if let Some(until) = filter.until {
            query.push(" AND at + 0 < ").push_bind(until.0);
        }
        query.push(" ORDER BY id DESC LIMIT ").push_bind(i64::from(limit));
        let rows = query.build().fetch_all(&self.pool).await.map_err(attempted(READ))?;
        rows.iter().map(read).collect()
    }

    /// The numbers that rows begun in this time lie within: from the first to below the second. Times may run
    /// backwards, so others may lie there too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_range(
        &self,
        since: Option<UnixMillis>,
        until: Option<UnixMillis>,
    ) -> Result<(i64, i64), StoreError> {
        let scalar = async |statement: &'static str, at: i64| {
            sqlx::query_scalar::<_, Option<i64>>(statement)
                .bind(at)
                .fetch_one(&self.pool)
                .await
                .map_err(attempted(READ))
        };
        let from = match since {
            Some(at) => scalar("SELECT MIN(id + 0) FROM audit WHERE at >= $1", at.0).await?,
            None => scalar("SELECT MIN(id) FROM audit WHERE id >= $1", i64::MIN).await?,
        };
        let last = match until {
            Some(at) => scalar("SELECT MAX(id + 0) FROM audit WHERE at < $1", at.0).await?,
            None => scalar("SELECT MAX(id) FROM audit WHERE id >= $1", i64::MIN).await?,
        };
        match (from, last) {
            (Some(from), Some(last)) => Ok((from, last.saturating_add(1))),
            _ => Ok((0, 0)),
        }
    }

    /// At most `limit` rows with a number below `before`, newest first.
    #[cfg(test)]
    pub(crate) async fn list_audit(&self, before: i64, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        self.list_audit_of(&AuditFilter::default(), i64::MIN, before, limit).await
    }

    /// For tests of what must fail closed: from now on nothing can be written to the audit.
    #[cfg(test)]
    pub(crate) async fn break_audit(&self) {
        sqlx::query("ALTER TABLE audit RENAME TO lost").execute(&self.pool).await.unwrap();
    }

    /// For tests of what must be found: does to the database what the console never would.
    #[cfg(test)]
    pub(crate) async fn tamper(&self, statement: &'static str) {
        sqlx::raw_sql(statement).execute(&self.pool).await.unwrap();
    }
}

/// A pattern for `LIKE ... ESCAPE '!'`.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.to_ascii_lowercase().chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// Inserts a row. What has only begun has no detail: it comes with the end.
pub(super) async fn insert(write: &mut Write, row: &NewAuditRow<'_>) -> Result<AuditRow, StoreError> {
    let detail = if row.result == AuditResult::Started { "" } else { row.detail };
    let row = sqlx::query(
        "INSERT INTO audit (at, actor, address, action, target, result, detail) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id, at, actor, address, action, target, result, detail",
    )
    .bind(row.at.0)
    .bind(row.actor)
    .bind(row.address)
    .bind(row.action)
    .bind(row.target)
    .bind(row.result.as_str())
    .bind(detail)
    .fetch_one(write.on())
    .await
    .map_err(attempted(WRITE))?;
    read(&row)
}

/// At most `limit` rows after the one of that number, oldest first.
pub(super) async fn rows_after(
    connection: &mut SqliteConnection,
    after: i64,
    limit: u32,
) -> Result<Vec<AuditRow>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, at, actor, address, action, target, result, detail FROM audit WHERE id > $1 \
         ORDER BY id LIMIT $2",
    )
    .bind(after)
    .bind(i64::from(limit))
    .fetch_all(connection)
    .await
    .map_err(attempted(READ))?;
    rows.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<AuditRow, StoreError> {
    let result: String = row.try_get("result").map_err(attempted(READ))?;
    let Some(known) = AuditResult::parse(&result) else {
        return Err(StoreError::Unknown { what: "audit result", value: result });
    };
    fields(row, known).map_err(attempted(READ))
}

/// A row that was joined to another; `None` where there is none, or what no console writes.
pub(super) fn joined(row: &SqliteRow) -> Result<Option<AuditRow>, sqlx::Error> {
    let result: Option<String> = row.try_get("result").unwrap_or_default();
    let Some(result) = result.as_deref().and_then(AuditResult::parse) else { return Ok(None) };
    // A column of another type is as wrong as another value, and no reason to stop looking.
    Ok(fields(row, result).ok())
}

fn fields(row: &SqliteRow, result: AuditResult) -> Result<AuditRow, sqlx::Error> {
    Ok(AuditRow {
        id: row.try_get("id")?,
        at: UnixMillis(row.try_get("at")?),
        actor: row.try_get("actor")?,
        address: row.try_get("address")?,
        action: row.try_get("action")?,
        target: row.try_get("target")?,
        result,
        detail: row.try_get("detail")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing;

    fn row(action: &str, result: AuditResult) -> NewAuditRow<'_> {
        NewAuditRow {
            at: UnixMillis(5),
            actor: "ann",
            address: "::1",
            action,
            target: "t",
            result,
            detail: "",
        }
    }

    #[tokio::test]
    async fn pages_run_from_the_newest_and_an_end_is_written_once() {
        let (store, _folder) = testing::store().await;
        for action in ["A", "B", "C"] {
            store.add_audit(&row(action, AuditResult::Started)).await.unwrap();
        }
        let first = store.list_audit(i64::MAX, 2).await.unwrap();
        assert_eq!(first.iter().map(|row| row.action.as_str()).collect::<Vec<_>>(), ["C", "B"]);
        let next = store.list_audit(first[1].id, 2).await.unwrap();
        assert_eq!(next.iter().map(|row| row.action.as_str()).collect::<Vec<_>>(), ["A"]);

        store.finish_audit(next[0].id, AuditResult::Failed, "no").await.unwrap();
        store.finish_audit(next[0].id, AuditResult::Done, "yes").await.unwrap();
        let row = store.list_audit(2, 1).await.unwrap().remove(0);
        assert_eq!((row.result, row.detail.as_str()), (AuditResult::Failed, "no"));
    }
}
