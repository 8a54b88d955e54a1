//! Readiness of descriptors, and deadlines.
//!
//! No operation waits inside the call that moves the bytes: it tries, and where there is nothing, it sleeps in
//! `ppoll` until the descriptor is ready or the deadline is there, and tries again; a ring sleeps in `epoll_pwait` or
//! `epoll_pwait2`. What is ready costs one syscall, in a ring none; the clock is read only by who must sleep.
//!
//! Where a signal handler runs and the wait goes on, it goes round as if it had been woken for nothing.

mod epoll;
mod sleeper;
#[cfg(test)]
mod tests;

use crate::error::{Call, Errno, Error, Origin, Result};
use crate::fd::{AsFd, BorrowedFd, RawFd};
use crate::sys;
use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;
use rustix::fd::AsRawFd;

pub use epoll::{Epoll, Ready, Trigger};
pub(crate) use sleeper::{Sleeper, events_now, until_done, until_done_slowly, until_done_within};

/// How long an operation may wait, and whether a signal ends the wait.
///
/// # Examples
/// ```
/// use core::time::Duration;
/// use rawipc::{Errno, Receiver, Wait, pipe};
///
/// let (mut receiver, _sender) = pipe::packet_pair()?;
/// let mut buf = [0; pipe::PIPE_BUF];
/// let e = receiver.recv(&mut buf, Wait::at_most(Duration::from_millis(5))).unwrap_err();
/// assert_eq!(e.errno(), Errno::TIMEDOUT);
/// # Ok::<(), rawipc::Error>(())
/// ```
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Wait {
    // Two words, so that it travels in registers. The limit's kind is in its two highest bits.
    limit: u64,
    // A signal mask. What SIGKILL and SIGSTOP have in it says nothing, and says here how the mask is meant.
    signals: u64,
}

/// What a wait's limit can be.
#[derive(Clone, Copy, Debug)]
enum Limit {
    Forever,
    For(u64),
    Until(Instant),
}

const FOR: u64 = 1 << 62;
const UNTIL: u64 = 2 << 62;
/// 146 years are enough.
const LIMIT_MASK: u64 = FOR - 1;

/// A signal ends the wait.
const WAKES: u64 = 1 << (linux_raw_sys::general::SIGKILL - 1);
/// The mask is the thread's while it sleeps.
const IS_MASK: u64 = 1 << (linux_raw_sys::general::SIGSTOP - 1);

impl Wait {
    /// Until it happens, however long it takes. A signal handler runs and the wait goes on.
    pub const FOREVER: Wait = Wait { limit: 0, signals: 0 };

    /// At most this long, counted from the moment at which there is something to wait for.
    #[inline]
    pub const fn at_most(limit: Duration) -> Wait {
        Wait { limit: FOR | least(nanos(limit), LIMIT_MASK), signals: 0 }
    }

    /// Until this instant; one deadline for several operations.
    #[inline]
    pub const fn until(deadline: Instant) -> Wait {
        Wait { limit: UNTIL | least(deadline.0, LIMIT_MASK), signals: 0 }
    }

    /// The same wait, but a signal handler that runs ends it with `EINTR`.
    ///
    /// A signal that comes just before the wait begins does not end it: whoever must not miss one blocks it and
    /// uses [`or_signal_under`](Self::or_signal_under), or waits on a signalfd beside the channel with [`poll`].
    #[inline]
    #[must_use]
    pub const fn or_signal(self) -> Wait {
        Wait { signals: WAKES, ..self }
    }

    /// The same wait, ended with `EINTR` by a signal, and with `mask` as the thread's signal mask while it
    /// sleeps, put in place and taken back by the kernel in one step: bit `n - 1` is signal `n`.
    ///
    /// A program blocks the signal, looks at its flag, and waits under a mask without it: none is missed.
    #[inline]
    #[must_use]
    pub const fn or_signal_under(self, mask: u64) -> Wait {
        Wait { signals: mask | WAKES | IS_MASK, ..self }
    }

    const fn limit(self) -> Limit {
        let nanos = self.limit & LIMIT_MASK;
        match self.limit & !LIMIT_MASK {
            0 => Limit::Forever,
            FOR => Limit::For(nanos),
            _ => Limit::Until(Instant(nanos)),
        }
    }

    const fn ends_on_signal(self) -> bool {
        self.signals & WAKES != 0
    }

