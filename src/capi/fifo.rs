//! FIFOs: pipes with a name, a file of type `p` that holds no data blocks.
//!
//! rawipc_fifo_create() makes the file, anyone who knows the path opens an end, and from there on "I/O on pipes and
//! FIFOs has exactly the same semantics" (pipe(7)): the functions are those of rawipc_pipe_…, for bytes on the ends of
//! open_read and open_write, for messages on those of open_receiver and open_sender.
//!
//! What lies at the path is not trusted: a symbolic link is not followed, another kind of file and a FIFO of another
//! owner are refused. A FIFO left behind by a killed process holds nothing, and rawipc_fifo_ensure() takes it into use
//! again.

use core::ffi::{c_char, c_int};

use rawipc::fifo::{self, Owner};
use rawipc::pipe::{PacketReceiver, PacketSender, ReadEnd, WriteEnd};
use rawipc::{Call, Errno, Result};

use crate::arg::Args;
use crate::error::{descriptor, rawipc_error, status};
use crate::wait::rawipc_wait;

/// In place of an owner's uid: this process's effective user.
pub const RAWIPC_FIFO_MINE: i64 = -1;
/// In place of an owner's uid: whoever made it, for a directory that only the trusted can write to.
pub const RAWIPC_FIFO_ANYONE: i64 = -2;

const MAKE: Args = Args(Call::MKNODAT);
const OPEN: Args = Args(Call::OPENAT);
const REMOVE: Args = Args(Call::UNLINKAT);

impl Args {
    fn owner(self, owner: i64) -> Result<Owner> {
        match owner {
            RAWIPC_FIFO_MINE => Ok(Owner::Mine),
            RAWIPC_FIFO_ANYONE => Ok(Owner::Anyone),
            uid => u32::try_from(uid).map(Owner::Uid).map_err(|_| self.refused(Errno::INVAL)),
        }
    }
}

/// Makes a FIFO that only this user can open.
///
/// @return 0, or -errno
/// @par Errors
/// EEXIST: something is there already, see rawipc_fifo_ensure(). ENOENT, ENOTDIR, EACCES, ENAMETOOLONG: the path.
/// @rust fifo::create
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fifo_create(path: *const c_char, error: *mut rawipc_error) -> c_int {
    let done = (|| {
        // SAFETY: the caller's path.
        let path = unsafe { MAKE.text(path) }?;
        fifo::create(path)
    })();
    // SAFETY: the caller's error.
    unsafe { status(done, error) }
}

/// Makes a FIFO relative to a directory, with the permissions of mode less those that the umask takes.
///
/// @param dir    a directory, or AT_FDCWD of <fcntl.h>
/// @return 0, or -errno
/// @par Errors
/// As rawipc_fifo_create(); EINVAL: mode has other bits than the nine permissions.
/// @rust fifo::create_at
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fifo_create_at(
    dir: c_int,
    path: *const c_char,
    mode: u32,
    error: *mut rawipc_error,
) -> c_int {
    let done = (|| {
        let dir = MAKE.directory(dir)?;
        // SAFETY: the caller's path.
        let path = unsafe { MAKE.text(path) }?;
        fifo::create_at(dir, path, mode)
    })();
    // SAFETY: the caller's error.
    unsafe { status(done, error) }
}

/// Makes a FIFO as rawipc_fifo_create() does, or takes into use the FIFO of this user that is there: what a killed
/// predecessor left holds no data and stands in nobody's way.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_fifo_create(); EPROTOTYPE: what is there is no FIFO. EPERM: it is another user's, or others have more
/// permissions on it than 0600. EEXIST: each time something was there, and gone when it was looked at.
/// @rust fifo::ensure
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fifo_ensure(path: *const c_char, error: *mut rawipc_error) -> c_int {
    let done = (|| {
        // SAFETY: the caller's path.
        let path = unsafe { MAKE.text(path) }?;
        fifo::ensure(path)
    })();
    // SAFETY: the caller's error.
    unsafe { status(done, error) }
}

