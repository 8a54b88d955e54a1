//! Pipes of whole messages: each write is a packet, which is read as one.

use core::ffi::{c_int, c_void};

use rawipc::pipe::{self, PacketReceiver, PacketSender};
use rawipc::{Call, Receiver, Sender, Wait};

use super::{ATTACH, READ, WRITE};
use crate::arg::{Args, known_buffer, known_bytes};
use crate::error::{descriptor, length, rawipc_error, status};
use crate::ssize_t;
use crate::wait::rawipc_wait;

/// Makes a pipe in packet mode, for whole messages.
///
/// Each message takes a page of the pipe whatever its length, so a pipe of default capacity holds 16.
///
/// @param receiver  gets the descriptor that messages come out of
/// @param sender    gets the descriptor that messages go into
/// @return 0, or -errno
/// @par Errors
/// EMFILE, ENFILE: no descriptors left, in this process or at all.
/// @par Ownership
/// Both are the caller's to close.
/// @rust pipe::packet_pair
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_packet_pair(
    receiver: *mut c_int,
    sender: *mut c_int,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's outputs.
    let made = unsafe {
        Args(Call::PIPE2)
            .pair(receiver, sender, || pipe::packet_pair().map(|(r, s)| (r.into_fd(), s.into_fd())))
    };
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Takes over the read end of a pipe or FIFO whose writers are in packet mode: one that was inherited. Nothing tells
/// here what mode they are in.
///
/// @return fd, or -errno
/// @par Errors
/// As rawipc_pipe_attach_read_end().
/// @par Ownership
/// On failure fd is closed, unless it is negative.
/// @rust pipe::PacketReceiver::attach
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_attach_receiver(fd: c_int, error: *mut rawipc_error) -> c_int {
    let attached = ATTACH.owned(fd).and_then(PacketReceiver::attach).map(PacketReceiver::into_fd);
    // SAFETY: the caller's error.
    unsafe { descriptor(attached, error) }
}

/// Takes over the write end of a pipe or FIFO, one that was inherited, for whole messages.
///
/// O_NONBLOCK and O_DIRECT are set on its open file description, which others may share.
///
/// @return fd, or -errno
/// @par Errors
/// As rawipc_pipe_attach_write_end().
/// @par Ownership
/// On failure fd is closed, unless it is negative.
/// @rust pipe::PacketSender::attach
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_attach_sender(fd: c_int, error: *mut rawipc_error) -> c_int {
    let attached = ATTACH.owned(fd).and_then(PacketSender::attach).map(PacketSender::into_fd);
    // SAFETY: the caller's error.
    unsafe { descriptor(attached, error) }
}

/// Receives one message of a pipe or FIFO in packet mode.
///
/// @param len  at least RAWIPC_PIPE_BUF
/// @return its length; 0: the other side is gone, and all that it sent has been handed out; or -errno
/// @par Errors
/// EMSGSIZE: the buffer is smaller. ETIMEDOUT: nothing came in time.
/// @rust pipe::PacketReceiver::recv
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_recv(
    receiver: c_int,
    buf: *mut c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    if receiver >= 0 && Args::are_plain(buf, len, wait) {
        let received = (|| {
            let mut end = READ.lent(receiver, PacketReceiver::assume)?;
            // SAFETY: the caller's buffer.
            let buf = unsafe { known_buffer(buf, len) };
            end.recv(buf, Wait::FOREVER)
        })();
        // SAFETY: the caller's error.
        return unsafe { length(received, error) };
    }
    // SAFETY: the caller's arguments.
    unsafe { recv_under(receiver, buf, len, wait, error) }
}

/// The same with any arguments.
///
/// # Safety
/// As the caller promises.
#[cold]
#[inline(never)]
unsafe fn recv_under(
    receiver: c_int,
    buf: *mut c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let received = (|| {
        let mut end = READ.lent(receiver, PacketReceiver::assume)?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { READ.buffer(buf, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { READ.patience(wait) }?;
        match wait {
            Some(wait) => end.recv(buf, wait),
            None => end.try_recv(buf),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { length(received, error) }
}

/// Receives one message if one is there now.
///
/// @param len  at least RAWIPC_PIPE_BUF
/// @return its length; 0: the other side is gone; or -errno
/// @par Errors
/// As rawipc_pipe_recv(), and EAGAIN in place of a wait.
/// @rust pipe::PacketReceiver::try_recv
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_try_recv(
    receiver: c_int,
    buf: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { recv_under(receiver, buf, len, crate::wait::now(), error) }
}

/// Sends one message of 1 to RAWIPC_PIPE_BUF bytes into a pipe or FIFO in packet mode. Several processes may hold a
/// sender, each message stays whole.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: the message is empty. EMSGSIZE: it is longer. ETIMEDOUT: no room came in time; nothing was sent. EPIPE:
/// the other side is gone.
/// @rust pipe::PacketSender::send
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_send(
    sender: c_int,
    msg: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    if sender >= 0 && Args::are_plain(msg, len, wait) {
        let sent = (|| {
            let mut end = WRITE.lent(sender, PacketSender::assume)?;
            // SAFETY: the caller's bytes.
            let msg = unsafe { known_bytes(msg, len) };
            end.send(msg, Wait::FOREVER)
        })();
        // SAFETY: the caller's error.
        return unsafe { status(sent, error) };
    }
    // SAFETY: the caller's arguments.
    unsafe { send_under(sender, msg, len, wait, error) }
}

/// The same with any arguments.
///
/// # Safety
/// As the caller promises.
#[cold]
#[inline(never)]
unsafe fn send_under(
    sender: c_int,
    msg: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let sent = (|| {
        let mut end = WRITE.lent(sender, PacketSender::assume)?;
        // SAFETY: the caller's bytes.
        let msg = unsafe { WRITE.bytes(msg, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { WRITE.patience(wait) }?;
        match wait {
            Some(wait) => end.send(msg, wait),
            None => end.try_send(msg),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { status(sent, error) }
}

/// Sends one message if there is room now.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_pipe_send(), and EAGAIN in place of a wait.
/// @rust pipe::PacketSender::try_send
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_try_send(
    sender: c_int,
    msg: *const c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { send_under(sender, msg, len, crate::wait::now(), error) }
}
