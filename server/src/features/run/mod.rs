//! `docker run`: makes a container of what was sent, once it is vetted, and starts it.

mod blame;

use shared::run::{CreateContainer, CreateOptions, CreatedContainer, NotStarted, RunSpec};

use crate::{
    Error,
    access::{grant::Grant, vet::vet},
    app::App,
    http::Api,
};

/// Mounts it.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount::<CreateContainer>(create)
}

async fn create(
    _: App,
    grant: Grant<CreateContainer>,
    options: CreateOptions,
    spec: RunSpec,
) -> Result<CreatedContainer, Error> {
    grant.note(describe(&spec));
    let spec = vet(&grant, spec)?;
    let hub = grant.hub()?;
    let engine = hub.engine()?;
    let created =
        engine.create_container(&grant, &spec).await.map_err(|error| blame::refused(spec.get(), error))?;
    // From here on the container is there: what fails now is told with it.
    let mut outcome = engine.connect_created(&grant, &created, &spec).await;
    if options.start && outcome.is_ok() {
        outcome = engine.start_created(&grant, &created).await;
    }
    hub.settle(created.id()).await;
    let id = created.id().clone();
    let name = hub.inventory().get(&id).map(|row| row.name.clone());
    let name = name.or_else(|| spec.get().general.name.clone()).unwrap_or_else(|| id.short().to_owned());
    let not_started = outcome.err().map(|error| NotStarted {
        field: blame::field(spec.get(), &error.to_string()).map(|place| place.to_string()),
        message: format!("the container {name} was made, but does not run: {error}"),
    });
    grant.note(match &not_started {
        None => format!("{} as {name} ({})", describe(spec.get()), id.short()),
        Some(failure) => format!("{} as {name} ({}): {}", describe(spec.get()), id.short(), failure.message),
    });
    Ok(CreatedContainer { id, name, warnings: created.into_warnings(), not_started })
}

/// What of it stands in the audit: image and name, never variables or arguments.
fn describe(spec: &RunSpec) -> String {
    match spec.general.name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => format!("{name} from {}", spec.image),
        None => format!("from {}", spec.image),
    }
}
