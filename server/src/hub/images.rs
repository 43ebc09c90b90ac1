//! The images of one environment. Read when somebody asks for the first time and after an event; every other
//! question is answered from memory.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use shared::images::ImageSummary;
use tokio::sync::{Mutex, watch};

use super::Hub;
use crate::{Error, access::grant::SystemGrant};

/// See the module.
#[derive(Default)]
pub(super) struct Images {
    /// The list, and the revision that it shows. Whoever finds it old reads it while the others wait.
    kept: Mutex<Option<(u64, Arc<Vec<ImageSummary>>)>>,
    revision: AtomicU64,
    changes: watch::Sender<u64>,
}

impl Images {
    /// An image came, went or got another name; or all of that may have happened unseen.
    pub(super) fn changed(&self) {
        let revision = self.revision.fetch_add(1, Ordering::AcqRel).saturating_add(1);
        self.changes.send_replace(revision);
    }
}

impl Hub {
    /// The images, the newest first.
    ///
    /// # Errors
    /// What the engine said.
    pub async fn images(&self) -> Result<Arc<Vec<ImageSummary>>, Error> {
        self.require_connected()?;
        let mut kept = self.images.kept.lock().await;
        let revision = self.images.revision.load(Ordering::Acquire);
        if let Some((of, list)) = kept.as_ref()
            && *of == revision
        {
            return Ok(Arc::clone(list));
        }
        let grant = SystemGrant::new("the hub keeps the images in memory for everybody who may see them");
        let list = Arc::new(self.engine()?.list_images(&grant).await?);
        *kept = Some((revision, Arc::clone(&list)));
        Ok(list)
    }

    /// Something was done that changes the images.
    pub fn note_images_changed(&self) {
        self.images.changed();
    }

    /// Rises with each change of the images.
    #[must_use]
    pub fn image_changes(&self) -> watch::Receiver<u64> {
        self.images.changes.subscribe()
    }
}
