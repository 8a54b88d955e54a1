//! The end that messages go into.

use crate::channel::Sender;
use crate::error::{Call, Errno, Error, Result};
use crate::fd::{AsFd, BorrowedFd};
use crate::memory::{Map, ReadOnlyMap};
use crate::ring::State;
use crate::ring::doorbell::{Doorbell, Heard};
use crate::ring::layout::{DROP_COUNT, Geometry, HEADER, Own, POSITION, SLEEP_COUNT, record};
use crate::ring::sleep::{OwnSleep, PeerSleep, published};
use crate::wait::{Events, Sleeper, Wait};
use core::sync::atomic::Ordering;

/// The end of a ring that messages go into.
///
/// **When the consumer is gone**, `send` says `EPIPE`, at once and from then on, where the consumer was dropped or
/// was killed while it waited for a message. Where it was killed awake, memory alone does not tell: as many sends
/// succeed as the ring has room for, and the next one says `EPIPE`. What the consumer had not taken is lost with
/// it, as in a pipe.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | `close` `munmap` `munmap` |
#[derive(Debug)]
#[repr(C)]
pub struct Producer {
    // Dropped in this order: the bell is closed when the drop is counted.
    pub(super) bell: Doorbell,
    pub(super) own: Own,
    theirs: ReadOnlyMap,
    geometry: Geometry,
    /// Where the next record goes.
    pub(super) head: u32,
    /// Where the consumer was when we last looked.
    pub(super) tail: u32,
    sleep: OwnSleep,
    consumer: PeerSleep,
    /// The consumer's drop count when we last looked.
    drops: u32,
    state: State,
}

impl Producer {
    pub(super) fn new(bell: Doorbell, own: Map, theirs: ReadOnlyMap, geometry: Geometry) -> Self {
        Producer {
            bell,
            own: Own(own),
            theirs,
            geometry,
            head: 0,
            tail: 0,
            sleep: OwnSleep::AWAKE,
            consumer: PeerSleep::NONE,
            drops: 0,
            state: State::Open,
        }
    }

    /// The bytes that the ring holds, headers and padding included.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.geometry.capacity()
    }

    #[inline]
    fn check(&self, msg: &[u8]) -> Result<()> {
        if msg.is_empty() {
            return Err(Error::argument(Call::MEMORY, Errno::INVAL));
        }
        let limit = self.geometry.limit();
        if msg.len() > limit {
            return Err(Error::argument(Call::MEMORY, Errno::MSGSIZE).with_needed(limit));
        }
        match self.state {
            State::Open => Ok(()),
            State::Gone => Err(Error::peer(Call::MEMORY, Errno::PIPE)),
            State::Corrupt => Err(Error::peer(Call::MEMORY, Errno::BADMSG)),
        }
    }

    /// Puts the message into the ring if it has room, and wakes the consumer if it sleeps.
    #[inline]
    fn put(&mut self, msg: &[u8]) -> Result<()> {
        let record = record(msg.len());
        if !self.geometry.has_room(self.head.wrapping_sub(self.tail), record) {
            self.look(record)?;
        }
        let (here, next) = (self.head, self.head.wrapping_add(record));
        let (here, next_offset) = (self.geometry.offset(here), self.geometry.offset(next));
        // The word behind the message says "nothing yet" before the message is there to be walked past.
        self.own.0.atomic_u32(next_offset)?.store(0, Ordering::Relaxed);
        self.own.0.write(here.wrapping_add(HEADER), msg)?;
        // Release: whoever sees the length sees the message, and the word behind it.
        self.own.0.atomic_u32(here)?.store(msg.len() as u32, Ordering::Release);
        self.head = next;
        self.sleep.end(self.own.0.atomic_u32(SLEEP_COUNT)?);
        published();
        match self.wake() {
            // The message is there, whoever has heard of it: the bell is owed, not the message.
            Err(e) if e.is(Errno::NOBUFS) => Ok(()),
            answer => answer,
        }
    }

    /// Rings, where the consumer sleeps, or where a copy of it was dropped: the bell finds out if it was the last.
    #[inline]
    fn wake(&mut self) -> Result<()> {
        let drops = self.theirs.load_u32(DROP_COUNT)?;
        let asleep = self.consumer.must_ring(self.theirs.load_u32(SLEEP_COUNT)?);
        if !asleep && drops == self.drops {
            return Ok(());
        }
        self.ring()?;
        self.drops = drops;
        Ok(())
    }

    #[cold]
    fn ring(&mut self) -> Result<()> {
        self.bell.ring().inspect_err(|e| {
            if e.is(Errno::NOBUFS) {
                self.consumer.missed();
            } else {
                // Gone; or nobody can be woken any more, and a message that is there already may be heard of: it is
                // not to be sent again.
                self.state = State::Gone;
            }
        })
    }

    /// Looks where the consumer is, for room for `record`.
    fn look(&mut self, record: u32) -> Result<()> {
        // Acquire, in the load: the consumer has read what it left behind, and it may be written over.
        let claimed = self.theirs.load_u32(POSITION)?;
        let Some(tail) = self.geometry.believe(claimed, self.tail, self.head) else {
            self.state = State::Corrupt;
            return Err(Error::peer(Call::MEMORY, Errno::BADMSG));
        };
        self.tail = tail;
        if self.geometry.has_room(self.head.wrapping_sub(tail), record) {
            Ok(())
        } else {
            Err(Error::kernel(Call::MEMORY, Errno::AGAIN))
        }
    }

    /// There was no room: is the consumer gone? If not, it rings from here on when it makes some.
    #[cold]
    fn put_or_await(&mut self, msg: &[u8]) -> Result<()> {
        if self.bell.listen()? == Heard::HangUp {
            self.state = State::Gone;
            return Err(Error::peer(Call::RECVFROM, Errno::PIPE));
        }
        self.await_and_put(msg)
    }

    /// Says that it waits, and looks once more.
    fn await_and_put(&mut self, msg: &[u8]) -> Result<()> {
        if self.consumer.owed() {
            self.ring()?;
        }
        self.sleep.begin(self.own.0.atomic_u32(SLEEP_COUNT)?);
        self.put(msg)
    }

    #[cold]
    fn wait_and_put(&mut self, msg: &[u8], wait: Wait) -> Result<()> {
        let mut sleeper = Sleeper::new(wait);
        let mut answer = self.await_and_put(msg);
        while answer.is_err_and(Error::is_again) {
            let slept = sleeper.ready(self.bell.as_fd(), Events::READABLE);
            match slept {
                Err(e) if !e.is(Errno::TIMEDOUT) => return Err(e),
                _ => answer = self.put_or_await(msg),
            }
            if let (Err(late), true) = (slept, answer.is_err_and(Error::is_again)) {
                return Err(late);
            }
        }
        answer
    }
}

