//! Navigation: a column, a rail of icons, or a drawer, by the width of the screen. Only pages that exist.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::{
    Permission, Target,
    environments::EngineStatus,
    live::{Event, OwnLoad, Topic},
};

use crate::{
    components::{containers_store::ContainersStore, engine_status::engine_line},
    i18n::{t, t_string, use_i18n},
    live::{self, Message},
    paths,
    session::use_session,
    ui::{
        format,
        icon::{BrandMark, Icon, IconView},
        text::upper,
    },
};

const MEBIBYTE: u64 = 1024 * 1024;
/// The drawer's id: the top bar's button opens it.
pub(super) const ID: &str = "sidebar";

#[component]
pub(super) fn Sidebar() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let store = ContainersStore::use_store();
    let count = move || store.summary().map(|summary| format::count(i18n, u64::from(summary.counts.total)));
    let administers = move |permission| session.may(permission, Target::Console);
    let load = RwSignal::new(None::<OwnLoad>);
    live::subscribe_here(
        || Topic::OwnLoad,
        move |message| {
            if let Message::Event(Event::OwnLoad { load: now }) = message {
                load.set(Some(now));
            }
        },
    );
    let own_load = move || {
        load.get().map(|load| {
            let processor = format::processor(i18n, load.cpu_millis);
            // Whole ones: there is no room for more.
            let memory = format::memory(i18n, load.memory.div_ceil(MEBIBYTE) * MEBIBYTE);
            t_string!(i18n, shell.own_load, processor, memory)
        })
    };
    let build = move || session.session().map(|session| session.build).unwrap_or_default();
    view! {
        <nav class="sidebar" id=ID popover="auto" aria-label=t!(i18n, shell.main_navigation)>
            <div class="sidebar-head">
                <a class="brand" href=paths::start()>
                    <BrandMark />
                    <span>{t!(i18n, common.app)}</span>
                </a>
                <EnvironmentHead />
            </div>
            <div class="sidebar-nav">
                <div class="sidebar-group">
                    <ul>
                        <SidebarLink
                            href=move || paths::overview(&store.environment())
                            icon=Icon::Overview
                            label=t!(i18n, shell.overview)
                            exact=true
                        />
                    </ul>
                </div>
                <div class="sidebar-group">
                    <h2 id="nav-workloads">{t!(i18n, shell.workloads)}</h2>
                    <ul aria-labelledby="nav-workloads">
                        <SidebarLink
                            href=move || paths::containers(&store.environment())
                            icon=Icon::Container
                            label=t!(i18n, shell.containers)
                            count=count
                        />
                    </ul>
                </div>
                <Show when=move || {
                    [Permission::UserManage, Permission::SettingsManage, Permission::AuditView]
                        .into_iter()
                        .any(administers)
                }>
                    <div class="sidebar-group">
                        <h2 id="nav-administer">{t!(i18n, shell.administer)}</h2>
                        <ul aria-labelledby="nav-administer">
                            <Show when=move || administers(Permission::UserManage)>
                                <SidebarLink href=paths::users() icon=Icon::Users label=t!(i18n, shell.users) />
                            </Show>
                            <Show when=move || administers(Permission::SettingsManage)>
                                <SidebarLink
                                    href=paths::policy()
                                    icon=Icon::Shield
                                    label=t!(i18n, shell.policy)
                                />
                            </Show>
                            <Show when=move || administers(Permission::AuditView)>
                                <SidebarLink href=paths::audit() icon=Icon::Audit label=t!(i18n, shell.audit) />
                            </Show>
                        </ul>
                    </div>
                </Show>
            </div>
            <p class="sidebar-foot" title=t!(i18n, shell.own_load_title)>
                <span>{move || t_string!(i18n, shell.version, version = build())}</span>
                <span class="push">{own_load}</span>
            </p>
        </nav>
    }
}

#[component]
fn EnvironmentHead() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let store = ContainersStore::use_store();
    let name =
        move || store.summary().map_or_else(|| store.environment().to_string(), |summary| summary.name);
    let unreachable = move || {
        store.summary().is_some_and(|summary| matches!(summary.status, EngineStatus::Unreachable { .. }))
    };
    view! {
        <div class="env-switch" data-plain="">
            <span class="env-tile" data-tone=move || unreachable().then_some("calm") aria-hidden="true">
                {move || initials(&name())}
            </span>
            <span>
                <span class="env-name truncate" title=name>{name}</span>
                <span class="env-note" role="status" data-tone=move || unreachable().then_some("danger")>
                    // Who has to set up a second factor first is not told, and so it is not connecting either.
                    {move || (!session.lacks_factor()).then(|| engine_line(i18n, store.summary().as_ref()))}
                </span>
            </span>
        </div>
    }
}

/// Two letters for a tile or an avatar.
pub(super) fn initials(name: &str) -> String {
    upper(
        &name
            .chars()
            .filter(|letter| !letter.is_ascii() || letter.is_ascii_alphanumeric())
            .take(2)
            .collect::<String>(),
    )
}

#[component]
fn SidebarLink(
    #[prop(into)] href: Signal<String>,
    icon: Icon,
    #[prop(into)] label: Signal<String>,
    #[prop(optional, into)] count: Signal<Option<String>>,
    /// Current only on that very page, not on those below it.
    #[prop(optional)]
    exact: bool,
) -> impl IntoView {
    let path = use_location().pathname;
    let current = move || {
        let (path, href) = (path.get(), href.get());
        let below = path.strip_prefix(&href).is_some_and(|rest| rest.starts_with('/') && !exact);
        if path == href { Some("page") } else { below.then_some("true") }
    };
    view! {
        <li>
            <a class="sidebar-link" href=href aria-current=current title=label>
                <IconView icon=icon />
                <span>{label}</span>
                {move || count.get().map(|count| view! { <span class="sidebar-count">{count}</span> })}
            </a>
        </li>
    }
}
