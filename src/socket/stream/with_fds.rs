//! A stream socket that descriptors travel over.

use super::Stream;
use crate::error::{Call, Errno, Error, Result};
use crate::fd::AsFd;
use crate::socket::message::{NOW_RECVMSG, gone, put_with_fds, recv_along};
use crate::socket::refs::Refs;
use crate::socket::slots::Slots;
use crate::wait::{Events, Wait, until_done};

impl Stream {
    /// `sendmsg(self, bytes, fds, MSG_DONTWAIT | MSG_NOSIGNAL)` — some of `bytes`, and all of `fds` with the first of
    /// them, or waits for room.
    ///
    /// Once a byte was taken the descriptors are on their way: the rest of `bytes` is for
    /// [`write_all`](crate::ByteWrite::write_all), which sends them no second time. No descriptors at all are a plain
    /// write.
    ///
    /// # Errors
    /// As [`write`](crate::ByteWrite::write) of this type. `EINVAL`: more than [`MAX_FDS`](crate::socket::MAX_FDS); no
    /// syscall is made. `EPERM`: the peer [refuses them](Self::refuse_fds). `ETOOMANYREFS`: as many of this user's are
    /// on their way as it may have open (RLIMIT_NOFILE). After an error nothing was sent, neither a byte nor a
    /// descriptor.
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
    /// ```
    /// use rawipc::{ByteWrite, Wait, fd::AsFd, memory::Memfd};
    /// use rawipc::socket::{FdRefs, FdSlots, Stream};
    ///
    /// let (mut ours, theirs) = Stream::pair()?;
    /// let memory = Memfd::create(c"shared", 4096)?;
    /// let head = b"here it is";
    /// let n = ours.write_with_fds(head, &FdRefs::of([memory.as_fd()]), Wait::FOREVER)?;
    /// ours.write_all(&head[n..], Wait::FOREVER)?;
    ///
    /// let (mut buf, mut fds) = ([0; 16], FdSlots::<1>::new());
    /// theirs.read_with_fds(&mut buf, &mut fds, Wait::FOREVER)?;
    /// let same = Memfd::attach(fds.take(0).expect("one came"))?;
    /// assert_eq!(same.len(), 4096);
    /// # Ok::<(), rawipc::Error>(())
    /// ```
    ///
    /// # References
    /// [sendmsg(2)](https://man7.org/linux/man-pages/man2/sendmsg.2.html),
    /// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html), "SCM_RIGHTS"
    #[inline]
    pub fn write_with_fds(&self, bytes: &[u8], fds: &Refs<'_>, wait: Wait) -> Result<usize> {
        until_done(self.fd.as_fd(), Events::WRITABLE, wait, || self.try_write_with_fds(bytes, fds))
    }

    /// `sendmsg(self, bytes, fds, MSG_DONTWAIT | MSG_NOSIGNAL)` — what there is room for now; else as
    /// [`write_with_fds`](Self::write_with_fds).
    ///
    /// # Errors
    /// As [`write_with_fds`](Self::write_with_fds), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room; no room; the peer is gone | `sendmsg` |
    /// | refused | none |
    #[inline]
    pub fn try_write_with_fds(&self, bytes: &[u8], fds: &Refs<'_>) -> Result<usize> {
        if bytes.is_empty() {
            return Err(Error::argument(Call::SENDMSG, Errno::INVAL));
        }
        put_with_fds(&self.fd, &[], bytes, fds).map_err(gone)
    }

    /// `recvmsg(self, buf, fds, MSG_DONTWAIT | MSG_CMSG_CLOEXEC)` — what is there and the descriptors that came with
    /// it, or waits for it.
    ///
    /// Those of one write at most come at a time, with the read that takes its first byte. Bytes of writes before it
    /// may stand in front of that byte, and none of a later write that brought descriptors behind. What was sent with
    /// a byte that a plain read takes is closed by the kernel, and nothing tells it.
    ///
    /// # Errors
    /// As [`read`](crate::ByteRead::read) of this type. `EINVAL`: `fds` still hold descriptors; no syscall is made.
    /// `E2BIG`: more came than `fds` have room for. `EMFILE`: they had room, and this process may open no more
    /// descriptors, or a security module forbids one. After either all that came are closed; the bytes are in `buf`
    /// all the same, and [`needed`](Error::needed) tells how many.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | at once; a limit of zero | [`try_read_with_fds`](Self::try_read_with_fds) |
    /// | waits for ever | (`recvmsg` `ppoll`)×n [`try_read_with_fds`](Self::try_read_with_fds) |
    /// | waits with a limit | (`recvmsg` `clock_gettime` `ppoll`)×n [`try_read_with_fds`](Self::try_read_with_fds) |
    /// | times out | (`recvmsg` `clock_gettime` `ppoll`)×n |
    /// | times out, by the clock | (`recvmsg` `clock_gettime` `ppoll`)×n `recvmsg` `clock_gettime` |
    /// | over from the start | `recvmsg` `clock_gettime` |
    /// | a signal ends it, for ever | (`recvmsg` `ppoll`)×n |
    /// | a signal ends it, with a limit | (`recvmsg` `clock_gettime` `ppoll`)×n |
    /// | refused | none |
    ///
    /// # References
    /// [recvmsg(2)](https://man7.org/linux/man-pages/man2/recvmsg.2.html),
    /// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html), "SCM_RIGHTS"
    pub fn read_with_fds(&self, buf: &mut [u8], fds: &mut Slots, wait: Wait) -> Result<usize> {
        until_done(self.fd.as_fd(), Events::READABLE, wait, || self.try_read_with_fds(buf, fds))
    }

    /// `recvmsg(self, buf, fds, MSG_DONTWAIT | MSG_CMSG_CLOEXEC)` — what is there now; else as
    /// [`read_with_fds`](Self::read_with_fds).
    ///
    /// # Errors
    /// As [`read_with_fds`](Self::read_with_fds), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ready; end; nothing there; too many descriptors, for no room; not one descriptor left | `recvmsg` |
    /// | too many descriptors; no descriptors left | `recvmsg` (`close`)×n |
    /// | the peer closed with bytes unread | `recvmsg` `recvmsg` |
    /// | refused | none |
    pub fn try_read_with_fds(&self, buf: &mut [u8], fds: &mut Slots) -> Result<usize> {
        if buf.is_empty() {
            return Err(Error::argument(Call::RECVMSG, Errno::INVAL));
        }
        fds.must_be_empty()?;
        let flags = NOW_RECVMSG.bits();
        let came = recv_along(|| fds.recv(&self.fd, buf, &mut [], flags, false))?;
        fds.all_or_none(&came)
    }
}
