//! The side that runs the methods.

use super::client::{check_buffer, up_to};
use super::{Failure, HEAD, Packer, Unpacker};
use crate::channel::{Receiver, Sender};
use crate::error::{Call, Errno, Result};
use crate::wait::Wait;
use core::fmt;

/// The side that runs the methods, for one client over a channel of its own.
///
/// # Syscalls
/// Async-signal-safe where the channel is.
/// | case | calls |
/// |------|-------|
/// | drop, the two ends of a [`Duplex`](crate::Duplex) of pipes | `close` `close` |
/// | drop, a socket | `close` |
#[repr(C)]
pub struct Server<'b, C> {
    channel: C,
    inbox: &'b mut [u8],
    outbox: &'b mut [u8],
}

/// A request that waits for its answer.
///
/// Dropped without one, it leaves the client to its deadline: nothing is sent that nobody asked to send.
#[must_use = "without an answer the client waits until its deadline"]
#[repr(C)]
pub struct Request<'s, C> {
    channel: &'s mut C,
    outbox: &'s mut [u8],
    id: u32,
    method: u32,
    args: Unpacker<'s>,
}

impl<'b, C: Sender + Receiver> Server<'b, C> {
    /// Serves over `channel`; `inbox` holds a request while it runs, `outbox` its reply.
    ///
    /// # Errors
    /// `EMSGSIZE`: `inbox` is smaller than the longest message of the channel,
    /// [`recv_limit`](Receiver::recv_limit), so that one could come that it does not hold. `EINVAL`: `outbox` or
    /// the channel has no room for a message of 8 bytes.
    ///
    /// # Syscalls
    /// Async-signal-safe where the channel is.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | none |
    /// | refused, the two ends of a [`Duplex`](crate::Duplex) of pipes | `close` `close` |
    /// | refused, a socket | `close` |
    pub fn new(channel: C, inbox: &'b mut [u8], outbox: &'b mut [u8]) -> Result<Self> {
        check_buffer(&channel, inbox.len(), outbox.len())?;
        Ok(Server { channel, inbox, outbox })
    }

