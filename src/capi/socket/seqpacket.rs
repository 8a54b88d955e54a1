//! Connected sockets that carry whole messages, both ways.
//!
//! Both sides declare how large a message can be: RAWIPC_SEQPACKET_LIMIT bytes, or what both gave to
//! rawipc_seqpacket_set_limit(). A buffer of that size is received into with one syscall; a smaller one needs a look at
//! the length first. A peer that sends more than it declared, or an empty message, is corrupt: every receive from it is
//! -EBADMSG from then on. Empty messages with which a peer closes are taken for the end.

use core::ffi::{c_int, c_void};

use rawipc::fd::{AsFd, AsRawFd};
use rawipc::socket::{DEFAULT_LIMIT, Seqpacket};
use rawipc::{Call, Receiver, Sender, Wait};

use crate::arg::{Args, known_buffer, known_bytes};
use crate::error::{descriptor, length, rawipc_error, status};
use crate::handle::holds;
use crate::socket::address::rawipc_address;
use crate::ssize_t;
use crate::wait::rawipc_wait;

pub mod with_fds;

/// The largest message unless another was declared, in bytes.
pub const RAWIPC_SEQPACKET_LIMIT: usize = 65536;

const _: () = assert!(RAWIPC_SEQPACKET_LIMIT == DEFAULT_LIMIT);

/// One end of a connected seqpacket socket. A handle: it does not move.
#[repr(C)]
pub struct rawipc_seqpacket {
    opaque: [u64; 6],
}

crate::layout!(rawipc_seqpacket: 48);
holds!(rawipc_seqpacket, Seqpacket, *b"seqpackt");

const CONNECT: Args = Args(Call::CONNECT);
const SEND: Args = Args(Call::SENDTO);
const RECV: Args = Args(Call::RECVFROM);
const FD: Args = Args(Call::CLOSE);

/// Makes two sockets that are connected to each other.
///
/// @param first   gets one
/// @param second  gets the other
/// @return 0, or -errno
/// @par Errors
/// EMFILE, ENFILE: no descriptors left, in this process or at all. EINVAL: both are the same memory.
/// @par Ownership
/// Both are the caller's to close.
/// @rust socket::Seqpacket::pair
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seqpacket_pair(
    first: *mut rawipc_seqpacket,
    second: *mut rawipc_seqpacket,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let (to_first, to_second) = unsafe { Args(Call::SOCKETPAIR).two_empty(first, second) }?;
        let (a, b) = Seqpacket::pair()?;
        to_first.set(a);
        to_second.set(b);
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Makes a socket that is connected to the listener of that name, though not accepted yet.
///
/// Where the listener's backlog is full, nothing tells of room: the call is made again each millisecond. Symbolic links
/// in a path are followed.
///
/// @param socket  gets it
/// @return 0, or -errno
/// @par Errors
/// As rawipc_stream_connect().
/// @par Ownership
/// The socket is the caller's to close.
/// @rust socket::Seqpacket::connect
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seqpacket_connect(
    socket: *mut rawipc_seqpacket,
    address: *const rawipc_address,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_seqpacket_connect(socket, address, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_seqpacket_connect(
    socket: *mut rawipc_seqpacket,
    address: *const rawipc_address,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let connected = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { CONNECT.empty(socket) }?;
        // SAFETY: the caller's address.
        let address = unsafe { CONNECT.address(address) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { CONNECT.patience(wait) }?;
        to.put(match wait {
            Some(wait) => Seqpacket::connect(address, wait),
            None => Seqpacket::try_connect(address),
        })
    })();
    // SAFETY: the caller's error.
    unsafe { status(connected, error) }
}

/// Makes a socket that is connected to the listener of that name, if there is room in its backlog.
///
/// @param socket  gets it
/// @return 0, or -errno
/// @par Errors
/// As rawipc_stream_connect(), and EAGAIN in place of a wait.
/// @par Ownership
/// The socket is the caller's to close.
/// @rust socket::Seqpacket::try_connect
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seqpacket_try_connect(
    socket: *mut rawipc_seqpacket,
    address: *const rawipc_address,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_seqpacket_connect(socket, address, crate::wait::now(), error) }
}

/// Takes over a UNIX seqpacket socket that was not made here, one inherited. Nothing is changed on it.
///
/// @param socket  gets it
/// @return 0, or -errno
/// @par Errors
/// ENOTSOCK, EAFNOSUPPORT, EPROTOTYPE: no socket, none of UNIX, not a seqpacket.
/// @par Ownership
/// fd is the socket's from now on. On failure it is closed, unless socket or fd itself are refused.
/// @rust socket::Seqpacket::attach
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seqpacket_attach(
    socket: *mut rawipc_seqpacket,
    fd: c_int,
    error: *mut rawipc_error,
) -> c_int {
    let attached = (|| {
        let args = Args(Call::GETSOCKOPT);
        // SAFETY: the caller's memory.
        let to = unsafe { args.empty(socket) }?;
        to.put(Seqpacket::attach(args.owned(fd)?))
    })();
    // SAFETY: the caller's error.
    unsafe { status(attached, error) }
}

/// Takes a descriptor for a UNIX seqpacket socket without asking the kernel: one that was accepted, or seen before.
///
/// @param socket  gets it
/// @return 0, or -errno
/// @par Ownership
/// fd is the socket's from now on, unless it is refused.
/// @rust socket::Seqpacket::assume
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seqpacket_assume(
    socket: *mut rawipc_seqpacket,
    fd: c_int,
    error: *mut rawipc_error,
) -> c_int {
    let assumed = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { FD.empty(socket) }?;
        to.set(Seqpacket::assume(FD.owned(fd)?));
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(assumed, error) }
}

