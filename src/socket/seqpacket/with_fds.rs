//! A seqpacket socket that descriptors travel over.

use super::{Seqpacket, State};
use crate::error::{Call, Errno, Error, Result};
use crate::fd::AsFd;
use crate::socket::message::{self, Along, MadeAlong, Taken, put_with_fds};
use crate::socket::refs::Refs;
use crate::socket::slots::Slots;
use crate::wait::{Events, Wait, until_done, until_done_slowly};

impl Seqpacket {
    /// `sendmsg(self, msg, fds, MSG_DONTWAIT | MSG_NOSIGNAL)` — one message with these descriptors, or waits for room.
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
    /// # Examples
    /// See [`FdRefs`](crate::socket::FdRefs).
    ///
    /// # References
    /// [sendmsg(2)](https://man7.org/linux/man-pages/man2/sendmsg.2.html),
    /// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html), "SCM_RIGHTS"
    #[inline]
    pub fn send_with_fds(&mut self, msg: &[u8], fds: &Refs<'_>, wait: Wait) -> Result<()> {
        until_done(self.fd.as_fd(), Events::WRITABLE, wait, || self.put_with_fds(msg, fds))
    }

    /// `sendmsg(self, msg, fds, MSG_DONTWAIT | MSG_NOSIGNAL)` — one message with these descriptors, if there is room.
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

    #[inline]
    fn put_with_fds(&self, msg: &[u8], fds: &Refs<'_>) -> Result<()> {
        message::check(Call::SENDMSG, msg, self.limit)?;
        put_with_fds(&self.fd, &[], msg, fds).map(drop).map_err(message::gone)
    }

    /// `recvmsg(self, buf, fds, MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC)` — one message with what was sent along,
    /// or waits for it. 0 is the end.
    ///
    /// # Errors
    /// As [`recv`](crate::Receiver::recv) of this type; an empty message that brings descriptors is `EBADMSG` too.
    /// `EINVAL`: `fds` still hold descriptors; no syscall is made.
    /// `E2BIG`: more came than `fds` have room for. `EMFILE`: they had room, and this process may open no more
    /// descriptors, or a security module forbids one. After either all that came are closed, and the message is taken:
    /// its bytes are in `buf`, and [`needed`](crate::Error::needed) tells its length.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | at once; a limit of zero | [`try_recv_with_fds`](Self::try_recv_with_fds) |
    /// | waits for ever | ([`try_recv_with_fds`](Self::try_recv_with_fds) `ppoll`)×n [`try_recv_with_fds`](Self::try_recv_with_fds) |
    /// | waits with a limit | ([`try_recv_with_fds`](Self::try_recv_with_fds) `clock_gettime` `ppoll`)×n [`try_recv_with_fds`](Self::try_recv_with_fds) |
    /// | times out | ([`try_recv_with_fds`](Self::try_recv_with_fds) `clock_gettime` `ppoll`)×n |
    /// | times out, by the clock | ([`try_recv_with_fds`](Self::try_recv_with_fds) `clock_gettime` `ppoll`)×n [`try_recv_with_fds`](Self::try_recv_with_fds) `clock_gettime` |
    /// | over from the start | [`try_recv_with_fds`](Self::try_recv_with_fds) `clock_gettime` |
    /// | a signal ends it, for ever | ([`try_recv_with_fds`](Self::try_recv_with_fds) `ppoll`)×n |
    /// | a signal ends it, with a limit | ([`try_recv_with_fds`](Self::try_recv_with_fds) `clock_gettime` `ppoll`)×n |
    /// | refused; corrupt | none |
    ///
    /// # References
    /// [recvmsg(2)](https://man7.org/linux/man-pages/man2/recvmsg.2.html),
    /// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html), "SCM_RIGHTS"
    #[inline]
    pub fn recv_with_fds(&mut self, buf: &mut [u8], fds: &mut Slots, wait: Wait) -> Result<usize> {
        if self.peer != State::Sound {
            fds.must_be_empty()?;
            return self.peer.settle(&self.fd, Some(wait), Call::RECVMSG);
        }
        match self.along().take_at_once(buf, fds, &mut []) {
            Ok(came) => Ok(came.n),
            Err(made) => self.recv_along_unready(buf, fds, wait, made),
        }
    }

