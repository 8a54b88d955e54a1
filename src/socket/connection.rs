//! What stream and seqpacket sockets have in common: both are made in pairs, connect, and are accepted.

use super::address::Address;
use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, Fd};
use crate::sys;
use crate::sys::socket::{SocketOption, socket_option};
use crate::wait::{Sleeper, Wait};
use rustix::net::{AddressFamily, SocketFlags, SocketType};

/// A socket that a [`Listener`](super::Listener) accepts: [`Stream`](super::Stream) or
/// [`Seqpacket`](super::Seqpacket), and nothing else.
pub trait Connection: Sealed + Sized {}

/// What only this crate implements and calls.
pub trait Sealed {
    #[doc(hidden)]
    fn kind() -> u32;

    #[doc(hidden)]
    fn of(fd: Fd) -> Self;

    #[doc(hidden)]
    fn fd(&self) -> &Fd;
}

/// A type of socket.
#[derive(Clone, Copy)]
pub(super) struct Kind(SocketType);

impl Kind {
    pub(super) const STREAM: Kind = Kind(SocketType::STREAM);
    pub(super) const SEQPACKET: Kind = Kind(SocketType::SEQPACKET);
    pub(super) const DATAGRAM: Kind = Kind(SocketType::DGRAM);

    /// What a [`Listener`](super::Listener) of `C` accepts.
    pub(super) fn of<C: Connection>() -> Kind {
        Kind(SocketType::from_raw(C::kind()))
    }

    pub(super) const fn as_raw(self) -> u32 {
        self.0.as_raw()
    }

    /// `socket(AF_UNIX, kind | SOCK_CLOEXEC | flags)`
    pub(super) fn socket(self, flags: SocketFlags) -> Result<Fd> {
        sys::made::socket(self.0, flags.union(SocketFlags::CLOEXEC)).map(Fd::from)
    }

    /// `socketpair(AF_UNIX, kind | SOCK_CLOEXEC)`
    pub(super) fn pair(self) -> Result<(Fd, Fd)> {
        let pair = rustix::net::socketpair(AddressFamily::UNIX, self.0, SocketFlags::CLOEXEC, None);
        pair.map(|(a, b)| (a.into(), b.into())).named(Call::SOCKETPAIR)
    }

    /// A new socket, connected; the slow path tries again once a millisecond.
    pub(super) fn connect(self, address: &Address, wait: Wait) -> Result<Fd> {
        address.must_name(Call::CONNECT)?;
        let fd = self.socket(SocketFlags::NONBLOCK)?;
        until_room(wait, || connect(&fd, address))?;
        Ok(fd)
    }

    /// A new socket, connected at once or not at all.
    pub(super) fn try_connect(self, address: &Address) -> Result<Fd> {
        address.must_name(Call::CONNECT)?;
        let fd = self.socket(SocketFlags::NONBLOCK)?;
        connect(&fd, address)?;
        Ok(fd)
    }

    /// Checks that a foreign descriptor is a UNIX socket of this type: two `getsockopt`.
    pub(super) fn check(self, fd: &Fd) -> Result<()> {
        if socket_option(fd.as_fd(), SocketOption::Domain)? != i32::from(AddressFamily::UNIX.as_raw()) {
            return Err(Error::argument(Call::GETSOCKOPT, Errno::AFNOSUPPORT));
        }
        if socket_option(fd.as_fd(), SocketOption::Type)? as u32 != self.0.as_raw() {
            return Err(Error::argument(Call::GETSOCKOPT, Errno::PROTOTYPE));
        }
        Ok(())
    }
}

pub(super) fn connect(fd: &Fd, address: &Address) -> Result<()> {
    rustix::net::connect(fd, address).named(Call::CONNECT)
}

/// How often a full queue is looked at, in nanoseconds.
const PAUSE: u64 = 1_000_000;

/// Runs `op` until it has an answer, once a millisecond: for the queues of others, of whose room poll does not
/// tell.
pub(super) fn until_room<T>(wait: Wait, mut op: impl FnMut() -> Result<T>) -> Result<T> {
    let mut sleeper = Sleeper::new(wait);
    loop {
        match op() {
            Err(e) => pause_after(e, &mut sleeper)?,
            answer => return answer,
        }
    }
}

/// Sleeps for a moment where `last` is no answer yet.
#[cold]
#[inline(never)]
fn pause_after(last: Error, sleeper: &mut Sleeper) -> Result<()> {
    if last.is(Errno::INTR) {
        sleeper.may_go_on(last)?;
    } else if !last.is_again() {
        return Err(last);
    }
    sleeper.pause(PAUSE)
}
