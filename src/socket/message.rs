//! Whole messages over sockets that keep them apart, within a declared limit.

use super::refs::Refs;
use super::slots::{Came, Slots};
use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::sys::socket::{SocketOption, sendmsg, socket_option};
use crate::wait::{Events, Wait, until_done_slowly};
use rustix::io::IoSlice;
use rustix::net::{RecvFlags, SendFlags};

/// The largest message of a socket unless [`set_limit`](super::Seqpacket::set_limit) says otherwise, in bytes.
pub const DEFAULT_LIMIT: usize = 65_536;

/// Of every send: no wait inside the call, and no SIGPIPE.
pub(super) const NOW: SendFlags = SendFlags::DONTWAIT.union(SendFlags::NOSIGNAL);

/// Of every receive: no wait inside the call.
pub(super) const NOW_RECV: RecvFlags = RecvFlags::DONTWAIT;

/// Of every receive that takes descriptors: they are close-on-exec from their first instant.
pub(super) const NOW_RECVMSG: RecvFlags = NOW_RECV.union(RecvFlags::CMSG_CLOEXEC);

/// What a receive took off the queue, judged against the declared limit.
pub(super) enum Taken {
    /// A message, whole, of this length.
    Message(usize),
    /// Nothing but a length of 0: an empty message, or the end.
    Empty,
    /// A message of this length, cut to the buffer, which the peer had no right to.
    TooLong(usize),
}

/// Refuses an empty message and one above the limit.
#[inline]
pub(super) fn check(call: Call, msg: &[u8], limit: usize) -> Result<()> {
    match msg.len() {
        0 => Err(Error::argument(call, Errno::INVAL)),
        n if n > limit => Err(Error::argument(call, Errno::MSGSIZE).with_needed(limit)),
        _ => Ok(()),
    }
}

/// Sends one message, or waits for room; `refused` says what an errno of the kernel means here.
#[inline]
pub(super) fn send(
    fd: &Fd,
    msg: &[u8],
    limit: usize,
    wait: Wait,
    refused: impl Fn(Errno) -> Error,
) -> Result<()> {
    check(Call::SENDTO, msg, limit)?;
    match rustix::net::send(fd, msg, NOW) {
        Ok(_) => Ok(()),
        Err(errno) => send_unready(fd.as_fd(), msg, errno, wait, refused),
    }
}

/// Out of line from the errno on, so that nothing is put together for it where all goes well.
#[cold]
#[inline(never)]
fn send_unready(
    fd: BorrowedFd<'_>,
    msg: &[u8],
    errno: Errno,
    wait: Wait,
    refused: impl Fn(Errno) -> Error,
) -> Result<()> {
    let mut made = Some(errno);
    until_done_slowly(fd, Events::WRITABLE, wait, || match made.take() {
        Some(errno) => Err(refused(errno)),
        None => put(fd, msg, &refused),
    })
}

/// Sends one message, if there is room.
#[inline]
pub(super) fn try_send(fd: &Fd, msg: &[u8], limit: usize, refused: impl Fn(Errno) -> Error) -> Result<()> {
    check(Call::SENDTO, msg, limit)?;
    put(fd, msg, refused)
}

#[inline]
fn put(fd: impl AsFd, msg: &[u8], refused: impl Fn(Errno) -> Error) -> Result<()> {
    match rustix::net::send(fd, msg, NOW) {
        Ok(_) => Ok(()),
        Err(errno) => Err(refused(errno)),
    }
}

/// Takes one message with `recv`, which tells its true length; where `buf` is smaller than the limit, looks at
/// the length first and leaves what does not fit.
#[inline]
pub(super) fn take(
    fd: &Fd,
    buf: &mut [u8],
    limit: usize,
    recv: impl FnOnce(&mut [u8]) -> Result<usize>,
) -> Result<Taken> {
    let room = buf.len();
    if room < limit {
        let n = peek(fd)?;
        if n > room && n <= limit {
            return Err(Error::kernel(Call::RECVFROM, Errno::MSGSIZE).with_needed(n));
        }
    }
    Ok(taken(recv(buf)?, room, limit))
}

