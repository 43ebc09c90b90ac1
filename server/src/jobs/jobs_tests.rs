//! The frame, with work that the tests hold in their hands.

use shared::{Role, UserId};
use tokio::sync::oneshot;

use super::*;
use crate::{
    access::clock::testing::TestClock,
    store::{NewUserRow, testing},
};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

struct Frame {
    jobs: Jobs,
    store: Store,
    audit: Audit,
    people: Vec<Actor>,
    _folder: testing::TempFolder,
}

impl Frame {
    async fn new() -> Self {
        let (store, folder) = testing::store().await;
        let audit = Audit::new(store.clone(), TestClock::new().clock());
        let mut people = Vec::new();
        for name in ["ann", "ben"] {
            let row = NewUserRow { name, password_hash: "hash", ..NewUserRow::default() };
            let mut actor = Actor::for_test(name).holding(Role::Deployer);
            actor.user = store.create_user(&row).await.unwrap().unwrap().id;
            people.push(actor);
        }
        let jobs = Jobs::open(store.clone(), audit.clone()).await.unwrap();
        Self { jobs, store, audit, people, _folder: folder }
    }

    async fn begin<F>(&self, actor: &Actor, image: &str, work: F) -> Result<Job, Error>
    where
        F: Future<Output = Result<Option<String>, JobFailure>> + Send + 'static,
    {
        let work_of = JobWork::PullImage { reference: image.parse().unwrap(), platform: None };
        let new = NewJob { actor, address: HERE, environment: &local(), work: work_of };
        self.jobs.begin(new, |_| work).await
    }

    /// A job that runs until it is told otherwise.
    async fn endless(&self, actor: &Actor, image: &str) -> Result<(Job, oneshot::Receiver<()>), Error> {
        let (held, released) = oneshot::channel();
        let work = async move {
            let _held: oneshot::Sender<()> = held;
            std::future::pending().await
        };
        Ok((self.begin(actor, image, work).await?, released))
    }

    async fn state(&self, actor: &Actor, id: JobId) -> Option<JobState> {
        let sight = JobSight::of(actor, &local());
        match self.jobs.find(&local(), id, sight).await {
            Ok(Found::Running(running)) => Some(running.with(|job, _| job.state)),
            Ok(Found::Recorded(job)) => Some(job.state),
            Err(_hidden) => None,
        }
    }

    async fn ended(&self, id: JobId) {
        let mut revisions = self.jobs.revisions();
        while self.jobs.0.running.lock().contains_key(&id) {
            revisions.changed().await.unwrap();
        }
    }

    async fn audited(&self) -> Vec<String> {
        let rows = self.audit.list(&shared::audit::AuditQuery::default()).await.unwrap().rows;
        rows.into_iter()
            .map(|row| format!("{} {} {:?} {}", row.actor, row.action, row.result, row.detail))
            .collect()
    }
}

fn local() -> EnvironmentId {
    "local".parse().unwrap()
}

#[tokio::test]
async fn it_is_recorded_how_it_ends() {
    let frame = Frame::new().await;
    let ann = &frame.people[0];
    let done = frame.begin(ann, "a", async { Ok(Some("sha256:1".to_owned())) }).await.unwrap();
    frame.ended(done.id).await;
    let failure = JobFailure { kind: FailureKind::NotFound, message: "no such image".to_owned() };
    let failed = frame.begin(ann, "b", async { Err(failure) }).await.unwrap();
    frame.ended(failed.id).await;
    let panicked = frame.begin(ann, "c", async { panic!("on purpose") }).await.unwrap();
    frame.ended(panicked.id).await;
    let jobs = frame.jobs.list(&local(), JobSight::of(ann, &local())).await.unwrap();
    let states: Vec<JobState> = jobs.iter().map(|job| job.state).collect();
    assert_eq!(states, [JobState::Failed, JobState::Failed, JobState::Done]);
    assert_eq!(jobs[2].result.as_deref(), Some("sha256:1"));
    assert_eq!(jobs[1].failure.as_ref().map(|failure| failure.kind), Some(FailureKind::NotFound));
    let audited = frame.audited().await;
    assert_eq!(audited[2], "ann JobEnded Done pull a");
    assert_eq!(audited[1], "ann JobEnded Failed pull b: no such image");
}

