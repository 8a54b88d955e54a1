//! The peer: it has the memory of both sides for writing, as a forked child does that drops nothing; or, as a stranger, its
//! own of each ring that goes both ways.

use super::guards::regions;
use super::{CAPACITY, Ends};
use crate::os::MARKS;
use crate::os::process::a_child_ended;
use rawipc::memory::Map;
use rawipc::{Receiver as _, Sender as _};
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

/// What the two processes tell each other, apart from the rings.
pub struct Shared {
    map: Map,
    pub stop: &'static AtomicU32,
    /// The ring that our side uses at the moment.
    pub current: &'static AtomicU32,
    /// Our side waits for rewrites.
    waiting: &'static AtomicU32,
}

impl Shared {
    pub fn new() -> Shared {
        let map = Map::anonymous(4096).expect("memory");
        let word = |offset| {
            let word: *const AtomicU32 = map.atomic_u32(offset).expect("inside");
            // SAFETY: mapped until the end of the process, which is that of the test.
            unsafe { &*word }
        };
        let (stop, current, waiting) = (word(64), word(128), word(192));
        Shared { map, stop, current, waiting }
    }

    pub fn rewrites(&self) -> u64 {
        self.map.atomic_u64(0).expect("inside").load(Relaxed)
    }

    fn count(&self, n: u64) {
        self.map.atomic_u64(0).expect("inside").fetch_add(n, Relaxed);
    }

    /// Until there were so many rewrites: where the two share a processor, they take turns at it.
    pub fn await_rewrites(&self, n: u64) {
        if self.rewrites() < n {
            self.waiting.store(1, Relaxed);
            for look in 1_u64.. {
                if self.rewrites() >= n {
                    break;
                }
                // A peer that is no more would be waited for until the alarm.
                assert!(look % 100_000 != 0 || !a_child_ended(), "the peer ended before it was told to");
                std::thread::yield_now();
            }
            self.waiting.store(0, Relaxed);
        }
    }
}

pub struct Attack<'a> {
    shared: &'a Shared,
    random: u64,
    producers: Vec<(usize, usize)>,
    consumers: Vec<(usize, usize)>,
}

/// Rewrites from one look around to the next.
const ROUND: u64 = 256;

impl<'a> Attack<'a> {
    pub fn new(shared: &'a Shared, seed: u64) -> Attack<'a> {
        let (producers, consumers) = (regions("rawipc-producer", "rw-s"), regions("rawipc-consumer", "rw-s"));
        assert!(producers.len() == consumers.len() && !producers.is_empty());
        Attack { shared, random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, producers, consumers }
    }

    fn random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    /// Rewrites, and uses the peer's ends in between, until it is told to stop.
    pub fn run(mut self, ends: &mut Ends) {
        let mut round = 0_u64;
        while self.shared.stop.load(Relaxed) == 0 {
            let ring = self.shared.current.load(Relaxed) as usize % self.producers.len();
            for _ in 0..ROUND {
                self.rewrite(ring, round / 4 % 4);
            }
            self.shared.count(ROUND);
            if self.shared.waiting.load(Relaxed) != 0 {
                std::thread::yield_now();
            }
            if let Some(Some((producer, consumer))) = ends.get_mut(ring) {
                // One of them is our side's, and says so.
                let _ = producer.try_send(&[round as u8; 40]);
                let _ = consumer.try_recv(&mut [0; 64]);
            }
            round += 1;
        }
    }

    fn rewrite(&mut self, ring: usize, way: u64) {
        let random = self.random();
        let (start, len) = if random & 3 == 0 { self.consumers[ring] } else { self.producers[ring] };
        // Any word; or one of those at the beginning of a line, which mean something.
        let at = (random >> 16) as usize % len;
        let offset = if random & 0xc == 0 { (at & !63) + (random as usize >> 4 & 3) * 4 } else { at & !3 };
        // SAFETY: inside a mapping that this process may write to, and a multiple of 4.
        let word = unsafe { &*((start + offset) as *const AtomicU32) };
        let value = (random >> 32) as u32;
        let limit = (CAPACITY / 2 - 16) as u32;
        match way {
            0 => word.store(value, Relaxed),
            1 => {
                let near = [
                    MARKS[0],
                    MARKS[1],
                    MARKS[2],
                    0,
                    1,
                    4,
                    48,
                    49,
                    64,
                    limit - 1,
                    limit,
                    limit + 1,
                    1 << 14,
                    1 << 15,
                    1 << 31,
                    u32::MAX,
                ];
                word.store(near[value as usize % near.len()], Relaxed);
            }
            2 => drop(word.fetch_xor(1 << (value % 32), Relaxed)),
            _ => drop(word.fetch_add([1, 4, 64, 0_u32.wrapping_sub(64)][value as usize % 4], Relaxed)),
        }
    }
}
