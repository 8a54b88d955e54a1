//! Memory that is named by a descriptor: inherited, or sent over a socket.
//!
//! It can never shrink, and what was created here has memory behind each byte, so an access to it raises no SIGBUS.

use core::ffi::{c_char, c_int};

use rawipc::Call;
use rawipc::memory::Memfd;

use super::map::{rawipc_map, rawipc_read_only_map};
use crate::arg::Args;
use crate::error::{descriptor, length, rawipc_error, status};
use crate::handle::holds;
use crate::ssize_t;

const MEMFD: Args = Args(Call::MEMFD_CREATE);
const MAP: Args = Args(Call::MMAP);

/// Memory that is named by a descriptor, its size sealed. A handle.
#[repr(C)]
pub struct rawipc_memfd {
    opaque: [u64; 4],
}

holds!(rawipc_memfd, Memfd, *b"memfd   ");
crate::layout!(rawipc_memfd: 32);

/// Makes len bytes of memory, all zero, with something behind each of them, and sealed at that size.
///
/// The kernel finds all the memory now: a len taken from a peer is bounded first, or the OOM killer bounds it. Under
/// RLIMIT_FSIZE the kernel raises SIGXFSZ.
///
/// @param memfd  gets the memory
/// @param name   for people: /proc shows it, nobody can open it
/// @return 0, or -errno
/// @par Errors
/// EINVAL: len is 0 or more than an address space holds, or the name longer than 249 bytes. ENOSPC, ENOMEM: there is
/// not so much memory. EMFILE, ENFILE: no descriptors left.
/// @par Ownership
/// The caller's, until rawipc_memfd_close() or rawipc_memfd_into_fd().
/// @rust memory::Memfd::create
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_memfd_create(
    memfd: *mut rawipc_memfd,
    name: *const c_char,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's handle.
        let empty = unsafe { MEMFD.empty(memfd) }?;
        // SAFETY: the caller's text.
        let name = unsafe { MEMFD.text(name) }?;
        Memfd::create(name, len).map(|value| empty.set(value))
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Takes over a descriptor that came from a peer. It must be a memfd that can never shrink again; nothing else about
/// it is believed.
///
/// @param memfd  gets the memory
/// @return 0, or -errno
/// @par Errors
/// EPERM: it can shrink, or is made of huge pages, which may run out. EINVAL: it is no memfd. ENODATA: it is empty.
/// @par Ownership
/// fd is the handle's, or closed on failure, unless an argument was refused.
/// @rust memory::Memfd::attach
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_memfd_attach(
    memfd: *mut rawipc_memfd,
    fd: c_int,
    error: *mut rawipc_error,
) -> c_int {
    let args = Args(Call::FCNTL);
    let attached = (|| {
        // SAFETY: the caller's handle.
        let empty = unsafe { args.empty(memfd) }?;
        Memfd::attach(args.owned(fd)?).map(|value| empty.set(value))
    })();
    // SAFETY: the caller's error.
    unsafe { status(attached, error) }
}

/// The bytes that can be mapped.
///
/// @return how many, or -errno
/// @rust memory::Memfd::len
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_memfd_length(
    memfd: *const rawipc_memfd,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's handle.
    let len = unsafe { MEMFD.value_ref(memfd) }.map(Memfd::len);
    // SAFETY: the caller's error.
    unsafe { length(len, error) }
}

/// The descriptor, to look at or to send; it stays the handle's.
///
/// @return the descriptor, or -errno
/// @rust memory::Memfd::as_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_memfd_fd(memfd: *const rawipc_memfd, error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's handle.
    let fd = unsafe { MEMFD.value_ref(memfd) };
    // SAFETY: the caller's error.
    unsafe { crate::error::lent_descriptor(fd, error) }
}

/// Maps all of it, to read and to write.
///
/// @param map  gets the mapping, which outlives the memfd
/// @return 0, or -errno
/// @par Errors
/// EPERM: writing was sealed. EACCES: the descriptor is not for writing. ENOMEM.
/// @rust memory::Memfd::map
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_memfd_map(
    memfd: *const rawipc_memfd,
    map: *mut rawipc_map,
    error: *mut rawipc_error,
) -> c_int {
    let mapped = (|| {
        // SAFETY: the caller's handle.
        let memfd = unsafe { MAP.value_ref(memfd) }?;
        // SAFETY: the caller's handle.
        let empty = unsafe { MAP.empty(map) }?;
        memfd.map().map(|value| empty.set(value))
    })();
    // SAFETY: the caller's error.
    unsafe { status(mapped, error) }
}

/// Maps all of it, to read. Of a memfd whose writing was sealed before, the mapping can never be made writable.
///
/// @param map  gets the mapping, which outlives the memfd
/// @return 0, or -errno
/// @par Errors
/// EACCES: the descriptor is not for reading. ENOMEM.
/// @rust memory::Memfd::map_read_only
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_memfd_map_read_only(
    memfd: *const rawipc_memfd,
    map: *mut rawipc_read_only_map,
    error: *mut rawipc_error,
) -> c_int {
    let mapped = (|| {
        // SAFETY: the caller's handle.
        let memfd = unsafe { MAP.value_ref(memfd) }?;
        // SAFETY: the caller's handle.
        let empty = unsafe { MAP.empty(map) }?;
        memfd.map_read_only().map(|value| empty.set(value))
    })();
    // SAFETY: the caller's error.
    unsafe { status(mapped, error) }
}

/// Leaves writing to the mappings that are there, for good.
///
/// Nobody, in any process, can from now on map it for writing, make a mapping writable, write to the descriptor or
/// punch a hole. So the process that owns the memory maps it, seals it, and then passes it on.
///
/// @return 0, or -errno
/// @par Errors
/// EPERM: seals can no longer be added.
/// @rust memory::Memfd::seal_writes
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_memfd_seal_writes(
    memfd: *const rawipc_memfd,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let sealed = unsafe { Args(Call::FCNTL).value_ref(memfd) }.and_then(Memfd::seal_writes);
    // SAFETY: the caller's error.
    unsafe { status(sealed, error) }
}

/// Gives the descriptor up to the caller; the handle is closed.
///
/// @return the descriptor, or -errno
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust memory::Memfd::into_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_memfd_into_fd(memfd: *mut rawipc_memfd, error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's handle.
    let fd = unsafe { MEMFD.taken(memfd) }.map(Memfd::into_fd);
    // SAFETY: the caller's error.
    unsafe { descriptor(fd, error) }
}

/// Closes the descriptor. Mappings live on.
///
/// @return 0, or -errno
/// @rust memory::Memfd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_memfd_close(memfd: *mut rawipc_memfd, error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's handle.
    let closed = unsafe { Args(Call::CLOSE).taken(memfd) }.map(drop);
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}
