//! A container's page: its head, its tabs, and the facts beside them.

mod facts_panel;
mod figures;
mod head;
mod inspect;
mod overview;
mod parts;
mod ports;
mod subject;
mod tab;

use std::time::Duration;

use leptos::prelude::*;
use shared::{ContainerId, Role};

use crate::{
    components::{
        containers_store::{ContainersStore, ListStatus},
        engine_status::EngineNotice,
        error_text::{error_text, role_name},
        log_view::LogView,
        shell::{Crumb, use_breadcrumb},
        terminal::TerminalView,
    },
    i18n::{t, t_string, use_i18n},
    paths,
    session::{SessionContext, use_session},
    ui::{
        badge::Tone, button::Button, clock::now, empty_state::EmptyState, format, icon::Icon, notice::Notice,
        progress::Busy,
    },
};
use facts_panel::FactsPanel;
use figures::Figures;
use head::{ContainerTabs, Head};
use inspect::InspectTab;
use overview::OverviewTab;
use parts::EnvShown;
use subject::{Standing, Subject};
use tab::Tab;

/// Within so long of each other the page hears that a container is gone, and that its owner holds nothing of it.
const HEARD_WITHIN: Duration = Duration::from_millis(1500);

/// The page.
#[component]
pub(crate) fn ContainerPage() -> impl IntoView {
    let i18n = use_i18n();
    let place = paths::use_container();
    let tab = Memo::new(move |_| place.with(|(_, tab)| Tab::parse(tab)));
    let subject = Subject::follow(tab);
    use_breadcrumb(move || {
        vec![
            Crumb {
                label: t_string!(i18n, palette.page.containers),
                href: Some(paths::containers(&subject.environment.get())),
            },
            Crumb { label: subject.name(), href: None },
        ]
    });
    // What was read stays in view when the container goes: its log is not begun anew.
    let view = Memo::new(move |_| match subject.standing.get() {
        Standing::Gone => Standing::Here,
        standing @ (Standing::Waiting | Standing::Missing | Standing::Here) => standing,
    });
    move || match view.get() {
        Standing::Waiting => view! { <Waiting /> }.into_any(),
        Standing::Missing => view! { <Missing subject /> }.into_any(),
        Standing::Here | Standing::Gone => view! { <Present subject tab /> }.into_any(),
    }
}

/// While the list is read, or could not be.
#[component]
fn Waiting() -> impl IntoView {
    let i18n = use_i18n();
    let store = ContainersStore::use_store();
    move || match store.status() {
        ListStatus::Failed(error) => {
            let text = move || error_text(i18n, &error);
            view! {
                <EngineNotice />
                <EmptyState icon=Icon::PlugOff title=t!(i18n, container.inspect_failed) text=text>
                    <Button label=t!(i18n, common.retry) on_press=move || store.read() />
                </EmptyState>
            }
            .into_any()
        }
        ListStatus::Loading | ListStatus::Ready => {
            view! { <div class="page-body late"><Busy label=t!(i18n, common.loading) /></div> }.into_any()
        }
    }
}

#[component]
fn Missing(subject: Subject) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="page-header">
            <h1 class="page-title">{move || subject.reference.get()}</h1>
        </div>
        <EmptyState
            icon=Icon::Container
            title=move || t_string!(i18n, container.missing, name = subject.reference.get())
            text=t!(i18n, container.missing_text)
        >
            <a class="button" data-variant="primary" href=move || paths::containers(&subject.environment.get())>
                {t!(i18n, container.back)}
            </a>
        </EmptyState>
    }
}

/// Whether the tab may be seen. What was seen of a container that is gone stays: whoever may see it as its
/// owner alone loses that with it, and may hear of the one a moment before the other.
fn allowed(subject: Subject, tab: Memo<Tab>, session: SessionContext) -> Memo<bool> {
    let holds =
        Memo::new(move |_| tab.get().needs().is_none_or(|permission| subject.may(session, permission)));
    let seen = RwSignal::new(None::<(Tab, Option<ContainerId>)>);
    Effect::new(move || {
        let shown = Some((tab.get(), subject.id()));
        if holds.get() {
            seen.set(shown);
        } else if seen.with_untracked(|seen| *seen == shown) && subject.standing.get() == Standing::Here {
            let lost = move || {
                let stays = holds.try_get_untracked() != Some(false)
                    || subject.standing.try_get_untracked() != Some(Standing::Here);
                if !stays {
                    seen.set(None);
                }
            };
            set_timeout(lost, HEARD_WITHIN);
        }
    });
    Memo::new(move |_| holds.get() || seen.with(|seen| *seen == Some((tab.get(), subject.id()))))
}

