//! The C library: it is built as a packager builds it, and C programs are compiled against what was installed, linked
//! with it and run.
//!
//!     cargo test --test capi                    # all of it
//!     cargo test --test capi -- header          # by a part of the name
//!     RAWIPC_BLESS=1 cargo test --test capi     # renew src/capi/rawipc.h

#[path = "../support/callgrind.rs"]
mod callgrind;
mod header;
mod instructions;
mod layout;
mod library;
mod misuse;
mod programs;
mod prototypes;
mod remote;
#[path = "../support/scratch.rs"]
mod scratch;
#[path = "../support/skip.rs"]
mod skip;
#[path = "../house/source.rs"]
#[allow(dead_code)] // shared with tests/house, and each uses a part of it
mod source;
mod symbols;
mod twins;

use std::process::ExitCode;

type Check = (&'static str, fn());

fn main() -> ExitCode {
    let mut checks: Vec<Check> = Vec::new();
    checks.extend(header::CHECKS);
    checks.extend(programs::CHECKS);
    checks.extend(remote::CHECKS);
    checks.extend(layout::CHECKS);
    checks.extend(symbols::CHECKS);
    checks.extend(twins::CHECKS);
    checks.extend(instructions::CHECKS);
    checks.extend(misuse::CHECKS);

    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    checks.retain(|(name, _)| wanted.is_empty() || wanted.iter().any(|part| name.contains(part)));
    let mut failed = 0;
    for (name, check) in &checks {
        // A panic says what is wrong itself.
        let held = std::panic::catch_unwind(check).is_ok();
        println!("{name}: {}", if held { "ok" } else { "FAILED" });
        failed += usize::from(!held);
    }
    println!("{} checks of the C library, {failed} failed", checks.len());
    ExitCode::from(u8::from(failed > 0))
}
