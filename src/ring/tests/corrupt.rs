//! What cannot be is told for good, and by the first that was seen.

use super::SOON;
use crate::channel::{Receiver, Sender};
use crate::error::{Call, Errno, Error};
use crate::ring::layout::{AHEAD, GRAIN, HEADER, LINE, POSITION};
use crate::ring::{Consumer, Corruption, Producer, State, Word, pair};
use crate::wait::Wait;
use core::mem::forget;
use core::sync::atomic::Ordering;
use std::vec;

fn corrupt<T>() -> Result<T, Error> {
    Err(Error::peer(Call::MEMORY, Errno::BADMSG))
}

fn says(consumer: &Consumer, position: u32) {
    consumer.own.0.word::<POSITION>().store(position, Ordering::Relaxed);
}

#[test]
fn a_length_that_lies_corrupts_the_ring_for_good() {
    for lie in [0, (GRAIN / 2 - HEADER) as u32 + 1, GRAIN as u32, 1 << 31, u32::MAX] {
        let (mut producer, mut consumer) = pair(1).unwrap();
        producer.try_send(b"good").unwrap();
        let length = producer.own.0.second_word(0);
        let honest = length.swap(lie, Ordering::Relaxed);
        let mut buf = vec![0; GRAIN];
        assert_eq!(consumer.try_recv(&mut buf), corrupt());
        length.store(honest, Ordering::Relaxed);
        assert_eq!(consumer.try_recv(&mut buf), corrupt());
        assert_eq!(consumer.recv(&mut buf, Wait::FOREVER), corrupt());
    }
}

#[test]
fn a_position_that_lies_corrupts_the_ring_for_good() {
    for lie in [1, 63, GRAIN as u32, u32::MAX, 0_u32.wrapping_sub(64)] {
        let (mut producer, consumer) = pair(1).unwrap();
        while producer.try_send(&[1; 400]).is_ok() {}
        says(&consumer, lie);
        assert_eq!(producer.try_send(&[1; 500]), corrupt());
        says(&consumer, 0);
        assert_eq!(producer.try_send(&[1; 500]), corrupt());
        assert_eq!(producer.send(b"x", Wait::FOREVER), corrupt());
    }
}

/// A full ring, and what its producer sees of a position that lies.
fn full() -> (Producer, Consumer, Corruption) {
    let (mut producer, consumer) = pair(1).unwrap();
    while producer.try_send(&[1; 48]).is_ok() {}
    let most = producer.head;
    let saw = Corruption { word: Word::Position, value: 1, position: most, least: 0, most };
    (producer, consumer, saw)
}

#[test]
fn a_lie_that_is_taken_back_in_the_middle_of_a_wait_is_told() {
    let (mut producer, consumer, saw) = full();
    says(&consumer, 1);
    // As the look at the end of the ladder, or between the barrier and the sleep.
    assert!(producer.look(LINE as u32));
    for then in [3, 0, LINE as u32] {
        says(&consumer, then);
        assert!(producer.look(LINE as u32));
        assert_eq!(producer.corruption(), Some(saw));
        assert_eq!(producer.try_send(b"x"), corrupt());
        assert_eq!(producer.send(b"x", SOON), corrupt());
    }
}

#[test]
fn a_lie_amid_a_batch_is_told_with_the_place_where_it_was_seen() {
    let (mut producer, consumer) = pair(1).unwrap();
    producer.try_send(b"one").unwrap();
    says(&consumer, 1);
    let half = vec![1; producer.send_limit() * 3 / 4];
    assert_eq!(producer.try_send_batch(&[&half, &half, &half]), Ok(2));
    let line = LINE as u32;
    let saw = Corruption { word: Word::Position, value: 1, position: line, least: 0, most: line };
    assert!(producer.head > line);
    assert_eq!(producer.corruption(), Some(saw));
}

#[test]
fn what_is_reserved_is_not_sent_once_the_ring_is_corrupt_or_the_other_side_gone() {
    let (mut producer, consumer) = pair(1).unwrap();
    // Room for what is reserved, and not for more.
    while producer.head < GRAIN as u32 - AHEAD - LINE as u32 {
        producer.try_send(&[1; 48]).unwrap();
    }
    forget(producer.try_reserve(48).unwrap());
    says(&consumer, 1);
    assert_eq!(producer.try_send(&[1; 500]), corrupt());
    let (head, saw) = (producer.head, producer.corruption());
    assert_eq!(producer.reserved().unwrap().commit(48), corrupt());
    assert!(producer.reserved().is_none());
    assert_eq!((producer.head, producer.corruption()), (head, saw));

    let (mut producer, consumer) = pair(1).unwrap();
    forget(producer.try_reserve(48).unwrap());
    drop(consumer);
    assert_eq!(producer.try_send(b"x").unwrap_err().errno(), Errno::PIPE);
    assert_eq!(producer.reserved().unwrap().commit(48).unwrap_err().errno(), Errno::PIPE);
}

#[test]
fn what_is_held_is_not_stepped_over_once_the_ring_is_corrupt() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    producer.try_send(b"held").unwrap();
    forget(consumer.try_read().unwrap());
    producer.own.0.second_word(0).store(u32::MAX, Ordering::Relaxed);
    assert_eq!(consumer.try_recv(&mut [0; 64]), corrupt());
    assert!(consumer.held().is_none());
    let most = consumer.recv_limit() as u32;
    let saw = Corruption { word: Word::Length, value: u32::MAX, position: 0, least: 1, most };
    assert_eq!(consumer.corruption(), Some(saw));
}

#[test]
fn who_lied_and_went_has_lied() {
    let (mut producer, consumer, saw) = full();
    says(&consumer, 1);
    assert!(producer.look(LINE as u32));
    drop(consumer);
    producer.side.set_gone();
    assert_eq!(producer.side.state, State::Corrupt);
    assert_eq!(producer.corruption(), Some(saw));
    assert_eq!(producer.send(b"x", Wait::FOREVER), corrupt());
}
