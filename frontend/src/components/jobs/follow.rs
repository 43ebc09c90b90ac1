//! One job, followed from where it stands to its end; after a drop of the connection it goes on at its cursor.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ApiError, Empty, EnvironmentId, JobId,
    commands::Outcome,
    jobs::{CancelJob, Job, JobState, JobUpdate},
    live::{Event, Topic},
};

use super::words::failure_words;
use crate::{
    api,
    components::session_commands,
    i18n::{I18n, t_string, use_i18n},
    live::{self, Message},
};

/// See the module. A handle that is freely copied; what follows ends with the scope that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Followed {
    job: RwSignal<Option<Job>>,
    failure: RwSignal<Option<ApiError>>,
    cancelling: RwSignal<bool>,
}

impl Followed {
    /// Follows a job; `known` is what was read of it already.
    pub(crate) fn here(environment: EnvironmentId, id: JobId, known: Option<Job>) -> Self {
        let followed = Self {
            job: RwSignal::new(known),
            failure: RwSignal::new(None),
            cancelling: RwSignal::new(false),
        };
        let i18n = use_i18n();
        let cursor = StoredValue::new(None::<u64>);
        live::subscribe_here(
            move || Topic::Job {
                environment: environment.clone(),
                job: id,
                cursor: cursor.try_get_value().flatten(),
            },
            move |message| match message {
                Message::Event(Event::Job { update }) => {
                    if let Ok(update) = update.open() {
                        cursor.set_value(Some(update.cursor));
                        followed.take(i18n, update);
                    }
                }
                // What was taken back is not told any more.
                Message::Ended(error) => {
                    let runs = followed
                        .job
                        .with_untracked(|job| job.as_ref().is_none_or(|job| job.state == JobState::Running));
                    if runs {
                        followed.failure.set(Some(error));
                    }
                }
                Message::Event(_) | Message::Log(..) => {}
            },
        );
        followed
    }

    fn take(self, i18n: I18n, update: JobUpdate) {
        self.failure.set(None);
        note_end(i18n, &update.job);
        self.job.update(|job| match job {
            Some(job) => job.apply(update),
            None => *job = Some(update.job),
        });
    }

    /// Looks at it; tracked.
    pub(crate) fn with<R>(self, look: impl FnOnce(Option<&Job>) -> R) -> R {
        self.job.with(|job| look(job.as_ref()))
    }

    /// How it stands, once known; tracked.
    pub(crate) fn state(self) -> Option<JobState> {
        self.with(|job| job.map(|job| job.state))
    }

    /// Why it cannot be followed, or could not be ended; tracked.
    pub(crate) fn failure(self) -> Option<ApiError> {
        self.failure.get()
    }

    /// Whether it is being ended.
    pub(crate) fn cancelling(self) -> Signal<bool> {
        self.cancelling.into()
    }

    /// Ends it.
    pub(crate) fn cancel(self) {
        let Some((environment, job)) =
            self.job.with_untracked(|job| job.as_ref().map(|job| (job.environment.clone(), job.id)))
        else {
            return;
        };
        self.cancelling.set(true);
        self.failure.set(None);
        spawn_local(async move {
            let reply = api::call(CancelJob { environment, job }, Empty {}, ()).await;
            // The page may be gone by now.
            if self.cancelling.try_set(false).is_some() {
                return;
            }
            match reply {
                // Of one that others want as well, their part is all that ended.
                Ok(job) if job.state == JobState::Running => self.job.update(|known| {
                    if let Some(known) = known {
                        known.state = JobState::Cancelled;
                    }
                }),
                Ok(job) => self.job.update(|known| {
                    if let Some(known) = known {
                        known.state = job.state;
                        known.cancelled_by = job.cancelled_by;
                        known.ended_at = job.ended_at;
                    }
                }),
                Err(error) => self.failure.set(Some(error)),
            }
        });
    }
}

/// Where it was begun in this tab and has ended, the commands of the session say how.
pub(crate) fn note_end(i18n: I18n, job: &Job) {
    let outcome = untrack(|| match job.state {
        JobState::Running => None,
        JobState::Done => Some(Outcome::Done),
        JobState::Cancelled => Some(Outcome::Failed(t_string!(i18n, commands.cancelled))),
        JobState::Failed | JobState::Interrupted => {
            Some(Outcome::Failed(failure_words(i18n, job).unwrap_or_default()))
        }
    });
    if let Some(outcome) = outcome {
        session_commands::settle(job.id, &outcome);
    }
}
