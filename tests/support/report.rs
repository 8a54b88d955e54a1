//! What cargo's own harness would print, for tests that own `main`. Included with `#[path]`.

use std::process::ExitCode;

/// How many passed and failed.
#[derive(Default)]
pub struct Report {
    passed: u32,
    failed: u32,
}

impl Report {
    pub fn test(&mut self, name: &str, findings: &[String]) {
        if findings.is_empty() {
            self.passed += 1;
            println!("test {name} ... ok");
            return;
        }
        self.failed += 1;
        println!("test {name} ... FAILED\n    {}", findings.join("\n    "));
    }

    pub fn end(self) -> ExitCode {
        let Report { passed, failed } = self;
        let verdict = if failed == 0 { "ok" } else { "FAILED" };
        println!(
            "\ntest result: {verdict}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out\n"
        );
        if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
