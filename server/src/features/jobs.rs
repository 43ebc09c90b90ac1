//! Reading and ending jobs. Each feature begins its own.

use shared::{
    Empty,
    jobs::{CancelJob, Job, ListJobs, ReadJob},
};

use crate::{
    Error,
    access::grant::Grant,
    app::App,
    http::Api,
    jobs::{Found, JobSight},
};

/// Mounts them.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount::<ListJobs>(list).mount::<ReadJob>(read).mount::<CancelJob>(cancel)
}

async fn list(app: App, grant: Grant<ListJobs>, _: Empty, (): ()) -> Result<Vec<Job>, Error> {
    let environment = &grant.target().environment;
    app.jobs.list(environment, JobSight::of(grant.actor(), environment)).await
}

async fn read(app: App, grant: Grant<ReadJob>, _: Empty, (): ()) -> Result<Job, Error> {
    let ReadJob { environment, job } = grant.target();
    let sight = JobSight::of(grant.actor(), environment);
    match app.jobs.find(environment, *job, sight).await? {
        Found::Running(running) => {
            running.after(sight, None).map(|update| update.job).ok_or(Error::NotFound("job"))
        }
        Found::Recorded(job) => Ok(*job),
    }
}

async fn cancel(app: App, grant: Grant<CancelJob>, _: Empty, (): ()) -> Result<Job, Error> {
    let CancelJob { environment, job } = grant.target();
    app.jobs.cancel(environment, *job, grant.actor()).await
}
