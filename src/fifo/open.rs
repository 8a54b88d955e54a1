//! The ends.

use crate::error::{Call, Errno, Named, Result};
use crate::fd::{AsFd, BorrowedFd, CWD, Fd};
use crate::fifo::{Owner, check, look, not_empty};
use crate::pipe::{PacketReceiver, PacketSender, ReadEnd, WriteEnd};
use crate::sys::made::openat;
use crate::wait::{Sleeper, Wait};
use core::ffi::CStr;
use rustix::fs::{Mode, OFlags};

/// The pause between two tries to open a FIFO that nobody reads: at first, and at most, in nanoseconds.
const FIRST_PAUSE: u64 = 100_000;
const LONGEST_PAUSE: u64 = 10_000_000;

/// Opens the end that raw bytes come out of, of a FIFO that belongs to this user.
///
/// It does not wait for a writer; the first read does. A read of 0 is the end only after a writer has come and
/// gone; when another comes after that, the stream goes on.
///
/// # Errors
/// As [`open_read_at`].
///
/// # Syscalls
/// Async-signal-safe.
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
/// Async-signal-safe.
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
/// Async-signal-safe.
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
/// Async-signal-safe.
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
            Err(e) if e.is(Errno::NXIO) => {}
            Err(e) if e.is(Errno::INTR) => sleeper.may_go_on(e)?,
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
/// Async-signal-safe. As [`open_read`].
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
/// Async-signal-safe. As [`open_read_at`].
pub fn open_receiver_at(dir: impl AsFd, path: &CStr, owner: Owner) -> Result<PacketReceiver> {
    open_read_at(dir, path, owner).map(PacketReceiver::new)
}

/// Opens the end that whole messages go into, of a FIFO that belongs to this user, waiting for a reader.
///
/// # Errors
/// As [`open_write_at`].
///
/// # Syscalls
/// Async-signal-safe.
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
/// Async-signal-safe.
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

/// Non-blocking, so that nothing planted can hold us up; no link is followed in the last place.
fn open(dir: BorrowedFd<'_>, path: &CStr, access: OFlags) -> Result<Fd> {
    let flags =
        access.union(OFlags::NONBLOCK).union(OFlags::CLOEXEC).union(OFlags::NOFOLLOW).union(OFlags::NOCTTY);
    openat(dir, path, flags, Mode::empty()).map(Fd::from)
}

fn check_open(fd: &Fd, owner: Owner) -> Result<()> {
    check(&rustix::fs::fstat(fd).named(Call::FSTAT)?, owner, Call::FSTAT)
}
