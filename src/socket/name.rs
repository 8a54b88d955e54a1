//! A name that a socket of ours was bound to: taken from the dead and from who left it, never from the living, and
//! removed by the one who bound it.

mod make;

use super::address::Address;
use super::connection::until_room;
use super::lock::{Identity, Lock, LockPath};
use super::place::Place;
use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::{CWD, Fd};
use crate::wait::Wait;
use core::ffi::CStr;
use rustix::fs::AtFlags;
use rustix::process::{Pid, getpid};

pub(super) use make::Way;

/// The mode of a socket file unless the caller says otherwise.
pub(super) const PRIVATE: u32 = 0o600;

/// The name of one bind. Its file is removed on drop by the process that made it, where it is still that file.
#[derive(Debug)]
#[repr(C)]
pub(super) struct BoundName {
    address: Address,
    /// None: there is no file, or it is no longer ours to remove.
    owned: Option<Owned>,
    /// What the address leads through, where it does.
    dir: Option<Fd>,
}

#[derive(Debug)]
#[repr(C)]
struct Owned {
    file: Identity,
    hold: Hold,
    /// The process that made the file.
    creator: Pid,
}

/// What an owner has of its name.
#[derive(Debug)]
#[repr(C)]
enum Hold {
    /// All of it.
    Lock(Lock),
    /// The file, until a successor replaces it: this leads to it also after that.
    Left(Place),
}

impl BoundName {
    /// No file to remove.
    pub(super) const fn none(address: Address) -> Self {
        BoundName { address, owned: None, dir: None }
    }

    /// Refuses, before any syscall, what [`bind`](Self::bind) cannot take.
    pub(super) fn check(address: &Address, mode: u32) -> Result<()> {
        address.must_name(Call::BIND)?;
        Self::check_mode(mode)
    }

    /// Refuses a mode that has more than permissions.
    pub(super) fn check_mode(mode: u32) -> Result<()> {
        match mode {
            0..=0o777 => Ok(()),
            _ => Err(Error::argument(Call::FCHMOD, Errno::INVAL)),
        }
    }

    /// The lock, `fchmod`, `bind` and what is on the way, `newfstatat`, `getpid`; for an abstract name `bind`
    /// alone. With a wait, as long as another has the lock.
    #[inline(always)] // an address less on the stack
    #[cfg_attr(shared, inline(never))]
    pub(super) fn bind(
        fd: &Fd,
        address: &Address,
        mode: u32,
        way: Way,
        wait: Option<&Wait>,
        dir: Option<Fd>,
    ) -> Result<Self> {
        let owned = Owned::bind(fd, address, mode, way, wait)?;
        Ok(BoundName { address: *address, owned, dir })
    }

    pub(super) const fn address(&self) -> &Address {
        &self.address
    }

    /// Removes the file and the lock, where there are any and they are ours to remove.
    ///
    /// `getpid`, `newfstatat`, `unlinkat` for the file, `newfstatat`, `unlinkat`, `close` for the lock; none
    /// without a file. Where it was left to a successor, the lock is taken first.
    pub(super) fn remove(mut self) -> Result<()> {
        match self.is_left() {
            true => self.unlink_left(),
            false => self.unlink(),
        }
    }

    /// Leaves the file to whoever removes it, and lets the lock go.
    ///
    /// `getpid`, and `newfstatat`, `unlinkat`, `close` for the lock; none without a file.
    pub(super) fn keep(&mut self) {
        if let (Some(path), Some(owned)) = (self.address.as_path(), self.owned.take()) {
            if getpid() == owned.creator {
                match owned.hold {
                    Hold::Lock(lock) => remove_lock(lock, path),
                    Hold::Left(_) => {}
                }
            }
        }
    }

    /// Leaves the file to a successor: it may replace it, and nobody else.
    ///
    /// `getpid`, `openat`, `fstat`, `write`, `flock`, `close`.
    pub(super) fn leave(&mut self) -> Result<()> {
        let (Some(path), Some(owned)) = (self.address.as_path(), &mut self.owned) else {
            return Err(Error::argument(Call::FLOCK, Errno::OPNOTSUPP));
        };
        let Hold::Lock(lock) = &mut owned.hold else {
            return Err(Error::argument(Call::FLOCK, Errno::ALREADY));
        };
        if !make::has_room_beside(path) {
            return Err(Error::argument(Call::FLOCK, Errno::NAMETOOLONG));
        }
        if getpid() != owned.creator {
            return Err(Error::argument(Call::FLOCK, Errno::PERM));
        }
        let place = Place::open(CWD, path)?;
        if place.file != owned.file {
            return Err(Error::peer(Call::FSTAT, Errno::STALE));
        }
        lock.mark(owned.file)?;
        if let Hold::Lock(lock) = core::mem::replace(&mut owned.hold, Hold::Left(place)) {
            lock.let_go();
        }
        Ok(())
    }

