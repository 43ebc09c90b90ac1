//! One session: a terminal on the page, and the program at the other end as long as it runs.
//!
//! Belongs here: its life, and flow control. Does not: what is around it (`mod`), the socket (`wire`).

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};
use shared::{
    ApiError, ContainerId, ContainerRef, EnvironmentId, ErrorCode, UnixMillis,
    commands::{self, Outcome, plain},
    terminal::{AttachContainer, AttachQuery, OpenTerminal, TerminalInput, TerminalOutput, TerminalQuery},
};
use web_sys::HtmlElement;

use super::{
    ask::{Ask, Program},
    wire::{News, Wire},
};
use crate::{
    api,
    components::{
        launch::Launch,
        session_commands::{fallen, note_as},
    },
    interop::terminal::{Handlers, Options, Terminal},
};

/// What was drawn is told after so many bytes: much less than the server may be ahead.
const TELL_DRAWN: u64 = 64 * 1024;

/// Ctrl+C: what runs in a shell ends.
const INTERRUPT: u8 = 3;
/// Ctrl+D: the shell ends.
const END_OF_INPUT: u8 = 4;
/// A shell is back at its prompt so long after Ctrl+C, in milliseconds.
const PROMPT_MS: u32 = 300;

/// Where a session stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum State {
    /// Attaching to the container's own process waits for the person's word.
    Asked,
    /// Being opened.
    Opening,
    /// The program runs.
    Running {
        /// What runs.
        command: Vec<String>,
        /// It takes input.
        input: bool,
    },
    /// The program has ended.
    Exited {
        /// Its exit code, if the engine told.
        code: Option<i64>,
    },
    /// It could not be started, or was cut off.
    Failed {
        /// Why.
        error: ApiError,
        /// No shell was found.
        no_shell: bool,
    },
    /// The connection was lost, and the program with it.
    Lost {
        /// When.
        at: UnixMillis,
    },
    /// The terminal itself could not be loaded.
    NotLoaded,
}

impl State {
    /// Whether there is a program to talk to, or soon will be.
    pub(super) fn is_alive(&self) -> bool {
        matches!(self, Self::Opening | Self::Running { .. })
    }

    /// Whether there was one, or should have been.
    pub(super) fn is_over(&self) -> bool {
        !self.is_alive() && *self != Self::Asked
    }
}

/// What a key of the screen's own row does to the next key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Modifier {
    /// Nothing.
    #[default]
    None,
    /// As if Ctrl were held.
    Control,
    /// As if Alt were held.
    Alt,
}

struct Inner {
    environment: EnvironmentId,
    container: ContainerId,
    /// What it was called when the session was made.
    name: String,
    terminal: RefCell<Option<Rc<Terminal>>>,
    wire: RefCell<Option<Rc<Wire>>>,
    /// Late news of an earlier connection is told by its number.
    run: Cell<u32>,
    drawn: Cell<u64>,
    told: Cell<u64>,
    runs: Cell<u32>,
    /// What the form made, until it is started.
    launch: RefCell<Option<Launch>>,
    /// Columns and rows as the server knows them.
    told_size: Cell<(u16, u16)>,
}

/// A session.
#[derive(Clone, Copy)]
pub(super) struct Session {
    /// Its number, from 1.
    pub(super) number: u32,
    /// What it was asked for.
    pub(super) ask: StoredValue<Ask>,
    /// Where it stands.
    pub(super) state: RwSignal<State>,
    /// Columns and rows.
    pub(super) size: RwSignal<(u16, u16)>,
    /// Which hit (from 0) of how many the search stands at.
    pub(super) found: RwSignal<(Option<u32>, u32)>,
    /// The search is open.
    pub(super) finding: RwSignal<bool>,
    /// What the next key is modified by.
    pub(super) modifier: RwSignal<Modifier>,
    inner: StoredValue<Rc<Inner>, LocalStorage>,
}

impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Session {
    /// Makes one; it begins when its element is there.
    pub(super) fn new(
        number: u32,
        ask: Ask,
        environment: EnvironmentId,
        (container, name): (ContainerId, String),
    ) -> Self {
        let state = if ask.program == Program::Attach { State::Asked } else { State::Opening };
        let inner = Inner {
            environment,
            container,
            name,
            terminal: RefCell::default(),
            wire: RefCell::default(),
            run: Cell::new(0),
            drawn: Cell::new(0),
            told: Cell::new(0),
            runs: Cell::new(0),
            launch: RefCell::default(),
            told_size: Cell::new((0, 0)),
        };
        Self {
            number,
            ask: StoredValue::new(ask),
            state: RwSignal::new(state),
            size: RwSignal::new((80, 24)),
            found: RwSignal::new((None, 0)),
            finding: RwSignal::new(false),
            modifier: RwSignal::new(Modifier::None),
            inner: StoredValue::new_local(Rc::new(inner)),
        }
    }

    /// Attaches without asking first: that is what was asked for.
    pub(super) fn attach_unasked(self) {
        self.state.set(State::Opening);
    }

    /// Keeps what the form made, to be given back if it cannot be started.
    pub(super) fn keep(self, launch: Launch) {
        if let Some(inner) = self.inner() {
            inner.launch.replace(Some(launch));
        }
    }

    /// What the form made, if it was not started; it is no longer kept then.
    pub(super) fn take_launch(self) -> Option<Launch> {
        self.inner()?.launch.take()
    }

    fn inner(self) -> Option<Rc<Inner>> {
        self.inner.try_get_value()
    }

    /// The terminal, once it is loaded.
    pub(super) fn terminal(self) -> Option<Rc<Terminal>> {
        self.inner()?.terminal.borrow().clone()
    }

    /// Loads the terminal into its element and begins.
    pub(super) fn attach(self, host: HtmlElement, options: Options, link_question: String) {
        let handlers = Handlers {
            input: Box::new(move |bytes| self.input(bytes)),
            resized: Box::new(move |columns, rows| self.resized(columns, rows)),
            drawn: Box::new(move |bytes| self.note_drawn(bytes)),
            found: Box::new(move |hit, count| {
                // The page may have gone elsewhere.
                let _ = self.found.try_set((hit, count));
            }),
            find: Box::new(move || {
                let _ = self.finding.try_set(true);
            }),
        };
        spawn_local(async move {
            match Terminal::create(&host, handlers, options, &link_question).await {
                Ok(terminal) => {
                    // The session may have been closed while the terminal was loaded.
                    let Some(inner) = self.inner() else { return };
                    let (columns, rows) = terminal.size();
                    self.size.set((columns, rows));
                    *inner.terminal.borrow_mut() = Some(Rc::new(terminal));
                    if self.state.with_untracked(State::is_alive) {
                        self.connect();
                    }
                }
                Err(_) => {
                    let _ = self.state.try_set(State::NotLoaded);
                }
            }
        });
    }

    /// Opens a connection and runs what was asked for; a new program each time.
    pub(super) fn connect(self) {
        let Some(inner) = self.inner() else { return };
        let Some(terminal) = self.terminal() else { return };
        inner.wire.take();
        inner.run.set(inner.run.get().wrapping_add(1));
        inner.drawn.set(0);
        inner.told.set(0);
        self.state.set(State::Opening);
        let (columns, rows) = terminal.size();
        inner.told_size.set((columns, rows));
        let run = inner.run.get();
        let wire = self
            .address(&inner, columns, rows)
            .and_then(|address| Wire::open(&address, move |news| self.hear(run, news)));
        match wire {
            Some(wire) => *inner.wire.borrow_mut() = Some(Rc::new(wire)),
            None => self.state.set(unreachable_state()),
        }
        terminal.focus();
    }

    fn address(self, inner: &Inner, columns: u16, rows: u16) -> Option<String> {
        let environment = inner.environment.clone();
        let container = ContainerRef::from(&inner.container);
        let Ask { program, user } = self.ask.get_value();
        let command = match program {
            Program::Attach | Program::Start => {
                let socket = AttachContainer { environment, container };
                let start = program == Program::Start;
                return api::socket_address(&socket, &AttachQuery { columns, rows, start });
            }
            Program::Shell => None,
            Program::Command(line) => Some(line),
        };
        let query = TerminalQuery { command, user: (!user.is_empty()).then_some(user), columns, rows };
        api::socket_address(&OpenTerminal { environment, container }, &query)
    }

    fn hear(self, run: u32, news: News) {
        let Some(inner) = self.inner().filter(|inner| inner.run.get() == run) else { return };
        match news {
            News::Printed(bytes) => {
                if let Some(terminal) = self.terminal() {
                    terminal.write(&bytes);
                }
            }
            News::Said(text) => match serde_json::from_str::<TerminalOutput>(&text) {
                Ok(said) => self.told(&inner, said),
                Err(error) => leptos::logging::warn!("a terminal's frame could not be read: {error}"),
            },
            News::Closed => {
                if let Some(terminal) = self.terminal() {
                    terminal.end_input();
                }
                match self.state.get_untracked() {
                    State::Running { .. } => self.state.set(State::Lost { at: now() }),
                    // A browser does not tell why a socket was refused.
                    State::Opening => {
                        self.note_start(&inner, Some(&unreachable()));
                        self.state.set(unreachable_state());
                    }
                    State::Asked
                    | State::Exited { .. }
                    | State::Failed { .. }
                    | State::Lost { .. }
                    | State::NotLoaded => {}
                }
            }
        }
    }

    fn told(self, inner: &Inner, said: TerminalOutput) {
        let Some(terminal) = self.terminal() else { return };
        match said {
            TerminalOutput::Started { command, tty, input } => {
                terminal.set_program(tty, input);
                inner.runs.set(inner.runs.get().saturating_add(1));
                self.note_start(inner, None);
                inner.launch.take();
                let words = match self.ask.with_value(|ask| ask.program == Program::Start) {
                    // The start is noted apart, since a script has no conversation.
                    true => commands::attach(&inner.name),
                    false => self.ask.with_value(|ask| ask.words(&inner.name, &command)),
                };
                note_as(inner.environment.clone(), plain(words), Outcome::ByHand);
                self.state.set(State::Running { command, input });
                // The window may have changed while the program was started.
                let (columns, rows) = terminal.size();
                self.resized(columns, rows);
            }
            TerminalOutput::Exited { code } => {
                terminal.end_input();
                self.state.set(State::Exited { code });
            }
            TerminalOutput::Failed { error, no_shell } => {
                terminal.end_input();
                if matches!(self.state.get_untracked(), State::Opening) {
                    self.note_start(inner, Some(&error));
                }
                self.state.set(State::Failed { error, no_shell });
            }
        }
    }

    /// Notes the start of the container, if this is one.
    fn note_start(self, inner: &Inner, failure: Option<&ApiError>) {
        if self.ask.with_value(|ask| ask.program == Program::Start) {
            let words = plain(commands::on_containers("start", &[], &[&inner.name]));
            let outcome = failure.map_or(Outcome::Done, |error| fallen(error, error.message.clone()));
            note_as(inner.environment.clone(), words, outcome);
        }
    }

    /// Begins anew in the same place, below what was printed before. What was started, or runs by now, is not
    /// started again.
    pub(super) fn again(self, notice: &str, runs: bool) {
        let waits = self.inner().is_some_and(|inner| inner.launch.borrow().is_some());
        if runs || !waits {
            self.ask.update_value(|ask| {
                if ask.program == Program::Start {
                    ask.program = Program::Attach;
                }
            });
        }
        if let Some(terminal) = self.terminal()
            && self.inner().is_some_and(|inner| inner.runs.get() > 0)
        {
            terminal.write_notice(notice);
        }
        self.connect();
    }

    fn input(self, mut bytes: Vec<u8>) {
        let Some(inner) = self.inner() else { return };
        if !self.state.with_untracked(|state| matches!(state, State::Running { input: true, .. })) {
            return;
        }
        match self.modifier.get_untracked() {
            Modifier::None => {}
            modifier => {
                self.modifier.set(Modifier::None);
                bytes = modified(modifier, bytes);
            }
        }
        let wire = inner.wire.borrow().clone();
        if let Some(wire) = wire {
            wire.send(&bytes);
        }
    }

    fn resized(self, columns: u16, rows: u16) {
        if self.size.try_set((columns, rows)).is_some() {
            return;
        }
        let Some(inner) = self.inner() else { return };
        if self.state.with_untracked(|state| matches!(state, State::Running { .. }))
            && inner.told_size.replace((columns, rows)) != (columns, rows)
        {
            self.say(TerminalInput::Resize { columns, rows });
        }
    }

    fn note_drawn(self, bytes: u64) {
        let Some(inner) = self.inner() else { return };
        let drawn = inner.drawn.get().saturating_add(bytes);
        inner.drawn.set(drawn);
        if drawn.saturating_sub(inner.told.get()) >= TELL_DRAWN {
            inner.told.set(drawn);
            self.say(TerminalInput::Drawn { bytes: drawn });
        }
    }

    fn say(self, input: TerminalInput) {
        let wire = self.inner().and_then(|inner| inner.wire.borrow().clone());
        if let (Some(wire), Ok(text)) = (wire, serde_json::to_string(&input)) {
            wire.say(&text);
        }
    }

    /// Ends it. The engine lets a program run on when its connection closes
    /// (<https://github.com/moby/moby/issues/9098>), so it is asked to end first, by the keys a person would
    /// press; but never the container's own process.
    pub(super) fn end(self) {
        if let Some(wire) = self.take_wire() {
            wire.send(&[INTERRUPT]);
            Timeout::new(PROMPT_MS, move || wire.send(&[END_OF_INPUT])).forget();
        }
        self.dispose();
    }

    /// The same where no time is left, since the page goes.
    pub(super) fn end_at_once(self) {
        if let Some(wire) = self.take_wire() {
            wire.send(&[INTERRUPT, END_OF_INPUT]);
        }
        self.dispose();
    }

    /// The connection to a program that is the session's own and runs.
    fn take_wire(self) -> Option<Rc<Wire>> {
        let inner = self.inner()?;
        // What it tells from now on is nobody's business.
        inner.run.set(inner.run.get().wrapping_add(1));
        let wire = inner.wire.take()?;
        let runs = self.state.with_untracked(|state| matches!(state, State::Running { .. }));
        let is_own = self.ask.with_value(|ask| !ask.program.is_attached());
        (runs && is_own).then_some(wire)
    }

    fn dispose(self) {
        if let Some(inner) = self.inner() {
            inner.terminal.take();
        }
    }
}

