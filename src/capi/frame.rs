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

use rawipc::frame;

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
