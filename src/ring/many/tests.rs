use super::*;
use crate::channel::{Receiver, Sender};
use crate::ring::Corruption;
use crate::ring::index::EMPTY;
use crate::ring::layout::{GRAIN, HEADER, POSITION};
use crate::ring::record::Record;
use crate::ring::{Producer, Word, pair};
use crate::wait::{Events, PollFd, poll};
use core::sync::atomic::Ordering;
use core::time::Duration;
use std::thread;
use std::vec;
use std::vec::Vec;

const SOON: Wait = Wait::at_most(Duration::from_millis(5));
const LATE: Wait = Wait::at_most(Duration::from_secs(20));

fn room(slots: usize) -> Vec<Slot> {
    (0..slots).map(|_| Slot::EMPTY).collect()
}

fn rings(many: &mut Many<'_>, n: usize) -> Vec<Producer> {
    let admit = |i| {
        let (producer, consumer) = pair(1).unwrap();
        assert_eq!(many.admit(consumer), Ok(i));
        producer
    };
    (0..n).map(admit).collect()
}

fn errno<T: core::fmt::Debug>(answer: Result<T>) -> Errno {
    answer.unwrap_err().errno()
}

/// Whose it is, and nothing else may come.
#[track_caller]
fn from(many: &mut Many<'_>) -> usize {
    match many.try_recv(&mut [0; 64]) {
        Ok(Received::Message { from, .. }) => from,
        other => panic!("{other:?}"),
    }
}

#[test]
fn rings_have_their_turns_one_message_each() {
    let mut room = room(3);
    let mut many = Many::new(&mut room).unwrap();
    let mut to = rings(&mut many, 3);
    for i in 0..6_u8 {
        to[2].try_send(&[i; 2]).unwrap();
    }
    to[0].try_send(b"a").unwrap();
    to[1].try_send(b"b").unwrap();
    to[1].try_send(b"c").unwrap();
    let order: Vec<usize> = (0..9).map(|_| from(&mut many)).collect();
    assert_eq!(order, [0, 1, 2, 1, 2, 2, 2, 2, 2]);
    assert_eq!(errno(many.try_recv(&mut [0; 64])), Errno::AGAIN);
}

/// For as many rings as are said: of a message that comes at any moment, how many of the flood go before it.
fn floods_before(n: usize) -> usize {
    let mut room = room(n);
    let mut many = Many::new(&mut room).unwrap();
    let mut to = rings(&mut many, n);
    let mut worst = 0;
    for late in 1..n {
        for moment in 0..3 {
            (0..20).for_each(|_| to[0].try_send(b"flood").unwrap());
            (0..moment).for_each(|_| assert_eq!(from(&mut many), 0));
            to[late].try_send(b"drop").unwrap();
            let before = (0..).take_while(|_| from(&mut many) == 0).count();
            worst = worst.max(before);
            while many.try_recv(&mut [0; 64]).is_ok() {}
        }
    }
    worst
}

#[test]
fn a_flood_delays_another_by_the_bound_that_is_told() {
    for n in [2, 8, 9, 24, 40_usize] {
        assert_eq!(floods_before(n), n.div_ceil(LOOKS), "{n} rings");
    }
}

#[test]
fn with_all_of_them_flooding_nobody_has_two_turns_before_another_has_one() {
    let mut room = room(40);
    let mut many = Many::new(&mut room).unwrap();
    let mut to = rings(&mut many, 40);
    to.iter_mut().for_each(|to| (0..30).for_each(|_| to.try_send(b"flood").unwrap()));
    // By then, all have been seen.
    (0..5).for_each(|_| assert!(from(&mut many) < 40));
    for _ in 0..25 {
        let mut round: Vec<usize> = (0..40).map(|_| from(&mut many)).collect();
        round.sort_unstable();
        assert_eq!(round, (0..40).collect::<Vec<_>>());
    }
}