#[inline]
const fn taken(n: usize, room: usize, limit: usize) -> Taken {
    match n {
        0 => Taken::Empty,
        // Above the buffer alone: another holder of this socket took the message that was looked at.
        n if n > limit || n > room => Taken::TooLong(n),
        n => Taken::Message(n),
    }
}

/// A receive of messages with what comes along.
pub(super) struct Along<'a> {
    pub(super) fd: &'a Fd,
    pub(super) limit: usize,
    pub(super) credentials: bool,
}

impl Along<'_> {
    #[inline]
    fn recv(&self, buf: &mut [u8], slots: &mut Slots, from: &mut [u8]) -> Result<Came> {
        let flags = NOW_RECVMSG.union(RecvFlags::TRUNC).bits();
        slots.recv(self.fd, buf, from, flags, self.credentials)
    }

    /// The fast path: one receive into a buffer that holds any message, and into slots that hold nothing. Whatever is no message is for the slow path to judge.
    #[inline]
    pub(super) fn take_at_once(
        &self,
        buf: &mut [u8],
        slots: &mut Slots,
        from: &mut [u8],
    ) -> core::result::Result<Came, MadeAlong> {
        if buf.len() < self.limit || !slots.holds_none() {
            return Err(None);
        }
        match self.recv(buf, slots, from) {
            Ok(came) if came.n.wrapping_sub(1) < self.limit && !came.cut => Ok(came),
            answer => Err(Some(answer)),
        }
    }

    /// As [`take`], with the receive that was made or a new one. The slots hold what came along with a
    /// [`Taken::Message`], and nothing otherwise. Told besides: the length of the sender's name, and whether the
    /// message came with nothing at all.
    // Out of line: a wait calls it in two places, and its stack would be there twice.
    #[inline(never)]
    pub(super) fn take(
        &self,
        buf: &mut [u8],
        slots: &mut Slots,
        from: &mut [u8],
        made: MadeAlong,
    ) -> Result<(Taken, usize, bool)> {
        let (mut from_len, mut bare, mut all) = (0, true, Ok(()));
        let mut judge = |slots: &mut Slots, came: Came| {
            bare = slots.is_untouched(&came);
            from_len = came.from_len;
            all = if came.cut { Err(came) } else { Ok(()) };
        };
        let taken = match made {
            // Nothing was looked at first: the buffer holds any message.
            Some(Ok(came)) => {
                let n = came.n;
                judge(slots, came);
                taken(n, buf.len(), self.limit)
            }
            made => {
                if made.is_none() {
                    slots.must_be_empty()?;
                }
                let mut made = made;
                take(self.fd, buf, self.limit, |buf| {
                    let came = recv_along(|| made.take().unwrap_or_else(|| self.recv(buf, slots, from)))?;
                    let n = came.n;
                    judge(slots, came);
                    Ok(n)
                })?
            }
        };
        match (&taken, all) {
            (Taken::Message(_), Err(came)) => slots.all_or_none(&came).map(drop)?,
            (Taken::Message(_), Ok(())) => {}
            _ => slots.clear(),
        }
        Ok((taken, from_len, bare))
    }
}

/// What a receive with what comes along has answered already, if one was made.
pub(super) type MadeAlong = Option<Result<Came>>;

/// A `recvmsg`, and another where it told of the reset that is told once.
#[inline]
pub(super) fn recv_along<T>(mut recv: impl FnMut() -> Result<T>) -> Result<T> {
    match recv() {
        Err(e) if e.is(Errno::CONNRESET) => recv(),
        answer => answer,
    }
}

/// `sendmsg(fd, msg, fds)`: one message, to whom it is connected or to `to`.
#[cfg_attr(not(shared), inline)]
#[cfg_attr(shared, inline(never))]
pub(super) fn put_with_fds(fd: &Fd, to: &[u8], msg: &[u8], fds: &Refs<'_>) -> Result<usize> {
    sendmsg(fd.as_fd(), to, &[IoSlice::new(msg)], fds.control()?, NOW.bits())
}

/// The true length of the message at the front, which stays.
#[cold]
fn peek(fd: &Fd) -> Result<usize> {
    recv(fd, &mut [], RecvFlags::PEEK.union(RecvFlags::TRUNC))
}

