//! The engine's event stream: which containers to look at again, and whether images, volumes or networks are
//! others than before.

use bytes::Bytes;
use http::Method;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde::Deserialize;
use shared::ContainerId;

use super::{Engine, EngineError, transport};
use crate::access::grant::SystemGrant;

/// The longest event that is read; labels make them long.
const EVENT_MAX_BYTES: usize = 1024 * 1024;

/// Something that happened, as far as the hub cares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineEvent {
    /// To what.
    pub what: Happened,
    /// The engine's word: `start`, `die`, `rename`...
    pub action: String,
    /// When, in nanoseconds since 1970, by the engine's clock.
    pub nanos: i64,
}

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A container.
    Container(ContainerId),
    /// The images: one came, went, or has another name.
    Images,
    /// The volumes: one came or went.
    Volumes,
    /// The networks: one came or went.
    Networks,
}

/// An open `/events` request. Events of other kinds are passed over.
pub struct EventStream {
    body: Incoming,
    buffer: Vec<u8>,
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default, rename = "Type")]
    kind: String,
    #[serde(default, rename = "Action")]
    action: String,
    #[serde(default, rename = "Actor")]
    actor: Option<Actor>,
    #[serde(default, rename = "timeNano")]
    time_nano: i64,
}

#[derive(Deserialize)]
struct Actor {
    #[serde(default, rename = "ID")]
    id: String,
    #[serde(default, rename = "Attributes")]
    attributes: Option<Attributes>,
}

#[derive(Deserialize)]
struct Attributes {
    #[serde(default)]
    container: Option<String>,
}

impl Engine {
    /// Subscribes. Once this returns, the engine keeps what happens for the stream.
    pub(crate) async fn events(
        &self,
        _grant: &SystemGrant,
        since_seconds: i64,
    ) -> Result<EventStream, EngineError> {
        let filters = percent_encoding::utf8_percent_encode(
            r#"{"type":["container","network","image","volume"]}"#,
            percent_encoding::NON_ALPHANUMERIC,
        );
        let path = format!("/events?since={since_seconds}&filters={filters}");
        let request = self.request(Method::GET, &path, transport::full(Bytes::new()))?;
        let reply = self.send("engine", request).await?;
        Ok(EventStream { body: reply.into_body(), buffer: Vec::new() })
    }
}

impl EventStream {
    /// The next event of interest; waits as long as nothing happens.
    ///
    /// # Errors
    /// [`EngineError::Unreachable`] when the stream ends, since an engine that runs never ends it.
    pub async fn next(&mut self) -> Result<EngineEvent, EngineError> {
        loop {
            while let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                if let Some(event) = parse(&line) {
                    return Ok(event);
                }
            }
            if self.buffer.len() > EVENT_MAX_BYTES {
                return Err(EngineError::Malformed { detail: "an event without an end".to_owned() });
            }
            match self.body.frame().await {
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        self.buffer.extend_from_slice(data);
                    }
                }
                Some(Err(error)) => return Err(EngineError::from_chain(&error)),
                None => {
                    return Err(EngineError::Unreachable {
                        reason: shared::environments::UnreachableReason::Lost,
                        detail: "the engine closed its event stream".to_owned(),
                    });
                }
            }
        }
    }
}

fn parse(line: &[u8]) -> Option<EngineEvent> {
    let raw: Raw = serde_json::from_slice(line).ok()?;
    let list = match (raw.kind.as_str(), raw.action.as_str()) {
        ("image", "push" | "save" | "mount" | "unmount") | ("volume", "mount" | "unmount") => return None,
        ("image", _) => Some(Happened::Images),
        ("volume", _) => Some(Happened::Volumes),
        ("network", "connect" | "disconnect") => None,
        ("network", _) => Some(Happened::Networks),
        _ => None,
    };
    if let Some(what) = list {
        return Some(EngineEvent { what, action: raw.action, nanos: raw.time_nano });
    }
    let actor = raw.actor?;
    let (id, action) = match raw.kind.as_str() {
        // Health checks run as exec: three events each, none of which changes what is shown.
        "container" if raw.action.starts_with("exec_") => return None,
        "container"
            if matches!(
                raw.action.as_str(),
                "top"
                    | "resize"
                    | "archive-path"
                    | "extract-to-dir"
                    | "export"
                    | "attach"
                    | "detach"
                    | "copy"
            ) =>
        {
            return None;
        }
        "container" => (actor.id, raw.action),
        "network" => (actor.attributes?.container?, format!("network {}", raw.action)),
        _ => return None,
    };
    let what = Happened::Container(ContainerId::try_from(id).ok()?);
    Some(EngineEvent { what, action, nanos: raw.time_nano })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_and_what_does_not() {
        let id = "c".repeat(64);
        let event = |kind: &str, action: &str| {
            parse(format!(r#"{{"Type":"{kind}","Action":"{action}","Actor":{{"ID":"{id}","Attributes":{{"container":"{id}"}}}},"timeNano":5}}"#).as_bytes())
        };
        assert_eq!(event("container", "die").map(|event| event.nanos), Some(5));
        assert!(event("container", "exec_create: sh -c check").is_none());
        let what = |kind, action| event(kind, action).map(|event| event.what);
        assert!(matches!(what("network", "connect"), Some(Happened::Container(_))));
        assert_eq!(what("network", "create"), Some(Happened::Networks));
        assert_eq!(what("volume", "destroy"), Some(Happened::Volumes));
        assert_eq!(what("volume", "mount"), None);
        assert_eq!(event("image", "pull").map(|event| event.what), Some(Happened::Images));
        assert!(event("image", "push").is_none());
        assert!(parse(b"not json").is_none());
    }
}