    /// Receives the next request; `None` when the client is gone.
    ///
    /// # Errors
    /// `EBADMSG` of the call [`RPC`](Call::RPC): the message is too short for a request. It is taken off the
    /// channel, and `next` may be called again. Every other error is the channel's.
    ///
    /// # Syscalls
    /// Async-signal-safe where the channel is. As [`recv`](Receiver::recv).
    ///
    /// # Examples
    /// ```
    /// use rawipc::rpc::{Failure, Server};
    /// use rawipc::{Duplex, Receiver, Sender, Wait, pipe};
    ///
    /// let (requests, mut to_server) = pipe::packet_pair()?;
    /// let (mut replies, to_client) = pipe::packet_pair()?;
    /// let (mut inbox, mut outbox) = ([0; pipe::PIPE_BUF], [0; 64]);
    /// let channel = Duplex { sender: to_client, receiver: requests };
    /// let mut server = Server::new(channel, &mut inbox, &mut outbox)?;
    ///
    /// // A client of another make: id 5, method 1, no arguments.
    /// to_server.send(b"\x05\0\0\0\x01\0\0\0", Wait::FOREVER)?;
    ///
    /// let mut request = server.next(Wait::FOREVER)?.unwrap();
    /// match (request.method(), request.args().finish()) {
    ///     (1, Ok(())) => request.reply(Wait::FOREVER, |result| result.u8(42))?,
    ///     (1, Err(e)) => request.fail(Wait::FOREVER, e.into())?,
    ///     _ => request.fail(Wait::FOREVER, Failure::UNKNOWN_METHOD)?,
    /// }
    ///
    /// let mut buf = [0; pipe::PIPE_BUF];
    /// let n = replies.recv(&mut buf, Wait::FOREVER)?;
    /// assert_eq!(&buf[..n], b"\x05\0\0\0\0\0\0\0\x2a");
    /// # Ok::<(), rawipc::Error>(())
    /// ```
    pub fn next(&mut self, wait: Wait) -> Result<Option<Request<'_, C>>> {
        let len = self.channel.recv(self.inbox, wait)?;
        self.request(len)
    }

    /// Receives a request if one is there now.
    ///
    /// # Errors
    /// As [`next`](Self::next), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe where the channel is. As [`try_recv`](Receiver::try_recv).
    pub fn try_next(&mut self) -> Result<Option<Request<'_, C>>> {
        let len = self.channel.try_recv(self.inbox)?;
        self.request(len)
    }

    /// Answers one request after the other by what `handler` makes of its method, its arguments and the place for
    /// its result, until the client is gone.
    ///
    /// `wait` is for each request and for each answer by itself, where there is something to wait for: it is no
    /// limit to the whole. What is too short for a request is passed over. In a handler, `?` turns the refusal of
    /// an [`Unpacker`] into [`Failure::BAD_ARGUMENTS`].
    ///
    /// # Errors
    /// What the channel says, `ETIMEDOUT` among it; but for `EPIPE`, which means that the client is gone. The
    /// server is as good as before, and may serve again, unless the channel says `EBADMSG`, or `EBUSY`: it is in
    /// the middle of an answer that the client did not take in time.
    ///
    /// # Syscalls
    /// Async-signal-safe where the channel and the handler are.
    /// Each [`serve`](Self::serve) below stands for going on with the next request.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | the client is gone; nothing came in time | [`next`](Self::next) |
    /// | the client is gone when it is answered; no room in time | [`next`](Self::next) [`reply`](Request::reply) |
    /// | a request is answered | [`next`](Self::next) [`reply`](Request::reply) [`serve`](Self::serve) |
    /// | too short, passed over | [`next`](Self::next) [`serve`](Self::serve) |
    pub fn serve(
        &mut self,
        wait: Wait,
        mut handler: impl FnMut(u32, &mut Unpacker<'_>, &mut Packer<'_>) -> Result<(), Failure>,
    ) -> Result<()> {
        loop {
            let request = match self.next(wait) {
                Ok(Some(request)) => request,
                Ok(None) => return Ok(()),
                Err(e) if e.call() == Call::RPC => continue,
                Err(e) => return Err(e),
            };
            match request.answer(wait, &mut handler) {
                Err(e) if e.is(Errno::PIPE) => return Ok(()),
                answer => answer?,
            }
        }
    }

    /// The request of this [`id`](Request::id) once more, which was let go of without an answer, to be answered now:
    /// for whoever cannot hold a [`Request`] until then. Of its arguments nothing is left, and of its method 0.
    ///
    /// A client takes answers in the order of its requests.
    ///
    /// # Examples
    /// ```
    /// use rawipc::rpc::Server;
    /// use rawipc::{Receiver, Sender, Wait, socket::Seqpacket};
    ///
    /// let (mut ours, theirs) = Seqpacket::pair()?;
    /// let (mut inbox, mut outbox) = (vec![0; theirs.recv_limit()], [0; 64]);
    /// let mut server = Server::new(theirs, &mut inbox, &mut outbox)?;
    /// ours.send(b"\x05\0\0\0\x01\0\0\0", Wait::FOREVER)?;
    ///
    /// let id = server.next(Wait::FOREVER)?.expect("one was sent").id();
    /// server.resume(id).reply(Wait::FOREVER, |result| result.u8(42))?;
    ///
    /// let mut buf = [0; 16];
    /// let n = ours.recv(&mut buf, Wait::FOREVER)?;
    /// assert_eq!(&buf[..n], b"\x05\0\0\0\0\0\0\0\x2a");
    /// # Ok::<(), rawipc::Error>(())
    /// ```
    pub fn resume(&mut self, id: u32) -> Request<'_, C> {
        let Server { channel, outbox, .. } = self;
        Request { channel, outbox, id, method: 0, args: Unpacker::new(&[]) }
    }

    /// The channel, to look at.
    pub fn channel(&self) -> &C {
        &self.channel
    }

    /// The channel itself.
    pub fn into_channel(self) -> C {
        self.channel
    }

    fn request(&mut self, len: usize) -> Result<Option<Request<'_, C>>> {
        if len == 0 {
            return Ok(None);
        }
        let Server { channel, inbox, outbox } = self;
        let mut args = Unpacker::new(inbox.get(..len).unwrap_or_default());
        let (id, method) = (args.u32()?, args.u32()?);
        Ok(Some(Request { channel, outbox, id, method, args }))
    }
}

