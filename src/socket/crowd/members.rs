//! The members of a crowd: let in, watched, timed, and let go.

use super::{Crowd, Member};
use crate::error::{Call, Errno, Error, Result};
use crate::fd::AsFd;
use crate::socket::connection::Connection;
use crate::sys;
use crate::wait::{Events, Trigger};

impl<C: Connection, M: AsFd> Crowd<'_, C, M> {
    /// `epoll_ctl` — gives a client a seat, tells of it from now on, and starts its clock.
    ///
    /// It need not have come by the door. What its descriptor is ready for already is told.
    ///
    /// # Errors
    /// `ENOBUFS`: no seat is free, before any syscall. `ENOSPC`: this user watches too many. The client is closed
    /// then.
    ///
    /// # Syscalls
    /// Async-signal-safe. "Patience": there is one, and nobody else's clock runs.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok | `epoll_ctl` |
    /// | patience | `epoll_ctl` `clock_gettime` |
    /// | no seat | `close` |
    /// | not in the set | `epoll_ctl` `close` |
    pub fn admit(&mut self, member: M, events: Events, trigger: Trigger) -> Result<Member> {
        let Some(id) = self.seats.next_free() else {
            return Err(Error::argument(Call::EPOLL_CTL, Errno::NOBUFS));
        };
        self.set.add(&member, events, trigger, id.token())?;
        self.seats.put(id, member);
        self.start_clock(id);
        Ok(id)
    }

    /// Tells of other events from now on: with [`Events::WRITABLE`] of room.
    ///
    /// # Errors
    /// `ESTALE`: it is no member any more, before any syscall.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok | `epoll_ctl` |
    /// | refused | none |
    pub fn watch(&mut self, member: Member, events: Events, trigger: Trigger) -> Result<()> {
        match self.seats.get(member) {
            Some(there) => self.set.change(there, events, trigger, member.token()),
            None => Err(Error::argument(Call::EPOLL_CTL, Errno::STALE)),
        }
    }

    /// `epoll_ctl` — takes a member out, and tells of it no more; what was told of it and not yet handed out is dropped.
    /// Dropping what this returns closes it.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok | `epoll_ctl` |
    /// | none any more | none |
    pub fn remove(&mut self, member: Member) -> Option<M> {
        let there = self.seats.take(member)?;
        // Closing is not enough where a child made by fork has a copy.
        let _ = self.set.remove(&there);
        self.pause_is_over();
        Some(there)
    }

    /// Starts a member's clock anew: within `patience` from this round on, it is to be started again, or stopped.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok | none |
    /// | patience, and no other clock runs | `clock_gettime` |
    pub fn start_clock(&mut self, member: Member) {
        if self.patience == u64::MAX {
            return;
        }
        if !self.seats.is_ticking() {
            // Nobody has looked for a while. Where it cannot be read, the next round says so.
            self.now = sys::monotonic_nanos().unwrap_or(self.now);
        }
        self.seats.start_clock(member, self.now.saturating_add(self.patience));
    }

    /// Stops a member's clock: it may be silent for as long as it likes.
    pub fn stop_clock(&mut self, member: Member) {
        self.seats.stop_clock(member);
    }

    /// Has a member told as readable in the next round, whatever its descriptor says: there is a message in its buffer
    /// (`has_buffered`), or an edge was told of and not read to its end.
    pub fn again(&mut self, member: Member) {
        self.seats.again(member);
    }

    /// What the server keeps of a member; `None` where it is none any more.
    pub fn get(&mut self, member: Member) -> Option<&mut M> {
        self.seats.get(member)
    }

    /// The member that is in the seat of this number, for going through all of them: 0 and on, below
    /// [`capacity`](Self::capacity).
    pub fn member_at(&self, index: usize) -> Option<Member> {
        self.seats.at(index)
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.seats.used()
    }

    /// Whether nobody is there.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many members there can be.
    pub fn capacity(&self) -> usize {
        self.seats.capacity()
    }
}
