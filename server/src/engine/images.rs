//! Images: what is here, what one has, and pulling one as a stream of its progress.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::Value;
use shared::{
    ByteCount, UnixMillis,
    images::{ImageDetails, ImageName, ImageSummary, InspectImage, PullImage, PullRequest},
};

use super::{Engine, EngineError, error::clip, transport};
use crate::access::grant::{Grant, SystemGrant};

/// Seconds that the list of images may take: with many images an engine is slow.
const LIST_SECONDS: u64 = 60;
/// The longest line of progress that is read; longer ones are passed over.
const LINE_MAX_BYTES: usize = 256 * 1024;
/// An engine that says nothing of a pull for so long is given up. Unpacking a large layer on a slow disk is
/// the longest that one of them is silent.
pub(crate) const SILENCE_MAX: Duration = Duration::from_secs(600);

/// Something that an engine said of a pull.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PullEvent {
    /// How one layer stands, in the engine's words.
    Layer {
        /// The beginning of its digest.
        id: String,
        /// `Downloading`, `Extracting`, `Pull complete`...
        status: String,
        /// Bytes that are done.
        current: u64,
        /// Of so many; 0 where that is not told.
        total: u64,
    },
    /// The digest of what was pulled.
    Digest(String),
    /// It failed: the engine's words.
    Failed(String),
}

/// A pull under way. Dropping it ends the connection, and with it the pull in the engine.
#[derive(Debug)]
pub struct PullStream {
    body: Incoming,
    lines: Lines,
}

impl Engine {
    /// All images, without intermediate ones.
    pub(crate) async fn list_images(&self, _grant: &SystemGrant) -> Result<Vec<ImageSummary>, EngineError> {
        let raw: Vec<Value> = self.read_json_within("image", "/images/json", LIST_SECONDS).await?;
        let mut images: Vec<ImageSummary> = raw.iter().filter_map(summary).collect();
        images.sort_by(|a, b| b.created.cmp(&a.created).then_with(|| a.tags.cmp(&b.tags)));
        Ok(images)
    }

    /// `docker image inspect`
    pub(crate) async fn inspect_image(
        &self,
        _grant: &Grant<InspectImage>,
        image: &ImageName,
    ) -> Result<ImageDetails, EngineError> {
        // The name is checked: nothing in it ends the path or climbs out of it.
        let raw: Value = self.read_json("image", &format!("/images/{image}/json")).await?;
        Ok(details(&raw))
    }

    /// Begins `docker pull` without a login. The engine replies when it has something to say.
    pub(crate) async fn pull_image(
        &self,
        _grant: &Grant<PullImage>,
        pull: &PullRequest,
    ) -> Result<PullStream, EngineError> {
        let (name, tag) = pull.reference.name_and_tag();
        let encode = shared::endpoint::segment;
        let mut path = format!("/images/create?fromImage={}&tag={}", encode(&name), encode(&tag));
        if let Some(platform) = &pull.platform {
            path.push_str("&platform=");
            path.push_str(&encode(platform.as_str()));
        }
        let request = self.request(Method::POST, &path, transport::full(Bytes::new()))?;
        let reply = self.send_within("image", request, SILENCE_MAX.as_secs()).await?;
        Ok(PullStream { body: reply.into_body(), lines: Lines::default() })
    }
}

impl PullStream {
    /// What the engine says next; `None` at the end.
    ///
    /// # Errors
    /// What broke the stream, or that the engine has been silent for too long.
    pub async fn next(&mut self) -> Result<Option<PullEvent>, EngineError> {
        loop {
            while let Some(line) = self.lines.next() {
                if let Some(event) = parse(&line) {
                    return Ok(Some(event));
                }
            }
            let frame = tokio::time::timeout(SILENCE_MAX, self.body.frame());
            match frame.await.map_err(|_elapsed| EngineError::Timeout { seconds: SILENCE_MAX.as_secs() })? {
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        self.lines.push(data);
                    }
                }
                Some(Err(error)) => return Err(EngineError::from_chain(&error)),
                None if self.lines.end() => {}
                None => return Ok(None),
            }
        }
    }
}

