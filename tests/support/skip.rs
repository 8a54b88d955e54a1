//! How a test says that something is not proved on this machine, and why.

use std::io::Write as _;

/// Prints `SKIP why` on a line of its own, past the test harness, which keeps the output of what passes.
pub(crate) fn skip(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIP {why}");
}