/// `recvfrom(fd, buf, MSG_DONTWAIT | flags)`; with `MSG_TRUNC` the true length, which may be more than `buf`.
#[inline]
pub(super) fn recv(fd: impl AsFd, buf: &mut [u8], flags: RecvFlags) -> Result<usize> {
    let flags = flags.union(NOW_RECV);
    let fd = fd.as_fd();
    match rustix::net::recv(fd, &mut *buf, flags) {
        Ok((_, n)) => Ok(n),
        Err(errno) => recv_again(fd, buf, flags, errno),
    }
}

/// Told once, to a peer of one who closed with our messages unread. What he sent comes all the same.
#[cold]
pub(super) fn recv_again(
    fd: BorrowedFd<'_>,
    buf: &mut [u8],
    flags: RecvFlags,
    errno: Errno,
) -> Result<usize> {
    match errno {
        Errno::CONNRESET => rustix::net::recv(fd, buf, flags).map(|(_, n)| n).named(Call::RECVFROM),
        _ => Err(Error::kernel(Call::RECVFROM, errno)),
    }
}

/// What a receive has answered already, if one was made.
pub(super) type Made = Option<rustix::io::Result<usize>>;

/// The fast path: one receive into a buffer that holds any message. Whatever is no message is for the slow path
/// to judge, so that nothing of that is computed here.
#[inline]
pub(super) fn take_at_once(fd: &Fd, buf: &mut [u8], limit: usize) -> core::result::Result<usize, Made> {
    if buf.len() < limit {
        return Err(None);
    }
    match rustix::net::recv(fd, buf, NOW_RECV.union(RecvFlags::TRUNC)) {
        Ok((_, n)) if n.wrapping_sub(1) < limit => Ok(n),
        answer => Err(Some(answer.map(|(_, n)| n))),
    }
}

/// A receive of a message: the one that was made, or a new one.
pub(super) fn recv_or(fd: &Fd, buf: &mut [u8], made: Made) -> Result<usize> {
    match made {
        None => recv(fd, buf, RecvFlags::TRUNC),
        Some(Ok(n)) => Ok(n),
        Some(Err(errno)) => recv_again(fd.as_fd(), buf, NOW_RECV.union(RecvFlags::TRUNC), errno),
    }
}

/// What an errno of `sendto` means on a connection.
#[cold]
pub(super) fn refused(errno: Errno) -> Error {
    gone(Error::kernel(Call::SENDTO, errno))
}

/// An error of a send over a connection: that the peer is gone has one name.
#[cold]
pub(super) fn gone(e: Error) -> Error {
    match e.errno() {
        Errno::CONNRESET => Error::kernel(e.call(), Errno::PIPE),
        _ => e,
    }
}

/// Makes room in the sender's buffer for messages of `limit` bytes, where there is less.
pub(super) fn make_room(fd: &Fd, limit: usize) -> Result<()> {
    if limit == 0 {
        return Err(Error::argument(Call::SETSOCKOPT, Errno::INVAL));
    }
    if largest(fd)? >= limit {
        return Ok(());
    }
    // The kernel doubles what it is asked for, and cuts it at wmem_max without a word.
    let half = limit.min(PIECE).saturating_add(OVERHEAD).div_ceil(2);
    rustix::net::sockopt::set_socket_send_buffer_size(fd, half).named(Call::SETSOCKOPT)?;
    let largest = largest(fd)?;
    if largest < limit {
        return Err(Error::kernel(Call::SETSOCKOPT, Errno::MSGSIZE).with_needed(largest));
    }
    Ok(())
}

/// What a message may not take of the sender's buffer.
const OVERHEAD: usize = 32;

/// What the kernel can allocate for a message: 4 MiB in one piece, and a little beside it.
const PIECE: usize = 4 << 20;

/// The largest message that the kernel lets through.
fn largest(fd: &Fd) -> Result<usize> {
    let bytes = socket_option(fd.as_fd(), SocketOption::SendBuffer)?;
    Ok(usize::try_from(bytes).unwrap_or(0).saturating_sub(OVERHEAD).min(PIECE))
}