#[test]
fn an_end_is_told_once_and_frees_its_slot() {
    let mut room = room(2);
    let mut many = Many::new(&mut room).unwrap();
    let mut to = rings(&mut many, 2);
    assert_eq!(errno(many.admit(pair(1).unwrap().1)), Errno::NOBUFS);
    to[0].try_send(b"last words").unwrap();
    drop(to.remove(0));
    let mut buf = [0; 64];
    assert_eq!(many.recv(&mut buf, LATE), Ok(Received::Message { from: 0, len: 10 }));
    assert_eq!(many.recv(&mut buf, LATE), Ok(Received::End { from: 0 }));
    assert_eq!((many.len(), errno(many.recv(&mut buf, SOON))), (1, Errno::TIMEDOUT));
    let (mut again, consumer) = pair(1).unwrap();
    assert_eq!(many.admit(consumer), Ok(0));
    again.try_send(b"new").unwrap();
    assert_eq!(many.recv(&mut buf, LATE), Ok(Received::Message { from: 0, len: 3 }));
    drop((again, to));
    let ends = [(); 2].map(|()| many.recv(&mut buf, LATE).unwrap());
    assert!(ends.contains(&Received::End { from: 0 }) && ends.contains(&Received::End { from: 1 }));
    assert_eq!([errno(many.recv(&mut buf, LATE)), errno(many.try_recv(&mut buf))], [Errno::NOTCONN; 2]);
    assert!(many.is_empty());
}

/// The producer writes this where the length of its next message is, and that it is there.
fn lie(to: &mut Producer, length: u32) {
    to.own.0.second_word(to.head).store(length, Ordering::Relaxed);
    to.own.0.word(to.head).store(Record::with_header(1).first, Ordering::Release);
}

#[test]
fn a_corrupt_ring_is_told_once_with_what_it_wrote_and_the_others_go_on() {
    let mut room = room(3);
    let mut many = Many::new(&mut room).unwrap();
    let mut to = rings(&mut many, 3);
    let mut buf = [0; 64];
    to[1].try_send(b"x").unwrap();
    lie(&mut to[1], 77_777);
    to[0].try_send(b"y").unwrap();
    let limit = (GRAIN / 2 - HEADER) as u32;
    let saw = Corruption { word: Word::Length, value: 77_777, position: 64, least: 1, most: limit };
    let told: Vec<_> = (0..3).map(|_| many.recv(&mut buf, LATE).unwrap()).collect();
    let message = |from| Received::Message { from, len: 1 };
    assert_eq!(told, [message(0), message(1), Received::Corrupt { from: 1, saw }]);
    // It stays where it is and says so, and nothing comes of it, whatever it says now.
    for _ in 0..3 {
        lie(&mut to[1], 5);
        assert_eq!(errno(many.try_recv(&mut buf)), Errno::AGAIN);
        to[2].try_send(b"z").unwrap();
        assert_eq!(many.try_recv(&mut buf), Ok(message(2)));
        assert_eq!(many.get(1).and_then(Consumer::corruption), Some(saw));
    }
    to.truncate(1);
    assert_eq!(many.recv(&mut buf, LATE), Ok(Received::End { from: 2 }));
    to.clear();
    assert_eq!(many.recv(&mut buf, LATE), Ok(Received::End { from: 0 }));
    assert_eq!((errno(many.recv(&mut buf, LATE)), many.len()), (Errno::NOTCONN, 1));
    let mut ring = many.remove(1).unwrap();
    assert_eq!((errno(ring.recv(&mut buf, LATE)), ring.corruption()), (Errno::BADMSG, Some(saw)));
    // Put in again, it is told of again.
    assert_eq!(many.admit(ring), Ok(0));
    assert_eq!(many.recv(&mut buf, LATE), Ok(Received::Corrupt { from: 0, saw }));
}

#[test]
fn a_message_that_is_taken_back_is_a_lie() {
    let mut room = room(2);
    let mut many = Many::new(&mut room).unwrap();
    let mut to = rings(&mut many, 2);
    to[0].try_send(b"a").unwrap();
    to[1].try_send(b"b").unwrap();
    // Both are seen, and the first is handed out.
    assert_eq!(from(&mut many), 0);
    to[1].own.0.word(0).store(EMPTY, Ordering::Relaxed);
    let Ok(Received::Corrupt { from: 1, saw }) = many.try_recv(&mut [0; 8]) else { panic!() };
    assert_eq!((saw.word, saw.value, saw.position), (Word::Length, 0, 0));
}

