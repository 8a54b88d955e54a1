//! The two places where `malloc` deadlocks, and how a process gets there for real.
//!
//! A filter has `brk` trapped, which `malloc` makes while it holds its lock. So the handler of SIGSYS interrupts it
//! there: in the scenario's own thread, or in another one, which then stays where it is.

use std::ffi::c_void;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU32, AtomicUsize, Ordering::SeqCst};
use std::thread::Thread;

use rawipc::Errno;

use crate::scenario::{Scenario, Stage};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In a handler that interrupted `malloc`, on a small stack.
    Handler,
    /// In the child of a fork, while another thread was in `malloc`.
    Child,
}

impl Place {
    pub fn name(self) -> &'static str {
        match self {
            Place::Handler => "in_a_handler",
            Place::Child => "in_a_child",
        }
    }
}

/// The exit status of a process that ended with its window.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Verdict(i32);

impl Verdict {
    /// The call answered as the row says.
    pub const HELD: Verdict = Verdict(0);
    /// It succeeded, and should not have.
    pub const OK: Verdict = Verdict(200);
    /// It gave another value.
    pub const ANOTHER: Verdict = Verdict(201);
    const TOUCHED: Verdict = Verdict(202);
    const NO_WINDOW: Verdict = Verdict(203);
    const NO_TRAP: Verdict = Verdict(204);
    const NEVER: Verdict = Verdict(205);
    const LEFT_OUT: Verdict = Verdict(206);

    pub fn errno(errno: Errno) -> Verdict {
        Verdict(errno.raw_os_error())
    }

    /// A C library makes `fstat` for `newfstatat`, and the other way round: what is ordered for one of them may never
    /// come.
    pub fn left_out() -> ! {
        Verdict::LEFT_OUT.end()
    }

    fn end(self) -> ! {
        // SAFETY: one raw call; nothing of the parent's is run a second time.
        unsafe { libc::_exit(self.0) }
    }
}

/// What became of a scenario.
#[derive(PartialEq, Eq)]
pub enum End {
    Held,
    LeftOut,
    Not(String),
}

/// These places are not to be had here.
pub const NO_TRAP: &str = "brk cannot be trapped by a seccomp filter";
pub const NEVER: &str = "malloc makes no brk";
pub const HANGS: &str = "hangs";
pub const TOUCHED: &str = "it touched errno";

impl End {
    fn of(status: i32) -> End {
        if libc::WIFSIGNALED(status) {
            return End::Not(match libc::WTERMSIG(status) {
                libc::SIGALRM => HANGS.into(),
                signal => format!("is killed by signal {signal}"),
            });
        }
        let code = libc::WEXITSTATUS(status);
        End::Not(match Verdict(code) {
            Verdict::HELD => return End::Held,
            Verdict::LEFT_OUT => return End::LeftOut,
            Verdict::OK => "it succeeded".into(),
            Verdict::ANOTHER => "it gave another value".into(),
            Verdict::TOUCHED => TOUCHED.into(),
            Verdict::NO_WINDOW => "no window was reached".into(),
            Verdict::NO_TRAP => NO_TRAP.into(),
            Verdict::NEVER => NEVER.into(),
            _ => format!("it said {}", Errno::from_raw_os_error(code)),
        })
    }
}

/// What is a stack too small for anything but what was written for it.
pub const STACK: usize = 16 << 10;
/// Below it. More than any frame of a test, so that none reaches across.
const GUARD: usize = 1 << 20;

/// How long a process may take.
pub static SECONDS: AtomicU32 = AtomicU32::new(10);

static ALTERNATE: AtomicPtr<u8> = AtomicPtr::new(ptr::null_mut());
static SHARED: AtomicPtr<Shared> = AtomicPtr::new(ptr::null_mut());

/// What all processes have in common.
struct Shared {
    /// The bytes of the alternate stack that any window touched.
    deepest: AtomicUsize,
    /// The child of this scenario may begin.
    go: AtomicBool,
}

/// Maps what all processes of the scenarios share.
pub fn prepare() {
    let map = |len, rights, shared| {
        // SAFETY: new memory, where the kernel likes.
        let at = unsafe { libc::mmap(ptr::null_mut(), len, rights, shared | libc::MAP_ANONYMOUS, -1, 0) };
        assert!(at != libc::MAP_FAILED, "no memory");
        at
    };
    let rights = libc::PROT_READ | libc::PROT_WRITE;
    let below = map(GUARD + STACK, libc::PROT_NONE, libc::MAP_PRIVATE);
    let stack = below.wrapping_byte_add(GUARD);
    // SAFETY: inside the new mapping.
    assert!(unsafe { libc::mprotect(stack, STACK, rights) } == 0, "no memory");
    ALTERNATE.store(stack.cast(), SeqCst);
    SHARED.store(map(size_of::<Shared>(), rights, libc::MAP_SHARED).cast(), SeqCst);
}

