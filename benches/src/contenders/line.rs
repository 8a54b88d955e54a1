//! The least there is: cache lines that go from one processor to the other.
//!
//! Where both sides write the same line, it goes over whole and its new owner may write to it at once: a transfer a
//! direction. Where each side writes a line of its own, as it must in memory that the other cannot write, the
//! reader's copy is taken back before each write: two transfers a direction. That is the bound of a ring over
//! sealed memory, and the first is shown beside it.

use crate::shared::{Line, Shared};
use crate::two::Ends;
use std::hint::spin_loop;
use std::sync::atomic::{
    AtomicU64,
    Ordering::{Acquire, Release},
};

/// `BOTH` sides write the same line, or each its own.
pub struct Bounced<const BOTH: bool> {
    lines: Shared<[Line<AtomicU64>; 2]>,
    turn: u64,
}

impl<const BOTH: bool> Bounced<BOTH> {
    pub fn boxed() -> Box<dyn Ends> {
        // SAFETY: an atomic may be zero.
        Box::new(Self { lines: unsafe { Shared::new() }, turn: 0 })
    }

    fn lines(&self) -> [&AtomicU64; 2] {
        let [there, back] = &*self.lines;
        [&there.0, if BOTH { &there.0 } else { &back.0 }]
    }
}

impl<const BOTH: bool> Ends for Bounced<BOTH> {
    fn become_leader(&mut self) {}
    fn become_follower(&mut self) {}

    fn lead(&mut self, n: usize) {
        let mut turn = self.turn;
        let [there, back] = self.lines();
        for _ in 0..n {
            there.store(turn + 1, Release);
            turn += 2;
            while back.load(Acquire) != turn {
                spin_loop();
            }
        }
        self.turn = turn;
    }

    fn follow(&mut self, n: usize) {
        let mut turn = self.turn;
        let [there, back] = self.lines();
        for _ in 0..n {
            while there.load(Acquire) != turn + 1 {
                spin_loop();
            }
            turn += 2;
            back.store(turn, Release);
        }
        self.turn = turn;
    }
}
