//! `epoll`: rustix's own keeps its events in a buffer type that a caller of ours would have to know.

use super::{nr, syscall};
use crate::error::{Call, Result};
use linux_raw_sys::general as g;
use rustix::fd::{AsRawFd, BorrowedFd};

/// `struct epoll_event`: packed on x86-64 alone.
#[derive(Clone, Copy)]
#[cfg_attr(target_arch = "x86_64", repr(C, packed))]
#[cfg_attr(not(target_arch = "x86_64"), repr(C))]
pub(crate) struct EpollEvent {
    pub(crate) events: u32,
    pub(crate) data: u64,
}

const _: () = {
    assert!(size_of::<EpollEvent>() == size_of::<g::epoll_event>());
    assert!(align_of::<EpollEvent>() == align_of::<g::epoll_event>());
};

/// What `epoll_ctl` does.
#[derive(Clone, Copy)]
#[repr(u32)]
pub(crate) enum Op {
    Add = g::EPOLL_CTL_ADD,
    Delete = g::EPOLL_CTL_DEL,
    Modify = g::EPOLL_CTL_MOD,
}

/// `epoll_ctl(epoll, op, fd, event)`
#[cfg_attr(shared, inline(never))]
pub(crate) fn control(epoll: BorrowedFd<'_>, op: Op, fd: BorrowedFd<'_>, event: EpollEvent) -> Result<()> {
    let args =
        [epoll.as_raw_fd() as usize, op as usize, fd.as_raw_fd() as usize, (&raw const event) as usize, 0];
    // SAFETY: the kernel reads one event.
    unsafe { syscall(Call::EPOLL_CTL, nr::EPOLL_CTL, args) }.map(drop)
}

/// `epoll_pwait(epoll, events, 0, NULL)`: what is ready now.
pub(crate) fn look(epoll: BorrowedFd<'_>, events: &mut [EpollEvent]) -> Result<usize> {
    let room = events.len().min(i32::MAX as usize);
    let args = [epoll.as_raw_fd() as usize, events.as_mut_ptr() as usize, room, 0, 0];
    // SAFETY: the kernel writes at most as many events as there is room for; the mask is null, and its size not read.
    unsafe { syscall(Call::EPOLL_PWAIT, nr::EPOLL_PWAIT, args) }
}
