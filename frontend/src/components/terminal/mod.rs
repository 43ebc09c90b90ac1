//! Terminals in a container: shells and other commands (exec), and its own process (attach).
//!
//! Belongs here: sessions as tabs, and what stands around the screen. Does not: a session's life (`session`).

mod ask;
mod bar;
mod foot;
mod keys;
mod notice;
mod session;
mod wire;

use leptos::{ev, html, prelude::*, reactive::owner::WeakOwner};
use shared::{EnvironmentId, containers::ContainerState, containers::ContainerSummary};

use self::{
    ask::{Ask, Program},
    bar::Bar,
    foot::Foot,
    keys::Keys,
    notice::Notices,
    session::{Session, State},
};
use crate::{
    components::launch::{self, Launch},
    i18n::{t, t_string, use_i18n},
    interop::terminal::Options,
    paths,
    session::use_session,
    ui::{
        button::{Button, Variant},
        empty_state::EmptyState,
        icon::Icon,
        storage,
    },
};

/// At most so many sessions are open in a page.
const SESSIONS_MAX: usize = 8;
const SCREEN_READER: &str = "longshore.terminal.screen_reader";

/// What the parts of the view share.
#[derive(Clone, Copy)]
struct Terminals {
    sessions: RwSignal<Vec<Session>>,
    active: RwSignal<u32>,
    next: StoredValue<u32>,
    ask: RwSignal<Ask>,
    screen_reader: RwSignal<bool>,
    environment: StoredValue<EnvironmentId>,
    container: Signal<ContainerSummary>,
    owner: StoredValue<Option<WeakOwner>>,
}

impl Terminals {
    /// The session that is shown; tracked.
    fn active(self) -> Option<Session> {
        let active = self.active.get();
        self.sessions.with(|sessions| sessions.iter().find(|session| session.number == active).copied())
    }

    /// Opens another session with what is chosen.
    fn open(self) {
        self.add(self.ask.get_untracked());
    }

    /// Attaches to the container's own process, which one came here for.
    fn open_attached(self) {
        if let Some(session) = self.add(Ask { program: Program::Attach, ..Ask::default() }) {
            session.attach_unasked();
        }
    }

    /// Attaches to what the form made, and starts it.
    fn open_started(self, launch: Launch) {
        if let Some(session) = self.add(Ask { program: Program::Start, ..Ask::default() }) {
            session.keep(launch);
        }
    }

    /// Whether the container runs.
    fn runs(self) -> bool {
        self.container.with_untracked(|container| container.state == ContainerState::Running)
    }

    fn add(self, ask: Ask) -> Option<Session> {
        let number = self.next.get_value();
        if self.sessions.with_untracked(Vec::len) >= SESSIONS_MAX {
            return None;
        }
        self.next.set_value(number.saturating_add(1));
        let container =
            self.container.with_untracked(|container| (container.id.clone(), container.name.clone()));
        // The session's signals live as long as the view, not as the button that was pressed.
        let owner = self.owner.with_value(|owner| owner.as_ref().and_then(WeakOwner::upgrade))?;
        let session = owner.with(|| Session::new(number, ask, self.environment.get_value(), container));
        self.sessions.update(|sessions| sessions.push(session));
        self.active.set(number);
        Some(session)
    }

    /// Ends a session and takes its tab away.
    fn close(self, session: Session) {
        session.end();
        let mut neighbour = None;
        self.sessions.update(|sessions| {
            if let Some(index) = sessions.iter().position(|other| *other == session) {
                sessions.remove(index);
                neighbour = sessions.get(index.saturating_sub(1)).copied();
            }
        });
        if self.active.get_untracked() == session.number
            && let Some(neighbour) = neighbour
        {
            self.show(neighbour);
        }
    }

    /// Shows a session.
    fn show(self, session: Session) {
        self.active.set(session.number);
        request_animation_frame(move || {
            if let Some(terminal) = session.terminal() {
                terminal.fit();
                terminal.focus();
            }
        });
    }

    fn toggle_screen_reader(self) {
        let on = !self.screen_reader.get_untracked();
        storage::write(SCREEN_READER, if on { "on" } else { "off" });
        self.screen_reader.set(on);
        for session in self.sessions.get_untracked() {
            if let Some(terminal) = session.terminal() {
                terminal.set_screen_reader(on);
            }
        }
    }
}