fn shared() -> &'static Shared {
    // SAFETY: zeros, mapped by `prepare` and never unmapped.
    unsafe { &*SHARED.load(SeqCst) }
}

/// The bytes of the alternate stack that any window touched.
pub fn deepest() -> usize {
    shared().deepest.load(SeqCst)
}

/// Runs the scenario in a process of its own, with its window in `place`.
pub fn run(scenario: &Scenario, place: Place) -> End {
    // SAFETY: this process has one thread; the child runs the scenario and exits.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        let alarm = SECONDS.load(SeqCst) + u32::from(place == Place::Child);
        // SAFETY: plain numbers; an overflown stack is to kill, and not to be told of by a handler.
        unsafe {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
            libc::signal(libc::SIGSEGV, libc::SIG_DFL);
            libc::signal(libc::SIGBUS, libc::SIG_DFL);
            libc::signal(libc::SIGPIPE, libc::SIG_DFL);
            libc::alarm(alarm);
        }
        // Also why malloc takes its lock at all.
        let holder = std::thread::spawn(hold).thread().clone();
        *HOLDER.lock().expect("nobody panics with it") = Some(holder);
        let stage = Stage::new(place, &scenario.function);
        match catch_unwind(AssertUnwindSafe(|| (scenario.work)(&stage))) {
            Ok(Err(e)) => eprintln!("    {}, \"{}\": {e}", scenario.function, scenario.case),
            _ => eprintln!("    {}, \"{}\": no window", scenario.function, scenario.case),
        }
        Verdict::NO_WINDOW.end();
    }
    let mut status = 0;
    // SAFETY: our own child.
    while unsafe { libc::waitpid(pid, &raw mut status, 0) } < 0 {}
    End::of(status)
}

static HOLDER: std::sync::Mutex<Option<Thread>> = std::sync::Mutex::new(None);
static HOLD: AtomicBool = AtomicBool::new(false);
static HELD: AtomicBool = AtomicBool::new(false);

/// The other thread: waits to be told to take the lock for good.
fn hold() {
    while !HOLD.load(SeqCst) {
        std::thread::park();
    }
    interrupt_malloc();
}

/// Allocates until `brk` is trapped, with the lock held.
fn interrupt_malloc() -> ! {
    if filter(&[libc::SYS_brk as u32], libc::SECCOMP_RET_TRAP, 0).is_err() {
        Verdict::NO_TRAP.end();
    }
    for _ in 0..TRIES {
        // SAFETY: never used, and never freed: the heap has to grow.
        std::hint::black_box(unsafe { libc::malloc(PIECE) });
    }
    Verdict::NEVER.end()
}

/// Less than what malloc maps by itself.
const PIECE: usize = 40_000;
const TRIES: usize = 10_000;

/// What the handler is to do: `None` is to stay there for good.
static JOB: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());
static CALL: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());

type Call = fn(*mut c_void) -> Verdict;

/// Does `job` in a handler that interrupts malloc, and ends.
pub fn in_handler(job: impl FnOnce() -> Verdict) -> ! {
    let mut job = Some(job);
    publish(&mut job);
    on_sigsys(libc::SA_ONSTACK);
    let bottom = ALTERNATE.load(SeqCst);
    // SAFETY: mapped, and nobody's.
    unsafe { bottom.write_bytes(PAINT, STACK) };
    let stack = libc::stack_t { ss_sp: bottom.cast(), ss_flags: 0, ss_size: STACK };
    // SAFETY: the stack lives as long as the process.
    unsafe { libc::sigaltstack(&raw const stack, ptr::null_mut()) };
    interrupt_malloc()
}

fn publish<F: FnOnce() -> Verdict>(job: &mut Option<F>) {
    fn call<F: FnOnce() -> Verdict>(at: *mut c_void) -> Verdict {
        // SAFETY: the job of `in_handler`, whose frame is below the handler.
        let job = unsafe { &mut *at.cast::<Option<F>>() };
        job.take().map_or(Verdict::NEVER, watched)
    }
    CALL.store(call::<F> as *mut c_void, SeqCst);
    JOB.store((&raw mut *job).cast(), SeqCst);
}

const PAINT: u8 = 0xa5;

fn on_sigsys(flags: libc::c_int) {
    // SAFETY: zeros are a valid sigaction.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = interrupted as *const () as usize;
    action.sa_flags = flags | libc::SA_SIGINFO;
    // SAFETY: a handler that does not return.
    unsafe { libc::sigaction(libc::SIGSYS, &raw const action, ptr::null_mut()) };
}

