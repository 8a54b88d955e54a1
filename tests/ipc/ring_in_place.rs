//! Every way to send and every way to receive, mixed: a message has no mark of how it was sent. And forks amid them.

use crate::add_tests;
use crate::conformance::mechanism::PATIENCE;
use crate::os::process::Child;
use crate::ring_stress::{CAPACITY, Mixed, check, into_a_child, messages, rest, write};
use crate::runner::List;
use rawipc::ring::{Consumer, Producer};
use rawipc::{Errno, Receiver as _, Sender as _, Wait, ring};
use std::mem::forget;

pub fn tests(list: &mut List) {
    add_tests!(list, "ring_in_place":
        every_way, asleep_for_each, over_a_fork, dropped_by_a_child, forgotten_over_a_fork,
    );
}

/// Sends the messages from `i` on in a way that `i` chooses, `last` being the end; returns how many.
fn send(producer: &mut Producer, i: u64, last: u64, bufs: &mut [Vec<u8>]) -> u64 {
    let limit = producer.send_limit();
    match Mixed::of(!i).next() % 4 {
        0 => producer.send(write(i, &mut bufs[0]), PATIENCE).expect("send"),
        1 => {
            let msg = write(i, &mut bufs[0]);
            let more = (msg.len() as u64 + Mixed::of(i).next() % 200).min(limit as u64);
            let mut room = producer.reserve(more as usize, PATIENCE).expect("reserve");
            room.as_mut_slice().fill(0xa5);
            room.as_mut_slice()[..msg.len()].copy_from_slice(msg);
            room.commit(msg.len()).expect("commit");
        }
        2 => {
            // Given up, in one of two ways, and then sent.
            let mut room = producer.reserve(limit, PATIENCE).expect("reserve");
            room.as_mut_slice().fill(0x5a);
            if i % 2 == 0 {
                drop(room)
            } else {
                forget(room)
            }
            producer.send(write(i, &mut bufs[0]), PATIENCE).expect("send");
        }
        _ => {
            let many = bufs.len().min((last - i) as usize);
            let msgs: Vec<&[u8]> = bufs[..many].iter_mut().zip(i..).map(|(buf, i)| write(i, buf)).collect();
            let sent = producer.send_batch(&msgs, PATIENCE).expect("send_batch");
            assert!((1..=many).contains(&sent));
            return sent as u64;
        }
    }
    1
}

/// Receives messages from `i` on in a way that `i` chooses; returns how many, 0 at the end.
fn recv(consumer: &mut Consumer, i: u64, buf: &mut [u8], scratch: &mut [u8]) -> u64 {
    match Mixed::of(!i ^ 77).next() % 3 {
        0 => match consumer.recv(buf, PATIENCE).expect("recv") {
            0 => return 0,
            n => check(i, &buf[..n], scratch),
        },
        1 => {
            let Some(message) = consumer.read(PATIENCE).expect("read") else { return 0 };
            let len = message.len();
            // In two parts, and the last byte once more.
            let (first, second) = buf[..len].split_at_mut(len / 3);
            message.copy_to(0, first).expect("inside");
            message.copy_to(len / 3, second).expect("inside");
            assert_eq!(message.byte(len - 1), second.last().copied());
            message.done();
            check(i, &buf[..len], scratch);
        }
        _ => {
            let mut ends = [0; 9];
            let batch = consumer.recv_batch(buf, &mut ends, PATIENCE).expect("recv_batch");
            let many = batch.len() as u64;
            for (message, i) in batch.zip(i..) {
                check(i, message, scratch);
            }
            return many;
        }
    }
    1
}

