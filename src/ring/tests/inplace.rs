//! Messages written and read where they lie, and several in one go.

use super::{SOON, message, readable};
use crate::channel::{Receiver, Sender};
use crate::error::{Call, Errno, Error};
use crate::ring::index::EMPTY;
use crate::ring::layout::{AHEAD, GRAIN, HEADER, LINE, POSITION};
use crate::ring::record::Record;
use crate::ring::{Consumer, Producer, pair};
use crate::wait::Wait;
use core::mem::forget;
use core::sync::atomic::Ordering;
use std::thread;
use std::vec;
use std::vec::Vec;

fn received(consumer: &mut Consumer) -> Vec<u8> {
    let mut buf = vec![0; consumer.recv_limit()];
    let n = consumer.try_recv(&mut buf).unwrap();
    buf.truncate(n);
    buf
}

fn refused(errno: Errno) -> Error {
    Error::argument(Call::MEMORY, errno)
}

/// The first words of all lines that a producer counts as clear are.
#[track_caller]
fn is_clear(producer: &Producer) {
    let lines = producer.clear.wrapping_sub(producer.head) / LINE as u32;
    assert!(lines >= 1);
    for line in 0..lines {
        let word = producer.own.0.word(producer.head.wrapping_add(line * LINE as u32));
        assert_eq!(word.load(Ordering::Relaxed), EMPTY, "line {line} of {lines}");
    }
}

#[test]
fn what_is_written_in_place_is_received() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    let limit = producer.send_limit();
    // Over the end of the ring again and again, each commit a prefix of what was reserved.
    for i in 0..2000 {
        let msg = message(i, limit);
        let more = (msg.len() + i % 700).min(limit);
        let mut room = producer.try_reserve(more).unwrap();
        assert_eq!(room.len(), more);
        room.as_mut_slice().fill(0xff);
        room.as_mut_slice()[..msg.len()].copy_from_slice(&msg);
        room.commit(msg.len()).unwrap();
        is_clear(&producer);
        assert!(received(&mut consumer) == msg, "message {i}");
        assert!(consumer.try_read().unwrap_err().is_again());
    }
}

#[test]
fn copied_in_parts_it_is_the_same() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    let mut room = producer.reserve(10, SOON).unwrap();
    room.write(4, b"in").unwrap();
    room.write(0, b"copy").unwrap();
    room.write(10, b"").unwrap();
    assert_eq!(room.write(9, b"xy"), Err(refused(Errno::RANGE)));
    assert_eq!(room.write(usize::MAX, b"x"), Err(refused(Errno::RANGE)));
    assert_eq!(room.as_mut_ptr(), room.as_mut_slice().as_mut_ptr());
    room.commit(6).unwrap();
    assert_eq!(received(&mut consumer), b"copyin");
}

#[test]
fn what_is_not_committed_is_not_sent() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    let limit = producer.send_limit();
    for i in 0..300 {
        let mut room = producer.try_reserve(1 + i * 37 % limit).unwrap();
        room.as_mut_slice().fill(0xff);
        match i % 3 {
            0 => drop(room),
            1 => forget(room),
            _ => {
                let reserved = room.len();
                let error = room.commit(reserved + 1).unwrap_err();
                assert_eq!((error.errno(), error.needed()), (Errno::MSGSIZE, Some(reserved)));
            }
        }
        assert_eq!(producer.reserved().is_some(), i % 3 == 1);
        assert!(consumer.try_recv(&mut []).unwrap_err().is_again());
        // A short message behind it is followed by nothing.
        producer.try_send(&[i as u8; 3]).unwrap();
        is_clear(&producer);
        assert!(producer.reserved().is_none());
        assert_eq!(received(&mut consumer), [i as u8; 3]);
        assert!(consumer.try_recv(&mut []).unwrap_err().is_again());
    }
    let room = producer.try_reserve(8).unwrap();
    assert_eq!(room.commit(0), Err(refused(Errno::INVAL)));
    assert!(producer.reserved().is_none());
}

