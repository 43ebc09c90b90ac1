//! Pulling an image: the engine's words become parts and, where it fails, what is to be done.

use std::sync::Arc;

use shared::{
    images::{PullImage, PullRequest},
    jobs::{FailureKind, JobFailure, StepState},
};

use super::Running;
use crate::{
    access::grant::Grant,
    engine::{EngineError, PullEvent},
    hub::Hub,
};

/// Pulls, and gives the digest of what was pulled where the engine tells it.
///
/// # Errors
/// Why it failed, in words.
pub async fn pull(
    grant: Grant<PullImage>,
    hub: Arc<Hub>,
    request: PullRequest,
    job: Arc<Running>,
) -> Result<Option<String>, JobFailure> {
    let outcome = follow(&grant, &hub, &request, &job).await;
    // Its event may come after whoever waits for the job asks for the list.
    hub.note_images_changed();
    outcome
}

async fn follow(
    grant: &Grant<PullImage>,
    hub: &Hub,
    request: &PullRequest,
    job: &Running,
) -> Result<Option<String>, JobFailure> {
    let engine = hub.engine().map_err(|error| of_engine(&error))?;
    let mut stream = engine.pull_image(grant, request).await.map_err(|error| of_engine(&error))?;
    let mut digest = None;
    // Some engines tell of a failure and end the stream as if nothing had been.
    let mut failed = None;
    while let Some(event) = stream.next().await.map_err(|error| of_engine(&error))? {
        match event {
            PullEvent::Layer { id, status, current, total } => {
                if let Some(state) = state(&status, job.state_of(&id)) {
                    job.step(&id, state, current, total);
                }
            }
            PullEvent::Digest(found) => digest = Some(found),
            PullEvent::Failed(message) => failed = Some(message),
        }
    }
    match failed {
        Some(message) => Err(JobFailure { kind: kind(&message), message }),
        None => Ok(digest),
    }
}

/// How a layer stands, by the engine's words; `None` where they say nothing of it.
fn state(status: &str, before: Option<StepState>) -> Option<StepState> {
    match status {
        "Pulling fs layer" | "Waiting" => Some(StepState::Waiting),
        "Downloading" => Some(StepState::Downloading),
        "Verifying Checksum" => Some(StepState::Downloaded),
        "Download complete" => match before {
            // Podman says so again of what it has unpacked, and of the whole image by its id.
            None | Some(StepState::Done | StepState::Here) => before,
            Some(_) => Some(StepState::Downloaded),
        },
        "Extracting" => Some(StepState::Extracting),
        "Pull complete" => Some(StepState::Done),
        "Already exists" => Some(StepState::Here),
        // "Retrying in 5 seconds": it begins again.
        _ => before.filter(|_| status.starts_with("Retrying")).map(|_| StepState::Waiting),
    }
}

fn of_engine(error: &EngineError) -> JobFailure {
    let message = match error {
        EngineError::NotFound { message, .. }
        | EngineError::Conflict { message }
        | EngineError::Invalid { message }
        | EngineError::Refused { message }
        | EngineError::Unable { message } => message.clone(),
        EngineError::Malformed { .. } | EngineError::Unreachable { .. } | EngineError::Timeout { .. } => {
            return JobFailure { kind: FailureKind::EngineLost, message: error.to_string() };
        }
    };
    let kind = match (kind(&message), error) {
        (FailureKind::Other, EngineError::NotFound { .. }) => FailureKind::NotFound,
        (kind, _) => kind,
    };
    JobFailure { kind, message }
}

