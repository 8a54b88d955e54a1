//! What a process in a role does, so that each call of the role's list is made: a list that lacked one would kill
//! it, and so would one that lost one.
//!
//! What stands before `shut()` is set up without a filter. What is held and does not belong to the role is
//! forgotten, so that dropping it does not make a call in the role's place.

use rawipc::fd::{AsFd, AsRawFd, Fd, Stdio};
mod sockets;

use rawipc::frame::{FrameReceiver, FrameSender};
use rawipc::memory::{File, Map, Memfd};
use rawipc::proc::{LINK_MAX, Link, Process};
use rawipc::rpc::Client;
use rawipc::seccomp::{Action, List};
use rawipc::socket::{Seqpacket, Stream};
use rawipc::wait::{Epoll, Events, PollFd, Ready, Trigger, poll};
use rawipc::{ByteRead, ByteWrite, Receiver, Sender, Wait};
use rawipc::{fifo, pipe, ring};
use std::ffi::CString;
use std::mem::forget;
use std::time::Duration;

use crate::child::{Under, holds, must, refuse, times_out};
use crate::scratch;

type Shut<'a> = &'a dyn Fn();

pub struct Work {
    /// The name of the list that it is done under.
    pub list: &'static str,
    /// What a composite is put over.
    pub over: List,
    pub run: fn(Shut<'_>),
}

/// One for each list.
pub const WORKS: &[Work] = &[
    work("FD", fd),
    work("WAIT", waiting),
    work("PIPE", pipes),
    work("PIPE_READER", pipe_reader),
    work("PIPE_WRITER", pipe_writer),
    work("FIFO", fifos),
    work("FIFO_READER", fifo_reader),
    work("FIFO_WRITER", fifo_writer),
    work("MEMORY", memory),
    work("MEMORY_USER", memory_user),
    work("MEMORY_RECEIVER", memory_receiver),
    work("RING", rings),
    work("RING_PRODUCER", ring_producer),
    work("RING_CONSUMER", ring_consumer),
    work("RING_MANY", ring_many),
    work("RING_MEETING", ring_meeting),
    work("SOCKET", sockets::sockets),
    work("STREAM_PEER", sockets::stream_peer),
    work("SEQPACKET_PEER", sockets::seqpacket_peer),
    work("DATAGRAM_PEER", sockets::datagram_peer),
    work("DESCRIPTOR_SENDER", sockets::descriptor_sender),
    work("DESCRIPTOR_RECEIVER", sockets::descriptor_receiver),
    work("STREAM_SERVER", sockets::stream_server),
    work("SEQPACKET_SERVER", sockets::seqpacket_server),
    work("STREAM_CROWD", sockets::stream_crowd),
    work("SEQPACKET_CROWD", sockets::seqpacket_crowd),
    work("RETIREMENT", sockets::retirement),
    work("STREAM_CLIENT", sockets::stream_client),
    work("SEQPACKET_CLIENT", sockets::seqpacket_client),
    Work { list: "FRAME", over: List::STREAM_PEER, run: frames },
    Work { list: "RPC", over: List::SEQPACKET_PEER, run: calls },
    work("PROC", proc),
    work("PROC_READER", proc_reader),
    work("SECCOMP", further_filter),
];

const fn work(list: &'static str, run: fn(Shut<'_>)) -> Work {
    Work { list, over: List::EMPTY, run }
}

/// Over before anybody comes.
const SHORT: Wait = Wait::at_most(Duration::from_millis(1));

fn path(name: &str) -> CString {
    scratch::c_string(scratch::shared().join(format!("{}-{name}", std::process::id())))
}

/// A descriptor as the program before us may have left it: blocking.
fn blocking_pipe() -> (Fd, Fd) {
    let mut fds = [0; 2];
    // SAFETY: room for two descriptors.
    holds(unsafe { libc::pipe(fds.as_mut_ptr()) } == 0);
    // SAFETY: just made, and nobody else's.
    let [r, w] = fds.map(|fd| must(unsafe { Fd::from_raw(fd) }));
    (r, w)
}

fn fd(shut: Shut<'_>) {
    let ((a, b), (c, d)) = (blocking_pipe(), blocking_pipe());
    shut();
    drop(must(a.try_clone()));
    must(b.inherit());
    must(c.hand_over_as(Stdio::In));
    must(d.hand_over_as(Stdio::Out));
}

fn waiting(shut: Shut<'_>) {
    let (r, w) = must(pipe::pair());
    shut();
    times_out(poll(&mut [PollFd::new(&r, Events::READABLE)], SHORT));
    let set = must(Epoll::create());
    must(set.add(&r, Events::READABLE, Trigger::Level, 0));
    times_out(set.wait(&mut [Ready::NONE], SHORT));
    drop(set);
    forget((r, w));
}

