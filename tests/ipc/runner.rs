//! The tests' own main: a list of named functions, each run in one forked child.
//!
//! The command line is that of cargo's harness: `NAME…` filters by substring, `--exact`, `--skip NAME`, `--list`,
//! `--nocapture`, `--test-threads N`; other flags of its are accepted and mean nothing. One more: `--no-fork NAME`
//! runs in this very process, for a debugger.

mod cli;
mod job;
pub mod leaks;
pub mod selftest;

pub use job::{Job, Verdict};

use cli::Options;
use std::process::exit;
use std::time::{Duration, Instant};

/// Seconds until a test that hangs is killed.
const ALARM: u32 = 20;

/// One named test.
pub struct Test {
    pub name: String,
    pub alarm: u32,
    pub run: Box<dyn Fn()>,
}

/// All of them, in the order in which they are named.
#[derive(Default)]
pub struct List {
    tests: Vec<Test>,
}

impl List {
    pub fn new() -> List {
        List::default()
    }

    pub fn add(&mut self, name: impl Into<String>, run: impl Fn() + 'static) {
        self.add_long(name, ALARM, run);
    }

    /// One that may take so many seconds.
    pub fn add_long(&mut self, name: impl Into<String>, alarm: u32, run: impl Fn() + 'static) {
        self.tests.push(Test { name: name.into(), alarm, run: Box::new(run) });
    }
}

/// Adds functions to a list under their own names, behind that of their group.
#[macro_export]
macro_rules! add_tests {
    ($list:expr, $group:literal: $($test:ident),+ $(,)?) => {
        $($list.add(concat!($group, "::", stringify!($test)), $test);)+
    };
}

/// Ends this test without a verdict: the machine lacks what it needs.
pub fn skip(reason: &str) -> ! {
    println!("SKIP {}: {reason}", std::env::var(job::NAME_VARIABLE).unwrap_or_default());
    crate::os::process::exit(job::SKIPPED)
}

/// What became of one test.
pub struct Outcome {
    pub name: String,
    pub verdict: Verdict,
}

/// Runs what the command line asks for and exits as cargo expects.
///
/// `last` judges all outcomes together; it is told whether every test ran, and may answer with the name of a test
/// and whether that failed, and why.
pub fn main(list: List, last: impl Fn(&[Outcome], bool) -> Option<(&'static str, Result<(), String>)>) -> ! {
    let options = Options::parse();
    let all = list.tests.len();
    let tests: Vec<Test> = list.tests.into_iter().filter(|test| options.wants(&test.name)).collect();
    if options.list {
        tests.iter().for_each(|test| println!("{}: test", test.name));
        println!("\n{} tests, 0 benchmarks", tests.len());
        exit(0);
    }
    if options.no_fork {
        return_without_fork(&tests);
    }
    let began = Instant::now();
    println!("\nrunning {} tests", tests.len());
    let filtered = all - tests.len();
    let mut outcomes = run_all(tests, &options);
    if let Some((name, answer)) = last(&outcomes, filtered == 0) {
        let verdict = match answer {
            Ok(()) => Verdict::Ok,
            Err(why) => Verdict::Failed(why),
        };
        show(name, &verdict);
        outcomes.push(Outcome { name: name.to_owned(), verdict });
    }
    exit(summary(&outcomes, filtered, began.elapsed()))
}

fn return_without_fork(tests: &[Test]) -> ! {
    for test in tests {
        println!("test {} in this process", test.name);
        (test.run)();
    }
    exit(0)
}

/// Keeps as many children at once as the command line says.
fn run_all(tests: Vec<Test>, options: &Options) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let mut running: Vec<Job> = Vec::new();
    let mut waiting = tests.into_iter();
    loop {
        while running.len() < options.threads {
            let Some(test) = waiting.next() else { break };
            running.push(Job::start(test, options.nocapture));
        }
        if running.is_empty() {
            return outcomes;
        }
        job::wait_for_any(&running);
        let (done, left): (Vec<Job>, Vec<Job>) = running.into_iter().partition(|job| job.is_over());
        running = left;
        for job in done {
            let (name, verdict) = (job.name().to_owned(), job.verdict());
            show(&name, &verdict);
            outcomes.push(Outcome { name, verdict });
        }
    }
}

fn show(name: &str, verdict: &Verdict) {
    match verdict {
        Verdict::Ok => println!("test {name} ... ok"),
        Verdict::Skipped(line) => println!("test {name} ... ignored, {line}"),
        Verdict::Failed(_) => println!("test {name} ... FAILED"),
    }
}

fn summary(outcomes: &[Outcome], filtered: usize, took: Duration) -> i32 {
    let failed: Vec<_> = outcomes
        .iter()
        .filter_map(|outcome| match &outcome.verdict {
            Verdict::Failed(why) => Some((&outcome.name, why)),
            _ => None,
        })
        .collect();
    let ignored = outcomes.iter().filter(|o| matches!(o.verdict, Verdict::Skipped(_))).count();
    if !failed.is_empty() {
        println!("\nfailures:\n");
        failed.iter().for_each(|(name, why)| println!("---- {name} ----\n{why}\n"));
        println!("failures:");
        failed.iter().for_each(|(name, _)| println!("    {name}"));
    }
    println!(
        "\ntest result: {}. {} passed; {} failed; {ignored} ignored; 0 measured; {filtered} filtered out; \
         finished in {:.2}s\n",
        if failed.is_empty() { "ok" } else { "FAILED" },
        outcomes.len() - failed.len() - ignored,
        failed.len(),
        took.as_secs_f64()
    );
    if failed.is_empty() { 0 } else { 101 }
}
