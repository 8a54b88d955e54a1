//! The allow-lists: current, sufficient, and each member of each needed. Forks, and so owns its main.
//!
//! `RAWIPC_BLESS=1` renews src/seccomp/lists.rs.

mod actions;
mod child;
mod generate;
#[path = "../support/tables.rs"]
mod grammar;
mod job_control;
mod lists;
#[path = "../house/source.rs"]
#[allow(dead_code)] // a part of it is the house's
mod source;
#[path = "../syscalls/tables.rs"]
#[allow(dead_code)] // a part of it is the tracer's
mod tables;
mod works;

use rawipc::seccomp::List;
use std::path::Path;
use std::process::ExitCode;
use std::sync::OnceLock;

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

fn main() -> ExitCode {
    if std::env::args().any(|a| a == "--list") {
        return ExitCode::SUCCESS;
    }
    let only = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    let wanted = |name: &str| only.as_ref().is_none_or(|part| name.contains(part.as_str()));
    let refused = child::run(child::Under::kill(List::EXIT), |shut| shut()) != child::End::Lived;
    let (mut passed, mut failed, mut ignored) = (0, 0, 0);
    println!("\nrunning {} tests", ABOUT_TEXT.len() + UNDER_A_FILTER.len());
    let tests = ABOUT_TEXT.iter().map(|t| (t, false)).chain(UNDER_A_FILTER.iter().map(|t| (t, refused)));
    for ((name, test), skip) in tests.filter(|((name, _), _)| wanted(name)) {
        if skip {
            println!("test {name} ... ignored, SKIP: filters are refused here");
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
    if let Some(dir) = SCRATCH.get() {
        let _ = std::fs::remove_dir_all(dir);
    }
    let verdict = if failed == 0 { "ok" } else { "FAILED" };
    println!("\ntest result: {verdict}. {passed} passed; {failed} failed; {ignored} ignored\n");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

static SCRATCH: OnceLock<std::path::PathBuf> = OnceLock::new();

/// A directory for what the children make; what one leaves that was killed goes with it.
fn scratch() -> &'static Path {
    SCRATCH.get_or_init(|| {
        let dir = std::env::temp_dir().join(format!("rawipc-seccomp-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        dir
    })
}
