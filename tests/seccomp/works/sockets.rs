//! Streams, messages and datagrams.

use rawipc::fd::AsFd;
use rawipc::socket::{Address, Datagram, FdRefs, FdSlots, Listener, Seqpacket, Stream};
use rawipc::{ByteRead, ByteWrite, Receiver, Sender};
use std::mem::forget;

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
