//! The end that messages come out of.

use crate::channel::Receiver;
use crate::error::{Call, Errno, Error, Result};
use crate::fd::{AsFd, BorrowedFd};
use crate::memory::{CircleView, Map};
use crate::ring::corruption::{Corruption, Word};
use crate::ring::doorbell::Heard;
use crate::ring::hold::Hold;
use crate::ring::index::{arrived, give_back, is_there};
use crate::ring::ladder::Ladder;
use crate::ring::layout::{CLAIM, Geometry, LINE, Own, POSITION, SLEEP};
use crate::ring::record::Record;
use crate::ring::side::{Side, Waiter, Woken};
use crate::ring::sleep::{Barrier, PeerSleep, Tell, published};
use crate::ring::{Polling, State};
use crate::wait::Wait;
use core::hint::spin_loop;

/// After so many bytes without a wait it is a stream, whose producer is believed to be well ahead.
const STREAM: u32 = 1 << 12;

/// The lines of a stream are fetched so far ahead: a processor that looks at each when it gets there has no more than a
/// few of them on their way at once.
const FETCHED: u32 = 1 << 10;

/// The end of a ring that messages come out of.
///
/// The room that messages took is given back a quarter of the ring at a time, or 16 KiB, and at once where the producer
/// sleeps for it or this end is about to wait: a producer may find the ring full while so much of it is taken already.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | `close` `close` `close` `munmap` `munmap` `munmap` |
///
/// # References
/// [memfd_create(2)](https://man7.org/linux/man-pages/man2/memfd_create.2.html),
/// [mmap(2)](https://man7.org/linux/man-pages/man2/mmap.2.html),
/// [eventfd(2)](https://man7.org/linux/man-pages/man2/eventfd.2.html),
/// [epoll(7)](https://man7.org/linux/man-pages/man7/epoll.7.html)
#[derive(Debug)]
#[repr(C)]
pub struct Consumer {
    // Dropped in this order: the line is closed when the drop is counted.
    pub(super) side: Side,
    pub(super) own: Own<Map>,
    pub(super) theirs: CircleView,
    pub(super) geometry: Geometry,
    /// Where the next record is, or will be.
    pub(super) tail: u32,
    /// What was given back.
    pub(super) given: u32,
    /// The message at `tail` that is being read in place.
    pub(super) held: Record,
    hold: Hold,
    /// Where we were when we last waited.
    waited: u32,
}

impl Consumer {
    pub(super) fn new(side: Side, own: Map, theirs: CircleView, geometry: Geometry) -> Self {
        Consumer {
            side,
            own: Own(own),
            theirs,
            geometry,
            tail: 0,
            given: 0,
            held: Record::NONE,
            hold: Hold::NONE,
            waited: 0,
        }
    }

