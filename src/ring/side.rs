//! What both ends of a ring are made of, and how either waits.

use super::atomic::{AtomicU32, Ordering};
use super::drain::drain;
use super::ladder::Ladder;
use super::sleep::{Barrier, OwnSleep, PeerSleep};
use super::{Polling, State};
use crate::error::{Call, Errno, Error, Result};
use crate::memory::ForkMark;
use crate::ring::doorbell::{Doorbell, Heard};
use crate::sys::sleep::membarrier_everywhere;
use crate::wait::{Sleeper, Wait};

/// The private state of an end, its place in the ring apart.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Side {
    pub(super) bell: Doorbell,
    mark: ForkMark,
    pub(super) sleep: OwnSleep,
    pub(super) peer: PeerSleep,
    pub(super) polling: Polling,
    /// The pauses that the last wait was over after; `None` where it took more.
    pub(super) paused: Option<u32>,
    pub(super) state: State,
    claimed: bool,
    /// The value of the other side's word that made it corrupt, and where we were.
    pub(super) saw: (u32, u32),
}

impl Side {
    pub(super) fn new(bell: Doorbell, mark: ForkMark, sleep: OwnSleep) -> Self {
        let (peer, polling) = (PeerSleep::NONE, Polling::NONE);
        Side {
            bell,
            mark,
            sleep,
            peer,
            polling,
            paused: None,
            state: State::Open,
            claimed: false,
            saw: (0, 0),
        }
    }

    /// At `place` the other side's word has this value, which cannot be: the ring stays corrupt, by the first that was seen.
    #[cold]
    pub(super) fn set_corrupt(&mut self, value: u32, place: u32) {
        if self.state != State::Corrupt {
            self.state = State::Corrupt;
            self.saw = (value, place);
        }
    }

    /// The other side is gone, which is nothing new of one that lied.
    #[cold]
    pub(super) fn set_gone(&mut self) {
        if self.state == State::Open {
            self.state = State::Gone;
        }
    }

    /// Takes what there is to hear, without waiting; `word` is our own sleep word.
    ///
    /// A sleep is rung for once. So with its bell it is over, and whoever waits on has to announce another.
    pub(super) fn listen(&mut self, word: &AtomicU32) -> Result<Heard> {
        let heard = self.bell.listen()?;
        if heard == Heard::Bell {
            self.sleep.end(word);
        }
        Ok(heard)
    }

    /// Whether this end is this process's, by the mark that a forked child does not have.
    ///
    /// The first process that uses an end gives it to itself, by the word `claim` that all copies share.
    #[inline]
    pub(super) fn check_owner(&mut self, claim: &AtomicU32) -> Result<()> {
        if self.is_owner() { Ok(()) } else { self.claim(claim) }
    }

    /// Whether this process used it before.
    #[inline]
    pub(super) fn is_owner(&self) -> bool {
        self.mark.is_set()
    }

    #[cold]
    #[cfg_attr(tiny, inline(never))]
    fn claim(&mut self, claim: &AtomicU32) -> Result<()> {
        // Relaxed: nothing but the word itself is decided by it.
        let first = claim.compare_exchange(0, 1, Ordering::Relaxed, Ordering::Relaxed);
        if self.claimed || first.is_err() {
            return Err(Error::argument(Call::MEMORY, Errno::PERM));
        }
        self.claimed = true;
        self.mark.set();
        Ok(())
    }
}

/// Why a wait is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Woken {
    /// What was waited for is there, or something that is wrong.
    Ready,
    /// The other side is gone, and what was waited for did not come before.
    HangUp,
}

/// An end that can wait.
pub(super) trait Waiter: Ladder {
    fn side(&mut self) -> &mut Side;

    /// Says before a wait how far we have come in the ring.
    fn prepare(&mut self) -> Barrier;

    /// Says that a sleep begins.
    fn announce(&mut self);

    /// Whoever publishes something from here on makes a fence before it looks whether we sleep.
    fn make_order(&mut self) -> Result<()> {
        match self.prepare() {
            Barrier::None => Ok(()),
            Barrier::Everywhere => {
                membarrier_everywhere()?;
                self.side().sleep.ordered();
                drain(|| self.is_ready());
                Ok(())
            }
        }
    }

    /// There was nothing: is the other side gone? If not, it rings from here on when there is something.
    #[cold]
    fn look_and_announce(&mut self) -> Result<Option<Woken>> {
        self.make_order()?;
        let heard = self.listen()?;
        if heard == Heard::HangUp {
            // What was done before the end is there now.
            return Ok(Some(if self.is_ready() { Woken::Ready } else { Woken::HangUp }));
        }
        // What was announced before still stands, where no bell was spent on it.
        if !self.side().sleep.is_under_way() {
            self.announce();
        }
        self.settle()?;
        Ok(self.is_ready().then_some(Woken::Ready))
    }

    /// Polls and then sleeps, as long as `wait` says.
    #[cold]
    fn wait(&mut self, wait: Wait) -> Result<Woken> {
        let mut sleeper = Sleeper::new(wait);
        if self.poll(&mut sleeper)? {
            return Ok(Woken::Ready);
        }
        self.make_order()?;
        loop {
            self.announce();
            self.settle()?;
            if self.is_ready() {
                return Ok(Woken::Ready);
            }
            let heard = self.side().bell.sleep(&mut sleeper);
            if self.is_ready() {
                return Ok(Woken::Ready);
            }
            if heard? == Heard::HangUp {
                return Ok(Woken::HangUp);
            }
        }
    }
}
