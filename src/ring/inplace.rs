//! Messages read where they lie.

use crate::error::{Call, Errno, Error, Result};
use crate::ring::Consumer;
use crate::ring::layout::SLEEP;
use crate::ring::record::Record;
use crate::wait::Wait;

/// A message in the ring, read in place.
///
/// It is taken off the ring when this is dropped, or [`done`](Self::done). One that is forgotten stays there:
/// [`Consumer::held`] gives it again, and so does the next receive, as long as nothing was received since.
///
/// **No reference leads to its bytes**, since the producer may write to them at any moment, against the rules: what is
/// read here is loaded or copied out once, with no data race, and is the caller's from there on. Bytes that are read a
/// second time may be others. The length was judged once, and stays.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | none |
/// | drop, the producer waits for room | `read` |
///
/// # Examples
/// ```
/// use rawipc::{Sender, Wait, ring};
///
/// let (mut producer, mut consumer) = ring::pair(1 << 16)?;
/// producer.send(b"\x03\0\0\0abcdef", Wait::FOREVER)?;
/// drop(producer);
/// while let Some(message) = consumer.read(Wait::FOREVER)? {
///     let count = message.array(0).map_or(0, u32::from_le_bytes);
///     let mut text = [0; 3];
///     message.copy_to(4, &mut text)?;
///     assert_eq!((message.len(), count, &text), (10, 3, b"abc"));
///     assert_eq!((message.byte(9), message.byte(10)), (Some(b'f'), None));
/// }
/// # Ok::<(), rawipc::Error>(())
/// ```
#[derive(Debug)]
#[repr(transparent)]
#[must_use = "the message is taken off the ring by dropping this"]
pub struct Message<'c> {
    consumer: &'c mut Consumer,
}

impl Consumer {
    /// One message, to be read where it lies, waiting for it as long as `wait` says; `None` is the end.
    ///
    /// # Errors
    /// As [`recv`](crate::Receiver::recv), `EMSGSIZE` apart.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// The first wait, and each after many messages, begins with a `membarrier`, where pair found that there is one.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | a message is there; gone already; corrupt; another process's | none |
    /// | nothing there, the producer waits for room | `read` [`read`](Consumer::read) |
    /// | many messages since the last sleep | `membarrier` [`read`](Consumer::read) |
    /// | polls, and looks at the doorbell | (`epoll_pwait`)×n [`read`](Consumer::read) |
    /// | polls with a limit, and looks at the doorbell | (`epoll_pwait` `clock_gettime`)×n [`read`](Consumer::read) |
    /// | polls, and yields | (`sched_yield`)×n [`read`](Consumer::read) |
    /// | yields on, and looks at the doorbell | (`sched_yield`)×n (`epoll_pwait` `sched_yield`)×n [`read`](Consumer::read) |
    /// | yields on with a limit, and looks at the doorbell | (`sched_yield`)×n (`epoll_pwait` `clock_gettime` `sched_yield`)×n [`read`](Consumer::read) |
    /// | waits for ever; the end, waits for ever; a signal ends it, for ever | (`epoll_pwait`)×n [`read`](Consumer::read) |
    /// | waits with a limit; the end, waits with a limit; times out; times out, by the clock; a signal ends it, with a limit | (`clock_gettime` `epoll_pwait2`)×n [`read`](Consumer::read) |
    /// | over from the start; a message came just then, over from the start | `clock_gettime` `epoll_pwait` |
    /// | a limit of zero; a message came just then, a limit of zero | `epoll_pwait` |
    /// | before 5.11, waits with a limit; before 5.11, times out; before 5.11, a signal ends it | (`clock_gettime` `epoll_pwait2` `epoll_pwait`)×n |
    ///
    /// # References
    /// As [`recv`](crate::Receiver::recv).
    #[inline]
    pub fn read(&mut self, wait: Wait) -> Result<Option<Message<'_>>> {
        self.read_one(Some(wait))
    }

    /// One message, to be read where it lies, if it is there now; `None` is the end.
    ///
    /// # Errors
    /// As [`try_recv`](crate::Receiver::try_recv), `EMSGSIZE` apart.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | a message is there; gone already; corrupt; another process's | none |
    /// | nothing there; the end; a message came just then | `epoll_pwait` |
    /// | nothing there, the producer waits for room | `epoll_pwait` `read` |
    /// | nothing there, many messages since the last sleep | `membarrier` [`try_read`](Consumer::try_read) |
    #[inline]
    pub fn try_read(&mut self) -> Result<Option<Message<'_>>> {
        self.read_one(None)
    }

    /// The message that was forgotten: for who cannot keep the borrow, as C cannot. `None` where there is none, or one was
    /// received since.
    ///
    /// # Examples
    /// ```
    /// use rawipc::{Sender, Wait, ring};
    ///
    /// let (mut producer, mut consumer) = ring::pair(1 << 16)?;
    /// producer.send(b"later", Wait::FOREVER)?;
    /// core::mem::forget(consumer.read(Wait::FOREVER)?);
    /// // Elsewhere, with nothing but the end at hand:
    /// let message = consumer.held().expect("the one that was forgotten");
    /// assert_eq!(message.byte(0), Some(b'l'));
    /// message.done();
    /// assert!(consumer.held().is_none());
    /// # Ok::<(), rawipc::Error>(())
    /// ```
    #[inline]
    pub fn held(&mut self) -> Option<Message<'_>> {
        if self.held == Record::NONE || !self.side.is_owner() {
            None
        } else {
            Some(Message { consumer: self })
        }
    }

    #[inline(never)]
    fn read_one(&mut self, wait: Option<Wait>) -> Result<Option<Message<'_>>> {
        let next = self.await_next(wait)?;
        self.held = next.unwrap_or(Record::NONE);
        // Whoever reads for long does not sleep meanwhile.
        self.side.sleep.end(self.own.0.word::<SLEEP>());
        Ok(next.map(|_| Message { consumer: self }))
    }
}

