//! The socket calls that rustix makes with a panic path, or with more than is asked for.

use super::{nr, syscall};
use crate::error::{Call, Result};
use core::ffi::c_void;
use core::ptr;
use linux_raw_sys::net;
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
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
    PassCredentials = net::SO_PASSCRED,
    /// Linux 6.16; newer than linux-raw-sys.
    PassRights = 83,
    /// Linux 6.5; newer than linux-raw-sys.
    PeerPidfd = 77,
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

/// `getsockopt(fd, SOL_SOCKET, SO_PEERCRED)`: pid, uid and gid, as the kernel tells them.
pub(crate) fn peer_credentials(fd: BorrowedFd<'_>) -> Result<[u32; 3]> {
    let mut ucred = [0, u32::MAX, u32::MAX];
    let mut len = size_of_val(&ucred) as u32;
    let args = [
        fd.as_raw_fd() as usize,
        net::SOL_SOCKET as usize,
        net::SO_PEERCRED as usize,
        (&raw mut ucred) as usize,
        (&raw mut len) as usize,
    ];
    // SAFETY: the kernel writes at most `len` bytes, the size of `ucred`, and then `len`.
    unsafe { syscall(Call::GETSOCKOPT, nr::GETSOCKOPT, args) }?;
    Ok(ucred)
}

/// `setsockopt(fd, SOL_SOCKET, option, value)`.
pub(crate) fn set_socket_option(fd: BorrowedFd<'_>, option: SocketOption, value: i32) -> Result<()> {
    let args = [
        fd.as_raw_fd() as usize,
        net::SOL_SOCKET as usize,
        option as usize,
        (&raw const value) as usize,
        size_of::<i32>(),
    ];
    // SAFETY: the kernel reads an `int` where there is one.
    unsafe { syscall(Call::SETSOCKOPT, nr::SETSOCKOPT, args) }.map(drop)
}

/// `sendmsg(fd, {to, parts, control}, flags)`; what is empty is not looked at.
#[cfg_attr(not(shared), inline)]
#[cfg_attr(shared, inline(never))]
pub(crate) fn sendmsg(
    fd: BorrowedFd<'_>,
    to: &[u8],
    parts: &[IoSlice<'_>],
    control: &[u8],
    flags: u32,
) -> Result<usize> {
    let msg = MsgHdr {
        // Null where there is none: the kernel looks at the length first, qemu-user at the pointer.
        name: if to.is_empty() { ptr::null_mut() } else { to.as_ptr().cast_mut().cast() },
        name_len: to.len() as u32,
        parts: parts.as_ptr().cast_mut().cast(),
        parts_len: parts.len(),
        control: control.as_ptr().cast_mut().cast(),
        control_len: control.len(),
        flags: 0,
    };
    let args = [fd.as_raw_fd() as usize, (&raw const msg) as usize, flags as usize, 0, 0];
    // SAFETY: an `IoSlice` is a `struct iovec`; the kernel reads name, parts and control, and writes nothing.
    unsafe { syscall(Call::SENDMSG, nr::SENDMSG, args) }
}

/// What [`recvmsg`] tells.
pub(crate) struct Received {
    /// The length of the message, and that of the sender's address, which may be more than there was room for.
    pub(crate) n: usize,
    pub(crate) from_len: usize,
    /// The bytes of control messages that were written.
    pub(crate) control_len: usize,
    /// `MSG_CTRUNC`: something had no room there, or could not be made, descriptors among it.
    pub(crate) truncated: bool,
}

/// `recvmsg(fd, {from, buf, control}, flags)`. Without `control`, descriptors that come along are not taken.
#[inline]
pub(crate) fn recvmsg(
    fd: &impl AsFd,
    buf: &mut [u8],
    from: &mut [u8],
    control: &mut [RawFd],
    flags: u32,
) -> Result<Received> {
    let mut part = rustix::io::IoSliceMut::new(buf);
    let mut msg = MsgHdr {
        name: if from.is_empty() { ptr::null_mut() } else { from.as_mut_ptr().cast() },
        name_len: from.len() as u32,
        parts: (&raw mut part).cast(),
        parts_len: 1,
        control: control.as_mut_ptr().cast(),
        control_len: size_of_val(control),
        flags: 0,
    };
    let args = [fd.as_fd().as_raw_fd() as usize, (&raw mut msg) as usize, flags as usize, 0, 0];
    // SAFETY: an `IoSliceMut` is a `struct iovec`; the kernel writes within the lengths it is told, and `msg`.
    let n = unsafe { syscall(Call::RECVMSG, nr::RECVMSG, args) }?;
    Ok(Received {
        n,
        from_len: msg.name_len as usize,
        control_len: msg.control_len,
        truncated: msg.flags & net::MSG_CTRUNC != 0,
    })
}
