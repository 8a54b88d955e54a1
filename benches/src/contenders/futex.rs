//! A bare futex: one word, and a wake and a wait each way.

use crate::shared::{Line, Shared};
use crate::two::Ends;
use std::sync::atomic::AtomicU32;

unsafe extern "C" {
    fn bare_futex_lead(word: *const AtomicU32, n: usize);
    fn bare_futex_follow(word: *const AtomicU32, turn: u32, n: usize);
}

pub struct Futex {
    word: Shared<Line<AtomicU32>>,
    turn: u32,
}

impl Futex {
    pub fn boxed() -> Box<dyn Ends> {
        // SAFETY: an atomic may be zero.
        Box::new(Futex { word: unsafe { Shared::new() }, turn: 0 })
    }
}

impl Ends for Futex {
    fn become_leader(&mut self) {}
    fn become_follower(&mut self) {}

    fn lead(&mut self, n: usize) {
        // SAFETY: a word that is mapped for ever.
        unsafe { bare_futex_lead(&self.word.0, n) };
    }

    fn follow(&mut self, n: usize) {
        // SAFETY: as above.
        unsafe { bare_futex_follow(&self.word.0, self.turn, n) };
        self.turn += 2 * n as u32;
    }
}
