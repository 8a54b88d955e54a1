//! Our own end, and what its calls may answer.

use super::attack::Shared;
use rawipc::ring::{Consumer, Message, Producer, Reservation};
use rawipc::{Errno, Receiver as _, Result, Sender as _, Wait};
use std::mem::forget;
use std::time::{Duration, Instant};

#[derive(Default)]
pub struct Tally {
    /// On rings that were not known to be corrupt.
    pub calls: u64,
    /// Calls that found a message, what passed for one, or room for one, in each of these [`WAYS`].
    pub moved: [u64; WAYS.len()],
    /// Nobody but us can write to our memory, as is so between strangers: a reference into it may be made.
    pub is_alone: bool,
    pub corrupt: u64,
    /// The worst that a call was too late.
    pub latest: Duration,
    random: u32,
}

/// Ours to receive and to send.
pub const WAYS: [&str; 6] = ["recv", "read", "recv_batch", "send", "reserve", "send_batch"];

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
            let way = self.random() as usize % 3;
            let answer = match way {
                0 => self.receive_one(consumer, &mut buf[..room], wait),
                1 => self.read_one(consumer, &mut buf, wait),
                _ => self.receive_some(consumer, &mut buf[..room], wait),
            };
            self.calls += 1;
            self.pace(shared);
            if self.is_over(way, answer) {
                let again = [
                    consumer.try_recv(&mut buf).map(drop),
                    consumer.recv(&mut buf, Wait::FOREVER).map(drop),
                    consumer.try_read().map(drop),
                    consumer.read(Wait::FOREVER).map(drop),
                    consumer.try_recv_batch(&mut buf, &mut [0; 2]).map(drop),
                    consumer.recv_batch(&mut buf, &mut [0; 2], Wait::FOREVER).map(drop),
                ];
                return assert_corrupt(again);
            }
        }
    }

    fn receive_one(&mut self, consumer: &mut Consumer, buf: &mut [u8], wait: Option<Duration>) -> Result<()> {
        let n = self.timed(wait, || match wait {
            Some(limit) => consumer.recv(buf, Wait::at_most(limit)),
            None => consumer.try_recv(buf),
        })?;
        assert!((1..=buf.len()).contains(&n), "{n} bytes");
        Ok(())
    }

    fn receive_some(
        &mut self,
        consumer: &mut Consumer,
        buf: &mut [u8],
        wait: Option<Duration>,
    ) -> Result<()> {
        let (room, mut ends) = (buf.len(), [0; 5]);
        let batch = self.timed(wait, || match wait {
            Some(limit) => consumer.recv_batch(buf, &mut ends, Wait::at_most(limit)),
            None => consumer.try_recv_batch(buf, &mut ends),
        })?;
        let lens: Vec<_> = batch.map(<[u8]>::len).collect();
        assert!((1..=5).contains(&lens.len()) && !lens.contains(&0), "{lens:?}");
        assert!(lens.iter().sum::<usize>() <= room, "{lens:?}");
        Ok(())
    }

    fn read_one(&mut self, consumer: &mut Consumer, buf: &mut [u8], wait: Option<Duration>) -> Result<()> {
        let message = self.timed(wait, || match wait {
            Some(limit) => consumer.read(Wait::at_most(limit)),
            None => consumer.try_read(),
        })?;
        let message = message.expect("no end while the peer is there");
        let len = read_all(&message, buf);
        match self.random() % 4 {
            0 => drop(message),
            1 => {
                forget(message);
                // As long as it was, whatever is there by now.
                let held = consumer.held().expect("forgotten");
                assert_eq!(read_all(&held, buf), len);
                held.done();
            }
            // It stays, and is received once more.
            2 => forget(message),
            _ => message.done(),
        }
        Ok(())
    }

    pub fn send(&mut self, producer: &mut Producer, shared: &Shared) {
        let limit = producer.send_limit();
        let message = vec![0x5a; limit];
        for _ in 0..CALLS {
            let wait = self.next_wait();
            let len = 1 + self.random() as usize % if self.random() % 8 == 0 { limit } else { 100 };
            let message = &message[..len];
            let way = self.random() as usize % 3;
            let answer = match way {
                0 => self.timed(wait, || match wait {
                    Some(limit) => producer.send(message, Wait::at_most(limit)),
                    None => producer.try_send(message),
                }),
                1 => self.reserve_one(producer, message, wait),
                _ => self.send_some(producer, message, wait),
            };
            self.calls += 1;
            self.pace(shared);
            if self.is_over(3 + way, answer) {
                let again = [
                    producer.try_send(b"x"),
                    producer.send(b"x", Wait::FOREVER),
                    producer.try_reserve(1).map(drop),
                    producer.reserve(1, Wait::FOREVER).map(drop),
                    producer.try_send_batch(&[b"x"]).map(drop),
                    producer.send_batch(&[b"x"], Wait::FOREVER).map(drop),
                ];
                return assert_corrupt(again);
            }
        }
    }

    fn send_some(&mut self, producer: &mut Producer, message: &[u8], wait: Option<Duration>) -> Result<()> {
        let messages = [message, &message[..1], message, &message[..message.len().min(64)]];
        let sent = self.timed(wait, || match wait {
            Some(limit) => producer.send_batch(&messages, Wait::at_most(limit)),
            None => producer.try_send_batch(&messages),
        })?;
        assert!((1..=messages.len()).contains(&sent), "{sent} messages");
        Ok(())
    }

    fn reserve_one(&mut self, producer: &mut Producer, message: &[u8], wait: Option<Duration>) -> Result<()> {
        let len = message.len();
        let mut room = self.timed(wait, || match wait {
            Some(limit) => producer.reserve(len, Wait::at_most(limit)),
            None => producer.try_reserve(len),
        })?;
        self.fill(&mut room, message);
        match self.random() % 8 {
            0 => {
                drop(room);
                Ok(())
            }
            1 => {
                forget(room);
                let mut again = producer.reserved().expect("forgotten");
                self.fill(&mut again, message);
                again.commit(len)
            }
            2 => room.commit(len.div_ceil(2)),
            _ => room.commit(len),
        }
    }

    fn fill(&self, room: &mut Reservation<'_>, message: &[u8]) {
        assert_eq!(room.len(), message.len());
        if self.is_alone {
            room.as_mut_slice().copy_from_slice(message);
            assert!(room.as_mut_slice() == message, "written to by another");
        } else {
            room.write(0, message).expect("inside");
        }
        assert_eq!(room.write(1, message).map_err(|e| e.errno()), Err(Errno::RANGE));
    }

    /// Whether the ring is corrupt; any answer that no ring may give ends the test.
    fn is_over(&mut self, way: usize, answer: Result<()>) -> bool {
        match answer.map_err(|e| e.errno()) {
            Ok(()) => {
                self.moved[way] += 1;
                false
            }
            Err(Errno::AGAIN | Errno::TIMEDOUT | Errno::MSGSIZE) => false,
            Err(Errno::BADMSG) => {
                self.corrupt += 1;
                true
            }
            Err(errno) => panic!("{errno:?} of {}", WAYS[way]),
        }
    }
}

#[track_caller]
fn assert_corrupt<const N: usize>(answers: [Result<()>; N]) {
    assert_eq!(
        answers.map(|answer| answer.map_err(|e| e.errno())),
        [Err(Errno::BADMSG); N],
        "it stays corrupt"
    );
}

/// Reads all of a message where it lies, and not a byte behind it; says how long it is.
fn read_all(message: &Message<'_>, buf: &mut [u8]) -> usize {
    let (len, limit) = (message.len(), buf.len());
    assert!((1..=limit).contains(&len), "{len} bytes");
    message.copy_to(0, &mut buf[..len]).expect("inside");
    assert_eq!(message.copy_to(1, &mut buf[..len]).map_err(|e| e.errno()), Err(Errno::RANGE));
    assert_eq!(message.array::<8>(len.saturating_sub(8)).is_some(), len >= 8);
    assert_eq!((message.array::<8>(len - len.min(7)), message.byte(len)), (None, None));
    assert!(message.byte(len - 1).is_some());
    len
}
