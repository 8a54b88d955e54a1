//! Listeners by a path of any length, and restarts that refuse nobody.
//!
//! The old server retires, which lets the lock go and says in it that its file may be replaced, and accepts those who
//! still come to it with rawipc_listener_accept_last(); the new one binds, or has been waiting in
//! rawipc_listener_take_over(). A client that connects meanwhile meets the one or the other. Where there is no time to
//! ask the old one, its descriptor can be handed on instead, and attached.

use core::ffi::{c_char, c_int};

use rawipc::socket::{Listener, Seqpacket, Stream};
use rawipc::{Call, Errno};

use super::{
    Listening, RAWIPC_LISTENER_SEQPACKET, RAWIPC_LISTENER_STREAM, both, rawipc_listener,
    rawipc_listener_options,
};
use crate::arg::Args;
use crate::error::{length, rawipc_error, status};
use crate::socket::address::rawipc_address;
use crate::wait::rawipc_wait;

const BIND: Args = Args(Call::BIND);
const OPEN: Args = Args(Call::OPENAT);
const ACCEPT: Args = Args(Call::ACCEPT4);

/// Binds as rawipc_listener_bind() does, after the owner of the name has retired or is gone: what a new server calls while
/// the old one still serves.
///
/// Nothing tells that a lock was let go: it is tried each millisecond. A live socket of a program that knows nothing of the
/// lock is not waited for.
///
/// @param listener  gets it
/// @param kind      RAWIPC_LISTENER_STREAM or RAWIPC_LISTENER_SEQPACKET
/// @return 0, or -errno
/// @par Errors
/// As rawipc_listener_bind(), and ETIMEDOUT: it has its owner still.
/// @par Ownership
/// The listener is the caller's to close.
/// @rust socket::Listener::take_over
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_take_over(
    listener: *mut rawipc_listener,
    kind: u32,
    address: *const rawipc_address,
    options: *const rawipc_listener_options,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let bound = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { BIND.empty(listener) }?;
        // SAFETY: the caller's address.
        let address = unsafe { BIND.address(address) }?;
        // SAFETY: the caller's options.
        let options = unsafe { BIND.listener_options(options) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { BIND.wait(wait) }?;
        to.put(match kind {
            RAWIPC_LISTENER_STREAM => Listener::take_over(address, options, wait).map(Listening::Stream),
            RAWIPC_LISTENER_SEQPACKET => {
                Listener::take_over(address, options, wait).map(Listening::Seqpacket)
            }
            _ => Err(BIND.refused(Errno::INVAL)),
        })
    })();
    // SAFETY: the caller's error.
    unsafe { status(bound, error) }
}

/// Binds as rawipc_listener_bind() does, to a path of any length, relative to a directory.
///
/// The directory that the last component lies in is opened and held, and all that is done with the name is done there,
/// whatever becomes of the path. The address leads through it, and is good in this process alone. It takes a /proc.
///
/// @param listener  gets it
/// @param kind      RAWIPC_LISTENER_STREAM or RAWIPC_LISTENER_SEQPACKET
/// @param dir       a directory, or AT_FDCWD of <fcntl.h>
/// @return 0, or -errno
/// @par Errors
/// As rawipc_listener_bind(); EINVAL: the path ends in a slash. ENAMETOOLONG: its last component has more than 71 bytes.
/// @par Ownership
/// The listener is the caller's to close.
/// @rust socket::Listener::bind_at
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_bind_at(
    listener: *mut rawipc_listener,
    kind: u32,
    dir: c_int,
    path: *const c_char,
    options: *const rawipc_listener_options,
    error: *mut rawipc_error,
) -> c_int {
    let bound = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { OPEN.empty(listener) }?;
        let dir = OPEN.directory(dir)?;
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        // SAFETY: the caller's options.
        let options = unsafe { OPEN.listener_options(options) }?;
        to.put(match kind {
            RAWIPC_LISTENER_STREAM => Listener::bind_at(dir, path, options).map(Listening::Stream),
            RAWIPC_LISTENER_SEQPACKET => Listener::bind_at(dir, path, options).map(Listening::Seqpacket),
            _ => Err(OPEN.refused(Errno::INVAL)),
        })
    })();
    // SAFETY: the caller's error.
    unsafe { status(bound, error) }
}

/// Takes over as rawipc_listener_take_over() does, at a path as for rawipc_listener_bind_at().
///
/// @param listener  gets it
/// @param kind      RAWIPC_LISTENER_STREAM or RAWIPC_LISTENER_SEQPACKET
/// @param dir       a directory, or AT_FDCWD of <fcntl.h>
/// @return 0, or -errno
/// @par Errors
/// As rawipc_listener_bind_at() and rawipc_listener_take_over().
/// @par Ownership
/// The listener is the caller's to close.
/// @rust socket::Listener::take_over_at
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_take_over_at(
    listener: *mut rawipc_listener,
    kind: u32,
    dir: c_int,
    path: *const c_char,
    options: *const rawipc_listener_options,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let bound = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { OPEN.empty(listener) }?;
        let dir = OPEN.directory(dir)?;
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        // SAFETY: the caller's options.
        let options = unsafe { OPEN.listener_options(options) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { OPEN.wait(wait) }?;
        to.put(match kind {
            RAWIPC_LISTENER_STREAM => Listener::take_over_at(dir, path, options, wait).map(Listening::Stream),
            RAWIPC_LISTENER_SEQPACKET => {
                Listener::take_over_at(dir, path, options, wait).map(Listening::Seqpacket)
            }
            _ => Err(OPEN.refused(Errno::INVAL)),
        })
    })();
    // SAFETY: the caller's error.
    unsafe { status(bound, error) }
}