#[component]
fn Present(subject: Subject, tab: Memo<Tab>) -> impl IntoView {
    let session = use_session();
    let shown = EnvShown(RwSignal::new(false));
    let figures = Figures::follow(subject);
    let allowed = allowed(subject, tab, session);
    view! {
        <div class="page-fill">
            <Head subject />
            <EngineNotice />
            <Show when=move || subject.standing.get() == Standing::Gone>
                <Gone subject />
            </Show>
            <ContainerTabs subject tab />
            {move || match (tab.get(), allowed.get()) {
                (Tab::Overview, _) => view! { <OverviewTab subject shown figures /> }.into_any(),
                (tab, false) => view! { <Locked tab /> }.into_any(),
                (Tab::Terminal, true) => view! { <TerminalTab subject /> }.into_any(),
                (tab, true) => {
                    view! {
                        <div class="with-panel">
                            <div class="tab-body">
                                {match tab {
                                    Tab::Logs => view! { <LogsTab subject /> }.into_any(),
                                    Tab::Overview | Tab::Terminal | Tab::Inspect => {
                                        view! { <InspectTab subject /> }.into_any()
                                    }
                                }}
                            </div>
                            <FactsPanel subject shown figures />
                        </div>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// The log; begun anew when the page turns to another container.
#[component]
fn LogsTab(subject: Subject) -> impl IntoView {
    let first = Memo::new(move |_| subject.id());
    move || {
        // Read, not only tracked: a memo that was never read counts as changed at its first reading.
        first.get()?;
        let row = untrack(|| subject.row.get())?;
        let container = Signal::derive(move || {
            subject.row.with(|now| now.as_deref().cloned()).unwrap_or_else(|| (*row).clone())
        });
        let environment = subject.environment.get();
        Some(view! { <LogView environment container /> })
    }
}

/// Shells in it; begun anew when the page turns to another container.
#[component]
fn TerminalTab(subject: Subject) -> impl IntoView {
    let first = Memo::new(move |_| subject.id());
    move || {
        // Read, not only tracked: a memo that was never read counts as changed at its first reading.
        first.get()?;
        let row = untrack(|| subject.row.get())?;
        let container = Signal::derive(move || {
            subject.row.with(|now| now.as_deref().cloned()).unwrap_or_else(|| (*row).clone())
        });
        let environment = subject.environment.get();
        Some(view! { <TerminalView environment container /> })
    }
}

/// The container was removed while the page stands.
#[component]
fn Gone(subject: Subject) -> impl IntoView {
    let i18n = use_i18n();
    let when = move || subject.gone_at.get().map(|at| format::ago(i18n, at, now())).unwrap_or_default();
    let title = move || match subject.successor.get() {
        Some(_) => t_string!(i18n, container.gone_again),
        None => t_string!(i18n, container.gone, name = subject.name()),
    };
    let text = move || match subject.successor.get() {
        Some(other) => {
            let made = format::ago(i18n, other.created_at, now());
            t_string!(i18n, container.gone_again_text, name = other.name.clone(), time = made)
        }
        None => t_string!(i18n, container.gone_text, time = when()),
    };
    view! {
        <div class="page-notice">
            <Notice tone=Tone::Warning title=title text=text>
                <Show when=move || subject.successor.with(Option::is_some)>
                    <Button label=t!(i18n, container.go_there) on_press=move || subject.turn_to_successor() />
                </Show>
                <a class="button" href=move || paths::containers(&subject.environment.get())>
                    {t!(i18n, container.back)}
                </a>
            </Notice>
        </div>
    }
}

/// A view that needs another role: which one.
#[component]
fn Locked(tab: Tab) -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let title = move || {
        let least = tab.needs().map(Role::least);
        let own = session.session().and_then(|session| session.role());
        t_string!(i18n, container.locked, needed = role_name(i18n, least), role = role_name(i18n, own))
    };
    let text = move || match tab {
        Tab::Overview | Tab::Logs => t_string!(i18n, container.forbidden_logs),
        Tab::Terminal => t_string!(i18n, container.forbidden_terminal),
        Tab::Inspect => t_string!(i18n, container.forbidden_inspect),
    };
    view! { <EmptyState icon=Icon::Lock title=title text=text /> }
}