    /// `recvmsg(self, buf, fds, MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC)` — one message with what was sent along,
    /// if there is one.
    ///
    /// # Errors
    /// As [`recv_with_fds`](Self::recv_with_fds), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// "small" is a buffer below the limit, which has the message looked at first; "reset" is a peer that closed with
    /// messages unread.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ready; above the limit; nothing there; too many descriptors, for no room; not one descriptor left | `recvmsg` |
    /// | too small; small, nothing there | `recvfrom` |
    /// | small | `recvfrom` `recvmsg` |
    /// | reset | `recvmsg` `recvmsg` |
    /// | too small, reset | `recvfrom` `recvfrom` |
    /// | small, reset | `recvfrom` `recvfrom` `recvmsg` |
    /// | too many descriptors; no descriptors left; above the limit, with descriptors; empty message with descriptors | `recvmsg` (`close`)×n |
    /// | too many descriptors, small; empty message with descriptors, small | `recvfrom` `recvmsg` (`close`)×n |
    /// | empty message | `recvmsg` (`ppoll`)×n |
    /// | empty message, small | `recvfrom` `recvmsg` (`ppoll`)×n |
    /// | empty message, and the peer is gone; end | `recvmsg` (`ppoll`)×n `ioctl` |
    /// | empty message, and the peer is gone, small; end, small | `recvfrom` `recvmsg` (`ppoll`)×n `ioctl` |
    /// | end, reset | `recvmsg` `recvmsg` (`ppoll`)×n `ioctl` |
    /// | end, small, reset | `recvfrom` `recvfrom` `recvmsg` (`ppoll`)×n `ioctl` |
    /// | end, of which the look failed before | (`ppoll`)×n `ioctl` |
    /// | empty message, of which the look failed before | (`ppoll`)×n |
    /// | refused; corrupt | none |
    #[inline]
    pub fn try_recv_with_fds(&mut self, buf: &mut [u8], fds: &mut Slots) -> Result<usize> {
        if self.peer != State::Sound {
            fds.must_be_empty()?;
            return self.peer.settle(&self.fd, None, Call::RECVMSG);
        }
        match self.along().take_at_once(buf, fds, &mut []) {
            Ok(came) => Ok(came.n),
            Err(made) => self.take_along(buf, fds, made),
        }
    }

    #[inline]
    fn along(&self) -> Along<'_> {
        Along { fd: &self.fd, limit: self.limit, credentials: self.credentials }
    }

    #[cold]
    fn recv_along_unready(
        &mut self,
        buf: &mut [u8],
        fds: &mut Slots,
        wait: Wait,
        mut made: MadeAlong,
    ) -> Result<usize> {
        let Seqpacket { fd, peer, credentials, limit } = self;
        let along = Along { fd, limit: *limit, credentials: *credentials };
        let taken = until_done_slowly(fd.as_fd(), Events::READABLE, wait, || {
            take(&along, peer, buf, fds, made.take())
        })?;
        peer.judge(fd, taken, Some(wait), Call::RECVMSG)
    }

    #[cold]
    fn take_along(&mut self, buf: &mut [u8], fds: &mut Slots, made: MadeAlong) -> Result<usize> {
        let Seqpacket { fd, peer, credentials, limit } = self;
        let along = Along { fd, limit: *limit, credentials: *credentials };
        let taken = take(&along, peer, buf, fds, made)?;
        peer.judge(fd, taken, None, Call::RECVMSG)
    }
}

// Out of line: a wait calls it in two places, and its stack would be there twice.
#[inline(never)]
fn take(
    along: &Along<'_>,
    peer: &mut State,
    buf: &mut [u8],
    fds: &mut Slots,
    made: MadeAlong,
) -> Result<Taken> {
    let (taken, _, bare) = along.take(buf, fds, &mut [], made)?;
    if !bare && matches!(taken, Taken::Empty) {
        // With the end nothing comes along.
        *peer = State::Corrupt;
        return Err(Error::peer(Call::RECVMSG, Errno::BADMSG));
    }
    Ok(taken)
}
