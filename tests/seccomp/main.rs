//! The allow-lists: current, sufficient, and each member of each needed; and so for each row of the syscall tables
//! that they are made from. Forks, and so owns its main.
//!
//! `RAWIPC_BLESS=1` renews src/seccomp/lists.rs.

mod actions;
#[path = "../syscalls/check.rs"]
#[allow(dead_code)] // a part of it is the tracer's
mod check;
mod child;
mod generate;
#[path = "../support/tables.rs"]
mod grammar;
mod job_control;
mod lists;
mod rows;
#[path = "../syscalls/rules.rs"]
#[allow(dead_code)] // docs/syscalls.md prints it
mod rules;
#[path = "../syscalls/scenario.rs"]
#[allow(dead_code)] // a part of it is the tracer's
mod scenario;
#[path = "../support/scratch.rs"]
mod scratch;
#[path = "../house/source.rs"]
#[allow(dead_code)] // a part of it is the house's
mod source;
#[path = "../syscalls/tables.rs"]
#[allow(dead_code)] // a part of it is the tracer's
mod tables;
#[path = "../support/trace.rs"]
mod trace;
mod works;

#[path = "../syscalls"]
mod syscalls {
    pub mod cases;
}
use syscalls::cases;

use rawipc::seccomp::List;
use std::process::ExitCode;

/// Everything that was found wrong.
type Found = Vec<String>;
type Test = (&'static str, fn() -> Found);

/// Of the sources.
const ABOUT_TEXT: &[Test] = &[
    ("the_lists_are_current", generate::stale),
    ("known_bad_lists_and_roles_are_flagged", generate::twins),
    ("every_list_is_worked_under", lists::unworked),
];

/// Of the kernel.
const UNDER_A_FILTER: &[Test] = &[
    ("each_work_lives_under_exactly_its_list", lists::insufficient),
    ("without_any_one_member_it_dies", lists::superfluous),
    ("known_bad_a_member_that_nobody_needs_is_flagged", lists::twin),
    ("exit_is_what_a_program_needs_besides", lists::exit),
    ("stopped_and_continued_in_a_wait_it_lives", job_control::stopped),
    ("a_refused_call_has_its_errno_and_its_name", actions::errno),
    ("a_logged_call_is_made", actions::log),
    ("another_architecture_is_killed", actions::foreign),
    ("x32_is_killed", actions::x32),
    ("arguments_decide", actions::arguments),
    ("every_thread_or_the_one", actions::threads),
    ("what_it_costs", actions::cost),
];

/// Of the kernel and of its tracing.
const TRACED: &[Test] = &[
    ("each_case_lives_under_exactly_its_row", rows::insufficient),
    ("stopped_and_continued_it_lives", rows::stopped),
    ("without_any_one_call_of_its_row_it_dies", rows::superfluous),
    ("and_it_lives_under_each_list_that_it_is_in", rows::unlisted),
    ("the_commands_of_fcntl_are_those_that_are_made", rows::commands),
    ("known_bad_rows_are_flagged", rows::twins),
];

fn main() -> ExitCode {
    if std::env::args().any(|a| a == "--list") {
        return ExitCode::SUCCESS;
    }
    let only = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    let wanted = |name: &str| only.as_ref().is_none_or(|part| name.contains(part.as_str()));
    let _scratch = scratch::share();
    let refused = child::run(child::Under::kill(List::EXIT), |shut| shut()) != child::End::Lived;
    let (mut passed, mut failed, mut ignored) = (0, 0, 0);
    let untraced = match trace::trace(|| ()) {
        _ if refused => Some("filters are refused here".to_owned()),
        Err(no @ trace::Failure::Refused(_)) => Some(no.to_string()),
        _ => None,
    };
    let refused = refused.then(|| "filters are refused here".to_owned());
    println!("\nrunning {} tests", ABOUT_TEXT.len() + UNDER_A_FILTER.len() + TRACED.len());
    let tests = [(ABOUT_TEXT, None), (UNDER_A_FILTER, refused), (TRACED, untraced)];
    let tests = tests.iter().flat_map(|(tests, skip)| tests.iter().map(move |t| (t, skip)));
    for ((name, test), skip) in tests.filter(|((name, _), _)| wanted(name)) {
        if let Some(why) = skip {
            println!("test {name} ... ignored, SKIP: {why}");
            ignored += 1;
            continue;
        }
        let found = test();
        match found.is_empty() {
            true => passed += 1,
            false => failed += 1,
        }
        println!("test {name} ... {}", if found.is_empty() { "ok" } else { "FAILED" });
        found.iter().for_each(|f| println!("    {f}"));
    }
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    println!("\ntest result: {verdict}. {passed} passed; {failed} failed; {ignored} ignored\n");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
