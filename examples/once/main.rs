//! A program that uses each mechanism once, to be looked at with strace:
//!
//!     cargo build --release --example once
//!     strace -f target/release/examples/once
//!
//! Each step stands between two calls that no kernel has, `syscall_0x2f000001` with the step's number and
//! `syscall_0x2f000002`; what is outside is the program's own start and end. With `--nothing` it starts and ends
//! the same, and does nothing in between: what `strace -c` counts more without it is rawipc's.

mod remote;
mod steps;
#[path = "../../tests/support/trace.rs"]
mod trace;

use std::process::ExitCode;
use steps::{Names, STEPS};

fn main() -> ExitCode {
    let nothing = std::env::args().any(|a| a == "--nothing");
    match run(nothing) {
        Ok(()) => {
            println!("once: {} steps, and a remote call", STEPS.len());
            ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("once: {e}");
            ExitCode::FAILURE
        }
    }
}

fn run(nothing: bool) -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::env::temp_dir().join(format!("rawipc-once-{}", std::process::id()));
    std::fs::create_dir(&dir)?;
    let names = Names::in_directory(&dir);
    let done = names.and_then(|names| {
        for (n, step) in STEPS.iter().enumerate().filter(|_| !nothing) {
            let answer = trace::window(n as u64, || (step.work)(&names));
            answer.map_err(|e| format!("{}: {e}", step.name))?;
        }
        remote::call(nothing)
    });
    std::fs::remove_dir_all(&dir)?;
    done
}
