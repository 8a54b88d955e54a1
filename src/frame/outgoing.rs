//! The sending half: what of a message has gone, and which message may go on.

use crate::channel::ByteWrite;
use crate::error::{Call, Errno, Error, Result};
use crate::frame::HEAD;
use crate::wait::{Sleeper, Wait};

/// Where the sending half of a channel of frames is in its stream.
#[derive(Debug)]
pub(super) struct Outgoing {
    limit: usize,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Between two frames.
    Clear,
    /// `done` bytes of a frame have gone, its length among them; the message was `len` bytes with this hash.
    Unfinished { done: usize, len: usize, hash: u64 },
    /// The stream failed in mid-message.
    Broken,
}

impl Outgoing {
    /// Messages up to `limit`, which the length in front of them must be able to tell.
    pub(super) fn new(limit: usize, call: Call) -> Result<Self> {
        if limit == 0 || u32::try_from(limit).is_err() {
            return Err(Error::argument(call, Errno::INVAL));
        }
        Ok(Outgoing { limit, state: State::Clear })
    }

    #[inline]
    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    pub(super) fn is_unfinished(&self) -> bool {
        matches!(self.state, State::Unfinished { .. })
    }

    /// Sends `msg` as long as `wait` says, in one write where there is room.
    #[inline]
    pub(super) fn send<W: ByteWrite>(&mut self, stream: &mut W, msg: &[u8], wait: Wait) -> Result<()> {
        let head = self.head(msg, stream.write_call())?;
        let total = msg.len().saturating_add(HEAD);
        if self.state != State::Clear {
            return self.resume(stream, msg, &mut Pace::Waiting(wait));
        }
        // A loose limit is counted by the write itself, unless a second write may have to share it.
        if total > stream.atomic() && wait.is_loose() {
            return self.write_parts(stream, msg, 0, true, &mut Pace::Waiting(wait));
        }
        let done = stream.write_two(&head, msg, wait)?;
        if done >= total {
            return Ok(());
        }
        self.write_parts(stream, msg, done, false, &mut Pace::Waiting(wait))
    }

    /// Sends `msg` if there is room for it now.
    #[inline]
    pub(super) fn try_send<W: ByteWrite>(&mut self, stream: &mut W, msg: &[u8]) -> Result<()> {
        let head = self.head(msg, stream.write_call())?;
        if self.state != State::Clear {
            return self.resume(stream, msg, &mut Pace::AtOnce);
        }
        let done = stream.try_write_two(&head, msg)?;
        if done >= msg.len().saturating_add(HEAD) {
            return Ok(());
        }
        self.write_parts(stream, msg, done, false, &mut Pace::AtOnce)
    }

    /// The length in front of `msg`, if it is a message for this end.
    #[inline]
    fn head(&self, msg: &[u8], call: Call) -> Result<[u8; HEAD]> {
        if msg.is_empty() {
            return Err(Error::argument(call, Errno::INVAL));
        }
        if msg.len() > self.limit {
            return Err(Error::argument(call, Errno::MSGSIZE).with_needed(self.limit));
        }
        // Nothing is cut: `new` has seen to it that the limit fits.
        Ok((msg.len() as u32).to_le_bytes())
    }

    /// A send while a frame is unfinished: the same message goes on, any other is refused.
    #[cold]
    fn resume<W: ByteWrite>(&mut self, stream: &mut W, msg: &[u8], pace: &mut Pace) -> Result<()> {
        match self.state {
            State::Unfinished { done, len, hash } if len == msg.len() && hash == hash_of(msg) => {
                self.write_parts(stream, msg, done, true, pace)
            }
            State::Unfinished { .. } => Err(Error::argument(stream.write_call(), Errno::BUSY)),
            State::Broken => Err(Error::peer(stream.write_call(), Errno::PIPE)),
            State::Clear => self.write_parts(stream, msg, 0, true, pace),
        }
    }

    /// Writes the frame of `msg` from byte `done` on, and keeps what is left where it does not all go; `first`: no
    /// write of this send has been made.
    #[cold]
    fn write_parts<W: ByteWrite>(
        &mut self,
        stream: &mut W,
        msg: &[u8],
        mut done: usize,
        mut first: bool,
        pace: &mut Pace,
    ) -> Result<()> {
        let head = (msg.len() as u32).to_le_bytes();
        let total = msg.len().saturating_add(HEAD);
        loop {
            let head_left = head.get(done..).unwrap_or(&[]);
            let msg_left = msg.get(done.saturating_sub(HEAD)..).unwrap_or(&[]);
            match pace.write(stream, head_left, msg_left, first) {
                Ok(n @ 1..) => done = done.saturating_add(n),
                answer => {
                    // A stream that takes nothing, and calls that success, would keep us here for ever.
                    let e = answer.err().unwrap_or(Error::kernel(stream.write_call(), Errno::IO));
                    self.state = match e.errno() {
                        _ if done == 0 => State::Clear,
                        Errno::AGAIN | Errno::TIMEDOUT | Errno::INTR | Errno::NOBUFS | Errno::NOMEM => {
                            State::Unfinished { done, len: msg.len(), hash: hash_of(msg) }
                        }
                        _ => State::Broken,
                    };
                    return Err(e);
                }
            }
            first = false;
            if done >= total {
                self.state = State::Clear;
                return Ok(());
            }
        }
    }
}

/// How the writes of one frame wait: not at all, or under one deadline.
enum Pace {
    AtOnce,
    Waiting(Wait),
}

impl Pace {
    fn write<W: ByteWrite>(&mut self, stream: &mut W, head: &[u8], msg: &[u8], first: bool) -> Result<usize> {
        let wait = match self {
            Pace::AtOnce => return stream.try_write_two(head, msg),
            Pace::Waiting(wait) => wait,
        };
        if wait.is_loose() && first {
            match stream.try_write_two(head, msg) {
                // There is something to wait for: from here on the clock counts.
                Err(e) if e.is_again() => *wait = wait.pinned()?,
                Err(e) if e.is(Errno::INTR) => {
                    Sleeper::new(*wait).may_go_on(e)?;
                    *wait = wait.pinned()?;
                }
                answer => return answer,
            }
        }
        if !first {
            wait.next_part()?;
        }
        stream.write_two(head, msg, *wait)
    }
}

/// Tells a message from another that is sent in its place by mistake; nobody hostile chooses either.
fn hash_of(msg: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let words = msg.chunks_exact(8);
    let tail = words.remainder().iter().fold(msg.len() as u64, |h, &b| h.wrapping_mul(257) ^ u64::from(b));
    words.fold(tail.wrapping_mul(ODD), |h, word| {
        let word = u64::from_le_bytes(<[u8; 8]>::try_from(word).unwrap_or_default());
        (h ^ word).wrapping_mul(ODD).rotate_left(29)
    })
}

#[cfg(test)]
mod tests {
    use super::hash_of;
    use std::vec;

    #[test]
    fn a_single_bit_anywhere_changes_the_hash() {
        for len in 1..40 {
            let clean = vec![0x55; len];
            for bit in 0..len * 8 {
                let mut other = clean.clone();
                other[bit / 8] ^= 1 << (bit % 8);
                assert_ne!(hash_of(&clean), hash_of(&other), "{len} bytes, bit {bit}");
            }
        }
    }
}
