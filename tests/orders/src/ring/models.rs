//! The models: both sides in threads of their own, which loom takes through every order of their steps, and every
//! value that a load may give.

use super::atomic::{AtomicU32, Ordering};
use super::ends::pair;
use super::index::{leave, left};
use crate::sys::sleep::{Interrupt, stop_running};
use loom::sync::Arc;
use loom::sync::atomic::AtomicBool;
use loom::thread;

pub struct Model {
    pub name: &'static str,
    pub what: &'static str,
    /// At most so many preemptions an execution; what blocks is free. `None` is all that there are.
    pub preemptions: Option<usize>,
    /// So many executions at the least, a little fewer than there are: fewer would be a model that says less.
    pub least: usize,
    pub run: fn(),
}

pub const ALL: [Model; 9] = [
    Model {
        name: "drops",
        what: "a line is closed before its drop is counted",
        preemptions: None,
        least: 100,
        run: drops,
    },
    Model {
        name: "record",
        what: "published and taken, both awake",
        preemptions: None,
        least: 20_000,
        run: record,
    },
    Model {
        name: "room",
        what: "given back and written over, both awake",
        preemptions: Some(3),
        least: 4_000,
        run: room,
    },
    Model {
        name: "message",
        what: "whoever sleeps for one is woken",
        preemptions: Some(3),
        least: 30_000,
        run: message,
    },
    Model {
        name: "barrier",
        what: "a sleeper makes the fence of both",
        preemptions: Some(3),
        least: 20_000,
        run: barrier,
    },
    Model {
        name: "both",
        what: "one sleeps for messages, one for room",
        preemptions: Some(2),
        least: 36_000,
        run: both,
    },
    Model { name: "end", what: "told after what was sent", preemptions: Some(3), least: 4_000, run: end },
    Model {
        name: "copy",
        what: "a bell that was heard when a copy was dropped",
        preemptions: Some(3),
        least: 16_000,
        run: copy,
    },
    Model {
        name: "late",
        what: "rung for after a poll in vain",
        preemptions: Some(3),
        least: 17_000,
        run: late,
    },
];

/// Two messages, looked for four times.
fn record() {
    let (mut producer, mut consumer, _) = pair(2, true);
    let sender = thread::spawn(move || {
        assert!(producer.try_send(10));
        assert!(producer.try_send(11));
    });
    let receiver = thread::spawn(move || {
        let mut next = 10;
        for _ in 0..4 {
            if let Some(number) = consumer.try_recv() {
                assert_eq!(number, next);
                next += 1;
            }
        }
    });
    sender.join().unwrap();
    receiver.join().unwrap();
}

/// Three records, room for two: the fourth message goes where the first one was. With membarrier, so that no fence for
/// the sake of a sleep helps.
fn room() {
    let (mut producer, mut consumer, _) = pair(2, true);
    assert!(producer.try_send(10));
    assert!(producer.try_send(11));
    let sender = thread::spawn(move || {
        let mut next = 12;
        for _ in 0..4 {
            if producer.try_send(next) {
                next += 1;
            }
        }
    });
    let receiver = thread::spawn(move || {
        assert_eq!(consumer.try_recv(), Some(10));
        assert_eq!(consumer.try_recv(), Some(11));
        let _ = consumer.try_recv();
    });
    sender.join().unwrap();
    receiver.join().unwrap();
}

fn drops() {
    let count = Arc::new(AtomicU32::new(0));
    // The least that a kernel could do: no order of its own.
    let closed = Arc::new(AtomicBool::new(false));
    let (their_count, their_line) = (count.clone(), closed.clone());
    let dropped = thread::spawn(move || {
        their_line.store(true, Ordering::Relaxed);
        leave(&their_count);
    });
    let asks = thread::spawn(move || {
        if count.load(Ordering::Relaxed) != 0 {
            left();
            assert!(closed.load(Ordering::Relaxed), "the kernel says that nobody has gone");
        }
    });
    dropped.join().unwrap();
    asks.join().unwrap();
}

fn message() {
    let (mut producer, mut consumer, _kernels) = pair(2, false);
    let sender = thread::spawn(move || {
        producer.send(10);
        producer.send(11);
    });
    let receiver = thread::spawn(move || {
        assert_eq!(consumer.recv(), Some(10));
        assert_eq!(consumer.recv(), Some(11));
    });
    sender.join().unwrap();
    receiver.join().unwrap();
}

fn barrier() {
    let (mut producer, mut consumer, _kernels) = pair(2, true);
    let interrupt = Interrupt::new();
    let made = interrupt.clone();
    let sender = thread::spawn(move || {
        Interrupt::taken_here(interrupt);
        producer.send(10);
        stop_running();
    });
    let receiver = thread::spawn(move || {
        Interrupt::made_here(made);
        assert_eq!(consumer.recv(), Some(10));
    });
    sender.join().unwrap();
    receiver.join().unwrap();
}

fn both() {
    let (mut producer, mut consumer, _kernels) = pair(1, false);
    let sender = thread::spawn(move || {
        producer.send(10);
        producer.send(11);
    });
    let receiver = thread::spawn(move || {
        for number in 10..12 {
            assert_eq!(consumer.recv(), Some(number));
        }
    });
    sender.join().unwrap();
    receiver.join().unwrap();
}

fn end() {
    let (mut producer, mut consumer, kernels) = pair(2, false);
    let sender = thread::spawn(move || {
        producer.send(10);
        kernels[1].hang_up();
    });
    let receiver = thread::spawn(move || {
        assert_eq!(consumer.recv(), Some(10));
        assert_eq!(consumer.recv(), None);
    });
    sender.join().unwrap();
    receiver.join().unwrap();
}

/// The one waits for room for a message of two records, in its own event loop, and is rung for at each; in between it
/// hears that a copy of the other end was dropped, and asks whether that was the last.
fn copy() {
    let (mut producer, mut consumer, kernels) = pair(2, false);
    assert!(producer.try_send(10));
    assert!(producer.try_send(11));
    let sender = thread::spawn(move || {
        while !producer.try_reserve(2) {
            kernels[0].poll();
        }
    });
    let receiver = thread::spawn(move || {
        assert_eq!(consumer.try_recv(), Some(10));
        consumer.drop_a_copy();
        assert_eq!(consumer.try_recv(), Some(11));
    });
    sender.join().unwrap();
    receiver.join().unwrap();
}

/// One that polled until its time was over, and then waits for its bell in an event loop.
fn late() {
    let (mut producer, mut consumer, kernels) = pair(2, false);
    let sender = thread::spawn(move || assert!(producer.try_send(10)));
    let receiver = thread::spawn(move || {
        let mut number = consumer.poll_in_vain();
        while number.is_none() {
            kernels[1].poll();
            number = consumer.try_recv();
        }
        assert_eq!(number, Some(10));
    });
    sender.join().unwrap();
    receiver.join().unwrap();
}
