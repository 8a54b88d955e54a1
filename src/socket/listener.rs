//! The socket that others connect to.

mod last;

use super::address::Address;
use super::connection::{Connection, Kind};
use super::name::{BoundName, PRIVATE, Way};
use super::place;
use crate::error::{Call, Errno, Error, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::sys::made::accept4;
use crate::sys::socket::{SocketOption, socket_option};
use crate::wait::{Events, Wait, until_done};
use core::ffi::CStr;
use core::fmt;
use core::marker::PhantomData;
use last::Last;
use rustix::net::SocketFlags;

/// A socket with a name, that accepts connections of type `C`: [`Stream`](super::Stream) or
/// [`Seqpacket`](super::Seqpacket).
///
/// # Names
/// A path is owned by who holds the lock beside it: a file of the same name with `.lock` behind it and 0600, which
/// [`bind`](Self::bind) makes and locks with `flock`, and a second descriptor holds from then on.
/// However its owner ends, the kernel lets the lock go, and the next bind takes over the socket's file that the
/// dead left; until then the name is taken, even where somebody removed the socket's file. Of two that start at
/// once, one gets the name and the other `EADDRINUSE`. A live socket of a program that knows nothing of the
/// lock is found by `connect` and never robbed; only where such a program replaces a dead file by its own at
/// the very moment at which it is taken over, one of the two is lost.
///
/// # Restarts
/// The old server [retires](Self::retire), which lets the lock go and says in it that its file may be replaced, and
/// accepts those who still come to it with [`accept_last`](Self::accept_last); the new one [binds](Self::bind_with),
/// or has been waiting in [`take_over`](Self::take_over). A client that connects meanwhile meets the one or the
/// other. Where there is no time to ask the old one, its descriptor can be handed on instead, and
/// [attached](Self::attach).
///
/// Dropping it removes both files, if this process made them and they are still the same: not in a child made by
/// fork, which shares the lock and keeps the name in use for as long as it has it, and not where somebody replaced
/// them. Between that look and the removal somebody still could, in a directory that others may write to. The path
/// is looked up again from where the process then stands, so a relative one is removed from the same working
/// directory only.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop, path | `getpid` `newfstatat` `unlinkat` `newfstatat` `unlinkat` `close` `close` |
/// | drop, path, the file is gone; drop, path, the file is another's | `getpid` `newfstatat` `newfstatat` `unlinkat` `close` `close` |
/// | drop, path, the lock's file is gone; drop, path, the lock's file is another's | `getpid` `newfstatat` `unlinkat` `newfstatat` `close` `close` |
/// | drop, path, both are gone | `getpid` `newfstatat` `newfstatat` `close` `close` |
/// | drop, path, in a child made by fork | `getpid` `close` `close` |
/// | drop, abstract name; drop, attached; drop, succeeded | `close` |
/// | drop, retired | `close` `close` |
/// | drop, in a directory | `getpid` `newfstatat` `unlinkat` `newfstatat` `unlinkat` `close` `close` `close` |
#[repr(C)]
pub struct Listener<C> {
    // First, and so dropped first: no client meets a file that nobody listens behind.
    name: BoundName,
    fd: Fd,
    last: Last,
    accepts: PhantomData<fn() -> C>,
}

/// How a [`Listener`] is made: [`DEFAULT`](Self::DEFAULT), and what differs from it.
///
/// ```
/// use rawipc::socket::Options;
/// let options = Options { mode: 0o660, ..Options::DEFAULT };
/// assert_eq!(options.backlog, 4096);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Options {
    /// Permissions of the socket file, less what the umask takes away; 0600. An abstract name has none.
    pub mode: u32,
    /// Connections that may wait to be accepted; 4096, and cut by the kernel at /proc/sys/net/core/somaxconn.
    pub backlog: u32,
}

impl Options {
    /// Mode 0600, a backlog of 4096.
    pub const DEFAULT: Options = Options { mode: PRIVATE, backlog: 4096 };
}

