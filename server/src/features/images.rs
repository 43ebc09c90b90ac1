//! Images: those that are here, what one has, and pulling one as a job.

use std::sync::Arc;

use shared::{
    Empty,
    images::{ImageDetails, ImageQuery, ImageSummary, InspectImage, ListImages, PullImage, PullRequest},
    jobs::{Job, JobWork},
};

use crate::{
    Error,
    access::grant::Grant,
    app::App,
    http::Api,
    jobs::{NewJob, describe, pull::pull},
};

/// Mounts them.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount::<ListImages>(list).mount::<InspectImage>(inspect).mount::<PullImage>(begin)
}

async fn list(_: App, grant: Grant<ListImages>, _: Empty, (): ()) -> Result<Vec<ImageSummary>, Error> {
    Ok(grant.hub()?.images().await?.as_ref().clone())
}

async fn inspect(
    _: App,
    grant: Grant<InspectImage>,
    query: ImageQuery,
    (): (),
) -> Result<ImageDetails, Error> {
    let engine = grant.hub()?.engine()?;
    Ok(engine.inspect_image(&grant, &query.image).await?)
}

async fn begin(app: App, grant: Grant<PullImage>, _: Empty, request: PullRequest) -> Result<Job, Error> {
    let work =
        JobWork::PullImage { reference: request.reference.clone(), platform: request.platform.clone() };
    grant.note(describe(&work));
    let hub = Arc::clone(grant.hub()?);
    hub.require_connected()?;
    let (actor, address) = (grant.actor().clone(), grant.address());
    let environment = grant.target().environment.clone();
    let new = NewJob { actor: &actor, address, environment: &environment, work };
    // The job holds what it was begun under.
    app.jobs.begin(new, |job| pull(grant, hub, request, job)).await
}
