//! One scenario, made to happen once: what was seen.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::dispatch::{self, Asked, Injection, Made, state};
use crate::scenario::{Scenario, Seen, Stage};
use crate::snapshot;

/// All that one run showed.
pub struct Run {
    pub seen: Seen,
    pub log: Vec<Made>,
    pub asked: Vec<Asked>,
    pub put: u64,
    pub taken: u64,
    pub reached: bool,
    pub impossible: bool,
    pub unended: bool,
    pub peers: Vec<i32>,
    pub peers_acted: bool,
    pub first_look: Option<u64>,
    pub now: u64,
    /// In the window.
    pub panicked: bool,
    /// What it did to its process cannot be undone, or it left a thread behind.
    pub spoils: bool,
    pub varies: bool,
    pub is_plain: bool,
}

/// The process as each scenario of a batch is to find it.
pub struct Home {
    fds: Vec<i32>,
    mask: libc::sigset_t,
}

impl Home {
    pub fn here() -> Home {
        // SAFETY: an empty set, which the next call fills.
        let mut mask: libc::sigset_t = unsafe { std::mem::zeroed() };
        // SAFETY: a set of this frame.
        unsafe { libc::sigprocmask(libc::SIG_SETMASK, std::ptr::null(), &raw mut mask) };
        Home { fds: snapshot::descriptors().into_keys().collect(), mask }
    }

    /// Puts back what the scenario changed; `false` where that cannot be done.
    fn restore(&self, stage: &Stage) -> bool {
        let now = snapshot::descriptors();
        let kept = self.fds.iter().all(|fd| now.contains_key(fd));
        for fd in now.into_keys().filter(|fd| !self.fds.contains(fd)) {
            // SAFETY: the scenario's, and it is over.
            unsafe { libc::close(fd) };
        }
        let sigpipe = 1u64 << (libc::SIGPIPE - 1);
        let none = [0i64; 2];
        // SAFETY: sets and times of this frame; takes a signal that a scenario left pending.
        unsafe {
            libc::syscall(libc::SYS_rt_sigtimedwait, &raw const sigpipe, 0, none.as_ptr(), 8);
            libc::sigprocmask(libc::SIG_SETMASK, &raw const self.mask, std::ptr::null_mut());
        }
        if stage.has_dir.get() {
            let _ = std::env::set_current_dir("/");
            let _ = std::fs::remove_dir_all(crate::scratch::own());
        }
        kept
    }
}

/// Runs it in this process.
pub fn run(scenario: &Scenario, injection: Option<Injection>, maps: bool, home: &Home) -> Run {
    let stage = Stage { maps, ..Stage::default() };
    dispatch::begin(injection);
    let answer = catch_unwind(AssertUnwindSafe(|| (scenario.work)(&stage)));
    dispatch::end();
    let s = std::mem::take(state());
    let panicked = answer.is_err() && s.windowed;
    let wrong = match answer {
        Ok(Ok(())) => None,
        Ok(Err(e)) => Some(e.to_string()),
        Err(_) => Some("panicked".into()),
    };
    let (threads, is_plain) = (s.has_threads(), s.is_plain());
    let mut seen = stage.seen.take();
    seen.wrong = wrong;
    let spoils = !home.restore(&stage) || threads;
    Run {
        seen,
        log: s.log,
        asked: s.asked,
        put: s.put,
        taken: s.taken,
        reached: s.reached,
        impossible: s.impossible,
        unended: s.unended,
        peers: s.peers,
        peers_acted: s.peers_acted,
        first_look: s.first_look,
        now: s.now,
        panicked,
        spoils,
        varies: threads,
        is_plain,
    }
}
