//! Several messages in one go: published together, and taken together.

use crate::error::{Call, Errno, Error, Result};
use crate::ring::index::stage;
use crate::ring::record::{Record, whole_line};
use crate::ring::{Consumer, Producer, State};
use crate::wait::Wait;
use core::iter::FusedIterator;
use core::slice;

/// The messages that one call received, one after the other in the caller's buffer: an iterator over them.
///
/// None is the end, as a length of 0 is of [`recv`](crate::Receiver::recv).
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Batch<'b> {
    bytes: &'b [u8],
    /// Where those that are left end.
    ends: slice::Iter<'b, usize>,
    start: usize,
}

impl Producer {
    /// Copies messages into the ring, as many as have room, waiting for the first as long as `wait` says; returns how
    /// many of them went, from the first on.
    ///
    /// They become visible together, and one doorbell is rung for all. Each is whole or not there. Where it is fewer than
    /// all, the rest had no room, or the next is one that is refused: the next call, with the rest, says or waits. A
    /// wait with one deadline for several calls is [`Wait::fixed`]. No messages are none, and no error.
    ///
    /// # Errors
    /// As [`send`](crate::Sender::send) of the first; nothing was sent then, unless `read` failed, which breaks this end for
    /// good.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// The first wait, and each after many messages, begins with a `membarrier`, where pair found that there is one.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | room; gone already; corrupt; another process's; refused | none |
    /// | room, the consumer sleeps | `read` |
    /// | room, the consumer sleeps on; the consumer was dropped | `epoll_pwait` |
    /// | a copy of the consumer was dropped | `epoll_pwait` [`send_batch`](Producer::send_batch) |
    /// | many messages since the last sleep | `membarrier` [`send_batch`](Producer::send_batch) |
    /// | polls, and looks at the doorbell | (`epoll_pwait`)×n [`send_batch`](Producer::send_batch) |
    /// | polls with a limit, and looks at the doorbell | (`epoll_pwait` `clock_gettime`)×n [`send_batch`](Producer::send_batch) |
    /// | polls, and yields | (`sched_yield`)×n [`send_batch`](Producer::send_batch) |
    /// | yields on, and looks at the doorbell | (`sched_yield`)×n (`epoll_pwait` `sched_yield`)×n [`send_batch`](Producer::send_batch) |
    /// | yields on with a limit, and looks at the doorbell | (`sched_yield`)×n (`epoll_pwait` `clock_gettime` `sched_yield`)×n [`send_batch`](Producer::send_batch) |
    /// | waits for ever; the consumer is gone, waits for ever; a signal ends it, for ever | (`epoll_pwait`)×n [`send_batch`](Producer::send_batch) |
    /// | waits with a limit; the consumer is gone, waits with a limit; times out; times out, by the clock; a signal ends it, with a limit | (`clock_gettime` `epoll_pwait2`)×n [`send_batch`](Producer::send_batch) |
    /// | over from the start; room came just then, over from the start | `clock_gettime` `epoll_pwait` [`send_batch`](Producer::send_batch) |
    /// | a limit of zero; room came just then, a limit of zero | `epoll_pwait` [`send_batch`](Producer::send_batch) |
    /// | before 5.11, waits with a limit; before 5.11, times out; before 5.11, a signal ends it | (`clock_gettime` `epoll_pwait2` `epoll_pwait`)×n |
    ///
    /// # Examples
    /// ```
    /// use rawipc::{Wait, ring};
    ///
    /// let (mut producer, mut consumer) = ring::pair(1 << 16)?;
    /// assert_eq!(producer.send_batch(&["one", "two", "three"], Wait::FOREVER)?, 3);
    /// drop(producer);
    /// let (mut buf, mut ends, mut words) = ([0; 256], [0; 16], 0);
    /// loop {
    ///     let batch = consumer.recv_batch(&mut buf, &mut ends, Wait::FOREVER)?;
    ///     if batch.is_empty() {
    ///         break; // the end
    ///     }
    ///     words += batch.filter(|message| message.is_ascii()).count();
    /// }
    /// assert_eq!(words, 3);
    /// # Ok::<(), rawipc::Error>(())
    /// ```
    ///
    /// # References
    /// As [`send`](crate::Sender::send).
    #[inline]
    pub fn send_batch<M: AsRef<[u8]>>(&mut self, msgs: &[M], wait: Wait) -> Result<usize> {
        self.send_some(msgs, Some(wait))
    }