    /// The thread's mask while it sleeps.
    const fn mask(self) -> Option<u64> {
        if self.signals & IS_MASK != 0 { Some(self.signals & !(WAKES | IS_MASK)) } else { None }
    }

    /// The same wait with its limit pinned to the clock, so that several operations share it.
    ///
    /// Where a seccomp filter refuses the clock, the limit is over from the start.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | [`at_most`](Self::at_most) | `clock_gettime` |
    /// | [`FOREVER`](Self::FOREVER); [`until`](Self::until) | none |
    #[inline]
    #[must_use]
    pub fn fixed(self) -> Wait {
        self.pinned().unwrap_or(Wait { limit: UNTIL, ..self })
    }

    /// [`fixed`](Self::fixed), with the clock's own error where it cannot be read.
    #[cfg_attr(shared, inline(never))]
    pub(crate) fn pinned(self) -> Result<Wait> {
        match self.limit() {
            Limit::For(nanos) => {
                let deadline = Instant(sys::monotonic_nanos()?).plus(nanos);
                Ok(Wait { signals: self.signals, ..Wait::until(deadline) })
            }
            Limit::Forever | Limit::Until(_) => Ok(self),
        }
    }

    /// Goes on to the next part of an operation: pins the limit to the clock, or asks the clock whether it is over.
    /// Without, a peer that sends or takes a byte at a time, just in time, could hold us beyond it.
    ///
    /// None for ever, else `clock_gettime`.
    pub(crate) fn next_part(&mut self) -> Result<()> {
        if self.is_loose() {
            *self = self.pinned()?;
            return Ok(());
        }
        Sleeper::new(*self).left().map(drop)
    }

    /// Whether the limit is still to be pinned to the clock.
    #[inline]
    pub(crate) const fn is_loose(self) -> bool {
        matches!(self.limit(), Limit::For(_))
    }
}

#[inline]
const fn least(a: u64, b: u64) -> u64 {
    if a < b { a } else { b }
}

impl fmt::Debug for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wait({:?}", self.limit())?;
        match (self.ends_on_signal(), self.mask()) {
            (_, Some(mask)) => write!(f, ", or a signal under {mask:#x})"),
            (true, None) => f.write_str(", or a signal)"),
            (false, None) => f.write_str(")"),
        }
    }
}

/// A moment of CLOCK_MONOTONIC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Instant(u64);

impl Instant {
    /// `clock_gettime(CLOCK_MONOTONIC)` — now.
    ///
    /// A syscall and not the vDSO, which cannot be found without others. Where a seccomp filter refuses it, the
    /// clock's beginning: what is counted from there is long over.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `clock_gettime` |
    ///
    /// # References
    /// [clock_gettime(2)](https://man7.org/linux/man-pages/man2/clock_gettime.2.html)
    #[inline]
    pub fn now() -> Instant {
        Instant(sys::monotonic_nanos().unwrap_or(0))
    }

    /// Nanoseconds since the clock's beginning.
    #[inline]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// The moment `nanos` nanoseconds of the clock after its beginning.
    #[inline]
    pub const fn from_nanos(nanos: u64) -> Instant {
        Instant(nanos)
    }

    /// The moment this much later; the end of the clock, 584 years on, is as late as it gets.
    #[inline]
    #[must_use]
    pub const fn after(self, time: Duration) -> Instant {
        self.plus(nanos(time))
    }

    #[inline]
    const fn plus(self, nanos: u64) -> Instant {
        Instant(self.0.saturating_add(nanos))
    }
}

/// 584 years are enough.
#[inline]
pub(crate) const fn nanos(time: Duration) -> u64 {
    let nanos = time.as_nanos();
    if nanos > u64::MAX as u128 { u64::MAX } else { nanos as u64 }
}

/// What a descriptor can be ready for, and what [`poll`] tells of it: the kernel's `POLL…` bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Events(u16);

