//! Asking again who is at the keyboard, in one place for every call: a call that needs it waits here, and is
//! made again by itself once the person has proved it.

use std::cell::RefCell;

use js_sys::{Function, Promise};
use leptos::{prelude::*, task::spawn_local};
use shared::{
    ApiError, Empty, ErrorCode,
    account::{ConfirmIdentity, Proof},
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::{
    api,
    components::error_text::error_text,
    i18n::{I18n, t, t_string, use_i18n},
    session::use_session,
    ui::{
        field::{PasswordField, TextField},
        form_dialog::FormDialog,
        lazy::{Lazy, part},
    },
};

thread_local! {
    /// The calls that wait for an answer.
    static WAITING: RefCell<Vec<Function>> = const { RefCell::new(Vec::new()) };
}

/// Whether it is asked at the moment.
#[derive(Clone, Copy)]
struct Asked(RwSignal<bool>);

/// The question, where the page has it; open while a call waits.
#[component]
pub(crate) fn ConfirmQuestion() -> impl IntoView {
    let asked = RwSignal::new(false);
    provide_context(Asked(asked));
    api::on_confirmation(move || {
        let answer = Promise::new(&mut |resolve, _reject| WAITING.with_borrow_mut(|all| all.push(resolve)));
        asked.set(true);
        Box::pin(async move { JsFuture::from(answer).await.is_ok_and(|yes| yes.is_truthy()) })
    });
    on_cleanup(|| answer(false));
    move || asked.get().then(|| view! { <Lazy load=question floating=true /> })
}

/// Lets the calls that wait go on, or fail.
fn answer(yes: bool) {
    for resolve in WAITING.take() {
        // A promise's own function does not throw.
        let _ = resolve.call1(&JsValue::NULL, &JsValue::from_bool(yes));
    }
}

part! { account: fn question() { view! { <Question /> } } }

#[component]
fn Question() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let asked = use_context::<Asked>();
    let close = move |yes: bool| {
        answer(yes);
        if let Some(Asked(asked)) = asked {
            let _ = asked.try_set(false);
        }
    };
    let has_factor = session.session().is_some_and(|session| session.has_factor);
    let typed = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let failure = RwSignal::new(None::<ApiError>);
    let pending = RwSignal::new(false);
    let submit = move || {
        let text = typed.get_untracked();
        failure.set(None);
        problem.set(text.is_empty().then(|| t_string!(i18n, account.confirm.missing)));
        if text.is_empty() {
            return;
        }
        pending.set(true);
        let proof = if has_factor { Proof::Code(text) } else { Proof::Password(text) };
        spawn_local(async move {
            match api::call(ConfirmIdentity {}, Empty {}, proof).await {
                Ok(now) => {
                    session.renew(now);
                    close(true);
                }
                Err(error) => match wrong(i18n, error.code) {
                    Some(words) => {
                        let _ = problem.try_set(Some(words));
                    }
                    None => {
                        let _ = failure.try_set(Some(error));
                    }
                },
            }
            let _ = pending.try_set(false);
        });
    };
    let field = if has_factor {
        view! {
            <TextField
                id="confirm-code"
                label=t!(i18n, account.confirm.code)
                value=typed
                error=problem
                autocomplete="one-time-code"
                mono=true
            />
        }
        .into_any()
    } else {
        view! {
            <PasswordField id="confirm-password" label=t!(i18n, account.confirm.password) value=typed error=problem />
        }
        .into_any()
    };
    view! {
        <FormDialog
            title=t!(i18n, account.confirm.title)
            submit=t!(i18n, account.confirm.submit)
            keep=t!(i18n, account.confirm.stay)
            pending
            problem=Signal::derive(move || failure.get().map(|error| error_text(i18n, &error)))
            close=move || close(false)
            on_submit=submit
        >
            <p class="muted">{t!(i18n, account.confirm.text)}</p>
            {field}
        </FormDialog>
    }
}

fn wrong(i18n: I18n, code: ErrorCode) -> Option<String> {
    match code {
        ErrorCode::BadCredentials => Some(untrack(|| t_string!(i18n, account.confirm.wrong_password))),
        ErrorCode::BadCode => Some(untrack(|| t_string!(i18n, account.confirm.wrong_code))),
        _ => None,
    }
}