impl<'s, C: Sender> Request<'s, C> {
    /// The number by which the client knows its request again: any at all.
    #[inline]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The number of the method, as the client sent it: any at all.
    #[inline]
    pub fn method(&self) -> u32 {
        self.method
    }

    /// The arguments, as the client sent them: any bytes at all. What is unpacked outlives the request, up to
    /// the next one.
    #[inline]
    pub fn args(&mut self) -> &mut Unpacker<'s> {
        &mut self.args
    }

    /// Answers with the result that `pack` packs.
    ///
    /// # Errors
    /// - What `pack` returned, or `EMSGSIZE` of the call [`RPC`](Call::RPC): the result does not fit the outbox or
    ///   the channel. The client is answered all the same, with the [`Failure`] that the error stands for.
    /// - `ETIMEDOUT`: there was no room in time. Where a part of the answer has gone, the channel takes no other:
    ///   see [`FrameSender`](crate::frame::FrameSender).
    /// - `EPIPE`: the client is gone.
    ///
    /// # Syscalls
    /// Async-signal-safe where the channel and `pack` are. As [`send`](Sender::send).
    pub fn reply(self, wait: Wait, pack: impl FnOnce(&mut Packer<'_>) -> Result<()>) -> Result<()> {
        let mut refused = Ok(());
        self.answer(wait, |_method, _args, result| {
            refused = pack(result).and_then(|()| result.packed().map(drop));
            Ok(refused?)
        })?;
        refused
    }

    /// Answers with a failure.
    ///
    /// # Errors
    /// What the channel says, as for [`reply`](Self::reply).
    ///
    /// # Syscalls
    /// Async-signal-safe where the channel is. As [`reply`](Self::reply).
    pub fn fail(self, wait: Wait, failure: Failure) -> Result<()> {
        send_failure(self.channel, self.id, failure, wait)
    }

    fn answer(
        self,
        wait: Wait,
        handler: impl FnOnce(u32, &mut Unpacker<'_>, &mut Packer<'_>) -> Result<(), Failure>,
    ) -> Result<()> {
        let Request { channel, outbox, id, method, mut args } = self;
        let mut packer = Packer::new(up_to(outbox, channel.send_limit()));
        packer.u32(id)?;
        packer.u32(0)?;
        let packed = handler(method, &mut args, &mut packer);
        match packed.and_then(|()| packer.finish().map_err(Failure::from)) {
            Ok(reply) => channel.send(reply, wait),
            Err(failure) => send_failure(channel, id, failure, wait),
        }
    }
}

fn send_failure<C: Sender>(channel: &mut C, id: u32, failure: Failure, wait: Wait) -> Result<()> {
    let mut room = [0; HEAD];
    let mut packer = Packer::new(&mut room);
    packer.u32(id)?;
    packer.u32(failure.code())?;
    channel.send(packer.finish()?, wait)
}

impl<C: fmt::Debug> fmt::Debug for Server<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("channel", &self.channel)
            .field("inbox", &self.inbox.len())
            .field("outbox", &self.outbox.len())
            .finish()
    }
}

impl<C> fmt::Debug for Request<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("id", &self.id)
            .field("method", &self.method)
            .field("args", &self.args.remaining())
            .finish()
    }
}
