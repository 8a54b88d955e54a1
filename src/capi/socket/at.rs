//! Sockets by a path of any length, relative to a directory; and who is behind the file of a socket.
//!
//! An address has room for 107 bytes, and leads through whatever symbolic links there are. Here a path is as long as the
//! kernel takes it, dir is a directory or AT_FDCWD of <fcntl.h>, and it takes a /proc.

use core::ffi::{c_char, c_int};

use rawipc::Call;
use rawipc::socket::{self, Behind, Datagram, Seqpacket, Stream};

use crate::arg::Args;
use crate::error::{descriptor, length, rawipc_error, status};
use crate::socket::datagram::rawipc_datagram;
use crate::socket::seqpacket::rawipc_seqpacket;
use crate::wait::rawipc_wait;

/// No process has the socket any more: what a dead server left.
pub const RAWIPC_BEHIND_NOBODY: u32 = 0;
/// A stream or seqpacket socket that does not listen: a server between bind and listen, as a rule.
pub const RAWIPC_BEHIND_BOUND: u32 = 1;
/// A stream socket listens.
pub const RAWIPC_BEHIND_STREAM: u32 = 2;
/// A seqpacket socket listens.
pub const RAWIPC_BEHIND_SEQPACKET: u32 = 3;
/// A datagram socket.
pub const RAWIPC_BEHIND_DATAGRAM: u32 = 4;

const _: () = {
    assert!(RAWIPC_BEHIND_NOBODY == Behind::Nobody as u32);
    assert!(RAWIPC_BEHIND_BOUND == Behind::Bound as u32);
    assert!(RAWIPC_BEHIND_STREAM == Behind::Stream as u32);
    assert!(RAWIPC_BEHIND_SEQPACKET == Behind::Seqpacket as u32);
    assert!(RAWIPC_BEHIND_DATAGRAM == Behind::Datagram as u32);
};

const OPEN: Args = Args(Call::OPENAT);

/// Asks who is behind the file of a socket, so that nobody there is told: no connection is made, and nothing waits in
/// anybody's backlog.
///
/// @param dir  a directory, or AT_FDCWD of <fcntl.h>
/// @return RAWIPC_BEHIND_…, of which those from RAWIPC_BEHIND_STREAM on hear a client; or -errno
/// @par Errors
/// ENOENT: no such file. ELOOP: a symbolic link. ENOTSOCK: another kind of file. EACCES: the file cannot be written, so the
/// kernel does not answer. EMFILE, ENFILE: no descriptors left.
/// @rust socket::behind_at
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_socket_behind_at(
    dir: c_int,
    path: *const c_char,
    error: *mut rawipc_error,
) -> c_int {
    let behind = (|| {
        let dir = OPEN.directory(dir)?;
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        socket::behind_at(dir, path).map(|behind| behind as usize)
    })();
    // SAFETY: the caller's error.
    unsafe { length(behind, error) as c_int }
}

