//! The programs of examples/freestanding: their bytes, every syscall from their first instruction to their last, what
//! they say, and the init as PID 1 of its own PID namespace.
//!
//! `cargo test --test freestanding -- --nocapture` prints the figures.

mod c;
mod calls;
mod file;
mod init;
#[path = "../capi/library.rs"]
mod library;
mod programs;
#[path = "../support/scratch.rs"]
mod scratch;
#[path = "../support/skip.rs"]
mod skip;
#[path = "../support/trace.rs"]
mod trace;
mod tracer;