#[test]
fn a_producer_says_what_its_consumer_wrote() {
    let (mut producer, consumer) = pair(1).unwrap();
    assert_eq!((producer.corruption(), consumer.corruption()), (None, None));
    producer.try_send(&vec![1; producer.send_limit()]).unwrap();
    consumer.own.0.word::<POSITION>().store(3, Ordering::Release);
    let most = producer.head;
    let saw = Corruption { word: Word::Position, value: 3, position: most, least: 0, most };
    for _ in 0..3 {
        assert_eq!(errno(producer.try_send(&[1; GRAIN / 2 - HEADER])), Errno::BADMSG);
        assert_eq!(producer.corruption(), Some(saw));
        consumer.own.0.word::<POSITION>().store(0, Ordering::Release);
    }
    assert_eq!(
        std::format!("{saw}"),
        std::format!("the consumer's position was 3 at {most}, where 0 to {most} can be")
    );
}

#[test]
fn a_message_that_does_not_fit_is_told_with_whose_it_is_and_holds_up_nobody() {
    let mut room = room(2);
    let mut many = Many::new(&mut room).unwrap();
    let mut to = rings(&mut many, 2);
    to[0].try_send(b"12345").unwrap();
    let too_long = Ok(Received::TooLong { from: 0, len: 5 });
    for _ in 0..3 {
        to[1].try_send(b"123").unwrap();
        assert_eq!(many.try_recv(&mut [0; 4]), too_long);
        assert_eq!(many.try_recv(&mut [0; 4]), Ok(Received::Message { from: 1, len: 3 }));
    }
    assert_eq!(many.recv(&mut [0; 4], LATE), too_long);
    assert_eq!(many.recv_limit(), GRAIN / 2 - HEADER);
    assert_eq!(many.recv(&mut [0; 5], LATE), Ok(Received::Message { from: 0, len: 5 }));
    assert_eq!(errno(many.try_recv(&mut [0; 4])), Errno::AGAIN);
    // Nor are others' ends kept from being told.
    to[0].try_send(b"12345").unwrap();
    drop(to.pop());
    let told = (0..=UNASKED + 2).find(|_| many.recv(&mut [0; 4], LATE) == Ok(Received::End { from: 1 }));
    assert!(told.is_some());
    assert!(many.remove(0).is_some());
    assert_eq!(errno(many.try_recv(&mut [0; 4])), Errno::NOTCONN);
}

#[test]
fn what_is_removed_goes_on_alone_and_may_come_back() {
    let mut room = room(2);
    let mut many = Many::new(&mut room).unwrap();
    let mut to = rings(&mut many, 2);
    let mut buf = [0; 64];
    for round in 0..5 {
        to[0].try_send(b"a").unwrap();
        to[0].try_send(b"b").unwrap();
        assert_eq!(from(&mut many), 0);
        // Asleep for all its producer knows, in some rounds.
        if round % 2 == 0 {
            assert_eq!(from(&mut many), 0);
            assert!(many.try_recv(&mut buf).is_err());
        }
        let mut ring = many.remove(0).unwrap();
        assert!(many.remove(0).is_none() && many.get(0).is_none());
        assert_eq!(errno(many.recv(&mut buf, SOON)), Errno::TIMEDOUT);
        to[0].try_send(b"c").unwrap();
        if round % 2 == 1 {
            assert_eq!(ring.recv(&mut buf, LATE), Ok(1));
        }
        assert_eq!((ring.recv(&mut buf, LATE), buf[0]), (Ok(1), b'c'));
        to[0].try_send(b"d").unwrap();
        assert_eq!(many.admit(ring), Ok(0));
        assert_eq!(many.recv(&mut buf, LATE), Ok(Received::Message { from: 0, len: 1 }));
    }
    drop(to);
    assert!(matches!(many.recv(&mut buf, LATE), Ok(Received::End { .. })));
}

