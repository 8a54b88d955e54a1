//! Readiness of descriptors, and deadlines.
//!
//! No function waits inside the call that moves the bytes: it tries, and where there is nothing, it sleeps in ppoll
//! until the descriptor is ready or the deadline is there, and tries again. What is ready costs one syscall; the
//! clock is read only by who must sleep.

use core::ffi::c_int;
use core::time::Duration;

use rawipc::wait::{Instant, PollFd, poll};
use rawipc::{Call, Errno, Result, Wait};

use crate::arg::{Args, Options};
use crate::error::{length, rawipc_error, status};
use crate::ssize_t;

pub mod epoll;

/// Waits `nanoseconds` at the most, counted from the moment at which there is something to wait for.
pub const RAWIPC_WAIT_AT_MOST: u32 = 1;
/// Waits until CLOCK_MONOTONIC says `nanoseconds`: one deadline for several functions.
pub const RAWIPC_WAIT_UNTIL: u32 = 2;
/// A signal handler that runs ends the wait with -EINTR.
pub const RAWIPC_WAIT_OR_SIGNAL: u32 = 4;

/// How long a function may wait, and whether a signal ends the wait. NULL in its place waits for ever.
///
/// `rawipc_wait wait = { sizeof wait, RAWIPC_WAIT_AT_MOST, 1000000000, NULL };` is a second.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_wait {
    /// `sizeof(rawipc_wait)`.
    pub size: u32,
    /// RAWIPC_WAIT_AT_MOST or RAWIPC_WAIT_UNTIL, and RAWIPC_WAIT_OR_SIGNAL; with neither of the first two, for ever.
    pub flags: u32,
    /// The duration or the moment; 0 where the wait is for ever.
    pub nanoseconds: i64,
    /// With RAWIPC_WAIT_OR_SIGNAL: NULL, or the signal mask of the thread while it sleeps, put in place and taken
    /// back by the kernel in one step. Bit n − 1 is signal n. A program blocks the signal, looks at its flag, and
    /// waits under a mask without it: none is missed.
    pub signal_mask: *const u64,
}

crate::layout!(rawipc_wait: 24, size 0, flags 4, nanoseconds 8, signal_mask 16);

/// Nothing asked for; errors and hang-ups are told all the same.
pub const RAWIPC_EVENT_NONE: u16 = 0;
/// POLLIN: a read would not wait; the end of a stream counts.
pub const RAWIPC_EVENT_READABLE: u16 = 0x1;
/// POLLOUT: a write would not wait.
pub const RAWIPC_EVENT_WRITABLE: u16 = 0x4;
/// POLLERR: an error waits; on the write end of a pipe, nobody is left to read.
pub const RAWIPC_EVENT_ERROR: u16 = 0x8;
/// POLLHUP: the other side is gone.
pub const RAWIPC_EVENT_HANG_UP: u16 = 0x10;
/// POLLNVAL: the number is not an open descriptor.
pub const RAWIPC_EVENT_INVALID: u16 = 0x20;
/// POLLRDHUP: the other side of a socket will send no more.
pub const RAWIPC_EVENT_PEER_CLOSED: u16 = 0x2000;

/// One descriptor of a rawipc_wait_poll(): the kernel's `struct pollfd`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_poll_fd {
    /// The descriptor; a negative one is passed over.
    pub fd: c_int,
    /// What to be told of: RAWIPC_EVENT_….
    pub asked: u16,
    /// What the last call told.
    pub told: u16,
}

