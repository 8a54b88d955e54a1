//! Many writers and one reader: a ring each, behind one receiver.

mod received;
mod slots;
#[cfg(test)]
mod tests;
mod waiting;

use crate::error::{Call, Errno, Error, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::memory::ForkMark;
use crate::ring::{Consumer, Polling, State};
use crate::sys::epoll::{EpollEvent, Op, control};
use crate::sys::made;
use crate::wait::Wait;
use linux_raw_sys::general::{EPOLLET, EPOLLIN};
use slots::{Slots, Turn};

pub use received::Received;
pub use slots::Slot;

/// Receives from many rings, in slots that the caller owns: each writer has a ring of its own, and none of them can do
/// anything to another's.
///
/// [`recv`](Self::recv) says of each message whose it is, by the index of its slot. While messages are there it makes no
/// syscall, but for one after 65,536 messages, by which it hears who has died; where there are none, it polls as
/// long as it was told to ([`set_polling`](Self::set_polling)), and then sleeps once for all of them.
///
/// # Turns
/// Rings that have messages have their turns one after the other, one message a turn. With each message the next eight
/// rings that have no turn to come are looked at, from which follows how long a message can be delayed, whatever the
/// others send: of `n` rings, counted up to the last slot that is taken, at most ⌈n / 8⌉ − 1 are handed out before its
/// ring has a turn to come, and then at most one of each other ring. So a writer that floods alone delays another's
/// message by ⌈n / 8⌉ of its own: by one, where there are up to eight rings.
///
/// # Ends and lies
/// When a producer is gone and what it sent has been handed out, that is told once, as [`End`](Received::End), and its
/// slot is free again. A ring that is corrupt is told once, as [`Corrupt`](Received::Corrupt), and stays in its slot,
/// unheard, until it is [removed](Self::remove). Nothing else changes for the others, in either case.
///
/// A message that is too long for the caller's buffer is told, as [`TooLong`](Received::TooLong), at each of its turns, and
/// holds up nobody else's.
///
/// A `Many` is of the process that made it, and says `EPERM` to a child of it.
///
/// It is no [`Receiver`](crate::Receiver), for which the end and a lie are the whole channel's, and for good.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | drop | `close` `munmap` |
/// | drop, with rings | `close` (`close` `close` `close` `munmap` `munmap` `munmap`)×n `munmap` |
///
/// # Examples
/// ```
/// use rawipc::ring::{self, Many, Received, Slot};
/// use rawipc::{Sender, Wait};
///
/// let mut slots = [const { Slot::EMPTY }; 16];
/// let mut many = Many::new(&mut slots)?;
/// let (mut one, consumer) = ring::pair(1 << 16)?;
/// let first = many.admit(consumer)?;
/// let (mut other, consumer) = ring::pair(1 << 16)?;
/// let second = many.admit(consumer)?;
///
/// // In other processes, after a fork:
/// for _ in 0..100 {
///     one.send(b"flood", Wait::FOREVER)?;
/// }
/// other.send(b"drop", Wait::FOREVER)?;
/// drop(other);
///
/// let mut buf = [0; 64];
/// let mut next = || many.recv(&mut buf, Wait::FOREVER);
/// assert_eq!(next()?, Received::Message { from: first, len: 5 });
/// assert_eq!(next()?, Received::Message { from: second, len: 4 });
/// # Ok::<(), rawipc::Error>(())
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct Many<'s> {
    // The set first: it is closed before what is in it.
    set: Fd,
    slots: Slots<'s>,
    mark: ForkMark,
    polling: Polling,
    /// Messages since the kernel was last asked what it has to tell.
    unasked: u32,
}

/// How many rings are looked at with each message.
const LOOKS: usize = 8;

/// So many messages without a sleep, and the kernel is asked who has died meanwhile: some milliseconds.
const UNASKED: u32 = 1 << 16;