#[test]
fn sleepers_are_woken_by_any_of_them_and_nobody_is_lost() {
    const N: usize = 40;
    const EACH: usize = 500;
    for polling in [Polling::NONE, Polling { pauses: 20, yields: 3 }] {
        let mut room = room(N);
        let mut many = Many::new(&mut room).unwrap();
        many.set_polling(polling);
        let to = rings(&mut many, N);
        let writers = thread::spawn(move || {
            let mut to = to;
            for i in 0..EACH {
                for (who, to) in to.iter_mut().enumerate() {
                    to.send(&[i as u8, who as u8], LATE).unwrap();
                    if (i * N + who) % 97 == 0 {
                        thread::sleep(Duration::from_micros(50));
                    }
                }
            }
        });
        let mut next = [0_usize; N];
        let (mut buf, mut ends) = ([0; 64], 0);
        while ends < N {
            match many.recv(&mut buf, LATE).unwrap() {
                Received::Message { from, len } => {
                    assert_eq!(buf[..len], [next[from] as u8, from as u8]);
                    next[from] += 1;
                }
                Received::End { from } => {
                    assert_eq!(next[from], EACH);
                    ends += 1;
                }
                other => panic!("{other:?}"),
            }
        }
        writers.join().unwrap();
    }
}

fn readable(many: &Many<'_>) -> bool {
    poll(&mut [PollFd::new(many, Events::READABLE)], Wait::at_most(Duration::ZERO)).is_ok()
}

#[test]
fn its_descriptor_is_readable_when_something_came_since() {
    let mut room = room(3);
    let mut many = Many::new(&mut room).unwrap();
    let mut to = rings(&mut many, 3);
    let mut buf = [0; 64];
    for i in 0..20 {
        assert_eq!(errno(many.try_recv(&mut buf)), Errno::AGAIN);
        assert!(!readable(&many), "{i}");
        to[i % 3].try_send(b"x").unwrap();
        assert!(readable(&many), "{i}");
        assert_eq!(from(&mut many), i % 3);
    }
    assert_eq!(errno(many.try_recv(&mut buf)), Errno::AGAIN);
    to.pop();
    assert!(readable(&many));
    assert_eq!(many.try_recv(&mut buf), Ok(Received::End { from: 2 }));
}

#[test]
fn after_a_poll_that_timed_out_its_descriptor_tells_too() {
    for polling in [Polling::BRIEF, Polling::ENDLESS, Polling { pauses: 0, yields: u32::MAX }] {
        let mut room = room(3);
        let mut many = Many::new(&mut room).unwrap();
        many.set_polling(polling);
        let mut to = rings(&mut many, 3);
        for i in 0..6 {
            let limit = if i < 3 { SOON } else { Wait::at_most(Duration::ZERO) };
            assert_eq!(errno(many.recv(&mut [0; 64], limit)), Errno::TIMEDOUT);
            assert!(!readable(&many), "{polling:?}");
            to[i % 3].try_send(b"x").unwrap();
            assert!(readable(&many), "{polling:?}");
            assert_eq!(from(&mut many), i % 3);
        }
    }
}

#[test]
fn an_end_is_heard_of_while_another_floods() {
    let mut room = room(20);
    let mut many = Many::new(&mut room).unwrap();
    let mut to = rings(&mut many, 20);
    assert!(many.try_recv(&mut [0; 8]).is_err());
    // All have bells to be heard, too.
    to.iter_mut().for_each(|to| to.try_send(b"x").unwrap());
    drop(to.pop());
    let mut buf = [0; 8];
    let flood = (0..=2 * UNASKED).find(|_| {
        to[0].try_send(b"flood").unwrap();
        matches!(many.recv(&mut buf, LATE).unwrap(), Received::End { from: 19 })
    });
    assert!(flood.is_some_and(|n| n <= UNASKED + 40), "{flood:?}");
}
