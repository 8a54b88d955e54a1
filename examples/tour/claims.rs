//! What the tour claims, and the looking that tells whether it holds. The checkers are plain functions of what
//! was seen, so that a test can show them something wrong.

use crate::terminal;

/// Counts what held and keeps what did not.
#[derive(Default)]
pub struct Claims {
    pub held: usize,
    pub failed: Vec<String>,
}

impl Claims {
    /// A claim that is printed with its verdict.
    pub fn show(&mut self, holds: bool, claim: &str) {
        terminal::inner(&format!("{}  {claim}", terminal::verdict(holds)));
        self.check(holds, || claim.to_owned());
    }

    /// A claim that is printed only if it does not hold.
    pub fn check(&mut self, holds: bool, claim: impl FnOnce() -> String) {
        if holds {
            self.held += 1;
        } else {
            self.failed.push(claim());
        }
    }

    /// That two things are the same.
    pub fn equal<T: PartialEq + std::fmt::Debug + ?Sized>(&mut self, what: &str, seen: &T, expected: &T) {
        self.check(seen == expected, || format!("{what}: {seen:?}, expected {expected:?}"));
    }
}
