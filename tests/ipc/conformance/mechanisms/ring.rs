//! The ring, whose peers share memory.

use super::mechanism::{Attack, Calls, Gone, HostileReceiver, Needed, Outcome, PATIENCE, SMALL, message};
use super::{Channel, Mechanism, Tx, rx, tx};
use crate::os::MARKS;
use crate::os::maps::Mapping;
use rawipc::ring::{self, Consumer, Producer};
use rawipc::socket::Stream;

const CAPACITY: usize = 1 << 16;

pub const RING: Mechanism = Mechanism {
    name: "ring",
    make: || {
        let (producer, consumer) = pair();
        Channel::of(rx(consumer), tx(producer))
    },
    limit: CAPACITY / 2 - 16,
    needed: Needed::ItsLength,
    parts: false,
    several: false,
    gone: Gone::WhenItMatters,
    attacks: ATTACKS,
    hostile_receivers: RECEIVERS,
    named: None,
    calls: Calls { send: &[], recv: &[] },
    notes: &[],
};

pub fn pair() -> (ring::Producer, ring::Consumer) {
    ring::pair(CAPACITY).expect("pair")
}

/// The same, of two that met over a socket. What it is made of is another; all that it does is to be the same.
pub const MET: Mechanism = Mechanism {
    name: "ring by socket",
    make: || {
        let (ours, theirs) = Stream::pair().expect("pair");
        let (producer, consumer) = std::thread::scope(|scope| {
            let producer = scope.spawn(|| Producer::meet(&ours, CAPACITY, PATIENCE));
            let consumer = Consumer::meet(&theirs, PATIENCE).expect("meet");
            (producer.join().expect("no panic").expect("meet"), consumer)
        });
        Channel::of(rx(consumer), tx(producer))
    },
    ..RING
};

/// Where the records begin in the producer's region, which is the largest page there is, and what one of SMALL bytes
/// takes.
const RECORDS: usize = if cfg!(target_arch = "aarch64") { 65536 } else { 4096 };
const RECORD: usize = (SMALL + 16).next_multiple_of(64);

fn records() -> Mapping {
    Mapping::writable("rawipc-producer").expect("the producer's region")
}

/// A good message, and behind it a record whose length is said to be this.
fn lies_about_a_length(tx: &mut Tx, len: u32) {
    tx.put(&message(0, SMALL));
    records().write(RECORDS + RECORD + 4, &len.to_ne_bytes());
    records().write(RECORDS + RECORD, &MARKS[1].to_ne_bytes());
}

const ATTACKS: &[Attack] = &[
    Attack {
        name: "a length above the limit",
        act: |tx| lies_about_a_length(tx, (CAPACITY / 2 - 16 + 1) as u32),
        outcome: Outcome::Corrupt,
    },
    Attack {
        name: "a length above the capacity",
        act: |tx| lies_about_a_length(tx, CAPACITY as u32 + 64),
        outcome: Outcome::Corrupt,
    },
    Attack {
        name: "the largest length there is",
        act: |tx| lies_about_a_length(tx, u32::MAX),
        outcome: Outcome::Corrupt,
    },
    Attack {
        name: "lengths that never end",
        act: |tx| {
            tx.put(&message(0, SMALL));
            let region = records();
            for record in 0..CAPACITY / 64 {
                region.write(RECORDS + record * 64 + 4, &1u32.to_ne_bytes());
                region.write(RECORDS + record * 64, &MARKS[1].to_ne_bytes());
            }
        },
        outcome: Outcome::Anything,
    },
    Attack {
        name: "the whole region at random",
        act: |tx| {
            for i in 0..50 {
                let region = records();
                region.write(0, &message(i, region.len()));
                let _ = tx.end.try_send(&message(i, SMALL));
            }
        },
        outcome: Outcome::Anything,
    },
];

const RECEIVERS: &[HostileReceiver] = &[
    ("a position of its own", |_| {
        place().write(128, &12345u32.to_ne_bytes());
    }),
    ("a position far ahead", |_| {
        place().write(128, &0xffff_ff00u32.to_ne_bytes());
    }),
    ("the whole region at random", |_| {
        let region = place();
        (0..50).for_each(|i| region.write(0, &message(i, region.len())));
    }),
];

fn place() -> Mapping {
    Mapping::writable("rawipc-consumer").expect("the consumer's region")
}