impl Default for Options {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl<C: Connection> Listener<C> {
    /// `socket`, the lock, `fchmod`, `bind`, `listen` — a listener with a file of mode 0600, or an abstract name.
    ///
    /// # Errors
    /// As [`bind_with`](Self::bind_with).
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`bind_with`](Self::bind_with).
    ///
    /// # Examples
    /// ```
    /// use rawipc::{ByteRead, ByteWrite, Wait};
    /// use rawipc::socket::{Address, Listener, Stream};
    ///
    /// let address = Address::abstract_name(format!("example {}", std::process::id()).as_bytes())?;
    /// let listener = Listener::<Stream>::bind(&address)?;
    /// let mut client = Stream::connect(&address, Wait::FOREVER)?;
    /// let mut server = listener.accept(Wait::FOREVER)?;
    /// client.write_all(b"hello", Wait::FOREVER)?;
    /// let mut buf = [0; 16];
    /// assert_eq!(server.read(&mut buf, Wait::FOREVER)?, 5);
    /// # Ok::<(), rawipc::Error>(())
    /// ```
    pub fn bind(address: &Address) -> Result<Self> {
        Self::bind_with(address, Options::DEFAULT)
    }

    /// `socket`, the lock, `fchmod`, `bind`, `listen` — a listener with a file of the mode and the backlog of
    /// `options`.
    ///
    /// The file has its mode from its first instant. `connect` is `ECONNREFUSED` between `bind` and `listen`, but not
    /// where a listener that [retired](Self::retire) gives way, or a dead socket's file: there the new socket is
    /// bound to the path with `.new` behind it, listens, and is then given the name in one step, in which no
    /// client meets nothing. With a path of more than 103 bytes there is no room for that, and the dead file is removed
    /// first. `ss`, `/proc/net/unix` and `getpeername` tell the name that it was bound to.
    ///
    /// # Errors
    /// `EINVAL`: a mode above 0777, or the address is unnamed; no syscall is made. `EADDRINUSE`: the name is taken, by a live socket of whatever
    /// type, a file that is no socket of this user's, or one that this user may not write to; of `flock`, another
    /// process owns it. Of the lock, `ELOOP`, `EISDIR`, `ENXIO`, `EPROTOTYPE`: it is no regular file; `EPERM`:
    /// another user's. `EACCES`, `ENOENT`, `ENOTDIR`, `EROFS`: the path. `EMFILE`, `ENFILE`: no descriptors left.
    /// After an error nothing stays open, and no file of ours stays but the lock's where it could not be locked
    /// (`ENOLCK`).
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | path | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `listen` `newfstatat` `getpid` |
    /// | path of a dead socket | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `bind` `listen` `newfstatat` `renameat2` `getpid` |
    /// | path of a retired listener | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `preadv2` `bind` `listen` `newfstatat` `renameat2` `getpid` `ftruncate` |
    /// | path of a dead socket, another was left before it | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `preadv2` `socket` `connect` `close` `bind` `listen` `newfstatat` `renameat2` `getpid` |
    /// | path of a dead socket, a successor was killed | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `unlinkat` `bind` `listen` `newfstatat` `renameat2` `getpid` |
    /// | path, its last owner just left | `socket` (`openat` `fstat` `geteuid` `flock` `newfstatat` `close`)×n `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `listen` `newfstatat` `getpid` |
    /// | abstract name | `socket` `bind` `listen` |
    /// | no socket | `socket` |
    /// | path, no lock | `socket` `openat` `close` |
    /// | path, the lock is no regular file | `socket` `openat` `fstat` `close` `close` |
    /// | path, another user's lock | `socket` `openat` `fstat` `geteuid` `close` `close` |
    /// | path, its owner lives | `socket` `openat` `fstat` `geteuid` `flock` `close` `close` |
    /// | path, its owners come and go | `socket` (`openat` `fstat` `geteuid` `flock` `newfstatat` `close`)×n `close` |
    /// | path, no look at the lock | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `newfstatat` `unlinkat` `close` `close` |
    /// | path, no mode | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `newfstatat` `unlinkat` `close` `close` |
    /// | path, no bind | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `unlinkat` `close` `close` |
    /// | path, no listen | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `listen` `unlinkat` `newfstatat` `unlinkat` `close` `close` |
    /// | path, no stat | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `listen` `newfstatat` `unlinkat` `newfstatat` `unlinkat` `close` `close` |
    /// | path of another kind of file | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `newfstatat` `unlinkat` `close` `close` |
    /// | path of another user's socket | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `newfstatat` `unlinkat` `close` `close` |
    /// | path of a live socket without a lock | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `newfstatat` `unlinkat` `close` `close` |
    /// | path of a retired listener, no look at the mark | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `preadv2` `newfstatat` `unlinkat` `close` `close` |
    /// | path of a dead socket, no socket to ask with | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `newfstatat` `unlinkat` `close` `close` |
    /// | path of a dead socket, no bind | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `bind` `newfstatat` `unlinkat` `close` `close` |
    /// | path of a dead socket, no listen | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `bind` `listen` `unlinkat` `newfstatat` `unlinkat` `close` `close` |
    /// | path of a dead socket, no stat | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `bind` `listen` `newfstatat` `unlinkat` `newfstatat` `unlinkat` `close` `close` |
    /// | path of a dead socket, no rename | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `bind` `listen` `newfstatat` `renameat2` `unlinkat` `newfstatat` `unlinkat` `close` `close` |
    /// | long path of a dead socket | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `unlinkat` `bind` `listen` `newfstatat` `getpid` |
    /// | long path of a dead socket, not removed | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `unlinkat` `newfstatat` `unlinkat` `close` `close` |
    /// | long path of a dead socket, no bind | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `unlinkat` `bind` `newfstatat` `unlinkat` `close` `close` |
    /// | long path of a dead socket, no listen | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `unlinkat` `bind` `listen` `unlinkat` `newfstatat` `unlinkat` `close` `close` |
    /// | long path of a dead socket, no stat | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `unlinkat` `bind` `listen` `newfstatat` `unlinkat` `newfstatat` `unlinkat` `close` `close` |
    /// | abstract name, no bind | `socket` `bind` `close` |
    /// | abstract name, no listen | `socket` `bind` `listen` `close` |
    /// | refused | none |
    ///
    /// # References
    /// [bind(2)](https://man7.org/linux/man-pages/man2/bind.2.html),
    /// [flock(2)](https://man7.org/linux/man-pages/man2/flock.2.html),
    /// [listen(2)](https://man7.org/linux/man-pages/man2/listen.2.html),
    /// [rename(2)](https://man7.org/linux/man-pages/man2/rename.2.html)
    pub fn bind_with(address: &Address, options: Options) -> Result<Self> {
        Self::make(address, &options, None, None)
    }