#[test]
fn a_forgotten_reservation_is_given_again() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    let mut room = producer.try_reserve(500).unwrap();
    room.as_mut_slice()[..5].copy_from_slice(b"again");
    forget(room);
    producer.reserved().unwrap().commit(5).unwrap();
    assert!(producer.reserved().is_none());
    assert_eq!(received(&mut consumer), b"again");
}

#[test]
fn what_can_never_be_sent_is_not_reserved() {
    let (mut producer, consumer) = pair(1).unwrap();
    let limit = producer.send_limit();
    assert_eq!(producer.try_reserve(0).unwrap_err(), refused(Errno::INVAL));
    let error = producer.reserve(limit + 1, Wait::FOREVER).unwrap_err();
    assert_eq!((error.errno(), error.needed()), (Errno::MSGSIZE, Some(limit)));
    forget(producer.try_reserve(limit).unwrap());
    producer.try_send(&vec![1; limit]).unwrap();
    assert!(producer.try_reserve(limit).unwrap_err().is_again());
    assert_eq!(producer.reserve(limit, SOON).unwrap_err().errno(), Errno::TIMEDOUT);
    drop(consumer);
    assert_eq!(producer.try_reserve(1).unwrap_err().errno(), Errno::PIPE);
}

#[test]
fn a_message_is_read_where_it_lies_and_taken_when_that_is_over() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    for i in 0..500_u32 {
        producer.try_send(&[b"number", &i.to_le_bytes()[..]].concat()).unwrap();
        let message = consumer.try_read().unwrap().unwrap();
        assert_eq!((message.len(), message.array(6)), (10, Some(i.to_le_bytes())));
        assert_eq!((message.byte(0), message.byte(10)), (Some(b'n'), None));
        assert_eq!((message.array::<4>(7), message.array::<1>(usize::MAX)), (None, None));
        let mut part = [0; 5];
        message.copy_to(1, &mut part).unwrap();
        assert_eq!(&part, b"umber");
        assert_eq!(message.copy_to(6, &mut part), Err(refused(Errno::RANGE)));
        assert_eq!(message.copy_to(usize::MAX, &mut part), Err(refused(Errno::RANGE)));
        match i % 3 {
            0 => message.done(),
            1 => drop(message),
            _ => {
                let at = message.as_ptr();
                forget(message);
                let message = consumer.read(Wait::FOREVER).unwrap().unwrap();
                assert_eq!(message.as_ptr(), at);
                forget(message);
                assert_eq!(consumer.held().unwrap().len(), 10);
            }
        }
        assert!(consumer.held().is_none());
        assert!(consumer.try_read().unwrap_err().is_again());
    }
    drop(producer);
    assert!(consumer.try_read().unwrap().is_none());
    assert!(consumer.read(Wait::FOREVER).unwrap().is_none());
}

#[test]
fn a_receive_in_between_ends_what_is_held() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    producer.try_send_batch(&["first", "second"]).unwrap();
    forget(consumer.try_read().unwrap());
    assert_eq!(received(&mut consumer), b"first");
    assert!(consumer.held().is_none());
    assert_eq!(received(&mut consumer), b"second");
}

#[test]
fn room_is_not_given_back_while_a_message_is_read() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    let limit = producer.send_limit();
    producer.try_send(&vec![7; limit]).unwrap();
    let message = consumer.try_read().unwrap().unwrap();
    assert!(producer.try_reserve(limit).unwrap_err().is_again());
    assert_eq!(message.byte(limit - 1), Some(7));
    message.done();
    assert!(readable(&producer));
    producer.try_reserve(limit).unwrap().commit(limit).unwrap();
}

