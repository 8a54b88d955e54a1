//! The proofs about the sources themselves: layers, syscall tables, dependencies, rules, layouts.
//!
//! Each has a known-bad twin beside it that it must flag. What is excepted stands in `exceptions.txt`, with the
//! reason; an exception that excepts nothing fails.

mod dependencies;
mod layers;
mod layout;
mod misuse;
mod rules;
mod signals;
#[path = "../support/skip.rs"]
mod skip;
#[allow(dead_code)] // shared with tests/constrained, and each uses a part of it
mod source;
#[path = "../support/tables.rs"]
mod syscalls;
mod tables;

/// Fails with everything that was found, one finding a line.
#[track_caller]
fn none(findings: &[String]) {
    assert!(findings.is_empty(), "\n  {}\n", findings.join("\n  "));
}

/// A known-bad twin: exactly one finding, which speaks of `word`.
#[track_caller]
fn flagged(findings: &[String], word: &str) {
    assert!(findings.len() == 1 && findings[0].contains(word), "expected one of `{word}`: {findings:?}");
}
