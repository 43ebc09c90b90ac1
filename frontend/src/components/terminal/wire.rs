//! A terminal's socket: what is typed goes out in small pieces and no faster than the network takes it, what is
//! printed comes in.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use gloo_timers::callback::Timeout;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{BinaryType, MessageEvent, WebSocket};

/// What is typed or pasted is sent in pieces of this many bytes.
const PIECE: usize = 16 * 1024;
/// No more than this waits in the browser: beyond it, pieces wait here.
const BUFFERED_MAX: u32 = 64 * 1024;
/// How often a full browser is asked whether it has room again, in milliseconds.
const ROOM_MS: u32 = 15;

/// What the socket tells.
pub(super) enum News {
    /// The program printed something.
    Printed(Uint8Array),
    /// The server said something.
    Said(String),
    /// It is closed.
    Closed,
}

#[derive(Default)]
struct Queue {
    pieces: VecDeque<Vec<u8>>,
    waits: Option<Timeout>,
}

/// An open socket; it closes when this is dropped.
pub(super) struct Wire {
    socket: WebSocket,
    queue: Rc<RefCell<Queue>>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _closed: Closure<dyn FnMut()>,
}

impl Wire {
    /// Opens one; `None` if the address is none.
    pub(super) fn open(address: &str, on_news: impl Fn(News) + 'static) -> Option<Self> {
        let socket = WebSocket::new(address).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let on_news = Rc::new(on_news);
        let news = on_news.clone();
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let data = event.data();
            if let Some(buffer) = data.dyn_ref::<ArrayBuffer>() {
                news(News::Printed(Uint8Array::new(buffer)));
            } else if let Some(text) = data.as_string() {
                news(News::Said(text));
            }
        });
        let closed = Closure::<dyn FnMut()>::new(move || on_news(News::Closed));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        Some(Self { socket, queue: Rc::default(), _message: message, _closed: closed })
    }

    /// Sends what was typed, after what was typed before.
    pub(super) fn send(&self, bytes: &[u8]) {
        self.queue.borrow_mut().pieces.extend(bytes.chunks(PIECE).map(<[u8]>::to_vec));
        pump(&self.socket, &self.queue);
    }

    /// Sends a word to the server itself.
    pub(super) fn say(&self, text: &str) {
        if self.socket.ready_state() == WebSocket::OPEN {
            // A socket that closes meanwhile tells so by its own event.
            let _ = self.socket.send_with_str(text);
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        self.queue.borrow_mut().waits = None;
        // Closing what is closed already is no failure.
        let _ = self.socket.close();
    }
}

fn pump(socket: &WebSocket, queue: &Rc<RefCell<Queue>>) {
    let mut waiting = queue.borrow_mut();
    waiting.waits = None;
    if socket.ready_state() > WebSocket::OPEN {
        waiting.pieces.clear();
    }
    while socket.ready_state() == WebSocket::OPEN && socket.buffered_amount() < BUFFERED_MAX {
        let Some(piece) = waiting.pieces.pop_front() else { return };
        // A socket that closes meanwhile tells so by its own event.
        let _ = socket.send_with_u8_array(&piece);
    }
    if !waiting.pieces.is_empty() {
        let (socket, queue) = (socket.clone(), queue.clone());
        waiting.waits = Some(Timeout::new(ROOM_MS, move || pump(&socket, &queue)));
    }
}
