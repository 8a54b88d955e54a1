//! FIFOs: pipes with a name, a file of type `p` that holds no data blocks.
//!
//! [`create`] makes the file, anyone who knows the path opens an end, and from there on "I/O on pipes and FIFOs
//! has exactly the same semantics" (pipe(7)): the ends are those of [`pipe`](crate::pipe). As raw bytes a FIFO
//! talks to `echo` and `cat`; as whole messages ([`open_receiver`], [`open_sender`]) to this crate.
//!
//! What lies at the path is not trusted: a symbolic link is not followed, another kind of file and a FIFO of
//! another [`Owner`] are refused. A FIFO left behind by a killed process holds nothing, and [`ensure`] takes it
//! into use again.

#[cfg(test)]
mod tests;

use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, BorrowedFd, CWD, Fd};
use crate::pipe::{PacketReceiver, PacketSender, ReadEnd, WriteEnd};
use crate::wait::{Sleeper, Wait};
use core::ffi::CStr;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};

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

/// The pause between two tries to open a FIFO that nobody reads: at first, and at most, in nanoseconds.
const FIRST_PAUSE: u64 = 100_000;
const LONGEST_PAUSE: u64 = 10_000_000;

/// `mknodat(AT_FDCWD, path, S_IFIFO | 0600)` — makes a FIFO that only this user can open.
///
/// # Errors
/// `EEXIST`: something is there already, see [`ensure`]. `ENOENT`, `ENOTDIR`, `EACCES`, `ENAMETOOLONG`: the path.
///
/// # Syscalls
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
/// permissions on it than 0600.
///
/// # Syscalls
/// | case | calls |
/// |------|-------|
/// | made; a bad path | `mknodat` |
/// | there already; another owner; others have permissions | `mknodat` `newfstatat` `geteuid` |
/// | another kind | `mknodat` `newfstatat` |
/// | gone in between | (`mknodat` `newfstatat`)×n `mknodat` |
/// | gone and there again | (`mknodat` `newfstatat`)×n `geteuid` |
/// | refused | none |
pub fn ensure(path: &CStr) -> Result<()> {
    loop {
        match create(path) {
            Err(e) if e.errno() == Errno::EXIST => {}
            answer => return answer,
        }
        match look(CWD, path) {
            Err(e) if e.errno() == Errno::NOENT => {}
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

/// Opens the end that raw bytes come out of, of a FIFO that belongs to this user.
///
/// It does not wait for a writer; the first read does. A read of 0 is the end only after a writer has come and
/// gone; when another comes after that, the stream goes on.
///
/// # Errors
/// As [`open_read_at`].
///
/// # Syscalls
/// | case | calls |
/// |------|-------|
/// | ok | `openat` `fstat` `geteuid` |
/// | another kind | `openat` `fstat` `close` |
/// | another owner | `openat` `fstat` `geteuid` `close` |
/// | nothing there; a symbolic link; no descriptor left | `openat` |
/// | refused | none |
pub fn open_read(path: &CStr) -> Result<ReadEnd> {
    open_read_at(CWD, path, Owner::Mine)
}

/// Opens the end that raw bytes come out of, relative to a directory; see [`open_read`].
///
/// # Errors
/// `ELOOP`: a symbolic link lies there. `EPROTOTYPE`: another kind of file. `EPERM`: another owner. `ENOENT`,
/// `ENOTDIR`, `EACCES`, `ENAMETOOLONG`: the path. `EMFILE`, `ENFILE`: no descriptors left.
///
/// # Syscalls
/// | case | calls |
/// |------|-------|
/// | [`Owner::Mine`] | `openat` `fstat` `geteuid` |
/// | [`Owner::Uid`]; [`Owner::Anyone`] | `openat` `fstat` |
/// | another kind | `openat` `fstat` `close` |
/// | another owner, [`Owner::Mine`] | `openat` `fstat` `geteuid` `close` |
/// | another owner, [`Owner::Uid`] | `openat` `fstat` `close` |
/// | nothing there; a symbolic link; no descriptor left | `openat` |
/// | refused | none |
///
/// # References
/// [open(2)](https://man7.org/linux/man-pages/man2/open.2.html), "FIFOs"
pub fn open_read_at(dir: impl AsFd, path: &CStr, owner: Owner) -> Result<ReadEnd> {
    not_empty(path, Call::OPENAT)?;
    let fd = open(dir.as_fd(), path, OFlags::RDONLY)?;
    check_open(&fd, owner)?;
    Ok(ReadEnd::of_fifo(fd))
}

/// Opens the end that raw bytes go into, of a FIFO that belongs to this user, waiting for a reader.
///
/// # Errors
/// As [`open_write_at`].
///
/// # Syscalls
/// | case | calls |
/// |------|-------|
/// | a reader is there | `openat` `fstat` `geteuid` |
/// | waits for ever | (`openat` `newfstatat` `geteuid` `ppoll`)×n `openat` `fstat` `geteuid` |
/// | waits with a limit | (`openat` `newfstatat` `geteuid` `clock_gettime` `ppoll`)×n `openat` `fstat` `geteuid` |
/// | times out | (`openat` `newfstatat` `geteuid` `clock_gettime` `ppoll`)×n `openat` `newfstatat` `geteuid` `clock_gettime` |
/// | over from the start | `openat` `newfstatat` `geteuid` `clock_gettime` |
/// | a limit of zero | `openat` `newfstatat` `geteuid` |
/// | a signal ends it, for ever | (`openat` `newfstatat` `geteuid` `ppoll`)×n |
/// | a signal ends it, with a limit | (`openat` `newfstatat` `geteuid` `clock_gettime` `ppoll`)×n |
/// | another file takes its place, for ever | (`openat` `newfstatat` `geteuid` `ppoll`)×n [`open_read`] |
/// | another file takes its place, with a limit | (`openat` `newfstatat` `geteuid` `clock_gettime` `ppoll`)×n [`open_read`] |
/// | another kind | `openat` `fstat` `close` |
/// | another owner | `openat` `fstat` `geteuid` `close` |
/// | another owner, no reader | `openat` `newfstatat` `geteuid` |
/// | a socket, or a device without a driver | `openat` `newfstatat` |
/// | nothing there; a symbolic link | `openat` |
/// | refused | none |
pub fn open_write(path: &CStr, wait: Wait) -> Result<WriteEnd> {
    open_write_at(CWD, path, Owner::Mine, wait)
}

/// Opens the end that raw bytes go into, relative to a directory, waiting for a reader.
///
/// A FIFO tells its writer of nothing: opening is tried again after 0.1 ms, then ever more seldom, at the least
/// every 10 ms.
///
/// # Errors
/// As [`open_read_at`], and `ETIMEDOUT`: no reader came in time.
///
/// # Syscalls
/// | case | calls |
/// |------|-------|
/// | [`Owner::Mine`] | as [`open_write`] |
/// | a reader is there | `openat` `fstat` |
/// | waits for ever | (`openat` `newfstatat` `ppoll`)×n `openat` `fstat` |
/// | waits with a limit | (`openat` `newfstatat` `clock_gettime` `ppoll`)×n `openat` `fstat` |
/// | times out | (`openat` `newfstatat` `clock_gettime` `ppoll`)×n `openat` `newfstatat` `clock_gettime` |
/// | over from the start | `openat` `newfstatat` `clock_gettime` |
/// | a limit of zero | `openat` `newfstatat` |
/// | a signal ends it, for ever | (`openat` `newfstatat` `ppoll`)×n |
/// | a signal ends it, with a limit | (`openat` `newfstatat` `clock_gettime` `ppoll`)×n |
/// | another file takes its place, for ever | (`openat` `newfstatat` `ppoll`)×n [`open_read_at`] |
/// | another file takes its place, with a limit | (`openat` `newfstatat` `clock_gettime` `ppoll`)×n [`open_read_at`] |
/// | another kind | `openat` `fstat` `close` |
/// | another owner | `openat` `fstat` `close` |
/// | another owner, no reader | `openat` `newfstatat` |
/// | a socket, or a device without a driver | `openat` `newfstatat` |
/// | nothing there; a symbolic link | `openat` |
/// | refused | none |
pub fn open_write_at(dir: impl AsFd, path: &CStr, owner: Owner, wait: Wait) -> Result<WriteEnd> {
    not_empty(path, Call::OPENAT)?;
    let dir = dir.as_fd();
    let mut sleeper = Sleeper::new(wait);
    let mut pause = FIRST_PAUSE;
    let fd = loop {
        match open(dir, path, OFlags::WRONLY) {
            Err(e) if e.errno() == Errno::NXIO => {}
            Err(e) if e.errno() == Errno::INTR => sleeper.may_go_on(e)?,
            answer => break answer?,
        }
        // ENXIO is what a FIFO without readers says, but a planted socket says it too.
        check(&look(dir, path)?, owner, Call::NEWFSTATAT)?;
        sleeper.pause(pause)?;
        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
    };
    check_open(&fd, owner)?;
    Ok(WriteEnd::new(fd))
}

/// Opens the end that whole messages come out of, of a FIFO that belongs to this user; see [`open_read`].
///
/// A writer that is not an [`open_sender`] puts in plain bytes, which come out as messages of any length.
///
/// # Errors
/// As [`open_read_at`].
///
/// # Syscalls
/// As [`open_read`].
///
/// # Examples
/// ```
/// use rawipc::{Receiver, Sender, Wait, fifo, pipe};
///
/// let path = std::ffi::CString::new(format!("/tmp/rawipc-doc-m-{}", std::process::id())).unwrap();
/// fifo::create(&path)?;
/// let mut receiver = fifo::open_receiver(&path)?;
/// let mut sender = fifo::open_sender(&path, Wait::FOREVER)?;
/// fifo::remove(&path)?;
/// sender.send(b"one", Wait::FOREVER)?;
/// sender.send(b"two", Wait::FOREVER)?;
/// let mut buf = [0; pipe::PIPE_BUF];
/// assert_eq!(receiver.recv(&mut buf, Wait::FOREVER)?, 3);
/// # Ok::<(), rawipc::Error>(())
/// ```
pub fn open_receiver(path: &CStr) -> Result<PacketReceiver> {
    open_receiver_at(CWD, path, Owner::Mine)
}

/// Opens the end that whole messages come out of, relative to a directory; see [`open_receiver`].
///
/// # Errors
/// As [`open_read_at`].
///
/// # Syscalls
/// As [`open_read_at`].
pub fn open_receiver_at(dir: impl AsFd, path: &CStr, owner: Owner) -> Result<PacketReceiver> {
    open_read_at(dir, path, owner).map(PacketReceiver::new)
}

/// Opens the end that whole messages go into, of a FIFO that belongs to this user, waiting for a reader.
///
/// # Errors
/// As [`open_write_at`].
///
/// # Syscalls
/// | case | calls |
/// |------|-------|
/// | a reader is there | `openat` `fstat` `geteuid` `fcntl` |
/// | waits for ever | (`openat` `newfstatat` `geteuid` `ppoll`)×n `openat` `fstat` `geteuid` `fcntl` |
/// | waits with a limit | (`openat` `newfstatat` `geteuid` `clock_gettime` `ppoll`)×n `openat` `fstat` `geteuid` `fcntl` |
/// | times out | (`openat` `newfstatat` `geteuid` `clock_gettime` `ppoll`)×n `openat` `newfstatat` `geteuid` `clock_gettime` |
/// | over from the start | `openat` `newfstatat` `geteuid` `clock_gettime` |
/// | a limit of zero | `openat` `newfstatat` `geteuid` |
/// | a signal ends it, for ever | (`openat` `newfstatat` `geteuid` `ppoll`)×n |
/// | a signal ends it, with a limit | (`openat` `newfstatat` `geteuid` `clock_gettime` `ppoll`)×n |
/// | another file takes its place, for ever | (`openat` `newfstatat` `geteuid` `ppoll`)×n [`open_read`] |
/// | another file takes its place, with a limit | (`openat` `newfstatat` `geteuid` `clock_gettime` `ppoll`)×n [`open_read`] |
/// | another kind | `openat` `fstat` `close` |
/// | another owner | `openat` `fstat` `geteuid` `close` |
/// | another owner, no reader | `openat` `newfstatat` `geteuid` |
/// | a socket, or a device without a driver | `openat` `newfstatat` |
/// | nothing there; a symbolic link | `openat` |
/// | refused | none |
pub fn open_sender(path: &CStr, wait: Wait) -> Result<PacketSender> {
    open_sender_at(CWD, path, Owner::Mine, wait)
}

/// Opens the end that whole messages go into, relative to a directory, waiting for a reader; see
/// [`open_write_at`].
///
/// # Errors
/// As [`open_write_at`].
///
/// # Syscalls
/// | case | calls |
/// |------|-------|
/// | [`Owner::Mine`] | as [`open_sender`] |
/// | a reader is there | `openat` `fstat` `fcntl` |
/// | waits for ever | (`openat` `newfstatat` `ppoll`)×n `openat` `fstat` `fcntl` |
/// | waits with a limit | (`openat` `newfstatat` `clock_gettime` `ppoll`)×n `openat` `fstat` `fcntl` |
/// | times out | (`openat` `newfstatat` `clock_gettime` `ppoll`)×n `openat` `newfstatat` `clock_gettime` |
/// | over from the start | `openat` `newfstatat` `clock_gettime` |
/// | a limit of zero | `openat` `newfstatat` |
/// | a signal ends it, for ever | (`openat` `newfstatat` `ppoll`)×n |
/// | a signal ends it, with a limit | (`openat` `newfstatat` `clock_gettime` `ppoll`)×n |
/// | another file takes its place, for ever | (`openat` `newfstatat` `ppoll`)×n [`open_read_at`] |
/// | another file takes its place, with a limit | (`openat` `newfstatat` `clock_gettime` `ppoll`)×n [`open_read_at`] |
/// | another kind | `openat` `fstat` `close` |
/// | another owner | `openat` `fstat` `close` |
/// | another owner, no reader | `openat` `newfstatat` |
/// | a socket, or a device without a driver | `openat` `newfstatat` |
/// | nothing there; a symbolic link | `openat` |
/// | refused | none |
pub fn open_sender_at(dir: impl AsFd, path: &CStr, owner: Owner, wait: Wait) -> Result<PacketSender> {
    let fd = open_write_at(dir, path, owner, wait)?.into_fd();
    // open() refuses O_DIRECT on a FIFO, fcntl() takes it.
    fd.set_status_flags(OFlags::NONBLOCK.union(OFlags::DIRECT))?;
    Ok(PacketSender::new(WriteEnd::new(fd)))
}

/// Removes the FIFO's name. Ends that are open stay so.
///
/// # Errors
/// As [`remove_at`].
///
/// # Syscalls
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

/// Non-blocking, so that nothing planted can hold us up; no link is followed in the last place.
fn open(dir: BorrowedFd<'_>, path: &CStr, access: OFlags) -> Result<Fd> {
    let flags =
        access.union(OFlags::NONBLOCK).union(OFlags::CLOEXEC).union(OFlags::NOFOLLOW).union(OFlags::NOCTTY);
    rustix::fs::openat(dir, path, flags, Mode::empty()).map(Fd::from).named(Call::OPENAT)
}

fn look(dir: BorrowedFd<'_>, path: &CStr) -> Result<Stat> {
    rustix::fs::statat(dir, path, AtFlags::SYMLINK_NOFOLLOW).named(Call::NEWFSTATAT)
}

fn check_open(fd: &Fd, owner: Owner) -> Result<()> {
    check(&rustix::fs::fstat(fd).named(Call::FSTAT)?, owner, Call::FSTAT)
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
