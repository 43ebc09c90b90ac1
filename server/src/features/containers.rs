//! Containers: the list from memory, the rest by the engine. Each action's reply comes when the list shows
//! its effect.

use shared::{
    Empty, Endpoint,
    containers::{
        ContainerAction, ContainerInspect, ContainerList, InspectContainer, KillContainer, KillOptions,
        ListContainers, NewName, NewOwner, Ownership, PauseContainer, ReadOwner, RemoveContainer,
        RemoveOptions, RenameContainer, RestartContainer, StartContainer, StopContainer, StopOptions,
        TransferOwnership, UnpauseContainer,
    },
};

use crate::{
    Error,
    access::{grant::Grant, inside::require_inside, owners},
    app::App,
    engine::{Engine, EngineError},
    http::{Api, Prepared},
};

/// Mounts them.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount::<ListContainers>(list)
        .mount::<InspectContainer>(inspect)
        .mount::<StartContainer>(start)
        .mount::<StopContainer>(stop)
        .mount::<RestartContainer>(restart)
        .mount::<PauseContainer>(pause)
        .mount::<UnpauseContainer>(unpause)
        .mount::<KillContainer>(kill)
        .mount::<RenameContainer>(rename)
        .mount::<RemoveContainer>(remove)
        .mount::<ReadOwner>(read_owner)
        .mount::<TransferOwnership>(transfer)
}

async fn list(
    _: App,
    grant: Grant<ListContainers>,
    _: Empty,
    (): (),
) -> Result<Prepared<ContainerList>, Error> {
    let hub = grant.hub()?;
    // A list from before the engine was lost is still worth seeing; one that never was is not.
    if !hub.was_reached() {
        hub.require_connected()?;
    }
    Ok(Prepared::new(hub.inventory().prepared(&grant.sight()?)))
}

async fn inspect(
    _: App,
    grant: Grant<InspectContainer>,
    _: Empty,
    (): (),
) -> Result<ContainerInspect, Error> {
    let hub = grant.hub()?;
    let summary = hub.inventory().get(grant.container()?).ok_or(Error::NotFound("container"))?;
    Ok(hub.engine()?.inspect_container(&grant, summary.as_ref().clone()).await?)
}

async fn start(app: App, grant: Grant<StartContainer>, _: Empty, (): ()) -> Result<(), Error> {
    let engine = entered(&app, &grant, ContainerAction::Start).await?;
    settle(&grant, engine.start_container(&grant).await).await
}

async fn stop(app: App, grant: Grant<StopContainer>, options: StopOptions, (): ()) -> Result<(), Error> {
    let engine = ready(&app, &grant, ContainerAction::Stop).await?;
    settle(&grant, engine.stop_container(&grant, options.timeout_seconds).await).await
}

async fn restart(
    app: App,
    grant: Grant<RestartContainer>,
    options: StopOptions,
    (): (),
) -> Result<(), Error> {
    let engine = entered(&app, &grant, ContainerAction::Restart).await?;
    settle(&grant, engine.restart_container(&grant, options.timeout_seconds).await).await
}

async fn pause(app: App, grant: Grant<PauseContainer>, _: Empty, (): ()) -> Result<(), Error> {
    let engine = ready(&app, &grant, ContainerAction::Pause).await?;
    settle(&grant, engine.pause_container(&grant).await).await
}

async fn unpause(app: App, grant: Grant<UnpauseContainer>, _: Empty, (): ()) -> Result<(), Error> {
    let engine = entered(&app, &grant, ContainerAction::Unpause).await?;
    settle(&grant, engine.unpause_container(&grant).await).await
}

async fn kill(app: App, grant: Grant<KillContainer>, options: KillOptions, (): ()) -> Result<(), Error> {
    let signal = options.signal.as_deref();
    if signal.is_some_and(|signal| !is_signal(signal)) {
        return Err(Error::invalid("signal", "a signal is a name such as SIGHUP, or a number"));
    }
    grant.note(signal.unwrap_or("SIGKILL"));
    let engine = ready(&app, &grant, ContainerAction::Kill).await?;
    settle(&grant, engine.kill_container(&grant, signal).await).await
}

