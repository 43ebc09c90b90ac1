//! Users, teams, custom roles and grants: who there is, and what each may do.
//!
//! Belongs here: the handlers, a file for each of the four, and what they have in common: nobody hands on or
//! takes away what they do not hold themselves.

mod grants;
mod people;
mod roles;
mod teams;

use std::sync::Arc;

use shared::{Access, Scope, access::PermissionSet, users::is_title};

use crate::{
    Error,
    access::{owners::refused, policy::Policy, session::Actor},
    app::App,
    http::Api,
    store::AccessChange,
};

/// Mounts them.
#[must_use]
pub fn mount(api: Api) -> Api {
    let api = people::mount(api);
    let api = teams::mount(api);
    let api = roles::mount(api);
    grants::mount(api)
}

/// Who holds what, now.
async fn policy(app: &App) -> Result<Arc<Policy>, Error> {
    Ok(app.sessions.policies().now().await?)
}

/// Refuses to give or take at a place what the actor does not hold there.
fn require_held(
    policy: &Policy,
    actor: &Actor,
    permissions: PermissionSet,
    scope: &Scope,
) -> Result<(), Error> {
    let standing = policy.standing_of(actor);
    if standing.access.covers(permissions, scope) {
        return Ok(());
    }
    let held = standing.access.at(scope.target());
    let needs = permissions.iter().find(|permission| !held.contains(*permission));
    Err(needs.map_or(Error::NotFound("scope"), |needs| Error::Forbidden { needs }))
}

/// Refuses to act on somebody who holds more than the actor: a new password would hand it all over.
fn require_all_held(policy: &Policy, actor: &Actor, other: &Access) -> Result<(), Error> {
    other
        .held()
        .iter()
        .try_for_each(|held| require_held(policy, actor, held.permissions.closed(), &held.scope))
}

/// Refuses what is no name of a team or role.
fn check_title(name: &str) -> Result<(), Error> {
    if is_title(name) {
        Ok(())
    } else {
        Err(Error::invalid("name", "a name is 1 to 64 characters, without blanks at its ends"))
    }
}

/// Has what was changed take effect on every open session and stream, or tells why it was not changed.
async fn settle<T>(app: &App, change: AccessChange<T>) -> Result<T, Error> {
    let done = change.map_err(refused)?;
    app.sessions.access_changed().await;
    Ok(done)
}
