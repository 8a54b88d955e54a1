//! Whole messages over a byte stream: a length in front of each.
//!
//! What a pipe, a FIFO or a stream socket carries is bytes; a frame is a message with its length before it, 4 bytes,
//! little endian, 1 to the receiver's limit. A frame sender is for the end that bytes go into, a frame receiver for the
//! end that they come out of, and framed is both over one stream socket.
//!
//! The receiver reads as much as is there into one fixed buffer of the caller's, so that many small messages cost one
//! syscall together. Its buffer is the limit: a length above it is a lie, and the channel is corrupt. Because of that
//! buffer its descriptor can be silent while a message is here: ask rawipc_frame_receiver_has_buffered().
//!
//! A receiver of frames knows its writer only as a stream of bytes. Where a sole writer died in mid-message and another
//! opened the same FIFO before the receiver read that far, the bytes of both are one stream to it: let each writer have
//! a receiver of its own, or keep to rawipc_frame_sender_shared(), which writes no part.

use core::ffi::c_int;

use rawipc::fd::{AsFd, AsRawFd, BorrowedFd, Fd};
use rawipc::pipe::{ReadEnd, WriteEnd};
use rawipc::socket::Stream;
use rawipc::{ByteRead, ByteWrite, Call, Errno, Error, Result, Wait, frame};

use crate::arg::Args;

// In the order of the header's sections; apart, so that rustfmt leaves it.
pub mod sender;

pub mod receiver;

pub mod framed;

/// The bytes of the length in front of a message.
pub const RAWIPC_FRAME_HEAD: usize = 4;

const _: () = assert!(RAWIPC_FRAME_HEAD == frame::HEAD);

/// The descriptor is an end of a pipe or FIFO.
pub const RAWIPC_FRAME_PIPE: u32 = 1;
/// The descriptor is a stream socket.
pub const RAWIPC_FRAME_STREAM: u32 = 2;

/// What frames are put over: one type, so that their code is there once.
pub(crate) enum Line {
    ReadEnd(ReadEnd),
    WriteEnd(WriteEnd),
    Stream(Stream),
}

impl Args {
    /// A descriptor that is ours from now on.
    fn line(self, over: u32, fd: c_int, pipe: impl FnOnce(Fd) -> Line) -> Result<Line> {
        match over {
            RAWIPC_FRAME_PIPE => self.owned(fd).map(pipe),
            RAWIPC_FRAME_STREAM => self.owned(fd).map(|fd| Line::Stream(Stream::assume(fd))),
            _ => Err(self.refused(Errno::INVAL)),
        }
    }
}

impl Line {
    fn into_fd(self) -> Fd {
        match self {
            Line::ReadEnd(end) => end.into_fd(),
            Line::WriteEnd(end) => end.into_fd(),
            Line::Stream(stream) => stream.into_fd(),
        }
    }
}

fn raw_fd(line: &impl AsFd) -> usize {
    line.as_fd().as_raw_fd() as usize
}

/// No receiver is made of an end that bytes go into.
#[cold]
fn no_reader<T>() -> Result<T> {
    Err(Error::argument(Call::READ, Errno::BADF))
}

impl ByteRead for Line {
    const READ_CALL: Call = Call::READ;

    fn read_call(&self) -> Call {
        match self {
            Line::Stream(stream) => stream.read_call(),
            _ => Self::READ_CALL,
        }
    }

    fn read(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        match self {
            Line::ReadEnd(end) => end.read(buf, wait),
            Line::Stream(stream) => stream.read(buf, wait),
            Line::WriteEnd(_) => no_reader(),
        }
    }

    fn try_read(&mut self, buf: &mut [u8]) -> Result<usize> {
        match self {
            Line::ReadEnd(end) => end.try_read(buf),
            Line::Stream(stream) => stream.try_read(buf),
            Line::WriteEnd(_) => no_reader(),
        }
    }
}

/// No sender is made of an end that bytes come out of.
#[cold]
fn no_writer<T>() -> Result<T> {
    Err(Error::argument(Call::WRITE, Errno::BADF))
}

impl ByteWrite for Line {
    const ATOMIC: usize = 0;
    const WRITE_CALL: Call = Call::SENDTO;

    fn atomic(&self) -> usize {
        match self {
            Line::WriteEnd(end) => end.atomic(),
            _ => Self::ATOMIC,
        }
    }

    fn write_call(&self) -> Call {
        match self {
            Line::WriteEnd(end) => end.write_call(),
            _ => Self::WRITE_CALL,
        }
    }

    fn write(&mut self, bytes: &[u8], wait: Wait) -> Result<usize> {
        self.write_two(bytes, &[], wait)
    }

    fn try_write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.try_write_two(bytes, &[])
    }

    fn write_two(&mut self, head: &[u8], body: &[u8], wait: Wait) -> Result<usize> {
        match self {
            Line::WriteEnd(end) => end.write_two(head, body, wait),
            Line::Stream(stream) => stream.write_two(head, body, wait),
            Line::ReadEnd(_) => no_writer(),
        }
    }

    fn try_write_two(&mut self, head: &[u8], body: &[u8]) -> Result<usize> {
        match self {
            Line::WriteEnd(end) => end.try_write_two(head, body),
            Line::Stream(stream) => stream.try_write_two(head, body),
            Line::ReadEnd(_) => no_writer(),
        }
    }
}

impl AsFd for Line {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Line::ReadEnd(end) => end.as_fd(),
            Line::WriteEnd(end) => end.as_fd(),
            Line::Stream(stream) => stream.as_fd(),
        }
    }
}
