//! The orders of memory of `index.rs` between two threads: for Miri, which hands out every value that an ordering still
//! allows. What loom explores in full, it only samples; but what it runs is compiled from here.

use crate::ring::index::{arrived, clear, give_back, leave, left, publish, taken};
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

const ROUNDS: u32 = if cfg!(miri) { 200 } else { 20_000 };
const RECORDS: usize = 3;

/// A ring of three records, of which two may be taken. Each is a word and a number.
#[derive(Default)]
struct Ring {
    words: [AtomicU32; RECORDS],
    numbers: [AtomicU32; RECORDS],
    position: AtomicU32,
}

fn place(position: u32) -> usize {
    position as usize % RECORDS
}

/// Loads until there is something.
fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    loop {
        match look() {
            Some(found) => return found,
            None => thread::yield_now(),
        }
    }
}

fn load(word: &AtomicU32) -> u32 {
    word.load(Ordering::Relaxed)
}

#[test]
fn a_message_is_whole_where_it_has_arrived_and_read_before_it_is_written_over() {
    let ring = Ring::default();
    clear(&ring.words[0]);
    thread::scope(|scope| {
        scope.spawn(|| {
            for head in 0..ROUNDS {
                until(|| (head.wrapping_sub(taken(load(&ring.position))) < 2).then_some(()));
                ring.numbers[place(head)].store(head, Ordering::Relaxed);
                clear(&ring.words[place(head + 1)]);
                publish(&ring.words[place(head)], 4);
            }
        });
        scope.spawn(|| {
            for tail in 0..ROUNDS {
                assert_eq!(until(|| arrived(load(&ring.words[place(tail)]))), 4);
                assert_eq!(load(&ring.numbers[place(tail)]), tail);
                give_back(&ring.position, tail + 1);
            }
        });
    });
}

#[test]
fn whoever_sees_a_drop_sees_what_was_closed_before_it() {
    for _ in 0..ROUNDS / 100 {
        let (drops, closed) = (AtomicU32::new(0), AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| {
                closed.store(true, Ordering::Relaxed);
                leave(&drops);
            });
            until(|| (load(&drops) != 0).then_some(()));
            left();
            assert!(closed.load(Ordering::Relaxed));
        });
    }
}