/// Declares the largest message of both directions, in bytes; the peer has to declare the same.
///
/// The kernel's own limit is the sender's buffer, which is made larger where it has to be, and 4 MiB. It looks for that
/// much memory in one piece: a send of a large message can be ENOBUFS.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: 0 bytes. EMSGSIZE: above 4 MiB, or the kernel lets no such buffer be (/proc/sys/net/core/wmem_max);
/// error->needed tells the largest message that it would take. The limit stays as it was then.
/// @rust socket::Seqpacket::set_limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seqpacket_set_limit(
    socket: *mut rawipc_seqpacket,
    bytes: usize,
    error: *mut rawipc_error,
) -> c_int {
    let done = (|| {
        // SAFETY: the caller's socket.
        let socket = unsafe { Args(Call::SETSOCKOPT).value(socket) }?;
        socket.set_limit(bytes)
    })();
    // SAFETY: the caller's error.
    unsafe { status(done, error) }
}

/// The largest message of both directions: a buffer of this size is always enough.
///
/// @return bytes, or -errno
/// @rust socket::Seqpacket::send_limit, socket::Seqpacket::recv_limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seqpacket_limit(
    socket: *const rawipc_seqpacket,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's socket.
    let limit = unsafe { RECV.value_ref(socket) }.map(Receiver::recv_limit);
    // SAFETY: the caller's error.
    unsafe { length(limit, error) }
}

/// Ends what the peer receives; receiving from it goes on.
///
/// @return 0, or -errno
/// @par Errors
/// ENOTCONN: an attached socket that was never connected.
/// @rust socket::Seqpacket::shutdown_write
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seqpacket_shutdown_write(
    socket: *mut rawipc_seqpacket,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's socket.
    let done = unsafe { Args(Call::SHUTDOWN).value(socket) }.and_then(|socket| socket.shutdown_write());
    // SAFETY: the caller's error.
    unsafe { status(done, error) }
}

/// Sends one message, or waits for room.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: the message is empty. EMSGSIZE: it is longer than the limit, which error->needed repeats. ETIMEDOUT: no room
/// came in time; nothing was sent. EPIPE: the peer is gone.
/// @rust socket::Seqpacket::send
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seqpacket_send(
    socket: *mut rawipc_seqpacket,
    msg: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's socket.
    if Args::are_plain(msg, len, wait) && unsafe { Args::is_marked(socket) } {
        // SAFETY: the caller's socket.
        let socket = unsafe { Args::known(socket) };
        // SAFETY: the caller's bytes.
        let msg = unsafe { known_bytes(msg, len) };
        let sent = socket.send(msg, Wait::FOREVER);
        // SAFETY: the caller's error.
        return unsafe { status(sent, error) };
    }
    // SAFETY: the caller's arguments.
    unsafe { send_under(socket, msg, len, wait, error) }
}