async fn rename(app: App, grant: Grant<RenameContainer>, _: Empty, new: NewName) -> Result<(), Error> {
    if new.name.as_str().len() < 2 {
        return Err(Error::invalid("name", "a name has two characters or more"));
    }
    grant.note(format!("to {}", new.name));
    let engine = ready(&app, &grant, ContainerAction::Rename).await?;
    let renamed = engine.rename_container(&grant, &new.name).await;
    // The engine's own words tell which container has the name, and that one may be hidden.
    let renamed = match renamed {
        Err(EngineError::Conflict { .. }) if !grant.sight()?.is_whole() => {
            Err(EngineError::Conflict { message: format!("the name {} cannot be given", new.name) })
        }
        outcome => outcome,
    };
    settle(&grant, renamed).await
}

async fn remove(
    app: App,
    grant: Grant<RemoveContainer>,
    options: RemoveOptions,
    (): (),
) -> Result<(), Error> {
    if options.volumes {
        grant.note("with its anonymous volumes");
    }
    let engine = ready(&app, &grant, ContainerAction::Remove).await?;
    settle(&grant, engine.remove_container(&grant, options).await).await
}

async fn read_owner(app: App, grant: Grant<ReadOwner>, _: Empty, (): ()) -> Result<Ownership, Error> {
    let policy = app.sessions.policies().now().await?;
    owners::read(&app, &policy, grant.hub()?.id(), grant.container()?).await
}

async fn transfer(
    app: App,
    grant: Grant<TransferOwnership>,
    _: Empty,
    new: NewOwner,
) -> Result<Ownership, Error> {
    owners::transfer(&app, grant.actor(), grant.place().target(), new.owner).await?;
    let policy = app.sessions.policies().now().await?;
    let owned = owners::read(&app, &policy, grant.hub()?.id(), grant.container()?).await?;
    grant.note(owned.name.as_ref().map_or_else(|| "to nobody".to_owned(), |name| format!("to {name}")));
    Ok(owned)
}

/// The engine, once the container's state allows the action. What the list says may be a moment old, so a
/// refusal looks again first.
async fn ready<E: Endpoint>(app: &App, grant: &Grant<E>, action: ContainerAction) -> Result<Engine, Error> {
    let hub = grant.hub()?;
    let id = grant.container()?;
    let engine = hub.engine()?;
    let state = || hub.inventory().get(id).map(|container| container.state);
    if state().is_some_and(|state| !action.allowed_in(state)) {
        hub.settle(id).await;
        grant.require_still(app).await?;
    }
    match state() {
        None => Err(Error::NotFound("container")),
        Some(state) if action.allowed_in(state) => Ok(engine),
        Some(state) => Err(Error::Conflict(format!(
            "the container is {}, so it cannot be told to {}",
            state_word(state),
            action.command().replace("rm", "be removed"),
        ))),
    }
}

/// As [`ready`], for what runs the container's own program: it may not reach the host then.
async fn entered<E: Endpoint>(app: &App, grant: &Grant<E>, action: ContainerAction) -> Result<Engine, Error> {
    let engine = ready(app, grant, action).await?;
    require_inside(&engine, grant).await?;
    grant.require_still(app).await?;
    Ok(engine)
}

async fn settle<E: Endpoint>(grant: &Grant<E>, outcome: Result<(), EngineError>) -> Result<(), Error> {
    grant.hub()?.settle(grant.container()?).await;
    Ok(outcome?)
}

fn is_signal(signal: &str) -> bool {
    !signal.is_empty()
        && signal.len() <= 16
        && signal.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'-')
}

fn state_word(state: shared::containers::ContainerState) -> &'static str {
    use shared::containers::ContainerState::{Created, Dead, Exited, Paused, Removing, Restarting, Running};
    match state {
        Created => "created, not started",
        Running => "running",
        Paused => "paused",
        Restarting => "restarting",
        Removing => "being removed",
        Exited => "stopped",
        Dead => "dead",
    }
}
