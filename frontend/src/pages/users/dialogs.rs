//! The dialogs: add a user, change a role, set a password. Errors stand at their fields.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ApiError, Empty, ErrorCode, Role,
    users::{
        CreateUser, NewUser, PasswordProblem, UpdateUser, User, UserChange, check_password, is_user_name,
    },
};

use super::role_choices::RoleChoices;
use crate::{
    api,
    components::error_text::{error_text, role_name},
    i18n::{I18n, t, t_string, use_i18n},
    session::use_session,
    ui::{
        badge::Tone,
        button::Button,
        dialog::Dialog,
        field::{PasswordField, TextField},
        notice::Notice,
        toast::use_toasts,
    },
};

const FORM: &str = "user-form";

/// What is wrong, and where.
#[derive(Clone, Copy)]
struct Problems {
    name: RwSignal<Option<String>>,
    password: RwSignal<Option<String>>,
    whole: RwSignal<Option<String>>,
}

impl Problems {
    fn new() -> Self {
        Self { name: RwSignal::new(None), password: RwSignal::new(None), whole: RwSignal::new(None) }
    }

    fn clear(self) {
        self.name.set(None);
        self.password.set(None);
        self.whole.set(None);
    }

    /// Puts a refusal where it belongs.
    fn take(self, i18n: I18n, error: &ApiError, name: &str) {
        untrack(|| match (error.code, error.field.as_deref()) {
            (ErrorCode::Invalid, Some("name")) => self.name.set(Some(t_string!(i18n, users.name_bad))),
            (ErrorCode::Invalid, Some("password")) => {
                self.password.set(Some(t_string!(i18n, users.password_common)));
            }
            (ErrorCode::Conflict, Some("name")) => self.name.set(Some(t_string!(i18n, users.name_taken))),
            (ErrorCode::Conflict, _) => {
                self.whole.set(Some(t_string!(i18n, users.last_admin, name = name.to_owned())));
            }
            _ => self.whole.set(Some(error_text(i18n, error))),
        });
    }
}

/// What is wrong with a password, in words.
fn password_problem(i18n: I18n, password: &str) -> Option<String> {
    untrack(|| match check_password(password) {
        Ok(()) => None,
        Err(PasswordProblem::TooShort) => Some(t_string!(i18n, users.password_short)),
        Err(PasswordProblem::TooLong) => Some(t_string!(i18n, users.password_long)),
    })
}

/// The frame that the three have in common: a form in a dialog.
#[component]
fn FormDialog(
    #[prop(into)] title: Signal<String>,
    #[prop(into)] submit: Signal<String>,
    #[prop(into)] pending: Signal<bool>,
    problem: RwSignal<Option<String>>,
    close: impl Fn() + Copy + Send + Sync + 'static,
    on_submit: impl Fn() + Send + Sync + 'static,
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    let actions = move || {
        view! {
            <Button label=t!(i18n, common.cancel) on_press=close />
            <button
                class="button"
                type="submit"
                form=FORM
                data-variant="primary"
                aria-disabled=move || pending.get().then_some("true")
                aria-busy=move || pending.get().then_some("true")
            >
                {move || pending.get().then(|| view! { <span class="spinner" aria-hidden="true"></span> })}
                {submit}
            </button>
        }
    };
    view! {
        <Dialog title=title on_close=close actions=actions>
            <form
                class="stack"
                id=FORM
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    if !pending.get_untracked() {
                        on_submit();
                    }
                }
            >
                {children()}
                {move || {
                    problem
                        .get()
                        .map(|problem| view! { <Notice tone=Tone::Danger title=problem text=String::new() /> })
                }}
            </form>
        </Dialog>
    }
}

