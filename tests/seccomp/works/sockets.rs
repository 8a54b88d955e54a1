//! Streams, messages and datagrams.

use rawipc::fd::{AsFd, CWD};
use rawipc::socket::{
    Address, Connection, Crowd, Datagram, Event, FdRefs, FdSlots, Files, Listener, Options, Seat, Seqpacket,
    Stream, behind_at,
};
use rawipc::wait::{Events, Trigger};
use rawipc::{ByteRead, ByteWrite, Receiver, Result, Sender, Wait};
use std::mem::forget;
use std::time::Duration;

use super::{SHORT, Shut, path};
use crate::child::{holds, must, times_out};

fn address(name: &str) -> Address {
    must(Address::path(&path(name)))
}

pub fn sockets(shut: Shut<'_>) {
    let (name, stream) = (address("sockets"), address("datagram"));
    shut();
    let listener = must(Listener::<Stream>::bind(&name));
    let client = must(Stream::connect(&name, SHORT));
    streams(client, must(listener.accept(SHORT)));
    let (a, mut b) = must(Seqpacket::pair());
    must(b.set_limit(1 << 20));
    seqpackets(must(Seqpacket::attach(a.into_fd())), b);
    datagrams(must(Datagram::bind(&stream)), &stream);
    must(behind_at(CWD, must(name.as_path().ok_or(()))));
    let mut records = [0; 280];
    must(must(Files::open_at(CWD, c"/", &mut records)).next());
    restart(listener, &name);
    crowd(must(Listener::<Stream>::bind(&name)), must(Stream::pair()));
}

/// Out of the way of a successor, who has the name for a moment.
fn restart(mut old: Listener<Stream>, name: &Address) {
    must(old.retire());
    let new = must(Listener::<Stream>::bind(name));
    holds(old.accept_last(SHORT).is_ok_and(|nobody| nobody.is_none()));
    must(new.remove());
}

/// What a stream socket does, to the last call.
fn streams(mut ours: Stream, theirs: Stream) {
    must(ours.write_all(b"question", SHORT));
    must(ours.write_two(b"in two ", b"parts", SHORT));
    times_out(ours.read(&mut [0; 8], SHORT));
    must(ours.shutdown_write());
    drop(ours);
    forget(theirs);
}

pub fn stream_peer(shut: Shut<'_>) {
    let (ours, theirs) = must(Stream::pair());
    shut();
    streams(ours, theirs);
}

/// What a seqpacket socket does, to the last call.
pub fn seqpackets(mut ours: Seqpacket, mut theirs: Seqpacket) {
    must(ours.send(b"question", SHORT));
    times_out(ours.recv(&mut [0; 8], SHORT));
    must(ours.shutdown_write());
    let mut buf = [0; 8];
    holds(theirs.recv(&mut buf, SHORT) == Ok(8));
    holds(theirs.recv(&mut buf, SHORT) == Ok(0)); // asked twice of the kernel: is it the end?
    drop(ours);
    forget(theirs);
}

pub fn seqpacket_peer(shut: Shut<'_>) {
    let (ours, theirs) = must(Seqpacket::pair());
    shut();
    seqpackets(ours, theirs);
}

fn datagrams(ours: Datagram, name: &Address) {
    must(ours.send_to(name, b"to myself", SHORT));
    must(ours.recv_from(&mut [0; 16], SHORT)); // below the limit: one look first
    times_out(ours.recv_from(&mut [0; 16], SHORT));
}

/// Sends until there is no room, and waits for some.
pub fn descriptor_sender(shut: Shut<'_>) {
    let (ours, theirs) = must(Stream::pair());
    shut();
    while ours.try_write_with_fds(&[0; 4096], &FdRefs::of([theirs.as_fd()])).is_ok() {}
    times_out(ours.write_with_fds(b"x", &FdRefs::of([theirs.as_fd()]), SHORT));
    drop(ours);
    forget(theirs);
}

/// Takes some, closes some, waits for more, and hears of the end.
pub fn descriptor_receiver(shut: Shut<'_>) {
    let (mut ours, mut theirs) = must(Seqpacket::pair());
    must(ours.send_with_fds(b"two", &FdRefs::of([theirs.as_fd(); 2]), SHORT));
    let (mut buf, mut fds) = ([0; 8], FdSlots::<2>::new());
    let (quiet, end) = must(Stream::pair());
    shut();
    must(theirs.recv_with_fds(&mut buf, &mut fds, SHORT)); // below the limit: one look first
    drop(fds.take(0));
    drop(fds);
    let mut fds = FdSlots::<1>::new();
    times_out(quiet.read_with_fds(&mut buf, &mut fds, SHORT));
    drop(ours);
    holds(theirs.recv_with_fds(&mut buf, &mut fds, SHORT) == Ok(0)); // asked twice of the kernel: is it the end?
    forget((theirs, quiet, end));
}

