//! The schema's versions: which there are, and how a database is brought to the newest.
//!
//! A migration is never edited once released. Each runs in one transaction, so that a console that is
//! killed in the middle leaves the old schema or the new one.

use std::{
    borrow::Cow,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use sqlx::{
    SqlStr, SqlitePool,
    migrate::{Migration, MigrationType, Migrator},
};

use super::{StoreError, attempted};

/// All of them, rising.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "first", include_str!("migrations/0001_first.sql")),
    (2, "access", include_str!("migrations/0002_access.sql")),
    (3, "jobs", include_str!("migrations/0003_jobs.sql")),
    (4, "account", include_str!("migrations/0004_account.sql")),
    (5, "tokens", include_str!("migrations/0005_tokens.sql")),
    (6, "audit", include_str!("migrations/0006_audit.sql")),
];

/// Migrates to the newest schema.
pub(super) async fn migrate(pool: &SqlitePool, file: &Path) -> Result<(), StoreError> {
    migrate_to(pool, file, MIGRATIONS).await
}

/// Refuses a database of another schema than the newest.
pub(super) async fn require_newest(pool: &SqlitePool, file: &Path) -> Result<(), StoreError> {
    let known = MIGRATIONS.iter().map(|(version, ..)| *version).max().unwrap_or(0);
    let found = version(pool).await.map_err(|source| StoreError::Open { file: file.to_owned(), source })?;
    match found.cmp(&known) {
        std::cmp::Ordering::Less => Err(StoreError::Older { found, known }),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(StoreError::Newer { found, known }),
    }
}

async fn migrate_to(
    pool: &SqlitePool,
    file: &Path,
    migrations: &[(i64, &'static str, &'static str)],
) -> Result<(), StoreError> {
    let known = migrations.iter().map(|(version, ..)| *version).max().unwrap_or(0);
    let found = version(pool).await.map_err(|source| StoreError::Open { file: file.to_owned(), source })?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    if 0 < found && found < known {
        back_up(pool, file, found.saturating_add(1)).await?;
    }
    let list = migrations.iter().map(|&(version, description, sql)| {
        let kind = MigrationType::Simple;
        Migration::new(version, Cow::Borrowed(description), kind, SqlStr::from_static(sql), false)
    });
    Migrator::with_migrations(list.collect()).run(pool).await.map_err(StoreError::Migrate)
}

/// The schema's version, 0 for an empty database.
async fn version(pool: &SqlitePool) -> Result<i64, sqlx::Error> {
    let tables: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'")
            .fetch_one(pool)
            .await?;
    if tables == 0 {
        return Ok(0);
    }
    sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations").fetch_one(pool).await
}

/// Copies the database beside itself, whole or not at all, before it goes to `version`.
async fn back_up(pool: &SqlitePool, file: &Path, version: i64) -> Result<(), StoreError> {
    let beside = |ending: &str| {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let copy = beside(&format!(".before-{version}"));
    let partial = beside(".partial");
    let failed =
        |source: Box<dyn std::error::Error + Send + Sync>| StoreError::Backup { copy: copy.clone(), source };
    make_empty(&partial).map_err(|error| failed(error.into()))?;
    // VACUUM INTO takes an empty file, and this one is already readable by its owner only:
    // https://www.sqlite.org/lang_vacuum.html#vacuuminto
    let target = partial.to_str().ok_or_else(|| failed("the folder's name is not UTF-8".into()))?;
    sqlx::query("VACUUM INTO $1")
        .bind(target)
        .execute(pool)
        .await
        .map_err(|error| failed(attempted("copy itself")(error).into()))?;
    std::fs::rename(&partial, &copy).map_err(|error| failed(error.into()))?;
    tracing::info!(copy = %copy.display(), "copied the database before its migration");
    Ok(())
}

fn make_empty(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map(drop)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::store::{Store, testing::TempFolder};

    const WORKS: &str = "CREATE TABLE more (id BIGINT NOT NULL); INSERT INTO more VALUES (7);";
    const BREAKS: &str = "CREATE TABLE more (id BIGINT NOT NULL); INSERT INTO nowhere VALUES (7);";

    fn newest() -> i64 {
        MIGRATIONS.last().unwrap().0
    }

    /// All of them and one more.
    fn and(sql: &'static str) -> Vec<(i64, &'static str, &'static str)> {
        [MIGRATIONS, &[(newest() + 1, "more", sql)]].concat()
    }

    async fn tables(store: &Store) -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE name = 'more'")
            .fetch_one(&store.pool)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn an_older_schema_is_copied_then_migrated() {
        let temp = TempFolder::new();
        let store = Store::open(temp.path()).await.unwrap();
        let file = temp.path().join("longshore.db");
        let name = format!("longshore.db.before-{}", newest() + 1);
        let copy = temp.path().join(&name);
        assert!(!copy.exists(), "a new database has nothing to copy");
        std::fs::write(&copy, "an older copy").unwrap();
        migrate_to(&store.pool, &file, &and(WORKS)).await.unwrap();
        assert_eq!(tables(&store).await, 1);
        assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!temp.path().join("longshore.db.partial").exists());
        store.close().await;

        let error = Store::open(temp.path()).await.unwrap_err();
        let StoreError::Newer { found, known } = error else { panic!("{error:?}") };
        assert_eq!((found, known), (newest() + 1, newest()));
        assert!(error.to_string().contains(&name), "{error}");

        std::fs::rename(&copy, &file).unwrap();
        let store = Store::open(temp.path()).await.unwrap();
        assert_eq!(tables(&store).await, 0, "the copy is the database from before");
    }

    #[tokio::test]
    async fn a_migration_that_fails_changes_nothing() {
        let temp = TempFolder::new();
        let store = Store::open(temp.path()).await.unwrap();
        let error =
            migrate_to(&store.pool, &temp.path().join("longshore.db"), &and(BREAKS)).await.unwrap_err();
        assert!(matches!(error, StoreError::Migrate(_)), "{error:?}");
        assert_eq!(tables(&store).await, 0);
        store.close().await;
        Store::open(temp.path()).await.unwrap();
    }

    #[tokio::test]
    async fn a_users_role_becomes_a_grant_on_everything() {
        let temp = TempFolder::new();
        let file = temp.path().join("longshore.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&file).create_if_missing(true);
        let pool = SqlitePool::connect_with(options).await.unwrap();
        migrate_to(&pool, &file, &MIGRATIONS[..1]).await.unwrap();
        sqlx::query(
            "INSERT INTO users (name, name_key, role, disabled, password_hash, serial, created_at) VALUES \
             ('Ann', 'ann', 'admin', FALSE, 'h', 0, 5), ('bob', 'bob', 'operator', TRUE, 'h', 3, 6)",
        )
        .execute(&pool)
        .await
        .unwrap();
        pool.close().await;

        let store = Store::open(temp.path()).await.unwrap();
        assert!(temp.path().join("longshore.db.before-2").exists());
        let users = store.list_users().await.unwrap();
        let told: Vec<_> =
            users.iter().map(|user| (user.name.as_str(), user.role(), user.disabled)).collect();
        assert_eq!(
            told,
            [("Ann", Some(shared::Role::Admin), false), ("bob", Some(shared::Role::Operator), true)]
        );
        assert!(users.iter().all(|user| user.grants[0].scope == shared::Scope::Everything));
        assert_eq!(store.find_credentials("bob").await.unwrap().unwrap().serial, 3);
    }
}
