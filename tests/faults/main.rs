//! Fault injection: each call of each case of the syscall tables fails in turn, with every errno that its man page
//! lists, and the answer is right, nothing leaks, nothing is lost, and no wait is asked for beyond the deadline.
//!
//! The scenarios are those of tests/syscalls. An argument on the command line is a part of the functions' names,
//! and only those are run. `RAWIPC_FAULTS=all` makes every injection; without it, a sample of them.

#![cfg(all(target_arch = "x86_64", target_env = "gnu"))]

mod batch;
mod dispatch;
mod errnos;
mod expected;
mod judge;
mod run;
mod scenario;
mod snapshot;
#[path = "../support/trace.rs"]
mod trace;

#[path = "../syscalls"]
mod tables {
    pub mod cases;
}

use batch::Natural;
use dispatch::{Fault, Injection};
use errnos::Errnos;
use scenario::{Scenarios, Scratch};
use std::collections::BTreeMap;
use std::process::ExitCode;
use tables::cases;

fn main() -> ExitCode {
    let only = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    let wanted = |function: &str| only.as_ref().is_none_or(|part| function.contains(part.as_str()));
    std::panic::set_hook(Box::new(|_| {}));
    if batch::refused() {
        println!("SKIP every fault: this kernel does not dispatch syscalls to their process");
        return ExitCode::SUCCESS;
    }
    let _scratch = Scratch::new();
    let mut all = Scenarios::default();
    cases::all(&mut all);
    let errnos = Errnos::read();
    let start = std::time::Instant::now();
    let mut runs = 0usize;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut findings = Vec::new();
    for s in all.0.iter().filter(|s| wanted(&s.function)) {
        let natural = match batch::natural(s) {
            Ok(natural) => natural,
            Err(why) => {
                println!("NATURAL {}: {why}", s.title());
                continue;
            }
        };
        let injections = injections(&natural, &errnos);
        let results = batch::inject(s, &natural, &injections);
        runs += results.verdicts.len();
        for v in &results.verdicts {
            *counts.entry(format!("{v:?}")).or_default() += 1;
        }
        findings.extend(results.findings);
    }
    for f in &findings {
        println!("FOUND {f}");
    }
    println!("{runs} runs in {:?}: {counts:?}, {} findings", start.elapsed(), findings.len());
    ExitCode::SUCCESS
}

fn injections(natural: &Natural, errnos: &Errnos) -> Vec<Injection> {
    let mut all = Vec::new();
    for (at, made) in natural.calls[..natural.len].iter().enumerate() {
        let call = dispatch::name(made.number);
        let list = errnos.of(&call).unwrap_or_else(|| panic!("errnos.txt lacks {call}"));
        let mut push = |fault| all.push(Injection { at, fault, then: None });
        list.iter().for_each(|e| push(Fault::Errno(*e)));
        push(Fault::Interrupted(2));
        push(Fault::Interrupted(100));
        push(Fault::AlwaysInterrupted);
        push(Fault::Short(false));
        push(Fault::Short(true));
    }
    all
}
