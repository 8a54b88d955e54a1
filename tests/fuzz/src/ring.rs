//! What holds for a ring whatever is written to the words and bytes of both sides: every answer is one of few, a buffer
//! is written to no further than it is said, corrupt is corrupt for good; and where nothing was written by anybody
//! else, what was sent is what arrives.

use super::index::EMPTY;
use super::layout::{CLAIM, GRAIN};
use super::{Consumer, Producer, pair};
use crate::channel::{Receiver, Sender};
use crate::error::{Errno, Result};
use crate::wait::Wait;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::collections::VecDeque;
use std::vec;
use std::vec::Vec;

/// Bytes to act by, taken from the front.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }
}

struct Ring {
    producer: Producer,
    consumer: Consumer,
    /// What was sent and not yet taken; `None` since somebody else wrote to the ring.
    sent: Option<VecDeque<Vec<u8>>>,
    /// Which end is corrupt: the producer, the consumer.
    corrupt: [bool; 2],
}

/// Acts as `bytes` say.
pub(crate) fn ring(bytes: &[u8]) {
    act(bytes, |_| ());
}

/// With something done to the consumer after each step.
pub(crate) fn act(bytes: &[u8], then: impl Fn(&mut Consumer)) {
    let (mut producer, mut consumer) = pair(1).unwrap();
    // Each end is ours, whatever is written to its claim.
    producer.side.check_owner(producer.own.0.head().word::<CLAIM>()).unwrap();
    consumer.side.check_owner(consumer.own.0.word::<CLAIM>()).unwrap();
    let mut ring = Ring { producer, consumer, sent: Some(VecDeque::new()), corrupt: [false; 2] };
    let mut input = Input(bytes);
    while ring.step(&mut input).is_some() {
        then(&mut ring.consumer);
    }
}

impl Ring {
    fn step(&mut self, input: &mut Input<'_>) -> Option<()> {
        let action = input.byte()?;
        match action % 6 {
            0 | 1 => self.send(usize::from(input.number()?), action & 0x80 != 0),
            2 | 3 => self.recv(usize::from(input.number()?), action & 0x80 != 0),
            4 => self.write(input.number()?, input.number()?, action >> 6),
            _ => self.write(input.number()?, u16::from(input.byte()?), 4),
        }
        Some(())
    }

    fn send(&mut self, len: usize, waits: bool) {
        let len = len % (self.producer.send_limit() + 2);
        let message: Vec<u8> = (0..len).map(|i| (i * 7 + len) as u8).collect();
        let now = Wait::at_most(Duration::ZERO);
        let answer = if waits { self.producer.send(&message, now) } else { self.producer.try_send(&message) };
        let refused = len == 0 || len > self.producer.send_limit();
        assert!(answer.is_err() || !refused);
        if refused {
            return;
        }
        self.judge(0, answer);
        if let (Some(sent), Ok(())) = (&mut self.sent, answer) {
            sent.push_back(message);
        }
    }

    fn recv(&mut self, room: usize, waits: bool) {
        let room = room % (self.consumer.recv_limit() + 2);
        let mut buf = vec![0xee; GRAIN];
        let now = Wait::at_most(Duration::ZERO);
        let answer = match waits {
            true => self.consumer.recv(&mut buf[..room], now),
            false => self.consumer.try_recv(&mut buf[..room]),
        };
        let n = answer.unwrap_or(0);
        assert!(n <= room && buf[n..].iter().all(|&byte| byte == 0xee));
        // Both ends are here, so there is no end.
        assert_ne!(answer, Ok(0));
        self.judge(1, answer.map(drop));
        let Some(sent) = &mut self.sent else { return };
        match answer {
            Ok(n) => assert!(sent.pop_front().is_some_and(|message| message == buf[..n])),
            Err(e) if e.errno() == Errno::MSGSIZE => {
                assert_eq!(e.needed(), sent.front().map(Vec::len));
            }
            Err(_) => assert!(sent.is_empty()),
        }
    }

    /// What an end may answer to what can be asked of it.
    fn judge(&mut self, end: usize, answer: Result<()>) {
        let errno = answer.err().map(|e| e.errno());
        let is_corrupt = errno == Some(Errno::BADMSG);
        assert!(!self.corrupt[end] || is_corrupt, "not corrupt any more: {errno:?}");
        assert!(!is_corrupt || self.sent.is_none(), "corrupt by itself");
        self.corrupt[end] = is_corrupt;
        match errno {
            None | Some(Errno::AGAIN | Errno::TIMEDOUT | Errno::BADMSG) => {}
            Some(Errno::MSGSIZE) => assert_eq!(end, 1),
            Some(errno) => panic!("{errno:?}"),
        }
    }

    /// Somebody writes to a word of either side.
    fn write(&mut self, place: u16, value: u16, way: u8) {
        let line = u32::from(place >> 4) * 64;
        let word: &AtomicU32 = match place & 0xf {
            // The words of a record, a part of a message, and the words of both sides.
            0..3 => self.producer.own.0.word(line),
            3..6 => self.producer.own.0.second_word(line),
            6..8 => return self.scribble(line, value),
            8 => self.producer.own.0.head().word::<0>(),
            9 => self.producer.own.0.head().word::<4>(),
            10 => self.producer.own.0.head().word::<8>(),
            11 => self.consumer.own.0.word::<0>(),
            12 => self.consumer.own.0.word::<4>(),
            13 => self.consumer.own.0.word::<8>(),
            _ => self.consumer.own.0.word::<128>(),
        };
        self.sent = None;
        let value = u32::from(value);
        match way {
            0 => word.store(value, Ordering::Relaxed),
            1 if value < 8 => word.store(EMPTY.wrapping_add(value), Ordering::Relaxed),
            1 => word.store(value << 16 | value, Ordering::Relaxed),
            2 => drop(word.fetch_xor(1 << (value % 32), Ordering::Relaxed)),
            3 => drop(word.fetch_add(value * 64, Ordering::Relaxed)),
            _ => drop(word.fetch_sub(value, Ordering::Relaxed)),
        }
    }

    fn scribble(&mut self, line: u32, value: u16) {
        self.sent = None;
        self.producer.own.0.write(line.wrapping_add(u32::from(value)), &value.to_le_bytes());
    }
}
