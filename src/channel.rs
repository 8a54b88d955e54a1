//! The traits of a channel, and the contract that every mechanism keeps.
//!
//! A channel is a [`Sender`] and a [`Receiver`] that are joined. A message is a byte slice, at least one byte
//! long, in a buffer that the caller owns.
//!
//! # The contract
//! One suite (`tests/ipc`) runs every point on every mechanism, and flags a deliberately broken channel for each.
//!
//! 1. **Whole and in order.** One send is one message; one recv gives one message, never two joined, never a
//!    part. An end is raw bytes ([`ByteRead`], [`ByteWrite`]) or messages from the moment it is opened, never
//!    both.
//! 2. **Whole or not at all.** A message that can never fit is refused with `EMSGSIZE`, and
//!    [`send_limit`](Sender::send_limit) tells the limit. Where the kernel took only a part before the wait
//!    ended, the end takes nothing but the rest of that same message from then on: repeat the send, or drop the
//!    end, which the receiver is then told of as a broken message.
//! 3. **No silent truncation.** A buffer too small is `EMSGSIZE` with the true length in
//!    [`Error::needed`](crate::Error::needed), and the message stays for the next recv.
//! 4. **No empty message.** `EINVAL`, on every mechanism, so that nothing looks like the end that is not. One
//!    that a hostile peer sends is `EBADMSG`.
//! 5. **The other side is gone.** recv first hands out what was sent, then returns 0, again and again; send is
//!    `EPIPE`. No signal is ever raised, and the program's signal dispositions are not touched.
//! 6. **Every wait has a deadline**, given as a [`Wait`]; for ever has a name. A signal is not an end: `EINTR`
//!    is retried inside, against that deadline, unless the wait asks to be woken. The non-blocking twins
//!    (`try_…`) answer at once, with `EAGAIN` where the other would wait.
//! 7. **A peer cannot hurt us.** Whatever it does or puts into memory that is shared gives an error: never a
//!    panic, a hang, an access outside. A corrupt channel stays corrupt: `EBADMSG` from then on.
//! 8. **Exactly the syscalls of its table**, in that order, for each operation.
//! 9. **Descriptors are close-on-exec** from the call that makes them, with a named verb to hand one to a
//!    program ([`Fd::hand_over_as`](crate::fd::Fd::hand_over_as)); files are 0600 unless the caller says
//!    otherwise; what a killed process leaves never stands in its successor's way.

use crate::error::{Call, Errno, Error, Result};
use crate::wait::Wait;

/// The end of a channel that messages go into.
pub trait Sender {
    /// The largest message that this end takes, in bytes.
    fn send_limit(&self) -> usize;

    /// Sends one message, waiting for room as long as `wait` says.
    ///
    /// # Errors
    /// - `EINVAL`: the message is empty. `EMSGSIZE`: it is longer than [`send_limit`](Self::send_limit), which
    ///   [`needed`](crate::Error::needed) repeats. Neither makes a syscall.
    /// - `ETIMEDOUT`: no room came in time; nothing was sent, or see point 2 of the [contract](crate::channel).
    /// - `EINTR`: a signal came, where `wait` asks for it.
    /// - `EPIPE`: the other side is gone.
    fn send(&mut self, msg: &[u8], wait: Wait) -> Result<()>;

    /// Sends one message if there is room for it now.
    ///
    /// # Errors
    /// As [`send`](Self::send), and `EAGAIN` in place of a wait.
    fn try_send(&mut self, msg: &[u8]) -> Result<()>;
}

/// The end of a channel that messages come out of.
pub trait Receiver {
    /// The largest message that can come out of this end: a buffer of this size is always enough.
    fn recv_limit(&self) -> usize;

