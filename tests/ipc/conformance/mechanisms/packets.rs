//! Packet mode: pipes and FIFOs.

use super::mechanism::{Attack, Calls, Gone, Named, Needed, Outcome, PATIENCE, SMALL, fresh_path, message};
use super::{Channel, Mechanism, PIPE_RECEIVERS, fd_of, fds, os, rx, tx};
use rawipc::{fifo, pipe};

pub const PIPE: Mechanism = Mechanism {
    name: "packet pipe",
    make: || {
        let (receiver, sender) = pipe::packet_pair().expect("packet_pair");
        Channel::of(rx(receiver), tx(sender))
    },
    limit: pipe::PIPE_BUF,
    needed: Needed::TheLimit,
    parts: false,
    several: true,
    gone: Gone::AtOnce,
    attacks: ATTACKS,
    hostile_receivers: PIPE_RECEIVERS,
    named: None,
    calls: Calls { send: &["pwritev2"], recv: &["read"] },
    notes: &[],
};

pub const FIFO: Mechanism = Mechanism {
    name: "packet FIFO",
    make: || {
        let path = fresh_path();
        fifo::create(&path).expect("create");
        let same = path.clone();
        Channel::new(
            move || rx(fifo::open_receiver(&path).expect("open_receiver")),
            move || tx(fifo::open_sender(&same, PATIENCE).expect("open_sender")),
        )
    },
    named: Some(Named {
        create: |path| {
            fifo::ensure(path)?;
            Ok(Box::new(fifo::open_receiver(path)?))
        },
    }),
    ..PIPE
};

/// In packet mode any bytes are messages: there is nothing to be corrupt.
const ATTACKS: &[Attack] = &[
    Attack {
        name: "a write of more than a packet",
        act: |tx| drop(os::raw_write_waiting(fd_of(tx), &message(0, 5000))),
        outcome: Outcome::Messages(&[4096, 904]),
    },
    Attack {
        name: "an empty write",
        act: |tx| {
            let _ = os::raw_write(fd_of(tx), b"");
            tx.put(&message(0, SMALL));
        },
        outcome: Outcome::Messages(&[SMALL]),
    },
    Attack {
        name: "packet mode switched off",
        act: |tx| {
            fds::fcntl(fd_of(tx), libc::F_SETFL, libc::O_NONBLOCK);
            (0..50).for_each(|i| drop(os::raw_write_waiting(fd_of(tx), &message(i, 1000))));
        },
        outcome: Outcome::Anything,
    },
];