/// Adds a user.
#[component]
pub(super) fn AddUserDialog(
    /// Closes the dialog.
    close: impl Fn() + Copy + Send + Sync + 'static,
    /// Takes the new user in.
    changed: impl Fn(User) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let role = RwSignal::new(Role::Operator);
    let problems = Problems::new();
    let pending = RwSignal::new(false);
    let submit = move || {
        let user = NewUser {
            name: name.get_untracked().trim().to_owned(),
            role: role.get_untracked(),
            password: password.get_untracked(),
        };
        problems.clear();
        problems.name.set((!is_user_name(&user.name)).then(|| untrack(|| t_string!(i18n, users.name_bad))));
        problems.password.set(password_problem(i18n, &user.password));
        if problems.name.with_untracked(Option::is_some) || problems.password.with_untracked(Option::is_some)
        {
            return;
        }
        pending.set(true);
        spawn_local(async move {
            let asked = user.name.clone();
            match api::call(CreateUser {}, Empty {}, user).await {
                Ok(user) => {
                    let text = untrack(|| t_string!(i18n, users.added, name = user.name.clone()));
                    toasts.success(text);
                    changed(user);
                    close();
                }
                // Only the name can be in the way of a new user.
                Err(error) if error.code == ErrorCode::Conflict => {
                    problems.name.set(Some(untrack(|| t_string!(i18n, users.name_taken))));
                }
                Err(error) => problems.take(i18n, &error, &asked),
            }
            let _ = pending.try_set(false);
        });
    };
    view! {
        <FormDialog
            title=t!(i18n, users.add_title)
            submit=t!(i18n, users.add_submit)
            pending=pending
            problem=problems.whole
            close
            on_submit=submit
        >
            <TextField
                id="user-name"
                label=t!(i18n, users.name)
                value=name
                hint=move || Some(t_string!(i18n, users.name_hint))
                error=problems.name
            />
            <RoleChoices role />
            <PasswordField
                id="user-password"
                label=t!(i18n, users.password)
                value=password
                error=problems.password
                autocomplete="new-password"
            >
                <p class="field-hint">{t!(i18n, users.password_hint)}</p>
            </PasswordField>
        </FormDialog>
    }
}

/// Changes a user's role.
#[component]
pub(super) fn RoleDialog(
    /// Whose.
    user: User,
    /// Closes the dialog.
    close: impl Fn() + Copy + Send + Sync + 'static,
    /// Takes the changed user in.
    changed: impl Fn(User) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let session = use_session();
    let role = RwSignal::new(user.role);
    let problems = Problems::new();
    let pending = RwSignal::new(false);
    let id = user.id;
    let name = user.name.clone();
    let submit = {
        let name = name.clone();
        move || {
            let change = UserChange { role: Some(role.get_untracked()), ..UserChange::default() };
            let name = name.clone();
            problems.clear();
            pending.set(true);
            spawn_local(async move {
                match api::call(UpdateUser { user: id }, Empty {}, change).await {
                    Ok(user) => {
                        let text = untrack(|| {
                            t_string!(
                                i18n,
                                users.role_changed,
                                name = user.name.clone(),
                                role = role_name(i18n, user.role)
                            )
                        });
                        toasts.success(text);
                        changed(user);
                        close();
                    }
                    Err(error) => problems.take(i18n, &error, &name),
                }
                let _ = pending.try_set(false);
            });
        }
    };
    let lesser_self = move || {
        let own = session.session().is_some_and(|session| session.user == id);
        own && role.get() != Role::Admin
    };
    view! {
        <FormDialog
            title=move || t_string!(i18n, users.role_title, name = name.clone())
            submit=t!(i18n, users.role_submit)
            pending=pending
            problem=problems.whole
            close
            on_submit=submit
        >
            <p class="muted">{t!(i18n, users.role_text)}</p>
            <RoleChoices role />
            <Show when=lesser_self>
                <Notice tone=Tone::Warning title=t!(i18n, users.role_self) text=String::new() />
            </Show>
        </FormDialog>
    }
}

/// Sets a user's password.
#[component]
pub(super) fn PasswordDialog(
    /// Whose.
    user: User,
    /// Closes the dialog.
    close: impl Fn() + Copy + Send + Sync + 'static,
    /// Takes the changed user in.
    changed: impl Fn(User) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let password = RwSignal::new(String::new());
    let problems = Problems::new();
    let pending = RwSignal::new(false);
    let id = user.id;
    let name = user.name.clone();
    let submit = {
        let name = name.clone();
        move || {
            let typed = password.get_untracked();
            let name = name.clone();
            problems.clear();
            if let Some(problem) = password_problem(i18n, &typed) {
                problems.password.set(Some(problem));
                return;
            }
            pending.set(true);
            spawn_local(async move {
                let change = UserChange { password: Some(typed), ..UserChange::default() };
                match api::call(UpdateUser { user: id }, Empty {}, change).await {
                    Ok(user) => {
                        let text =
                            untrack(|| t_string!(i18n, users.password_changed, name = user.name.clone()));
                        toasts.success(text);
                        changed(user);
                        close();
                    }
                    Err(error) => problems.take(i18n, &error, &name),
                }
                let _ = pending.try_set(false);
            });
        }
    };
    view! {
        <FormDialog
            title=move || t_string!(i18n, users.password_title, name = name.clone())
            submit=t!(i18n, users.password_submit)
            pending=pending
            problem=problems.whole
            close
            on_submit=submit
        >
            <p class="muted">{t!(i18n, users.password_text)}</p>
            <PasswordField
                id="user-password"
                label=t!(i18n, users.password)
                value=password
                error=problems.password
                autocomplete="new-password"
            >
                <p class="field-hint">{t!(i18n, users.password_hint)}</p>
            </PasswordField>
        </FormDialog>
    }
}
