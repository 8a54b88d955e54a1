//! FIFOs: pipes with a name, a file of type `p` that holds no data blocks.
//!
//! [`create`] makes the file, anyone who knows the path opens an end, and from there on "I/O on pipes and FIFOs
//! has exactly the same semantics" (pipe(7)): the ends are those of [`pipe`](crate::pipe). As raw bytes a FIFO
//! talks to `echo` and `cat`; as whole messages ([`open_receiver`], [`open_sender`]) to this crate.
//!
//! What lies at the path is not trusted: a symbolic link is not followed, another kind of file and a FIFO of
//! another [`Owner`] are refused. A FIFO left behind by a killed process holds nothing, and [`ensure`] takes it
//! into use again.

mod open;
#[cfg(test)]
mod tests;

use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, BorrowedFd, CWD};
use core::ffi::CStr;
use rustix::fs::{AtFlags, FileType, Mode, Stat};

pub use open::{
    open_read, open_read_at, open_receiver, open_receiver_at, open_sender, open_sender_at, open_write,
    open_write_at,
};

/// Whose FIFO may be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum Owner {
    /// One that belongs to this process's effective user.
    Mine,
    /// One that belongs to this user.
    Uid(u32),
    /// Whoever made it: for a directory that only the trusted can write to.
    Anyone,
}

/// How often [`ensure`] lets somebody take away what it found, who may do so on purpose.
const ENSURE_TRIES: u32 = 16;

/// `mknodat(AT_FDCWD, path, S_IFIFO | 0600)` — makes a FIFO that only this user can open.
///
/// # Errors
/// `EEXIST`: something is there already, see [`ensure`]. `ENOENT`, `ENOTDIR`, `EACCES`, `ENAMETOOLONG`: the path.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | ok; there already; a bad path | `mknodat` |
/// | refused | none |
///
/// # Examples
/// ```
/// use rawipc::{ByteRead, ByteWrite, Wait, fifo};
///
/// let path = std::ffi::CString::new(format!("/tmp/rawipc-doc-{}", std::process::id())).unwrap();
/// fifo::create(&path)?;
/// let mut read_end = fifo::open_read(&path)?;
/// let mut write_end = fifo::open_write(&path, Wait::FOREVER)?;
/// fifo::remove(&path)?;
/// write_end.write_all(b"to whoever reads", Wait::FOREVER)?;
/// let mut buf = [0; 64];
/// assert_eq!(read_end.read(&mut buf, Wait::FOREVER)?, 16);
/// # Ok::<(), rawipc::Error>(())
/// ```
///
/// # References
/// [mknod(2)](https://man7.org/linux/man-pages/man2/mknod.2.html),
/// [fifo(7)](https://man7.org/linux/man-pages/man7/fifo.7.html)
pub fn create(path: &CStr) -> Result<()> {
    create_at(CWD, path, 0o600)
}

/// `mknodat(dir, path, S_IFIFO | mode)` — makes a FIFO relative to a directory, with the permissions of `mode`
/// less those that the umask takes.
///
/// # Errors
/// As [`create`]; `EINVAL`: `mode` has other bits than the nine permissions.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | ok; there already; a bad path | `mknodat` |
/// | refused | none |
pub fn create_at(dir: impl AsFd, path: &CStr, mode: u32) -> Result<()> {
    if mode & !0o777 != 0 {
        return Err(Error::argument(Call::MKNODAT, Errno::INVAL));
    }
    not_empty(path, Call::MKNODAT)?;
    rustix::fs::mknodat(dir.as_fd(), path, FileType::Fifo, Mode::from_raw_mode(mode), 0).named(Call::MKNODAT)
}

/// [`create`], or takes into use the FIFO of this user that is there: what a killed predecessor left holds no
/// data and stands in nobody's way.
///
/// # Errors
/// As [`create`]; `EPROTOTYPE`: what is there is no FIFO. `EPERM`: it is another user's, or others have more
/// permissions on it than 0600. `EEXIST`: each time something was there, and gone when it was looked at.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | made; a bad path | `mknodat` |
/// | there already; another owner; others have permissions | `mknodat` `newfstatat` `geteuid` |
/// | another kind | `mknodat` `newfstatat` |
/// | gone in between; gone again and again | (`mknodat` `newfstatat`)×n `mknodat` |
/// | gone and there again | (`mknodat` `newfstatat`)×n `geteuid` |
/// | refused | none |
pub fn ensure(path: &CStr) -> Result<()> {
    let mut tries = ENSURE_TRIES;
    loop {
        tries = tries.saturating_sub(1);
        match create(path) {
            Err(e) if e.is(Errno::EXIST) && tries > 0 => {}
            answer => return answer,
        }
        match look(CWD, path) {
            Err(e) if e.is(Errno::NOENT) => {}
            Err(e) => return Err(e),
            Ok(stat) => {
                check(&stat, Owner::Mine, Call::NEWFSTATAT)?;
                return match stat.st_mode & 0o077 {
                    0 => Ok(()),
                    _ => Err(Error::peer(Call::NEWFSTATAT, Errno::PERM)),
                };
            }
        }
    }
}

/// Removes the FIFO's name. Ends that are open stay so.
///
/// # Errors
/// As [`remove_at`].
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | ok | `newfstatat` `unlinkat` |
/// | another kind; nothing there | `newfstatat` |
/// | refused | none |
pub fn remove(path: &CStr) -> Result<()> {
    remove_at(CWD, path)
}

/// Removes the FIFO's name, relative to a directory.
///
/// The kernel cannot remove a name on condition: who can write to the directory can put another file there
/// between the look and the removal.
///
/// # Errors
/// `EPROTOTYPE`: another kind of file, which stays. `ENOENT`: nothing is there.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | ok | `newfstatat` `unlinkat` |
/// | another kind; nothing there | `newfstatat` |
/// | refused | none |
///
/// # References
/// [unlink(2)](https://man7.org/linux/man-pages/man2/unlink.2.html)
pub fn remove_at(dir: impl AsFd, path: &CStr) -> Result<()> {
    not_empty(path, Call::UNLINKAT)?;
    let dir = dir.as_fd();
    check(&look(dir, path)?, Owner::Anyone, Call::NEWFSTATAT)?;
    rustix::fs::unlinkat(dir, path, AtFlags::empty()).named(Call::UNLINKAT)
}

fn not_empty(path: &CStr, call: Call) -> Result<()> {
    if path.is_empty() { Err(Error::argument(call, Errno::NOENT)) } else { Ok(()) }
}

fn look(dir: BorrowedFd<'_>, path: &CStr) -> Result<Stat> {
    rustix::fs::statat(dir, path, AtFlags::SYMLINK_NOFOLLOW).named(Call::NEWFSTATAT)
}

/// A FIFO, and of the right owner?
fn check(stat: &Stat, owner: Owner, call: Call) -> Result<()> {
    if FileType::from_raw_mode(stat.st_mode) != FileType::Fifo {
        return Err(Error::peer(call, Errno::PROTOTYPE));
    }
    let expected = match owner {
        Owner::Mine => rustix::process::geteuid().as_raw(),
        Owner::Uid(uid) => uid,
        Owner::Anyone => return Ok(()),
    };
    if stat.st_uid == expected { Ok(()) } else { Err(Error::peer(call, Errno::PERM)) }
}