    /// Whether it was left, and not yet replaced as far as is known.
    pub(super) const fn is_left(&self) -> bool {
        matches!(self.owned, Some(Owned { hold: Hold::Left(_), .. }))
    }

    /// The way to our own socket, once its file was replaced or removed and is no longer ours: `newfstatat`.
    pub(super) fn succeeded(&mut self) -> Result<Option<Place>> {
        if let (Some(path), Some(owned)) = (self.address.as_path(), &self.owned) {
            match look(path) {
                Ok(there) if there == owned.file => return Ok(None),
                Err(e) if !e.is(Errno::NOENT) => return Err(e),
                _ => {}
            }
        }
        Ok(match self.owned.take() {
            Some(Owned { hold: Hold::Left(place), .. }) => Some(place),
            _ => None,
        })
    }

    fn unlink(&mut self) -> Result<()> {
        let (Some(path), Some(Owned { file, hold: Hold::Lock(lock), creator })) =
            (self.address.as_path(), self.owned.take())
        else {
            return Ok(());
        };
        // In a child made by fork the lock is closed and nothing else: the parent has it still.
        if getpid() != creator {
            return Err(Error::argument(Call::UNLINKAT, Errno::PERM));
        }
        unlink_with(lock, path, file)
    }

    /// Of a file that was left to a successor, who has not come, or who has the lock by now and the name in a moment.
    #[inline(never)]
    fn unlink_left(&mut self) -> Result<()> {
        let (Some(path), Some(Owned { file, hold: _left, creator })) =
            (self.address.as_path(), self.owned.take())
        else {
            return Ok(());
        };
        if getpid() != creator {
            return Err(Error::argument(Call::UNLINKAT, Errno::PERM));
        }
        let lock = take_lock(path, None)?;
        unlink_with(lock, path, file)
    }
}

fn unlink_with(lock: Lock, path: &CStr, file: Identity) -> Result<()> {
    let removed = unlink_that(path, file);
    remove_lock(lock, path);
    removed
}

#[inline(never)] // the path of a lock is on the stack no longer than it is used
fn take_lock(path: &CStr, wait: Option<&Wait>) -> Result<Lock> {
    let path = LockPath::beside(path);
    match wait {
        None => Lock::take(&path),
        Some(wait) => wait_for_lock(&path, wait),
    }
}

#[inline(never)]
fn wait_for_lock(path: &LockPath, wait: &Wait) -> Result<Lock> {
    until_room(*wait, || Lock::take(path).map_err(again))
}

#[inline(never)]
fn remove_lock(lock: Lock, path: &CStr) {
    lock.remove(&LockPath::beside(path));
}

impl Owned {
    // Out of line and without the address, of which each copy would be on the stack at once.
    #[inline(never)]
    fn bind(fd: &Fd, address: &Address, mode: u32, way: Way, wait: Option<&Wait>) -> Result<Option<Owned>> {
        let Some(path) = address.as_path() else {
            rustix::net::bind(fd, address).named(Call::BIND)?;
            way.listen(fd)?;
            return Ok(None);
        };
        let mut lock = take_lock(path, wait)?;
        match make::make(fd, address, path, mode, way, &mut lock) {
            Ok(file) => {
                let creator = getpid();
                lock.forget_spent();
                Ok(Some(Owned { file, hold: Hold::Lock(lock), creator }))
            }
            Err(e) => {
                remove_lock(lock, path);
                Err(e)
            }
        }
    }
}

impl Drop for BoundName {
    fn drop(&mut self) {
        // What was left stays for a successor, who finds it dead at the worst.
        if !self.is_left() {
            let _ = self.unlink();
        }
    }
}

/// Another's lock is waited for as room is in a queue: nothing tells of it.
fn again(e: Error) -> Error {
    if e.call() == Call::FLOCK && e.is(Errno::ADDRINUSE) {
        return Error::kernel(Call::FLOCK, Errno::AGAIN);
    }
    e
}

/// Which file is at `path`, a link for itself.
#[inline(never)] // a `struct stat` is a good part of the stack that a bind takes
fn look(path: &CStr) -> Result<Identity> {
    let stat = rustix::fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW).named(Call::NEWFSTATAT)?;
    Ok(Identity::of(&stat))
}

fn unlink_that(path: &CStr, file: Identity) -> Result<()> {
    if look(path)? != file {
        return Err(Error::peer(Call::NEWFSTATAT, Errno::STALE));
    }
    rustix::fs::unlinkat(CWD, path, AtFlags::empty()).named(Call::UNLINKAT)
}
