//! The side that calls.

use super::{CallError, Failure, HEAD, Packer, Unpacker};
use crate::channel::{Receiver, Sender};
use crate::error::{Call, Errno, Error, Result};
use crate::wait::Wait;
use core::fmt;

/// The side that calls, over a channel of its own.
///
/// # Syscalls
/// Async-signal-safe where the channel is.
/// | case | calls |
/// |------|-------|
/// | drop, the two ends of a [`Duplex`](crate::Duplex) of pipes | `close` `close` |
/// | drop, a socket | `close` |
#[repr(C)]
pub struct Client<'b, C> {
    channel: C,
    buf: &'b mut [u8],
    /// The id of the last request.
    id: u32,
    /// How many requests went out that no reply came back to, yet.
    unanswered: u32,
    /// The id of the oldest of them.
    oldest: u32,
    /// A reply came that answers nothing.
    corrupt: bool,
}

impl<'b, C: Sender + Receiver> Client<'b, C> {
    /// Calls over `channel`; `buf` holds the request, and then the reply.
    ///
    /// # Errors
    /// `EMSGSIZE`: `buf` is smaller than the longest message of the channel,
    /// [`recv_limit`](Receiver::recv_limit), so that one could come that it does not hold. `EINVAL`: the channel
    /// takes no message of 8 bytes.
    ///
    /// # Syscalls
    /// Async-signal-safe where the channel is.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | none |
    /// | refused, the two ends of a [`Duplex`](crate::Duplex) of pipes | `close` `close` |
    /// | refused, a socket | `close` |
    pub fn new(channel: C, buf: &'b mut [u8]) -> Result<Self> {
        check_buffer(&channel, buf.len(), buf.len())?;
        Ok(Client { channel, buf, id: 0, unanswered: 0, oldest: 0, corrupt: false })
    }

    /// Calls `method` with the arguments that `pack` packs, and returns the result to be unpacked. `wait` is one
    /// for the request and the reply together.
    ///
    /// A reply that comes when the call has been given up is skipped by a later call, once for each call given
    /// up; a reply to no request at all corrupts the client for good.
    ///
    /// Where the time is over while a part of the request is in the channel (a
    /// [`FrameSender`](crate::frame::FrameSender) of messages above its pipe's atomic size,
    /// [`Framed`](crate::frame::Framed)), the channel refuses every other request with `EBUSY`: drop the client.
    ///
    /// # Errors
    /// [`CallError::Remote`] is the server's answer. [`CallError::Channel`] holds:
    /// - `EMSGSIZE`: the arguments do not fit `buf` or the channel; or what `pack` returned. Nothing was sent.
    /// - `ETIMEDOUT`, `EINTR`: the wait is over; the method may have run, may be running or may yet run.
    /// - `EPIPE`: the server is gone.
    /// - `EBADMSG`: the reply is none, or not to this call; from then on.
    /// - what the channel says.
    ///
    /// # Syscalls
    /// Async-signal-safe where the channel and `pack` are.
    /// | case | calls |
    /// |------|-------|
    /// | refused; corrupt | none |
    /// | packet pipes, for ever, the reply is there | `pwritev2` `read` |
    /// | for ever; until an instant | [`send`](Sender::send) ([`recv`](Receiver::recv))×n |
    /// | at most a duration | `clock_gettime` [`send`](Sender::send) ([`recv`](Receiver::recv))×n |
    /// | for ever, not sent; until an instant, not sent | [`send`](Sender::send) |
    /// | at most a duration, not sent | `clock_gettime` [`send`](Sender::send) |
    pub fn call(
        &mut self,
        method: u32,
        wait: Wait,
        pack: impl FnOnce(&mut Packer<'_>) -> Result<()>,
    ) -> Result<Unpacker<'_>, CallError> {
        if self.corrupt {
            return Err(bad_reply().into());
        }
        let id = self.id.wrapping_add(1);
        let limit = self.channel.send_limit();
        let mut packer = Packer::new(up_to(self.buf, limit));
        packer.u32(id)?;
        packer.u32(method)?;
        pack(&mut packer)?;
        let request = packer.finish()?;

        let wait = wait.pinned()?;
        self.channel.send(request, wait)?;
        self.id = id;
        if self.unanswered == 0 {
            self.oldest = id;
        }
        self.unanswered = self.unanswered.saturating_add(1);

        let len = self.reply(wait)?;
        let mut reply = Unpacker::new(self.buf.get(..len).unwrap_or_default());
        let (_id, status) = (reply.u32()?, reply.u32()?);
        match Failure::from_wire(status) {
            None => Ok(reply),
            Some(failure) => Err(CallError::Remote(failure)),
        }
    }

    /// The channel, to look at.
    pub fn channel(&self) -> &C {
        &self.channel
    }

    /// The channel itself, which may hold a reply to a call that was given up.
    pub fn into_channel(self) -> C {
        self.channel
    }

    /// Receives the reply to the last request into `buf` and returns its length.
    fn reply(&mut self, wait: Wait) -> Result<usize> {
        loop {
            let len = match self.channel.recv(self.buf, wait)? {
                0 => return Err(Error::peer(Call::RPC, Errno::PIPE)),
                len => len,
            };
            let mut head = Unpacker::new(self.buf.get(..len).unwrap_or_default());
            let (Ok(id), Ok(_status)) = (head.u32(), head.u32()) else {
                self.corrupt = true;
                return Err(bad_reply());
            };
            if id == self.id {
                // A server answers in order: what it did not answer before, it will not.
                self.unanswered = 0;
                return Ok(len);
            }
            // Each call given up may be answered late once, so that nobody can keep us here.
            let age = self.id.wrapping_sub(id);
            if self.unanswered <= 1 || age > self.id.wrapping_sub(self.oldest) {
                self.corrupt = true;
                return Err(bad_reply());
            }
            self.unanswered = self.unanswered.saturating_sub(1);
        }
    }
}

/// Refuses a buffer that a message of `channel` could be too long for, and a channel that is too narrow.
pub(super) fn check_buffer<C: Sender + Receiver>(channel: &C, inbox: usize, outbox: usize) -> Result<()> {
    if outbox < HEAD || channel.send_limit() < HEAD || channel.recv_limit() < HEAD {
        return Err(Error::argument(Call::RPC, Errno::INVAL));
    }
    if inbox < channel.recv_limit() {
        return Err(Error::argument(Call::RPC, Errno::MSGSIZE).with_needed(channel.recv_limit()));
    }
    Ok(())
}

/// No more of `buf` than `limit` bytes.
#[inline]
pub(super) fn up_to(buf: &mut [u8], limit: usize) -> &mut [u8] {
    let len = buf.len().min(limit);
    buf.get_mut(..len).unwrap_or_default()
}

#[cold]
fn bad_reply() -> Error {
    Error::peer(Call::RPC, Errno::BADMSG)
}

impl<C: fmt::Debug> fmt::Debug for Client<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("channel", &self.channel)
            .field("buffer", &self.buf.len())
            .field("unanswered", &self.unanswered)
            .field("corrupt", &self.corrupt)
            .finish()
    }
}
