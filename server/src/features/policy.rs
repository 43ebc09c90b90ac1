//! The policy: read, changed, and what other proxies would make of one's own address.

use shared::{
    Empty,
    endpoint::Operation,
    policy::{PolicyChange, PolicyReply, ProxiesToTry, ReadPolicy, TriedProxies, TryProxies, UpdatePolicy},
};

use crate::{
    Error,
    access::{
        grant::Grant,
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
    Ok(reply(&app, &grant, &app.sessions.settings().now()))
}

async fn update(
    app: App,
    grant: Grant<UpdatePolicy>,
    _: Empty,
    change: PolicyChange,
) -> Result<PolicyReply, Error> {
    let (before, after) = app
        .store
        .change_policy(|before| {
            let after = before.changed(&change);
            settings::check(&after).map(|()| after)
        })
        .await?;
    let changes = after.differences(&before).into_iter();
    let changes = changes.map(|(field, was, is)| format!("{field}: {was} → {is}")).collect::<Vec<_>>();
    grant.note(if changes.is_empty() { "as it was".to_owned() } else { changes.join(", ") });
    app.sessions.policy_changed().await;
    Ok(reply(&app, &grant, &app.sessions.settings().now()))
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

fn reply<O: Operation>(app: &App, grant: &Grant<O>, settings: &Effective) -> PolicyReply {
    PolicyReply {
        policy: settings.policy.clone(),
        started_with: app.proxies.texts(),
        your_address: app.proxies.client(&settings.proxies, grant.hops()).to_string(),
    }
}
