//! Mounts declared operations. There is no other way to a route: `clippy.toml` forbids `Router::route`
//! everywhere else.
//!
//! A guarded handler is only reached with its grant; what changes something runs to its end even when the
//! browser goes away, and its audit record is finished with the result.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, Request, State, WebSocketUpgrade, ws::WebSocket},
    http::request::Parts,
    response::Response,
    routing::{MethodFilter, on},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use shared::{Endpoint, Guarded, Method, Needs, Public, Socket, endpoint::Operation};
use tower_sessions::Session;

use super::{address::Hops, layers::RequestId, reply::IntoReply};
use crate::{
    Error,
    access::{
        grant::{self, Asked, Grant, Visitor},
        tokens,
    },
    app::App,
};

/// Bytes of a body that are taken; the few endpoints that need more will say so in their declaration.
const BODY_MAX_BYTES: usize = 64 * 1024;
/// Bytes of one WebSocket message that are taken.
const MESSAGE_MAX_BYTES: usize = 256 * 1024;

/// The router as it grows, and the list of what is in it.
pub struct Api {
    router: Router<App>,
    mounted: Vec<Mounted>,
}

/// One mounted operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mounted {
    /// Its name.
    pub name: &'static str,
    /// Its method; a WebSocket is opened by GET.
    pub method: &'static str,
    /// Its path.
    pub path: &'static str,
    /// Who may.
    pub needs: Needs,
}

/// A handler of a guarded endpoint.
pub trait Handler<E: Endpoint>: Clone + Send + Sync + 'static {
    /// Runs it.
    fn run(
        &self,
        app: App,
        grant: Grant<E>,
        query: E::Query,
        body: E::Body,
    ) -> impl Future<Output = Result<impl IntoReply<E::Reply> + Send + 'static, Error>> + Send;
}

impl<E, H, F, R> Handler<E> for H
where
    E: Endpoint,
    H: Fn(App, Grant<E>, E::Query, E::Body) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<R, Error>> + Send,
    R: IntoReply<E::Reply> + Send + 'static,
{
    fn run(
        &self,
        app: App,
        grant: Grant<E>,
        query: E::Query,
        body: E::Body,
    ) -> impl Future<Output = Result<impl IntoReply<E::Reply> + Send + 'static, Error>> + Send {
        self(app, grant, query, body)
    }
}

/// A handler of a public endpoint.
pub trait PublicHandler<E: Endpoint>: Clone + Send + Sync + 'static {
    /// Runs it.
    fn run(
        &self,
        app: App,
        visitor: Visitor,
        query: E::Query,
        body: E::Body,
    ) -> impl Future<Output = Result<E::Reply, Error>> + Send;
}

impl<E, H, F> PublicHandler<E> for H
where
    E: Endpoint,
    H: Fn(App, Visitor, E::Query, E::Body) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<E::Reply, Error>> + Send,
{
    fn run(
        &self,
        app: App,
        visitor: Visitor,
        query: E::Query,
        body: E::Body,
    ) -> impl Future<Output = Result<E::Reply, Error>> + Send {
        self(app, visitor, query, body)
    }
}

/// A handler of a WebSocket.
pub trait SocketHandler<S: Socket>: Clone + Send + Sync + 'static {
    /// Runs it until it ends.
    fn run(
        self,
        app: App,
        grant: Grant<S>,
        query: S::Query,
        socket: WebSocket,
    ) -> impl Future<Output = Result<(), Error>> + Send;
}

impl<S, H, F> SocketHandler<S> for H
where
    S: Socket,
    H: Fn(App, Grant<S>, S::Query, WebSocket) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<(), Error>> + Send,
{
    fn run(
        self,
        app: App,
        grant: Grant<S>,
        query: S::Query,
        socket: WebSocket,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        self(app, grant, query, socket)
    }
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}

impl Api {
    pub(super) fn new() -> Self {
        Self { router: Router::new(), mounted: Vec::new() }
    }

    pub(super) fn into_parts(self) -> (Router<App>, Vec<Mounted>) {
        (self.router, self.mounted)
    }