/// Cuts what comes into lines of bounded length.
#[derive(Debug, Default)]
struct Lines {
    buffer: Vec<u8>,
    /// The line that comes is too long, and is passed over up to its end.
    skips: bool,
}

impl Lines {
    fn push(&mut self, data: &[u8]) {
        self.buffer.extend_from_slice(data);
    }

    /// The next whole line.
    fn next(&mut self) -> Option<Vec<u8>> {
        while let Some(end) = memchr::memchr(b'\n', &self.buffer) {
            let line: Vec<u8> = self.buffer.drain(..=end).collect();
            if !std::mem::take(&mut self.skips) && line.len() <= LINE_MAX_BYTES {
                return Some(line);
            }
        }
        if self.buffer.len() > LINE_MAX_BYTES {
            self.buffer.clear();
            self.skips = true;
        }
        None
    }

    /// What came last may have no end of line: it is given one. Whether there was anything.
    fn end(&mut self) -> bool {
        let some = !self.buffer.is_empty();
        if some {
            self.buffer.push(b'\n');
        }
        some
    }
}

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    error: Option<Value>,
    #[serde(default, rename = "errorDetail")]
    error_detail: Option<Value>,
    #[serde(default, rename = "progressDetail")]
    progress: Option<Value>,
}

/// What a line says. Whatever cannot be read says nothing: one odd line must not end a pull.
fn parse(line: &[u8]) -> Option<PullEvent> {
    let line: Line = serde_json::from_slice(line).ok()?;
    let detail = line.error_detail.as_ref().and_then(|detail| detail.get("message")).and_then(Value::as_str);
    if let Some(message) = detail.or_else(|| line.error.as_ref().and_then(Value::as_str)) {
        return Some(PullEvent::Failed(clip(message)));
    }
    let status = line.status?;
    if let Some(digest) = status.strip_prefix("Digest: ") {
        return Some(PullEvent::Digest(clip(digest)));
    }
    // The first line bears the tag in the place of a layer's id.
    let id = line.id.filter(|id| is_layer(id))?;
    let number = |name: &str| line.progress.as_ref().and_then(|of| of.get(name)).and_then(Value::as_u64);
    Some(PullEvent::Layer {
        id,
        status: clip(&status),
        current: number("current").unwrap_or(0),
        total: number("total").unwrap_or(0),
    })
}

