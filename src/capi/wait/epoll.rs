//! A set of descriptors that the kernel keeps, for more of them than are worth handing over at each wait.
//!
//! The set is a plain descriptor. What is ready costs as much as there is of it, however large the set. A descriptor is
//! told by the token that it was added with. It leaves the set when it is removed, or when every copy of it is closed.
//! A receiver that keeps messages in a buffer of its own (frames) must be asked for them before each wait.

use core::ffi::c_int;

use rawipc::fd::Fd;
use rawipc::wait::{Epoll, Events, Ready, Trigger};
use rawipc::{Call, Errno, Result};

use super::{RAWIPC_EVENT_PEER_CLOSED, RAWIPC_EVENT_READABLE, RAWIPC_EVENT_WRITABLE, rawipc_wait};
use crate::arg::Args;
use crate::error::{descriptor, length, rawipc_error, status};
use crate::ssize_t;

/// Told at each wait for as long as it is ready.
pub const RAWIPC_TRIGGER_LEVEL: u32 = 0;
/// Told once for each time that something comes: whoever is told goes on until -EAGAIN, or is not told of the rest.
pub const RAWIPC_TRIGGER_EDGE: u32 = 1;
/// Told once, and then no more until rawipc_epoll_change() arms it anew.
pub const RAWIPC_TRIGGER_ONCE: u32 = 2;

/// One descriptor that is ready.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_ready {
    /// What it was added with.
    pub token: u64,
    /// What it is ready for: RAWIPC_EVENT_…; an error or a hang-up is told unasked.
    pub told: u32,
    /// 0.
    pub reserved: u32,
}

crate::layout!(rawipc_ready: 16, token 0, told 8, reserved 12);
// The kernel writes its own, which are no larger, into the same array.
const _: () = assert!(size_of::<Ready>() <= size_of::<rawipc_ready>());
const _: () = assert!(align_of::<Ready>() <= align_of::<rawipc_ready>());

const CONTROL: Args = Args(Call::EPOLL_CTL);
const WAIT: Args = Args(Call::EPOLL_PWAIT);

/// Makes an empty set.
///
/// @return the descriptor, or -errno
/// @par Errors
/// EMFILE, ENFILE: no descriptors left, in this process or at all.
/// @par Ownership
/// The descriptor is the caller's to close.
/// @rust wait::Epoll::create
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_epoll_create(error: *mut rawipc_error) -> c_int {
    let made = Epoll::create().map(Epoll::into_fd);
    // SAFETY: the caller's error.
    unsafe { descriptor(made, error) }
}

/// Tells of a descriptor from now on.
///
/// @param events   RAWIPC_EVENT_READABLE, RAWIPC_EVENT_WRITABLE, RAWIPC_EVENT_PEER_CLOSED
/// @param trigger  RAWIPC_TRIGGER_…
/// @return 0, or -errno
/// @par Errors
/// EINVAL: other events, or another trigger. EEXIST: it is there already. EPERM: a regular file or directory, of which epoll
/// knows nothing. ENOSPC: this user watches too many.
/// @rust wait::Epoll::add
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_epoll_add(
    set: c_int,
    fd: c_int,
    events: u32,
    trigger: u32,
    token: u64,
    error: *mut rawipc_error,
) -> c_int {
    let done = (|| {
        let set = CONTROL.lent(set, Epoll::assume)?;
        let fd = CONTROL.lent(fd, |fd: Fd| fd)?;
        let (events, trigger) = CONTROL.interest(events, trigger)?;
        set.add(&*fd, events, trigger, token)
    })();
    // SAFETY: the caller's error.
    unsafe { status(done, error) }
}

/// Tells of other events, in another way, with another token. What is ready already is told, edge-triggered as well.
///
/// @param events   RAWIPC_EVENT_READABLE, RAWIPC_EVENT_WRITABLE, RAWIPC_EVENT_PEER_CLOSED
/// @param trigger  RAWIPC_TRIGGER_…
/// @return 0, or -errno
/// @par Errors
/// EINVAL: other events, or another trigger. ENOENT: it is not there.
/// @rust wait::Epoll::change
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_epoll_change(
    set: c_int,
    fd: c_int,
    events: u32,
    trigger: u32,
    token: u64,
    error: *mut rawipc_error,
) -> c_int {
    let done = (|| {
        let set = CONTROL.lent(set, Epoll::assume)?;
        let fd = CONTROL.lent(fd, |fd: Fd| fd)?;
        let (events, trigger) = CONTROL.interest(events, trigger)?;
        set.change(&*fd, events, trigger, token)
    })();
    // SAFETY: the caller's error.
    unsafe { status(done, error) }
}