/// One typed letter with a key of the screen held; anything else as it is.
fn modified(modifier: Modifier, bytes: Vec<u8>) -> Vec<u8> {
    match (modifier, bytes.as_slice()) {
        (Modifier::Control, [letter @ (b'@'..=b'_' | b'a'..=b'z')]) => vec![letter & 0x1f],
        (Modifier::Control, b" ") => vec![0],
        (Modifier::Alt, _) => [vec![0x1b], bytes].concat(),
        (Modifier::Control | Modifier::None, _) => bytes,
    }
}

fn unreachable_state() -> State {
    State::Failed { error: unreachable(), no_shell: false }
}

fn unreachable() -> ApiError {
    ApiError::new(ErrorCode::Network, "the socket was refused")
}

fn now() -> UnixMillis {
    UnixMillis(js_sys::Date::now() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_modified() {
        assert_eq!(modified(Modifier::Control, b"c".to_vec()), [3]);
        assert_eq!(modified(Modifier::Control, b"C".to_vec()), [3]);
        assert_eq!(modified(Modifier::Control, b"[".to_vec()), [0x1b]);
        assert_eq!(modified(Modifier::Control, b" ".to_vec()), [0]);
        assert_eq!(modified(Modifier::Control, b"long".to_vec()), b"long");
        assert_eq!(modified(Modifier::Alt, b"b".to_vec()), b"\x1bb");
    }
}