impl<'s> Many<'s> {
    /// `epoll_create1`, `mmap`, `madvise` — a receiver with as many slots as there are, emptied.
    ///
    /// # Errors
    /// `EMFILE`, `ENFILE`: no descriptors left, in this process or at all. `ENOMEM`.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `epoll_create1` `mmap` `madvise` |
    /// | no set | `epoll_create1` |
    /// | no page for a mark | `epoll_create1` `mmap` `close` |
    /// | a mark is refused | `epoll_create1` `mmap` `madvise` `munmap` `close` |
    ///
    /// # References
    /// [epoll(7)](https://man7.org/linux/man-pages/man7/epoll.7.html)
    pub fn new(slots: &'s mut [Slot]) -> Result<Many<'s>> {
        let set = Fd::from(made::epoll_create()?);
        let mark = ForkMark::new()?;
        mark.set();
        Ok(Many { set, slots: Slots::new(slots), mark, polling: Polling::NONE, unasked: 0 })
    }

    /// `epoll_ctl` `epoll_ctl` — puts a ring into the first free slot, and returns its index.
    ///
    /// The ring is this process's from now on. What was sent before is handed out as well.
    ///
    /// # Errors
    /// `ENOBUFS`: no slot is free. `EPERM`: the ring is another process's, or all of this is. Neither makes a syscall but
    /// for closing. `ENOSPC`: this user watches too many. `ENOMEM`. `EINVAL`: so many others watch the ring's bell that the
    /// kernel allows no more, which is its producer's doing. The ring is dropped in each of these cases.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `epoll_ctl` `epoll_ctl` |
    /// | refused | `close` `close` `close` `munmap` `munmap` `munmap` |
    /// | not in the set | `epoll_ctl` `close` `close` `close` `munmap` `munmap` `munmap` |
    /// | by half in the set | `epoll_ctl` `epoll_ctl` `epoll_ctl` `close` `close` `close` `munmap` `munmap` `munmap` |
    ///
    /// # References
    /// [epoll_ctl(2)](https://man7.org/linux/man-pages/man2/epoll_ctl.2.html)
    pub fn admit(&mut self, mut consumer: Consumer) -> Result<usize> {
        self.check_owner(Call::EPOLL_CTL)?;
        consumer.begin_anew()?;
        let full = Error::argument(Call::EPOLL_CTL, Errno::NOBUFS);
        let index = self.slots.free().ok_or(full)?;
        let token = (index as u64) << 1;
        let bell = EpollEvent { events: EPOLLIN | EPOLLET, data: token };
        // A hang-up is told without being asked for.
        let line = EpollEvent { events: EPOLLET, data: token | LINE };
        control(self.set.as_fd(), Op::Add, consumer.as_fd(), bell)?;
        control(self.set.as_fd(), Op::Add, consumer.side.bell.line(), line).inspect_err(|_| {
            let _ = control(self.set.as_fd(), Op::Delete, consumer.as_fd(), bell);
        })?;
        let state = consumer.side.state;
        self.slots.put(index, consumer);
        if state != State::Open {
            // To be told of at once.
            if let Some(slot) = self.slots.get(index) {
                slot.is_gone = state == State::Gone;
            }
            self.slots.push(index);
        }
        Ok(index)
    }

    /// `epoll_ctl` `epoll_ctl` — takes a ring out of its slot, with all that has not been handed out.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok | `epoll_ctl` `epoll_ctl` |
    /// | none there; a corrupt one that was told; another process's | none |
    pub fn remove(&mut self, index: usize) -> Option<Consumer> {
        if self.mark.is_set() {
            self.unhear(index);
        }
        self.slots.take(index)
    }

    /// The ring in a slot: how large it is, what made it corrupt.
    pub fn get(&self, index: usize) -> Option<&Consumer> {
        self.slots.ring(index)
    }

    /// How many rings there are, corrupt ones among them.
    pub fn len(&self) -> usize {
        self.slots.used()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many there can be.
    pub fn capacity(&self) -> usize {
        self.slots.capacity()
    }

    /// The largest message that can come out of any of them: a buffer of this size is always enough.
    pub fn recv_limit(&self) -> usize {
        self.slots.rings().map(crate::Receiver::recv_limit).max().unwrap_or(0)
    }

    /// How a wait for a message polls before it sleeps; [`Polling::NONE`] to begin with. What the rings were told is
    /// not asked.
    pub fn set_polling(&mut self, polling: Polling) {
        self.polling = polling;
    }

    /// Copies out the message whose turn it is, or tells of an end, waiting for either as long as `wait` says.
    ///
    /// # Errors
    /// `ETIMEDOUT`; `EINTR` where `wait` asks for it. `ENOTCONN`: no ring is there, or corrupt ones alone. `EPERM`: all of
    /// this is another process's. That `buf` is too small is no error, but [told](Received::TooLong) with whose message it
    /// is: how large a ring is, and with that its messages, is its producer's choice where that is a stranger.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// The first wait, and each after many messages of one ring, begins with a `membarrier`, where pair found that there
    /// is one.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | a message is there; too small a buffer; no ring; another process's | none |
    /// | a message is there, its producer waits for room | `read` |
    /// | the end of one | `epoll_ctl` `epoll_ctl` `close` `close` `close` `munmap` `munmap` `munmap` |
    /// | a corrupt one | `epoll_ctl` `epoll_ctl` |
    /// | 65,536 messages since the kernel was asked | (`epoll_pwait`)×n [`recv`](Self::recv) |
    /// | nothing there, producers wait for room | (`read`)×n [`recv`](Self::recv) |
    /// | many messages since the last sleep | `membarrier` [`recv`](Self::recv) |
    /// | polls, and looks at the doorbell | (`epoll_pwait`)×n [`recv`](Self::recv) |
    /// | polls with a limit, and looks at the doorbell | (`epoll_pwait` `clock_gettime`)×n [`recv`](Self::recv) |
    /// | polls, and yields | (`sched_yield`)×n [`recv`](Self::recv) |
    /// | yields on, and looks at the doorbell | (`sched_yield`)×n (`epoll_pwait` `sched_yield`)×n [`recv`](Self::recv) |
    /// | yields on with a limit, and looks at the doorbell | (`sched_yield`)×n (`epoll_pwait` `clock_gettime` `sched_yield`)×n [`recv`](Self::recv) |
    /// | waits for ever; an end, waits for ever; a signal ends it, for ever | (`epoll_pwait`)×n [`recv`](Self::recv) |
    /// | waits with a limit; an end, waits with a limit; times out; times out, by the clock; a signal ends it, with a limit | (`clock_gettime` `epoll_pwait2`)×n [`recv`](Self::recv) |
    /// | over from the start; a message came just then, over from the start | `clock_gettime` `epoll_pwait` [`recv`](Self::recv) |
    /// | a limit of zero; a message came just then, a limit of zero | `epoll_pwait` [`recv`](Self::recv) |
    /// | before 5.11, waits with a limit; before 5.11, times out; before 5.11, a signal ends it | (`clock_gettime` `epoll_pwait2` `epoll_pwait`)×n |
    ///
    /// # References
    /// [membarrier(2)](https://man7.org/linux/man-pages/man2/membarrier.2.html),
    /// [eventfd(2)](https://man7.org/linux/man-pages/man2/eventfd.2.html),
    /// [epoll_wait(2)](https://man7.org/linux/man-pages/man2/epoll_wait.2.html)
    #[inline]
    pub fn recv(&mut self, buf: &mut [u8], wait: Wait) -> Result<Received> {
        self.receive(buf, Some(wait))
    }

    /// Copies out the message whose turn it is, or tells of an end, if either is there now.
    ///
    /// # Errors
    /// As [`recv`](Self::recv), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | a message is there; too small a buffer; no ring; another process's | none |
    /// | a message is there, its producer waits for room | `read` |
    /// | the end of one | `epoll_ctl` `epoll_ctl` `close` `close` `close` `munmap` `munmap` `munmap` |
    /// | a corrupt one | `epoll_ctl` `epoll_ctl` |
    /// | 65,536 messages since the kernel was asked | (`epoll_pwait`)×n [`try_recv`](Self::try_recv) |
    /// | nothing there | `epoll_pwait` |
    /// | nothing there, producers wait for room | `epoll_pwait` (`read`)×n |
    /// | something is heard | `epoll_pwait` [`try_recv`](Self::try_recv) |
    /// | many messages since the last sleep | `membarrier` [`try_recv`](Self::try_recv) |
    #[inline]
    pub fn try_recv(&mut self, buf: &mut [u8]) -> Result<Received> {
        self.receive(buf, None)
    }

    #[inline]
    fn receive(&mut self, buf: &mut [u8], wait: Option<Wait>) -> Result<Received> {
        self.check_owner(Call::MEMORY)?;
        if self.unasked >= UNASKED {
            self.ask();
        }
        match self.next_turn(buf)? {
            Some(received) => Ok(received),
            None => self.wait_and_take(buf, wait),
        }
    }

    #[cold]
    #[inline(never)]
    fn wait_and_take(&mut self, buf: &mut [u8], wait: Option<Wait>) -> Result<Received> {
        if self.slots.heard() == 0 {
            return Err(Error::argument(Call::MEMORY, Errno::NOTCONN));
        }
        let nothing = Error::kernel(Call::MEMORY, Errno::AGAIN);
        match wait {
            Some(wait) => self.wait(wait)?,
            None if self.look_and_announce()? => {}
            None => return Err(nothing),
        }
        // Somebody has a turn to come, and something to say in it.
        self.next_turn(buf)?.ok_or(nothing)
    }

    /// What is there of the rings that have a turn to come. Asks memory alone.
    // Out of line, once for all: it is the half of what there is of this.
    #[inline(never)]
    fn next_turn(&mut self, buf: &mut [u8]) -> Result<Option<Received>> {
        let end = self.slots.end();
        self.slots.look(end.min(LOOKS));
        let mut unseen = end.saturating_sub(LOOKS);
        loop {
            let Some(from) = self.slots.first() else {
                if unseen == 0 {
                    return Ok(None);
                }
                // Nobody waits for us to look at all others.
                self.slots.look(core::mem::take(&mut unseen));
                continue;
            };
            let Some(slot) = self.slots.get(from) else { return Ok(None) };
            match slot.take_turn(buf) {
                Turn::Message(len) => {
                    self.unasked = self.unasked.saturating_add(1);
                    self.slots.pop();
                    // Whether there is another is seen at the next turn.
                    self.slots.push(from);
                    return Ok(Some(Received::Message { from, len }));
                }
                Turn::Nothing => self.slots.pop(),
                Turn::End => return Ok(Some(self.ended(from))),
                Turn::Refused(e) => return self.refused(from, e).map(Some),
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn ended(&mut self, from: usize) -> Received {
        self.slots.pop();
        self.unhear(from);
        self.slots.empty(from);
        Received::End { from }
    }

    /// A message that does not fit, or one that cannot be.
    #[cold]
    #[inline(never)]
    fn refused(&mut self, from: usize, why: Error) -> Result<Received> {
        if let Some(len) = why.needed() {
            // As many as these may come without a sleep, too.
            self.unasked = self.unasked.saturating_add(1);
            self.slots.pop();
            self.slots.push(from);
            return Ok(Received::TooLong { from, len });
        }
        let saw = self.slots.ring(from).and_then(Consumer::corruption).ok_or(why)?;
        self.slots.pop();
        self.unhear(from);
        Ok(Received::Corrupt { from, saw })
    }

    /// Hears no more of a ring.
    #[cold]
    #[inline(never)]
    fn unhear(&mut self, index: usize) {
        if self.slots.unhear(index) {
            if let Some(ring) = self.slots.ring(index) {
                // Closing is not enough where a child made by fork has a copy.
                let none = EpollEvent { events: 0, data: 0 };
                let _ = control(self.set.as_fd(), Op::Delete, ring.as_fd(), none);
                let _ = control(self.set.as_fd(), Op::Delete, ring.side.bell.line(), none);
            }
        }
    }

    #[inline]
    fn check_owner(&self, call: Call) -> Result<()> {
        if self.mark.is_set() { Ok(()) } else { Err(Error::argument(call, Errno::PERM)) }
    }
}

/// In a token: it is the line that tells.
const LINE: u64 = 1;

impl AsFd for Many<'_> {
    /// Readable when there may be something to receive since [`try_recv`](Many::try_recv) said `EAGAIN`, or `recv`
    /// `ETIMEDOUT`: for an outer event loop, into which it goes before strangers are admitted. The kernel bounds the
    /// epolls over one descriptor, and a stranger who used them up for his own bell would keep this one out (`EINVAL`).
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.set.as_fd()
    }
}