    /// [`bind_with`](Self::bind_with), after the owner of the name has [retired](Self::retire) or is gone: what a new
    /// server calls while the old one still serves.
    ///
    /// Nothing tells that a lock was let go: it is tried each millisecond. A live socket of a program that knows
    /// nothing of the lock is not waited for.
    ///
    /// # Errors
    /// As [`bind_with`](Self::bind_with), and `ETIMEDOUT`: it has its owner still.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | at once; a limit of zero | as [`bind_with`](Self::bind_with) |
    /// | waits for ever | `socket` (`openat` `fstat` `geteuid` `flock` `close` `ppoll`)×n `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `listen` `newfstatat` `getpid` |
    /// | waits with a limit | `socket` (`openat` `fstat` `geteuid` `flock` `close` `clock_gettime` `ppoll`)×n `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `listen` `newfstatat` `getpid` |
    /// | waits for ever, the owner retires | `socket` (`openat` `fstat` `geteuid` `flock` `close` `ppoll`)×n `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `preadv2` `bind` `listen` `newfstatat` `renameat2` `getpid` `ftruncate` |
    /// | times out | `socket` (`openat` `fstat` `geteuid` `flock` `close` `clock_gettime` `ppoll`)×n `openat` `fstat` `geteuid` `flock` `close` `clock_gettime` `close` |
    /// | over from the start | `socket` `openat` `fstat` `geteuid` `flock` `close` `clock_gettime` `close` |
    /// | a signal ends it, for ever | `socket` (`openat` `fstat` `geteuid` `flock` `close` `ppoll`)×n `close` |
    /// | a signal ends it, with a limit | `socket` (`openat` `fstat` `geteuid` `flock` `close` `clock_gettime` `ppoll`)×n `close` |
    /// | refused | none |
    pub fn take_over(address: &Address, options: Options, wait: Wait) -> Result<Self> {
        Self::make(address, &options, Some(&wait), None)
    }

