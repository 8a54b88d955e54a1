//! The slow path of every operation: what it does where there is nothing yet.

use super::{Events, Instant, Limit, PollFd, Wait};
use crate::error::{Call, Errno, Error, Result};
use crate::fd::BorrowedFd;
use crate::sys;
use crate::sys::epoll::EpollEvent;
use crate::sys::sleep::{Timeout, epoll_wait};

/// The events that one descriptor has now, of those asked for and of those always told.
pub(crate) fn events_now(fd: BorrowedFd<'_>, events: Events) -> Result<Events> {
    let mut fds = [PollFd::borrowed(fd, events)];
    let look = Sleeper::new(Wait::FOREVER);
    // A signal that waits ends even a call that does not; so many do not come one after the other.
    let mut tries = 9_u8;
    loop {
        tries = tries.saturating_sub(1);
        match look.sleep(&mut fds, Some(0)) {
            Err(e) if e.is(Errno::INTR) && tries > 0 => {}
            Err(e) => return Err(e),
            Ok(_) => {
                let [PollFd { told, .. }] = fds;
                return Ok(told);
            }
        }
    }
}

/// Runs `op` until it has an answer: at once where it has one, else each time `fd` is ready, as long as `wait` says.
///
/// Who asks for [`Events::PEER_CLOSED`] is told `ESHUTDOWN` where it is there and `op` still has no answer: it goes
/// on for ever, and so would a loop around it.
#[inline]
pub(crate) fn until_done<T>(
    fd: BorrowedFd<'_>,
    events: Events,
    wait: Wait,
    mut op: impl FnMut() -> Result<T>,
) -> Result<T> {
    if cfg!(small) {
        return until_done_slowly(fd, events, wait, op);
    }
    match op() {
        Err(e) => sleep_and_retry(Some(e), fd, events, wait, op),
        answer => answer,
    }
}

/// As [`until_done`], where the operation is not to be there twice, once in front of the slow path and once in it: in
/// what is slow already, or is built to be small.
#[inline]
pub(crate) fn until_done_slowly<T>(
    fd: BorrowedFd<'_>,
    events: Events,
    wait: Wait,
    op: impl FnMut() -> Result<T>,
) -> Result<T> {
    sleep_and_retry(None, fd, events, wait, op)
}

#[cfg_attr(not(small), cold)]
fn sleep_and_retry<T>(
    mut last: Option<Error>,
    fd: BorrowedFd<'_>,
    events: Events,
    wait: Wait,
    mut op: impl FnMut() -> Result<T>,
) -> Result<T> {
    let mut sleeper = Sleeper::new(wait);
    let mut told = Events::NONE;
    loop {
        if let Some(e) = last {
            sleep_after(e, &mut sleeper, fd, events, &mut told)?;
        }
        match op() {
            Err(e) => last = Some(e),
            answer => return answer,
        }
    }
}

/// As [`until_done_slowly`], for one of several operations that share a deadline.
pub(crate) fn until_done_within<T>(
    fd: BorrowedFd<'_>,
    events: Events,
    sleeper: &mut Sleeper,
    mut op: impl FnMut() -> Result<T>,
) -> Result<T> {
    let mut told = Events::NONE;
    loop {
        match op() {
            Err(e) => sleep_after(e, sleeper, fd, events, &mut told)?,
            answer => return answer,
        }
    }
}

/// Sleeps where `last` is no answer yet. Out of line, so that an operation has only itself in its loop.
#[cold]
#[inline(never)]
fn sleep_after(
    last: Error,
    sleeper: &mut Sleeper,
    fd: BorrowedFd<'_>,
    events: Events,
    told: &mut Events,
) -> Result<()> {
    if last.is(Errno::INTR) {
        sleeper.may_go_on(last)?;
    } else if !last.is_again() {
        return Err(last);
    } else if told.any_of(Events::PEER_CLOSED) {
        return Err(Error::kernel(last.call(), Errno::SHUTDOWN));
    }
    *told = sleeper.ready(fd, events)?;
    Ok(())
}

/// The slow path of every operation: one deadline, over as many sleeps as it takes.
pub(crate) struct Sleeper {
    wait: Wait,
    /// The time was over already when it was last looked what there is.
    is_over: bool,
}

impl Sleeper {
    pub(crate) fn new(wait: Wait) -> Self {
        Sleeper { wait, is_over: false }
    }

    /// Sleeps until `fd` has one of `events`, an error or a hang-up, and returns which; or until a signal comes that
    /// the wait outlasts. The caller tries again either way, so that each round makes the same calls.
    pub(crate) fn ready(&mut self, fd: BorrowedFd<'_>, events: Events) -> Result<Events> {
        let mut fds = [PollFd::borrowed(fd, events)];
        let left = self.left()?;
        match self.sleep(&mut fds, left) {
            Ok(0) => return Err(Error::deadline(Call::PPOLL)),
            Err(e) if e.is(Errno::INTR) => self.may_go_on(e)?,
            answer => drop(answer?),
        }
        let [PollFd { told, .. }] = fds;
        Ok(told)
    }

