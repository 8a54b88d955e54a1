//! Two processes and every mechanism between them.
//!
//! The child puts a message into each, and then serves a remote call. The reply tells the parent that all the others
//! are there: it has one place to wait in.
#![no_std]
#![no_main]

use core::ffi::CStr;

use freestanding::{Arguments, OrExit, entry, exit, fork, reap, say};
use rawipc::memory::Map;
use rawipc::pipe::{PIPE_BUF, PacketReceiver, PacketSender};
use rawipc::rpc::{Client, Server};
use rawipc::socket::{Datagram, Seqpacket, Stream};
use rawipc::{ByteRead, ByteWrite, Duplex, Receiver, Sender, Wait, fifo, pipe, ring};

entry!(main);

/// In the directory that the program is started in.
const FIFO: &CStr = c"freestanding.fifo";

/// The one method.
const ADD: u32 = 1;

extern "C" fn main(_: &Arguments) -> i32 {
    // What a child inherits is made before it.
    let (mut from_pipe, mut to_pipe) = pipe::packet_pair().or_exit();
    let (requests, to_server) = pipe::packet_pair().or_exit();
    let (replies, to_client) = pipe::packet_pair().or_exit();
    let map = Map::anonymous(4096).or_exit();
    let (mut producer, mut consumer) = ring::pair(4096).or_exit();
    let (mut stream, mut child_stream) = Stream::pair().or_exit();
    let (mut seqpacket, mut child_seqpacket) = Seqpacket::pair().or_exit();
    let (mut datagram, mut child_datagram) = Datagram::pair().or_exit();
    fifo::ensure(FIFO).or_exit();
    let mut from_fifo = fifo::open_receiver(FIFO).or_exit();

    let child = fork();
    if child == 0 {
        to_pipe.send(b"pipe: from the child\n", Wait::FOREVER).or_exit();
        fifo::open_sender(FIFO, Wait::FOREVER)
            .or_exit()
            .send(b"fifo: from the child\n", Wait::FOREVER)
            .or_exit();
        map.write(0, b"map: from the child\n").or_exit();
        producer.try_send(b"ring: from the child\n").or_exit();
        child_stream.try_write(b"stream: from the child\n").or_exit();
        child_seqpacket.try_send(b"seqpacket: from the child\n").or_exit();
        child_datagram.try_send(b"datagram: from the child\n").or_exit();
        serve(Duplex { receiver: requests, sender: to_client });
    }
    if ask(Duplex { receiver: replies, sender: to_server }) != 5 {
        exit(1);
    }
    say(b"call: 2 + 3 = 5\n");
    let mut buf = [0; 1 << 16]; // what a socket's message can be at most
    show(from_pipe.recv(&mut buf, Wait::FOREVER), &buf);
    show(from_fifo.recv(&mut buf, Wait::FOREVER), &buf);
    let mut text = [0; 20];
    show(map.read(0, &mut text).map(|()| 20), &text);
    show(consumer.try_recv(&mut buf), &buf);
    show(stream.try_read(&mut buf), &buf);
    show(seqpacket.try_recv(&mut buf), &buf);
    show(datagram.try_recv(&mut buf), &buf);
    fifo::remove(FIFO).or_exit();
    // Not to be returned from: what is open is the kernel's to close, and all the drops are 1.5 KiB.
    exit(i32::from(!reap(child)))
}

type Channel = Duplex<PacketSender, PacketReceiver>;

/// Serves one call, and ends the process.
fn serve(channel: Channel) -> ! {
    let (mut inbox, mut outbox) = ([0; PIPE_BUF], [0; 16]);
    let mut server = Server::new(channel, &mut inbox, &mut outbox).or_exit();
    let Some(mut request) = server.next(Wait::FOREVER).or_exit() else { exit(1) };
    if request.method() == ADD {
        let args = request.args();
        let sum = args.u32().or_exit().wrapping_add(args.u32().or_exit());
        request.reply(Wait::FOREVER, |result| result.u32(sum)).or_exit();
    }
    exit(0)
}

/// Has 2 and 3 added by the other process.
fn ask(channel: Channel) -> u32 {
    let mut buf = [0; PIPE_BUF];
    let mut client = Client::new(channel, &mut buf).or_exit();
    let sum = client.call(ADD, Wait::FOREVER, |args| {
        args.u32(2)?;
        args.u32(3)
    });
    match sum {
        Ok(mut sum) => sum.u32().or_exit(),
        Err(_) => 0,
    }
}

/// Says what was received.
#[inline(never)]
fn show(len: rawipc::Result<usize>, buf: &[u8]) {
    say(buf.get(..len.or_exit()).unwrap_or_default());
}