    /// Copies messages into the ring, as many as have room now; returns how many of them went, from the first on. See
    /// [`send_batch`](Producer::send_batch).
    ///
    /// # Errors
    /// As [`try_send`](crate::Sender::try_send) of the first.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room; gone already; corrupt; another process's; refused | none |
    /// | room, the consumer sleeps | `read` |
    /// | room, the consumer sleeps on; the consumer was dropped | `epoll_pwait` |
    /// | a copy of the consumer was dropped | `epoll_pwait` [`try_send_batch`](Producer::try_send_batch) |
    /// | no room; the consumer is gone; room came just then | `epoll_pwait` |
    /// | room came just then, the consumer sleeps | `epoll_pwait` `read` |
    /// | no room, many messages since the last sleep | `membarrier` [`try_send_batch`](Producer::try_send_batch) |
    #[inline]
    pub fn try_send_batch<M: AsRef<[u8]>>(&mut self, msgs: &[M]) -> Result<usize> {
        self.send_some(msgs, None)
    }

    #[inline(never)]
    fn send_some<M: AsRef<[u8]>>(&mut self, msgs: &[M], wait: Option<Wait>) -> Result<usize> {
        let Some((first, others)) = msgs.split_first() else { return Ok(0) };
        let first = first.as_ref();
        let record = Record::of(first);
        self.begin(first.len(), record.size(), wait)?;
        // A caller's `as_ref` may unwind out of here.
        self.end_sleep();
        self.unclear();
        self.put(self.head, record, first);
        let mut next = self.head.wrapping_add(record.size());
        let mut sent = 1_usize;
        for msg in others {
            let msg = msg.as_ref();
            let can_go = (1..=self.geometry.limit()).contains(&msg.len());
            let record = Record::of(msg);
            if !can_go || !self.has_room_at(next, record.size()) {
                break;
            }
            self.put(next, record, msg);
            stage(self.own.0.word(next), record.first);
            next = next.wrapping_add(record.size());
            sent = sent.wrapping_add(1);
        }
        self.publish(record.first, next)?;
        Ok(sent)
    }

    /// Writes the record of a message to `position`, its first word apart.
    #[inline]
    fn put(&self, position: u32, record: Record, msg: &[u8]) {
        match whole_line(msg) {
            Some((_, rest)) => self.own.0.write_rest(position, rest),
            None => self.fill(position, record, msg),
        }
    }

    /// Whether a record has room at `next`, which is not published yet.
    #[inline]
    fn has_room_at(&mut self, next: u32, record: u32) -> bool {
        if self.geometry.has_room(next.wrapping_sub(self.tail), record) {
            return true;
        }
        self.look(record);
        self.side.state == State::Open && self.geometry.has_room(next.wrapping_sub(self.tail), record)
    }
}

