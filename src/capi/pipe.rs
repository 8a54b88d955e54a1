//! Pipes: named by a descriptor that is inherited over fork, one way only.
//!
//! rawipc_pipe_pair() makes the raw ends, for bytes and for talking to any program; rawipc_pipe_packet_pair() makes
//! ends of whole messages, which any number of processes may write to. For messages above RAWIPC_PIPE_BUF put frames
//! over the raw ends of a pipe that has a single writer.
//!
//! Ends are O_NONBLOCK, which concerns nobody else: each is an open file description of its own. Waiting is done in
//! ppoll. A descriptor that was not made here is made ready by `…_attach_…`; a blocking one can wait beyond its
//! deadline.

use core::ffi::{c_int, c_void};

use rawipc::pipe::{self, ReadEnd, WriteEnd};
use rawipc::{ByteRead, ByteWrite, Call, Wait};

use crate::arg::{Args, known_buffer, known_bytes};
use crate::error::{descriptor, length, rawipc_error, status};
use crate::ssize_t;
use crate::wait::rawipc_wait;

pub mod packet;

/// The largest write that goes whole or not at all, and the largest message of packet mode, in bytes.
pub const RAWIPC_PIPE_BUF: usize = 4096;

const _: () = assert!(RAWIPC_PIPE_BUF == pipe::PIPE_BUF);

const ATTACH: Args = Args(Call::FSTAT);
const CONTROL: Args = Args(Call::FCNTL);
const READ: Args = Args(Call::READ);
const WRITE: Args = Args(Call::PWRITEV2);