    /// Sleeps until `epoll` has something to tell, fills `told`, and returns how much there is of it; 0 where a signal
    /// came that the wait outlasts. Where the time is over, what is there already is told all the same, and that once: who
    /// always has something to tell does not hold up a deadline.
    pub(crate) fn epoll(&mut self, epoll: BorrowedFd<'_>, told: &mut [EpollEvent]) -> Result<usize> {
        if self.is_over {
            return Err(Error::deadline(Call::EPOLL_PWAIT2));
        }
        let timeout = match self.left() {
            Err(e) if e.is(Errno::TIMEDOUT) => {
                self.is_over = true;
                Timeout::Zero
            }
            left => left?.map_or(Timeout::Forever, Timeout::Nanos),
        };
        let mask = self.wait.mask();
        let answer = match (epoll_wait(epoll, told, timeout, mask.as_ref()), timeout) {
            // Before 5.11.
            (Err(e), Timeout::Nanos(nanos)) if e.is(Errno::NOSYS) => {
                epoll_wait(epoll, told, Timeout::Coarse(nanos), mask.as_ref())
            }
            (answer, _) => answer,
        };
        match answer {
            Ok(0) => Err(Error::deadline(Call::EPOLL_PWAIT2)),
            Err(e) if e.is(Errno::INTR) && matches!(timeout, Timeout::Zero) => {
                Err(Error::deadline(Call::EPOLL_PWAIT2))
            }
            Err(e) if e.is(Errno::INTR) => self.may_go_on(e).map(|()| 0),
            answer => answer,
        }
    }

    /// As [`ready`](Self::ready), but for what its caller knows no longer than `nanos`, which is no error.
    pub(crate) fn ready_within(
        &mut self,
        fd: BorrowedFd<'_>,
        events: Events,
        nanos: Option<u64>,
    ) -> Result<()> {
        let left = self.left()?;
        let (time, is_deadline) = match (left, nanos) {
            (Some(left), Some(nanos)) => (Some(left.min(nanos)), left <= nanos),
            (left, nanos) => (left.or(nanos), left.is_some()),
        };
        match self.sleep(&mut [PollFd::borrowed(fd, events)], time) {
            Ok(0) if is_deadline => Err(Error::deadline(Call::PPOLL)),
            Err(e) if e.is(Errno::INTR) => self.may_go_on(e),
            answer => answer.map(drop),
        }
    }

    /// Sleeps `nanos`, or less where the deadline is nearer: for what nothing tells of.
    pub(crate) fn pause(&mut self, nanos: u64) -> Result<()> {
        let left = self.left()?;
        let nanos = left.map_or(nanos, |left| left.min(nanos));
        match self.sleep(&mut [], Some(nanos)) {
            Ok(_) => Ok(()),
            Err(e) if e.is(Errno::INTR) => self.may_go_on(e),
            Err(e) => Err(e),
        }
    }

    /// What is left of the time; `None` means for ever.
    ///
    /// # Errors
    /// `ETIMEDOUT` once nothing is left; the clock's own.
    pub(crate) fn left(&mut self) -> Result<Option<u64>> {
        let left = match self.wait.limit() {
            Limit::Forever => return Ok(None),
            // Over, however often it is asked for: without the clock.
            Limit::For(0) => 0,
            Limit::For(nanos) => {
                let deadline = Instant(sys::monotonic_nanos()?).plus(nanos);
                self.wait = Wait { signals: self.wait.signals, ..Wait::until(deadline) };
                nanos
            }
            Limit::Until(deadline) => deadline.0.saturating_sub(sys::monotonic_nanos()?),
        };
        if left == 0 { Err(Error::deadline(Call::PPOLL)) } else { Ok(Some(left)) }
    }

    /// A signal came: whether the wait outlasts it.
    pub(crate) fn may_go_on(&self, e: Error) -> Result<()> {
        if self.wait.ends_on_signal() { Err(e) } else { Ok(()) }
    }

    /// Sleeps until one of `fds` is ready, and returns how many are.
    pub(crate) fn poll(&mut self, fds: &mut [PollFd<'_>]) -> Result<usize> {
        loop {
            let left = self.left()?;
            match self.sleep(fds, left) {
                Ok(0) => return Err(Error::deadline(Call::PPOLL)),
                Err(e) if e.is(Errno::INTR) => self.may_go_on(e)?,
                answer => return answer,
            }
        }
    }

    #[inline(never)]
    pub(super) fn sleep(&self, fds: &mut [PollFd<'_>], nanos: Option<u64>) -> Result<usize> {
        let mut time = nanos
            .map(|n| sys::Timespec { sec: (n / 1_000_000_000) as i64, nsec: (n % 1_000_000_000) as i64 });
        let mask = self.wait.mask();
        // SAFETY: a `PollFd` is laid out as `struct pollfd`, and the slice is ours to write.
        unsafe { sys::ppoll(fds.as_mut_ptr().cast(), fds.len(), time.as_mut(), mask.as_ref()) }
    }
}
