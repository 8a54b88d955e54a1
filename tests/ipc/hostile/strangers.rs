//! The same by a stranger: a ring both ways that was met over a socket. The peer writes to what it made itself, and has
//! ours to read.

use super::attack::{Attack, Shared};
use super::guards::{self, Guards, regions};
use super::twins::{believe, end_of};
use super::{CAPACITY, Ends, RINGS, is_received_from, rewritten, seals};
use crate::add_tests;
use crate::conformance::mechanism::PATIENCE;
use crate::meeting::offer::{CONSUMES, GRAIN, Offer, PRODUCES};
use crate::os::process::{Child, End, Gate};
use crate::runner::List;
use rawipc::ring;
use rawipc::socket::{FdSlots, Stream};
use rawipc::{Duplex, Sender as _};
use std::sync::atomic::Ordering::Relaxed;

pub fn tests(list: &mut List) {
    list.add_long("hostile::strangers::rewritten_all_the_time", super::limit(), rewritten_all_the_time);
    add_tests!(list, "hostile::strangers":
        sealed, sealed_as_passed, an_end_that_believes_a_length_reads_a_guard_page,
    );
}

/// Meets so often; each process that does has its ends, and its memory between guard pages where there are holes for it.
fn meet_all(socket: &Stream) -> Ends {
    std::array::from_fn(|_| {
        let Duplex { sender, receiver } = ring::meet(socket, CAPACITY, PATIENCE).expect("meet");
        Some((sender, receiver))
    })
}

/// Rings that a stranger rewrites from now on, whose process it is, and how many mappings were seen between guard pages.
fn attacked(guards: &Guards, shared: &Shared, seed: u64) -> (Ends, Child, u64) {
    guards.make_holes();
    let (ours, theirs) = Stream::pair().expect("pair");
    let attacker = Child::spawn(|| {
        let mut ends = meet_all(&theirs);
        assert_one_sided();
        Attack::new(shared, seed).run(&mut ends);
    });
    let ends = meet_all(&ours);
    assert_one_sided();
    let guarded = guards::assert_guarded(RINGS);
    shared.await_rewrites(shared.rewrites() + 1);
    (ends, attacker, guarded)
}

/// Of each ring that a process met it has its own two memories to write to, and the other's to read alone.
fn assert_one_sided() {
    for name in ["rawipc-producer", "rawipc-consumer"] {
        assert_eq!([regions(name, "rw-s").len(), regions(name, "r--s").len()], [RINGS; 2], "{name}");
    }
}

fn rewritten_all_the_time() {
    let guards = Guards::new(RINGS, guards::of_meeting(CAPACITY));
    rewritten("between strangers", |batch, shared, tally| {
        let (ends, attacker, guarded) = attacked(&guards, shared, batch);
        tally.is_alone = true;
        for (i, ends) in ends.into_iter().enumerate() {
            let (mut producer, mut consumer) = ends.expect("met above");
            shared.current.store(i as u32, Relaxed);
            // One is corrupt when the other begins, which may know nothing of it.
            if is_received_from(batch, i) {
                tally.receive(&mut consumer, shared);
                tally.send(&mut producer, shared);
            } else {
                tally.send(&mut producer, shared);
                tally.receive(&mut consumer, shared);
            }
        }
        shared.stop.store(1, Relaxed);
        attacker.join();
        guarded
    });
}

/// By a stranger that met us, through what it has mapped.
fn sealed() {
    let (ours, theirs) = Stream::pair().expect("pair");
    by_a_stranger(&ours, || {
        let ring = ring::meet(&theirs, CAPACITY, PATIENCE).expect("meet");
        let tried = seals::try_all();
        println!("{tried} of 7 ways to write were refused to a stranger, on each of our two memories");
        assert_eq!(tried, 7);
        ring
    });
}

/// By a stranger that keeps the descriptors which it was passed.
fn sealed_as_passed() {
    let (ours, theirs) = Stream::pair().expect("pair");
    by_a_stranger(&ours, || {
        let offer = Offer::sound(PRODUCES | CONSUMES, CAPACITY);
        offer.put(&theirs);
        let mut came = FdSlots::<5>::new();
        theirs.read_with_fds(&mut [0; 16], &mut came, PATIENCE).expect("a greeting");
        for (at, len, whose) in [(0, GRAIN + CAPACITY, "producer"), (3, GRAIN, "consumer")] {
            let passed = came.take(at).expect("its memory");
            let tried = seals::of_passed_memory(passed.as_raw(), len);
            println!("{tried} of 7 ways to write were refused to whom our {whose}'s memory was passed");
            assert_eq!(tried, 7);
        }
        offer
    });
}

/// A ring with one who tries something, and keeps its side of it; the ring is unharmed by that.
fn by_a_stranger<S>(ours: &Stream, tries: impl FnOnce() -> S) {
    let (tried, go) = (Gate::new(), Gate::new());
    let stranger = Child::spawn(|| {
        let side = tries();
        tried.open();
        go.wait();
        drop(side);
    });
    let mut ring = ring::meet(ours, CAPACITY, PATIENCE).expect("meet");
    tried.wait();
    let unharmed = ring.send(b"unharmed", PATIENCE);
    go.open();
    stranger.join();
    unharmed.expect("send");
}

/// The known-bad twin, at the end of such a ring.
fn an_end_that_believes_a_length_reads_a_guard_page() {
    let guards = Guards::new(RINGS, guards::of_meeting(CAPACITY));
    let shared = Shared::new();
    let (ends, attacker, _) = attacked(&guards, &shared, 1);
    let end = end_of(15, believe);
    shared.stop.store(1, Relaxed);
    attacker.join();
    drop(ends);
    assert_eq!(end, End::Signal(libc::SIGSEGV));
}
