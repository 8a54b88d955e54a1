//! The steps of the ladder before the sleep.

use super::*;
use core::sync::atomic::AtomicBool;

const LADDERS: [Polling; 4] = [
    Polling::BRIEF,
    Polling::ENDLESS,
    Polling { pauses: 0, yields: 100 },
    Polling { pauses: 0, yields: u32::MAX },
];

#[test]
fn whoever_polls_is_answered_as_whoever_sleeps() {
    for polling in LADDERS {
        let (mut producer, mut consumer) = pair(1).unwrap();
        producer.set_polling(polling);
        consumer.set_polling(polling);
        let mut buf = [0; 512];
        assert_eq!(consumer.recv(&mut buf, SOON).unwrap_err().errno(), Errno::TIMEDOUT);
        while producer.try_send(&[1; 500]).is_ok() {}
        assert_eq!(producer.send(&[1; 500], SOON).unwrap_err().errno(), Errno::TIMEDOUT);
        let reader = thread::spawn(move || {
            let mut taken = 0;
            while consumer.recv(&mut buf, LATE).unwrap() != 0 {
                taken += 1;
            }
            taken
        });
        let mut sent = (GRAIN - AHEAD as usize) / 576;
        for _ in 0..1000 {
            producer.send(&[1; 500], LATE).unwrap();
            sent += 1;
        }
        drop(producer);
        assert_eq!(reader.join().unwrap(), sent);
    }
}

#[test]
fn whoever_polls_without_end_is_told_of_the_end() {
    for polling in LADDERS {
        let (producer, mut consumer) = pair(1).unwrap();
        consumer.set_polling(polling);
        let poller = thread::spawn(move || consumer.recv(&mut [0; 8], Wait::FOREVER));
        drop(producer);
        assert_eq!(poller.join().unwrap(), Ok(0));

        let (mut producer, consumer) = pair(1).unwrap();
        producer.set_polling(polling);
        while producer.try_send(&[1; 500]).is_ok() {}
        let poller = thread::spawn(move || producer.send(&[1; 500], Wait::FOREVER));
        drop(consumer);
        assert_eq!(poller.join().unwrap().unwrap_err().errno(), Errno::PIPE);
    }
}

#[test]
fn a_poll_that_times_out_has_the_doorbell_rung_from_then_on() {
    const NOW: Wait = Wait::at_most(Duration::ZERO);
    let mut buf = [0; 512];
    for (polling, limit) in LADDERS.into_iter().flat_map(|polling| [(polling, SOON), (polling, NOW)]) {
        let (mut producer, mut consumer) = pair(1).unwrap();
        producer.set_polling(polling);
        consumer.set_polling(polling);
        for _ in 0..3 {
            assert_eq!(consumer.recv(&mut buf, limit).unwrap_err().errno(), Errno::TIMEDOUT);
            assert!(!readable(&consumer), "{polling:?}");
            producer.try_send(b"x").unwrap();
            assert!(readable(&consumer), "{polling:?}");
            assert_eq!(consumer.recv(&mut buf, limit), Ok(1));
        }
        for _ in 0..3 {
            while producer.send(&[1; 500], limit).is_ok() {}
            assert!(!readable(&producer), "{polling:?}");
            assert_eq!(consumer.recv(&mut buf, limit), Ok(500));
            assert!(readable(&producer), "{polling:?}");
        }
    }
}

/// A ring with room for nothing large, whose producer was told so; its consumer has taken one small message since, and
/// rung for that.
fn rung_for_too_little() -> (Producer, Consumer) {
    let (mut producer, mut consumer) = pair(1).unwrap();
    while producer.try_send(&[1; 48]).is_ok() {}
    assert!(producer.try_send(&LARGE).unwrap_err().is_again());
    assert_eq!(consumer.try_recv(&mut [0; 64]), Ok(48));
    assert!(readable(&producer));
    (producer, consumer)
}

const LARGE: [u8; 500] = [1; 500];

/// Takes all that there is, which makes room for what is large.
fn rings_for_more(producer: &mut Producer, consumer: &mut Consumer) {
    assert!(!readable(producer));
    while consumer.try_recv(&mut [0; 64]).is_ok() {}
    assert!(readable(producer));
    producer.try_send(&LARGE).unwrap();
}

#[test]
fn a_bell_that_was_heard_when_asking_who_is_there_is_made_up_for() {
    let (mut producer, mut consumer) = rung_for_too_little();
    // What the drop of a copy leaves, after a fork.
    consumer.own.0.word::<DROP_COUNT>().fetch_add(1, Ordering::Release);
    assert!(producer.try_send(&LARGE).unwrap_err().is_again());
    rings_for_more(&mut producer, &mut consumer);
}

#[test]
fn a_bell_that_was_heard_while_polling_is_made_up_for() {
    for polling in [Polling::ENDLESS, Polling { pauses: 0, yields: u32::MAX }] {
        let (mut producer, mut consumer) = rung_for_too_little();
        producer.set_polling(polling);
        assert_eq!(producer.send(&LARGE, SOON).unwrap_err().errno(), Errno::TIMEDOUT);
        assert!(producer.try_send(&LARGE).unwrap_err().is_again());
        rings_for_more(&mut producer, &mut consumer);
    }
}

#[test]
fn a_doorbell_that_never_rests_holds_up_no_deadline() {
    let (producer, mut consumer) = pair(1).unwrap();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                producer.side.bell.ring().unwrap();
            }
        });
        for wait in [SOON, Wait::at_most(Duration::ZERO)] {
            let late = consumer.recv(&mut [0; 64], wait).unwrap_err();
            assert_eq!(late.errno(), Errno::TIMEDOUT);
        }
        let mut slots = [const { Slot::EMPTY }; 2];
        let mut many = Many::new(&mut slots).unwrap();
        many.admit(consumer).unwrap();
        for wait in [SOON, Wait::at_most(Duration::ZERO)] {
            assert_eq!(many.recv(&mut [0; 64], wait).unwrap_err().errno(), Errno::TIMEDOUT);
        }
        is_over.store(true, Ordering::Relaxed);
    });
}
