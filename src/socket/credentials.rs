//! Who is there: the user, the group and the process of a peer.

use crate::error::{Call, Result};
use crate::error::{Errno, Error};
use crate::fd::{AsFd, Fd};
use crate::sys::socket::{SocketOption, peer_credentials, socket_option};

/// The process, the user and the group of a peer, as the kernel tells them: C's `struct ucred`.
///
/// They cannot be forged by who has no privilege to: a process with `CAP_SETUID`, `CAP_SETGID` or `CAP_SYS_ADMIN`
/// in its user namespace can send others along with a message.
///
/// What has no name here is told as a number that is nobody's: a process outside this one's pid namespace has no
/// pid, and a user or a group outside its user namespace is 65,534 (/proc/sys/kernel/overflowuid).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct Credentials {
    pid: i32,
    uid: u32,
    gid: u32,
}

/// The user that stands for all who have no number in this user namespace.
const OVERFLOW: u32 = 65_534;

/// The user of a socket that has no peer.
const NOBODY: u32 = u32::MAX;

impl Credentials {
    pub(super) const fn told([pid, uid, gid]: [u32; 3]) -> Self {
        Credentials { pid: pid as i32, uid, gid }
    }

    /// The process, where it can be named from here: not from outside its pid namespace.
    ///
    /// It may have ended, and its number be another's: [`Peer::peer_pidfd`] has no such doubt.
    pub const fn pid(self) -> Option<i32> {
        if self.pid > 0 { Some(self.pid) } else { None }
    }

    /// The effective user.
    pub const fn uid(self) -> u32 {
        self.uid
    }

    /// The effective group.
    pub const fn gid(self) -> u32 {
        self.gid
    }

    /// `geteuid()` — whether that is the effective user of this process too.
    ///
    /// Never for 65,534, which stands for all users without a number here.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `geteuid` |
    ///
    /// # References
    /// [geteuid(2)](https://man7.org/linux/man-pages/man2/geteuid.2.html)
    pub fn is_same_user(self) -> bool {
        rustix::process::geteuid().as_raw() == self.uid && self.uid != OVERFLOW
    }
}

/// A socket with somebody at its other end, of whom the kernel remembers who it was.
pub trait Peer: AsFd {
    /// `getsockopt(self, SO_PEERCRED)` — who the peer was when the connection was made.
    ///
    /// Of one that connected, who called `listen`; of one that was accepted, who called `connect`; of a pair, who
    /// made it. What the peer became since, and to whom it gave the socket, is not told.
    ///
    /// # Errors
    /// `ENODATA`: nobody is known, as for a socket that is not connected, and for datagrams but in a pair.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; nobody | `getsockopt` |
    ///
    /// # Examples
    /// ```
    /// use rawipc::socket::{Peer, Stream};
    ///
    /// let (ours, _theirs) = Stream::pair()?;
    /// let peer = ours.peer()?;
    /// assert_eq!(peer.pid(), Some(std::process::id() as i32));
    /// assert!(peer.is_same_user());
    /// # Ok::<(), rawipc::Error>(())
    /// ```
    ///
    /// # References
    /// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html), "SO_PEERCRED"
    fn peer(&self) -> Result<Credentials> {
        let credentials = Credentials::told(peer_credentials(self.as_fd())?);
        match credentials.uid {
            NOBODY => Err(Error::kernel(Call::GETSOCKOPT, Errno::NODATA)),
            _ => Ok(credentials),
        }
    }

    /// `getsockopt(self, SO_PEERPIDFD)`, Linux 6.5 — a descriptor of the process that [`peer`](Self::peer) names.
    ///
    /// It names that process and no other, whatever becomes of its number, and is readable once the process has
    /// ended. It is close-on-exec.
    ///
    /// # Errors
    /// `ENOPROTOOPT`: this kernel is older, and there is the pid alone. `ENODATA`: nobody is known. `ESRCH`, `EINVAL`
    /// before Linux 6.16: it has ended, and was waited for. `EMFILE`, `ENFILE`: no descriptors left.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; nobody; an older kernel | `getsockopt` |
    ///
    /// # References
    /// [pidfd_open(2)](https://man7.org/linux/man-pages/man2/pidfd_open.2.html)
    fn peer_pidfd(&self) -> Result<Fd> {
        let raw = socket_option(self.as_fd(), SocketOption::PeerPidfd)?;
        // SAFETY: the kernel has just made it for us.
        unsafe { Fd::from_raw(raw) }
    }

    /// `getsockopt(self, SO_PEERCRED)`, `geteuid()` — whether the peer was of the effective user of this process.
    ///
    /// # Errors
    /// As [`peer`](Self::peer).
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `getsockopt` `geteuid` |
    /// | nobody | `getsockopt` |
    fn is_same_user(&self) -> Result<bool> {
        self.peer().map(Credentials::is_same_user)
    }
}
