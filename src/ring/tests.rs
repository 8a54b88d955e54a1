mod corpus;
mod corrupt;
mod inplace;
mod meeting;
mod order;
mod polling;

use super::layout::{AHEAD, DROP_COUNT, GRAIN, HEADER, POSITION, SLEEP};
use super::*;
use crate::channel::{Receiver, Sender};
use crate::error::{Call, Errno, Error};
use crate::fd::AsFd;
use crate::wait::{Events, PollFd, Wait, poll};
use core::sync::atomic::Ordering;
use core::time::Duration;
use std::thread;
use std::vec;
use std::vec::Vec;

const SOON: Wait = Wait::at_most(Duration::from_millis(5));
const LATE: Wait = Wait::at_most(Duration::from_secs(20));

/// A message that says which one it is, of a length that wanders over all alignments.
fn message(i: usize, limit: usize) -> Vec<u8> {
    let len = match i % 64 {
        0 => limit,
        n if n < 48 => 1 + i % 60,
        _ => 1 + i * 7 % limit,
    };
    (0..len).map(|at| (i * 31 + at) as u8).collect()
}

/// Where rings are larger, so are the messages: as many bytes in all.
const LARGER: usize = GRAIN / 4096;

fn many(count: usize, capacity: usize, slow_producer: bool, slow_consumer: bool) {
    let count = count / LARGER;
    let (mut producer, mut consumer) = pair(capacity).unwrap();
    let limit = producer.send_limit();
    let sender = thread::spawn(move || {
        for i in 0..count {
            producer.send(&message(i, limit), LATE).unwrap();
            if slow_producer && i % 64 == 0 {
                thread::yield_now();
            }
        }
    });
    let mut buf = vec![0; limit];
    for i in 0..count {
        let len = consumer.recv(&mut buf, LATE).unwrap();
        assert!(buf[..len] == message(i, limit), "message {i} of {len} bytes");
        if slow_consumer && i % 64 == 0 {
            thread::yield_now();
        }
    }
    assert_eq!(consumer.recv(&mut buf, LATE), Ok(0));
    sender.join().unwrap();
}

#[test]
fn all_arrive_in_order_over_the_smallest_ring() {
    many(100_000, 1, false, false);
}

#[test]
fn all_arrive_in_order_when_the_producer_dawdles() {
    many(20_000, 1 << 14, true, false);
}

#[test]
fn all_arrive_in_order_when_the_consumer_dawdles() {
    many(20_000, 1 << 14, false, true);
}

#[test]
fn ping_pong_sleeps_and_wakes_each_time() {
    let (mut to, mut from_me) = pair(1).unwrap();
    let (mut to_me, mut from) = pair(1).unwrap();
    let echo = thread::spawn(move || {
        let mut buf = [0; 64];
        loop {
            match from_me.recv(&mut buf, LATE).unwrap() {
                0 => return,
                len => to_me.send(&buf[..len], LATE).unwrap(),
            }
        }
    });
    let mut buf = [0; 64];
    for i in 0..2000_u32 {
        to.send(&i.to_ne_bytes(), LATE).unwrap();
        assert_eq!(from.recv(&mut buf, LATE), Ok(4));
        assert_eq!(buf[..4], i.to_ne_bytes());
    }
    drop(to);
    echo.join().unwrap();
    assert_eq!(from.recv(&mut buf, LATE), Ok(0));
}

#[test]
fn every_length_passes_every_place_where_the_ring_goes_round() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    let limit = producer.send_limit();
    assert_eq!((limit, consumer.recv_limit()), (GRAIN / 2 - HEADER, GRAIN / 2 - HEADER));
    let mut buf = vec![0; limit];
    let lengths = (1..200).chain(limit - 70..=limit);
    for len in lengths.step_by(if LARGER > 1 { 37 } else { 1 }) {
        let msg: Vec<u8> = (0..len).map(|at| (at * 3 + len) as u8).collect();
        for _ in 0..GRAIN / 64 {
            producer.try_send(&msg).unwrap();
            assert_eq!(consumer.try_recv(&mut buf), Ok(len));
            assert!(buf[..len] == msg);
            if len > 300 {
                // One more line, so that long ones begin everywhere too.
                producer.try_send(b"x").unwrap();
                assert_eq!(consumer.try_recv(&mut buf), Ok(1));
            }
        }
    }
}