impl Consumer {
    /// Copies messages out of the ring, as many as are there and fit, waiting for the first as long as `wait` says.
    ///
    /// They lie in `buf` one behind the other, and `ends` tells where each ends: so many at the most. Room is given back
    /// once for all.
    ///
    /// # Errors
    /// As [`recv`](crate::Receiver::recv) of the first; a later one that does not fit, or is wrong, is the next call's. `EINVAL`:
    /// `ends` is empty.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// The first wait, and each after many messages, begins with a `membarrier`, where pair found that there is one.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | a message is there; too small a buffer; gone already; corrupt; another process's; refused | none |
    /// | a message is there, the producer waits for room | `read` |
    /// | nothing there, the producer waits for room | `read` [`recv_batch`](Consumer::recv_batch) |
    /// | many messages since the last sleep | `membarrier` [`recv_batch`](Consumer::recv_batch) |
    /// | polls, and looks at the doorbell | (`epoll_pwait`)×n [`recv_batch`](Consumer::recv_batch) |
    /// | polls with a limit, and looks at the doorbell | (`epoll_pwait` `clock_gettime`)×n [`recv_batch`](Consumer::recv_batch) |
    /// | polls, and yields | (`sched_yield`)×n [`recv_batch`](Consumer::recv_batch) |
    /// | yields on, and looks at the doorbell | (`sched_yield`)×n (`epoll_pwait` `sched_yield`)×n [`recv_batch`](Consumer::recv_batch) |
    /// | yields on with a limit, and looks at the doorbell | (`sched_yield`)×n (`epoll_pwait` `clock_gettime` `sched_yield`)×n [`recv_batch`](Consumer::recv_batch) |
    /// | waits for ever; the end, waits for ever; a signal ends it, for ever | (`epoll_pwait`)×n [`recv_batch`](Consumer::recv_batch) |
    /// | waits with a limit; the end, waits with a limit; times out; times out, by the clock; a signal ends it, with a limit | (`clock_gettime` `epoll_pwait2`)×n [`recv_batch`](Consumer::recv_batch) |
    /// | over from the start; a message came just then, over from the start | `clock_gettime` `epoll_pwait` [`recv_batch`](Consumer::recv_batch) |
    /// | a limit of zero; a message came just then, a limit of zero | `epoll_pwait` [`recv_batch`](Consumer::recv_batch) |
    /// | before 5.11, waits with a limit; before 5.11, times out; before 5.11, a signal ends it | (`clock_gettime` `epoll_pwait2` `epoll_pwait`)×n |
    ///
    /// # Examples
    /// See [`send_batch`](Producer::send_batch).
    ///
    /// # References
    /// As [`recv`](crate::Receiver::recv).
    #[inline]
    pub fn recv_batch<'b>(
        &mut self,
        buf: &'b mut [u8],
        ends: &'b mut [usize],
        wait: Wait,
    ) -> Result<Batch<'b>> {
        self.recv_some(buf, ends, Some(wait))
    }

    /// Copies messages out of the ring, as many as are there now and fit. See [`recv_batch`](Consumer::recv_batch).
    ///
    /// # Errors
    /// As [`recv_batch`](Consumer::recv_batch), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | a message is there; too small a buffer; gone already; corrupt; another process's; refused | none |
    /// | a message is there, the producer waits for room | `read` |
    /// | nothing there; the end; a message came just then | `epoll_pwait` |
    /// | nothing there, the producer waits for room; a message came just then, the producer waits for room | `epoll_pwait` `read` |
    /// | a message came just then, the producer waits for room twice | `epoll_pwait` `read` `read` |
    /// | nothing there, many messages since the last sleep | `membarrier` [`try_recv_batch`](Consumer::try_recv_batch) |
    #[inline]
    pub fn try_recv_batch<'b>(&mut self, buf: &'b mut [u8], ends: &'b mut [usize]) -> Result<Batch<'b>> {
        self.recv_some(buf, ends, None)
    }

    #[inline(never)]
    fn recv_some<'b>(
        &mut self,
        buf: &'b mut [u8],
        ends: &'b mut [usize],
        wait: Option<Wait>,
    ) -> Result<Batch<'b>> {
        if ends.is_empty() {
            return Err(Error::argument(Call::MEMORY, Errno::INVAL));
        }
        let mut next = self.await_next(wait)?;
        let (mut filled, mut count) = (0_usize, 0_usize);
        for end in &mut *ends {
            let Some(record) = next else { break };
            let Some(room) = buf.get_mut(filled..filled.saturating_add(record.len as usize)) else { break };
            filled = filled.saturating_add(room.len());
            self.theirs.read(self.tail.wrapping_add(record.body()), room);
            self.tail = self.tail.wrapping_add(record.size());
            *end = filled;
            count = count.wrapping_add(1);
            // What is wrong with the next is told by the next call.
            next = self.next().ok().flatten();
        }
        match next {
            _ if count != 0 => self.stepped(),
            Some(record) => return Err(record.too_long()),
            None => {}
        }
        Ok(Batch { bytes: buf, ends: ends.get(..count).unwrap_or(&[]).iter(), start: 0 })
    }
}

impl Batch<'_> {
    /// How many are left.
    #[inline]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether none is left; of a new one, whether the producer is gone and all that it sent has been handed out.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<'b> Iterator for Batch<'b> {
    type Item = &'b [u8];

    /// The next message.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | a message; none is left | none |
    #[inline]
    fn next(&mut self) -> Option<&'b [u8]> {
        let end = *self.ends.next()?;
        let message = self.bytes.get(self.start..end);
        self.start = end;
        message
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.ends.size_hint()
    }
}

impl ExactSizeIterator for Batch<'_> {}

impl FusedIterator for Batch<'_> {}
