//! The end that bytes go into.

use super::{attach, capacity, set_capacity};
use crate::channel::ByteWrite;
use crate::error::{Call, Errno, Error, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::pipe::PIPE_BUF;
use crate::pipe::put::{put, put_some, put_two};
use crate::sys;
use crate::wait::{Events, Wait, until_done, until_done_slowly};
use rustix::fs::OFlags;
use rustix::io::IoSlice;

/// The end of a pipe or FIFO that bytes go into.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | `close` |
#[derive(Debug)]
#[repr(C)]
pub struct WriteEnd {
    fd: Fd,
    /// This kernel was seen to refuse RWF_NOSIGNAL (before 6.18).
    masks_sigpipe: bool,
}

impl WriteEnd {
    pub(crate) fn new(fd: Fd) -> Self {
        WriteEnd { fd, masks_sigpipe: false }
    }

    /// Takes over a descriptor that is the write end of a pipe or FIFO: standard output, or one inherited.
    ///
    /// `O_NONBLOCK` is set on its open file description, which others may share.
    ///
    /// # Errors
    /// `EPROTOTYPE`: it is neither pipe nor FIFO. `EBADF`: it is not open for writing, or not open. The descriptor
    /// is closed then.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `fstat` `fcntl` `fcntl` |
    /// | non-blocking already | `fstat` `fcntl` |
    /// | another kind; not open | `fstat` `close` |
    /// | another direction | `fstat` `fcntl` `close` |
    pub fn attach(fd: Fd) -> Result<Self> {
        attach(&fd, OFlags::RDONLY, OFlags::NONBLOCK)?;
        Ok(WriteEnd::new(fd))
    }

    /// Takes `fd` for the write end of a pipe or FIFO without asking the kernel; see [`ReadEnd::assume`](super::ReadEnd::assume). What a
    /// write before 6.18 learns of the kernel is learnt anew.
    #[inline]
    pub fn assume(fd: Fd) -> Self {
        WriteEnd::new(fd)
    }

    /// `fcntl(F_GETPIPE_SZ)` — the bytes that the pipe holds.
    ///
    /// # Errors
    /// None that a pipe of ours gives.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `fcntl` |
    pub fn capacity(&self) -> Result<usize> {
        capacity(&self.fd)
    }

    /// `fcntl(F_SETPIPE_SZ)`; see [`ReadEnd::set_capacity`](super::ReadEnd::set_capacity).
    ///
    /// # Errors
    /// As [`ReadEnd::set_capacity`](super::ReadEnd::set_capacity).
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `fcntl` |
    /// | above 2³¹ | none |
    pub fn set_capacity(&self, bytes: usize) -> Result<usize> {
        set_capacity(&self.fd, bytes)
    }

    /// The descriptor, to keep or to hand over.
    pub fn into_fd(self) -> Fd {
        self.fd
    }
}

impl ByteWrite for WriteEnd {
    const ATOMIC: usize = PIPE_BUF;
    const WRITE_CALL: Call = Call::PWRITEV2;

    /// `pwritev2(self, bytes, RWF_NOSIGNAL)` — some of `bytes`, or waits for room.
    ///
    /// Up to [`PIPE_BUF`] bytes go whole or not at all.
    ///
    /// # Errors
    /// As [`ByteWrite::write`].
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room; no reader; a limit of zero | `pwritev2` |
    /// | waits for ever | (`pwritev2` `ppoll`)×n `pwritev2` |
    /// | waits with a limit | (`pwritev2` `clock_gettime` `ppoll`)×n `pwritev2` |
    /// | times out | (`pwritev2` `clock_gettime` `ppoll`)×n |
    /// | times out, by the clock | (`pwritev2` `clock_gettime` `ppoll`)×n `pwritev2` `clock_gettime` |
    /// | over from the start | `pwritev2` `clock_gettime` |
    /// | a signal ends it, for ever | (`pwritev2` `ppoll`)×n |
    /// | a signal ends it, with a limit | (`pwritev2` `clock_gettime` `ppoll`)×n |
    /// | before 6.18, at once; before 6.18, a limit of zero | [`try_write`](ByteWrite::try_write) |
    /// | before 6.18, waits for ever | ([`try_write`](ByteWrite::try_write) `ppoll`)×n [`try_write`](ByteWrite::try_write) |
    /// | before 6.18, waits with a limit | ([`try_write`](ByteWrite::try_write) `clock_gettime` `ppoll`)×n [`try_write`](ByteWrite::try_write) |
    /// | before 6.18, times out | ([`try_write`](ByteWrite::try_write) `clock_gettime` `ppoll`)×n |
    /// | before 6.18, times out, by the clock | ([`try_write`](ByteWrite::try_write) `clock_gettime` `ppoll`)×n [`try_write`](ByteWrite::try_write) `clock_gettime` |
    /// | before 6.18, over from the start | [`try_write`](ByteWrite::try_write) `clock_gettime` |
    /// | before 6.18, a signal ends it, for ever | ([`try_write`](ByteWrite::try_write) `ppoll`)×n |
    /// | before 6.18, a signal ends it, with a limit | ([`try_write`](ByteWrite::try_write) `clock_gettime` `ppoll`)×n |
    /// | refused | none |
    ///
    /// # References
    /// [pwritev2(2)](https://man7.org/linux/man-pages/man2/pwritev2.2.html),
    /// [pipe(7)](https://man7.org/linux/man-pages/man7/pipe.7.html)
    #[inline]
    fn write(&mut self, bytes: &[u8], wait: Wait) -> Result<usize> {
        if bytes.is_empty() {
            return Err(Error::argument(Call::PWRITEV2, Errno::INVAL));
        }
        if cfg!(tiny) {
            let WriteEnd { fd, masks_sigpipe } = self;
            return until_done_slowly(fd.as_fd(), Events::WRITABLE, wait, || {
                put_some(fd, masks_sigpipe, bytes)
            });
        }
        if self.masks_sigpipe {
            return self.write_unready(bytes, None, wait);
        }
        match rustix::io::pwritev2(&self.fd, &[IoSlice::new(bytes)], sys::CURRENT_OFFSET, sys::NOSIGNAL) {
            Ok(n) => Ok(n),
            Err(errno) => self.write_unready(bytes, Some(errno), wait),
        }
    }

    /// `pwritev2(self, bytes, RWF_NOSIGNAL)` — what there is room for now.
    ///
    /// # Errors
    /// As [`ByteWrite::try_write`].
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room; no room; no reader | `pwritev2` |
    /// | before 6.18, first use, room; before 6.18, first use, no room | `pwritev2` `rt_sigprocmask` `writev` `rt_sigprocmask` |
    /// | before 6.18, first use, a part; before 6.18, first use, no reader | `pwritev2` `rt_sigprocmask` `writev` `rt_sigtimedwait` `rt_sigprocmask` |
    /// | before 6.18, first use, SIGPIPE blocked; before 6.18, first use, SIGPIPE pending, no reader | `pwritev2` `rt_sigprocmask` `rt_sigpending` `writev` |
    /// | before 6.18, first use, SIGPIPE blocked, a part; before 6.18, first use, SIGPIPE blocked, no reader | `pwritev2` `rt_sigprocmask` `rt_sigpending` `writev` `rt_sigtimedwait` |
    /// | before 6.18, room; before 6.18, no room | `rt_sigprocmask` `writev` `rt_sigprocmask` |
    /// | before 6.18, a part; before 6.18, no reader | `rt_sigprocmask` `writev` `rt_sigtimedwait` `rt_sigprocmask` |
    /// | before 6.18, SIGPIPE blocked; before 6.18, SIGPIPE pending, no reader | `rt_sigprocmask` `rt_sigpending` `writev` |
    /// | before 6.18, SIGPIPE blocked, a part; before 6.18, SIGPIPE blocked, no reader | `rt_sigprocmask` `rt_sigpending` `writev` `rt_sigtimedwait` |
    /// | refused | none |
    #[inline]
    fn try_write(&mut self, bytes: &[u8]) -> Result<usize> {
        put_some(&self.fd, &mut self.masks_sigpipe, bytes)
    }

    /// `pwritev2(self, [head, body], RWF_NOSIGNAL)`; else as [`write`](ByteWrite::write).
    ///
    /// # Errors
    /// As [`ByteWrite::write`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`write`](ByteWrite::write).
    #[inline]
    fn write_two(&mut self, head: &[u8], body: &[u8], wait: Wait) -> Result<usize> {
        let WriteEnd { fd, masks_sigpipe } = self;
        until_done(fd.as_fd(), Events::WRITABLE, wait, || put_two(fd, masks_sigpipe, head, body))
    }

    /// `pwritev2(self, [head, body], RWF_NOSIGNAL)`; else as [`try_write`](ByteWrite::try_write).
    ///
    /// # Errors
    /// As [`ByteWrite::try_write`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`try_write`](ByteWrite::try_write).
    #[inline]
    fn try_write_two(&mut self, head: &[u8], body: &[u8]) -> Result<usize> {
        put_two(&self.fd, &mut self.masks_sigpipe, head, body)
    }
}

impl AsFd for WriteEnd {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl WriteEnd {
    /// What a write is that was not taken, or is none yet, so that nothing is put together for it where it was.
    #[cold]
    #[inline(never)]
    fn write_unready(&mut self, bytes: &[u8], mut made: Option<Errno>, wait: Wait) -> Result<usize> {
        let WriteEnd { fd, masks_sigpipe } = self;
        until_done_slowly(fd.as_fd(), Events::WRITABLE, wait, || {
            put(fd, masks_sigpipe, &[IoSlice::new(bytes)], bytes.len(), made.take())
        })
    }
}
