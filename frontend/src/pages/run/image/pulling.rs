//! The pull of the image that was typed: begun here, or found again among the jobs after a reload; and what is
//! to be done once the image is here.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ApiError, Empty, JobId,
    commands::{AsCommand, Outcome, line, plain},
    images::{ImageReference, Platform, PullImage, PullRequest},
    jobs::{Job, JobState, JobWork, ListJobs},
    run::flags,
};

use super::images::Images;
use crate::{
    api,
    components::{
        containers_store::ContainersStore,
        jobs_news::use_jobs_news,
        reading::Reading,
        session_commands::{note, note_as},
    },
    i18n::{I18n, use_i18n},
    pages::run::form::{Form, use_form},
    paths,
};

/// The place in the address of the image that is pulled, so that a reload finds it again.
const PLACE: &str = "image";

/// See the module. A handle that is freely copied.
#[derive(Clone, Copy)]
pub(in crate::pages::run) struct Pulling {
    i18n: I18n,
    form: Form,
    store: ContainersStore,
    jobs: Reading<Vec<Job>>,
    /// The last one that was begun here.
    begun: RwSignal<Option<(JobId, JobWork)>>,
    /// Whether the container is made once the image is here, and whether it is started then.
    then: RwSignal<Option<bool>>,
    /// Whether the last one did not get to its end.
    fell: RwSignal<bool>,
    pending: RwSignal<bool>,
    /// Why one could not be begun, and of which image.
    failure: RwSignal<Option<(String, ApiError)>>,
    set_place: SignalSetter<Option<String>>,
}

impl Pulling {
    /// For the page.
    pub(in crate::pages::run) fn provide() -> Self {
        let form = use_form();
        let store = ContainersStore::use_store();
        let news = use_jobs_news();
        let (place, set_place) = paths::use_query_param::<String>(PLACE);
        if let Some(image) = place.get_untracked()
            && form.image.with_untracked(String::is_empty)
        {
            form.image.set(image);
        }
        let jobs = Reading::<Vec<Job>>::new();
        Effect::new(move || {
            news.revision();
            let environment = store.environment();
            jobs.start(api::call(ListJobs { environment }, Empty {}, ()));
        });
        let pulling = Self {
            i18n: use_i18n(),
            form,
            store,
            jobs,
            begun: RwSignal::new(None),
            then: RwSignal::new(None),
            fell: RwSignal::new(false),
            pending: RwSignal::new(false),
            failure: RwSignal::new(None),
            set_place,
        };
        provide_context(pulling);
        pulling
    }

    /// What would be pulled of this image; tracked.
    pub(super) fn work(self, reference: &ImageReference) -> JobWork {
        JobWork::PullImage { reference: reference.clone(), platform: self.platform() }
    }

    /// The platform that the form has; tracked.
    fn platform(self) -> Option<Platform> {
        let rows = flags::by_long("platform").map(|flag| self.form.rows(flag))?;
        rows.with(|rows| rows.first().and_then(|row| row.text.get()))
            .and_then(|text| text.trim().parse().ok())
    }

    /// The job that pulls this image: the one that was begun here, or else one that is under way; tracked.
    pub(super) fn job(self, work: &JobWork) -> Option<JobId> {
        let begun =
            self.begun.with(|begun| begun.as_ref().filter(|(_, of)| of.same_as(work)).map(|(id, _)| *id));
        begun.or_else(|| {
            self.jobs.with(|jobs| {
                let running = |job: &&Job| job.state == JobState::Running && job.work.same_as(work);
                jobs?.iter().find(running).map(|job| job.id)
            })
        })
    }

    /// Begins to pull.
    pub(super) fn begin(self, reference: ImageReference) {
        if self.pending.get_untracked() {
            return;
        }
        self.pending.set(true);
        self.failure.set(None);
        self.fell.set(false);
        self.set_place.set(Some(reference.to_string()));
        let work = untrack(|| self.work(&reference));
        let image = reference.to_string();
        let request = PullRequest { reference, platform: untrack(|| self.platform()) };
        let environment = self.store.environment_untracked();
        let i18n = self.i18n;
        spawn_local(async move {
            let pull = PullImage { environment: environment.clone() };
            let words = plain(pull.command(&Empty {}, &request));
            let reply = api::call(pull, Empty {}, request).await;
            match &reply {
                Ok(job) => note_as(environment, words, Outcome::Begun(job.id)),
                Err(error) => note(i18n, environment, words, Some(error)),
            }
            // The page may be gone by now.
            if self.pending.try_set(false).is_some() {
                return;
            }
            match reply {
                Ok(job) => self.begun.set(Some((job.id, work))),
                Err(error) => {
                    self.then.set(None);
                    self.failure.set(Some((image, error)));
                }
            }
        });
    }

    /// Pulls, and makes the container once the image is here.
    pub(in crate::pages::run) fn begin_then(self, reference: ImageReference, start: bool) {
        self.then.set(Some(start));
        let work = untrack(|| self.work(&reference));
        match untrack(|| self.job(&work).filter(|id| self.runs(*id))) {
            // Kept in mind: the list of jobs, where it was found, may tell of its end before the job does.
            Some(id) => self.begun.set(Some((id, work))),
            None => self.begin(reference),
        }
    }

    fn runs(self, id: JobId) -> bool {
        self.jobs.with(|jobs| {
            jobs.is_some_and(|jobs| jobs.iter().any(|job| job.id == id && job.state == JobState::Running))
        })
    }

    /// Whether the container is made once the image is here; tracked.
    pub(in crate::pages::run) fn waits(self) -> bool {
        self.then.with(Option::is_some)
    }

    /// Whether there is something to be said of a pull, though the image may be here; tracked.
    pub(super) fn is_told(self) -> bool {
        self.waits() || self.fell.get()
    }

    /// The pull has ended: whether the container is to be made now, and whether to be started.
    pub(super) fn ended(self, done: bool) -> Option<bool> {
        self.fell.set(!done);
        let then = self.then.get_untracked();
        if then.is_some() {
            self.then.set(None);
        }
        then.filter(|_| done)
    }

    /// Whether it is being begun.
    pub(super) fn pending(self) -> Signal<bool> {
        self.pending.into()
    }

    /// Why that of the image that is typed could not be begun; tracked.
    pub(super) fn failure(self) -> Option<ApiError> {
        let (image, error) = self.failure.get()?;
        self.form.image.with(|typed| typed.trim() == image).then_some(error)
    }

    /// The command that it amounts to; tracked.
    pub(super) fn command(self, reference: &ImageReference) -> String {
        let request = PullRequest { reference: reference.clone(), platform: self.platform() };
        let pull = PullImage { environment: self.store.environment() };
        line(&pull.command(&Empty {}, &request))
    }

    /// What has to be pulled before the form's container can be made: an image that is not here, unless the
    /// form says that none is to be pulled; or any, if it says so.
    pub(in crate::pages::run) fn needed(self, images: Images) -> Option<ImageReference> {
        use shared::run::PullPolicy;
        let (policy, image) = self
            .form
            .reading
            .with_untracked(|reading| (reading.spec.general.pull, reading.spec.image.clone()));
        match policy {
            Some(PullPolicy::Never) => None,
            Some(PullPolicy::Always) => image.parse().ok(),
            Some(PullPolicy::Missing) | None => images.missing_untracked(),
        }
    }
}

/// The pull of the page.
pub(in crate::pages::run) fn use_pulling() -> Pulling {
    use_context::<Pulling>().unwrap_or_else(Pulling::provide)
}
