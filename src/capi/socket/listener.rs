//! Sockets that others connect to.
//!
//! A path is owned by who holds the lock beside it: a file of the same name with .lock behind it, 0600 and empty, which
//! rawipc_listener_bind() makes and locks with flock, and a second descriptor holds from then on. However its owner
//! ends, the kernel lets the lock go, and the next bind takes over the socket's file that the dead left; until then the
//! name is taken, even where somebody removed the socket's file. Of two that start at once, one gets the name and the
//! other EADDRINUSE. A live socket of a program that knows nothing of the lock is found by connect and never robbed.
//!
//! Closing removes both files, if this process made them and they are still the same: not in a child made by fork, which
//! shares the lock and keeps the name in use for as long as it has it, and not where somebody replaced them. The path is
//! looked up again from where the process then stands, so a relative one is removed from the same working directory
//! only.

use core::ffi::c_int;

use rawipc::fd::{AsFd, AsRawFd};
use rawipc::socket::{self, Listener, Seqpacket, Stream};
use rawipc::{Call, Errno, Result};

use crate::arg::{Args, Options};
use crate::error::{descriptor, length, rawipc_error, status};
use crate::handle::holds;
use crate::socket::address::rawipc_address;
use crate::socket::seqpacket::rawipc_seqpacket;
use crate::wait::rawipc_wait;

pub mod names;

/// A listener that accepts streams.
pub const RAWIPC_LISTENER_STREAM: u32 = 1;
/// A listener that accepts seqpacket sockets.
pub const RAWIPC_LISTENER_SEQPACKET: u32 = 5;

/// The options say a mode.
pub const RAWIPC_LISTENER_MODE: u32 = 1;
/// The options say a backlog.
pub const RAWIPC_LISTENER_BACKLOG: u32 = 2;

/// How a listener is made; NULL in its place is for the defaults.
///
/// `rawipc_listener_options options = { sizeof options, RAWIPC_LISTENER_MODE, 0660, 0 };` lets a group connect.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_listener_options {
    /// `sizeof(rawipc_listener_options)`.
    pub size: u32,
    /// RAWIPC_LISTENER_MODE, RAWIPC_LISTENER_BACKLOG: which of the two below are said.
    pub flags: u32,
    /// Permissions of the socket file, less what the umask takes away; 0600 where not said. An abstract name has none.
    pub mode: u32,
    /// Connections that may wait to be accepted, cut by the kernel at /proc/sys/net/core/somaxconn; 4096 where not said.
    pub backlog: u32,
}

crate::layout!(rawipc_listener_options: 16, size 0, flags 4, mode 8, backlog 12);

// SAFETY: integers without padding, the size in front; any bits are one.
unsafe impl Options for rawipc_listener_options {
    const FIRST: usize = 16;

    const DEFAULT: rawipc_listener_options =
        rawipc_listener_options { size: 0, flags: 0, mode: 0, backlog: 0 };
}

/// A listening socket. A handle: it does not move.
#[repr(C)]
pub struct rawipc_listener {
    opaque: [u64; 36],
}

/// What a listener accepts.
pub(crate) enum Listening {
    Stream(Listener<Stream>),
    Seqpacket(Listener<Seqpacket>),
}

crate::layout!(rawipc_listener: 288);
holds!(rawipc_listener, Listening, *b"listener");

/// What is the same for both.
macro_rules! both {
    ($listening:expr, $listener:ident => $does:expr) => {
        match $listening {
            Listening::Stream($listener) => $does,
            Listening::Seqpacket($listener) => $does,
        }
    };
}

use both;

const BIND: Args = Args(Call::BIND);
const ACCEPT: Args = Args(Call::ACCEPT4);
const FD: Args = Args(Call::CLOSE);

