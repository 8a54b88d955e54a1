//! A file that is mapped by everyone who may open it. On a tmpfs such as /dev/shm it never touches a disk.
//!
//! The weakest of the three: no seal keeps a file's size, so whoever may write to it can truncate it, and an access
//! behind its end raises SIGBUS. It is made 0600 for that reason, and opened only where it belongs to this user.
//! Nothing removes it but rawipc_file_remove(): what a killed process left, its successor opens, or removes.

use core::ffi::{c_char, c_int};

use rawipc::Call;
use rawipc::memory::File;

use super::map::{rawipc_map, rawipc_read_only_map};
use crate::arg::Args;
use crate::error::{descriptor, length, rawipc_error, status};
use crate::handle::holds;
use crate::ssize_t;

const OPEN: Args = Args(Call::OPENAT);
const MAP: Args = Args(Call::MMAP);

/// A file to be mapped. A handle.
#[repr(C)]
pub struct rawipc_file {
    opaque: [u64; 4],
}

holds!(rawipc_file, File, *b"file    ");
crate::layout!(rawipc_file: 32);

/// Makes a new file of len bytes, all zero, with room behind each of them, that only this user can open.
///
/// Under RLIMIT_FSIZE the kernel raises SIGXFSZ.
///
/// @param file  gets the file
/// @return 0, or -errno
/// @par Errors
/// EINVAL: len is 0 or more than an address space holds. EEXIST: something is there already, a dangling link included.
/// ENOSPC, EDQUOT, EFBIG: there is no such room, or EOPNOTSUPP: the file system does not promise any; the file is
/// removed again. ENOENT, ENOTDIR, EACCES, ENAMETOOLONG: the path.
/// @par Ownership
/// The handle is the caller's, until rawipc_file_close() or rawipc_file_into_fd(); the file stays.
/// @rust memory::File::create
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_file_create(
    file: *mut rawipc_file,
    path: *const c_char,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's handle.
        let empty = unsafe { OPEN.empty(file) }?;
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        File::create(path, len).map(|value| empty.set(value))
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Opens a file that is there, of this user.
///
/// @param file  gets the file
/// @return 0, or -errno
/// @par Errors
/// ELOOP: a symbolic link lies there. EPROTOTYPE: another kind of file. EPERM: another owner. ENODATA: it is empty, or
/// its maker has not come further yet. EISDIR, ENXIO: a directory, a socket. ENOENT, ENOTDIR, EACCES, ENAMETOOLONG:
/// the path.
/// @par Ownership
/// The handle is the caller's, until rawipc_file_close() or rawipc_file_into_fd().
/// @rust memory::File::open
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_file_open(
    file: *mut rawipc_file,
    path: *const c_char,
    error: *mut rawipc_error,
) -> c_int {
    let opened = (|| {
        // SAFETY: the caller's handle.
        let empty = unsafe { OPEN.empty(file) }?;
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        File::open(path).map(|value| empty.set(value))
    })();
    // SAFETY: the caller's error.
    unsafe { status(opened, error) }
}

/// Removes the name. Mappings of the file live on.
///
/// @return 0, or -errno
/// @par Errors
/// ENOENT: nothing is there. EISDIR: a directory. EACCES, EPERM.
/// @rust memory::File::remove
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_file_remove(path: *const c_char, error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's path.
    let removed = unsafe { Args(Call::UNLINKAT).text(path) }.and_then(File::remove);
    // SAFETY: the caller's error.
    unsafe { status(removed, error) }
}

/// The bytes that the file had when it was created or opened.
///
/// @return how many, or -errno
/// @rust memory::File::len
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_file_length(file: *const rawipc_file, error: *mut rawipc_error) -> ssize_t {
    // SAFETY: the caller's handle.
    let len = unsafe { OPEN.value_ref(file) }.map(File::len);
    // SAFETY: the caller's error.
    unsafe { length(len, error) }
}

/// The descriptor, to look at; it stays the handle's.
///
/// @return the descriptor, or -errno
/// @rust memory::File::as_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_file_fd(file: *const rawipc_file, error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's handle.
    let fd = unsafe { OPEN.value_ref(file) };
    // SAFETY: the caller's error.
    unsafe { crate::error::lent_descriptor(fd, error) }
}

/// Maps all of it, to read and to write.
///
/// @param map  gets the mapping, which outlives the file
/// @return 0, or -errno
/// @par Errors
/// ENODEV: the file system cannot. ENOMEM.
/// @rust memory::File::map
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_file_map(
    file: *const rawipc_file,
    map: *mut rawipc_map,
    error: *mut rawipc_error,
) -> c_int {
    let mapped = (|| {
        // SAFETY: the caller's handle.
        let file = unsafe { MAP.value_ref(file) }?;
        // SAFETY: the caller's handle.
        let empty = unsafe { MAP.empty(map) }?;
        file.map().map(|value| empty.set(value))
    })();
    // SAFETY: the caller's error.
    unsafe { status(mapped, error) }
}

/// Maps all of it, to read.
///
/// @param map  gets the mapping, which outlives the file
/// @return 0, or -errno
/// @par Errors
/// As rawipc_file_map().
/// @rust memory::File::map_read_only
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_file_map_read_only(
    file: *const rawipc_file,
    map: *mut rawipc_read_only_map,
    error: *mut rawipc_error,
) -> c_int {
    let mapped = (|| {
        // SAFETY: the caller's handle.
        let file = unsafe { MAP.value_ref(file) }?;
        // SAFETY: the caller's handle.
        let empty = unsafe { MAP.empty(map) }?;
        file.map_read_only().map(|value| empty.set(value))
    })();
    // SAFETY: the caller's error.
    unsafe { status(mapped, error) }
}

/// Gives the descriptor up to the caller; the handle is closed.
///
/// @return the descriptor, or -errno
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust memory::File::into_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_file_into_fd(file: *mut rawipc_file, error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's handle.
    let fd = unsafe { OPEN.taken(file) }.map(File::into_fd);
    // SAFETY: the caller's error.
    unsafe { descriptor(fd, error) }
}

/// Closes the descriptor. Mappings live on.
///
/// @return 0, or -errno
/// @rust memory::File
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_file_close(file: *mut rawipc_file, error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's handle.
    let closed = unsafe { Args(Call::CLOSE).taken(file) }.map(drop);
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}
