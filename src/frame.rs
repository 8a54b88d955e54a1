//! Whole messages over a byte stream: a length in front of each.
//!
//! What a pipe, a FIFO or a stream socket carries is bytes; a frame is a message with its length before it.
//!
//! | bytes | what |
//! |-------|------|
//! | 4     | the length of the message, little endian, 1 to the receiver's limit |
//! | length | the message |
//!
//! | type | for |
//! |------|-----|
//! | [`FrameSender::shared`] | one of several writers of a pipe or FIFO; messages up to `PIPE_BUF` − 4 |
//! | [`FrameSender::sole`] | the only writer; messages of any length |
//! | [`FrameReceiver`] | the only reader |
//! | [`Framed`] | both, over one stream that goes both ways |
//!
//! The receiver reads as much as is there into one fixed buffer of the caller's, so that many small messages
//! cost one syscall together. Its buffer is the limit: a length above it is a lie, and the channel is corrupt.
//! Because of that buffer its descriptor can be silent while a message is here: see
//! [`has_buffered`](FrameReceiver::has_buffered).
//!
//! A receiver of frames knows its writer only as a stream of bytes. Where a sole writer died in mid-message and
//! another opened the same FIFO before the receiver read that far, the bytes of both are one stream to it: let
//! each writer have a receiver of its own, or keep to [`shared`](FrameSender::shared), which writes no part.
//!
//! # Examples
//! A message larger than the pipe, in as many parts as it takes:
//! ```
//! use rawipc::frame::{FrameReceiver, FrameSender};
//! use rawipc::{Receiver, Sender, Wait, pipe};
//!
//! let (read_end, write_end) = pipe::pair()?;
//! let mut sender = FrameSender::sole(write_end, 1 << 20)?;
//! let writer = std::thread::spawn(move || sender.send(&[7; 1 << 20], Wait::FOREVER));
//!
//! let mut room = vec![0; (1 << 20) + 4];
//! let mut receiver = FrameReceiver::new(read_end, &mut room)?;
//! let message = receiver.recv_in_place(Wait::FOREVER)?.unwrap();
//! assert_eq!(message, &[7; 1 << 20]);
//! writer.join().unwrap()?;
//! # Ok::<(), rawipc::Error>(())
//! ```

mod incoming;
mod outgoing;
mod receiver;
mod sender;
mod two_way;

#[cfg(test)]
mod tests;

pub use receiver::FrameReceiver;
pub use sender::FrameSender;
pub use two_way::Framed;

/// The bytes of the length in front of a message.
pub const HEAD: usize = 4;
