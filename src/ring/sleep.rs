//! Who sleeps, and who wakes whom: everything in the ring that a wrong memory order could lose a wake by.
//!
//! Each side has a *sleep word* in its own region: whether it sleeps, or means to, which sleep that is, and who of the
//! two sides pays for the order. The waking side remembers the last sleep that it rang for, so that it rings once a
//! sleep, however much it does before the sleeper runs.
//!
//! No wake is lost, by two fences:
//!
//! | the sleeper | the other side |
//! |-------------|----------------|
//! | stores its word | publishes a message, or room |
//! | fence | fence |
//! | looks for a message, or for room | looks at the word |
//!
//! Whichever fence comes first in the single order of all fences, what stands before it is seen by what stands
//! after the other: either the sleeper finds what it would wait for, or the other side finds it asleep.
//!
//! A fence at each message costs more than a message. So a side that has not slept for a while makes the other side's
//! fence for it, by `membarrier` when it does, and the bit [`BARRIER`] in its word says so: the other side then only
//! keeps the compiler from exchanging the two lines. Before the sleep the bit is taken back, and then the barrier made:
//! whatever was published before it is seen from there on, and whoever publishes later sees that the bit is gone,
//! and makes its own fence. One who sleeps more often than after so many messages does not set the bit again, since
//! a fence is the cheaper then. What the kernel does not keep of this, [`drain`](super::drain) makes up for.

use super::atomic::{AtomicU32, Ordering, compiler_fence, fence};

const ASLEEP: u32 = 1;
/// The sleeper makes the barrier for both.
const BARRIER: u32 = 2;
/// The other bits are the number of the sleep.
const NUMBER: u32 = 4;

/// Who came so far since its last sleep makes the barrier at the next: 16,384 of the shortest messages.
pub(super) const FAR: u32 = 1 << 20;

/// The sleep word of our own side.
#[derive(Debug)]
#[repr(C)]
pub(super) struct OwnSleep {
    word: u32,
    /// Where in the ring we were when we last meant to sleep.
    place: u32,
    /// Whether both processes take part in barriers.
    able: bool,
    /// Whether the bit was taken back, and no barrier made since: what a kernel may refuse, if a filter tells it to.
    owed: bool,
}

/// What the order of memory asks of a side that is about to sleep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Barrier {
    None,
    /// `membarrier` is to be called, and then [`drain`](super::drain::drain), before a sleep is announced.
    Everywhere,
}

impl OwnSleep {
    /// Awake; `able` says whether both processes take part in barriers.
    pub(super) fn new(word: &AtomicU32, able: bool) -> OwnSleep {
        let own = OwnSleep { word: if able { BARRIER } else { 0 }, place: 0, able, owed: false };
        word.store(own.word, Ordering::Relaxed);
        own
    }

    /// Whether a sleep is under way, as far as the other side was told.
    #[inline]
    pub(super) fn is_under_way(&self) -> bool {
        self.word & ASLEEP != 0
    }

    /// Before the first [`announce`](Self::announce) of a wait: from here on the fence is the other side's. `place` is
    /// how far we have come in the ring.
    pub(super) fn prepare(&mut self, word: &AtomicU32, place: u32) -> Barrier {
        self.place = place;
        if self.word & BARRIER != 0 {
            self.word &= !BARRIER;
            // Relaxed: the barrier orders it.
            word.store(self.word, Ordering::Relaxed);
            self.owed = true;
        }
        if self.owed { Barrier::Everywhere } else { Barrier::None }
    }

    /// The barrier that [`prepare`](Self::prepare) asked for is made.
    pub(super) fn ordered(&mut self) {
        self.owed = false;
    }

    /// Now and then, awake: from here on the fence is ours, where we have come far without a sleep.
    pub(super) fn go_on(&mut self, word: &AtomicU32, place: u32) {
        let far = place.wrapping_sub(self.place) >= FAR;
        if far && self.able && self.word & (BARRIER | ASLEEP) == 0 {
            self.word |= BARRIER;
            // Relaxed: seen late, it costs a fence that nobody needs.
            word.store(self.word, Ordering::Relaxed);
        }
    }

