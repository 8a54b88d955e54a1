//! Signal dispositions, masks and timers.

use super::check;
use std::mem::{MaybeUninit, zeroed};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

static HANDLED: AtomicU32 = AtomicU32::new(0);

extern "C" fn count(_: i32) {
    HANDLED.fetch_add(1, Ordering::Relaxed);
}

/// How often [`Timer`]'s handler ran.
pub fn handled() -> u32 {
    HANDLED.load(Ordering::Relaxed)
}

/// A signal every `period`, to a handler without SA_RESTART, as long as it lives.
///
/// SIGALRM is left alone: it is the runner's.
pub struct Timer {
    id: libc::timer_t,
    before: libc::sigaction,
}

impl Timer {
    pub fn every(period: Duration) -> Timer {
        let before = set_handler(libc::SIGUSR1, count as extern "C" fn(i32) as usize);
        // SAFETY: all zeros is a sigevent.
        let mut event: libc::sigevent = unsafe { zeroed() };
        event.sigev_notify = libc::SIGEV_SIGNAL;
        event.sigev_signo = libc::SIGUSR1;
        let mut id = MaybeUninit::uninit();
        // SAFETY: a valid event, and room for the number.
        let ret = unsafe { libc::timer_create(libc::CLOCK_MONOTONIC, &mut event, id.as_mut_ptr()) };
        check(ret, "timer_create");
        let period = libc::timespec { tv_sec: 0, tv_nsec: period.as_nanos() as libc::c_long };
        let times = libc::itimerspec { it_interval: period, it_value: period };
        // SAFETY: written by timer_create above.
        let id = unsafe { id.assume_init() };
        // SAFETY: a timer of ours and a valid time.
        check(unsafe { libc::timer_settime(id, 0, &times, std::ptr::null_mut()) }, "timer_settime");
        Timer { id, before }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        // SAFETY: a timer of ours, not used again.
        unsafe { libc::timer_delete(self.id) };
        // SAFETY: what sigaction gave us.
        unsafe { libc::sigaction(libc::SIGUSR1, &self.before, std::ptr::null_mut()) };
    }
}

fn set_handler(signal: i32, handler: usize) -> libc::sigaction {
    // SAFETY: all zeros is a sigaction: no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { zeroed() };
    action.sa_sigaction = handler;
    // SAFETY: as above.
    let mut before: libc::sigaction = unsafe { zeroed() };
    // SAFETY: both are valid.
    check(unsafe { libc::sigaction(signal, &action, &mut before) }, "sigaction");
    before
}

/// The default disposition, which for SIGPIPE kills; Rust's runtime starts programs with it ignored.
pub fn set_default(signal: i32) {
    set_handler(signal, libc::SIG_DFL);
}

/// A handler that does nothing but count.
pub fn set_counted(signal: i32) {
    set_handler(signal, count as extern "C" fn(i32) as usize);
}

/// The process ignores it.
pub fn set_ignored(signal: i32) {
    set_handler(signal, libc::SIG_IGN);
}

/// What a library must leave as it found it: every disposition, and the thread's mask.
#[derive(Debug, PartialEq, Eq)]
pub struct Dispositions {
    handlers: Vec<(usize, i32)>,
    blocked: Vec<bool>,
}

impl Dispositions {
    pub fn now() -> Dispositions {
        let blocked = (1..=64).map(|n| is_member(&mask(), n)).collect();
        Dispositions { handlers: (1..=31).map(disposition).collect(), blocked }
    }
}

fn disposition(signal: i32) -> (usize, i32) {
    // SAFETY: all zeros is a sigaction.
    let mut action: libc::sigaction = unsafe { zeroed() };
    // SAFETY: only asks.
    check(unsafe { libc::sigaction(signal, std::ptr::null(), &mut action) }, "sigaction");
    (action.sa_sigaction, action.sa_flags)
}

fn mask() -> libc::sigset_t {
    // SAFETY: all zeros is a set.
    let mut set = unsafe { zeroed() };
    // SAFETY: only asks.
    check(unsafe { libc::sigprocmask(libc::SIG_BLOCK, std::ptr::null(), &mut set) }, "sigprocmask");
    set
}

fn is_member(set: &libc::sigset_t, signal: i32) -> bool {
    // SAFETY: a valid set.
    unsafe { libc::sigismember(set, signal) == 1 }
}

/// Blocks `signal` in this thread.
pub fn block(signal: i32) {
    change_mask(libc::SIG_BLOCK, signal);
}

/// Lets `signal` through again.
pub fn unblock(signal: i32) {
    change_mask(libc::SIG_UNBLOCK, signal);
}

fn change_mask(how: i32, signal: i32) {
    // SAFETY: all zeros is a set.
    let mut set = unsafe { zeroed() };
    // SAFETY: a valid set.
    unsafe { libc::sigaddset(&mut set, signal) };
    // SAFETY: a valid set.
    check(unsafe { libc::sigprocmask(how, &set, std::ptr::null_mut()) }, "sigprocmask");
}

/// Whether `signal` waits, blocked.
pub fn is_pending(signal: i32) -> bool {
    // SAFETY: all zeros is a set.
    let mut set = unsafe { zeroed() };
    // SAFETY: room for a set.
    check(unsafe { libc::sigpending(&mut set) }, "sigpending");
    is_member(&set, signal)
}

/// Sends `signal` to this thread.
pub fn raise(signal: i32) {
    // SAFETY: a call without pointers.
    unsafe { libc::raise(signal) };
}
