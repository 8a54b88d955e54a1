//! Connected sockets that carry raw bytes.

mod borrowed;
mod with_fds;

use super::address::Address;
use super::connection::{Kind, Sealed};
use super::message::{NOW, NOW_RECV, gone, recv, recv_again, refused};
use super::{Connection, Peer};
use crate::channel::{ByteRead, ByteWrite};
use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::sys;
use crate::wait::{Events, Wait, until_done_slowly};
use rustix::io::IoSlice;
use rustix::net::{RecvFlags, Shutdown};

/// One end of a connected stream socket: raw bytes, both ways.
///
/// `&Stream` reads and writes as well, so that one borrow of it can be the reading side and another the writing
/// side.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | `close` |
///
/// # Examples
/// ```
/// use rawipc::{ByteRead, ByteWrite, Wait, socket::Stream};
///
/// let (mut ours, mut theirs) = Stream::pair()?;
/// ours.write_all(b"question", Wait::FOREVER)?;
/// ours.shutdown_write()?;
/// let mut buf = [0; 64];
/// assert_eq!(theirs.read_exact(&mut buf, Wait::FOREVER)?, 8);
/// theirs.write_all(b"answer", Wait::FOREVER)?;
/// assert_eq!(ours.read(&mut buf, Wait::FOREVER)?, 6);
/// # Ok::<(), rawipc::Error>(())
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct Stream {
    fd: Fd,
}

impl Sealed for Stream {
    fn kind() -> u32 {
        Kind::STREAM.as_raw()
    }

    fn of(fd: Fd) -> Self {
        Stream { fd }
    }

    fn fd(&self) -> &Fd {
        &self.fd
    }
}

impl Connection for Stream {}

impl Peer for Stream {}

