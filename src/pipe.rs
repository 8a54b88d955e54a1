//! Pipes: named by a descriptor that is inherited over fork, one way only.
//!
//! [`pair`] makes the raw ends, for bytes and for talking to any program; [`packet_pair`] makes ends of whole
//! messages, which any number of processes may write to. For messages above [`PIPE_BUF`] put
//! [`frame`](crate::frame) over the raw ends of a pipe that has a single writer.
//!
//! Both ends are `O_NONBLOCK`, which concerns nobody else: each end is an open file description of its own.
//! Waiting is done in `ppoll`.

mod masked;
mod put;
mod raw;
#[cfg(test)]
mod tests;

use crate::channel::{ByteRead, ByteWrite, Receiver, Sender};
use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::wait::Wait;
use rustix::fs::OFlags;
use rustix::pipe::PipeFlags;

pub use raw::{ReadEnd, WriteEnd};

/// The largest write that goes whole or not at all, and the largest message of packet mode, in bytes.
pub const PIPE_BUF: usize = linux_raw_sys::general::PIPE_BUF as usize;

/// `pipe2(O_CLOEXEC | O_NONBLOCK)` — both ends of a new pipe, for raw bytes.
///
/// # Errors
/// `EMFILE`, `ENFILE`: no descriptors left, in this process or at all.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | ok   | `pipe2` |
///
/// # Examples
/// ```
/// use rawipc::{ByteRead, ByteWrite, Wait, pipe};
///
/// let (mut read_end, mut write_end) = pipe::pair()?;
/// write_end.write_all(b"any bytes", Wait::FOREVER)?;
/// let mut buf = [0; 64];
/// assert_eq!(read_end.read(&mut buf, Wait::FOREVER)?, 9);
/// # Ok::<(), rawipc::Error>(())
/// ```
///
/// # References
/// [pipe(2)](https://man7.org/linux/man-pages/man2/pipe.2.html),
/// [pipe(7)](https://man7.org/linux/man-pages/man7/pipe.7.html)
pub fn pair() -> Result<(ReadEnd, WriteEnd)> {
    let flags = PipeFlags::CLOEXEC.union(PipeFlags::NONBLOCK);
    let (read_end, write_end) = rustix::pipe::pipe_with(flags).named(Call::PIPE2)?;
    Ok((ReadEnd::of_pipe(read_end.into()), WriteEnd::new(write_end.into())))
}

/// `pipe2(O_CLOEXEC | O_NONBLOCK | O_DIRECT)` — both ends of a new pipe in packet mode, for whole messages.
///
/// Each message takes a page of the pipe whatever its length, so a pipe of default capacity holds 16.
///
/// # Errors
/// `EMFILE`, `ENFILE`: no descriptors left, in this process or at all.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | ok   | `pipe2` |
///
/// # Examples
/// ```
/// use rawipc::{Receiver, Sender, Wait, pipe};
///
/// let (mut receiver, mut sender) = pipe::packet_pair()?;
/// sender.send(b"one", Wait::FOREVER)?;
/// sender.send(b"two!", Wait::FOREVER)?;
/// let mut buf = [0; pipe::PIPE_BUF];
/// assert_eq!(receiver.recv(&mut buf, Wait::FOREVER)?, 3);
/// assert_eq!(receiver.recv(&mut buf, Wait::FOREVER)?, 4);
/// drop(sender);
/// assert_eq!(receiver.recv(&mut buf, Wait::FOREVER)?, 0);
/// # Ok::<(), rawipc::Error>(())
/// ```
///
/// # References
/// [pipe(2)](https://man7.org/linux/man-pages/man2/pipe.2.html), "O_DIRECT"
pub fn packet_pair() -> Result<(PacketReceiver, PacketSender)> {
    let flags = PipeFlags::CLOEXEC.union(PipeFlags::NONBLOCK).union(PipeFlags::DIRECT);
    let (read_end, write_end) = rustix::pipe::pipe_with(flags).named(Call::PIPE2)?;
    let receiver = PacketReceiver { end: ReadEnd::of_pipe(read_end.into()) };
    Ok((receiver, PacketSender { end: WriteEnd::new(write_end.into()) }))
}

/// The end of a packet-mode pipe or FIFO that messages come out of.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | `close` |
#[derive(Debug)]
#[repr(C)]
pub struct PacketReceiver {
    end: ReadEnd,
}

/// The end of a packet-mode pipe or FIFO that messages go into. Several processes may hold one, each message
/// stays whole.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | `close` |
#[derive(Debug)]
#[repr(C)]
pub struct PacketSender {
    end: WriteEnd,
}

impl PacketReceiver {
    /// An end that is in packet mode already.
    pub(crate) fn new(end: ReadEnd) -> Self {
        PacketReceiver { end }
    }

    /// Takes over a descriptor that is the read end of a pipe or FIFO whose writers are in packet mode: one that was
    /// inherited. Nothing tells here what mode they are in; see [`ReadEnd::attach`].
    ///
    /// # Errors
    /// As [`ReadEnd::attach`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`ReadEnd::attach`].
    pub fn attach(fd: Fd) -> Result<Self> {
        ReadEnd::attach(fd).map(Self::new)
    }

