//! A stream that gives and takes as the test says.

use crate::channel::{ByteRead, ByteWrite};
use crate::error::{Call, Errno, Error, Result};
use crate::wait::Wait;
use std::collections::VecDeque;
use std::string::String;
use std::vec::Vec;
use std::{format, vec};

/// A stream that moves at most `step` bytes a call and says EAGAIN before every call that moves some; it never
/// waits, so that a waiting call loops over its own non-blocking twin.
pub(super) struct Fake {
    pub(super) bytes: VecDeque<u8>,
    pub(super) step: usize,
    pub(super) again: bool,
    pub(super) room: usize,
    pub(super) gone: bool,
    pub(super) calls: usize,
    /// The waits that the waiting calls were given.
    pub(super) waits: Vec<String>,
}

impl Fake {
    pub(super) fn of(bytes: &[u8], step: usize) -> Fake {
        Fake {
            bytes: bytes.iter().copied().collect(),
            step,
            again: false,
            room: usize::MAX,
            gone: false,
            calls: 0,
            waits: vec![],
        }
    }

    pub(super) fn taking(step: usize, room: usize) -> Fake {
        Fake { room, ..Fake::of(b"", step) }
    }
}

impl ByteRead for Fake {
    const READ_CALL: Call = Call::RECVFROM;

    fn read(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        self.waits.push(format!("{wait:?}"));
        loop {
            match self.try_read(buf) {
                Err(e) if e.is_again() => {}
                answer => return answer,
            }
        }
    }

    fn try_read(&mut self, buf: &mut [u8]) -> Result<usize> {
        assert!(!buf.is_empty(), "a read into no room");
        self.calls += 1;
        self.again = !self.again;
        if self.again {
            return Err(Error::kernel(Call::RECVFROM, Errno::AGAIN));
        }
        let n = buf.len().min(self.step).min(self.bytes.len());
        for (to, from) in buf.iter_mut().zip(self.bytes.drain(..n)) {
            *to = from;
        }
        Ok(n)
    }
}

impl ByteWrite for Fake {
    const ATOMIC: usize = 0;
    const WRITE_CALL: Call = Call::SENDMSG;

    fn write(&mut self, bytes: &[u8], wait: Wait) -> Result<usize> {
        self.write_two(bytes, b"", wait)
    }

    fn try_write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.try_write_two(bytes, b"")
    }

    fn write_two(&mut self, head: &[u8], body: &[u8], wait: Wait) -> Result<usize> {
        self.waits.push(format!("{wait:?}"));
        self.try_write_two(head, body)
    }

    fn try_write_two(&mut self, head: &[u8], body: &[u8]) -> Result<usize> {
        self.calls += 1;
        let n = (head.len() + body.len()).min(self.step).min(self.room);
        match n {
            _ if self.gone => Err(Error::kernel(Call::SENDMSG, Errno::PIPE)),
            0 => Err(Error::kernel(Call::SENDMSG, Errno::AGAIN)),
            n => {
                self.bytes.extend(head.iter().chain(body).take(n));
                self.room -= n;
                Ok(n)
            }
        }
    }
}

/// A stream that takes `room` bytes, and then none, and calls that success.
pub(super) struct Idle {
    pub(super) room: usize,
}

impl ByteWrite for Idle {
    const ATOMIC: usize = 0;
    const WRITE_CALL: Call = Call::SENDMSG;

    fn write(&mut self, bytes: &[u8], _wait: Wait) -> Result<usize> {
        self.try_write_two(bytes, b"")
    }

    fn try_write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.try_write_two(bytes, b"")
    }

    fn write_two(&mut self, head: &[u8], body: &[u8], _wait: Wait) -> Result<usize> {
        self.try_write_two(head, body)
    }

    fn try_write_two(&mut self, head: &[u8], body: &[u8]) -> Result<usize> {
        let n = (head.len() + body.len()).min(self.room);
        self.room -= n;
        Ok(n)
    }
}