#[test]
fn positions_go_round_at_32_bits() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    let near_end = 0_u32.wrapping_sub(2 * GRAIN as u32);
    (producer.head, producer.tail, producer.clear) = (near_end, near_end, near_end.wrapping_add(AHEAD));
    (consumer.tail, consumer.given) = (near_end, near_end);
    consumer.own.0.word::<POSITION>().store(near_end, Ordering::Relaxed);
    let mut buf = [0; 64];
    for i in 0..GRAIN / 8 {
        for n in 0..3 {
            producer.try_send(&[i as u8, n]).unwrap();
        }
        for n in 0..3 {
            assert_eq!(consumer.try_recv(&mut buf), Ok(2));
            assert_eq!(buf[..2], [i as u8, n]);
        }
    }
    assert!(producer.head < near_end);
}

#[test]
fn a_buffer_too_small_leaves_the_message() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    producer.try_send(b"twelve bytes").unwrap();
    let short = Error::argument(Call::MEMORY, Errno::MSGSIZE).with_needed(12);
    assert_eq!(consumer.try_recv(&mut [0; 11]), Err(short));
    assert_eq!(consumer.recv(&mut [], Wait::FOREVER), Err(short));
    let mut buf = [0; 12];
    assert_eq!(consumer.recv(&mut buf, Wait::FOREVER), Ok(12));
    assert_eq!(&buf, b"twelve bytes");
}

#[test]
fn empty_and_too_long_are_refused() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    let limit = producer.send_limit();
    assert_eq!(producer.try_send(b""), Err(Error::argument(Call::MEMORY, Errno::INVAL)));
    assert_eq!(producer.send(b"", Wait::FOREVER), Err(Error::argument(Call::MEMORY, Errno::INVAL)));
    let long = Error::argument(Call::MEMORY, Errno::MSGSIZE).with_needed(limit);
    assert_eq!(producer.send(&vec![1; limit + 1], Wait::FOREVER), Err(long));
    assert!(consumer.try_recv(&mut [0; 64]).unwrap_err().is_again());
    assert_eq!(consumer.recv(&mut [0; 64], SOON).unwrap_err().errno(), Errno::TIMEDOUT);
    let now = Wait::at_most(Duration::ZERO);
    assert_eq!(consumer.recv(&mut [0; 64], now).unwrap_err().errno(), Errno::TIMEDOUT);
}

#[test]
fn a_full_ring_says_so_and_each_message_taken_makes_room() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    let (nth, mut sent) = (|n: usize| [(n % 251) as u8; 100], 0);
    while producer.try_send(&nth(sent)).is_ok() {
        sent += 1;
    }
    assert_eq!(sent, (GRAIN - AHEAD as usize) / 128);
    assert!(producer.try_send(&nth(sent)).unwrap_err().is_again());
    assert_eq!(producer.send(&nth(sent), SOON).unwrap_err().errno(), Errno::TIMEDOUT);
    let mut buf = [0; 100];
    assert_eq!(consumer.try_recv(&mut buf), Ok(100));
    assert_eq!(buf, nth(0));
    producer.try_send(&nth(sent)).unwrap();
    assert!(producer.try_send(&[0; 100]).unwrap_err().is_again());
    for n in 1..=sent {
        assert_eq!(consumer.try_recv(&mut buf), Ok(100));
        assert_eq!(buf, nth(n));
    }
    assert!(consumer.try_recv(&mut buf).unwrap_err().is_again());
}

