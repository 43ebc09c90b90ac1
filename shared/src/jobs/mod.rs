//! Jobs: long operations that outlive the browser's tab. What is told of one while it runs and after it.

use serde::{Deserialize, Serialize};

use crate::{
    Empty, EnvironmentId, JobId, Permission, UnixMillis, endpoint,
    images::{ImageReference, Platform},
};

/// What a job does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum JobWork {
    /// `docker pull`
    PullImage {
        /// Which image.
        reference: ImageReference,
        /// Which of its platforms; the engine's own unless told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        platform: Option<Platform>,
    },
}

impl JobWork {
    /// Whether two of them come to the same, so that one job does for both.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        let (Self::PullImage { reference, platform }, Self::PullImage { reference: of, platform: on }) =
            (self, other);
        reference.familiar() == of.familiar() && platform == on
    }
}

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Under way.
    Running,
    /// Done.
    Done,
    /// It failed; why is told.
    Failed,
    /// Somebody ended it.
    Cancelled,
    /// The console was stopped meanwhile.
    Interrupted,
}

impl JobState {
    /// Every state there is.
    pub const ALL: [Self; 5] = [Self::Running, Self::Done, Self::Failed, Self::Cancelled, Self::Interrupted];

    /// The name in the store and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// How one part of a job stands: one layer of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Its turn comes.
    #[default]
    Waiting,
    /// It is fetched.
    Downloading,
    /// It is fetched, and waits or is compared with its digest.
    Downloaded,
    /// It is unpacked.
    Extracting,
    /// It is here.
    Done,
    /// It was here already.
    Here,
}

/// One part of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobStep {
    /// What the engine calls it.
    pub name: String,
    /// How it stands.
    pub state: StepState,
    /// Bytes of it that are done in this state.
    pub current: u64,
    /// Of so many; 0 where that is not known.
    pub total: u64,
}

impl JobStep {
    /// How far it is, from 0 to 1: fetching is the larger half of the work.
    #[must_use]
    pub fn fraction(&self) -> f64 {
        let part = if self.total == 0 { 0.0 } else { (self.current as f64 / self.total as f64).min(1.0) };
        match self.state {
            StepState::Waiting => 0.0,
            StepState::Downloading => 0.7 * part,
            StepState::Downloaded => 0.7,
            StepState::Extracting => 0.7 + 0.3 * part,
            StepState::Done | StepState::Here => 1.0,
        }
    }
}

/// Parts that are told one by one; of the rest, how many there are.
pub const STEPS_MOST: usize = 128;

/// Why a job failed, as far as it makes a difference to what is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The registry has no such image or tag.
    NotFound,
    /// The registry shows it only to whoever is logged in, or has no such image: it does not tell which.
    LoginNeeded,
    /// The registry has answered too often.
    RateLimited,
    /// The image is not made for that platform.
    NoPlatform,
    /// The engine's disk is full.
    DiskFull,
    /// The engine does not get to the registry.
    RegistryUnreachable,
    /// The registry failed, or what it sent broke off or was something else than it had announced.
    RegistryFailed,
    /// The console lost the engine, or the engine said nothing for too long.
    EngineLost,
    /// The engine's own words tell.
    Other,
}

/// Why a job failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobFailure {
    /// Of what kind.
    pub kind: FailureKind,
    /// In the words of whoever noticed.
    pub message: String,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// Where it works.
    pub environment: EnvironmentId,
    /// What it does.
    pub work: JobWork,
    /// Who began it.
    pub by: String,
    /// When it began.
    pub begun_at: UnixMillis,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<UnixMillis>,
    /// How it stands.
    pub state: JobState,
    /// Its parts, while it runs; see [`STEPS_MOST`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<JobStep>,
    /// Parts that are not told.
    #[serde(default)]
    pub more_steps: u32,
    /// What it was done with: the digest of an image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<JobFailure>,
    /// Who ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_by: Option<String>,
    /// Whether whoever reads this may end it.
    pub may_cancel: bool,
}

