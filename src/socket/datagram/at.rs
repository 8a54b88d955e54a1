//! Names of datagram sockets by paths of any length, relative to a directory.

use super::Datagram;
use crate::error::Result;
use crate::fd::{AsFd, Fd};
use crate::socket::address::Address;
use crate::socket::connection::{Kind, connect};
use crate::socket::name::{BoundName, Way};
use crate::socket::place::{self, Place};
use core::ffi::CStr;
use rustix::net::SocketFlags;

impl Datagram {
    /// [`bind_with`](Self::bind_with) for a path of any length, relative to `dir`, as
    /// [`Listener::bind_at`](crate::socket::Listener::bind_at).
    ///
    /// Whoever receives from it is told the name that it was bound to, which leads through a descriptor of this
    /// process: nobody can reply to it.
    ///
    /// # Errors
    /// As [`Listener::bind_at`](crate::socket::Listener::bind_at).
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok | `openat` [`bind_with`](Self::bind_with) |
    /// | an error | `openat` [`bind_with`](Self::bind_with) `close` |
    /// | no directory | `openat` |
    /// | refused | none |
    pub fn bind_at(dir: impl AsFd, path: &CStr, mode: u32) -> Result<Self> {
        let name = place::name(path)?;
        BoundName::check_mode(mode)?;
        let dir = place::parent(dir.as_fd(), path)?;
        Self::make(&place::through(&dir, name), mode, Some(dir))
    }

    /// `openat(dir, path, O_PATH | O_NOFOLLOW)`, `fstat`, `socket`, `connect` — as [`connect`](Self::connect), to the
    /// socket whose file lies at `path`: of any length, relative to `dir`, and no symbolic link in the last place.
    ///
    /// # Errors
    /// As [`connect`](Self::connect). `ELOOP`: a symbolic link; `ENOTSOCK`: another kind of file, both of `fstat`.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    ///
    /// | case | calls |
    /// |------|-------|
    /// | ok | `openat` `fstat` `socket` `connect` `close` |
    /// | an error | `openat` `fstat` `socket` `connect` `close` `close` |
    /// | no such file | `openat` |
    /// | a link; another kind of file | `openat` `fstat` `close` |
    /// | no socket | `openat` `fstat` `socket` `close` |
    pub fn connect_at(dir: impl AsFd, path: &CStr) -> Result<Self> {
        let place = Place::open(dir.as_fd(), path)?;
        let fd = Kind::DATAGRAM.socket(SocketFlags::empty())?;
        connect(&fd, &place.address())?;
        Ok(Self::nameless(fd, true))
    }

    /// With `dir`, the address leads through it.
    pub(super) fn make(address: &Address, mode: u32, dir: Option<Fd>) -> Result<Self> {
        BoundName::check(address, mode)?;
        let fd = Kind::DATAGRAM.socket(SocketFlags::empty())?;
        let name = BoundName::bind(&fd, address, mode, Way::Removed, None, dir)?;
        Ok(Self::of(fd, name, false))
    }
}