#[test]
fn a_dropped_producer_is_told_after_what_it_sent() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    producer.try_send(b"last").unwrap();
    producer.try_send(b"words").unwrap();
    drop(producer);
    let mut buf = [0; 8];
    assert_eq!(consumer.try_recv(&mut buf), Ok(4));
    assert_eq!(consumer.recv(&mut buf, Wait::FOREVER), Ok(5));
    for _ in 0..3 {
        assert_eq!(consumer.recv(&mut buf, Wait::FOREVER), Ok(0));
        assert_eq!(consumer.try_recv(&mut buf), Ok(0));
    }
}

#[test]
fn a_dropped_producer_wakes_a_sleeping_consumer() {
    let (producer, mut consumer) = pair(1).unwrap();
    let sleeper = thread::spawn(move || consumer.recv(&mut [0; 8], LATE));
    drop(producer);
    assert_eq!(sleeper.join().unwrap(), Ok(0));
}

#[test]
fn a_dropped_consumer_is_told_at_the_next_send() {
    let (mut producer, consumer) = pair(1).unwrap();
    producer.try_send(b"lost").unwrap();
    drop(consumer);
    for _ in 0..3 {
        assert_eq!(producer.try_send(b"x").unwrap_err().errno(), Errno::PIPE);
        assert_eq!(producer.send(b"x", Wait::FOREVER).unwrap_err().errno(), Errno::PIPE);
    }
}

#[test]
fn a_dropped_consumer_is_told_to_a_full_and_to_a_sleeping_producer() {
    let (mut producer, consumer) = pair(1).unwrap();
    while producer.try_send(&[1; 500]).is_ok() {}
    drop(consumer);
    assert_eq!(producer.try_send(&[1; 500]).unwrap_err().errno(), Errno::PIPE);

    let (mut producer, consumer) = pair(1).unwrap();
    while producer.try_send(&[1; 500]).is_ok() {}
    let sleeper = thread::spawn(move || producer.send(&[1; 500], LATE));
    drop(consumer);
    assert_eq!(sleeper.join().unwrap().unwrap_err().errno(), Errno::PIPE);
}

#[test]
fn a_consumer_killed_awake_is_told_within_a_ring() {
    let (mut producer, consumer) = pair(1).unwrap();
    // What a kill leaves: a closed doorbell, and nothing in memory.
    let count = consumer.own.0.word::<DROP_COUNT>();
    count.fetch_sub(1, Ordering::Relaxed);
    drop(consumer);
    let mut sent = 0;
    let e = loop {
        match producer.send(&[1; 48], Wait::FOREVER) {
            Ok(()) => sent += 1,
            Err(e) => break e,
        }
    };
    assert_eq!((e.errno(), sent), (Errno::PIPE, (GRAIN - AHEAD as usize) / 64));
}

#[test]
fn a_consumer_killed_asleep_is_told_at_the_third_send_at_the_latest() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    assert!(consumer.try_recv(&mut [0; 8]).unwrap_err().is_again());
    consumer.own.0.word::<DROP_COUNT>().fetch_sub(1, Ordering::Relaxed);
    drop(consumer);
    let answers = [0; 4].map(|_| producer.send(b"x", Wait::FOREVER).map_err(Error::errno));
    assert_eq!(answers, [Ok(()), Ok(()), Err(Errno::PIPE), Err(Errno::PIPE)]);
}

#[test]
fn a_copy_that_is_dropped_costs_one_look_and_no_more() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    // What the drop of a copy leaves, after a fork.
    consumer.own.0.word::<DROP_COUNT>().fetch_add(1, Ordering::Release);
    for _ in 0..3 {
        producer.try_send(b"x").unwrap();
    }
    let mut buf = [0; 64];
    for _ in 0..3 {
        assert_eq!(consumer.recv(&mut buf, Wait::FOREVER), Ok(1));
    }
    assert_eq!(consumer.recv(&mut buf, SOON).unwrap_err().errno(), Errno::TIMEDOUT);
}

