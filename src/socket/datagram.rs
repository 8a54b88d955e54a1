//! Sockets that carry whole messages without connections.

mod addressed;
mod at;
mod connected;
mod with_fds;

use super::Peer;
use super::address::Address;
use super::connection::{Kind, connect};
use super::message::{self, DEFAULT_LIMIT, Taken};
use super::name::{BoundName, PRIVATE};
use crate::error::{Call, Errno, Error, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::wait::Events;
use rustix::net::SocketFlags;

/// What a receive waits for: a message, or that the socket was shut, of which the kernel says no more than `EAGAIN`.
const TOLD_OF: Events = Events::READABLE.and(Events::PEER_CLOSED);

/// A datagram socket: whole messages, from anybody to one with a name, or both ways between two.
///
/// [`send_to`](Self::send_to) and [`recv_from`](Self::recv_from) work on any; [`Sender`](crate::Sender) and
/// [`Receiver`](crate::Receiver) are for one that has a peer.
/// The kernel keeps every message, in order, and refuses the sender where it has no room.
///
/// # What is weaker than the contract says
/// There is no end: when the peer is gone, a receive hands out what was sent and then waits, to its deadline. A
/// send that finds it gone makes the kernel drop what was not received yet: receive first. An
/// empty message, or one above the declared limit ([`set_limit`](Self::set_limit)), is dropped and told as
/// `EBADMSG`, and the next one is received after it: with a name, anybody could send it, and ends nothing for
/// the others. On a socket with a name and no peer, whoever may write to its file sends, and any process does to
/// an abstract name.
///
/// # What the kernel tells nobody
/// - *The receiver:* that a sender is gone, or ever was there; that a message was meant for it and refused; whose name
///   it is that a sender chose, and whether it still answers. No call waits for such news: a receive ends with a
///   message, its deadline or a signal.
/// - *The sender:* that its message was read, or lost with a receiver who left; that there is room in the queue of one
///   it is not connected to: `POLLOUT` is set while a send says `EAGAIN`, so that [`send_to`](Self::send_to) tries each
///   millisecond and never waits for it.
/// - *Both:* a restart. The name goes over to the successor as from the dead; what the old socket holds is lost with
///   it, and a sender that was connected is told `EPIPE`. Nothing is lost where the descriptor is
///   [handed on](Self::into_fd) and [attached](Self::attach).
///
/// A path is owned, taken over from the dead and removed on drop as that of a
/// [`Listener`](super::Listener#names), with a lock beside it and a second descriptor that holds it.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop, unnamed; drop, abstract name | `close` |
/// | drop, path | `getpid` `newfstatat` `unlinkat` `newfstatat` `unlinkat` `close` `close` |
/// | drop, path, the file is gone; drop, path, the file is another's | `getpid` `newfstatat` `newfstatat` `unlinkat` `close` `close` |
/// | drop, path, the lock's file is gone; drop, path, the lock's file is another's | `getpid` `newfstatat` `unlinkat` `newfstatat` `close` `close` |
/// | drop, path, both are gone | `getpid` `newfstatat` `newfstatat` `close` `close` |
/// | drop, path, in a child made by fork | `getpid` `close` `close` |
/// | drop, in a directory | `getpid` `newfstatat` `unlinkat` `newfstatat` `unlinkat` `close` `close` `close` |
///
/// # Examples
/// ```
/// use rawipc::{Wait, socket::{Address, Datagram}};
///
/// let name = |who| Address::abstract_name(format!("example {who} {}", std::process::id()).as_bytes());
/// let server = Datagram::bind(&name("server")?)?;
/// let client = Datagram::bind(&name("client")?)?;
/// client.send_to(server.address(), b"question", Wait::FOREVER)?;
/// let mut buf = [0; 64];
/// let (n, from) = server.recv_from(&mut buf, Wait::FOREVER)?;
/// assert_eq!((n, &from), (8, client.address()));
/// server.send_to(&from, b"answer", Wait::FOREVER)?;
/// # Ok::<(), rawipc::Error>(())
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct Datagram {
    // First, and so dropped first.
    name: BoundName,
    fd: Fd,
    /// It has, or had, a peer: an error for want of one means that the peer is gone.
    connected: bool,
    /// Whether each message brings its sender's credentials.
    pub(super) credentials: bool,
    limit: usize,
}

impl Peer for Datagram {}

impl Datagram {
    fn of(fd: Fd, name: BoundName, connected: bool) -> Self {
        Datagram { name, fd, connected, credentials: false, limit: DEFAULT_LIMIT }
    }

    fn nameless(fd: Fd, connected: bool) -> Self {
        Self::of(fd, BoundName::none(Address::UNNAMED), connected)
    }

    /// `socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC)` — two sockets, each the other's peer.
    ///
    /// # Errors
    /// `EMFILE`, `ENFILE`: no descriptors left, in this process or at all.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `socketpair` |
    ///
    /// # References
    /// [socketpair(2)](https://man7.org/linux/man-pages/man2/socketpair.2.html)
    pub fn pair() -> Result<(Self, Self)> {
        Kind::DATAGRAM.pair().map(|(a, b)| (Self::nameless(a, true), Self::nameless(b, true)))
    }

    /// `socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC)` — a socket without name or peer, to send from.
    ///
    /// # Errors
    /// `EMFILE`, `ENFILE`: no descriptors left, in this process or at all.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `socket` |
    pub fn unbound() -> Result<Self> {
        Ok(Self::nameless(Kind::DATAGRAM.socket(SocketFlags::empty())?, false))
    }

    /// `socket`, the lock, `fchmod`, `bind` — a socket with a file of mode 0600, or an abstract name.
    ///
    /// # Errors
    /// As [`bind_with`](Self::bind_with).
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`bind_with`](Self::bind_with).
    pub fn bind(address: &Address) -> Result<Self> {
        Self::bind_with(address, PRIVATE)
    }

    /// `socket`, the lock, `fchmod`, `bind` — a socket with a file of this mode, less what the umask takes away.
    ///
    /// # Errors
    /// As [`Listener::bind_with`](super::Listener::bind_with).
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | path | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `getpid` |
    /// | path of a dead socket | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `unlinkat` `bind` `newfstatat` `getpid` |
    /// | path, its last owner just left | `socket` (`openat` `fstat` `geteuid` `flock` `newfstatat` `close`)×n `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `getpid` |
    /// | abstract name | `socket` `bind` |
    /// | no socket | `socket` |
    /// | path, no lock | `socket` `openat` `close` |
    /// | path, the lock is no regular file | `socket` `openat` `fstat` `close` `close` |
    /// | path, another user's lock | `socket` `openat` `fstat` `geteuid` `close` `close` |
    /// | path, its owner lives | `socket` `openat` `fstat` `geteuid` `flock` `close` `close` |
    /// | path, its owners come and go | `socket` (`openat` `fstat` `geteuid` `flock` `newfstatat` `close`)×n `close` |
    /// | path, no look at the lock | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `newfstatat` `unlinkat` `close` `close` |
    /// | path, no mode | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `newfstatat` `unlinkat` `close` `close` |
    /// | path, no bind | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `unlinkat` `close` `close` |
    /// | path of another kind of file | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `newfstatat` `unlinkat` `close` `close` |
    /// | path of another user's socket | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `newfstatat` `unlinkat` `close` `close` |
    /// | path of a live socket without a lock | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `newfstatat` `unlinkat` `close` `close` |
    /// | path of a dead socket, no socket to ask with | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `newfstatat` `unlinkat` `close` `close` |
    /// | path of a dead socket, not removed | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `unlinkat` `newfstatat` `unlinkat` `close` `close` |
    /// | path of a dead socket, no bind | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `unlinkat` `bind` `newfstatat` `unlinkat` `close` `close` |
    /// | path, no stat | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `unlinkat` `newfstatat` `unlinkat` `close` `close` |
    /// | path of a dead socket, no stat | `socket` `openat` `fstat` `geteuid` `flock` `newfstatat` `fchmod` `bind` `newfstatat` `geteuid` `socket` `connect` `close` `unlinkat` `bind` `newfstatat` `unlinkat` `newfstatat` `unlinkat` `close` `close` |
    /// | abstract name, no bind | `socket` `bind` `close` |
    /// | refused | none |
    ///
    /// # References
    /// [bind(2)](https://man7.org/linux/man-pages/man2/bind.2.html),
    /// [flock(2)](https://man7.org/linux/man-pages/man2/flock.2.html)
    pub fn bind_with(address: &Address, mode: u32) -> Result<Self> {
        Self::make(address, mode, None)
    }

    /// `socket`, `connect` — a socket without a name, whose messages go to the one of that name.
    ///
    /// Symbolic links in a path are followed.
    ///
    /// # Errors
    /// `ENOENT`: no such file. `ECONNREFUSED`: nobody is behind it. `EACCES`: the file cannot be written.
    /// `EPROTOTYPE`: the socket there is not of this type; `ECONNREFUSED` for an abstract name, which each type
    /// has for itself. `EPERM`: it has another peer. `EINVAL`: the address is unnamed; no syscall is made. `EMFILE`, `ENFILE`: no descriptors left.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `socket` `connect` |
    /// | an error | `socket` `connect` `close` |
    /// | no socket | `socket` |
    /// | refused | none |
    ///
    /// # References
    /// [connect(2)](https://man7.org/linux/man-pages/man2/connect.2.html)
    pub fn connect(address: &Address) -> Result<Self> {
        address.must_name(Call::CONNECT)?;
        let mut datagram = Self::unbound()?;
        datagram.connect_to(address)?;
        Ok(datagram)
    }

    /// `connect(self, address)` — makes the socket of that name the peer: messages go there, and come from
    /// there alone.
    ///
    /// What others sent before stays in the queue and is received first.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; an error | `connect` |
    /// | refused | none |
    pub fn connect_to(&mut self, address: &Address) -> Result<()> {
        address.must_name(Call::CONNECT)?;
        connect(&self.fd, address)?;
        self.connected = true;
        Ok(())
    }

    /// Takes over a descriptor that is a UNIX datagram socket, one inherited. Nothing is changed on it, and the
    /// file of its name, if it has one, is another's to remove.
    ///
    /// # Errors
    /// `ENOTSOCK`, `EAFNOSUPPORT`, `EPROTOTYPE`: no socket, none of UNIX, not for datagrams. The descriptor is
    /// closed then.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `getsockopt` `getsockopt` |
    /// | no socket; another family | `getsockopt` `close` |
    /// | another type | `getsockopt` `getsockopt` `close` |
    pub fn attach(fd: Fd) -> Result<Self> {
        Kind::DATAGRAM.check(&fd)?;
        Ok(Self::nameless(fd, true))
    }

    /// Declares the largest message, in bytes; whoever sends here has to declare the same.
    ///
    /// # Errors
    /// As [`Seqpacket::set_limit`](super::Seqpacket::set_limit).
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Seqpacket::set_limit`](super::Seqpacket::set_limit).
    pub fn set_limit(&mut self, bytes: usize) -> Result<()> {
        message::make_room(&self.fd, bytes)?;
        self.limit = bytes;
        Ok(())
    }

    /// The name that [`bind`](Self::bind) gave it; unnamed without.
    pub fn address(&self) -> &Address {
        self.name.address()
    }

    /// Removes the file of its name and the lock, and closes it.
    ///
    /// # Errors
    /// As [`Listener::remove`](super::Listener::remove).
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Listener::remove`](super::Listener::remove); unnamed: `close`.
    pub fn remove(self) -> Result<()> {
        self.name.remove()
    }

    /// The descriptor, to keep or to hand over; the file of its name stays, for its new owner to remove, and the
    /// lock is let go as by [`Listener::into_fd`](super::Listener::into_fd).
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Listener::into_fd`](super::Listener::into_fd); unnamed: none.
    pub fn into_fd(mut self) -> Fd {
        self.name.keep();
        self.fd
    }

    #[inline]
    fn take(
        &self,
        buf: &mut [u8],
        call: Call,
        recv: impl FnOnce(&mut [u8]) -> Result<usize>,
    ) -> Result<usize> {
        judged(message::take(&self.fd, buf, self.limit, recv)?, call)
    }
}

#[inline]
fn judged(taken: Taken, call: Call) -> Result<usize> {
    match taken {
        Taken::Message(n) => Ok(n),
        Taken::Empty => Err(Error::peer(call, Errno::BADMSG)),
        Taken::TooLong(n) => Err(Error::peer(call, Errno::BADMSG).with_needed(n)),
    }
}

impl AsFd for Datagram {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
