//! Logs: what to ask for, what a line is, where a stream goes on, and the binary frames it travels in; and
//! how a line is understood: its colours, its level, its fields.

use serde::{Deserialize, Serialize};

use crate::{ContainerRef, EnvironmentId, Permission, endpoint};

pub mod ansi;
pub mod fields;
pub mod json;
pub mod level;

/// Which of the two outputs a line came from. A container with a terminal has only one: `Stdout`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LogStream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// A place in a container's log: after the `nth` line (from 1) that bears this time. It outlives the
/// console, since it names the engine's own times and nothing of the console's memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogCursor {
    /// Nanoseconds since 1970, UTC, as the engine noted them. As text in JSON: beyond 2^53.
    #[serde(with = "nanos_text")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub nanos: i64,
    /// How many lines of exactly this time were had.
    pub nth: u32,
}

mod nanos_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(nanos: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(nanos)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Which lines to stream or download.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LogQuery {
    /// Only lines at or after this time, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// Only lines before this time, in milliseconds since 1970; such a stream ends there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    /// Only so many of the last lines; absent for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tail: Option<u32>,
    /// In a download: put the time before each line.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub timestamps: bool,
}

endpoint! {
    /// Downloads a container's log as text, streamed, without an end in memory. 404 if unknown or hidden.
    DownloadLogs { environment: EnvironmentId, container: ContainerRef }
    Get "/api/v1/environments/{environment}/containers/{container}/logs", query: LogQuery, body: (), reply: String,
    needs: Permission::ContainerLogs
}

/// The longest line that is sent whole; what is longer is cut there and marked.
pub const LINE_MAX_BYTES: usize = 64 * 1024;

/// One line in a frame. The text is bytes: a log may hold anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine<T = Vec<u8>> {
    /// Nanoseconds since 1970, UTC.
    pub nanos: i64,
    /// Where it came from.
    pub stream: LogStream,
    /// Bytes that were cut from its end; 0 for a whole line.
    pub cut: u64,
    /// The text, without the newline.
    pub text: T,
}

/// What a binary frame of a log subscription holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogBatch<T = Vec<u8>> {
    /// The subscription it belongs to.
    pub subscription: u32,
    /// Lines left out before the first one, because this browser was slower than the stream; they are
    /// loaded on demand from `gap_from`.
    pub skipped: u64,
    /// Where the left-out lines begin.
    pub gap_from: LogCursor,
    /// Where to go on after this batch.
    pub cursor: LogCursor,
    /// The lines.
    pub lines: Vec<LogLine<T>>,
}

const BATCH_KIND: u8 = 1;
const HEADER: usize = 1 + 4 + 8 + 12 + 12 + 4;
const LINE_HEADER: usize = 8 + 1 + 8 + 4;

impl<T: AsRef<[u8]>> LogBatch<T> {
    /// The frame: kind, subscription, skipped, gap_from, cursor, count, then per line time, stream, cut,
    /// length and text; little endian.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let text: usize = self.lines.iter().map(|line| LINE_HEADER + line.text.as_ref().len()).sum();
        let mut frame = Vec::with_capacity(HEADER + text);
        frame.push(BATCH_KIND);
        frame.extend(self.subscription.to_le_bytes());
        frame.extend(self.skipped.to_le_bytes());
        for cursor in [self.gap_from, self.cursor] {
            frame.extend(cursor.nanos.to_le_bytes());
            frame.extend(cursor.nth.to_le_bytes());
        }
        frame.extend(u32::try_from(self.lines.len()).unwrap_or(u32::MAX).to_le_bytes());
        for line in &self.lines {
            let text = line.text.as_ref();
            frame.extend(line.nanos.to_le_bytes());
            frame.push(match line.stream {
                LogStream::Stdout => 1,
                LogStream::Stderr => 2,
            });
            frame.extend(line.cut.to_le_bytes());
            frame.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
            frame.extend_from_slice(text);
        }
        frame
    }
}

impl LogBatch<Vec<u8>> {
    /// Reads a frame; `None` if it is not one.
    #[must_use]
    pub fn decode(frame: &[u8]) -> Option<Self> {
        let mut reader = Reader(frame);
        (reader.take::<1>()? == [BATCH_KIND]).then_some(())?;
        let subscription = u32::from_le_bytes(reader.take()?);
        let skipped = u64::from_le_bytes(reader.take()?);
        let gap_from = reader.cursor()?;
        let cursor = reader.cursor()?;
        let count = u32::from_le_bytes(reader.take()?);
        let mut lines = Vec::with_capacity((count as usize).min(frame.len() / LINE_HEADER));
        for _ in 0..count {
            let nanos = i64::from_le_bytes(reader.take()?);
            let stream = match reader.take::<1>()? {
                [1] => LogStream::Stdout,
                [2] => LogStream::Stderr,
                _ => return None,
            };
            let cut = u64::from_le_bytes(reader.take()?);
            let length = u32::from_le_bytes(reader.take()?) as usize;
            lines.push(LogLine { nanos, stream, cut, text: reader.bytes(length)?.to_vec() });
        }
        reader.0.is_empty().then_some(Self { subscription, skipped, gap_from, cursor, lines })
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    fn cursor(&mut self) -> Option<LogCursor> {
        Some(LogCursor { nanos: i64::from_le_bytes(self.take()?), nth: u32::from_le_bytes(self.take()?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> LogBatch {
        LogBatch {
            subscription: 7,
            skipped: 3,
            gap_from: LogCursor { nanos: 5, nth: 1 },
            cursor: LogCursor { nanos: i64::MAX, nth: 2 },
            lines: vec![
                LogLine { nanos: 9, stream: LogStream::Stdout, cut: 0, text: b"one".to_vec() },
                LogLine { nanos: 9, stream: LogStream::Stderr, cut: 12, text: vec![0, 255, b'\n'] },
            ],
        }
    }

    #[test]
    fn a_frame_reads_back() {
        assert_eq!(LogBatch::decode(&batch().encode()), Some(batch()));
    }

    #[test]
    fn a_cut_or_lengthened_frame_is_refused() {
        let frame = batch().encode();
        for length in 0..frame.len() {
            assert_eq!(LogBatch::decode(&frame[..length]), None, "{length}");
        }
        assert_eq!(LogBatch::decode(&[frame, vec![0]].concat()), None);
    }

    #[test]
    fn a_cursor_keeps_its_nanoseconds_in_json() {
        let cursor = LogCursor { nanos: 1_764_000_000_123_456_789, nth: 4 };
        let text = serde_json::to_string(&cursor).unwrap();
        assert!(text.contains("\"1764000000123456789\""));
        assert_eq!(serde_json::from_str::<LogCursor>(&text).unwrap(), cursor);
    }
}
