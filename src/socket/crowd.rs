//! One task that serves a crowd: as many clients as it has seats for, and none of them holds up another.

mod door;
mod members;
mod seat;

use super::connection::Connection;
use super::listener::Listener;
use crate::error::{Errno, Error, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::sys;
use crate::wait::{Epoll, Events, Ready, Sleeper, Trigger, Wait, nanos};
use core::fmt;
use core::time::Duration;
use seat::Seats;

pub use seat::{Member, Seat};

/// A listener, and those who came to it, in seats that the caller owns.
///
/// [`next`](Self::next) tells one [`Event`] after the other, and waits for nobody in particular. The server answers
/// with calls that do not wait: `try_recv`, `try_send`. `M` is what it keeps of a client: the connection itself, or
/// a receiver with its buffer and whatever else, behind whose descriptor the connection is.
///
/// - **A slow client** that does not read makes `try_send` say `EAGAIN`: [`watch`](Self::watch) tells when there is
///   room.
/// - **A silent client**, or one that sends a byte now and then, has the time of `patience` from when it was
///   [admitted](Self::admit), or its clock [started anew](Self::start_clock), which the server does for each whole
///   message. Then it is told as [`Late`](Event::Late), for the server to remove. One that may be silent has its
///   clock [stopped](Self::stop_clock).
/// - **A busy client** has its turn and then all others have theirs, where the server handles one message, or a few,
///   of each event. With messages left in a buffer, it is told [`again`](Self::again).
/// - **Too many clients** are refused, and know it at once: their connection is accepted and closed. So it is where no
///   descriptor is left, for which one is held in reserve.
///
/// Nothing is allocated: a seat takes 40 bytes for a `Stream`. Clients can be as many as RLIMIT_NOFILE lets there be
/// descriptors. What every event loop has to do is in docs/event-loops.md.
///
/// # Syscalls
/// Async-signal-safe. Of a listener with a path, its own table tells what else is done.
///
/// | case | calls |
/// |------|-------|
/// | drop | `close` `close` `close` |
/// | drop, with members | `close` (`close`)×n `close` `close` |
/// | drop, the door closed | `close` |
/// | drop, the door closed, with members | `close` (`close`)×n |
///
/// # Examples
/// ```
/// use rawipc::socket::{Address, Crowd, Event, Listener, Seqpacket, Seat};
/// use rawipc::wait::{Events, Trigger};
/// use rawipc::{Receiver, Sender, Wait};
/// use std::time::Duration;
///
/// let address = Address::abstract_name(format!("crowd {}", std::process::id()).as_bytes())?;
/// let mut seats: [Seat<Seqpacket>; 64] = [const { Seat::EMPTY }; 64];
/// let mut crowd = Crowd::new(Listener::bind(&address)?, &mut seats, Some(Duration::from_secs(10)))?;
///
/// let mut client = Seqpacket::connect(&address, Wait::FOREVER)?;
/// client.send(b"hello", Wait::FOREVER)?;
/// let mut buf = [0; 65_536];
/// let echoed = loop {
///     match crowd.next(Wait::FOREVER)? {
///         Event::Arrived(connection) => {
///             crowd.admit(connection, Events::READABLE, Trigger::Level)?;
///         }
///         Event::Ready(member, _) => {
///             let Some(connection) = crowd.get(member) else { continue };
///             match connection.try_recv(&mut buf) {
///                 Ok(n) if n > 0 && connection.try_send(&buf[..n]).is_ok() => {
///                     crowd.start_clock(member);
///                     break n;
///                 }
///                 _ => drop(crowd.remove(member)), // gone, hostile, or too slow for us
///             }
///         }
///         Event::Late(member) => drop(crowd.remove(member)),
///         Event::Refused(_) => {}
///     }
/// };
/// assert_eq!(client.recv(&mut [0; 65_536], Wait::FOREVER)?, echoed);
/// # Ok::<(), rawipc::Error>(())
/// ```
#[repr(C)]
pub struct Crowd<'s, C, M = C> {
    // The set first: it is closed before what is in it.
    set: Epoll,
    seats: Seats<'s, M>,
    /// In nanoseconds; the most there is for no limit.
    patience: u64,
    /// When the clock was last read.
    now: u64,
    batch: [Ready; BATCH],
    filled: usize,
    at: usize,
    /// How many of those to be told again have their turn in this round.
    turns: usize,
    door: Option<Door<C>>,
}

/// What a crowd has of its listener.
#[repr(C)]
struct Door<C> {
    listener: Listener<C>,
    /// A descriptor to give up where none is left, for the time that it takes to refuse.
    spare: Option<Fd>,
    /// Accepting has failed for want of something: for so many rounds, or until a pause is over, we do not ask.
    stuck: u8,
}

