//! A case of the tables whose window is opened behind a filter.

use rawipc::seccomp::{Action, List};
use std::fmt;

use crate::child::{Under, exit};
use crate::scenario::{Gate, Scenario, UNEXPECTED};
use crate::trace::{self, Failure, Syscall};

/// What the harness makes behind the filter, and rawipc never: the marks of the window, the end, and the kernel's way
/// back from a signal handler of a case's own.
const HARNESS: [u32; 4] =
    [trace::MARKS[0], trace::MARKS[1], libc::SYS_exit_group as u32, libc::SYS_rt_sigreturn as u32];

/// How a case ended.
#[derive(Debug)]
pub enum End {
    /// Its call said what the case expects, having made these calls.
    Lived(Vec<Syscall>),
    /// By SIGSYS.
    Killed,
    /// Its call said something else.
    Unexpected,
    Failed(Failure),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Lived(_) => f.write_str("lives"),
            End::Killed => f.write_str("dies"),
            End::Unexpected => f.write_str("says something else"),
            End::Failed(why) => write!(f, "fails ({why})"),
        }
    }
}

/// Runs the case behind a filter of this list and death; stopped and continued in the first `stops` of its calls.
pub fn run(scenario: &Scenario, list: List, stops: u32) -> End {
    run_with(scenario, list, &[], stops)
}

/// As [`run`], with numbers that no list has.
pub fn run_with(scenario: &Scenario, list: List, more: &[u32], stops: u32) -> End {
    match scenario.run_behind(gate(list, [&HARNESS, more].concat()), stops) {
        Ok(calls) => End::Lived(calls),
        Err(Failure::Died(s)) if libc::WIFSIGNALED(s) && libc::WTERMSIG(s) == libc::SIGSYS => End::Killed,
        Err(Failure::Died(s)) if libc::WIFEXITED(s) && libc::WEXITSTATUS(s) == UNEXPECTED => End::Unexpected,
        Err(e) => End::Failed(e),
    }
}

fn gate(list: List, numbers: Vec<u32>) -> Gate {
    Box::new(move || {
        trace::hush();
        let under = Under { list, numbers: &numbers, action: Action::Kill };
        if !tells_the_tracer() || under.install().is_err() {
            exit(2);
        }
    })
}

/// A filter that has every call told to the tracer, after all other filters have let it through: their word counts
/// for more. There the tracer answers it, if it is to.
fn tells_the_tracer() -> bool {
    let (code, k) = ((libc::BPF_RET | libc::BPF_K) as u16, libc::SECCOMP_RET_TRACE);
    let mut program = [libc::sock_filter { code, jt: 0, jf: 0, k }];
    let filter = libc::sock_fprog { len: 1, filter: program.as_mut_ptr() };
    // SAFETY: plain numbers.
    let may = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) } == 0;
    // SAFETY: the kernel reads one program.
    may && unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const filter) }
        == 0
}