fn pipes(shut: Shut<'_>) {
    let (r, w) = blocking_pipe();
    let gone = before_6_18();
    shut();
    let (r, w) = (must(pipe::ReadEnd::attach(r)), must(pipe::WriteEnd::attach(w)));
    must(r.available());
    must(r.capacity());
    must(w.set_capacity(1 << 14));
    drop((r, w));
    let (r, w) = must(pipe::pair());
    reads(r, &mut [0; 8]);
    let (r, full) = must(pipe::pair());
    writes(full, gone);
    drop((r, w));
}

fn reads(mut r: pipe::ReadEnd, buf: &mut [u8]) {
    times_out(r.read(buf, SHORT));
}

fn pipe_reader(shut: Shut<'_>) {
    let (r, w) = must(pipe::pair());
    let (mut packets, packet_writer) = must(pipe::packet_pair());
    shut();
    reads(r, &mut [0; 8]);
    times_out(packets.recv(&mut [0; pipe::PIPE_BUF], SHORT));
    drop(packets);
    forget((w, packet_writer));
}

/// This kernel answers as one before 6.18 does, and SIGPIPE is blocked. A write end without a reader.
fn before_6_18() -> pipe::WriteEnd {
    let (r, gone) = must(pipe::pair());
    drop(r);
    // SAFETY: zero is an empty set.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: one set that is written.
    unsafe { libc::sigaddset(&raw mut set, libc::SIGPIPE) };
    // SAFETY: one set that is read.
    unsafe { libc::sigprocmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut()) };
    refuse(libc::SYS_pwritev2, 5, 0x100, libc::EOPNOTSUPP);
    gone
}

/// `gone` has no reader, and the signal that says so is blocked.
fn writes(mut w: pipe::WriteEnd, mut gone: pipe::WriteEnd) {
    holds(gone.write(b"x", SHORT).is_err_and(|e| e.errno() == rawipc::Errno::PIPE));
    while w.try_write(&[0; 4096]).is_ok() {}
    times_out(w.write(&[0; 4096], SHORT));
}

fn pipe_writer(shut: Shut<'_>) {
    let (r, w) = must(pipe::pair());
    let gone = before_6_18();
    shut();
    writes(w, gone);
    forget(r);
}

fn fifos(shut: Shut<'_>) {
    let path = path("fifo");
    shut();
    must(fifo::create(&path));
    must(fifo::ensure(&path));
    times_out(fifo::open_write(&path, SHORT));
    let r = must(fifo::open_read(&path));
    let w = must(fifo::open_sender(&path, SHORT));
    must(fifo::remove(&path));
    drop((r, w));
}

fn both_ends() -> (pipe::ReadEnd, pipe::WriteEnd) {
    let path = path("ends");
    must(fifo::create(&path));
    let r = must(fifo::open_read(&path));
    let w = must(fifo::open_write(&path, SHORT));
    must(fifo::remove(&path));
    (r, w)
}

fn fifo_reader(shut: Shut<'_>) {
    let (r, w) = both_ends();
    shut();
    reads(r, &mut [0; 8]);
    forget(w);
}

fn fifo_writer(shut: Shut<'_>) {
    let (r, w) = both_ends();
    let gone = before_6_18();
    shut();
    writes(w, gone);
    forget(r);
}

fn memory(shut: Shut<'_>) {
    let path = path("file");
    // Before 6.3 the first of two is refused.
    refuse(libc::SYS_memfd_create, 1, 8, libc::EINVAL);
    shut();
    must(must(Map::anonymous(4096)).write(0, b"x"));
    let memfd = must(Memfd::create(c"work", 4096));
    must(memfd.seal_writes());
    drop(must(must(Memfd::attach(memfd.into_fd())).map_read_only()));
    drop(must(must(File::create(&path, 4096)).map()));
    drop(must(File::open(&path)));
    must(File::remove(&path));
}

fn memory_user(shut: Shut<'_>) {
    let memfd = must(Memfd::create(c"work", 4096));
    let (map, view) = (must(memfd.map()), must(memfd.map_read_only()));
    shut();
    must(map.write(0, b"x"));
    must(view.read(0, &mut [0]));
}

fn memory_receiver(shut: Shut<'_>) {
    let fd = must(Memfd::create(c"work", 4096)).into_fd();
    shut();
    let memfd = must(Memfd::attach(fd));
    must(must(memfd.map()).write(0, b"x"));
    must(must(memfd.map_read_only()).read(0, &mut [0]));
}

const YIELDS: ring::Polling = ring::Polling { pauses: 0, yields: 1 };

/// Somebody without a filter who meets at the other end of a socket, and waits there until we are gone.
fn stranger() -> Stream {
    let (ours, theirs) = must(Stream::pair());
    // SAFETY: the child makes raw calls only, and leaves.
    if unsafe { libc::fork() } == 0 {
        drop(ours);
        let met = ring::meet(&theirs, 4096, Wait::at_most(Duration::from_secs(10)));
        if let Ok(mut ring) = met {
            let _ = ring.recv(&mut [0; 64], Wait::at_most(Duration::from_secs(10)));
        }
        // SAFETY: ends the child.
        unsafe { libc::_exit(0) };
    }
    ours
}