#[test]
fn the_length_is_judged_once() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    producer.try_send(b"eight or").unwrap();
    let message = consumer.try_read().unwrap().unwrap();
    // Another's, which its writer has no right to.
    producer.own.0.second_word(0).store(3000, Ordering::Relaxed);
    assert_eq!((message.len(), message.byte(8)), (8, None));
    message.done();
    assert_eq!(consumer.tail, Record::with_header(8).size());
    for lie in [GRAIN as u32, u32::MAX] {
        let (mut producer, mut consumer) = pair(1).unwrap();
        producer.try_send(b"x").unwrap();
        producer.own.0.second_word(0).store(lie, Ordering::Relaxed);
        let corrupt = Error::peer(Call::MEMORY, Errno::BADMSG);
        assert_eq!(consumer.try_read().unwrap_err(), corrupt);
        producer.own.0.second_word(0).store(3, Ordering::Relaxed);
        assert_eq!(consumer.read(Wait::FOREVER).unwrap_err(), corrupt);
        assert_eq!(consumer.try_recv_batch(&mut [0; 8], &mut [0]).unwrap_err(), corrupt);
    }
}

#[test]
fn batches_go_whole_and_come_whole() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    let limit = producer.send_limit();
    let msgs: Vec<Vec<u8>> = (0..3000).map(|i| message(i, if i % 5 == 0 { limit } else { 300 })).collect();
    let sender = thread::spawn(move || {
        let mut sent = 0;
        while sent < msgs.len() {
            let end = (sent + 1 + sent % 23).min(msgs.len());
            let n = producer.send_batch(&msgs[sent..end], super::LATE).unwrap();
            assert!((1..=end - sent).contains(&n));
            sent += n;
        }
        msgs
    });
    let (mut buf, mut ends) = (vec![0; limit], [0; 11]);
    let mut got: Vec<Vec<u8>> = Vec::new();
    loop {
        let most = 1 + got.len() % ends.len();
        let batch = consumer.recv_batch(&mut buf, &mut ends[..most], super::LATE).unwrap();
        if batch.is_empty() {
            break;
        }
        assert!(batch.len() <= most);
        got.extend(batch.map(Vec::from));
    }
    assert!(got == sender.join().unwrap());
}

#[test]
fn a_batch_is_not_seen_before_it_is_whole() {
    struct Looks<'c>(&'c core::cell::RefCell<Consumer>, &'c [u8]);
    impl AsRef<[u8]> for Looks<'_> {
        fn as_ref(&self) -> &[u8] {
            assert!(self.0.borrow_mut().try_recv(&mut []).unwrap_err().is_again());
            self.1
        }
    }
    let (mut producer, consumer) = pair(1).unwrap();
    let consumer = core::cell::RefCell::new(consumer);
    let msgs = [b"a".as_slice(), &[1; 500], b"c"].map(|m| Looks(&consumer, m));
    assert_eq!(producer.try_send_batch(&msgs), Ok(3));
    is_clear(&producer);
    assert!(readable(&*consumer.borrow()));
    let (mut buf, mut ends) = ([0; 600], [0; 8]);
    let mut consumer = consumer.borrow_mut();
    let batch = consumer.try_recv_batch(&mut buf, &mut ends).unwrap();
    let lens: Vec<usize> = batch.map(<[u8]>::len).collect();
    assert_eq!(lens, [1, 500, 1]);
    assert_eq!(ends[..3], [1, 501, 502]);
}

#[test]
fn a_batch_ends_before_what_has_no_room_or_is_refused() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    let limit = producer.send_limit();
    assert_eq!(producer.try_send_batch::<&[u8]>(&[]), Ok(0));
    assert_eq!(producer.try_send_batch(&[b"".as_slice(), b"x"]), Err(refused(Errno::INVAL)));
    assert_eq!(producer.try_send_batch(&[b"x".as_slice(), b"y", b"", b"z"]), Ok(2));
    let long = vec![1; limit + 1];
    assert_eq!(producer.try_send_batch(&[b"z".as_slice(), &long]), Ok(1));
    // As many as the ring holds, and not one more.
    let room = (GRAIN - AHEAD as usize) / LINE - 3;
    assert_eq!(producer.try_send_batch(&[[7; LINE - HEADER]; GRAIN / LINE]), Ok(room));
    is_clear(&producer);
    assert!(producer.try_send_batch(&[b"x"]).unwrap_err().is_again());
    assert_eq!(producer.send_batch(&[b"x"], SOON).unwrap_err().errno(), Errno::TIMEDOUT);
    let (mut buf, mut ends) = (vec![0; GRAIN], [0; GRAIN / LINE]);
    let mut batch = consumer.try_recv_batch(&mut buf, &mut ends).unwrap();
    assert_eq!((batch.len(), batch.next(), batch.nth(1)), (room + 3, Some(&b"x"[..]), Some(&b"z"[..])));
    assert!(batch.all(|m| m == [7; LINE - HEADER]));
}

