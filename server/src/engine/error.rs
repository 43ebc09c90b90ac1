//! What can go wrong between the console and an engine, in words for people.

use std::io::ErrorKind;

use shared::environments::UnreachableReason;

/// Why the engine did not do what was asked. `Display` is for the person who asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum EngineError {
    /// The engine knows no such thing.
    #[error("the engine knows no such {what}: {message}")]
    NotFound {
        /// Of what kind.
        what: &'static str,
        /// The engine's own words.
        message: String,
    },
    /// The state does not allow it, or a name is taken.
    #[error("{message}")]
    Conflict {
        /// Why.
        message: String,
    },
    /// The engine says that the request is wrong.
    #[error("the engine does not accept that: {message}")]
    Invalid {
        /// The engine's own words.
        message: String,
    },
    /// The engine failed.
    #[error("the engine refused: {message}")]
    Refused {
        /// The engine's own words.
        message: String,
    },
    /// The engine's reply could not be read, or was larger than is taken.
    #[error("the engine's reply could not be understood ({detail})")]
    Malformed {
        /// What was wrong with it.
        detail: String,
    },
    /// The engine is too old, or of a kind that cannot do this.
    #[error("this engine cannot do that: {message}")]
    Unable {
        /// The engine's own words.
        message: String,
    },
    /// It cannot be reached.
    #[error("the engine cannot be reached: {detail}")]
    Unreachable {
        /// Why.
        reason: UnreachableReason,
        /// In the system's own words.
        detail: String,
    },
    /// No answer in time; what was asked may or may not have been done.
    #[error(
        "the engine did not answer within {seconds} s; whether it was done is not known, look again in a moment"
    )]
    Timeout {
        /// How long was waited.
        seconds: u64,
    },
}

impl EngineError {
    /// From a status and the `message` of the engine's JSON, for a thing of the kind `what`.
    pub(super) fn from_status(what: &'static str, status: u16, message: &str) -> Self {
        let message = clip(message);
        match status {
            404 => Self::NotFound { what, message },
            409 | 304 => Self::Conflict { message },
            400 => Self::Invalid { message },
            501 => Self::Unable { message },
            // Docker before 25 and Podman answer some wrong states with 500; their words tell.
            500 if is_state_conflict(&message) => Self::Conflict { message },
            500 if message.to_ascii_lowercase().contains("invalid signal") => Self::Invalid { message },
            _ => Self::Refused { message },
        }
    }

    /// From a failure below HTTP, found anywhere in the chain of causes.
    pub(super) fn from_chain(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut cause = Some(error);
        let mut last = error.to_string();
        while let Some(current) = cause {
            last = current.to_string();
            if current.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse) {
                return Self::Unreachable { reason: UnreachableReason::NotAnEngine, detail: last };
            }
            if let Some(io) = current.downcast_ref::<std::io::Error>() {
                if io.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
                    return Self::Unreachable {
                        reason: UnreachableReason::TlsFailed,
                        detail: io.to_string(),
                    };
                }
                let reason = match io.kind() {
                    ErrorKind::NotFound => UnreachableReason::NoSocket,
                    ErrorKind::PermissionDenied => UnreachableReason::PermissionDenied,
                    ErrorKind::ConnectionRefused
                    | ErrorKind::HostUnreachable
                    | ErrorKind::NetworkUnreachable => UnreachableReason::Refused,
                    ErrorKind::TimedOut => UnreachableReason::NotResponding,
                    _ => UnreachableReason::Lost,
                };
                return Self::Unreachable { reason, detail: io.to_string() };
            }
            cause = current.source();
        }
        Self::Unreachable { reason: UnreachableReason::Lost, detail: last }
    }

    pub(super) fn from_bollard(what: &'static str, error: bollard::errors::Error) -> Self {
        use bollard::errors::Error as Bollard;
        match error {
            Bollard::DockerResponseServerError { status_code, message } => {
                Self::from_status(what, status_code, &message)
            }
            Bollard::JsonDataError { message, .. } => Self::Malformed { detail: clip(&message) },
            Bollard::JsonSerdeError { err } => Self::Malformed { detail: err.to_string() },
            Bollard::RequestTimeoutError => Self::Timeout { seconds: super::connection::READ_SECONDS },
            other => Self::from_chain(&other),
        }
    }

    /// Whether the connection itself is at fault, so that the hub should look.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }
}

fn is_state_conflict(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    [
        "is not running",
        "already paused",
        "is not paused",
        "not paused",
        "already in use",
        "container state improper",
        "can only",
        "unique constraint failed",
    ]
    .iter()
    .any(|words| message.contains(words))
}

/// The engine's words, bounded and on one line: they end in pages and logs.
pub(super) fn clip(message: &str) -> String {
    let mut text: String = message
        .trim()
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .take(600)
        .collect();
    if message.trim().chars().count() > 600 {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_socket_is_named() {
        let error = std::io::Error::from(ErrorKind::NotFound);
        assert!(matches!(
            EngineError::from_chain(&error),
            EngineError::Unreachable { reason: UnreachableReason::NoSocket, .. }
        ));
    }

    #[test]
    fn old_engines_conflicts_are_recognised() {
        let message = "Container abc is not running";
        assert!(matches!(EngineError::from_status("container", 500, message), EngineError::Conflict { .. }));
        assert!(matches!(EngineError::from_status("container", 500, "boom"), EngineError::Refused { .. }));
    }

    #[test]
    fn the_engines_words_can_be_told_alone() {
        let said = "No such image: web: latest";
        for (status, whole) in [
            (404, "the engine knows no such image: No such image: web: latest"),
            (409, said),
            (400, "the engine does not accept that: No such image: web: latest"),
            (501, "this engine cannot do that: No such image: web: latest"),
            (500, "the engine refused: No such image: web: latest"),
        ] {
            let error = crate::Error::from(EngineError::from_status("image", status, said)).to_api();
            assert_eq!((error.message.as_str(), error.told()), (whole, said));
        }
        let own = crate::Error::invalid("command", "a quote: it is not closed").to_api();
        assert_eq!(own.told(), own.message);
    }

    #[test]
    fn the_engines_words_are_bounded() {
        assert!(clip(&"x".repeat(5000)).chars().count() <= 601);
        assert!(!clip("a\n\u{1b}[31mb").contains('\u{1b}'));
    }
}
