//! A datagram socket that descriptors travel over.

use core::ffi::{c_int, c_void};

use rawipc::Call;

use crate::arg::Args;
use crate::error::{length, rawipc_error, status};
use crate::socket::address::rawipc_address;
use crate::socket::datagram::rawipc_datagram;
use crate::socket::fds::{rawipc_fd_refs, rawipc_fd_slots};
use crate::ssize_t;
use crate::wait::rawipc_wait;

const SEND: Args = Args(Call::SENDMSG);
const RECV: Args = Args(Call::RECVMSG);

/// Sends one message with these descriptors, or waits for room.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_datagram_send(). EINVAL: more than RAWIPC_FDS_MAX. EPERM: the peer refuses them. ETOOMANYREFS: as many of
/// this user's are on their way as it may have open (RLIMIT_NOFILE). After an error nothing was sent.
/// @rust socket::Datagram::send_with_fds
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_send_with_fds(
    socket: *mut rawipc_datagram,
    msg: *const c_void,
    len: usize,
    fds: *const rawipc_fd_refs,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_datagram_send_with_fds(socket, msg, len, fds, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_datagram_send_with_fds(
    socket: *mut rawipc_datagram,
    msg: *const c_void,
    len: usize,
    fds: *const rawipc_fd_refs,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let sent = (|| {
        // SAFETY: the caller's socket.
        let socket = unsafe { SEND.value(socket) }?;
        // SAFETY: the caller's bytes.
        let msg = unsafe { SEND.bytes(msg, len) }?;
        // SAFETY: the caller's refs.
        let fds = unsafe { SEND.refs(fds) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { SEND.patience(wait) }?;
        match wait {
            Some(wait) => socket.send_with_fds(msg, fds, wait),
            None => socket.try_send_with_fds(msg, fds),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { status(sent, error) }
}

/// Sends one message with these descriptors if there is room now.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_datagram_send_with_fds(), and EAGAIN in place of a wait.
/// @rust socket::Datagram::try_send_with_fds
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_try_send_with_fds(
    socket: *mut rawipc_datagram,
    msg: *const c_void,
    len: usize,
    fds: *const rawipc_fd_refs,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_datagram_send_with_fds(socket, msg, len, fds, crate::wait::now(), error) }
}

/// Receives one message with what was sent along, or waits for it.
///
/// @return its length, never 0; or -errno
/// @par Errors
/// As rawipc_datagram_recv(). EINVAL: fds still hold descriptors. E2BIG: more came than fds have room for. EMFILE: they had
/// room, and this process may open no more descriptors. After either all that came are closed; the message is in buf
/// all the same, and error->needed tells its length.
/// @rust socket::Datagram::recv_with_fds
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_recv_with_fds(
    socket: *mut rawipc_datagram,
    buf: *mut c_void,
    len: usize,
    fds: *mut rawipc_fd_slots,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_datagram_recv_with_fds(socket, buf, len, fds, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_datagram_recv_with_fds(
    socket: *mut rawipc_datagram,
    buf: *mut c_void,
    len: usize,
    fds: *mut rawipc_fd_slots,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let received = (|| {
        // SAFETY: the caller's socket.
        let socket = unsafe { RECV.value(socket) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { RECV.buffer(buf, len) }?;
        // SAFETY: the caller's slots.
        let fds = unsafe { RECV.slots(fds) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { RECV.patience(wait) }?;
        match wait {
            Some(wait) => socket.recv_with_fds(buf, fds, wait),
            None => socket.try_recv_with_fds(buf, fds),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { length(received, error) }
}

/// Receives one message with what was sent along, if one is there now.
///
/// @return its length, never 0; or -errno
/// @par Errors
/// As rawipc_datagram_recv_with_fds(), and EAGAIN in place of a wait.
/// @rust socket::Datagram::try_recv_with_fds
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_try_recv_with_fds(
    socket: *mut rawipc_datagram,
    buf: *mut c_void,
    len: usize,
    fds: *mut rawipc_fd_slots,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_datagram_recv_with_fds(socket, buf, len, fds, crate::wait::now(), error) }
}

/// Sends one message with these descriptors to the socket of that name, or waits for room in its queue.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_datagram_send_to() and rawipc_datagram_send_with_fds().
/// @rust socket::Datagram::send_to_with_fds
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_send_to_with_fds(
    socket: *const rawipc_datagram,
    to: *const rawipc_address,
    msg: *const c_void,
    len: usize,
    fds: *const rawipc_fd_refs,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_datagram_send_to_with_fds(socket, to, msg, len, fds, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_datagram_send_to_with_fds(
    socket: *const rawipc_datagram,
    to: *const rawipc_address,
    msg: *const c_void,
    len: usize,
    fds: *const rawipc_fd_refs,
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
        // SAFETY: the caller's refs.
        let fds = unsafe { SEND.refs(fds) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { SEND.patience(wait) }?;
        match wait {
            Some(wait) => socket.send_to_with_fds(to, msg, fds, wait),
            None => socket.try_send_to_with_fds(to, msg, fds),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { status(sent, error) }
}

/// Sends one message with these descriptors to the socket of that name if there is room now.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_datagram_send_to_with_fds(), and EAGAIN in place of a wait.
/// @rust socket::Datagram::try_send_to_with_fds
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_try_send_to_with_fds(
    socket: *const rawipc_datagram,
    to: *const rawipc_address,
    msg: *const c_void,
    len: usize,
    fds: *const rawipc_fd_refs,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_datagram_send_to_with_fds(socket, to, msg, len, fds, crate::wait::now(), error) }
}

/// Receives one message, its sender's name and what was sent along, or waits for it.
///
/// @param from  gets the name
/// @return its length, never 0; or -errno
/// @par Errors
/// As rawipc_datagram_recv_with_fds().
/// @rust socket::Datagram::recv_from_with_fds
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_recv_from_with_fds(
    socket: *const rawipc_datagram,
    buf: *mut c_void,
    len: usize,
    fds: *mut rawipc_fd_slots,
    from: *mut rawipc_address,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_datagram_recv_from_with_fds(socket, buf, len, fds, from, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_datagram_recv_from_with_fds(
    socket: *const rawipc_datagram,
    buf: *mut c_void,
    len: usize,
    fds: *mut rawipc_fd_slots,
    from: *mut rawipc_address,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let received = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { RECV.output(from.cast()) }?;
        // SAFETY: the caller's socket.
        let socket = unsafe { RECV.value_ref(socket) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { RECV.buffer(buf, len) }?;
        // SAFETY: the caller's slots.
        let fds = unsafe { RECV.slots(fds) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { RECV.patience(wait) }?;
        let (len, address) = match wait {
            Some(wait) => socket.recv_from_with_fds(buf, fds, wait),
            None => socket.try_recv_from_with_fds(buf, fds),
        }?;
        to.set(address);
        Ok(len)
    })();
    // SAFETY: the caller's error.
    unsafe { length(received, error) }
}

/// Receives one message, its sender's name and what was sent along, if one is there now.
///
/// @param from  gets the name
/// @return its length, never 0; or -errno
/// @par Errors
/// As rawipc_datagram_recv_with_fds(), and EAGAIN in place of a wait.
/// @rust socket::Datagram::try_recv_from_with_fds
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_try_recv_from_with_fds(
    socket: *const rawipc_datagram,
    buf: *mut c_void,
    len: usize,
    fds: *mut rawipc_fd_slots,
    from: *mut rawipc_address,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { any_datagram_recv_from_with_fds(socket, buf, len, fds, from, crate::wait::now(), error) }
}

/// Has each message that is sent from now on bring its sender's credentials, for a receive with slots to tell: see
/// rawipc_fd_slots_credentials().
///
/// One without a name gets an abstract one of the kernel's choice when it sends next, to which anybody may send unless it
/// has a peer.
///
/// @return 0, or -errno
/// @rust socket::Datagram::pass_credentials
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_pass_credentials(
    socket: *mut rawipc_datagram,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's socket.
    let done = unsafe { Args(Call::SETSOCKOPT).value(socket) }.and_then(|socket| socket.pass_credentials());
    // SAFETY: the caller's error.
    unsafe { status(done, error) }
}
