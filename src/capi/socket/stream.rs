//! Connected sockets that carry raw bytes, both ways; plain descriptors.
//!
//! For whole messages over a stream put frames over it.

use core::ffi::{c_int, c_void};

use rawipc::socket::Stream;
use rawipc::{ByteRead, ByteWrite, Call, Wait};

use crate::arg::{Args, known_buffer, known_bytes};
use crate::error::{descriptor, length, rawipc_error, status};
use crate::socket::address::rawipc_address;
use crate::ssize_t;
use crate::wait::rawipc_wait;

pub mod with_fds;

const CONNECT: Args = Args(Call::CONNECT);
const READ: Args = Args(Call::RECVFROM);
const WRITE: Args = Args(Call::SENDTO);
const WRITE_TWO: Args = Args(Call::SENDMSG);

/// Makes two sockets that are connected to each other.
///
/// @param first   gets a descriptor
/// @param second  gets another
/// @return 0, or -errno
/// @par Errors
/// EMFILE, ENFILE: no descriptors left, in this process or at all.
/// @par Ownership
/// Both are the caller's to close.
/// @rust socket::Stream::pair
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_pair(
    first: *mut c_int,
    second: *mut c_int,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's outputs.
    let made = unsafe {
        Args(Call::SOCKETPAIR).pair(first, second, || Stream::pair().map(|(a, b)| (a.into_fd(), b.into_fd())))
    };
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Makes a socket that is connected to the listener of that name, though not accepted yet.
///
/// Where the listener's backlog is full, nothing tells of room: the call is made again each millisecond. Symbolic links
/// in a path are followed.
///
/// @return the descriptor, or -errno
/// @par Errors
/// ENOENT: no such file. ECONNREFUSED: nobody listens behind it. EACCES: the file cannot be written. EPROTOTYPE: the
/// socket there is not of this type; ECONNREFUSED for an abstract name, which each type has for itself. ETIMEDOUT: the
/// backlog stayed full. EINVAL: the address is unnamed. EMFILE, ENFILE: no descriptors left.
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust socket::Stream::connect
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_connect(
    address: *const rawipc_address,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_stream_connect(address, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_stream_connect(
    address: *const rawipc_address,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let connected = (|| {
        // SAFETY: the caller's address.
        let address = unsafe { CONNECT.address(address) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { CONNECT.patience(wait) }?;
        match wait {
            Some(wait) => Stream::connect(address, wait),
            None => Stream::try_connect(address),
        }
        .map(Stream::into_fd)
    })();
    // SAFETY: the caller's error.
    unsafe { descriptor(connected, error) }
}

/// Makes a socket that is connected to the listener of that name, if there is room in its backlog.
///
/// @return the descriptor, or -errno
/// @par Errors
/// As rawipc_stream_connect(), and EAGAIN in place of a wait.
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust socket::Stream::try_connect
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_try_connect(
    address: *const rawipc_address,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_stream_connect(address, crate::wait::now(), error) }
}

/// Takes over a UNIX stream socket that was not made here: standard input, or one inherited. Nothing is changed on it.
///
/// @return fd, or -errno
/// @par Errors
/// ENOTSOCK, EAFNOSUPPORT, EPROTOTYPE: no socket, none of UNIX, not a stream.
/// @par Ownership
/// On failure fd is closed, unless it is negative.
/// @rust socket::Stream::attach
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_attach(fd: c_int, error: *mut rawipc_error) -> c_int {
    let attached = Args(Call::GETSOCKOPT).owned(fd).and_then(Stream::attach).map(Stream::into_fd);
    // SAFETY: the caller's error.
    unsafe { descriptor(attached, error) }
}

/// Ends what the peer reads; reading from it goes on.
///
/// @return 0, or -errno
/// @par Errors
/// ENOTCONN: a socket that was never connected.
/// @rust socket::Stream::shutdown_write
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_shutdown_write(stream: c_int, error: *mut rawipc_error) -> c_int {
    let shut = Args(Call::SHUTDOWN).lent(stream, Stream::assume).and_then(|stream| stream.shutdown_write());
    // SAFETY: the caller's error.
    unsafe { status(shut, error) }
}

/// Reads at least one byte, as many as are there, or waits for them.
///
/// @return how many bytes; 0: the end; or -errno
/// @par Errors
/// EINVAL: len is 0. ETIMEDOUT: nothing came in time. Else what the kernel says.
/// @rust socket::Stream::read
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_read(
    stream: c_int,
    buf: *mut c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    if stream >= 0 && Args::are_plain(buf, len, wait) {
        let read = (|| {
            let mut stream = READ.lent(stream, Stream::assume)?;
            // SAFETY: the caller's buffer.
            let buf = unsafe { known_buffer(buf, len) };
            stream.read(buf, Wait::FOREVER)
        })();
        // SAFETY: the caller's error.
        return unsafe { length(read, error) };
    }
    // SAFETY: the caller's arguments.
    unsafe { read_under(stream, buf, len, wait, error) }
}

/// The same with any arguments.
///
/// # Safety
/// As the caller promises.
#[cold]
#[inline(never)]
unsafe fn read_under(
    stream: c_int,
    buf: *mut c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let read = (|| {
        let mut stream = READ.lent(stream, Stream::assume)?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { READ.buffer(buf, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { READ.patience(wait) }?;
        match wait {
            Some(wait) => stream.read(buf, wait),
            None => stream.try_read(buf),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { length(read, error) }
}

/// Reads what is there now.
///
/// @return how many bytes; 0: the end; or -errno
/// @par Errors
/// As rawipc_stream_read(), and EAGAIN in place of a wait.
/// @rust socket::Stream::try_read
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_try_read(
    stream: c_int,
    buf: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { read_under(stream, buf, len, crate::wait::now(), error) }
}

/// Reads until the buffer is full, or the stream ends.
///
/// @return len, or less where the stream ends first, or -errno: bytes read before the error are in buf then, but how
///         many is not told
/// @par Errors
/// As rawipc_stream_read(); len may be 0.
/// @rust channel::ByteRead::read_exact
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_read_exact(
    stream: c_int,
    buf: *mut c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let read = (|| {
        let mut stream = READ.lent(stream, Stream::assume)?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { READ.buffer(buf, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { READ.wait(wait) }?;
        stream.read_exact(buf, wait)
    })();
    // SAFETY: the caller's error.
    unsafe { length(read, error) }
}

/// Writes at least one byte, or waits for room.
///
/// @return how many bytes were taken, or -errno
/// @par Errors
/// EINVAL: len is 0. ETIMEDOUT: no room came in time. EPIPE: the peer is gone; no signal is raised.
/// @rust socket::Stream::write
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_write(
    stream: c_int,
    bytes: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    if stream >= 0 && Args::are_plain(bytes, len, wait) {
        let written = (|| {
            let mut stream = WRITE.lent(stream, Stream::assume)?;
            // SAFETY: the caller's bytes.
            let bytes = unsafe { known_bytes(bytes, len) };
            stream.write(bytes, Wait::FOREVER)
        })();
        // SAFETY: the caller's error.
        return unsafe { length(written, error) };
    }
    // SAFETY: the caller's arguments.
    unsafe { write_under(stream, bytes, len, wait, error) }
}

/// The same with any arguments.
///
/// # Safety
/// As the caller promises.
#[cold]
#[inline(never)]
unsafe fn write_under(
    stream: c_int,
    bytes: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let written = (|| {
        let mut stream = WRITE.lent(stream, Stream::assume)?;
        // SAFETY: the caller's bytes.
        let bytes = unsafe { WRITE.bytes(bytes, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { WRITE.patience(wait) }?;
        match wait {
            Some(wait) => stream.write(bytes, wait),
            None => stream.try_write(bytes),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { length(written, error) }
}

/// Writes what there is room for now.
///
/// @return how many bytes were taken, or -errno
/// @par Errors
/// As rawipc_stream_write(), and EAGAIN in place of a wait.
/// @rust socket::Stream::try_write
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_try_write(
    stream: c_int,
    bytes: *const c_void,
    len: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { write_under(stream, bytes, len, crate::wait::now(), error) }
}

/// Writes head and then body in one call; as rawipc_stream_write() otherwise.
///
/// @return how many bytes of both together were taken, or -errno
/// @par Errors
/// As rawipc_stream_write(); one of the two may be empty.
/// @rust socket::Stream::write_two
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_write_two(
    stream: c_int,
    head: *const c_void,
    head_len: usize,
    body: *const c_void,
    body_len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_stream_write_two(stream, head, head_len, body, body_len, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_stream_write_two(
    stream: c_int,
    head: *const c_void,
    head_len: usize,
    body: *const c_void,
    body_len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let written = (|| {
        let mut stream = WRITE_TWO.lent(stream, Stream::assume)?;
        // SAFETY: the caller's bytes.
        let head = unsafe { WRITE_TWO.bytes(head, head_len) }?;
        // SAFETY: the caller's bytes.
        let body = unsafe { WRITE_TWO.bytes(body, body_len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { WRITE_TWO.patience(wait) }?;
        match wait {
            Some(wait) => stream.write_two(head, body, wait),
            None => stream.try_write_two(head, body),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { length(written, error) }
}

/// Writes what there is room for now of head and then body, in one call.
///
/// @return how many bytes of both together were taken, or -errno
/// @par Errors
/// As rawipc_stream_try_write(); one of the two may be empty.
/// @rust socket::Stream::try_write_two
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_try_write_two(
    stream: c_int,
    head: *const c_void,
    head_len: usize,
    body: *const c_void,
    body_len: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_stream_write_two(stream, head, head_len, body, body_len, crate::wait::now(), error) }
}

/// Writes all bytes.
///
/// @return 0, or -errno: how many bytes went before the error is not told
/// @par Errors
/// As rawipc_stream_write(); len may be 0.
/// @rust channel::ByteWrite::write_all
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_write_all(
    stream: c_int,
    bytes: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let written = (|| {
        let mut stream = WRITE.lent(stream, Stream::assume)?;
        // SAFETY: the caller's bytes.
        let bytes = unsafe { WRITE.bytes(bytes, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { WRITE.wait(wait) }?;
        stream.write_all(bytes, wait)
    })();
    // SAFETY: the caller's error.
    unsafe { status(written, error) }
}
