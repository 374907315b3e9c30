//! Bytes to lines, with a bound: pure, so that a torn or endless line is a table row.

use bytes::{Buf, BytesMut};

/// Bytes without a line end after which the peer's framing is lost, where longer lines are not allowed.
pub const UNFRAMED_BYTES: usize = 64 * 1024;

/// Cuts what a peer sends into lines that end with LF or CRLF.
#[derive(Debug)]
pub struct Lines {
    buffer: BytesMut,
    /// Bytes at the front of the buffer that hold no LF.
    scanned: usize,
    skipped: Skipped,
    most: usize,
}

/// Whether a line too long is being thrown away, and how much of it so far.
#[derive(Debug, Clone, Copy)]
enum Skipped {
    Nothing,
    Bytes(usize),
}

/// What can be taken from the bytes so far.
#[derive(Debug, PartialEq, Eq)]
pub enum Framed {
    /// A line without its end.
    Line(BytesMut),
    /// A line of more bytes than allowed ended here; it is gone.
    TooLong,
    /// More bytes are needed.
    Incomplete,
    /// [`UNFRAMED_BYTES`] went by without a line end.
    Lost,
}

impl Lines {
    /// Lines of at most `most` bytes before their end.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            buffer: BytesMut::new(),
            scanned: 0,
            skipped: Skipped::Nothing,
            most,
        }
    }

    /// The bound on a line in bytes.
    #[must_use]
    pub const fn most(&self) -> usize {
        self.most
    }

    /// Takes bytes as they come.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Whether no line has begun that is not taken yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Whether [`Lines::take`] would give a line without more bytes.
    pub fn has_line(&mut self) -> bool {
        self.end().is_some()
    }

    /// Takes the next line.
    pub fn take(&mut self) -> Framed {
        match self.end() {
            Some(end) => self.cut(end),
            None => self.wait(),
        }
    }

    /// Index of the next LF.
    fn end(&mut self) -> Option<usize> {
        let found = self.buffer[self.scanned..]
            .iter()
            .position(|byte| *byte == b'\n');
        match found {
            Some(at) => Some(self.scanned + at),
            None => {
                self.scanned = self.buffer.len();
                None
            }
        }
    }

    fn cut(&mut self, end: usize) -> Framed {
        let mut line = self.buffer.split_to(end);
        self.buffer.advance(1);
        self.scanned = 0;
        self.release_memory();
        if line.last() == Some(&b'\r') {
            line.truncate(line.len() - 1);
        }
        match std::mem::replace(&mut self.skipped, Skipped::Nothing) {
            Skipped::Nothing if line.len() <= self.most => Framed::Line(line),
            Skipped::Nothing | Skipped::Bytes(_) => Framed::TooLong,
        }
    }

    fn wait(&mut self) -> Framed {
        let so_far = match self.skipped {
            Skipped::Nothing => 0,
            Skipped::Bytes(bytes) => bytes,
        } + self.buffer.len();
        if so_far >= UNFRAMED_BYTES.max(self.most + 2) {
            return Framed::Lost;
        }
        // One byte more than the bound may still be the CR of an allowed line.
        if so_far > self.most + 1 {
            self.skipped = Skipped::Bytes(so_far);
            self.buffer.clear();
            self.scanned = 0;
        }
        Framed::Incomplete
    }

    /// An idle peer costs no buffer.
    fn release_memory(&mut self) {
        if self.buffer.is_empty() {
            self.buffer = BytesMut::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(most: usize, chunks: &[&[u8]]) -> Vec<Framed> {
        let mut lines = Lines::new(most);
        let mut taken = Vec::new();
        for chunk in chunks {
            lines.push(chunk);
            loop {
                match lines.take() {
                    Framed::Incomplete => break,
                    Framed::Lost => {
                        taken.push(Framed::Lost);
                        return taken;
                    }
                    line @ (Framed::Line(_) | Framed::TooLong) => taken.push(line),
                }
            }
        }
        taken
    }

    fn line(text: &str) -> Framed {
        Framed::Line(text.as_bytes().into())
    }

    #[test]
    fn lines_end_with_lf_or_crlf_however_they_come() {
        assert_eq!(
            lines(9, &[b"a\nb\r\n\nc"]),
            [line("a"), line("b"), line("")]
        );
        assert_eq!(
            lines(9, &[b"hel", b"lo\r", b"\nx\n"]),
            [line("hello"), line("x")]
        );
        assert_eq!(lines(9, &[b"a\rb\n"]), [line("a\rb")]);
    }

    #[test]
    fn a_line_at_the_bound_is_heard_and_one_beyond_is_skipped_once() {
        assert_eq!(
            lines(4, &[b"1234\n12345\n1234\r\n"]),
            [line("1234"), Framed::TooLong, line("1234")]
        );
        assert_eq!(
            lines(4, &[b"123456", b"789", b"0\nok\n"]),
            [Framed::TooLong, line("ok")]
        );
    }

    #[test]
    fn an_endless_line_loses_the_framing_without_being_kept() {
        let chunk = [b'x'; 1024];
        let chunks = vec![&chunk[..]; 80];
        assert_eq!(lines(4096, &chunks), [Framed::Lost]);
        let mut endless = Lines::new(4096);
        for _ in 0..60 {
            endless.push(&chunk);
            assert_eq!(endless.take(), Framed::Incomplete);
            assert!(endless.buffer.len() <= 4096 + 1024);
        }
    }

    proptest! {
        #[test]
        fn how_bytes_are_torn_changes_nothing(bytes in prop::collection::vec(prop_oneof![
            Just(b'\n'), Just(b'\r'), any::<u8>()], 0..200), at in 0usize..200)
        {
            let at = at.min(bytes.len());
            let whole = lines(16, &[&bytes]);
            let torn = lines(16, &[&bytes[..at], &bytes[at..]]);
            prop_assert_eq!(whole, torn);
        }
    }
}
