//! `memcpy` into shared memory in the one process and out of it in the other, a flag an area and nothing else: what
//! memory gives.

use crate::contenders::message;
use crate::shared::{self, Line, Shared};
use crate::two::Ends;
use std::hint::{black_box, spin_loop};
use std::sync::atomic::{
    AtomicUsize,
    Ordering::{Acquire, Release},
};

/// 4 MiB of areas.
const BYTES: usize = 4 << 20;

pub struct Memcpy {
    areas: *mut u8,
    /// What was copied in, what was copied out.
    copied: Shared<[Line<AtomicUsize>; 2]>,
    at: usize,
    msg: Vec<u8>,
}

impl Memcpy {
    pub fn boxed(size: usize) -> Box<dyn Ends> {
        // SAFETY: atomics may be zero.
        let copied = unsafe { Shared::new() };
        Box::new(Memcpy { areas: shared::map(BYTES), copied, at: 0, msg: message(size) })
    }

    fn area(&self) -> *mut u8 {
        self.areas.wrapping_add(self.at * self.msg.len() % BYTES)
    }

    fn await_at_least(&self, which: usize, least: usize) {
        while self.copied[which].0.load(Acquire) < least {
            spin_loop();
        }
    }
}

impl Ends for Memcpy {
    fn become_leader(&mut self) {}
    fn become_follower(&mut self) {}

    fn lead(&mut self, n: usize) {
        let areas = BYTES / self.msg.len();
        for _ in 0..n {
            self.await_at_least(1, (self.at + 1).saturating_sub(areas));
            // SAFETY: an area of that size, the follower being done with it.
            unsafe { self.area().copy_from_nonoverlapping(black_box(&self.msg).as_ptr(), self.msg.len()) };
            self.at += 1;
            self.copied[0].0.store(self.at, Release);
        }
        self.await_at_least(1, self.at);
    }

    fn follow(&mut self, n: usize) {
        for _ in 0..n {
            self.await_at_least(0, self.at + 1);
            // SAFETY: an area of that size, the leader being done with it.
            unsafe { self.msg.as_mut_ptr().copy_from_nonoverlapping(self.area(), self.msg.len()) };
            black_box(&self.msg);
            self.at += 1;
            self.copied[1].0.store(self.at, Release);
        }
    }
}
