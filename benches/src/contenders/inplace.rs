//! This crate's ring, messages written and read where they lie, and several in one go.

use crate::two::Ends;
use rawipc::ring::{self, Consumer, Producer};
use rawipc::{Receiver, Sender, Wait};
use std::hint::black_box;

/// What is done to the bytes of a message on either side.
#[derive(Clone, Copy, PartialEq)]
pub enum Work {
    /// One is written, and read: what handing over costs.
    OneByte,
    /// Each is written, and read.
    EveryByte,
    /// The same in a buffer, copied in and copied out.
    Copied,
}

/// Messages one way, and one back at the end.
pub struct InPlace {
    there: (Option<Producer>, Option<Consumer>),
    back: (Option<Producer>, Option<Consumer>),
    buf: Vec<u8>,
    work: Work,
    set: fn(&mut Producer, &mut Consumer),
}

impl InPlace {
    pub fn boxed(
        size: usize,
        capacity: usize,
        work: Work,
        set: fn(&mut Producer, &mut Consumer),
    ) -> Box<dyn Ends> {
        Box::new(Self { there: made(capacity), back: made(4096), buf: vec![0; size], work, set })
    }
}

fn made(capacity: usize) -> (Option<Producer>, Option<Consumer>) {
    let (producer, consumer) = ring::pair(capacity).expect("a ring");
    (Some(producer), Some(consumer))
}

/// Something that every byte has a part in, at the speed of memory.
pub fn sum(bytes: &[u8]) -> u64 {
    let words = bytes.chunks_exact(8).map(|word| u64::from_ne_bytes(word.try_into().expect("eight")));
    words.fold(0, |all, word| all ^ word)
}

impl Ends for InPlace {
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
        let size = self.buf.len();
        for i in 0..n {
            if self.work == Work::Copied {
                self.buf.fill(black_box(i as u8));
                there.send(&self.buf, Wait::FOREVER).expect("send");
                continue;
            }
            let mut room = there.reserve(size, Wait::FOREVER).expect("reserve");
            match self.work {
                Work::OneByte => room.as_mut_slice()[..1].fill(black_box(i as u8)),
                _ => room.as_mut_slice().fill(black_box(i as u8)),
            }
            room.commit(size).expect("commit");
        }
        back.recv(&mut [0; 1], Wait::FOREVER).expect("recv");
    }

    fn follow(&mut self, n: usize) {
        let (Some(there), Some(back)) = (&mut self.there.1, &mut self.back.0) else { return };
        // Of 64 bytes to 8 KiB, the best.
        let mut part = [0; 8192];
        for _ in 0..n {
            if self.work == Work::Copied {
                there.recv(&mut self.buf, Wait::FOREVER).expect("recv");
                black_box(sum(&self.buf));
                continue;
            }
            let message = there.read(Wait::FOREVER).expect("read").expect("a message");
            if self.work == Work::OneByte {
                black_box(message.byte(0));
            } else {
                let mut all = 0;
                for at in (0..message.len()).step_by(part.len()) {
                    let part = &mut part[..(message.len() - at).min(8192)];
                    message.copy_to(at, part).expect("inside");
                    all += sum(part);
                }
                black_box(all);
            }
            message.done();
        }
        back.send(b"x", Wait::FOREVER).expect("send");
    }
}

/// Messages one way, `MANY` in one go, and one back at the end. A burst is a multiple of `MANY`.
pub struct Batches<const MANY: usize> {
    ends: InPlace,
}

impl<const MANY: usize> Batches<MANY> {
    pub fn boxed(size: usize, capacity: usize, set: fn(&mut Producer, &mut Consumer)) -> Box<dyn Ends> {
        let buf = vec![7; size * MANY];
        Box::new(Self {
            ends: InPlace { there: made(capacity), back: made(4096), buf, work: Work::Copied, set },
        })
    }
}

impl<const MANY: usize> Ends for Batches<MANY> {
    fn become_leader(&mut self) {
        self.ends.become_leader();
    }

    fn become_follower(&mut self) {
        self.ends.become_follower();
    }

    fn lead(&mut self, n: usize) {
        let (Some(there), Some(back)) = (&mut self.ends.there.0, &mut self.ends.back.1) else { return };
        let msgs: Vec<&[u8]> = self.ends.buf.chunks_exact(self.ends.buf.len() / MANY).collect();
        for _ in 0..n / MANY {
            let mut rest = black_box(&msgs[..]);
            while !rest.is_empty() {
                let sent = there.send_batch(rest, Wait::FOREVER).expect("send_batch");
                rest = &rest[sent..];
            }
        }
        back.recv(&mut [0; 1], Wait::FOREVER).expect("recv");
    }

    fn follow(&mut self, n: usize) {
        let (Some(there), Some(back)) = (&mut self.ends.there.1, &mut self.ends.back.0) else { return };
        let mut left = n / MANY * MANY;
        let mut ends = [0; MANY];
        while left > 0 {
            let most = left.min(MANY);
            let batch = there.recv_batch(&mut self.ends.buf, &mut ends[..most], Wait::FOREVER);
            let batch = batch.expect("recv_batch");
            left -= batch.len();
            batch.for_each(|message| {
                black_box(message);
            });
        }
        back.send(b"x", Wait::FOREVER).expect("send");
    }
}