/// What the words of Docker, of Podman and of registries amount to. The first that fits.
const WORDS: [(FailureKind, &[&str]); 7] = [
    (FailureKind::RateLimited, &["toomanyrequests", "too many requests", "rate limit"]),
    (FailureKind::DiskFull, &["no space left on device", "disk quota exceeded"]),
    (
        FailureKind::NoPlatform,
        &[
            "no matching manifest for",
            "does not match the specified platform",
            "does not provide the specified platform",
            "no match for platform",
            "no image found in manifest list for",
            "no image found in image index for",
        ],
    ),
    (
        FailureKind::LoginNeeded,
        &[
            "pull access denied",
            "no basic auth credentials",
            "authentication required",
            "access to the resource is denied",
            "unauthorized",
            "access forbidden",
            "401 (unauthorized)",
            ": denied:",
            "unexpected http status: 401",
            "unexpected http status: 403",
        ],
    ),
    (
        FailureKind::NotFound,
        &["manifest unknown", "name unknown", "repository name not known", "not found: ", "404 (not found)"],
    ),
    (
        FailureKind::RegistryFailed,
        &[
            "unexpected http status: 5",
            "unexpected eof",
            "expected http 206 from byte range request",
            "verification failed for digest",
            "digest did not match",
        ],
    ),
    (
        FailureKind::RegistryUnreachable,
        &[
            "dial tcp",
            "lookup ",
            "no such host",
            "connection refused",
            "connection reset",
            "no route to host",
            "network is unreachable",
            "i/o timeout",
            "tls handshake",
            "client.timeout",
            "context deadline exceeded",
            "request canceled while waiting",
            "x509",
            "server gave http response to https client",
            "\": eof",
            "pinging container registry",
            "proxyconnect",
            // A web server that is no registry answers with a page.
            "error parsing http 404 response body",
            "unknown: <",
        ],
    ),
];

fn kind(message: &str) -> FailureKind {
    // Between colons, so that what stands between two of them can be meant as a whole.
    let message = format!(": {}:", message.to_ascii_lowercase());
    let fits = |words: &[&str]| words.iter().any(|words| message.contains(words));
    WORDS.iter().find(|(_, words)| fits(words)).map_or(FailureKind::Other, |(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_words_of_engines_amount_to() {
        use FailureKind::{
            DiskFull, LoginNeeded, NoPlatform, NotFound, Other, RateLimited, RegistryFailed,
            RegistryUnreachable,
        };
        for (message, expected) in [
            ("manifest for 127.0.0.1:5000/a:x not found: manifest unknown: manifest unknown", NotFound),
            (
                "pull access denied for acme/x, repository does not exist or may require 'docker login': denied: \
                 requested access to the resource is denied",
                LoginNeeded,
            ),
            ("Head \"https://r/v2/a/manifests/1\": unauthorized: authentication required", LoginNeeded),
            ("Head \"http://r/v2/a/manifests/1\": no basic auth credentials", LoginNeeded),
            ("toomanyrequests: You have reached your pull rate limit.", RateLimited),
            ("no matching manifest for linux/s390x in the manifest list entries", NoPlatform),
            (
                "image with reference a:1 was found but its platform (linux/amd64) does not match the specified \
                 platform (linux/arm64)",
                NoPlatform,
            ),
            ("write /var/lib/docker/tmp/x: no space left on device", DiskFull),
            (
                "Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: no such host",
                RegistryUnreachable,
            ),
            ("http: server gave HTTP response to HTTPS client", RegistryUnreachable),
            ("Get \"http://r/v2/\": EOF", RegistryUnreachable),
            (
                "initializing source docker://127.0.0.1:5000/a:x: reading manifest x in 127.0.0.1:5000/a: manifest \
                 unknown",
                NotFound,
            ),
            ("denied", LoginNeeded),
            ("Head \"http://r/v2/a/manifests/1\": denied: incorrect username or password", LoginNeeded),
            ("open /var/lib/docker/tmp/x: permission denied", Other),
            ("received unexpected HTTP status: 403 Forbidden", LoginNeeded),
            ("received unexpected HTTP status: 503 Service Unavailable", RegistryFailed),
            ("unexpected EOF", RegistryFailed),
            ("filesystem layer verification failed for digest sha256:0", RegistryFailed),
            ("unknown: <html><h1>404 Not Found</h1></html>", RegistryUnreachable),
            ("something else", Other),
        ] {
            assert_eq!(kind(message), expected, "{message}");
        }
    }

    #[test]
    fn how_layers_stand() {
        assert_eq!(state("Downloading", None), Some(StepState::Downloading));
        assert_eq!(state("Download complete", Some(StepState::Downloading)), Some(StepState::Downloaded));
        // Podman tells the image's own id at the end.
        assert_eq!(state("Download complete", None), None);
        assert_eq!(state("Download complete", Some(StepState::Done)), Some(StepState::Done));
        assert_eq!(state("Retrying in 2 seconds", Some(StepState::Downloading)), Some(StepState::Waiting));
        assert_eq!(state("Something new", Some(StepState::Done)), None);
    }
}
