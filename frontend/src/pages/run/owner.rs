//! Whose the container is to be: its maker's, or a team's of theirs.

use leptos::prelude::*;

use super::submit::use_submit;
use crate::{
    i18n::{t, use_i18n},
    session::use_session,
    ui::icon::{Icon, IconView},
};

/// The choice, for who has one.
#[component]
pub(super) fn OwnerChoice() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let submit = use_submit();
    let teams = Memo::new(move |_| session.session().map(|session| session.teams).unwrap_or_default());
    // A team that they no longer belong to is no choice.
    Effect::new(move || {
        teams.with(|teams| {
            if submit
                .team
                .with_untracked(|chosen| chosen.is_some_and(|id| teams.iter().all(|team| team.id != id)))
            {
                submit.team.set(None);
            }
        });
    });
    let choose = move |event| {
        let chosen = event_target_value(&event);
        let found = teams
            .with_untracked(|teams| teams.iter().map(|team| team.id).find(|id| id.to_string() == chosen));
        submit.team.set(found);
    };
    view! {
        <Show when=move || teams.with(|teams| !teams.is_empty())>
            <div class="field">
                <label for="run-owner">{t!(i18n, run.owner.label)}</label>
                <span class="select">
                    <select id="run-owner" aria-describedby="run-owner-note" on:change=choose>
                        <option value="" selected=move || submit.team.get().is_none()>
                            {t!(i18n, run.owner.you)}
                        </option>
                        {move || {
                            teams
                                .get()
                                .into_iter()
                                .map(|team| {
                                    let id = team.id;
                                    view! {
                                        <option
                                            value=id.to_string()
                                            selected=move || submit.team.get() == Some(id)
                                        >
                                            {team.name}
                                        </option>
                                    }
                                })
                                .collect_view()
                        }}
                    </select>
                    <IconView icon=Icon::ChevronDown />
                </span>
                <p class="field-hint" id="run-owner-note">
                    {t!(i18n, run.owner.hint)}
                </p>
            </div>
        </Show>
    }
}
