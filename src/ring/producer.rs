//! The end that messages go into.

use crate::channel::Sender;
use crate::error::{Call, Errno, Error, Result};
use crate::fd::{AsFd, BorrowedFd};
use crate::memory::{Circle, ReadOnlyMap};
use crate::ring::corruption::{Corruption, Word};
use crate::ring::doorbell::Heard;
use crate::ring::index::{clear, left, publish, stage, taken, written};
use crate::ring::ladder::Ladder;
use crate::ring::layout::{AHEAD, CLAIM, DROP_COUNT, Geometry, LINE, Own, POSITION, SLEEP};
use crate::ring::record::{Record, whole_line};
use crate::ring::side::{Side, Waiter, Woken};
use crate::ring::sleep::{Barrier, PeerSleep, Tell, published};
use crate::ring::{Polling, State};
use crate::wait::Wait;

/// Behind a record of more bytes no lines are cleared but the first: there the others are too long on their way.
const LONG: u32 = 1 << 11;

/// The lines that short messages go into are fetched so far ahead, to be written to: a processor that has to wait for
/// each when it gets there has no more than a few of them on their way at once.
const FETCHED: u32 = 1 << 11;

/// The end of a ring that messages go into.
///
/// **When the consumer is gone**, `send` says `EPIPE`, at once and from then on, where the consumer was dropped. Where it
/// was killed, memory alone does not tell: two more sends succeed where it slept, and as many as the ring has room
/// for where it was awake; then `send` says `EPIPE`. What the consumer had not taken is lost with it, as in a pipe.
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
pub struct Producer {
    // Dropped in this order: the line is closed when the drop is counted.
    pub(super) side: Side,
    pub(super) own: Own<Circle>,
    pub(super) theirs: ReadOnlyMap,
    pub(super) geometry: Geometry,
    /// Where the next record goes.
    pub(super) head: u32,
    /// Where the consumer was when we last looked.
    pub(super) tail: u32,
    /// How far in front of `head` the first words of lines are clear.
    pub(super) clear: u32,
    /// What a wait is for: room for a record of so many bytes.
    wanted: u32,
    /// The consumer's drop count when we last looked.
    drops: u32,
    /// The bytes of the message that has room at `head` and is not there yet; 0 is none.
    pub(super) reserved: u32,
}

impl Producer {
    pub(super) fn new(side: Side, own: Circle, theirs: ReadOnlyMap, geometry: Geometry) -> Self {
        Producer {
            side,
            own: Own(own),
            theirs,
            geometry,
            head: 0,
            tail: 0,
            clear: AHEAD,
            wanted: 0,
            drops: 0,
            reserved: 0,
        }
    }

