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

#[test]
fn it_has_nothing_but_the_library() {
    let Some(program) = every() else { return };
    let file = File::read(program);
    println!("every.c: {} bytes loaded, {} written to", file.loaded(), file.writable());
    let undefined = run(Command::new("nm").arg("--undefined-only").arg(program)).unwrap();
    assert_eq!((undefined.as_str(), file.writable(), file.unwanted()), ("", 0, vec![]));
}
