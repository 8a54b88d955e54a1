//! This crate's ring.

use crate::contenders::message;
use crate::two::Ends;
use rawipc::ring::{self, Consumer, Producer};
use rawipc::{Receiver, Sender, Wait};
use std::hint::black_box;

type Set = fn(&mut Producer, &mut Consumer);

pub struct Rings<const BACK: bool> {
    there: (Option<Producer>, Option<Consumer>),
    back: (Option<Producer>, Option<Consumer>),
    msg: Vec<u8>,
    buf: Vec<u8>,
    set: Set,
}

impl<const BACK: bool> Rings<BACK> {
    pub fn boxed(size: usize, capacity: usize, set: Set) -> Box<dyn Ends> {
        let made = || {
            let (producer, consumer) = ring::pair(capacity).expect("a ring");
            (Some(producer), Some(consumer))
        };
        Box::new(Self { there: made(), back: made(), msg: message(size), buf: message(size), set })
    }
}

impl<const BACK: bool> Ends for Rings<BACK> {
    fn become_leader(&mut self) {
        (self.there.1, self.back.0) = (None, None);
        (self.set)(self.there.0.as_mut().expect("kept"), self.back.1.as_mut().expect("kept"));
    }

    fn become_follower(&mut self) {
        (self.there.0, self.back.1) = (None, None);
        (self.set)(self.back.0.as_mut().expect("kept"), self.there.1.as_mut().expect("kept"));
    }

    fn lead(&mut self, n: usize) {
        let (Some(there), Some(back)) = (&mut self.there.0, &mut self.back.1) else { return };
        for _ in 0..n {
            there.send(black_box(&self.msg), Wait::FOREVER).expect("send");
            if BACK {
                back.recv(&mut self.buf, Wait::FOREVER).expect("recv");
                black_box(&self.buf);
            }
        }
        if !BACK {
            back.recv(&mut self.buf, Wait::FOREVER).expect("recv");
        }
    }

    fn follow(&mut self, n: usize) {
        let (Some(there), Some(back)) = (&mut self.there.1, &mut self.back.0) else { return };
        for _ in 0..n {
            there.recv(&mut self.buf, Wait::FOREVER).expect("recv");
            black_box(&self.buf);
            if BACK {
                back.send(&self.buf, Wait::FOREVER).expect("send");
            }
        }
        if !BACK {
            back.send(self.buf.get(..64).unwrap_or(&self.buf), Wait::FOREVER).expect("send");
        }
    }
}