    /// The bytes that the ring holds, headers and padding included.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.geometry.capacity()
    }

    /// How a wait for room polls before it sleeps; [`Polling::NONE`] to begin with.
    #[inline]
    pub fn set_polling(&mut self, polling: Polling) {
        self.side.polling = polling;
    }

    /// What made the ring corrupt, if it is.
    pub fn corruption(&self) -> Option<Corruption> {
        let (value, position) = self.side.saw()?;
        Some(Corruption { word: Word::Position, value, position, least: self.tail, most: position })
    }

    /// Refuses what can never be sent, and says what is known without looking.
    #[inline]
    fn check(&mut self, len: usize) -> Result<()> {
        if len == 0 {
            return Err(Error::argument(Call::MEMORY, Errno::INVAL));
        }
        let limit = self.geometry.limit();
        if len > limit {
            return Err(Error::argument(Call::MEMORY, Errno::MSGSIZE).with_needed(limit));
        }
        self.check_open()
    }

    /// Refuses what another process does, or what comes too late.
    #[inline]
    pub(super) fn check_open(&mut self) -> Result<()> {
        self.side.check_owner(self.own.0.head().word::<CLAIM>())?;
        match self.side.state {
            State::Open => Ok(()),
            State::Gone => Err(Error::peer(Call::MEMORY, Errno::PIPE)),
            State::Corrupt => Err(Error::peer(Call::MEMORY, Errno::BADMSG)),
        }
    }

    /// Looks where the consumer is. One that lies has room, and one that lied: whoever goes on is told.
    pub(super) fn look(&mut self, record: u32) -> bool {
        if self.side.state != State::Open {
            return true;
        }
        let claimed = taken(self.theirs.load::<POSITION>());
        match self.geometry.believe(claimed, self.tail, self.head) {
            Some(tail) => {
                self.tail = tail;
                self.side.sleep.go_on(self.own.0.head().word::<SLEEP>(), self.head);
                self.geometry.has_room(self.head.wrapping_sub(tail), record)
            }
            None => {
                self.side.set_corrupt(claimed, self.head);
                true
            }
        }
    }

    /// Waits until a record has room: at once where it has.
    #[inline]
    fn make_room(&mut self, record: u32, wait: Option<Wait>) -> Result<()> {
        if self.geometry.has_room(self.head.wrapping_sub(self.tail), record) {
            return Ok(());
        }
        if self.look(record) && self.side.state == State::Open {
            return Ok(());
        }
        self.wait_for_room(record, wait)
    }

    #[cold]
    fn wait_for_room(&mut self, record: u32, wait: Option<Wait>) -> Result<()> {
        self.wanted = record;
        if self.side.state == State::Open {
            let woken = match wait {
                Some(wait) => Some(self.wait(wait)?),
                None => self.look_and_announce()?,
            };
            match woken {
                Some(Woken::Ready) if self.side.state == State::Open => return Ok(()),
                Some(Woken::Ready) => {}
                Some(Woken::HangUp) => return Err(self.gone()),
                None => return Err(Error::kernel(Call::MEMORY, Errno::AGAIN)),
            }
        }
        Err(Error::peer(Call::MEMORY, Errno::BADMSG))
    }

    #[cold]
    fn gone(&mut self) -> Error {
        self.side.set_gone();
        Error::peer(Call::EPOLL_PWAIT, Errno::PIPE)
    }

    /// Makes sure that a message of `len` bytes, whose record takes `size`, has room at `head`, waiting for it as long as
    /// `wait` says.
    #[inline(always)] // sending is as fast as this is
    pub(super) fn begin(&mut self, len: usize, size: u32, wait: Option<Wait>) -> Result<()> {
        self.check(len)?;
        let drops = self.theirs.load::<DROP_COUNT>();
        if drops != self.drops {
            self.ask(drops)?;
        }
        self.make_room(size, wait)
    }

    /// Writes the record of a message to `position`, its first word apart.
    #[inline]
    pub(super) fn fill(&self, position: u32, record: Record, msg: &[u8]) {
        stage(self.own.0.second_word(position), record.len);
        self.own.0.write(position.wrapping_add(record.body()), msg);
    }

    /// Says that the messages from `head` up to `next` are there, of which the first has this first word, and wakes the
    /// consumer if it sleeps.
    #[inline]
    pub(super) fn publish(&mut self, first: u32, next: u32) -> Result<()> {
        written();
        self.reserved = 0;
        // What is as long as that ends where nothing was cleared yet.
        let (size, ahead) = (next.wrapping_sub(self.head), self.clear.wrapping_sub(self.head));
        if size >= ahead {
            clear(self.own.0.word(next));
            self.clear = next.wrapping_add(LINE as u32);
        }
        publish(self.own.0.word(self.head), first);
        if !cfg!(tiny) && size == LINE as u32 {
            self.own.0.fetch(next.wrapping_add(FETCHED));
        }
        self.head = next;
        // Behind a long one that is left to the next short one.
        if size <= LONG {
            let end = next.wrapping_add(AHEAD);
            while self.clear != end {
                clear(self.own.0.word(self.clear));
                self.clear = self.clear.wrapping_add(LINE as u32);
            }
        }
        self.end_sleep();
        published();
        if PeerSleep::is_quiet(self.theirs.load::<SLEEP>()) {
            return Ok(());
        }
        self.tell()
    }

    /// Ends the sleep that was announced, where it was.
    #[inline]
    pub(super) fn end_sleep(&mut self) {
        self.side.sleep.end(self.own.0.head().word::<SLEEP>());
    }

    /// Rings, where the consumer sleeps.
    #[inline(never)]
    fn tell(&mut self) -> Result<()> {
        let theirs = &self.theirs;
        match self.side.peer.tell(|| theirs.load::<SLEEP>()) {
            Tell::Nothing => Ok(()),
            // Nobody can be woken any more, and the message may be heard of: it is not to be sent again.
            Tell::Ring => self.side.bell.ring().inspect_err(|_| self.side.set_gone()),
            Tell::Ask => {
                // The message is there, whatever comes of the look: the next one is refused.
                if self.side.bell.listen() == Ok(Heard::HangUp) {
                    self.side.set_gone();
                }
                Ok(())
            }
        }
    }

    /// A copy of the consumer was dropped: was it the last?
    #[cold]
    fn ask(&mut self, drops: u32) -> Result<()> {
        left();
        match self.listen()? {
            Heard::HangUp => return Err(self.gone()),
            // Asked again at the next message.
            Heard::Unheard => {}
            Heard::Nothing | Heard::Bell => self.drops = drops,
        }
        Ok(())
    }

    #[inline]
    fn send_one(&mut self, msg: &[u8], wait: Option<Wait>) -> Result<()> {
        if let Some((first, rest)) = whole_line(msg) {
            self.begin(LINE, LINE as u32, wait)?;
            self.own.0.write_rest(self.head, rest);
            return self.publish(first, self.head.wrapping_add(LINE as u32));
        }
        let record = Record::with_header(msg.len());
        self.begin(msg.len(), record.size(), wait)?;
        self.fill(self.head, record, msg);
        self.publish(record.first, self.head.wrapping_add(record.size()))
    }
}

