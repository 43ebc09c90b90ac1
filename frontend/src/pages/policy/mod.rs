//! The policy: what holds for everybody's sessions, passwords and sign-ins, whose word on addresses
//! counts, and how long the audit is kept.

mod draft;
mod factor_roles;
mod trial;

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use shared::{
    Empty, Permission,
    policy::{PolicyReply, ReadPolicy, UpdatePolicy},
};

use self::{
    draft::{Draft, Drafts, wrong},
    factor_roles::FactorRolesField,
    trial::Trial,
};
use crate::{
    api,
    components::{
        reading::Reading,
        reading_state::ReadingState,
        shell::{Crumb, use_breadcrumb},
    },
    i18n::{t, t_string, use_i18n},
    pages::allowed::ForHolders,
    ui::{badge::Tone, button::SubmitButton, field::TextField, notice::Notice, toast::use_toasts},
};

/// The page.
#[component]
pub(crate) fn PolicyPage() -> impl IntoView {
    let i18n = use_i18n();
    use_breadcrumb(move || vec![Crumb { label: t_string!(i18n, policy.title), href: None }]);
    view! {
        <ForHolders
            needs=Permission::SettingsManage
            title=t!(i18n, policy.title)
            forbidden=t!(i18n, policy.forbidden)
            why=|i18n, role| t_string!(i18n, policy.forbidden_text, role)
        >
            <Loaded />
        </ForHolders>
    }
}

#[component]
fn Loaded() -> impl IntoView {
    let i18n = use_i18n();
    let policy = Reading::<PolicyReply>::new();
    let read = move || policy.start(api::call(ReadPolicy {}, Empty {}, ()));
    read();
    let changed = move |now: PolicyReply| policy.update(|reply| *reply = now);
    view! {
        <div class="page-header">
            <h1 class="page-title">{t!(i18n, policy.title)}</h1>
        </div>
        <div class="page-body stack policy">
            <ReadingState reading=policy failed=t!(i18n, policy.failed) read />
            {move || policy.value().map(|reply| view! { <Form reply changed /> })}
        </div>
    }
}

#[component]
fn Form(reply: PolicyReply, changed: impl Fn(PolicyReply) + Copy + Send + Sync + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let PolicyReply { policy, started_with, your_address, roles } = reply;
    let drafts = Drafts::new(&policy);
    let pending = RwSignal::new(false);
    let whole = RwSignal::new(None::<String>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if pending.get_untracked() {
            return;
        }
        whole.set(None);
        let Some(change) = drafts.change(i18n) else { return };
        pending.set(true);
        spawn_local(async move {
            match api::call(UpdatePolicy {}, Empty {}, change).await {
                Ok(now) => {
                    toasts.success(untrack(|| t_string!(i18n, policy.saved)));
                    changed(now);
                }
                Err(error) => {
                    let place = drafts.error_of(error.field.as_deref()).unwrap_or(whole);
                    place.set(Some(untrack(|| wrong(i18n, &error))));
                }
            }
            let _ = pending.try_set(false);
        });
    };
    view! {
        <form class="stack" novalidate on:submit=submit>
            <Group id="policy-sessions" title=Signal::derive(t!(i18n, policy.sessions))>
                <Line draft=drafts.idle_minutes label=Signal::derive(t!(i18n, policy.idle)) hint=Signal::derive(t!(i18n, policy.idle_hint)) />
                <Line draft=drafts.session_hours label=Signal::derive(t!(i18n, policy.hours)) hint=Signal::derive(t!(i18n, policy.hours_hint)) />
            </Group>
            <Group id="policy-passwords" title=Signal::derive(t!(i18n, policy.passwords))>
                <Line
                    draft=drafts.password_characters
                    label=Signal::derive(t!(i18n, policy.characters))
                    hint=Signal::derive(t!(i18n, policy.characters_hint))
                />
                <Line draft=drafts.refused_words label=Signal::derive(t!(i18n, policy.words)) hint=Signal::derive(t!(i18n, policy.words_hint)) />
            </Group>
            <Group id="policy-factors" title=Signal::derive(t!(i18n, policy.factors))>
                <FactorRolesField field=drafts.factor_roles roles />
            </Group>
            <Group id="policy-attempts" title=Signal::derive(t!(i18n, policy.attempts))>
                <Line draft=drafts.account_attempts label=Signal::derive(t!(i18n, policy.account)) hint=Signal::derive(t!(i18n, policy.account_hint)) />
                <Line draft=drafts.address_attempts label=Signal::derive(t!(i18n, policy.address)) hint=Signal::derive(t!(i18n, policy.address_hint)) />
                <Line draft=drafts.wait_minutes label=Signal::derive(t!(i18n, policy.wait)) hint=Signal::derive(t!(i18n, policy.wait_hint)) />
            </Group>
            <Group id="policy-proxies" title=Signal::derive(t!(i18n, policy.proxies_title))>
                <Line draft=drafts.trusted_proxies label=Signal::derive(t!(i18n, policy.proxies)) hint=Signal::derive(t!(i18n, policy.proxies_hint)) />
                <Trial proxies=drafts.trusted_proxies started_with your_address />
            </Group>
            <Group id="policy-audit" title=Signal::derive(t!(i18n, policy.audit))>
                <Line draft=drafts.audit_days label=Signal::derive(t!(i18n, policy.days)) hint=Signal::derive(t!(i18n, policy.days_hint)) />
                <Line draft=drafts.audit_rows label=Signal::derive(t!(i18n, policy.rows)) hint=Signal::derive(t!(i18n, policy.rows_hint)) />
            </Group>
            {move || {
                let problem = whole.get();
                problem.map(|problem| view! { <Notice tone=Tone::Danger title=problem text=String::new() /> })
            }}
            <div>
                <SubmitButton label=t!(i18n, policy.save) pending />
            </div>
        </form>
    }
}

#[component]
fn Group(id: &'static str, title: Signal<String>, children: Children) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby=id>
            <div class="card-head">
                <h2 id=id>{title}</h2>
            </div>
            <div class="card-body stack">{children()}</div>
        </section>
    }
}

/// A field, with its bounds after what it is.
#[component]
fn Line(draft: Draft, label: Signal<String>, hint: Signal<String>) -> impl IntoView {
    let i18n = use_i18n();
    let hint = move || {
        let bounds = draft.bounds_in_words(i18n);
        Some(bounds.map_or_else(|| hint.get(), |bounds| format!("{} {bounds}", hint.get())))
    };
    view! { <TextField id=draft.id label value=draft.value hint error=draft.error /> }
}
