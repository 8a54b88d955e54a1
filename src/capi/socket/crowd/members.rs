//! The members of a crowd: let in, watched, timed, and let go.

use core::ffi::c_int;

use rawipc::fd::{AsFd, AsRawFd};
use rawipc::socket::Member;
use rawipc::{Call, Errno, Result};

use super::{Gathering, Lent, both, named, rawipc_crowd, rawipc_crowd_member};
use crate::arg::Args;
use crate::error::{length, rawipc_error, status};
use crate::ssize_t;

const CONTROL: Args = Args(Call::EPOLL_CTL);

/// Gives a client a seat, tells of it from now on, and starts its clock.
///
/// It need not have come by the door. What its descriptor is ready for already is told.
///
/// @param events   RAWIPC_EVENT_READABLE, RAWIPC_EVENT_WRITABLE, RAWIPC_EVENT_PEER_CLOSED
/// @param trigger  RAWIPC_TRIGGER_…
/// @param member   gets its name
/// @return 0, or -errno
/// @par Errors
/// ENOBUFS: no seat is free. ENOSPC: this user watches too many. EINVAL: other events, or another trigger.
/// @par Ownership
/// The descriptor stays the caller's, to close when the member was removed.
/// @rust socket::Crowd::admit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_crowd_admit(
    crowd: *mut rawipc_crowd,
    fd: c_int,
    events: u32,
    trigger: u32,
    member: *mut rawipc_crowd_member,
    error: *mut rawipc_error,
) -> c_int {
    let admitted = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { CONTROL.output(member) }?;
        // SAFETY: the caller's crowd.
        let gathering = unsafe { CONTROL.value(crowd) }?;
        let client = Lent(CONTROL.lent(fd, |fd| fd)?);
        let (events, trigger) = CONTROL.interest(events, trigger)?;
        to.set(named(both!(gathering, crowd => crowd.admit(client, events, trigger))?));
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(admitted, error) }
}

/// Tells of other events from now on: with RAWIPC_EVENT_WRITABLE of room.
///
/// @param events   RAWIPC_EVENT_READABLE, RAWIPC_EVENT_WRITABLE, RAWIPC_EVENT_PEER_CLOSED
/// @param trigger  RAWIPC_TRIGGER_…
/// @return 0, or -errno
/// @par Errors
/// ESTALE: it is no member any more. EINVAL: other events, or another trigger.
/// @rust socket::Crowd::watch
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_crowd_watch(
    crowd: *mut rawipc_crowd,
    member: *const rawipc_crowd_member,
    events: u32,
    trigger: u32,
    error: *mut rawipc_error,
) -> c_int {
    let done = (|| {
        // SAFETY: the caller's crowd.
        let gathering = unsafe { CONTROL.value(crowd) }?;
        // SAFETY: the caller's member.
        let member = unsafe { CONTROL.member(member) }?;
        let (events, trigger) = CONTROL.interest(events, trigger)?;
        both!(gathering, crowd => crowd.watch(member, events, trigger))
    })();
    // SAFETY: the caller's error.
    unsafe { status(done, error) }
}

/// Takes a member out, and tells of it no more; what was told of it and not yet handed out is dropped.
///
/// @return its descriptor, to be closed, or -errno
/// @par Errors
/// ESTALE: it is no member any more.
/// @rust socket::Crowd::remove
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_crowd_remove(
    crowd: *mut rawipc_crowd,
    member: *const rawipc_crowd_member,
    error: *mut rawipc_error,
) -> c_int {
    let removed = (|| {
        // SAFETY: the caller's crowd.
        let gathering = unsafe { CONTROL.value(crowd) }?;
        // SAFETY: the caller's member.
        let member = unsafe { CONTROL.member(member) }?;
        let gone = both!(gathering, crowd => crowd.remove(member));
        let gone = gone.ok_or_else(|| CONTROL.refused(Errno::STALE))?;
        Ok(gone.as_fd().as_raw_fd() as usize)
    })();
    // SAFETY: the caller's error.
    unsafe { length(removed, error) as c_int }
}

/// The descriptor of a member.
///
/// @return the descriptor, or -errno
/// @par Errors
/// ESTALE: it is no member any more.
/// @rust socket::Crowd::get
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_crowd_get(
    crowd: *mut rawipc_crowd,
    member: *const rawipc_crowd_member,
    error: *mut rawipc_error,
) -> c_int {
    let told = (|| {
        // SAFETY: the caller's crowd.
        let gathering = unsafe { CONTROL.value(crowd) }?;
        // SAFETY: the caller's member.
        let member = unsafe { CONTROL.member(member) }?;
        let there = both!(gathering, crowd => crowd.get(member));
        let there = there.ok_or_else(|| CONTROL.refused(Errno::STALE))?;
        Ok(there.as_fd().as_raw_fd() as usize)
    })();
    // SAFETY: the caller's error.
    unsafe { length(told, error) as c_int }
}

