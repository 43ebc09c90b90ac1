//! One person: their grants, their teams, and what it all comes to.

use leptos::prelude::*;
use shared::{
    Empty, UserId,
    tokens::{ListUserTokens, Token},
    users::{ExplainAccess, Explained, Subject, User},
};

use super::{
    Everything, ForManagers, explained::ExplainedList, give::GiveForm, grant_list::GrantList, read_everything,
};
use crate::{
    api,
    components::{
        reading::Reading,
        reading_state::ReadingState,
        shell::{Crumb, use_breadcrumb},
    },
    i18n::{t, t_string, use_i18n},
    pages::token_list::TokenList,
    paths,
    ui::{empty_state::EmptyState, icon::Icon},
};

/// The page.
#[component]
pub(crate) fn PersonPage(
    /// Whom it is about.
    user: UserId,
) -> impl IntoView {
    view! {
        <ForManagers>
            <Person id=user />
        </ForManagers>
    }
}

#[component]
fn Person(id: UserId) -> impl IntoView {
    let i18n = use_i18n();
    let everything = Reading::<Everything>::new();
    let explained = Reading::<Vec<Explained>>::new();
    let read = move || {
        everything.start(read_everything());
        explained.start(api::call(ExplainAccess { user: id }, Empty {}, ()));
    };
    read();
    let user =
        Memo::new(move |_| everything.with(|all| all?.users.iter().find(|user| user.id == id).cloned()));
    let name = move || user.get().map(|user| user.name).unwrap_or_default();
    use_breadcrumb(move || {
        vec![
            Crumb { label: t_string!(i18n, access.people), href: Some(paths::users()) },
            Crumb { label: name(), href: None },
        ]
    });
    let missing = move || everything.with(|all| all.is_some()) && user.with(Option::is_none);
    view! {
        <div class="page-header">
            <h1 class="page-title">{move || t_string!(i18n, access.title, name = name())}</h1>
        </div>
        <ReadingState reading=everything failed=t!(i18n, access.failed) read around="page-body" />
        <Show when=missing>
            <EmptyState icon=Icon::Users title=t!(i18n, access.unknown) text=t!(i18n, access.unknown_text)>
                <a class="button" data-variant="primary" href=paths::users()>
                    {t!(i18n, access.back)}
                </a>
            </EmptyState>
        </Show>
        {move || {
            let user = user.get()?;
            let roles = everything.with(|all| all.map(|all| all.roles.clone())).unwrap_or_default();
            let (subject, grants) = (Subject::User(user.id), user.grants.clone());
            let (for_list, for_form, for_lines) = (roles.clone(), roles.clone(), roles);
            Some(
                view! {
                    <div class="page-body stack">
                        <section class="card" aria-labelledby="grants-title">
                            <div class="card-head">
                                <h2 id="grants-title">{t!(i18n, access.grants)}</h2>
                            </div>
                            <GrantList grants roles=for_list changed=read />
                            <GiveForm subject roles=for_form changed=read />
                        </section>
                        <TeamsOf user />
                        <TokensOf user=id />
                        <section class="card" aria-labelledby="what-title">
                            <div class="card-head">
                                <h2 id="what-title">{t!(i18n, access.what)}</h2>
                            </div>
                            {move || {
                                let (lines, roles) = (explained.value(), for_lines.clone());
                                lines.map(|lines| view! { <ExplainedList lines roles /> })
                            }}
                        </section>
                    </div>
                },
            )
        }}
    }
}

#[component]
fn TokensOf(user: UserId) -> impl IntoView {
    let i18n = use_i18n();
    let tokens = Reading::<Vec<Token>>::new();
    let read = move || tokens.start(api::call(ListUserTokens { user }, Empty {}, ()));
    read();
    view! {
        <section class="card" aria-labelledby="tokens-title">
            <div class="card-head">
                <h2 id="tokens-title">{t!(i18n, account.tokens.title)}</h2>
            </div>
            <TokenList of=Some(user) tokens read />
        </section>
    }
}

#[component]
fn TeamsOf(user: User) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="card" aria-labelledby="teams-title">
            <div class="card-head">
                <h2 id="teams-title">{t!(i18n, access.of_teams)}</h2>
                <a href=paths::teams()>{t!(i18n, access.teams)}</a>
            </div>
            <div class="card-body">
                {if user.teams.is_empty() {
                    view! { <p class="muted">{t!(i18n, access.no_teams)}</p> }.into_any()
                } else {
                    let names = user.teams.into_iter().map(|team| view! { <li class="chip">{team.name}</li> });
                    view! { <ul class="chips">{names.collect_view()}</ul> }.into_any()
                }}
            </div>
        </section>
    }
}
