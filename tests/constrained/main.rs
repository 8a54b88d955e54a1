//! What a constrained program gets: no panic path of ours, no allocator, no hidden symbol, a known stack.
//!
//! The package `tests/probe` puts each public function behind a symbol of its own, built as the crate's own release
//! profile says. Here the result is linked without libc and taken apart with binutils. Each proof has known-bad
//! twins, functions in the same package, that it must flag.
//!
//! `cargo test --test constrained -- --nocapture` prints the stack of each function and the bytes of each module.

mod coverage;
mod panics;
mod program;
mod sizes;
#[path = "../support/skip.rs"]
mod skip;
#[path = "../house/source.rs"]
#[allow(dead_code)] // shared with tests/house, and each uses a part of it
mod source;
mod stack;
mod symbols;

/// Fails with everything that was found, one finding a line.
#[track_caller]
fn none(findings: &[String]) {
    assert!(findings.is_empty(), "\n  {}\n", findings.join("\n  "));
}
