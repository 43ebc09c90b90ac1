//! Jobs: long operations that outlive the browser's tab. Begun, watched, ended and recorded here.
//!
//! Belongs here: the frame, and the work of each kind (`pull`). Does not: who may begin one, which the grant
//! has decided, and HTTP. How many run is bounded, and so is what each of them tells.

pub mod pull;
mod running;
mod sight;

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use shared::{
    EnvironmentId, JobId, Permission,
    audit::AuditResult,
    jobs::{FailureKind, JOBS_LISTED, Job, JobFailure, JobState, JobWork},
};
use tokio::sync::watch;

pub use running::Running;
use running::Stop;
pub use sight::JobSight;

use crate::{
    Error,
    access::{audit::Audit, session::Actor},
    store::{JobEnd, NewJobRow, Store},
};

/// Jobs that run at once.
const RUNNING_MOST: usize = 16;
/// Jobs of one person that run at once.
const RUNNING_MOST_EACH: usize = 4;
/// How long the console's end waits for its jobs to notice.
const GRACE: Duration = Duration::from_secs(2);
/// What the end of a job is called in the audit.
const ENDED: &str = "JobEnded";

/// All jobs. A handle.
#[derive(Clone)]
pub struct Jobs(Arc<Inner>);

struct Inner {
    store: Store,
    audit: Audit,
    running: Mutex<BTreeMap<JobId, Arc<Running>>>,
    /// Held while one begins, so that two that come to the same are one.
    beginning: tokio::sync::Mutex<()>,
    /// Rises when one begins or ends.
    revision: watch::Sender<u64>,
    stopping: AtomicBool,
}

/// A job to begin.
pub struct NewJob<'a> {
    /// For whom.
    pub actor: &'a Actor,
    /// From where they asked.
    pub address: IpAddr,
    /// Where.
    pub environment: &'a EnvironmentId,
    /// What.
    pub work: JobWork,
}

/// Where a job is found.
pub enum Found {
    /// It runs, or did a moment ago.
    Running(Arc<Running>),
    /// Only its record is left.
    Recorded(Box<Job>),
}