    /// [`bind_with`](Self::bind_with) for a path of any length, relative to `dir`: a descriptor of a directory, or
    /// [`CWD`](crate::fd::CWD).
    ///
    /// The directory that the last component lies in is opened and held, and all that is done with the name is done
    /// there, whatever becomes of the path. The [`address`](Self::address) leads through it,
    /// `/proc/thread-self/fd/N/NAME`, and is good in this process alone. It takes a `/proc`.
    ///
    /// # Errors
    /// As [`bind_with`](Self::bind_with); `EINVAL`: the path ends in a slash, `ENAMETOOLONG`: its last component has
    /// more than 71 bytes, of which no syscall is made.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok | `openat` [`bind_with`](Self::bind_with) |
    /// | an error | `openat` [`bind_with`](Self::bind_with) `close` |
    /// | no directory | `openat` |
    /// | above 319 bytes of directories | `openat` (`openat` `close`)×n [`bind_with`](Self::bind_with) |
    /// | above 319 bytes of directories, an error | `openat` (`openat` `close`)×n [`bind_with`](Self::bind_with) `close` |
    /// | above 319 bytes of directories, no directory | `openat` (`openat` `close`)×n |
    /// | refused | none |
    pub fn bind_at(dir: impl AsFd, path: &CStr, options: Options) -> Result<Self> {
        Self::make_at(dir.as_fd(), path, &options, None)
    }

    /// [`take_over`](Self::take_over) for a path of any length, relative to `dir`, as [`bind_at`](Self::bind_at).
    ///
    /// # Errors
    /// As [`bind_at`](Self::bind_at) and [`take_over`](Self::take_over).
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok | `openat` [`take_over`](Self::take_over) |
    /// | an error | `openat` [`take_over`](Self::take_over) `close` |
    /// | no directory | `openat` |
    /// | refused | none |
    pub fn take_over_at(dir: impl AsFd, path: &CStr, options: Options, wait: Wait) -> Result<Self> {
        Self::make_at(dir.as_fd(), path, &options, Some(&wait))
    }

    /// Takes over a descriptor that is a listening socket of this type: one inherited, as an init hands them to the
    /// servers that it starts. Nothing is changed on it, and the file of its name, if it has one, is another's to
    /// remove.
    ///
    /// # Errors
    /// `ENOTSOCK`, `EAFNOSUPPORT`, `EPROTOTYPE`: no socket, none of UNIX, not of this type; `EINVAL`: it does not
    /// listen. The descriptor is closed then.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok | `getsockopt` `getsockopt` `getsockopt` |
    /// | no socket; another family | `getsockopt` `close` |
    /// | another type | `getsockopt` `getsockopt` `close` |
    /// | does not listen | `getsockopt` `getsockopt` `getsockopt` `close` |
    pub fn attach(fd: Fd) -> Result<Self> {
        Kind::of::<C>().check(&fd)?;
        if socket_option(fd.as_fd(), SocketOption::AcceptsConnections)? == 0 {
            return Err(Error::argument(Call::GETSOCKOPT, Errno::INVAL));
        }
        Ok(Self::of(fd, BoundName::none(Address::UNNAMED)))
    }

    fn of(fd: Fd, name: BoundName) -> Self {
        Listener { name, fd, last: Last::Open, accepts: PhantomData }
    }

    /// With `dir`, the address leads through it.
    #[inline(always)] // one frame of the stack less
    #[cfg_attr(shared, inline(never))]
    fn make(address: &Address, options: &Options, wait: Option<&Wait>, dir: Option<Fd>) -> Result<Self> {
        let way = Way::Replaced(options.backlog);
        BoundName::check(address, options.mode)?;
        let fd = Kind::of::<C>().socket(SocketFlags::NONBLOCK)?;
        let name = BoundName::bind(&fd, address, options.mode, way, wait, dir)?;
        Ok(Self::of(fd, name))
    }

    fn make_at(dir: BorrowedFd<'_>, path: &CStr, options: &Options, wait: Option<&Wait>) -> Result<Self> {
        let name = place::name(path)?;
        BoundName::check_mode(options.mode)?;
        let dir = place::parent_within(dir, path, wait)?;
        Self::make(&place::through(&dir, name), options, wait, Some(dir))
    }