#[test]
fn a_batch_that_does_not_fit_is_taken_in_parts() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    producer.try_send_batch(&["1234", "5678", "90"]).unwrap();
    let mut ends = [0; 4];
    let error = consumer.try_recv_batch(&mut [0; 3], &mut ends).unwrap_err();
    assert_eq!((error.errno(), error.needed()), (Errno::MSGSIZE, Some(4)));
    assert_eq!(consumer.try_recv_batch(&mut [0; 3], &mut []).unwrap_err(), refused(Errno::INVAL));
    assert_eq!(consumer.try_recv_batch(&mut [0; 7], &mut ends).unwrap().collect::<Vec<_>>(), [b"1234"]);
    assert_eq!(consumer.try_recv_batch(&mut [0; 7], &mut ends[..1]).unwrap().len(), 1);
    assert_eq!(consumer.try_recv_batch(&mut [0; 7], &mut ends).unwrap().len(), 1);
    assert!(consumer.try_recv_batch(&mut [0; 7], &mut ends).unwrap_err().is_again());
    drop(producer);
    assert!(consumer.recv_batch(&mut [0; 7], &mut ends, Wait::FOREVER).unwrap().is_empty());
}

#[test]
fn who_lies_amid_a_batch_is_told_of_behind_what_was_right() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    producer.try_send_batch(&["one", "two"]).unwrap();
    producer.own.0.second_word(LINE as u32).store(u32::MAX, Ordering::Relaxed);
    assert_eq!(consumer.try_recv_batch(&mut [0; 64], &mut [0; 4]).unwrap().len(), 1);
    let corrupt = Error::peer(Call::MEMORY, Errno::BADMSG);
    assert_eq!(consumer.try_recv_batch(&mut [0; 64], &mut [0; 4]).unwrap_err(), corrupt);

    let (mut producer, consumer) = pair(1).unwrap();
    consumer.own.0.word::<POSITION>().store(1, Ordering::Relaxed);
    let half = vec![1; producer.send_limit() * 3 / 4];
    assert_eq!(producer.try_send_batch(&[&half, &half, &half]), Ok(2));
    assert_eq!(producer.try_send_batch(&[&half]).unwrap_err(), corrupt);
}

#[test]
fn a_caller_that_unwinds_in_a_batch_has_sent_nothing() {
    struct Unwinds(bool);
    impl AsRef<[u8]> for Unwinds {
        fn as_ref(&self) -> &[u8] {
            if self.0 { std::panic::resume_unwind(std::boxed::Box::new(())) } else { b"staged" }
        }
    }
    let (mut producer, mut consumer) = pair(1).unwrap();
    let msgs = [Unwinds(false), Unwinds(false), Unwinds(true)];
    let sent = std::panic::AssertUnwindSafe(|| producer.try_send_batch(&msgs));
    assert!(std::panic::catch_unwind(sent).is_err());
    assert!(consumer.try_recv(&mut []).unwrap_err().is_again());
    producer.try_send(b"x").unwrap();
    is_clear(&producer);
    assert_eq!(received(&mut consumer), b"x");
    assert!(consumer.try_recv(&mut []).unwrap_err().is_again());
}

#[test]
fn a_batch_has_all_the_room_that_was_given_back() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    let fits = (GRAIN - AHEAD as usize) / LINE;
    for _ in 2..fits {
        producer.try_send(&[1; 48]).unwrap();
    }
    while consumer.try_recv(&mut [0; 48]).is_ok() {}
    assert_eq!(producer.try_send_batch(&[[2; 48]; 10]), Ok(10));
}
