//! A stream socket that descriptors travel over.

use core::ffi::{c_int, c_void};

use rawipc::Call;
use rawipc::socket::Stream;

use crate::arg::Args;
use crate::error::{length, rawipc_error};
use crate::socket::fds::{rawipc_fd_refs, rawipc_fd_slots};
use crate::ssize_t;
use crate::wait::rawipc_wait;

const SEND: Args = Args(Call::SENDMSG);
const RECV: Args = Args(Call::RECVMSG);

/// Writes some bytes, and all descriptors with the first of them, or waits for room.
///
/// Once a byte was taken the descriptors are on their way: the rest is for rawipc_stream_write_all(), which sends them no
/// second time. No descriptors at all are a plain write.
///
/// @return how many bytes were taken, or -errno
/// @par Errors
/// As rawipc_stream_write(). EINVAL: more than RAWIPC_FDS_MAX. EPERM: the peer refuses them. ETOOMANYREFS: as many of
/// this user's are on their way as it may have open (RLIMIT_NOFILE). After an error nothing was sent.
/// @rust socket::Stream::write_with_fds
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_write_with_fds(
    stream: c_int,
    bytes: *const c_void,
    len: usize,
    fds: *const rawipc_fd_refs,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_stream_write_with_fds(stream, bytes, len, fds, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_stream_write_with_fds(
    stream: c_int,
    bytes: *const c_void,
    len: usize,
    fds: *const rawipc_fd_refs,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let sent = (|| {
        let stream = SEND.lent(stream, Stream::assume)?;
        // SAFETY: the caller's bytes.
        let bytes = unsafe { SEND.bytes(bytes, len) }?;
        // SAFETY: the caller's refs.
        let fds = unsafe { SEND.refs(fds) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { SEND.patience(wait) }?;
        match wait {
            Some(wait) => stream.write_with_fds(bytes, fds, wait),
            None => stream.try_write_with_fds(bytes, fds),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { length(sent, error) }
}

/// Writes what there is room for now, and all descriptors with its first byte.
///
/// @return how many bytes were taken, or -errno
/// @par Errors
/// As rawipc_stream_write_with_fds(), and EAGAIN in place of a wait.
/// @rust socket::Stream::try_write_with_fds
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_try_write_with_fds(
    stream: c_int,
    bytes: *const c_void,
    len: usize,
    fds: *const rawipc_fd_refs,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_stream_write_with_fds(stream, bytes, len, fds, crate::wait::now(), error) }
}

/// Reads what is there and the descriptors that came with it, or waits for it.
///
/// Those of one write at most come at a time, with the read that takes its first byte. Bytes of writes before it may stand
/// in front of that byte, and none of a later write that brought descriptors behind.
///
/// @return how many bytes; 0: the end; or -errno
/// @par Errors
/// As rawipc_stream_read(). EINVAL: fds still hold descriptors. E2BIG: more came than fds have room for. EMFILE: they had
/// room, and this process may open no more descriptors. After either all that came are closed; the bytes are in buf
/// all the same, and error->needed tells how many.
/// @rust socket::Stream::read_with_fds
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_read_with_fds(
    stream: c_int,
    buf: *mut c_void,
    len: usize,
    fds: *mut rawipc_fd_slots,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_stream_read_with_fds(stream, buf, len, fds, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_stream_read_with_fds(
    stream: c_int,
    buf: *mut c_void,
    len: usize,
    fds: *mut rawipc_fd_slots,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let received = (|| {
        let stream = RECV.lent(stream, Stream::assume)?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { RECV.buffer(buf, len) }?;
        // SAFETY: the caller's slots.
        let fds = unsafe { RECV.slots(fds) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { RECV.patience(wait) }?;
        match wait {
            Some(wait) => stream.read_with_fds(buf, fds, wait),
            None => stream.try_read_with_fds(buf, fds),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { length(received, error) }
}

/// Reads what is there now and the descriptors that came with it.
///
/// @return how many bytes; 0: the end; or -errno
/// @par Errors
/// As rawipc_stream_read_with_fds(), and EAGAIN in place of a wait.
/// @rust socket::Stream::try_read_with_fds
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_try_read_with_fds(
    stream: c_int,
    buf: *mut c_void,
    len: usize,
    fds: *mut rawipc_fd_slots,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_stream_read_with_fds(stream, buf, len, fds, crate::wait::now(), error) }
}
