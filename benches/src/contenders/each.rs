//! What all queues that are not ours have in common: a queue each way, and a loop around what does not wait.

use crate::contenders::answer::Answer;
use crate::contenders::message;
use crate::two::Ends;
use std::hint::{black_box, spin_loop};

/// A way for messages of one size, tried until it goes.
pub trait Queue {
    fn producer_is_here(&mut self) {}
    fn consumer_is_here(&mut self) {}
    fn try_put(&mut self, msg: &[u8]) -> bool;
    fn try_take(&mut self, buf: &mut [u8]) -> bool;
}

pub struct Each<Q, const BACK: bool> {
    there: Q,
    back: Q,
    answer: Answer,
    msg: Vec<u8>,
}

impl<Q: Queue + 'static, const BACK: bool> Each<Q, BACK> {
    pub fn boxed(size: usize, make: impl Fn() -> Q) -> Box<dyn Ends> {
        Box::new(Self { there: make(), back: make(), answer: Answer::new(), msg: message(size) })
    }
}

fn put(queue: &mut impl Queue, msg: &[u8]) {
    while !queue.try_put(black_box(msg)) {
        spin_loop();
    }
}

fn take(queue: &mut impl Queue, buf: &mut [u8]) {
    while !queue.try_take(buf) {
        spin_loop();
    }
    black_box(buf);
}

impl<Q: Queue, const BACK: bool> Ends for Each<Q, BACK> {
    fn become_leader(&mut self) {
        self.there.producer_is_here();
        self.back.consumer_is_here();
    }

    fn become_follower(&mut self) {
        self.there.consumer_is_here();
        self.back.producer_is_here();
    }

    fn lead(&mut self, n: usize) {
        for _ in 0..n {
            put(&mut self.there, &self.msg);
            if BACK {
                take(&mut self.back, &mut self.msg);
            }
        }
        if !BACK {
            self.answer.wait();
        }
    }

    fn follow(&mut self, n: usize) {
        for _ in 0..n {
            take(&mut self.there, &mut self.msg);
            if BACK {
                put(&mut self.back, &self.msg);
            }
        }
        if !BACK {
            self.answer.give();
        }
    }
}
