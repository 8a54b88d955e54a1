//! Memory without a name: a child has it by being forked.

use super::bytes;
use crate::add_tests;
use crate::conformance::mechanism::{assert_same, message};
use crate::os::process::{Child, Gate};
use crate::runner::List;
use rawipc::memory::Map;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

pub fn tests(list: &mut List) {
    add_tests!(list, "memory::anonymous":
        a_static_is_private_and_a_mapped_word_is_not, ping_pong, no_increment_is_lost, grandchildren_have_it_too,
        what_a_killed_child_wrote_stays,
    );
}

static PRIVATE: AtomicU32 = AtomicU32::new(1);

fn a_static_is_private_and_a_mapped_word_is_not() {
    let map = Map::anonymous(4096).expect("anonymous");
    let word = map.atomic_u32(0).expect("inside");
    word.store(1, Ordering::Relaxed);
    Child::spawn(|| {
        assert_eq!((PRIVATE.load(Ordering::Relaxed), word.load(Ordering::Relaxed)), (1, 1));
        PRIVATE.store(2, Ordering::Relaxed);
        word.store(2, Ordering::Relaxed);
        map.write(101, b"written by the child").expect("inside");
    })
    .join();
    assert_eq!(PRIVATE.load(Ordering::Relaxed), 1, "the child's copy of a static is its own");
    assert_eq!(word.load(Ordering::Relaxed), 2, "the mapped word is both's");
    assert_eq!(bytes(&map, 101, 20), b"written by the child");
}

/// What is written before a release store is there after the acquire load that saw it.
fn ping_pong() {
    const ROUNDS: u32 = 300;
    const LEN: usize = 700;
    let map = Map::anonymous(4096).expect("anonymous");
    let turn = map.atomic_u32(0).expect("inside");
    let child = Child::spawn(|| {
        for round in 0..ROUNDS {
            wait_for(turn, 2 * round + 1);
            assert_same(&bytes(&map, 64, LEN), &message(round as usize, LEN));
            map.write(64, &message(round as usize + 1000, LEN)).expect("inside");
            turn.store(2 * round + 2, Ordering::Release);
        }
    });
    for round in 0..ROUNDS {
        map.write(64, &message(round as usize, LEN)).expect("inside");
        turn.store(2 * round + 1, Ordering::Release);
        wait_for(turn, 2 * round + 2);
        assert_same(&bytes(&map, 64, LEN), &message(round as usize + 1000, LEN));
    }
    child.join();
}

fn wait_for(turn: &AtomicU32, value: u32) {
    let deadline = Instant::now() + Duration::from_secs(8);
    while turn.load(Ordering::Acquire) != value {
        assert!(Instant::now() < deadline, "turn {value} never comes");
        std::thread::yield_now();
    }
}

fn no_increment_is_lost() {
    const EACH: u32 = 50_000;
    let map = Map::anonymous(64).expect("anonymous");
    let (narrow, wide) = (map.atomic_u32(0).expect("inside"), map.atomic_u64(8).expect("inside"));
    let count = || {
        for _ in 0..EACH {
            narrow.fetch_add(1, Ordering::Relaxed);
            wide.fetch_add(1 << 32, Ordering::Relaxed);
        }
    };
    let child = Child::spawn(count);
    count();
    child.join();
    assert_eq!(narrow.load(Ordering::Relaxed), 2 * EACH);
    assert_eq!(wide.load(Ordering::Relaxed), u64::from(2 * EACH) << 32);
}

fn grandchildren_have_it_too() {
    let map = Map::anonymous(4096).expect("anonymous");
    Child::spawn(|| Child::spawn(|| map.write(4090, b"grand").expect("inside")).join()).join();
    assert_eq!(bytes(&map, 4090, 5), b"grand");
}

fn what_a_killed_child_wrote_stays() {
    let map = Map::anonymous(1 << 20).expect("anonymous");
    let written = Gate::new();
    let child = Child::spawn(|| {
        map.write(77, &message(0, 1 << 19)).expect("inside");
        written.open();
        crate::os::process::nap(Duration::from_secs(60));
    });
    written.wait();
    child.kill();
    assert_same(&bytes(&map, 77, 1 << 19), &message(0, 1 << 19));
}
