//! Users: who there is, and what each may do.

use shared::{
    Empty,
    users::{CreateUser, ListUsers, NewUser, UpdateUser, User, UserChange},
};

use crate::{
    Error,
    access::{
        grant::Grant,
        password_rules::{check_new_password, check_user_name},
    },
    app::App,
    http::Api,
    store::{NewUserRow, UserUpdate, UserUpdated},
};

/// Mounts them.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount::<ListUsers>(list).mount::<CreateUser>(create).mount::<UpdateUser>(update)
}

async fn list(app: App, _grant: Grant<ListUsers>, _: Empty, (): ()) -> Result<Vec<User>, Error> {
    Ok(app.store.list_users().await?)
}

async fn create(app: App, grant: Grant<CreateUser>, _: Empty, new: NewUser) -> Result<User, Error> {
    check_user_name(&new.name)?;
    grant.note(format!("{} as {}", new.name, new.role.as_str()));
    check_new_password(&new.password, &new.name)?;
    let hash = app.hasher.hash(&new.password).await?;
    let row = NewUserRow { name: &new.name, role: new.role, password_hash: &hash, at: app.audit.now() };
    let made = app.store.create_user(&row).await?;
    made.ok_or_else(|| Error::Conflict(format!("there is a user named {} already", new.name)))
}

async fn update(app: App, grant: Grant<UpdateUser>, _: Empty, change: UserChange) -> Result<User, Error> {
    let id = grant.target().user;
    grant.note(what_changes(&change));
    let hash = match &change.password {
        Some(password) => {
            let name = app.store.user_name(id).await?.ok_or(Error::NotFound("user"))?;
            check_new_password(password, &name)?;
            Some(app.hasher.hash(password).await?)
        }
        None => None,
    };
    let update = UserUpdate {
        role: change.role,
        disabled: change.disabled,
        password_hash: hash.as_deref(),
        // Whoever changes their own password stays signed in where they do it.
        keep: Some(&grant.actor().session),
    };
    match app.store.update_user(id, &update).await? {
        UserUpdated::Done { user, ended } => {
            app.sessions.user_changed(id, &ended);
            Ok(user)
        }
        UserUpdated::Unknown => Err(Error::NotFound("user")),
        UserUpdated::LastAdmin => Err(Error::Conflict(
            "this is the last administrator who can sign in; make another one first".to_owned(),
        )),
    }
}

/// For the audit: what is changed, and never the password itself.
fn what_changes(change: &UserChange) -> String {
    let parts = [
        change.role.map(|role| format!("role {}", role.as_str())),
        change.disabled.map(|disabled| if disabled { "disabled" } else { "enabled" }.to_owned()),
        change.password.as_ref().map(|_| "another password".to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
