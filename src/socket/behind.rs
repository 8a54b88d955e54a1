//! Whether anybody is behind the file of a socket, asked so that nobody there is told.

use super::connection::Kind;
use super::place::Place;
use crate::error::{Call, Errno, Named, Result};
use crate::fd::{AsFd, Fd};
use core::ffi::CStr;
use rustix::net::{AddressFamily, SocketFlags, SocketType};

/// Who is behind the file of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Behind {
    /// No process has the socket any more: what a dead server left.
    Nobody = 0,
    /// A stream or seqpacket socket that does not listen: a server between `bind` and `listen`, as a rule.
    Bound = 1,
    /// A stream socket listens.
    Stream = 2,
    /// A seqpacket socket listens.
    Seqpacket = 3,
    /// A datagram socket.
    Datagram = 4,
}

impl Behind {
    /// Whether a client that connects now is heard.
    pub const fn listens(self) -> bool {
        matches!(self, Behind::Stream | Behind::Seqpacket | Behind::Datagram)
    }
}

/// Asks who is behind the file of a socket, at a path relative to `dir`, so that nobody there is told: no connection
/// is made, and nothing waits in anybody's backlog.
///
/// `connect` looks at the other side first: whether it lives, is of the same type, and listens; then at ours. So ours
/// is a socket that has a peer already, the other end of a pair, and `EISCONN` means that it would have been let in.
/// A datagram socket is connected to, and the other end of that is not told by any call either.
///
/// *Rejected:* NETLINK_SOCK_DIAG and /proc/net/unix. They see the sockets of one network namespace, while a path
/// leads out of it; they name the path that was bound, which a rename leaves behind; and the inode in their answer
/// is cut to 32 bits, with a device number that differs from `stat`'s on overlayfs and btrfs.
///
/// It takes a `/proc` and leave to write to the file. The access time of the file may be renewed.
///
/// # Errors
/// `ENOENT`: no such file. `ELOOP`: a symbolic link; `ENOTSOCK`: another kind of file, both of `fstat`. `EACCES`: the
/// file cannot be written, so the kernel does not answer. `EMFILE`, `ENFILE`: no descriptors left.
///
/// # Syscalls
/// Async-signal-safe.
///
/// | case | calls |
/// |------|-------|
/// | a stream | `openat` `fstat` `socketpair` `connect` `close` `close` `close` |
/// | a seqpacket; a seqpacket that does not listen | `openat` `fstat` `socketpair` `connect` `socketpair` `connect` `close` `close` `close` `close` `close` |
/// | a datagram | `openat` `fstat` `socketpair` `connect` `socketpair` `connect` `close` `close` `close` `close` `close` |
/// | nobody; a stream that does not listen | `openat` `fstat` `socketpair` `connect` `socket` `connect` `close` `close` `close` `close` |
/// | no leave to write | `openat` `fstat` `socketpair` `connect` `close` `close` `close` |
/// | no such file | `openat` |
/// | a link; another kind of file | `openat` `fstat` `close` |
/// | no sockets | `openat` `fstat` `socketpair` `close` |
///
/// # Examples
/// ```
/// use rawipc::fd::CWD;
/// use rawipc::socket::{Address, Behind, Listener, Stream, behind_at};
///
/// let path = std::ffi::CString::new(format!("/tmp/rawipc-behind-{}", std::process::id())).unwrap();
/// let listener = Listener::<Stream>::bind(&Address::path(&path)?)?;
/// assert_eq!(behind_at(CWD, &path)?, Behind::Stream);
/// assert!(listener.try_accept().is_err()); // and has not heard of it
/// # Ok::<(), rawipc::Error>(())
/// ```
///
/// # References
/// [connect(2)](https://man7.org/linux/man-pages/man2/connect.2.html)
pub fn behind_at(dir: impl AsFd, path: &CStr) -> Result<Behind> {
    ask(&Place::open(dir.as_fd(), path)?)
}

pub(super) fn ask(place: &Place) -> Result<Behind> {
    let (stream, _peer) = pair(SocketType::STREAM)?;
    match connect_to(place, &stream)? {
        Answer::Listens => Ok(Behind::Stream),
        // A stream that does not listen, or nobody.
        Answer::Refuses => {
            let datagram = Kind::DATAGRAM.socket(SocketFlags::NONBLOCK)?;
            Ok(match connect_to(place, &datagram)? {
                Answer::Refuses => Behind::Nobody,
                Answer::Listens | Answer::OfAnotherType => Behind::Bound,
            })
        }
        Answer::OfAnotherType => {
            let (seqpacket, _peer) = pair(SocketType::SEQPACKET)?;
            Ok(match connect_to(place, &seqpacket)? {
                Answer::Listens => Behind::Seqpacket,
                Answer::Refuses => Behind::Bound,
                Answer::OfAnotherType => Behind::Datagram,
            })
        }
    }
}

/// Two sockets that have each other for a peer, and do not wait for room in anybody's backlog.
fn pair(kind: SocketType) -> Result<(Fd, Fd)> {
    let flags = SocketFlags::CLOEXEC.union(SocketFlags::NONBLOCK);
    let pair = rustix::net::socketpair(AddressFamily::UNIX, kind, flags, None);
    pair.map(|(a, b)| (a.into(), b.into())).named(Call::SOCKETPAIR)
}

enum Answer {
    Listens,
    Refuses,
    OfAnotherType,
}

fn connect_to(place: &Place, from: &Fd) -> Result<Answer> {
    match rustix::net::connect(from, &place.address()) {
        // A full backlog is one of somebody who listens. Of a datagram socket, EPERM says that it has another peer.
        Ok(()) | Err(Errno::ISCONN | Errno::AGAIN | Errno::PERM) => Ok(Answer::Listens),
        Err(Errno::CONNREFUSED) => Ok(Answer::Refuses),
        Err(Errno::PROTOTYPE) => Ok(Answer::OfAnotherType),
        Err(errno) => Err(errno).named(Call::CONNECT),
    }
}