impl Stream {
    /// `socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC)` — two sockets, connected to each other.
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
        Kind::STREAM.pair().map(|(a, b)| (Stream { fd: a }, Stream { fd: b }))
    }

    /// `socket`, `connect` — a socket connected to the listener of that name, though not accepted yet.
    ///
    /// Where the listener's backlog is full, nothing tells of room: the call is made again each millisecond.
    /// Symbolic links in a path are followed.
    ///
    /// # Errors
    /// `ENOENT`: no such file. `ECONNREFUSED`: nobody listens behind it. `EACCES`: the file cannot be written.
    /// `EPROTOTYPE`: the socket there is not of this type; `ECONNREFUSED` for an abstract name, which each type
    /// has for itself. `ETIMEDOUT`: the backlog stayed full. `EINVAL`: the address is unnamed; no syscall is made. `EMFILE`, `ENFILE`: no descriptors left.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room | `socket` `connect` |
    /// | waits for ever | `socket` (`connect` `ppoll`)×n `connect` |
    /// | waits with a limit | `socket` (`connect` `clock_gettime` `ppoll`)×n `connect` |
    /// | times out | `socket` (`connect` `clock_gettime` `ppoll`)×n `connect` `clock_gettime` `close` |
    /// | over from the start | `socket` `connect` `clock_gettime` `close` |
    /// | a limit of zero; an error | `socket` `connect` `close` |
    /// | an error, for ever | `socket` (`connect` `ppoll`)×n `connect` `close` |
    /// | an error, with a limit | `socket` (`connect` `clock_gettime` `ppoll`)×n `connect` `close` |
    /// | a signal ends it, for ever | `socket` (`connect` `ppoll`)×n `close` |
    /// | a signal ends it, with a limit | `socket` (`connect` `clock_gettime` `ppoll`)×n `close` |
    /// | no socket | `socket` |
    /// | refused | none |
    ///
    /// # References
    /// [connect(2)](https://man7.org/linux/man-pages/man2/connect.2.html)
    pub fn connect(address: &Address, wait: Wait) -> Result<Self> {
        Kind::STREAM.connect(address, wait).map(Self::of)
    }

    /// `socket`, `connect` — as [`connect`](Self::connect), if there is room in the backlog.
    ///
    /// # Errors
    /// As [`connect`](Self::connect), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room | `socket` `connect` |
    /// | no room; an error | `socket` `connect` `close` |
    /// | no socket | `socket` |
    /// | refused | none |
    pub fn try_connect(address: &Address) -> Result<Self> {
        Kind::STREAM.try_connect(address).map(Self::of)
    }

    /// Takes over a descriptor that is a UNIX stream socket: standard input, or one inherited. Nothing is
    /// changed on it.
    ///
    /// # Errors
    /// `ENOTSOCK`, `EAFNOSUPPORT`, `EPROTOTYPE`: no socket, none of UNIX, not a stream. The descriptor is closed
    /// then.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `getsockopt` `getsockopt` |
    /// | no socket; another family | `getsockopt` `close` |
    /// | another type | `getsockopt` `getsockopt` `close` |
    pub fn attach(fd: Fd) -> Result<Self> {
        Kind::STREAM.check(&fd)?;
        Ok(Stream { fd })
    }

    /// Takes `fd` for a UNIX stream socket without asking the kernel: one that [`attach`](Self::attach) has seen
    /// before.
    #[inline]
    pub fn assume(fd: Fd) -> Self {
        Stream { fd }
    }

    /// `shutdown(self, SHUT_WR)` — ends what the peer reads; reading from it goes on.
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

    /// Reads, or waits. What is not there at once is for [`read_unready`](Self::read_unready), so that nothing is put
    /// together for it where it is; its arguments stand as those of the call do, which leaves them in their registers.
    #[inline]
    fn read_or_wait(&self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        if buf.is_empty() {
            return Err(Error::argument(Call::RECVFROM, Errno::INVAL));
        }
        match rustix::net::recv(&self.fd, &mut *buf, NOW_RECV) {
            Ok((_, n)) => Ok(n),
            Err(errno) => Self::read_unready(self.as_fd(), buf, errno, wait),
        }
    }

    #[cold]
    #[inline(never)]
    fn read_unready(fd: BorrowedFd<'_>, buf: &mut [u8], errno: Errno, wait: Wait) -> Result<usize> {
        let mut made = Some(errno);
        until_done_slowly(fd, Events::READABLE, wait, || match made.take() {
            Some(errno) => recv_again(fd, buf, NOW_RECV, errno),
            None => recv(fd, buf, RecvFlags::empty()),
        })
    }

    /// Writes, or waits; as [`read_or_wait`](Self::read_or_wait).
    #[inline]
    fn write_or_wait(&self, bytes: &[u8], wait: Wait) -> Result<usize> {
        if bytes.is_empty() {
            return Err(Error::argument(Call::SENDTO, Errno::INVAL));
        }
        match rustix::net::send(&self.fd, bytes, NOW) {
            Ok(n) => Ok(n),
            Err(errno) => Self::write_unready(self.as_fd(), bytes, errno, wait),
        }
    }

    #[cold]
    #[inline(never)]
    fn write_unready(fd: BorrowedFd<'_>, bytes: &[u8], errno: Errno, wait: Wait) -> Result<usize> {
        let mut made = Some(errno);
        until_done_slowly(fd, Events::WRITABLE, wait, || match made.take() {
            Some(errno) => Err(refused(errno)),
            None => rustix::net::send(fd, bytes, NOW).map_err(refused),
        })
    }

    #[inline]
    fn take_some(&self, buf: &mut [u8]) -> Result<usize> {
        if buf.is_empty() {
            return Err(Error::argument(Call::RECVFROM, Errno::INVAL));
        }
        recv(&self.fd, buf, RecvFlags::empty())
    }

    #[inline]
    fn put_some(&self, bytes: &[u8]) -> Result<usize> {
        if bytes.is_empty() {
            return Err(Error::argument(Call::SENDTO, Errno::INVAL));
        }
        rustix::net::send(&self.fd, bytes, NOW).named(Call::SENDTO).map_err(gone)
    }

    #[inline]
    fn put_two(&self, head: &[u8], body: &[u8]) -> Result<usize> {
        if head.is_empty() && body.is_empty() {
            return Err(Error::argument(Call::SENDMSG, Errno::INVAL));
        }
        let parts = [IoSlice::new(head), IoSlice::new(body)];
        sys::socket::sendmsg(self.fd.as_fd(), &[], &parts, &[], NOW.bits()).map_err(gone)
    }
}

