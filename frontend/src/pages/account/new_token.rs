//! The form that makes an API token: its name, its end, where, and what it may do.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use shared::{
    ApiError, Empty, ErrorCode, Permission, UnixMillis,
    access::{Narrowing, PermissionSet},
    tokens::{CreateToken, MadeToken, NewToken, TOKEN_DAYS_MAX},
    users::is_title,
};

use crate::{
    api,
    components::{containers_store::ContainersStore, error_text::error_text},
    i18n::{I18n, t, t_string, use_i18n},
    pages::access::{
        place::{PlaceChoice, PlaceDraft},
        words::permission_word,
    },
    session::use_session,
    ui::{
        badge::Tone,
        button::{Button, SubmitButton},
        choice::Choice,
        field::TextField,
        icon::{Icon, IconView},
        notice::Notice,
    },
};

const DAY_MS: f64 = 24.0 * 60.0 * 60.0 * 1_000.0;
const OWN_DATE: &str = "own";

/// What is wrong, and where.
#[derive(Clone, Copy)]
struct Problems {
    name: RwSignal<Option<String>>,
    whole: RwSignal<Option<String>>,
}

impl Problems {
    fn take(self, i18n: I18n, error: &ApiError) {
        untrack(|| match (error.code, error.field.as_deref()) {
            (ErrorCode::Conflict, _) => self.name.set(Some(t_string!(i18n, account.tokens.name_taken))),
            (ErrorCode::Invalid, Some("name")) => {
                self.name.set(Some(t_string!(i18n, account.tokens.name_bad)));
            }
            (ErrorCode::Invalid, Some("expires_at")) => {
                self.whole.set(Some(t_string!(i18n, account.tokens.date_bad)));
            }
            _ => self.whole.set(Some(error_text(i18n, error))),
        });
    }
}

#[component]
pub(super) fn NewTokenForm(
    close: impl Fn() + Copy + Send + Sync + 'static,
    done: impl Fn(MadeToken) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let store = ContainersStore::use_store();
    let name = RwSignal::new(String::new());
    let days = RwSignal::new("30".to_owned());
    let date = RwSignal::new(String::new());
    let draft = PlaceDraft::new();
    let scope = draft.scope(store);
    let chosen = RwSignal::new(vec![Permission::ContainerView]);
    let pending = RwSignal::new(false);
    let problems = Problems { name: RwSignal::new(None), whole: RwSignal::new(None) };
    // What they hold somewhere within the place: a token for more would be refused.
    let offered = Memo::new(move |_| {
        let (Some(session), Some(scope)) = (session.session(), scope.get()) else { return Vec::new() };
        let all = Narrowing { permissions: PermissionSet::of(&Permission::ALL), scope };
        let beyond = all.beyond(&session.access);
        Permission::ALL.into_iter().filter(|one| !beyond.contains(*one)).collect::<Vec<_>>()
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if pending.get_untracked() {
            return;
        }
        problems.name.set(None);
        problems.whole.set(None);
        let typed = name.get_untracked().trim().to_owned();
        if !is_title(&typed) {
            problems.name.set(Some(untrack(|| t_string!(i18n, account.tokens.name_bad))));
            return;
        }
        let Some(at) = scope.get_untracked() else {
            problems.whole.set(untrack(|| draft.missing(i18n, scope)));
            return;
        };
        let Some(expires_at) = end_of(&days.get_untracked(), &date.get_untracked()) else {
            problems.whole.set(Some(untrack(|| t_string!(i18n, account.tokens.date_bad))));
            return;
        };
        let offered = offered.get_untracked();
        let permissions: PermissionSet =
            chosen.get_untracked().into_iter().filter(|one| offered.contains(one)).collect();
        if permissions.is_empty() {
            problems.whole.set(Some(untrack(|| t_string!(i18n, access.role_empty))));
            return;
        }
        pending.set(true);
        spawn_local(async move {
            let new = NewToken { name: typed, expires_at, permissions, scope: at };
            match api::call(CreateToken {}, Empty {}, new).await {
                Ok(made) => done(made),
                Err(error) => problems.take(i18n, &error),
            }
            let _ = pending.try_set(false);
        });
    };
    view! {
        <form class="card-body stack" novalidate on:submit=submit>
            <TextField
                id="token-name"
                label=t!(i18n, account.tokens.name)
                value=name
                hint=move || Some(t_string!(i18n, account.tokens.name_hint))
                error=problems.name
            />
            <EndChoice days date />
            <div class="token-line" role="group" aria-label=t!(i18n, access.at)>
                <PlaceChoice draft />
            </div>
            <fieldset class="token-permissions">
                <legend>{t!(i18n, account.tokens.may)}</legend>
                <For each=move || offered.get() key=|one| *one let:permission>
                    <Choice
                        id=format!("token-{}", permission.as_str())
                        value=permission
                        chosen
                        label=Signal::derive(move || permission_word(i18n, permission))
                    />
                </For>
            </fieldset>
            {move || {
                let problem = problems.whole.get();
                problem.map(|problem| view! { <Notice tone=Tone::Danger title=problem text=String::new() /> })
            }}
            <div class="token-line">
                <SubmitButton label=t!(i18n, account.tokens.submit) pending />
                <Button label=t!(i18n, common.cancel) on_press=close />
            </div>
        </form>
    }
}

#[component]
fn EndChoice(days: RwSignal<String>, date: RwSignal<String>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="field">
            <label for="token-days">{t!(i18n, account.tokens.ends)}</label>
            <div class="token-line">
                <span class="select">
                    <select
                        id="token-days"
                        prop:value=days
                        on:change=move |event| days.set(event_target_value(&event))
                    >
                        <option value="7">{t!(i18n, account.tokens.days_7)}</option>
                        <option value="30" selected=true>
                            {t!(i18n, account.tokens.days_30)}
                        </option>
                        <option value="90">{t!(i18n, account.tokens.days_90)}</option>
                        <option value=OWN_DATE>{t!(i18n, account.tokens.own_date)}</option>
                    </select>
                    <IconView icon=Icon::ChevronDown />
                </span>
                <Show when=move || days.get() == OWN_DATE>
                    <input
                        class="input"
                        type="date"
                        aria-label=t!(i18n, account.tokens.date)
                        prop:value=date
                        on:input=move |event| date.set(event_target_value(&event))
                    />
                </Show>
            </div>
        </div>
    }
}

/// When a token ends: so many days from now, or at the end of a day. Nothing for what is no date within a year.
fn end_of(days: &str, date: &str) -> Option<UnixMillis> {
    let now = js_sys::Date::now();
    let at = match days.parse::<f64>() {
        Ok(days) => now + days * DAY_MS,
        Err(_own_date) => js_sys::Date::parse(&format!("{date}T23:59:59")),
    };
    let latest = now + f64::from(TOKEN_DAYS_MAX) * DAY_MS;
    (at.is_finite() && at > now && at <= latest).then_some(UnixMillis(at as i64))
}
