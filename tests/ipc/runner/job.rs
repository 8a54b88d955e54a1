//! One test in one forked child: started, waited for, judged.

use super::{Test, leaks::Belongings};
use crate::os::process::{self, Child, End};
use crate::os::{check, fds, signals};
use crate::scratch::Scratch;
use std::io::{Read as _, Seek as _};
use std::os::fd::AsRawFd as _;
use std::time::{Duration, Instant};

/// The exit status of a test that came to its end: not 0, which anybody's `exit` could say.
const PASSED: i32 = 76;
/// The exit status of a test that could not run.
pub const SKIPPED: i32 = 77;
/// The exit status of a test that passed and left something behind.
const LITTERED: i32 = 78;
/// How a test knows its own name.
pub const NAME_VARIABLE: &str = "RAWIPC_TEST_NAME";

#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Ok,
    Skipped(String),
    Failed(String),
}

/// A test that runs.
pub struct Job {
    name: String,
    child: Child,
    output: std::fs::File,
    dir: Scratch,
    ends_by: Instant,
    shown: bool,
}

impl Job {
    /// Forks the child: in a process group and an empty directory of its own, under an alarm, with its output in
    /// a file that no descendant can hold us up with.
    pub fn start(test: Test, nocapture: bool) -> Job {
        // SAFETY: a valid name; the descriptor is ours alone.
        let fd = check(unsafe { libc::memfd_create(c"output".as_ptr(), libc::MFD_CLOEXEC) }, "memfd_create");
        let output = std::fs::File::from(fds::own_raw(fd as i32));
        fds::fcntl(output.as_raw_fd(), libc::F_SETFL, libc::O_APPEND);
        let dir = Scratch::new();
        let child = Child::spawn(|| {
            // SAFETY: calls without pointers.
            unsafe { (libc::setpgid(0, 0), libc::alarm(test.alarm)) };
            process::adopt_orphans();
            if !nocapture {
                fds::dup2(output.as_raw_fd(), 1);
                fds::dup2(output.as_raw_fd(), 2);
            }
            // SAFETY: a single thread, so nobody reads the environment meanwhile.
            unsafe { std::env::set_var(NAME_VARIABLE, &test.name) };
            std::env::set_current_dir(dir.path()).expect("the test's directory");
            signals::set_default(libc::SIGPIPE);
            process::exit(in_the_child(&test));
        });
        // SAFETY: a call without pointers; the child does it too, whoever comes first.
        unsafe { libc::setpgid(child.pid(), child.pid()) };
        let ends_by = Instant::now() + Duration::from_secs(u64::from(test.alarm) + 5);
        Job { name: test.name, child, output, dir, ends_by, shown: nocapture }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether its child has ended, which an overdue one has: it is killed here.
    pub fn is_over(&self) -> bool {
        if Instant::now() > self.ends_by {
            self.child.signal(libc::SIGKILL);
            return true;
        }
        self.child.has_ended()
    }

    /// Reaps the child and whatever is left of its group, and says how it went.
    pub fn verdict(mut self) -> Verdict {
        let group = self.child.pid();
        // SAFETY: a call without pointers; the leader is not reaped, so the group is still its own.
        unsafe { libc::kill(-group, libc::SIGKILL) };
        let end = self.child.wait();
        while process::wait_for(-group, 0).is_some() {}
        let mut text = String::new();
        let mut bytes = Vec::new();
        if !self.shown {
            self.output.rewind().expect("rewind");
            self.output.read_to_end(&mut bytes).expect("the child's output");
            text = String::from_utf8_lossy(&bytes).into_owned();
        }
        let files = self.dir.files();
        match end {
            End::Exit(PASSED) if !files.is_empty() => Verdict::Failed(format!("{text}left files: {files:?}")),
            End::Exit(PASSED) => Verdict::Ok,
            End::Exit(SKIPPED) => {
                let line = text.lines().rfind(|line| line.starts_with("SKIP ")).unwrap_or("SKIP");
                Verdict::Skipped(line.to_owned())
            }
            End::Exit(LITTERED | process::PANICKED) => Verdict::Failed(text),
            End::Signal(libc::SIGALRM) => Verdict::Failed(format!("{text}hung until its alarm")),
            End::Exit(_) | End::Signal(_) => Verdict::Failed(format!("{text}ended with {end:?}")),
        }
    }
}

/// Waits until one of `jobs` may be over: a child that ends is readable through its pidfd.
pub fn wait_for_any(jobs: &[Job]) {
    let pidfds: Vec<_> = jobs
        .iter()
        .map(|job| {
            // SAFETY: a call without pointers; the child is not reaped, so the number is its own.
            let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, job.child.pid(), 0) };
            fds::own_raw(check(fd, "pidfd_open") as i32)
        })
        .collect();
    let mut polled: Vec<_> = pidfds
        .iter()
        .map(|fd| libc::pollfd { fd: fd.as_raw_fd(), events: libc::POLLIN, revents: 0 })
        .collect();
    // SAFETY: that many pollfds.
    unsafe { libc::poll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, 1000) };
}

fn in_the_child(test: &Test) -> i32 {
    let before = Belongings::now();
    if std::panic::catch_unwind(std::panic::AssertUnwindSafe(&test.run)).is_err() {
        return process::PANICKED;
    }
    match before.difference() {
        None => PASSED,
        Some(what) => {
            println!("{what}");
            LITTERED
        }
    }
}
