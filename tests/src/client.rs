//! Speaks to the console as its page does: the session's cookie, the page's Origin, the console's own
//! header; and, for what a page would never do, any request at all.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde::{Serialize, de::DeserializeOwned};
use shared::{ApiError, Endpoint, ErrorCode, endpoint::Operation};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream},
};

/// A connection of whatever kind.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin + std::fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin + std::fmt::Debug> Stream for T {}

/// Where a client's connections go.
#[derive(Clone, Debug)]
enum Place {
    Tcp { address: SocketAddr, tls: bool },
    Unix(PathBuf),
}

/// One browser: its own cookies.
#[derive(Clone, Debug)]
pub struct Client {
    place: Place,
    origin: String,
    prefix: String,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    token: Option<String>,
}

impl Client {
    /// A browser that is at `url`, `https://127.0.0.1:9443/sub/path`, without a session.
    ///
    /// # Panics
    /// When that is not a numeric address with a scheme and a port.
    #[must_use]
    pub fn new(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").expect("a URL");
        let (authority, prefix) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
        Self {
            place: Place::Tcp {
                address: authority.parse().expect("a numeric address"),
                tls: scheme == "https",
            },
            origin: format!("{scheme}://{authority}"),
            prefix: prefix.trim_end_matches('/').to_owned(),
            cookies: Arc::default(),
            token: None,
        }
    }

    /// A client of a Unix socket: an engine's, or a console's.
    #[must_use]
    pub fn unix(socket: impl Into<PathBuf>) -> Self {
        Self {
            place: Place::Unix(socket.into()),
            origin: "http://localhost".to_owned(),
            prefix: String::new(),
            cookies: Arc::default(),
            token: None,
        }
    }

    /// The same browser, its cookies included, at another URL: what follows a console that moved.
    #[must_use]
    pub fn moved_to(&self, url: &str) -> Self {
        Self { cookies: Arc::clone(&self.cookies), ..Self::new(url) }
    }

    /// The same browser, believing to be at that origin: as behind a proxy that is not there.
    #[must_use]
    pub fn with_origin(mut self, origin: &str) -> Self {
        origin.clone_into(&mut self.origin);
        self
    }

    /// No browser but a script, at the same place: it shows an API token, and nothing that a page sends.
    #[must_use]
    pub fn with_token(&self, text: &str) -> Self {
        Self { token: Some(text.to_owned()), cookies: Arc::default(), ..self.clone() }
    }

    /// The API token that it shows.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Scheme, host and port, as the header `Origin` has them.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The cookies as the header has them.
    ///
    /// # Panics
    /// When another thread failed while it changed them.
    #[must_use]
    pub fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Puts a cookie in.
    ///
    /// # Panics
    /// When another thread failed while it changed them.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// A declared operation, called as the page does.
    ///
    /// # Errors
    /// What the console replied, if it was no success.
    pub async fn call<E: Endpoint>(
        &self,
        endpoint: &E,
        query: E::Query,
        body: E::Body,
    ) -> Result<E::Reply, Refusal> {
        let response = self.send::<E>(endpoint, &query, &body).await;
        if response.status.is_success() { Ok(response.json()) } else { Err(response.refusal()) }
    }

    /// As [`Self::call`], the whole response.
    pub async fn send<E: Endpoint>(&self, endpoint: &E, query: &E::Query, body: &E::Body) -> Response {
        let mut request = self.request(E::METHOD.as_str(), &path_and_query(endpoint, query));
        let body = serde_json::to_vec(body).expect("a body that serializes");
        if body != b"null" {
            request = request.json_bytes(body);
        }
        request.send().await
    }

    /// Any request. The path goes out as it is, after the console's own prefix.
    #[must_use]
    pub fn request(&self, method: &str, path: &str) -> Request {
        let mut headers = BTreeMap::new();
        if let Some(token) = &self.token {
            headers.insert("authorization".to_owned(), format!("Bearer {token}"));
            return self.bare(method, path, headers);
        }
        headers.insert("x-longshore".to_owned(), "1".to_owned());
        headers.insert("origin".to_owned(), self.origin.clone());
        headers.insert("sec-fetch-site".to_owned(), "same-origin".to_owned());
        let cookies = self.cookie_header();
        if !cookies.is_empty() {
            headers.insert("cookie".to_owned(), cookies);
        }
        self.bare(method, path, headers)
    }

    fn bare(&self, method: &str, path: &str, headers: BTreeMap<String, String>) -> Request {
        Request {
            client: self.clone(),
            method: method.to_owned(),
            path: format!("{}{path}", self.prefix),
            headers,
            body: Vec::new(),
        }
    }

