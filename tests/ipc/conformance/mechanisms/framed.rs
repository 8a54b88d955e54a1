//! Frames over byte streams.

use super::mechanism::{Attack, Calls, Gone, Needed, Outcome, SMALL, message};
use super::{Channel, Mechanism, PIPE_RECEIVERS, fd_of, os, rx, tx};
use rawipc::frame::{FrameReceiver, FrameSender, HEAD};
use rawipc::pipe;

/// More than a pipe of default capacity holds, so that messages lie in it in parts.
pub const LIMIT: usize = 100_000;

pub const PIPE: Mechanism = Mechanism {
    name: "framed pipe",
    make: || {
        let (read_end, write_end) = pipe::pair().expect("pair");
        let receiver = FrameReceiver::new(read_end, buffer()).expect("FrameReceiver");
        Channel::of(rx(receiver), tx(FrameSender::sole(write_end, LIMIT).expect("sole")))
    },
    limit: LIMIT,
    needed: Needed::ItsLength,
    parts: true,
    several: false,
    gone: Gone::AtOnce,
    attacks: ATTACKS,
    hostile_receivers: PIPE_RECEIVERS,
    named: None,
    calls: Calls { send: &["pwritev2"], recv: &["read"] },
    notes: &[],
};

pub const SHARED_PIPE: Mechanism = Mechanism {
    name: "shared frames",
    make: || {
        let (read_end, write_end) = pipe::pair().expect("pair");
        let receiver = FrameReceiver::new(read_end, buffer()).expect("FrameReceiver");
        Channel::of(rx(receiver), tx(FrameSender::shared(write_end).expect("shared")))
    },
    limit: pipe::PIPE_BUF - HEAD,
    parts: false,
    several: true,
    ..PIPE
};

/// A receiver's own, for as long as the process lives.
pub fn buffer() -> &'static mut [u8] {
    Vec::leak(vec![0; LIMIT + HEAD])
}

/// A good message, and then what lies.
fn after_a_good_one(tx: &mut super::Tx, bytes: &[u8]) {
    tx.put(&message(0, SMALL));
    let _ = os::raw_write_waiting(fd_of(tx), bytes);
}

fn head(len: usize) -> [u8; HEAD] {
    (len as u32).to_le_bytes()
}

pub const ATTACKS: &[Attack] = &[
    Attack { name: "a length of none", act: |tx| after_a_good_one(tx, &head(0)), outcome: Outcome::Corrupt },
    Attack {
        name: "a length above the limit",
        act: |tx| after_a_good_one(tx, &head(LIMIT + 1)),
        outcome: Outcome::Corrupt,
    },
    Attack {
        name: "the largest length there is",
        act: |tx| after_a_good_one(tx, &[0xff; HEAD + 20]),
        outcome: Outcome::Corrupt,
    },
    Attack {
        name: "half a length, then the end",
        act: |tx| after_a_good_one(tx, &head(SMALL)[..2]),
        outcome: Outcome::Corrupt,
    },
    Attack {
        name: "half a message, then the end",
        act: |tx| after_a_good_one(tx, &[&head(SMALL)[..], &[1; SMALL / 2]].concat()),
        outcome: Outcome::Corrupt,
    },
    Attack {
        name: "a length in two halves",
        act: |tx| {
            let frame = [&head(SMALL)[..], &[1; SMALL]].concat();
            for part in frame.chunks(2) {
                let _ = os::raw_write_waiting(fd_of(tx), part);
            }
        },
        outcome: Outcome::Messages(&[SMALL]),
    },
];
