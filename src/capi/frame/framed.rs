//! A stream socket that carries whole messages both ways: a frame sender and a frame receiver in one.
//!
//! Each direction is on its own: a broken one leaves the other as it is.

use core::ffi::{c_int, c_void};

use rawipc::frame::Framed;
use rawipc::socket::Stream;
use rawipc::{Call, Receiver, Sender};

use super::receiver::in_place;
use super::{Line, raw_fd};
use crate::arg::Args;
use crate::error::{descriptor, length, rawipc_error, status};
use crate::handle::holds;
use crate::ssize_t;
use crate::wait::rawipc_wait;

/// A stream socket that carries whole messages. A handle: it does not move, and neither does its buffer.
#[repr(C)]
pub struct rawipc_framed {
    opaque: [u64; 14],
}

crate::layout!(rawipc_framed: 112);
holds!(rawipc_framed, Framed<'static, Line>, *b"framed  ");

const SEND: Args = Args(Call::SENDMSG);
const RECV: Args = Args(Call::RECVFROM);
const FD: Args = Args(Call::CLOSE);

/// Makes the only reader and the only writer of this end of a stream socket.
///
/// The buffer holds what has come in; messages up to its length - RAWIPC_FRAME_HEAD come in, and up to send_limit go out.
///
/// @param framed  gets it
/// @return 0, or -errno
/// @par Errors
/// EINVAL: a buffer of fewer than 5 bytes; a limit of 0, or one that 32 bits cannot hold.
/// @par Ownership
/// The descriptor is framed's from now on. On failure it is closed, unless framed, buf or the
/// descriptor itself are refused.
/// The buffer is framed's until it is closed.
/// @rust frame::Framed::new
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_framed_new(
    framed: *mut rawipc_framed,
    stream: c_int,
    buf: *mut c_void,
    len: usize,
    send_limit: usize,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { RECV.empty(framed) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { RECV.buffer(buf, len) }?;
        let line = Line::Stream(Stream::assume(RECV.owned(stream)?));
        to.put(Framed::new(line, buf, send_limit))
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Sends one message, as a sole frame sender does.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_frame_sender_send().
/// @rust frame::Framed::send
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_framed_send(
    framed: *mut rawipc_framed,
    msg: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_framed_send(framed, msg, len, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_framed_send(
    framed: *mut rawipc_framed,
    msg: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let sent = (|| {
        // SAFETY: the caller's framed.
        let framed = unsafe { SEND.value(framed) }?;
        // SAFETY: the caller's bytes.
        let msg = unsafe { SEND.bytes(msg, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { SEND.patience(wait) }?;
        match wait {
            Some(wait) => framed.send(msg, wait),
            None => framed.try_send(msg),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { status(sent, error) }
}

/// Sends what there is room for of one message now, as a sole frame sender does.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_frame_sender_send(), and EAGAIN in place of a wait.
/// @rust frame::Framed::try_send
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_framed_try_send(
    framed: *mut rawipc_framed,
    msg: *const c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_framed_send(framed, msg, len, crate::wait::now(), error) }
}

/// Receives one message, as a frame receiver does.
///
/// @return its length; 0: the peer is gone, and all that it sent has been handed out; or -errno
/// @par Errors
/// As rawipc_frame_receiver_recv().
/// @rust frame::Framed::recv
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_framed_recv(
    framed: *mut rawipc_framed,
    buf: *mut c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_framed_recv(framed, buf, len, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_framed_recv(
    framed: *mut rawipc_framed,
    buf: *mut c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let received = (|| {
        // SAFETY: the caller's framed.
        let framed = unsafe { RECV.value(framed) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { RECV.buffer(buf, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { RECV.patience(wait) }?;
        match wait {
            Some(wait) => framed.recv(buf, wait),
            None => framed.try_recv(buf),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { length(received, error) }
}

/// Receives one message if all of it is there, as a frame receiver does.
///
/// @return its length; 0: the peer is gone; or -errno
/// @par Errors
/// As rawipc_frame_receiver_recv(), and EAGAIN in place of a wait.
/// @rust frame::Framed::try_recv
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_framed_try_recv(
    framed: *mut rawipc_framed,
    buf: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_framed_recv(framed, buf, len, crate::wait::now(), error) }
}

/// Receives one message where it lies, as a frame receiver does.
///
/// @param msg  gets a pointer to it, good until the next receive; NULL at the end
/// @return its length; 0: the peer is gone, and all that it sent has been handed out; or -errno
/// @par Errors
/// As rawipc_frame_receiver_recv_in_place().
/// @rust frame::Framed::recv_in_place
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_framed_recv_in_place(
    framed: *mut rawipc_framed,
    msg: *mut *const c_void,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_framed_recv_in_place(framed, msg, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_framed_recv_in_place(
    framed: *mut rawipc_framed,
    msg: *mut *const c_void,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let received = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { RECV.output(msg) }?;
        // SAFETY: the caller's framed.
        let framed = unsafe { RECV.value(framed) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { RECV.patience(wait) }?;
        match wait {
            Some(wait) => framed.recv_in_place(wait),
            None => framed.try_recv_in_place(),
        }
        .map(|msg| in_place(to, msg))
    })();
    // SAFETY: the caller's error.
    unsafe { length(received, error) }
}

/// Receives one message where it lies, if all of it is there, as a frame receiver does.
///
/// @param msg  gets a pointer to it, good until the next receive; NULL at the end
/// @return its length; 0: the peer is gone; or -errno
/// @par Errors
/// As rawipc_frame_receiver_recv_in_place(), and EAGAIN in place of a wait.
/// @rust frame::Framed::try_recv_in_place
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_framed_try_recv_in_place(
    framed: *mut rawipc_framed,
    msg: *mut *const c_void,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_framed_recv_in_place(framed, msg, crate::wait::now(), error) }
}

/// The largest message that it takes.
///
/// @return bytes, or -errno
/// @rust frame::Framed::send_limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_framed_send_limit(
    framed: *const rawipc_framed,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's framed.
    let limit = unsafe { SEND.value_ref(framed) }.map(Sender::send_limit);
    // SAFETY: the caller's error.
    unsafe { length(limit, error) }
}

/// The largest message that can come out: a buffer of this size is always enough.
///
/// @return bytes, or -errno
/// @rust frame::Framed::recv_limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_framed_recv_limit(
    framed: *const rawipc_framed,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's framed.
    let limit = unsafe { RECV.value_ref(framed) }.map(Receiver::recv_limit);
    // SAFETY: the caller's error.
    unsafe { length(limit, error) }
}

/// Whether the next receive has its answer in the buffer already, and makes no syscall.
///
/// @return 1 or 0, or -errno
/// @rust frame::Framed::has_buffered
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_framed_has_buffered(
    framed: *const rawipc_framed,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's framed.
    let told = unsafe { RECV.value_ref(framed) }.map(|framed| usize::from(framed.has_buffered()));
    // SAFETY: the caller's error.
    unsafe { length(told, error) as c_int }
}

/// Whether a part of a message has gone and the rest has not. Only that same message can be sent now.
///
/// @return 1 or 0, or -errno
/// @rust frame::Framed::is_unfinished
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_framed_is_unfinished(
    framed: *const rawipc_framed,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's framed.
    let told = unsafe { SEND.value_ref(framed) }.map(|framed| usize::from(framed.is_unfinished()));
    // SAFETY: the caller's error.
    unsafe { length(told, error) as c_int }
}

/// The descriptor, to poll or to ask about. It stays the handle's.
///
/// @return the descriptor, or -errno
/// @rust frame::Framed::as_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_framed_fd(framed: *const rawipc_framed, error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's framed.
    let fd = unsafe { FD.value_ref(framed) }.map(raw_fd);
    // SAFETY: the caller's error.
    unsafe { length(fd, error) as c_int }
}

/// Takes the descriptor out, to which what lies in the buffer is lost, and which may be in the middle of a message; the
/// handle is closed.
///
/// @return the descriptor, or -errno
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust frame::Framed::into_inner
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_framed_into_fd(
    framed: *mut rawipc_framed,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's framed.
    let fd = unsafe { FD.taken(framed) }.map(|framed| framed.into_inner().into_fd());
    // SAFETY: the caller's error.
    unsafe { descriptor(fd, error) }
}

/// Closes the socket; the buffer is the caller's again.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: it is none, or closed already.
/// @rust frame::Framed
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_framed_close(framed: *mut rawipc_framed, error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's framed.
    let closed = unsafe { FD.taken(framed) }.map(drop);
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}
