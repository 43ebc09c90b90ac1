//! Giving and taking grants, one by one.

use shared::{
    Empty,
    users::{GiveGrant, Giving, Grant as Given, ListGrants, NewGrant, Subject, TakeGrant},
};

use super::{people, policy, require_held, settle};
use crate::{
    Error,
    access::{grant::Grant, owners::refused},
    app::App,
    http::Api,
    store::{AccessRefusal, GrantsChange},
};

pub(super) fn mount(api: Api) -> Api {
    api.mount::<ListGrants>(list).mount::<GiveGrant>(give).mount::<TakeGrant>(take)
}

async fn list(app: App, _grant: Grant<ListGrants>, _: Empty, (): ()) -> Result<Vec<Given>, Error> {
    Ok(app.store.list_grants().await?)
}

async fn give(app: App, grant: Grant<GiveGrant>, _: Empty, giving: Giving) -> Result<Given, Error> {
    let Giving { subject, role, scope } = giving;
    let new = NewGrant { role, scope };
    grant.note(format!("{} to {}", people::in_words(&new), in_words(subject)));
    people::check_given(grant.actor(), &*policy(&app).await?, std::slice::from_ref(&new))?;
    let change = GrantsChange {
        take: &[],
        give: std::slice::from_ref(&new),
        by: &grant.actor().name,
        at: app.audit.now(),
    };
    let changed = app.store.change_grants(subject, &change).await?;
    if let Err(AccessRefusal::Unknown(_)) = changed {
        return Err(Error::invalid("subject", "there is no such user, team or role"));
    }
    settle(&app, changed)?;
    let policy = policy(&app).await?;
    let given = policy.grants_of(subject).find(|given| given.role == new.role && given.scope == new.scope);
    given.cloned().ok_or_else(|| refused(AccessRefusal::Unknown("grant")))
}

async fn take(app: App, grant: Grant<TakeGrant>, _: Empty, (): ()) -> Result<(), Error> {
    let id = grant.target().grant;
    let policy = policy(&app).await?;
    let taken = policy.grants().iter().find(|given| given.id == id).ok_or(Error::NotFound("grant"))?;
    let was = NewGrant { role: taken.role, scope: taken.scope.clone() };
    grant.note(format!("{} from {}", people::in_words(&was), in_words(taken.subject)));
    require_held(grant.actor(), policy.permissions(taken.role).closed(), &taken.scope)?;
    let change = GrantsChange { take: &[id], ..GrantsChange::default() };
    settle(&app, app.store.change_grants(taken.subject, &change).await?)
}

/// A subject for the audit.
fn in_words(subject: Subject) -> String {
    match subject {
        Subject::User(id) => format!("user {id}"),
        Subject::Team(id) => format!("team {id}"),
    }
}
