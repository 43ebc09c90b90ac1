//! Calling the server: one function for every endpoint of the contract.
//!
//! Belongs here: making the request, reading the reply, and what every failure has in common. Does not:
//! words (`components::error_text`), and what a page does about a failure.

use std::{cell::RefCell, pin::Pin, rc::Rc};

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, JSON, Object, Reflect};
use leptos::prelude::window;
use serde::Serialize;
use shared::{ApiError, Endpoint, ErrorCode, session::SessionEnd};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, Request, RequestCache, RequestCredentials, RequestInit, Response, UrlSearchParams};

use crate::paths;

/// How long after a failure of the network what only reads is tried once more.
pub(crate) const RETRY_MS: u32 = 400;

/// An answer of the person, on its way: whether the call may be made again.
pub(crate) type Answer = Pin<Box<dyn Future<Output = bool>>>;

/// What happens when the session has ended.
type OnSignedOut = Rc<dyn Fn(SessionEnd)>;

thread_local! {
    static ON_CONFIRMATION: RefCell<Option<Rc<dyn Fn() -> Answer>>> = const { RefCell::new(None) };
    static ON_SIGNED_OUT: RefCell<Option<OnSignedOut>> = const { RefCell::new(None) };
}

/// Sets what happens when any call finds that the session has ended.
pub(crate) fn on_signed_out(handler: impl Fn(SessionEnd) + 'static) {
    ON_SIGNED_OUT.with(|slot| *slot.borrow_mut() = Some(Rc::new(handler)));
}

/// Sets who asks the person when a call takes proving again who is at the keyboard.
pub(crate) fn on_confirmation(handler: impl Fn() -> Answer + 'static) {
    ON_CONFIRMATION.with(|slot| *slot.borrow_mut() = Some(Rc::new(handler)));
}

async fn confirmed() -> bool {
    match ON_CONFIRMATION.with(|slot| slot.borrow().clone()) {
        Some(handler) => handler().await,
        None => false,
    }
}

/// Tells that the session has ended, as a call or the live connection found, and why, where that is known.
pub(crate) fn signed_out(why: SessionEnd) {
    let handler = ON_SIGNED_OUT.with(|slot| slot.borrow().clone());
    if let Some(handler) = handler {
        handler(why);
    }
}

/// Calls an endpoint; what only reads, once more if the network fails. A failure of the network or a reply that cannot be read is [`ErrorCode::Network`].
pub(crate) async fn call<E: Endpoint>(
    endpoint: E,
    query: E::Query,
    body: E::Body,
) -> Result<E::Reply, ApiError> {
    let text = prepare(endpoint, query, body).ask().await?;
    serde_json::from_str(&text).map_err(|_| unreadable())
}

/// A call that only needs to be made.
pub(crate) struct Prepared {
    method: &'static str,
    address: String,
    body: serde_json::Result<String>,
}

/// Prepares a call. What differs from endpoint to endpoint ends here: the waiting is compiled once.
pub(crate) fn prepare<E: Endpoint>(endpoint: E, query: E::Query, body: E::Body) -> Prepared {
    Prepared {
        method: E::METHOD.as_str(),
        address: address(&endpoint, &query),
        body: serde_json::to_string(&body),
    }
}

impl Prepared {
    /// Makes the call, and again once the person has proved who they are where it takes that; the reply's
    /// text, `null` for none. Errors as [`call`]'s.
    pub(crate) async fn ask(self) -> Result<String, ApiError> {
        match self.once().await {
            Err(error) if error.code == ErrorCode::ConfirmationNeeded && confirmed().await => {
                self.once().await
            }
            outcome => outcome,
        }
    }

    async fn once(&self) -> Result<String, ApiError> {
        let body = self.body.as_ref().map_err(|_| unreadable())?;
        let mut sent = send(self.method, &self.address, body).await;
        if sent.is_err() && self.method == "GET" {
            // A network that changes under the page fails what is under way, and works a moment later.
            TimeoutFuture::new(RETRY_MS).await;
            sent = send(self.method, &self.address, body).await;
        }
        let (ok, text) = sent.map_err(|_| unreadable())?;
        let text = if text.is_empty() { "null".to_owned() } else { text };
        if ok {
            return Ok(text);
        }
        let error: ApiError = serde_json::from_str(&text).map_err(|_| unreadable())?;
        if error.code == ErrorCode::SignedOut {
            signed_out(SessionEnd::Over);
        }
        Err(error)
    }
}

/// The address of an operation with its query, as a path from the server's root: for links and downloads.
pub(crate) fn address<O: shared::endpoint::Operation>(operation: &O, query: &O::Query) -> String {
    let path = paths::within(&operation.path());
    match encode_query(query) {
        query if query.is_empty() => path,
        query => format!("{path}?{query}"),
    }
}

/// The address of a socket with its query.
pub(crate) fn socket_address<S: shared::Socket>(socket: &S, query: &S::Query) -> Option<String> {
    match encode_query(query) {
        query if query.is_empty() => paths::socket(&socket.path()),
        query => paths::socket(&format!("{}?{query}", socket.path())),
    }
}

async fn send(method: &str, address: &str, body: &str) -> Result<(bool, String), JsValue> {
    let headers = Headers::new()?;
    // No other site's form or image can set it: the server takes only requests that bear it.
    headers.set("x-longshore", "1")?;
    headers.set("accept", "application/json")?;
    let init = RequestInit::new();
    init.set_method(method);
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_cache(RequestCache::NoStore);
    if body != "null" {
        headers.set("content-type", "application/json")?;
        init.set_body(&JsValue::from_str(body));
    }
    init.set_headers(&headers);
    let request = Request::new_with_str_and_init(address, &init)?;
    let response: Response = JsFuture::from(window().fetch_with_request(&request)).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?;
    Ok((response.ok(), text.as_string().unwrap_or_default()))
}

/// A query's fields as `a=1&b=x`; absent ones are left out. By the browser's own, since a library that can write
/// fractions has tables for that which do not compress.
fn encode_query(query: &impl Serialize) -> String {
    let fields = serde_json::to_string(query).ok().and_then(|text| JSON::parse(&text).ok());
    let Some(fields) = fields.and_then(|fields| fields.dyn_into::<Object>().ok()) else {
        return String::new();
    };
    let Ok(query) = UrlSearchParams::new() else { return String::new() };
    for field in Object::entries(&fields) {
        let field = Array::from(&field);
        let value = field.get(1);
        if value.is_null() {
            continue;
        }
        // A number or a truth value is written as in JSON.
        let text = value.as_string().or_else(|| JSON::stringify(&value).ok().map(String::from));
        query.append(&field.get(0).as_string().unwrap_or_default(), &text.unwrap_or_default());
    }
    String::from(query.to_string())
}

fn unreadable() -> ApiError {
    ApiError::new(ErrorCode::Network, "the console could not be reached, or its reply could not be read")
}

/// The address of a module that is loaded on demand (`terminal`, `terminal.css`), from the table in the page.
pub(crate) fn asset(name: &str) -> Option<String> {
    let table = leptos::prelude::document().get_element_by_id("assets")?.text_content()?;
    let table = JSON::parse(&table).ok()?;
    let path = Reflect::get(&table, &JsValue::from_str(name)).ok()?.as_string()?;
    Some(paths::within(&format!("/{path}")))
}
