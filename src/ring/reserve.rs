//! Messages written where they will lie.

use crate::error::{Call, Errno, Error, Result};
use crate::ring::Producer;
use crate::ring::index::stage;
use crate::ring::layout::LINE;
use crate::ring::record::Record;
use crate::wait::Wait;

/// Room in a ring for one message, to be written in place.
///
/// Its bytes are whatever they were before: zero, or those of messages that were sent. [`commit`](Self::commit) sends
/// what was written; dropped before, the room is given back and nothing is sent. Nothing is lost by one that is
/// forgotten, either: [`Producer::reserved`] gives it again, until the next send.
///
/// **Why a `&mut [u8]` is right here.** The bytes lie in the producer's own region, which is sealed: of all processes
/// those alone may write to it that have this producer, and each call of one that it does not belong to is `EPERM`
/// before it writes. A consumer, in this process or in another, has a mapping that it can only read, and reads nothing
/// here before the commit. The slice is in one piece, also over the end of the ring, and no byte is in it twice. Two things
/// are left to whoever calls `fork`, which is unsafe for such reasons: a child leaves a slice alone that was made
/// before the fork; and it drops its copy of the producer, as [`ring`](crate::ring) says, before it does anything for
/// somebody whom the parent does not trust. Where that cannot be relied on, [`write`](Self::write) makes no reference.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | none |
///
/// # Examples
/// ```
/// use rawipc::{Receiver, Wait, ring};
///
/// let (mut producer, mut consumer) = ring::pair(1 << 16)?;
/// let mut room = producer.reserve(1000, Wait::FOREVER)?;
/// let mut len = 0;
/// for (byte, digit) in room.as_mut_slice().iter_mut().zip(b"31415926") {
///     *byte = *digit;
///     len += 1;
/// }
/// room.commit(len)?;
/// let mut buf = [0; 64];
/// assert_eq!(consumer.recv(&mut buf, Wait::FOREVER)?, 8);
/// assert_eq!(&buf[..8], b"31415926");
/// # Ok::<(), rawipc::Error>(())
/// ```
#[derive(Debug)]
#[repr(transparent)]
#[must_use = "nothing is sent without a commit"]
pub struct Reservation<'p> {
    producer: &'p mut Producer,
}

impl Producer {
    /// Room for a message of up to `len` bytes, to be written in place, waiting for it as long as `wait` says.
    ///
    /// # Errors
    /// As [`send`](crate::Sender::send) of a message of `len` bytes, which stays to be sent.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// The first wait, and each after many messages, begins with a `membarrier`, where pair found that there is one.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | room; gone already; corrupt; another process's; refused | none |
    /// | the consumer was dropped | `epoll_pwait` |
    /// | a copy of the consumer was dropped | `epoll_pwait` [`reserve`](Producer::reserve) |
    /// | many messages since the last sleep | `membarrier` [`reserve`](Producer::reserve) |
    /// | polls, and looks at the doorbell | (`epoll_pwait`)×n [`reserve`](Producer::reserve) |
    /// | polls with a limit, and looks at the doorbell | (`epoll_pwait` `clock_gettime`)×n [`reserve`](Producer::reserve) |
    /// | polls, and yields | (`sched_yield`)×n [`reserve`](Producer::reserve) |
    /// | yields on, and looks at the doorbell | (`sched_yield`)×n (`epoll_pwait` `sched_yield`)×n [`reserve`](Producer::reserve) |
    /// | yields on with a limit, and looks at the doorbell | (`sched_yield`)×n (`epoll_pwait` `clock_gettime` `sched_yield`)×n [`reserve`](Producer::reserve) |
    /// | waits for ever; the consumer is gone, waits for ever; a signal ends it, for ever | (`epoll_pwait`)×n [`reserve`](Producer::reserve) |
    /// | waits with a limit; the consumer is gone, waits with a limit; times out; times out, by the clock; a signal ends it, with a limit | (`clock_gettime` `epoll_pwait2`)×n [`reserve`](Producer::reserve) |
    /// | over from the start; room came just then, over from the start | `clock_gettime` `epoll_pwait` |
    /// | a limit of zero; room came just then, a limit of zero | `epoll_pwait` |
    /// | before 5.11, waits with a limit; before 5.11, times out; before 5.11, a signal ends it | (`clock_gettime` `epoll_pwait2` `epoll_pwait`)×n |
    ///
    /// # References
    /// As [`send`](crate::Sender::send).
    #[inline]
    pub fn reserve(&mut self, len: usize, wait: Wait) -> Result<Reservation<'_>> {
        self.reserve_one(len, Some(wait))
    }

    /// Room for a message of up to `len` bytes, to be written in place, if there is so much now.
    ///
    /// # Errors
    /// As [`try_send`](crate::Sender::try_send) of a message of `len` bytes, which stays to be sent.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room; gone already; corrupt; another process's; refused | none |
    /// | no room; the consumer is gone; the consumer was dropped; room came just then | `epoll_pwait` |
    /// | a copy of the consumer was dropped | `epoll_pwait` [`try_reserve`](Producer::try_reserve) |
    /// | no room, many messages since the last sleep | `membarrier` [`try_reserve`](Producer::try_reserve) |
    #[inline]
    pub fn try_reserve(&mut self, len: usize) -> Result<Reservation<'_>> {
        self.reserve_one(len, None)
    }

    /// The reservation that was forgotten, with what was written to it: for who cannot keep the borrow, as C cannot.
    /// `None` where there is none, or a message was sent since.
    ///
    /// # Examples
    /// ```
    /// use rawipc::{Receiver, Wait, ring};
    ///
    /// let (mut producer, mut consumer) = ring::pair(1 << 16)?;
    /// let mut room = producer.reserve(5, Wait::FOREVER)?;
    /// room.as_mut_slice().copy_from_slice(b"later");
    /// core::mem::forget(room);
    /// // Elsewhere, with nothing but the end at hand:
    /// producer.reserved().expect("what was forgotten").commit(5)?;
    /// assert_eq!(consumer.recv(&mut [0; 8], Wait::FOREVER)?, 5);
    /// # Ok::<(), rawipc::Error>(())
    /// ```
    #[inline]
    pub fn reserved(&mut self) -> Option<Reservation<'_>> {
        if self.reserved == 0 || !self.side.is_owner() { None } else { Some(Reservation { producer: self }) }
    }

    #[inline(never)]
    fn reserve_one(&mut self, len: usize, wait: Option<Wait>) -> Result<Reservation<'_>> {
        let record = Record::with_header(len);
        self.begin(len, record.size(), wait)?;
        self.end_sleep();
        if record.size() as usize > LINE {
            self.unclear();
        }
        self.reserved = len as u32;
        Ok(Reservation { producer: self })
    }

    /// The lines behind the first are about to be written to, whatever comes of it: from here on they count as what has
    /// to be cleared.
    #[inline]
    pub(super) fn unclear(&mut self) {
        self.clear = self.head.wrapping_add(LINE as u32);
    }
}