/// Takes over a listening socket that was not made here: one inherited, as an init hands them to the servers that it
/// starts. Nothing is changed on it, and the file of its name, if it has one, is another's to remove.
///
/// @param listener  gets it
/// @param kind      RAWIPC_LISTENER_STREAM or RAWIPC_LISTENER_SEQPACKET
/// @return 0, or -errno
/// @par Errors
/// ENOTSOCK, EAFNOSUPPORT, EPROTOTYPE: no socket, none of UNIX, not of this kind. EINVAL: it does not listen.
/// @par Ownership
/// fd is the listener's from now on. On failure it is closed, unless listener, kind or fd itself are refused.
/// @rust socket::Listener::attach
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_attach(
    listener: *mut rawipc_listener,
    kind: u32,
    fd: c_int,
    error: *mut rawipc_error,
) -> c_int {
    let attached = (|| {
        let args = Args(Call::GETSOCKOPT);
        // SAFETY: the caller's memory.
        let to = unsafe { args.empty(listener) }?;
        if kind != RAWIPC_LISTENER_STREAM && kind != RAWIPC_LISTENER_SEQPACKET {
            return Err(args.refused(Errno::INVAL));
        }
        let fd = args.owned(fd)?;
        to.put(match kind {
            RAWIPC_LISTENER_STREAM => Listener::attach(fd).map(Listening::Stream),
            _ => Listener::attach(fd).map(Listening::Seqpacket),
        })
    })();
    // SAFETY: the caller's error.
    unsafe { status(attached, error) }
}

/// Leaves the name to a successor, so that a restart refuses nobody: lets the lock go, and marks the file as one that the
/// next owner may replace while this socket listens still.
///
/// From here on rawipc_listener_accept_last() takes the place of accepting. Where no successor comes,
/// rawipc_listener_remove() takes the file away; closing leaves it, and the next bind finds it dead.
///
/// @return 0, or -errno
/// @par Errors
/// EOPNOTSUPP: an abstract name, which only a descriptor can be handed on with. EALREADY: it was called before. EPERM: in a
/// child made by fork. ESTALE, ENOENT: the file was replaced, or removed. ENOSPC, EDQUOT: no room for the mark. EMFILE,
/// ENFILE. After an error it is the owner still.
/// @rust socket::Listener::retire
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_retire(
    listener: *mut rawipc_listener,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's listener.
    let retired =
        unsafe { BIND.value(listener) }.and_then(|listening| both!(listening, listener => listener.retire()));
    // SAFETY: the caller's error.
    unsafe { status(retired, error) }
}

/// Accepts the next connection of those that come here after rawipc_listener_retire(), or tells that nobody can come here
/// any more, for a successor has the name: then close this soon.
///
/// That is exact, as long as this process is the only one that accepts here. Nothing tells of a successor: it is looked for
/// each millisecond.
///
/// @param connection  gets the descriptor, of a stream or for rawipc_seqpacket_assume()
/// @return 1; 0: nobody can come any more; or -errno
/// @par Errors
/// ETIMEDOUT: no successor, and nobody came. EINVAL: not retired. Else as rawipc_listener_accept_stream().
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust socket::Listener::accept_last
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_accept_last(
    listener: *mut rawipc_listener,
    connection: *mut c_int,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let accepted = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { ACCEPT.output(connection) }?;
        // SAFETY: the caller's listener.
        let listening = unsafe { ACCEPT.value(listener) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { ACCEPT.wait(wait) }?;
        let accepted = match listening {
            Listening::Stream(listener) => listener.accept_last(wait)?.map(Stream::into_fd),
            Listening::Seqpacket(listener) => listener.accept_last(wait)?.map(Seqpacket::into_fd),
        };
        let Some(fd) = accepted else { return Ok(0) };
        to.set(fd.into_raw());
        Ok(1)
    })();
    // SAFETY: the caller's error.
    unsafe { length(accepted, error) as c_int }
}

/// Accepts the next connection of those that come here after rawipc_listener_retire(), if there is one now.
///
/// @param connection  gets the descriptor, of a stream or for rawipc_seqpacket_assume()
/// @return 1; 0: nobody can come any more; or -errno
/// @par Errors
/// As rawipc_listener_accept_last(), and EAGAIN in place of a wait.
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust socket::Listener::try_accept_last
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_try_accept_last(
    listener: *mut rawipc_listener,
    connection: *mut c_int,
    error: *mut rawipc_error,
) -> c_int {
    let accepted = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { ACCEPT.output(connection) }?;
        // SAFETY: the caller's listener.
        let listening = unsafe { ACCEPT.value(listener) }?;
        let accepted = match listening {
            Listening::Stream(listener) => listener.try_accept_last()?.map(Stream::into_fd),
            Listening::Seqpacket(listener) => listener.try_accept_last()?.map(Seqpacket::into_fd),
        };
        let Some(fd) = accepted else { return Ok(0) };
        to.set(fd.into_raw());
        Ok(1)
    })();
    // SAFETY: the caller's error.
    unsafe { length(accepted, error) as c_int }
}
