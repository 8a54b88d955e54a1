//! The steps of a wait before it sleeps.

use super::Polling;
use super::side::Woken;
use crate::error::{Errno, Result};
use crate::ring::doorbell::Heard;
use crate::sys::sleep::sched_yield;
use crate::wait::Sleeper;
use core::hint::spin_loop;
use core::ops::ControlFlow;

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

    /// The steps of the ladder before the sleep. `None`: the sleep is what is left, also where the time is over, so that
    /// this is told behind an announcement, as it is after a sleep.
    fn poll(&mut self, sleeper: &mut Sleeper) -> Result<Option<Woken>> {
        let Polling { pauses, yields } = self.polling();
        self.paused(None);
        if pauses == 0 && yields == 0 {
            return Ok(None);
        }
        self.settle()?;
        let mut step = 0_u32;
        for _ in Steps(pauses) {
            if self.is_ready() {
                self.paused(Some(step));
                return Ok(Some(Woken::Ready));
            }
            spin_loop();
            step = step.wrapping_add(1);
            if step % PAUSES_A_LOOK == 0 {
                if let ControlFlow::Break(over) = self.look_up(sleeper)? {
                    return Ok(over);
                }
            }
        }
        step = 0;
        for _ in Steps(yields) {
            if self.is_ready() {
                return Ok(Some(Woken::Ready));
            }
            if step == YIELDS_AT_FIRST {
                if let ControlFlow::Break(over) = self.look_up(sleeper)? {
                    return Ok(over);
                }
            } else {
                step = step.saturating_add(1);
            }
            sched_yield();
        }
        Ok(self.is_ready().then_some(Woken::Ready))
    }

    /// While polling: is the other side gone, or the time over?
    fn look_up(&mut self, sleeper: &mut Sleeper) -> Result<ControlFlow<Option<Woken>>> {
        let heard = self.listen()?;
        if self.is_ready() {
            return Ok(ControlFlow::Break(Some(Woken::Ready)));
        }
        if heard == Heard::HangUp {
            return Ok(ControlFlow::Break(Some(Woken::HangUp)));
        }
        match sleeper.left() {
            Err(e) if e.is(Errno::TIMEDOUT) => Ok(ControlFlow::Break(None)),
            left => left.map(|_| ControlFlow::Continue(())),
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
