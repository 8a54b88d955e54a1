//! A second opinion: the same faults by `strace -e inject=`, which knows nothing of how they are made here.

use std::process::{Command, Stdio};

use crate::batch::Natural;
use crate::dispatch::{self, Fault, Injection};
use crate::errnos;
use crate::judge::print;
use crate::scenario::{Scenario, Scenarios, Stage};
use crate::scratch;

/// Runs one scenario as any program would, between two marks, and prints what was told.
pub fn alone(scenario: &Scenario) {
    // Where nothing that the scenario does to the standard streams changes it; and a hang is no answer.
    // SAFETY: plain numbers.
    let out = unsafe { libc::fcntl(1, libc::F_DUPFD_CLOEXEC, 800) };
    // SAFETY: as above.
    unsafe { libc::alarm(10) };
    let stage = Stage { marks: true, ..Stage::default() };
    let _ = (scenario.work)(&stage);
    if let Some(told) = stage.seen.take().told {
        let told = format!("told {}\n", print(told));
        // SAFETY: as many bytes as there are.
        unsafe { libc::write(out, told.as_ptr().cast(), told.len()) };
    }
}

pub fn has_strace() -> bool {
    Command::new("strace").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// A fault that was reported here.
pub struct Question {
    pub index: usize,
    pub injection: Injection,
    pub natural: Natural,
}

/// What strace says otherwise.
pub fn opinion(all: &Scenarios, questions: &[Question], whole: bool) -> Vec<String> {
    let step = questions.len().div_ceil(if whole { 400 } else { 40 }).max(1);
    let asked: Vec<&Question> = questions.iter().step_by(step).collect();
    let found: Vec<String> = asked.iter().filter_map(|q| differing(&all.0[q.index], q)).collect();
    println!("{} faults asked of strace, {} differ", asked.len(), found.len());
    found
}

fn differing(scenario: &Scenario, Question { index, injection, natural }: &Question) -> Option<String> {
    let Fault::Errno(errno) = injection.fault else { return None };
    let (call, errno) = (dispatch::name(natural.calls[injection.at].number), errnos::name(errno));
    // The how-manieth of its name in the whole life of the process.
    // More than once, for a set-up that needs something of a machine that others use as well.
    let seen = || traced(*index).and_then(|calls| calls.nth(injection.at, &call));
    let nth = match (0..3).find_map(|_| seen()) {
        Some(nth) => nth,
        None => return Some(format!("{}: strace shows no {call} there", scenario.title())),
    };
    let inject = format!("inject={call}:error={errno}:when={nth}");
    let said = output(Command::new("strace").args(["-o", "/dev/null", "-e", &inject]), *index);
    let heard = said.lines().find_map(|l| l.strip_prefix("told ")).unwrap_or("nothing at all");
    let expected = format!("{call}: {errno} (Kernel)");
    let title = scenario.title();
    (heard != expected).then(|| format!("{title}, {call} #{nth} with {errno}: {heard} under strace"))
}

struct Calls {
    all: Vec<String>,
    window: usize,
}

impl Calls {
    fn nth(&self, at: usize, call: &str) -> Option<usize> {
        let here = self.window + at;
        (self.all.get(here)? == call).then(|| self.all[..=here].iter().filter(|c| *c == call).count())
    }
}

fn traced(index: usize) -> Option<Calls> {
    let path = scratch::shared().join(format!("strace-{index}"));
    output(Command::new("strace").arg("-o").arg(&path), index);
    let text = std::fs::read_to_string(&path).ok()?;
    let name = |l: &str| l.split_once('(').map(|(name, _)| name.to_owned());
    let all: Vec<String> = text.lines().filter_map(name).collect();
    let window = all.iter().position(|c| *c == OPENED)? + 1;
    Some(Calls { all, window })
}

/// As strace calls the mark that opens a window.
const OPENED: &str = "syscall_0x2f000001";

fn output(strace: &mut Command, index: usize) -> String {
    let me = std::env::current_exe().expect("a path");
    // What it leaves goes with what is ours: who ends under a filter of his own removes nothing.
    let command = strace.env("TMPDIR", scratch::shared()).stderr(Stdio::null());
    let command = command.arg(me).arg(format!("--alone={index}"));
    command.output().map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default()
}
