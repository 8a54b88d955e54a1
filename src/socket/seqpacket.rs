//! Connected sockets that carry whole messages.

mod with_fds;

use super::address::Address;
use super::connection::{Kind, Sealed};
use super::message::{self, DEFAULT_LIMIT, Made, Taken};
use super::{Connection, Peer};
use crate::channel::{Receiver, Sender};
use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::wait::{Events, Sleeper, Wait, events_now, until_done_slowly};
use rustix::net::Shutdown;

/// One end of a connected seqpacket socket: whole messages, both ways.
///
/// Both sides declare how large a message can be: [`DEFAULT_LIMIT`] bytes, or what both gave to
/// [`set_limit`](Self::set_limit). A buffer of that size is received into with one syscall; a smaller one needs
/// a look at the length first. A peer that sends more than it declared, or an empty message, is corrupt: every
/// receive from it is `EBADMSG` from then on. Empty messages with which a peer closes are taken for the end, for
/// nothing is lost by it.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | `close` |
///
/// # Examples
/// ```
/// use rawipc::{Errno, Receiver, Sender, Wait, socket::Seqpacket};
///
/// let (mut ours, mut theirs) = Seqpacket::pair()?;
/// ours.send(b"question", Wait::FOREVER)?;
/// let mut small = [0; 4];
/// let e = theirs.recv(&mut small, Wait::FOREVER).unwrap_err();
/// assert_eq!((e.errno(), e.needed()), (Errno::MSGSIZE, Some(8)));
/// let mut buf = [0; 8];
/// assert_eq!(theirs.recv(&mut buf, Wait::FOREVER)?, 8);
/// # Ok::<(), rawipc::Error>(())
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct Seqpacket {
    fd: Fd,
    peer: State,
    /// Whether each message brings its sender's credentials.
    pub(super) credentials: bool,
    limit: usize,
}

/// What is known of the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum State {
    Sound,
    /// A receive of 0 is still to be judged: the end, or an empty message, which is gone from the queue.
    Unjudged,
    /// It broke a rule; what it sends means nothing any more.
    Corrupt,
}

impl Sealed for Seqpacket {
    fn kind() -> u32 {
        Kind::SEQPACKET.as_raw()
    }

    fn of(fd: Fd) -> Self {
        Seqpacket { fd, peer: State::Sound, credentials: false, limit: DEFAULT_LIMIT }
    }

    fn fd(&self) -> &Fd {
        &self.fd
    }
}

impl Connection for Seqpacket {}

impl Peer for Seqpacket {}

impl Seqpacket {
    /// `socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC)` — two sockets, connected to each other.
    ///
    /// # Errors
    /// `EMFILE`, `ENFILE`: no descriptors left, in this process or at all.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `socketpair` |
    ///
    /// # References
    /// [socketpair(2)](https://man7.org/linux/man-pages/man2/socketpair.2.html)
    pub fn pair() -> Result<(Self, Self)> {
        Kind::SEQPACKET.pair().map(|(a, b)| (Self::of(a), Self::of(b)))
    }

