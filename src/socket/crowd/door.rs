//! The door of a crowd: accepting, and refusing where there is no room.

use super::{Crowd, DOOR, Door, Event, Refusal};
use crate::error::{Errno, Result};
use crate::fd::{AsFd, Fd};
use crate::socket::connection::Connection;
use crate::socket::listener::Listener;
use crate::sys::made::dup_cloexec;
use crate::wait::{Events, Trigger};

/// For how many rounds accepting that has failed is left alone where there are members to serve.
const ROUNDS: u8 = 32;

/// A descriptor of nothing new: `fcntl`.
pub(super) fn spare<C>(listener: &Listener<C>) -> Result<Fd> {
    dup_cloexec(listener.as_fd(), 0).map(Fd::from)
}

impl<C: Connection, M: AsFd> Crowd<'_, C, M> {
    /// Somebody is at the door: lets them in or refuses them.
    pub(super) fn accept(&mut self) -> Result<Option<Event<C>>> {
        let full = self.seats.is_full();
        let Some(door) = &mut self.door else { return Ok(None) };
        match door.listener.try_accept() {
            Ok(_) if full => Ok(Some(Event::Refused(Refusal::NoSeat))),
            Ok(connection) => Ok(Some(Event::Arrived(connection))),
            Err(e) if e.is_again() => Ok(None),
            // Told as it is: the wait decides.
            Err(e) if e.is(Errno::INTR) => Err(e),
            Err(e) if e.is(Errno::MFILE) || e.is(Errno::NFILE) => {
                if door.turn_away() {
                    return Ok(Some(Event::Refused(Refusal::NoDescriptor)));
                }
                // Another thread has taken it, or the whole machine has none.
                self.leave_the_door()?;
                Ok(None)
            }
            Err(e) => {
                self.leave_the_door()?;
                Err(e)
            }
        }
    }

    /// `epoll_ctl` — stops listening for clients, and gives the listener back, to [retire](Listener::retire) it; `None`
    /// where that was done already. The members stay.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok | `epoll_ctl` `close` |
    /// | closed already | none |
    pub fn close_door(&mut self) -> Option<Listener<C>> {
        let Door { listener, spare, .. } = self.door.take()?;
        let _ = self.set.remove(&listener);
        drop(spare);
        Some(listener)
    }

    /// Is told of nobody at the door for a while: it would be over and over again.
    fn leave_the_door(&mut self) -> Result<()> {
        let Some(door) = &mut self.door else { return Ok(()) };
        door.stuck = ROUNDS;
        self.set.change(&door.listener, Events::NONE, Trigger::Level, DOOR)
    }

    pub(super) fn is_stuck(&self) -> bool {
        self.door.as_ref().is_some_and(|door| door.stuck > 0)
    }

    /// What was missing may be there now.
    pub(super) fn pause_is_over(&mut self) {
        if let Some(door) = &mut self.door {
            door.stuck = door.stuck.min(1);
        }
    }

    pub(super) fn try_the_door_again(&mut self) -> Result<()> {
        let Some(door) = &mut self.door else { return Ok(()) };
        let was_stuck = door.stuck > 0;
        door.stuck = door.stuck.saturating_sub(1);
        if was_stuck && door.stuck == 0 {
            return self.set.change(&door.listener, Events::READABLE, Trigger::Level, DOOR);
        }
        Ok(())
    }
}

impl<C: Connection> Door<C> {
    /// Accepts with the descriptor that is held for this, and closes at once; says whether that went well.
    fn turn_away(&mut self) -> bool {
        drop(self.spare.take());
        let refused = self.listener.try_accept();
        let came = refused.is_ok();
        drop(refused);
        self.spare = spare(&self.listener).ok();
        came
    }
}
