//! The teams and the custom roles.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Empty, ErrorCode,
    users::{CreateTeam, TeamNaming, is_title},
};

use super::{Everything, ForManagers, read_everything, role_card::RolesCard, team_card::TeamCard};
use crate::{
    api,
    components::{
        error_text::error_text,
        reading::Reading,
        reading_state::ReadingState,
        shell::{Crumb, use_breadcrumb},
    },
    i18n::{t, t_string, use_i18n},
    paths,
    ui::{
        button::{Button, Variant},
        empty_state::EmptyState,
        field::TextField,
        icon::Icon,
        toast::use_toasts,
    },
};

/// The page.
#[component]
pub(crate) fn TeamsPage() -> impl IntoView {
    let i18n = use_i18n();
    use_breadcrumb(move || {
        vec![
            Crumb { label: t_string!(i18n, access.people), href: Some(paths::users()) },
            Crumb { label: t_string!(i18n, access.teams), href: None },
        ]
    });
    view! {
        <div class="page-header">
            <h1 class="page-title">{t!(i18n, access.teams)}</h1>
        </div>
        <ForManagers>
            <Teams />
        </ForManagers>
    }
}

#[component]
fn Teams() -> impl IntoView {
    let i18n = use_i18n();
    let everything = Reading::<Everything>::new();
    let read = move || everything.start(read_everything());
    read();
    view! {
        <ReadingState reading=everything failed=t!(i18n, access.failed) read around="page-body" />
        {move || {
            let all = everything.value()?;
            let roles = all.roles.clone();
            let none = all.teams.is_empty();
            let cards = all
                .teams
                .into_iter()
                .map(|team| {
                    view! { <TeamCard team users=all.users.clone() roles=all.roles.clone() changed=read /> }
                })
                .collect_view();
            Some(
                view! {
                    <div class="page-body stack">
                        {none
                            .then(|| {
                                view! {
                                    <EmptyState
                                        icon=Icon::Users
                                        title=t!(i18n, access.no_team)
                                        text=t!(i18n, access.no_team_text)
                                    />
                                }
                            })}
                        {cards}
                        <AddTeam changed=read />
                        <RolesCard roles changed=read />
                    </div>
                },
            )
        }}
    }
}

#[component]
fn AddTeam(changed: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let name = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let pending = RwSignal::new(false);
    let add = move || {
        let naming = TeamNaming { name: name.get_untracked().trim().to_owned() };
        if !is_title(&naming.name) {
            problem.set(Some(t_string!(i18n, access.name_bad)));
            return;
        }
        problem.set(None);
        pending.set(true);
        spawn_local(async move {
            match api::call(CreateTeam {}, Empty {}, naming).await {
                Ok(team) => {
                    toasts.success(t_string!(i18n, access.team_added, name = team.name));
                    changed();
                }
                Err(error) if error.code == ErrorCode::Conflict => {
                    let _ = problem.try_set(Some(t_string!(i18n, access.name_taken)));
                }
                Err(error) => toasts.failure(error_text(i18n, &error), String::new()),
            }
            let _ = pending.try_set(false);
        });
    };
    view! {
        <section class="card" aria-labelledby="team-add-title">
            <div class="card-head">
                <h2 id="team-add-title">{t!(i18n, access.team_add)}</h2>
            </div>
            <div class="card-body stack">
                <TextField id="team-name" label=t!(i18n, access.team_name) value=name error=problem />
                <div>
                    <Button
                        label=t!(i18n, access.team_add)
                        icon=Icon::Plus
                        variant=Variant::Primary
                        pending
                        on_press=add
                    />
                </div>
            </div>
        </section>
    }
}
