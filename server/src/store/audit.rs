//! The table of the audit: rows are added and finished, never changed otherwise, never removed here.

use shared::{
    UnixMillis,
    audit::{AuditResult, AuditRow},
};

use super::{Store, StoreError, attempted};

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
    /// Why.
    pub detail: &'a str,
}

impl Store {
    /// Adds a row and returns its number.
    ///
    /// # Errors
    /// When the database fails: then the action must not be done.
    pub async fn add_audit(&self, row: &NewAuditRow<'_>) -> Result<i64, StoreError> {
        sqlx::query_scalar(
            "INSERT INTO audit (at, actor, address, action, target, result, detail) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        )
        .bind(row.at.0)
        .bind(row.actor)
        .bind(row.address)
        .bind(row.action)
        .bind(row.target)
        .bind(name(row.result))
        .bind(row.detail)
        .fetch_one(&self.pool)
        .await
        .map_err(attempted("write the audit"))
    }

    /// Records how a row's action ended. A row that has an end keeps it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_audit(&self, id: i64, result: AuditResult, detail: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE audit SET result = $2, detail = $3 WHERE id = $1 AND result = 'started'")
            .bind(id)
            .bind(name(result))
            .bind(detail)
            .execute(&self.pool)
            .await
            .map_err(attempted("write the audit"))?;
        Ok(())
    }

    /// At most `limit` rows with a number below `before`, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_audit(&self, before: i64, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        #[derive(sqlx::FromRow)]
        struct Row {
            id: i64,
            at: i64,
            actor: String,
            address: String,
            action: String,
            target: String,
            result: String,
            detail: String,
        }
        let rows = sqlx::query_as::<_, Row>(
            "SELECT id, at, actor, address, action, target, result, detail FROM audit \
             WHERE id < $1 ORDER BY id DESC LIMIT $2",
        )
        .bind(before)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(attempted("read the audit"))?;
        rows.into_iter()
            .map(|row| {
                Ok(AuditRow {
                    id: row.id,
                    at: UnixMillis(row.at),
                    actor: row.actor,
                    address: row.address,
                    action: row.action,
                    target: row.target,
                    result: parse(row.result)?,
                    detail: row.detail,
                })
            })
            .collect()
    }

    /// For tests of what must fail closed: from now on nothing can be written to the audit.
    #[cfg(test)]
    pub(crate) async fn break_audit(&self) {
        sqlx::query("ALTER TABLE audit RENAME TO lost").execute(&self.pool).await.unwrap();
    }
}

fn name(result: AuditResult) -> &'static str {
    match result {
        AuditResult::Started => "started",
        AuditResult::Done => "done",
        AuditResult::Refused => "refused",
        AuditResult::Failed => "failed",
    }
}

fn parse(text: String) -> Result<AuditResult, StoreError> {
    match text.as_str() {
        "started" => Ok(AuditResult::Started),
        "done" => Ok(AuditResult::Done),
        "refused" => Ok(AuditResult::Refused),
        "failed" => Ok(AuditResult::Failed),
        _ => Err(StoreError::Unknown { what: "audit result", value: text }),
    }
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
