//! Children that live under a filter, or die of it.

use rawipc::seccomp::{Action, Filter, Instruction, List};
use std::panic::Location;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering::Relaxed};

/// A child that hangs is killed after this many seconds.
const ALARM_SECONDS: u32 = 20;

/// Kept through `fork`: the last line that was reached, and a number of the child's.
static PAGE: AtomicPtr<AtomicU64> = AtomicPtr::new(ptr::null_mut());

/// What a child is put under.
#[derive(Clone, Copy)]
pub struct Under<'l> {
    pub list: List,
    pub numbers: &'l [u32],
    pub action: Action,
}

impl Under<'static> {
    /// Exactly this list, and death.
    pub fn kill(list: List) -> Self {
        Under { list, numbers: &[], action: Action::Kill }
    }
}

impl Under<'_> {
    pub fn without(self, member: Member) -> Self {
        let list = match member {
            Member::Call(call) => self.list.without(call),
            Member::Command(command) => self.list.without_fcntl(command),
        };
        Under { list, ..self }
    }

    /// Puts the filter in front of this thread; nothing but the calls for it is made.
    pub fn install(&self) -> rawipc::Result<()> {
        let mut buf = [Instruction::NONE; 256];
        Filter::new(self.list, self.numbers, self.action, &mut buf)?.install()
    }
}

/// What can be taken out of a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Member {
    Call(rawipc::Call),
    Command(rawipc::seccomp::Fcntl),
}

/// Each member, `fcntl` by its commands.
pub fn members(list: List) -> Vec<Member> {
    let calls = list.calls().filter(|call| *call != rawipc::Call::FCNTL).map(Member::Call);
    calls.chain(list.fcntls().map(Member::Command)).collect()
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    Lived,
    /// By SIGSYS.
    Killed,
    /// An answer that was not expected.
    Wrong,
    Signal(i32),
}

/// A child that was not waited for yet; killed and reaped on drop.
pub struct Child {
    pub pid: libc::pid_t,
    reaped: bool,
}

impl Child {
    /// `work` ends the child when it is done, and opens no more of the program.
    pub fn start(work: impl FnOnce()) -> Child {
        // SAFETY: this program has one thread; the child runs `work` and ends.
        let pid = unsafe { libc::fork() };
        assert!(pid >= 0, "fork");
        if pid == 0 {
            let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
            // SAFETY: plain numbers, and one struct that is read.
            unsafe { libc::setrlimit(libc::RLIMIT_CORE, &none) };
            // SAFETY: plain numbers.
            unsafe { libc::alarm(ALARM_SECONDS) };
            work();
            exit(0);
        }
        Child { pid, reaped: false }
    }

    pub fn end(mut self) -> End {
        self.reaped = true;
        let mut status = 0;
        // SAFETY: our own child.
        let n = unsafe { libc::waitpid(self.pid, &raw mut status, 0) };
        assert_eq!(n, self.pid, "waitpid");
        match status {
            s if libc::WIFEXITED(s) && libc::WEXITSTATUS(s) == 0 => End::Lived,
            s if libc::WIFEXITED(s) => End::Wrong,
            s if libc::WTERMSIG(s) == libc::SIGSYS => End::Killed,
            s => End::Signal(libc::WTERMSIG(s)),
        }
    }

    pub fn signal(&self, signal: i32) {
        // SAFETY: our own child, not reaped yet.
        unsafe { libc::kill(self.pid, signal) };
    }

    /// Waits until it is stopped or, by then, ended.
    pub fn await_stop(&self) {
        // SAFETY: our own child; the status stays to be asked for.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let flags = libc::WSTOPPED | libc::WEXITED | libc::WNOWAIT;
        // SAFETY: one struct that is written.
        unsafe { libc::waitid(libc::P_PID, self.pid as libc::id_t, &raw mut info, flags) };
    }

    /// Waits until it sleeps in the call of this number. Says whether it came to that.
    pub fn await_sleep_in(&self, number: libc::c_long) -> bool {
        let path = format!("/proc/{}/syscall", self.pid);
        for _ in 0..20_000 {
            match std::fs::read_to_string(&path) {
                Ok(text) if text.split(' ').next() == Some(&number.to_string()) => return true,
                Ok(_) => std::thread::yield_now(),
                Err(_) => return false,
            }
        }
        false
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if !self.reaped {
            self.signal(libc::SIGKILL);
            // SAFETY: our own child.
            unsafe { libc::waitpid(self.pid, ptr::null_mut(), 0) };
        }
    }
}

/// Forks, lets `work` set up, shut the gate and do its work, and tells how that ended.
pub fn run(under: Under<'_>, work: impl FnOnce(&dyn Fn())) -> End {
    page().store(0, Relaxed);
    Child::start(|| {
        work(&|| {
            must(under.install());
        });
    })
    .end()
}

/// The line after which the last child ended, for a message.
pub fn last_line() -> u64 {
    page().load(Relaxed)
}

/// Ends the child where an answer is wrong. Prints nothing: a filter may be there.
#[track_caller]
pub fn must<T, E>(answer: Result<T, E>) -> T {
    page().store(u64::from(Location::caller().line()), Relaxed);
    match answer {
        Ok(value) => value,
        Err(_) => exit(1),
    }
}

#[track_caller]
pub fn holds(so: bool) {
    must(if so { Ok(()) } else { Err(()) });
}

/// A wait that was to be over.
#[track_caller]
pub fn times_out<T>(answer: rawipc::Result<T>) {
    holds(answer.is_err_and(|e| e.errno() == rawipc::Errno::TIMEDOUT));
}

pub fn exit(status: i32) -> ! {
    // SAFETY: ends the child here; nothing of the parent's is run a second time.
    unsafe { libc::_exit(status) }
}

/// Leaves a number for the parent.
pub fn leave(number: u64) {
    cell(1).store(number, Relaxed);
}

pub fn left() -> u64 {
    cell(1).load(Relaxed)
}

fn page() -> &'static AtomicU64 {
    cell(0)
}

fn cell(index: usize) -> &'static AtomicU64 {
    let mut page = PAGE.load(Relaxed);
    if page.is_null() {
        let (prot, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
        // SAFETY: a new mapping, never unmapped.
        page = unsafe { libc::mmap(ptr::null_mut(), 4096, prot, flags, -1, 0) }.cast();
        assert!(page != libc::MAP_FAILED.cast(), "mmap");
        PAGE.store(page, Relaxed);
    }
    // SAFETY: one of the first cells of a page that is zero at first, and stays mapped.
    unsafe { &*page.add(index) }
}

/// The `number` is refused with `errno` from here on wherever argument `arg` has all bits of `mask`: what an older
/// kernel answers. Another filter, and so to be put there before the one that is tried.
pub fn refuse(number: libc::c_long, arg: u32, mask: u32, errno: i32) {
    let i = |code: u32, jt, jf, k| libc::sock_filter { code: code as u16, jt, jf, k };
    let errno = libc::SECCOMP_RET_ERRNO | errno as u32;
    let mut program = [
        i(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0),
        i(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 0, 4, number as u32),
        i(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 16 + 8 * arg),
        i(libc::BPF_ALU | libc::BPF_AND | libc::BPF_K, 0, 0, mask),
        i(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 0, 1, mask),
        i(libc::BPF_RET | libc::BPF_K, 0, 0, errno),
        i(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    // SAFETY: plain numbers.
    holds(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) } == 0);
    // SAFETY: the kernel reads one program.
    holds(
        unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const filter) } == 0,
    );
}
