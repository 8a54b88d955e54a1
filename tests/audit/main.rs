//! The examples `audit` and `once`: what an auditor is told is complete and true, and what does not hold is said.

mod once;
mod profiles;
mod published;
mod twins;
mod whole;

#[path = "../support/tables.rs"]
mod grammar;
#[path = "../support/scratch.rs"]
mod scratch;
#[path = "../support/skip.rs"]
mod skip;
#[path = "../house/source.rs"]
#[allow(dead_code)] // a part of it is the house's
mod source;
#[allow(dead_code)] // a part of it is the tour's
#[path = "../../examples/tour/terminal.rs"]
mod terminal;
#[path = "../support/trace.rs"]
mod trace;
#[allow(dead_code)] // a part of it is the proof's
#[path = "../syscalls"]
mod proof {
    pub mod check;
    pub mod names;
    pub mod publish;
    pub mod rules;
    pub mod scenario;
    pub mod tables;
}
#[allow(dead_code)] // the program's own parts
#[path = "../../examples/audit"]
mod program {
    pub mod json;
    pub mod report;
    pub mod rows;
    pub mod text;
}
use program::report;
use proof::{check, publish, rules, scenario, tables};

use std::path::PathBuf;
use std::process::{Command, Output};

/// An example, built the way this test was.
fn example(name: &str) -> Command {
    let own = std::env::current_exe().unwrap();
    let profile = own.ancestors().nth(2).unwrap(); // target/PROFILE/deps/audit-…
    let path: PathBuf = profile.join("examples").join(name);
    // `cargo test --test audit` alone builds no examples, or leaves an old one there.
    if let Some(cargo) = std::env::var_os("CARGO") {
        let mut build = Command::new(cargo);
        build.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "--quiet", "--example", name]);
        build.args(profile.ends_with("release").then_some("--release"));
        build.args(cfg!(feature = "std").then_some("--features=std"));
        build.args(cfg!(feature = "libc").then_some("--features=libc"));
        assert!(build.status().unwrap().success());
    }
    Command::new(path)
}

/// Its exit status, what it printed, and what it said besides.
fn ran(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let code = status.code().unwrap_or_else(|| panic!("{command:?}: {status}"));
    (code, String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// What every one of these agrees on: nothing.
fn none(found: &[String]) {
    assert!(found.is_empty(), "\n    {}", found.join("\n    "));
}