    /// The bytes that the ring holds, headers and padding included.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.geometry.capacity()
    }

    /// How a wait for a message polls before it sleeps; [`Polling::NONE`] to begin with.
    #[inline]
    pub fn set_polling(&mut self, polling: Polling) {
        self.side.polling = polling;
    }

    /// What made the ring corrupt, if it is.
    pub fn corruption(&self) -> Option<Corruption> {
        let (value, position) = self.side.saw()?;
        let most = self.geometry.limit() as u32;
        Some(Corruption { word: Word::Length, value, position, least: 1, most })
    }

    /// The next message if it is there, its length judged once as it was loaded.
    // Receiving is as fast as this is.
    #[cfg_attr(not(tiny), inline(always))]
    #[cfg_attr(tiny, inline(never))]
    pub(super) fn next(&mut self) -> Result<Option<Record>> {
        let Some(first) = arrived(self.theirs.load(self.tail)) else { return Ok(None) };
        let record = Record::seen(first, || self.theirs.load_second(self.tail));
        if !cfg!(tiny) && self.tail.wrapping_sub(self.waited) >= STREAM {
            // The one after the next, if they are as long as this one.
            let ahead = if record.len < FETCHED { FETCHED } else { record.size().wrapping_mul(2) };
            self.theirs.fetch(self.tail.wrapping_add(ahead));
        }
        let known = (1..=self.geometry.limit()).contains(&(record.len as usize));
        if known { Ok(Some(record)) } else { Err(self.corrupt(record.len)) }
    }

    /// The length of the next message is `saw`, which cannot be: 0 of one that was there.
    #[cold]
    pub(super) fn corrupt(&mut self, saw: u32) -> Error {
        self.side.set_corrupt(saw, self.tail);
        // Not to be stepped over any more.
        self.held = Record::NONE;
        Error::peer(Call::MEMORY, Errno::BADMSG)
    }

    /// Steps over the message, and gives room back where it is time to.
    #[inline]
    pub(super) fn step_over(&mut self, record: Record) {
        self.tail = self.tail.wrapping_add(record.size());
        self.stepped();
    }

    /// Gives room back where it is time to.
    #[inline]
    pub(super) fn stepped(&mut self) {
        self.held = Record::NONE;
        self.side.sleep.end(self.own.0.word::<SLEEP>());
        let due = self.tail.wrapping_sub(self.given) >= self.geometry.portion();
        if due || PeerSleep::seems_asleep(self.theirs.head().load::<SLEEP>()) {
            // The message is taken, whoever has heard of it; and this is told once more before we sleep.
            let _ = self.give_back();
        }
    }

    /// Gives back the room of what was taken, and wakes the producer if it sleeps.
    #[inline(never)]
    fn give_back(&mut self) -> Result<()> {
        give_back(self.own.0.word::<POSITION>(), self.tail);
        self.given = self.tail;
        self.side.sleep.go_on(self.own.0.word::<SLEEP>(), self.tail);
        published();
        let theirs = self.theirs.head();
        match self.side.peer.tell(|| theirs.load::<SLEEP>()) {
            Tell::Ring => self.side.bell.ring().inspect_err(|_| self.side.peer.was_not_rung()),
            // That it is gone is told once the ring is empty.
            Tell::Nothing | Tell::Ask => Ok(()),
        }
    }

    /// The next message, when it is there; `None` is the end.
    #[inline]
    pub(super) fn await_next(&mut self, wait: Option<Wait>) -> Result<Option<Record>> {
        self.side.check_owner(self.own.0.word::<CLAIM>())?;
        if self.side.state == State::Open {
            // Two returns, so that the first need not go through memory.
            if self.hold.is_idle() && !cfg!(tiny) {
                if let Some(record) = self.next()? {
                    return Ok(Some(record));
                }
            } else if let Some(record) = self.next_of_answers(wait)? {
                return Ok(Some(record));
            }
        }
        self.wait_for_next(wait)
    }

    /// The next message, where the last ones came one by one.
    #[cfg_attr(not(tiny), inline(never))]
    fn next_of_answers(&mut self, wait: Option<Wait>) -> Result<Option<Record>> {
        self.waited = self.tail;
        if wait.is_some() {
            for _ in 0..self.hold.pauses() {
                spin_loop();
            }
        }
        let next = self.next();
        if let Ok(Some(_)) = next {
            self.hold.found();
        }
        next
    }

    #[cold]
    fn wait_for_next(&mut self, wait: Option<Wait>) -> Result<Option<Record>> {
        match self.side.state {
            State::Open => {}
            State::Gone => return Ok(None),
            State::Corrupt => return Err(Error::peer(Call::MEMORY, Errno::BADMSG)),
        }
        self.waited = self.tail;
        let woken = match wait {
            Some(wait) => {
                let woken = self.wait(wait);
                self.hold.waited(self.side.paused);
                Some(woken?)
            }
            None => self.look_and_announce()?,
        };
        match woken {
            // Something that was there and is not any more is a peer's that takes messages back.
            Some(Woken::Ready) => self.next()?.ok_or_else(|| self.corrupt(0)).map(Some),
            Some(Woken::HangUp) => {
                self.side.state = State::Gone;
                Ok(None)
            }
            None => Err(Error::kernel(Call::MEMORY, Errno::AGAIN)),
        }
    }

    #[inline] // a program that never waits has nothing of waiting in it
    fn take(&mut self, buf: &mut [u8], wait: Option<Wait>) -> Result<usize> {
        match self.await_next(wait)? {
            Some(record) => self.take_out(record, buf),
            None => Ok(0),
        }
    }

    /// Takes the next message if it is there, whoever's this end is, and without an ear to the doorbell.
    #[inline]
    pub(super) fn take_now(&mut self, buf: &mut [u8]) -> Result<Option<usize>> {
        match self.side.state {
            State::Open => {}
            State::Gone => return Ok(None),
            State::Corrupt => return Err(Error::peer(Call::MEMORY, Errno::BADMSG)),
        }
        match self.next()? {
            Some(record) => self.take_out(record, buf).map(Some),
            None => Ok(None),
        }
    }

    /// Becomes this process's, and awake as far as the producer knows.
    pub(super) fn begin_anew(&mut self) -> Result<()> {
        self.side.check_owner(self.own.0.word::<CLAIM>())?;
        self.end_sleep();
        Ok(())
    }

    /// Says that no sleep is under way.
    pub(super) fn end_sleep(&mut self) {
        self.side.sleep.end(self.own.0.word::<SLEEP>());
    }

    #[inline]
    fn take_out(&mut self, record: Record, buf: &mut [u8]) -> Result<usize> {
        let Some(message) = buf.get_mut(..record.len as usize) else { return Err(record.too_long()) };
        match message.first_chunk_mut() {
            // As below, with numbers that the compiler knows.
            Some(line) if !record.has_header() && !cfg!(tiny) => {
                self.theirs.read_line(self.tail, line);
                self.tail = self.tail.wrapping_add(LINE as u32);
                self.stepped();
                Ok(LINE)
            }
            _ => {
                self.theirs.read(self.tail.wrapping_add(record.body()), message);
                self.step_over(record);
                Ok(record.len as usize)
            }
        }
    }
}

