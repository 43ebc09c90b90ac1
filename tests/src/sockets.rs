//! The console's WebSockets, as a page uses them.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use http::StatusCode;
use shared::{
    Empty, Socket,
    live::{ClientFrame, Event, Live, ServerFrame, Topic},
    logs::LogBatch,
    terminal::{TerminalInput, TerminalOutput},
};
use tokio::time::timeout;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest, handshake::client::Request},
};

use crate::{
    Client,
    client::{Stream, path_and_query},
    wait::PATIENCE,
};

type Ws = WebSocketStream<Box<dyn Stream>>;

/// The request that opens a WebSocket, with all that a page sends.
///
/// # Panics
/// When it cannot be written.
pub fn handshake<S: Socket>(client: &Client, socket: &S, query: &S::Query) -> Request {
    let host = client.origin().split_once("://").expect("an origin").1;
    let url = format!("ws://{host}{}{}", client.prefix(), path_and_query(socket, query));
    let mut request = url.into_client_request().expect("a WebSocket's URL");
    let headers = request.headers_mut();
    if let Some(token) = client.token() {
        headers.insert("authorization", format!("Bearer {token}").parse().expect("a header"));
        return request;
    }
    headers.insert("origin", client.origin().parse().expect("a header"));
    let cookies = client.cookie_header();
    if !cookies.is_empty() {
        headers.insert("cookie", cookies.parse().expect("a header"));
    }
    request
}

/// Opens a WebSocket with a request that may have been changed.
///
/// # Errors
/// The status, when the console refused to switch protocols.
///
/// # Panics
/// When the connection fails otherwise.
pub async fn open(client: &Client, request: Request) -> Result<Ws, StatusCode> {
    let stream = client.connect().await.expect("a connection to the console");
    match client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::Error::Http(response)) => Err(response.status()),
        Err(error) => panic!("the handshake: {error}"),
    }
}

/// What arrived on the live socket.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrival {
    /// A text frame.
    Frame(ServerFrame),
    /// A batch of log lines, and how many bytes the frame had.
    Logs(LogBatch, u64),
    /// The socket ended, with its code if there was one.
    Closed(Option<u16>),
}

/// The live socket.
#[derive(Debug)]
pub struct LiveSocket {
    socket: Ws,
}

impl LiveSocket {
    /// Opens it.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn open(client: &Client) -> Self {
        let socket = open(client, handshake(client, &Live {}, &Empty {})).await;
        Self { socket: socket.unwrap_or_else(|status| panic!("the live socket: {status}")) }
    }

    /// Sends a frame.
    ///
    /// # Panics
    /// When the socket is gone.
    pub async fn send(&mut self, frame: &ClientFrame) {
        self.send_text(serde_json::to_string(frame).expect("a frame")).await;
    }

    /// Sends any text.
    ///
    /// # Panics
    /// When the socket is gone.
    pub async fn send_text(&mut self, text: String) {
        self.socket.send(Message::text(text)).await.expect("the live socket takes a frame");
    }

    /// Subscribes.
    pub async fn subscribe(&mut self, id: u32, to: Topic) {
        self.send(&ClientFrame::Subscribe { id, to }).await;
    }

    /// The next binary frame as it is, or `None` when a text frame came that `ends` holds for.
    ///
    /// # Panics
    /// When the socket ends.
    pub async fn next_binary(&mut self, ends: impl Fn(&str) -> bool) -> Option<bytes::Bytes> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Binary(bytes))) => return Some(bytes),
                Some(Ok(Message::Text(text))) if ends(&text) => return None,
                Some(Ok(Message::Close(_)) | Err(_)) | None => panic!("the live socket ended"),
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next arrival; heartbeats of the transport are left out.
    ///
    /// # Panics
    /// When nothing comes in time, or something that is not of the protocol.
    pub async fn next(&mut self) -> Arrival {
        self.next_within(PATIENCE).await.expect("something on the live socket in time")
    }

    /// As [`Self::next`]; `None` when nothing came in that time.
    ///
    /// # Panics
    /// When something comes that is not of the protocol.
    pub async fn next_within(&mut self, limit: Duration) -> Option<Arrival> {
        timeout(limit, self.receive()).await.ok()
    }

    async fn receive(&mut self) -> Arrival {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    let frame = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
                    return Arrival::Frame(frame);
                }
                Some(Ok(Message::Binary(bytes))) => {
                    let batch = LogBatch::decode(&bytes).expect("a batch of log lines");
                    return Arrival::Logs(batch, bytes.len() as u64);
                }
                Some(Ok(Message::Close(frame))) => {
                    return Arrival::Closed(frame.map(|frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Arrival::Closed(None),
            }
        }
    }

    /// Waits for what `pick` takes; all else is let go by.
    ///
    /// # Panics
    /// When it does not come in time, or the socket ends before.
    pub async fn until<T>(&mut self, what: &str, mut pick: impl FnMut(Arrival) -> Option<T>) -> T {
        let wait = async {
            loop {
                let arrival = self.receive().await;
                let closed = matches!(arrival, Arrival::Closed(_));
                let shown = if closed { format!("{arrival:?}") } else { String::new() };
                if let Some(picked) = pick(arrival) {
                    return picked;
                }
                assert!(!closed, "{shown} before {what}");
            }
        };
        timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("not in time: {what}"))
    }

    /// Waits for an event of a subscription that `pick` takes.
    ///
    /// # Panics
    /// When it does not come in time, or the subscription is ended.
    pub async fn event<T>(&mut self, of: u32, what: &str, mut pick: impl FnMut(Event) -> Option<T>) -> T {
        self.until(what, |arrival| match arrival {
            Arrival::Frame(ServerFrame::Event { id, event }) if id == of => pick(event),
            Arrival::Frame(ServerFrame::Ended { id, error }) if id == of => {
                panic!("ended before {what}: {error}")
            }
            _ => None,
        })
        .await
    }

    /// Waits for the end of the socket; gives its code. All before it is let go by.
    ///
    /// # Panics
    /// When it does not come within the limit.
    pub async fn closed_within(&mut self, limit: Duration) -> Option<u16> {
        let wait = async {
            loop {
                if let Arrival::Closed(code) = self.receive().await {
                    return code;
                }
            }
        };
        timeout(limit, wait).await.unwrap_or_else(|_| panic!("the live socket still stands after {limit:?}"))
    }

    /// Closes it as a page that goes away.
    pub async fn close(mut self) {
        let _ = self.socket.close(None).await;
    }
}

