//! A job while it runs: who wants it, how far it is, and the wish to end it.

use std::collections::BTreeSet;

use parking_lot::Mutex;
use shared::{
    JobId, UserId,
    jobs::{Job, JobState, JobStep, JobUpdate, STEPS_MOST, StepState},
};
use tokio::sync::watch;

use super::JobSight;
use crate::store::JobEnd;

/// Characters of a part's name.
const NAME_MOST: usize = 80;
/// Further parts that are counted.
const MORE_MOST: usize = 1000;

/// See the module. It outlives its end for whoever still watches it.
#[derive(Debug)]
pub struct Running {
    id: JobId,
    board: Mutex<Board>,
    revision: watch::Sender<u64>,
    stop: watch::Sender<Option<Stop>>,
}

/// Why a job is to end before it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Somebody wants it to.
    Cancelled(String),
    /// The console stops.
    Console,
}

#[derive(Debug)]
struct Board {
    /// Without its parts.
    job: Job,
    people: Vec<UserId>,
    /// Each with the revision at which it last changed.
    steps: Vec<(u64, JobStep)>,
    /// The names of parts that are not told.
    more: BTreeSet<String>,
    revision: u64,
}

impl Running {
    pub(super) fn new(job: Job, person: UserId) -> Self {
        let id = job.id;
        let board =
            Board { job, people: vec![person], steps: Vec::new(), more: BTreeSet::new(), revision: 0 };
        Self { id, board: Mutex::new(board), revision: watch::Sender::new(0), stop: watch::Sender::new(None) }
    }

    pub(super) fn id(&self) -> JobId {
        self.id
    }

    /// Looks at the job, without its parts.
    pub(super) fn with<R>(&self, look: impl FnOnce(&Job, &[UserId]) -> R) -> R {
        let board = self.board.lock();
        look(&board.job, &board.people)
    }

    /// The whole of it, for whoever sees it.
    pub(super) fn job(&self, sight: JobSight) -> Option<Job> {
        self.after(sight, None).map(|update| update.job)
    }

    /// What changed since the cursor, or the whole without one. `None` for whoever does not see it.
    #[must_use]
    pub fn after(&self, sight: JobSight, cursor: Option<u64>) -> Option<JobUpdate> {
        let board = self.board.lock();
        if !sight.shows(&board.people) {
            return None;
        }
        let known = cursor.filter(|cursor| *cursor <= board.revision);
        let changed = board.steps.iter().filter(|(at, _)| known.is_none_or(|known| *at > known));
        let mut job = board.job.clone();
        job.steps = changed.map(|(_, step)| step.clone()).collect();
        job.more_steps = u32::try_from(board.more.len()).unwrap_or(u32::MAX);
        job.may_cancel = job.state == JobState::Running && sight.may_cancel(&board.people);
        Some(JobUpdate { cursor: board.revision, whole: known.is_none(), job })
    }

