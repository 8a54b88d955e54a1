//! What a socket asks of the kernel about all that is sent to it: no descriptors; who the sender is.

use super::{Connection, Datagram, Listener, Seqpacket, Stream};
use crate::error::Result;
use crate::fd::{AsFd, BorrowedFd};
use crate::sys::socket::{SocketOption, set_socket_option};

impl Stream {
    /// `setsockopt(self, SO_PASSRIGHTS, 0)`, Linux 6.16 — has descriptors refused where they are sent.
    ///
    /// The peer's send is `EPERM` from then on, and sends nothing. Those in the queue are as before: a plain receive
    /// has the kernel close them, as it has on older kernels.
    ///
    /// # Errors
    /// `ENOPROTOOPT`: this kernel is older. Nothing comes unasked there either.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; an older kernel | `setsockopt` |
    ///
    /// # References
    /// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html)
    pub fn refuse_fds(&self) -> Result<()> {
        refuse(self.as_fd())
    }
}

impl Seqpacket {
    /// `setsockopt(self, SO_PASSRIGHTS, 0)`, Linux 6.16 — has descriptors refused where they are sent.
    ///
    /// # Errors
    /// As [`Stream::refuse_fds`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Stream::refuse_fds`].
    pub fn refuse_fds(&self) -> Result<()> {
        refuse(self.as_fd())
    }

    /// `setsockopt(self, SO_PASSCRED, 1)` — has each message that is sent from now on bring its sender's credentials,
    /// for a receive with [`FdSlots`](super::FdSlots) to tell. A message that was there before is told as of user
    /// 65,534 and no process.
    ///
    /// They are those of who sends, which may be another than who connected. A socket without a name gets an abstract
    /// one of the kernel's choice when it sends next.
    ///
    /// # Errors
    /// None that a socket of ours gives.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `setsockopt` |
    ///
    /// # References
    /// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html), "SO_PASSCRED"
    pub fn pass_credentials(&mut self) -> Result<()> {
        pass_credentials(self.as_fd())?;
        self.credentials = true;
        Ok(())
    }
}

impl Datagram {
    /// `setsockopt(self, SO_PASSRIGHTS, 0)`, Linux 6.16 — has descriptors refused where they are sent.
    ///
    /// # Errors
    /// As [`Stream::refuse_fds`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Stream::refuse_fds`].
    pub fn refuse_fds(&self) -> Result<()> {
        refuse(self.as_fd())
    }

    /// `setsockopt(self, SO_PASSCRED, 1)` — has each message that is sent from now on bring its sender's credentials,
    /// for a receive with [`FdSlots`](super::FdSlots) to tell.
    ///
    /// One without a name gets an abstract one of the kernel's choice when it sends next, to which anybody may send
    /// unless it has a peer.
    ///
    /// # Errors
    /// As [`Seqpacket::pass_credentials`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Seqpacket::pass_credentials`].
    pub fn pass_credentials(&mut self) -> Result<()> {
        pass_credentials(self.as_fd())?;
        self.credentials = true;
        Ok(())
    }
}

impl<C: Connection> Listener<C> {
    /// `setsockopt(self, SO_PASSRIGHTS, 0)`, Linux 6.16 — has descriptors refused on what it accepts, the time before
    /// it is accepted included.
    ///
    /// # Errors
    /// As [`Stream::refuse_fds`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Stream::refuse_fds`].
    pub fn refuse_fds(&self) -> Result<()> {
        refuse(self.as_fd())
    }
}

impl Listener<Seqpacket> {
    /// `setsockopt(self, SO_PASSCRED, 1)` — has what is sent before it is accepted bring its sender's credentials too.
    /// To be told them, call [`Seqpacket::pass_credentials`] on what was accepted.
    ///
    /// # Errors
    /// As [`Seqpacket::pass_credentials`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Seqpacket::pass_credentials`].
    pub fn pass_credentials(&self) -> Result<()> {
        pass_credentials(self.as_fd())
    }
}

fn refuse(fd: BorrowedFd<'_>) -> Result<()> {
    set_socket_option(fd, SocketOption::PassRights, 0)
}

fn pass_credentials(fd: BorrowedFd<'_>) -> Result<()> {
    set_socket_option(fd, SocketOption::PassCredentials, 1)
}
