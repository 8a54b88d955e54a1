//! What wakes a sleeper, and tells it of the other side's death.
//!
//! | piece | what it is for |
//! |-------|----------------|
//! | a line | one end of a pair of connected sockets, over which nothing is ever sent: its hang-up is the other side's death |
//! | a bell | an eventfd, to ring for the other side |
//! | an epoll | what this side sleeps in: its own bell, told as an edge, and its line |
//!
//! A bell's count is 1 for ever, and ringing adds 0 to it: a write that wakes who sleeps, that no full count makes wait,
//! and that leaves nothing to be read. The other side holds the same eventfd: all that it can do with it is not to wake
//! us, as it could anyway, or to wake us for nothing, which costs a look.

use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::sys::epoll::{EpollEvent, Op, control};
use crate::sys::made;
use crate::sys::sleep::{Timeout, epoll_wait};
use crate::wait::Sleeper;
use linux_raw_sys::general::{EPOLLET, EPOLLIN};
use rustix::net::{AddressFamily, SocketFlags, SocketType};

#[derive(Debug)]
#[repr(C)]
pub(super) struct Doorbell {
    epoll: Fd,
    line: Fd,
    /// The other side's.
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
    /// `socketpair` `eventfd2` `eventfd2`, and for each side `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait`.
    pub(super) fn pair() -> Result<(Doorbell, Doorbell)> {
        let flags = SocketFlags::CLOEXEC.union(SocketFlags::NONBLOCK);
        let (a, b) = rustix::net::socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None)
            .named(Call::SOCKETPAIR)?;
        let (a, b) = (Fd::from(a), Fd::from(b));
        let (a_bell, b_bell) = (Fd::from(made::eventfd(1)?), Fd::from(made::eventfd(1)?));
        let a_epoll = new_epoll(&a, &a_bell)?;
        let b_epoll = new_epoll(&b, &b_bell)?;
        let a = Doorbell { epoll: a_epoll, line: a, bell: b_bell };
        Ok((a, Doorbell { epoll: b_epoll, line: b, bell: a_bell }))
    }

    /// Wakes the other side. It is not told here whether there is one.
    #[cold]
    pub(super) fn ring(&self) -> Result<()> {
        let answer = again(|| self.add_nothing());
        match answer {
            // Not said of adding nothing; were it, the other side would have a bell to hear.
            Err(e) if e.is_again() => Ok(()),
            Err(e) if e.is(Errno::INTR) => Err(Error::kernel(Call::WRITE, Errno::IO)),
            answer => answer,
        }
    }

    fn add_nothing(&self) -> Result<()> {
        rustix::io::write(&self.bell, &0_u64.to_ne_bytes()).named(Call::WRITE).map(drop)
    }

    /// Takes what there is to hear, without waiting. What was rung for must be looked for after this.
    pub(super) fn listen(&self) -> Result<Heard> {
        let mut told = [NONE; 2];
        match again(|| epoll_wait(self.epoll.as_fd(), &mut told, Timeout::Zero, None)) {
            Err(e) if e.is(Errno::INTR) => Ok(Heard::Unheard),
            answer => Ok(heard(&told, answer?)),
        }
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

fn heard(told: &[EpollEvent], n: usize) -> Heard {
    let mut told = told.iter().take(n);
    match n {
        0 => Heard::Nothing,
        _ if told.any(|event| event.data == LINE) => Heard::HangUp,
        _ => Heard::Bell,
    }
}

/// An epoll that hears of the hang-up of `line`, again and again, and of each ring of `bell` once.
fn new_epoll(line: &Fd, bell: &Fd) -> Result<Fd> {
    let new = Fd::from(made::epoll_create()?);
    let edge = EpollEvent { events: EPOLLIN | EPOLLET, data: BELL };
    control(new.as_fd(), Op::Add, bell.as_fd(), edge)?;
    // A hang-up is told without being asked for.
    control(new.as_fd(), Op::Add, line.as_fd(), EpollEvent { events: 0, data: LINE })?;
    // That its count is not 0 is an edge, too; not taken, it would wake for nothing, once.
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
        // Filled to the brim, and made to wait.
        rustix::io::write(&a.bell, &(u64::MAX - 2).to_ne_bytes()).unwrap();
        rustix::io::ioctl_fionbio(&a.bell, false).unwrap();
        for _ in 0..3 {
            a.ring().unwrap();
            assert_eq!(b.listen(), Ok(Heard::Bell));
        }
        // Emptied: the one who empties is not heard any more, and nothing else changes.
        rustix::io::read(&a.bell, &mut [0_u8; 8]).unwrap();
        a.ring().unwrap();
        assert_eq!(b.listen(), Ok(Heard::Nothing));
        drop(a);
        assert_eq!(b.listen(), Ok(Heard::HangUp));
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
