//! The end that messages come out of.

use crate::channel::Receiver;
use crate::error::{Call, Errno, Error, Result};
use crate::fd::{AsFd, BorrowedFd};
use crate::memory::{Map, ReadOnlyMap};
use crate::ring::State;
use crate::ring::doorbell::{Doorbell, Heard};
use crate::ring::layout::{Geometry, HEADER, Own, POSITION, SLEEP_COUNT, record};
use crate::ring::sleep::{OwnSleep, PeerSleep, published};
use crate::wait::{Events, Sleeper, Wait};
use core::sync::atomic::Ordering;

/// The end of a ring that messages come out of.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | `close` `munmap` `munmap` |
#[derive(Debug)]
#[repr(C)]
pub struct Consumer {
    // Dropped in this order: the bell is closed when the drop is counted.
    bell: Doorbell,
    pub(super) own: Own,
    theirs: ReadOnlyMap,
    geometry: Geometry,
    /// Where the next record is, or will be.
    pub(super) tail: u32,
    sleep: OwnSleep,
    producer: PeerSleep,
    state: State,
}

impl Consumer {
    pub(super) fn new(bell: Doorbell, own: Map, theirs: ReadOnlyMap, geometry: Geometry) -> Self {
        Consumer {
            bell,
            own: Own(own),
            theirs,
            geometry,
            tail: 0,
            sleep: OwnSleep::AWAKE,
            producer: PeerSleep::NONE,
            state: State::Open,
        }
    }

    /// The bytes that the ring holds, headers and padding included.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.geometry.capacity()
    }

    /// Takes the next message out of the ring if it is there, and wakes the producer if it waits for room.
    #[cfg_attr(not(tiny), inline)]
    #[cfg_attr(tiny, inline(never))]
    fn take(&mut self, buf: &mut [u8]) -> Result<usize> {
        let here = self.geometry.offset(self.tail);
        // Loaded once, and judged as what was loaded. Acquire, in the load: the message was there before.
        let len = self.theirs.load_u32(here)? as usize;
        if len == 0 {
            return Err(Error::kernel(Call::MEMORY, Errno::AGAIN));
        }
        if len > self.geometry.limit() {
            self.state = State::Corrupt;
            return Err(Error::peer(Call::MEMORY, Errno::BADMSG));
        }
        let Some(message) = buf.get_mut(..len) else {
            return Err(Error::argument(Call::MEMORY, Errno::MSGSIZE).with_needed(len));
        };
        self.theirs.read(here.wrapping_add(HEADER), message)?;
        self.tail = self.tail.wrapping_add(record(len));
        // Release: the message was read before the producer may write over it. At each message, and not a quarter
        // ring at a time, or room that is there would be kept from a producer that sleeps for it.
        self.own.0.atomic_u32(POSITION)?.store(self.tail, Ordering::Release);
        self.sleep.end(self.own.0.atomic_u32(SLEEP_COUNT)?);
        published();
        if self.producer.must_ring(self.theirs.load_u32(SLEEP_COUNT)?) {
            // The message is taken, whoever has heard of it.
            let _ = self.ring();
        }
        Ok(len)
    }

    #[cold]
    fn ring(&mut self) -> Result<()> {
        match self.bell.ring() {
            // That it is gone is told once the ring is empty.
            Err(e) if e.is(Errno::PIPE) => Ok(()),
            answer => answer.inspect_err(|_| self.producer.missed()),
        }
    }

    /// The ring was empty: is the producer gone? If not, it rings from here on when it sends.
    #[cold]
    fn take_or_await(&mut self, buf: &mut [u8]) -> Result<usize> {
        if self.bell.listen()? != Heard::HangUp {
            return self.await_and_take(buf);
        }
        // What was sent before the end is there now.
        match self.take(buf) {
            Err(e) if e.is_again() => {
                self.state = State::Gone;
                Ok(0)
            }
            answer => answer,
        }
    }

    /// Says that it waits, and looks once more.
    fn await_and_take(&mut self, buf: &mut [u8]) -> Result<usize> {
        if self.producer.owed() {
            self.ring()?;
        }
        self.sleep.begin(self.own.0.atomic_u32(SLEEP_COUNT)?);
        self.take(buf)
    }

    #[cold]
    fn wait_and_take(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        let mut sleeper = Sleeper::new(wait);
        let mut answer = self.await_and_take(buf);
        while answer.is_err_and(Error::is_again) {
            let slept = sleeper.ready(self.bell.as_fd(), Events::READABLE);
            match slept {
                Err(e) if !e.is(Errno::TIMEDOUT) => return Err(e),
                _ => answer = self.take_or_await(buf),
            }
            if let (Err(late), true) = (slept, answer.is_err_and(Error::is_again)) {
                return Err(late);
            }
        }
        answer
    }

    /// Takes a message, or says what is known without looking; `None` where there is nothing.
    #[inline]
    fn take_if_open(&mut self, buf: &mut [u8]) -> Option<Result<usize>> {
        match self.state {
            State::Open => match self.take(buf) {
                Err(e) if e.is_again() => None,
                answer => Some(answer),
            },
            State::Gone => Some(Ok(0)),
            State::Corrupt => Some(Err(Error::peer(Call::MEMORY, Errno::BADMSG))),
        }
    }
}