    /// Begins a sleep with a new number, whether one is under way or not. The caller then looks once more for what it
    /// would wait for, and only then sleeps.
    ///
    /// A new number each time: the bell of the old one may have been rung and heard already.
    pub(super) fn announce(&mut self, word: &AtomicU32) {
        self.word = (self.word | ASLEEP).wrapping_add(NUMBER);
        // Relaxed: the word says nothing about other memory; the fence orders it before the look.
        word.store(self.word, Ordering::Relaxed);
        fence(Ordering::SeqCst);
    }

    /// Ends the sleep, where one is under way.
    #[inline]
    pub(super) fn end(&mut self, word: &AtomicU32) {
        if self.is_under_way() {
            self.word &= !ASLEEP;
            // Relaxed: seen late, it costs a bell that nobody needs.
            word.store(self.word, Ordering::Relaxed);
        }
    }
}

/// What we know of the other side's sleep.
#[derive(Debug)]
#[repr(C)]
pub(super) struct PeerSleep {
    /// The word of the last sleep that we rang for; 0 is none.
    rung: u32,
    /// Something was published since, and it still slept.
    asked: bool,
}

/// What is to be done after something was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tell {
    Nothing,
    Ring,
    /// It was rung for, and sleeps still: is it there at all? Said once a sleep.
    Ask,
}

impl PeerSleep {
    pub(super) const NONE: PeerSleep = PeerSleep { rung: 0, asked: false };

    /// Whether this word says that nothing is to be done but to keep the compiler's order: awake, and the fence its
    /// own when it is not.
    #[inline]
    pub(super) fn is_quiet(word: u32) -> bool {
        word & (ASLEEP | BARRIER) == BARRIER
    }

    /// Whether the word that was seen in passing says that it sleeps.
    #[inline]
    pub(super) fn seems_asleep(word: u32) -> bool {
        word & ASLEEP != 0
    }

    /// After something was [`published`]: is the other side to be woken? Says so once a sleep. `load` loads its word.
    ///
    /// A word that the peer makes up costs us a bell, or costs the peer its own wake.
    #[inline]
    pub(super) fn tell(&mut self, load: impl Fn() -> u32) -> Tell {
        let mut word = load();
        if word & BARRIER == 0 {
            fence(Ordering::SeqCst);
            word = load();
        }
        if word & ASLEEP == 0 {
            return Tell::Nothing;
        }
        if word != self.rung {
            *self = PeerSleep { rung: word, asked: false };
            return Tell::Ring;
        }
        if core::mem::replace(&mut self.asked, true) { Tell::Nothing } else { Tell::Ask }
    }

    /// The bell of the last [`tell`](Self::tell) was not rung: the next one says so again.
    #[cold]
    pub(super) fn was_not_rung(&mut self) {
        *self = PeerSleep::NONE;
    }
}

