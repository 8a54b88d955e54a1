//! The mechanisms of the crate, each as one [`Mechanism`].

pub mod framed;
mod in_place;
mod packets;
mod ring;
mod sockets;

use super::mechanism::{self, Calls};
use super::{Channel, Mechanism, Rx, Tx};
use crate::os::{self, fds};
use rawipc::fd::AsFd;
use rawipc::{Receiver, Sender};
use rustix::fd::AsRawFd as _;
use std::io::Read as _;
use std::os::fd::RawFd;

pub use packets::{FIFO as PACKET_FIFO, PIPE as PACKET_PIPE};

/// Every one of them, in the order of the matrix, with the calls that this kernel is to see.
pub fn all() -> Vec<Mechanism> {
    let all = [
        PACKET_PIPE,
        PACKET_FIFO,
        framed::PIPE,
        framed::SHARED_PIPE,
        sockets::STREAM,
        sockets::SEQPACKET,
        sockets::DATAGRAM,
        ring::RING,
        in_place::IN_PLACE,
        in_place::BATCHES,
        ring::MET,
    ];
    if os::kernel_is_at_least(6, 18) { all.to_vec() } else { all.map(before_6_18).to_vec() }
}

/// The same, on a kernel that does not know RWF_NOSIGNAL.
pub fn before_6_18(m: Mechanism) -> Mechanism {
    match m.calls.send {
        ["pwritev2"] => {
            let send = &["rt_sigprocmask", "writev", "rt_sigprocmask"];
            Mechanism { calls: Calls { send, ..m.calls }, ..m }
        }
        _ => m,
    }
}

fn tx(end: impl Sender + AsFd + 'static) -> Tx {
    let fd = end.as_fd().as_raw_fd();
    Tx::new(end, Some(fd))
}

fn rx(end: impl Receiver + AsFd + 'static) -> Rx {
    let fd = end.as_fd().as_raw_fd();
    Rx::new(end, Some(fd))
}

fn fd_of(tx: &Tx) -> RawFd {
    tx.fd.expect("an end with a descriptor")
}

/// What a hostile reader of a pipe or FIFO can do to its writer.
const PIPE_RECEIVERS: &[mechanism::HostileReceiver] = &[
    ("takes a part of what is there", |rx| {
        let mut byte = [0];
        let _ = std::fs::File::from(fds::duplicate(rx.fd.expect("a descriptor"))).read(&mut byte);
    }),
    ("shrinks the pipe", |rx| {
        fds::fcntl(rx.fd.expect("a descriptor"), libc::F_SETPIPE_SZ, 4096);
    }),
    ("makes its end blocking", |rx| {
        fds::fcntl(rx.fd.expect("a descriptor"), libc::F_SETFL, 0);
    }),
];