impl Reservation<'_> {
    /// The bytes that were reserved; 0 in a child made by `fork`, where there is nothing to write to.
    #[inline]
    #[expect(clippy::len_without_is_empty, reason = "none is, where it was made")]
    pub fn len(&self) -> usize {
        if self.producer.side.is_owner() { self.producer.reserved as usize } else { 0 }
    }

    /// The bytes, to write to; why that is right is said [above](Reservation).
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        let len = self.len();
        let position = self.position();
        self.producer.own.0.bytes_mut(position, len)
    }

    /// Where they lie, for C: [`len`](Self::len) bytes in one piece, also over the end of the ring.
    ///
    /// They may be written to until this is committed or dropped; where it was forgotten, until the next call of this
    /// producer but [`reserved`](Producer::reserved); and no longer than the producer lives. A child made by `fork` writes
    /// nothing there: its `len` is 0, and what it wrote would be the parent's message.
    #[inline]
    pub fn as_mut_ptr(&mut self) -> *mut u8 {
        self.producer.own.0.as_ptr(self.position())
    }

    /// Copies `bytes` to `offset`.
    ///
    /// # Errors
    /// `ERANGE`: they would not all lie in what was reserved, or the reservation is another process's; nothing is written
    /// then.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; refused | none |
    #[inline]
    pub fn write(&mut self, offset: usize, bytes: &[u8]) -> Result<()> {
        match offset.checked_add(bytes.len()) {
            Some(end) if end <= self.len() => {
                self.producer.own.0.write(self.position().wrapping_add(offset as u32), bytes);
                Ok(())
            }
            _ => Err(Error::argument(Call::MEMORY, Errno::RANGE)),
        }
    }

    /// Sends the first `len` bytes as one message, and gives the rest of the room back.
    ///
    /// # Errors
    /// `EINVAL`: `len` is 0. `EMSGSIZE`: more than was reserved, which [`needed`](Error::needed) tells. `EPERM`: the
    /// reservation is another process's, from before a fork. `EPIPE`, `EBADMSG`: a call since said so. Nothing is sent
    /// then, and the room is given back. Any errno of `read` breaks the end for good, as in [`send`](crate::Sender::send).
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; refused; another process's | none |
    /// | ok, the consumer sleeps | `read` |
    /// | ok, the consumer sleeps on | `epoll_pwait` |
    #[inline]
    pub fn commit(self, len: usize) -> Result<()> {
        if len == 0 {
            return Err(Error::argument(Call::MEMORY, Errno::INVAL));
        }
        let producer = &mut *self.producer;
        producer.check_open()?;
        let reserved = producer.reserved as usize;
        if len > reserved {
            return Err(Error::argument(Call::MEMORY, Errno::MSGSIZE).with_needed(reserved));
        }
        // Where it begins was settled when it was reserved.
        let record = Record { len: len as u32, ..Record::with_header(reserved) };
        stage(producer.own.0.second_word(producer.head), record.len);
        producer.publish(record.first, producer.head.wrapping_add(record.size()))
    }

    #[inline]
    fn position(&self) -> u32 {
        let body = Record::with_header(self.producer.reserved as usize).body();
        self.producer.head.wrapping_add(body)
    }
}

impl Drop for Reservation<'_> {
    #[inline]
    fn drop(&mut self) {
        self.producer.reserved = 0;
    }
}