/// The same with any arguments.
///
/// # Safety
/// As the caller promises.
#[cold]
#[inline(never)]
unsafe fn send_under(
    socket: *mut rawipc_seqpacket,
    msg: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let sent = (|| {
        // SAFETY: the caller's socket.
        let socket = unsafe { SEND.value(socket) }?;
        // SAFETY: the caller's bytes.
        let msg = unsafe { SEND.bytes(msg, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { SEND.patience(wait) }?;
        match wait {
            Some(wait) => socket.send(msg, wait),
            None => socket.try_send(msg),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { status(sent, error) }
}

/// Sends one message if there is room now.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_seqpacket_send(), and EAGAIN in place of a wait.
/// @rust socket::Seqpacket::try_send
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seqpacket_try_send(
    socket: *mut rawipc_seqpacket,
    msg: *const c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { send_under(socket, msg, len, crate::wait::now(), error) }
}

/// Receives one message, or waits for it.
///
/// @return its length; 0: the peer is gone, and all that it sent has been handed out; or -errno
/// @par Errors
/// EMSGSIZE: the buffer is too small; error->needed tells what is enough, and the message stays. ETIMEDOUT: nothing came
/// in time. EBADMSG: what came is no message of this channel, and so it stays; error->needed tells the length of one above
/// the limit, the first time.
/// @rust socket::Seqpacket::recv
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seqpacket_recv(
    socket: *mut rawipc_seqpacket,
    buf: *mut c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's socket.
    if Args::are_plain(buf, len, wait) && unsafe { Args::is_marked(socket) } {
        // SAFETY: the caller's socket.
        let socket = unsafe { Args::known(socket) };
        // SAFETY: the caller's buffer.
        let buf = unsafe { known_buffer(buf, len) };
        let received = socket.recv(buf, Wait::FOREVER);
        // SAFETY: the caller's error.
        return unsafe { length(received, error) };
    }
    // SAFETY: the caller's arguments.
    unsafe { recv_under(socket, buf, len, wait, error) }
}

/// The same with any arguments.
///
/// # Safety
/// As the caller promises.
#[cold]
#[inline(never)]
unsafe fn recv_under(
    socket: *mut rawipc_seqpacket,
    buf: *mut c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let received = (|| {
        // SAFETY: the caller's socket.
        let socket = unsafe { RECV.value(socket) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { RECV.buffer(buf, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { RECV.patience(wait) }?;
        match wait {
            Some(wait) => socket.recv(buf, wait),
            None => socket.try_recv(buf),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { length(received, error) }
}

/// Receives one message if one is there now.
///
/// @return its length; 0: the peer is gone; or -errno
/// @par Errors
/// As rawipc_seqpacket_recv(), and EAGAIN in place of a wait.
/// @rust socket::Seqpacket::try_recv
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seqpacket_try_recv(
    socket: *mut rawipc_seqpacket,
    buf: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { recv_under(socket, buf, len, crate::wait::now(), error) }
}

/// The descriptor, to poll or to ask about. It stays the socket's.
///
/// @return the descriptor, or -errno
/// @rust socket::Seqpacket::as_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seqpacket_fd(
    socket: *const rawipc_seqpacket,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's socket.
    let fd = unsafe { FD.value_ref(socket) }.map(|socket| socket.as_fd().as_raw_fd() as usize);
    // SAFETY: the caller's error.
    unsafe { length(fd, error) as c_int }
}

/// Takes the descriptor out, to keep or to hand over; the handle is closed.
///
/// @return the descriptor, or -errno
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust socket::Seqpacket::into_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seqpacket_into_fd(
    socket: *mut rawipc_seqpacket,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's socket.
    let fd = unsafe { FD.taken(socket) }.map(Seqpacket::into_fd);
    // SAFETY: the caller's error.
    unsafe { descriptor(fd, error) }
}

/// Closes the socket.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: it is none, or closed already.
/// @rust socket::Seqpacket
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seqpacket_close(
    socket: *mut rawipc_seqpacket,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's socket.
    let closed = unsafe { FD.taken(socket) }.map(drop);
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}
