//! The lock beside a socket's file: who holds it owns the name, and who lets it go while its socket lives writes
//! into it which file a successor may replace.

use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::Fd;
use crate::sys::made::openat;
use crate::sys::socket::ADDRESS_BYTES;
use core::ffi::CStr;
use rustix::fs::{AtFlags, CWD, FileType, FlockOperation, Mode, OFlags, Stat};
use rustix::io::{IoSliceMut, ReadWriteFlags};
use rustix::process::geteuid;

/// What is put behind the path of a socket to name the lock of it, as libwayland does.
const SUFFIX: &[u8] = b".lock";

/// The longest path of a socket, the suffix and a NUL.
const PATH_BYTES: usize = 128;

/// How often an owner may remove its lock between our open and our flock.
const TRIES: usize = 16;

/// Which file it is, by whatever name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub(super) struct Identity {
    pub(super) device: u64,
    pub(super) inode: u64,
}

impl Identity {
    pub(super) fn of(stat: &Stat) -> Self {
        Identity { device: stat.st_dev, inode: stat.st_ino }
    }

    fn mark(self) -> [u8; MARK_BYTES] {
        (u128::from(self.device) << 64 | u128::from(self.inode)).to_ne_bytes()
    }
}

/// What is written into a lock: which file is left.
const MARK_BYTES: usize = 16;

/// A lock that is held: by this process and what it forks, and by nobody any more once the last of them is gone,
/// however it went.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Lock {
    file: Identity,
    fd: Fd,
    /// Something is written in it.
    marked: bool,
    /// What is written was made use of.
    spent: bool,
}

impl Lock {
    /// Takes the lock, or says that another has it.
    ///
    /// (`openat`, `fstat`, `geteuid`, `flock`, `newfstatat`, `close`)×n without the last `close`.
    pub(super) fn take(path: &LockPath) -> Result<Lock> {
        let path = path.as_c_str();
        for _ in 0..TRIES {
            let fd = open(path)?;
            let (file, was_marked) = check(&fd)?;
            match rustix::fs::flock(&fd, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(Errno::WOULDBLOCK) => return Err(Error::peer(Call::FLOCK, Errno::ADDRINUSE)),
                Err(errno) => return Err(Error::kernel(Call::FLOCK, errno)),
            }
            let mut lock = Lock { file, fd, marked: false, spent: false };
            match stat_of(path) {
                Ok(stat) if Identity::of(&stat) == file => {
                    // Nobody writes to it any more: not before, while the last owner had it still.
                    lock.marked = stat.st_size != 0;
                    return Ok(lock);
                }
                // What we hold is a file without a name, which the next one will not meet.
                Ok(_) => {}
                Err(e) if e.is(Errno::NOENT) => {}
                Err(e) => {
                    // What an owner has left in it is for the next one.
                    if !was_marked {
                        lock.remove_at(path);
                    }
                    return Err(e);
                }
            }
        }
        Err(Error::peer(Call::FLOCK, Errno::ADDRINUSE))
    }

    /// Whether an owner who let the lock go has left this file to its successor: `preadv2` where anything is written.
    pub(super) fn leaves(&self, file: Identity) -> Result<bool> {
        if !self.marked {
            return Ok(false);
        }
        let mut mark = [0; MARK_BYTES];
        // At an offset, so that our own mark is written at the beginning.
        let mut parts = [IoSliceMut::new(&mut mark)];
        let n = rustix::io::preadv2(&self.fd, &mut parts, 0, ReadWriteFlags::empty()).named(Call::PREADV2)?;
        Ok(n == MARK_BYTES && mark == file.mark())
    }

    /// What is written has had its use.
    pub(super) fn spend_mark(&mut self) {
        self.spent = true;
    }

    /// Forgets what is written, where it was made use of: `ftruncate`.
    pub(super) fn forget_spent(&mut self) {
        if core::mem::take(&mut self.spent) {
            self.marked = false;
            // What stays by mistake names a file that is gone.
            let _ = rustix::fs::ftruncate(&self.fd, 0);
        }
    }

    /// Leaves `file` to who takes the lock next: `write`. The lock is held still.
    pub(super) fn mark(&mut self, file: Identity) -> Result<()> {
        self.marked = true;
        match rustix::io::write(&self.fd, &file.mark()).named(Call::WRITE)? {
            MARK_BYTES => Ok(()),
            // A part of it is taken for no mark at all.
            _ => Err(Error::kernel(Call::WRITE, Errno::NOSPC)),
        }
    }

