//! Connecting by a path of any length, relative to a directory, to the very file that lies there.

use super::connection::{Connection, Kind, connect, until_room};
use super::place::Place;
use super::{Seqpacket, Stream};
use crate::error::{Call, Errno, Error, Result};
use crate::fd::{AsFd, BorrowedFd, Fd};
use crate::wait::Wait;
use core::ffi::CStr;
use rustix::net::SocketFlags;

/// How often the file may be replaced while we connect.
const TRIES: usize = 16;

impl Stream {
    /// `openat(dir, path, O_PATH | O_NOFOLLOW)`, `fstat`, `socket`, `connect` — a socket connected to the listener
    /// whose file lies at `path`: of any length, relative to `dir`, a descriptor of a directory or
    /// [`CWD`](crate::fd::CWD). It takes a `/proc`.
    ///
    /// A symbolic link in the last place is refused: what was looked at is what is connected to. Those before it are
    /// the business of whoever opened `dir`. Where a restart replaces the file between the look and the
    /// connect, the new one is taken. Otherwise as [`connect`](Self::connect).
    ///
    /// # Errors
    /// As [`connect`](Self::connect). `ELOOP`: a symbolic link; `ENOTSOCK`: another kind of file, both of `fstat`.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | room; a limit of zero, room | `openat` `fstat` `socket` `connect` `close` |
    /// | waits for ever | `openat` `fstat` `socket` (`connect` `ppoll`)×n `connect` `close` |
    /// | waits with a limit | `openat` `fstat` `socket` (`connect` `clock_gettime` `ppoll`)×n `connect` `close` |
    /// | times out | `openat` `fstat` `socket` (`connect` `clock_gettime` `ppoll`)×n `connect` `clock_gettime` `close` `close` |
    /// | over from the start | `openat` `fstat` `socket` `connect` `clock_gettime` `close` `close` |
    /// | a limit of zero; an error | `openat` `fstat` `socket` `connect` `close` `close` |
    /// | a signal ends it, for ever | `openat` `fstat` `socket` (`connect` `ppoll`)×n `close` `close` |
    /// | a signal ends it, with a limit | `openat` `fstat` `socket` (`connect` `clock_gettime` `ppoll`)×n `close` `close` |
    /// | replaced meanwhile | `openat` `fstat` `socket` (`connect` `openat` `fstat` `close`)×n `connect` `close` |
    /// | replaced meanwhile, with a limit | `openat` `fstat` `socket` (`connect` `openat` `fstat` `clock_gettime` `close`)×n `connect` `close` |
    /// | nobody listens | `openat` `fstat` `socket` `connect` `openat` `fstat` `close` `close` `close` |
    /// | nobody listens, and the file is removed | `openat` `fstat` `socket` `connect` `openat` `close` `close` |
    /// | no such file | `openat` |
    /// | a link; another kind of file | `openat` `fstat` `close` |
    /// | no socket | `openat` `fstat` `socket` `close` |
    ///
    /// # References
    /// [connect(2)](https://man7.org/linux/man-pages/man2/connect.2.html),
    /// [open(2)](https://man7.org/linux/man-pages/man2/open.2.html)
    pub fn connect_at(dir: impl AsFd, path: &CStr, wait: Wait) -> Result<Self> {
        by_file(dir.as_fd(), path, Some(wait))
    }

    /// As [`connect_at`](Self::connect_at), if there is room in the backlog.
    ///
    /// # Errors
    /// As [`connect_at`](Self::connect_at), and `EAGAIN` in place of a wait.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | room | `openat` `fstat` `socket` `connect` `close` |
    /// | no room; an error | `openat` `fstat` `socket` `connect` `close` `close` |
    /// | replaced meanwhile | `openat` `fstat` `socket` (`connect` `openat` `fstat` `close`)×n `connect` `close` |
    /// | nobody listens | `openat` `fstat` `socket` `connect` `openat` `fstat` `close` `close` `close` |
    /// | no such file | `openat` |
    /// | a link; another kind of file | `openat` `fstat` `close` |
    /// | no socket | `openat` `fstat` `socket` `close` |
    pub fn try_connect_at(dir: impl AsFd, path: &CStr) -> Result<Self> {
        by_file(dir.as_fd(), path, None)
    }
}

impl Seqpacket {
    /// As [`Stream::connect_at`].
    ///
    /// # Errors
    /// As [`Stream::connect_at`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Stream::connect_at`].
    pub fn connect_at(dir: impl AsFd, path: &CStr, wait: Wait) -> Result<Self> {
        by_file(dir.as_fd(), path, Some(wait))
    }

    /// As [`Stream::try_connect_at`].
    ///
    /// # Errors
    /// As [`Stream::try_connect_at`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Stream::try_connect_at`].
    pub fn try_connect_at(dir: impl AsFd, path: &CStr) -> Result<Self> {
        by_file(dir.as_fd(), path, None)
    }
}

fn by_file<C: Connection>(dir: BorrowedFd<'_>, path: &CStr, mut wait: Option<Wait>) -> Result<C> {
    let mut place = look(dir, path, wait)?;
    let fd = Kind::of::<C>().socket(SocketFlags::NONBLOCK)?;
    for _ in 0..TRIES {
        match to(&fd, &place, wait) {
            Err(e) if e.is(Errno::CONNREFUSED) => {
                let there = look(dir, path, wait)?;
                if there.file == place.file {
                    return Err(e);
                }
                if let Some(wait) = &mut wait {
                    wait.next_part()?;
                }
                place = there;
            }
            answer => return answer.map(|()| C::of(fd)),
        }
    }
    Err(Error::kernel(Call::CONNECT, Errno::CONNREFUSED))
}

/// A signal that comes while a path is looked up, which may take a network, ends no wait that outlasts it.
fn look(dir: BorrowedFd<'_>, path: &CStr, wait: Option<Wait>) -> Result<Place> {
    match wait {
        Some(wait) => until_room(wait, || Place::open(dir, path)),
        None => Place::open(dir, path),
    }
}

fn to(fd: &Fd, place: &Place, wait: Option<Wait>) -> Result<()> {
    let address = place.address();
    match wait {
        Some(wait) => until_room(wait, || connect(fd, &address)),
        None => connect(fd, &address),
    }
}
