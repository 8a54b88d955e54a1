//! Sockets that carry whole messages without connections: from anybody to one with a name, or both ways between two.
//!
//! rawipc_datagram_send_to() and rawipc_datagram_recv_from() work on any; rawipc_datagram_send() is for one that has a
//! peer. The kernel keeps every message, in order, and refuses the sender where it has no room.
//!
//! There is no end: when the peer is gone, a receive hands out what was sent and then waits, to its deadline. A send
//! that finds it gone makes the kernel drop what was not received yet: receive first. An empty message, or one above the
//! declared limit, is dropped and told as -EBADMSG, and the next one is received after it. On a socket with a name and
//! no peer, whoever may write to its file sends, and any process does to an abstract name.
//!
//! A path is owned, taken over from the dead and removed on close as that of a listener, with a lock beside it.

use core::ffi::c_int;

use rawipc::fd::{AsFd, AsRawFd};
use rawipc::socket::Datagram;
use rawipc::{Call, Receiver};

use crate::arg::Args;
use crate::error::{descriptor, length, rawipc_error, status};
use crate::handle::holds;
use crate::socket::address::rawipc_address;
use crate::ssize_t;

pub mod messages;

pub mod with_fds;

/// A datagram socket. A handle: it does not move.
#[repr(C)]
pub struct rawipc_datagram {
    opaque: [u64; 32],
}

crate::layout!(rawipc_datagram: 256);
holds!(rawipc_datagram, Datagram, *b"datagram");

const BIND: Args = Args(Call::BIND);
const CONNECT: Args = Args(Call::CONNECT);
const SOCKET: Args = Args(Call::SOCKET);
const RECV: Args = Args(Call::RECVFROM);
const FD: Args = Args(Call::CLOSE);

/// Makes two sockets, each the other's peer.
///
/// @param first   gets one
/// @param second  gets the other
/// @return 0, or -errno
/// @par Errors
/// EMFILE, ENFILE: no descriptors left, in this process or at all. EINVAL: both are the same memory.
/// @par Ownership
/// Both are the caller's to close.
/// @rust socket::Datagram::pair
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_pair(
    first: *mut rawipc_datagram,
    second: *mut rawipc_datagram,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let (to_first, to_second) = unsafe { Args(Call::SOCKETPAIR).two_empty(first, second) }?;
        let (a, b) = Datagram::pair()?;
        to_first.set(a);
        to_second.set(b);
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Makes a socket without name or peer, to send from.
///
/// @param socket  gets it
/// @return 0, or -errno
/// @par Errors
/// EMFILE, ENFILE: no descriptors left, in this process or at all.
/// @par Ownership
/// The socket is the caller's to close.
/// @rust socket::Datagram::unbound
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_unbound(
    socket: *mut rawipc_datagram,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { SOCKET.empty(socket) }?;
        to.put(Datagram::unbound())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Makes a socket with a file of mode 0600, or an abstract name.
///
/// @param socket  gets it
/// @return 0, or -errno
/// @par Errors
/// As rawipc_listener_bind().
/// @par Ownership
/// The socket is the caller's to close.
/// @rust socket::Datagram::bind
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_bind(
    socket: *mut rawipc_datagram,
    address: *const rawipc_address,
    error: *mut rawipc_error,
) -> c_int {
    let bound = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { BIND.empty(socket) }?;
        // SAFETY: the caller's address.
        let address = unsafe { BIND.address(address) }?;
        to.put(Datagram::bind(address))
    })();
    // SAFETY: the caller's error.
    unsafe { status(bound, error) }
}

/// Makes a socket with a file of this mode, less what the umask takes away.
///
/// @param socket  gets it
/// @return 0, or -errno
/// @par Errors
/// As rawipc_listener_bind().
/// @par Ownership
/// The socket is the caller's to close.
/// @rust socket::Datagram::bind_with
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_bind_with(
    socket: *mut rawipc_datagram,
    address: *const rawipc_address,
    mode: u32,
    error: *mut rawipc_error,
) -> c_int {
    let bound = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { BIND.empty(socket) }?;
        // SAFETY: the caller's address.
        let address = unsafe { BIND.address(address) }?;
        to.put(Datagram::bind_with(address, mode))
    })();
    // SAFETY: the caller's error.
    unsafe { status(bound, error) }
}

/// Makes a socket without a name, whose messages go to the one of that name. Symbolic links in a path are followed.
///
/// @param socket  gets it
/// @return 0, or -errno
/// @par Errors
/// ENOENT: no such file. ECONNREFUSED: nobody is behind it. EACCES: the file cannot be written. EPROTOTYPE: the socket
/// there is not of this type; ECONNREFUSED for an abstract name, which each type has for itself. EPERM: it has another
/// peer. EINVAL: the address is unnamed. EMFILE, ENFILE: no descriptors left.
/// @par Ownership
/// The socket is the caller's to close.
/// @rust socket::Datagram::connect
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_connect(
    socket: *mut rawipc_datagram,
    address: *const rawipc_address,
    error: *mut rawipc_error,
) -> c_int {
    let connected = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { CONNECT.empty(socket) }?;
        // SAFETY: the caller's address.
        let address = unsafe { CONNECT.address(address) }?;
        to.put(Datagram::connect(address))
    })();
    // SAFETY: the caller's error.
    unsafe { status(connected, error) }
}