/// Tells of a descriptor no more.
///
/// @return 0, or -errno
/// @par Errors
/// ENOENT: it is not there.
/// @rust wait::Epoll::remove
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_epoll_remove(set: c_int, fd: c_int, error: *mut rawipc_error) -> c_int {
    let done = (|| {
        let set = CONTROL.lent(set, Epoll::assume)?;
        let fd = CONTROL.lent(fd, |fd: Fd| fd)?;
        set.remove(&*fd)
    })();
    // SAFETY: the caller's error.
    unsafe { status(done, error) }
}

/// Those that are ready, or waits for one.
///
/// @param ready  len of them, of which as many are written as are ready
/// @return how many, or -errno
/// @par Errors
/// EINVAL: len is 0. ETIMEDOUT: none is ready in time. EINTR where wait asks for it.
/// @rust wait::Epoll::wait, wait::Ready::token, wait::Ready::told
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_epoll_wait(
    set: c_int,
    ready: *mut rawipc_ready,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let told = (|| {
        let set = WAIT.lent(set, Epoll::assume)?;
        // SAFETY: the caller's array.
        let events = unsafe { WAIT.events(ready, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { WAIT.wait(wait) }?;
        let told = set.wait(events, wait)?;
        // SAFETY: so many lie in front.
        unsafe { spread(ready, told) };
        Ok(told)
    })();
    // SAFETY: the caller's error.
    unsafe { length(told, error) }
}

/// Those that are ready now.
///
/// @param ready  len of them, of which as many are written as are ready
/// @return how many, or -errno
/// @par Errors
/// As rawipc_epoll_wait(), and EAGAIN in place of a wait.
/// @rust wait::Epoll::try_wait
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_epoll_try_wait(
    set: c_int,
    ready: *mut rawipc_ready,
    len: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    let told = (|| {
        let set = WAIT.lent(set, Epoll::assume)?;
        // SAFETY: the caller's array.
        let events = unsafe { WAIT.events(ready, len) }?;
        let told = set.try_wait(events)?;
        // SAFETY: so many lie in front.
        unsafe { spread(ready, told) };
        Ok(told)
    })();
    // SAFETY: the caller's error.
    unsafe { length(told, error) }
}

/// The kernel's events are packed on some machines: makes of those at the beginning of the array ours, from the last to
/// the first, so that none is written over before it was read.
///
/// # Safety
/// `told` events were written there, and there is room for as many of ours.
unsafe fn spread(ready: *mut rawipc_ready, told: usize) {
    for at in (0..told).rev() {
        // SAFETY: by the caller.
        let from = unsafe { ready.cast::<Ready>().add(at) };
        // SAFETY: by the caller.
        let event = unsafe { from.read() };
        let event = rawipc_ready { token: event.token(), told: u32::from(event.told().bits()), reserved: 0 };
        // SAFETY: by the caller.
        let to = unsafe { ready.add(at) };
        // SAFETY: by the caller.
        unsafe { to.write(event) };
    }
}

impl Args {
    /// # Safety
    /// As [`buffer`](Self::buffer).
    unsafe fn events<'a>(self, ready: *mut rawipc_ready, len: usize) -> Result<&'a mut [Ready]> {
        // SAFETY: by the caller; any bits are one of the kernel's.
        unsafe { self.array(ready, len) }?;
        // SAFETY: as above, and the kernel's are no larger.
        unsafe { self.array(ready.cast::<Ready>(), len) }
    }

    /// Events that can be asked for, and how they are told.
    pub(crate) fn interest(self, events: u32, trigger: u32) -> Result<(Events, Trigger)> {
        let known = [
            (RAWIPC_EVENT_READABLE, Events::READABLE),
            (RAWIPC_EVENT_WRITABLE, Events::WRITABLE),
            (RAWIPC_EVENT_PEER_CLOSED, Events::PEER_CLOSED),
        ];
        let (mut asked, mut rest) = (Events::NONE, events);
        for (bit, event) in known {
            if events & u32::from(bit) != 0 {
                asked = asked.and(event);
                rest &= !u32::from(bit);
            }
        }
        let trigger = match trigger {
            RAWIPC_TRIGGER_LEVEL => Trigger::Level,
            RAWIPC_TRIGGER_EDGE => Trigger::Edge,
            RAWIPC_TRIGGER_ONCE => Trigger::Once,
            _ => return Err(self.refused(Errno::INVAL)),
        };
        if rest == 0 { Ok((asked, trigger)) } else { Err(self.refused(Errno::INVAL)) }
    }
}
