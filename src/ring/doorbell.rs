//! What wakes a sleeper, and tells it of the other side's death: one end of a pair of connected sockets.
//!
//! A bell is one byte, sent without waiting: a peer that never listens fills the socket and blocks nobody. The
//! bytes mean nothing but "look again", so any number of them, from a hostile peer too, costs looks alone.

use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};

#[derive(Debug)]
#[repr(transparent)]
pub(super) struct Doorbell(Fd);

/// What the doorbell had to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Nothing,
    Bells,
    /// Every copy of the other end is closed: dropped, or its process is dead.
    HangUp,
}

impl Doorbell {
    /// `socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK)`
    pub(super) fn pair() -> Result<(Doorbell, Doorbell)> {
        let flags = SocketFlags::CLOEXEC.union(SocketFlags::NONBLOCK);
        let (a, b) = rustix::net::socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None)
            .named(Call::SOCKETPAIR)?;
        Ok((Doorbell(a.into()), Doorbell(b.into())))
    }

    /// Wakes the other side.
    ///
    /// # Errors
    /// `EPIPE`: every copy of the other end is closed. `ENOBUFS`: the kernel had no memory for the bell, which is to
    /// be rung again.
    #[cold]
    pub(super) fn ring(&self) -> Result<()> {
        let flags = SendFlags::DONTWAIT.union(SendFlags::NOSIGNAL);
        let errno = match rustix::net::send(&self.0, &[1], flags) {
            // Full: more than enough bells are waiting there.
            Ok(_) | Err(Errno::AGAIN) => return Ok(()),
            Err(Errno::PIPE | Errno::CONNRESET) => Errno::PIPE,
            // A call that does not wait is not interrupted, either.
            Err(Errno::NOMEM | Errno::INTR) => Errno::NOBUFS,
            Err(errno) => errno,
        };
        Err(Error::kernel(Call::SENDTO, errno))
    }

    /// Takes the bells that wait, without waiting. What they rang for must be looked for after this.
    pub(super) fn listen(&self) -> Result<Heard> {
        let mut bells = [0; 64];
        match rustix::net::recv(&self.0, &mut bells[..], RecvFlags::DONTWAIT) {
            // A reset is the end of a peer that left bells of ours unheard.
            Ok((_, 0)) | Err(Errno::CONNRESET) => Ok(Heard::HangUp),
            Ok(_) => Ok(Heard::Bells),
            // Interrupted: whatever is there stays, and keeps the doorbell readable.
            Err(Errno::AGAIN | Errno::INTR) => Ok(Heard::Nothing),
            Err(errno) => Err(Error::kernel(Call::RECVFROM, errno)),
        }
    }
}

impl AsFd for Doorbell {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bells_are_heard_once_and_then_the_end_for_ever() {
        let (a, b) = Doorbell::pair().unwrap();
        assert_eq!(b.listen(), Ok(Heard::Nothing));
        a.ring().unwrap();
        a.ring().unwrap();
        assert_eq!(b.listen(), Ok(Heard::Bells));
        assert_eq!(b.listen(), Ok(Heard::Nothing));
        a.ring().unwrap();
        drop(a);
        assert_eq!(
            [b.listen(), b.listen(), b.listen()],
            [Heard::Bells, Heard::HangUp, Heard::HangUp].map(Ok)
        );
        assert_eq!(b.ring(), Err(Error::kernel(Call::SENDTO, Errno::PIPE)));
    }

    #[test]
    fn a_peer_that_left_bells_unheard_has_hung_up() {
        let (a, b) = Doorbell::pair().unwrap();
        a.ring().unwrap();
        drop(b);
        assert_eq!(a.ring(), Err(Error::kernel(Call::SENDTO, Errno::PIPE)));
        assert_eq!([a.listen(), a.listen()], [Ok(Heard::HangUp); 2]);
    }

    #[test]
    fn a_full_doorbell_keeps_nobody_waiting() {
        let (a, b) = Doorbell::pair().unwrap();
        for _ in 0..2000 {
            a.ring().unwrap();
        }
        let mut listens = 0;
        while b.listen() == Ok(Heard::Bells) {
            listens += 1;
        }
        assert!((2..2000).contains(&listens), "{listens}");
    }
}
