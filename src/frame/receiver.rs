//! The end of a stream that messages come out of.

use super::incoming::Incoming;
use crate::channel::{ByteRead, Receiver};
use crate::error::Result;
use crate::fd::{AsFd, BorrowedFd};
use crate::wait::Wait;

/// The end of a byte stream that whole messages come out of, by way of a buffer of the caller's.
///
/// # Syscalls
/// Async-signal-safe where the stream is.
/// | case | calls |
/// |------|-------|
/// | drop | `close` |
#[derive(Debug)]
#[repr(C)]
pub struct FrameReceiver<'b, R> {
    stream: R,
    incoming: Incoming<'b>,
}

impl<'b, R: ByteRead> FrameReceiver<'b, R> {
    /// The only reader of `stream`, at a border between two frames. `buf` holds what has come in; messages up to
    /// its length − 4 fit.
    ///
    /// # Errors
    /// `EINVAL`: a buffer of fewer than 5 bytes holds no frame at all.
    ///
    /// # Syscalls
    /// Async-signal-safe where the stream is.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | none |
    /// | refused | `close` |
    pub fn new(stream: R, buf: &'b mut [u8]) -> Result<Self> {
        let incoming = Incoming::new(buf, stream.read_call())?;
        Ok(FrameReceiver { stream, incoming })
    }

    /// Receives one message and returns it where it lies, in the buffer given to [`new`](Self::new); `None` at
    /// the end. Nothing is copied.
    ///
    /// # Errors
    /// As [`Receiver::recv`], but for `EMSGSIZE`, which there is not.
    ///
    /// # Syscalls
    /// Async-signal-safe where the stream is. As [`recv`](Receiver::recv).
    ///
    /// # Examples
    /// ```
    /// use rawipc::frame::{FrameReceiver, FrameSender};
    /// use rawipc::{Sender, Wait, pipe};
    ///
    /// let (read_end, write_end) = pipe::pair()?;
    /// let mut buf = [0; 64];
    /// let mut receiver = FrameReceiver::new(read_end, &mut buf)?;
    /// FrameSender::shared(write_end)?.send(b"last words", Wait::FOREVER)?;
    /// assert_eq!(receiver.recv_in_place(Wait::FOREVER)?, Some(&b"last words"[..]));
    /// assert_eq!(receiver.recv_in_place(Wait::FOREVER)?, None);
    /// # Ok::<(), rawipc::Error>(())
    /// ```
    #[inline]
    pub fn recv_in_place(&mut self, wait: Wait) -> Result<Option<&[u8]>> {
        self.incoming.recv_in_place(&mut self.stream, Some(wait))
    }

    /// Receives one message if one is there now; else as [`recv_in_place`](Self::recv_in_place).
    ///
    /// # Errors
    /// As [`Receiver::try_recv`], but for `EMSGSIZE`, which there is not.
    ///
    /// # Syscalls
    /// Async-signal-safe where the stream is. As [`try_recv`](Receiver::try_recv).
    #[inline]
    pub fn try_recv_in_place(&mut self) -> Result<Option<&[u8]>> {
        self.incoming.recv_in_place(&mut self.stream, None)
    }

    /// Whether the next receive has its answer in the buffer already, and makes no syscall.
    ///
    /// A wait on the descriptor says nothing of what was read before: ask here first.
    pub fn has_buffered(&self) -> bool {
        self.incoming.has_answer()
    }

    /// The stream itself; what lies in the buffer is lost to it.
    pub fn into_inner(self) -> R {
        self.stream
    }
}

impl<R: ByteRead> Receiver for FrameReceiver<'_, R> {
    fn recv_limit(&self) -> usize {
        self.incoming.limit()
    }

    /// Receives one message: no syscall where it came with an earlier one, else a single
    /// [`read`](ByteRead::read) of all that is there.
    ///
    /// A wait of [`at_most`](Wait::at_most) so long is one for all the parts that a message comes in.
    ///
    /// # Errors
    /// As [`Receiver::recv`]. `EBADMSG`, from then on: a length of 0 or above
    /// [`recv_limit`](Receiver::recv_limit), or the stream ended in the middle of a message.
    ///
    /// # Syscalls
    /// Async-signal-safe where the stream is.
    /// Where something is there, [`read`](ByteRead::read) is one `read` on a pipe or FIFO and one `recvfrom` on a
    /// stream socket.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | buffered; corrupt | none |
    /// | for ever | ([`read`](ByteRead::read))×n |
    /// | until an instant | [`read`](ByteRead::read) |
    /// | until an instant, in parts | ([`read`](ByteRead::read) `clock_gettime`)×n [`read`](ByteRead::read) |
    /// | until an instant, over between two parts | ([`read`](ByteRead::read) `clock_gettime`)×n |
    /// | at most a duration, at once | [`try_read`](ByteRead::try_read) |
    /// | at most a duration | [`try_read`](ByteRead::try_read) (`clock_gettime` [`read`](ByteRead::read))×n |
    /// | at most a duration, over between two parts | [`try_read`](ByteRead::try_read) (`clock_gettime` [`read`](ByteRead::read))×n `clock_gettime` |
    #[inline]
    fn recv(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        self.incoming.recv(&mut self.stream, buf, Some(wait))
    }

    /// Receives one message if all of it is there.
    ///
    /// # Errors
    /// As [`recv`](Receiver::recv), and `EAGAIN` in place of a wait; what has come of a message is kept.
    ///
    /// # Syscalls
    /// Async-signal-safe where the stream is.
    /// | case | calls |
    /// |------|-------|
    /// | buffered; corrupt | none |
    /// | whole; in parts; nothing there | ([`try_read`](ByteRead::try_read))×n |
    #[inline]
    fn try_recv(&mut self, buf: &mut [u8]) -> Result<usize> {
        self.incoming.recv(&mut self.stream, buf, None)
    }
}

impl<R: AsFd> AsFd for FrameReceiver<'_, R> {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}
