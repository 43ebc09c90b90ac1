//! A connection over a Unix socket that rests where the engine writes in many small pieces.
//!
//! An engine writes each line of a log by itself. A reader that is quicker than it is woken for each: on
//! both sides that costs more than the line. So after some small reads in close succession the socket is
//! left alone for a moment, and what came meanwhile is read at once. It has to leave the runtime's poll for
//! that: in there, each piece wakes a thread whether somebody reads or not.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, Waker, ready},
    thread,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::UnixStream,
    task::JoinHandle,
};

/// A read that brings no more than this came as soon as something was there.
const SMALL_BYTES: usize = 4 * 1024;
/// Small reads that follow each other within this time belong to one flow.
const CLOSE: Duration = Duration::from_micros(100);
/// After so many of them it rests.
const SMALL_READS: u32 = 8;
/// How long. A socket holds about three times of what an engine writes meanwhile, so it does not wait.
const REST: Duration = Duration::from_micros(400);

/// See the module.
pub(super) struct UnixWire {
    socket: Socket,
    last_read: Instant,
    small_reads: u32,
    /// Somebody waits for room to write: the poll has to tell them, so there is no rest.
    write_waits: bool,
}

enum Socket {
    Open(UnixStream),
    /// Out of the poll until the rest is over, or something is to be written; with who waits for it.
    Resting(std::os::unix::net::UnixStream, JoinHandle<()>, Option<Waker>),
    /// Changing from one to the other failed.
    Lost,
}

impl UnixWire {
    pub(super) fn new(stream: UnixStream) -> Self {
        Self { socket: Socket::Open(stream), last_read: Instant::now(), small_reads: 0, write_waits: false }
    }

