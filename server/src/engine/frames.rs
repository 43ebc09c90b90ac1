//! Decodes the engine's output streams: frames of two outputs in one, then lines with their times.
//!
//! Everything here takes bytes from a container and so from anybody: no length is trusted, nothing is
//! buffered beyond one line's bound
//! (<https://docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerAttach>).

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use shared::logs::{LINE_MAX_BYTES, LogStream};

/// How a container's output arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// With a terminal: one stream of raw bytes. What looks like a header in it is not one.
    Raw,
    /// Without: an 8-byte header before each piece tells the output and the length.
    Multiplexed,
}

/// A piece of output. A frame that arrives in pieces is handed on in pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Which output.
    pub stream: LogStream,
    /// The bytes.
    pub data: &'a [u8],
    /// The piece begins a frame.
    pub start: bool,
}

/// Takes the headers out of a stream. Keeps no payload.
#[derive(Debug)]
pub struct FrameDecoder {
    framing: Framing,
    header: Vec<u8>,
    stream: LogStream,
    left: usize,
    begun: bool,
}

const HEADER_BYTES: usize = 8;

impl FrameDecoder {
    /// A decoder at the beginning of a stream.
    #[must_use]
    pub fn new(framing: Framing) -> Self {
        Self {
            framing,
            header: Vec::with_capacity(HEADER_BYTES),
            stream: LogStream::Stdout,
            left: 0,
            begun: false,
        }
    }

    /// Takes a chunk and hands on the pieces in it.
    ///
    /// # Errors
    /// A text when a header is none: the stream cannot be followed any further.
    pub fn push(&mut self, mut chunk: &[u8], mut piece: impl FnMut(Frame<'_>)) -> Result<(), &'static str> {
        if self.framing == Framing::Raw {
            if !chunk.is_empty() {
                piece(Frame { stream: LogStream::Stdout, data: chunk, start: !self.begun });
                self.begun = true;
            }
            return Ok(());
        }
        while !chunk.is_empty() {
            if self.left == 0 {
                let missing = HEADER_BYTES.saturating_sub(self.header.len()).min(chunk.len());
                let (head, rest) = chunk.split_at(missing);
                self.header.extend_from_slice(head);
                chunk = rest;
                let Some(header) = self.header.first_chunk::<HEADER_BYTES>() else { break };
                let [kind, zeros @ .., a, b, c, d] = *header;
                if zeros != [0, 0, 0] {
                    return Err("a frame's header is malformed");
                }
                self.stream = match kind {
                    0 | 1 => LogStream::Stdout,
                    2 | 3 => LogStream::Stderr,
                    _ => return Err("a frame's header names no output"),
                };
                self.left = u32::from_be_bytes([a, b, c, d]) as usize;
                self.begun = false;
                self.header.clear();
                continue;
            }
            let (data, rest) = chunk.split_at(self.left.min(chunk.len()));
            chunk = rest;
            self.left = self.left.saturating_sub(data.len());
            piece(Frame { stream: self.stream, data, start: !self.begun });
            self.begun = true;
        }
        Ok(())
    }
}

/// One line, as the engine kept it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawLine {
    /// Nanoseconds since 1970, UTC.
    pub nanos: i64,
    /// Which output.
    pub stream: LogStream,
    /// Bytes beyond [`LINE_MAX_BYTES`] that were left out.
    pub cut: u64,
    /// The text without its newline, at most [`LINE_MAX_BYTES`].
    pub text: Bytes,
}

/// Puts pieces together into lines and takes the engine's times off.
///
/// The engine cuts a line into messages of 16 KB and puts a time before each of them. A frame is one
/// message; in a raw stream a message ends at a newline or after 16 KB.
#[derive(Debug)]
pub struct LineSplitter {
    framing: Framing,
    texts: Texts,
    stdout: Pending,
    stderr: Pending,
}

#[derive(Debug, Default)]
struct Pending {
    open: bool,
    nanos: i64,
    text: Vec<u8>,
    cut: u64,
    /// The beginning of a message, until its time is read.
    head: Option<Vec<u8>>,
    /// Bytes of this message so far: in a raw stream 16 KB end it.
    message: usize,
}

/// Where the texts of lines stand: in blocks that many share, whatever the reads were like. A line that kept
/// its place in what was read would keep all of that, a hundred times itself where lines come one by one.
#[derive(Debug, Default)]
struct Texts {
    block: BytesMut,
}

/// What is longer than a quarter of it stands alone.
const BLOCK_BYTES: usize = 32 * 1024;

impl Texts {
    fn keep(&mut self, text: &[u8]) -> Bytes {
        if text.len() > BLOCK_BYTES / 4 {
            return Bytes::copy_from_slice(text);
        }
        if self.block.capacity() < text.len() {
            self.block = BytesMut::with_capacity(BLOCK_BYTES);
        }
        self.block.extend_from_slice(text);
        self.block.split().freeze()
    }
}

/// What the engine's copier reads at once.
const MESSAGE_BYTES: usize = 16 * 1024;
/// `2026-01-02T15:04:05.123456789+01:00 ` and a little more.
const TIME_MAX_BYTES: usize = 40;

impl LineSplitter {
    /// A splitter at the beginning of a stream.
    #[must_use]
    pub fn new(framing: Framing) -> Self {
        Self { framing, texts: Texts::default(), stdout: Pending::default(), stderr: Pending::default() }
    }

