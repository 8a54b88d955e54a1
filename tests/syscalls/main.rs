//! The syscall tables, proved: every row of every `# Syscalls` section is made to happen in a child under ptrace,
//! and what the child did is compared with the row, call by call, in order, with the arguments that matter.
//!
//! A new function costs one table and one scenario for each of its rows, in `cases/`. An argument on the command
//! line is a part of the functions' names, and only those are run. `RAWIPC_BLESS=1` renews docs/syscalls.md and
//! docs/syscalls.json from the tables.

mod cases;
mod check;
#[path = "../support/tables.rs"]
mod grammar;
mod names;
mod publish;
#[path = "../support/report.rs"]
mod report;
mod rules;
mod scenario;
#[path = "../support/scratch.rs"]
mod scratch;
#[path = "../support/skip.rs"]
mod skip;
#[path = "../house/source.rs"]
#[allow(dead_code)] // a part of it is the house's
mod source;
mod tables;
#[path = "../support/trace.rs"]
mod trace;
mod twins;

use check::{Kernel, Verdict};
use report::Report;
use scenario::Scenarios;
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use tables::Tables;

fn main() -> ExitCode {
    let only = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    let wanted = |function: &str| only.as_ref().is_none_or(|part| function.contains(part.as_str()));
    let mut report = Report::default();
    let tables = Tables::of_the_crate();
    let mut all = Scenarios::default();
    cases::all(&mut all);

    report.test("tables_can_be_read", &tables.faults);
    if only.is_none() {
        report.test("each_row_has_a_scenario", &check::untraced(&tables, &all.0));
        report.test("docs_are_as_the_tables", &publish::stale(&tables));
    }
    if let Err(refused @ trace::Failure::Refused(_)) = trace::trace(|| ()) {
        skip::skip(&format!("all {} scenarios: {refused}", all.0.len()));
        return report.end();
    }
    let _scratch = scratch::share();
    let kernel = Kernel::running();
    if only.is_none() {
        report.test("known_bad_twins_are_flagged", &twins::unflagged(kernel));
    }
    let mut differences: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut skipped: BTreeMap<&str, u32> = BTreeMap::new();
    let mut traced = BTreeSet::new();
    for s in all.0.iter().filter(|s| wanted(&s.function)) {
        let module = s.function.split("::").next().unwrap_or_default();
        let found = differences.entry(module.to_owned()).or_default();
        match check::scenario(&tables, s, kernel) {
            Verdict::Holds => {
                traced.insert((&s.function, &s.case));
            }
            Verdict::Skipped(why) => *skipped.entry(why).or_default() += 1,
            Verdict::Differs(how) => found.push(how),
        }
    }
    for (module, found) in &differences {
        report.test(&format!("rows_of_{module}"), found);
    }
    for (why, n) in skipped {
        skip::skip(&format!("{n} scenarios: {why}"));
    }
    let functions = tables.documented().count();
    let rows: usize = tables.documented().map(|(_, e)| e.table.rows.len()).sum();
    let own = |f: &str, c: &str| {
        let entry = tables.find(f).map(|i| &tables.entries[i].table);
        entry.is_some_and(|t| t.rows.iter().any(|r| r.case == c))
    };
    let traced_rows = traced.iter().filter(|(f, c)| own(f, c)).count();
    let differ: usize = differences.values().map(Vec::len).sum();
    println!(
        "{functions} functions with tables, {rows} rows, {traced_rows} rows traced, {} scenarios, {differ} differences",
        all.0.iter().filter(|s| wanted(&s.function)).count()
    );
    report.end()
}
