//! Where no ring has a message: one sleep for all of them.
//!
//! The set holds two descriptors of each ring, told as edges: its doorbell, and the line of that, so that who has died
//! is told from who has rung without a call for each. What a doorbell has to say is never taken from it: a bell makes a
//! new edge all the same.
//!
//! Whose producer was told that we sleep, and has not rung since, need not be told again: what is done before a sleep is
//! in proportion to who has sent something since the last one.

use super::{LINE, Many, Slot};
use crate::error::{Errno, Result};
use crate::fd::AsFd;
use crate::ring::Polling;
use crate::ring::doorbell::{Heard, again};
use crate::ring::drain::drain;
use crate::ring::ladder::Ladder;
use crate::ring::side::Waiter;
use crate::ring::sleep::Barrier;
use crate::sys::epoll::EpollEvent;
use crate::sys::sleep::{Timeout, epoll_wait, membarrier_everywhere};
use crate::wait::{Sleeper, Wait};

/// So many are heard at once.
const BATCH: usize = 8;

type Told = [EpollEvent; BATCH];
const NONE: Told = [EpollEvent { events: 0, data: 0 }; BATCH];

impl Many<'_> {
    /// Polls and then sleeps until somebody has a turn to come, as long as `wait` says.
    pub(super) fn wait(&mut self, wait: Wait) -> Result<()> {
        let mut sleeper = Sleeper::new(wait);
        if self.poll(&mut sleeper)? {
            return Ok(());
        }
        self.make_order()?;
        loop {
            self.announce()?;
            if self.is_ready() {
                return Ok(());
            }
            let slept = self.sleep(&mut sleeper);
            if self.is_ready() {
                return Ok(());
            }
            slept?;
        }
    }

    /// There was nothing: has anybody died, or rung? If not, whoever has something rings from here on.
    pub(super) fn look_and_announce(&mut self) -> Result<bool> {
        self.make_order()?;
        self.listen()?;
        if self.slots.first().is_none() {
            self.announce()?;
        }
        Ok(self.is_ready())
    }

    /// Hears who has died while others kept us busy.
    #[cold]
    pub(super) fn ask(&mut self) {
        // What is there is there, whatever the kernel says. Who rings on and on is not listened to for ever.
        for _ in 0..=self.slots.end().saturating_mul(2).div_ceil(BATCH) {
            if self.hear() != Ok(BATCH) {
                break;
            }
        }
        self.unasked = 0;
    }

    /// Whoever of the awake publishes something from here on makes a fence before it looks whether we sleep.
    #[inline(never)]
    fn make_order(&mut self) -> Result<()> {
        let mut everywhere = false;
        for slot in self.slots.all() {
            everywhere |= slot.awake().is_some_and(|ring| ring.prepare() == Barrier::Everywhere);
        }
        if everywhere {
            membarrier_everywhere()?;
            self.slots.all().filter_map(Slot::awake).for_each(|ring| ring.side.sleep.ordered());
            // One ring a pause: all of them, hundreds of times over, would take as many times longer.
            drain(|| {
                self.slots.look(1);
                self.slots.first().is_some()
            });
        }
        Ok(())
    }

    /// Says to all that are awake that a sleep begins, and gives them the room that they might wait for.
    #[inline(never)]
    fn announce(&mut self) -> Result<()> {
        for slot in self.slots.all() {
            if let Some(ring) = slot.awake() {
                ring.announce();
                ring.settle()?;
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn sleep(&mut self, sleeper: &mut Sleeper) -> Result<()> {
        let mut told = NONE;
        let heard = sleeper.epoll(self.set.as_fd(), &mut told)?;
        self.note(&told, heard);
        Ok(())
    }

    /// Takes some of what there is to hear, without waiting.
    #[inline(never)]
    fn hear(&mut self) -> Result<usize> {
        let mut told = NONE;
        let heard = match again(|| epoll_wait(self.set.as_fd(), &mut told, Timeout::Zero, None)) {
            Err(e) if e.is(Errno::INTR) => 0,
            heard => heard?,
        };
        self.note(&told, heard);
        Ok(heard)
    }

    /// Gives a turn to whoever has something, or is gone.
    #[inline(never)]
    fn note(&mut self, told: &Told, heard: usize) {
        self.unasked = 0;
        for event in told.iter().take(heard) {
            let token = event.data;
            let index = (token >> 1) as usize;
            let Some(slot) = self.slots.get(index) else { continue };
            if token & LINE != 0 {
                // What it did before is there now.
                slot.is_gone = true;
            } else if let Some(ring) = slot.open() {
                if !ring.is_ready() {
                    // Its bell is spent: the next sleep is announced to it anew.
                    ring.end_sleep();
                    continue;
                }
                slot.was_seen = true;
            }
            self.slots.push(index);
        }
    }
}

impl Ladder for Many<'_> {
    fn polling(&mut self) -> Polling {
        self.polling
    }

    fn settle(&mut self) -> Result<()> {
        self.slots.all().filter_map(|slot| slot.awake()).try_for_each(Ladder::settle)
    }

    /// Whether somebody has a turn to come.
    fn is_ready(&mut self) -> bool {
        if self.slots.first().is_none() {
            self.slots.look(self.slots.end());
        }
        self.slots.first().is_some()
    }

    /// Nobody's end is the end of all.
    fn listen(&mut self) -> Result<Heard> {
        self.hear().map(|heard| if heard == 0 { Heard::Nothing } else { Heard::Bell })
    }
}