/// What [`Crowd::next`] tells.
#[derive(Debug)]
#[repr(C)]
pub enum Event<C> {
    /// A client has come, and there is a seat for it: [`admit`](Crowd::admit) it, or drop it.
    Arrived(C),
    /// A client has come and was closed at once.
    Refused(Refusal),
    /// A member has something to read, room, or is gone; or it was to be told again.
    Ready(Member, Events),
    /// A member's clock has run out. It is told once, and has stopped.
    Late(Member),
}

/// Why a client was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Refusal {
    /// Each seat has its member.
    NoSeat = 0,
    /// `EMFILE` or `ENFILE`: no descriptor was left for it.
    NoDescriptor = 1,
}

/// How many of those who are ready are asked for at once: a round. All have their turn before the next.
const BATCH: usize = 16;

/// The token of the door. No member has it: an index is less than that.
const DOOR: u64 = u64::MAX;

/// How long accepting that has failed is left alone where there is nothing else to do, in nanoseconds.
const PAUSE: u64 = 10_000_000;

impl<'s, C: Connection, M: AsFd> Crowd<'s, C, M> {
    /// `epoll_create1`, `fcntl(F_DUPFD_CLOEXEC)`, `epoll_ctl` — a crowd around a listener, with as many seats as there
    /// are, emptied. `patience` is how long a member's clock runs before it is late; `None`: for ever.
    ///
    /// # Errors
    /// `EMFILE`, `ENFILE`: no descriptors left. `ENOSPC`: this user watches too many. The listener is closed then,
    /// and its name removed.
    ///
    /// # Syscalls
    /// Async-signal-safe. Those of the listener that is dropped after an error stand in its own table.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok | `epoll_create1` `fcntl` `epoll_ctl` |
    /// | no set | `epoll_create1` `close` |
    /// | no reserve | `epoll_create1` `fcntl` `close` `close` |
    /// | not in the set | `epoll_create1` `fcntl` `epoll_ctl` `close` `close` `close` |
    ///
    /// # References
    /// [epoll(7)](https://man7.org/linux/man-pages/man7/epoll.7.html)
    pub fn new(listener: Listener<C>, seats: &'s mut [Seat<M>], patience: Option<Duration>) -> Result<Self> {
        let set = Epoll::create()?;
        let spare = door::spare(&listener)?;
        set.add(&listener, Events::READABLE, Trigger::Level, DOOR)?;
        Ok(Crowd {
            set,
            seats: Seats::new(seats),
            patience: patience.map_or(u64::MAX, nanos),
            now: 0,
            batch: [Ready::NONE; BATCH],
            filled: 0,
            at: 0,
            turns: 0,
            door: Some(Door { listener, spare: Some(spare), stuck: 0 }),
        })
    }

    /// What there is to do next, or waits for it.
    ///
    /// One round follows the other: those who are ready and one at the door, at most 16, then those to be told again.
    /// The late are told as soon as they are known.
    ///
    /// # Errors
    /// `ETIMEDOUT`; `EINTR` where `wait` asks for it. What else `accept4` says: the client is left waiting, and the
    /// door alone for 10 ms, or 32 rounds.
    ///
    /// # Syscalls
    /// Async-signal-safe. Each [`next`](Self::next) below stands for going on.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | a member is ready; a member is told again; a member is late | none |
    /// | arrived | `accept4` |
    /// | no seat | `accept4` `close` |
    /// | no descriptor | `accept4` `close` `accept4` `close` `fcntl` |
    /// | no descriptor, nor in reserve | `accept4` `close` `accept4` `fcntl` `epoll_ctl` [`next`](Self::next) |
    /// | no descriptor, and none was in reserve | `accept4` `accept4` `fcntl` `epoll_ctl` [`next`](Self::next) |
    /// | not accepted | `accept4` `epoll_ctl` |
    /// | nobody at the door after all | `accept4` [`next`](Self::next) |
    /// | a round | `epoll_pwait` [`next`](Self::next) |
    /// | a round, within patience | `epoll_pwait` `clock_gettime` [`next`](Self::next) |
    /// | a round, the door is tried again | `epoll_ctl` `epoll_pwait` [`next`](Self::next) |
    /// | waits for ever | (`epoll_pwait` `ppoll`)×n [`next`](Self::next) |
    /// | waits with a limit; waits for ever, within patience | (`epoll_pwait` `clock_gettime` `ppoll`)×n [`next`](Self::next) |
    /// | waits with a limit, within patience | (`epoll_pwait` `clock_gettime` `clock_gettime` `ppoll`)×n [`next`](Self::next) |
    /// | times out | (`epoll_pwait` `clock_gettime` `ppoll`)×n |
    /// | times out, by the clock | (`epoll_pwait` `clock_gettime` `ppoll`)×n `epoll_pwait` `clock_gettime` |
    /// | over from the start | `epoll_pwait` `clock_gettime` |
    /// | a limit of zero | `epoll_pwait` |
    /// | a signal ends it, for ever | (`epoll_pwait` `ppoll`)×n |
    /// | a signal ends it, with a limit | (`epoll_pwait` `clock_gettime` `ppoll`)×n |
    pub fn next(&mut self, wait: Wait) -> Result<Event<C>> {
        let mut sleeper = Sleeper::new(wait);
        self.next_or(|crowd, nothing| {
            if !nothing.is_again() {
                sleeper.may_go_on(nothing)?;
            }
            crowd.sleep(&mut sleeper)
        })
    }

