//! A hole in the kernel's barrier, and what closes it.
//!
//! `membarrier(GLOBAL_EXPEDITED)` passes over some processors that it should not, on Linux 6.18 still: one that ran a
//! process before that registered, and idled in its memory when it did, is not told; where that process goes on there
//! with no other one in between, no barrier is made on that processor, for as long as this lasts.
//!
//! What such a processor published before it saw the fence asked of it waits in its store buffer at the worst: a hundred
//! lines or so, which leave one after the other, and need no barrier for that. The longest that any was seen to take, with
//! all of them to be had from the sleeper, was some ten microseconds. So the sleeper looks on for several times as long. This
//! is once in so many messages that it costs little, and a message that comes meanwhile is found at once.

use core::hint::spin_loop;

/// 65 µs where a pause takes 40 cycles.
const PAUSES: u32 = 4096;

/// Between the barrier and the announcement of a sleep: until nothing is in a store buffer that was there at the barrier,
/// or until what is waited for is there.
pub(super) fn drain(mut is_there: impl FnMut() -> bool) {
    for _ in 0..PAUSES {
        // Built for size it waits alone: the look of each kind of end is a loop of its own.
        if !cfg!(tiny) && is_there() {
            break;
        }
        spin_loop();
    }
}
