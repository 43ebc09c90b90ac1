//! Transactions that write.
//!
//! Not sqlx's own: SQLite rolls a transaction back by itself when the disk is full
//! (<https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction>), which sqlx
//! does not notice, and its pool then hands out a connection that can never begin another.

use sqlx::{Sqlite, SqliteConnection, pool::PoolConnection};

use super::{Store, StoreError, attempted};

/// A transaction. It holds the write lock from its beginning: one that began by reading could not wait
/// for the lock, since SQLite refuses it at once when somebody wrote meanwhile. Dropped before its commit,
/// it is undone and its connection closed, in whatever state that was.
pub(super) struct Write {
    connection: PoolConnection<Sqlite>,
    what: &'static str,
    /// Its end is known, so that its connection can be used again.
    ended: bool,
}

impl Store {
    /// Begins a transaction; `what` is what a failure to begin or commit it prevented.
    pub(super) async fn write(&self, what: &'static str) -> Result<Write, StoreError> {
        let connection = self.pool.acquire().await.map_err(attempted(what))?;
        let mut write = Write { connection, what, ended: false };
        sqlx::query("BEGIN IMMEDIATE").execute(write.on()).await.map_err(attempted(what))?;
        Ok(write)
    }
}

impl Write {
    /// Where its statements run.
    pub(super) fn on(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }

    /// Makes it last.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        let what = self.what;
        sqlx::query("COMMIT").execute(self.on()).await.map_err(attempted(what))?;
        self.ended = true;
        Ok(())
    }

    /// Undoes it, and keeps its connection.
    pub(super) async fn undo(mut self) -> Result<(), StoreError> {
        let what = self.what;
        sqlx::query("ROLLBACK").execute(self.on()).await.map_err(attempted(what))?;
        self.ended = true;
        Ok(())
    }
}

impl Drop for Write {
    fn drop(&mut self) {
        if !self.ended {
            self.connection.close_on_drop();
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::UnixMillis;

    use crate::store::{NewUserRow, StoreError, UserUpdate, testing};

    #[tokio::test]
    async fn a_full_disk_does_not_outlast_itself() {
        let (store, _folder) = testing::store().await;
        let new =
            NewUserRow { name: "ann", password_hash: "hash", at: UnixMillis(1), ..NewUserRow::default() };
        let ann = store.create_user(&new).await.unwrap().unwrap();
        // What SQLite does by itself on a full disk: the statement fails and the transaction is gone.
        sqlx::query("CREATE TRIGGER full BEFORE UPDATE ON users BEGIN SELECT RAISE(ROLLBACK, 'full'); END")
            .execute(&store.pool)
            .await
            .unwrap();
        let update = UserUpdate { password_hash: Some("new"), ..UserUpdate::default() };
        for _ in 0..8 {
            let failed = store.update_user(ann.id, &update).await;
            assert!(
                matches!(failed, Err(StoreError::Query { attempted: "change a user", .. })),
                "{failed:?}"
            );
            assert_eq!(store.list_users().await.unwrap().len(), 1, "reading goes on");
        }
        sqlx::query("DROP TRIGGER full").execute(&store.pool).await.unwrap();
        for _ in 0..8 {
            let done = store.update_user(ann.id, &update).await.unwrap();
            assert!(done.is_ok());
        }
    }

    #[tokio::test]
    async fn a_transaction_that_is_dropped_is_undone() {
        let (store, _folder) = testing::store().await;
        for _ in 0..8 {
            let mut write = store.write("test").await.unwrap();
            sqlx::query("INSERT INTO audit VALUES (1, 1, '', '', '', '', 'done', '')")
                .execute(write.on())
                .await
                .unwrap();
        }
        assert!(store.list_audit(i64::MAX, 9).await.unwrap().is_empty());
        let write = store.write("test").await.unwrap();
        write.commit().await.unwrap();
    }
}