/// Makes a listener with a file, of mode 0600 unless the options say another, or an abstract name.
///
/// The file has its mode from its first instant. A connect is ECONNREFUSED between bind and listen.
///
/// @param listener  gets it
/// @param kind      RAWIPC_LISTENER_STREAM or RAWIPC_LISTENER_SEQPACKET
/// @return 0, or -errno
/// @par Errors
/// EINVAL: another kind, a mode above 0777, or the address is unnamed. EADDRINUSE: the name is taken, by a live socket of
/// whatever type, a file that is no socket of this user's, or one that this user may not write to; of flock, another
/// process owns it. Of the lock, ELOOP, EISDIR, ENXIO, EPROTOTYPE: it is no regular file; EPERM: another user's. EACCES,
/// ENOENT, ENOTDIR, EROFS: the path. EMFILE, ENFILE: no descriptors left. After an error nothing stays open, and no file of
/// ours stays but the lock's where it could not be locked (ENOLCK).
/// @par Ownership
/// The listener is the caller's to close.
/// @rust socket::Listener::bind_with, socket::Listener::bind
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_bind(
    listener: *mut rawipc_listener,
    kind: u32,
    address: *const rawipc_address,
    options: *const rawipc_listener_options,
    error: *mut rawipc_error,
) -> c_int {
    let bound = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { BIND.empty(listener) }?;
        // SAFETY: the caller's address.
        let address = unsafe { BIND.address(address) }?;
        // SAFETY: the caller's options.
        let options = unsafe { BIND.listener_options(options) }?;
        to.put(match kind {
            RAWIPC_LISTENER_STREAM => Listener::bind_with(address, options).map(Listening::Stream),
            RAWIPC_LISTENER_SEQPACKET => Listener::bind_with(address, options).map(Listening::Seqpacket),
            _ => Err(BIND.refused(Errno::INVAL)),
        })
    })();
    // SAFETY: the caller's error.
    unsafe { status(bound, error) }
}

/// Accepts the next stream, or waits for one.
///
/// @return the descriptor, or -errno
/// @par Errors
/// EPROTOTYPE: it accepts seqpacket sockets. ETIMEDOUT. EMFILE, ENFILE: no descriptors left; the connection waits on, and so
/// do those after it, until one is closed. ESHUTDOWN: another holder of this socket shut it down.
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust socket::Listener::accept
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_accept_stream(
    listener: *const rawipc_listener,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_listener_accept_stream(listener, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_listener_accept_stream(
    listener: *const rawipc_listener,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let accepted = (|| {
        // SAFETY: the caller's listener.
        let listener = unsafe { ACCEPT.streams(listener) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { ACCEPT.patience(wait) }?;
        match wait {
            Some(wait) => listener.accept(wait),
            None => listener.try_accept(),
        }
        .map(Stream::into_fd)
    })();
    // SAFETY: the caller's error.
    unsafe { descriptor(accepted, error) }
}

/// Accepts the next stream if there is one now.
///
/// @return the descriptor, or -errno
/// @par Errors
/// As rawipc_listener_accept_stream(), and EAGAIN in place of a wait.
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust socket::Listener::try_accept
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_try_accept_stream(
    listener: *const rawipc_listener,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_listener_accept_stream(listener, crate::wait::now(), error) }
}

/// Accepts the next seqpacket socket, or waits for one.
///
/// @param socket  gets it
/// @return 0, or -errno
/// @par Errors
/// As rawipc_listener_accept_stream(); EPROTOTYPE: it accepts streams.
/// @par Ownership
/// The socket is the caller's to close.
/// @rust socket::Listener::accept
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_accept_seqpacket(
    listener: *const rawipc_listener,
    socket: *mut rawipc_seqpacket,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_listener_accept_seqpacket(listener, socket, wait, error) }
}

/// With a wait, and without one.
///
/// # Safety
/// As the caller promises.
#[inline(never)]
unsafe fn any_listener_accept_seqpacket(
    listener: *const rawipc_listener,
    socket: *mut rawipc_seqpacket,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let accepted = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { ACCEPT.empty(socket) }?;
        // SAFETY: the caller's listener.
        let listener = unsafe { ACCEPT.seqpackets(listener) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { ACCEPT.patience(wait) }?;
        to.put(match wait {
            Some(wait) => listener.accept(wait),
            None => listener.try_accept(),
        })
    })();
    // SAFETY: the caller's error.
    unsafe { status(accepted, error) }
}

/// Accepts the next seqpacket socket if there is one now.
///
/// @param socket  gets it
/// @return 0, or -errno
/// @par Errors
/// As rawipc_listener_accept_seqpacket(), and EAGAIN in place of a wait.
/// @par Ownership
/// The socket is the caller's to close.
/// @rust socket::Listener::try_accept
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_try_accept_seqpacket(
    listener: *const rawipc_listener,
    socket: *mut rawipc_seqpacket,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { any_listener_accept_seqpacket(listener, socket, crate::wait::now(), error) }
}

/// Has what is sent to a seqpacket socket before it is accepted bring its sender's credentials too. To be told them, call
/// rawipc_seqpacket_pass_credentials() on what was accepted.
///
/// @return 0, or -errno
/// @par Errors
/// EPROTOTYPE: it accepts streams.
/// @rust socket::Listener::pass_credentials
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_pass_credentials(
    listener: *const rawipc_listener,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's listener.
    let done = unsafe { Args(Call::SETSOCKOPT).seqpackets(listener) }.and_then(Listener::pass_credentials);
    // SAFETY: the caller's error.
    unsafe { status(done, error) }
}

