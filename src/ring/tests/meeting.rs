//! Strangers, as threads.

use crate::channel::Duplex;
use crate::channel::{Receiver, Sender};
use crate::ring::layout::GRAIN;
use crate::ring::{Consumer, Producer, meet};
use crate::socket::{Seqpacket, Stream};
use crate::wait::Wait;
use core::time::Duration;
use std::thread;

fn soon() -> Wait {
    Wait::at_most(Duration::from_secs(20))
}

#[test]
fn strangers_meet_one_way_over_a_stream() {
    let (ours, theirs) = Stream::pair().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut producer = Producer::meet(&ours, 10_000, soon()).unwrap();
            assert_eq!(producer.capacity(), 16_384.max(GRAIN));
            producer.send(b"from one", soon()).unwrap();
        });
        let mut consumer = Consumer::meet(&theirs, soon()).unwrap();
        let mut buf = [0; 16];
        assert_eq!(consumer.recv(&mut buf, soon()), Ok(8));
        assert_eq!(consumer.recv(&mut buf, soon()), Ok(0));
    });
}

#[test]
fn strangers_meet_both_ways_over_a_seqpacket() {
    let (ours, theirs) = Seqpacket::pair().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut ring = meet(&ours, 1, soon()).unwrap();
            ring.send(b"question", soon()).unwrap();
            assert_eq!(ring.recv(&mut [0; 8], soon()), Ok(6));
        });
        let Duplex { mut sender, mut receiver } = meet(&theirs, 1 << 16, soon()).unwrap();
        assert_eq!((sender.capacity(), receiver.capacity()), (1 << 16, GRAIN));
        assert_eq!(receiver.recv(&mut [0; 8], soon()), Ok(8));
        sender.send(b"answer", soon()).unwrap();
    });
}
