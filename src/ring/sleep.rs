//! Who sleeps, and who wakes whom: everything in the ring that a wrong memory order could break.
//!
//! Each side has a *sleep count* in its own region: odd while it sleeps, or means to, and each sleep has a number
//! of its own. The waking side remembers the last sleep that it rang for, so that it rings once a sleep, however
//! much it does before the sleeper runs.
//!
//! No wake is lost, by the two fences:
//!
//! | the sleeper | the other side |
//! |-------------|----------------|
//! | stores its count, odd | publishes a message, or room |
//! | fence | fence |
//! | looks for a message, or for room | looks at the count |
//!
//! Whichever fence comes first in the single order of all fences, what stands before it is seen by what stands
//! after the other: either the sleeper finds what it would wait for, or the other side finds it asleep.

use core::sync::atomic::{AtomicU32, Ordering, fence};

/// The sleep count of our own side.
#[derive(Debug)]
#[repr(transparent)]
pub(super) struct OwnSleep(u32);

impl OwnSleep {
    pub(super) const AWAKE: OwnSleep = OwnSleep(0);

    /// Begins a sleep with a new number, whether one is under way or not. The caller looks once more for what it
    /// would wait for, and only then sleeps.
    ///
    /// A new number each time: the bell of the old one may have been rung and heard already.
    pub(super) fn begin(&mut self, count: &AtomicU32) {
        self.0 = (self.0 | 1).wrapping_add(if self.0 & 1 == 0 { 0 } else { 2 });
        // Relaxed: the count says nothing about other memory; the fence orders it before the look.
        count.store(self.0, Ordering::Relaxed);
        fence(Ordering::SeqCst);
    }

    /// Ends the sleep, where one is under way.
    #[inline]
    pub(super) fn end(&mut self, count: &AtomicU32) {
        if self.0 & 1 != 0 {
            self.0 = self.0.wrapping_add(1);
            // Relaxed: seen late, it costs a bell that nobody needs.
            count.store(self.0, Ordering::Relaxed);
        }
    }
}

/// What we know of the other side's sleep.
#[derive(Debug)]
#[repr(C)]
pub(super) struct PeerSleep {
    /// The number of the last sleep that we rang for; 0 is none.
    rung: u32,
    /// The last bell did not get through.
    owed: bool,
}

impl PeerSleep {
    pub(super) const NONE: PeerSleep = PeerSleep { rung: 0, owed: false };

    /// After something was published: is the other side to be woken? Says so once a sleep.
    ///
    /// A count that the peer makes up costs us a bell, or costs the peer its own wake.
    #[inline]
    pub(super) fn must_ring(&mut self, count: u32) -> bool {
        if count & 1 == 0 || count == self.rung {
            return false;
        }
        *self = PeerSleep { rung: count, owed: false };
        true
    }

    /// The bell that [`must_ring`](Self::must_ring) asked for did not get through: the next look asks again.
    #[cold]
    pub(super) fn missed(&mut self) {
        *self = PeerSleep { rung: 0, owed: true };
    }

    /// Whether a bell did not get through, and was not rung again since: to be asked before we sleep ourselves, or
    /// both sides could. Says so once.
    #[inline]
    pub(super) fn owed(&mut self) -> bool {
        core::mem::take(&mut self.owed)
    }
}

/// Stands between publishing and the look at the other side's count.
#[inline]
pub(super) fn published() {
    fence(Ordering::SeqCst);
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::hint::spin_loop;
    use std::thread;
    use std::vec::Vec;

    #[test]
    fn each_sleep_is_odd_and_has_its_own_number() {
        let (count, mut own) = (AtomicU32::new(0), OwnSleep::AWAKE);
        own.end(&count);
        assert_eq!(count.load(Ordering::Relaxed), 0);
        let mut seen = [0; 4];
        for (i, slot) in seen.iter_mut().enumerate() {
            own.begin(&count);
            *slot = count.load(Ordering::Relaxed);
            if i == 1 {
                own.end(&count);
                assert_eq!(count.load(Ordering::Relaxed), 4);
            }
        }
        assert_eq!(seen, [1, 3, 5, 7]);
    }

    #[test]
    fn numbers_go_round() {
        let (count, mut own) = (AtomicU32::new(0), OwnSleep(u32::MAX));
        own.begin(&count);
        assert_eq!(count.load(Ordering::Relaxed), 1);
        own.0 = u32::MAX;
        own.end(&count);
        assert_eq!(count.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn the_bell_is_rung_once_a_sleep() {
        let mut peer = PeerSleep::NONE;
        let rung = [0, 1, 1, 2, 2, 3, 5, 5, 6].map(|count| peer.must_ring(count));
        assert_eq!(rung, [false, true, false, false, false, true, true, false, false]);
    }

    #[test]
    fn a_bell_that_did_not_get_through_is_rung_again() {
        let mut peer = PeerSleep::NONE;
        assert!(peer.must_ring(1) && !peer.owed());
        peer.missed();
        assert!(peer.owed() && !peer.owed());
        assert!(peer.must_ring(1) && !peer.must_ring(1));
    }

    /// A processor's cache line, or two.
    #[derive(Default)]
    #[repr(align(128))]
    struct Line(AtomicU32);

    /// Both sides meet, and go on at once.
    fn meet(place: &Line, time: u32) {
        place.0.fetch_add(1, Ordering::AcqRel);
        let mut looks = 0_u32;
        while place.0.load(Ordering::Acquire) < 2 * time {
            looks += 1;
            if looks % 1000 == 0 { thread::yield_now() } else { spin_loop() }
        }
    }

    /// Without either of the two fences, thousands of these rounds fail on x86-64.
    #[test]
    fn whoever_begins_to_sleep_as_something_is_published_sees_it_or_is_rung_for() {
        const ROUNDS: u32 = 100_000;
        let (place, count, word) = (Line::default(), Line::default(), Line::default());
        let (found, rung): (Vec<bool>, Vec<bool>) = thread::scope(|scope| {
            let sleeper = scope.spawn(|| {
                let mut own = OwnSleep::AWAKE;
                let mut round = |round| {
                    meet(&place, 2 * round - 1);
                    own.begin(&count.0);
                    let found = word.0.load(Ordering::Relaxed) == round;
                    meet(&place, 2 * round);
                    own.end(&count.0);
                    found
                };
                (1..=ROUNDS).map(&mut round).collect()
            });
            let waker = scope.spawn(|| {
                let mut peer = PeerSleep::NONE;
                let mut round = |round| {
                    meet(&place, 2 * round - 1);
                    word.0.store(round, Ordering::Release);
                    published();
                    let rung = peer.must_ring(count.0.load(Ordering::Relaxed));
                    meet(&place, 2 * round);
                    rung
                };
                (1..=ROUNDS).map(&mut round).collect()
            });
            (sleeper.join().unwrap(), waker.join().unwrap())
        });
        let lost = found.iter().zip(&rung).filter(|&(found, rung)| !found && !rung).count();
        assert_eq!(lost, 0, "wakes are lost");
    }
}