    /// Receives one message into `buf` and returns its length; 0 means that the other side is gone and that
    /// everything it sent has been handed out.
    ///
    /// # Errors
    /// - `EMSGSIZE`: `buf` is too small; [`needed`](crate::Error::needed) tells what is enough, and the message
    ///   stays.
    /// - `ETIMEDOUT`: nothing came in time.
    /// - `EINTR`: a signal came, where `wait` asks for it.
    /// - `EBADMSG`: what came is no message of this channel; the channel is corrupt and stays so.
    fn recv(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize>;

    /// Receives one message if one is there now.
    ///
    /// # Errors
    /// As [`recv`](Self::recv), and `EAGAIN` in place of a wait.
    fn try_recv(&mut self, buf: &mut [u8]) -> Result<usize>;
}

/// The end of a byte stream that bytes come out of: a pipe, a FIFO or a stream socket, to talk to any program.
pub trait ByteRead {
    /// The syscall that reads, for the errors of what is built on top.
    const READ_CALL: Call;

    /// The same of this stream, where its type has streams of several kinds.
    #[inline]
    fn read_call(&self) -> Call {
        Self::READ_CALL
    }

    /// Reads at least one byte into `buf`, as many as are there, and returns how many; 0 means the end.
    ///
    /// # Errors
    /// `EINVAL` for an empty buffer, before any syscall; `ETIMEDOUT`; `EINTR` where `wait` asks for it; what the kernel says.
    fn read(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize>;

    /// Reads what is there now.
    ///
    /// # Errors
    /// As [`read`](Self::read), and `EAGAIN` in place of a wait.
    fn try_read(&mut self, buf: &mut [u8]) -> Result<usize>;

    /// Reads until `buf` is full and returns its length, or less where the stream ends first.
    ///
    /// # Errors
    /// As [`read`](Self::read). Bytes read before the error are in `buf`, but how many is not told: a caller who
    /// must know reads in steps.
    ///
    /// # Syscalls
    /// Async-signal-safe where [`read`](Self::read) is.
    /// | case | calls |
    /// |------|-------|
    /// | for ever | ([`read`](Self::read))×n |
    /// | until an instant | [`read`](Self::read) |
    /// | until an instant, in parts | ([`read`](Self::read) `clock_gettime`)×n [`read`](Self::read) |
    /// | until an instant, over between two parts | ([`read`](Self::read) `clock_gettime`)×n |
    /// | at most a duration | (`clock_gettime` [`read`](Self::read))×n |
    /// | at most a duration, over between two parts | (`clock_gettime` [`read`](Self::read))×n `clock_gettime` |
    /// | no bytes | none |
    fn read_exact(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        let mut wait = wait.pinned()?;
        let mut done: usize = 0;
        while let Some(rest) = buf.get_mut(done..).filter(|rest| !rest.is_empty()) {
            if done > 0 {
                wait.next_part()?;
            }
            match self.read(rest, wait)? {
                0 => break,
                n => done = done.saturating_add(n),
            }
        }
        Ok(done)
    }
}

/// The end of a byte stream that bytes go into.
pub trait ByteWrite {
    /// The number of bytes up to which a write goes whole or not at all, with nobody else's bytes in between:
    /// `PIPE_BUF` on a pipe or FIFO, 0 where the kernel promises nothing.
    const ATOMIC: usize;

    /// The syscall that writes, for the errors of what is built on top.
    const WRITE_CALL: Call;

    /// [`ATOMIC`](Self::ATOMIC) of this stream, where its type has streams of several kinds.
    #[inline]
    fn atomic(&self) -> usize {
        Self::ATOMIC
    }

    /// [`WRITE_CALL`](Self::WRITE_CALL) of this stream, where its type has streams of several kinds.
    #[inline]
    fn write_call(&self) -> Call {
        Self::WRITE_CALL
    }

    /// Writes at least one byte of `bytes`, waiting for room, and returns how many were taken.
    ///
    /// # Errors
    /// `EINVAL` for no bytes, before any syscall; `ETIMEDOUT`; `EINTR` where `wait` asks for it; `EPIPE`: nobody is
    /// left to read.
    fn write(&mut self, bytes: &[u8], wait: Wait) -> Result<usize>;

    /// Writes what there is room for now.
    ///
    /// # Errors
    /// As [`write`](Self::write), and `EAGAIN` in place of a wait.
    fn try_write(&mut self, bytes: &[u8]) -> Result<usize>;

    /// Writes `head` and then `body` in one call; as [`write`](Self::write) otherwise.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    fn write_two(&mut self, head: &[u8], body: &[u8], wait: Wait) -> Result<usize>;