/// The Terminal tab of a container.
#[component]
pub(crate) fn TerminalView(
    /// Where the container is.
    environment: EnvironmentId,
    /// In which container.
    #[prop(into)]
    container: Signal<ContainerSummary>,
) -> impl IntoView {
    let i18n = use_i18n();
    let terminals = Terminals {
        sessions: RwSignal::new(Vec::new()),
        active: RwSignal::new(0),
        next: StoredValue::new(1),
        ask: RwSignal::new(Ask::default()),
        screen_reader: RwSignal::new(storage::read(SCREEN_READER).as_deref() == Some("on")),
        environment: StoredValue::new(environment),
        container,
        owner: StoredValue::new(Owner::current().map(|owner| owner.downgrade())),
    };
    // Each is told to end, so that no program stays without anybody to see it: when the view goes, and when
    // the page does.
    let end_all = move |end: fn(Session)| {
        if let Some(sessions) = terminals.sessions.try_get_untracked() {
            sessions.into_iter().for_each(end);
        }
    };
    on_cleanup(move || end_all(Session::end));
    let leaving = window_event_listener(ev::Custom::<web_sys::Event>::new("pagehide"), move |_| {
        end_all(Session::end_at_once);
    });
    on_cleanup(move || leaving.remove());
    let runs = Memo::new(move |_| container.with(|container| container.state == ContainerState::Running));
    let (attached, _) = paths::use_query_param::<u8>(paths::ATTACHED);
    let user = use_session();
    // A shell is what one comes here for, or what `docker run` shows; that one is started once, and by no reload.
    Effect::new(move |begun: Option<bool>| {
        let begun = begun.unwrap_or_default();
        if !begun && attached.get_untracked().is_some() {
            let by = untrack(|| user.session()).map(|session| session.user);
            let id = container.with_untracked(|container| container.id.clone());
            if let Some(launch) = launch::take(&id, by) {
                terminals.open_started(launch);
                return true;
            }
        }
        if !begun && runs.get() {
            match attached.get_untracked() {
                Some(_) => terminals.open_attached(),
                None => terminals.open(),
            }
            return true;
        }
        begun
    });
    let section = NodeRef::<html::Section>::new();
    let is_empty = move || terminals.sessions.with(Vec::is_empty);
    view! {
        <section class="terminal" aria-label=t!(i18n, terminal.title) node_ref=section>
            <Bar terminals section />
            <For each=move || terminals.sessions.get() key=|session| session.number let:session>
                <Screen terminals session />
            </For>
            <Show when=is_empty>
                <div class="terminal-empty">
                    <Show
                        when=move || runs.get()
                        fallback=move || {
                            view! {
                                <EmptyState
                                    icon=Icon::Terminal
                                    title=t!(i18n, terminal.stopped)
                                    text=t!(i18n, terminal.stopped_text)
                                />
                            }
                        }
                    >
                        <EmptyState
                            icon=Icon::Terminal
                            title=t!(i18n, terminal.none)
                            text=t!(i18n, terminal.none_text)
                        >
                            <Button
                                label=t!(i18n, terminal.new)
                                variant=Variant::Primary
                                icon=Icon::Plus
                                on_press=move || terminals.open()
                            />
                        </EmptyState>
                    </Show>
                </div>
            </Show>
            {move || terminals.active().map(|session| view! { <Notices terminals session /> })}
            <Keys terminals />
            <Foot terminals />
        </section>
    }
}

/// A session's screen.
#[component]
fn Screen(terminals: Terminals, session: Session) -> impl IntoView {
    let i18n = use_i18n();
    let host = NodeRef::<html::Div>::new();
    Effect::new(move |begun: Option<bool>| {
        let Some(host) = host.get() else { return begun.unwrap_or_default() };
        if begun != Some(true) {
            let options = Options { screen_reader: terminals.screen_reader.get_untracked(), font_size: 13 };
            session.attach(host.into(), options, untrack(|| t_string!(i18n, terminal.link)));
        }
        true
    });
    let waits = move || session.state.with(|state| *state == State::Asked);
    view! {
        <div
            class="terminal-screen"
            role="tabpanel"
            id=format!("terminal-{}", session.number)
            aria-label=move || t_string!(i18n, terminal.session, number = session.number.to_string())
            hidden=move || terminals.active.get() != session.number
            data-waits=move || waits().then_some("")
            node_ref=host
        ></div>
    }
}

/// The program's name for a tab; tracked.
fn tab_name(session: Session, i18n: crate::i18n::I18n) -> String {
    match session.ask.get_value().program {
        Program::Shell => t_string!(i18n, terminal.session, number = session.number.to_string()),
        Program::Command(line) => line.chars().take(24).collect(),
        Program::Attach | Program::Start => t_string!(i18n, terminal.attached),
    }
}
