//! The end of a stream that messages come out of, by way of a buffer of the caller's.

use core::ffi::{c_int, c_void};
use core::ptr;

use rawipc::frame::FrameReceiver;
use rawipc::pipe::ReadEnd;
use rawipc::{Call, Receiver};

use super::{Line, raw_fd};
use crate::arg::{Args, Output};
use crate::error::{descriptor, length, rawipc_error, status};
use crate::handle::holds;
use crate::ssize_t;
use crate::wait::rawipc_wait;

/// The end of a byte stream that whole messages come out of. A handle: it does not move, and neither does its buffer.
#[repr(C)]
pub struct rawipc_frame_receiver {
    opaque: [u64; 10],
}

crate::layout!(rawipc_frame_receiver: 80);
holds!(rawipc_frame_receiver, FrameReceiver<'static, Line>, *b"framrecv");

const RECV: Args = Args(Call::READ);
const FD: Args = Args(Call::CLOSE);

/// Makes the only reader of a stream, at a border between two frames. The buffer holds what has come in; messages up to
/// its length - RAWIPC_FRAME_HEAD fit.
///
/// @param receiver  gets it
/// @param over      what the descriptor is: RAWIPC_FRAME_PIPE or RAWIPC_FRAME_STREAM
/// @return 0, or -errno
/// @par Errors
/// EINVAL: a buffer of fewer than 5 bytes holds no frame at all.
/// @par Ownership
/// The descriptor is the receiver's from now on. On failure it is closed, unless receiver, over, buf
/// or the descriptor itself are refused. The buffer is the receiver's until it is closed.
/// @rust frame::FrameReceiver::new
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_receiver_new(
    receiver: *mut rawipc_frame_receiver,
    over: u32,
    stream: c_int,
    buf: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { RECV.empty(receiver) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { RECV.buffer(buf, len) }?;
        let line = RECV.line(over, stream, |fd| Line::ReadEnd(ReadEnd::assume(fd)))?;
        to.put(FrameReceiver::new(line, buf))
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Receives one message: no syscall where it came with an earlier one, else a single read of all that is there.
///
/// @return its length; 0: the other side is gone, and all that it sent has been handed out; or -errno
/// @par Errors
/// EMSGSIZE: the buffer is too small; error->needed tells what is enough, and the message stays. ETIMEDOUT: nothing came
/// in time. EBADMSG, from then on: a length of 0 or above the limit, or the stream ended in the middle of a message.
/// @rust frame::FrameReceiver::recv
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_receiver_recv(
    receiver: *mut rawipc_frame_receiver,
    buf: *mut c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_frame_receiver_recv(receiver, buf, len, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_frame_receiver_recv(
    receiver: *mut rawipc_frame_receiver,
    buf: *mut c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let received = (|| {
        // SAFETY: the caller's receiver.
        let receiver = unsafe { RECV.value(receiver) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { RECV.buffer(buf, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { RECV.patience(wait) }?;
        match wait {
            Some(wait) => receiver.recv(buf, wait),
            None => receiver.try_recv(buf),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { length(received, error) }
}

/// Receives one message if all of it is there. What has come of a message is kept.
///
/// @return its length; 0: the other side is gone; or -errno
/// @par Errors
/// As rawipc_frame_receiver_recv(), and EAGAIN in place of a wait.
/// @rust frame::FrameReceiver::try_recv
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_receiver_try_recv(
    receiver: *mut rawipc_frame_receiver,
    buf: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_frame_receiver_recv(receiver, buf, len, crate::wait::now(), error) }
}

/// Receives one message where it lies, in the receiver's buffer. Nothing is copied.
///
/// @param msg  gets a pointer to it, good until the next receive; NULL at the end
/// @return its length; 0: the other side is gone, and all that it sent has been handed out; or -errno
/// @par Errors
/// As rawipc_frame_receiver_recv(), but for EMSGSIZE, which there is not.
/// @rust frame::FrameReceiver::recv_in_place
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_receiver_recv_in_place(
    receiver: *mut rawipc_frame_receiver,
    msg: *mut *const c_void,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_frame_receiver_recv_in_place(receiver, msg, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_frame_receiver_recv_in_place(
    receiver: *mut rawipc_frame_receiver,
    msg: *mut *const c_void,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let received = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { RECV.output(msg) }?;
        // SAFETY: the caller's receiver.
        let receiver = unsafe { RECV.value(receiver) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { RECV.patience(wait) }?;
        match wait {
            Some(wait) => receiver.recv_in_place(wait),
            None => receiver.try_recv_in_place(),
        }
        .map(|msg| in_place(to, msg))
    })();
    // SAFETY: the caller's error.
    unsafe { length(received, error) }
}

/// Receives one message where it lies, if all of it is there.
///
/// @param msg  gets a pointer to it, good until the next receive; NULL at the end
/// @return its length; 0: the other side is gone; or -errno
/// @par Errors
/// As rawipc_frame_receiver_recv_in_place(), and EAGAIN in place of a wait.
/// @rust frame::FrameReceiver::try_recv_in_place
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_receiver_try_recv_in_place(
    receiver: *mut rawipc_frame_receiver,
    msg: *mut *const c_void,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_frame_receiver_recv_in_place(receiver, msg, crate::wait::now(), error) }
}

/// The largest message that can come out: a buffer of this size is always enough.
///
/// @return bytes, or -errno
/// @rust frame::FrameReceiver::recv_limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_receiver_limit(
    receiver: *const rawipc_frame_receiver,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's receiver.
    let limit = unsafe { RECV.value_ref(receiver) }.map(Receiver::recv_limit);
    // SAFETY: the caller's error.
    unsafe { length(limit, error) }
}

/// Whether the next receive has its answer in the buffer already, and makes no syscall.
///
/// A wait on the descriptor says nothing of what was read before: ask here first.
///
/// @return 1 or 0, or -errno
/// @rust frame::FrameReceiver::has_buffered
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_receiver_has_buffered(
    receiver: *const rawipc_frame_receiver,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's receiver.
    let told = unsafe { RECV.value_ref(receiver) }.map(|receiver| usize::from(receiver.has_buffered()));
    // SAFETY: the caller's error.
    unsafe { length(told, error) as c_int }
}

/// The descriptor, to poll or to ask about. It stays the handle's.
///
/// @return the descriptor, or -errno
/// @rust frame::FrameReceiver::as_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_receiver_fd(
    receiver: *const rawipc_frame_receiver,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's receiver.
    let fd = unsafe { FD.value_ref(receiver) }.map(raw_fd);
    // SAFETY: the caller's error.
    unsafe { length(fd, error) as c_int }
}

/// Takes the descriptor out, to which what lies in the buffer is lost; the handle is closed.
///
/// @return the descriptor, or -errno
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust frame::FrameReceiver::into_inner
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_receiver_into_fd(
    receiver: *mut rawipc_frame_receiver,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's receiver.
    let fd = unsafe { FD.taken(receiver) }.map(|receiver| receiver.into_inner().into_fd());
    // SAFETY: the caller's error.
    unsafe { descriptor(fd, error) }
}

/// Closes the descriptor; the buffer is the caller's again.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: it is none, or closed already.
/// @rust frame::FrameReceiver
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_frame_receiver_close(
    receiver: *mut rawipc_frame_receiver,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's receiver.
    let closed = unsafe { FD.taken(receiver) }.map(drop);
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}

/// Tells where a message lies, and how long it is.
pub(super) fn in_place(to: Output<'_, *const c_void>, msg: Option<&[u8]>) -> usize {
    to.set(msg.map_or(ptr::null(), |msg| msg.as_ptr().cast()));
    msg.map_or(0, <[u8]>::len)
}
