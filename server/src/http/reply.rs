//! What a handler may return instead of the declared reply itself.

use std::{marker::PhantomData, sync::Arc};

use axum::{
    Json,
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::hub::PreparedList;

/// Something that goes over the wire as a `T`.
pub trait IntoReply<T> {
    /// The reply; `asked` are the request's headers.
    fn into_reply(self, asked: &HeaderMap) -> Response;
}

impl<T: Serialize> IntoReply<T> for T {
    fn into_reply(self, _: &HeaderMap) -> Response {
        Json(self).into_response()
    }
}

/// A `T` that was serialized before.
pub struct Prepared<T> {
    list: Arc<PreparedList>,
    of: PhantomData<fn() -> T>,
}

impl<T> Prepared<T> {
    /// What the hub holds ready.
    #[must_use]
    pub fn new(list: Arc<PreparedList>) -> Self {
        Self { list, of: PhantomData }
    }
}

impl<T> IntoReply<T> for Prepared<T> {
    fn into_reply(self, asked: &HeaderMap) -> Response {
        let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
        let accepts = |coding: &str| {
            let mut named = accepted.unwrap_or_default().split(',').map(|one| one.split(';'));
            named.any(|mut one| one.next().is_some_and(|name| name.trim() == coding))
        };
        let (body, coding) = if accepts("br") {
            (self.list.brotli(), Some("br"))
        } else if accepts("gzip") {
            (self.list.gzip(), Some("gzip"))
        } else {
            (self.list.json(), None)
        };
        let mut reply = Body::from(body).into_response();
        let headers = reply.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        reply
    }
}

/// A streamed file.
pub struct Download {
    /// Its name, as the browser saves it.
    pub file_name: String,
    /// Its type.
    pub content_type: &'static str,
    /// Its content.
    pub body: Body,
}

impl IntoReply<String> for Download {
    fn into_reply(self, _: &HeaderMap) -> Response {
        // Container names are ASCII; whatever else got here would end the quoted string.
        let name: String =
            self.file_name
                .chars()
                .map(|character| {
                    if character.is_ascii_alphanumeric() || "._-".contains(character) {
                        character
                    } else {
                        '_'
                    }
                })
                .collect();
        let mut reply = self.body.into_response();
        let headers = reply.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
            headers.insert(header::CONTENT_DISPOSITION, disposition);
        }
        reply
    }
}