/// Makes the socket of that name the peer: messages go there, and come from there alone. What others sent before stays in
/// the queue and is received first.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_datagram_connect().
/// @rust socket::Datagram::connect_to
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_connect_to(
    socket: *mut rawipc_datagram,
    address: *const rawipc_address,
    error: *mut rawipc_error,
) -> c_int {
    let connected = (|| {
        // SAFETY: the caller's socket.
        let socket = unsafe { CONNECT.value(socket) }?;
        // SAFETY: the caller's address.
        let address = unsafe { CONNECT.address(address) }?;
        socket.connect_to(address)
    })();
    // SAFETY: the caller's error.
    unsafe { status(connected, error) }
}

/// Takes over a UNIX datagram socket that was not made here, one inherited. Nothing is changed on it, and the file of its
/// name, if it has one, is another's to remove.
///
/// @param socket  gets it
/// @return 0, or -errno
/// @par Errors
/// ENOTSOCK, EAFNOSUPPORT, EPROTOTYPE: no socket, none of UNIX, not for datagrams.
/// @par Ownership
/// fd is the socket's from now on. On failure it is closed, unless socket or fd itself are refused.
/// @rust socket::Datagram::attach
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_attach(
    socket: *mut rawipc_datagram,
    fd: c_int,
    error: *mut rawipc_error,
) -> c_int {
    let attached = (|| {
        let args = Args(Call::GETSOCKOPT);
        // SAFETY: the caller's memory.
        let to = unsafe { args.empty(socket) }?;
        to.put(Datagram::attach(args.owned(fd)?))
    })();
    // SAFETY: the caller's error.
    unsafe { status(attached, error) }
}

/// Declares the largest message, in bytes, RAWIPC_SEQPACKET_LIMIT until then; whoever sends here has to declare the same.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_seqpacket_set_limit().
/// @rust socket::Datagram::set_limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_set_limit(
    socket: *mut rawipc_datagram,
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
/// @rust socket::Datagram::send_limit, socket::Datagram::recv_limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_limit(
    socket: *const rawipc_datagram,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's socket.
    let limit = unsafe { RECV.value_ref(socket) }.map(Receiver::recv_limit);
    // SAFETY: the caller's error.
    unsafe { length(limit, error) }
}

/// The name that the socket was bound to; unnamed without.
///
/// @param address  gets it
/// @return 0, or -errno
/// @rust socket::Datagram::address
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_address(
    socket: *const rawipc_datagram,
    address: *mut rawipc_address,
    error: *mut rawipc_error,
) -> c_int {
    let told = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { BIND.output(address.cast()) }?;
        // SAFETY: the caller's socket.
        let socket = unsafe { BIND.value_ref(socket) }?;
        to.set(*socket.address());
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(told, error) }
}

/// The descriptor, to poll or to ask about. It stays the socket's.
///
/// @return the descriptor, or -errno
/// @rust socket::Datagram::as_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_fd(
    socket: *const rawipc_datagram,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's socket.
    let fd = unsafe { FD.value_ref(socket) }.map(|socket| socket.as_fd().as_raw_fd() as usize);
    // SAFETY: the caller's error.
    unsafe { length(fd, error) as c_int }
}

/// Takes the descriptor out, to keep or to hand over; the handle is closed. The file of its name stays, for its new owner
/// to remove, and the lock is let go.
///
/// @return the descriptor, or -errno
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust socket::Datagram::into_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_into_fd(
    socket: *mut rawipc_datagram,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's socket.
    let fd = unsafe { FD.taken(socket) }.map(Datagram::into_fd);
    // SAFETY: the caller's error.
    unsafe { descriptor(fd, error) }
}

/// Removes the file of its name and the lock, closes the socket, and tells whether the file was there to be removed.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_listener_remove().
/// @rust socket::Datagram::remove
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_remove(
    socket: *mut rawipc_datagram,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's socket.
    let removed = unsafe { FD.taken(socket) }.and_then(Datagram::remove);
    // SAFETY: the caller's error.
    unsafe { status(removed, error) }
}

/// Closes the socket, and removes the file of its name and the lock, if this process made them and they are still the same.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: it is none, or closed already.
/// @rust socket::Datagram
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_close(
    socket: *mut rawipc_datagram,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's socket.
    let closed = unsafe { FD.taken(socket) }.map(drop);
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}
