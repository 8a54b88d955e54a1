//! Ends that believe what they read: each must fall to the attack that ours stands.

use super::attack::{Attack, Shared};
use super::guards::{self, Guards, regions};
use super::{CAPACITY, Ends, RINGS, make, seals};
use crate::add_tests;
use crate::os::process::{Child, End, PANICKED};
use crate::runner::List;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

pub fn tests(list: &mut List) {
    add_tests!(list, "hostile": an_end_that_believes_a_length_reads_a_guard_page,
        an_end_that_slices_by_a_length_panics, an_end_that_judges_one_length_and_reads_another_panics,
        an_end_that_waits_for_sense_never_ends,
        memory_that_is_not_sealed_is_written_to);
}

/// How such an end comes to its end under attack by who inherited the ring.
fn under_attack(seconds: u32, victim: impl Fn(&dyn Fn(usize) -> u32, *const u8)) -> End {
    let guards = Guards::new(RINGS, guards::of_pair(CAPACITY));
    let shared = Shared::new();
    let mut ends: Ends = make(&guards);
    let attacker = Child::spawn(|| Attack::new(&shared, 1).run(&mut ends));
    shared.await_rewrites(shared.rewrites() + 1);
    let end = end_of(seconds, victim);
    shared.stop.store(1, Relaxed);
    attacker.join();
    end
}

/// How an end comes to its end that is told the lengths of the records of the first ring, as a consumer sees them, and where
/// they are.
pub fn end_of(seconds: u32, victim: impl Fn(&dyn Fn(usize) -> u32, *const u8)) -> End {
    let (start, _) = regions("rawipc-producer", "r--s")[0];
    let victim = Child::spawn(|| {
        // SAFETY: a call without pointers.
        unsafe { libc::alarm(seconds) };
        let records = start + 4096;
        let length = |line: usize| {
            // SAFETY: mapped, as the ring that it belongs to is.
            unsafe { &*((records + line % (CAPACITY / 64) * 64 + 4) as *const AtomicU32) }.load(Relaxed)
        };
        victim(&length, records as *const u8);
    });
    victim.wait()
}

fn an_end_that_believes_a_length_reads_a_guard_page() {
    assert_eq!(under_attack(15, believe), End::Signal(libc::SIGSEGV));
}

/// Reads as much as each length says.
pub fn believe(length: &dyn Fn(usize) -> u32, records: *const u8) {
    for line in 0.. {
        let len = length(line) as usize;
        for at in (0..len).step_by(64) {
            // SAFETY: none, which is the point.
            unsafe { records.wrapping_add(line % (CAPACITY / 64) * 64 + at).read_volatile() };
        }
    }
}

fn an_end_that_slices_by_a_length_panics() {
    let end = under_attack(15, |length, _| {
        let mut buf = vec![0_u8; CAPACITY];
        for line in 0.. {
            let len = length(line) as usize;
            buf[..len].fill(1);
        }
    });
    assert!(matches!(end, End::Exit(PANICKED) | End::Signal(libc::SIGABRT)), "{end:?}");
}

/// As one would that reads in place, and does not keep what it judged.
fn an_end_that_judges_one_length_and_reads_another_panics() {
    let end = under_attack(15, |length, _| {
        let mut buf = vec![0_u8; CAPACITY];
        for line in 0.. {
            if length(line) as usize <= CAPACITY {
                let again = length(line) as usize;
                buf[..again][..again.min(64)].fill(1);
            }
        }
    });
    assert!(matches!(end, End::Exit(PANICKED) | End::Signal(libc::SIGABRT)), "{end:?}");
}

fn an_end_that_waits_for_sense_never_ends() {
    let end = under_attack(1, |length, _| {
        // All lines at once, as an honest producer would leave them.
        while (0..CAPACITY / 64).any(|line| length(line) > 48) {}
    });
    assert_eq!(end, End::Signal(libc::SIGALRM));
}

fn memory_that_is_not_sealed_is_written_to() {
    let refused = seals::of_unsealed_memory();
    assert!(refused <= 2, "{refused} of 7 refused");
}