    /// A GET of any path.
    pub async fn get(&self, path: &str) -> Response {
        self.request("GET", path).send().await
    }

    /// A new connection.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn connect(&self) -> std::io::Result<Box<dyn Stream>> {
        match &self.place {
            Place::Tcp { address, tls } => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                if *tls { Ok(Box::new(crate::tls::connect(stream).await)) } else { Ok(Box::new(stream)) }
            }
            Place::Unix(path) => Ok(Box::new(UnixStream::connect(path).await?)),
        }
    }

    /// What stands before every path.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    fn host(&self) -> &str {
        self.origin.split_once("://").map_or("localhost", |(_, host)| host)
    }

    fn keep(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap();
        for value in headers.get_all("set-cookie") {
            let text = value.to_str().unwrap_or_default();
            let Some((name, rest)) = text.split_once('=') else { continue };
            let value = rest.split(';').next().unwrap_or_default();
            if value.is_empty() || text.to_ascii_lowercase().contains("max-age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// Path and query of an operation.
///
/// # Panics
/// When the query is not a flat structure.
pub fn path_and_query<O: Operation>(operation: &O, query: &O::Query) -> String {
    let query = serde_json::to_value(query).expect("a query that serializes");
    let pairs: Vec<_> = query
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            format!("{name}={}", shared::endpoint::segment(&text))
        })
        .collect();
    let path = operation.path();
    if pairs.is_empty() { path } else { format!("{path}?{}", pairs.join("&")) }
}

/// A request not sent yet.
#[derive(Clone, Debug)]
pub struct Request {
    client: Client,
    method: String,
    path: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Request {
    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Leaves a header out that a page would send.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// Leaves out all that a page sends: what a plain HTTP client looks like.
    #[must_use]
    pub fn bare(mut self) -> Self {
        self.headers.clear();
        self
    }

    /// A JSON body.
    ///
    /// # Panics
    /// When it does not serialize.
    #[must_use]
    pub fn json(self, body: &impl Serialize) -> Self {
        self.json_bytes(serde_json::to_vec(body).expect("a body that serializes"))
    }

    /// Bytes that claim to be JSON.
    #[must_use]
    pub fn json_bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.headers.insert("content-type".to_owned(), "application/json".to_owned());
        self.body = body.into();
        self
    }

    /// Sends it and waits for the whole reply.
    ///
    /// # Panics
    /// When the connection fails.
    pub async fn send(self) -> Response {
        let name = format!("{} {}", self.method, self.path);
        let (parts, body) = self.stream().await.into_parts();
        let body = body.collect().await.unwrap_or_else(|error| panic!("{name}: {error}")).to_bytes();
        Response { name, status: parts.status, headers: parts.headers, body }
    }

    /// Sends it and gives the reply before its body.
    ///
    /// # Panics
    /// When the connection fails.
    pub async fn stream(self) -> http::Response<Incoming> {
        let name = format!("{} {}", self.method, self.path);
        self.try_stream().await.unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// As [`Self::stream`], for a console that may not be there.
    ///
    /// # Errors
    /// When the connection fails.
    ///
    /// # Panics
    /// When the request itself cannot be written.
    pub async fn try_stream(
        self,
    ) -> Result<http::Response<Incoming>, Box<dyn std::error::Error + Send + Sync>> {
        let stream = self.client.connect().await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let mut request = http::Request::builder()
            .method(self.method.as_str())
            .uri(&self.path)
            .header("host", self.client.host());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(Bytes::from(self.body))).expect("a request");
        let response = sender.send_request(request).await?;
        self.client.keep(response.headers());
        Ok(response)
    }
}

/// A whole reply.
#[derive(Clone, Debug)]
pub struct Response {
    /// What was asked, for messages.
    pub name: String,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Response {
    /// The body, parsed. No body is `null`.
    ///
    /// # Panics
    /// When it is something else.
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        let body: &[u8] = if self.body.is_empty() { b"null" } else { &self.body };
        serde_json::from_slice(body)
            .unwrap_or_else(|error| panic!("{}: {} {error}: {}", self.name, self.status, self.text()))
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value, empty if it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Status and error of a reply that is no success.
    ///
    /// # Panics
    /// When it does not have the one shape of all errors.
    pub fn refusal(&self) -> Refusal {
        Refusal { status: self.status.as_u16(), error: self.json() }
    }
}

/// A reply that is no success.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub error: ApiError,
}

impl Refusal {
    /// Status and code together, as tests compare them.
    #[must_use]
    pub fn kind(&self) -> (u16, ErrorCode) {
        (self.status, self.error.code)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {:?}: {}", self.status, self.error.code, self.error.message)
    }
}