    /// Takes a piece and adds the lines that it completes.
    pub fn push(&mut self, frame: Frame<'_>, lines: &mut Vec<RawLine>) {
        let framing = self.framing;
        let pending = match frame.stream {
            LogStream::Stdout => &mut self.stdout,
            LogStream::Stderr => &mut self.stderr,
        };
        if framing == Framing::Multiplexed && frame.start {
            if !pending.open
                && pending.head.is_none()
                && let Some((nanos, text)) = whole_line(frame.data)
            {
                lines.push(RawLine { nanos, stream: frame.stream, cut: 0, text: self.texts.keep(text) });
                return;
            }
            pending.begin_message();
        }
        let mut rest = frame.data;
        while !rest.is_empty() {
            if framing == Framing::Raw
                && pending.head.is_none()
                && (!pending.open || pending.message >= MESSAGE_BYTES)
            {
                pending.begin_message();
            }
            if let Some(used) = pending.read_time(rest) {
                rest = rest.get(used..).unwrap_or_default();
                continue;
            }
            let most = if framing == Framing::Raw {
                rest.len().min(MESSAGE_BYTES.saturating_sub(pending.message).max(1))
            } else {
                rest.len()
            };
            let part = rest.get(..most).unwrap_or(rest);
            match memchr::memchr(b'\n', part) {
                Some(end) => {
                    pending.add(part.get(..end).unwrap_or_default());
                    lines.push(pending.take(frame.stream, &mut self.texts));
                    rest = rest.get(end.saturating_add(1)..).unwrap_or_default();
                }
                None => {
                    pending.add(part);
                    pending.message = pending.message.saturating_add(part.len());
                    rest = rest.get(part.len()..).unwrap_or_default();
                }
            }
        }
    }

    /// The stream has ended: what stands without a newline is a line too.
    pub fn finish(&mut self, lines: &mut Vec<RawLine>) {
        for (pending, stream) in
            [(&mut self.stdout, LogStream::Stdout), (&mut self.stderr, LogStream::Stderr)]
        {
            pending.give_up_time();
            if pending.open && (!pending.text.is_empty() || pending.cut > 0) {
                lines.push(pending.take(stream, &mut self.texts));
            }
        }
    }
}

/// The common case: a frame in one piece that holds one whole line. Its time and its text.
fn whole_line(data: &[u8]) -> Option<(i64, &[u8])> {
    let space = memchr::memchr(b' ', data.get(..TIME_MAX_BYTES.min(data.len()))?)?;
    let nanos = parse_time(data.get(..space)?)?;
    let text = data.get(space.checked_add(1)?..)?;
    let end = memchr::memchr(b'\n', text)?;
    if end.checked_add(1)? != text.len() || end > LINE_MAX_BYTES {
        return None;
    }
    Some((nanos, without_return(text.get(..end)?)))
}

fn without_return(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"\r").unwrap_or(text)
}

