//! Reads HTTP/1.1 requests as they pass, without changing them: what the proxy counts by and the fake
//! engine answers.

/// The head of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// `GET`.
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// The headers, names in small letters.
    pub headers: Vec<(String, String)>,
}

impl Head {
    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The path without query and without the API version: `/containers/json`.
    #[must_use]
    pub fn path(&self) -> &str {
        let path = self.target.split('?').next().unwrap_or_default();
        match path.strip_prefix("/v1.").and_then(|rest| rest.split_once('/')) {
            Some((version, _)) if version.bytes().all(|byte| byte.is_ascii_digit()) => {
                &path[4 + version.len()..]
            }
            _ => path,
        }
    }

    /// The part after `?`.
    #[must_use]
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// Whether the connection belongs to something else than HTTP after this request.
    #[must_use]
    pub fn upgrades(&self) -> bool {
        self.header("upgrade").is_some()
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(text);
        let mut lines = text.split("\r\n");
        let mut first = lines.next()?.split(' ');
        let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Some(Self { method, target, headers })
    }
}

/// What the reader found in the bytes it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A request began.
    Head(Head),
    /// Bytes of its body, chunks already put together.
    Body(Vec<u8>),
    /// The request is whole.
    End,
    /// Bytes after an upgrade.
    Raw(Vec<u8>),
}

#[derive(Debug)]
enum State {
    Head,
    Sized(usize),
    ChunkSize,
    Chunk(usize),
    ChunkEnd,
    Trailer,
    Raw,
}

/// Takes a request apart, whatever pieces it comes in.
#[derive(Debug)]
pub struct Reader {
    state: State,
    held: Vec<u8>,
    upgrading: bool,
}

impl Default for Reader {
    fn default() -> Self {
        Self { state: State::Head, held: Vec::new(), upgrading: false }
    }
}

impl Reader {
    /// Takes in what was received and gives what it completes.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Piece> {
        self.held.extend_from_slice(bytes);
        let mut pieces = Vec::new();
        while self.step(&mut pieces) {}
        pieces
    }

    fn step(&mut self, pieces: &mut Vec<Piece>) -> bool {
        match self.state {
            State::Head => {
                let Some(end) = find(&self.held, b"\r\n\r\n") else { return false };
                let text = self.take(end + 4);
                let Some(head) = Head::parse(&text[..end]) else { return true };
                self.state =
                    if head.header("transfer-encoding").is_some_and(|value| value.contains("chunked")) {
                        State::ChunkSize
                    } else {
                        let length =
                            head.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
                        State::Sized(length)
                    };
                self.upgrading = head.upgrades();
                pieces.push(Piece::Head(head));
                if matches!(self.state, State::Sized(0)) {
                    self.end(pieces);
                }
                true
            }
            State::Sized(left) => {
                if self.held.is_empty() {
                    return false;
                }
                let body = self.take(left.min(self.held.len()));
                let left = left - body.len();
                pieces.push(Piece::Body(body));
                self.state = State::Sized(left);
                if left == 0 {
                    self.end(pieces);
                }
                true
            }
            State::ChunkSize => {
                let Some(end) = find(&self.held, b"\r\n") else { return false };
                let line = self.take(end + 2);
                let text = String::from_utf8_lossy(&line);
                let size =
                    usize::from_str_radix(text.trim().split(';').next().unwrap_or_default(), 16).unwrap_or(0);
                self.state = if size == 0 { State::Trailer } else { State::Chunk(size) };
                true
            }
            State::Chunk(left) => {
                if self.held.is_empty() {
                    return false;
                }
                let body = self.take(left.min(self.held.len()));
                let left = left - body.len();
                pieces.push(Piece::Body(body));
                self.state = if left == 0 { State::ChunkEnd } else { State::Chunk(left) };
                true
            }
            State::ChunkEnd => {
                if self.held.len() < 2 {
                    return false;
                }
                self.take(2);
                self.state = State::ChunkSize;
                true
            }
            State::Trailer => {
                let Some(end) = find(&self.held, b"\r\n") else { return false };
                self.take(end + 2);
                if end == 0 {
                    self.end(pieces);
                }
                true
            }
            State::Raw => {
                if self.held.is_empty() {
                    return false;
                }
                pieces.push(Piece::Raw(std::mem::take(&mut self.held)));
                true
            }
        }
    }

    fn end(&mut self, pieces: &mut Vec<Piece>) {
        pieces.push(Piece::End);
        self.state = if self.upgrading { State::Raw } else { State::Head };
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        self.held.drain(..length).collect()
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRAFFIC: &[u8] = b"GET /v1.51/containers/json?all=true HTTP/1.1\r\nHost: x\r\n\r\n\
        POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello\
        POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n\
        POST /exec/1/start HTTP/1.1\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\n{}GET /typed HTTP/1.1\r\n\r\n";

    fn read(size: usize) -> (Vec<String>, Vec<u8>, Vec<u8>) {
        let mut reader = Reader::default();
        let (mut paths, mut body, mut raw) = (Vec::new(), Vec::new(), Vec::new());
        for part in TRAFFIC.chunks(size) {
            for piece in reader.push(part) {
                match piece {
                    Piece::Head(head) => paths.push(head.path().to_owned()),
                    Piece::Body(bytes) => body.extend(bytes),
                    Piece::Raw(bytes) => raw.extend(bytes),
                    Piece::End => {}
                }
            }
        }
        (paths, body, raw)
    }

    #[test]
    fn requests_are_found_however_they_are_cut() {
        for size in 1..TRAFFIC.len() {
            let (paths, body, raw) = read(size);
            assert_eq!(paths, ["/containers/json", "/a", "/b", "/exec/1/start"], "pieces of {size}");
            assert_eq!(body, b"helloabcde{}", "pieces of {size}");
            assert_eq!(raw, b"GET /typed HTTP/1.1\r\n\r\n", "pieces of {size}");
        }
    }
}
