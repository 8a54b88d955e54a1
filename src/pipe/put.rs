//! Writes that raise no SIGPIPE.

use crate::error::{Call, Errno, Error, Named, Result};
use crate::fd::Fd;
use crate::pipe::masked::put_masked;
use crate::sys;
use rustix::io::IoSlice;

#[inline]
pub(super) fn put_some(fd: &Fd, masks_sigpipe: &mut bool, bytes: &[u8]) -> Result<usize> {
    if bytes.is_empty() {
        return Err(Error::argument(Call::PWRITEV2, Errno::INVAL));
    }
    put(fd, masks_sigpipe, &[IoSlice::new(bytes)], bytes.len(), None)
}

#[inline]
pub(super) fn put_two(fd: &Fd, masks_sigpipe: &mut bool, head: &[u8], body: &[u8]) -> Result<usize> {
    if head.is_empty() && body.is_empty() {
        return Err(Error::argument(Call::PWRITEV2, Errno::INVAL));
    }
    let len = head.len().saturating_add(body.len());
    put(fd, masks_sigpipe, &[IoSlice::new(head), IoSlice::new(body)], len, None)
}

/// `masks_sigpipe` says, from the first refusal on, that this kernel has no `RWF_NOSIGNAL`, or that what emulates it,
/// as qemu-user, has no `pwritev2`.
///
/// `made` is what the kernel said to this write already.
#[cfg_attr(not(shared), inline)]
#[cfg_attr(shared, inline(never))]
pub(super) fn put(
    fd: &Fd,
    masks_sigpipe: &mut bool,
    parts: &[IoSlice<'_>],
    len: usize,
    made: Option<Errno>,
) -> Result<usize> {
    if !*masks_sigpipe {
        let answer = match made {
            Some(errno) => Err(errno),
            None => rustix::io::pwritev2(fd, parts, sys::CURRENT_OFFSET, sys::NOSIGNAL),
        };
        match answer {
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => *masks_sigpipe = true,
            answer => return answer.named(Call::PWRITEV2),
        }
    }
    put_masked(fd, parts, len)
}
