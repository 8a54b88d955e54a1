//! A set of descriptors that the kernel keeps, for more of them than are worth handing over at each wait.

use super::{Events, Wait, until_done};
use crate::error::{Call, Errno, Error, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::sys::epoll::{self, EpollEvent, Op};
use crate::sys::made::epoll_create;
use core::fmt;

/// A set of descriptors of which the kernel tells those that are ready, at a cost that does not grow with the set.
///
/// A descriptor is told by the token that [`add`](Self::add) was given. It leaves the set when it is removed, or
/// when every copy of it is closed: where another process has one, closing ours does not end the telling.
///
/// What holds for every event loop around our ends is in docs/event-loops.md: a receiver that keeps messages in a
/// buffer of its own must be asked for them before each wait.
///
/// # Syscalls
/// Async-signal-safe.
///
/// | case | calls |
/// |------|-------|
/// | drop | `close` |
///
/// # Examples
/// ```
/// use rawipc::wait::{Epoll, Events, Ready, Trigger};
/// use rawipc::{Sender, Wait, pipe};
///
/// let (a, mut to_a) = pipe::packet_pair()?;
/// let (b, _to_b) = pipe::packet_pair()?;
/// let set = Epoll::create()?;
/// set.add(&a, Events::READABLE, Trigger::Level, 1)?;
/// set.add(&b, Events::READABLE, Trigger::Level, 2)?;
/// to_a.send(b"x", Wait::FOREVER)?;
/// let mut ready = [Ready::NONE; 8];
/// assert_eq!(set.wait(&mut ready, Wait::FOREVER)?, 1);
/// assert_eq!((ready[0].token(), ready[0].told()), (1, Events::READABLE));
/// # Ok::<(), rawipc::Error>(())
/// ```
///
/// # References
/// [epoll(7)](https://man7.org/linux/man-pages/man7/epoll.7.html)
#[derive(Debug)]
#[repr(transparent)]
pub struct Epoll {
    fd: Fd,
}

/// When a descriptor that is ready is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Trigger {
    /// At each wait for as long as it is ready.
    Level = 0,
    /// Once for each time that something comes: whoever is told goes on until `EAGAIN`, or is not told of the rest.
    Edge = linux_raw_sys::general::EPOLLET,
    /// Once, and then no more until [`change`](Epoll::change) arms it anew.
    Once = linux_raw_sys::general::EPOLLONESHOT,
}

/// One descriptor that is ready: the kernel's `struct epoll_event`.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Ready(EpollEvent);

impl Ready {
    /// Nothing, to fill a buffer with.
    pub const NONE: Ready = Ready(EpollEvent { events: 0, data: 0 });

    /// What it was added with.
    #[inline]
    pub const fn token(&self) -> u64 {
        self.0.data
    }

    /// What it is ready for; an error or a hang-up is told unasked.
    #[inline]
    pub const fn told(&self) -> Events {
        Events(self.0.events as u16)
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready").field("token", &self.token()).field("told", &self.told()).finish()
    }
}

impl Epoll {
    /// `epoll_create1(EPOLL_CLOEXEC)` — an empty set.
    ///
    /// # Errors
    /// `EMFILE`, `ENFILE`: no descriptors left, in this process or at all.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok   | `epoll_create1` |
    ///
    /// # References
    /// [epoll_create(2)](https://man7.org/linux/man-pages/man2/epoll_create.2.html)
    pub fn create() -> Result<Epoll> {
        epoll_create().map(|made| Epoll { fd: made.into() })
    }

    /// Takes `fd` for a set without asking the kernel: one that [`create`](Self::create) has made before.
    #[inline]
    pub fn assume(fd: Fd) -> Epoll {
        Epoll { fd }
    }

    /// The descriptor, to keep or to hand over.
    pub fn into_fd(self) -> Fd {
        self.fd
    }