impl Sender for Producer {
    /// Half the [`capacity`](Producer::capacity), less 8 bytes.
    #[inline]
    fn send_limit(&self) -> usize {
        self.geometry.limit()
    }

    /// Copies one message into the ring, waiting for room as long as `wait` says.
    ///
    /// # Errors
    /// As [`Sender::send`], and `EBADMSG`: the consumer wrote a position that cannot be; the ring is corrupt and
    /// stays so. `ENOBUFS`: no room, and no memory in the kernel to wake the consumer so that it makes some; nothing
    /// was sent. Any other errno of `sendto` breaks this end for good: the message may arrive, nothing after it does.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// A bell is owed where the kernel had no memory to wake the other side before.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | room; gone already; corrupt; refused | none |
    /// | room, the consumer sleeps; room, the consumer sleeps, no memory for a bell; room, a copy of the consumer was dropped; the consumer was dropped | `sendto` |
    /// | waits for ever; the consumer is gone, waits for ever | (`ppoll` `recvfrom`)×n |
    /// | waits for ever, the consumer sleeps | (`ppoll` `recvfrom`)×n `sendto` |
    /// | waits with a limit; the consumer is gone, waits with a limit; times out | (`clock_gettime` `ppoll` `recvfrom`)×n |
    /// | waits with a limit, the consumer sleeps | (`clock_gettime` `ppoll` `recvfrom`)×n `sendto` |
    /// | times out, by the clock | (`clock_gettime` `ppoll` `recvfrom`)×n `clock_gettime` `recvfrom` |
    /// | room came just then, by the clock, the consumer sleeps | (`clock_gettime` `ppoll` `recvfrom`)×n `clock_gettime` `recvfrom` `sendto` |
    /// | over from the start | `clock_gettime` `recvfrom` |
    /// | room came just then, over from the start, the consumer sleeps | `clock_gettime` `recvfrom` `sendto` |
    /// | a limit of zero | `recvfrom` |
    /// | room came just then, a limit of zero, the consumer sleeps | `recvfrom` `sendto` |
    /// | a signal ends it, for ever | `ppoll` |
    /// | a signal ends it later, for ever | (`ppoll` `recvfrom`)×n `ppoll` |
    /// | a signal ends it, with a limit | `clock_gettime` `ppoll` |
    /// | a signal ends it later, with a limit | (`clock_gettime` `ppoll` `recvfrom`)×n `clock_gettime` `ppoll` |
    /// | a bell is owed | `sendto` [`send`](Sender::send) |
    /// | a bell is owed, no memory for it | `sendto` |
    #[inline]
    fn send(&mut self, msg: &[u8], wait: Wait) -> Result<()> {
        self.check(msg)?;
        match self.put(msg) {
            Err(e) if e.is_again() => self.wait_and_put(msg, wait),
            answer => answer,
        }
    }

    /// Copies one message into the ring if there is room now.
    ///
    /// # Errors
    /// As [`Sender::try_send`], and `EBADMSG` and `ENOBUFS` as in `send`.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// A bell is owed where the kernel had no memory to wake the other side before.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | room; gone already; corrupt; refused | none |
    /// | room, the consumer sleeps; room, the consumer sleeps, no memory for a bell; room, a copy of the consumer was dropped; the consumer was dropped | `sendto` |
    /// | no room; the consumer is gone; room came just then | `recvfrom` |
    /// | room came just then, the consumer sleeps; a bell is owed; a bell is owed, no memory for it | `recvfrom` `sendto` |
    /// | a bell is owed, room came just then, the consumer sleeps | `recvfrom` `sendto` `sendto` |
    #[inline]
    fn try_send(&mut self, msg: &[u8]) -> Result<()> {
        self.check(msg)?;
        match self.put(msg) {
            Err(e) if e.is_again() => self.put_or_await(msg),
            answer => answer,
        }
    }
}

impl AsFd for Producer {
    /// The doorbell: readable when there may be room, see [`ring`](crate::ring).
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }
}