impl ByteRead for Stream {
    const READ_CALL: Call = Call::RECVFROM;

    /// `recvfrom(self, buf, MSG_DONTWAIT)` — what is there, or waits for it.
    ///
    /// # Errors
    /// As [`ByteRead::read`].
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ready; end; a limit of zero | `recvfrom` |
    /// | the peer closed with bytes unread | `recvfrom` `recvfrom` |
    /// | waits for ever | (`recvfrom` `ppoll`)×n [`try_read`](ByteRead::try_read) |
    /// | waits with a limit | (`recvfrom` `clock_gettime` `ppoll`)×n [`try_read`](ByteRead::try_read) |
    /// | times out | (`recvfrom` `clock_gettime` `ppoll`)×n |
    /// | times out, by the clock | (`recvfrom` `clock_gettime` `ppoll`)×n `recvfrom` `clock_gettime` |
    /// | over from the start | `recvfrom` `clock_gettime` |
    /// | a signal ends it, for ever | (`recvfrom` `ppoll`)×n |
    /// | a signal ends it, with a limit | (`recvfrom` `clock_gettime` `ppoll`)×n |
    /// | refused | none |
    ///
    /// # References
    /// [recv(2)](https://man7.org/linux/man-pages/man2/recv.2.html)
    #[inline]
    fn read(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        (&*self).read(buf, wait)
    }

    /// `recvfrom(self, buf, MSG_DONTWAIT)` — what is there now.
    ///
    /// # Errors
    /// As [`ByteRead::try_read`].
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ready; end; nothing there | `recvfrom` |
    /// | the peer closed with bytes unread | `recvfrom` `recvfrom` |
    /// | refused | none |
    #[inline]
    fn try_read(&mut self, buf: &mut [u8]) -> Result<usize> {
        self.take_some(buf)
    }
}

impl ByteWrite for Stream {
    const ATOMIC: usize = 0;
    const WRITE_CALL: Call = Call::SENDTO;

    /// `sendto(self, bytes, MSG_DONTWAIT | MSG_NOSIGNAL)` — some of `bytes`, or waits for room.
    ///
    /// # Errors
    /// As [`ByteWrite::write`].
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
    fn write(&mut self, bytes: &[u8], wait: Wait) -> Result<usize> {
        (&*self).write(bytes, wait)
    }

    /// `sendto(self, bytes, MSG_DONTWAIT | MSG_NOSIGNAL)` — what there is room for now.
    ///
    /// # Errors
    /// As [`ByteWrite::try_write`].
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room; no room; the peer is gone | `sendto` |
    /// | refused | none |
    #[inline]
    fn try_write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.put_some(bytes)
    }

    /// `sendmsg(self, [head, body], MSG_DONTWAIT | MSG_NOSIGNAL)`; else as [`write`](ByteWrite::write).
    ///
    /// # Errors
    /// As [`ByteWrite::write`].
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
    #[inline]
    fn write_two(&mut self, head: &[u8], body: &[u8], wait: Wait) -> Result<usize> {
        (&*self).write_two(head, body, wait)
    }

    /// `sendmsg(self, [head, body], MSG_DONTWAIT | MSG_NOSIGNAL)` — what there is room for now.
    ///
    /// # Errors
    /// As [`ByteWrite::try_write`].
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room; no room; the peer is gone | `sendmsg` |
    /// | refused | none |
    #[inline]
    fn try_write_two(&mut self, head: &[u8], body: &[u8]) -> Result<usize> {
        self.put_two(head, body)
    }
}

impl AsFd for Stream {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
