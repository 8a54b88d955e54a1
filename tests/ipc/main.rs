//! Forking integration tests: real processes, one forked child per test.
//!
//! `cargo test --test ipc` runs them all; see [`runner`] for what it takes on the command line.

mod os;
mod runner;

fn main() {
    let mut list = runner::List::new();
    runner::selftest::tests(&mut list);
    runner::main(list, |_, _| None);
}