    /// `socket`, `connect` — a socket connected to the listener of that name, though not accepted yet.
    ///
    /// Where the listener's backlog is full, nothing tells of room: the call is made again each millisecond.
    /// Symbolic links in a path are followed.
    ///
    /// # Errors
    /// As [`Stream::connect`](super::Stream::connect).
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Stream::connect`](super::Stream::connect).
    ///
    /// # References
    /// [connect(2)](https://man7.org/linux/man-pages/man2/connect.2.html)
    pub fn connect(address: &Address, wait: Wait) -> Result<Self> {
        Kind::SEQPACKET.connect(address, wait).map(Self::of)
    }

    /// `socket`, `connect` — as [`connect`](Self::connect), if there is room in the backlog.
    ///
    /// # Errors
    /// As [`connect`](Self::connect), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Stream::try_connect`](super::Stream::try_connect).
    pub fn try_connect(address: &Address) -> Result<Self> {
        Kind::SEQPACKET.try_connect(address).map(Self::of)
    }

    /// Takes over a descriptor that is a UNIX seqpacket socket, one inherited. Nothing is changed on it.
    ///
    /// # Errors
    /// `ENOTSOCK`, `EAFNOSUPPORT`, `EPROTOTYPE`: no socket, none of UNIX, not a seqpacket. The descriptor is
    /// closed then.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `getsockopt` `getsockopt` |
    /// | no socket; another family | `getsockopt` `close` |
    /// | another type | `getsockopt` `getsockopt` `close` |
    pub fn attach(fd: Fd) -> Result<Self> {
        Kind::SEQPACKET.check(&fd)?;
        Ok(Self::of(fd))
    }

    /// Takes `fd` for a UNIX seqpacket socket without asking the kernel: one that was accepted, or that
    /// [`attach`](Self::attach) has seen before.
    #[inline]
    pub fn assume(fd: Fd) -> Self {
        Self::of(fd)
    }

    /// Declares the largest message of both directions, in bytes; the peer has to declare the same.
    ///
    /// The kernel's own limit is the sender's buffer, which is made larger where it has to be, and 4 MiB. It
    /// looks for that much memory in one piece: a send of a large message can be `ENOBUFS`.
    ///
    /// # Errors
    /// `EINVAL`: 0, before any syscall. `EMSGSIZE`: above 4 MiB, or the kernel lets no such buffer be
    /// (/proc/sys/net/core/wmem_max); [`needed`](Error::needed) tells the largest message that it would take.
    /// The limit stays as it was then.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | the buffer is large enough | `getsockopt` |
    /// | it is made larger; it cannot be | `getsockopt` `setsockopt` `getsockopt` |
    /// | refused | none |
    pub fn set_limit(&mut self, bytes: usize) -> Result<()> {
        message::make_room(&self.fd, bytes)?;
        self.limit = bytes;
        Ok(())
    }

    /// `shutdown(self, SHUT_WR)` — ends what the peer receives; receiving from it goes on.
    ///
    /// # Errors
    /// `ENOTCONN`: an attached socket that was never connected.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `shutdown` |
    ///
    /// # References
    /// [shutdown(2)](https://man7.org/linux/man-pages/man2/shutdown.2.html)
    pub fn shutdown_write(&self) -> Result<()> {
        rustix::net::shutdown(&self.fd, Shutdown::Write).named(Call::SHUTDOWN)
    }

    /// The descriptor, to keep or to hand over.
    pub fn into_fd(self) -> Fd {
        self.fd
    }

    #[cold]
    fn recv_unready(&mut self, buf: &mut [u8], wait: Wait, mut made: Made) -> Result<usize> {
        let Seqpacket { fd, peer, limit, .. } = self;
        let taken = until_done_slowly(fd.as_fd(), Events::READABLE, wait, || {
            message::take(fd, buf, *limit, |buf| message::recv_or(fd, buf, made.take()))
        })?;
        peer.judge(fd, taken, Some(wait), Call::RECVFROM)
    }
}

impl State {
    /// What a receive comes to; with a wait, whatever signals come while it is judged.
    #[inline]
    fn judge(&mut self, fd: &Fd, taken: Taken, wait: Option<Wait>, call: Call) -> Result<usize> {
        match taken {
            Taken::Message(n) => Ok(n),
            Taken::Empty => {
                *self = State::Unjudged;
                self.settle(fd, wait, call)
            }
            Taken::TooLong(n) => {
                *self = State::Corrupt;
                Err(Error::peer(call, Errno::BADMSG).with_needed(n))
            }
        }
    }

    /// A receive of 0: the end, or an empty message? What is known already stays.
    #[cold]
    #[inline(never)]
    fn settle(&mut self, fd: &Fd, wait: Option<Wait>, call: Call) -> Result<usize> {
        let mut sleeper = wait.map(Sleeper::new);
        while *self != State::Corrupt {
            match (is_end(fd), &mut sleeper) {
                (Ok(true), _) => {
                    *self = State::Sound;
                    return Ok(0);
                }
                (Ok(false), _) => *self = State::Corrupt,
                (Err(e), Some(sleeper)) if e.is(Errno::INTR) => {
                    sleeper.may_go_on(e)?;
                    sleeper.left()?;
                }
                (Err(e), _) => return Err(e),
            }
        }
        Err(Error::peer(call, Errno::BADMSG))
    }
}

fn is_end(fd: &Fd) -> Result<bool> {
    // After a hang-up nothing is queued any more, so what is there then was there behind an empty message.
    let gone = Events::PEER_CLOSED.and(Events::HANG_UP);
    Ok(events_now(fd.as_fd(), Events::PEER_CLOSED)?.any_of(gone)
        && rustix::io::ioctl_fionread(fd).named(Call::IOCTL)? == 0)
}

impl Sender for Seqpacket {
    fn send_limit(&self) -> usize {
        self.limit
    }

    /// `sendto(self, msg, MSG_DONTWAIT | MSG_NOSIGNAL)` — one message, or waits for room.
    ///
    /// # Errors
    /// As [`Sender::send`].
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room; the peer is gone; a limit of zero | `sendto` |
    /// | waits for ever | (`sendto` `ppoll`)×n `sendto` |
    /// | waits with a limit | (`sendto` `clock_gettime` `ppoll`)×n `sendto` |
    /// | times out | (`sendto` `clock_gettime` `ppoll`)×n |
    /// | times out, by the clock | (`sendto` `clock_gettime` `ppoll`)×n `sendto` `clock_gettime` |
    /// | over from the start | `sendto` `clock_gettime` |
    /// | a signal ends it, for ever | (`sendto` `ppoll`)×n |
    /// | a signal ends it, with a limit | (`sendto` `clock_gettime` `ppoll`)×n |
    /// | refused | none |
    ///
    /// # References
    /// [send(2)](https://man7.org/linux/man-pages/man2/send.2.html)
    #[inline]
    fn send(&mut self, msg: &[u8], wait: Wait) -> Result<()> {
        message::send(&self.fd, msg, self.limit, wait, message::refused)
    }