impl Jobs {
    /// The jobs in this database. What another console left running there is interrupted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open(store: Store, audit: Audit) -> Result<Self, Error> {
        let interrupted = store.interrupt_jobs(audit.now()).await?;
        for job in interrupted {
            let target = target(&job.environment, job.id);
            audit.record(&job.by, None, ENDED, &target, AuditResult::Failed, "the console was stopped").await;
        }
        Ok(Self(Arc::new(Inner {
            store,
            audit,
            running: Mutex::default(),
            beginning: tokio::sync::Mutex::default(),
            revision: watch::Sender::new(0),
            stopping: AtomicBool::new(false),
        })))
    }

    /// Begins a job, or joins one that comes to the same. `work` gets it to tell how far it is.
    ///
    /// # Errors
    /// [`Error::Conflict`] when too many run; when it cannot be recorded.
    pub async fn begin<W, F>(&self, new: NewJob<'_>, work: W) -> Result<Job, Error>
    where
        W: FnOnce(Arc<Running>) -> F,
        F: Future<Output = Result<Option<String>, JobFailure>> + Send + 'static,
    {
        let _one_by_one = self.0.beginning.lock().await;
        let sight = JobSight::of(new.actor, new.environment);
        if let Some(same) = self.same(&new) {
            self.0.store.join_job(same.id(), new.actor.user).await?;
            same.join(new.actor.user);
            return same.job(sight).ok_or(Error::NotFound("job"));
        }
        self.admit(new.actor)?;
        let row = NewJobRow {
            environment: new.environment,
            work: &new.work,
            user: new.actor.user,
            by: &new.actor.name,
            at: self.0.audit.now(),
        };
        let id = self.0.store.begin_job(&row).await?;
        let running = Arc::new(Running::new(job(id, &row), new.actor.user));
        self.0.running.lock().insert(id, Arc::clone(&running));
        self.changed();
        let work = work(Arc::clone(&running));
        let (jobs, by, address) = (self.clone(), new.actor.in_audit(), new.address);
        let watched = Arc::clone(&running);
        tokio::spawn(async move { jobs.supervise(&watched, work, &by, address).await });
        running.job(sight).ok_or(Error::NotFound("job"))
    }

    /// The newest jobs that are seen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self, environment: &EnvironmentId, sight: JobSight) -> Result<Vec<Job>, Error> {
        let mut jobs = self.0.store.list_jobs(environment, sight.only(), JOBS_LISTED).await?;
        for job in &mut jobs {
            let running = self.0.running.lock().get(&job.id).cloned();
            if let Some(now) = running.and_then(|running| running.job(sight)) {
                *job = now;
            }
        }
        Ok(jobs)
    }

    /// One job, if it is seen.
    ///
    /// # Errors
    /// [`Error::NotFound`] if unknown or hidden; when the database fails.
    pub async fn find(
        &self,
        environment: &EnvironmentId,
        id: JobId,
        sight: JobSight,
    ) -> Result<Found, Error> {
        let running = self.0.running.lock().get(&id).cloned();
        if let Some(running) = running {
            let seen = running.with(|job, people| job.environment == *environment && sight.shows(people));
            return if seen { Ok(Found::Running(running)) } else { Err(Error::NotFound("job")) };
        }
        let recorded = self.0.store.find_job(environment, sight.only(), id).await?;
        recorded.map(|job| Found::Recorded(Box::new(job))).ok_or(Error::NotFound("job"))
    }

    /// How many that are seen run.
    #[must_use]
    pub fn count(&self, environment: &EnvironmentId, sight: JobSight) -> u32 {
        let running = self.0.running.lock();
        let seen = running.values().filter(|running| {
            running.with(|job, people| job.environment == *environment && sight.shows(people))
        });
        u32::try_from(seen.count()).unwrap_or(u32::MAX)
    }

    /// Rises when one begins or ends.
    #[must_use]
    pub fn revisions(&self) -> watch::Receiver<u64> {
        self.0.revision.subscribe()
    }

    /// Ends a job; one that others want as well goes on without whoever takes their part back.
    ///
    /// # Errors
    /// [`Error::NotFound`] if unknown or hidden, [`Error::Forbidden`] for whoever only sees it,
    /// [`Error::Conflict`] if it has ended.
    pub async fn cancel(&self, environment: &EnvironmentId, id: JobId, actor: &Actor) -> Result<Job, Error> {
        let sight = JobSight::of(actor, environment);
        let Found::Running(running) = self.find(environment, id, sight).await? else {
            return Err(Error::Conflict("the job has ended already".to_owned()));
        };
        if !running.with(|_, people| sight.may_cancel(people)) {
            return Err(Error::Forbidden { needs: Permission::JobManage });
        }
        if !sight.manages() {
            let before = running.job(sight);
            if running.leave(actor.user) {
                self.0.store.leave_job(id, actor.user).await?;
                self.changed();
                return before.ok_or(Error::NotFound("job"));
            }
        }
        running.stop(Stop::Cancelled(actor.name.clone()));
        // Soon: what it waits for is dropped.
        let _late = tokio::time::timeout(GRACE, running.ended()).await;
        running.job(sight).ok_or(Error::NotFound("job"))
    }

    /// Ends all of them, since the console stops.
    pub async fn stop(&self) {
        self.0.stopping.store(true, Ordering::Release);
        let running: Vec<_> = self.0.running.lock().values().cloned().collect();
        for one in &running {
            one.stop(Stop::Console);
        }
        let ended = async {
            for one in &running {
                one.ended().await;
            }
        };
        let _late = tokio::time::timeout(GRACE, ended).await;
    }

    fn same(&self, new: &NewJob<'_>) -> Option<Arc<Running>> {
        let running = self.0.running.lock();
        let same = |one: &&Arc<Running>| {
            !one.is_stopping()
                && one.with(|job, _| {
                    job.environment == *new.environment
                        && job.state == JobState::Running
                        && job.work.same_as(&new.work)
                })
        };
        running.values().find(same).cloned()
    }

    fn admit(&self, actor: &Actor) -> Result<(), Error> {
        if self.0.stopping.load(Ordering::Acquire) {
            return Err(Error::Busy);
        }
        let running = self.0.running.lock();
        let own = running.values().filter(|one| one.with(|_, people| people.contains(&actor.user))).count();
        if own >= RUNNING_MOST_EACH {
            return Err(Error::Conflict(format!(
                "{own} jobs of yours are under way, which is the most; wait for one, or cancel one"
            )));
        }
        if running.len() >= RUNNING_MOST {
            return Err(Error::Conflict(format!(
                "{RUNNING_MOST} jobs are under way, which is the most; wait for one to end"
            )));
        }
        Ok(())
    }

    async fn supervise<F>(&self, running: &Running, work: F, by: &str, address: IpAddr)
    where
        F: Future<Output = Result<Option<String>, JobFailure>> + Send + 'static,
    {
        // In a task of its own: one that panics fails this job and nothing else.
        let mut task = tokio::spawn(work);
        let (state, outcome, cancelled_by) = tokio::select! {
            done = &mut task => match done {
                Ok(Ok(result)) => (JobState::Done, Ok(result), None),
                Ok(Err(failure)) => (JobState::Failed, Err(Some(failure)), None),
                Err(error) => {
                    tracing::error!(job = running.id().0, "a job's task ended by itself: {error}");
                    let message = "the console failed; see its log".to_owned();
                    (JobState::Failed, Err(Some(JobFailure { kind: FailureKind::Other, message })), None)
                }
            },
            stop = running.stopped() => {
                task.abort();
                // What it held is given back before it is said that it has ended.
                let _aborted = task.await;
                match stop {
                    Stop::Cancelled(who) => (JobState::Cancelled, Err(None), Some(who)),
                    Stop::Console => (JobState::Interrupted, Err(None), None),
                }
            }
        };
        let (result, failure) = match outcome {
            Ok(result) => (result, None),
            Err(failure) => (None, failure),
        };
        let end = JobEnd { at: self.0.audit.now(), state, result, failure, cancelled_by };
        self.record(running, &end, by, address).await;
        running.end(&end);
        self.0.running.lock().remove(&running.id());
        self.changed();
    }

    async fn record(&self, running: &Running, end: &JobEnd, by: &str, address: IpAddr) {
        if let Err(error) = self.0.store.end_job(running.id(), end).await {
            let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            tracing::error!(
                job = running.id().0,
                "the end of a job could not be recorded: {error}: {source}"
            );
        }
        let (work, target) = running.with(|job, _| (describe(&job.work), target(&job.environment, job.id)));
        let (result, outcome) = match end.state {
            JobState::Running | JobState::Done => (AuditResult::Done, String::new()),
            JobState::Failed => {
                (AuditResult::Failed, end.failure.as_ref().map(|of| of.message.clone()).unwrap_or_default())
            }
            JobState::Cancelled => {
                (AuditResult::Failed, format!("cancelled by {}", end.cancelled_by.as_deref().unwrap_or("?")))
            }
            JobState::Interrupted => (AuditResult::Failed, "the console was stopped".to_owned()),
        };
        let detail = if outcome.is_empty() { work } else { format!("{work}: {outcome}") };
        self.0.audit.record(by, Some(address), ENDED, &target, result, &detail).await;
    }

    fn changed(&self) {
        self.0.revision.send_modify(|revision| *revision = revision.wrapping_add(1));
    }
}

/// What of the work stands in the audit.
#[must_use]
pub fn describe(work: &JobWork) -> String {
    match work {
        JobWork::PullImage { reference, platform: None } => format!("pull {reference}"),
        JobWork::PullImage { reference, platform: Some(platform) } => {
            format!("pull {reference} for {platform}")
        }
    }
}

fn target(environment: &EnvironmentId, job: JobId) -> String {
    format!("{environment} job {job}")
}

fn job(id: JobId, row: &NewJobRow<'_>) -> Job {
    Job {
        id,
        environment: row.environment.clone(),
        work: row.work.clone(),
        by: row.by.to_owned(),
        begun_at: row.at,
        ended_at: None,
        state: JobState::Running,
        steps: Vec::new(),
        more_steps: 0,
        result: None,
        failure: None,
        cancelled_by: None,
        may_cancel: false,
    }
}

#[cfg(test)]
#[path = "jobs_tests.rs"]
mod tests;