    /// Mounts a guarded endpoint.
    #[must_use]
    pub fn mount<E: Endpoint + Guarded>(self, handler: impl Handler<E>) -> Self {
        self.add::<E>(E::METHOD, move |app: App, request: Request| {
            let handler = handler.clone();
            async move {
                let (parts, body) = request.into_parts();
                let id = request_id(&parts);
                finish::<E>(guarded::<E>(app, handler, parts, body), &id).await
            }
        })
    }

    /// Mounts a public endpoint, which is given no engine.
    #[must_use]
    pub fn mount_public<E: Endpoint + Public>(self, handler: impl PublicHandler<E>) -> Self {
        self.add::<E>(E::METHOD, move |app: App, request: Request| {
            let handler = handler.clone();
            async move {
                let (parts, body) = request.into_parts();
                let id = request_id(&parts);
                finish::<E>(public::<E>(app, handler, parts, body), &id).await
            }
        })
    }

    /// Mounts a WebSocket.
    #[must_use]
    pub fn mount_socket<S: Socket + Guarded>(self, handler: impl SocketHandler<S>) -> Self {
        self.add::<S>(Method::Get, move |app: App, request: Request| {
            let handler = handler.clone();
            async move {
                let (parts, _) = request.into_parts();
                let id = request_id(&parts);
                open_socket::<S>(app, handler, parts).await.unwrap_or_else(|error| error.into_reply(&id))
            }
        })
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that makes a route")]
    fn add<O: Operation>(mut self, method: Method, call: impl AsyncCall) -> Self {
        let call = Arc::new(call);
        self.mounted.push(Mounted { name: O::NAME, method: method.as_str(), path: O::PATH, needs: O::NEEDS });
        let route = on(filter(method), move |State(app): State<App>, request: Request| {
            let call = Arc::clone(&call);
            async move { call.call(app, request).await }
        });
        self.router = self.router.route(O::PATH, route);
        self
    }
}

/// A closure from a request to its reply.
trait AsyncCall: Send + Sync + 'static {
    fn call(&self, app: App, request: Request) -> impl Future<Output = Response> + Send;
}

impl<C, F> AsyncCall for C
where
    C: Fn(App, Request) -> F + Send + Sync + 'static,
    F: Future<Output = Response> + Send,
{
    fn call(&self, app: App, request: Request) -> impl Future<Output = Response> + Send {
        self(app, request)
    }
}

/// Waits for a request's work. What may change something runs in a task of its own: it is not stopped
/// halfway by a browser that went away.
async fn finish<E: Endpoint>(
    work: impl Future<Output = Result<Response, Error>> + Send + 'static,
    id: &str,
) -> Response {
    let outcome = if E::METHOD.mutates() {
        tokio::spawn(work).await.unwrap_or_else(|error| Err(Error::Internal(error.to_string())))
    } else {
        work.await
    };
    outcome.unwrap_or_else(|error| error.into_reply(id))
}

async fn guarded<E: Endpoint + Guarded>(
    app: App,
    handler: impl Handler<E>,
    mut parts: Parts,
    body: axum::body::Body,
) -> Result<Response, Error> {
    let endpoint = path::<E>(&app, &mut parts).await?;
    let asked = asked(&app, &parts)?;
    if E::METHOD.mutates() && asked.token.is_none() {
        own_header(&app, &parts)?;
    }
    let mut grant = grant::grant(&app, endpoint, asked).await?;
    let record = grant.take_record();
    let notes = grant.notes();
    let outcome = async {
        let query = query::<E::Query>(&parts)?;
        let body = json::<E::Body>(body).await?;
        handler.run(app, grant, query, body).await
    }
    .await;
    if let Some(record) = record {
        let (result, reason) = grant::audit_result(outcome.as_ref().err());
        record.finish(result, &notes.with(&reason)).await;
    }
    Ok(outcome?.into_reply(&parts.headers))
}

async fn public<E: Endpoint + Public>(
    app: App,
    handler: impl PublicHandler<E>,
    mut parts: Parts,
    body: axum::body::Body,
) -> Result<Response, Error> {
    path::<E>(&app, &mut parts).await?;
    if E::METHOD.mutates() {
        app.origin.check_request(&parts.headers)?;
    }
    let Asked { session, address, .. } = asked(&app, &parts)?;
    let agent = parts.headers.get(http::header::USER_AGENT).and_then(|value| value.to_str().ok());
    let agent = agent.unwrap_or_default().chars().take(200).collect();
    let query = query::<E::Query>(&parts)?;
    let body = json::<E::Body>(body).await?;
    let reply = handler.run(app, Visitor::new(address, session, agent), query, body).await?;
    Ok(reply.into_reply(&parts.headers))
}