    /// Writes what there is room for now of `head` and then `body`, in one call.
    ///
    /// # Errors
    /// As [`try_write`](Self::try_write).
    fn try_write_two(&mut self, head: &[u8], body: &[u8]) -> Result<usize>;

    /// Writes all of `bytes`.
    ///
    /// # Errors
    /// As [`write`](Self::write). How many bytes went before the error is not told: a caller who must know
    /// writes in steps. `EIO`: a write took nothing and said so, which none of this crate does.
    ///
    /// # Syscalls
    /// Async-signal-safe where [`write`](Self::write) is.
    /// | case | calls |
    /// |------|-------|
    /// | for ever | ([`write`](Self::write))×n |
    /// | until an instant | [`write`](Self::write) |
    /// | until an instant, in parts | ([`write`](Self::write) `clock_gettime`)×n [`write`](Self::write) |
    /// | until an instant, over between two parts | ([`write`](Self::write) `clock_gettime`)×n |
    /// | at most a duration | (`clock_gettime` [`write`](Self::write))×n |
    /// | at most a duration, over between two parts | (`clock_gettime` [`write`](Self::write))×n `clock_gettime` |
    /// | no bytes | none |
    fn write_all(&mut self, bytes: &[u8], wait: Wait) -> Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let mut wait = wait.pinned()?;
        let mut rest = bytes;
        while !rest.is_empty() {
            if rest.len() < bytes.len() {
                wait.next_part()?;
            }
            match self.write(rest, wait)? {
                0 => return Err(Error::kernel(self.write_call(), Errno::IO)),
                n => rest = rest.get(n..).unwrap_or(&[]),
            }
        }
        Ok(())
    }
}

/// A [`Sender`] and a [`Receiver`] of different channels, put together to be talked over both ways.
///
/// ```
/// use rawipc::{Duplex, Receiver, Sender, Wait, pipe};
///
/// let (from_me, to_me) = pipe::packet_pair()?;
/// let mut both = Duplex { sender: to_me, receiver: from_me };
/// both.send(b"to myself", Wait::FOREVER)?;
/// let mut buf = [0; pipe::PIPE_BUF];
/// assert_eq!(both.recv(&mut buf, Wait::FOREVER)?, 9);
/// # Ok::<(), rawipc::Error>(())
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct Duplex<S, R> {
    /// Where messages go.
    pub sender: S,
    /// Where messages come from.
    pub receiver: R,
}

impl<S: Sender, R> Sender for Duplex<S, R> {
    fn send_limit(&self) -> usize {
        self.sender.send_limit()
    }

    /// Sends one message into the sender.
    ///
    /// # Errors
    /// As [`Sender::send`].
    ///
    /// # Syscalls
    /// Async-signal-safe where the sender is. As [`Sender::send`].
    #[inline]
    fn send(&mut self, msg: &[u8], wait: Wait) -> Result<()> {
        self.sender.send(msg, wait)
    }

    /// Sends one message into the sender if there is room.
    ///
    /// # Errors
    /// As [`Sender::try_send`].
    ///
    /// # Syscalls
    /// Async-signal-safe where the sender is. As [`Sender::try_send`].
    #[inline]
    fn try_send(&mut self, msg: &[u8]) -> Result<()> {
        self.sender.try_send(msg)
    }
}

impl<S, R: Receiver> Receiver for Duplex<S, R> {
    fn recv_limit(&self) -> usize {
        self.receiver.recv_limit()
    }

    /// Receives one message from the receiver.
    ///
    /// # Errors
    /// As [`Receiver::recv`].
    ///
    /// # Syscalls
    /// Async-signal-safe where the receiver is. As [`Receiver::recv`].
    #[inline]
    fn recv(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        self.receiver.recv(buf, wait)
    }

    /// Receives one message from the receiver if one is there.
    ///
    /// # Errors
    /// As [`Receiver::try_recv`].
    ///
    /// # Syscalls
    /// Async-signal-safe where the receiver is. As [`Receiver::try_recv`].
    #[inline]
    fn try_recv(&mut self, buf: &mut [u8]) -> Result<usize> {
        self.receiver.try_recv(buf)
    }
}
