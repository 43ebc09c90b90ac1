//! Teams and their members. To take somebody into a team is to give them what it holds.

use shared::{
    Empty, TeamId,
    users::{
        AddMember, CreateTeam, ListTeams, NewMember, RemoveMember, RemoveTeam, Team, TeamNaming, UpdateTeam,
    },
};

use super::{check_title, require_all_held, settle};
use crate::{
    Error,
    access::{grant::Grant, owners::decided, policy::Policy},
    app::App,
    http::Api,
};

pub(super) fn mount(api: Api) -> Api {
    api.mount::<ListTeams>(list)
        .mount::<CreateTeam>(create)
        .mount::<UpdateTeam>(rename)
        .mount::<RemoveTeam>(remove)
        .mount::<AddMember>(add_member)
        .mount::<RemoveMember>(remove_member)
}

async fn list(app: App, _grant: Grant<ListTeams>, _: Empty, (): ()) -> Result<Vec<Team>, Error> {
    Ok(app.store.list_teams().await?)
}

async fn create(app: App, grant: Grant<CreateTeam>, _: Empty, new: TeamNaming) -> Result<Team, Error> {
    grant.note(&new.name);
    check_title(&new.name)?;
    let id = settle(&app, app.store.create_team(&new.name).await?).await?;
    read(&app, id).await
}

async fn rename(app: App, grant: Grant<UpdateTeam>, _: Empty, new: TeamNaming) -> Result<Team, Error> {
    let id = grant.target().team;
    grant.note(format!("to {}", new.name));
    check_title(&new.name)?;
    settle(&app, app.store.rename_team(id, &new.name).await?).await?;
    read(&app, id).await
}

async fn remove(app: App, grant: Grant<RemoveTeam>, _: Empty, (): ()) -> Result<(), Error> {
    let id = grant.target().team;
    grant.note(read(&app, id).await?.name);
    let check = |policy: &Policy| require_all_held(policy, grant.actor(), &policy.of_team(id));
    decided(&app, check, |store, ()| async move { store.remove_team(id).await }).await
}

async fn add_member(app: App, grant: Grant<AddMember>, _: Empty, new: NewMember) -> Result<Team, Error> {
    let id = grant.target().team;
    let team = read(&app, id).await?;
    let name = app.store.user_name(new.user).await?;
    let name = name.ok_or_else(|| Error::invalid("user", "there is no such user"))?;
    grant.note(format!("{name} into {}", team.name));
    let check = |policy: &Policy| require_all_held(policy, grant.actor(), &policy.of_team(id));
    decided(&app, check, |store, ()| async move { store.add_member(id, new.user).await }).await?;
    read(&app, id).await
}

async fn remove_member(app: App, grant: Grant<RemoveMember>, _: Empty, (): ()) -> Result<Team, Error> {
    let RemoveMember { team: id, user } = *grant.target();
    let team = read(&app, id).await?;
    let name = app.store.user_name(user).await?.ok_or(Error::NotFound("user"))?;
    grant.note(format!("{name} out of {}", team.name));
    let check = |policy: &Policy| require_all_held(policy, grant.actor(), &policy.of_team(id));
    decided(&app, check, |store, ()| async move { store.remove_member(id, user).await }).await?;
    read(&app, id).await
}

async fn read(app: &App, id: TeamId) -> Result<Team, Error> {
    app.store.read_team(id).await?.ok_or(Error::NotFound("team"))
}