impl Message<'_> {
    /// The length, as it was judged.
    #[inline]
    #[expect(clippy::len_without_is_empty, reason = "no message is empty")]
    pub fn len(&self) -> usize {
        self.consumer.held.len as usize
    }

    /// Copies the bytes at `offset` out into `buf`.
    ///
    /// # Errors
    /// `ERANGE`: they do not all lie in the message; nothing is copied then.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; refused | none |
    #[inline]
    pub fn copy_to(&self, offset: usize, buf: &mut [u8]) -> Result<()> {
        let Some(position) = self.position(offset, buf.len()) else {
            return Err(Error::argument(Call::MEMORY, Errno::RANGE));
        };
        self.consumer.theirs.read(position, buf);
        Ok(())
    }

    /// The byte at `offset`; `None` where the message ends before.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; none there | none |
    #[inline]
    pub fn byte(&self, offset: usize) -> Option<u8> {
        self.array(offset).map(u8::from_ne_bytes)
    }

    /// The `N` bytes at `offset`, as for `u32::from_le_bytes`; `None` where they do not all lie in the message.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; none there | none |
    #[inline]
    pub fn array<const N: usize>(&self, offset: usize) -> Option<[u8; N]> {
        self.consumer.theirs.read_array(self.position(offset, N)?)
    }

    /// Where it lies, for C: [`len`](Self::len) bytes in one piece, also over the end of the ring, in a mapping that can
    /// only be read.
    ///
    /// They are the message's until this is dropped, or [`done`](Self::done); where it was forgotten, until the next call of
    /// this consumer but [`held`](Consumer::held); and no longer than the consumer lives. The producer may write there
    /// all the same: so no reference may be made of it, and what is read twice may be two things. A child made by
    /// `fork` may read too, but does not keep the message there: the parent gives the room back.
    #[inline]
    pub fn as_ptr(&self) -> *const u8 {
        self.consumer.theirs.as_ptr(self.begin())
    }

    /// Takes it off the ring, as dropping does.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | none |
    /// | ok, the producer waits for room | `read` |
    #[inline]
    pub fn done(self) {}

    /// The place of `len` bytes at `offset`, if they all lie in the message.
    #[inline]
    fn position(&self, offset: usize, len: usize) -> Option<u32> {
        let end = offset.checked_add(len)?;
        (end <= self.len()).then_some(self.begin().wrapping_add(offset as u32))
    }

    #[inline]
    fn begin(&self) -> u32 {
        self.consumer.tail.wrapping_add(self.consumer.held.body())
    }
}

impl Drop for Message<'_> {
    #[inline]
    fn drop(&mut self) {
        // In a child made by fork it is not ours to take.
        if self.consumer.side.is_owner() {
            self.consumer.step_over(self.consumer.held);
        }
    }
}