/// Starts a member's clock anew: within patience from this round on, it is to be started again, or stopped.
///
/// @return 0, of one that is no member any more as well; or -errno
/// @rust socket::Crowd::start_clock
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_crowd_start_clock(
    crowd: *mut rawipc_crowd,
    member: *const rawipc_crowd_member,
    error: *mut rawipc_error,
) -> c_int {
    let done = (|| {
        // SAFETY: the caller's crowd.
        let gathering = unsafe { CONTROL.value(crowd) }?;
        // SAFETY: the caller's member.
        let member = unsafe { CONTROL.member(member) }?;
        both!(gathering, crowd => crowd.start_clock(member));
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(done, error) }
}

/// Stops a member's clock: it may be silent for as long as it likes.
///
/// @return 0, of one that is no member any more as well; or -errno
/// @rust socket::Crowd::stop_clock
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_crowd_stop_clock(
    crowd: *mut rawipc_crowd,
    member: *const rawipc_crowd_member,
    error: *mut rawipc_error,
) -> c_int {
    let done = (|| {
        // SAFETY: the caller's crowd.
        let gathering = unsafe { CONTROL.value(crowd) }?;
        // SAFETY: the caller's member.
        let member = unsafe { CONTROL.member(member) }?;
        both!(gathering, crowd => crowd.stop_clock(member));
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(done, error) }
}

/// Has a member told as readable in the next round, whatever its descriptor says: there is a message in its buffer, or an
/// edge was told of and not read to its end.
///
/// @return 0, of one that is no member any more as well; or -errno
/// @rust socket::Crowd::again
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_crowd_again(
    crowd: *mut rawipc_crowd,
    member: *const rawipc_crowd_member,
    error: *mut rawipc_error,
) -> c_int {
    let done = (|| {
        // SAFETY: the caller's crowd.
        let gathering = unsafe { CONTROL.value(crowd) }?;
        // SAFETY: the caller's member.
        let member = unsafe { CONTROL.member(member) }?;
        both!(gathering, crowd => crowd.again(member));
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(done, error) }
}

/// The member that is in the seat of this number, for going through all of them: 0 and on, below rawipc_crowd_capacity().
///
/// @param member  gets its name
/// @return 0, or -errno
/// @par Errors
/// ENOENT: nobody is there.
/// @rust socket::Crowd::member_at, socket::Member::index
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_crowd_member_at(
    crowd: *const rawipc_crowd,
    index: usize,
    member: *mut rawipc_crowd_member,
    error: *mut rawipc_error,
) -> c_int {
    let told = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { CONTROL.output(member) }?;
        // SAFETY: the caller's crowd.
        let gathering = unsafe { CONTROL.value_ref(crowd) }?;
        let member = both!(gathering, crowd => crowd.member_at(index));
        to.set(named(member.ok_or_else(|| CONTROL.refused(Errno::NOENT))?));
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(told, error) }
}

/// How many members there are.
///
/// @return how many, or -errno
/// @rust socket::Crowd::len, socket::Crowd::is_empty
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_crowd_len(crowd: *const rawipc_crowd, error: *mut rawipc_error) -> ssize_t {
    // SAFETY: the caller's crowd.
    let told = unsafe { CONTROL.value_ref(crowd) }.map(|gathering| both!(gathering, crowd => crowd.len()));
    // SAFETY: the caller's error.
    unsafe { length(told, error) }
}

/// How many members there can be.
///
/// @return how many, or -errno
/// @rust socket::Crowd::capacity
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_crowd_capacity(
    crowd: *const rawipc_crowd,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's crowd.
    let told =
        unsafe { CONTROL.value_ref(crowd) }.map(|gathering| both!(gathering, crowd => crowd.capacity()));
    // SAFETY: the caller's error.
    unsafe { length(told, error) }
}

impl Args {
    /// # Safety
    /// `member` is NULL, or a member that nobody writes to meanwhile.
    unsafe fn member(self, member: *const rawipc_crowd_member) -> Result<Member> {
        // SAFETY: by the caller; the same two integers, of which none is believed.
        unsafe { self.input(member.cast()) }.copied()
    }
}