    /// `accept4(self, SOCK_CLOEXEC)` — the next connection, or waits for one.
    ///
    /// # Errors
    /// `ETIMEDOUT`. `EMFILE`, `ENFILE`: no descriptors left; the connection waits on, and so do those after it,
    /// until one is closed. `ESHUTDOWN`: another holder of this socket shut it down.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ready; a limit of zero | `accept4` |
    /// | waits for ever | (`accept4` `ppoll`)×n `accept4` |
    /// | waits with a limit | (`accept4` `clock_gettime` `ppoll`)×n `accept4` |
    /// | times out | (`accept4` `clock_gettime` `ppoll`)×n |
    /// | times out, by the clock | (`accept4` `clock_gettime` `ppoll`)×n `accept4` `clock_gettime` |
    /// | over from the start | `accept4` `clock_gettime` |
    /// | a signal ends it, for ever | (`accept4` `ppoll`)×n |
    /// | a signal ends it, with a limit | (`accept4` `clock_gettime` `ppoll`)×n |
    ///
    /// # References
    /// [accept(2)](https://man7.org/linux/man-pages/man2/accept.2.html)
    pub fn accept(&self, wait: Wait) -> Result<C> {
        until_done(self.fd.as_fd(), Events::READABLE.and(Events::PEER_CLOSED), wait, || self.try_accept())
    }

    /// `accept4(self, SOCK_CLOEXEC)` — the next connection, if there is one.
    ///
    /// # Errors
    /// As [`accept`](Self::accept), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ready; nobody there | `accept4` |
    pub fn try_accept(&self) -> Result<C> {
        // One that gave up while it waited is accepted, and its end read: no ECONNABORTED here.
        accept4(self.fd.as_fd(), SocketFlags::CLOEXEC).map(|made| C::of(made.into()))
    }

    /// Stops listening and removes its file and the lock, and tells whether the file was there to be removed.
    ///
    /// # Errors
    /// `EPERM`: this process did not make the file, but its parent. `ENOENT`: it is gone already. `ESTALE`:
    /// another is there in its place, which is left alone. `EADDRINUSE`: it was left to a successor, who has the lock
    /// by now. The socket is closed all the same.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | path | `getpid` `newfstatat` `unlinkat` `newfstatat` `unlinkat` `close` `close` |
    /// | path, the file is gone; path, the file is another's | `getpid` `newfstatat` `newfstatat` `unlinkat` `close` `close` |
    /// | path, the lock's file is gone; path, the lock's file is another's | `getpid` `newfstatat` `unlinkat` `newfstatat` `close` `close` |
    /// | path, both are gone | `getpid` `newfstatat` `newfstatat` `close` `close` |
    /// | path, in a child made by fork | `getpid` `close` `close` |
    /// | in a directory | `getpid` `newfstatat` `unlinkat` `newfstatat` `unlinkat` `close` `close` `close` |
    /// | retired and not succeeded | `getpid` `openat` `fstat` `geteuid` `flock` `newfstatat` `newfstatat` `unlinkat` `newfstatat` `unlinkat` `close` `close` `close` |
    /// | retired, a successor has the lock | `getpid` `openat` `fstat` `geteuid` `flock` `close` `close` `close` |
    /// | abstract name; attached; succeeded | `close` |
    pub fn remove(self) -> Result<()> {
        self.name.remove()
    }

    /// The name it was bound to.
    pub fn address(&self) -> &Address {
        self.name.address()
    }

    /// The descriptor, to keep or to hand over; the file stays, for its new owner to remove.
    ///
    /// The lock is let go and its file removed: no bind takes the name from a socket that lives, and the next one
    /// takes it over once every descriptor of it is closed.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | path | `getpid` `newfstatat` `unlinkat` `close` |
    /// | path, the lock's file is gone; path, the lock's file is another's | `getpid` `newfstatat` `close` |
    /// | path, in a child made by fork | `getpid` `close` |
    /// | in a directory | `getpid` `newfstatat` `unlinkat` `close` `close` |
    /// | retired | `getpid` `close` |
    /// | abstract name; attached; succeeded | none |
    pub fn into_fd(mut self) -> Fd {
        self.name.keep();
        self.fd
    }
}

impl<C> AsFd for Listener<C> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl<C> fmt::Debug for Listener<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("address", self.name.address()).field("fd", &self.fd).finish()
    }
}
