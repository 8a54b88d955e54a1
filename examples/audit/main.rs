//! Every syscall of every function, as this kernel just saw it, beside what the tables say; and allow-lists for
//! container runtimes.
//!
//! `cargo run --release --example audit` traces each case of each function, the scenarios of `tests/syscalls`, and
//! prints what it made. Roles that are named after it are put into one seccomp profile in the format of the OCI's
//! runtime specification. Exit status: 0, everything is as the tables say; 1, something is not; 2, nothing could be
//! traced here, and the tables stand alone.

mod json;
mod oci;
mod report;
mod rows;
mod text;

#[path = "../../tests/support/tables.rs"]
mod grammar;
#[path = "../../tests/support/scratch.rs"]
mod scratch;
#[path = "../../tests/house/source.rs"]
#[allow(dead_code)] // a part of it is the house's
mod source;
#[allow(dead_code)] // a part of it is the tour's
#[path = "../tour/terminal.rs"]
mod terminal;
#[path = "../../tests/support/trace.rs"]
mod trace;
// The proof's own cases and its own judgement, not a copy of them.
#[allow(dead_code)] // a part of it is the proof's
#[path = "../../tests/syscalls"]
mod proof {
    pub mod cases;
    pub mod check;
    pub mod names;
    pub mod publish;
    pub mod rules;
    pub mod scenario;
    pub mod tables;
}
use proof::{cases, check, publish, rules, scenario, tables};

use check::Kernel;
use report::Report;
use scenario::Scenarios;
use std::io::Write;
use std::process::ExitCode;
use tables::Tables;

const USAGE: &str = "\
usage: audit [--json | --profile] [--kill] [ROLE…]
  ROLE…      puts these roles into one seccomp profile, in the OCI's format
  --json     everything for machines: rows, summary, profile
  --profile  the profile alone, and nothing is traced
  --kill     the profile kills (SCMP_ACT_KILL_PROCESS) instead of refusing with EPERM";

fn main() -> ExitCode {
    let (mut as_json, mut alone, mut kill, mut roles) = (false, false, false, Vec::new());
    for arg in std::env::args().skip(1) {
        match arg.as_str() {
            "--json" => as_json = true,
            "--profile" => alone = true,
            "--kill" => kill = true,
            "--help" => {
                print(&format!("{USAGE}\n\n{}", oci::known()));
                return ExitCode::SUCCESS;
            }
            option if option.starts_with('-') => {
                return wrong(&format!("no such option: {option}\n\n{USAGE}"));
            }
            role => roles.push(role.to_owned()),
        }
    }
    let profile = match oci::profile(&roles, kill) {
        Ok(profile) => profile,
        Err(role) => return wrong(&format!("no such role: {role}\n\n{}", oci::known())),
    };
    if alone {
        let Some(profile) = profile else {
            return wrong(&format!("a profile of which roles?\n\n{}", oci::known()));
        };
        print(&profile);
        return ExitCode::SUCCESS;
    }
    let report = audit(|module| {
        if !as_json {
            print(&module);
        }
    });
    match (as_json, profile) {
        (true, profile) => print(&json::report(&report, profile.as_deref())),
        (false, Some(profile)) => {
            print(&format!("{}\n{}\n{profile}", text::summary(&report), text::heading("seccomp profile")));
        }
        (false, None) => print(&text::summary(&report)),
    }
    ExitCode::from(report.status())
}

/// Traces everything there is; each module's text as soon as it is traced.
fn audit(mut done: impl FnMut(String)) -> Report {
    let tables = Tables::of_the_crate();
    let mut all = Scenarios::default();
    cases::all(&mut all);
    let mut report = Report::new(tables.faults.clone());
    let kernel = match trace::trace(|| ()) {
        Err(refused @ trace::Failure::Refused(_)) => {
            eprintln!("audit: {refused}: nothing is traced, the tables stand alone");
            report.refused = Some(refused.to_string());
            None
        }
        _ => Some(Kernel::running()),
    };
    let _scratch = scratch::share();
    for module in rows::modules(&tables) {
        let functions = rows::traced(&tables, &all, &module, kernel);
        done(text::module(&module, &functions));
        report.functions.extend(functions);
    }
    report.strays = rows::strays(&tables, &all);
    report
}

/// In one piece. Who reads may have left, which is no reason to end in the middle.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

fn wrong(text: &str) -> ExitCode {
    eprintln!("audit: {text}");
    ExitCode::FAILURE
}