async fn open_socket<S: Socket + Guarded>(
    app: App,
    handler: impl SocketHandler<S>,
    mut parts: Parts,
) -> Result<Response, Error> {
    use axum::extract::FromRequestParts;
    let operation = path::<S>(&app, &mut parts).await?;
    let query = query::<S::Query>(&parts)?;
    let mut grant = grant::grant_socket(&app, operation, asked(&app, &parts)?).await?;
    let record = grant.take_record();
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &app).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => {
            let error = Error::Invalid { field: None, message: rejection.to_string() };
            if let Some(record) = record {
                let (result, detail) = grant::audit_result(Some(&error));
                record.finish(result, &detail).await;
            }
            return Err(error);
        }
    };
    let id = request_id(&parts);
    let notes = grant.notes();
    Ok(upgrade.max_message_size(MESSAGE_MAX_BYTES).max_frame_size(MESSAGE_MAX_BYTES).on_upgrade(
        move |socket| async move {
            let outcome = handler.run(app, grant, query, socket).await;
            if let Err(error) = &outcome {
                error.log(&id);
            }
            if let Some(record) = record {
                let (result, reason) = grant::audit_result(outcome.as_ref().err());
                record.finish(result, &notes.with(&reason)).await;
            }
        },
    ))
}

fn own_header(app: &App, parts: &Parts) -> Result<(), Error> {
    // The origin itself is checked, and its refusal audited, by the grant.
    if parts.headers.contains_key(super::origin::OWN_HEADER) {
        Ok(())
    } else {
        app.origin.check_request(&parts.headers)
    }
}

fn asked<'a>(app: &App, parts: &'a Parts) -> Result<Asked<'a>, Error> {
    let session = parts
        .extensions
        .get::<Session>()
        .cloned()
        .ok_or_else(|| Error::Internal("the session layer is missing".to_owned()))?;
    let hops = Hops::of(&parts.headers, &parts.extensions);
    Ok(Asked {
        headers: &parts.headers,
        token: tokens::shown(&parts.headers),
        session,
        address: app.proxies.client(&app.sessions.settings().now().proxies, &hops),
        hops,
    })
}

fn request_id(parts: &Parts) -> String {
    parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

/// The path's parameters; what is not an id names nothing.
async fn path<O: Operation>(app: &App, parts: &mut Parts) -> Result<O, Error> {
    use axum::extract::FromRequestParts;
    if O::FIELDS.is_empty() {
        return serde_json::from_value(serde_json::json!({}))
            .map_err(|error| Error::Internal(error.to_string()));
    }
    let Path(operation) =
        Path::<O>::from_request_parts(parts, app).await.map_err(|_rejection| Error::NotFound("thing"))?;
    Ok(operation)
}

fn query<Q: DeserializeOwned>(parts: &Parts) -> Result<Q, Error> {
    let Query(query) = Query::<Q>::try_from_uri(&parts.uri)
        .map_err(|rejection| Error::Invalid { field: None, message: rejection.body_text() })?;
    Ok(query)
}

async fn json<B: DeserializeOwned>(body: axum::body::Body) -> Result<B, Error> {
    let bytes: Bytes = match Limited::new(body, BODY_MAX_BYTES).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => return Err(Error::TooLarge),
        Err(_broken) => return Err(Error::Invalid { field: None, message: "the body broke off".to_owned() }),
    };
    let bytes: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
    serde_json::from_slice(bytes).map_err(|error| {
        let message = format!("the body is not what is expected: {error}");
        Error::Invalid { field: named_field(&message), message }
    })
}

/// The field that a message of the parser names: one that is unknown, missing, or there twice.
fn named_field(message: &str) -> Option<String> {
    let (_, after) = message.split_once(" field `")?;
    after.split_once('`').map(|(field, _)| field.to_owned())
}
