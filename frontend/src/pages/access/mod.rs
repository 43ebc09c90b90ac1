//! Who may do what: one person's grants and what they come to, and the teams and custom roles of the console.
//!
//! Belongs here: showing and changing grants, teams and roles. Does not: the users themselves (`users/`).

mod explained;
mod give;
mod grant_list;
mod people;
pub(super) mod place;
mod role_card;
mod team_card;
mod teams;
pub(super) mod words;

use leptos::prelude::*;
use shared::{
    ApiError, Empty, Permission,
    users::{CustomRole, ListRoles, ListTeams, ListUsers, Team, User},
};

pub(crate) use people::PersonPage;
pub(crate) use teams::TeamsPage;

use crate::{
    api,
    i18n::{t, t_string, use_i18n},
    pages::allowed::ForHolders,
};

/// All that the pages show.
#[derive(Clone, Debug)]
struct Everything {
    users: Vec<User>,
    teams: Vec<Team>,
    roles: Vec<CustomRole>,
}

async fn read_everything() -> Result<Everything, ApiError> {
    Ok(Everything {
        users: api::call(ListUsers {}, Empty {}, ()).await?,
        teams: api::call(ListTeams {}, Empty {}, ()).await?,
        roles: api::call(ListRoles {}, Empty {}, ()).await?,
    })
}

/// Its children, for who may manage users; else why not.
#[component]
fn ForManagers(children: ChildrenFn) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <ForHolders
            needs=Permission::UserManage
            title=t!(i18n, users.title)
            forbidden=t!(i18n, access.forbidden)
            why=|i18n, role| t_string!(i18n, access.forbidden_text, role)
        >
            {children()}
        </ForHolders>
    }
}
