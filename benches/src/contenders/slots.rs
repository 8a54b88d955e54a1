//! The baseline: a ring of slots of one size for one producer and one consumer, each of which keeps a copy of the
//! other's index and looks at the real one only when that copy says full or empty. What SPSCQueue and its like do.

use crate::contenders::message;
use crate::shared::{Line, Shared};
use crate::two::Ends;
use std::cell::UnsafeCell;
use std::hint::{black_box, spin_loop};
use std::sync::atomic::{
    AtomicUsize,
    Ordering::{Acquire, Release},
};

#[repr(C, align(64))]
pub struct Slots<const SIZE: usize, const COUNT: usize> {
    head: Line<AtomicUsize>,
    tail: Line<AtomicUsize>,
    slots: [Slot<SIZE>; COUNT],
}

#[repr(C, align(64))]
struct Slot<const SIZE: usize>(UnsafeCell<[u8; SIZE]>);

// SAFETY: a slot belongs to the producer up to the store of `head`, and to the consumer up to that of `tail`.
unsafe impl<const SIZE: usize, const COUNT: usize> Sync for Slots<SIZE, COUNT> {}

struct Queue<const SIZE: usize, const COUNT: usize> {
    ring: Shared<Slots<SIZE, COUNT>>,
    own: usize,
    other: usize,
}

impl<const SIZE: usize, const COUNT: usize> Queue<SIZE, COUNT> {
    fn new() -> Self {
        // SAFETY: atomics and bytes may be zero.
        Queue { ring: unsafe { Shared::new() }, own: 0, other: 0 }
    }

    #[inline]
    fn put(&mut self, msg: &[u8; SIZE]) {
        let next = if self.own + 1 == COUNT { 0 } else { self.own + 1 };
        while next == self.other {
            self.other = self.ring.tail.0.load(Acquire);
            if next != self.other {
                break;
            }
            spin_loop();
        }
        // SAFETY: ours, until `head` is past it.
        unsafe { *self.ring.slots[self.own].0.get() = *msg };
        self.ring.head.0.store(next, Release);
        self.own = next;
    }

    #[inline]
    fn take(&mut self, buf: &mut [u8; SIZE]) {
        while self.own == self.other {
            self.other = self.ring.head.0.load(Acquire);
            if self.own != self.other {
                break;
            }
            spin_loop();
        }
        // SAFETY: ours, until `tail` is past it.
        *buf = unsafe { *self.ring.slots[self.own].0.get() };
        self.own = if self.own + 1 == COUNT { 0 } else { self.own + 1 };
        self.ring.tail.0.store(self.own, Release);
    }
}

pub struct Both<const SIZE: usize, const COUNT: usize, const BACK: bool> {
    there: Queue<SIZE, COUNT>,
    back: Queue<SIZE, COUNT>,
    one_back: Queue<64, 64>,
    msg: Box<[u8; SIZE]>,
}

impl<const SIZE: usize, const COUNT: usize, const BACK: bool> Both<SIZE, COUNT, BACK> {
    pub fn boxed() -> Box<dyn Ends> {
        let msg = message(SIZE).into_boxed_slice().try_into().expect("of that size");
        Box::new(Self { there: Queue::new(), back: Queue::new(), one_back: Queue::new(), msg })
    }
}

impl<const SIZE: usize, const COUNT: usize, const BACK: bool> Ends for Both<SIZE, COUNT, BACK> {
    fn become_leader(&mut self) {}
    fn become_follower(&mut self) {}

    fn lead(&mut self, n: usize) {
        for _ in 0..n {
            self.there.put(black_box(&self.msg));
            if BACK {
                self.back.take(&mut self.msg);
                black_box(&self.msg);
            }
        }
        if !BACK {
            self.one_back.take(&mut [0; 64]);
        }
    }

    fn follow(&mut self, n: usize) {
        for _ in 0..n {
            self.there.take(&mut self.msg);
            black_box(&self.msg);
            if BACK {
                self.back.put(&self.msg);
            }
        }
        if !BACK {
            self.one_back.put(&[0; 64]);
        }
    }
}
