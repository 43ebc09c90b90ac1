//! The first run: the code that the server printed makes the first administrator.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use shared::{
    ApiError, Empty, ErrorCode,
    setup::{CompleteSetup, FirstAdmin},
};

use super::auth_frame::AuthFrame;
use crate::{
    api,
    components::error_text::error_text,
    i18n::{t, t_string, use_i18n},
    paths,
    session::{SessionState, use_session},
    ui::{
        badge::Tone,
        button::SubmitButton,
        field::{PasswordField, TextField},
        icon::{Icon, IconView},
        notice::Notice,
    },
};

/// The shortest password that is taken, in characters.
const SHORTEST: usize = 12;

/// The form of the first run.
#[component]
pub(crate) fn SetupPage() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let go = paths::use_go_instead();
    Effect::new(move || match session.state() {
        SessionState::SignedIn(_) => go(&paths::start()),
        SessionState::SignedOut => go(&paths::sign_in("")),
        SessionState::Asking | SessionState::SetupNeeded | SessionState::Failed(_) => {}
    });
    Effect::new(move || document().set_title(&t_string!(i18n, auth.setup_title)));
    view! {
        <AuthFrame>
            <section class="auth-step" data-default="" data-size="wide" aria-labelledby="setup-title">
                <div class="auth-card">
                    <div class="auth-title">
                        <h1 id="setup-title">{t!(i18n, auth.setup_title)}</h1>
                        <p>{t!(i18n, auth.setup_lead)}</p>
                    </div>
                    <SetupForm />
                </div>
            </section>
        </AuthFrame>
    }
}

#[component]
fn SetupForm() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let code = RwSignal::new(String::new());
    let (name, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let tried = RwSignal::new(false);
    let pending = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiError>);
    let missing = move |field: RwSignal<String>| tried.get() && field.with(|text| text.trim().is_empty());
    let rules = Memo::new(move |_| Rules::of(&name.read(), &password.read()));
    let of_field = move |field: &str| {
        failure.with(|error| {
            error
                .as_ref()
                .filter(|error| error.field.as_deref() == Some(field))
                .map(|error| error_text(i18n, error))
        })
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let admin = FirstAdmin {
            code: code.get_untracked().trim().to_owned(),
            name: name.get_untracked().trim().to_owned(),
            password: password.get_untracked(),
        };
        let ready = !admin.code.is_empty() && !admin.name.is_empty() && rules.get_untracked().met();
        if pending.get_untracked() || !ready {
            return;
        }
        pending.set(true);
        failure.set(None);
        spawn_local(async move {
            let reply = api::call(CompleteSetup {}, Empty {}, admin).await;
            pending.set(false);
            match reply {
                Ok(signed_in) => session.begin(signed_in),
                Err(error) => failure.set(Some(error)),
            }
        });
    };
    view! {
        <form class="auth-form" novalidate on:submit=submit>
            {move || failure.get().filter(|error| error.field.is_none()).map(|error| view! { <SetupFailure error=error /> })}
            <TextField
                id="setup-code"
                label=t!(i18n, auth.setup_code)
                value=code
                class="code-input"
                hint=move || Some(t_string!(i18n, auth.setup_code_hint))
                error=move || missing(code).then(|| t_string!(i18n, auth.setup_code_missing)).or_else(|| of_field("code"))
            />
            <TextField
                id="admin"
                label=t!(i18n, auth.admin_name)
                value=name
                autocomplete="username"
                error=move || missing(name).then(|| t_string!(i18n, auth.name_missing)).or_else(|| of_field("name"))
            />
            <PasswordField
                id="new-password"
                label=t!(i18n, auth.password)
                value=password
                autocomplete="new-password"
                error=move || {
                    (tried.get() && !rules.get().met())
                        .then(|| t_string!(i18n, auth.rules_unmet))
                        .or_else(|| of_field("password"))
                }
            >
                <RuleList rules=rules />
            </PasswordField>
            <SubmitButton label=t!(i18n, auth.create_admin) block=true pending=pending />
        </form>
    }
}

#[component]
fn SetupFailure(error: ApiError) -> impl IntoView {
    let i18n = use_i18n();
    if error.code == ErrorCode::Conflict {
        return view! {
            <Notice tone=Tone::Danger title=t!(i18n, auth.already_set_up) text=t!(i18n, auth.already_set_up_lead)>
                // A whole new page: the session's state is asked for again.
                <a class="button" data-size="small" href=paths::sign_in("") rel="external">{t!(i18n, auth.sign_in)}</a>
            </Notice>
        }
        .into_any();
    }
    view! { <Notice tone=Tone::Danger title=move || error_text(i18n, &error) /> }.into_any()
}

/// Which rules a new password meets, as far as the browser can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    long: bool,
    not_name: bool,
}

impl Rules {
    /// Checks a password for a user of that name.
    pub(crate) fn of(name: &str, password: &str) -> Self {
        Self {
            long: password.chars().count() >= SHORTEST,
            not_name: !password.is_empty() && password.to_lowercase() != name.trim().to_lowercase(),
        }
    }

    /// Whether it meets all of them.
    pub(crate) fn met(self) -> bool {
        self.long && self.not_name
    }
}

/// The rules for a new password, each with a mark once it is met.
#[component]
pub(crate) fn RuleList(
    /// Which are met.
    #[prop(into)]
    rules: Signal<Rules>,
) -> impl IntoView {
    let i18n = use_i18n();
    let rule = move |met: Signal<bool>, label: Signal<String>| {
        view! {
            <li data-met=move || met.get().then_some("")>
                <IconView icon=move || if met.get() { Icon::Check } else { Icon::Circle } />
                {label}
            </li>
        }
    };
    view! {
        <ul class="rules" aria-label=t!(i18n, auth.rules)>
            {rule(Signal::derive(move || rules.get().long), Signal::derive(t!(i18n, auth.rule_length)))}
            {rule(Signal::derive(move || rules.get().not_name), Signal::derive(t!(i18n, auth.rule_not_name)))}
            {rule(Signal::derive(|| false), Signal::derive(t!(i18n, auth.rule_common)))}
        </ul>
    }
}