    /// Rises with each change.
    #[must_use]
    pub fn revisions(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// Notes how a part stands: what it says is what watchers are told next, however much came between.
    pub(crate) fn step(&self, name: &str, state: StepState, current: u64, total: u64) {
        let name: String = name.chars().take(NAME_MOST).collect();
        self.change(|board, revision| {
            if let Some((at, step)) = board.steps.iter_mut().find(|(_, step)| step.name == name) {
                let now = JobStep { name, state, current, total };
                let changed = *step != now;
                if changed {
                    (*at, *step) = (revision, now);
                }
                return changed;
            }
            if board.steps.len() < STEPS_MOST {
                board.steps.push((revision, JobStep { name, state, current, total }));
                return true;
            }
            board.more.len() < MORE_MOST && board.more.insert(name)
        });
    }

    /// How a part stands.
    pub(crate) fn state_of(&self, name: &str) -> Option<StepState> {
        let board = self.board.lock();
        board.steps.iter().find(|(_, step)| step.name == name).map(|(_, step)| step.state)
    }

    /// Somebody else wants the same.
    pub(super) fn join(&self, person: UserId) {
        self.change(|board, _| {
            let new = !board.people.contains(&person);
            if new {
                board.people.push(person);
            }
            new
        });
    }

    /// Somebody wants it no more. Whether anybody else does; whoever was the last stays with it.
    pub(super) fn leave(&self, person: UserId) -> bool {
        let mut others = false;
        self.change(|board, _| {
            others = board.people.iter().any(|other| *other != person);
            if others {
                board.people.retain(|other| *other != person);
            }
            others
        });
        others
    }

    /// It has ended.
    pub(super) fn end(&self, end: &JobEnd) {
        self.change(|board, _| {
            board.job.state = end.state;
            board.job.ended_at = Some(end.at);
            board.job.result.clone_from(&end.result);
            board.job.failure.clone_from(&end.failure);
            board.job.cancelled_by.clone_from(&end.cancelled_by);
            true
        });
    }

    pub(super) fn stop(&self, why: Stop) {
        self.stop.send_if_modified(|stop| {
            let first = stop.is_none();
            if first {
                *stop = Some(why);
            }
            first
        });
    }

    /// Whether it was told to end.
    pub(super) fn is_stopping(&self) -> bool {
        self.stop.borrow().is_some()
    }

    /// Waits until it is to end.
    pub(super) async fn stopped(&self) -> Stop {
        let mut stop = self.stop.subscribe();
        // The sender lives as long as this does.
        let why = stop.wait_for(Option::is_some).await.ok().and_then(|why| why.clone());
        why.unwrap_or(Stop::Console)
    }

    /// Waits until it has ended.
    pub(super) async fn ended(&self) {
        let mut revisions = self.revisions();
        while self.with(|job, _| job.state == JobState::Running) {
            if revisions.changed().await.is_err() {
                return;
            }
        }
    }

    fn change(&self, change: impl FnOnce(&mut Board, u64) -> bool) {
        let mut board = self.board.lock();
        let revision = board.revision.saturating_add(1);
        if change(&mut board, revision) {
            board.revision = revision;
            drop(board);
            self.revision.send_replace(revision);
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::{UnixMillis, jobs::JobWork};

    use super::*;

    fn running() -> Running {
        let job = Job {
            id: JobId(1),
            environment: "local".parse().unwrap(),
            work: JobWork::PullImage { reference: "nginx".parse().unwrap(), platform: None },
            by: "ann".to_owned(),
            begun_at: UnixMillis(1),
            ended_at: None,
            state: JobState::Running,
            steps: Vec::new(),
            more_steps: 0,
            result: None,
            failure: None,
            cancelled_by: None,
            may_cancel: false,
        };
        Running::new(job, UserId(1))
    }

    fn sight(user: i64) -> JobSight {
        JobSight::for_test(UserId(user), false)
    }

    #[test]
    fn a_watcher_goes_on_where_it_stood() {
        let job = running();
        job.step("a", StepState::Downloading, 1, 9);
        job.step("b", StepState::Waiting, 0, 0);
        let first = job.after(sight(1), None).unwrap();
        assert!(first.whole && first.job.steps.len() == 2 && first.job.may_cancel);
        job.step("a", StepState::Downloading, 2, 9);
        job.step("a", StepState::Downloading, 3, 9);
        let next = job.after(sight(1), Some(first.cursor)).unwrap();
        assert!(!next.whole);
        assert_eq!(next.job.steps.iter().map(|step| step.current).collect::<Vec<_>>(), [3]);
        assert!(job.after(sight(1), Some(next.cursor)).unwrap().job.steps.is_empty());
        // A cursor of another console's run.
        assert!(job.after(sight(1), Some(99)).unwrap().whole);
    }

    #[test]
    fn what_is_told_is_bounded() {
        let job = running();
        for number in 0..STEPS_MOST + 7 {
            let name = format!("{number}{}", "x".repeat(200));
            job.step(&name, StepState::Waiting, 0, 0);
            job.step(&name, StepState::Downloading, 1, 2);
        }
        let seen = job.job(sight(1)).unwrap();
        assert_eq!((seen.steps.len(), seen.more_steps), (STEPS_MOST, 7));
        assert!(seen.steps.iter().all(|step| step.name.len() <= NAME_MOST));
    }

    #[test]
    fn others_do_not_see_it_and_the_last_stays() {
        let job = running();
        assert!(job.job(sight(2)).is_none());
        assert!(job.job(JobSight::for_test(UserId(2), true)).is_some());
        job.join(UserId(2));
        assert!(job.job(sight(2)).is_some_and(|job| job.may_cancel));
        assert!(job.leave(UserId(1)) && job.job(sight(1)).is_none());
        assert!(!job.leave(UserId(2)) && job.job(sight(2)).is_some());
    }
}