extern "C" fn interrupted(_: libc::c_int, _: *const libc::siginfo_t, _: *const c_void) {
    let call = CALL.load(SeqCst);
    if call.is_null() {
        HELD.store(true, SeqCst);
        loop {
            // SAFETY: sleeps.
            unsafe { libc::pause() };
        }
    }
    // SAFETY: a function of this type was put there.
    let call = unsafe { std::mem::transmute::<*mut c_void, Call>(call) };
    let verdict = call(JOB.load(SeqCst));
    let bottom = ALTERNATE.load(SeqCst).cast_const();
    let mut unused = 0;
    // SAFETY: reads the stack that this runs on.
    while unused < STACK && unsafe { bottom.add(unused).read_volatile() } == PAINT {
        unused += 1;
    }
    shared().deepest.fetch_max(STACK - unused, SeqCst);
    verdict.end();
}

/// The job, and whether errno is as it was.
fn watched(job: impl FnOnce() -> Verdict) -> Verdict {
    const MARK: i32 = 3_456;
    // SAFETY: it has nothing to ask for.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: libc's own cell, valid in every thread.
    unsafe { errno.write(MARK) };
    let verdict = job();
    // SAFETY: as above.
    let touched = unsafe { errno.read() } != MARK && !cfg!(feature = "libc");
    if touched && verdict == Verdict::HELD { Verdict::TOUCHED } else { verdict }
}

static CHILD: AtomicI32 = AtomicI32::new(0);

/// Does `job` in the child of a fork, while another thread is in malloc, and ends.
///
/// The child has the table of descriptors in common with its parent, so that whatever a peer of the scenario does to
/// its own is done to the child's as well; its memory is its own.
pub fn in_child(job: impl FnOnce() -> Verdict) -> ! {
    on_sigsys(0);
    HOLD.store(true, SeqCst);
    if let Some(holder) = &*HOLDER.lock().expect("nobody panics with it") {
        holder.unpark();
    }
    while !HELD.load(SeqCst) {
        std::thread::yield_now();
    }
    shared().go.store(false, SeqCst);
    // glibc's own fork would wait for the lock; raw calls, and other C libraries, do not.
    // SAFETY: the child does the job and exits.
    let pid = unsafe { libc::syscall(libc::SYS_clone, libc::CLONE_FILES | libc::SIGCHLD, 0, 0, 0, 0) } as i32;
    if pid == 0 {
        // SAFETY: a number.
        unsafe { libc::alarm(SECONDS.load(SeqCst)) };
        while !shared().go.load(SeqCst) {
            std::thread::yield_now();
        }
        watched(job).end();
    }
    // A signal to whom the child stands for is the child's.
    extern "C" fn pass_on(signal: libc::c_int) {
        // SAFETY: plain numbers.
        unsafe { libc::kill(CHILD.load(SeqCst), signal) };
    }
    CHILD.store(pid, SeqCst);
    // SAFETY: a handler that makes one call.
    unsafe { libc::signal(libc::SIGUSR1, pass_on as *const () as usize) };
    shared().go.store(true, SeqCst);
    let mut status = 0;
    // SAFETY: our own child.
    while unsafe { libc::waitpid(pid, &raw mut status, 0) } < 0 {}
    if libc::WIFSIGNALED(status) {
        // SAFETY: ends this process as the child ended.
        unsafe {
            libc::signal(libc::WTERMSIG(status), libc::SIG_DFL);
            libc::kill(libc::getpid(), libc::WTERMSIG(status));
        }
    }
    Verdict(libc::WEXITSTATUS(status)).end()
}

/// Calls with this for a sixth argument are ours, and pass any filter of ours.
const OURS: u32 = 0x7a3e_55aa;

/// Puts a filter in front of this thread that does `action` to the calls of these numbers.
pub fn filter(numbers: &[u32], action: u32, flags: libc::c_ulong) -> io::Result<i32> {
    let op = |code: u32, jt: u8, jf: u8, k: u32| libc::sock_filter { code: code as u16, jt, jf, k };
    let load = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
    let equal = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
    let answer = libc::BPF_RET | libc::BPF_K;
    let sixth = std::mem::offset_of!(libc::seccomp_data, args) + 5 * 8;
    let low = if cfg!(target_endian = "little") { sixth } else { sixth + 4 };
    let mut program = vec![
        op(load, 0, 0, low as u32),
        op(equal, 0, 1, OURS),
        op(answer, 0, 0, libc::SECCOMP_RET_ALLOW),
        op(load, 0, 0, 0),
    ];
    for number in numbers {
        program.extend([op(equal, 0, 1, *number), op(answer, 0, 0, action)]);
    }
    program.push(op(answer, 0, 0, libc::SECCOMP_RET_ALLOW));
    let program = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    let ours = libc::c_ulong::from(OURS);
    // SAFETY: plain numbers.
    unsafe { libc::syscall(libc::SYS_prctl, libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, ours) };
    let set = libc::SECCOMP_SET_MODE_FILTER;
    // SAFETY: a program that lives as long as the call.
    match unsafe { libc::syscall(libc::SYS_seccomp, set, flags, &raw const program, 0, 0, ours) } {
        -1 => Err(io::Error::last_os_error()),
        fd => Ok(fd as i32),
    }
}