pub fn datagram_peer(shut: Shut<'_>) {
    let name = address("datagram");
    let ours = must(Datagram::bind(&name));
    shut();
    datagrams(ours, &name);
}

pub fn stream_server(shut: Shut<'_>) {
    let name = address("stream");
    let listener = must(Listener::<Stream>::bind(&name));
    let client = must(Stream::connect(&name, SHORT));
    shut();
    let accepted = must(listener.accept(SHORT));
    times_out(listener.accept(SHORT));
    streams(accepted, client);
}

pub fn seqpacket_server(shut: Shut<'_>) {
    let name = address("seqpacket");
    let listener = must(Listener::<Seqpacket>::bind(&name));
    let client = must(Seqpacket::connect(&name, SHORT));
    shut();
    let accepted = must(listener.accept(SHORT));
    times_out(listener.accept(SHORT));
    seqpackets(accepted, client);
}

/// What a crowd does, to the last call, with one member, and nobody and then somebody at the door.
fn crowd<C: Connection + AsFd>(listener: Listener<C>, (member, peer): (C, C)) {
    let mut seats = [Seat::EMPTY];
    let crowd = must(Crowd::new(listener, &mut seats, Some(Duration::from_secs(15))));
    of_one(crowd, member);
    forget(peer);
}

fn of_one<C: Connection + AsFd>(mut crowd: Crowd<'_, C>, member: C) {
    let member = must(crowd.admit(member, Events::READABLE, Trigger::Level));
    must(crowd.watch(member, Events::READABLE, Trigger::Edge));
    times_out(crowd.next(SHORT));
    crowd.start_clock(member);
    forget(crowd.remove(member));
}

pub fn stream_crowd(shut: Shut<'_>) {
    crowd_of(shut, &address("stream"), |at| Stream::connect(at, SHORT), Stream::pair, streams);
}

pub fn seqpacket_crowd(shut: Shut<'_>) {
    crowd_of(shut, &address("seqpacket"), |at| Seqpacket::connect(at, SHORT), Seqpacket::pair, seqpackets);
}

fn crowd_of<C: Connection + AsFd>(
    shut: Shut<'_>,
    name: &Address,
    connect: fn(&Address) -> Result<C>,
    pair: fn() -> Result<(C, C)>,
    talk: fn(C, C),
) {
    let mut seats = [Seat::EMPTY];
    let listener = must(Listener::bind(name));
    let mut crowd = must(Crowd::new(listener, &mut seats, Some(Duration::from_secs(15))));
    let (member, theirs) = must(pair());
    let (refused, client) = (must(connect(name)), must(connect(name)));
    let (unused, last) = must(rawipc::pipe::pair());
    // What is open is all that may be.
    let limit = libc::rlimit { rlim_cur: last.into_fd().into_raw() as u64 + 1, rlim_max: 1 << 10 };
    // SAFETY: one struct that is read.
    holds(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) } == 0);
    shut();
    holds(matches!(must(crowd.next(SHORT)), Event::Refused(_)));
    drop(unused);
    let Event::Arrived(accepted) = must(crowd.next(SHORT)) else { return holds(false) };
    of_one(crowd, member);
    talk(accepted, client);
    forget((theirs, refused));
}

pub fn retirement(shut: Shut<'_>) {
    let name = address("retires");
    let mut listener = must(Listener::<Stream>::bind(&name));
    let client = must(Stream::connect(&name, SHORT));
    // In a thread that has no filter.
    std::thread::spawn(move || {
        let long = Wait::at_most(Duration::from_secs(10));
        forget(Listener::<Stream>::take_over(&name, Options::DEFAULT, long))
    });
    shut();
    must(listener.retire());
    loop {
        match listener.accept_last(SHORT) {
            Ok(None) => break,
            Ok(Some(last)) => forget(last),
            answer => times_out(answer),
        }
    }
    drop(listener);
    forget(client);
}

pub fn stream_client(shut: Shut<'_>) {
    let name = address("stream");
    let listener = must(Listener::<Stream>::bind(&name));
    let (_, theirs) = must(Stream::pair());
    shut();
    streams(must(Stream::connect(&name, SHORT)), theirs);
    forget(listener);
}

pub fn seqpacket_client(shut: Shut<'_>) {
    let name = address("seqpacket");
    let listener = must(Listener::<Seqpacket>::bind(&name));
    let early = must(Seqpacket::connect(&name, SHORT));
    let accepted = must(listener.accept(SHORT));
    shut();
    drop(must(Seqpacket::connect(&name, SHORT)));
    seqpackets(early, accepted);
    forget(listener);
}
