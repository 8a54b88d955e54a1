//! The files of sockets in a directory, and who is behind them.

use core::ffi::{CStr, c_char, c_int, c_void};

use rawipc::fd::{AsFd, AsRawFd};
use rawipc::socket::{Files, SocketFile};
use rawipc::{Call, Errno, Result};

use crate::arg::Args;
use crate::error::{length, rawipc_error, status};
use crate::handle::holds;
use crate::ssize_t;

/// Bytes of records that are enough for any name.
pub const RAWIPC_FILES_RECORD_MAX: usize = 280;

/// A directory that is gone through. A handle: it does not move, and neither do its records.
#[repr(C)]
pub struct rawipc_files {
    opaque: [u64; 20],
}

/// The file of a socket, a file of type s.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_socket_file {
    /// Its name in the directory, which lies in the records until the next one is asked for.
    pub name: *const c_char,
    /// Permissions, and set-user-ID, set-group-ID and sticky bit.
    pub mode: u32,
    /// The user it belongs to.
    pub uid: u32,
    /// The group it belongs to.
    pub gid: u32,
    /// The nanoseconds beyond the seconds of modified.
    pub modified_nanos: u32,
    /// When it was made, as a rule: seconds since 1970.
    pub modified: i64,
    /// Names that it has.
    pub links: u64,
    /// Bytes, as ls shows them: 0 on most file systems.
    pub size: u64,
    /// The device that it lies on.
    pub device: u64,
    /// Its number there.
    pub inode: u64,
}

/// The directory, and the file in it that was told last.
pub(crate) struct Listing {
    // First: it borrows from the other.
    last: Option<SocketFile<'static>>,
    files: Files<'static>,
}

crate::layout!(rawipc_files: 160);
crate::layout!(rawipc_socket_file: 64, name 0, mode 8, uid 12, gid 16, modified_nanos 20, modified 24, links 32,
    size 40, device 48, inode 56);
holds!(rawipc_files, Listing, *b"files   ");

const OPEN: Args = Args(Call::OPENAT);
const READ: Args = Args(Call::GETDENTS64);
const FD: Args = Args(Call::CLOSE);

/// Opens a directory, to be read through records, which hold the next few of its entries: RAWIPC_FILES_RECORD_MAX bytes are
/// enough, and more save going to the kernel.
///
/// @param files  gets it
/// @param dir    a directory that the path is relative to, or AT_FDCWD of <fcntl.h>
/// @return 0, or -errno
/// @par Errors
/// EMSGSIZE: records are too short; error->needed tells what is enough. ENOTDIR, ENOENT, EACCES: the path. EMFILE, ENFILE:
/// no descriptors left.
/// @par Ownership
/// files are the caller's to close, and the records theirs until then.
/// @rust socket::Files::open_at
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_files_open_at(
    files: *mut rawipc_files,
    dir: c_int,
    path: *const c_char,
    records: *mut c_void,
    records_len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let opened = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { OPEN.empty(files) }?;
        let dir = OPEN.directory(dir)?;
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        // SAFETY: the caller's buffer.
        let records = unsafe { OPEN.buffer(records, records_len) }?;
        to.put(Files::open_at(dir, path, records).map(|files| Listing { last: None, files }))
    })();
    // SAFETY: the caller's error.
    unsafe { status(opened, error) }
}

/// Tells the next socket's file. Files of other types are passed over, and what was removed since its name was read.
///
/// @param file  gets it
/// @return 1; 0: that was the last one; or -errno
/// @par Errors
/// ENOENT: the directory was removed. EACCES: it may be read but not searched. EPROTO: what the kernel said is nothing that
/// a kernel says.
/// @rust socket::Files::next
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_files_next(
    files: *mut rawipc_files,
    file: *mut rawipc_socket_file,
    error: *mut rawipc_error,
) -> c_int {
    let told = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { READ.output(file) }?;
        // SAFETY: the caller's files.
        let Listing { last, files } = unsafe { READ.value::<rawipc_files>(files) }?;
        *last = None;
        let Some(file) = files.next()? else { return Ok(0) };
        *last = Some(file);
        to.set((&file).into());
        Ok(1)
    })();
    // SAFETY: the caller's error.
    unsafe { length(told, error) as c_int }
}

/// Asks who is behind the file that rawipc_files_next() told last, so that nobody there is told.
///
/// @return RAWIPC_BEHIND_…, or -errno
/// @par Errors
/// As rawipc_socket_behind_at(). ESTALE: another file has taken its place. EINVAL: none was told.
/// @rust socket::SocketFile::behind
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_files_behind(files: *const rawipc_files, error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's files.
    let behind = unsafe { OPEN.last(files) }.and_then(|file| file.behind()).map(|behind| behind as usize);
    // SAFETY: the caller's error.
    unsafe { length(behind, error) as c_int }
}

/// Type and permissions, as ls writes them, of the file that rawipc_files_next() told last: "srw-rw----".
///
/// @param buf  gets as much of it as fits, always ended by a NUL; 11 bytes are enough
/// @return 10, or -errno
/// @par Errors
/// EINVAL: none was told.
/// @rust socket::SocketFile::permissions
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_files_permissions(
    files: *const rawipc_files,
    buf: *mut c_char,
    len: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    let told = (|| {
        // SAFETY: the caller's files.
        let text = unsafe { OPEN.last(files) }?.permissions();
        // SAFETY: the caller's buffer.
        let buf = unsafe { OPEN.buffer(buf.cast::<c_void>(), len) }?;
        let last = buf.len().saturating_sub(1);
        for (to, from) in buf.iter_mut().zip(text.iter().take(last).chain(&[0])) {
            *to = *from;
        }
        Ok(text.len())
    })();
    // SAFETY: the caller's error.
    unsafe { length(told, error) }
}

/// The directory. It stays the files'.
///
/// @return the descriptor, or -errno
/// @rust socket::Files::as_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_files_fd(files: *const rawipc_files, error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's files.
    let fd = unsafe { FD.value_ref(files) }.map(|listing| listing.files.as_fd().as_raw_fd() as usize);
    // SAFETY: the caller's error.
    unsafe { length(fd, error) as c_int }
}

/// Closes the directory; the records are the caller's again.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: they are none, or closed already.
/// @rust socket::Files
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_files_close(files: *mut rawipc_files, error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's files.
    let closed = unsafe { FD.taken(files) }.map(drop);
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}

impl From<&SocketFile<'_>> for rawipc_socket_file {
    fn from(file: &SocketFile<'_>) -> Self {
        let SocketFile { name, mode, uid, gid, links, size, modified, modified_nanos, device, inode, .. } =
            *file;
        let name = CStr::as_ptr(name);
        rawipc_socket_file { name, mode, uid, gid, modified_nanos, modified, links, size, device, inode }
    }
}

impl Args {
    /// The file that was told last.
    ///
    /// # Safety
    /// As [`value_ref`](Self::value_ref).
    unsafe fn last<'a>(self, files: *const rawipc_files) -> Result<&'a SocketFile<'static>> {
        // SAFETY: by the caller.
        let listing = unsafe { self.value_ref(files) }?;
        listing.last.as_ref().ok_or_else(|| self.refused(Errno::INVAL))
    }
}
