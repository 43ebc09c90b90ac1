//! The topics of jobs and of images: told at most ten times a second, whatever happens meanwhile.

use std::time::Duration;

use shared::{
    JobId,
    jobs::{JobState, JobUpdate},
    live::{Enclosed, Event, ServerFrame},
};
use tokio::{sync::watch, time::sleep};

use super::{Gone, Subscription};
use crate::{Error, jobs::Found};

/// Between two updates.
const PAUSE: Duration = Duration::from_millis(100);
/// Between two words that images changed: each costs the browser a list.
const IMAGES_PAUSE: Duration = Duration::from_millis(500);

impl Subscription {
    /// One job: the whole, then what changes, up to its end.
    pub(super) async fn job(&self, id: JobId, mut cursor: Option<u64>) {
        let running = match self.app.jobs.find(self.grant.hub().id(), id, self.jobs).await {
            Ok(Found::Running(running)) => running,
            Ok(Found::Recorded(job)) => {
                let _gone = self.update(JobUpdate { cursor: 0, whole: true, job: *job }).await;
                return;
            }
            Err(error) => return self.ended(&error).await,
        };
        let mut revisions = running.revisions();
        loop {
            revisions.mark_unchanged();
            let Some(update) = running.after(self.jobs, cursor) else {
                return self.ended(&Error::NotFound("job")).await;
            };
            cursor = Some(update.cursor);
            let over = update.job.state != JobState::Running;
            if self.update(update).await.is_err() || over {
                return;
            }
            sleep(PAUSE).await;
            if revisions.changed().await.is_err() {
                return;
            }
        }
    }

    /// How many jobs run, and that one began or ended.
    pub(super) async fn jobs(&self) {
        let revisions = self.app.jobs.revisions();
        self.told(revisions, PAUSE, |revision| {
            let running = self.app.jobs.count(self.grant.hub().id(), self.jobs);
            Event::Jobs { running, revision }
        })
        .await;
    }

    /// That images changed.
    pub(super) async fn images(&self) {
        let revisions = self.grant.hub().image_changes();
        self.told(revisions, IMAGES_PAUSE, |revision| Event::Images { revision }).await;
    }

    async fn told(&self, mut revisions: watch::Receiver<u64>, pause: Duration, event: impl Fn(u64) -> Event) {
        loop {
            let revision = *revisions.borrow_and_update();
            if self.event(event(revision)).await.is_err() {
                return;
            }
            sleep(pause).await;
            if revisions.changed().await.is_err() {
                return;
            }
        }
    }

    async fn update(&self, update: JobUpdate) -> Result<(), Gone> {
        let update = Enclosed::new(&update).map_err(|_error| Gone)?;
        self.event(Event::Job { update }).await
    }

    async fn ended(&self, error: &Error) {
        let _gone = self.send(&ServerFrame::Ended { id: self.id, error: error.to_api() }).await;
    }
}
