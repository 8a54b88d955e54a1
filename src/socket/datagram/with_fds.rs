//! A datagram socket that descriptors travel over.

use super::{Datagram, TOLD_OF, judged};
use crate::error::{Call, Result};
use crate::fd::AsFd;
use crate::socket::address::Address;
use crate::socket::connection::until_room;
use crate::socket::message::{self, Along, MadeAlong, put_with_fds};
use crate::socket::refs::Refs;
use crate::socket::slots::Slots;
use crate::sys::socket::ADDRESS_BYTES;
use crate::wait::{Events, Wait, until_done, until_done_slowly};

impl Datagram {
    /// `sendmsg(self, msg, fds, MSG_DONTWAIT | MSG_NOSIGNAL)` — one message with these descriptors to the peer, or
    /// waits for room.
    ///
    /// # Errors
    /// As [`send`](crate::Sender::send) of this type. `EINVAL`: more than [`MAX_FDS`](crate::socket::MAX_FDS); no syscall is made.
    /// `EPERM`: the receiver [refuses them](Self::refuse_fds). `ETOOMANYREFS`: as many of this user's are on their way
    /// as it may have open (RLIMIT_NOFILE). After an error nothing was sent, neither the message nor a descriptor.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room; the peer is gone; a limit of zero | `sendmsg` |
    /// | waits for ever | (`sendmsg` `ppoll`)×n `sendmsg` |
    /// | waits with a limit | (`sendmsg` `clock_gettime` `ppoll`)×n `sendmsg` |
    /// | times out | (`sendmsg` `clock_gettime` `ppoll`)×n |
    /// | times out, by the clock | (`sendmsg` `clock_gettime` `ppoll`)×n `sendmsg` `clock_gettime` |
    /// | over from the start | `sendmsg` `clock_gettime` |
    /// | a signal ends it, for ever | (`sendmsg` `ppoll`)×n |
    /// | a signal ends it, with a limit | (`sendmsg` `clock_gettime` `ppoll`)×n |
    /// | refused | none |
    ///
    /// # References
    /// [sendmsg(2)](https://man7.org/linux/man-pages/man2/sendmsg.2.html),
    /// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html), "SCM_RIGHTS"
    #[inline]
    pub fn send_with_fds(&mut self, msg: &[u8], fds: &Refs<'_>, wait: Wait) -> Result<()> {
        until_done(self.fd.as_fd(), Events::WRITABLE, wait, || self.put_with_fds(msg, fds))
    }

    /// `sendmsg(self, msg, fds, MSG_DONTWAIT | MSG_NOSIGNAL)` — one message with these descriptors to the peer, if
    /// there is room.
    ///
    /// # Errors
    /// As [`send_with_fds`](Self::send_with_fds), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room; no room; the peer is gone | `sendmsg` |
    /// | refused | none |
    #[inline]
    pub fn try_send_with_fds(&mut self, msg: &[u8], fds: &Refs<'_>) -> Result<()> {
        self.put_with_fds(msg, fds)
    }

    /// `sendmsg(self, to, msg, fds, MSG_DONTWAIT | MSG_NOSIGNAL)` — one message with these descriptors to the socket
    /// of that name, or waits for room in its queue, as [`send_to`](Self::send_to) does.
    ///
    /// # Errors
    /// As [`send_to`](Self::send_to). `EINVAL`: more than [`MAX_FDS`](crate::socket::MAX_FDS); no syscall is made.
    /// `EPERM`: the receiver [refuses them](Self::refuse_fds). `ETOOMANYREFS`: as many of this user's are on their way
    /// as it may have open (RLIMIT_NOFILE). After an error nothing was sent, neither the message nor a descriptor.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room; an error; a limit of zero | `sendmsg` |
    /// | waits for ever | (`sendmsg` `ppoll`)×n `sendmsg` |
    /// | waits with a limit | (`sendmsg` `clock_gettime` `ppoll`)×n `sendmsg` |
    /// | times out | (`sendmsg` `clock_gettime` `ppoll`)×n `sendmsg` `clock_gettime` |
    /// | over from the start | `sendmsg` `clock_gettime` |
    /// | a signal ends it, for ever | (`sendmsg` `ppoll`)×n |
    /// | a signal ends it, with a limit | (`sendmsg` `clock_gettime` `ppoll`)×n |
    /// | refused | none |
    pub fn send_to_with_fds(&self, to: &Address, msg: &[u8], fds: &Refs<'_>, wait: Wait) -> Result<()> {
        until_room(wait, || self.try_send_to_with_fds(to, msg, fds))
    }

