//! `docker run`: makes a container of what was sent, once it is vetted, and starts it; tells what another one
//! was made of.

mod blame;

use shared::{
    ContainerRef, Empty, Needs, Permission,
    run::{
        CreateContainer, CreateOptions, CreatedContainer, ExistingSpec, Held, NotStarted, ReadHeld,
        ReadRunSpec, RunSpec, blamed,
    },
    users::Subject,
};

use crate::{
    Error,
    access::{
        grant::Grant,
        inside::require_ordinary_volumes,
        owners,
        vet::{Vetted, stack_of, vet, vet_again},
    },
    app::App,
    engine::{Created, Engine, EngineError},
    http::Api,
};

/// Mounts it.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount::<CreateContainer>(create).mount::<ReadRunSpec>(read_spec).mount::<ReadHeld>(read_held)
}

async fn read_held(_: App, grant: Grant<ReadHeld>, _: Empty, (): ()) -> Result<Held, Error> {
    grant.hub()?.held(&grant.sight()?).await
}

async fn read_spec(_: App, grant: Grant<ReadRunSpec>, _: Empty, (): ()) -> Result<ExistingSpec, Error> {
    // It tells what an inspection tells.
    grant.place().permit(grant.actor().access(), Needs::Permission(Permission::ContainerLogs))?;
    let hub = grant.hub()?;
    let sight = grant.sight()?;
    let name_of = |id: &str| {
        let seen = hub.inventory().resolve(&id.parse::<ContainerRef>().ok()?, &sight);
        seen.map(|row| row.name.clone())
    };
    let masked = !grant.also(Permission::ContainerEnvironment);
    Ok(hub.engine()?.read_run_spec(&grant, masked, name_of).await?)
}

async fn create(
    app: App,
    grant: Grant<CreateContainer>,
    options: CreateOptions,
    spec: RunSpec,
) -> Result<CreatedContainer, Error> {
    grant.note(describe(&spec));
    let spec = vet(&grant, spec)?;
    let owner = options.team.map(Subject::Team);
    owners::check_chosen(grant.actor(), owner)?;
    let hub = grant.hub()?;
    let engine = hub.engine()?;
    require_ordinary_volumes(&engine, &grant, &spec).await?;
    vet_again(&app, &grant, &spec).await?;
    let created = engine.create_container(&grant, &spec).await;
    let created = created.map_err(|error| blame::refused(spec.get(), discreet(&grant, error)))?;
    // Before anything else is done with it: whoever may create only in a stack sees it by this record alone.
    let stack = stack_of(spec.get());
    owners::made(&app, grant.actor(), hub.id(), created.id(), owner, stack).await?;
    // From here on the container is there: what fails now is told with it.
    let outcome = bring_up(&app, &grant, &engine, &created, &spec, options).await;
    hub.settle(created.id()).await;
    let id = created.id().clone();
    let name = hub.inventory().get(&id).map(|row| row.name.clone());
    let name = name.or_else(|| spec.get().general.name.clone()).unwrap_or_else(|| id.short().to_owned());
    let not_started = outcome.err().map(|error| NotStarted {
        field: blamed(spec.get(), &error.to_string()).map(|place| place.to_string()),
        message: format!("the container {name} was made, but does not run: {error}"),
    });
    grant.note(match &not_started {
        None => format!("{} as {name} ({})", describe(spec.get()), id.short()),
        Some(failure) => format!("{} as {name} ({}): {}", describe(spec.get()), id.short(), failure.message),
    });
    Ok(CreatedContainer { id, name, warnings: created.into_warnings(), not_started })
}

/// Joins what was made to its networks, and starts it.
async fn bring_up(
    app: &App,
    grant: &Grant<CreateContainer>,
    engine: &Engine,
    created: &Created,
    spec: &Vetted<RunSpec>,
    options: CreateOptions,
) -> Result<(), Error> {
    for network in engine.further_networks(spec) {
        vet_again(app, grant, spec).await?;
        engine.connect_created(grant, created, network).await?;
    }
    if options.start {
        vet_again(app, grant, spec).await?;
        engine.start_created(grant, created).await?;
    }
    Ok(())
}

/// The engine's own words tell which container has a name, and that one may be hidden.
fn discreet(grant: &Grant<CreateContainer>, error: EngineError) -> EngineError {
    match (error, grant.sight()) {
        (EngineError::Conflict { message }, Ok(sight))
            if !sight.is_whole() && message.contains("already in use") =>
        {
            EngineError::Conflict { message: "the name is already in use by container".to_owned() }
        }
        (error, _) => error,
    }
}

/// What of it stands in the audit: image and name, never variables or arguments.
fn describe(spec: &RunSpec) -> String {
    match spec.general.name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => format!("{name} from {}", spec.image),
        None => format!("from {}", spec.image),
    }
}
