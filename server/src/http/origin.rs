//! Whether a request comes from this console's own pages: against cross-site requests and WebSockets.
//!
//! A sibling subdomain is same-site, so the cookie's `SameSite` is not enough; the origin is compared
//! exactly, and its absence refuses.

use axum::http::{HeaderMap, header};
use url::Url;

use crate::Error;

/// What counts as the console's own origin.
#[derive(Clone, Debug)]
pub struct OriginPolicy {
    /// The public address's origin, where one is configured.
    public: Option<String>,
    /// Else the scheme that the console itself serves, with the request's `Host`.
    scheme: &'static str,
}

/// The header that the console's own pages send: another site cannot without being asked for by CORS,
/// which is never answered.
pub(super) const OWN_HEADER: &str = "x-longshore";

impl OriginPolicy {
    /// For a console at this public address, or at whatever host the browser used.
    #[must_use]
    pub fn new(public: Option<&Url>, tls: bool) -> Self {
        Self {
            public: public.map(|url| url.origin().ascii_serialization()),
            scheme: if tls { "https" } else { "http" },
        }
    }

    /// Compares `Origin`, and `Sec-Fetch-Site` where the browser sends it.
    ///
    /// # Errors
    /// [`Error::ForeignOrigin`].
    pub fn check(&self, headers: &HeaderMap) -> Result<(), Error> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let origin = text(header::ORIGIN.as_str()).ok_or(Error::ForeignOrigin)?;
        if text("sec-fetch-site").is_some_and(|site| site != "same-origin") {
            return Err(Error::ForeignOrigin);
        }
        let own = match &self.public {
            Some(public) => origin == public,
            None => text(header::HOST.as_str()).is_some_and(|host| {
                origin.strip_prefix(self.scheme).and_then(|rest| rest.strip_prefix("://")) == Some(host)
            }),
        };
        if own { Ok(()) } else { Err(Error::ForeignOrigin) }
    }

    /// The same for a request that is not a WebSocket, with the own header.
    ///
    /// # Errors
    /// [`Error::ForeignOrigin`].
    pub fn check_request(&self, headers: &HeaderMap) -> Result<(), Error> {
        if !headers.contains_key(OWN_HEADER) {
            return Err(Error::ForeignOrigin);
        }
        self.check(headers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(public: Option<&str>, host: &str, origin: Option<&str>) -> bool {
        let url = public.map(|url| Url::parse(url).unwrap());
        let mut headers = HeaderMap::new();
        headers.insert("host", host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().unwrap());
        }
        OriginPolicy::new(url.as_ref(), true).check(&headers).is_ok()
    }

    #[test]
    fn the_matrix() {
        let here = "console.example:9443";
        assert!(allowed(None, here, Some("https://console.example:9443")));
        for origin in [
            None,
            Some("null"),
            Some(""),
            Some("https://console.example"),
            Some("http://console.example:9443"),
            Some("https://console.example:9444"),
            Some("https://evil.console.example:9443"),
            Some("https://console.example:9443.evil.example"),
            Some("https://example"),
        ] {
            assert!(!allowed(None, here, origin), "{origin:?}");
        }
        assert!(allowed(
            Some("https://docker.example/sub/"),
            "127.0.0.1:9000",
            Some("https://docker.example")
        ));
        assert!(!allowed(
            Some("https://docker.example/sub/"),
            "127.0.0.1:9000",
            Some("http://127.0.0.1:9000")
        ));
    }
}
