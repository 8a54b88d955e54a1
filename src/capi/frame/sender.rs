//! The end of a stream that messages go into.

use core::ffi::{c_int, c_void};

use rawipc::frame::FrameSender;
use rawipc::pipe::WriteEnd;
use rawipc::{Call, Sender};

use super::{Line, raw_fd};
use crate::arg::Args;
use crate::error::{descriptor, length, rawipc_error, status};
use crate::handle::holds;
use crate::ssize_t;
use crate::wait::rawipc_wait;

/// The end of a byte stream that whole messages go into. A handle: it does not move.
#[repr(C)]
pub struct rawipc_frame_sender {
    opaque: [u64; 10],
}

crate::layout!(rawipc_frame_sender: 80);
holds!(rawipc_frame_sender, FrameSender<Line>, *b"framsend");

const SEND: Args = Args(Call::SENDMSG);
const FD: Args = Args(Call::CLOSE);

/// Makes the only writer of a stream, of messages up to limit bytes.
///
/// Nothing checks that it is the only one. What a second one writes lands in the middle of a message.
///
/// @param sender  gets it
/// @param over    what the descriptor is: RAWIPC_FRAME_PIPE or RAWIPC_FRAME_STREAM
/// @return 0, or -errno
/// @par Errors
/// EINVAL: a limit of 0, or one that 32 bits cannot hold.
/// @par Ownership
/// The descriptor is the sender's from now on. On failure it is closed, unless sender, over or
/// the descriptor itself are refused.
/// @rust frame::FrameSender::sole
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_sender_sole(
    sender: *mut rawipc_frame_sender,
    over: u32,
    stream: c_int,
    limit: usize,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { SEND.empty(sender) }?;
        let line = SEND.line(over, stream, |fd| Line::WriteEnd(WriteEnd::assume(fd)))?;
        to.put(FrameSender::sole(line, limit))
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Makes one of several writers of a pipe or FIFO: each message is a single write that nobody else's bytes come into, so
/// none is longer than RAWIPC_PIPE_BUF - RAWIPC_FRAME_HEAD.
///
/// @param sender  gets it
/// @param over    what the descriptor is: RAWIPC_FRAME_PIPE
/// @return 0, or -errno
/// @par Errors
/// EINVAL: a stream socket makes no such promise.
/// @par Ownership
/// The descriptor is the sender's from now on. On failure it is closed, unless sender, over or
/// the descriptor itself are refused.
/// @rust frame::FrameSender::shared
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_sender_shared(
    sender: *mut rawipc_frame_sender,
    over: u32,
    stream: c_int,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { SEND.empty(sender) }?;
        let line = SEND.line(over, stream, |fd| Line::WriteEnd(WriteEnd::assume(fd)))?;
        to.put(FrameSender::shared(line))
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Sends one message: in a single write where there is room for all of it.
///
/// A sole sender whose wait is over when only a part has gone is unfinished: it takes that same message again, and writes
/// the rest of it.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: the message is empty. EMSGSIZE: it is longer than the limit, which error->needed repeats. ETIMEDOUT: no room
/// came in time. EBUSY: another message is unfinished. EPIPE: the other side is gone; from the peer: the stream failed in
/// the middle of a message, and so it stays.
/// @rust frame::FrameSender::send
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_sender_send(
    sender: *mut rawipc_frame_sender,
    msg: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_frame_sender_send(sender, msg, len, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_frame_sender_send(
    sender: *mut rawipc_frame_sender,
    msg: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let sent = (|| {
        // SAFETY: the caller's sender.
        let sender = unsafe { SEND.value(sender) }?;
        // SAFETY: the caller's bytes.
        let msg = unsafe { SEND.bytes(msg, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { SEND.patience(wait) }?;
        match wait {
            Some(wait) => sender.send(msg, wait),
            None => sender.try_send(msg),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { status(sent, error) }
}

/// Sends what there is room for of one message now.
///
/// EAGAIN means that all of it, or the rest of it, has yet to go: see rawipc_frame_sender_send(). A shared sender never
/// sends a part.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_frame_sender_send(), and EAGAIN in place of a wait.
/// @rust frame::FrameSender::try_send
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_sender_try_send(
    sender: *mut rawipc_frame_sender,
    msg: *const c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_frame_sender_send(sender, msg, len, crate::wait::now(), error) }
}

/// The largest message that it takes.
///
/// @return bytes, or -errno
/// @rust frame::FrameSender::send_limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_sender_limit(
    sender: *const rawipc_frame_sender,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's sender.
    let limit = unsafe { SEND.value_ref(sender) }.map(Sender::send_limit);
    // SAFETY: the caller's error.
    unsafe { length(limit, error) }
}

/// Whether a part of a message has gone and the rest has not. Only that same message can be sent now.
///
/// @return 1 or 0, or -errno
/// @rust frame::FrameSender::is_unfinished
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_sender_is_unfinished(
    sender: *const rawipc_frame_sender,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's sender.
    let told = unsafe { SEND.value_ref(sender) }.map(|sender| usize::from(sender.is_unfinished()));
    // SAFETY: the caller's error.
    unsafe { length(told, error) as c_int }
}

/// The descriptor, to poll or to ask about. It stays the handle's.
///
/// @return the descriptor, or -errno
/// @rust frame::FrameSender::as_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_sender_fd(
    sender: *const rawipc_frame_sender,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's sender.
    let fd = unsafe { FD.value_ref(sender) }.map(raw_fd);
    // SAFETY: the caller's error.
    unsafe { length(fd, error) as c_int }
}

/// Takes the descriptor out, which may be in the middle of a message; the handle is closed.
///
/// @return the descriptor, or -errno
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust frame::FrameSender::into_inner
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_sender_into_fd(
    sender: *mut rawipc_frame_sender,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's sender.
    let fd = unsafe { FD.taken(sender) }.map(|sender| sender.into_inner().into_fd());
    // SAFETY: the caller's error.
    unsafe { descriptor(fd, error) }
}

/// Closes the descriptor. In the middle of a message it leaves the receiver with a broken one, which it is told of.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: it is none, or closed already.
/// @rust frame::FrameSender
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_sender_close(
    sender: *mut rawipc_frame_sender,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's sender.
    let closed = unsafe { FD.taken(sender) }.map(drop);
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}
