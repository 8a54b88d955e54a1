//! One stream that goes both ways.

use super::incoming::Incoming;
use super::outgoing::Outgoing;
use crate::channel::{ByteRead, ByteWrite, Receiver, Sender};
use crate::error::Result;
use crate::fd::{AsFd, BorrowedFd};
use crate::wait::Wait;

/// A byte stream that goes both ways, as whole messages both ways: a [`Sender`] and a [`Receiver`] in one.
///
/// Each direction is on its own: a broken one leaves the other as it is.
///
/// # Syscalls
/// Async-signal-safe where the stream is.
/// | case | calls |
/// |------|-------|
/// | drop | `close` |
#[derive(Debug)]
#[repr(C)]
pub struct Framed<'b, S> {
    stream: S,
    incoming: Incoming<'b>,
    outgoing: Outgoing,
}

impl<'b, S: ByteRead + ByteWrite> Framed<'b, S> {
    /// The only reader and the only writer of this end of `stream`.
    ///
    /// `buf` holds what has come in, as for [`FrameReceiver::new`](super::FrameReceiver::new); messages up to
    /// `send_limit` go out, as for [`FrameSender::sole`](super::FrameSender::sole).
    ///
    /// # Errors
    /// `EINVAL`: a buffer of fewer than 5 bytes; a limit of 0, or one that 32 bits cannot hold.
    ///
    /// # Syscalls
    /// Async-signal-safe where the stream is.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | none |
    /// | refused | `close` |
    pub fn new(stream: S, buf: &'b mut [u8], send_limit: usize) -> Result<Self> {
        let incoming = Incoming::new(buf, stream.read_call())?;
        let outgoing = Outgoing::new(send_limit, stream.write_call())?;
        Ok(Framed { stream, incoming, outgoing })
    }

    /// As [`FrameReceiver::recv_in_place`](super::FrameReceiver::recv_in_place).
    ///
    /// # Errors
    /// As there.
    ///
    /// # Syscalls
    /// Async-signal-safe where the stream is. As [`recv`](Receiver::recv).
    #[inline]
    pub fn recv_in_place(&mut self, wait: Wait) -> Result<Option<&[u8]>> {
        self.incoming.recv_in_place(&mut self.stream, Some(wait))
    }

    /// As [`FrameReceiver::try_recv_in_place`](super::FrameReceiver::try_recv_in_place).
    ///
    /// # Errors
    /// As there.
    ///
    /// # Syscalls
    /// Async-signal-safe where the stream is. As [`try_recv`](Receiver::try_recv).
    #[inline]
    pub fn try_recv_in_place(&mut self) -> Result<Option<&[u8]>> {
        self.incoming.recv_in_place(&mut self.stream, None)
    }

    /// Whether the next receive has its answer in the buffer already, and makes no syscall.
    pub fn has_buffered(&self) -> bool {
        self.incoming.has_answer()
    }

    /// Whether a part of a message has gone and the rest has not. Only that same message can be sent now.
    pub fn is_unfinished(&self) -> bool {
        self.outgoing.is_unfinished()
    }

    /// The stream itself; what lies in the buffer is lost to it, and it may be in the middle of a message.
    pub fn into_inner(self) -> S {
        self.stream
    }
}

impl<S: ByteRead + ByteWrite> Sender for Framed<'_, S> {
    fn send_limit(&self) -> usize {
        self.outgoing.limit()
    }

    /// Sends one message, as [`FrameSender`](super::FrameSender) does.
    ///
    /// # Errors
    /// As there.
    ///
    /// # Syscalls
    /// Async-signal-safe where the stream is. As [`FrameSender::send`](Sender::send).
    #[inline]
    fn send(&mut self, msg: &[u8], wait: Wait) -> Result<()> {
        self.outgoing.send(&mut self.stream, msg, wait)
    }

    /// Sends what there is room for of one message now, as [`FrameSender`](super::FrameSender) does.
    ///
    /// # Errors
    /// As there.
    ///
    /// # Syscalls
    /// Async-signal-safe where the stream is. As [`FrameSender::try_send`](Sender::try_send).
    #[inline]
    fn try_send(&mut self, msg: &[u8]) -> Result<()> {
        self.outgoing.try_send(&mut self.stream, msg)
    }
}

impl<S: ByteRead + ByteWrite> Receiver for Framed<'_, S> {
    fn recv_limit(&self) -> usize {
        self.incoming.limit()
    }

    /// Receives one message, as [`FrameReceiver`](super::FrameReceiver) does.
    ///
    /// # Errors
    /// As there.
    ///
    /// # Syscalls
    /// Async-signal-safe where the stream is. As [`FrameReceiver::recv`](Receiver::recv).
    #[inline]
    fn recv(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        self.incoming.recv(&mut self.stream, buf, Some(wait))
    }

    /// Receives one message if all of it is there, as [`FrameReceiver`](super::FrameReceiver) does.
    ///
    /// # Errors
    /// As there.
    ///
    /// # Syscalls
    /// Async-signal-safe where the stream is. As [`FrameReceiver::try_recv`](Receiver::try_recv).
    #[inline]
    fn try_recv(&mut self, buf: &mut [u8]) -> Result<usize> {
        self.incoming.recv(&mut self.stream, buf, None)
    }
}

impl<S: AsFd> AsFd for Framed<'_, S> {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}
