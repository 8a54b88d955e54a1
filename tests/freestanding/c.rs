//! The same in C, `-nostdlib -static`, with the library that C programs are given.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::file::File;
use crate::library::{has, prefix, root, run, scratch};
use crate::skip::skip;

/// Built by the command that stands in every.c; `None`, with the reason printed, where it cannot be.
pub fn every() -> Option<&'static Path> {
    static EVERY: OnceLock<Option<PathBuf>> = OnceLock::new();
    EVERY.get_or_init(build).as_deref()
}

fn build() -> Option<PathBuf> {
    if !has("pkg-config") || !has("cc") {
        skip("the freestanding program in C: no cc, or no pkg-config");
        return None;
    }
    let source = root().join("examples/freestanding/every.c");
    let text = std::fs::read_to_string(&source).unwrap();
    let command = text.split("     cc ").nth(1).and_then(|rest| rest.split("\n *\n").next()).unwrap();
    let command = command.replace("\\\n *", "");
    let here = scratch("freestanding");
    std::fs::copy(&source, here.join("every.c")).unwrap();
    let mut sh = Command::new("sh");
    sh.arg("-c").arg(format!("cc -Wall -Wextra -Wpedantic -Wconversion -Werror {command}"));
    sh.env("PKG_CONFIG_PATH", prefix().join("lib/pkgconfig")).current_dir(&here);
    run(&mut sh).unwrap_or_else(|e| panic!("{e}"));
    Some(here.join("every"))
}

/// What is in a file that no program of these has; `symbols` as `nm` has them, `sections` as `objdump -h -w`.
fn unwanted(file: &File, symbols: &str, sections: &str) -> Vec<String> {
    // An interpreter, relocations, thread-locals; notes are none, nor is what a dynamic linker would protect.
    let kinds = ["0x2", "0x3", "0x7"].map(|kind| format!("a segment of kind {kind}"));
    let mut found: Vec<String> = file.unwanted().into_iter().filter(|what| kinds.contains(what)).collect();
    let undefined = symbols.lines().filter(|l| l.trim_start().starts_with("U "));
    found.extend(undefined.map(|l| format!("undefined: {}", l.trim())));
    for line in sections.lines().filter(|l| l.contains("ALLOC") && !l.contains("READONLY")) {
        let name = line.split_whitespace().nth(1).unwrap_or(line);
        // The linker's own, which nothing writes to.
        if !name.starts_with(".got") {
            found.push(format!("a section that is written to: {name}"));
        }
    }
    found
}

fn look(program: &Path) -> (File, Vec<String>) {
    let file = File::read(program);
    let symbols = run(Command::new("nm").arg(program)).unwrap_or_default();
    let sections = run(Command::new("objdump").args(["-h", "-w"]).arg(program)).unwrap();
    let found = unwanted(&file, &symbols, &sections);
    (file, found)
}

#[test]
fn it_has_nothing_but_the_library() {
    let Some(program) = every() else { return };
    let (file, found) = look(program);
    println!("every.c: {} bytes loaded", file.loaded());
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_program_with_a_libc_is_flagged() {
    if every().is_none() {
        return;
    }
    // This test itself.
    let (_, found) = look(&std::env::current_exe().unwrap());
    for what in ["a segment of kind 0x3", "undefined: ", "a section that is written to: .data"] {
        assert!(found.iter().any(|f| f.starts_with(what)), "{what}: {found:?}");
    }
}