fn is_layer(id: &str) -> bool {
    (8..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn names(value: Option<&Value>) -> Vec<String> {
    let mut names = texts(value);
    // An image without a name, in the words of an older engine.
    names.retain(|name| !name.starts_with("<none>"));
    names
}

fn size(raw: &Value) -> ByteCount {
    ByteCount(raw.get("Size").and_then(Value::as_u64).unwrap_or(0))
}

/// One odd entry must not cost the list.
fn summary(raw: &Value) -> Option<ImageSummary> {
    let created = raw.get("Created").and_then(Value::as_i64).filter(|seconds| *seconds > 0);
    Some(ImageSummary {
        id: raw.get("Id")?.as_str()?.to_owned(),
        tags: names(raw.get("RepoTags")),
        digests: names(raw.get("RepoDigests")),
        size: size(raw),
        created: created.map(|seconds| UnixMillis(seconds.saturating_mul(1000))),
    })
}

fn details(raw: &Value) -> ImageDetails {
    let empty = Value::Null;
    let config = raw.get("Config").unwrap_or(&empty);
    let text = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let keys = |name: &str| {
        let map = config.get(name).and_then(Value::as_object).into_iter().flatten();
        map.map(|(key, _)| key.clone()).collect::<Vec<String>>()
    };
    // A command of one text is a shell's, as the engine runs it.
    let words = |name: &str| match config.get(name) {
        Some(Value::String(line)) => vec![line.clone()],
        list => texts(list),
    };
    let platform: Vec<String> = ["Os", "Architecture", "Variant"]
        .into_iter()
        .map(|name| text(raw, name))
        .filter(|part| !part.is_empty())
        .collect();
    let labels = config.get("Labels").and_then(Value::as_object).map_or(0, serde_json::Map::len);
    ImageDetails {
        id: text(raw, "Id"),
        tags: names(raw.get("RepoTags")),
        digests: names(raw.get("RepoDigests")),
        size: size(raw),
        created: text(raw, "Created"),
        platform: platform.join("/"),
        command: words("Cmd"),
        entrypoint: words("Entrypoint"),
        env: texts(config.get("Env")),
        ports: keys("ExposedPorts"),
        volumes: keys("Volumes"),
        user: text(config, "User"),
        workdir: text(config, "WorkingDir"),
        healthcheck: texts(config.pointer("/Healthcheck/Test")),
        stop_signal: text(config, "StopSignal"),
        labels: u32::try_from(labels).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> Option<PullEvent> {
        parse(line.as_bytes())
    }

    #[test]
    fn what_lines_say() {
        let line = r#"{"status":"Downloading","progressDetail":{"current":5,"total":9},"progress":"[>]","id":"a2abf6c4d29d"}"#;
        let layer = PullEvent::Layer {
            id: "a2abf6c4d29d".to_owned(),
            status: "Downloading".to_owned(),
            current: 5,
            total: 9,
        };
        assert_eq!(said(line), Some(layer));
        assert_eq!(said(r#"{"status":"Pulling from library/nginx","id":"latest"}"#), None);
        let digest = Some(PullEvent::Digest("sha256:ab".to_owned()));
        assert_eq!(said(r#"{"status":"Digest: sha256:ab"}"#), digest);
        let failed = Some(PullEvent::Failed("no such".to_owned()));
        assert_eq!(said(r#"{"errorDetail":{"message":"no such"},"error":"no such"}"#), failed);
        assert_eq!(said(r#"{"error":"no such"}"#), failed);
        for odd in ["", "{", "[]", "7", r#"{"status":7}"#, r#"{"id":"a2abf6c4d29d"}"#, r#"{"status":"x"}"#] {
            assert_eq!(said(odd), None, "{odd}");
        }
    }

    #[test]
    fn lines_are_bounded_and_a_long_one_ends_nothing() {
        let mut lines = Lines::default();
        lines.push(b"one\ntw");
        assert_eq!(lines.next().as_deref(), Some(&b"one\n"[..]));
        assert_eq!(lines.next(), None);
        lines.push(b"o\n");
        assert_eq!(lines.next().as_deref(), Some(&b"two\n"[..]));
        for _ in 0..40 {
            lines.push(&vec![b'x'; 64 * 1024]);
            assert_eq!(lines.next(), None);
            assert!(lines.buffer.len() <= LINE_MAX_BYTES);
        }
        lines.push(b"\nthree");
        assert_eq!(lines.next(), None);
        assert!(lines.end());
        assert_eq!(lines.next().as_deref(), Some(&b"three\n"[..]));
        assert!(!lines.end());
    }

    #[test]
    fn absent_parts_cost_nothing() {
        assert_eq!(details(&Value::Null), ImageDetails::default());
        let raw = serde_json::json!({"Os": "linux", "Architecture": "arm64", "Variant": "v8", "Config": {
            "Cmd": ["a", "b"], "Entrypoint": null, "ExposedPorts": {"80/tcp": {}}, "Volumes": null,
            "Healthcheck": {"Test": ["CMD", "x"]}, "Labels": {"a": "b"},
        }});
        let read = details(&raw);
        assert_eq!((read.platform.as_str(), read.labels), ("linux/arm64/v8", 1));
        assert_eq!(
            (read.command, read.ports),
            (vec!["a".to_owned(), "b".to_owned()], vec!["80/tcp".to_owned()])
        );
        assert!(summary(&serde_json::json!({"RepoTags": ["a:b"]})).is_none());
        let none = serde_json::json!({"Id": "sha256:a", "RepoTags": ["<none>:<none>"], "RepoDigests": null});
        assert!(summary(&none).unwrap().tags.is_empty());
    }
}
