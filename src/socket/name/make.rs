//! Making the file of a name whose lock is held, and what may lie there already.

use super::look;
use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{CWD, Fd};
use crate::socket::address::Address;
use crate::socket::connection::Kind;
use crate::socket::lock::{Identity, Lock};
use crate::sys::rename;
use core::ffi::CStr;
use rustix::fs::{AtFlags, FileType, Mode};
use rustix::net::SocketFlags;
use rustix::process::geteuid;

/// Behind the path of a listener: what its socket is bound to where a file lies at the path itself.
const SUFFIX: &[u8] = b".new";

/// How a file that lies there gives way.
#[derive(Clone, Copy)]
pub(in super::super) enum Way {
    /// To a socket that listens, with this backlog, and is given the name in one step: `connect` meets the one
    /// or the other, and never nothing.
    Replaced(u32),
    /// It is removed first: replies to datagrams go to the name that the socket was bound to, and to no other.
    Removed,
}

impl Way {
    /// `listen`, where it is for connections.
    pub(super) fn listen(self, fd: &Fd) -> Result<()> {
        match self {
            Way::Replaced(backlog) => {
                rustix::net::listen(fd, backlog.min(i32::MAX as u32) as i32).named(Call::LISTEN)
            }
            Way::Removed => Ok(()),
        }
    }
}

/// Binds with the lock held.
///
/// The mode is set on the socket, before it has a file: the file is made with it, and there is no moment at
/// which it has another.
pub(super) fn make(
    fd: &Fd,
    address: &Address,
    path: &CStr,
    mode: u32,
    way: Way,
    lock: &mut Lock,
) -> Result<Identity> {
    rustix::fs::fchmod(fd, Mode::from_raw_mode(mode)).named(Call::FCHMOD)?;
    let taken = match bind(fd, address) {
        Err(taken) if taken.is(Errno::ADDRINUSE) => taken,
        answer => return answer.and_then(|()| finish(fd, path, way)),
    };
    if let (Way::Replaced(_), true) = (way, has_room_beside(path)) {
        return replace(fd, address, path, way, lock, taken);
    }
    remove_dead(address, path, taken)?;
    bind(fd, address)?;
    finish(fd, path, way)
}

/// Makes the file beside, and gives it the name once it is listened behind.
#[inline(never)]
fn replace(
    fd: &Fd,
    address: &Address,
    path: &CStr,
    way: Way,
    lock: &mut Lock,
    taken: Error,
) -> Result<Identity> {
    let there = ours(path, taken)?;
    let left = lock.leaves(there)?;
    if !left {
        must_be_dead(address, taken)?;
    }
    let beside = &address.beside(SUFFIX);
    let Some(new) = beside.as_path() else { return Err(taken) }; // not reached: there is room
    match bind(fd, beside) {
        // Of one that was killed in the middle of this: nobody else makes it, the lock being ours.
        Err(taken) if taken.is(Errno::ADDRINUSE) => {
            remove_dead(beside, new, taken)?;
            bind(fd, beside)?;
        }
        answer => answer?,
    }
    let file = finish(fd, new, way)?;
    if let Err(refused) = rename(new, path) {
        let _ = rustix::fs::unlinkat(CWD, new, AtFlags::empty());
        return Err(refused);
    }
    if left {
        lock.spend_mark();
    }
    Ok(file)
}

/// Whether a successor's socket can be bound beside that path.
pub(super) fn has_room_beside(path: &CStr) -> bool {
    path.count_bytes() <= Address::NAME_MAX.saturating_sub(SUFFIX.len())
}

fn bind(fd: &Fd, address: &Address) -> Result<()> {
    rustix::net::bind(fd, address).named(Call::BIND)
}

/// `listen`, `newfstatat` on a file that was made a moment ago by ourselves: after an error it is removed, since
/// nobody will know it later.
fn finish(fd: &Fd, path: &CStr, way: Way) -> Result<Identity> {
    let finished = way.listen(fd).and_then(|()| look(path));
    if finished.is_err() {
        let _ = rustix::fs::unlinkat(CWD, path, AtFlags::empty());
    }
    finished
}

/// Removes the file that is in the way, where it is a socket's, ours, and no process has that socket any more;
/// with the lock held, so that nobody who takes the lock too can have made it since.
fn remove_dead(address: &Address, path: &CStr, taken: Error) -> Result<()> {
    ours(path, taken)?;
    must_be_dead(address, taken)?;
    rustix::fs::unlinkat(CWD, path, AtFlags::empty()).named(Call::UNLINKAT)
}

/// The file of a socket of this user, or `taken`: `newfstatat`, `geteuid`.
#[inline(never)] // a `struct stat` is a good part of the stack that a bind takes
fn ours(path: &CStr, taken: Error) -> Result<Identity> {
    let Ok(stat) = rustix::fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW) else {
        return Err(taken);
    };
    if FileType::from_raw_mode(stat.st_mode) != FileType::Socket || stat.st_uid != geteuid().as_raw() {
        return Err(taken);
    }
    Ok(Identity::of(&stat))
}

/// `taken`, unless no process has the socket of that file any more: `socket`, `connect`, `close`.
///
/// A bind has failed before, and not for its answer alone: it waited for the kernel's lock of the directory, under
/// which, since Linux 5.14, a bind of anybody's both makes the file and makes its socket known to `connect`.
#[inline(never)]
fn must_be_dead(address: &Address, taken: Error) -> Result<()> {
    // A datagram socket's connect answers for a socket of any type, listening or not, and none of them is told.
    let asks = Kind::DATAGRAM.socket(SocketFlags::NONBLOCK)?;
    match rustix::net::connect(&asks, address) {
        Err(Errno::CONNREFUSED) => Ok(()),
        _ => Err(taken),
    }
}