/// Opens the end that raw bytes come out of, of a FIFO that belongs to this user.
///
/// It does not wait for a writer; the first read does. A read of 0 is the end only after a writer has come and gone;
/// when another comes after that, the stream goes on.
///
/// @return the descriptor, or -errno
/// @par Errors
/// As rawipc_fifo_open_read_at().
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust fifo::open_read
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fifo_open_read(path: *const c_char, error: *mut rawipc_error) -> c_int {
    let opened = (|| {
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        fifo::open_read(path).map(ReadEnd::into_fd)
    })();
    // SAFETY: the caller's error.
    unsafe { descriptor(opened, error) }
}

/// Opens the end that raw bytes come out of, relative to a directory; see rawipc_fifo_open_read().
///
/// @param dir    a directory, or AT_FDCWD of <fcntl.h>
/// @param owner  whose FIFO may be opened: a uid, RAWIPC_FIFO_MINE or RAWIPC_FIFO_ANYONE
/// @return the descriptor, or -errno
/// @par Errors
/// ELOOP: a symbolic link lies there. EPROTOTYPE: another kind of file. EPERM: another owner. ENOENT, ENOTDIR, EACCES,
/// ENAMETOOLONG: the path. EMFILE, ENFILE: no descriptors left.
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust fifo::open_read_at
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fifo_open_read_at(
    dir: c_int,
    path: *const c_char,
    owner: i64,
    error: *mut rawipc_error,
) -> c_int {
    let opened = (|| {
        let dir = OPEN.directory(dir)?;
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        let owner = OPEN.owner(owner)?;
        fifo::open_read_at(dir, path, owner).map(ReadEnd::into_fd)
    })();
    // SAFETY: the caller's error.
    unsafe { descriptor(opened, error) }
}

/// Opens the end that raw bytes go into, of a FIFO that belongs to this user, waiting for a reader.
///
/// @return the descriptor, or -errno
/// @par Errors
/// As rawipc_fifo_open_write_at().
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust fifo::open_write
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fifo_open_write(
    path: *const c_char,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let opened = (|| {
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { OPEN.wait(wait) }?;
        fifo::open_write(path, wait).map(WriteEnd::into_fd)
    })();
    // SAFETY: the caller's error.
    unsafe { descriptor(opened, error) }
}

/// Opens the end that raw bytes go into, relative to a directory, waiting for a reader.
///
/// A FIFO tells its writer of nothing: opening is tried again after 0.1 ms, then ever more seldom, at the least every
/// 10 ms.
///
/// @param dir    a directory, or AT_FDCWD of <fcntl.h>
/// @param owner  whose FIFO may be opened: a uid, RAWIPC_FIFO_MINE or RAWIPC_FIFO_ANYONE
/// @return the descriptor, or -errno
/// @par Errors
/// As rawipc_fifo_open_read_at(), and ETIMEDOUT: no reader came in time.
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust fifo::open_write_at
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fifo_open_write_at(
    dir: c_int,
    path: *const c_char,
    owner: i64,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let opened = (|| {
        let dir = OPEN.directory(dir)?;
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        let owner = OPEN.owner(owner)?;
        // SAFETY: the caller's wait.
        let wait = unsafe { OPEN.wait(wait) }?;
        fifo::open_write_at(dir, path, owner, wait).map(WriteEnd::into_fd)
    })();
    // SAFETY: the caller's error.
    unsafe { descriptor(opened, error) }
}

/// Opens the end that whole messages come out of, of a FIFO that belongs to this user; see rawipc_fifo_open_read().
///
/// A writer that is not of rawipc_fifo_open_sender() puts in plain bytes, which come out as messages of any length.
///
/// @return the descriptor, or -errno
/// @par Errors
/// As rawipc_fifo_open_read_at().
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust fifo::open_receiver
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fifo_open_receiver(path: *const c_char, error: *mut rawipc_error) -> c_int {
    let opened = (|| {
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        fifo::open_receiver(path).map(PacketReceiver::into_fd)
    })();
    // SAFETY: the caller's error.
    unsafe { descriptor(opened, error) }
}

