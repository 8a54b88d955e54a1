//! Sending and receiving.

use core::ffi::{c_int, c_void};

use rawipc::{Call, Receiver, Sender, Wait};

use crate::arg::{Args, known_buffer, known_bytes};
use crate::error::{length, rawipc_error, status};
use crate::socket::address::rawipc_address;
use crate::socket::datagram::rawipc_datagram;
use crate::ssize_t;
use crate::wait::rawipc_wait;

const SEND: Args = Args(Call::SENDTO);
const RECV: Args = Args(Call::RECVFROM);
const RECV_FROM: Args = Args(Call::RECVMSG);

/// Sends one message to the socket of that name, or waits for room in its queue.
///
/// Nothing tells of that room: the call is made again each millisecond. A socket connected to it waits without.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: the message is empty, or the address unnamed. EMSGSIZE: above the limit. ETIMEDOUT: no room came in time.
/// ENOENT, ECONNREFUSED, EACCES, EPROTOTYPE, EPERM: as rawipc_datagram_connect().
/// @rust socket::Datagram::send_to
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_send_to(
    socket: *const rawipc_datagram,
    to: *const rawipc_address,
    msg: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_datagram_send_to(socket, to, msg, len, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_datagram_send_to(
    socket: *const rawipc_datagram,
    to: *const rawipc_address,
    msg: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let sent = (|| {
        // SAFETY: the caller's socket.
        let socket = unsafe { SEND.value_ref(socket) }?;
        // SAFETY: the caller's address.
        let to = unsafe { SEND.address(to) }?;
        // SAFETY: the caller's bytes.
        let msg = unsafe { SEND.bytes(msg, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { SEND.patience(wait) }?;
        match wait {
            Some(wait) => socket.send_to(to, msg, wait),
            None => socket.try_send_to(to, msg),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { status(sent, error) }
}

/// Sends one message to the socket of that name if there is room now.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_datagram_send_to(), and EAGAIN in place of a wait.
/// @rust socket::Datagram::try_send_to
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_try_send_to(
    socket: *const rawipc_datagram,
    to: *const rawipc_address,
    msg: *const c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_datagram_send_to(socket, to, msg, len, crate::wait::now(), error) }
}

/// Receives one message and its sender's name, or waits for it.
///
/// @param from  gets the name: what the sender chose, and unnamed where it has none
/// @return its length, never 0; or -errno
/// @par Errors
/// As rawipc_datagram_recv().
/// @rust socket::Datagram::recv_from
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_recv_from(
    socket: *const rawipc_datagram,
    buf: *mut c_void,
    len: usize,
    from: *mut rawipc_address,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_datagram_recv_from(socket, buf, len, from, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_datagram_recv_from(
    socket: *const rawipc_datagram,
    buf: *mut c_void,
    len: usize,
    from: *mut rawipc_address,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let received = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { RECV_FROM.output(from.cast()) }?;
        // SAFETY: the caller's socket.
        let socket = unsafe { RECV_FROM.value_ref(socket) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { RECV_FROM.buffer(buf, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { RECV_FROM.patience(wait) }?;
        let (len, address) = match wait {
            Some(wait) => socket.recv_from(buf, wait),
            None => socket.try_recv_from(buf),
        }?;
        to.set(address);
        Ok(len)
    })();
    // SAFETY: the caller's error.
    unsafe { length(received, error) }
}

/// Receives one message and its sender's name, if one is there now.
///
/// @param from  gets the name
/// @return its length, never 0; or -errno
/// @par Errors
/// As rawipc_datagram_recv(), and EAGAIN in place of a wait.
/// @rust socket::Datagram::try_recv_from
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_try_recv_from(
    socket: *const rawipc_datagram,
    buf: *mut c_void,
    len: usize,
    from: *mut rawipc_address,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_datagram_recv_from(socket, buf, len, from, crate::wait::now(), error) }
}

/// Sends one message to the peer, or waits for room.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: the message is empty. EMSGSIZE: it is longer than the limit, which error->needed repeats. ETIMEDOUT: no room
/// came in time; nothing was sent. EPIPE: the peer is gone. ENOTCONN: it never had one.
/// @rust socket::Datagram::send
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_send(
    socket: *mut rawipc_datagram,
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
    socket: *mut rawipc_datagram,
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

/// Sends one message to the peer if there is room now.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_datagram_send(), and EAGAIN in place of a wait.
/// @rust socket::Datagram::try_send
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_try_send(
    socket: *mut rawipc_datagram,
    msg: *const c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { send_under(socket, msg, len, crate::wait::now(), error) }
}

/// Receives one message, or waits for it.
///
/// @return its length, never 0; or -errno
/// @par Errors
/// EMSGSIZE: the buffer is too small; error->needed tells what is enough, and the message stays. ETIMEDOUT: nothing came in
/// time. EBADMSG: what came was empty or above the limit, and is dropped; error->needed tells the length of the latter.
/// ESHUTDOWN: it would wait, and another holder of this socket shut it down.
/// @rust socket::Datagram::recv
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_recv(
    socket: *mut rawipc_datagram,
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
    socket: *mut rawipc_datagram,
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
/// @return its length, never 0; or -errno
/// @par Errors
/// As rawipc_datagram_recv(), and EAGAIN in place of a wait.
/// @rust socket::Datagram::try_recv
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_try_recv(
    socket: *mut rawipc_datagram,
    buf: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { recv_under(socket, buf, len, crate::wait::now(), error) }
}
