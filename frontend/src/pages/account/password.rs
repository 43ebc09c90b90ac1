//! Changing one's own password.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use shared::{
    ApiError, Empty, ErrorCode,
    account::{ChangePassword, PasswordChange},
};

use crate::{
    api,
    components::{
        error_text::error_text,
        password_words::{password_hint, password_problem},
    },
    i18n::{I18n, t, t_string, use_i18n},
    session::{SessionContext, use_session},
    ui::{badge::Tone, button::SubmitButton, field::PasswordField, notice::Notice, toast::use_toasts},
};

/// What is wrong, and where.
#[derive(Clone, Copy)]
struct Problems {
    current: RwSignal<Option<String>>,
    new: RwSignal<Option<String>>,
    whole: RwSignal<Option<ApiError>>,
}

impl Problems {
    fn take(self, i18n: I18n, error: ApiError) {
        match (error.code, error.field.as_deref()) {
            (ErrorCode::BadCredentials, _) => {
                self.current.set(Some(untrack(|| t_string!(i18n, account.password.wrong))));
            }
            (ErrorCode::Invalid, Some("new")) => {
                self.new.set(Some(untrack(|| t_string!(i18n, users.password_common))));
            }
            _ => self.whole.set(Some(error)),
        }
    }
}

#[component]
pub(super) fn PasswordSection() -> impl IntoView {
    let i18n = use_i18n();
    let (toasts, session) = (use_toasts(), use_session());
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let problems =
        Problems { current: RwSignal::new(None), new: RwSignal::new(None), whole: RwSignal::new(None) };
    let pending = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if pending.get_untracked() {
            return;
        }
        let change = PasswordChange { current: current.get_untracked(), new: new.get_untracked() };
        let missing = change.current.is_empty().then(|| t_string!(i18n, account.password.current_missing));
        let unfit = unfit(i18n, session, &change);
        let sends = missing.is_none() && unfit.is_none();
        problems.current.set(missing);
        problems.new.set(unfit);
        problems.whole.set(None);
        if !sends {
            return;
        }
        pending.set(true);
        spawn_local(async move {
            match api::call(ChangePassword {}, Empty {}, change).await {
                Ok(()) => {
                    toasts.success(untrack(|| t_string!(i18n, account.password.changed)));
                    let _ = current.try_set(String::new());
                    let _ = new.try_set(String::new());
                }
                Err(error) => problems.take(i18n, error),
            }
            let _ = pending.try_set(false);
        });
    };
    view! {
        <section class="card" aria-labelledby="account-password">
            <div class="card-head">
                <h2 id="account-password">{t!(i18n, account.password.title)}</h2>
            </div>
            <form class="card-body stack" novalidate on:submit=submit>
                <p class="muted">{t!(i18n, account.password.text)}</p>
                <PasswordField
                    id="password-current"
                    label=t!(i18n, account.password.current)
                    value=current
                    error=problems.current
                />
                <PasswordField
                    id="password-new"
                    label=t!(i18n, account.password.new)
                    value=new
                    error=problems.new
                    autocomplete="new-password"
                >
                    <p class="field-hint">{password_hint(i18n, session)}</p>
                </PasswordField>
                {move || {
                    problems
                        .whole
                        .get()
                        .map(|error| view! { <Notice tone=Tone::Danger title=move || error_text(i18n, &error) /> })
                }}
                <div>
                    <SubmitButton label=t!(i18n, account.password.submit) pending />
                </div>
            </form>
        </section>
    }
}

fn unfit(i18n: I18n, session: SessionContext, change: &PasswordChange) -> Option<String> {
    let same = || (change.new == change.current).then(|| t_string!(i18n, account.password.same));
    password_problem(i18n, session, &change.new).or_else(same)
}
