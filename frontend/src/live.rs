//! The live connection: one WebSocket for the tab, many subscriptions (see `shared::live`).
//!
//! Belongs here: connecting, coming back after a drop, and handing each frame to its subscriber. Does not:
//! what a frame means. A subscriber gives a closure that makes its topic, so that a reconnect goes on at the
//! cursor that it has then.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use gloo_timers::callback::{Interval, Timeout};
use leptos::{ev, prelude::*};
use shared::{
    ApiError, Empty,
    live::{ClientFrame, Event, HEARTBEAT_MS, Live, ServerFrame, Topic},
    logs::LogBatch,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{BinaryType, MessageEvent, WebSocket};

use crate::{api, session};

/// The shortest and the longest wait before the next attempt.
const RETRY_MS: (u32, u32) = (250, 15_000);

/// Whether what the page shows is live.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Connection {
    /// Nobody is signed in, or the first connection is being made.
    Opening,
    /// Live.
    Connected,
    /// Lost; it is tried again by itself.
    Lost {
        /// Since when, in milliseconds since 1970.
        since: f64,
    },
}

/// What a subscriber is told.
#[derive(Debug)]
pub(crate) enum Message {
    /// Something of the topic.
    Event(Event),
    /// Lines of a log, and the size of their frame: add it up and tell [`Subscription::taken`].
    Log(LogBatch, u64),
    /// The subscription was refused or has ended for good.
    Ended(ApiError),
}

type Handler = Rc<dyn Fn(Message)>;
type TopicNow = Rc<dyn Fn() -> Topic>;

#[derive(Clone)]
struct Entry {
    topic: TopicNow,
    handler: Handler,
    /// Bytes of log batches taken since the subscription last began.
    taken: Rc<Cell<u64>>,
}

/// The socket with the closures that the browser calls; dropped together.
struct Wire {
    socket: WebSocket,
    _opened: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _closed: Closure<dyn FnMut()>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // Closing what is closed already is no failure.
        let _ = self.socket.close();
    }
}

#[derive(Default)]
struct Link {
    wanted: Cell<bool>,
    wire: RefCell<Option<Wire>>,
    entries: RefCell<HashMap<u32, Entry>>,
    next_id: Cell<u32>,
    attempts: Cell<u32>,
    silent_ticks: Cell<u32>,
    retry: RefCell<Option<Timeout>>,
    heartbeat: RefCell<Option<Interval>>,
    listening: Cell<bool>,
}

thread_local! {
    static LINK: Link = Link::default();
    static CONNECTION: ArcRwSignal<Connection> = ArcRwSignal::new(Connection::Opening);
}

/// Whether what the page shows is live.
pub(crate) fn connection() -> ArcRwSignal<Connection> {
    CONNECTION.with(Clone::clone)
}

/// Connects, and stays so until [`stop`].
pub(crate) fn start() {
    LINK.with(|link| {
        if link.wanted.replace(true) {
            return;
        }
        link.attempts.set(0);
        listen_to_network(link);
        *link.heartbeat.borrow_mut() = Some(Interval::new(HEARTBEAT_MS, beat));
    });
    connect();
}

/// Subscribes once more to all that anybody subscribes to: what was refused may be had by now.
pub(crate) fn renew_all() {
    let entries: Vec<(u32, Entry)> =
        LINK.with(|link| link.entries.borrow().iter().map(|(id, entry)| (*id, entry.clone())).collect());
    for (id, entry) in entries {
        entry.taken.set(0);
        send(&ClientFrame::Subscribe { id, to: (entry.topic)() });
    }
}

/// Disconnects: nobody is signed in any more.
pub(crate) fn stop() {
    LINK.with(|link| {
        link.wanted.set(false);
        link.retry.take();
        link.heartbeat.take();
        link.wire.take();
    });
    connection().set(Connection::Opening);
}

/// Begins a subscription; it ends when the returned value is dropped. `topic` is asked again at each
/// reconnect, for the cursor of that moment.
#[must_use = "dropping it unsubscribes"]
pub(crate) fn subscribe(
    topic: impl Fn() -> Topic + 'static,
    handler: impl Fn(Message) + 'static,
) -> Subscription {
    let taken = Rc::new(Cell::new(0));
    let entry = Entry { topic: Rc::new(topic), handler: Rc::new(handler), taken: taken.clone() };
    let to = (entry.topic)();
    let id = LINK.with(|link| {
        let id = link.next_id.get().wrapping_add(1);
        link.next_id.set(id);
        link.entries.borrow_mut().insert(id, entry);
        id
    });
    send(&ClientFrame::Subscribe { id, to });
    Subscription { id, taken }
}

/// Subscribes for as long as the calling component (or effect) lives.
pub(crate) fn subscribe_here(topic: impl Fn() -> Topic + 'static, handler: impl Fn(Message) + 'static) {
    StoredValue::new_local(subscribe(topic, handler));
}

/// A subscription; dropping it unsubscribes.
#[derive(Debug)]
pub(crate) struct Subscription {
    id: u32,
    taken: Rc<Cell<u64>>,
}

impl Subscription {
    /// Subscribes to another topic in its place, and counts what is taken from zero.
    pub(crate) fn update(&self, topic: impl Fn() -> Topic + 'static) {
        let to = topic();
        LINK.with(|link| {
            if let Some(entry) = link.entries.borrow_mut().get_mut(&self.id) {
                entry.topic = Rc::new(topic);
            }
        });
        self.taken.set(0);
        send(&ClientFrame::Subscribe { id: self.id, to });
    }

