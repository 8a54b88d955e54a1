//! The calls that make one descriptor.
//!
//! rustix asserts that it is not −1. That is so wherever the call did not fail, but the optimiser does not see it, and
//! the assertion would be the one panic path of each function that opens, accepts or creates.

use super::{nr, syscall};
use crate::error::{Call, Result};
use core::ffi::CStr;
use linux_raw_sys::general as g;
use rustix::fd::{AsRawFd, BorrowedFd, RawFd};
use rustix::fs::{MemfdFlags, Mode, OFlags};
use rustix::net::{AddressFamily, SocketFlags, SocketType};

/// A descriptor that the kernel made a moment ago, and that has no owner yet. Never negative.
pub(crate) struct Made(RawFd);

impl Made {
    #[inline]
    pub(crate) fn into_raw(self) -> RawFd {
        self.0
    }
}

/// `openat(dir, path, flags | O_LARGEFILE, mode)`.
pub(crate) fn openat(dir: BorrowedFd<'_>, path: &CStr, flags: OFlags, mode: Mode) -> Result<Made> {
    let flags = flags.union(OFlags::LARGEFILE);
    let args =
        [dir.as_raw_fd() as usize, path.as_ptr() as usize, flags.bits() as usize, mode.bits() as usize, 0];
    // SAFETY: the kernel reads a string that ends, and writes nothing.
    unsafe { made(Call::OPENAT, nr::OPENAT, args) }
}

/// `memfd_create(name, flags)`.
pub(crate) fn memfd_create(name: &CStr, flags: MemfdFlags) -> Result<Made> {
    // SAFETY: the kernel reads a string that ends, and writes nothing.
    unsafe {
        made(Call::MEMFD_CREATE, nr::MEMFD_CREATE, [name.as_ptr() as usize, flags.bits() as usize, 0, 0, 0])
    }
}

/// `fcntl(fd, F_DUPFD_CLOEXEC, min)`.
pub(crate) fn dup_cloexec(fd: BorrowedFd<'_>, min: u16) -> Result<Made> {
    let command = g::F_DUPFD_CLOEXEC as usize;
    // SAFETY: no memory of ours is read or written.
    unsafe { made(Call::FCNTL, nr::FCNTL, [fd.as_raw_fd() as usize, command, usize::from(min), 0, 0]) }
}

/// `socket(AF_UNIX, kind | flags, 0)`.
pub(crate) fn socket(kind: SocketType, flags: SocketFlags) -> Result<Made> {
    let args = [AddressFamily::UNIX.as_raw() as usize, (kind.as_raw() | flags.bits()) as usize, 0, 0, 0];
    // SAFETY: no memory of ours is read or written.
    unsafe { made(Call::SOCKET, nr::SOCKET, args) }
}

/// `accept4(fd, NULL, NULL, flags)`.
#[cfg_attr(shared, inline(never))]
pub(crate) fn accept4(fd: BorrowedFd<'_>, flags: SocketFlags) -> Result<Made> {
    // SAFETY: the nulls say that no address is wanted, and no other memory is written.
    unsafe { made(Call::ACCEPT4, nr::ACCEPT4, [fd.as_raw_fd() as usize, 0, 0, flags.bits() as usize, 0]) }
}

/// `epoll_create1(EPOLL_CLOEXEC)`.
pub(crate) fn epoll_create() -> Result<Made> {
    let flags = g::EPOLL_CLOEXEC as usize;
    // SAFETY: no memory of ours is read or written.
    unsafe { made(Call::EPOLL_CREATE1, nr::EPOLL_CREATE1, [flags, 0, 0, 0, 0]) }
}

/// `eventfd2(count, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE)`: a read takes 1.
pub(crate) fn eventfd(count: u32) -> Result<Made> {
    let flags = g::EFD_CLOEXEC | g::EFD_NONBLOCK | g::EFD_SEMAPHORE;
    // SAFETY: no memory of ours is read or written.
    unsafe { made(Call::EVENTFD2, nr::EVENTFD2, [count as usize, flags as usize, 0, 0, 0]) }
}

/// # Safety
/// As the call asks, and what it returns is a descriptor.
#[inline]
unsafe fn made(call: Call, nr: u32, args: [usize; 5]) -> Result<Made> {
    // SAFETY: passed on.
    let fd = unsafe { syscall(call, nr, args) }?;
    Ok(Made(fd as RawFd))
}
