//! The end that bytes come out of.

use super::{attach, capacity, set_capacity};
use crate::channel::ByteRead;
use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::wait::{Events, Wait, events_now, until_done_slowly};
use rustix::fs::OFlags;

/// The end of a pipe or FIFO that bytes come out of.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | `close` |
#[derive(Debug)]
#[repr(C)]
pub struct ReadEnd {
    fd: Fd,
    /// What may be a FIFO opened before its first writer, which reads 0 without having ended.
    expects_writer: bool,
}

impl ReadEnd {
    /// The read end of a pipe: its writer was there from the start.
    pub(crate) fn of_pipe(fd: Fd) -> Self {
        ReadEnd { fd, expects_writer: false }
    }

    /// The read end of a FIFO, whose first writer may be yet to come.
    pub(crate) fn of_fifo(fd: Fd) -> Self {
        ReadEnd { fd, expects_writer: true }
    }

    /// Takes over a descriptor that is the read end of a pipe or FIFO: standard input, or one inherited.
    ///
    /// `O_NONBLOCK` is set on its open file description, which others may share.
    ///
    /// # Errors
    /// `EPROTOTYPE`: it is neither pipe nor FIFO. `EBADF`: it is not open for reading, or not open. The descriptor
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
        attach(&fd, OFlags::WRONLY, OFlags::NONBLOCK)?;
        // It may be a FIFO that no writer has opened yet. On a pipe this costs a look at an end that comes first.
        Ok(Self::of_fifo(fd))
    }

    /// Takes `fd` for the read end of a pipe or FIFO without asking the kernel whether it is, nor whether it is
    /// non-blocking: one that [`attach`](Self::attach) has seen before. A blocking one can wait beyond its deadline.
    #[inline]
    pub fn assume(fd: Fd) -> Self {
        Self::of_fifo(fd)
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

    /// `fcntl(F_SETPIPE_SZ)` — asks for room for `bytes`, and returns the room that the kernel made, which is
    /// no less.
    ///
    /// # Errors
    /// `EPERM`: more than /proc/sys/fs/pipe-max-size. `EBUSY`: more lies in the pipe. `EINVAL`: more than 2³¹.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `fcntl` |
    /// | above 2³¹ | none |
    ///
    /// # References
    /// [fcntl(2)](https://man7.org/linux/man-pages/man2/fcntl.2.html), "Changing the capacity of a pipe"
    pub fn set_capacity(&self, bytes: usize) -> Result<usize> {
        set_capacity(&self.fd, bytes)
    }

    /// `ioctl(FIONREAD)` — the bytes that lie in the pipe.
    ///
    /// # Errors
    /// None that a pipe of ours gives.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `ioctl` |
    pub fn available(&self) -> Result<usize> {
        rustix::io::ioctl_fionread(&self.fd).map(|n| n as usize).named(Call::IOCTL)
    }

    /// The descriptor, to keep or to hand over.
    pub fn into_fd(self) -> Fd {
        self.fd
    }
}

impl ByteRead for ReadEnd {
    const READ_CALL: Call = Call::READ;