/// Stands between publishing and the look at the other side's word.
#[inline]
pub(super) fn published() {
    compiler_fence(Ordering::SeqCst);
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::hint::spin_loop;
    use std::thread;
    use std::vec::Vec;

    fn new(able: bool) -> (AtomicU32, OwnSleep) {
        let word = AtomicU32::new(0);
        let own = OwnSleep::new(&word, able);
        (word, own)
    }

    fn load(word: &AtomicU32) -> u32 {
        word.load(Ordering::Relaxed)
    }

    #[test]
    fn each_sleep_has_its_own_number() {
        let (word, mut own) = new(false);
        own.end(&word);
        assert_eq!(load(&word), 0);
        let seen = [0, 1, 2].map(|i| {
            own.announce(&word);
            let seen = load(&word);
            if i == 1 {
                own.end(&word);
                assert_eq!(load(&word) & ASLEEP, 0);
            }
            seen
        });
        assert_eq!(seen, [5, 9, 13]);
    }

    #[test]
    fn numbers_go_round() {
        let (word, mut own) = new(false);
        own.word = !BARRIER;
        own.announce(&word);
        assert_eq!(load(&word), ASLEEP);
        own.end(&word);
        assert_eq!(load(&word), 0);
    }

    #[test]
    fn who_sleeps_often_leaves_the_fence_to_the_other_side() {
        let (word, mut own) = new(true);
        assert!(PeerSleep::is_quiet(load(&word)));
        assert_eq!(own.prepare(&word, 64), Barrier::Everywhere);
        assert_eq!(load(&word), 0);
        assert_eq!(own.prepare(&word, 64), Barrier::Everywhere, "it was not made");
        own.ordered();
        own.announce(&word);
        own.go_on(&word, 64 + FAR);
        assert_eq!(load(&word) & BARRIER, 0, "asleep");
        own.end(&word);
        own.go_on(&word, 63 + FAR);
        assert_eq!(own.prepare(&word, 128), Barrier::None, "not far");
        own.go_on(&word, 128 + FAR);
        assert!(PeerSleep::is_quiet(load(&word)));
        assert_eq!(own.prepare(&word, 128 + FAR), Barrier::Everywhere);
    }

    #[test]
    fn without_membarrier_the_fence_is_always_the_other_sides() {
        let (word, mut own) = new(false);
        for place in [0, FAR, 5 * FAR] {
            own.go_on(&word, place);
            assert_eq!((own.prepare(&word, place), load(&word)), (Barrier::None, 0));
        }
    }

    #[test]
    fn the_bell_is_rung_once_a_sleep_and_asked_after_once() {
        use Tell::{Ask, Nothing, Ring};
        let mut peer = PeerSleep::NONE;
        let told = [0, 5, 5, 5, 8, 9, 13, 13, 12, 14].map(|word| peer.tell(|| word));
        assert_eq!(told, [Nothing, Ring, Ask, Nothing, Nothing, Ring, Ring, Ask, Nothing, Nothing]);
        let again = [17, 17, 17].map(|word| {
            let told = peer.tell(|| word);
            peer.was_not_rung();
            told
        });
        assert_eq!(again, [Ring; 3]);
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

    /// Without either of the two fences, thousands of these rounds fail on x86-64; without the barrier, too.
    fn nobody_is_lost(able: bool, rounds: u32) {
        let rounds = if cfg!(miri) { rounds / 100 } else { rounds };
        use crate::sys::sleep::{membarrier_everywhere, membarrier_register};
        if able && membarrier_register().is_err() {
            crate::skip::skip("the barrier of a sleeper: no membarrier here");
            return;
        }
        let (place, word, message) = (Line::default(), Line::default(), Line::default());
        let (found, rung): (Vec<bool>, Vec<bool>) = thread::scope(|scope| {
            let sleeper = scope.spawn(|| {
                let mut own = OwnSleep::new(&word.0, able);
                let mut round = |round| {
                    meet(&place, 2 * round - 1);
                    if own.prepare(&word.0, 0) == Barrier::Everywhere {
                        membarrier_everywhere().unwrap();
                        own.ordered();
                        super::super::drain::drain(|| false);
                    }
                    own.announce(&word.0);
                    let found = load(&message.0) == round;
                    meet(&place, 2 * round);
                    own.end(&word.0);
                    // Far at times, and at times not.
                    own.go_on(&word.0, round % 3 * FAR);
                    found
                };
                (1..=rounds).map(&mut round).collect()
            });
            let waker = scope.spawn(|| {
                let mut peer = PeerSleep::NONE;
                let mut round = |round| {
                    meet(&place, 2 * round - 1);
                    message.0.store(round, Ordering::Release);
                    published();
                    let rung =
                        !PeerSleep::is_quiet(load(&word.0)) && peer.tell(|| load(&word.0)) == Tell::Ring;
                    meet(&place, 2 * round);
                    rung
                };
                (1..=rounds).map(&mut round).collect()
            });
            (sleeper.join().unwrap(), waker.join().unwrap())
        });
        let lost = found.iter().zip(&rung).filter(|&(found, rung)| !found && !rung).count();
        assert_eq!(lost, 0, "wakes are lost");
    }

    #[test]
    fn whoever_begins_to_sleep_as_something_is_published_sees_it_or_is_rung_for() {
        nobody_is_lost(false, 30_000);
    }

    #[test]
    fn the_barrier_of_a_sleeper_stands_for_the_fence_of_the_other_side() {
        nobody_is_lost(true, 20_000);
    }
}
