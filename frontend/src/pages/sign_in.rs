//! Signing in, and back to where one was.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use shared::{
    ApiError, Empty, ErrorCode,
    session::{Credentials, SessionEnd, SignIn},
};

use super::{auth_frame::AuthFrame, sign_in_code::SecondStep};
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
        notice::Notice,
    },
};

/// How far a sign-in is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// Name and password are asked for.
    Password {
        /// A second step took too long.
        late: bool,
    },
    /// They were right, and a code is asked for.
    Factor {
        /// Who signs in.
        name: String,
    },
}

/// The form to sign in with.
#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let query = use_query_map();
    let back = move || {
        query
            .with_untracked(|query| query.get(paths::BACK))
            .filter(|back| paths::is_own(back))
            .unwrap_or_else(paths::start)
    };
    let go = paths::use_go_instead();
    Effect::new(move || match session.state() {
        SessionState::SignedIn(session) if session.lacks_factor() => go(&paths::account_first(&back())),
        SessionState::SignedIn(_) => go(&back()),
        SessionState::SetupNeeded => go(&paths::setup()),
        SessionState::Asking | SessionState::SignedOut | SessionState::Failed(_) => {}
    });
    Effect::new(move || {
        document().set_title(&format!("{} · Longshore", t_string!(i18n, auth.sign_in)));
    });
    let host = window().location().host().unwrap_or_default();
    let step = RwSignal::new(Step::Password { late: false });
    view! {
        <AuthFrame>
            {move || match step.get() {
                Step::Factor { name } => view! { <SecondStep name step /> }.into_any(),
                Step::Password { late } => view! { <FirstStep host=host.clone() late step /> }.into_any(),
            }}
        </AuthFrame>
    }
}

#[component]
fn FirstStep(
    host: String,
    /// The second step took too long.
    late: bool,
    step: RwSignal<Step>,
) -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    view! {
        <section class="auth-step" data-default="" aria-labelledby="sign-in-title">
            <div class="auth-card">
                <div class="auth-title">
                    <h1 id="sign-in-title">{t!(i18n, auth.sign_in)}</h1>
                    <p>{host}</p>
                </div>
                {move || session.ended().map(|why| view! { <Ended why /> })}
                {late.then(|| view! { <Notice tone=Tone::Warning title=t!(i18n, auth.factor_late) /> })}
                <SignInForm step />
            </div>
            <p class="auth-note">{t!(i18n, auth.forgot)}</p>
        </section>
    }
}

/// Why one is here.
#[component]
fn Ended(why: SessionEnd) -> impl IntoView {
    let i18n = use_i18n();
    let (tone, title) = match why {
        SessionEnd::Over => (Tone::Plain, t!(i18n, auth.session_ended)),
        SessionEnd::Disabled => (Tone::Warning, t!(i18n, auth.session_disabled)),
        SessionEnd::Removed => (Tone::Warning, t!(i18n, auth.session_removed)),
    };
    view! { <Notice tone title /> }
}

#[component]
fn SignInForm(step: RwSignal<Step>) -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let (name, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let tried = RwSignal::new(false);
    let pending = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiError>);
    let missing = move |field: RwSignal<String>| tried.get() && field.with(|text| text.trim().is_empty());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let credentials =
            Credentials { name: name.get_untracked().trim().to_owned(), password: password.get_untracked() };
        if pending.get_untracked() || credentials.name.is_empty() || credentials.password.is_empty() {
            return;
        }
        pending.set(true);
        failure.set(None);
        let typed_name = credentials.name.clone();
        spawn_local(async move {
            let reply = api::call(SignIn {}, Empty {}, credentials).await;
            pending.set(false);
            match reply {
                Ok(signed_in) => session.begin(signed_in),
                Err(error) if error.code == ErrorCode::FactorNeeded => {
                    step.set(Step::Factor { name: typed_name });
                }
                Err(error) => {
                    if error.code == ErrorCode::BadCredentials {
                        password.set(String::new());
                        tried.set(false);
                    }
                    failure.set(Some(error));
                }
            }
        });
    };
    view! {
        <form class="auth-form" novalidate on:submit=submit>
            {move || {
                failure.get().map(|error| view! { <Notice tone=Tone::Danger title=move || error_text(i18n, &error) /> })
            }}
            <TextField
                id="user"
                label=t!(i18n, auth.user_name)
                value=name
                autocomplete="username"
                error=move || missing(name).then(|| t_string!(i18n, auth.name_missing))
            />
            <PasswordField
                id="password"
                label=t!(i18n, auth.password)
                value=password
                error=move || missing(password).then(|| t_string!(i18n, auth.password_missing))
            />
            <SubmitButton label=t!(i18n, auth.sign_in) block=true pending=pending />
        </form>
    }
}
