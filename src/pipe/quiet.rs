//! A write that raises no SIGPIPE: by a flag since Linux 6.18, under a mask before.

use crate::error::{Call, Errno, Named, Result};
use crate::fd::Fd;
use crate::sys;
use rustix::io::IoSlice;

/// Writes what there is room for. `masks_sigpipe` says, from the first refusal on, that this kernel has no
/// `RWF_NOSIGNAL`.
#[inline]
pub(super) fn put(fd: &Fd, masks_sigpipe: &mut bool, parts: &[IoSlice<'_>]) -> Result<usize> {
    if !*masks_sigpipe {
        match rustix::io::pwritev2(fd, parts, sys::CURRENT_OFFSET, sys::NOSIGNAL) {
            Err(Errno::OPNOTSUPP) => *masks_sigpipe = true,
            answer => return answer.named(Call::PWRITEV2),
        }
    }
    put_masked(fd, parts)
}

/// Before 6.18: SIGPIPE is blocked in this thread around the write, and taken off it where it came.
#[cold]
fn put_masked(fd: &Fd, parts: &[IoSlice<'_>]) -> Result<usize> {
    let before = sys::block_signals(sys::SIGPIPE_SET)?;
    let was_blocked = before & sys::SIGPIPE_SET != 0;
    // One that waited before us is the program's own, and stays. It can only wait where it was blocked.
    let was_pending = was_blocked && sys::sigpending()? & sys::SIGPIPE_SET != 0;
    let answer = rustix::io::writev(fd, parts).named(Call::WRITEV);
    if !was_pending && answer.is_err_and(|e| e.errno() == Errno::PIPE) {
        // EAGAIN would mean that none was raised, which is as good.
        let _ = sys::take_pending(sys::SIGPIPE_SET);
    }
    if !was_blocked {
        sys::set_signal_mask(before)?;
    }
    answer
}
