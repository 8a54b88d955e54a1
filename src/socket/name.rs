//! A name that a socket of ours was bound to, and its removal by the one who bound it.

use super::address::Address;
use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::Fd;
use core::mem::ManuallyDrop;
use rustix::fs::{AtFlags, CWD, Mode};
use rustix::process::getpid;

/// The mode of a socket file unless the caller says otherwise.
pub(super) const PRIVATE: u32 = 0o600;

/// The socket file of one bind: removed on drop by the process that made it, where it is still that file.
#[derive(Debug)]
#[repr(C)]
pub(super) struct BoundName {
    device: u64,
    inode: u64,
    address: Address,
    /// The process that made the file; 0: there is no file, or it is no longer ours to remove.
    creator: i32,
}

impl BoundName {
    /// No file to remove.
    pub(super) const fn none(address: Address) -> Self {
        BoundName { device: 0, inode: 0, address, creator: 0 }
    }

    /// Refuses, before any syscall, what [`bind`](Self::bind) cannot take.
    pub(super) fn check(address: &Address, mode: u32) -> Result<()> {
        address.must_name(Call::BIND)?;
        match mode {
            0..=0o777 => Ok(()),
            _ => Err(Error::argument(Call::FCHMOD, Errno::INVAL)),
        }
    }

    /// `fchmod`, `bind`, `newfstatat`, `getpid`; for an abstract name `bind` alone.
    ///
    /// The mode is set on the socket, before it has a file: the file is made with it, and there is no moment at
    /// which it has another.
    pub(super) fn bind(fd: &Fd, address: &Address, mode: u32) -> Result<Self> {
        let Some(path) = address.as_path() else {
            rustix::net::bind(fd, address).named(Call::BIND)?;
            return Ok(Self::none(*address));
        };
        rustix::fs::fchmod(fd, Mode::from_raw_mode(mode)).named(Call::FCHMOD)?;
        rustix::net::bind(fd, address).named(Call::BIND)?;
        match rustix::fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => {
                let creator = getpid().as_raw_nonzero().get();
                Ok(BoundName { device: stat.st_dev, inode: stat.st_ino, address: *address, creator })
            }
            Err(errno) => {
                // Made a moment ago by ourselves, and nobody will know it later.
                let _ = rustix::fs::unlinkat(CWD, path, AtFlags::empty());
                Err(Error::kernel(Call::NEWFSTATAT, errno))
            }
        }
    }

    pub(super) const fn address(&self) -> &Address {
        &self.address
    }

    /// Removes the file, where there is one and it is ours to remove.
    ///
    /// `getpid`, `newfstatat`, `unlinkat`; none without a file.
    pub(super) fn remove(self) -> Result<()> {
        ManuallyDrop::new(self).unlink()
    }

    /// Leaves the file to whoever removes it.
    pub(super) fn keep(self) {
        let _ = ManuallyDrop::new(self);
    }

    fn unlink(&self) -> Result<()> {
        let (Some(path), 1..) = (self.address.as_path(), self.creator) else {
            return Ok(());
        };
        if getpid().as_raw_nonzero().get() != self.creator {
            return Err(Error::argument(Call::UNLINKAT, Errno::PERM));
        }
        let stat = rustix::fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW).named(Call::NEWFSTATAT)?;
        if (stat.st_dev, stat.st_ino) != (self.device, self.inode) {
            return Err(Error::peer(Call::NEWFSTATAT, Errno::STALE));
        }
        rustix::fs::unlinkat(CWD, path, AtFlags::empty()).named(Call::UNLINKAT)
    }
}

impl Drop for BoundName {
    fn drop(&mut self) {
        let _ = self.unlink();
    }
}