impl Waiter for Producer {
    fn side(&mut self) -> &mut Side {
        &mut self.side
    }

    fn prepare(&mut self) -> Barrier {
        self.side.sleep.prepare(self.own.0.head().word::<SLEEP>(), self.head)
    }

    fn announce(&mut self) {
        self.side.sleep.announce(self.own.0.head().word::<SLEEP>());
    }
}

impl Ladder for Producer {
    fn polling(&mut self) -> Polling {
        self.side.polling
    }

    fn listen(&mut self) -> Result<Heard> {
        self.side.listen(self.own.0.head().word::<SLEEP>())
    }

    /// Each message was told of when it was sent.
    fn settle(&mut self) -> Result<()> {
        Ok(())
    }

    #[inline]
    fn is_ready(&mut self) -> bool {
        self.look(self.wanted)
    }
}

impl Sender for Producer {
    /// Half the [`capacity`](Producer::capacity), less 16 bytes.
    #[inline]
    fn send_limit(&self) -> usize {
        self.geometry.limit()
    }

    /// Copies one message into the ring, waiting for room as long as `wait` says.
    ///
    /// # Errors
    /// As [`Sender::send`], and `EBADMSG`: the consumer wrote a position that cannot be; the ring is corrupt and
    /// stays so. `EPERM`: this end is another process's, which used it before the fork, or first after it. Any other errno
    /// of `read` breaks this end for good: the message may arrive, nothing after it does.
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
    /// | a copy of the consumer was dropped | `epoll_pwait` [`send`](Producer::send) |
    /// | many messages since the last sleep | `membarrier` [`send`](Producer::send) |
    /// | polls, and looks at the doorbell | (`epoll_pwait`)×n [`send`](Producer::send) |
    /// | polls with a limit, and looks at the doorbell | (`epoll_pwait` `clock_gettime`)×n [`send`](Producer::send) |
    /// | polls, and yields | (`sched_yield`)×n [`send`](Producer::send) |
    /// | yields on, and looks at the doorbell | (`sched_yield`)×n (`epoll_pwait` `sched_yield`)×n [`send`](Producer::send) |
    /// | yields on with a limit, and looks at the doorbell | (`sched_yield`)×n (`epoll_pwait` `clock_gettime` `sched_yield`)×n [`send`](Producer::send) |
    /// | waits for ever; the consumer is gone, waits for ever; a signal ends it, for ever | (`epoll_pwait`)×n [`send`](Producer::send) |
    /// | waits with a limit; the consumer is gone, waits with a limit; times out; times out, by the clock; a signal ends it, with a limit | (`clock_gettime` `epoll_pwait2`)×n [`send`](Producer::send) |
    /// | over from the start; room came just then, over from the start | `clock_gettime` `epoll_pwait` [`send`](Producer::send) |
    /// | a limit of zero; room came just then, a limit of zero | `epoll_pwait` [`send`](Producer::send) |
    /// | before 5.11, waits with a limit; before 5.11, times out; before 5.11, a signal ends it | (`clock_gettime` `epoll_pwait2` `epoll_pwait`)×n |
    ///
    /// # References
    /// [membarrier(2)](https://man7.org/linux/man-pages/man2/membarrier.2.html),
    /// [eventfd(2)](https://man7.org/linux/man-pages/man2/eventfd.2.html),
    /// [epoll_wait(2)](https://man7.org/linux/man-pages/man2/epoll_wait.2.html)
    #[inline]
    fn send(&mut self, msg: &[u8], wait: Wait) -> Result<()> {
        self.send_one(msg, Some(wait))
    }

    /// Copies one message into the ring if there is room now.
    ///
    /// # Errors
    /// As [`Sender::try_send`], and `EBADMSG` and `EPERM` as in `send`.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | room; gone already; corrupt; another process's; refused | none |
    /// | room, the consumer sleeps | `read` |
    /// | room, the consumer sleeps on; the consumer was dropped | `epoll_pwait` |
    /// | a copy of the consumer was dropped | `epoll_pwait` [`try_send`](Producer::try_send) |
    /// | no room; the consumer is gone; room came just then | `epoll_pwait` |
    /// | room came just then, the consumer sleeps | `epoll_pwait` `read` |
    /// | no room, many messages since the last sleep | `membarrier` [`try_send`](Producer::try_send) |
    #[inline]
    fn try_send(&mut self, msg: &[u8]) -> Result<()> {
        self.send_one(msg, None)
    }
}

impl AsFd for Producer {
    /// The doorbell: readable when there may be room, see [`ring`](crate::ring).
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.side.bell.as_fd()
    }
}
