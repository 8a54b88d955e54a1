//! Two processes that share nothing but the name of a socket, and a ring between them.
#![no_std]
#![no_main]

use core::ffi::CStr;

use freestanding::{Arguments, OrExit, entry, exit, fork, reap, say};
use rawipc::ring::{Consumer, Producer};
use rawipc::socket::{Address, Listener, Stream};
use rawipc::{Receiver, Sender, Wait};

entry!(main);

/// In the directory that the program is started in.
const SOCKET: &CStr = c"strangers.socket";

extern "C" fn main(_: &Arguments) -> i32 {
    let address = Address::path(SOCKET).or_exit();
    let listener = Listener::<Stream>::bind(&address).or_exit();
    let child = fork();
    if child == 0 {
        // What it has of its parent it does not use: the name is what it knows.
        let socket = Stream::connect(&address, Wait::FOREVER).or_exit();
        let mut producer = Producer::meet(&socket, 4096, Wait::FOREVER).or_exit();
        producer.try_send(b"ring: from a stranger\n").or_exit();
        exit(0);
    }
    let socket = listener.accept(Wait::FOREVER).or_exit();
    listener.remove().or_exit();
    let mut consumer = Consumer::meet(&socket, Wait::FOREVER).or_exit();
    let mut buf = [0; 64];
    let len = consumer.recv(&mut buf, Wait::FOREVER).or_exit();
    say(buf.get(..len).unwrap_or_default());
    exit(i32::from(!reap(child)))
}