/// Opens the end that whole messages come out of, relative to a directory; see rawipc_fifo_open_receiver().
///
/// @param dir    a directory, or AT_FDCWD of <fcntl.h>
/// @param owner  whose FIFO may be opened: a uid, RAWIPC_FIFO_MINE or RAWIPC_FIFO_ANYONE
/// @return the descriptor, or -errno
/// @par Errors
/// As rawipc_fifo_open_read_at().
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust fifo::open_receiver_at
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fifo_open_receiver_at(
    dir: c_int,
    path: *const c_char,
    owner: i64,
    error: *mut rawipc_error,
) -> c_int {
    let opened = (|| {
        let dir = OPEN.directory(dir)?;
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        let owner = OPEN.owner(owner)?;
        fifo::open_receiver_at(dir, path, owner).map(PacketReceiver::into_fd)
    })();
    // SAFETY: the caller's error.
    unsafe { descriptor(opened, error) }
}

/// Opens the end that whole messages go into, of a FIFO that belongs to this user, waiting for a reader.
///
/// @return the descriptor, or -errno
/// @par Errors
/// As rawipc_fifo_open_write_at().
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust fifo::open_sender
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fifo_open_sender(
    path: *const c_char,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let opened = (|| {
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { OPEN.wait(wait) }?;
        fifo::open_sender(path, wait).map(PacketSender::into_fd)
    })();
    // SAFETY: the caller's error.
    unsafe { descriptor(opened, error) }
}

/// Opens the end that whole messages go into, relative to a directory, waiting for a reader.
///
/// @param dir    a directory, or AT_FDCWD of <fcntl.h>
/// @param owner  whose FIFO may be opened: a uid, RAWIPC_FIFO_MINE or RAWIPC_FIFO_ANYONE
/// @return the descriptor, or -errno
/// @par Errors
/// As rawipc_fifo_open_write_at().
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust fifo::open_sender_at
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fifo_open_sender_at(
    dir: c_int,
    path: *const c_char,
    owner: i64,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let opened = (|| {
        let dir = OPEN.directory(dir)?;
        // SAFETY: the caller's path.
        let path = unsafe { OPEN.text(path) }?;
        let owner = OPEN.owner(owner)?;
        // SAFETY: the caller's wait.
        let wait = unsafe { OPEN.wait(wait) }?;
        fifo::open_sender_at(dir, path, owner, wait).map(PacketSender::into_fd)
    })();
    // SAFETY: the caller's error.
    unsafe { descriptor(opened, error) }
}

/// Removes the FIFO's name. Ends that are open stay so.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_fifo_remove_at().
/// @rust fifo::remove
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fifo_remove(path: *const c_char, error: *mut rawipc_error) -> c_int {
    let done = (|| {
        // SAFETY: the caller's path.
        let path = unsafe { REMOVE.text(path) }?;
        fifo::remove(path)
    })();
    // SAFETY: the caller's error.
    unsafe { status(done, error) }
}

/// Removes the FIFO's name, relative to a directory.
///
/// The kernel cannot remove a name on condition: who can write to the directory can put another file there between the
/// look and the removal.
///
/// @param dir    a directory, or AT_FDCWD of <fcntl.h>
/// @return 0, or -errno
/// @par Errors
/// EPROTOTYPE: another kind of file, which stays. ENOENT: nothing is there.
/// @rust fifo::remove_at
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_fifo_remove_at(
    dir: c_int,
    path: *const c_char,
    error: *mut rawipc_error,
) -> c_int {
    let done = (|| {
        let dir = REMOVE.directory(dir)?;
        // SAFETY: the caller's path.
        let path = unsafe { REMOVE.text(path) }?;
        fifo::remove_at(dir, path)
    })();
    // SAFETY: the caller's error.
    unsafe { status(done, error) }
}
