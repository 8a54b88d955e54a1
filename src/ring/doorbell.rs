//! What wakes a sleeper, and tells it of the other side's death.
//!
//! | piece | what it is for |
//! |-------|----------------|
//! | a line | one end of a pair of connected sockets, over which nothing is ever sent: its hang-up is the other side's death |
//! | a bell | an eventfd of this side's own making, that it takes 1 from to ring |
//! | an epoll | what this side sleeps in: the other side's bell, told as an edge, and its line |
//!
//! Ringing is a read, and who sleeps waits for room in the count: taking makes some, and wakes. A read waits for a count of
//! 0 alone, whatever its flags are, and a bell begins with 2⁶³ and gives 1 at a time, to whoever reads: so there is no call
//! of ours here that the other side, which holds the same eventfd, can make wait, by filling it, by clearing
//! O_NONBLOCK, or by taking from it for a thousand years. All that it can do is not to be woken, or to wake us for
//! nothing, which costs a look.

use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::sys::epoll::{EpollEvent, Op, control};
use crate::sys::made;
use crate::sys::sleep::{Timeout, epoll_wait};
use crate::sys::socket::{SocketOption, socket_option};
use crate::wait::Sleeper;
use linux_raw_sys::general::{EPOLLET, EPOLLEXCLUSIVE, EPOLLOUT};
use rustix::fs::{AtFlags, StatxFlags};
use rustix::net::{AddressFamily, SocketFlags, SocketType};

#[derive(Debug)]
#[repr(C)]
pub(super) struct Doorbell {
    epoll: Fd,
    line: Fd,
    /// Our own, that the other side hears.
    bell: Fd,
}

/// What the doorbell had to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Nothing,
    /// Interrupted again and again: whatever there is to hear stays.
    Unheard,
    Bell,
    /// Every copy of the other end of the line is closed: dropped, or its process is dead.
    HangUp,
}

const NONE: EpollEvent = EpollEvent { events: 0, data: 0 };
const BELL: u64 = 0;
const LINE: u64 = 1;

impl Doorbell {
    /// `socketpair` `eventfd2` `write` `eventfd2` `write`, and for each side `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait`.
    pub(super) fn pair() -> Result<(Doorbell, Doorbell)> {
        let (a, b) = new_line()?;
        let (a_bell, b_bell) = (new_bell()?, new_bell()?);
        let a_epoll = new_epoll(&a, &b_bell)?;
        let b_epoll = new_epoll(&b, &a_bell)?;
        let a = Doorbell { epoll: a_epoll, line: a, bell: a_bell };
        Ok((a, Doorbell { epoll: b_epoll, line: b, bell: b_bell }))
    }

    /// Of strangers: the epoll is of this line and the other side's bell, and `bell` is our own.
    pub(super) fn of(epoll: Fd, line: Fd, bell: Fd) -> Doorbell {
        Doorbell { epoll, line, bell }
    }

    /// Wakes the other side. It is not told here whether there is one.
    #[cold]
    pub(super) fn ring(&self) -> Result<()> {
        at_once(Call::READ, || rustix::io::read(&self.bell, &mut [0; 8]))
    }

    /// Takes what there is to hear, without waiting. What was rung for must be looked for after this.
    pub(super) fn listen(&self) -> Result<Heard> {
        let mut told = [NONE; 2];
        match again(|| epoll_wait(self.epoll.as_fd(), &mut told, Timeout::Zero, None)) {
            Err(e) if e.is(Errno::INTR) => Ok(Heard::Unheard),
            answer => Ok(heard(&told, answer?)),
        }
    }

    /// Puts another in the place of our own bell.
    #[cfg(test)]
    pub(super) fn swap_bell(&mut self, bell: Fd) -> Fd {
        core::mem::replace(&mut self.bell, bell)
    }

    /// What hangs up when the other side is gone.
    pub(super) fn line(&self) -> BorrowedFd<'_> {
        self.line.as_fd()
    }

    /// Sleeps until there is something to hear, or until a signal comes that the wait outlasts.
    pub(super) fn sleep(&self, sleeper: &mut Sleeper) -> Result<Heard> {
        let mut told = [NONE; 2];
        let n = sleeper.epoll(self.epoll.as_fd(), &mut told)?;
        Ok(heard(&told, n))
    }
}

/// `eventfd2` `write`: a new bell, that can be rung as often as anybody will.
pub(super) fn new_bell() -> Result<Fd> {
    let new = Fd::from(made::eventfd(0)?);
    at_once(Call::WRITE, || rustix::io::write(&new, &COUNT.to_ne_bytes()))?;
    Ok(new)
}

/// As much as leaves room for those who are not to be trusted, and more than anybody takes.
const COUNT: u64 = 1 << 63;

/// `socketpair`: a line, both ends of it.
pub(super) fn new_line() -> Result<(Fd, Fd)> {
    let flags = SocketFlags::CLOEXEC.union(SocketFlags::NONBLOCK);
    let pair = rustix::net::socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None);
    pair.map(|(a, b)| (Fd::from(a), Fd::from(b))).named(Call::SOCKETPAIR)
}

/// `statx`: whether what a stranger gave for its bell can be listened to, by an epoll that is refused in an epoll.
///
/// An eventfd is an anonymous inode, which has no type; what could make a look at it wait has one, being a file whose
/// file system is a process, or is an epoll that such a file is in. Nor is that process asked here for what it is.
#[inline(never)] // and with it all that statx says
pub(super) fn check_bell(bell: &Fd) -> Result<()> {
    let flags = AtFlags::EMPTY_PATH.union(AtFlags::STATX_DONT_SYNC);
    match rustix::fs::statx(bell, c"", flags, StatxFlags::TYPE).named(Call::STATX)?.stx_mode & TYPE {
        0 => Ok(()),
        _ => Err(Error::peer(Call::STATX, Errno::BADMSG)),
    }
}

