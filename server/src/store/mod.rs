//! The database: opened, migrated and backed up here; one file per family of tables beside it.
//!
//! Belongs here: everything that knows SQL. Does not: decisions (they are in `access/`) and time (it
//! arrives as an argument). The pool is private to this folder, so that another database can come
//! behind the same functions; the statements keep to what SQLite and PostgreSQL share, and rules that
//! two requests could race for are decided inside one statement.

mod access;
mod audit;
mod audit_chain;
mod audit_mac;
mod audit_prune;
mod factors;
mod grants;
mod jobs;
mod lock;
mod migrate;
mod own_sessions;
mod owners;
mod roles;
mod sealed;
mod sessions;
mod settings;
mod teams;
mod tokens;
mod users;
mod write;

use std::{
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub use self::{
    access::{AccessChange, AccessRefusal, AccessRows, Owned},
    audit::NewAuditRow,
    audit_chain::{ChainEntry, ChainSnapshot, Checkpoint},
    audit_mac::{ChainKey, EntryKind, Head, Link},
    audit_prune::Pruned,
    factors::{CodePace, FactorRow, NewFactor, TriedCode},
    grants::GrantsChange,
    jobs::{JobEnd, NewJobRow},
    lock::FolderLock,
    own_sessions::{HalfSession, ListedSession},
    sealed::{FACTOR_SECRET, SealedColumn},
    sessions::{NewSession, SessionKey, SessionRow},
    tokens::{NewTokenRow, UsedToken},
    users::{NewUserRow, StoredCredentials, UserUpdate},
};

/// The database's file in the data folder.
const FILE: &str = "longshore.db";

/// Why the database could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder or the file in it cannot be made or written.
    #[error("the data folder {} cannot be written; make it writable for the user that runs the console, or choose another", folder.display())]
    Folder {
        /// Which folder.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another console has the data folder.
    #[error(
        "another console works in the data folder {}; stop that one first, or give this one a folder of its own \
         with --data", folder.display()
    )]
    InUse {
        /// Which folder.
        folder: PathBuf,
    },
    /// The data folder is on a file system without locks.
    #[error(
        "the data folder {} cannot be kept from a second console; choose one on a file system that has locks",
        folder.display()
    )]
    Lock {
        /// Which folder.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no database that can be opened.
    #[error("the database {} cannot be opened", file.display())]
    Open {
        /// Which file.
        file: PathBuf,
        /// What the database said.
        source: sqlx::Error,
    },
    /// A newer console has migrated the database.
    #[error(
        "the database was made by a newer console (schema {found}, this one knows {known}); start that one, \
         or put back the copy that it left beside the database (longshore.db.before-{})", known.saturating_add(1)
    )]
    Newer {
        /// The database's schema.
        found: i64,
        /// The newest that this console knows.
        known: i64,
    },
    /// An older console made the database, and it is only to be read.
    #[error(
        "the database was made by an older console (schema {found}, this one knows {known}); start the console \
         once, which brings it to the newer one"
    )]
    Older {
        /// The database's schema.
        found: i64,
        /// The newest that this console knows.
        known: i64,
    },
    /// The copy that is made before a migration failed, and so nothing was migrated.
    #[error("the database could not be copied to {} before its migration; nothing was changed", copy.display())]
    Backup {
        /// Where it should have gone.
        copy: PathBuf,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A migration failed; the schema is as before it.
    #[error("the database could not be migrated; it is as it was before")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// A statement failed.
    #[error("the database could not {attempted}")]
    Query {
        /// What was attempted: "list the users".
        attempted: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },
    /// The file beside the database that says where the audit's chain ends cannot be read or made.
    #[error("the file longshore.audit-head in the data folder cannot be read or made")]
    AuditHead(#[source] std::io::Error),
    /// The database was opened without the audit's key, so that nothing can be recorded.
    #[error("the audit has no key")]
    NoAuditKey,
    /// A session could not be read or written. The cookie layer passes causes on as text only.
    #[error("{0}")]
    Session(String),
    /// A row holds what no console of this version writes.
    #[error("the database holds an unknown {what}: {value:?}")]
    Unknown {
        /// Which column: "role".
        what: &'static str,
        /// Its text.
        value: String,
    },
}

/// Names what a statement was for.
fn attempted(what: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |source| StoreError::Query { attempted: what, source }
}

/// The database. A handle: clones share one pool.
#[derive(Clone, Debug)]
pub struct Store {
    pool: SqlitePool,
    /// See [`Store::decided_at`].
    decided_at: Option<i64>,
    /// What the audit is chained with; without it nothing is recorded, and so nothing done.
    chain: Option<Arc<audit_chain::Chain>>,
}

impl Store {
    /// Opens the database in `folder`, making both where they are missing, readable by their owner only.
    /// An older schema is copied to `longshore.db.before-N`, then migrated.
    ///
    /// # Errors
    /// Whatever [`StoreError`] says about opening: nothing is half done after one.
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        let file = folder.join(FILE);
        prepare(folder, &file).map_err(|source| StoreError::Folder { folder: folder.to_owned(), source })?;
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(false)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5))
            // In KiB: each connection may hold this much of the file in memory.
            .pragma("cache_size", "-1024")
            // The container's image has no folder for temporary files.
            .pragma("temp_store", "MEMORY");
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options)
            .await
            .map_err(|source| StoreError::Open { file: file.clone(), source })?;
        migrate::migrate(&pool, &file).await?;
        Ok(Self { pool, decided_at: None, chain: None })
    }

    /// Opens the database in `folder` to read it: beside a console that runs, or a copy. Nothing is made and
    /// nothing is migrated.
    ///
    /// # Errors
    /// [`StoreError::Open`] where there is none, [`StoreError::Older`] or [`StoreError::Newer`] for one of
    /// another schema.
    pub async fn open_to_read(folder: &Path) -> Result<Self, StoreError> {
        let file = folder.join(FILE);
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .read_only(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("temp_store", "MEMORY");
        let pool = SqlitePoolOptions::new()
            .max_connections(2)
            .connect_with(options)
            .await
            .map_err(|source| StoreError::Open { file: file.clone(), source })?;
        migrate::require_newest(&pool, &file).await?;
        Ok(Self { pool, decided_at: None, chain: None })
    }

    /// Writes what is pending into the file and closes it.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Makes the folder where it is missing, readable by its owner only.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Makes the folder and the file, so that neither is ever readable by others, not even for a moment.
/// SQLite gives its side files (`-wal`, `-shm`) the permissions of the database.
fn prepare(folder: &Path, file: &Path) -> std::io::Result<()> {
    make_folder(folder)?;
    let file = std::fs::OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(file)?;
    let permissions = file.metadata()?.permissions();
    if permissions.mode() & 0o077 != 0 {
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod testing {
    //! A database of its own for each test, removed after it.

    use std::{
        path::{Path, PathBuf},
        sync::atomic::{AtomicU32, Ordering},
    };

    use shared::UnixMillis;

    use super::{ChainKey, Store};

    /// The key of the audit's chain in tests.
    pub(crate) fn key() -> ChainKey {
        ChainKey::new([7; 32])
    }

    pub(crate) struct TempFolder(PathBuf);

    impl TempFolder {
        pub(crate) fn new() -> Self {
            static NEXT: AtomicU32 = AtomicU32::new(0);
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("longshore-unit-{}-{number}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        pub(crate) fn path(&self) -> &Path {
            &self.0
        }
    }

    impl Drop for TempFolder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    pub(crate) async fn store() -> (Store, TempFolder) {
        let folder = TempFolder::new();
        let store = Store::open(folder.path()).await.unwrap();
        (store.chained(key(), folder.path(), UnixMillis(0)).await.unwrap(), folder)
    }
}

#[cfg(test)]
mod tests {
    use super::{testing::TempFolder, *};

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn the_files_are_for_their_owner_only() {
        let temp = TempFolder::new();
        let folder = temp.path().join("new/deep");
        let store = Store::open(&folder).await.unwrap();
        assert_eq!(mode(&folder), 0o700);
        for name in ["longshore.db", "longshore.db-wal", "longshore.db-shm"] {
            assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
        }
        store.close().await;
        std::fs::set_permissions(folder.join(FILE), std::fs::Permissions::from_mode(0o644)).unwrap();
        Store::open(&folder).await.unwrap();
        assert_eq!(mode(&folder.join(FILE)), 0o600);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_is_told_by_name() {
        let temp = TempFolder::new();
        std::fs::write(temp.path().join("file"), "").unwrap();
        let error = Store::open(&temp.path().join("file/data")).await.unwrap_err();
        assert!(matches!(error, StoreError::Folder { .. }), "{error:?}");
        assert!(error.to_string().contains("file/data"), "{error}");
    }

    #[tokio::test]
    async fn what_is_no_database_is_not_opened_and_not_touched() {
        let temp = TempFolder::new();
        let text = "this is a letter to my grandmother, and no database at all. ".repeat(20);
        std::fs::write(temp.path().join(FILE), &text).unwrap();
        let error = Store::open(temp.path()).await.unwrap_err();
        assert!(matches!(error, StoreError::Open { .. }), "{error:?}");
        assert_eq!(std::fs::read_to_string(temp.path().join(FILE)).unwrap(), text);
    }

    #[tokio::test]
    async fn writes_are_durable_and_references_kept() {
        let (store, _folder) = testing::store().await;
        let read = async |pragma: &'static str| {
            sqlx::query_scalar::<_, i64>(pragma).fetch_one(&store.pool).await.unwrap()
        };
        assert_eq!(read("PRAGMA synchronous").await, 2);
        assert_eq!(read("PRAGMA foreign_keys").await, 1);
        assert_eq!(read("PRAGMA busy_timeout").await, 5000);
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&store.pool).await.unwrap();
        assert_eq!(mode, "wal");
    }
}
