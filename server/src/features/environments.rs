//! Environments: answered from the hub's memory, but for the disk's use.

use shared::{
    Empty,
    environments::{DiskUsage, EnvironmentSummary, ListEnvironments, ReadDiskUsage, ReadEnvironment},
};

use crate::{Error, access::grant::Grant, app::App, http::Api, hub};

/// Mounts them.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount::<ListEnvironments>(list).mount::<ReadEnvironment>(read).mount::<ReadDiskUsage>(disk_usage)
}

async fn list(
    app: App,
    grant: Grant<ListEnvironments>,
    _: Empty,
    (): (),
) -> Result<Vec<EnvironmentSummary>, Error> {
    let actor = grant.actor();
    let known = app.hubs.all().into_iter().filter(|hub| actor.access().knows(hub.id()));
    Ok(known.map(|hub| hub.summary(&actor.sight(hub.id()))).collect())
}

async fn read(_: App, grant: Grant<ReadEnvironment>, _: Empty, (): ()) -> Result<EnvironmentSummary, Error> {
    Ok(grant.hub()?.summary(&grant.sight()?))
}

async fn disk_usage(_: App, grant: Grant<ReadDiskUsage>, _: Empty, (): ()) -> Result<DiskUsage, Error> {
    let hub = grant.hub()?;
    let engine = hub.engine()?;
    let now = hub::now();
    hub.disk_usage(now, engine.disk_usage(&grant, now)).await
}
