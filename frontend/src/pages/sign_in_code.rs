//! The second step of signing in: a code, where the account has a second factor.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use shared::{ApiError, Empty, ErrorCode, account::FactorCode, session::FinishSignIn};

use super::sign_in::Step;
use crate::{
    api,
    components::error_text::error_text,
    i18n::{t, t_string, use_i18n},
    session::use_session,
    ui::{
        badge::Tone,
        button::{Button, SubmitButton, Variant},
        field::TextField,
        notice::Notice,
    },
};

/// Asks for the code. When it took too long, it is the first step again.
#[component]
pub(super) fn SecondStep(
    /// Who signs in.
    name: String,
    /// Where it goes from here.
    step: RwSignal<Step>,
) -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let code = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let failure = RwSignal::new(None::<ApiError>);
    let pending = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = FactorCode { code: code.get_untracked() };
        if pending.get_untracked() {
            return;
        }
        failure.set(None);
        problem.set(typed.code.trim().is_empty().then(|| t_string!(i18n, auth.factor_missing)));
        if typed.code.trim().is_empty() {
            return;
        }
        pending.set(true);
        spawn_local(async move {
            let reply = api::call(FinishSignIn {}, Empty {}, typed).await;
            pending.set(false);
            match reply {
                Ok(signed_in) => session.begin(signed_in),
                Err(error) if error.code == ErrorCode::SignedOut => step.set(Step::Password { late: true }),
                Err(error) if error.code == ErrorCode::BadCode => {
                    code.set(String::new());
                    problem.set(Some(untrack(|| t_string!(i18n, auth.factor_wrong))));
                }
                Err(error) => failure.set(Some(error)),
            }
        });
    };
    let form = NodeRef::<html::Form>::new();
    // The keyboard goes on where the last step left it.
    Effect::new(move || {
        if let Some(form) = form.get()
            && let Ok(Some(input)) = form.query_selector("input")
        {
            crate::ui::field::focus(&input);
        }
    });
    view! {
        <section class="auth-step" data-default="" aria-labelledby="factor-title">
            <div class="auth-card">
                <div class="auth-title">
                    <h1 id="factor-title">{t!(i18n, auth.factor_title)}</h1>
                    <p>{move || t_string!(i18n, auth.factor_lead, name = name.clone())}</p>
                </div>
                <form class="auth-form" novalidate node_ref=form on:submit=submit>
                    {move || {
                        failure
                            .get()
                            .map(|error| {
                                view! { <Notice tone=Tone::Danger title=move || error_text(i18n, &error) /> }
                            })
                    }}
                    <TextField
                        id="code"
                        label=t!(i18n, auth.factor_code)
                        value=code
                        error=problem
                        autocomplete="one-time-code"
                        mono=true
                    />
                    <SubmitButton label=t!(i18n, auth.factor_submit) block=true pending />
                    <Button
                        label=t!(i18n, auth.factor_back)
                        variant=Variant::Link
                        on_press=move || step.set(Step::Password { late: false })
                    />
                </form>
            </div>
            <p class="auth-note">{t!(i18n, auth.factor_lost)}</p>
        </section>
    }
}