impl Receiver for Consumer {
    /// Half the [`capacity`](Consumer::capacity), less 8 bytes.
    #[inline]
    fn recv_limit(&self) -> usize {
        self.geometry.limit()
    }

    /// Copies one message out of the ring, waiting for it as long as `wait` says.
    ///
    /// # Errors
    /// As [`Receiver::recv`], and `ENOBUFS`: nothing there, and no memory in the kernel to wake the producer, which
    /// waits for room.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// A bell is owed where the kernel had no memory to wake the other side before.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | a message is there; too small a buffer; gone already; corrupt | none |
    /// | a message is there, the producer waits for room | `sendto` |
    /// | waits for ever; the end, waits for ever | (`ppoll` `recvfrom`)×n |
    /// | waits for ever, the producer waits for room | (`ppoll` `recvfrom`)×n `sendto` |
    /// | waits with a limit; the end, waits with a limit; times out | (`clock_gettime` `ppoll` `recvfrom`)×n |
    /// | waits with a limit, the producer waits for room | (`clock_gettime` `ppoll` `recvfrom`)×n `sendto` |
    /// | times out, by the clock | (`clock_gettime` `ppoll` `recvfrom`)×n `clock_gettime` `recvfrom` |
    /// | a message came just then, by the clock, the producer waits for room | (`clock_gettime` `ppoll` `recvfrom`)×n `clock_gettime` `recvfrom` `sendto` |
    /// | over from the start | `clock_gettime` `recvfrom` |
    /// | a message came just then, over from the start, the producer waits for room | `clock_gettime` `recvfrom` `sendto` |
    /// | a limit of zero | `recvfrom` |
    /// | a message came just then, a limit of zero, the producer waits for room | `recvfrom` `sendto` |
    /// | a signal ends it, for ever | `ppoll` |
    /// | a signal ends it later, for ever | (`ppoll` `recvfrom`)×n `ppoll` |
    /// | a signal ends it, with a limit | `clock_gettime` `ppoll` |
    /// | a signal ends it later, with a limit | (`clock_gettime` `ppoll` `recvfrom`)×n `clock_gettime` `ppoll` |
    /// | a bell is owed | `sendto` [`recv`](Receiver::recv) |
    /// | a bell is owed, no memory for it | `sendto` |
    #[inline]
    fn recv(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        match self.take_if_open(buf) {
            Some(answer) => answer,
            None => self.wait_and_take(buf, wait),
        }
    }

    /// Copies one message out of the ring if it is there now.
    ///
    /// # Errors
    /// As [`Receiver::try_recv`], and `ENOBUFS` as in `recv`.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// A bell is owed where the kernel had no memory to wake the other side before.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | a message is there; too small a buffer; gone already; corrupt | none |
    /// | a message is there, the producer waits for room | `sendto` |
    /// | nothing there; the end; a message came just then | `recvfrom` |
    /// | a message came just then, the producer waits for room; a bell is owed; a bell is owed, no memory for it | `recvfrom` `sendto` |
    /// | a bell is owed, a message came just then, the producer waits for room | `recvfrom` `sendto` `sendto` |
    #[inline]
    fn try_recv(&mut self, buf: &mut [u8]) -> Result<usize> {
        match self.take_if_open(buf) {
            Some(answer) => answer,
            None => self.take_or_await(buf),
        }
    }
}

impl AsFd for Consumer {
    /// The doorbell: readable when there may be a message, see [`ring`](crate::ring).
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }
}
