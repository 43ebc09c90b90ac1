//! One team: who belongs to it, and what each of them holds by it.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ApiError, Empty, ErrorCode, TeamId, UserId,
    users::{AddMember, CustomRole, NewMember, RemoveMember, RemoveTeam, Subject, Team, User},
};

use super::{give::GiveForm, grant_list::GrantList};
use crate::{
    api,
    components::error_text::error_text,
    i18n::{I18n, t, t_string, use_i18n},
    ui::{
        button::{Button, IconButton, Size, Variant},
        icon::{Icon, IconView},
        toast::{Toasts, use_toasts},
    },
};

/// The card.
#[component]
pub(super) fn TeamCard(
    /// The team.
    team: Team,
    /// All users, for names and choices.
    users: Vec<User>,
    /// The custom roles.
    roles: Vec<CustomRole>,
    /// Told after something was changed.
    changed: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let Team { id, name, members, grants } = team;
    let title = format!("team-{id}");
    let labelled = title.clone();
    let (for_remove, for_label) = (name.clone(), name.clone());
    let remove = move || {
        let name = for_remove.clone();
        spawn_local(async move {
            match api::call(RemoveTeam { team: id }, Empty {}, ()).await {
                Ok(()) => {
                    toasts.success(t_string!(i18n, access.team_removed, name = name));
                    changed();
                }
                Err(error) => failed(i18n, toasts, &error),
            }
        });
    };
    view! {
        <section class="card" aria-labelledby=labelled>
            <div class="card-head">
                <h2 id=title>{name}</h2>
                <span class="push">
                    <IconButton
                        label=move || t_string!(i18n, access.team_remove_of, name = for_label.clone())
                        icon=Icon::Trash
                        size=Size::Small
                        on_press=remove
                    />
                </span>
            </div>
            <GrantList grants roles=roles.clone() changed />
            <GiveForm subject=Subject::Team(id) roles changed />
            <div class="card-head">
                <h3>{t!(i18n, access.members)}</h3>
            </div>
            <Members team=id members users changed />
        </section>
    }
}

#[component]
fn Members(
    team: TeamId,
    members: Vec<UserId>,
    users: Vec<User>,
    changed: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let chosen = RwSignal::new(String::new());
    let add = move || {
        let Ok(user) = chosen.get_untracked().parse().map(UserId) else { return };
        spawn_local(async move {
            match api::call(AddMember { team }, Empty {}, NewMember { user }).await {
                Ok(_) => changed(),
                Err(error) => failed(i18n, toasts, &error),
            }
        });
    };
    let take_out = move |user: UserId| {
        spawn_local(async move {
            match api::call(RemoveMember { team, user }, Empty {}, ()).await {
                Ok(_) => changed(),
                Err(error) => failed(i18n, toasts, &error),
            }
        });
    };
    let (inside, outside): (Vec<_>, Vec<_>) = users.into_iter().partition(|user| members.contains(&user.id));
    let none = inside.is_empty();
    let rows = inside
        .into_iter()
        .map(|user| {
            let (id, name) = (user.id, user.name.clone());
            view! {
                <li>
                    <IconView icon=Icon::User small=true />
                    <p class="row-text">
                        <strong>{user.name}</strong>
                    </p>
                    <span class="row-end">
                        <Button
                            label=t!(i18n, access.member_out)
                            size=Size::Small
                            variant=Variant::Ghost
                            on_press=move || take_out(id)
                            attr:aria-label=move || t_string!(i18n, access.member_out_of, name = name.clone())
                        />
                    </span>
                </li>
            }
        })
        .collect_view();
    let options = outside
        .into_iter()
        .map(|user| view! { <option value=user.id.to_string()>{user.name}</option> })
        .collect_view();
    view! {
        {none.then(|| view! { <p class="card-body muted">{t!(i18n, access.no_members)}</p> })}
        <ul class="row-list">{rows}</ul>
        <div class="card-foot" role="group" aria-label=t!(i18n, access.member_add)>
            <span class="select" data-quiet="">
                <select
                    aria-label=t!(i18n, access.member_choose)
                    prop:value=chosen
                    on:change=move |event| chosen.set(event_target_value(&event))
                >
                    <option value="">{t!(i18n, access.member_choose)}</option>
                    {options}
                </select>
                <IconView icon=Icon::ChevronDown />
            </span>
            <Button
                label=t!(i18n, access.member_add)
                icon=Icon::Plus
                disabled_why=Signal::derive(move || {
                    chosen.with(String::is_empty).then(|| t_string!(i18n, access.member_choose))
                })
                on_press=add
            />
        </div>
    }
}

/// Says why something was not changed; what would leave nobody to administer in the server's own words.
pub(super) fn failed(i18n: I18n, toasts: Toasts, error: &ApiError) {
    let text = match error.code {
        ErrorCode::Conflict => error.message.clone(),
        _ => error_text(i18n, error),
    };
    toasts.failure(text, String::new());
}