    /// Asks for the topic again, as its closure makes it now.
    pub(crate) fn renew(&self) {
        let topic = LINK.with(|link| link.entries.borrow().get(&self.id).map(|entry| entry.topic.clone()));
        if let Some(topic) = topic {
            self.taken.set(0);
            send(&ClientFrame::Subscribe { id: self.id, to: topic() });
        }
    }

    /// Tells the server that so many more bytes of log batches were taken in, so that it may send more.
    pub(crate) fn taken(&self, bytes: u64) {
        let bytes = self.taken.get().saturating_add(bytes);
        self.taken.set(bytes);
        send(&ClientFrame::Taken { id: self.id, bytes });
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        // The thread's values may be gone when the tab closes.
        let _ = LINK.try_with(|link| link.entries.borrow_mut().remove(&self.id));
        send(&ClientFrame::Unsubscribe { id: self.id });
    }
}

fn send(frame: &ClientFrame) {
    let Ok(text) = serde_json::to_string(frame) else { return };
    let _ = LINK.try_with(|link| {
        if let Some(wire) = link.wire.borrow().as_ref()
            && wire.socket.ready_state() == WebSocket::OPEN
        {
            // A socket that closes meanwhile is noticed by its own event.
            let _ = wire.socket.send_with_str(&text);
        }
    });
}

fn connect() {
    LINK.with(|link| {
        link.retry.take();
        link.silent_ticks.set(0);
        if !link.wanted.get() {
            return;
        }
        match open() {
            Some(wire) => *link.wire.borrow_mut() = Some(wire),
            None => retry_later(link),
        }
    });
}

fn open() -> Option<Wire> {
    let socket = WebSocket::new(&api::socket_address(&Live {}, &Empty {})?).ok()?;
    socket.set_binary_type(BinaryType::Arraybuffer);
    let opened = Closure::<dyn FnMut()>::new(on_open);
    let message = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| on_message(&event));
    let closed = Closure::<dyn FnMut()>::new(on_close);
    socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
    socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
    socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
    Some(Wire { socket, _opened: opened, _message: message, _closed: closed })
}

fn on_open() {
    LINK.with(|link| link.attempts.set(0));
    renew_all();
    connection().set(Connection::Connected);
}

fn on_message(event: &MessageEvent) {
    LINK.with(|link| link.silent_ticks.set(0));
    let data = event.data();
    if let Some(buffer) = data.dyn_ref::<js_sys::ArrayBuffer>() {
        let bytes = js_sys::Uint8Array::new(buffer).to_vec();
        if let Some(batch) = LogBatch::decode(&bytes) {
            deliver(batch.subscription, Message::Log(batch, bytes.len() as u64));
        }
        return;
    }
    let Some(text) = data.as_string() else { return };
    match serde_json::from_str::<ServerFrame>(&text) {
        Ok(ServerFrame::Event { id, event }) => deliver(id, Message::Event(event)),
        Ok(ServerFrame::Ended { id, error }) => deliver(id, Message::Ended(error)),
        Ok(ServerFrame::SignedOut { why }) => api::signed_out(why),
        Ok(ServerFrame::Pong) => {}
        Err(_unknown) => leptos::logging::warn!("a live frame could not be read"),
    }
}

/// The handler is called with nothing borrowed: it may subscribe and unsubscribe.
fn deliver(id: u32, message: Message) {
    let handler = LINK.with(|link| link.entries.borrow().get(&id).map(|entry| entry.handler.clone()));
    if let Some(handler) = handler {
        handler(message);
    }
}

fn on_close() {
    // The wire holds the closure that runs now, so it is dropped a moment later.
    let wire = LINK.with(|link| link.wire.take());
    Timeout::new(0, move || drop(wire)).forget();
    let connection = connection();
    let was = connection.get_untracked();
    if was == Connection::Connected {
        connection.set(Connection::Lost { since: js_sys::Date::now() });
    } else {
        if was == Connection::Opening {
            connection.set(Connection::Lost { since: js_sys::Date::now() });
        }
        // A browser does not tell why a socket was refused: a call does.
        session::check();
    }
    LINK.with(retry_later);
}

fn retry_later(link: &Link) {
    if !link.wanted.get() {
        return;
    }
    let attempts = link.attempts.get();
    link.attempts.set(attempts.saturating_add(1));
    let (shortest, longest) = RETRY_MS;
    let most = shortest.saturating_mul(1 << attempts.min(8)).min(longest);
    // Half of the wait is left to chance, so that many tabs do not come back at once.
    let wait = f64::from(most) * (0.5 + js_sys::Math::random() / 2.0);
    *link.retry.borrow_mut() = Some(Timeout::new(wait as u32, connect));
}

fn beat() {
    let silent = LINK.with(|link| {
        let silent = link.silent_ticks.get().saturating_add(1);
        link.silent_ticks.set(silent);
        silent
    });
    match silent {
        0 | 1 => {}
        2 => send(&ClientFrame::Ping),
        _ => {
            let waits = LINK.with(|link| link.retry.borrow().is_some());
            if !waits {
                on_close();
            }
        }
    }
}

/// Comes back at once when the network or the tab does.
fn listen_to_network(link: &Link) {
    if link.listening.replace(true) {
        return;
    }
    let _ = window_event_listener(ev::online, |_| hurry());
    let _ = window_event_listener(ev::Custom::<web_sys::Event>::new("visibilitychange"), |_| hurry());
}

fn hurry() {
    let waits = LINK.with(|link| {
        let waits = link.retry.borrow().is_some();
        if waits {
            link.attempts.set(0);
        }
        waits
    });
    if waits {
        connect();
    }
}