fn talk(resting: bool, last: u64) {
    let (child, mut producer) = into_a_child(|mut consumer| {
        let limit = consumer.recv_limit();
        let (mut buf, mut scratch) = (vec![0; limit], vec![0; limit]);
        let mut i = 0;
        loop {
            match recv(&mut consumer, i, &mut buf, &mut scratch) {
                0 => break,
                n => i += n,
            }
            if resting {
                rest(i, 1);
            }
        }
        assert_eq!(i, last);
    });
    let mut bufs = vec![vec![0; producer.send_limit()]; 7];
    let mut i = 0;
    while i < last {
        i += send(&mut producer, i, last, &mut bufs);
        if resting {
            rest(i, 0);
        }
    }
    drop(producer);
    child.join();
}

fn every_way() {
    talk(false, messages(CAPACITY / 2));
}

fn asleep_for_each() {
    talk(true, messages(CAPACITY / 2) / 2);
}

/// A child that has copies of a reservation and of a message can do nothing to the parent's.
fn over_a_fork() {
    let (mut producer, mut consumer) = ring::pair(CAPACITY).expect("pair");
    producer.send(b"held", PATIENCE).expect("send");
    let mut room = producer.reserve(8, PATIENCE).expect("reserve");
    room.as_mut_slice().copy_from_slice(b"parent's");
    let mut ends = Some((room, consumer.read(PATIENCE).expect("read").expect("a message")));
    let child = Child::spawn(|| {
        let (mut room, message) = ends.take().expect("not in the parent");
        assert_eq!((room.len(), room.as_mut_slice().len()), (0, 0));
        assert_eq!(room.write(0, b"c").expect_err("the parent's").errno(), Errno::RANGE);
        assert_eq!(room.commit(3).expect_err("the parent's").errno(), Errno::PERM);
        message.done();
    });
    child.join();
    let (room, message) = ends.expect("not in a child");
    let mut held = [0; 4];
    message.copy_to(0, &mut held).expect("inside");
    assert_eq!(&held, b"held");
    message.done();
    room.commit(7).expect("commit");
    let mut buf = [0; 8];
    assert_eq!(consumer.recv(&mut buf, PATIENCE), Ok(7));
    assert_eq!(&buf[..7], b"parent'");
}

/// A message that a child drops is the parent's still, and so is the room that dropping it would give back.
fn dropped_by_a_child() {
    let (mut producer, mut consumer) = ring::pair(4096).expect("pair");
    // So much is given back at a time, with the last of these lines.
    let capacity = producer.capacity();
    let lines = (capacity / 4).min(16 << 10) / 64;
    for _ in 0..lines {
        producer.try_send(b"a line").expect("room");
    }
    for _ in 1..lines {
        assert_eq!(consumer.try_recv(&mut [0; 8]), Ok(6));
    }
    let mut message = Some(consumer.try_read().expect("read").expect("a message"));
    Child::spawn(|| drop(message.take())).join();
    // Eight lines are kept free.
    let more = (0..).take_while(|_| producer.try_send(b"a line").is_ok()).count();
    assert_eq!(more, (capacity - 512) / 64 - lines);
    drop(message);
}

/// Those that were forgotten are not there for it, either.
fn forgotten_over_a_fork() {
    let (mut producer, mut consumer) = ring::pair(CAPACITY).expect("pair");
    producer.send(b"one", PATIENCE).expect("send");
    forget(consumer.read(PATIENCE).expect("read"));
    forget(producer.reserve(7, PATIENCE).expect("reserve"));
    let mut both = Some((producer, consumer));
    let child = Child::spawn(|| {
        let (mut producer, mut consumer) = both.take().expect("not in the parent");
        assert!(producer.reserved().is_none() && consumer.held().is_none());
        assert_eq!(consumer.read(Wait::FOREVER).expect_err("the parent's").errno(), Errno::PERM);
        assert_eq!(producer.try_send_batch(&[b"x"]).expect_err("the parent's").errno(), Errno::PERM);
        assert_eq!(producer.try_reserve(1).expect_err("the parent's").errno(), Errno::PERM);
    });
    child.join();
    let (mut producer, mut consumer) = both.take().expect("not in a child");
    assert_eq!(consumer.held().expect("held").len(), 3);
    assert_eq!(producer.reserved().expect("reserved").len(), 7);
}
