//! One console for a data folder. A second one would take the first one's jobs for interrupted, and each would
//! decide on what it remembers without the other's changes. `longshore admin` and `audit` take no lock: they
//! work beside a console, through the database alone.

use std::{
    fs::{File, OpenOptions, TryLockError},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    time::Duration,
};

use tokio::time::{Instant, sleep};

use super::{StoreError, make_folder};

/// The file in the data folder that is locked; empty, and never removed.
const FILE: &str = "longshore.lock";
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// The data folder is this process's until this is dropped or the process ends, however it ends: the kernel
/// keeps the lock (<https://man7.org/linux/man-pages/man2/flock.2.html>).
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the folder, which is made where it is missing. Another console that has it is waited for so long,
    /// since it may be about to end.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if it still has it then; [`StoreError::Folder`] or [`StoreError::Lock`] where there
    /// can be no lock.
    pub async fn take(folder: &Path, patience: Duration) -> Result<Self, StoreError> {
        let cannot = |source| StoreError::Folder { folder: folder.to_owned(), source };
        make_folder(folder).map_err(cannot)?;
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(folder.join(FILE));
        let file = file.map_err(cannot)?;
        let until = Instant::now() + patience;
        let mut told = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::Error(source)) => {
                    return Err(StoreError::Lock { folder: folder.to_owned(), source });
                }
                Err(TryLockError::WouldBlock) if Instant::now() >= until => {
                    return Err(StoreError::InUse { folder: folder.to_owned() });
                }
                Err(TryLockError::WouldBlock) => {
                    if !std::mem::replace(&mut told, true) {
                        tracing::info!(folder = %folder.display(), "waiting for another console to end");
                    }
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::store::testing::TempFolder;

    const NONE: Duration = Duration::ZERO;

    #[tokio::test]
    async fn a_folder_has_one_console_until_that_ends() {
        let temp = TempFolder::new();
        let folder = temp.path().join("new");
        let first = FolderLock::take(&folder, NONE).await.unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join(FILE))), (0o700, 0o600));
        let error = FolderLock::take(&folder, NONE).await.unwrap_err();
        assert!(matches!(error, StoreError::InUse { .. }), "{error:?}");
        assert!(error.to_string().contains(folder.to_str().unwrap()), "{error}");
        // One that stops meanwhile is waited for.
        let next = tokio::spawn(async move { FolderLock::take(&folder, Duration::from_secs(60)).await });
        drop(first);
        next.await.unwrap().unwrap();
    }
}
