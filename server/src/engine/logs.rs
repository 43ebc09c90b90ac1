//! A container's log, read raw: `GET /containers/{id}/logs` with times
//! (<https://docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerLogs>).

use std::{fmt::Write as _, mem, pin::pin, time::Duration};

use bytes::Bytes;
use http::Method;
use http_body_util::BodyExt;
use hyper::body::{Frame, Incoming};
use shared::ContainerId;
use tokio::time::sleep;

use super::{Engine, EngineError, FrameDecoder, Framing, LineSplitter, RawLine, transport};
use crate::access::grant::SystemGrant;

/// The engine writes each line by itself. What follows a line so closely is handed on together with it, or
/// each would be a message of its own all the way to the browser.
const GATHER: Duration = Duration::from_millis(3);
/// Lines of about so many bytes are handed on at once.
const BATCH_BYTES: usize = 256 * 1024;

/// Which lines to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogRange {
    /// Nanoseconds since 1970; lines at this time are included.
    pub since_nanos: Option<i64>,
    /// Nanoseconds since 1970; lines after it are not.
    pub until_nanos: Option<i64>,
    /// Only so many of the last.
    pub tail: Option<u32>,
    /// Go on with what comes.
    pub follow: bool,
}

/// An open log.
pub struct LogReader {
    body: Incoming,
    decoder: FrameDecoder,
    splitter: LineSplitter,
    /// Lines that were read and not handed on yet: here, so that a wait that is given up loses none.
    gathered: Vec<RawLine>,
    /// How many were handed on last: as many are likely to follow.
    last_count: usize,
    /// How the stream ended, to be told after the last lines.
    end: Option<Result<(), EngineError>>,
}

impl Engine {
    /// Whether the container has a terminal, which decides how its output is framed.
    pub(crate) async fn framing(
        &self,
        _grant: &SystemGrant,
        container: &ContainerId,
    ) -> Result<Framing, EngineError> {
        let raw: serde_json::Value =
            self.read_json("container", &format!("/containers/{container}/json")).await?;
        let tty = raw.pointer("/Config/Tty").and_then(serde_json::Value::as_bool).unwrap_or(false);
        Ok(if tty { Framing::Raw } else { Framing::Multiplexed })
    }

    /// Opens a log. The hub reads for all who watch; each of them was granted the topic.
    pub(crate) async fn logs(
        &self,
        _grant: &SystemGrant,
        container: &ContainerId,
        framing: Framing,
        range: LogRange,
    ) -> Result<LogReader, EngineError> {
        let mut path = format!(
            "/containers/{container}/logs?stdout=1&stderr=1&timestamps=1&follow={}",
            u8::from(range.follow)
        );
        for (name, nanos) in [("since", range.since_nanos), ("until", range.until_nanos)] {
            if let Some(nanos) = nanos.filter(|nanos| *nanos > 0) {
                let _infallible =
                    write!(path, "&{name}={}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000);
            }
        }
        let tail = range.tail.map_or_else(|| "all".to_owned(), |tail| tail.to_string());
        let _infallible = write!(path, "&tail={tail}");
        let mut request = self.request(Method::GET, &path, transport::full(Bytes::new()))?;
        // In HTTP/1.1 the engine puts each line into a chunk of its own, which costs more than the line.
        *request.version_mut() = http::Version::HTTP_10;
        let reply = self.send("container", request).await?;
        Ok(LogReader {
            body: reply.into_body(),
            decoder: FrameDecoder::new(framing),
            splitter: LineSplitter::new(framing),
            gathered: Vec::new(),
            last_count: 0,
            end: None,
        })
    }
}

impl LogReader {
    /// The next lines; waits until there are some. `None` at the end.
    ///
    /// # Errors
    /// What broke the stream. Lines before it were handed on.
    pub async fn next(&mut self) -> Result<Option<Vec<RawLine>>, EngineError> {
        let mut length = 0_usize;
        while self.end.is_none() && self.gathered.is_empty() {
            let read = self.body.frame().await;
            length = self.take(read);
        }
        // One timer for all of them, and none at all where everything is there already.
        let mut late = pin!(sleep(GATHER));
        while self.end.is_none() && length < BATCH_BYTES {
            tokio::select! {
                biased;
                read = self.body.frame() => length = length.saturating_add(self.take(read)),
                () = &mut late => break,
            }
        }
        if !self.gathered.is_empty() {
            self.last_count = self.gathered.len();
            return Ok(Some(mem::take(&mut self.gathered)));
        }
        self.end.clone().unwrap_or(Ok(())).map(|()| None)
    }

    /// Splits what was read into lines, and tells how many bytes that were.
    fn take(&mut self, read: Option<Result<Frame<Bytes>, hyper::Error>>) -> usize {
        let lines = &mut self.gathered;
        match read {
            Some(Ok(frame)) => {
                let Ok(data) = frame.into_data() else { return 0 };
                let length = data.len();
                if lines.is_empty() {
                    lines.reserve(self.last_count);
                }
                let splitter = &mut self.splitter;
                if let Err(detail) = self.decoder.push(&data, |frame| splitter.push(frame, lines)) {
                    self.end = Some(Err(EngineError::Malformed { detail: detail.to_owned() }));
                }
                length
            }
            Some(Err(error)) => {
                self.end = Some(Err(EngineError::from_chain(&error)));
                0
            }
            None => {
                self.end = Some(Ok(()));
                self.splitter.finish(lines);
                0
            }
        }
    }
}
