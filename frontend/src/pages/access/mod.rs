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
    ApiError, Empty, Permission, Target,
    users::{CustomRole, ListRoles, ListTeams, ListUsers, Team, User},
};

pub(crate) use people::PersonPage;
pub(crate) use teams::TeamsPage;

use crate::{
    api,
    components::{
        error_text::{error_text, role_name},
        reading::Reading,
    },
    i18n::{t, t_string, use_i18n},
    pages::allowed::Allowed,
    session::use_session,
    ui::{badge::Tone, button::Button, notice::Notice},
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
    let session = use_session();
    let why = move || {
        let role = session.session().and_then(|session| session.role());
        t_string!(i18n, access.forbidden_text, role = role_name(i18n, role))
    };
    view! {
        <Allowed
            when=move || session.may(Permission::UserManage, Target::Console)
            title=t!(i18n, users.title)
            forbidden=t!(i18n, access.forbidden)
            why=why
        >
            {children()}
        </Allowed>
    }
}

/// That reading failed, with another try.
#[component]
fn ReadingFailed(
    everything: Reading<Everything>,
    read: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        everything.failure().map(|error| {
            view! {
                <div class="page-body">
                    <Notice
                        tone=Tone::Danger
                        title=t!(i18n, access.failed)
                        text=move || error_text(i18n, &error)
                    >
                        <Button label=t!(i18n, common.retry) on_press=read pending=everything.pending() />
                    </Notice>
                </div>
            }
        })
    }
}
