//! The end of a one-way burst: the follower has everything.

use crate::shared::{Line, Shared};
use std::hint::spin_loop;
use std::sync::atomic::{
    AtomicUsize,
    Ordering::{Acquire, Release},
};

pub struct Answer {
    given: Shared<Line<AtomicUsize>>,
    bursts: usize,
}

impl Answer {
    pub fn new() -> Self {
        // SAFETY: an atomic may be zero.
        Answer { given: unsafe { Shared::new() }, bursts: 0 }
    }

    pub fn give(&mut self) {
        self.bursts += 1;
        self.given.0.store(self.bursts, Release);
    }

    pub fn wait(&mut self) {
        self.bursts += 1;
        while self.given.0.load(Acquire) != self.bursts {
            spin_loop();
        }
    }
}
