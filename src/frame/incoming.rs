//! The receiving half: bytes come in as they are, whole messages go out.

use crate::channel::ByteRead;
use crate::error::{Call, Errno, Error, Result};
use crate::frame::HEAD;
use crate::wait::{Sleeper, Wait};
use core::fmt;

/// What has come in of a channel of frames: the bytes from `start` to `end` of the buffer.
pub(super) struct Incoming<'b> {
    buf: &'b mut [u8],
    start: usize,
    end: usize,
    corrupt: bool,
}

impl<'b> Incoming<'b> {
    /// At the beginning of a stream. The buffer must hold the shortest frame.
    pub(super) fn new(buf: &'b mut [u8], call: Call) -> Result<Self> {
        if buf.len() <= HEAD {
            return Err(Error::argument(call, Errno::INVAL));
        }
        Ok(Incoming { buf, start: 0, end: 0, corrupt: false })
    }

    /// The longest message that fits.
    #[inline]
    pub(super) fn limit(&self) -> usize {
        // A length of 32 bits cannot tell more.
        self.buf.len().saturating_sub(HEAD).min(u32::MAX as usize)
    }

    /// Whether the next receive has its answer here.
    pub(super) fn has_answer(&self) -> bool {
        self.corrupt || !matches!(self.look(), Seen::Part)
    }

    /// Copies the next message into `out`; 0 at the end. Waits as `wait` says, `None` not at all.
    #[inline]
    pub(super) fn recv<R: ByteRead>(
        &mut self,
        stream: &mut R,
        out: &mut [u8],
        wait: Option<Wait>,
    ) -> Result<usize> {
        let Some(len) = self.whole(stream, wait)? else { return Ok(0) };
        let Some(out) = out.get_mut(..len) else {
            return Err(Error::argument(stream.read_call(), Errno::MSGSIZE).with_needed(len));
        };
        if let Some(msg) = self.take(len) {
            if msg.len() == out.len() {
                out.copy_from_slice(msg);
            }
        }
        Ok(len)
    }

    /// The next message where it lies; `None` at the end.
    #[inline]
    pub(super) fn recv_in_place<R: ByteRead>(
        &mut self,
        stream: &mut R,
        wait: Option<Wait>,
    ) -> Result<Option<&[u8]>> {
        match self.whole(stream, wait)? {
            Some(len) => Ok(self.take(len)),
            None => Ok(None),
        }
    }

    /// Sees to it that a whole message lies at `start`, by one read where all of it is there, and returns its
    /// length; `None` at the end.
    fn whole<R: ByteRead>(&mut self, stream: &mut R, mut wait: Option<Wait>) -> Result<Option<usize>> {
        let mut first = true;
        loop {
            match self.look() {
                _ if self.corrupt => return Err(self.spoilt(stream.read_call())),
                Seen::Whole(len) => return Ok(Some(len)),
                Seen::Lie => return Err(self.spoilt(stream.read_call())),
                Seen::Part => {}
            }
            self.move_to_front();
            let room = self.buf.get_mut(self.end..).unwrap_or_default();
            let n = match &mut wait {
                None => stream.try_read(room)?,
                Some(wait) if first => first_read(stream, room, wait)?,
                Some(wait) => {
                    wait.next_part()?;
                    stream.read(room, *wait)?
                }
            };
            first = false;
            match n {
                0 if self.start == self.end => return Ok(None),
                // The peer is gone in the middle of a message.
                0 => return Err(self.spoilt(stream.read_call())),
                n => self.end = self.end.saturating_add(n).min(self.buf.len()),
            }
        }
    }

    /// What lies at `start`.
    #[inline]
    fn look(&self) -> Seen {
        let here = self.buf.get(self.start..self.end).unwrap_or_default();
        let Some((head, rest)) = here.split_first_chunk::<HEAD>() else { return Seen::Part };
        match u32::from_le_bytes(*head) as usize {
            0 => Seen::Lie,
            len if len > self.limit() => Seen::Lie,
            len if len > rest.len() => Seen::Part,
            len => Seen::Whole(len),
        }
    }

    /// Steps over the message of `len` bytes at `start`, which [`look`](Self::look) has seen whole.
    #[inline]
    fn take(&mut self, len: usize) -> Option<&[u8]> {
        let at = self.start.saturating_add(HEAD);
        self.start = at.saturating_add(len);
        if self.start >= self.end {
            // All is handed out: the next read begins in front. The bytes stay until then.
            (self.start, self.end) = (0, 0);
        }
        self.buf.get(at..)?.get(..len)
    }

    /// Makes room behind the part of a message that is here. No byte is ever moved twice.
    #[inline]
    fn move_to_front(&mut self) {
        if self.start == 0 {
            return;
        }
        if let Some(used) = self.buf.get_mut(..self.end) {
            if self.start <= used.len() {
                used.copy_within(self.start.., 0);
            }
        }
        self.end = self.end.saturating_sub(self.start);
        self.start = 0;
    }

    /// What came is no message: so it stays.
    #[cold]
    fn spoilt(&mut self, call: Call) -> Error {
        self.corrupt = true;
        Error::peer(call, Errno::BADMSG)
    }
}

enum Seen {
    /// A message of this length is here.
    Whole(usize),
    /// Not all of it is here.
    Part,
    /// A length that no message has.
    Lie,
}

/// The first read of a receive. A loose limit is pinned to the clock only where this read has to wait, so that
/// the reads that may follow share it.
#[inline]
fn first_read<R: ByteRead>(stream: &mut R, room: &mut [u8], wait: &mut Wait) -> Result<usize> {
    if wait.is_loose() {
        match stream.try_read(room) {
            Err(e) if e.is_again() => *wait = wait.pinned()?,
            Err(e) if e.is(Errno::INTR) => {
                Sleeper::new(*wait).may_go_on(e)?;
                *wait = wait.pinned()?;
            }
            answer => return answer,
        }
    }
    stream.read(room, *wait)
}

impl fmt::Debug for Incoming<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming")
            .field("limit", &self.limit())
            .field("buffered", &self.end.saturating_sub(self.start))
            .field("corrupt", &self.corrupt)
            .finish()
    }
}