fn ring_meeting(shut: Shut<'_>) {
    let (ours, (silent, kept)) = (stranger(), must(Stream::pair()));
    shut();
    times_out(ring::Producer::meet(&silent, 4096, SHORT));
    drop(must(ring::meet(&ours, 4096, Wait::FOREVER)));
    forget((ours, silent, kept));
}

fn rings(shut: Shut<'_>) {
    let (ours, (silent, kept)) = (stranger(), must(Stream::pair()));
    shut();
    times_out(ring::Producer::meet(&silent, 4096, SHORT));
    drop(must(ring::meet(&ours, 4096, Wait::FOREVER)));
    forget((ours, silent, kept));
    let (mut producer, mut consumer) = must(ring::pair(4096));
    consumer.set_polling(YIELDS);
    times_out(consumer.recv(&mut [0; 64], SHORT));
    must(producer.send(b"rings", SHORT));
    must(consumer.recv(&mut [0; 64], SHORT));
}

fn ring_producer(shut: Shut<'_>) {
    let (mut producer, mut consumer) = must(ring::pair(4096));
    times_out(consumer.recv(&mut [0; 64], SHORT));
    shut();
    must(producer.send(b"rings", SHORT));
    while producer.try_send(&[7; 1000]).is_ok() {}
    producer.set_polling(YIELDS);
    times_out(producer.send(&[7; 1000], SHORT));
    drop(producer);
    forget(consumer);
}

fn ring_consumer(shut: Shut<'_>) {
    let (mut producer, mut consumer) = must(ring::pair(4096));
    while producer.try_send(&[7; 1000]).is_ok() {}
    let mut buf = [0; 4096];
    shut();
    while consumer.try_recv(&mut buf).is_ok() {}
    consumer.set_polling(YIELDS);
    times_out(consumer.recv(&mut buf, SHORT));
    drop(consumer);
    forget(producer);
}

fn ring_many(shut: Shut<'_>) {
    let mut slots = [const { ring::Slot::EMPTY }; 2];
    let mut many = must(ring::Many::new(&mut slots));
    let (mut producer, consumer) = must(ring::pair(4096));
    while producer.try_send(&[7; 1000]).is_ok() {}
    let mut buf = [0; 4096];
    shut();
    must(many.admit(consumer));
    while many.try_recv(&mut buf).is_ok() {}
    many.set_polling(YIELDS);
    times_out(many.recv(&mut buf, SHORT));
    drop(many);
    forget(producer);
}

fn frames(shut: Shut<'_>) {
    let (mut room, message) = ([0; 64], [7; 8]);
    let (ours, mut theirs) = must(Stream::pair());
    let (more, mut kept) = must(Stream::pair());
    must(theirs.write_all(b"\x08", SHORT)); // a part of a length, so that the rest is waited for
    shut();
    let mut receiver = must(FrameReceiver::new(ours, &mut room));
    times_out(receiver.recv_in_place(SHORT));
    let mut sender = must(FrameSender::sole(more, 64));
    must(sender.send(&message, SHORT));
    let _ = kept.try_read(&mut [0; 4]);
    must(receiver.into_inner().shutdown_write());
    let mut stream = sender.into_inner();
    must(stream.write_all(b"x", SHORT));
    drop(stream);
    forget((theirs, kept));
}

fn calls(shut: Shut<'_>) {
    let mut room = [0; 64];
    let (mut ours, mut theirs) = must(Seqpacket::pair());
    must(ours.set_limit(64));
    must(theirs.set_limit(64));
    shut();
    let mut client = must(Client::new(ours, &mut room));
    let answer = client.call(1, SHORT, |args| args.u32(1));
    holds(answer.is_err());
    must(theirs.recv(&mut [0; 64], SHORT)); // the request that was not answered
    sockets::seqpackets(client.into_channel(), theirs);
}

fn looks(process: Process, names: &mut [u8], text: &mut [u8]) {
    let number = process.as_fd().as_raw_fd();
    let mut table = must(process.descriptors(names));
    while must(table.next(text)).is_some() {}
    must(process.link(Link::Cwd, text));
    must(process.fdinfo(number));
}

fn proc(shut: Shut<'_>) {
    let (mut names, mut text) = ([0; 64], [0; LINK_MAX]);
    shut();
    looks(must(Process::own()), &mut names, &mut text);
}

fn proc_reader(shut: Shut<'_>) {
    let (mut names, mut text) = ([0; 64], [0; LINK_MAX]);
    let process = must(Process::own());
    shut();
    looks(process, &mut names, &mut text);
}

fn further_filter(shut: Shut<'_>) {
    shut();
    must(Under { list: List::EXIT, numbers: &[], action: Action::Kill }.install());
}
