//! Custom roles. To change one is to give and take wherever it is given.

use shared::{
    Empty, RoleId,
    access::{PermissionSet, RoleRef},
    users::{CreateRole, CustomRole, ListRoles, NewRole, RemoveRole, RoleChange, UpdateRole},
};

use super::{check_title, require_held, settle};
use crate::{
    Error,
    access::{grant::Grant, owners::decided, policy::Policy},
    app::App,
    http::Api,
};

pub(super) fn mount(api: Api) -> Api {
    api.mount::<ListRoles>(list)
        .mount::<CreateRole>(create)
        .mount::<UpdateRole>(update)
        .mount::<RemoveRole>(remove)
}

async fn list(app: App, _grant: Grant<ListRoles>, _: Empty, (): ()) -> Result<Vec<CustomRole>, Error> {
    Ok(app.store.list_roles().await?)
}

async fn create(app: App, grant: Grant<CreateRole>, _: Empty, new: NewRole) -> Result<CustomRole, Error> {
    grant.note(format!("{}: {}", new.name, in_words(new.permissions)));
    check_title(&new.name)?;
    let permissions = check_permissions(new.permissions)?;
    let id = settle(&app, app.store.create_role(&NewRole { permissions, ..new }).await?).await?;
    read(&app, id).await
}

async fn update(
    app: App,
    grant: Grant<UpdateRole>,
    _: Empty,
    change: RoleChange,
) -> Result<CustomRole, Error> {
    let id = grant.target().role;
    let before = read(&app, id).await?;
    let name = change.name.as_ref().map(|name| format!(" to {name}")).unwrap_or_default();
    let what = change.permissions.map(|permissions| format!(": {}", in_words(permissions)));
    grant.note(format!("{}{name}{}", before.name, what.unwrap_or_default()));
    if let Some(name) = &change.name {
        check_title(name)?;
    }
    let permissions = change.permissions.map(check_permissions).transpose()?;
    let change = RoleChange { permissions, ..change };
    let check = |policy: &Policy| {
        let Some(after) = permissions else { return Ok(()) };
        let touched = policy.permissions(RoleRef::Custom(id)).closed().with(after);
        let mut given = policy.grants().iter().filter(|given| given.role == RoleRef::Custom(id));
        given.try_for_each(|given| require_held(policy, grant.actor(), touched, &given.scope))
    };
    let change = &change;
    decided(&app, check, |store, ()| async move { store.update_role(id, change).await }).await?;
    read(&app, id).await
}

async fn remove(app: App, grant: Grant<RemoveRole>, _: Empty, (): ()) -> Result<(), Error> {
    let id = grant.target().role;
    grant.note(read(&app, id).await?.name);
    settle(&app, app.store.remove_role(id).await?).await
}

/// With what they imply, so that the role shows what it gives.
fn check_permissions(permissions: PermissionSet) -> Result<PermissionSet, Error> {
    if permissions.is_empty() {
        return Err(Error::invalid("permissions", "a role gives at least one permission"));
    }
    Ok(permissions.closed())
}

fn in_words(permissions: PermissionSet) -> String {
    permissions.iter().map(shared::Permission::as_str).collect::<Vec<_>>().join(" ")
}

async fn read(app: &App, id: RoleId) -> Result<CustomRole, Error> {
    let found = app.store.list_roles().await?.into_iter().find(|role| role.id == id);
    found.ok_or(Error::NotFound("role"))
}