#[tokio::test]
async fn two_that_want_the_same_share_one_and_leave_one_by_one() {
    let frame = Frame::new().await;
    let (ann, ben) = (&frame.people[0], &frame.people[1]);
    let (job, mut released) = frame.endless(ann, "nginx").await.unwrap();
    assert_eq!(frame.state(ben, job.id).await, None, "hidden from who did not ask for it");
    assert!(matches!(frame.jobs.cancel(&local(), job.id, ben).await, Err(Error::NotFound(_))));
    let (same, _) = frame.endless(ben, "docker.io/library/nginx:latest").await.unwrap();
    assert_eq!(same.id, job.id);
    // What a token of theirs does not hold it cannot take back.
    let mut narrow = Actor::for_test("ann").holding(Role::Viewer);
    narrow.user = ann.user;
    let refused = frame.jobs.cancel(&local(), job.id, &narrow).await;
    assert!(matches!(refused, Err(Error::Forbidden { needs: Permission::JobManage })), "{refused:?}");
    frame.jobs.cancel(&local(), job.id, ann).await.unwrap();
    assert_eq!(frame.state(ann, job.id).await, None);
    assert_eq!(frame.state(ben, job.id).await, Some(JobState::Running));
    assert!(released.try_recv() == Err(oneshot::error::TryRecvError::Empty), "it goes on");
    let ended = frame.jobs.cancel(&local(), job.id, ben).await.unwrap();
    assert_eq!((ended.state, ended.cancelled_by.as_deref()), (JobState::Cancelled, Some("ben")));
    released.await.unwrap_err();
    frame.ended(job.id).await;
    assert!(matches!(frame.jobs.cancel(&local(), job.id, ben).await, Err(Error::Conflict(_))));
    // The next one that wants it begins anew.
    let (next, _) = frame.endless(ann, "nginx").await.unwrap();
    assert_ne!(next.id, job.id);
}

#[tokio::test]
async fn how_many_run_is_bounded() {
    let frame = Frame::new().await;
    let ann = &frame.people[0];
    let mut held = Vec::new();
    for number in 0..RUNNING_MOST_EACH {
        held.push(frame.endless(ann, &format!("image-{number}")).await.unwrap());
    }
    let refused = frame.endless(ann, "one-more").await.unwrap_err();
    assert!(
        matches!(&refused, Error::Conflict(message) if message.starts_with("4 jobs of yours")),
        "{refused}"
    );
    assert!(frame.endless(&frame.people[1], "another").await.is_ok(), "others still may");
    let mut more = 0;
    let refused = loop {
        let mut actor = Actor::for_test("many").holding(Role::Deployer);
        let name = format!("many-{more}");
        let row = NewUserRow { name: &name, password_hash: "hash", ..NewUserRow::default() };
        actor.user = frame.store.create_user(&row).await.unwrap().unwrap().id;
        match frame.endless(&actor, &format!("more-{more}")).await {
            Ok(one) => held.push(one),
            Err(error) => break error,
        }
        more += 1;
    };
    assert_eq!(frame.jobs.0.running.lock().len(), RUNNING_MOST, "{refused}");
}

#[tokio::test]
async fn the_consoles_end_interrupts_them() {
    let frame = Frame::new().await;
    let ann = &frame.people[0];
    let (job, released) = frame.endless(ann, "a").await.unwrap();
    frame.jobs.stop().await;
    released.await.unwrap_err();
    frame.ended(job.id).await;
    assert_eq!(frame.state(ann, job.id).await, Some(JobState::Interrupted));
    assert!(matches!(frame.endless(ann, "b").await, Err(Error::Busy)));
    // One that was killed leaves its rows as they were.
    let work = JobWork::PullImage { reference: "c".parse().unwrap(), platform: None };
    let row = NewJobRow {
        environment: &local(),
        work: &work,
        user: UserId(ann.user.0),
        by: "ann",
        at: frame.audit.now(),
    };
    let left = frame.store.begin_job(&row).await.unwrap();
    let jobs = Jobs::open(frame.store.clone(), frame.audit.clone()).await.unwrap();
    let found = jobs.find(&local(), left, JobSight::of(ann, &local())).await.unwrap();
    assert!(matches!(found, Found::Recorded(job) if job.state == JobState::Interrupted));
    assert_eq!(frame.audited().await[0], "ann JobEnded Failed the console was stopped");
}
