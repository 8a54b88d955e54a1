//! Descriptors over UNIX sockets, as a stranger sends and takes them.

use std::os::fd::{OwnedFd, RawFd};

/// Sends `bytes` and a copy of `descriptor` over a UNIX socket.
pub fn send(fd: RawFd, descriptor: RawFd, bytes: &[u8]) -> std::io::Result<usize> {
    let mut part = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    let mut control = [0u64; 8];
    // SAFETY: all zeros is a msghdr.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    header.msg_iov = &mut part;
    header.msg_iovlen = 1;
    header.msg_control = control.as_mut_ptr().cast();
    let size = size_of::<RawFd>() as u32;
    // SAFETY: arithmetic alone.
    header.msg_controllen = unsafe { libc::CMSG_SPACE(size) } as _;
    // SAFETY: `control` has room for one header and one descriptor, and is aligned for it.
    let first = unsafe { &mut *libc::CMSG_FIRSTHDR(&header) };
    first.cmsg_level = libc::SOL_SOCKET;
    first.cmsg_type = libc::SCM_RIGHTS;
    // SAFETY: arithmetic alone.
    first.cmsg_len = unsafe { libc::CMSG_LEN(size) } as _;
    // SAFETY: behind the header there is room for one descriptor.
    unsafe { libc::CMSG_DATA(first).cast::<RawFd>().write_unaligned(descriptor) };
    // SAFETY: a valid message, with a control buffer of that length.
    let n = unsafe { libc::sendmsg(fd, &header, libc::MSG_NOSIGNAL) };
    usize::try_from(n).map_err(|_| std::io::Error::last_os_error())
}

/// Takes a message, and the first descriptor that comes with it.
pub fn receive(fd: RawFd, buf: &mut [u8]) -> std::io::Result<(usize, Option<OwnedFd>)> {
    let mut part = libc::iovec { iov_base: buf.as_mut_ptr().cast(), iov_len: buf.len() };
    let mut control = [0u64; 8];
    // SAFETY: all zeros is a msghdr.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    header.msg_iov = &mut part;
    header.msg_iovlen = 1;
    header.msg_control = control.as_mut_ptr().cast();
    // SAFETY: arithmetic alone. No more than one can come: the padding behind it would be room for a second.
    header.msg_controllen = unsafe { libc::CMSG_LEN(size_of::<RawFd>() as u32) } as _;
    // SAFETY: a valid message, with a control buffer of that length.
    let n = unsafe { libc::recvmsg(fd, &mut header, libc::MSG_CMSG_CLOEXEC) };
    let n = usize::try_from(n).map_err(|_| std::io::Error::last_os_error())?;
    // SAFETY: the kernel filled it in.
    let first = unsafe { libc::CMSG_FIRSTHDR(&header) };
    if first.is_null() {
        return Ok((n, None));
    }
    // SAFETY: not null, so it lies in `control`.
    let kind = unsafe { ((*first).cmsg_level, (*first).cmsg_type) };
    assert_eq!(kind, (libc::SOL_SOCKET, libc::SCM_RIGHTS));
    // SAFETY: behind such a header there is one descriptor.
    let descriptor = unsafe { libc::CMSG_DATA(first).cast::<RawFd>().read_unaligned() };
    Ok((n, Some(super::fds::own_raw(descriptor))))
}
