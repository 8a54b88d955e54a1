//! The steps of a wait before it sleeps.

use super::Polling;
use crate::error::{Errno, Result};
use crate::ring::doorbell::Heard;
use crate::sys::sleep::sched_yield;
use crate::wait::Sleeper;
use core::hint::spin_loop;

/// What polls.
pub(super) trait Ladder {
    fn polling(&mut self) -> Polling;

    /// Tells the other side what it might be waiting for, before we wait ourselves.
    fn settle(&mut self) -> Result<()>;

    /// Whether what is waited for is there. Memory alone is asked.
    fn is_ready(&mut self) -> bool;

    /// Takes what there is to hear from the doorbell, without waiting.
    fn listen(&mut self) -> Result<Heard>;

    /// A wait was over after so many pauses; `None` where it takes more. For those who learn from it.
    fn paused(&mut self, _pauses: Option<u32>) {}

    /// The steps of the ladder before the sleep; whether what is waited for is there after them. Who is gone, and that the
    /// time is over, is told by the sleep: behind an announcement, so that the doorbell is rung from then on.
    fn poll(&mut self, sleeper: &mut Sleeper) -> Result<bool> {
        let Polling { pauses, yields } = self.polling();
        self.paused(None);
        if pauses == 0 && yields == 0 {
            return Ok(false);
        }
        self.settle()?;
        let mut step = 0_u32;
        'steps: {
            for _ in Steps(pauses) {
                if self.is_ready() {
                    self.paused(Some(step));
                    return Ok(true);
                }
                spin_loop();
                step = step.wrapping_add(1);
                if step % PAUSES_A_LOOK == 0 && self.is_in_vain(sleeper)? {
                    break 'steps;
                }
            }
            step = 0;
            for _ in Steps(yields) {
                if self.is_ready() {
                    return Ok(true);
                }
                if step < YIELDS_AT_FIRST {
                    step = step.saturating_add(1);
                } else if self.is_in_vain(sleeper)? {
                    break 'steps;
                }
                sched_yield();
            }
        }
        Ok(self.is_ready())
    }

    /// While polling: is the other side gone, or the time over?
    fn is_in_vain(&mut self, sleeper: &mut Sleeper) -> Result<bool> {
        if self.listen()? == Heard::HangUp {
            return Ok(true);
        }
        match sleeper.left() {
            Err(e) if e.is(Errno::TIMEDOUT) => Ok(true),
            left => left.map(|_| false),
        }
    }
}

/// 0.2 ms of pauses, on a processor whose pause is long.
const PAUSES_A_LOOK: u32 = 4096;

/// So many yields are not worth a look at the doorbell.
const YIELDS_AT_FIRST: u32 = 16;

/// So many steps; `u32::MAX` is without end.
struct Steps(u32);

impl Iterator for Steps {
    type Item = ();

    #[inline]
    fn next(&mut self) -> Option<()> {
        match self.0 {
            u32::MAX => Some(()),
            left => {
                self.0 = left.checked_sub(1)?;
                Some(())
            }
        }
    }
}
