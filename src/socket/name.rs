//! A name that a socket of ours was bound to: taken from the dead, never from the living, and removed by the one
//! who bound it.

use super::address::Address;
use super::connection::Kind;
use super::lock::{Identity, Lock, LockPath};
use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::Fd;
use core::ffi::CStr;
use rustix::fs::{AtFlags, CWD, FileType, Mode};
use rustix::net::SocketFlags;
use rustix::process::{Pid, geteuid, getpid};

/// The mode of a socket file unless the caller says otherwise.
pub(super) const PRIVATE: u32 = 0o600;

/// The name of one bind. Its file is removed on drop by the process that made it, where it is still that file.
#[derive(Debug)]
#[repr(C)]
pub(super) struct BoundName {
    address: Address,
    /// None: there is no file, or it is no longer ours to remove.
    owned: Option<Owned>,
}

#[derive(Debug)]
struct Owned {
    file: Identity,
    lock: Lock,
    /// The process that made the file.
    creator: Pid,
}

impl BoundName {
    /// No file to remove.
    pub(super) const fn none(address: Address) -> Self {
        BoundName { address, owned: None }
    }

    /// Refuses, before any syscall, what [`bind`](Self::bind) cannot take.
    pub(super) fn check(address: &Address, mode: u32) -> Result<()> {
        address.must_name(Call::BIND)?;
        match mode {
            0..=0o777 => Ok(()),
            _ => Err(Error::argument(Call::FCHMOD, Errno::INVAL)),
        }
    }

    /// The lock, `fchmod`, `bind`, `newfstatat`, `getpid`; for an abstract name `bind` alone.
    #[inline]
    pub(super) fn bind(fd: &Fd, address: &Address, mode: u32) -> Result<Self> {
        let owned = Owned::bind(fd, address, mode)?;
        Ok(BoundName { address: *address, owned })
    }

    pub(super) const fn address(&self) -> &Address {
        &self.address
    }

    /// Removes the file and the lock, where there are any and they are ours to remove.
    ///
    /// `getpid`, `newfstatat`, `unlinkat` for the file, `newfstatat`, `unlinkat`, `close` for the lock; none
    /// without a file.
    pub(super) fn remove(mut self) -> Result<()> {
        self.unlink()
    }

    /// Leaves the file to whoever removes it, and lets the lock go.
    ///
    /// `getpid`, and `newfstatat`, `unlinkat`, `close` for the lock; none without a file.
    pub(super) fn keep(mut self) {
        if let (Some(path), Some(owned)) = (self.address.as_path(), self.owned.take()) {
            if getpid() == owned.creator {
                owned.lock.remove(&LockPath::beside(path));
            }
        }
    }

    fn unlink(&mut self) -> Result<()> {
        let (Some(path), Some(Owned { file, lock, creator })) = (self.address.as_path(), self.owned.take())
        else {
            return Ok(());
        };
        // In a child made by fork the lock is closed and nothing else: the parent has it still.
        if getpid() != creator {
            return Err(Error::argument(Call::UNLINKAT, Errno::PERM));
        }
        let removed = unlink_that(path, file);
        lock.remove(&LockPath::beside(path));
        removed
    }
}

impl Owned {
    // Out of line and without the address, of which each copy would be on the stack at once.
    #[inline(never)]
    fn bind(fd: &Fd, address: &Address, mode: u32) -> Result<Option<Owned>> {
        let Some(path) = address.as_path() else {
            rustix::net::bind(fd, address).named(Call::BIND)?;
            return Ok(None);
        };
        let lock_path = LockPath::beside(path);
        let lock = Lock::take(&lock_path)?;
        match make(fd, address, path, mode) {
            Ok(file) => Ok(Some(Owned { file, lock, creator: getpid() })),
            Err(e) => {
                lock.remove(&lock_path);
                Err(e)
            }
        }
    }
}

impl Drop for BoundName {
    fn drop(&mut self) {
        let _ = self.unlink();
    }
}

/// Binds with the lock held.
///
/// The mode is set on the socket, before it has a file: the file is made with it, and there is no moment at
/// which it has another.
fn make(fd: &Fd, address: &Address, path: &CStr, mode: u32) -> Result<Identity> {
    rustix::fs::fchmod(fd, Mode::from_raw_mode(mode)).named(Call::FCHMOD)?;
    match rustix::net::bind(fd, address).named(Call::BIND) {
        Err(taken) if taken.is(Errno::ADDRINUSE) => {
            remove_dead(address, path, taken)?;
            rustix::net::bind(fd, address).named(Call::BIND)?;
        }
        answer => answer?,
    }
    match rustix::fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Identity::of(&stat)),
        Err(errno) => {
            // Made a moment ago by ourselves, and nobody will know it later.
            let _ = rustix::fs::unlinkat(CWD, path, AtFlags::empty());
            Err(Error::kernel(Call::NEWFSTATAT, errno))
        }
    }
}

/// Removes the file that is in the way, where it is a socket's, ours, and no process has that socket any more;
/// with the lock held, so that nobody who takes the lock too can have made it since.
///
/// A bind has failed before, and not for its answer alone: it waited for the kernel's lock of the directory, under
/// which, since Linux 5.14, a bind of anybody's both makes the file and makes its socket known to `connect`.
fn remove_dead(address: &Address, path: &CStr, taken: Error) -> Result<()> {
    let Ok(stat) = rustix::fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW) else {
        return Err(taken);
    };
    if FileType::from_raw_mode(stat.st_mode) != FileType::Socket || stat.st_uid != geteuid().as_raw() {
        return Err(taken);
    }
    // A datagram socket's connect answers for a socket of any type, listening or not, and none of them is told.
    let asks = Kind::DATAGRAM.socket(SocketFlags::NONBLOCK)?;
    if rustix::net::connect(&asks, address) != Err(Errno::CONNREFUSED) {
        return Err(taken);
    }
    drop(asks);
    rustix::fs::unlinkat(CWD, path, AtFlags::empty()).named(Call::UNLINKAT)
}

fn unlink_that(path: &CStr, file: Identity) -> Result<()> {
    let stat = rustix::fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW).named(Call::NEWFSTATAT)?;
    if Identity::of(&stat) != file {
        return Err(Error::peer(Call::NEWFSTATAT, Errno::STALE));
    }
    rustix::fs::unlinkat(CWD, path, AtFlags::empty()).named(Call::UNLINKAT)
}