    /// What there is to do now.
    ///
    /// # Errors
    /// As [`next`](Self::next), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe. Each [`try_next`](Self::try_next) below stands for going on.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | a member is ready; a member is told again; a member is late | none |
    /// | arrived | `accept4` |
    /// | no seat | `accept4` `close` |
    /// | no descriptor | `accept4` `close` `accept4` `close` `fcntl` |
    /// | no descriptor, nor in reserve | `accept4` `close` `accept4` `fcntl` `epoll_ctl` [`try_next`](Self::try_next) |
    /// | no descriptor, and none was in reserve | `accept4` `accept4` `fcntl` `epoll_ctl` [`try_next`](Self::try_next) |
    /// | not accepted | `accept4` `epoll_ctl` |
    /// | nobody at the door after all | `accept4` [`try_next`](Self::try_next) |
    /// | a round | `epoll_pwait` [`try_next`](Self::try_next) |
    /// | a round, within patience | `epoll_pwait` `clock_gettime` [`try_next`](Self::try_next) |
    /// | a round, the door is tried again | `epoll_ctl` `epoll_pwait` [`try_next`](Self::try_next) |
    /// | nothing | `epoll_pwait` |
    /// | nothing, within patience | `epoll_pwait` `clock_gettime` |
    pub fn try_next(&mut self) -> Result<Event<C>> {
        self.next_or(|_, nothing| Err(nothing))
    }

    fn next_or(&mut self, mut nothing: impl FnMut(&mut Self, Error) -> Result<()>) -> Result<Event<C>> {
        loop {
            match self.of_this_round() {
                Ok(Some(event)) => return Ok(event),
                Ok(None) => {}
                Err(e) if e.is(Errno::INTR) => nothing(self, e)?,
                Err(e) => return Err(e),
            }
            if let Some(why) = self.begin_round()? {
                nothing(self, why)?;
            }
        }
    }

    /// What is left of the round.
    fn of_this_round(&mut self) -> Result<Option<Event<C>>> {
        if let Some(late) = self.seats.take_late(self.now) {
            return Ok(Some(Event::Late(late)));
        }
        while let Some(ready) = self.batch.get(self.at).filter(|_| self.at < self.filled) {
            self.at = self.at.saturating_add(1);
            if ready.token() == DOOR {
                if let Some(event) = self.accept()? {
                    return Ok(Some(event));
                }
            } else if let Some(member) = self.seats.known(ready.token()) {
                return Ok(Some(Event::Ready(member, ready.told())));
            }
        }
        while self.turns > 0 {
            self.turns = self.turns.saturating_sub(1);
            if let Some(member) = self.seats.take_again() {
                return Ok(Some(Event::Ready(member, Events::READABLE)));
            }
        }
        Ok(None)
    }

    /// Begins a round, or says why there is nothing in it: `EAGAIN`, or `EINTR`.
    fn begin_round(&mut self) -> Result<Option<Error>> {
        (self.at, self.filled) = (0, 0);
        self.turns = self.seats.to_be_told_again();
        self.try_the_door_again()?;
        let looked = self.set.try_wait(&mut self.batch);
        if self.seats.is_ticking() {
            self.now = sys::monotonic_nanos()?;
        }
        match looked {
            Ok(filled) => self.filled = filled,
            Err(_) if self.turns > 0 || self.seats.is_late(self.now) => {}
            Err(e) if e.is_unsettled() => return Ok(Some(e)),
            Err(e) => return Err(e),
        }
        Ok(None)
    }

    /// Sleeps until somebody is ready or late, or it is time to try the door again.
    fn sleep(&mut self, sleeper: &mut Sleeper) -> Result<()> {
        let late = self.seats.first_deadline().map(|deadline| deadline.saturating_sub(self.now));
        let most = match self.is_stuck() {
            true => Some(late.map_or(PAUSE, |late| late.min(PAUSE))),
            false => late,
        };
        sleeper.ready_within(self.set.as_fd(), Events::READABLE, most)?;
        self.pause_is_over();
        Ok(())
    }
}

impl<C, M> AsFd for Crowd<'_, C, M> {
    /// Readable when there may be something to do: for another loop, which calls [`Crowd::try_next`] until `EAGAIN`, and
    /// again after `patience`.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.set.as_fd()
    }
}

impl<C, M> fmt::Debug for Crowd<'_, C, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Crowd { set, seats, .. } = self;
        f.debug_struct("Crowd").field("set", set).field("members", &seats.used()).finish_non_exhaustive()
    }
}