    /// Lets the lock go, in whatever child made by fork has it too: `flock`, `close`.
    pub(super) fn let_go(self) {
        let _ = rustix::fs::flock(&self.fd, FlockOperation::Unlock);
    }

    /// Removes the lock's file, where it is still that file, and then lets the lock go.
    ///
    /// `newfstatat`, `unlinkat`, `close`.
    pub(super) fn remove(self, path: &LockPath) {
        self.remove_at(path.as_c_str());
    }

    fn remove_at(self, path: &CStr) {
        if self.is_at(path) == Ok(true) {
            let _ = rustix::fs::unlinkat(CWD, path, AtFlags::empty());
        }
    }

    fn is_at(&self, path: &CStr) -> Result<bool> {
        stat_of(path).map(|stat| Identity::of(&stat) == self.file)
    }
}

fn stat_of(path: &CStr) -> Result<Stat> {
    rustix::fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW).named(Call::NEWFSTATAT)
}

/// Non-blocking and no terminal of ours, whatever is planted there; no link is followed in the last place.
fn open(path: &CStr) -> Result<Fd> {
    let flags = OFlags::RDWR
        .union(OFlags::CREATE)
        .union(OFlags::CLOEXEC)
        .union(OFlags::NOFOLLOW)
        .union(OFlags::NONBLOCK)
        .union(OFlags::NOCTTY);
    openat(CWD, path, flags, Mode::from_raw_mode(0o600)).map(Fd::from)
}

/// A regular file of ours? And is anything in it?
fn check(fd: &Fd) -> Result<(Identity, bool)> {
    let stat = rustix::fs::fstat(fd).named(Call::FSTAT)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(Error::peer(Call::FSTAT, Errno::PROTOTYPE));
    }
    if stat.st_uid != geteuid().as_raw() {
        return Err(Error::peer(Call::FSTAT, Errno::PERM));
    }
    Ok((Identity::of(&stat), stat.st_size != 0))
}

/// The path of a lock. Made once for each use: it is a good part of the stack that a bind takes.
pub(super) struct LockPath([u8; PATH_BYTES]);

impl LockPath {
    #[inline(never)] // or it is on the stack twice
    pub(super) fn beside(path: &CStr) -> LockPath {
        let mut beside = LockPath([0; PATH_BYTES]);
        for (to, from) in beside.0.iter_mut().zip(path.to_bytes().iter().chain(SUFFIX)) {
            *to = *from;
        }
        beside
    }

    fn as_c_str(&self) -> &CStr {
        // Never empty: there is a NUL behind the longest.
        CStr::from_bytes_until_nul(&self.0).unwrap_or(c"")
    }
}

const _: () = assert!(ADDRESS_BYTES + SUFFIX.len() < PATH_BYTES);

#[cfg(test)]
mod tests {
    use super::*;
    use core::sync::atomic::{AtomicBool, Ordering};
    use std::ffi::CString;
    use std::{fs, thread};

    #[test]
    fn a_lock_is_never_held_twice_while_its_owners_come_and_go() {
        let path = crate::scratch::unused("rawipc lock");
        let name = crate::scratch::c_string(path.clone());
        let held = AtomicBool::new(false);
        let path_of_lock = LockPath::beside(&name);
        let take_turns = || {
            for _ in 0..10_000 {
                match Lock::take(&path_of_lock) {
                    Ok(lock) => {
                        assert!(!held.swap(true, Ordering::Relaxed), "held twice");
                        thread::yield_now();
                        assert_eq!(lock.is_at(path_of_lock.as_c_str()), Ok(true), "held without a name");
                        held.store(false, Ordering::Relaxed);
                        lock.remove(&path_of_lock);
                    }
                    Err(e) => assert_eq!(e, Error::peer(Call::FLOCK, Errno::ADDRINUSE)),
                }
            }
        };
        thread::scope(|scope| {
            scope.spawn(take_turns);
            scope.spawn(take_turns);
            scope.spawn(take_turns);
        });
        assert!(fs::symlink_metadata(path.with_extension("lock")).is_err());
    }

    #[test]
    fn the_longest_path_has_a_lock() {
        let path = CString::new([b'p'; ADDRESS_BYTES]).unwrap();
        let name = LockPath::beside(&path);
        assert_eq!(name.as_c_str().count_bytes(), ADDRESS_BYTES + SUFFIX.len());
        assert!(name.as_c_str().to_bytes().ends_with(b"p.lock"));
    }
}
