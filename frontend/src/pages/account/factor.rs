//! The second factor: off, being set up, on.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use shared::{
    Empty, ErrorCode, UnixMillis,
    account::{
        BeginFactor, ConfirmFactor, FactorCode, FactorSetup, FactorState, ReadFactor, RecoveryCodes,
        RemoveFactor, RenewRecoveryCodes,
    },
};

use super::recovery::Recovery;
use crate::{
    api,
    components::{error_text::error_text, reading::Reading, reading_state::ReadingState},
    i18n::{t, t_string, use_i18n},
    session::use_session,
    ui::{
        badge::Tone,
        button::{Button, SubmitButton, Variant},
        clock::Ago,
        copy::CopyButton,
        dialog::Dialog,
        field::TextField,
        notice::Notice,
        toast::use_toasts,
    },
};

/// Below so many, it is said that they run out.
const FEW: u32 = 3;

/// What is shown once, and gone when the page is left.
#[derive(Clone)]
enum Shown {
    Setup(FactorSetup),
    Codes(RecoveryCodes),
}

#[component]
pub(super) fn FactorSection(
    /// The recovery codes of one that was set up were kept.
    kept: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let state = Reading::<FactorState>::new();
    let read = move || state.start(api::call(ReadFactor {}, Empty {}, ()));
    read();
    let shown = RwSignal::new(None::<Shown>);
    let done = move || {
        shown.set(None);
        read();
        kept();
    };
    let body = move || match shown.get() {
        Some(Shown::Setup(setup)) => view! { <SetUp setup shown /> }.into_any(),
        Some(Shown::Codes(codes)) => view! { <Recovery codes done /> }.into_any(),
        None => match state.value() {
            Some(FactorState { since: Some(since), recovery_codes }) => {
                view! { <On since left=recovery_codes shown read /> }.into_any()
            }
            Some(FactorState { since: None, .. }) => view! { <Off shown /> }.into_any(),
            None => ().into_any(),
        },
    };
    view! {
        <section class="card" aria-labelledby="account-factor">
            <div class="card-head">
                <h2 id="account-factor">{t!(i18n, account.factor.title)}</h2>
            </div>
            <div class="card-body stack">
                <ReadingState reading=state failed=t!(i18n, account.factor.failed) read />
                {body}
            </div>
        </section>
    }
}

#[component]
fn Off(shown: RwSignal<Option<Shown>>) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let pending = RwSignal::new(false);
    let begin = move || {
        pending.set(true);
        spawn_local(async move {
            match api::call(BeginFactor {}, Empty {}, ()).await {
                Ok(setup) => {
                    let _ = shown.try_set(Some(Shown::Setup(setup)));
                }
                Err(error) => toasts.failure(untrack(|| error_text(i18n, &error)), String::new()),
            }
            let _ = pending.try_set(false);
        });
    };
    view! {
        <p class="muted">{t!(i18n, account.factor.text)}</p>
        <div>
            <Button label=t!(i18n, account.factor.begin) variant=Variant::Primary pending on_press=begin />
        </div>
    }
}

#[component]
fn SetUp(setup: FactorSetup, shown: RwSignal<Option<Shown>>) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let code = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let pending = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = FactorCode { code: code.get_untracked() };
        if pending.get_untracked() {
            return;
        }
        if typed.code.trim().is_empty() {
            problem.set(Some(t_string!(i18n, account.factor.code_missing)));
            return;
        }
        problem.set(None);
        pending.set(true);
        spawn_local(async move {
            match api::call(ConfirmFactor {}, Empty {}, typed).await {
                Ok(codes) => {
                    let _ = shown.try_set(Some(Shown::Codes(codes)));
                }
                Err(error) if error.code == ErrorCode::BadCode => {
                    let _ = problem.try_set(Some(untrack(|| t_string!(i18n, account.factor.code_wrong))));
                }
                Err(error) => toasts.failure(untrack(|| error_text(i18n, &error)), String::new()),
            }
            let _ = pending.try_set(false);
        });
    };
    let side = setup.qr.side;
    let grouped =
        setup.secret.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
    view! {
        <form class="stack" novalidate on:submit=submit>
            <p>{t!(i18n, account.factor.scan)}</p>
            <svg class="qr-code" role="img" viewBox=format!("0 0 {side} {side}") aria-label=t!(i18n, account.factor.qr)>
                <path d=setup.qr.path.clone()></path>
            </svg>
            <p class="muted">{t!(i18n, account.factor.secret)}</p>
            <p class="cluster">
                <code data-secret="">{grouped}</code>
                <CopyButton text=setup.secret.clone() />
            </p>
            <TextField
                id="factor-code"
                label=t!(i18n, account.factor.code)
                value=code
                error=problem
                autocomplete="one-time-code"
                mono=true
            />
            <div class="cluster">
                <SubmitButton label=t!(i18n, account.factor.confirm) pending />
                <Button label=t!(i18n, common.cancel) on_press=move || shown.set(None) />
            </div>
        </form>
    }
}

#[component]
fn On(
    since: UnixMillis,
    left: u32,
    shown: RwSignal<Option<Shown>>,
    read: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let session = use_session();
    let required =
        Signal::derive(move || session.requires_factor().then(|| t_string!(i18n, account.factor.required)));
    let (renewing, asked) = (RwSignal::new(false), RwSignal::new(false));
    let renew = move || {
        renewing.set(true);
        spawn_local(async move {
            match api::call(RenewRecoveryCodes {}, Empty {}, ()).await {
                Ok(codes) => {
                    let _ = shown.try_set(Some(Shown::Codes(codes)));
                }
                Err(error) => toasts.failure(untrack(|| error_text(i18n, &error)), String::new()),
            }
            let _ = renewing.try_set(false);
        });
    };
    view! {
        <dl class="facts">
            <dt>{t!(i18n, account.factor.since)}</dt>
            <dd>
                <Ago at=since />
            </dd>
            <dt>{t!(i18n, account.factor.left)}</dt>
            <dd>{left}</dd>
        </dl>
        {(left < FEW).then(|| view! { <Notice tone=Tone::Warning title=t!(i18n, account.factor.few) /> })}
        <div class="cluster">
            <Button label=t!(i18n, account.factor.renew) pending=renewing on_press=renew />
            <Button
                label=t!(i18n, account.factor.remove)
                disabled_why=required
                on_press=move || asked.set(true)
            />
        </div>
        <Show when=move || asked.get()>
            <RemoveDialog close=move || asked.set(false) read />
        </Show>
    }
}

#[component]
fn RemoveDialog(
    close: impl Fn() + Copy + Send + Sync + 'static,
    read: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let pending = RwSignal::new(false);
    let remove = move || {
        pending.set(true);
        spawn_local(async move {
            match api::call(RemoveFactor {}, Empty {}, ()).await {
                Ok(()) => {
                    toasts.success(untrack(|| t_string!(i18n, account.factor.removed)));
                    read();
                }
                Err(error) => toasts.failure(untrack(|| error_text(i18n, &error)), String::new()),
            }
            close();
        });
    };
    let actions = move || {
        view! {
            <Button label=t!(i18n, account.factor.keep) on_press=close />
            <Button
                label=t!(i18n, account.factor.remove_submit)
                variant=Variant::Danger
                pending
                on_press=remove
            />
        }
    };
    view! {
        <Dialog title=t!(i18n, account.factor.remove_title) on_close=close actions>
            <p>{t!(i18n, account.factor.remove_text)}</p>
        </Dialog>
    }
}
