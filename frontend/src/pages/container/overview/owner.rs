//! Whose the container is, and giving it to somebody else.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ApiError, ContainerId, ContainerRef, Empty, Permission, Target,
    access::owner_permissions,
    containers::{NewOwner, Ownership, ReadOwner, TransferOwnership},
    users::{ListTeams, ListUsers, Subject as Party, Team, User},
};

use super::{
    super::{
        parts::Facts,
        subject::{Standing, Subject},
    },
    cards::FactCard,
};
use crate::{
    api,
    components::{error_text::error_text, reading::Reading, reading_state::ReadingState},
    i18n::{I18n, t, t_string, use_i18n},
    session::{SessionContext, use_session},
    ui::{
        badge::Tone,
        button::{Button, Size},
        form_dialog::FormDialog,
        icon::{Icon, IconView},
        notice::Notice,
        toast::use_toasts,
    },
};

/// The card.
#[component]
pub(super) fn OwnerCard(subject: Subject) -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let owner = Reading::<Ownership>::new();
    let id = Memo::new(move |_| subject.id().filter(|_| subject.standing.get() == Standing::Here));
    let read = move || {
        if let Some(container) = id.get_untracked() {
            let environment = subject.environment.get_untracked();
            owner.start(api::call(ReadOwner { environment, container: (&container).into() }, Empty {}, ()));
        }
    };
    Effect::new(move || {
        if id.with(Option::is_some) {
            read();
        }
    });
    let changes = RwSignal::new(None::<(ContainerId, Ownership)>);
    let why_not =
        move || owner_permissions().iter().find_map(|permission| subject.why_not(i18n, session, permission));
    let change = move || {
        let known = owner.with(|owner| owner.cloned());
        changes.set(id.get_untracked().zip(known));
    };
    let facts = move || {
        owner.with(|owner| {
            let name = owner.map(|owner| owner_name(i18n, owner));
            vec![(t_string!(i18n, container.owner.belongs), name)]
        })
    };
    let head = move || {
        view! {
            <Show when=move || owner.with(|owner| owner.is_some()) && id.with(Option::is_some)>
                <Button
                    label=t!(i18n, container.owner.change)
                    size=Size::Small
                    disabled_why=Signal::derive(why_not)
                    on_press=change
                />
            </Show>
        }
    };
    view! {
        <FactCard id="owner-title" title=t!(i18n, container.owner.title) head=head>
            <ReadingState reading=owner failed=t!(i18n, container.owner.failed) read />
            {move || view! { <Facts facts=facts() /> }}
            <div class="fact-group">
                <p class="field-hint">{t!(i18n, container.owner.text)}</p>
            </div>
        </FactCard>
        {move || {
            changes
                .get()
                .map(|(container, known)| {
                    view! {
                        <OwnerDialog
                            subject
                            container
                            known
                            close=move || changes.set(None)
                            changed=move |now| owner.update(|owner| *owner = now)
                        />
                    }
                })
        }}
    }
}

fn owner_name(i18n: I18n, owner: &Ownership) -> String {
    match (&owner.owner, owner.name.clone()) {
        (Some(Party::Team(_)), Some(name)) => t_string!(i18n, container.owner.team, name = name),
        (Some(Party::User(_)), Some(name)) => name,
        _ => t_string!(i18n, container.owner.nobody),
    }
}

/// Whom it can be given to, with their names.
type Choices = Vec<(Option<Party>, String)>;

/// The person and their teams; everybody, for who manages users.
async fn choices(i18n: I18n, session: SessionContext) -> (Choices, Option<ApiError>) {
    let own = untrack(|| session.session());
    let me = own.as_ref().map(|session| session.user);
    let mut found = Choices::new();
    if let Some(session) = &own {
        found.push((Some(Party::User(session.user)), untrack(|| t_string!(i18n, container.owner.you))));
    }
    let team =
        |id, name| (Some(Party::Team(id)), untrack(|| t_string!(i18n, container.owner.team, name = name)));
    let manages = untrack(|| session.may(Permission::UserManage, Target::Console));
    let everybody = if manages { everybody().await.map(Some) } else { Ok(None) };
    let failure = match everybody {
        Ok(Some((users, teams))) => {
            let others = users.into_iter().filter(|user| Some(user.id) != me);
            found.extend(others.map(|user| (Some(Party::User(user.id)), user.name)));
            found.extend(teams.into_iter().map(|known| team(known.id, known.name)));
            None
        }
        own_alone => {
            let teams = own.into_iter().flat_map(|session| session.teams);
            found.extend(teams.map(|known| team(known.id, known.name)));
            own_alone.err()
        }
    };
    found.push((None, untrack(|| t_string!(i18n, container.owner.nobody_choice))));
    (found, failure)
}

