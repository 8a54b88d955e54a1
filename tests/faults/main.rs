//! Fault injection: each call of each case of the syscall tables fails in turn, with every errno that its man page
//! lists, and the answer is right, nothing leaks, nothing is lost, and no wait is asked for beyond the deadline.
//!
//! The scenarios are those of tests/syscalls, and conversations besides. An argument on the command line is a part
//! of the functions' names, and only those are run. A sample is made of all injections; `RAWIPC_FAULTS=all` makes
//! every one, and pairs of them.

mod batch;
mod dispatch;
mod errnos;
mod expected;
mod judge;
mod messages;
#[path = "../support/report.rs"]
mod report;
mod run;
mod scenario;
#[path = "../support/scratch.rs"]
mod scratch;
mod second;
mod short;
mod snapshot;
#[path = "../support/trace.rs"]
mod trace;
mod twins;

#[path = "../support/tables.rs"]
mod grammar;
#[path = "../house/source.rs"]
#[allow(dead_code)] // a part of it is the house's
mod source;
#[path = "../syscalls"]
mod syscalls {
    pub mod cases;
    #[allow(dead_code)] // a part of it is the tracer's
    pub mod tables;
}

use batch::Natural;
use dispatch::{Fault, Injection};
use errnos::Errnos;
use judge::Verdict;
use report::Report;
use scenario::Scenarios;
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;
use syscalls::{cases, tables::Tables};

fn main() -> ExitCode {
    let mut all = Scenarios::default();
    cases::all(&mut all);
    messages::cases(&mut all);
    let only = std::env::args().skip(1).find(|a| !a.starts_with("--") || a.starts_with("--alone="));
    let _scratch = scratch::share();
    if let Some(index) = only.as_ref().and_then(|a| a.strip_prefix("--alone=")) {
        second::alone(&all.0[index.parse::<usize>().expect("a number")]);
        return ExitCode::SUCCESS;
    }
    let mut report = Report::default();
    if cfg!(feature = "libc") || batch::refused() {
        println!("SKIP every fault: syscalls made in libc, or on this kernel, do not come to their process");
        return report.end();
    }
    let tables = Tables::of_the_crate();
    for s in &mut all.0 {
        let rows = tables.find(&s.function).map(|i| tables.rows(i, None));
        let names = rows.map(|rows| rows.into_iter().flat_map(|(at, row)| tables.names(at, row)));
        s.named = names.map(|names| names.filter_map(|name| trace::number(&name)).collect());
    }
    let errnos = Errnos::read();
    report.test("each_meaning_is_of_listed_errnos", &expected::idle(&errnos));
    if only.is_none() {
        report.test("known_bad_twins_are_flagged", &twins::unflagged(&errnos));
    }
    let mut sum = Sum::default();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut second = Vec::new();
    for (index, s) in all.0.iter().enumerate() {
        if only.as_ref().is_some_and(|part| !s.function.contains(part.as_str())) {
            continue;
        }
        let module = s.function.split("::").next().unwrap_or_default().trim_start_matches('&');
        let found = found.entry(module.to_owned()).or_default();
        match batch::natural(s) {
            Ok(natural) => found.extend(sum.fail(index, s, &natural, &errnos, &mut second)),
            Err(why) => found.push(format!("{}: {why}", s.title())),
        }
    }
    for (module, found) in &found {
        report.test(&format!("faults_of_{module}"), found);
    }
    if second::has_strace() {
        report.test("strace_is_of_the_same_opinion", &second::opinion(&all, &second, sum.whole));
    } else {
        println!("SKIP the second opinion on faults: strace is not installed");
    }
    sum.print(&all);
    report.end()
}

/// Every fault of every call of the case.
fn injections(natural: &Natural, errnos: &Errnos) -> Vec<Injection> {
    let mut all = Vec::new();
    for (at, made) in natural.calls[..natural.looked_at()].iter().enumerate() {
        let call = dispatch::name(made.number);
        let left_out = Errnos::left_out(&call);
        let mut push = |fault| all.push(Injection { at, fault, then: None });
        let listed = errnos.of(&call).unwrap_or_default().iter();
        listed.filter(|e| !left_out.contains(e)).for_each(|e| push(Fault::Errno(*e)));
        if left_out.contains(&libc::EINTR) {
            continue;
        }
        push(Fault::Interrupted(2));
        push(Fault::Interrupted(100));
        push(Fault::AlwaysInterrupted);
        if expected::can_be_short(&call) {
            push(Fault::Short(false));
            push(Fault::Short(true));
        }
    }
    all
}

