//! The words for jobs: what they do, how they stand, why one failed and what is to be done.

use shared::jobs::{FailureKind, Job, JobState, JobWork, StepState};

use crate::{
    i18n::{I18n, t_string},
    ui::{badge::Tone, icon::Icon},
};

/// What it does; tracked.
pub(crate) fn work_word(i18n: I18n, work: &JobWork) -> String {
    match work {
        JobWork::PullImage { reference, platform: None } => {
            t_string!(i18n, jobs.pull, image = reference.to_string())
        }
        JobWork::PullImage { reference, platform: Some(platform) } => {
            t_string!(i18n, jobs.pull_for, image = reference.to_string(), platform = platform.to_string())
        }
    }
}

/// How it stands; tracked.
pub(crate) fn state_word(i18n: I18n, state: JobState) -> String {
    match state {
        JobState::Running => t_string!(i18n, jobs.state.running),
        JobState::Done => t_string!(i18n, jobs.state.done),
        JobState::Failed => t_string!(i18n, jobs.state.failed),
        JobState::Cancelled => t_string!(i18n, jobs.state.cancelled),
        JobState::Interrupted => t_string!(i18n, jobs.state.interrupted),
    }
}

/// The drawing beside that.
pub(crate) fn state_icon(state: JobState) -> Icon {
    match state {
        JobState::Running => Icon::Activity,
        JobState::Done => Icon::Check,
        JobState::Failed => Icon::XCircle,
        JobState::Cancelled => Icon::X,
        JobState::Interrupted => Icon::Warning,
    }
}

/// What that is about.
pub(crate) fn state_tone(state: JobState) -> Tone {
    match state {
        JobState::Running | JobState::Cancelled => Tone::Plain,
        JobState::Done => Tone::Success,
        JobState::Failed => Tone::Danger,
        JobState::Interrupted => Tone::Warning,
    }
}

/// How a layer stands; tracked.
pub(super) fn step_word(i18n: I18n, state: StepState) -> String {
    match state {
        StepState::Waiting => t_string!(i18n, jobs.step.waiting),
        StepState::Downloading => t_string!(i18n, jobs.step.downloading),
        StepState::Downloaded => t_string!(i18n, jobs.step.downloaded),
        StepState::Extracting => t_string!(i18n, jobs.step.extracting),
        StepState::Done => t_string!(i18n, jobs.step.done),
        StepState::Here => t_string!(i18n, jobs.step.here),
    }
}

/// Why a job did not get to its end, if it did not; tracked.
pub(crate) fn failure_words(i18n: I18n, job: &Job) -> Option<String> {
    match job.state {
        JobState::Running | JobState::Done => None,
        JobState::Cancelled => Some(match &job.cancelled_by {
            Some(by) => t_string!(i18n, jobs.cancelled_by, name = by.clone()),
            None => t_string!(i18n, jobs.no_longer_yours),
        }),
        JobState::Interrupted => Some(t_string!(i18n, jobs.interrupted)),
        JobState::Failed => job.failure.as_ref().map(|failure| {
            let JobWork::PullImage { reference, platform } = &job.work;
            let image = reference.to_string();
            let registry = reference.registry().to_owned();
            match failure.kind {
                FailureKind::NotFound => {
                    t_string!(i18n, jobs.failure.not_found, image = image, registry = registry)
                }
                FailureKind::LoginNeeded => {
                    t_string!(i18n, jobs.failure.login_needed, image = image, registry = registry)
                }
                FailureKind::RateLimited => t_string!(i18n, jobs.failure.rate_limited, registry = registry),
                FailureKind::NoPlatform => {
                    let platform = platform.as_ref().map(ToString::to_string).unwrap_or_default();
                    if platform.is_empty() {
                        t_string!(i18n, jobs.failure.not_for_host, image = image)
                    } else {
                        t_string!(i18n, jobs.failure.no_platform, image = image, platform = platform)
                    }
                }
                FailureKind::DiskFull => t_string!(i18n, jobs.failure.disk_full),
                FailureKind::RegistryUnreachable => {
                    t_string!(i18n, jobs.failure.registry_unreachable, registry = registry)
                }
                FailureKind::RegistryFailed => {
                    t_string!(i18n, jobs.failure.registry_failed, registry = registry)
                }
                FailureKind::EngineLost => t_string!(i18n, jobs.failure.engine_lost),
                FailureKind::Other => t_string!(i18n, jobs.failure.other),
            }
        }),
    }
}

/// The words of whoever noticed, beside the console's own; tracked.
pub(crate) fn failure_advice(i18n: I18n, job: &Job) -> Option<String> {
    let failure = job.failure.as_ref()?;
    Some(t_string!(i18n, jobs.failure.said, message = failure.message.clone()))
}