impl Pending {
    fn begin_message(&mut self) {
        self.give_up_time();
        self.head = Some(Vec::new());
        self.message = 0;
    }

    /// Reads on in the time before a message; how many bytes of `rest` it used, `None` when there is no
    /// time to read.
    fn read_time(&mut self, rest: &[u8]) -> Option<usize> {
        let head = self.head.as_mut()?;
        let room = TIME_MAX_BYTES.saturating_sub(head.len());
        let part = rest.get(..room.min(rest.len())).unwrap_or(rest);
        let end = memchr::memchr2(b' ', b'\n', part);
        let used = end.map_or(part.len(), |at| at.saturating_add(1));
        if end.is_none() && used < room {
            head.extend_from_slice(part);
            return Some(used);
        }
        let mut head = self.head.take().unwrap_or_default();
        let stop = end.unwrap_or(part.len());
        let already = head.len();
        head.extend_from_slice(part.get(..stop).unwrap_or_default());
        if part.get(stop) == Some(&b' ')
            && let Some(nanos) = parse_time(&head)
        {
            if !self.open {
                self.open = true;
                self.nanos = nanos;
            }
            return Some(used);
        }
        // No time stands here: it is text after all, and only what came before this piece is kept now.
        head.truncate(already);
        self.add(&head);
        if already == 0 { None } else { Some(0) }
    }

    fn give_up_time(&mut self) {
        if let Some(head) = self.head.take()
            && !head.is_empty()
        {
            self.add(&head);
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        self.open = true;
        let room = LINE_MAX_BYTES.saturating_sub(self.text.len());
        let kept = bytes.get(..room.min(bytes.len())).unwrap_or(bytes);
        self.text.extend_from_slice(kept);
        self.cut = self.cut.saturating_add(bytes.len().saturating_sub(kept.len()) as u64);
    }

    fn take(&mut self, stream: LogStream, texts: &mut Texts) -> RawLine {
        let text = std::mem::take(&mut self.text);
        let cut = std::mem::take(&mut self.cut);
        self.open = false;
        self.head = None;
        self.message = 0;
        let kept = if cut == 0 { without_return(&text) } else { &text };
        RawLine { nanos: self.nanos, stream, cut, text: texts.keep(kept) }
    }
}

/// Reads `2026-01-02T15:04:05.123456789Z`, with fewer digits or an offset too. Called for every line, so it
/// reads digits instead of asking a calendar.
fn parse_time(text: &[u8]) -> Option<i64> {
    let digits = |range: Range<usize>| -> Option<i64> {
        text.get(range)?
            .iter()
            .try_fold(0_i64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
    };
    let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    let (hour, minute, second) = (digits(11..13)?, digits(14..16)?, digits(17..19)?);
    let separators = [text.get(4)?, text.get(7)?, text.get(10)?, text.get(13)?, text.get(16)?];
    if separators != [&b'-', &b'-', &b'T', &b':', &b':']
        || !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
        || hour > 23
        || minute > 59
        || second > 60
    {
        return None;
    }
    let mut at = 19;
    let mut nanos = 0_i64;
    if text.get(at) == Some(&b'.') {
        at += 1;
        let mut scale = 100_000_000;
        while let Some(byte) = text.get(at).filter(|byte| byte.is_ascii_digit()) {
            nanos += i64::from(byte - b'0') * scale;
            scale /= 10;
            at += 1;
        }
    }
    let offset = match text.get(at)? {
        b'Z' if text.len() == at + 1 => 0,
        sign @ (b'+' | b'-') if text.len() == at + 6 => {
            let minutes = digits(at + 1..at + 3)? * 60 + digits(at + 4..at + 6)?;
            if *sign == b'+' { minutes * 60 } else { -minutes * 60 }
        }
        _ => return None,
    };
    // Days since 1970 in the proleptic Gregorian calendar, years beginning in March.
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset;
    seconds.checked_mul(1_000_000_000)?.checked_add(nanos)
}

#[cfg(test)]
#[path = "frames_tests.rs"]
mod tests;
