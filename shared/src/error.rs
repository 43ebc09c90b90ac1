//! The one shape that every refusal and failure has on the wire.

use serde::{Deserialize, Serialize};

/// What kind of failure it was. The browser words it in the person's language; `message` is for logs,
/// scripts, and what only the engine can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No session, or one that ended. 401.
    SignedOut,
    /// The name and the password do not belong together. 401.
    BadCredentials,
    /// Name and password are right, and a code of the second factor is asked for. 401.
    FactorNeeded,
    /// The code is wrong, or was used already. 401.
    BadCode,
    /// It takes proving again who is at the keyboard. 403.
    ConfirmationNeeded,
    /// A role that they hold requires a second factor, and they have none yet. 403.
    FactorRequired,
    /// The API token is unknown, was revoked, or has expired. 401.
    BadToken,
    /// API tokens may not do this, whatever their owner may. 403.
    NotForTokens,
    /// The setup code is wrong, used or expired. 403.
    BadSetupCode,
    /// Too many attempts; `retry_after_seconds` says when to come back. 429.
    TooManyAttempts,
    /// The role does not allow it. 403.
    Forbidden,
    /// The request came from another site. 403.
    ForeignOrigin,
    /// Unknown, or hidden from this person. 404.
    NotFound,
    /// The thing is in a state that does not allow it, or changed meanwhile. 409.
    Conflict,
    /// The request itself is wrong; `field` names where. 422.
    Invalid,
    /// The body is larger than is taken. 413.
    TooLarge,
    /// The engine refused; `message` is its own text. 502.
    EngineRefused,
    /// The engine cannot do this (an older Docker, Podman). 501.
    EngineUnable,
    /// No engine answers at the moment. 503.
    EngineUnreachable,
    /// The engine did not answer in time; the outcome is unknown. 504.
    EngineTimeout,
    /// The console itself failed; the log has the cause under the request's id. 500.
    Internal,
    /// The console cannot take more at the moment. 503.
    Busy,
    /// The reply could not be read, or the network failed. Made by the browser only.
    Network,
}

/// The body of every reply that is not a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiError {
    /// What kind it was.
    pub code: ErrorCode,
    /// One English sentence; what a script prints.
    pub message: String,
    /// The same id is in the server's log.
    pub request_id: String,
    /// The field of the body or query that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Seconds until another attempt is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u32>,
}

impl ApiError {
    /// An error without the optional parts.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            request_id: String::new(),
            field: None,
            retry_after_seconds: None,
        }
    }

    /// See [`told`].
    #[must_use]
    pub fn told(&self) -> &str {
        told(&self.message)
    }
}

/// The engine's own words in a message, without the console's sentence that opens them: for where the page has
/// said in its own language that they are the engine's. Other messages are whole.
#[must_use]
pub fn told(message: &str) -> &str {
    match message.split_once(": ") {
        Some((opening, words))
            if opening.starts_with("the engine ") || opening.starts_with("this engine ") =>
        {
            words
        }
        _ => message,
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}
