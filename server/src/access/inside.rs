//! Whoever acts inside a container that reaches the host acts on the host: what a terminal, attaching and
//! starting take, and what mounting somebody's volume does.
//!
//! Asks the engine, once an action is allowed otherwise and only for who holds no host access: its document
//! tells completely what a container reaches, and it may have been made by anybody. Nothing is remembered,
//! since a volume's place and a container's settings can change behind the console.

use shared::{
    Permission, Target,
    endpoint::Operation,
    run::{CreateContainer, Field, MountKind, RunSpec, Volume},
};

use super::{
    grant::Grant,
    own,
    session::Actor,
    vet::{Vetted, stack_of},
};
use crate::{Error, engine::Engine};

/// Refuses whoever may not reach the host where the container does.
///
/// # Errors
/// [`Error::Forbidden`]; when the engine fails.
pub async fn require_inside<O: Operation>(engine: &Engine, grant: &Grant<O>) -> Result<(), Error> {
    require_inside_as(engine, grant, grant.actor()).await
}

/// The same for the actor as they are by now.
///
/// # Errors
/// [`Error::Forbidden`]; when the engine fails.
pub async fn require_inside_as<O: Operation>(
    engine: &Engine,
    grant: &Grant<O>,
    actor: &Actor,
) -> Result<(), Error> {
    if actor.access().holds(Permission::HostAccess, grant.place().target()) {
        return Ok(());
    }
    if engine.host_access(grant, own::container()).await?.is_empty() {
        return Ok(());
    }
    Err(Error::Forbidden { needs: Permission::HostAccess })
}

/// Refuses a spec with named volumes that stand for a place of the host or hold what is the console's own, to
/// who holds no host access where it is created.
///
/// # Errors
/// [`Error::ForbiddenFields`] with all of them; when the engine fails.
pub async fn require_ordinary_volumes(
    engine: &Engine,
    grant: &Grant<CreateContainer>,
    spec: &Vetted<RunSpec>,
) -> Result<(), Error> {
    let spec = spec.get();
    let environment = &grant.target().environment;
    let target = match stack_of(spec) {
        Some(stack) => Target::Stack { environment, stack },
        None => Target::Environment(environment),
    };
    if grant.actor().access().holds(Permission::HostAccess, target) {
        return Ok(());
    }
    let volumes = spec.storage.volumes.iter().enumerate().filter_map(|(index, volume)| match volume {
        Volume::Named { volume, .. } => Some((Field::Volumes.at(index), volume.as_str())),
        Volume::Anonymous { .. } | Volume::Host { .. } => None,
    });
    let mounts = spec.storage.mounts.iter().enumerate().filter_map(|(index, mount)| match &mount.kind {
        MountKind::Volume { source: Some(source), .. } if !source.is_empty() => {
            Some((Field::Mounts.at(index), source.as_str()))
        }
        _ => None,
    });
    let named: Vec<_> = volumes.chain(mounts).collect();
    if named.is_empty() {
        return Ok(());
    }
    let own = engine.volumes_of(grant, own::container()).await?;
    let mut fields = Vec::new();
    for (place, name) in named {
        if own.iter().any(|own| own == name) || !engine.is_ordinary_volume(grant, name).await? {
            fields.push(place.to_string());
        }
    }
    if fields.is_empty() {
        return Ok(());
    }
    Err(Error::ForbiddenFields { needs: Permission::HostAccess, fields })
}
