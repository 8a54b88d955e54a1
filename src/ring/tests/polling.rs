//! The steps of the ladder before the sleep.

use super::*;

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
