//! The users themselves.

use shared::{
    Empty, GrantId, Scope, UserId,
    access::RoleRef,
    users::{
        CreateUser, ExplainAccess, Explained, ListUsers, NewGrant, NewUser, RemoveUser, UpdateUser, User,
        UserChange, explain,
    },
};

use super::{policy, require_all_held, require_held};
use crate::{
    Error,
    access::{
        grant::Grant,
        owners::refused,
        password_rules::{check_new_password, check_user_name},
        policy::Policy,
        session::Actor,
    },
    app::App,
    http::Api,
    store::{AccessRefusal, GrantsChange, NewUserRow, UserUpdate},
};

/// Grants that one request may give: a bound on what is worked through.
const GRANTS_MAX: usize = 256;

pub(super) fn mount(api: Api) -> Api {
    api.mount::<ListUsers>(list)
        .mount::<CreateUser>(create)
        .mount::<UpdateUser>(update)
        .mount::<RemoveUser>(remove)
        .mount::<ExplainAccess>(explain_access)
}

async fn list(app: App, _grant: Grant<ListUsers>, _: Empty, (): ()) -> Result<Vec<User>, Error> {
    Ok(app.store.list_users().await?)
}

async fn create(app: App, grant: Grant<CreateUser>, _: Empty, new: NewUser) -> Result<User, Error> {
    check_user_name(&new.name)?;
    let given = new.grants.iter().map(in_words).collect::<Vec<_>>().join(", ");
    grant.note(if given.is_empty() { new.name.clone() } else { format!("{} as {given}", new.name) });
    check_given(grant.actor(), &*policy(&app).await?, &new.grants)?;
    check_new_password(&new.password, &new.name)?;
    let hash = app.hasher.hash(&new.password).await?;
    let row = NewUserRow {
        name: &new.name,
        password_hash: &hash,
        grants: &new.grants,
        by: &grant.actor().name,
        at: app.audit.now(),
    };
    match app.store.create_user(&row).await? {
        Ok(user) => {
            app.sessions.access_changed();
            Ok(user)
        }
        Err(AccessRefusal::Taken) => {
            Err(Error::Conflict(format!("there is a user named {} already", new.name)))
        }
        Err(why) => Err(refused(why)),
    }
}

async fn update(app: App, grant: Grant<UpdateUser>, _: Empty, change: UserChange) -> Result<User, Error> {
    let id = grant.target().user;
    let name = app.store.user_name(id).await?.ok_or(Error::NotFound("user"))?;
    grant.note(what_changes(&name, &change));
    let policy = policy(&app).await?;
    if change.disabled.is_some() || change.password.is_some() {
        require_all_held(grant.actor(), &policy.standing(id).access)?;
    }
    let (take, give) = match &change.grants {
        Some(wanted) => exchange(grant.actor(), &policy, id, wanted)?,
        None => (Vec::new(), Vec::new()),
    };
    let hash = match &change.password {
        Some(password) => {
            check_new_password(password, &name)?;
            Some(app.hasher.hash(password).await?)
        }
        None => None,
    };
    let update = UserUpdate {
        disabled: change.disabled,
        password_hash: hash.as_deref(),
        // Whoever changes their own password stays signed in where they do it.
        keep: Some(&grant.actor().session),
        grants: GrantsChange { take: &take, give: &give, by: &grant.actor().name, at: app.audit.now() },
    };
    let (user, ended) = app.store.update_user(id, &update).await?.map_err(refused)?;
    app.sessions.user_changed(id, &ended);
    Ok(user)
}

async fn remove(app: App, grant: Grant<RemoveUser>, _: Empty, (): ()) -> Result<(), Error> {
    let id = grant.target().user;
    grant.note(app.store.user_name(id).await?.ok_or(Error::NotFound("user"))?);
    require_all_held(grant.actor(), &policy(&app).await?.standing(id).access)?;
    let ended = app.store.remove_user(id).await?.map_err(refused)?;
    app.sessions.user_changed(id, &ended);
    Ok(())
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
pub(super) fn check_given(giver: &Actor, policy: &Policy, grants: &[NewGrant]) -> Result<(), Error> {
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
        require_held(giver, permissions.closed(), &grant.scope)
    })
}

/// What is to be taken and given so that a user holds what is wanted, each of which the actor must hold.
fn exchange(
    actor: &Actor,
    policy: &Policy,
    user: UserId,
    wanted: &[NewGrant],
) -> Result<(Vec<GrantId>, Vec<NewGrant>), Error> {
    let own: Vec<_> = policy.grants_of(shared::users::Subject::User(user)).collect();
    let is =
        |grant: &shared::users::Grant, new: &NewGrant| grant.role == new.role && grant.scope == new.scope;
    let mut take = Vec::new();
    for grant in own.iter().filter(|grant| !wanted.iter().any(|new| is(grant, new))) {
        require_held(actor, policy.permissions(grant.role).closed(), &grant.scope)?;
        take.push(grant.id);
    }
    let give: Vec<NewGrant> =
        wanted.iter().filter(|new| !own.iter().any(|grant| is(grant, new))).cloned().collect();
    check_given(actor, policy, &give)?;
    Ok((take, give))
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
