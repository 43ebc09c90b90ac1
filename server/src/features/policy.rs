//! The policy: read, changed, and what other proxies would make of one's own address.

use shared::{
    Empty,
    endpoint::Operation,
    policy::{
        NamedRole, PolicyChange, PolicyReply, ProxiesToTry, ReadPolicy, SecurityPolicy, TriedProxies,
        TryProxies, UpdatePolicy,
    },
};

use crate::{
    Error,
    access::{
        grant::Grant,
        policy::Policy,
        settings::{self, Effective},
    },
    app::App,
    http::Api,
};

/// Mounts it.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount::<ReadPolicy>(read).mount::<UpdatePolicy>(update).mount::<TryProxies>(try_proxies)
}

async fn read(app: App, grant: Grant<ReadPolicy>, _: Empty, (): ()) -> Result<PolicyReply, Error> {
    reply(&app, &grant, &app.sessions.settings().now()).await
}

async fn update(
    app: App,
    grant: Grant<UpdatePolicy>,
    _: Empty,
    change: PolicyChange,
) -> Result<PolicyReply, Error> {
    let (actor, people) = (grant.actor(), app.sessions.policies().now().await?);
    let (before, after) = app
        .store
        .change_policy(|before, with_factor| {
            let after = before.changed(&change);
            settings::check(&after)?;
            check_roles(&people, before, &after)?;
            // They could not even take it back.
            if !with_factor.contains(&actor.user)
                && after.requires_factor(people.standing(actor.user).access.roles())
            {
                return Err(Error::invalid("factor_roles", "set up a second factor of your own first"));
            }
            Ok(after)
        })
        .await?;
    let changes = after.differences(&before).into_iter();
    let changes = changes.map(|(field, was, is)| format!("{field}: {was} → {is}")).collect::<Vec<_>>();
    grant.note(if changes.is_empty() { "as it was".to_owned() } else { changes.join(", ") });
    app.sessions.policy_changed().await;
    reply(&app, &grant, &app.sessions.settings().now()).await
}

/// Refuses custom roles that there are not. One that was there before may have been removed since.
fn check_roles(people: &Policy, before: &SecurityPolicy, after: &SecurityPolicy) -> Result<(), Error> {
    let mut added = after.factor_roles.iter().filter(|role| !before.factor_roles.contains(role));
    match added.find(|role| people.permissions(**role).is_empty()) {
        Some(role) => Err(Error::invalid("factor_roles", format!("{role}: there is no such role"))),
        None => Ok(()),
    }
}

async fn try_proxies(
    app: App,
    grant: Grant<TryProxies>,
    query: ProxiesToTry,
    (): (),
) -> Result<TriedProxies, Error> {
    let texts = query.proxies.split(',').map(str::trim).filter(|text| !text.is_empty());
    let networks = settings::networks("proxies", texts)?;
    Ok(TriedProxies { your_address: app.proxies.client(&networks, grant.hops()).to_string() })
}

async fn reply<O: Operation>(
    app: &App,
    grant: &Grant<O>,
    settings: &Effective,
) -> Result<PolicyReply, Error> {
    let roles = app.store.list_roles().await?;
    Ok(PolicyReply {
        policy: settings.policy.clone(),
        started_with: app.proxies.texts(),
        your_address: app.proxies.client(&settings.proxies, grant.hops()).to_string(),
        roles: roles.into_iter().map(|role| NamedRole { id: role.id, name: role.name }).collect(),
    })
}
