//! The two ways through one socket: a plain poll struct that its session owns and polls.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::framing::{Framed, Lines};

/// Bytes read at once: a TLS record of a fast peer, on the stack.
const READ_BYTES: usize = 4096;

/// Frames written at once; more would not fit one TLS record of 16 KiB anyway.
const WRITE_FRAMES: usize = 64;

/// Frames whose room in the queue is kept when it runs empty.
const QUEUE_KEPT: usize = 4;

/// Lines in, frames out, over any transport.
///
/// What waits to be written is counted in bytes; the owner decides how much is too much.
#[derive(Debug)]
pub struct Pump<IO> {
    io: IO,
    lines: Lines,
    queue: VecDeque<Bytes>,
    queued: usize,
    /// Bytes given to the transport since the beginning, and those of them that have left it.
    written: u64,
    flushed: u64,
    front: Front,
    flush: Flush,
    input: Input,
}

/// Whether the peer has seen a part of the first frame in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Front {
    Whole,
    Torn,
}

/// Whether the transport holds bytes that were written but not flushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flush {
    Done,
    Due,
}

/// What may still come from the peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// More.
    Open,
    /// Nothing: it said so.
    Ended,
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Pump<IO> {
    /// A pump for lines of at most `line_bytes`.
    pub fn new(io: IO, line_bytes: usize) -> Self {
        Self {
            io,
            lines: Lines::new(line_bytes),
            queue: VecDeque::new(),
            queued: 0,
            written: 0,
            flushed: 0,
            front: Front::Whole,
            flush: Flush::Done,
            input: Input::Open,
        }
    }

    /// The transport.
    pub const fn io(&self) -> &IO {
        &self.io
    }

    /// Bytes that wait to be written.
    pub const fn backlog(&self) -> usize {
        self.queued
    }

    /// Bytes that the transport has taken so far.
    pub const fn written(&self) -> u64 {
        self.written
    }

    /// Where what was pushed so far ends, in bytes since the beginning.
    pub const fn pushed(&self) -> u64 {
        self.written + self.queued as u64
    }

    /// Bytes that the peer's kernel has, since the beginning.
    pub const fn flushed(&self) -> u64 {
        self.flushed
    }

    /// Whether anything more may come once the lines at hand are taken.
    pub const fn input(&self) -> Input {
        self.input
    }

    /// The lines that were read so far.
    pub const fn lines(&mut self) -> &mut Lines {
        &mut self.lines
    }

    /// Queues a frame; [`Pump::poll_write`] sends it.
    pub fn push(&mut self, frame: Bytes) {
        self.queued += frame.len();
        self.queue.push_back(frame);
    }

    /// Throws away what waits, but for the rest of a frame that the peer has seen a part of.
    pub fn drop_backlog(&mut self) {
        let torn = match self.front {
            Front::Torn => 1,
            Front::Whole => 0,
        };
        self.queue.truncate(torn);
        self.queued = self.queue.iter().map(Bytes::len).sum();
    }

    /// Reads once into the lines; gives the bytes read.
    ///
    /// # Errors
    /// The transport's: the connection is broken.
    pub fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut scratch = [const { MaybeUninit::uninit() }; READ_BYTES];
        let mut read = ReadBuf::uninit(&mut scratch);
        ready!(Pin::new(&mut self.io).poll_read(cx, &mut read))?;
        if read.filled().is_empty() {
            self.input = Input::Ended;
        }
        self.lines.push(read.filled());
        Poll::Ready(Ok(read.filled().len()))
    }

    /// Takes the next line that was read.
    pub fn take_line(&mut self) -> Framed {
        self.lines.take()
    }

    /// Writes and flushes until nothing waits: ready means that the peer's kernel has it all.
    ///
    /// # Errors
    /// The transport's: the connection is broken.
    pub fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.queue.is_empty() {
            let mut slices = [IoSlice::new(&[]); WRITE_FRAMES];
            let count = self.queue.len().min(WRITE_FRAMES);
            for (slice, frame) in slices.iter_mut().zip(&self.queue) {
                *slice = IoSlice::new(frame);
            }
            let io = Pin::new(&mut self.io);
            let written = ready!(io.poll_write_vectored(cx, &slices[..count]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.flush = Flush::Due;
            self.advance(written);
        }
        if self.flush == Flush::Due {
            ready!(Pin::new(&mut self.io).poll_flush(cx))?;
            self.flush = Flush::Done;
            self.flushed = self.written;
        }
        Poll::Ready(Ok(()))
    }

    /// Says goodbye to the transport (TLS `close_notify`, then the end of the stream).
    ///
    /// # Errors
    /// The transport's: the connection is broken.
    pub fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    /// Reads and throws away until the peer ends too; closing with unread bytes would make the
    /// kernel take back the last words.
    ///
    /// # Errors
    /// The transport's: the connection is broken.
    pub fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.input == Input::Open {
            let mut scratch = [const { MaybeUninit::uninit() }; READ_BYTES];
            let mut read = ReadBuf::uninit(&mut scratch);
            ready!(Pin::new(&mut self.io).poll_read(cx, &mut read))?;
            if read.filled().is_empty() {
                self.input = Input::Ended;
            }
        }
        Poll::Ready(Ok(()))
    }

    fn advance(&mut self, mut written: usize) {
        self.queued -= written;
        self.written += written as u64;
        while let Some(front) = self.queue.front_mut() {
            if written < front.len() {
                front.advance(written);
                self.front = if written > 0 { Front::Torn } else { self.front };
                return;
            }
            written -= front.len();
            self.queue.pop_front();
            self.front = Front::Whole;
        }
        self.queue.shrink_to(QUEUE_KEPT);
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    fn pump(buffer: usize) -> (Pump<DuplexStream>, DuplexStream) {
        let (near, far) = duplex(buffer);
        (Pump::new(near, 4096), far)
    }

    #[actix::test]
    async fn frames_leave_in_order_and_the_backlog_is_counted() {
        let (mut pump, mut far) = pump(1024);
        for frame in ["one\n", "two\n", "three\n"] {
            pump.push(Bytes::from_static(frame.as_bytes()));
        }
        assert_eq!((pump.backlog(), pump.pushed(), pump.flushed()), (14, 14, 0));
        poll_fn(|cx| pump.poll_write(cx)).await.unwrap();
        assert_eq!((pump.backlog(), pump.pushed(), pump.flushed()), (0, 14, 14));
        let mut read = [0; 14];
        far.read_exact(&mut read).await.unwrap();
        assert_eq!(&read, b"one\ntwo\nthree\n");
    }

    #[actix::test]
    async fn a_torn_frame_is_finished_when_the_backlog_is_dropped() {
        let (mut pump, mut far) = pump(6);
        pump.push(Bytes::from_static(b"first\n"));
        pump.push(Bytes::from_static(b"second\n"));
        pump.push(Bytes::from_static(b"third\n"));
        let pending = poll_fn(|cx| Poll::Ready(pump.poll_write(cx).is_pending())).await;
        assert!(pending);
        let mut read = [0; 6];
        far.read_exact(&mut read).await.unwrap();
        let pending = poll_fn(|cx| Poll::Ready(pump.poll_write(cx).is_pending())).await;
        assert!(pending, "six of seven bytes of the second frame went out");
        assert_eq!(
            pump.flushed(),
            0,
            "what may still be on its way has not left"
        );
        pump.drop_backlog();
        pump.push(Bytes::from_static(b"last\n"));
        let reader = actix_rt::spawn(async move {
            let mut rest = String::new();
            far.read_to_string(&mut rest).await.unwrap();
            rest
        });
        poll_fn(|cx| pump.poll_write(cx)).await.unwrap();
        poll_fn(|cx| pump.poll_close(cx)).await.unwrap();
        assert_eq!(reader.await.unwrap(), "second\nlast\n");
    }

    #[actix::test]
    async fn lines_come_in_and_the_end_is_seen() {
        let (mut pump, mut far) = pump(1024);
        far.write_all(b"hello\nworld").await.unwrap();
        drop(far);
        while pump.input() == Input::Open {
            poll_fn(|cx| pump.poll_read(cx)).await.unwrap();
        }
        assert_eq!(pump.take_line(), Framed::Line(b"hello"[..].into()));
        assert_eq!(pump.take_line(), Framed::Incomplete);
    }
}
