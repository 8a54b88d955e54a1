//! A datagram socket with a peer, as the two ends of a channel.

use super::{Datagram, TOLD_OF};
use crate::channel::{Receiver, Sender};
use crate::error::{Call, Errno, Error, Result};
use crate::fd::AsFd;
use crate::socket::message::{self, Made};
use crate::wait::{Wait, until_done_slowly};

impl Sender for Datagram {
    fn send_limit(&self) -> usize {
        self.limit
    }

    /// `sendto(self, msg, MSG_DONTWAIT | MSG_NOSIGNAL)` — one message to the peer, or waits for room.
    ///
    /// # Errors
    /// As [`Sender::send`]; `EPIPE` is the kernel's `ECONNREFUSED`. `ENOTCONN`: it never had a peer,
    /// which an attached one is taken to have had.
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
        message::send(&self.fd, msg, self.limit, wait, |errno| {
            self.no_peer(Error::kernel(Call::SENDTO, errno))
        })
    }

    /// `sendto(self, msg, MSG_DONTWAIT | MSG_NOSIGNAL)` — one message to the peer, if there is room.
    ///
    /// # Errors
    /// As [`send`](Sender::send), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room; no room; the peer is gone | `sendto` |
    /// | refused | none |
    #[inline]
    fn try_send(&mut self, msg: &[u8]) -> Result<()> {
        message::try_send(&self.fd, msg, self.limit, |errno| self.no_peer(Error::kernel(Call::SENDTO, errno)))
    }
}

impl Receiver for Datagram {
    fn recv_limit(&self) -> usize {
        self.limit
    }

    /// `recvfrom(self, buf, MSG_DONTWAIT | MSG_TRUNC)` — one message, or waits for it. Never 0.
    ///
    /// # Errors
    /// `EMSGSIZE` and `ETIMEDOUT` as [`Receiver::recv`]. `EBADMSG`: what came was empty or above the limit, and
    /// is dropped; [`needed`](Error::needed) tells the length of the latter. `ESHUTDOWN`: it would wait, and another
    /// holder of this socket shut it down.
    ///
    /// # Cases
    /// "Small": the buffer is below the limit. "A reset": the peer turned to another with messages of ours unread.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ready | `recvfrom` |
    /// | at once otherwise; a limit of zero | [`try_recv`](Receiver::try_recv) |
    /// | waits for ever | ([`try_recv`](Receiver::try_recv) `ppoll`)×n [`try_recv`](Receiver::try_recv) |
    /// | waits with a limit | ([`try_recv`](Receiver::try_recv) `clock_gettime` `ppoll`)×n [`try_recv`](Receiver::try_recv) |
    /// | times out | ([`try_recv`](Receiver::try_recv) `clock_gettime` `ppoll`)×n |
    /// | times out, by the clock | ([`try_recv`](Receiver::try_recv) `clock_gettime` `ppoll`)×n [`try_recv`](Receiver::try_recv) `clock_gettime` |
    /// | over from the start | [`try_recv`](Receiver::try_recv) `clock_gettime` |
    /// | a signal ends it, for ever | ([`try_recv`](Receiver::try_recv) `ppoll`)×n |
    /// | a signal ends it, with a limit | ([`try_recv`](Receiver::try_recv) `clock_gettime` `ppoll`)×n |
    ///
    /// # References
    /// [recv(2)](https://man7.org/linux/man-pages/man2/recv.2.html)
    #[inline]
    fn recv(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        match message::take_at_once(&self.fd, buf, self.limit) {
            Ok(n) => Ok(n),
            Err(made) => self.recv_unready(buf, wait, made),
        }
    }

    /// `recvfrom(self, buf, MSG_DONTWAIT | MSG_TRUNC)` — one message, if there is one. Never 0.
    ///
    /// # Errors
    /// As [`recv`](Receiver::recv), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// "small" is a buffer below the limit, which has the message looked at first; "reset" is a peer that closed with
    /// messages unread.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ready; too small; empty; above the limit; nothing there | `recvfrom` |
    /// | small; reset; reset, nothing there; too small, reset | `recvfrom` `recvfrom` |
    /// | small, reset | `recvfrom` `recvfrom` `recvfrom` |
    #[inline]
    fn try_recv(&mut self, buf: &mut [u8]) -> Result<usize> {
        self.take_peers(buf, None)
    }
}

impl Datagram {
    /// The kernel says that the peer is gone once, and then that there is none.
    #[cold]
    pub(super) fn no_peer(&self, e: Error) -> Error {
        let gone = [Errno::CONNREFUSED, Errno::CONNRESET, Errno::NOTCONN].iter().any(|errno| e.is(*errno));
        if self.connected && gone { Error::kernel(e.call(), Errno::PIPE) } else { e }
    }

    #[cold]
    fn recv_unready(&self, buf: &mut [u8], wait: Wait, mut made: Made) -> Result<usize> {
        until_done_slowly(self.fd.as_fd(), TOLD_OF, wait, || self.take_peers(buf, made.take()))
    }

    fn take_peers(&self, buf: &mut [u8], made: Made) -> Result<usize> {
        self.take(buf, Call::RECVFROM, |buf| message::recv_or(&self.fd, buf, made))
    }
}
