//! A datagram socket that sends to whom it names, and is told who sent.

use super::{Datagram, TOLD_OF};
use crate::error::{Call, Named, Result};
use crate::fd::AsFd;
use crate::socket::address::Address;
use crate::socket::connection::until_room;
use crate::socket::message::{self, NOW, NOW_RECVMSG, recv_along};
use crate::sys::socket::{ADDRESS_BYTES, recvmsg};
use crate::wait::{Wait, until_done};
use rustix::net::RecvFlags;

impl Datagram {
    /// `sendto(self, msg, MSG_DONTWAIT | MSG_NOSIGNAL, to)` — one message to the socket of that name, or waits
    /// for room in its queue.
    ///
    /// Nothing tells of that room: the call is made again each millisecond. A socket connected to it waits
    /// without.
    ///
    /// # Errors
    /// `EINVAL`: the message is empty, or `to` unnamed; `EMSGSIZE`: above the limit; no syscall is made.
    /// `ETIMEDOUT`. `ENOENT`, `ECONNREFUSED`, `EACCES`, `EPROTOTYPE`, `EPERM`: as [`connect`](Self::connect).
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room; an error; a limit of zero | `sendto` |
    /// | waits for ever | (`sendto` `ppoll`)×n `sendto` |
    /// | waits with a limit | (`sendto` `clock_gettime` `ppoll`)×n `sendto` |
    /// | times out | (`sendto` `clock_gettime` `ppoll`)×n `sendto` `clock_gettime` |
    /// | over from the start | `sendto` `clock_gettime` |
    /// | a signal ends it, for ever | (`sendto` `ppoll`)×n |
    /// | a signal ends it, with a limit | (`sendto` `clock_gettime` `ppoll`)×n |
    /// | refused | none |
    ///
    /// # References
    /// [send(2)](https://man7.org/linux/man-pages/man2/send.2.html)
    #[inline]
    pub fn send_to(&self, to: &Address, msg: &[u8], wait: Wait) -> Result<()> {
        self.check_to(to, msg)?;
        until_room(wait, || self.put_to(to, msg))
    }

    /// `sendto(self, msg, MSG_DONTWAIT | MSG_NOSIGNAL, to)` — one message, if there is room.
    ///
    /// # Errors
    /// As [`send_to`](Self::send_to), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room; no room; an error | `sendto` |
    /// | refused | none |
    #[inline]
    pub fn try_send_to(&self, to: &Address, msg: &[u8]) -> Result<()> {
        self.check_to(to, msg)?;
        self.put_to(to, msg)
    }

    /// `recvmsg(self, buf, MSG_DONTWAIT | MSG_TRUNC)` — one message and its sender's name, or waits for it.
    ///
    /// The name is what the sender chose, and unnamed where it has none. Where several threads receive from one
    /// socket, give each a buffer of the limit: one that is smaller is cut where another took the message that was
    /// looked at, and that is `EBADMSG`.
    ///
    /// # Errors
    /// As [`recv`](crate::Receiver::recv) of this type.
    ///
    /// # Cases
    /// "Small": the buffer is below the limit. "A reset": the peer turned to another with messages of ours unread.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ready | `recvmsg` |
    /// | at once otherwise; a limit of zero | [`try_recv_from`](Self::try_recv_from) |
    /// | waits for ever | ([`try_recv_from`](Self::try_recv_from) `ppoll`)×n [`try_recv_from`](Self::try_recv_from) |
    /// | waits with a limit | ([`try_recv_from`](Self::try_recv_from) `clock_gettime` `ppoll`)×n [`try_recv_from`](Self::try_recv_from) |
    /// | times out | ([`try_recv_from`](Self::try_recv_from) `clock_gettime` `ppoll`)×n |
    /// | times out, by the clock | ([`try_recv_from`](Self::try_recv_from) `clock_gettime` `ppoll`)×n [`try_recv_from`](Self::try_recv_from) `clock_gettime` |
    /// | over from the start | [`try_recv_from`](Self::try_recv_from) `clock_gettime` |
    /// | a signal ends it, for ever | ([`try_recv_from`](Self::try_recv_from) `ppoll`)×n |
    /// | a signal ends it, with a limit | ([`try_recv_from`](Self::try_recv_from) `clock_gettime` `ppoll`)×n |
    ///
    /// # References
    /// [recv(2)](https://man7.org/linux/man-pages/man2/recv.2.html)
    pub fn recv_from(&self, buf: &mut [u8], wait: Wait) -> Result<(usize, Address)> {
        until_done(self.fd.as_fd(), TOLD_OF, wait, || self.try_recv_from(buf))
    }

    /// `recvmsg(self, buf, MSG_DONTWAIT | MSG_TRUNC)` — one message and its sender's name, if there is one.
    ///
    /// # Errors
    /// As [`recv_from`](Self::recv_from), and `EAGAIN` in place of a wait.
    ///
    /// # Cases
    /// "Small": the buffer is below the limit. "A reset": the peer turned to another with messages of ours unread.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// "small" is a buffer below the limit, which has the message looked at first; "reset" is a peer that closed with
    /// messages unread.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ready; empty; above the limit; nothing there | `recvmsg` |
    /// | too small; small, nothing there | `recvfrom` |
    /// | small | `recvfrom` `recvmsg` |
    /// | reset; reset, nothing there | `recvmsg` `recvmsg` |
    /// | too small, reset; small, reset, nothing there | `recvfrom` `recvfrom` |
    /// | small, reset | `recvfrom` `recvfrom` `recvmsg` |
    pub fn try_recv_from(&self, buf: &mut [u8]) -> Result<(usize, Address)> {
        let mut from = [0; ADDRESS_BYTES];
        let mut from_len = 0;
        let n = self.take(buf, Call::RECVMSG, |buf| {
            let flags = NOW_RECVMSG.union(RecvFlags::TRUNC).bits();
            let told = recv_along(|| recvmsg(&self.fd, buf, &mut from, &mut [], flags))?;
            from_len = told.from_len;
            Ok(told.n)
        })?;
        Ok((n, Address::told(&from, from_len)))
    }

    #[inline]
    fn check_to(&self, to: &Address, msg: &[u8]) -> Result<()> {
        to.must_name(Call::SENDTO)?;
        message::check(Call::SENDTO, msg, self.limit)
    }

    #[inline]
    fn put_to(&self, to: &Address, msg: &[u8]) -> Result<()> {
        rustix::net::sendto(&self.fd, msg, NOW, to).map(drop).named(Call::SENDTO)
    }
}
