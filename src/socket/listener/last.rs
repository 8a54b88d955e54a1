//! A listener that leaves its name to a successor, while clients are let in.

use super::Listener;
use crate::error::{Call, Errno, Error, Named, Result};
use crate::socket::connection::{Connection, Kind, connect, until_room};
use crate::socket::place::Place;
use crate::wait::Wait;
use rustix::net::SocketFlags;

/// How far a listener has come in leaving.
#[derive(Debug)]
#[repr(C)]
pub(super) enum Last {
    /// Connections come by its name.
    Open,
    /// A successor has the name: those that came before are still to be accepted. This leads to our own socket.
    Draining(Place),
    /// None can come any more.
    Shut,
}

impl<C: Connection> Listener<C> {
    /// Leaves the name to a successor, so that a restart refuses nobody: lets the lock go, and marks the file as one
    /// that the next owner may replace while this socket listens still.
    ///
    /// From here on [`accept_last`](Self::accept_last) takes the place of [`accept`](Self::accept). The successor
    /// [binds](Self::bind_with), then or later, or has been waiting in [`take_over`](Self::take_over). Where none
    /// comes, [`remove`](Self::remove) takes the file away; dropping this leaves it, and the next bind finds it dead.
    ///
    /// # Errors
    /// `EOPNOTSUPP`: an abstract name, which only a descriptor can be handed on with. `EALREADY`: it was called
    /// before. `ENAMETOOLONG`: a path of more than 103 bytes leaves no room for a successor's. Of these no syscall is made. `EPERM`: in a child made by fork. `ESTALE`, `ENOENT`: the file was
    /// replaced, or removed. `ENOSPC`, `EDQUOT`: no room for the mark. `EMFILE`, `ENFILE`. After an error it is
    /// the owner still.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok | `getpid` `openat` `fstat` `write` `flock` `close` |
    /// | in a child made by fork | `getpid` |
    /// | the file is gone | `getpid` `openat` |
    /// | the file is another's | `getpid` `openat` `fstat` `close` |
    /// | no mark | `getpid` `openat` `fstat` `write` `close` |
    /// | refused | none |
    ///
    /// # Examples
    /// ```
    /// use rawipc::Wait;
    /// use rawipc::socket::{Address, Listener, Options, Stream};
    ///
    /// let path = std::ffi::CString::new(format!("/tmp/rawipc-restart-{}", std::process::id())).unwrap();
    /// let address = Address::path(&path)?;
    /// let mut old = Listener::<Stream>::bind(&address)?;
    /// let early = Stream::connect(&address, Wait::FOREVER)?; // not accepted yet
    /// old.retire()?;
    /// let new = Listener::<Stream>::bind(&address)?; // in another process, as a rule
    /// let late = Stream::connect(&address, Wait::FOREVER)?;
    /// assert!(old.accept_last(Wait::FOREVER)?.is_some()); // early
    /// assert!(old.accept_last(Wait::FOREVER)?.is_none()); // and nobody after it
    /// new.accept(Wait::FOREVER)?; // late
    /// # Ok::<(), rawipc::Error>(())
    /// ```
    pub fn retire(&mut self) -> Result<()> {
        self.name.leave()
    }

    /// The next connection of those that come here after [`retire`](Self::retire); `None` once a successor has the
    /// name and nobody can come here any more: then drop this soon.
    ///
    /// That `None` is exact. A client that looked the name up just before it was replaced, and connects just after,
    /// is either accepted here, or finds the backlog shut and connects to the successor when this is dropped. One
    /// that does not wait is told `EAGAIN`. For that, this process is the only one that accepts here.
    ///
    /// Nothing tells of a successor: it is looked for each millisecond.
    ///
    /// # Errors
    /// `ETIMEDOUT`: no successor, and nobody came. `EINVAL`: not retired; no syscall is made. Otherwise as
    /// [`accept`](Self::accept).
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | at once; a limit of zero | as [`try_accept_last`](Self::try_accept_last) |
    /// | waits for ever | ([`try_accept_last`](Self::try_accept_last) `ppoll`)×n [`try_accept_last`](Self::try_accept_last) |
    /// | waits with a limit | ([`try_accept_last`](Self::try_accept_last) `clock_gettime` `ppoll`)×n [`try_accept_last`](Self::try_accept_last) |
    /// | times out | ([`try_accept_last`](Self::try_accept_last) `clock_gettime` `ppoll`)×n [`try_accept_last`](Self::try_accept_last) `clock_gettime` |
    /// | over from the start | [`try_accept_last`](Self::try_accept_last) `clock_gettime` |
    /// | a signal ends it, for ever | ([`try_accept_last`](Self::try_accept_last) `ppoll`)×n |
    /// | a signal ends it, with a limit | ([`try_accept_last`](Self::try_accept_last) `clock_gettime` `ppoll`)×n |
    /// | refused | none |
    pub fn accept_last(&mut self, wait: Wait) -> Result<Option<C>> {
        until_room(wait, || self.try_accept_last())
    }

    /// As [`accept_last`](Self::accept_last), without a wait.
    ///
    /// # Errors
    /// As [`accept_last`](Self::accept_last), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | one is there; one came before the successor | `accept4` |
    /// | no successor yet | `accept4` `newfstatat` |
    /// | succeeded | `accept4` `newfstatat` `listen` `socket` `connect` `close` `close` |
    /// | succeeded, one comes in between | `accept4` `newfstatat` `listen` `socket` `connect` `close` `accept4` |
    /// | those before the successor are accepted | `accept4` `listen` `socket` `connect` `close` `close` |
    /// | accepted, one comes in between | `accept4` `listen` `socket` `connect` `close` `accept4` |
    /// | shut | none |
    /// | refused | none |
    pub fn try_accept_last(&mut self) -> Result<Option<C>> {
        match self.last {
            Last::Shut => return Ok(None),
            Last::Open if !self.name.is_left() => return Err(Error::argument(Call::ACCEPT4, Errno::INVAL)),
            Last::Open | Last::Draining(_) => {}
        }
        loop {
            match self.try_accept() {
                Err(e) if e.is_again() => {}
                answer => return answer.map(Some),
            }
            if let Last::Open = self.last {
                match self.name.succeeded()? {
                    None => return Err(Error::kernel(Call::ACCEPT4, Errno::AGAIN)),
                    Some(own) => self.last = Last::Draining(own),
                }
            }
            if let Last::Draining(own) = &self.last {
                if self.fill(own)? {
                    self.last = Last::Shut;
                    return Ok(None);
                }
            }
        }
    }

    /// Leaves room for one in the backlog, and takes it, which nobody has then; false: somebody was there first.
    ///
    /// Whoever is on the way waits for room, and when the listener is closed the kernel looks the name up for it
    /// again.
    fn fill(&self, own: &Place) -> Result<bool> {
        rustix::net::listen(&self.fd, 0).named(Call::LISTEN)?;
        let first = Kind::of::<C>().socket(SocketFlags::NONBLOCK)?;
        match connect(&first, &own.address()) {
            Ok(()) => Ok(true),
            Err(e) if e.is_again() => Ok(false),
            Err(e) => Err(e),
        }
    }
}