impl Waiter for Consumer {
    fn side(&mut self) -> &mut Side {
        &mut self.side
    }

    fn prepare(&mut self) -> Barrier {
        self.side.sleep.prepare(self.own.0.word::<SLEEP>(), self.tail)
    }

    fn announce(&mut self) {
        self.side.sleep.announce(self.own.0.word::<SLEEP>());
    }
}

impl Ladder for Consumer {
    fn polling(&mut self) -> Polling {
        self.side.polling
    }

    fn listen(&mut self) -> Result<Heard> {
        self.side.listen(self.own.0.word::<SLEEP>())
    }

    fn settle(&mut self) -> Result<()> {
        self.give_back()
    }

    fn paused(&mut self, pauses: Option<u32>) {
        self.side.paused = pauses;
    }

    #[inline]
    fn is_ready(&mut self) -> bool {
        is_there(self.theirs.load(self.tail))
    }
}

impl Receiver for Consumer {
    /// Half the [`capacity`](Consumer::capacity), less 16 bytes.
    #[inline]
    fn recv_limit(&self) -> usize {
        self.geometry.limit()
    }

    /// Copies one message out of the ring, waiting for it as long as `wait` says.
    ///
    /// # Errors
    /// As [`Receiver::recv`], and `EPERM`: this end is another process's, which used it before the fork, or first after
    /// it.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// The first wait, and each after many messages, begins with a `membarrier`, where pair found that there is one.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | a message is there; too small a buffer; gone already; corrupt; another process's | none |
    /// | a message is there, the producer waits for room | `read` |
    /// | nothing there, the producer waits for room | `read` [`recv`](Consumer::recv) |
    /// | many messages since the last sleep | `membarrier` [`recv`](Consumer::recv) |
    /// | polls, and looks at the doorbell | (`epoll_pwait`)×n [`recv`](Consumer::recv) |
    /// | polls with a limit, and looks at the doorbell | (`epoll_pwait` `clock_gettime`)×n [`recv`](Consumer::recv) |
    /// | polls, and yields | (`sched_yield`)×n [`recv`](Consumer::recv) |
    /// | yields on, and looks at the doorbell | (`sched_yield`)×n (`epoll_pwait` `sched_yield`)×n [`recv`](Consumer::recv) |
    /// | yields on with a limit, and looks at the doorbell | (`sched_yield`)×n (`epoll_pwait` `clock_gettime` `sched_yield`)×n [`recv`](Consumer::recv) |
    /// | waits for ever; the end, waits for ever; a signal ends it, for ever | (`epoll_pwait`)×n [`recv`](Consumer::recv) |
    /// | waits with a limit; the end, waits with a limit; times out; times out, by the clock; a signal ends it, with a limit | (`clock_gettime` `epoll_pwait2`)×n [`recv`](Consumer::recv) |
    /// | over from the start; a message came just then, over from the start | `clock_gettime` `epoll_pwait` [`recv`](Consumer::recv) |
    /// | a limit of zero; a message came just then, a limit of zero | `epoll_pwait` [`recv`](Consumer::recv) |
    /// | before 5.11, waits with a limit; before 5.11, times out; before 5.11, a signal ends it | (`clock_gettime` `epoll_pwait2` `epoll_pwait`)×n |
    ///
    /// # References
    /// [membarrier(2)](https://man7.org/linux/man-pages/man2/membarrier.2.html),
    /// [eventfd(2)](https://man7.org/linux/man-pages/man2/eventfd.2.html),
    /// [epoll_wait(2)](https://man7.org/linux/man-pages/man2/epoll_wait.2.html)
    #[inline]
    fn recv(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        self.take(buf, Some(wait))
    }

    /// Copies one message out of the ring if it is there now.
    ///
    /// # Errors
    /// As [`Receiver::try_recv`], and `EPERM` as in `recv`.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | a message is there; too small a buffer; gone already; corrupt; another process's | none |
    /// | a message is there, the producer waits for room | `read` |
    /// | nothing there; the end; a message came just then | `epoll_pwait` |
    /// | nothing there, the producer waits for room; a message came just then, the producer waits for room | `epoll_pwait` `read` |
    /// | a message came just then, the producer waits for room twice | `epoll_pwait` `read` `read` |
    /// | nothing there, many messages since the last sleep | `membarrier` [`try_recv`](Consumer::try_recv) |
    #[inline]
    fn try_recv(&mut self, buf: &mut [u8]) -> Result<usize> {
        self.take(buf, None)
    }
}

impl AsFd for Consumer {
    /// The doorbell: readable when there may be a message, see [`ring`](crate::ring).
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.side.bell.as_fd()
    }
}
