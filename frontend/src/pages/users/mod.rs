//! The console's users: who they are, what they may do, and the dialogs to change that.

mod dialogs;
mod role_choices;
mod table;

use leptos::{prelude::*, task::spawn_local};
use shared::{
    Empty, ErrorCode, Permission, Role, UserId,
    users::{ListUsers, UpdateUser, User, UserChange},
};

use crate::{
    api,
    components::{
        error_text::error_text,
        reading::Reading,
        reading_state::ReadingState,
        shell::{Crumb, use_breadcrumb},
    },
    i18n::{t, t_string, use_i18n},
    pages::allowed::ForHolders,
    paths,
    ui::{
        badge::Tone,
        button::{Button, Variant},
        format,
        icon::Icon,
        text::lower,
        toast::{Toast, ToastAction, Toasts, use_toasts},
    },
};
use dialogs::{AddUserDialog, FactorDialog, PasswordDialog, RoleDialog};
use table::UsersTable;

/// Which dialog is open.
#[derive(Clone, Debug, PartialEq)]
enum Asked {
    Add,
    Role(User),
    Password(User),
    Factor(User),
}

/// The page.
#[component]
pub(crate) fn UsersPage() -> impl IntoView {
    let i18n = use_i18n();
    use_breadcrumb(move || vec![Crumb { label: t_string!(i18n, users.title), href: None }]);
    view! {
        <ForHolders
            needs=Permission::UserManage
            title=t!(i18n, users.title)
            forbidden=t!(i18n, users.forbidden)
            why=|i18n, role| t_string!(i18n, users.forbidden_text, role)
        >
            <Users />
        </ForHolders>
    }
}

/// The users, for who may manage them.
#[component]
fn Users() -> impl IntoView {
    let i18n = use_i18n();
    let users = Reading::<Vec<User>>::new();
    let read = move || users.start(api::call(ListUsers {}, Empty {}, ()));
    read();
    let asked = RwSignal::new(None::<Asked>);
    let close = move || asked.set(None);
    let changed = move |user: User| put(users, user);
    let toasts = use_toasts();
    let switch = move |user: User, disabled: bool| set_disabled(users, toasts, i18n, user, disabled);

    view! {
        <div class="page-header">
            <h1 class="page-title">{t!(i18n, users.title)}</h1>
            <span class="page-count">
                {move || users.with(|users| users.map(|users| format::count(i18n, users.len() as u64)))}
            </span>
            <div class="page-actions">
                <a class="button" href=paths::teams()>{t!(i18n, access.teams)}</a>
                <Button
                    label=t!(i18n, users.add)
                    icon=Icon::Plus
                    variant=Variant::Primary
                    on_press=move || asked.set(Some(Asked::Add))
                />
            </div>
        </div>
        <ReadingState reading=users failed=t!(i18n, users.failed) read around="page-body" />
        <Show when=move || users.with(|users| users.is_some())>
            <UsersTable users asked switch />
        </Show>
        {move || match asked.get() {
            None => ().into_any(),
            Some(Asked::Add) => view! { <AddUserDialog close changed /> }.into_any(),
            Some(Asked::Role(user)) => view! { <RoleDialog user close changed /> }.into_any(),
            Some(Asked::Factor(user)) => view! { <FactorDialog user close changed /> }.into_any(),
            Some(Asked::Password(user)) => view! { <PasswordDialog user close changed /> }.into_any(),
        }}
    }
}

/// Puts a new or changed user in its place, by name.
fn put(users: Reading<Vec<User>>, user: User) {
    users.update(|users| {
        users.retain(|other| other.id != user.id);
        users.push(user);
        users.sort_by_key(|user| lower(&user.name));
    });
}

/// Whether nobody else could manage users without this one.
fn is_last_admin(users: &[User], user: UserId) -> bool {
    let mut admins = users.iter().filter(|user| user.role() == Some(Role::Admin) && !user.disabled);
    admins.all(|admin| admin.id == user)
}

/// Disables or enables at once, and offers the way back.
fn set_disabled(
    users: Reading<Vec<User>>,
    toasts: Toasts,
    i18n: crate::i18n::I18n,
    user: User,
    disabled: bool,
) {
    spawn_local(async move {
        let change = UserChange { disabled: Some(disabled), ..UserChange::default() };
        match api::call(UpdateUser { user: user.id }, Empty {}, change).await {
            Ok(changed) => {
                let name = changed.name.clone();
                put(users, changed.clone());
                let text = untrack(|| {
                    if disabled {
                        t_string!(i18n, users.was_disabled, name = name)
                    } else {
                        t_string!(i18n, users.was_enabled, name = name)
                    }
                });
                let undo = ToastAction {
                    label: untrack(|| t_string!(i18n, users.undo)),
                    run: std::sync::Arc::new(move || {
                        set_disabled(users, toasts, i18n, changed.clone(), !disabled);
                    }),
                };
                toasts.show(Toast { tone: Tone::Success, text, action: Some(undo), ..Toast::default() });
            }
            Err(error) => {
                let text = untrack(|| {
                    if error.code == ErrorCode::Conflict {
                        t_string!(i18n, users.last_admin, name = user.name.clone())
                    } else {
                        error_text(i18n, &error)
                    }
                });
                toasts.failure(text, String::new());
            }
        }
    });
}