crate::layout!(rawipc_poll_fd: 8, fd 0, asked 4, told 6);
const _: () = assert!(size_of::<PollFd<'_>>() == size_of::<rawipc_poll_fd>());

/// CLOCK_MONOTONIC now, for RAWIPC_WAIT_UNTIL.
///
/// A syscall and not the vDSO, which cannot be found without others.
///
/// @return nanoseconds; 0 where a seccomp filter refuses the clock
/// @rust wait::Instant::now
#[unsafe(no_mangle)]
pub extern "C" fn rawipc_wait_now() -> i64 {
    i64::try_from(Instant::now().as_nanos()).unwrap_or(i64::MAX)
}

/// Makes of "at most" an "until", so that several functions share one deadline. Other waits stay as they are.
///
/// @param wait  is read and written
/// @return 0, or -errno
/// @par Errors
/// EFAULT: wait is NULL. EINVAL, E2BIG: it is none.
/// @rust wait::Wait::fixed
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_wait_fix(wait: *mut rawipc_wait, error: *mut rawipc_error) -> c_int {
    let args = Args(Call::CLOCK_GETTIME);
    let fixed = (|| {
        // SAFETY: the caller's wait.
        let given = unsafe { args.options(wait) }?.ok_or_else(|| args.refused(Errno::FAULT))?;
        // SAFETY: the caller's wait.
        unsafe { args.wait(wait) }?;
        if given.flags & RAWIPC_WAIT_AT_MOST != 0 {
            let deadline = rawipc_wait_now().saturating_add(given.nanoseconds);
            let flags = given.flags & !RAWIPC_WAIT_AT_MOST | RAWIPC_WAIT_UNTIL;
            // SAFETY: a wait of any age has these two members.
            unsafe { (*wait).flags = flags };
            // SAFETY: as above.
            unsafe { (*wait).nanoseconds = deadline };
        }
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(fixed, error) }
}

/// Waits until one of several descriptors is ready.
///
/// A receiver that keeps messages in a buffer of its own (frames) can have one while its descriptor is silent: drain
/// it with its `try_recv` until -EAGAIN before each wait.
///
/// @param fds  len of them; `told` of each is written
/// @return how many are ready, or -errno
/// @par Errors
/// ETIMEDOUT: none is ready in time. EINTR where wait asks for it. EINVAL: more descriptors than RLIMIT_NOFILE.
/// @rust wait::poll
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_wait_poll(
    fds: *mut rawipc_poll_fd,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let args = Args(Call::PPOLL);
    let ready = (|| {
        // SAFETY: the caller's array; a PollFd is three integers, in the same places.
        let fds = unsafe { args.array(fds.cast::<PollFd<'_>>(), len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { args.wait(wait) }?;
        poll(fds, wait)
    })();
    // SAFETY: the caller's error.
    unsafe { length(ready, error) }
}

// SAFETY: integers and a pointer, without padding, the size in front; any bits are one.
unsafe impl Options for rawipc_wait {
    const FIRST: usize = 16;

    const DEFAULT: rawipc_wait =
        rawipc_wait { size: 0, flags: 0, nanoseconds: 0, signal_mask: core::ptr::null() };
}

/// In place of a wait, by the functions that do not wait: an address that C does not know.
static NOW: u64 = 0;

/// What [`patience`](Args::patience) takes for no wait at all.
#[inline(always)]
pub(crate) fn now() -> *const rawipc_wait {
    (&raw const NOW).cast()
}

impl Args {
    /// The wait that C asks for, or `None` from a function that does not wait.
    ///
    /// # Safety
    /// As [`wait`](Self::wait), or [`now`].
    #[inline(never)]
    pub(crate) unsafe fn patience(self, wait: *const rawipc_wait) -> Result<Option<Wait>> {
        if core::ptr::eq(wait, now()) {
            return Ok(None);
        }
        // SAFETY: by the caller.
        unsafe { self.wait(wait) }.map(Some)
    }

    /// The wait that C asks for.
    ///
    /// # Safety
    /// `wait` is NULL, or as many bytes as it says in front; a signal mask in it is there.
    #[inline(never)]
    pub(crate) unsafe fn wait(self, wait: *const rawipc_wait) -> Result<Wait> {
        if wait.is_null() {
            return Ok(Wait::FOREVER);
        }
        // SAFETY: by the caller.
        unsafe { self.some_wait(wait) }
    }

    /// # Safety
    /// As [`wait`](Self::wait).
    #[inline(never)]
    unsafe fn some_wait(self, wait: *const rawipc_wait) -> Result<Wait> {
        // SAFETY: by the caller.
        let given = unsafe { self.options(wait) }?.unwrap_or(rawipc_wait::DEFAULT);
        let nanos = u64::try_from(given.nanoseconds).map_err(|_| self.refused(Errno::INVAL))?;
        let limit = match given.flags & !RAWIPC_WAIT_OR_SIGNAL {
            0 if nanos == 0 => Wait::FOREVER,
            RAWIPC_WAIT_AT_MOST => Wait::at_most(Duration::from_nanos(nanos)),
            RAWIPC_WAIT_UNTIL => Wait::until(Instant::from_nanos(nanos)),
            _ => return Err(self.refused(Errno::INVAL)),
        };
        match (given.flags & RAWIPC_WAIT_OR_SIGNAL != 0, given.signal_mask.is_null()) {
            (false, true) => Ok(limit),
            (true, true) => Ok(limit.or_signal()),
            (false, false) => Err(self.refused(Errno::INVAL)),
            (true, false) => {
                // SAFETY: by the caller.
                let mask = unsafe { self.input(given.signal_mask) }?;
                Ok(limit.or_signal_under(*mask))
            }
        }
    }
}