impl Job {
    /// How far it is, from 0 to 1; nothing where no part is known yet that there is work with.
    #[must_use]
    pub fn fraction(&self) -> Option<f64> {
        if self.state == JobState::Done {
            return Some(1.0);
        }
        let parts = self.steps.iter().filter(|step| step.state != StepState::Here);
        let (sum, count) =
            parts.fold((0.0, 0_u32), |(sum, count), step| (sum + step.fraction(), count.saturating_add(1)));
        (count > 0).then(|| sum / f64::from(count))
    }

    /// Takes in what came after it.
    pub fn apply(&mut self, update: JobUpdate) {
        let JobUpdate { cursor: _, whole, mut job } = update;
        if !whole {
            let mut steps = std::mem::take(&mut self.steps);
            for step in std::mem::take(&mut job.steps) {
                match steps.iter_mut().find(|known| known.name == step.name) {
                    Some(known) => *known = step,
                    None => steps.push(step),
                }
            }
            job.steps = steps;
        }
        *self = job;
    }
}

/// What a topic tells of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobUpdate {
    /// Where to go on after a drop.
    pub cursor: u64,
    /// Whether all parts are in it; otherwise only those that changed.
    pub whole: bool,
    /// The job.
    pub job: Job,
}

/// Jobs that are listed.
pub const JOBS_LISTED: u32 = 50;

endpoint! {
    /// Lists the newest jobs that one may see: one's own, and all for whoever manages jobs there or reads the
    /// audit.
    ListJobs { environment: EnvironmentId }
    Get "/api/v1/environments/{environment}/jobs", query: Empty, body: (), reply: Vec<Job>,
    needs: within Permission::EnvironmentView
}

endpoint! {
    /// Reads one job. 404 if unknown or hidden.
    ReadJob { environment: EnvironmentId, job: JobId }
    Get "/api/v1/environments/{environment}/jobs/{job}", query: Empty, body: (), reply: Job,
    needs: within Permission::EnvironmentView
}

endpoint! {
    /// Ends a job. One that others wait for as well goes on without whoever takes their part back, unless
    /// they manage jobs. 404 if unknown or hidden, 409 if it has ended.
    CancelJob { environment: EnvironmentId, job: JobId }
    Post "/api/v1/environments/{environment}/jobs/{job}/cancel", query: Empty, body: (), reply: Job,
    needs: within Permission::EnvironmentView
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &str, state: StepState, current: u64, total: u64) -> JobStep {
        JobStep { name: name.to_owned(), state, current, total }
    }

    fn job(steps: Vec<JobStep>) -> Job {
        Job {
            id: JobId(1),
            environment: "local".parse().unwrap(),
            work: JobWork::PullImage { reference: "nginx".parse().unwrap(), platform: None },
            by: "ann".to_owned(),
            begun_at: UnixMillis(1),
            ended_at: None,
            state: JobState::Running,
            steps,
            more_steps: 0,
            result: None,
            failure: None,
            cancelled_by: None,
            may_cancel: true,
        }
    }

    #[test]
    fn changed_parts_find_their_place() {
        let mut seen = job(vec![step("a", StepState::Waiting, 0, 0), step("b", StepState::Done, 0, 0)]);
        let changed = vec![step("c", StepState::Here, 0, 0), step("a", StepState::Downloading, 5, 10)];
        seen.apply(JobUpdate { cursor: 2, whole: false, job: job(changed) });
        let names: Vec<&str> = seen.steps.iter().map(|step| step.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(seen.steps[0].current, 5);
        // What was here already is no work.
        assert!((seen.fraction().unwrap() - (0.35 + 1.0) / 2.0).abs() < 1e-9);
        seen.apply(JobUpdate { cursor: 3, whole: true, job: job(Vec::new()) });
        assert_eq!((seen.steps.len(), seen.fraction()), (0, None));
    }

    #[test]
    fn what_comes_to_the_same() {
        let pull = |reference: &str, platform: Option<&str>| JobWork::PullImage {
            reference: reference.parse().unwrap(),
            platform: platform.map(|platform| platform.parse().unwrap()),
        };
        assert!(pull("nginx", None).same_as(&pull("docker.io/library/nginx:latest", None)));
        assert!(!pull("nginx", None).same_as(&pull("nginx", Some("linux/arm64"))));
        for state in JobState::ALL {
            assert_eq!(JobState::parse(state.as_str()), Some(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
