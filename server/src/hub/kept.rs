//! Lists of one environment that only some pages want: images, and the names of volumes and networks. Read when
//! somebody asks for the first time and after an event; every other question is answered from memory.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::{Mutex, watch};

use crate::engine::EngineError;

/// One of them.
pub(super) struct Kept<T> {
    /// The list, and the revision that it shows. Whoever finds it old reads it while the others wait.
    list: Mutex<Option<(u64, Arc<T>)>>,
    revision: AtomicU64,
    changes: watch::Sender<u64>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { list: Mutex::default(), revision: AtomicU64::default(), changes: watch::Sender::default() }
    }
}

impl<T> Kept<T> {
    /// Something in it came, went or got another name; or all of that may have happened unseen.
    pub(super) fn changed(&self) {
        let revision = self.revision.fetch_add(1, Ordering::AcqRel).saturating_add(1);
        self.changes.send_replace(revision);
    }

    /// Rises with each change.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// The list as it is now; where it changed since it was last read, by `read`.
    pub(super) async fn get<F>(&self, read: F) -> Result<Arc<T>, EngineError>
    where
        F: Future<Output = Result<T, EngineError>>,
    {
        let mut kept = self.list.lock().await;
        let revision = self.revision.load(Ordering::Acquire);
        if let Some((of, list)) = kept.as_ref()
            && *of == revision
        {
            return Ok(Arc::clone(list));
        }
        let list = Arc::new(read.await?);
        *kept = Some((revision, Arc::clone(&list)));
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_read_once_until_it_changes_even_while_it_is_read() {
        let kept = Kept::<u32>::default();
        let read = |value| async move { Ok(value) };
        assert_eq!(*kept.get(read(1)).await.unwrap(), 1);
        assert_eq!(*kept.get(read(2)).await.unwrap(), 1);
        kept.changed();
        let late = async {
            kept.changed();
            Ok(3)
        };
        assert_eq!(*kept.get(late).await.unwrap(), 3);
        assert_eq!(*kept.get(read(4)).await.unwrap(), 4, "what happened meanwhile may not be in it");
        assert_eq!(*kept.get(read(5)).await.unwrap(), 4);
        assert_eq!(*kept.changes().borrow(), 2);
    }
}
