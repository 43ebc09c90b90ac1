//! The users themselves.

use shared::{
    Empty, GrantId, Scope, UserId,
    access::RoleRef,
    users::{
        CreateUser, ExplainAccess, Explained, ListUsers, NewGrant, NewUser, RemoveUser, ResetFactor,
        UpdateUser, User, UserChange, explain,
    },
};

use super::{policy, require_all_held, require_held};
use crate::{
    Error,
    access::{
        factor,
        grant::Grant,
        owners::decided,
        password_rules::{check_new_password, check_user_name},
        policy::Policy,
        session::Actor,
    },
    app::App,
    http::Api,
    store::{GrantsChange, NewUserRow, Store, UserUpdate},
};

/// Grants that one request may give: a bound on what is worked through.
const GRANTS_MAX: usize = 256;

pub(super) fn mount(api: Api) -> Api {
    api.mount::<ListUsers>(list)
        .mount::<CreateUser>(create)
        .mount::<UpdateUser>(update)
        .mount::<RemoveUser>(remove)
        .mount::<ResetFactor>(reset_factor)
        .mount::<ExplainAccess>(explain_access)
}

async fn list(app: App, _grant: Grant<ListUsers>, _: Empty, (): ()) -> Result<Vec<User>, Error> {
    Ok(app.store.list_users().await?)
}

async fn create(app: App, grant: Grant<CreateUser>, _: Empty, new: NewUser) -> Result<User, Error> {
    check_user_name(&new.name)?;
    let given = new.grants.iter().map(in_words).collect::<Vec<_>>().join(", ");
    grant.note(if given.is_empty() { new.name.clone() } else { format!("{} as {given}", new.name) });
    check_new_password(&app.sessions.settings().now().policy, &new.password, &new.name)?;
    let check = |policy: &Policy| check_given(&app, policy, grant.actor(), &new.grants);
    check(&*policy(&app).await?)?;
    let hash = app.hasher.hash(&new.password).await?;
    let row = NewUserRow {
        name: &new.name,
        password_hash: &hash,
        grants: &new.grants,
        by: &grant.actor().name,
        at: app.audit.now(),
    };
    let row = &row;
    decided(&app, check, |store, ()| async move { store.create_user(row).await }).await
}

async fn update(app: App, grant: Grant<UpdateUser>, _: Empty, change: UserChange) -> Result<User, Error> {
    let id = grant.target().user;
    let name = app.store.user_name(id).await?.ok_or(Error::NotFound("user"))?;
    grant.note(what_changes(&name, &change));
    let check = |policy: &Policy| {
        if change.disabled.is_some() || change.password.is_some() {
            require_all_held(policy, grant.actor(), &policy.standing(id).access)?;
        }
        match &change.grants {
            Some(wanted) => exchange(&app, policy, grant.actor(), id, wanted),
            None => Ok(Exchange::default()),
        }
    };
    check(&*policy(&app).await?)?;
    let hash = match &change.password {
        Some(password) => {
            check_new_password(&app.sessions.settings().now().policy, password, &name)?;
            Some(app.hasher.hash(password).await?)
        }
        None => None,
    };
    let (hash, actor, at) = (hash.as_deref(), grant.actor(), app.audit.now());
    let act = |store: Store, exchange: Exchange| async move {
        let update = UserUpdate {
            disabled: change.disabled,
            password_hash: hash,
            // Whoever changes their own password stays signed in where they do it.
            keep: Some(&actor.session),
            grants: GrantsChange { take: &exchange.take, give: &exchange.give, by: &actor.name, at },
        };
        store.update_user(id, &update).await
    };
    let (user, ended) = decided(&app, check, act).await?;
    app.sessions.user_changed(id, &ended);
    Ok(user)
}

async fn remove(app: App, grant: Grant<RemoveUser>, _: Empty, (): ()) -> Result<(), Error> {
    let id = grant.target().user;
    grant.note(app.store.user_name(id).await?.ok_or(Error::NotFound("user"))?);
    let check = |policy: &Policy| require_all_held(policy, grant.actor(), &policy.standing(id).access);
    let ended = decided(&app, check, |store, ()| async move { store.remove_user(id).await }).await?;
    app.sessions.user_changed(id, &ended);
    Ok(())
}

