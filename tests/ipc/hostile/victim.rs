//! Our own end, and what its calls may answer.

use super::attack::Shared;
use rawipc::ring::{Consumer, Producer};
use rawipc::{Errno, Receiver as _, Result, Sender as _, Wait};
use std::time::{Duration, Instant};

#[derive(Default)]
pub struct Tally {
    /// On rings that were not known to be corrupt.
    pub calls: u64,
    /// Calls that took or placed a message, or what passed for one.
    pub moved: u64,
    pub corrupt: u64,
    /// The worst that a call was too late.
    pub latest: Duration,
    random: u32,
}

/// So many on one ring, if it holds so long.
const CALLS: u32 = 20_000;

/// More is past the deadline, on a machine that has other work too.
const LATE: Duration = Duration::from_secs(5);

impl Tally {
    fn random(&mut self) -> u32 {
        self.random = self.random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.random >> 8
    }

    /// How the next call is to wait, if it is.
    fn next_wait(&mut self) -> Option<Duration> {
        match self.random() % 8192 {
            0 => Some(Duration::from_millis(1)),
            1..64 => Some(Duration::ZERO),
            _ => None,
        }
    }

    fn timed<T>(&mut self, limit: Option<Duration>, call: impl FnOnce() -> T) -> T {
        let Some(limit) = limit else { return call() };
        let began = Instant::now();
        let answer = call();
        let late = began.elapsed().saturating_sub(limit);
        assert!(late < LATE, "past its deadline by {late:?}");
        self.latest = self.latest.max(late);
        answer
    }

    /// After so many calls: ten times as many rewrites before the next.
    fn pace(&self, shared: &Shared) {
        if self.calls % 64 == 0 {
            shared.await_rewrites(shared.rewrites() + 640);
        }
    }

    pub fn receive(&mut self, consumer: &mut Consumer, shared: &Shared) {
        let limit = consumer.recv_limit();
        let mut buf = vec![0; limit];
        for _ in 0..CALLS {
            let wait = self.next_wait();
            let room = if self.random() % 16 == 0 { 40 } else { limit };
            let answer = self.timed(wait, || match wait {
                Some(limit) => consumer.recv(&mut buf[..room], Wait::at_most(limit)),
                None => consumer.try_recv(&mut buf[..room]),
            });
            self.calls += 1;
            self.pace(shared);
            if let Ok(n) = answer {
                assert!((1..=room).contains(&n), "{n} bytes");
            }
            if self.is_over(answer.map(drop)) {
                let again = consumer.try_recv(&mut buf).map(drop).map_err(|e| e.errno());
                let and_again = consumer.recv(&mut buf, Wait::FOREVER).map(drop).map_err(|e| e.errno());
                return assert_eq!([again, and_again], [Err(Errno::BADMSG); 2], "it stays corrupt");
            }
        }
    }

    pub fn send(&mut self, producer: &mut Producer, shared: &Shared) {
        let limit = producer.send_limit();
        let message = vec![0x5a; limit];
        for _ in 0..CALLS {
            let wait = self.next_wait();
            let len = 1 + self.random() as usize % if self.random() % 8 == 0 { limit } else { 100 };
            let answer = self.timed(wait, || match wait {
                Some(limit) => producer.send(&message[..len], Wait::at_most(limit)),
                None => producer.try_send(&message[..len]),
            });
            self.calls += 1;
            self.pace(shared);
            if self.is_over(answer) {
                let again = producer.try_send(b"x").map_err(|e| e.errno());
                let and_again = producer.send(b"x", Wait::FOREVER).map_err(|e| e.errno());
                return assert_eq!([again, and_again], [Err(Errno::BADMSG); 2], "it stays corrupt");
            }
        }
    }

    /// Whether the ring is corrupt; any answer that no ring may give ends the test.
    fn is_over(&mut self, answer: Result<()>) -> bool {
        match answer.map_err(|e| e.errno()) {
            Ok(()) => {
                self.moved += 1;
                false
            }
            Err(Errno::AGAIN | Errno::TIMEDOUT | Errno::MSGSIZE) => false,
            Err(Errno::BADMSG) => {
                self.corrupt += 1;
                true
            }
            Err(errno) => panic!("{errno:?}"),
        }
    }
}