/// The name that the listener was bound to.
///
/// @param address  gets it
/// @return 0, or -errno
/// @rust socket::Listener::address
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_address(
    listener: *const rawipc_listener,
    address: *mut rawipc_address,
    error: *mut rawipc_error,
) -> c_int {
    let told = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { BIND.output(address.cast()) }?;
        // SAFETY: the caller's listener.
        let listener = unsafe { BIND.value_ref(listener) }?;
        to.set(*both!(listener, listener => listener.address()));
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(told, error) }
}

/// The descriptor, to poll or to ask about: it is RAWIPC_EVENT_READABLE when somebody can be accepted. It stays the
/// listener's.
///
/// @return the descriptor, or -errno
/// @rust socket::Listener::as_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_fd(
    listener: *const rawipc_listener,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's listener.
    let fd = unsafe { FD.value_ref(listener) }
        .map(|listening| both!(listening, listener => listener.as_fd().as_raw_fd() as usize));
    // SAFETY: the caller's error.
    unsafe { length(fd, error) as c_int }
}

/// Takes the descriptor out, to keep or to hand over; the handle is closed. The file stays, for its new owner to remove.
///
/// The lock is let go and its file removed: no bind takes the name from a socket that lives, and the next one takes it over
/// once every descriptor of it is closed.
///
/// @return the descriptor, or -errno
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust socket::Listener::into_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_into_fd(
    listener: *mut rawipc_listener,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's listener.
    let fd = unsafe { FD.taken(listener) }.map(|listening| both!(listening, listener => listener.into_fd()));
    // SAFETY: the caller's error.
    unsafe { descriptor(fd, error) }
}

/// Stops listening and removes its file and the lock, and tells whether the file was there to be removed.
///
/// @return 0, or -errno
/// @par Errors
/// EPERM: this process did not make the file, but its parent. ENOENT: it is gone already. ESTALE: another is there in its
/// place, which is left alone. The socket is closed all the same. EINVAL: it is none, or closed already.
/// @rust socket::Listener::remove
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_remove(
    listener: *mut rawipc_listener,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's listener.
    let removed =
        unsafe { FD.taken(listener) }.and_then(|listening| both!(listening, listener => listener.remove()));
    // SAFETY: the caller's error.
    unsafe { status(removed, error) }
}

/// Stops listening and removes its file and the lock, if this process made them and they are still the same.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: it is none, or closed already.
/// @rust socket::Listener
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_listener_close(
    listener: *mut rawipc_listener,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's listener.
    let closed = unsafe { FD.taken(listener) }.map(drop);
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}

impl Args {
    /// # Safety
    /// `options` is NULL, or has as many bytes as it says in front.
    pub(super) unsafe fn listener_options(
        self,
        options: *const rawipc_listener_options,
    ) -> Result<socket::Options> {
        // SAFETY: by the caller.
        let given = unsafe { self.options(options) }?.unwrap_or(rawipc_listener_options::DEFAULT);
        let mut options = socket::Options::DEFAULT;
        if given.flags & RAWIPC_LISTENER_MODE != 0 {
            options.mode = given.mode;
        }
        if given.flags & RAWIPC_LISTENER_BACKLOG != 0 {
            options.backlog = given.backlog;
        }
        match given.flags & !(RAWIPC_LISTENER_MODE | RAWIPC_LISTENER_BACKLOG) {
            0 => Ok(options),
            _ => Err(self.refused(Errno::INVAL)),
        }
    }

    /// # Safety
    /// As [`value_ref`](Self::value_ref).
    unsafe fn streams<'a>(self, listener: *const rawipc_listener) -> Result<&'a Listener<Stream>> {
        // SAFETY: by the caller.
        match unsafe { self.value_ref(listener) }? {
            Listening::Stream(listener) => Ok(listener),
            Listening::Seqpacket(_) => Err(self.refused(Errno::PROTOTYPE)),
        }
    }

    /// # Safety
    /// As [`value_ref`](Self::value_ref).
    unsafe fn seqpackets<'a>(self, listener: *const rawipc_listener) -> Result<&'a Listener<Seqpacket>> {
        // SAFETY: by the caller.
        match unsafe { self.value_ref(listener) }? {
            Listening::Seqpacket(listener) => Ok(listener),
            Listening::Stream(_) => Err(self.refused(Errno::PROTOTYPE)),
        }
    }
}