    /// The open socket; ends a rest.
    fn open(&mut self) -> io::Result<Pin<&mut UnixStream>> {
        self.socket = match std::mem::replace(&mut self.socket, Socket::Lost) {
            Socket::Resting(stream, _, reader) => {
                if let Some(reader) = reader {
                    reader.wake();
                }
                Socket::Open(UnixStream::from_std(stream)?)
            }
            other => other,
        };
        match &mut self.socket {
            Socket::Open(stream) => Ok(Pin::new(stream)),
            Socket::Resting(..) | Socket::Lost => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    fn rest(&mut self) -> io::Result<()> {
        if let Socket::Open(stream) = std::mem::replace(&mut self.socket, Socket::Lost) {
            // The runtime's own timers know whole milliseconds, in which the socket would be full.
            let over = tokio::task::spawn_blocking(|| thread::sleep(REST));
            self.socket = Socket::Resting(stream.into_std()?, over, None);
        }
        self.small_reads = 0;
        Ok(())
    }

    /// Whether it is time to rest, after a read that brought so many bytes.
    fn counts(&mut self, bytes: usize) -> bool {
        let now = Instant::now();
        let follows = now.duration_since(self.last_read) < CLOSE;
        self.last_read = now;
        self.small_reads = if follows && (1..=SMALL_BYTES).contains(&bytes) {
            self.small_reads.saturating_add(1)
        } else {
            0
        };
        self.small_reads >= SMALL_READS && !self.write_waits
    }
}

impl AsyncRead for UnixWire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Socket::Resting(_, over, reader) = &mut self.socket {
            *reader = Some(context.waker().clone());
            let _ended = ready!(Pin::new(over).poll(context));
            *reader = None;
        }
        let before = buffer.filled().len();
        ready!(self.open()?.poll_read(context, buffer))?;
        if self.counts(buffer.filled().len().saturating_sub(before)) {
            self.rest()?;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for UnixWire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = self.open()?.poll_write(context, bytes);
        self.write_waits = written.is_pending();
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Nothing is kept here that could be flushed, so a rest need not end for it.
        match &mut self.socket {
            Socket::Open(stream) => Pin::new(stream).poll_flush(context),
            Socket::Resting(..) | Socket::Lost => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.open()?.poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        os::unix::net::UnixStream as Peer,
    };

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    fn pair() -> (UnixWire, Peer) {
        let (ours, theirs) = Peer::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        (UnixWire::new(UnixStream::from_std(ours).unwrap()), theirs)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_is_lost_over_many_rests() {
        let (mut wire, mut peer) = pair();
        let writer = thread::spawn(move || {
            for number in 0_u32..50_000 {
                peer.write_all(&number.to_le_bytes()).unwrap();
            }
        });
        let (mut bytes, mut chunk, mut rests) = (Vec::new(), vec![0; 64 * 1024], 0);
        loop {
            let length = wire.read(&mut chunk).await.unwrap();
            if length == 0 {
                break;
            }
            bytes.extend_from_slice(&chunk[..length]);
            rests += u32::from(matches!(wire.socket, Socket::Resting(..)));
            // However quick the writer is, some of its pieces are met alone.
            if rests == 0 && bytes.len() % 4096 == 0 {
                wire.rest().unwrap();
                rests += 1;
            }
        }
        writer.join().unwrap();
        let numbers: Vec<u32> =
            bytes.chunks_exact(4).map(|four| u32::from_le_bytes(four.try_into().unwrap())).collect();
        assert!(numbers.iter().copied().eq(0..50_000));
    }

    #[tokio::test]
    async fn a_rest_ends_for_what_is_to_be_written() {
        let (mut wire, mut peer) = pair();
        wire.rest().unwrap();
        wire.write_all(b"typed").await.unwrap();
        let mut typed = [0; 5];
        peer.read_exact(&mut typed).unwrap();
        assert_eq!(&typed, b"typed");
        assert!(matches!(wire.socket, Socket::Open(_)));
        peer.write_all(b"echo").unwrap();
        let mut echo = [0; 4];
        wire.read_exact(&mut echo).await.unwrap();
        assert_eq!(&echo, b"echo");
    }

    #[tokio::test]
    async fn who_reads_is_told_that_a_rest_ended() {
        let (mut wire, mut peer) = pair();
        wire.rest().unwrap();
        // A rest that does not end by itself.
        if let Socket::Resting(_, over, _) = &mut wire.socket {
            *over = tokio::spawn(std::future::pending());
        }
        let (mut output, mut input) = tokio::io::split(wire);
        let reader = tokio::spawn(async move { output.read_u8().await.unwrap() });
        tokio::task::yield_now().await;
        input.write_all(b"typed").await.unwrap();
        peer.write_all(b"e").unwrap();
        let read = tokio::time::timeout(Duration::from_secs(20), reader).await;
        assert_eq!(read.expect("it is told").unwrap(), b'e');
    }

    #[tokio::test]
    async fn there_is_no_rest_while_somebody_waits_to_write() {
        let (mut wire, mut peer) = pair();
        let fills = async {
            loop {
                wire.write_all(&[0; 4096]).await.unwrap();
            }
        };
        assert!(tokio::time::timeout(Duration::from_millis(50), fills).await.is_err());
        for _ in 0..=SMALL_READS {
            wire.last_read = Instant::now();
            assert!(!wire.counts(10));
        }
        // There is room again once most of it is read.
        peer.set_nonblocking(true).unwrap();
        while peer.read(&mut [0; 4096]).is_ok() {}
        wire.write_all(b"more").await.unwrap();
        for nth in 1..=SMALL_READS {
            wire.small_reads = nth - 1;
            wire.last_read = Instant::now();
            assert_eq!(wire.counts(10), nth == SMALL_READS);
        }
    }

    #[tokio::test]
    async fn the_end_is_read_after_a_rest() {
        let (mut wire, mut peer) = pair();
        peer.write_all(b"last").unwrap();
        drop(peer);
        wire.rest().unwrap();
        let mut bytes = Vec::new();
        wire.read_to_end(&mut bytes).await.unwrap();
        assert_eq!(bytes, b"last");
    }

    #[tokio::test]
    async fn only_small_reads_in_close_succession_count() {
        let (mut wire, _peer) = pair();
        for _ in 0..=SMALL_READS {
            wire.last_read = Instant::now();
            assert!(!wire.counts(SMALL_BYTES + 1));
        }
        for _ in 0..=SMALL_READS {
            wire.last_read = Instant::now() - CLOSE;
            assert!(!wire.counts(10));
        }
    }
}
