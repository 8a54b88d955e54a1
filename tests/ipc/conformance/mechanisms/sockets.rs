//! UNIX sockets.

use super::mechanism::{
    Attack, Calls, Gone, HostileReceiver, Named, Needed, Outcome, PATIENCE, SMALL, fresh_path, message,
};
use super::{Channel, Mechanism, Tx, fd_of, framed, os, rx, tx};
use rawipc::frame::{FrameReceiver, FrameSender};
use rawipc::socket::{Address, DEFAULT_LIMIT, Datagram, Listener, Seqpacket, Stream};

const LIMIT: usize = framed::LIMIT;

/// Connected by name, both ways at once; one way of it is used here.
pub const STREAM: Mechanism = Mechanism {
    name: "framed stream",
    make: || {
        let path = fresh_path();
        let address = Address::path(&path).expect("path");
        let listener = Listener::<Stream>::bind(&address).expect("bind");
        let client = Stream::connect(&address, PATIENCE).expect("connect");
        let server = listener.accept(PATIENCE).expect("accept");
        listener.remove().expect("remove");
        let receiver = FrameReceiver::new(server, framed::buffer()).expect("FrameReceiver");
        Channel::of(rx(receiver), tx(FrameSender::sole(client, LIMIT).expect("sole")))
    },
    hostile_receivers: RECEIVERS,
    named: Some(Named { create: |path| Ok(Box::new(Listener::<Stream>::bind(&Address::path(path)?)?)) }),
    calls: Calls { send: &["sendmsg"], recv: &["recvfrom"] },
    notes: &[],
    ..framed::PIPE
};

pub const SEQPACKET: Mechanism = Mechanism {
    name: "seqpacket",
    make: || {
        let (a, b) = Seqpacket::pair().expect("pair");
        Channel::of(rx(a), tx(b))
    },
    limit: DEFAULT_LIMIT,
    needed: Needed::ItsLength,
    parts: false,
    several: true,
    gone: Gone::AtOnce,
    attacks: PACKETS,
    hostile_receivers: RECEIVERS,
    named: Some(Named { create: |path| Ok(Box::new(Listener::<Seqpacket>::bind(&Address::path(path)?)?)) }),
    calls: Calls { send: &["sendto"], recv: &["recvfrom"] },
    notes: &[],
};

pub const DATAGRAM: Mechanism = Mechanism {
    name: "datagram",
    make: || {
        let (a, b) = Datagram::pair().expect("pair");
        Channel::of(rx(a), tx(b))
    },
    gone: Gone::SendersOnly,
    attacks: DATAGRAMS,
    named: Some(Named { create: |path| Ok(Box::new(Datagram::bind(&Address::path(path)?)?)) }),
    notes: &[(
        5,
        "a datagram socket has no end of stream: the kernel tells a sender that nobody is left, a receiver nothing",
    )],
    ..SEQPACKET
};

/// A good message, what the kernel delivers and this crate never sends, and a good one again.
fn between_good_ones(tx: &mut Tx, bytes: &[u8]) {
    tx.put(&message(0, SMALL));
    let _ = os::raw_send(fd_of(tx), bytes);
    tx.put(&message(1, SMALL));
}

const EMPTY: Attack =
    Attack { name: "an empty packet", act: |tx| between_good_ones(tx, b""), outcome: Outcome::Corrupt };

const TOO_LONG: Attack = Attack {
    name: "a packet above the limit",
    act: |tx| between_good_ones(tx, &message(0, DEFAULT_LIMIT + 1)),
    outcome: Outcome::Corrupt,
};

const EMPTY_END: Attack = Attack {
    name: "an empty packet, then the end",
    act: |tx| {
        tx.put(&message(0, SMALL));
        let _ = os::raw_send(fd_of(tx), b"");
    },
    outcome: Outcome::Anything,
};

/// The runner counts the descriptors after it.
const DESCRIPTORS: Attack = Attack {
    name: "descriptors that nobody asked for",
    act: |tx| {
        tx.put(&message(0, SMALL));
        for _ in 0..10 {
            let _ = os::rights::send(fd_of(tx), 0, &message(1, SMALL));
        }
    },
    outcome: Outcome::Anything,
};

const PACKETS: &[Attack] = &[EMPTY, TOO_LONG, EMPTY_END, DESCRIPTORS];

/// With a name anybody could send these, so they end nothing for the others.
const DATAGRAMS: &[Attack] = &[
    Attack { outcome: Outcome::OneBadMessage, ..EMPTY },
    Attack { outcome: Outcome::OneBadMessage, ..TOO_LONG },
    DESCRIPTORS,
];

const RECEIVERS: &[HostileReceiver] = &[
    ("shuts its side", |rx| {
        // SAFETY: a call without pointers.
        unsafe { libc::shutdown(rx.fd.expect("a socket"), libc::SHUT_RD) };
    }),
    ("sends where it should receive", |rx| {
        for _ in 0..10 {
            let _ = os::raw_send(rx.fd.expect("a socket"), &message(0, 1000));
        }
    }),
    ("has no room", |rx| {
        let least: i32 = 1;
        let fd = rx.fd.expect("a socket");
        let size = size_of::<i32>() as u32;
        // SAFETY: an int, of that size.
        unsafe { libc::setsockopt(fd, libc::SOL_SOCKET, libc::SO_RCVBUF, (&raw const least).cast(), size) };
    }),
];