    /// Takes `fd` for one without asking the kernel; see [`ReadEnd::assume`].
    #[inline]
    pub fn assume(fd: Fd) -> Self {
        Self::new(ReadEnd::assume(fd))
    }

    /// `fcntl(F_GETPIPE_SZ)` — the bytes that the pipe holds; a packet takes a page of them.
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
        self.end.capacity()
    }

    /// `fcntl(F_SETPIPE_SZ)` — asks for room for `bytes`, and returns the room that the kernel made, which is
    /// no less.
    ///
    /// # Errors
    /// As [`ReadEnd::set_capacity`].
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `fcntl` |
    /// | above 2³¹ | none |
    pub fn set_capacity(&self, bytes: usize) -> Result<usize> {
        self.end.set_capacity(bytes)
    }

    /// The descriptor, to keep or to hand over.
    pub fn into_fd(self) -> Fd {
        self.end.into_fd()
    }

    /// The kernel drops what of a packet does not fit, without a word: so nothing smaller is let near it.
    #[inline]
    fn whole_packet(buf: &mut [u8]) -> Result<&mut [u8]> {
        buf.get_mut(..PIPE_BUF).ok_or(Error::argument(Call::READ, Errno::MSGSIZE).with_needed(PIPE_BUF))
    }
}

impl PacketSender {
    /// An end that is in packet mode already.
    pub(crate) fn new(end: WriteEnd) -> Self {
        PacketSender { end }
    }

    /// Takes over a descriptor that is the write end of a pipe or FIFO, one that was inherited, for whole messages.
    ///
    /// `O_NONBLOCK` and `O_DIRECT` are set on its open file description, which others may share.
    ///
    /// # Errors
    /// As [`WriteEnd::attach`].
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `fstat` `fcntl` `fcntl` |
    /// | both are set already | `fstat` `fcntl` |
    /// | another kind; not open | `fstat` `close` |
    /// | another direction | `fstat` `fcntl` `close` |
    pub fn attach(fd: Fd) -> Result<Self> {
        raw::attach(&fd, OFlags::RDONLY, OFlags::NONBLOCK.union(OFlags::DIRECT))?;
        Ok(Self::new(WriteEnd::new(fd)))
    }

    /// Takes `fd` for one without asking the kernel, nor whether it is in packet mode; see [`ReadEnd::assume`].
    #[inline]
    pub fn assume(fd: Fd) -> Self {
        Self::new(WriteEnd::assume(fd))
    }

    /// The descriptor, to keep or to hand over.
    pub fn into_fd(self) -> Fd {
        self.end.into_fd()
    }

    #[inline]
    fn check(msg: &[u8]) -> Result<()> {
        match msg.len() {
            0 => Err(Error::argument(Call::PWRITEV2, Errno::INVAL)),
            1..=PIPE_BUF => Ok(()),
            _ => Err(Error::argument(Call::PWRITEV2, Errno::MSGSIZE).with_needed(PIPE_BUF)),
        }
    }
}

impl Receiver for PacketReceiver {
    fn recv_limit(&self) -> usize {
        PIPE_BUF
    }

    /// Receives one packet; `buf` must hold [`PIPE_BUF`] bytes.
    ///
    /// # Errors
    /// `EMSGSIZE` for a smaller buffer, before any syscall; else as [`Receiver::recv`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`ReadEnd::read`](ByteRead::read); refused: none.
    #[inline]
    fn recv(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        self.end.read(Self::whole_packet(buf)?, wait)
    }

    /// Receives one packet if one is there.
    ///
    /// # Errors
    /// As [`Receiver::try_recv`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`ReadEnd::try_read`](ByteRead::try_read); refused: none.
    #[inline]
    fn try_recv(&mut self, buf: &mut [u8]) -> Result<usize> {
        self.end.try_read(Self::whole_packet(buf)?)
    }
}

impl Sender for PacketSender {
    fn send_limit(&self) -> usize {
        PIPE_BUF
    }

    /// Sends one packet of 1 to [`PIPE_BUF`] bytes.
    ///
    /// # Errors
    /// As [`Sender::send`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`WriteEnd::write`](ByteWrite::write); refused: none.
    #[inline]
    fn send(&mut self, msg: &[u8], wait: Wait) -> Result<()> {
        Self::check(msg)?;
        self.end.write(msg, wait).map(drop)
    }

    /// Sends one packet if there is room.
    ///
    /// # Errors
    /// As [`Sender::try_send`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`WriteEnd::try_write`](ByteWrite::try_write); refused: none.
    #[inline]
    fn try_send(&mut self, msg: &[u8]) -> Result<()> {
        Self::check(msg)?;
        self.end.try_write(msg).map(drop)
    }
}

impl AsFd for PacketReceiver {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.end.as_fd()
    }
}

impl AsFd for PacketSender {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.end.as_fd()
    }
}
