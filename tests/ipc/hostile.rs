//! A peer that rewrites every byte of a ring that it can reach, while our end is used: what comes of it are errors, in
//! time, and never an access outside, which the guard pages on both sides of each mapping would tell.
//!
//!     cargo test --release --test ipc -- hostile --nocapture                        # 10⁸ rewrites
//!     RAWIPC_HOSTILE=10000000000 cargo test --release --test ipc -- hostile --nocapture

mod attack;
mod guards;
mod seals;
mod strangers;
mod twins;
mod victim;

use crate::os::process::Child;
use crate::runner::List;
use attack::{Attack, Shared};
use guards::Guards;
use rawipc::ring::{self, Consumer, Producer};
use rawipc::{Receiver as _, Sender as _};
use std::sync::atomic::Ordering::Relaxed;
use victim::{Tally, WAYS};

pub fn tests(list: &mut List) {
    list.add_long("hostile::rewritten_all_the_time", limit(), rewritten_all_the_time);
    crate::add_tests!(list, "hostile": sealed);
    strangers::tests(list);
    twins::tests(list);
}

/// So many rewrites, against a tenth as many calls of ours.
fn asked_for() -> u64 {
    match std::env::var("RAWIPC_HOSTILE") {
        Ok(asked) => asked.parse().expect("RAWIPC_HOSTILE: a number in digits"),
        Err(_) => {
            if cfg!(debug_assertions) {
                1_000_000
            } else {
                100_000_000
            }
        }
    }
}

/// So many seconds at the most: those of a slow machine.
fn limit() -> u32 {
    3600 + (asked_for() / 100_000) as u32
}

/// So many at once: each has six descriptors and six mappings.
const RINGS: usize = 16;
const CAPACITY: usize = 1 << 14;

type Ends = [Option<(Producer, Consumer)>; RINGS];

fn rewritten_all_the_time() {
    let guards = Guards::new(RINGS, guards::of_pair(CAPACITY));
    rewritten("between parent and child", |batch, shared, tally| {
        let mut ends = make(&guards);
        let guarded = guards::assert_guarded(RINGS);
        for (i, ends) in ends.iter_mut().enumerate() {
            let (producer, consumer) = ends.as_mut().expect("made above");
            // The first to use an end is the first to have it.
            match is_received_from(batch, i) {
                true => assert!(consumer.try_recv(&mut [0; 8]).is_err()),
                false => producer.try_send(b"x").expect("an empty ring"),
            }
        }
        let attacker = Child::spawn(|| Attack::new(shared, batch).run(&mut ends));
        shared.await_rewrites(shared.rewrites() + 1);
        for (i, ends) in ends.iter_mut().enumerate() {
            let (mut producer, mut consumer) = ends.take().expect("made above");
            shared.current.store(i as u32, Relaxed);
            // The other end is the peer's: nothing of it is used here.
            match is_received_from(batch, i) {
                true => tally.receive(&mut consumer, shared),
                false => tally.send(&mut producer, shared),
            }
        }
        shared.stop.store(1, Relaxed);
        attacker.join();
        guarded
    });
}

/// Batches of rings that are rewritten while our ends are used, until there were as many of both as are asked for. A batch
/// says how many mappings it saw between guard pages.
fn rewritten(whose: &str, mut batch: impl FnMut(u64, &Shared, &mut Tally) -> u64) {
    let (rewrites, calls) = (asked_for(), asked_for() / 10);
    let shared = Shared::new();
    let mut tally = Tally::default();
    let (mut batches, mut guarded) = (0_u64, 0);
    while shared.rewrites() < rewrites || tally.calls < calls {
        shared.stop.store(0, Relaxed);
        guarded += batch(batches, &shared, &mut tally);
        batches += 1;
    }
    let Tally { calls, moved: by_way, corrupt, latest, .. } = tally;
    let moved: u64 = by_way.iter().sum();
    println!(
        "{} rewrites against {calls} calls on {} rings {whose} ({moved} found a message or room for one, {corrupt} ends found theirs corrupt): 0 \
         accesses outside ({guarded} mappings between guard pages), 0 panics, 0 calls past their deadline (at most {latest:?} late)",
        shared.rewrites(),
        batches * RINGS as u64,
    );
    let in_each: Vec<_> = WAYS.iter().zip(by_way).map(|(way, n)| format!("{way} {n}")).collect();
    println!("of these calls {whose} found one: {}", in_each.join(", "));
    assert!(corrupt > 0 && moved > calls / 1000, "no rewrite was ever seen, or nothing else");
    assert!(by_way.iter().all(|found| *found > calls / 10_000), "a way that never was gone to its end");
}

/// Whether our end of this ring is the consumer.
fn is_received_from(batch: u64, ring: usize) -> bool {
    (batch + ring as u64) % 2 == 0
}

fn make(guards: &Guards) -> Ends {
    guards.make_holes();
    std::array::from_fn(|_| Some(ring::pair(CAPACITY).expect("pair")))
}

/// The seven ways to write to what is sealed, by whoever has the ring's memory.
fn sealed() {
    let ends = ring::pair(CAPACITY).expect("pair");
    let tried = seals::try_all();
    drop(ends);
    println!("{tried} of 7 ways to write were refused, on each of the ring's two memories");
    assert_eq!(tried, 7);
}