#[test]
fn made_up_counts_and_bells_cost_looks_alone() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    let sleeps = consumer.own.0.word::<SLEEP>();
    let drops = consumer.own.0.word::<DROP_COUNT>();
    for i in 0..20_u32 {
        sleeps.store(i.wrapping_mul(0x9e37_79b9) | 1, Ordering::Relaxed);
        drops.store(i.wrapping_mul(0x85eb_ca6b), Ordering::Relaxed);
        producer.try_send(b"x").unwrap();
    }
    let mut buf = [0; 8];
    for _ in 0..20 {
        assert_eq!(consumer.recv(&mut buf, SOON), Ok(1));
    }
    for _ in 0..1000 {
        producer.side.bell.ring().unwrap();
    }
    assert_eq!(consumer.recv(&mut buf, SOON).unwrap_err().errno(), Errno::TIMEDOUT);
}

#[test]
fn a_bell_that_could_not_be_rung_is_rung_before_the_next_sleep() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    while producer.try_send(&[1; 500]).is_ok() {}
    // A write end gives nothing.
    let (_read, write) = crate::pipe::pair().unwrap();
    let bell = consumer.side.bell.swap_bell(write.into_fd());
    let mut buf = [0; 512];
    while consumer.tail != producer.head {
        assert_eq!(consumer.try_recv(&mut buf), Ok(500));
    }
    assert!(!readable(&producer));
    drop(consumer.side.bell.swap_bell(bell));
    assert!(consumer.try_recv(&mut buf).unwrap_err().is_again());
    assert!(readable(&producer));
}

#[test]
fn after_eagain_the_doorbell_tells_of_messages_and_of_room() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    let mut buf = [0; 512];
    for _ in 0..3 {
        assert!(consumer.try_recv(&mut buf).unwrap_err().is_again());
        assert!(!readable(&consumer));
        producer.try_send(b"x").unwrap();
        assert!(readable(&consumer));
        assert_eq!(consumer.try_recv(&mut buf), Ok(1));
    }
    for _ in 0..3 {
        while producer.try_send(&[1; 500]).is_ok() {}
        assert!(!readable(&producer));
        assert_eq!(consumer.try_recv(&mut buf), Ok(500));
        assert!(readable(&producer));
        producer.try_send(&[1; 500]).unwrap();
    }
}

fn readable(end: &impl AsFd) -> bool {
    match poll(&mut [PollFd::new(end, Events::READABLE)], Wait::at_most(Duration::ZERO)) {
        Ok(n) => n == 1,
        Err(e) => {
            assert_eq!(e.errno(), Errno::TIMEDOUT);
            false
        }
    }
}

#[test]
fn long_and_short_records_leave_clear_words_behind_them() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    let limit = producer.send_limit();
    let mut buf = vec![0; limit];
    let msg = vec![0xff; limit];
    for i in 0..2000_usize {
        let len = [1, 48, 49, 400, 500, 1000, limit][i * 31 % 7];
        producer.try_send(&msg[..len]).unwrap();
        assert_eq!(consumer.try_recv(&mut buf), Ok(len));
        assert!(consumer.try_recv(&mut buf).unwrap_err().is_again());
    }
}

#[test]
fn a_producer_that_could_not_ring_sends_no_more() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    assert!(consumer.try_recv(&mut [0; 8]).unwrap_err().is_again());
    // A write end gives nothing.
    let (_read, write) = crate::pipe::pair().unwrap();
    let bell = producer.side.bell.swap_bell(write.into_fd());
    assert_eq!(producer.try_send(b"x").unwrap_err().call(), Call::READ);
    drop(producer.side.bell.swap_bell(bell));
    assert_eq!(producer.try_send(b"y").unwrap_err().errno(), Errno::PIPE);
    assert_eq!(consumer.try_recv(&mut [0; 8]), Ok(1));
    assert!(consumer.try_recv(&mut [0; 8]).unwrap_err().is_again());
}