/// Makes a pipe for raw bytes.
///
/// @param read_end   gets the descriptor that bytes come out of
/// @param write_end  gets the descriptor that bytes go into
/// @return 0, or -errno
/// @par Errors
/// EMFILE, ENFILE: no descriptors left, in this process or at all.
/// @par Ownership
/// Both are the caller's to close.
/// @rust pipe::pair
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_pair(
    read_end: *mut c_int,
    write_end: *mut c_int,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's outputs.
    let made = unsafe {
        Args(Call::PIPE2).pair(read_end, write_end, || pipe::pair().map(|(r, w)| (r.into_fd(), w.into_fd())))
    };
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Takes over the read end of a pipe or FIFO that was not made here: standard input, or one inherited.
///
/// O_NONBLOCK is set on its open file description, which others may share.
///
/// @return fd, or -errno
/// @par Errors
/// EPROTOTYPE: it is neither pipe nor FIFO. EBADF: it is not open for reading, or not open.
/// @par Ownership
/// On failure fd is closed, unless it is negative.
/// @rust pipe::ReadEnd::attach
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_attach_read_end(fd: c_int, error: *mut rawipc_error) -> c_int {
    let attached = ATTACH.owned(fd).and_then(ReadEnd::attach).map(ReadEnd::into_fd);
    // SAFETY: the caller's error.
    unsafe { descriptor(attached, error) }
}

/// Takes over the write end of a pipe or FIFO that was not made here: standard output, or one inherited.
///
/// O_NONBLOCK is set on its open file description, which others may share.
///
/// @return fd, or -errno
/// @par Errors
/// EPROTOTYPE: it is neither pipe nor FIFO. EBADF: it is not open for writing, or not open.
/// @par Ownership
/// On failure fd is closed, unless it is negative.
/// @rust pipe::WriteEnd::attach
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_attach_write_end(fd: c_int, error: *mut rawipc_error) -> c_int {
    let attached = ATTACH.owned(fd).and_then(WriteEnd::attach).map(WriteEnd::into_fd);
    // SAFETY: the caller's error.
    unsafe { descriptor(attached, error) }
}

/// The bytes that a pipe holds; a packet takes a page of them.
///
/// @param end  any end of a pipe or FIFO
/// @return the capacity, or -errno
/// @par Errors
/// EBADF: no end of a pipe.
/// @rust pipe::ReadEnd::capacity, pipe::WriteEnd::capacity, pipe::PacketReceiver::capacity
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_capacity(end: c_int, error: *mut rawipc_error) -> ssize_t {
    let capacity = CONTROL.lent(end, ReadEnd::assume).and_then(|end| end.capacity());
    // SAFETY: the caller's error.
    unsafe { length(capacity, error) }
}

/// Asks for room for so many bytes.
///
/// @param end  any end of a pipe or FIFO
/// @return the room that the kernel made, which is no less, or -errno
/// @par Errors
/// EPERM: more than /proc/sys/fs/pipe-max-size. EBUSY: more lies in the pipe. EINVAL: more than 2³¹. EBADF: no end of
/// a pipe.
/// @rust pipe::ReadEnd::set_capacity, pipe::WriteEnd::set_capacity, pipe::PacketReceiver::set_capacity
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_set_capacity(
    end: c_int,
    bytes: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    let capacity = CONTROL.lent(end, ReadEnd::assume).and_then(|end| end.set_capacity(bytes));
    // SAFETY: the caller's error.
    unsafe { length(capacity, error) }
}

/// The bytes that lie in a pipe.
///
/// @param read_end  of a pipe or FIFO
/// @return how many, or -errno
/// @par Errors
/// ENOTTY: another kind of descriptor. EBADF: not open.
/// @rust pipe::ReadEnd::available
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_available(read_end: c_int, error: *mut rawipc_error) -> ssize_t {
    let available = Args(Call::IOCTL).lent(read_end, ReadEnd::assume).and_then(|end| end.available());
    // SAFETY: the caller's error.
    unsafe { length(available, error) }
}

/// Reads at least one byte, as many as are there, or waits for them.
///
/// A read end does not know in C whether a writer has been there, so that each read at the end of the stream asks
/// for hang-ups, as on a FIFO.
///
/// @return how many bytes; 0: the end; or -errno
/// @par Errors
/// EINVAL: len is 0. ETIMEDOUT: nothing came in time. Else what the kernel says.
/// @rust pipe::ReadEnd::read
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_read(
    read_end: c_int,
    buf: *mut c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    if read_end >= 0 && Args::are_plain(buf, len, wait) {
        let read = (|| {
            let mut end = READ.lent(read_end, ReadEnd::assume)?;
            // SAFETY: the caller's buffer.
            let buf = unsafe { known_buffer(buf, len) };
            end.read(buf, Wait::FOREVER)
        })();
        // SAFETY: the caller's error.
        return unsafe { length(read, error) };
    }
    // SAFETY: the caller's arguments.
    unsafe { read_under(read_end, buf, len, wait, error) }
}

/// The same with any arguments.
///
/// # Safety
/// As the caller promises.
#[cold]
#[inline(never)]
unsafe fn read_under(
    read_end: c_int,
    buf: *mut c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let read = (|| {
        let mut end = READ.lent(read_end, ReadEnd::assume)?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { READ.buffer(buf, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { READ.patience(wait) }?;
        match wait {
            Some(wait) => end.read(buf, wait),
            None => end.try_read(buf),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { length(read, error) }
}

/// Reads what is there now.
///
/// @return how many bytes; 0: the end; or -errno
/// @par Errors
/// As rawipc_pipe_read(), and EAGAIN in place of a wait.
/// @rust pipe::ReadEnd::try_read
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_try_read(
    read_end: c_int,
    buf: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { read_under(read_end, buf, len, crate::wait::now(), error) }
}

/// Reads until the buffer is full, or the stream ends.
///
/// @return len, or less where the stream ends first, or -errno: bytes read before the error are in buf then, but how
///         many is not told
/// @par Errors
/// As rawipc_pipe_read(); len may be 0.
/// @rust channel::ByteRead::read_exact
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_read_exact(
    read_end: c_int,
    buf: *mut c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let read = (|| {
        let mut end = READ.lent(read_end, ReadEnd::assume)?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { READ.buffer(buf, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { READ.wait(wait) }?;
        end.read_exact(buf, wait)
    })();
    // SAFETY: the caller's error.
    unsafe { length(read, error) }
}

/// Writes at least one byte, or waits for room. Up to RAWIPC_PIPE_BUF bytes go whole or not at all.
///
/// Before Linux 6.18 SIGPIPE is blocked in the thread around each write; that the kernel is older is learnt anew each
/// time, which costs one call more than the table says of later ones.
///
/// @return how many bytes were taken, or -errno
/// @par Errors
/// EINVAL: len is 0. ETIMEDOUT: no room came in time. EPIPE: nobody is left to read; no signal is raised.
/// @rust pipe::WriteEnd::write
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_write(
    write_end: c_int,
    bytes: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    if write_end >= 0 && Args::are_plain(bytes, len, wait) {
        let written = (|| {
            let mut end = WRITE.lent(write_end, WriteEnd::assume)?;
            // SAFETY: the caller's bytes.
            let bytes = unsafe { known_bytes(bytes, len) };
            end.write(bytes, Wait::FOREVER)
        })();
        // SAFETY: the caller's error.
        return unsafe { length(written, error) };
    }
    // SAFETY: the caller's arguments.
    unsafe { write_under(write_end, bytes, len, wait, error) }
}

/// The same with any arguments.
///
/// # Safety
/// As the caller promises.
#[cold]
#[inline(never)]
unsafe fn write_under(
    write_end: c_int,
    bytes: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let written = (|| {
        let mut end = WRITE.lent(write_end, WriteEnd::assume)?;
        // SAFETY: the caller's bytes.
        let bytes = unsafe { WRITE.bytes(bytes, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { WRITE.patience(wait) }?;
        match wait {
            Some(wait) => end.write(bytes, wait),
            None => end.try_write(bytes),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { length(written, error) }
}

/// Writes what there is room for now.
///
/// @return how many bytes were taken, or -errno
/// @par Errors
/// As rawipc_pipe_write(), and EAGAIN in place of a wait.
/// @rust pipe::WriteEnd::try_write
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_try_write(
    write_end: c_int,
    bytes: *const c_void,
    len: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { write_under(write_end, bytes, len, crate::wait::now(), error) }
}

/// Writes head and then body in one call; as rawipc_pipe_write() otherwise.
///
/// @return how many bytes of both together were taken, or -errno
/// @par Errors
/// As rawipc_pipe_write(); one of the two may be empty.
/// @rust pipe::WriteEnd::write_two
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_write_two(
    write_end: c_int,
    head: *const c_void,
    head_len: usize,
    body: *const c_void,
    body_len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_pipe_write_two(write_end, head, head_len, body, body_len, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_pipe_write_two(
    write_end: c_int,
    head: *const c_void,
    head_len: usize,
    body: *const c_void,
    body_len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let written = (|| {
        let mut end = WRITE.lent(write_end, WriteEnd::assume)?;
        // SAFETY: the caller's bytes.
        let head = unsafe { WRITE.bytes(head, head_len) }?;
        // SAFETY: the caller's bytes.
        let body = unsafe { WRITE.bytes(body, body_len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { WRITE.patience(wait) }?;
        match wait {
            Some(wait) => end.write_two(head, body, wait),
            None => end.try_write_two(head, body),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { length(written, error) }
}

/// Writes what there is room for now of head and then body, in one call.
///
/// @return how many bytes of both together were taken, or -errno
/// @par Errors
/// As rawipc_pipe_try_write(); one of the two may be empty.
/// @rust pipe::WriteEnd::try_write_two
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_try_write_two(
    write_end: c_int,
    head: *const c_void,
    head_len: usize,
    body: *const c_void,
    body_len: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_pipe_write_two(write_end, head, head_len, body, body_len, crate::wait::now(), error) }
}

/// Writes all bytes.
///
/// @return 0, or -errno: how many bytes went before the error is not told
/// @par Errors
/// As rawipc_pipe_write(); len may be 0.
/// @rust channel::ByteWrite::write_all
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_pipe_write_all(
    write_end: c_int,
    bytes: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let written = (|| {
        let mut end = WRITE.lent(write_end, WriteEnd::assume)?;
        // SAFETY: the caller's bytes.
        let bytes = unsafe { WRITE.bytes(bytes, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { WRITE.wait(wait) }?;
        end.write_all(bytes, wait)
    })();
    // SAFETY: the caller's error.
    unsafe { status(written, error) }
}
