//! A small ring under load: a hundred thousand messages, or as many bytes, of mixed sizes, both sides asleep at times.

use crate::add_tests;
use crate::conformance::mechanism::PATIENCE;
use crate::os::process::{Child, nap};
use crate::runner::List;
use rawipc::{Errno, Receiver as _, Sender as _, Wait, ring};
use std::time::Duration;

pub fn tests(list: &mut List) {
    add_tests!(list, "ring_stress": waiting, without_waiting, there_and_back, polling, used_by_a_child);
}

/// The smallest: a page.
pub const CAPACITY: usize = 4096;

/// Where the page is larger, so are the ring and the messages: as many bytes in all.
pub fn messages(limit: usize) -> u64 {
    100_000 / ((limit + 8) * 2).div_ceil(CAPACITY) as u64
}

/// A generator for each side: both know what message `i` is, its length, and who rests after it.
pub struct Mixed(u64);

impl Mixed {
    pub fn of(i: u64) -> Mixed {
        Mixed(i.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 16
    }

    /// Most of them short, some as long as the ring takes, and all lengths in between.
    fn length(&mut self, limit: usize) -> usize {
        let most = [16, 64, 64, 100, 300, limit][self.next() as usize % 6];
        1 + self.next() as usize % most
    }

    /// Fills `buf` a word at a time: the same number in each place would hide a swap.
    fn fill(&mut self, buf: &mut [u8]) {
        for word in buf.chunks_mut(8) {
            word.copy_from_slice(&self.next().to_le_bytes()[..word.len()]);
        }
    }
}

/// Each side now and then, at instants of its own.
pub fn rest(i: u64, side: u64) {
    if Mixed::of(i * 2 + side).next() % 700 == 0 {
        nap(Duration::from_micros(60));
    }
}

pub fn write(i: u64, buf: &mut [u8]) -> &[u8] {
    let mut mixed = Mixed::of(i);
    let len = mixed.length(buf.len());
    mixed.fill(&mut buf[..len]);
    &buf[..len]
}

#[track_caller]
pub fn check(i: u64, got: &[u8], scratch: &mut [u8]) {
    let sent = write(i, scratch);
    assert!(got == sent, "message {i}: {} bytes of {}", got.len(), sent.len());
}

/// A ring, the consumer in a child.
pub fn into_a_child(consume: impl FnOnce(ring::Consumer)) -> (Child, ring::Producer) {
    let mut ends = Some(ring::pair(CAPACITY).expect("pair"));
    let child = Child::spawn(|| {
        let (producer, consumer) = ends.take().expect("unused");
        drop(producer);
        consume(consumer);
    });
    (child, ends.take().expect("unused").0)
}

/// A ring, the producer in a child.
fn out_of_a_child(produce: impl FnOnce(ring::Producer)) -> (Child, ring::Consumer) {
    let mut ends = Some(ring::pair(CAPACITY).expect("pair"));
    let child = Child::spawn(|| {
        let (producer, consumer) = ends.take().expect("unused");
        drop(consumer);
        produce(producer);
    });
    (child, ends.take().expect("unused").1)
}

fn waiting() {
    let (child, mut producer) = into_a_child(|mut consumer| {
        let limit = consumer.recv_limit();
        let (mut buf, mut scratch) = (vec![0; limit], vec![0; limit]);
        for i in 0..messages(limit) {
            let n = consumer.recv(&mut buf, PATIENCE).expect("recv");
            check(i, &buf[..n], &mut scratch);
            rest(i, 1);
        }
        assert_eq!(consumer.recv(&mut buf, PATIENCE), Ok(0));
    });
    let mut buf = vec![0; producer.send_limit()];
    for i in 0..messages(producer.send_limit()) {
        producer.send(write(i, &mut buf), PATIENCE).expect("send");
        rest(i, 0);
    }
    drop(producer);
    child.join();
}

/// `try_send` and `try_recv` alone, the doorbell unheard.
fn without_waiting() {
    let (child, mut consumer) = out_of_a_child(|mut producer| {
        let mut buf = vec![0; producer.send_limit()];
        for i in 0..messages(buf.len()) {
            let msg = write(i, &mut buf);
            while let Err(e) = producer.try_send(msg) {
                assert_eq!(e.errno(), Errno::AGAIN, "{e}");
                std::thread::yield_now();
            }
            rest(i, 0);
        }
    });
    let limit = consumer.recv_limit();
    let (mut buf, mut scratch) = (vec![0; limit], vec![0; limit]);
    let mut i = 0;
    loop {
        match consumer.try_recv(&mut buf) {
            Ok(0) => break,
            Ok(n) => {
                check(i, &buf[..n], &mut scratch);
                rest(i, 1);
                i += 1;
            }
            Err(e) => {
                assert_eq!(e.errno(), Errno::AGAIN, "{e}");
                std::thread::yield_now();
            }
        }
    }
    assert_eq!(i, messages(limit));
    child.join();
}

/// Both sides up and down the ladder: asleep at times, yielding, and awake.
fn polling() {
    let polling = ring::Polling { pauses: 50, yields: 3 };
    let (child, mut producer) = into_a_child(|mut consumer| {
        consumer.set_polling(polling);
        let limit = consumer.recv_limit();
        let (mut buf, mut scratch) = (vec![0; limit], vec![0; limit]);
        for i in 0..messages(limit) {
            let n = consumer.recv(&mut buf, PATIENCE).expect("recv");
            check(i, &buf[..n], &mut scratch);
            rest(i, 1);
        }
        assert_eq!(consumer.recv(&mut buf, PATIENCE), Ok(0));
    });
    producer.set_polling(polling);
    let limit = producer.send_limit();
    let mut buf = vec![0; limit];
    for i in 0..messages(limit) {
        producer.send(write(i, &mut buf), PATIENCE).expect("send");
        rest(i, 0);
    }
    drop(producer);
    child.join();
}

/// Both ends are used here, then tried and dropped by a child, and lose nothing by it.
fn used_by_a_child() {
    let mut ends = Some(ring::pair(CAPACITY).expect("pair"));
    for round in 0..50_u8 {
        let (producer, _) = ends.as_mut().expect("not in a child");
        (0..10).for_each(|i| producer.send(&[round, i], PATIENCE).expect("send"));
        let child = Child::spawn(|| {
            let (mut producer, mut consumer) = ends.take().expect("not in the parent");
            for _ in 0..3 {
                assert_eq!(producer.try_send(b"the child's").expect_err("used").errno(), Errno::PERM);
                // The first to use it is the first to have it.
                let taken = consumer.try_recv(&mut [0; 8]).map_err(|e| e.errno());
                assert!(taken == Err(Errno::PERM) || round == 0 && taken.is_ok(), "{taken:?}");
                if round == 0 {
                    return;
                }
            }
        });
        if round == 0 {
            child.join();
            let (_, consumer) = ends.as_mut().expect("not in a child");
            assert_eq!(consumer.try_recv(&mut [0; 8]).expect_err("the child's").errno(), Errno::PERM);
            ends = Some(ring::pair(CAPACITY).expect("pair"));
            let (_, consumer) = ends.as_mut().expect("just made");
            assert_eq!(consumer.try_recv(&mut [0; 8]).expect_err("empty").errno(), Errno::AGAIN);
            continue;
        }
        let (producer, consumer) = ends.as_mut().expect("not in a child");
        (10..20).for_each(|i| producer.send(&[round, i], PATIENCE).expect("send"));
        for i in 0..20 {
            let mut buf = [0; 8];
            assert_eq!(consumer.recv(&mut buf, PATIENCE), Ok(2));
            assert_eq!(buf[..2], [round, i]);
        }
        child.join();
    }
}

/// Both sides asleep for most of each message: every wake is needed.
fn there_and_back() {
    const ROUNDS: u64 = 5000;
    let mut ends = Some((ring::pair(CAPACITY).expect("pair"), ring::pair(CAPACITY).expect("pair")));
    let child = Child::spawn(|| {
        let ((_, mut requests), (mut replies, _)) = ends.take().expect("unused");
        let mut buf = vec![0; requests.recv_limit()];
        for _ in 0..ROUNDS {
            let n = requests.recv(&mut buf, Wait::FOREVER).expect("recv");
            replies.send(&buf[..n], PATIENCE).expect("send");
        }
    });
    let ((mut requests, _), (_, mut replies)) = ends.take().expect("unused");
    let limit = requests.send_limit();
    let (mut buf, mut scratch) = (vec![0; limit], vec![0; limit]);
    for i in 0..ROUNDS {
        requests.send(write(i, &mut scratch), PATIENCE).expect("send");
        let n = replies.recv(&mut buf, Wait::FOREVER).expect("recv");
        check(i, &buf[..n], &mut scratch);
    }
    child.join();
}