    /// `sendmsg(self, to, msg, fds, MSG_DONTWAIT | MSG_NOSIGNAL)` — one message with these descriptors to the socket
    /// of that name, if there is room.
    ///
    /// # Errors
    /// As [`send_to_with_fds`](Self::send_to_with_fds), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room; no room; an error | `sendmsg` |
    /// | refused | none |
    pub fn try_send_to_with_fds(&self, to: &Address, msg: &[u8], fds: &Refs<'_>) -> Result<()> {
        to.must_name(Call::SENDMSG)?;
        message::check(Call::SENDMSG, msg, self.limit)?;
        put_with_fds(&self.fd, to.bytes(), msg, fds).map(drop)
    }

    /// `recvmsg(self, buf, fds, MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC)` — one message with what was sent along,
    /// or waits for it. Never 0.
    ///
    /// # Errors
    /// As [`recv`](crate::Receiver::recv) of this type. `EINVAL`: `fds` still hold descriptors; no syscall is made.
    /// `E2BIG`: more came than `fds` have room for. `EMFILE`: they had room, and this process may open no more
    /// descriptors, or a security module forbids one. After either all that came are closed, and the message is taken:
    /// its bytes are in `buf`, and [`needed`](crate::Error::needed) tells its length.
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`recv_from_with_fds`](Self::recv_from_with_fds).
    pub fn recv_with_fds(&mut self, buf: &mut [u8], fds: &mut Slots, wait: Wait) -> Result<usize> {
        self.recv_along(buf, fds, &mut [], wait).map(|(n, _)| n)
    }

    /// `recvmsg(self, buf, fds, MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC)` — one message with what was sent along,
    /// if there is one.
    ///
    /// # Errors
    /// As [`recv_with_fds`](Self::recv_with_fds), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`try_recv_from_with_fds`](Self::try_recv_from_with_fds).
    pub fn try_recv_with_fds(&mut self, buf: &mut [u8], fds: &mut Slots) -> Result<usize> {
        self.try_recv_along(buf, fds, &mut []).map(|(n, _)| n)
    }

    /// `recvmsg(self, buf, fds, MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC)` — one message with what was sent along
    /// and its sender's name, or waits for it.
    ///
    /// The name is what the sender chose; who it is, [credentials](Self::pass_credentials) tell.
    ///
    /// # Errors
    /// As [`recv_with_fds`](Self::recv_with_fds).
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | at once; a limit of zero | [`try_recv_from_with_fds`](Self::try_recv_from_with_fds) |
    /// | waits for ever | ([`try_recv_from_with_fds`](Self::try_recv_from_with_fds) `ppoll`)×n [`try_recv_from_with_fds`](Self::try_recv_from_with_fds) |
    /// | waits with a limit | ([`try_recv_from_with_fds`](Self::try_recv_from_with_fds) `clock_gettime` `ppoll`)×n [`try_recv_from_with_fds`](Self::try_recv_from_with_fds) |
    /// | times out | ([`try_recv_from_with_fds`](Self::try_recv_from_with_fds) `clock_gettime` `ppoll`)×n |
    /// | times out, by the clock | ([`try_recv_from_with_fds`](Self::try_recv_from_with_fds) `clock_gettime` `ppoll`)×n [`try_recv_from_with_fds`](Self::try_recv_from_with_fds) `clock_gettime` |
    /// | over from the start | [`try_recv_from_with_fds`](Self::try_recv_from_with_fds) `clock_gettime` |
    /// | a signal ends it, for ever | ([`try_recv_from_with_fds`](Self::try_recv_from_with_fds) `ppoll`)×n |
    /// | a signal ends it, with a limit | ([`try_recv_from_with_fds`](Self::try_recv_from_with_fds) `clock_gettime` `ppoll`)×n |
    /// | refused | none |
    ///
    /// # References
    /// [recvmsg(2)](https://man7.org/linux/man-pages/man2/recvmsg.2.html),
    /// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html), "SCM_RIGHTS"
    pub fn recv_from_with_fds(
        &self,
        buf: &mut [u8],
        fds: &mut Slots,
        wait: Wait,
    ) -> Result<(usize, Address)> {
        let mut from = [0; ADDRESS_BYTES];
        let (n, from_len) = self.recv_along(buf, fds, &mut from, wait)?;
        Ok((n, Address::told(&from, from_len)))
    }

    /// `recvmsg(self, buf, fds, MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC)` — one message with what was sent along
    /// and its sender's name, if there is one.
    ///
    /// # Errors
    /// As [`recv_from_with_fds`](Self::recv_from_with_fds), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// "small" is a buffer below the limit, which has the message looked at first; "reset" is a peer that turned to
    /// another with messages unread.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ready; empty; above the limit; nothing there; too many descriptors, for no room; not one descriptor left | `recvmsg` |
    /// | too small; small, nothing there | `recvfrom` |
    /// | small | `recvfrom` `recvmsg` |
    /// | reset; reset, nothing there | `recvmsg` `recvmsg` |
    /// | too small, reset; small, reset, nothing there | `recvfrom` `recvfrom` |
    /// | small, reset | `recvfrom` `recvfrom` `recvmsg` |
    /// | too many descriptors; no descriptors left; above the limit, with descriptors; empty, with descriptors | `recvmsg` (`close`)×n |
    /// | too many descriptors, small; empty, with descriptors, small | `recvfrom` `recvmsg` (`close`)×n |
    /// | refused | none |
    pub fn try_recv_from_with_fds(&self, buf: &mut [u8], fds: &mut Slots) -> Result<(usize, Address)> {
        let mut from = [0; ADDRESS_BYTES];
        let (n, from_len) = self.try_recv_along(buf, fds, &mut from)?;
        Ok((n, Address::told(&from, from_len)))
    }

    #[inline]
    fn put_with_fds(&self, msg: &[u8], fds: &Refs<'_>) -> Result<()> {
        message::check(Call::SENDMSG, msg, self.limit)?;
        put_with_fds(&self.fd, &[], msg, fds).map(drop).map_err(|e| self.no_peer(e))
    }

    /// One message, and the length of its sender's name.
    #[inline]
    fn recv_along(
        &self,
        buf: &mut [u8],
        fds: &mut Slots,
        from: &mut [u8],
        wait: Wait,
    ) -> Result<(usize, usize)> {
        match self.along().take_at_once(buf, fds, from) {
            Ok(came) => Ok((came.n, came.from_len)),
            Err(made) => self.recv_along_unready(buf, fds, from, wait, made),
        }
    }

    #[inline]
    fn try_recv_along(&self, buf: &mut [u8], fds: &mut Slots, from: &mut [u8]) -> Result<(usize, usize)> {
        match self.along().take_at_once(buf, fds, from) {
            Ok(came) => Ok((came.n, came.from_len)),
            Err(made) => self.take_along(buf, fds, from, made),
        }
    }

    #[inline]
    fn along(&self) -> Along<'_> {
        Along { fd: &self.fd, limit: self.limit, credentials: self.credentials }
    }

    #[cold]
    fn recv_along_unready(
        &self,
        buf: &mut [u8],
        fds: &mut Slots,
        from: &mut [u8],
        wait: Wait,
        mut made: MadeAlong,
    ) -> Result<(usize, usize)> {
        until_done_slowly(self.fd.as_fd(), TOLD_OF, wait, || self.take_along(buf, fds, from, made.take()))
    }

    #[cold]
    fn take_along(
        &self,
        buf: &mut [u8],
        fds: &mut Slots,
        from: &mut [u8],
        made: MadeAlong,
    ) -> Result<(usize, usize)> {
        let (taken, from_len, _) = self.along().take(buf, fds, from, made)?;
        Ok((judged(taken, Call::RECVMSG)?, from_len))
    }
}
