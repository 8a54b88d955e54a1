//! Two processes that share nothing but the name of a socket, and a ring between them.
#![no_std]
#![no_main]

use core::ffi::CStr;

use freestanding::{Arguments, entry, exit, fork, reap, say};
use rawipc::ring::{Consumer, Producer};
use rawipc::socket::{Address, Listener, Stream};
use rawipc::{Receiver, Result, Sender, Wait};

entry!(main);

/// In the directory that the program is started in.
const SOCKET: &CStr = c"strangers.socket";

extern "C" fn main(_: &Arguments) -> i32 {
    i32::from(run().is_err())
}

fn run() -> Result<()> {
    let address = Address::path(SOCKET)?;
    let listener = Listener::<Stream>::bind(&address)?;
    let child = fork();
    if child == 0 {
        // All that it has of its parent is closed with it; the name is what it knows.
        let socket = Stream::connect(&address, Wait::FOREVER)?;
        let mut producer = Producer::meet(&socket, 4096, Wait::FOREVER)?;
        producer.send(b"ring: from a stranger\n", Wait::FOREVER)?;
        exit(0);
    }
    let socket = listener.accept(Wait::FOREVER)?;
    listener.remove()?;
    let mut consumer = Consumer::meet(&socket, Wait::FOREVER)?;
    let mut buf = [0; 64];
    let len = consumer.recv(&mut buf, Wait::FOREVER)?;
    say(buf.get(..len).unwrap_or_default());
    exit(i32::from(!reap(child)))
}
