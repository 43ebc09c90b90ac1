//! The images of one environment.

use std::sync::Arc;

use shared::images::ImageSummary;
use tokio::sync::watch;

use super::Hub;
use crate::{Error, access::grant::SystemGrant};

impl Hub {
    /// The images, the newest first.
    ///
    /// # Errors
    /// What the engine said.
    pub async fn images(&self) -> Result<Arc<Vec<ImageSummary>>, Error> {
        self.require_connected()?;
        let grant = SystemGrant::new("the hub keeps the images in memory for everybody who may see them");
        let read = async { self.engine()?.list_images(&grant).await };
        Ok(self.images.get(read).await?)
    }

    /// Something was done that changes the images.
    pub fn note_images_changed(&self) {
        self.images.changed();
    }

    /// Rises with each change of the images.
    #[must_use]
    pub fn image_changes(&self) -> watch::Receiver<u64> {
        self.images.changes()
    }
}
