//! The columns whose values are sealed: which there are, and sealing all of them anew.
//!
//! Belongs here: what is the same for all of them. Does not: sealing itself (`access/seal.rs`), and the
//! statements of each table.

use sqlx::AssertSqlSafe;

use super::{Store, StoreError, attempted};

/// A column of sealed values, in a table whose rows have a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedColumn {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The column of the row's number.
    pub row: &'static str,
}

/// The secret of a second factor.
pub const FACTOR_SECRET: SealedColumn = SealedColumn { table: "factors", column: "secret", row: "user_id" };

/// All of them. A column that is not in this list is lost when the key is changed.
const SEALED: &[SealedColumn] = &[FACTOR_SECRET];

impl Store {
    /// Whether anything in the database is sealed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_sealed(&self) -> Result<bool, StoreError> {
        for SealedColumn { table, column, .. } in SEALED {
            let any: bool = sqlx::query_scalar(AssertSqlSafe(format!(
                "SELECT EXISTS (SELECT 1 FROM {table} WHERE {column} IS NOT NULL)"
            )))
            .fetch_one(&self.pool)
            .await
            .map_err(attempted("look for sealed values"))?;
            if any {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Replaces every sealed value by what `again` makes of it, in one transaction; gives their number. With
    /// the first that fails, nothing is changed.
    ///
    /// # Errors
    /// The outer one when the database fails, the inner one when `again` does.
    pub async fn reseal<E>(
        &self,
        again: impl Fn(&SealedColumn, i64, &[u8]) -> Result<Vec<u8>, E>,
    ) -> Result<Result<u64, E>, StoreError> {
        const WHAT: &str = "seal its secrets anew";
        let mut write = self.write(WHAT).await?;
        let mut changed = 0_u64;
        for sealed in SEALED {
            let SealedColumn { table, column, row } = sealed;
            let values: Vec<(i64, Vec<u8>)> = sqlx::query_as(AssertSqlSafe(format!(
                "SELECT {row}, {column} FROM {table} WHERE {column} IS NOT NULL"
            )))
            .fetch_all(write.on())
            .await
            .map_err(attempted(WHAT))?;
            for (number, value) in values {
                let new = match again(sealed, number, &value) {
                    Ok(new) => new,
                    Err(error) => {
                        write.undo().await?;
                        return Ok(Err(error));
                    }
                };
                sqlx::query(AssertSqlSafe(format!("UPDATE {table} SET {column} = $2 WHERE {row} = $1")))
                    .bind(number)
                    .bind(new)
                    .execute(write.on())
                    .await
                    .map_err(attempted(WHAT))?;
                changed = changed.saturating_add(1);
            }
        }
        write.commit().await?;
        Ok(Ok(changed))
    }
}

#[cfg(test)]
mod tests {
    use shared::UnixMillis;

    use crate::{
        access::{
            host_admin::rotate_key,
            seal::{KEY_FILE, Keys, Place},
        },
        store::{NewUserRow, Store, testing},
    };

    async fn with_factor(secret: &[u8]) -> (Store, testing::TempFolder, i64) {
        let (store, folder) = testing::store().await;
        assert!(!store.has_sealed().await.unwrap());
        let new = NewUserRow { name: "ann", password_hash: "h", at: UnixMillis(1), ..NewUserRow::default() };
        let ann = store.create_user(&new).await.unwrap().unwrap();
        sqlx::query("INSERT INTO factors VALUES ($1, $2, 1, 1, 0, 0, 0)")
            .bind(ann.id.0)
            .bind(secret)
            .execute(&store.pool)
            .await
            .unwrap();
        (store, folder, ann.id.0)
    }

    async fn secret(store: &Store) -> Vec<u8> {
        sqlx::query_scalar("SELECT secret FROM factors").fetch_one(&store.pool).await.unwrap()
    }

    #[tokio::test]
    async fn every_sealed_value_goes_under_the_new_key() {
        let (store, folder, ann) = with_factor(b"").await;
        let keys = Keys::open(&folder.path().join(KEY_FILE), false).unwrap();
        let place = Place { table: "factors", column: "secret", row: ann };
        let before = keys.seal(&place, b"the secret").unwrap();
        sqlx::query("UPDATE factors SET secret = $1").bind(&before).execute(&store.pool).await.unwrap();
        assert!(store.has_sealed().await.unwrap());
        assert_eq!(rotate_key(&store, &keys, UnixMillis(2)).await.unwrap(), 1);
        let after = secret(&store).await;
        assert_ne!(before[..5], after[..5], "under another key");
        assert_eq!(keys.unseal(&place, &after).unwrap(), b"the secret");
        assert_eq!(store.list_audit(i64::MAX, 9).await.unwrap()[0].action, "RotateKey");
    }

    #[tokio::test]
    async fn what_cannot_be_opened_stops_the_change_of_keys() {
        let (store, folder, _) = with_factor(b"no sealed value at all").await;
        let keys = Keys::open(&folder.path().join(KEY_FILE), false).unwrap();
        assert!(rotate_key(&store, &keys, UnixMillis(2)).await.is_err());
        assert_eq!(secret(&store).await, b"no sealed value at all");
    }
}
