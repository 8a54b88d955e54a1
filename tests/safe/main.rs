//! Safe where nothing else is: every function that says it is async-signal-safe, called where `malloc` deadlocks.
//!
//! Each scenario of tests/syscalls runs twice in processes of its own, with its window moved
//! - into a signal handler that interrupted `malloc` while it held its lock, on an alternate stack of 16 KiB, and
//! - into the child of a fork, while another thread of the parent holds that lock.
//!
//! There is one lock, which every `malloc` and `free` takes (`GLIBC_TUNABLES`), so that one of them hangs, and the
//! alarm says so. An argument on the command line is a part of the functions' names, and only those are run.

mod orders;
mod places;
#[path = "../support/report.rs"]
mod report;
mod scenario;
#[path = "../support/scratch.rs"]
mod scratch;
mod twins;

#[path = "../support/tables.rs"]
mod grammar;
#[path = "../house/source.rs"]
#[allow(dead_code)] // a part of it is the house's
mod source;
#[path = "../syscalls/tables.rs"]
#[allow(dead_code)] // matching is the tracer's
mod tables;
#[path = "../support/trace.rs"]
mod trace;
#[path = "../syscalls"]
mod scenarios {
    pub mod cases;
}

use grammar::Signals;
use places::{End, Place, STACK};
use report::Report;
use scenario::Scenarios;
use scenarios::cases;
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::CommandExt;
use std::process::ExitCode;
use std::time::Instant;
use tables::Tables;

/// No cache of a thread's own, no list without a lock, one arena for all threads.
const TUNABLES: &str = "glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0:glibc.malloc.arena_max=1";

fn main() -> ExitCode {
    if std::env::var("GLIBC_TUNABLES").as_deref() != Ok(TUNABLES) {
        let own = std::env::current_exe().expect("its own path");
        let e = std::process::Command::new(own)
            .args(std::env::args_os().skip(1))
            .env("GLIBC_TUNABLES", TUNABLES)
            .exec();
        panic!("cannot start anew: {e}");
    }
    let begin = Instant::now();
    let mut report = Report::default();
    let _scratch = scratch::share();
    places::prepare();
    if let Some(why) = twins::refused() {
        println!("SKIP every function in a handler and in a child of fork: {why}");
        return report.end();
    }
    let only = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    if only.is_none() {
        report.test("known_bad_twins_are_flagged", &twins::unflagged());
    }
    let wanted = |function: &str| only.as_ref().is_none_or(|part| function.contains(part.as_str()));
    let mut all = Scenarios::default();
    cases::all(&mut all);

    let mut done = Done::new();
    let mut found: BTreeMap<(Place, &str), Vec<String>> = BTreeMap::new();
    let (mut runs, mut left_out) = (0, 0);
    for s in all.0.iter().filter(|s| wanted(&s.function)) {
        let module = s.function.split("::").next().unwrap_or_default();
        for place in [Place::Handler, Place::Child] {
            runs += 1;
            let found = found.entry((place, module)).or_default();
            match places::run(s, place) {
                End::Held => _ = done.entry(place).or_default().insert(&s.function),
                End::LeftOut => left_out += 1,
                // An end of a ring that the parent used is the parent's, and says so.
                End::Not(how) if (place, module) == (Place::Child, "ring") && how == NOT_ITS_OWN => {}
                End::Not(how) => found.push(format!("{}, \"{}\": {how}", s.function, s.case)),
            }
        }
    }
    for ((place, module), found) in &found {
        report.test(&format!("{}_{module}", place.name()), found);
    }
    if left_out > 0 {
        println!("SKIP {left_out} runs: fstat and newfstatat: a C library may make the one for the other");
    }
    let tables = Tables::of_the_crate();
    let says_yes: BTreeSet<&str> = says_yes(&tables).filter(|f| wanted(f)).collect();
    let undone = undone(&says_yes, &done);
    report.test("all_that_say_yes_were_done", &undone);
    println!(
        "{} of {} functions that say yes (of {}), {runs} runs of {} scenarios in {:.1?}; in the handler at most {} \
         of {STACK} bytes of stack, the kernel's frame and the caller's buffers among them",
        says_yes.len() - undone.len(),
        says_yes.len(),
        tables.documented().count(),
        runs / 2,
        begin.elapsed(),
        places::deepest(),
    );
    report.end()
}

/// EPERM.
const NOT_ITS_OWN: &str = "it said os error 1";

/// Where the window of each function was, and all was well at least once.
type Done<'f> = BTreeMap<Place, BTreeSet<&'f str>>;

fn says_yes(tables: &Tables) -> impl Iterator<Item = &str> {
    let yes = |s: &Option<Signals>| matches!(s, Some(Signals::Safe | Signals::Where(_)));
    tables.documented().filter(move |(_, e)| yes(&e.signals)).map(|(_, e)| e.key.as_str())
}

/// The functions that say yes and were not done in both places.
fn undone(says_yes: &BTreeSet<&str>, done: &Done<'_>) -> Vec<String> {
    let everywhere = |f: &str| done.len() == 2 && done.values().all(|d| d.contains(f));
    says_yes.iter().filter(|f| !everywhere(f)).map(|f| format!("{f} says yes, and was not done")).collect()
}
