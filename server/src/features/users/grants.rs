//! Giving and taking grants, one by one.

use shared::{
    Empty,
    users::{GiveGrant, Giving, Grant as Given, ListGrants, NewGrant, Subject, TakeGrant},
};

use super::{people, policy, require_held};
use crate::{
    Error,
    access::{
        grant::Grant,
        owners::{decided, refused},
        policy::Policy,
    },
    app::App,
    http::Api,
    store::{AccessRefusal, GrantsChange, Store},
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
    let give = std::slice::from_ref(&new);
    let change = GrantsChange { take: &[], give, by: &grant.actor().name, at: app.audit.now() };
    let check = |policy: &Policy| people::check_given(&app, policy, grant.actor(), give);
    let change = &change;
    let act = |store: Store, ()| async move { store.change_grants(subject, change).await };
    match decided(&app, check, act).await {
        Err(Error::NotFound(_)) => {
            return Err(Error::invalid("subject", "there is no such user, team or role"));
        }
        outcome => outcome?,
    }
    let policy = policy(&app).await?;
    let given = policy.grants_of(subject).find(|given| given.role == new.role && given.scope == new.scope);
    given.cloned().ok_or_else(|| refused(AccessRefusal::Unknown("grant")))
}

async fn take(app: App, grant: Grant<TakeGrant>, _: Empty, (): ()) -> Result<(), Error> {
    let id = grant.target().grant;
    let check = |policy: &Policy| {
        let taken = policy.grants().iter().find(|given| given.id == id).ok_or(Error::NotFound("grant"))?;
        let was = NewGrant { role: taken.role, scope: taken.scope.clone() };
        grant.note(format!("{} from {}", people::in_words(&was), in_words(taken.subject)));
        require_held(policy, grant.actor(), policy.permissions(taken.role).closed(), &taken.scope)?;
        Ok(taken.subject)
    };
    let act = |store: Store, subject| async move {
        let change = GrantsChange { take: &[id], ..GrantsChange::default() };
        store.change_grants(subject, &change).await
    };
    decided(&app, check, act).await
}

/// A subject for the audit.
fn in_words(subject: Subject) -> String {
    match subject {
        Subject::User(id) => format!("user {id}"),
        Subject::Team(id) => format!("team {id}"),
    }
}