/// What a second fault may be, after one that was survived.
const SECOND: [i32; 3] = [libc::EINTR, libc::EBADF, libc::ENOMEM];

/// What was done, in all.
struct Sum {
    whole: bool,
    begin: Instant,
    runs: usize,
    pairs: usize,
    distinct: usize,
    left_out: usize,
    verdicts: BTreeMap<&'static str, usize>,
    cases: usize,
}

impl Default for Sum {
    fn default() -> Sum {
        Sum {
            whole: std::env::var_os("RAWIPC_FAULTS").is_some_and(|v| v == "all"),
            begin: Instant::now(),
            runs: 0,
            pairs: 0,
            distinct: 0,
            left_out: 0,
            verdicts: BTreeMap::new(),
            cases: 0,
        }
    }
}

/// One in so many is a sample.
const SAMPLE: usize = 5;

impl Sum {
    /// Fails the case call by call; what is wrong. What strace is to be asked too goes to `second`.
    fn fail(
        &mut self,
        index: usize,
        s: &scenario::Scenario,
        natural: &Natural,
        errnos: &Errnos,
        second: &mut Vec<second::Question>,
    ) -> Vec<String> {
        let mut found = Vec::new();
        self.cases += 1;
        for made in &natural.calls[..natural.len] {
            let call = dispatch::name(made.number);
            self.left_out += Errnos::left_out(&call).len();
            if errnos.of(&call).is_none() {
                found.push(format!("{}: errnos.txt lacks {call}", s.title()));
            }
        }
        let all = injections(natural, errnos);
        let is_pair = |i: &Injection| matches!(i.fault, Fault::Errno(_));
        self.pairs += all.iter().filter(|i| is_pair(i)).count();
        let chosen: Vec<Injection> = all
            .into_iter()
            .enumerate()
            .filter(|(n, _)| self.whole || (n + index) % SAMPLE == 0)
            .map(|(_, i)| i)
            .collect();
        let results = batch::inject(s, natural, &chosen);
        let hit = |v: &Verdict| !matches!(v, Verdict::Unreached | Verdict::Impossible);
        let both = || chosen.iter().zip(&results.verdicts);
        self.distinct += both().filter(|(i, v)| is_pair(i) && hit(v)).count();
        self.count(&results.verdicts);
        found.extend(results.findings);
        // A table of descriptors differs where strace is.
        if natural.is_plain && !s.function.starts_with("proc::Table") {
            let of_errno = |(i, v): &(&Injection, &Verdict)| is_pair(i) && **v == Verdict::Reported;
            second.extend(both().find(of_errno).map(|(i, _)| second::Question {
                index,
                injection: *i,
                natural: *natural,
            }));
        }
        let survived = |v: Verdict| matches!(v, Verdict::Survived | Verdict::Meant);
        let then = |i: &Injection| SECOND.map(|errno| Injection { then: Some((1, errno)), ..*i });
        if self.whole {
            let twice: Vec<Injection> =
                both().filter(|(i, v)| is_pair(i) && survived(**v)).flat_map(|(i, _)| then(i)).collect();
            let results = batch::inject(s, natural, &twice);
            self.count(&results.verdicts);
            found.extend(results.findings);
        }
        found
    }

    fn count(&mut self, verdicts: &[Verdict]) {
        self.runs += verdicts.len();
        for v in verdicts {
            *self.verdicts.entry(v.name()).or_default() += 1;
        }
    }

    fn print(&self, all: &Scenarios) {
        let verdicts: Vec<String> = self.verdicts.iter().map(|(name, n)| format!("{n} {name}")).collect();
        let percent = self.distinct as f64 * 100.0 / self.pairs.max(1) as f64;
        println!(
            "{} of {} (case, position, errno) injected, {percent:.2} %, and {} left out (leftout.txt); {} runs of {} of \
             {} cases in {:.1?}: {}",
            self.distinct,
            self.pairs,
            self.left_out,
            self.runs,
            self.cases,
            all.0.len(),
            self.begin.elapsed(),
            verdicts.join(", ")
        );
    }
}