/// A terminal: exec or attach.
#[derive(Debug)]
pub struct TerminalSocket {
    socket: Ws,
    /// All that was printed so far.
    pub printed: Vec<u8>,
    drawn: u64,
}

impl TerminalSocket {
    /// Opens one.
    ///
    /// # Panics
    /// When it is refused before the protocol is switched.
    pub async fn open<S: Socket>(client: &Client, socket: &S, query: &S::Query) -> Self {
        let opened = open(client, handshake(client, socket, query)).await;
        let socket = opened.unwrap_or_else(|status| panic!("{}: {status}", S::NAME));
        Self { socket, printed: Vec::new(), drawn: 0 }
    }

    /// Types.
    ///
    /// # Panics
    /// When the socket is gone.
    pub async fn type_bytes(&mut self, bytes: &[u8]) {
        self.socket.send(Message::binary(bytes.to_vec())).await.expect("the terminal takes input");
    }

    /// Says something beside what is typed.
    ///
    /// # Panics
    /// When the socket is gone.
    pub async fn say(&mut self, input: &TerminalInput) {
        assert!(self.try_say(input).await, "the terminal takes a frame");
    }

    /// Says it if the socket still stands; whether it did.
    ///
    /// # Panics
    /// Never: a frame is JSON.
    pub async fn try_say(&mut self, input: &TerminalInput) -> bool {
        let text = serde_json::to_string(input).expect("a frame");
        self.socket.send(Message::text(text)).await.is_ok()
    }

    /// The next text frame, or `None` when the socket ended; what is printed meanwhile is collected and
    /// told as drawn.
    ///
    /// # Panics
    /// When nothing comes in time.
    pub async fn next(&mut self) -> Option<TerminalOutput> {
        let wait = async {
            loop {
                match self.receive().await {
                    Received::Said(output) => return Some(output),
                    Received::Printed => {}
                    Received::Closed => return None,
                }
            }
        };
        match timeout(PATIENCE, wait).await {
            Ok(output) => output,
            Err(_) => panic!("nothing from the terminal in time; printed: {}", self.text()),
        }
    }

    /// Waits until the text appears in what was printed; gives all that was printed.
    ///
    /// # Panics
    /// When it does not in time.
    pub async fn until(&mut self, text: &str) -> String {
        let wait = async {
            while !self.text().contains(text) {
                if matches!(self.receive().await, Received::Closed) {
                    break;
                }
            }
        };
        let _ = timeout(PATIENCE, wait).await;
        let printed = self.text();
        assert!(printed.contains(text), "{text:?} was not printed; printed: {printed:?}");
        printed
    }

    /// What was printed so far.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.printed).into_owned()
    }

    /// Waits for the end of the socket.
    ///
    /// # Panics
    /// When it does not come within the limit.
    pub async fn closed_within(&mut self, limit: Duration) {
        let wait = async { while !matches!(self.receive().await, Received::Closed) {} };
        timeout(limit, wait).await.unwrap_or_else(|_| panic!("the terminal still stands after {limit:?}"));
    }

    /// Takes in the next frame, whatever it is.
    ///
    /// # Panics
    /// When the socket ends.
    pub async fn receive_some(&mut self) {
        assert!(!matches!(self.receive().await, Received::Closed), "the terminal ended");
    }

    /// Takes in what still comes, until nothing does for a moment.
    pub async fn settle(&mut self) {
        while timeout(Duration::from_millis(300), self.receive_some()).await.is_ok() {}
        self.printed.clear();
    }

    async fn receive(&mut self) -> Received {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Binary(bytes))) => {
                    self.printed.extend_from_slice(&bytes);
                    self.drawn += bytes.len() as u64;
                    let text =
                        serde_json::to_string(&TerminalInput::Drawn { bytes: self.drawn }).expect("a frame");
                    let _ = self.socket.send(Message::text(text)).await;
                    return Received::Printed;
                }
                Some(Ok(Message::Text(text))) => {
                    return Received::Said(
                        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")),
                    );
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Received::Closed,
                Some(Ok(_)) => {}
            }
        }
    }
}

enum Received {
    Said(TerminalOutput),
    Printed,
    Closed,
}
