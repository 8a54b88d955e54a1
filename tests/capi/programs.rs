//! C programs, built as their authors would build them, and run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Check;
use crate::library::{has, prefix, root, run, scratch};
use crate::skip::skip;

pub const CHECKS: [Check; 2] = [
    ("programs::the_header's_own_example", the_headers_own_example),
    ("programs::the_examples", the_examples),
];

#[derive(Clone, Copy, PartialEq)]
pub enum Linked {
    Dynamically,
    Statically,
}

/// `cc program.c $(pkg-config --cflags --libs rawipc)`; `None`, with the reason printed, without pkg-config.
pub fn compile(source: &Path, linked: Linked, flags: &[&str]) -> Option<PathBuf> {
    if !has("pkg-config") {
        skip("C programs: no pkg-config");
        return None;
    }
    let mut pkg_config = Command::new("pkg-config");
    pkg_config.env("PKG_CONFIG_PATH", prefix().join("lib/pkgconfig")).args(["--cflags", "--libs", "rawipc"]);
    let name = source.file_stem().unwrap().to_str().unwrap();
    let (suffix, link) = match linked {
        Linked::Dynamically => ("dynamic", None),
        Linked::Statically => ("static", Some("-static")),
    };
    let program = scratch("programs").join(format!("{name}-{suffix}"));
    let from_pkg_config = run(&mut pkg_config).unwrap_or_else(|e| panic!("{e}"));
    let mut cc = Command::new("cc");
    cc.args(["-Wall", "-Wextra", "-Werror", "-O2"])
        .args(flags)
        .args(link)
        .arg("-o")
        .arg(&program)
        .arg(source);
    run(cc.args(from_pkg_config.split_whitespace())).unwrap_or_else(|e| panic!("{e}"));
    Some(program)
}

/// A program that finds the library where it was installed.
pub fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("LD_LIBRARY_PATH", prefix().join("lib"));
    command
}

/// The program in the head of the header.
fn the_headers_own_example() {
    let header = fs::read_to_string(root().join("src/capi/rawipc.h")).unwrap();
    let lines = header.lines().take_while(|line| *line != " */");
    let code: Vec<&str> = lines.filter_map(|line| line.strip_prefix(" *     ")).collect();
    let source = scratch("programs").join("first.c");
    fs::write(&source, code.join("\n") + "\n").unwrap();
    for linked in [Linked::Dynamically, Linked::Statically] {
        let Some(program) = compile(&source, linked, &[]) else { return };
        assert_eq!(run(&mut command(&program)).as_deref(), Ok("hello\n"));
    }
}

/// Each file of examples/c by itself. What it prints when all went well is its last comment, `// prints: …`.
fn the_examples() {
    let dir = root().join("examples/c");
    let files = fs::read_dir(&dir).into_iter().flatten().map(|entry| entry.unwrap().path());
    for source in files.filter(|path| path.extension().is_some_and(|e| e == "c")) {
        let text = fs::read_to_string(&source).unwrap();
        let prints: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("// prints: ")).collect();
        assert!(!prints.is_empty(), "{}: no line `// prints: …`", source.display());
        for linked in [Linked::Dynamically, Linked::Statically] {
            let Some(program) = compile(&source, linked, &["-std=c11", "-Wpedantic", "-Wconversion"]) else {
                return;
            };
            let printed =
                run(command(&program).current_dir(scratch("programs"))).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(printed.lines().collect::<Vec<_>>(), prints, "{}", source.display());
        }
    }
}