/// Makes a socket that is connected to the listener whose file lies at a path.
///
/// A symbolic link in the last place is refused: what was looked at is what is connected to. Where a restart replaces the
/// file between the look and the connect, the new one is taken.
///
/// @param dir  a directory, or AT_FDCWD of <fcntl.h>
/// @return the descriptor, or -errno
/// @par Errors
/// As rawipc_stream_connect(). ELOOP: a symbolic link. ENOTSOCK: another kind of file.
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust socket::Stream::connect_at
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_connect_at(
    dir: c_int,
    path: *const c_char,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_stream_connect_at(dir, path, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_stream_connect_at(
    dir: c_int,
    path: *const c_char,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let connected = (|| {
        let dir = OPEN.directory(dir)?;
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { OPEN.patience(wait) }?;
        match wait {
            Some(wait) => Stream::connect_at(dir, path, wait),
            None => Stream::try_connect_at(dir, path),
        }
        .map(Stream::into_fd)
    })();
    // SAFETY: the caller's error.
    unsafe { descriptor(connected, error) }
}

/// Makes a socket that is connected to the listener whose file lies at a path, if there is room in its backlog.
///
/// @param dir  a directory, or AT_FDCWD of <fcntl.h>
/// @return the descriptor, or -errno
/// @par Errors
/// As rawipc_stream_connect_at(), and EAGAIN in place of a wait.
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust socket::Stream::try_connect_at
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_stream_try_connect_at(
    dir: c_int,
    path: *const c_char,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_stream_connect_at(dir, path, crate::wait::now(), error) }
}

/// Makes a socket that is connected to the listener whose file lies at a path; see rawipc_stream_connect_at().
///
/// @param socket  gets it
/// @param dir     a directory, or AT_FDCWD of <fcntl.h>
/// @return 0, or -errno
/// @par Errors
/// As rawipc_stream_connect_at().
/// @par Ownership
/// The socket is the caller's to close.
/// @rust socket::Seqpacket::connect_at
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seqpacket_connect_at(
    socket: *mut rawipc_seqpacket,
    dir: c_int,
    path: *const c_char,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_seqpacket_connect_at(socket, dir, path, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_seqpacket_connect_at(
    socket: *mut rawipc_seqpacket,
    dir: c_int,
    path: *const c_char,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let connected = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { OPEN.empty(socket) }?;
        let dir = OPEN.directory(dir)?;
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { OPEN.patience(wait) }?;
        to.put(match wait {
            Some(wait) => Seqpacket::connect_at(dir, path, wait),
            None => Seqpacket::try_connect_at(dir, path),
        })
    })();
    // SAFETY: the caller's error.
    unsafe { status(connected, error) }
}

/// Makes a socket that is connected to the listener whose file lies at a path, if there is room in its backlog.
///
/// @param socket  gets it
/// @param dir     a directory, or AT_FDCWD of <fcntl.h>
/// @return 0, or -errno
/// @par Errors
/// As rawipc_stream_connect_at(), and EAGAIN in place of a wait.
/// @par Ownership
/// The socket is the caller's to close.
/// @rust socket::Seqpacket::try_connect_at
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_seqpacket_try_connect_at(
    socket: *mut rawipc_seqpacket,
    dir: c_int,
    path: *const c_char,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_seqpacket_connect_at(socket, dir, path, crate::wait::now(), error) }
}

/// Makes a socket with a file at a path, of this mode, less what the umask takes away; see rawipc_listener_bind_at().
///
/// @param socket  gets it
/// @param dir     a directory, or AT_FDCWD of <fcntl.h>
/// @return 0, or -errno
/// @par Errors
/// As rawipc_listener_bind_at().
/// @par Ownership
/// The socket is the caller's to close.
/// @rust socket::Datagram::bind_at
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_bind_at(
    socket: *mut rawipc_datagram,
    dir: c_int,
    path: *const c_char,
    mode: u32,
    error: *mut rawipc_error,
) -> c_int {
    let bound = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { OPEN.empty(socket) }?;
        let dir = OPEN.directory(dir)?;
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        to.put(Datagram::bind_at(dir, path, mode))
    })();
    // SAFETY: the caller's error.
    unsafe { status(bound, error) }
}

/// Makes a socket without a name, whose messages go to the one whose file lies at a path; see rawipc_stream_connect_at().
///
/// @param socket  gets it
/// @param dir     a directory, or AT_FDCWD of <fcntl.h>
/// @return 0, or -errno
/// @par Errors
/// As rawipc_datagram_connect(). ELOOP: a symbolic link. ENOTSOCK: another kind of file.
/// @par Ownership
/// The socket is the caller's to close.
/// @rust socket::Datagram::connect_at
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_datagram_connect_at(
    socket: *mut rawipc_datagram,
    dir: c_int,
    path: *const c_char,
    error: *mut rawipc_error,
) -> c_int {
    let connected = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { OPEN.empty(socket) }?;
        let dir = OPEN.directory(dir)?;
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        to.put(Datagram::connect_at(dir, path))
    })();
    // SAFETY: the caller's error.
    unsafe { status(connected, error) }
}