    /// `epoll_ctl(self, EPOLL_CTL_ADD, fd)` — tells of `fd` with `token` from now on.
    ///
    /// # Errors
    /// `EEXIST`: it is there already. `EPERM`: a regular file or directory, of which epoll knows nothing.
    /// `ENOSPC`: this user watches too many.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok; there already | `epoll_ctl` |
    ///
    /// # References
    /// [epoll_ctl(2)](https://man7.org/linux/man-pages/man2/epoll_ctl.2.html)
    pub fn add(&self, fd: &impl AsFd, events: Events, trigger: Trigger, token: u64) -> Result<()> {
        self.control(Op::Add, fd.as_fd(), events, trigger, token)
    }

    /// `epoll_ctl(self, EPOLL_CTL_MOD, fd)` — tells of other events, in another way, with another token. What is
    /// ready already is told, edge-triggered as well.
    ///
    /// # Errors
    /// `ENOENT`: it is not there.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok; not there | `epoll_ctl` |
    pub fn change(&self, fd: &impl AsFd, events: Events, trigger: Trigger, token: u64) -> Result<()> {
        self.control(Op::Modify, fd.as_fd(), events, trigger, token)
    }

    /// `epoll_ctl(self, EPOLL_CTL_DEL, fd)` — tells of it no more.
    ///
    /// # Errors
    /// `ENOENT`: it is not there.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok; not there | `epoll_ctl` |
    pub fn remove(&self, fd: &impl AsFd) -> Result<()> {
        self.control(Op::Delete, fd.as_fd(), Events::NONE, Trigger::Level, 0)
    }

    /// `epoll_pwait(self, ready, 0)` — those that are ready, or waits for one, and returns how many it wrote.
    ///
    /// # Errors
    /// `ETIMEDOUT`; `EINTR` where `wait` asks for it; `EINVAL`: no room in `ready`, before any syscall.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ready; a limit of zero | `epoll_pwait` |
    /// | waits for ever | (`epoll_pwait` `ppoll`)×n `epoll_pwait` |
    /// | waits with a limit | (`epoll_pwait` `clock_gettime` `ppoll`)×n `epoll_pwait` |
    /// | times out | (`epoll_pwait` `clock_gettime` `ppoll`)×n |
    /// | times out, by the clock | (`epoll_pwait` `clock_gettime` `ppoll`)×n `epoll_pwait` `clock_gettime` |
    /// | over from the start | `epoll_pwait` `clock_gettime` |
    /// | a signal ends it, for ever | (`epoll_pwait` `ppoll`)×n |
    /// | a signal ends it, with a limit | (`epoll_pwait` `clock_gettime` `ppoll`)×n |
    /// | refused | none |
    ///
    /// # References
    /// [epoll_wait(2)](https://man7.org/linux/man-pages/man2/epoll_wait.2.html)
    pub fn wait(&self, ready: &mut [Ready], wait: Wait) -> Result<usize> {
        until_done(self.fd.as_fd(), Events::READABLE, wait, || self.try_wait(ready))
    }

    /// `epoll_pwait(self, ready, 0)` — those that are ready now.
    ///
    /// # Errors
    /// As [`wait`](Self::wait), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ready; none is | `epoll_pwait` |
    /// | refused | none |
    pub fn try_wait(&self, ready: &mut [Ready]) -> Result<usize> {
        if ready.is_empty() {
            return Err(Error::argument(Call::EPOLL_PWAIT, Errno::INVAL));
        }
        match epoll::look(self.fd.as_fd(), Ready::as_events(ready))? {
            0 => Err(Error::kernel(Call::EPOLL_PWAIT, Errno::AGAIN)),
            n => Ok(n),
        }
    }

    #[cfg_attr(shared, inline(never))]
    fn control(
        &self,
        op: Op,
        fd: BorrowedFd<'_>,
        events: Events,
        trigger: Trigger,
        token: u64,
    ) -> Result<()> {
        let event = EpollEvent { events: u32::from(events.0) | trigger as u32, data: token };
        epoll::control(self.fd.as_fd(), op, fd, event)
    }
}

impl Ready {
    fn as_events(ready: &mut [Ready]) -> &mut [EpollEvent] {
        // SAFETY: `Ready` is transparent over `EpollEvent`, of which every value is one.
        unsafe { &mut *(core::ptr::from_mut(ready) as *mut [EpollEvent]) }
    }
}

impl AsFd for Epoll {
    /// Readable when one of the set is ready, so that a set can be in another.
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
