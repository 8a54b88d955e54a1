//! Waiting on an epoll, and the barrier that a sleeper puts into everybody else.

use super::epoll::EpollEvent;
use super::{SIGSET_BYTES, SigSet, Timespec, nr, syscall, syscall6};
use crate::error::{Call, Result};
use core::ffi::c_int;
use linux_raw_sys::general as g;
use rustix::fd::{AsRawFd, BorrowedFd};

/// How long an [`epoll_wait`] may take.
#[derive(Clone, Copy)]
pub(crate) enum Timeout {
    Zero,
    Forever,
    Nanos(u64),
    /// Rounded up to milliseconds: for kernels before 5.11.
    Coarse(u64),
}

/// `epoll_pwait(epoll, events, timeout, mask)`, or `epoll_pwait2` where nanoseconds are asked for.
pub(crate) fn epoll_wait(
    epoll: BorrowedFd<'_>,
    events: &mut [EpollEvent],
    timeout: Timeout,
    mask: Option<&SigSet>,
) -> Result<usize> {
    let (fd, n) = (epoll.as_raw_fd() as usize, events.len().min(c_int::MAX as usize));
    let mask = mask.map_or(0, |m| (&raw const *m) as usize);
    let events = events.as_mut_ptr() as usize;
    let millis: c_int = match timeout {
        Timeout::Zero => 0,
        Timeout::Forever => -1,
        Timeout::Coarse(nanos) => c_int::try_from(nanos.div_ceil(1_000_000)).unwrap_or(c_int::MAX),
        Timeout::Nanos(nanos) => {
            let time = Timespec { sec: (nanos / 1_000_000_000) as i64, nsec: (nanos % 1_000_000_000) as i64 };
            let args = [fd, events, n, (&raw const time) as usize, mask, SIGSET_BYTES];
            // SAFETY: the kernel writes at most `n` events into the slice, and reads one timespec and one set.
            return unsafe { syscall6(Call::EPOLL_PWAIT2, nr::EPOLL_PWAIT2, args) };
        }
    };
    let args = [fd, events, n, millis as usize, mask, SIGSET_BYTES];
    // SAFETY: the kernel writes at most `n` events into the slice, and reads one set.
    unsafe { syscall6(Call::EPOLL_PWAIT, nr::EPOLL_PWAIT, args) }
}

/// `membarrier(REGISTER_GLOBAL_EXPEDITED)`: this process, and what it forks, takes part in everybody's barriers.
pub(crate) fn membarrier_register() -> Result<()> {
    membarrier(g::membarrier_cmd::MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED)
}

/// `membarrier(GLOBAL_EXPEDITED)`: a full fence here, and in each running thread of each process that registered.
pub(crate) fn membarrier_everywhere() -> Result<()> {
    membarrier(g::membarrier_cmd::MEMBARRIER_CMD_GLOBAL_EXPEDITED)
}

fn membarrier(command: g::membarrier_cmd) -> Result<()> {
    // SAFETY: plain numbers.
    unsafe { syscall(Call::MEMBARRIER, nr::MEMBARRIER, [command as usize, 0, 0, 0, 0]) }.map(drop)
}

/// `sched_yield()`: lets others run. It cannot fail.
pub(crate) fn sched_yield() {
    // SAFETY: no arguments.
    let _ = unsafe { syscall(Call::SCHED_YIELD, nr::SCHED_YIELD, [0; 5]) };
}
