//! The end of a stream that messages go into.

use super::outgoing::Outgoing;
use crate::channel::{ByteWrite, Sender};
use crate::error::Result;
use crate::fd::{AsFd, BorrowedFd};
use crate::frame::HEAD;
use crate::wait::Wait;

/// The end of a byte stream that whole messages go into, each with its length in front.
///
/// Dropped in the middle of a message, it leaves the receiver with a broken one, which it is told of.
///
/// # Syscalls
/// Async-signal-safe where the stream is.
/// | case | calls |
/// |------|-------|
/// | drop | `close` |
#[derive(Debug)]
#[repr(C)]
pub struct FrameSender<W> {
    pub(super) stream: W,
    outgoing: Outgoing,
}

impl<W: ByteWrite> FrameSender<W> {
    /// One of several writers of a pipe or FIFO: each message is a single write that nobody else's bytes come
    /// into, so none is longer than [`ATOMIC`](ByteWrite::ATOMIC) − 4, which is 4092 bytes.
    ///
    /// # Errors
    /// `EINVAL`: the stream makes no such promise, as a stream socket.
    ///
    /// # Syscalls
    /// Async-signal-safe where the stream is.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | none |
    /// | refused | `close` |
    pub fn shared(stream: W) -> Result<Self> {
        let limit = stream.atomic().saturating_sub(HEAD);
        Self::sole(stream, limit)
    }

    /// The only writer of `stream`, of messages up to `limit` bytes.
    ///
    /// Nothing checks that it is the only one. What a second one writes lands in the middle of a message.
    ///
    /// # Errors
    /// `EINVAL`: a limit of 0, or one that 32 bits cannot hold.
    ///
    /// # Syscalls
    /// Async-signal-safe where the stream is.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | none |
    /// | refused | `close` |
    pub fn sole(stream: W, limit: usize) -> Result<Self> {
        let outgoing = Outgoing::new(limit, stream.write_call())?;
        Ok(FrameSender { stream, outgoing })
    }

    /// Whether a part of a message has gone and the rest has not. Only that same message can be sent now.
    pub fn is_unfinished(&self) -> bool {
        self.outgoing.is_unfinished()
    }

    /// The stream itself, which may be in the middle of a message.
    pub fn into_inner(self) -> W {
        self.stream
    }
}

impl<W: ByteWrite> Sender for FrameSender<W> {
    fn send_limit(&self) -> usize {
        self.outgoing.limit()
    }

    /// Sends one message: a single [`write_two`](ByteWrite::write_two) where there is room for all of it.
    ///
    /// A [`sole`](Self::sole) end whose wait is over when only a part has gone
    /// [is unfinished](Self::is_unfinished): it takes that same message again, by `send` or by `try_send`, and
    /// writes the rest of it.
    ///
    /// # Errors
    /// As [`Sender::send`]. `EBUSY`: another message is unfinished; no syscall. `EPIPE` from the peer: the
    /// stream failed in the middle of a message; no syscall.
    ///
    /// # Syscalls
    /// Async-signal-safe where the stream is.
    /// Where there is room, [`write_two`](ByteWrite::write_two) is one `pwritev2` on a pipe or FIFO and one `sendmsg`
    /// on a stream socket.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | refused; another is unfinished; broken | none |
    /// | for ever | ([`write_two`](ByteWrite::write_two))×n |
    /// | until an instant | [`write_two`](ByteWrite::write_two) |
    /// | until an instant, in parts | ([`write_two`](ByteWrite::write_two) `clock_gettime`)×n [`write_two`](ByteWrite::write_two) |
    /// | until an instant, over between two parts | ([`write_two`](ByteWrite::write_two) `clock_gettime`)×n |
    /// | up to [`ATOMIC`](ByteWrite::ATOMIC) bytes, at most a duration | [`write_two`](ByteWrite::write_two) |
    /// | larger, at most a duration, at once | [`try_write_two`](ByteWrite::try_write_two) |
    /// | larger, at most a duration | [`try_write_two`](ByteWrite::try_write_two) (`clock_gettime` [`write_two`](ByteWrite::write_two))×n |
    /// | larger, at most a duration, over between two parts | [`try_write_two`](ByteWrite::try_write_two) (`clock_gettime` [`write_two`](ByteWrite::write_two))×n `clock_gettime` |
    #[inline]
    fn send(&mut self, msg: &[u8], wait: Wait) -> Result<()> {
        self.outgoing.send(&mut self.stream, msg, wait)
    }

    /// Sends what there is room for of one message now.
    ///
    /// `EAGAIN` means that all of it, or the rest of it, has yet to go: see [`send`](Sender::send). A
    /// [`shared`](Self::shared) end never sends a part.
    ///
    /// # Errors
    /// As [`send`](Sender::send), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe where the stream is.
    /// | case | calls |
    /// |------|-------|
    /// | refused; another is unfinished; broken | none |
    /// | whole; in parts; no room | ([`try_write_two`](ByteWrite::try_write_two))×n |
    #[inline]
    fn try_send(&mut self, msg: &[u8]) -> Result<()> {
        self.outgoing.try_send(&mut self.stream, msg)
    }
}

impl<W: AsFd> AsFd for FrameSender<W> {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}
