//! The domain's error, and the only place that maps it to HTTP.
//!
//! What a user may read is made here; what an operator needs goes to the log here, once, with the whole
//! chain and the request's id.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use shared::{ApiError, ErrorCode, Permission, Role};

use crate::{access::seal::SealError, engine::EngineError, store::StoreError};

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No session, or one that ended.
    #[error("you are not signed in")]
    SignedOut,
    /// Name and password do not belong together. The same text whichever was wrong.
    #[error("the name or the password is wrong")]
    BadCredentials,
    /// Name and password are right, and the second factor is awaited.
    #[error("a code of your second factor is needed now")]
    FactorNeeded,
    /// A code is wrong, or was used.
    #[error("the code is wrong, or was used already; wait for the next one")]
    BadCode,
    /// The session has not proved lately who is at the keyboard.
    #[error("this takes your password or a code of your second factor again")]
    ConfirmationNeeded,
    /// A role of theirs requires a second factor, and they have none.
    #[error("your role requires a second factor; set it up on the page of your account first")]
    FactorRequired,
    /// The API token cannot be used, or not any more. The same text whatever it is that is wrong.
    #[error("the API token is unknown, was revoked, or has expired")]
    BadToken,
    /// API tokens may not do this.
    #[error("this cannot be done with an API token; sign in to do it")]
    NotForTokens,
    /// The request shows a token and a session's cookie, of perhaps two people.
    #[error("the request has both an API token and the cookie of a session; send one of them")]
    TokenAndCookie,
    /// The setup code is wrong, used or expired.
    #[error("the setup code is wrong, was used, or has expired; restart the console for a new one")]
    BadSetupCode,
    /// Too many attempts.
    #[error("too many attempts; try again in {retry_after_seconds} s")]
    TooManyAttempts {
        /// Seconds until another one is accepted.
        retry_after_seconds: u32,
    },
    /// They do not hold the permission there.
    #[error(
        "you may not do this here; it takes the permission {}, as the role {} has it",
        needs.as_str(), Role::least(*needs).as_str()
    )]
    Forbidden {
        /// The permission that is missing.
        needs: Permission,
    },
    /// Fields of the body need a permission that the operation itself does not.
    #[error("{} needs the permission for host access, which you do not hold", fields.join(", "))]
    ForbiddenFields {
        /// The permission that is missing.
        needs: Permission,
        /// Their paths.
        fields: Vec<String>,
    },
    /// A request that changes something, or a WebSocket, came from another origin.
    #[error("the request did not come from this console's own pages")]
    ForeignOrigin,
    /// Unknown, or hidden from this person; the two are not told apart.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The state does not allow it.
    #[error("{0}")]
    Conflict(String),
    /// The request is wrong.
    #[error("{message}")]
    Invalid {
        /// The field of the body or query.
        field: Option<String>,
        /// What is wrong with it.
        message: String,
    },
    /// The body is larger than is taken.
    #[error("the request is too large")]
    TooLarge,
    /// The console cannot take more at the moment.
    #[error("the console is busy; try again in a moment")]
    Busy,
    /// The engine refused, failed, or did not answer.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The same, and the field of the body that caused it is known.
    #[error("{error}")]
    EngineField {
        /// Its path.
        field: String,
        /// What the engine said.
        error: EngineError,
    },
    /// The database failed.
    #[error("the console could not read or write its database; see its log")]
    Store(#[from] StoreError),
    /// A secret could not be sealed or read.
    #[error("the console could not read its sealed secrets; see its log")]
    Seal(#[from] SealError),
    /// A fault of the console itself; the text is for the log only.
    #[error("the console failed; see its log")]
    Internal(String),
}

impl Error {
    /// A wrong field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid { field: Some(field.to_owned()), message: message.into() }
    }

    /// Status and code: exhaustive on purpose.
    #[must_use]
    pub fn kind(&self) -> (StatusCode, ErrorCode) {
        match self {
            Self::SignedOut => (StatusCode::UNAUTHORIZED, ErrorCode::SignedOut),
            Self::BadCredentials => (StatusCode::UNAUTHORIZED, ErrorCode::BadCredentials),
            Self::FactorNeeded => (StatusCode::UNAUTHORIZED, ErrorCode::FactorNeeded),
            Self::BadCode => (StatusCode::UNAUTHORIZED, ErrorCode::BadCode),
            Self::ConfirmationNeeded => (StatusCode::FORBIDDEN, ErrorCode::ConfirmationNeeded),
            Self::FactorRequired => (StatusCode::FORBIDDEN, ErrorCode::FactorRequired),
            Self::BadToken => (StatusCode::UNAUTHORIZED, ErrorCode::BadToken),
            Self::NotForTokens => (StatusCode::FORBIDDEN, ErrorCode::NotForTokens),
            Self::TokenAndCookie => (StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::Invalid),
            Self::BadSetupCode => (StatusCode::FORBIDDEN, ErrorCode::BadSetupCode),
            Self::TooManyAttempts { .. } => (StatusCode::TOO_MANY_REQUESTS, ErrorCode::TooManyAttempts),
            Self::Forbidden { .. } | Self::ForbiddenFields { .. } => {
                (StatusCode::FORBIDDEN, ErrorCode::Forbidden)
            }
            Self::ForeignOrigin => (StatusCode::FORBIDDEN, ErrorCode::ForeignOrigin),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, ErrorCode::NotFound),
            Self::Conflict(_) => (StatusCode::CONFLICT, ErrorCode::Conflict),
            Self::Invalid { .. } => (StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::Invalid),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::TooLarge),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Busy),
            Self::Engine(error) | Self::EngineField { error, .. } => match error {
                EngineError::NotFound { .. } => (StatusCode::NOT_FOUND, ErrorCode::NotFound),
                EngineError::Conflict { .. } => (StatusCode::CONFLICT, ErrorCode::Conflict),
                EngineError::Invalid { .. } => (StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::Invalid),
                EngineError::Refused { .. } => (StatusCode::BAD_GATEWAY, ErrorCode::EngineRefused),
                EngineError::Malformed { .. } => (StatusCode::BAD_GATEWAY, ErrorCode::EngineRefused),
                EngineError::Unable { .. } => (StatusCode::NOT_IMPLEMENTED, ErrorCode::EngineUnable),
                EngineError::Unreachable { .. } => {
                    (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::EngineUnreachable)
                }
                EngineError::Timeout { .. } => (StatusCode::GATEWAY_TIMEOUT, ErrorCode::EngineTimeout),
            },
            Self::Store(_) | Self::Seal(_) | Self::Internal(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal)
            }
        }
    }

    /// What the person gets, without the request's id.
    #[must_use]
    pub fn to_api(&self) -> ApiError {
        let mut error = ApiError::new(self.kind().1, self.to_string());
        match self {
            Self::Invalid { field, .. } => error.field.clone_from(field),
            Self::ForbiddenFields { fields, .. } => error.field = fields.first().cloned(),
            Self::EngineField { field, .. } => error.field = Some(field.clone()),
            Self::TooManyAttempts { retry_after_seconds } => {
                error.retry_after_seconds = Some(*retry_after_seconds);
            }
            _ => {}
        }
        error
    }

    /// Logs what an operator needs, with the chain of causes. Called once, at the boundary.
    pub fn log(&self, request_id: &str) {
        let (status, _) = self.kind();
        let mut chain = self.to_string();
        if let Self::Internal(cause) = self {
            chain = format!("{chain}: {cause}");
        }
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            chain.push_str(": ");
            chain.push_str(&cause.to_string());
            source = cause.source();
        }
        if status.is_server_error() {
            tracing::warn!(request_id, status = status.as_u16(), "request failed: {chain}");
        } else {
            tracing::debug!(request_id, status = status.as_u16(), "request refused: {chain}");
        }
    }

    /// The reply, logged.
    pub fn into_reply(self, request_id: &str) -> Response {
        self.log(request_id);
        let mut error = self.to_api();
        error.request_id = request_id.to_owned();
        let retry = error.retry_after_seconds;
        let mut reply = (self.kind().0, Json(error)).into_response();
        if let Some(seconds) = retry {
            reply.headers_mut().insert(http::header::RETRY_AFTER, seconds.into());
        }
        reply
    }
}
