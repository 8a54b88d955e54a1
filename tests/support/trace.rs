//! A small syscall tracer: which calls does this piece of code make, in which order?
//!
//! [`trace`] runs a closure in a forked child under ptrace and returns what the child did inside each
//! [`window`]. A window is opened and shut by two syscall numbers that no kernel has, so the marks cost nothing
//! to find and cannot be confused with a real call. [`answer`] has a call answered without being made, [`cue`]
//! wakes a peer at the very moment at which the traced process goes to sleep. Processes and threads that the closure makes are not traced:
//! it may fork a peer first and have one side of a pair counted.
//!
//! Included with `#[path]` by the tests and the examples that count; x86-64 and aarch64.
#![allow(dead_code)]

#[path = "trace/child.rs"]
mod child;
#[path = "trace/log.rs"]
mod log;

use child::Child;
use log::Log;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicI32, Ordering};

/// The marks. Above any real number, and bit 30 is clear: on x86-64 it would mean x32.
const OPEN: i64 = 0x2f00_0001;
const SHUT: i64 = 0x2f00_0002;
const ANSWER: i64 = 0x2f00_0010;
const CUE: i64 = 0x2f00_0011;
const HUSH: i64 = 0x2f00_0012;

/// What a filter must let through in front of a window.
pub const MARKS: [u32; 2] = [OPEN as u32, SHUT as u32];

/// A traced child that hangs is killed after this many seconds.
const ALARM_SECONDS: u32 = 20;

/// Runs `work` and has its syscalls recorded under `label`, if a tracer is there. Windows do not nest.
pub fn window<T>(label: u64, work: impl FnOnce() -> T) -> T {
    // SAFETY: no such syscall; the kernel answers ENOSYS.
    unsafe { libc::syscall(OPEN, label) };
    let answer = work();
    // SAFETY: as above.
    unsafe { libc::syscall(SHUT) };
    answer
}

/// The `nth` call of `number` from now on, counted from 1, is not made: it returns `result`, `-errno` for an
/// error.
pub fn answer(number: u64, nth: u64, result: i64) {
    // SAFETY: no such syscall; the kernel answers ENOSYS.
    unsafe { libc::syscall(ANSWER, number, nth, result) };
}

/// When the `nth` call of `number` from now on is entered, [`await_cue`] returns in whoever waits in it. The call
/// itself is held up until [`done`], if `held`.
pub fn cue(number: u64, nth: u64, held: bool) {
    // SAFETY: no such syscall; the kernel answers ENOSYS.
    unsafe { libc::syscall(CUE, number, nth, u64::from(held)) };
}

/// Until the next window is opened, a filter is put up, of whose calls none is counted or answered. Behind it the
/// calls that are answered must be told by `SECCOMP_RET_TRACE`, so that the filter sees them first.
pub fn hush() {
    // SAFETY: no such syscall; the kernel answers ENOSYS.
    unsafe { libc::syscall(HUSH) };
}

/// Waits for the next [`cue`], in a thread or a child of the traced process.
pub fn await_cue() {
    let mut byte = [0u8];
    // SAFETY: one byte of room. The tracer gave this process the descriptor, and keeps the other end.
    unsafe { libc::read(CUES.load(Ordering::Relaxed), byte.as_mut_ptr().cast(), 1) };
}

/// What a held call waits for.
pub fn done() {
    // SAFETY: one byte from a live buffer.
    unsafe { libc::write(CUES.load(Ordering::Relaxed), [0u8].as_ptr().cast(), 1) };
}

/// In the traced process: where cues come from, and where [`done`] goes.
static CUES: AtomicI32 = AtomicI32::new(-1);

/// Runs `work` in a forked child and returns its windows in the order in which they were opened.
///
/// # Errors
/// [`Failure::Refused`] where this process may not trace: a caller prints a loud SKIP. Anything else is a fault
/// of `work`.
pub fn trace(work: impl FnOnce()) -> Result<Vec<Window>, Failure> {
    trace_stopped(0, work)
}

/// [`trace`], stopped by `SIGSTOP` in each of the first `stops` calls of its windows, and continued. A sleep that was
/// interrupted so is in the list twice, and the cue that is to end it comes when it is slept again.
///
/// # Errors
/// As [`trace`].
pub fn trace_stopped(stops: u32, work: impl FnOnce()) -> Result<Vec<Window>, Failure> {
    let child = Child::start(work)?;
    child.seize()?;
    let mut log = Log::stopping(stops);
    let status = child.run(|info| log.take(info))?;
    if !libc::WIFEXITED(status) || libc::WEXITSTATUS(status) != 0 {
        return Err(Failure::Died(status));
    }
    if log.open {
        return Err(Failure::Unshut);
    }
    Ok(log.windows)
}

/// [`trace`] for a single piece of code: the calls that `work` makes inside its only window.
///
/// # Errors
/// As [`trace`]; [`Failure::Unshut`] also where there is not exactly one window.
pub fn trace_one(work: impl FnOnce()) -> Result<Vec<Syscall>, Failure> {
    only(trace(work)?)
}

/// The calls of the only window.
///
/// # Errors
/// [`Failure::Unshut`]: there is another number of them.
pub fn only(windows: Vec<Window>) -> Result<Vec<Syscall>, Failure> {
    match <[Window; 1]>::try_from(windows) {
        Ok([only]) => Ok(only.calls),
        Err(_) => Err(Failure::Unshut),
    }
}