/// `S_IFMT`.
const TYPE: u16 = 0o170_000;

/// `getsockopt` `getsockopt`: whether what a stranger gave for a line can be waited on, which a file whose file system is
/// a process can make us wait for.
pub(super) fn check_line(line: &Fd) -> Result<()> {
    let is = |option, value: u32| match socket_option(line.as_fd(), option) {
        Ok(told) if told as u32 == value => Ok(()),
        Err(e) if !e.is(Errno::NOTSOCK) && !e.is(Errno::BADF) => Err(e),
        _ => Err(Error::peer(Call::GETSOCKOPT, Errno::BADMSG)),
    };
    is(SocketOption::Domain, AddressFamily::UNIX.as_raw().into())?;
    is(SocketOption::Type, SocketType::STREAM.as_raw())
}

/// Makes a call that does not wait, again where a signal comes all the same. So many do not come one after the other.
pub(super) fn again<T>(mut call: impl FnMut() -> Result<T>) -> Result<T> {
    let mut answer = call();
    for _ in 0..8 {
        match answer {
            Err(e) if e.is(Errno::INTR) => answer = call(),
            _ => break,
        }
    }
    answer
}

/// Something that has no reason to wait, and so none to say that it would.
fn at_once(call: Call, mut io: impl FnMut() -> rustix::io::Result<usize>) -> Result<()> {
    match again(|| io().named(call)) {
        Ok(_) => Ok(()),
        Err(e) if e.is_again() || e.is(Errno::INTR) => Err(Error::kernel(call, Errno::IO)),
        Err(e) => Err(e),
    }
}

fn heard(told: &[EpollEvent], n: usize) -> Heard {
    let mut told = told.iter().take(n);
    match n {
        0 => Heard::Nothing,
        _ if told.any(|event| event.data == LINE) => Heard::HangUp,
        _ => Heard::Bell,
    }
}

/// `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait`: an epoll that hears of the hang-up of `line`, again and again, and
/// of each ring of `bell` once.
pub(super) fn new_epoll(line: &Fd, bell: &Fd) -> Result<Fd> {
    let new = Fd::from(made::epoll_create()?);
    // Exclusive: of those who wait so, one is woken, and there is but one; and the kernel takes no epoll for it.
    let edge = EpollEvent { events: EPOLLOUT | EPOLLET | EPOLLEXCLUSIVE, data: BELL };
    control(new.as_fd(), Op::Add, bell.as_fd(), edge)?;
    // A hang-up is told without being asked for.
    control(new.as_fd(), Op::Add, line.as_fd(), EpollEvent { events: 0, data: LINE })?;
    // That there is room is an edge, too; not taken, it would wake for nothing, once.
    let _ = epoll_wait(new.as_fd(), &mut [NONE], Timeout::Zero, None);
    Ok(new)
}

impl AsFd for Doorbell {
    /// The epoll, which is readable while there is something to hear.
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bells_are_heard_once_and_then_the_end_for_ever() {
        let (a, b) = Doorbell::pair().unwrap();
        assert_eq!([a.listen(), b.listen()], [Ok(Heard::Nothing); 2]);
        a.ring().unwrap();
        a.ring().unwrap();
        assert_eq!([b.listen(), b.listen()], [Heard::Bell, Heard::Nothing].map(Ok));
        assert_eq!(a.listen(), Ok(Heard::Nothing));
        a.ring().unwrap();
        drop(a);
        assert_eq!([b.listen(), b.listen()], [Ok(Heard::HangUp); 2]);
        b.ring().unwrap();
    }

    #[test]
    fn what_a_peer_does_to_a_bell_keeps_nobody_waiting() {
        let (a, b) = Doorbell::pair().unwrap();
        // It is the same eventfd, whoever has it: made to wait, and taken from.
        rustix::io::ioctl_fionbio(&a.bell, false).unwrap();
        for _ in 0..3 {
            assert_eq!(rustix::io::read(&a.bell, &mut [0_u8; 8]), Ok(8));
            a.ring().unwrap();
            assert_eq!([b.listen(), b.listen()], [Heard::Bell, Heard::Nothing].map(Ok));
        }
        // Filled to the brim: who fills it is not woken any more, and nothing else changes.
        rustix::io::write(&a.bell, &(u64::MAX - 1 - COUNT + 6).to_ne_bytes()).unwrap();
        for _ in 0..3 {
            a.ring().unwrap();
        }
        drop(a);
        assert_eq!(b.listen(), Ok(Heard::HangUp));
    }

    #[test]
    fn an_epoll_is_no_bell() {
        let (a, b) = Doorbell::pair().unwrap();
        check_bell(&a.epoll).unwrap();
        let refused = new_epoll(&b.line, &a.epoll).unwrap_err();
        assert_eq!(refused, Error::kernel(Call::EPOLL_CTL, Errno::INVAL));
        assert_eq!(check_bell(&a.line), Err(Error::peer(Call::STATX, Errno::BADMSG)));
    }

    #[test]
    fn what_is_sent_over_the_line_is_not_heard() {
        let (a, b) = Doorbell::pair().unwrap();
        rustix::net::send(&a.line, b"hello", rustix::net::SendFlags::DONTWAIT).unwrap();
        assert_eq!(b.listen(), Ok(Heard::Nothing));
        drop(b);
        assert_eq!(a.listen(), Ok(Heard::HangUp));
    }
}
