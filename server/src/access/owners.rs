//! What the console made, and whose it is.
//!
//! Belongs here: recording a maker as the owner, and handing a thing on. What an owner may do is in
//! [`shared::access::owner_permissions`].

use std::sync::Arc;

use shared::{
    ContainerId, EnvironmentId, Target, access::owner_permissions, containers::Ownership, users::Subject,
};

use super::{grant::SystemGrant, policy::Policy, session::Actor, sight::Sight};
use crate::{
    Error,
    app::App,
    hub::{Changes, Hub},
    store::{AccessChange, AccessRefusal, Owned, Store, StoreError},
};

/// How often a change is decided anew when something else was changed at the same moment.
const TRIES: usize = 8;

/// Records that the console made a container: it belongs to its maker, or to the team of theirs that they
/// chose. `stack` is the stack it was made in, for which the maker's right to create was checked. The
/// container must bear [`shared::access::CREATED_LABEL`]. Takes effect on open streams at once.
///
/// # Errors
/// [`Error::Invalid`] for an owner who is neither the maker nor a team of theirs; when the database fails.
pub async fn made(
    app: &App,
    maker: &Actor,
    environment: &EnvironmentId,
    container: &ContainerId,
    chosen: Option<Subject>,
    stack: Option<&str>,
) -> Result<(), Error> {
    let owner = check_chosen(maker, chosen)?;
    let made = Owned {
        environment: environment.clone(),
        container: container.clone(),
        owner: Some(owner),
        stack: stack.map(str::to_owned),
    };
    app.store.record_made(&made).await?.map_err(refused)?;
    app.sessions.access_changed().await;
    Ok(())
}

/// The owner that a maker chose for what they are about to make: themselves unless told.
///
/// # Errors
/// [`Error::Invalid`] for somebody else, or a team that they do not belong to.
pub fn check_chosen(maker: &Actor, chosen: Option<Subject>) -> Result<Subject, Error> {
    match chosen {
        None => Ok(Subject::User(maker.user)),
        Some(Subject::User(user)) if user == maker.user => Ok(Subject::User(user)),
        Some(Subject::Team(team)) if maker.teams().iter().any(|own| own.id == team) => {
            Ok(Subject::Team(team))
        }
        Some(_) => Err(Error::invalid("owner", "the owner is you or a team of yours")),
    }
}

/// Gives a container to somebody else.
///
/// # Errors
/// [`Error::Forbidden`] for whoever does not hold on it all that an owner does, [`Error::Invalid`] for an
/// unknown user or team; when the database fails.
pub async fn transfer(
    app: &App,
    actor: &Actor,
    target: Target<'_>,
    owner: Option<Subject>,
) -> Result<(), Error> {
    let Target::Container { environment, container, .. } = target else {
        return Err(Error::NotFound("container"));
    };
    let check = |policy: &Policy| {
        let standing = policy.standing_of(actor);
        let held = standing.access.at(target);
        let missing = owner_permissions().iter().find(|permission| !held.contains(*permission));
        missing.map_or(Ok(()), |needs| Err(Error::Forbidden { needs }))
    };
    let act = |store: Store, ()| async move { store.set_owner(environment, container, owner).await };
    match decided(app, check, act).await {
        Err(Error::NotFound(_)) => Err(Error::invalid("owner", "there is no such user or team")),
        outcome => outcome,
    }
}

/// Changes who may do what: checks it against what everybody holds, and acts on exactly that. Where something
/// else was changed in between, it is checked again. Takes effect on every open session and stream at once.
pub(crate) async fn decided<D, T, F>(
    app: &App,
    check: impl Fn(&Policy) -> Result<D, Error>,
    act: impl Fn(Store, D) -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<AccessChange<T>, StoreError>>,
{
    for _ in 0..TRIES {
        let policy = app.sessions.policies().now().await?;
        let checked = check(&policy)?;
        match act(app.store.decided_at(policy.version()), checked).await? {
            Err(AccessRefusal::Stale) => {}
            change => {
                let done = change.map_err(refused)?;
                app.sessions.access_changed().await;
                return Ok(done);
            }
        }
    }
    Err(Error::Busy)
}

/// Forgets the owners of what was removed, for as long as the console runs: by whomever, since engines remove
/// by themselves too. What went while the console did not run stays recorded, which harms nobody: an id is
/// never used twice.
pub fn forget_removed(app: &App) {
    for hub in app.hubs.all() {
        tokio::spawn(follow(app.clone(), hub));
    }
}

async fn follow(app: App, hub: Arc<Hub>) {
    let grant = SystemGrant::new("owners of what was removed are forgotten, whoever removed it");
    let sight = Sight::of_console(&grant);
    let mut revisions = hub.inventory().revisions();
    let mut cursor = hub.inventory().now(&sight);
    while revisions.changed().await.is_ok() {
        match hub.inventory().after(cursor, &sight) {
            Changes::Reset => cursor = hub.inventory().now(&sight),
            Changes::Some { cursor: next, removed, .. } => {
                cursor = next;
                for container in removed {
                    gone(&app, hub.id(), &container).await;
                }
            }
        }
    }
}

async fn gone(app: &App, environment: &EnvironmentId, container: &ContainerId) {
    let known = match app.sessions.policies().now().await {
        Ok(policy) => policy.owned(environment, container).is_some(),
        Err(_unreadable) => false,
    };
    if !known {
        return;
    }
    match app.store.forget_owned(environment, container).await {
        Ok(_) => app.sessions.access_changed().await,
        Err(error) => tracing::warn!(%error, "the owner of a removed container could not be forgotten"),
    }
}

/// Whose a container is, by name.
///
/// # Errors
/// When the database fails.
pub async fn read(
    app: &App,
    policy: &Policy,
    environment: &EnvironmentId,
    container: &ContainerId,
) -> Result<Ownership, Error> {
    let owner = policy.owned(environment, container).and_then(|owned| owned.owner);
    let name = match owner {
        Some(Subject::User(user)) => app.store.user_name(user).await?,
        Some(Subject::Team(team)) => policy.team_name(team),
        None => None,
    };
    Ok(Ownership { owner, name })
}

/// A refused change of grants, teams, roles or owners, in words.
pub(crate) fn refused(why: AccessRefusal) -> Error {
    match why {
        AccessRefusal::LastAdmin => Error::Conflict(
            "this would leave no administrator who can sign in; make another one first".to_owned(),
        ),
        AccessRefusal::Unknown(what) => Error::NotFound(what),
        AccessRefusal::Taken => Error::Conflict("the name is taken, or they have this already".to_owned()),
        AccessRefusal::Stale => Error::Busy,
        AccessRefusal::InUse(grants) => {
            Error::Conflict(format!("{grants} grants give this role; take them back first"))
        }
    }
}