    /// `sendto(self, msg, MSG_DONTWAIT | MSG_NOSIGNAL)` — one message, if there is room.
    ///
    /// # Errors
    /// As [`Sender::try_send`].
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room; no room; the peer is gone | `sendto` |
    /// | refused | none |
    #[inline]
    fn try_send(&mut self, msg: &[u8]) -> Result<()> {
        message::try_send(&self.fd, msg, self.limit, message::refused)
    }
}

impl Receiver for Seqpacket {
    fn recv_limit(&self) -> usize {
        self.limit
    }

    /// `recvfrom(self, buf, MSG_DONTWAIT | MSG_TRUNC)` — one message, or waits for it.
    ///
    /// # Errors
    /// As [`Receiver::recv`]. `EBADMSG` for a message above the limit has its length, the first time, in
    /// [`needed`](Error::needed).
    ///
    /// # Cases
    /// "Small": the buffer is below the limit. "A reset": the peer closed with messages of ours unread. The end
    /// may have empty messages before it.
    /// A receive of 0 is looked at, whether it is the end or an empty message; where that look fails, the next receive
    /// makes it again, and no other call.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ready | `recvfrom` |
    /// | at once otherwise; a limit of zero | [`try_recv`](Receiver::try_recv) |
    /// | waits for ever | (`recvfrom` `ppoll`)×n [`try_recv`](Receiver::try_recv) |
    /// | waits with a limit | (`recvfrom` `clock_gettime` `ppoll`)×n [`try_recv`](Receiver::try_recv) |
    /// | times out | (`recvfrom` `clock_gettime` `ppoll`)×n |
    /// | times out, by the clock | (`recvfrom` `clock_gettime` `ppoll`)×n `recvfrom` `clock_gettime` |
    /// | over from the start | `recvfrom` `clock_gettime` |
    /// | a signal ends it, for ever | (`recvfrom` `ppoll`)×n |
    /// | a signal ends it, with a limit | (`recvfrom` `clock_gettime` `ppoll`)×n |
    /// | corrupt | none |
    ///
    /// # References
    /// [recv(2)](https://man7.org/linux/man-pages/man2/recv.2.html)
    #[inline]
    fn recv(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        if self.peer != State::Sound {
            return self.peer.settle(&self.fd, Some(wait), Call::RECVFROM);
        }
        match message::take_at_once(&self.fd, buf, self.limit) {
            Ok(n) => Ok(n),
            Err(made) => self.recv_unready(buf, wait, made),
        }
    }

    /// `recvfrom(self, buf, MSG_DONTWAIT | MSG_TRUNC)` — one message, if there is one.
    ///
    /// # Errors
    /// As [`Receiver::try_recv`].
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// "small" is a buffer below the limit, which has the message looked at first; "reset" is a peer that closed with
    /// messages unread.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ready; too small; above the limit; nothing there | `recvfrom` |
    /// | small; reset; too small, reset | `recvfrom` `recvfrom` |
    /// | small, reset | `recvfrom` `recvfrom` `recvfrom` |
    /// | empty message | `recvfrom` (`ppoll`)×n |
    /// | empty message, small | `recvfrom` `recvfrom` (`ppoll`)×n |
    /// | empty message, and the peer is gone; end | `recvfrom` (`ppoll`)×n `ioctl` |
    /// | empty message, and the peer is gone, small; end, small; end, reset | `recvfrom` `recvfrom` (`ppoll`)×n `ioctl` |
    /// | end, small, reset | `recvfrom` `recvfrom` `recvfrom` (`ppoll`)×n `ioctl` |
    /// | end, of which the look failed before | (`ppoll`)×n `ioctl` |
    /// | empty message, of which the look failed before | (`ppoll`)×n |
    /// | corrupt | none |
    #[inline]
    fn try_recv(&mut self, buf: &mut [u8]) -> Result<usize> {
        if self.peer != State::Sound {
            return self.peer.settle(&self.fd, None, Call::RECVFROM);
        }
        let taken = message::take(&self.fd, buf, self.limit, |buf| message::recv_or(&self.fd, buf, None))?;
        self.peer.judge(&self.fd, taken, None, Call::RECVFROM)
    }
}

impl AsFd for Seqpacket {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