    /// `read(self, buf)` — what is there, or waits for it.
    ///
    /// # Errors
    /// As [`ByteRead::read`].
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ready; end; a limit of zero | `read` |
    /// | an end that may come first | `read` (`ppoll`)×n |
    /// | waits for ever | (`read` `ppoll`)×n `read` |
    /// | waits with a limit | (`read` `clock_gettime` `ppoll`)×n `read` |
    /// | times out | (`read` `clock_gettime` `ppoll`)×n |
    /// | times out, by the clock | (`read` `clock_gettime` `ppoll`)×n `read` `clock_gettime` |
    /// | over from the start | `read` `clock_gettime` |
    /// | a signal ends it, for ever | (`read` `ppoll`)×n |
    /// | a signal ends it, with a limit | (`read` `clock_gettime` `ppoll`)×n |
    /// | FIFO before its first writer, a limit of zero | `read` (`ppoll`)×n |
    /// | FIFO before its first writer, waits for ever | ([`try_read`](ByteRead::try_read) `ppoll`)×n [`try_read`](ByteRead::try_read) |
    /// | FIFO before its first writer, waits with a limit | ([`try_read`](ByteRead::try_read) `clock_gettime` `ppoll`)×n [`try_read`](ByteRead::try_read) |
    /// | FIFO before its first writer, times out | ([`try_read`](ByteRead::try_read) `clock_gettime` `ppoll`)×n |
    /// | FIFO before its first writer, times out, by the clock | ([`try_read`](ByteRead::try_read) `clock_gettime` `ppoll`)×n [`try_read`](ByteRead::try_read) `clock_gettime` |
    /// | FIFO before its first writer, over from the start | [`try_read`](ByteRead::try_read) `clock_gettime` |
    /// | FIFO before its first writer, a signal ends it, for ever | ([`try_read`](ByteRead::try_read) `ppoll`)×n |
    /// | FIFO before its first writer, a signal ends it, with a limit | ([`try_read`](ByteRead::try_read) `clock_gettime` `ppoll`)×n |
    /// | refused | none |
    ///
    /// # References
    /// [read(2)](https://man7.org/linux/man-pages/man2/read.2.html),
    /// [pipe(7)](https://man7.org/linux/man-pages/man7/pipe.7.html)
    #[inline]
    fn read(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        if buf.is_empty() {
            return Err(Error::argument(Call::READ, Errno::INVAL));
        }
        if cfg!(tiny) {
            let ReadEnd { fd, expects_writer } = self;
            return until_done_slowly(fd.as_fd(), Events::READABLE, wait, || take(fd, expects_writer, buf));
        }
        match rustix::io::read(&self.fd, &mut *buf) {
            Ok(0) => self.read_unready(buf, None, wait),
            Ok(n) => {
                self.expects_writer = false; // one has been there
                Ok(n)
            }
            Err(errno) => self.read_unready(buf, Some(errno), wait),
        }
    }

    /// `read(self, buf)` — what is there now.
    ///
    /// # Errors
    /// As [`ByteRead::try_read`].
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ready; end; nothing there | `read` |
    /// | FIFO before its first writer; an end that may come first | `read` (`ppoll`)×n |
    /// | refused | none |
    #[inline]
    fn try_read(&mut self, buf: &mut [u8]) -> Result<usize> {
        let ReadEnd { fd, expects_writer } = self;
        take(fd, expects_writer, buf)
    }
}

impl AsFd for ReadEnd {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl ReadEnd {
    /// What a read is that found nothing, so that nothing is put together for it where it found something.
    #[cold]
    #[inline(never)]
    fn read_unready(&mut self, buf: &mut [u8], errno: Option<Errno>, wait: Wait) -> Result<usize> {
        let ReadEnd { fd, expects_writer } = self;
        let mut made = Some(errno.map_or(Ok(0), Err));
        until_done_slowly(fd.as_fd(), Events::READABLE, wait, || {
            let answer = made.take().unwrap_or_else(|| rustix::io::read(&*fd, &mut *buf));
            judge(fd, expects_writer, answer)
        })
    }
}

fn take(fd: &Fd, expects_writer: &mut bool, buf: &mut [u8]) -> Result<usize> {
    if buf.is_empty() {
        return Err(Error::argument(Call::READ, Errno::INVAL));
    }
    judge(fd, expects_writer, rustix::io::read(fd, buf))
}

/// What a read says, of what may be a FIFO before its first writer.
#[inline]
fn judge(fd: &Fd, expects_writer: &mut bool, answer: rustix::io::Result<usize>) -> Result<usize> {
    if *expects_writer {
        match answer {
            Ok(0) => end_or_not_yet(fd)?,
            Err(errno) if errno != Errno::AGAIN => return answer.named(Call::READ),
            // Bytes, or EAGAIN: a writer has been there, or is there and silent.
            _ => {}
        }
        *expects_writer = false;
    }
    answer.named(Call::READ)
}

/// A read of 0 on a FIFO: the end, or, as an error, nobody there yet?
#[cold]
fn end_or_not_yet(fd: &Fd) -> Result<()> {
    // Silent before the first writer came; POLLHUP once one has been and gone.
    let told = events_now(fd.as_fd(), Events::READABLE)?;
    if told.any_of(Events::HANG_UP) && !told.any_of(Events::READABLE) {
        return Ok(());
    }
    Err(Error::kernel(Call::READ, Errno::AGAIN))
}