/// What was done between two marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    pub label: u64,
    pub calls: Vec<Syscall>,
}

impl Window {
    /// The calls by name, as a row of a `# Syscalls` table has them.
    pub fn names(&self) -> Vec<String> {
        self.calls.iter().map(Syscall::name).collect()
    }
}

/// One syscall, entered and left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Syscall {
    pub number: u64,
    pub args: [u64; 6],
    /// What the call returned: `-errno` where it failed. A call that a signal interrupted and that the kernel
    /// will make again has −512 to −516 here.
    pub result: i64,
}

/// Whether a call that returned this was interrupted, and the kernel makes it again, unless a handler runs first.
pub fn is_to_be_made_again(result: i64) -> bool {
    (-516..=-512).contains(&result)
}

impl Syscall {
    /// The kernel's name, or `syscall_N` for one that the table lacks.
    pub fn name(&self) -> String {
        match NAMES.iter().find(|(number, _)| *number as u64 == self.number) {
            Some((_, name)) => name.trim_start_matches("SYS_").to_owned(),
            None => format!("syscall_{}", self.number),
        }
    }
}

/// The number of a syscall that [`Syscall::name`] knows.
pub fn number(name: &str) -> Option<u64> {
    let known = NAMES.iter().find(|(_, known)| known.strip_prefix("SYS_") == Some(name));
    known.map(|(number, _)| *number as u64)
}

/// Every number that has a name here.
pub fn numbers() -> impl Iterator<Item = libc::c_long> {
    NAMES.iter().map(|(number, _)| *number)
}

/// Why there is no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// ptrace is not to be had here (errno): a container, Yama, an emulator. Not the fault of what was traced.
    Refused(i32),
    /// The traced child did not come to its end; its wait status.
    Died(i32),
    /// A window was left open, or there was another number of them than one.
    Unshut,
    /// fork or wait said no (errno).
    Wait(i32),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Failure::Refused(errno) => write!(f, "ptrace refused: {}", io::Error::from_raw_os_error(errno)),
            Failure::Died(status) if libc::WIFSIGNALED(status) => {
                write!(f, "the traced child was killed by signal {}", libc::WTERMSIG(status))
            }
            Failure::Died(status) => write!(f, "the traced child ended with wait status {status:#x}"),
            Failure::Unshut => {
                f.write_str("not exactly the windows that were expected, each opened and shut")
            }
            Failure::Wait(errno) => write!(f, "fork or wait: {}", io::Error::from_raw_os_error(errno)),
        }
    }
}

impl std::error::Error for Failure {}

fn errno() -> i32 {
    io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

macro_rules! names {
    ($($konst:ident)+) => { &[$((libc::$konst, stringify!($konst))),+] };
}

/// What rawipc makes, and what a C library or a test does around it.
const NAMES: &[(libc::c_long, &str)] = names! {
    SYS_accept4 SYS_bind SYS_brk SYS_clock_gettime SYS_clock_nanosleep SYS_clone SYS_clone3 SYS_close
    SYS_close_range SYS_connect SYS_dup SYS_dup3 SYS_epoll_create1 SYS_epoll_ctl SYS_epoll_pwait
    SYS_epoll_pwait2 SYS_eventfd2 SYS_execve SYS_exit SYS_exit_group SYS_faccessat SYS_fallocate SYS_fchmod
    SYS_fchmodat SYS_fcntl SYS_flock SYS_fstat SYS_fstatfs SYS_ftruncate SYS_futex SYS_getcwd SYS_getdents64
    SYS_getegid SYS_geteuid SYS_getgid SYS_getpeername SYS_getpid SYS_getppid SYS_getrandom SYS_getsockname
    SYS_getsockopt SYS_gettid SYS_getuid SYS_ioctl SYS_kill SYS_linkat SYS_listen SYS_lseek SYS_madvise
    SYS_membarrier SYS_memfd_create SYS_mkdirat SYS_mknodat SYS_mmap SYS_mprotect SYS_mremap SYS_msync
    SYS_munmap SYS_nanosleep SYS_newfstatat SYS_openat SYS_openat2 SYS_pidfd_getfd SYS_pidfd_open
    SYS_pidfd_send_signal SYS_pipe2 SYS_ppoll SYS_prctl SYS_pread64 SYS_preadv2 SYS_prlimit64
    SYS_process_vm_readv SYS_pwrite64 SYS_pwritev2 SYS_read SYS_readlinkat SYS_readv SYS_recvfrom
    SYS_recvmmsg SYS_recvmsg SYS_renameat2 SYS_restart_syscall SYS_rt_sigaction
    SYS_rt_sigpending SYS_rt_sigprocmask SYS_rt_sigreturn SYS_rt_sigtimedwait SYS_sched_yield SYS_seccomp
    SYS_sendfile SYS_sendmmsg SYS_sendmsg SYS_sendto SYS_set_robust_list SYS_set_tid_address SYS_setsockopt
    SYS_shutdown SYS_sigaltstack SYS_socket SYS_socketpair SYS_splice SYS_statx SYS_symlinkat SYS_tee
    SYS_tgkill SYS_uname SYS_unlinkat SYS_vmsplice SYS_wait4 SYS_waitid SYS_write SYS_writev
};
