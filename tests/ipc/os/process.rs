//! Children: forked, waited for, killed.

use super::check;
use std::io::Write as _;
use std::time::{Duration, Instant};

/// A forked child that has not been waited for.
#[derive(Debug)]
pub struct Child {
    pid: i32,
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Exit(i32),
    Signal(i32),
}

/// The exit status of a child whose body panicked.
pub const PANICKED: i32 = 101;

impl Child {
    /// Runs `body` in a forked child, which dies with us, and exits with 0 after it.
    pub fn spawn(body: impl FnOnce()) -> Child {
        let parent = std::process::id();
        let _ = std::io::stdout().flush();
        // SAFETY: a test process has a single thread, so the child may go on as it likes.
        match check(unsafe { libc::fork() }, "fork") {
            0 => {
                die_with(parent);
                let ok = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)).is_ok();
                exit(if ok { 0 } else { PANICKED })
            }
            pid => Child { pid: pid as i32 },
        }
    }

    /// The first process of the pid namespace that this one has unshared, from which its parent has no number.
    pub fn spawn_first(body: impl FnOnce()) -> Child {
        let _ = std::io::stdout().flush();
        // SAFETY: a test process has a single thread, so the child may go on as it likes.
        match check(unsafe { libc::fork() }, "fork") {
            0 => {
                die_with(0);
                let ok = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)).is_ok();
                exit(if ok { 0 } else { PANICKED })
            }
            pid => Child { pid: pid as i32 },
        }
    }

    /// One that was made by other means than [`spawn`](Child::spawn).
    pub fn of(pid: i32) -> Child {
        Child { pid }
    }

    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Whether it has ended; it is to be waited for all the same.
    pub fn has_ended(&self) -> bool {
        let mut info = std::mem::MaybeUninit::<libc::siginfo_t>::zeroed();
        let flags = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
        // SAFETY: room for a siginfo.
        let ret = unsafe { libc::waitid(libc::P_PID, self.pid as u32, info.as_mut_ptr(), flags) };
        check(ret, "waitid");
        // SAFETY: zeroed, and filled in where there was something to tell.
        unsafe { info.assume_init().si_pid() != 0 }
    }

    /// Waits for its end.
    pub fn wait(self) -> End {
        match wait_for(self.pid, 0) {
            Some((_, end)) => end,
            None => panic!("child {} cannot be waited for", self.pid),
        }
    }

    /// Waits for its end and fails the test where it failed.
    #[track_caller]
    pub fn join(self) {
        let pid = self.pid;
        let end = self.wait();
        assert!(end == End::Exit(0), "child {pid} ended with {end:?}");
    }

    pub fn signal(&self, signal: i32) {
        // SAFETY: a call without pointers; the child is not reaped, so the number is still its own.
        check(unsafe { libc::kill(self.pid, signal) }, "kill");
    }

    /// SIGKILL, and waits.
    pub fn kill(self) {
        self.signal(libc::SIGKILL);
        self.wait();
    }

    /// Waits until it sleeps in the kernel: the nearest thing to "it waits in that call by now".
    pub fn wait_asleep(&self) {
        let stat = format!("/proc/{}/stat", self.pid);
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline {
            let text = std::fs::read_to_string(&stat).expect("stat of a child");
            if text.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('S')) {
                return;
            }
            nap(Duration::from_millis(1));
        }
        panic!("child {} never slept", self.pid);
    }
}

/// Reaps `pid` (−1: any child); `None` where there is no such child, or with WNOHANG none that ended.
pub fn wait_for(pid: i32, flags: i32) -> Option<(i32, End)> {
    let mut status = 0;
    loop {
        // SAFETY: `status` is ours to write.
        let got = unsafe { libc::waitpid(pid, &mut status, flags) };
        if got == -1 && super::errno() == libc::EINTR {
            continue;
        }
        if got <= 0 {
            return None;
        }
        let end = match libc::WIFSIGNALED(status) {
            true => End::Signal(libc::WTERMSIG(status)),
            false => End::Exit(libc::WEXITSTATUS(status)),
        };
        return Some((got, end));
    }
}

/// Whether we have children at all, reaped ones aside.
pub fn have_children() -> bool {
    // SAFETY: no siginfo is wanted, and nothing is reaped.
    let ret = unsafe {
        libc::waitid(libc::P_ALL, 0, std::ptr::null_mut(), libc::WEXITED | libc::WNOHANG | libc::WNOWAIT)
    };
    ret == 0
}

/// Leaves at once, without the destructors that a forked child shares with its parent.
pub fn exit(status: i32) -> ! {
    let _ = std::io::stdout().flush();
    // SAFETY: a call that does not return.
    unsafe { libc::_exit(status) }
}

/// SIGKILL for us when `parent`, who forked us, is gone.
pub fn die_with(parent: u32) {
    // SAFETY: a call without pointers.
    check(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL as libc::c_ulong) }, "PR_SET_PDEATHSIG");
    // SAFETY: a call without arguments.
    if unsafe { libc::getppid() } as u32 != parent {
        exit(1);
    }
}

/// Orphans below us become our children, so that none is overlooked; qemu-user cannot have it so.
pub fn adopt_orphans() {
    // SAFETY: a call without pointers.
    let answer = unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1 as libc::c_ulong) };
    if answer == 0 || super::errno() != libc::EINVAL {
        check(answer, "PR_SET_CHILD_SUBREAPER");
    }
}

/// Sleeps, whatever signals come.
pub fn nap(time: Duration) {
    std::thread::sleep(time);
}

/// Whether a child of ours has ended and not been waited for.
pub fn a_child_ended() -> bool {
    let mut info = std::mem::MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: room for a siginfo; nothing is reaped.
    unsafe { libc::waitid(libc::P_ALL, 0, info.as_mut_ptr(), libc::WEXITED | libc::WNOHANG | libc::WNOWAIT) };
    // SAFETY: zeroed, and filled in where there was something to tell.
    unsafe { info.assume_init().si_pid() != 0 }
}

/// A door between two processes: one waits until the other opens it.
pub struct Gate {
    read: std::os::fd::OwnedFd,
    write: std::os::fd::OwnedFd,
}

impl Gate {
    pub fn new() -> Gate {
        let (read, write) = super::fds::pipe();
        Gate { read, write }
    }

    pub fn open(&self) {
        let n = super::raw_write(std::os::fd::AsRawFd::as_raw_fd(&self.write), b"x");
        assert!(n.is_ok_and(|n| n == 1), "a gate that does not open");
    }

    /// Fails the test where whoever was to open it ended first, or takes too long.
    pub fn wait(&self) {
        let deadline = Instant::now() + Duration::from_secs(8);
        while !super::fds::is_readable(&self.read, 20) {
            assert!(
                !a_child_ended() || super::fds::is_readable(&self.read, 0),
                "a child ended at a shut gate"
            );
            assert!(Instant::now() < deadline, "a gate that never opens");
        }
        let mut byte = [0];
        assert!(super::fds::read_some(&self.read, &mut byte) == 1, "a gate that never opens");
    }
}

/// Becomes another program, found by PATH.
pub fn exec(argv: &[&str]) -> ! {
    let argv: Vec<_> = argv.iter().map(|arg| std::ffi::CString::new(*arg).expect("no NUL")).collect();
    let mut pointers: Vec<_> = argv.iter().map(|arg| arg.as_ptr()).collect();
    pointers.push(std::ptr::null());
    // SAFETY: an array of strings that ends with a null.
    unsafe { libc::execvp(pointers[0], pointers.as_ptr()) };
    panic!("{argv:?}: {}", std::io::Error::last_os_error());
}
