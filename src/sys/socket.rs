//! The socket calls that rustix makes with a panic path, or with more than is asked for.

use super::{nr, syscall};
use crate::error::{Call, Result};
use core::ffi::c_void;
use core::ptr;
use linux_raw_sys::net;
use rustix::fd::AsRawFd;
use rustix::fd::BorrowedFd;
use rustix::io::IoSlice;

/// The bytes of the longest UNIX address that the kernel tells: the family, 108 bytes of path, and the NUL that
/// it adds.
pub(crate) const ADDRESS_BYTES: usize = 111;

/// An option of `SOL_SOCKET` that is an `int`.
#[derive(Clone, Copy)]
#[repr(u32)]
pub(crate) enum SocketOption {
    AcceptsConnections = net::SO_ACCEPTCONN,
    Domain = net::SO_DOMAIN,
    SendBuffer = net::SO_SNDBUF,
    Type = net::SO_TYPE,
}

/// `struct user_msghdr`: what the kernel takes for a `struct msghdr`.
#[repr(C)]
struct MsgHdr {
    name: *mut c_void,
    name_len: u32,
    parts: *mut c_void,
    parts_len: usize,
    control: *mut c_void,
    control_len: usize,
    flags: u32,
}

/// `getsockopt(fd, SOL_SOCKET, option)`.
pub(crate) fn socket_option(fd: BorrowedFd<'_>, option: SocketOption) -> Result<i32> {
    let mut value: i32 = 0;
    let mut len = size_of::<i32>() as u32;
    let args = [
        fd.as_raw_fd() as usize,
        net::SOL_SOCKET as usize,
        option as usize,
        (&raw mut value) as usize,
        (&raw mut len) as usize,
    ];
    // SAFETY: the kernel writes at most `len` bytes, the size of `value`, and then `len`.
    unsafe { syscall(Call::GETSOCKOPT, nr::GETSOCKOPT, args) }?;
    Ok(value)
}

/// `sendmsg(fd, {parts}, flags)`: without an address, without control messages.
#[inline]
pub(crate) fn sendmsg(fd: BorrowedFd<'_>, parts: &[IoSlice<'_>], flags: u32) -> Result<usize> {
    let msg = MsgHdr {
        name: ptr::null_mut(),
        name_len: 0,
        parts: parts.as_ptr().cast_mut().cast(),
        parts_len: parts.len(),
        control: ptr::null_mut(),
        control_len: 0,
        flags: 0,
    };
    let args = [fd.as_raw_fd() as usize, (&raw const msg) as usize, flags as usize, 0, 0];
    // SAFETY: an `IoSlice` is a `struct iovec`; the kernel reads the parts and writes nothing.
    unsafe { syscall(Call::SENDMSG, nr::SENDMSG, args) }
}

/// `recvmsg(fd, {buf, from}, flags)`: the length of the message and that of the sender's address, both as the
/// kernel tells them, which may be more than there was room for. Descriptors that come along are not taken.
pub(crate) fn recvmsg(
    fd: BorrowedFd<'_>,
    buf: &mut [u8],
    from: &mut [u8; ADDRESS_BYTES],
    flags: u32,
) -> Result<(usize, usize)> {
    let mut part = rustix::io::IoSliceMut::new(buf);
    let mut msg = MsgHdr {
        name: from.as_mut_ptr().cast(),
        name_len: ADDRESS_BYTES as u32,
        parts: (&raw mut part).cast(),
        parts_len: 1,
        control: ptr::null_mut(),
        control_len: 0,
        flags: 0,
    };
    let args = [fd.as_raw_fd() as usize, (&raw mut msg) as usize, flags as usize, 0, 0];
    // SAFETY: an `IoSliceMut` is a `struct iovec`; the kernel writes within the lengths it is told, and `msg`.
    let n = unsafe { syscall(Call::RECVMSG, nr::RECVMSG, args) }?;
    Ok((n, msg.name_len as usize))
}
