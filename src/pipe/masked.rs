//! The write of a kernel that knows no RWF_NOSIGNAL.

use crate::error::{Call, Errno, Named, Result};
use crate::fd::Fd;
use crate::sys;
use rustix::io::IoSlice;

/// Writes `parts`, `len` bytes together: SIGPIPE is blocked in this thread around it, and taken off it where it came.
#[cold]
pub(super) fn put_masked(fd: &Fd, parts: &[IoSlice<'_>], len: usize) -> Result<usize> {
    let before = sys::block_signals(sys::SIGPIPE_SET)?;
    let was_blocked = before & sys::SIGPIPE_SET != 0;
    // One that waited before us is the program's own, and stays; what our write adds to it is not told apart. It can
    // only wait where it was blocked.
    let was_pending = was_blocked && sys::sigpending()? & sys::SIGPIPE_SET != 0;
    let answer = rustix::io::writev(fd, parts).named(Call::WRITEV);
    let raised = match answer {
        // A write that somebody's clearing of O_NONBLOCK lets wait can lose its reader when a part has gone.
        Ok(n) => n < len,
        Err(e) => e.is(Errno::PIPE),
    };
    let is_taken = !raised
        || was_pending
        || match sys::take_pending(sys::SIGPIPE_SET) {
            // EAGAIN means that none was raised, which is as good.
            Err(e) => e.is_again(),
            Ok(()) => true,
        };
    // Where a filter refuses to take the signal, it stays blocked, and kills nobody. What the write said stands: the
    // bytes are where they are, whatever becomes of the mask.
    if !was_blocked && is_taken {
        let _ = sys::set_signal_mask(before);
    }
    answer
}