impl Events {
    /// Nothing asked for; errors and hang-ups are told all the same.
    pub const NONE: Events = Events(0);
    /// `POLLIN`: a read would not wait; the end of a stream counts.
    pub const READABLE: Events = Events(linux_raw_sys::general::POLLIN as u16);
    /// `POLLOUT`: a write would not wait.
    pub const WRITABLE: Events = Events(linux_raw_sys::general::POLLOUT as u16);
    /// `POLLHUP`: the other side is gone.
    pub const HANG_UP: Events = Events(linux_raw_sys::general::POLLHUP as u16);
    /// `POLLRDHUP`: the other side of a socket will send no more.
    pub const PEER_CLOSED: Events = Events(linux_raw_sys::general::POLLRDHUP as u16);
    /// `POLLERR`: an error waits; on the write end of a pipe, nobody is left to read.
    pub const ERROR: Events = Events(linux_raw_sys::general::POLLERR as u16);
    /// `POLLNVAL`: the number is not an open descriptor.
    pub const INVALID: Events = Events(linux_raw_sys::general::POLLNVAL as u16);

    /// The kernel's bits.
    #[inline]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Both.
    #[inline]
    #[must_use]
    pub const fn and(self, other: Events) -> Events {
        Events(self.0 | other.0)
    }

    /// Whether any of `other` is in here.
    #[inline]
    pub const fn any_of(self, other: Events) -> bool {
        self.0 & other.0 != 0
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Events({:#x})", self.0)
    }
}

/// One descriptor of a [`poll`]: C's `struct pollfd`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct PollFd<'fd> {
    fd: RawFd,
    asked: Events,
    told: Events,
    open: PhantomData<BorrowedFd<'fd>>,
}

impl<'fd> PollFd<'fd> {
    /// To be told when `fd` is ready for `events`.
    #[inline]
    pub fn new(fd: &'fd impl AsFd, events: Events) -> Self {
        Self::borrowed(fd.as_fd(), events)
    }

    #[inline]
    fn borrowed(fd: BorrowedFd<'fd>, events: Events) -> Self {
        PollFd { fd: fd.as_raw_fd(), asked: events, told: Events::NONE, open: PhantomData }
    }

    /// What the last [`poll`] told of it.
    #[inline]
    pub const fn told(&self) -> Events {
        self.told
    }
}

/// `ppoll(fds, …)` — waits until one of several descriptors is ready, and returns how many are.
///
/// A receiver that keeps messages in a buffer of its own ([`frame`](crate::frame)) can have one while its
/// descriptor is silent: drain it with `try_recv` until `EAGAIN` before each wait.
///
/// # Errors
/// `ETIMEDOUT`: none is ready in time; `EINTR` where `wait` asks for it; `EINVAL`: more descriptors than RLIMIT_NOFILE.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | for ever | (`ppoll`)×n |
/// | with a limit; times out | (`clock_gettime` `ppoll`)×n |
/// | times out, by the clock | (`clock_gettime` `ppoll`)×n `clock_gettime` |
/// | over from the start | `clock_gettime` `ppoll` |
/// | a limit of zero | `ppoll` |
///
/// # Examples
/// ```
/// use rawipc::{Sender, Wait, pipe};
/// use rawipc::wait::{Events, PollFd, poll};
///
/// let (a, mut to_a) = pipe::packet_pair()?;
/// let (b, _to_b) = pipe::packet_pair()?;
/// to_a.send(b"x", Wait::FOREVER)?;
/// let mut fds = [PollFd::new(&a, Events::READABLE), PollFd::new(&b, Events::READABLE)];
/// assert_eq!(poll(&mut fds, Wait::FOREVER)?, 1);
/// assert!(fds[0].told().any_of(Events::READABLE) && !fds[1].told().any_of(Events::READABLE));
/// # Ok::<(), rawipc::Error>(())
/// ```
///
/// # References
/// [poll(2)](https://man7.org/linux/man-pages/man2/poll.2.html)
pub fn poll(fds: &mut [PollFd<'_>], wait: Wait) -> Result<usize> {
    let mut sleeper = Sleeper::new(wait);
    // Where the time is over, what is ready is told all the same.
    let left = match sleeper.left() {
        Err(e) if e.origin() == Origin::Deadline => Some(0),
        left => left?,
    };
    match sleeper.sleep(fds, left) {
        Ok(0) => Err(Error::deadline(Call::PPOLL)),
        Err(e) if e.is(Errno::INTR) => {
            sleeper.may_go_on(e)?;
            sleeper.poll(fds)
        }
        answer => answer,
    }
}

const _: () = {
    assert!(size_of::<PollFd<'_>>() == 8);
    assert!(core::mem::offset_of!(PollFd<'_>, asked) == 4);
    assert!(core::mem::offset_of!(PollFd<'_>, told) == 6);
};