async fn everybody() -> Result<(Vec<User>, Vec<Team>), ApiError> {
    Ok((api::call(ListUsers {}, Empty {}, ()).await?, api::call(ListTeams {}, Empty {}, ()).await?))
}

#[component]
fn OwnerDialog(
    subject: Subject,
    /// Which container, whatever becomes of the page's.
    container: ContainerId,
    /// Whose it is.
    known: Ownership,
    /// Closes the dialog.
    close: impl Fn() + Copy + Send + Sync + 'static,
    /// Takes in whose it is now.
    changed: impl Fn(Ownership) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let toasts = use_toasts();
    let offered = RwSignal::new(Choices::new());
    let chosen = RwSignal::new(known.owner);
    let problem = RwSignal::new(None::<String>);
    let pending = RwSignal::new(true);
    spawn_local(async move {
        let (found, failure) = choices(i18n, session).await;
        // The dialog may be closed by now.
        if offered.try_set(found).is_none() {
            let _ = pending.try_set(false);
            let _ =
                problem.try_set(failure.map(|_| untrack(|| t_string!(i18n, container.owner.choices_failed))));
        }
    });
    let was_own = is_own(session, known.owner);
    let loses = move || was_own && !is_own(session, chosen.get());
    let name = untrack(|| subject.name());
    let title = {
        let name = name.clone();
        move || t_string!(i18n, container.owner.dialog_title, name = name.clone())
    };
    let submit = move || {
        let environment = subject.environment.get_untracked();
        let transfer = TransferOwnership { environment, container: ContainerRef::from(&container) };
        let new = NewOwner { owner: chosen.get_untracked() };
        let name = name.clone();
        problem.set(None);
        pending.set(true);
        spawn_local(async move {
            match api::call(transfer, Empty {}, new).await {
                Ok(now) => {
                    let text = untrack(|| match now.owner {
                        Some(_) => {
                            t_string!(
                                i18n,
                                container.owner.changed,
                                name = name,
                                owner = owner_name(i18n, &now)
                            )
                        }
                        None => t_string!(i18n, container.owner.freed, name = name),
                    });
                    toasts.success(text);
                    changed(now);
                    close();
                }
                Err(error) => {
                    let _ = problem.try_set(Some(untrack(|| error_text(i18n, &error))));
                }
            }
            let _ = pending.try_set(false);
        });
    };
    let choose = move |event| {
        let place = event_target_value(&event).parse::<usize>().ok();
        let found = offered.with_untracked(|offered| Some(offered.get(place?)?.0));
        chosen.set(found.flatten());
    };
    view! {
        <FormDialog
            title
            submit=t!(i18n, container.owner.submit)
            keep=t!(i18n, common.cancel)
            pending
            problem
            close
            on_submit=submit
        >
            <p class="muted">{t!(i18n, container.owner.text)}</p>
            <div class="field">
                <label for="new-owner">{t!(i18n, container.owner.label)}</label>
                <span class="select">
                    <select id="new-owner" on:change=choose>
                        {move || {
                            offered
                                .get()
                                .into_iter()
                                .enumerate()
                                .map(|(place, (party, label))| {
                                    view! {
                                        <option
                                            value=place.to_string()
                                            selected=move || chosen.get() == party
                                        >
                                            {label}
                                        </option>
                                    }
                                })
                                .collect_view()
                        }}
                    </select>
                    <IconView icon=Icon::ChevronDown />
                </span>
            </div>
            <Show when=loses>
                <Notice tone=Tone::Warning title=t!(i18n, container.owner.loses) text=String::new() />
            </Show>
        </FormDialog>
    }
}

/// Whether the person owns it, by themselves or by a team.
fn is_own(session: SessionContext, owner: Option<Party>) -> bool {
    session.session().is_some_and(|session| match owner {
        Some(Party::User(user)) => user == session.user,
        Some(Party::Team(team)) => session.teams.iter().any(|own| own.id == team),
        None => false,
    })
}
