//! The other process: forked, watched, and never left behind.

use crate::Outcome;
use crate::claims::Claims;
use crate::terminal::Voice;
use rawipc::pipe::{PacketReceiver, PacketSender};
use rawipc::{Receiver, Sender, Wait, pipe};
use std::io;
use std::time::Duration;

/// No process of the tour lives longer than this many seconds, whatever happens.
const ALARM: u32 = 60;

/// How long one side waits for the other before it says so.
pub fn patience() -> Wait {
    Wait::at_most(Duration::from_secs(5))
}

/// What the child has at hand: its voice, its claims, and a pipe to tell the parent of those that failed.
pub struct Here {
    pub voice: Voice,
    pub claims: Claims,
    report: PacketSender,
}

impl Here {
    /// Tells the parent under which descriptor numbers this process holds its ends, or at which addresses.
    pub fn holds<N: Copy + Into<i64>>(&mut self, numbers: &[N]) -> Outcome {
        let message: Vec<u8> = numbers.iter().flat_map(|&n| n.into().to_ne_bytes()).collect();
        Ok(self.report.send(&message, patience())?)
    }
}

/// The parent's handle of a child; killed and reaped on drop.
pub struct Child {
    pub pid: u32,
    report: PacketReceiver,
    reaped: bool,
}

/// Forks a child that does `work` with `theirs` and ends; the parent keeps `mine`. Each drops what is the other's.
pub fn fork<A, B>(mine: A, theirs: B, work: impl FnOnce(&mut Here, B) -> Outcome) -> Outcome<(A, Child)> {
    let (report, to_parent) = pipe::packet_pair()?;
    match bare_fork()? {
        0 => {
            drop((mine, report));
            let mut here = Here { voice: Voice::of("child"), claims: Claims::default(), report: to_parent };
            let ended = work(&mut here, theirs);
            here.claims.failed.extend(ended.err().map(|e| e.to_string()));
            for claim in &here.claims.failed {
                let bytes = claim.as_bytes();
                let _ = here.report.send(&bytes[..bytes.len().min(pipe::PIPE_BUF)], patience());
            }
            leave(i32::from(!here.claims.failed.is_empty()))
        }
        pid => Ok((mine, Child { pid: pid as u32, report, reaped: false })),
    }
}

impl Child {
    /// What the child said that it holds.
    pub fn holds<N: TryFrom<i64>>(&mut self) -> Outcome<Vec<N>> {
        let mut buf = [0; pipe::PIPE_BUF];
        let n = self.report.recv(&mut buf, patience())?;
        let number = |raw: &[u8]| <[u8; 8]>::try_from(raw).ok().map(i64::from_ne_bytes);
        let numbers = buf[..n].chunks(8).filter_map(number).flat_map(N::try_from);
        Ok(numbers.collect())
    }

    /// Waits for the child's end, and takes over what did not hold there.
    pub fn finish(mut self, claims: &mut Claims) -> Outcome {
        let mut buf = [0; pipe::PIPE_BUF];
        loop {
            match self.report.recv(&mut buf, patience())? {
                0 => break,
                n => claims.failed.push(format!("in the child: {}", String::from_utf8_lossy(&buf[..n]))),
            }
        }
        let status = wait_for(self.pid)?;
        self.reaped = true;
        claims.equal("the child's wait status", &status, &0);
        Ok(())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if !self.reaped {
            // SAFETY: our own child, not reaped yet, so its number is still its own.
            unsafe { libc::kill(self.pid as libc::pid_t, libc::SIGKILL) };
            let _ = wait_for(self.pid);
        }
    }
}

/// fork, and in the child: dies with its parent, or by an alarm.
pub fn bare_fork() -> io::Result<libc::pid_t> {
    let parent = std::process::id();
    // SAFETY: no other thread is about.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            // SAFETY: plain numbers.
            unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
            // SAFETY: as above.
            unsafe { libc::alarm(ALARM) };
            if std::os::unix::process::parent_id() != parent {
                leave(1); // it died before we asked to be told
            }
            Ok(0)
        }
        pid => Ok(pid),
    }
}

/// Ends a child here: nothing of the parent's is run a second time.
pub fn leave(status: i32) -> ! {
    // SAFETY: ends this process.
    unsafe { libc::_exit(status) }
}

/// Reaps a child; its wait status.
pub fn wait_for(pid: u32) -> io::Result<i32> {
    let mut status = 0;
    loop {
        // SAFETY: the status is ours to write.
        match unsafe { libc::waitpid(pid as libc::pid_t, &raw mut status, 0) } {
            -1 => {
                let e = io::Error::last_os_error();
                if e.kind() != io::ErrorKind::Interrupted {
                    return Err(e);
                }
            }
            _ => return Ok(status),
        }
    }
}

/// Waits until a process sleeps in the kernel.
pub fn until_asleep(pid: u32) -> Outcome {
    for _ in 0..10_000 {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // The state stands after the name, which may itself hold spaces and brackets.
        if stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('S')) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    Err(format!("process {pid} did not go to sleep").into())
}
