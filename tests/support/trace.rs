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

use std::fmt;
use std::io;
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};

/// The marks. Above any real number, and bit 30 is clear: on x86-64 it would mean x32.
const OPEN: i64 = 0x2f00_0001;
const SHUT: i64 = 0x2f00_0002;
const ANSWER: i64 = 0x2f00_0010;
const CUE: i64 = 0x2f00_0011;

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

/// When the `nth` call of `number` from now on is entered, [`await_cue`] returns in whoever waits in it.
pub fn cue(number: u64, nth: u64) {
    // SAFETY: no such syscall; the kernel answers ENOSYS.
    unsafe { libc::syscall(CUE, number, nth) };
}

/// Waits for the next [`cue`], in a thread or a child of the traced process.
pub fn await_cue() {
    let mut byte = [0u8];
    // SAFETY: one byte of room. The tracer gave this process the descriptor, and keeps the other end.
    unsafe { libc::read(CUES.load(Ordering::Relaxed), byte.as_mut_ptr().cast(), 1) };
}

/// In the traced process: where cues come from.
static CUES: AtomicI32 = AtomicI32::new(-1);

/// Runs `work` in a forked child and returns its windows in the order in which they were opened.
///
/// # Errors
/// [`Failure::Refused`] where this process may not trace: a caller prints a loud SKIP. Anything else is a fault
/// of `work`.
pub fn trace(work: impl FnOnce()) -> Result<Vec<Window>, Failure> {
    let child = Child::start(work)?;
    child.seize()?;
    let mut log = Log::default();
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
    let windows = trace(work)?;
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

/// Puts entries and exits together, inside windows, and carries out what the traced process asked for.
#[derive(Default)]
struct Log {
    windows: Vec<Window>,
    open: bool,
    entered: Option<Entered>,
    orders: Vec<Order>,
}

struct Entered {
    number: u64,
    args: [u64; 6],
    answer: Option<i64>,
}

/// An [`answer`] or a [`cue`] that is still to come.
struct Order {
    number: u64,
    left: u64,
    answer: Option<i64>,
}

/// What the tracer does at a stop.
enum Act {
    Nothing,
    Cue,
    /// At an entry: no call is made.
    Skip,
    /// At an exit: it returns this.
    Return(i64),
}

impl Log {
    fn take(&mut self, info: &Info) -> Act {
        match info.op {
            Info::ENTRY => {
                let [number, args @ .., _] = info.data;
                let mut act = Act::Nothing;
                let mut answer = None;
                for order in self.orders.iter_mut().filter(|o| o.number == number) {
                    order.left = order.left.wrapping_sub(1);
                    match order.answer {
                        _ if order.left != 0 => {}
                        None => act = Act::Cue,
                        Some(result) => (act, answer) = (Act::Skip, Some(result)),
                    }
                }
                self.entered = Some(Entered { number, args, answer });
                act
            }
            Info::EXIT => {
                let Some(Entered { number, args, answer }) = self.entered.take() else { return Act::Nothing };
                let [result, ..] = info.data;
                match number as i64 {
                    OPEN => {
                        self.windows.push(Window { label: args[0], calls: Vec::new() });
                        self.open = true;
                    }
                    SHUT => self.open = false,
                    ANSWER | CUE => {
                        let answer = (number as i64 == ANSWER).then_some(args[2] as i64);
                        self.orders.push(Order { number: args[0], left: args[1], answer });
                    }
                    _ if self.open => {
                        let calls = self.windows.last_mut().map(|w| &mut w.calls);
                        calls.into_iter().for_each(|c| {
                            c.push(Syscall { number, args, result: answer.unwrap_or(result as i64) });
                        });
                    }
                    _ => {}
                }
                answer.map_or(Act::Nothing, Act::Return)
            }
            _ => Act::Nothing,
        }
    }
}

/// C's `struct ptrace_syscall_info`.
#[repr(C)]
#[derive(Default)]
struct Info {
    op: u8,
    pad: [u8; 3],
    arch: u32,
    instruction_pointer: u64,
    stack_pointer: u64,
    /// Entry: number, six arguments. Exit: result.
    data: [u64; 8],
}

impl Info {
    const ENTRY: u8 = 1;
    const EXIT: u8 = 2;
}

/// The child, held at a pipe until the tracer has it; killed and reaped on drop.
struct Child {
    pid: libc::pid_t,
    go: libc::c_int,
    reaped: std::cell::Cell<bool>,
}

impl Child {
    fn start(work: impl FnOnce()) -> Result<Child, Failure> {
        let mut gate = [0; 2];
        // SAFETY: room for two descriptors.
        if unsafe { libc::pipe2(gate.as_mut_ptr(), libc::O_CLOEXEC) } != 0 {
            return Err(Failure::Wait(errno()));
        }
        let [wait, go] = gate;
        // SAFETY: the child only runs `work` and exits.
        let pid = unsafe { libc::fork() };
        if pid == 0 {
            held(wait, go);
            work();
            // SAFETY: ends the child here; nothing of the parent's is run a second time.
            unsafe { libc::_exit(0) };
        }
        let failed = errno();
        // SAFETY: ours, and not used again.
        unsafe { libc::close(wait) };
        if pid < 0 {
            // SAFETY: as above.
            unsafe { libc::close(go) };
            return Err(Failure::Wait(failed));
        }
        Ok(Child { pid, go, reaped: std::cell::Cell::new(false) })
    }

    /// Takes the child under ptrace and lets it go on to its first syscall stop.
    fn seize(&self) -> Result<(), Failure> {
        let options = libc::PTRACE_O_TRACESYSGOOD | libc::PTRACE_O_EXITKILL;
        self.request(libc::PTRACE_SEIZE, options as usize)?;
        self.request(libc::PTRACE_INTERRUPT, 0)?;
        self.wait()?;
        self.signal_go();
        Ok(())
    }

    /// One byte into the gate: the child may begin, or a cue.
    fn signal_go(&self) {
        // SAFETY: one byte from a live buffer.
        unsafe { libc::write(self.go, [0u8].as_ptr().cast(), 1) };
    }

    /// From stop to stop until the child has ended; returns its wait status.
    fn run(&self, mut take: impl FnMut(&Info) -> Act) -> Result<i32, Failure> {
        let mut signal = 0;
        loop {
            self.request(libc::PTRACE_SYSCALL, signal)?;
            let status = self.wait()?;
            signal = 0;
            if !libc::WIFSTOPPED(status) {
                return Ok(status);
            }
            let event = status >> 16;
            match libc::WSTOPSIG(status) {
                stop if stop == libc::SIGTRAP | 0x80 => match take(&self.info()?) {
                    Act::Nothing => {}
                    Act::Cue => self.signal_go(),
                    Act::Skip => self.set_number(-1)?,
                    Act::Return(result) => self.set_result(result)?,
                },
                // A group stop, or the trap of an event: nothing to hand on.
                _ if event != 0 => {}
                stop => signal = stop as usize,
            }
        }
    }

    fn info(&self) -> Result<Info, Failure> {
        let mut info = Info::default();
        // SAFETY: the kernel writes no more than the length given.
        let n =
            unsafe { libc::ptrace(GET_SYSCALL_INFO, self.pid, size_of::<Info>(), ptr::from_mut(&mut info)) };
        match n {
            1.. => Ok(info),
            _ if errno() == libc::ESRCH => Err(Failure::Wait(libc::ESRCH)),
            _ => Err(Failure::Refused(errno())),
        }
    }

    /// At the entry of a syscall: makes it another one; −1 is none.
    #[cfg(target_arch = "x86_64")]
    fn set_number(&self, number: i64) -> Result<(), Failure> {
        self.poke(libc::ORIG_RAX, number)
    }

    /// At the exit of a syscall: what it returns.
    #[cfg(target_arch = "x86_64")]
    fn set_result(&self, result: i64) -> Result<(), Failure> {
        self.poke(libc::RAX, result)
    }

    #[cfg(target_arch = "x86_64")]
    fn poke(&self, register: libc::c_int, value: i64) -> Result<(), Failure> {
        let at = register as usize * size_of::<u64>();
        // SAFETY: writes a register of the child, and no memory of ours.
        match unsafe { libc::ptrace(libc::PTRACE_POKEUSER, self.pid, at, value) } {
            -1 => Err(Failure::Refused(errno())),
            _ => Ok(()),
        }
    }

    /// At the entry of a syscall: makes it another one; −1 is none. Linux 6.16.
    #[cfg(not(target_arch = "x86_64"))]
    fn set_number(&self, number: i64) -> Result<(), Failure> {
        let mut info = self.info()?;
        info.data[0] = number as u64;
        self.set_info(&info)
    }

    /// At the exit of a syscall: what it returns. Linux 6.16.
    #[cfg(not(target_arch = "x86_64"))]
    fn set_result(&self, result: i64) -> Result<(), Failure> {
        let mut info = self.info()?;
        info.data[0] = result as u64;
        info.data[1] = u64::from((-4095..0).contains(&result)); // the byte that says "an error"
        self.set_info(&info)
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn set_info(&self, info: &Info) -> Result<(), Failure> {
        const PTRACE_SET_SYSCALL_INFO: Request = 0x4212;
        // SAFETY: the kernel reads no more than the length given.
        match unsafe {
            libc::ptrace(PTRACE_SET_SYSCALL_INFO, self.pid, size_of::<Info>(), ptr::from_ref(info))
        } {
            -1 => Err(Failure::Refused(errno())),
            _ => Ok(()),
        }
    }

    fn request(&self, request: Request, data: usize) -> Result<(), Failure> {
        // SAFETY: these requests read and write no memory of ours.
        match unsafe { libc::ptrace(request, self.pid, 0usize, data) } {
            // Killed meanwhile: the wait that follows tells.
            -1 if errno() == libc::ESRCH => Ok(()),
            -1 => Err(Failure::Refused(errno())),
            _ => Ok(()),
        }
    }

    fn wait(&self) -> Result<i32, Failure> {
        let mut status = 0;
        loop {
            // SAFETY: the status is ours to write.
            match unsafe { libc::waitpid(self.pid, &raw mut status, libc::__WALL) } {
                -1 if errno() == libc::EINTR => {}
                -1 => return Err(Failure::Wait(errno())),
                _ => {
                    self.reaped.set(!libc::WIFSTOPPED(status));
                    return Ok(status);
                }
            }
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // SAFETY: ours, and not used again.
        unsafe { libc::close(self.go) };
        if !self.reaped.get() {
            // SAFETY: our own child, not reaped yet, so its number is still its own.
            unsafe { libc::kill(self.pid, libc::SIGKILL) };
            while self.wait().is_ok_and(|status| libc::WIFSTOPPED(status)) {}
        }
    }
}

/// In the child: dies with its parent, or by an alarm; and runs nothing until the tracer is there.
fn held(wait: libc::c_int, go: libc::c_int) {
    let mut byte = [0u8];
    // SAFETY: plain numbers.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
    // SAFETY: as above.
    unsafe { libc::alarm(ALARM_SECONDS) };
    // SAFETY: our copy of the parent's end, which would hide its closing from us.
    unsafe { libc::close(go) };
    // SAFETY: one byte of room. The interrupt that stops us here restarts the read.
    let n = unsafe { libc::read(wait, byte.as_mut_ptr().cast(), 1) };
    CUES.store(wait, Ordering::Relaxed);
    if n != 1 {
        // SAFETY: no tracer is coming.
        unsafe { libc::_exit(1) };
    }
}

fn errno() -> i32 {
    io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

/// `PTRACE_GET_SYSCALL_INFO`, which libc has for glibc alone.
const GET_SYSCALL_INFO: Request = 0x420e;

#[cfg(target_env = "musl")]
type Request = libc::c_int;
#[cfg(not(target_env = "musl"))]
type Request = libc::c_uint;

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