async fn reset_factor(app: App, grant: Grant<ResetFactor>, _: Empty, (): ()) -> Result<User, Error> {
    let id = grant.target().user;
    grant.note(app.store.user_name(id).await?.ok_or(Error::NotFound("user"))?);
    let is_own = id == grant.actor().user;
    let check = |policy: &Policy| {
        let standing = policy.standing(id);
        if is_own && standing.factor_required {
            return Err(factor::required());
        }
        require_all_held(policy, grant.actor(), &standing.access)
    };
    let keep = is_own.then_some(&grant.actor().session);
    let act = |store: Store, ()| async move { store.remove_factor(id, keep).await };
    let ended = decided(&app, check, act).await?.ok_or_else(factor::none)?;
    app.sessions.user_changed(id, &ended);
    app.store.read_user(id).await?.ok_or(Error::NotFound("user"))
}

async fn explain_access(
    app: App,
    grant: Grant<ExplainAccess>,
    _: Empty,
    (): (),
) -> Result<Vec<Explained>, Error> {
    let id = grant.target().user;
    app.store.user_name(id).await?.ok_or(Error::NotFound("user"))?;
    Ok(explain(policy(&app).await?.standing(id).access.held()))
}

/// Refuses grants that the giver does not hold, or that name nothing.
pub(super) fn check_given(
    app: &App,
    policy: &Policy,
    giver: &Actor,
    grants: &[NewGrant],
) -> Result<(), Error> {
    if grants.len() > GRANTS_MAX {
        return Err(Error::invalid("grants", "these are too many grants at once"));
    }
    grants.iter().try_for_each(|grant| {
        let permissions = policy.permissions(grant.role);
        if permissions.is_empty() {
            return Err(Error::invalid("role", "there is no such role"));
        }
        if let Scope::Stack { stack, .. } = &grant.scope
            && !shared::access::is_stack_name(stack)
        {
            return Err(Error::invalid("at", "a stack is named by letters, digits and _.-"));
        }
        if grant.scope.environment().is_some_and(|environment| app.hubs.get(environment).is_none()) {
            return Err(Error::invalid("at", "there is no such environment"));
        }
        require_held(policy, giver, permissions.closed(), &grant.scope)
    })
}

/// What is to be taken and given so that a user holds what is wanted.
#[derive(Default)]
struct Exchange {
    take: Vec<GrantId>,
    give: Vec<NewGrant>,
}

/// Finds it; the actor must hold all that is taken or given.
fn exchange(
    app: &App,
    policy: &Policy,
    actor: &Actor,
    user: UserId,
    wanted: &[NewGrant],
) -> Result<Exchange, Error> {
    let own: Vec<_> = policy.grants_of(shared::users::Subject::User(user)).collect();
    let is =
        |grant: &shared::users::Grant, new: &NewGrant| grant.role == new.role && grant.scope == new.scope;
    let mut take = Vec::new();
    for grant in own.iter().filter(|grant| !wanted.iter().any(|new| is(grant, new))) {
        require_held(policy, actor, policy.permissions(grant.role).closed(), &grant.scope)?;
        take.push(grant.id);
    }
    let give: Vec<NewGrant> =
        wanted.iter().filter(|new| !own.iter().any(|grant| is(grant, new))).cloned().collect();
    check_given(app, policy, actor, &give)?;
    Ok(Exchange { take, give })
}

/// A grant for the audit.
pub(super) fn in_words(grant: &NewGrant) -> String {
    match grant.role {
        RoleRef::Builtin(role) => format!("{} on {}", role.as_str(), grant.scope),
        RoleRef::Custom(role) => format!("role {role} on {}", grant.scope),
    }
}

/// For the audit: whom, and what is changed, never the password itself.
fn what_changes(name: &str, change: &UserChange) -> String {
    let grants = change.grants.as_ref().map(|grants| {
        let all = grants.iter().map(in_words).collect::<Vec<_>>().join(", ");
        if all.is_empty() { "no grants".to_owned() } else { all }
    });
    let parts = [
        Some(name.to_owned()),
        grants,
        change.disabled.map(|disabled| if disabled { "disabled" } else { "enabled" }.to_owned()),
        change.password.as_ref().map(|_| "another password".to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
