//! The mechanisms of the crate, each as one [`Mechanism`].

use super::mechanism::{Attack, Calls, Gone, Needed, Outcome, SMALL, message};
use super::{Channel, Mechanism, Rx, Tx};
use crate::os::{self, fds};
use rawipc::fd::AsFd as _;
use rawipc::pipe;
use rustix::fd::AsRawFd as _;
use std::io::Read as _;
use std::os::fd::RawFd;

/// Every one of them, in the order of the matrix.
pub fn all() -> Vec<Mechanism> {
    vec![PACKET_PIPE]
}

pub const PACKET_PIPE: Mechanism = Mechanism {
    name: "packet pipe",
    make: || {
        let (rx, tx) = pipe::packet_pair().expect("packet_pair");
        Channel::of(receiver(rx), sender(tx))
    },
    limit: pipe::PIPE_BUF,
    needed: Needed::TheLimit,
    parts: false,
    several: true,
    gone: Gone::AtOnce,
    attacks: PACKET_ATTACKS,
    hostile_receivers: PIPE_RECEIVERS,
    named: None,
    calls: Calls { send: &["pwritev2"], recv: &["read"] },
    not_applicable: &[],
};

fn sender(end: pipe::PacketSender) -> Tx {
    let fd = end.as_fd().as_raw_fd();
    Tx::new(end, Some(fd))
}

fn receiver(end: pipe::PacketReceiver) -> Rx {
    let fd = end.as_fd().as_raw_fd();
    Rx::new(end, Some(fd))
}

/// On a packet pipe every bytes are messages: there is nothing to be corrupt.
const PACKET_ATTACKS: &[Attack] = &[
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

const PIPE_RECEIVERS: &[(&str, fn(&mut Rx))] = &[
    ("takes a part of a packet", |rx| {
        let mut byte = [0];
        let _ = std::fs::File::from(fds::duplicate(rx.fd.expect("a descriptor"))).read(&mut byte);
    }),
    ("shrinks the pipe", |rx| {
        // SAFETY: a call without pointers.
        unsafe { libc::fcntl(rx.fd.expect("a descriptor"), libc::F_SETPIPE_SZ, 4096) };
    }),
];

fn fd_of(tx: &Tx) -> RawFd {
    tx.fd.expect("an end with a descriptor")
}
