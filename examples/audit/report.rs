//! What an audit found.

use std::collections::BTreeSet;

/// Everything, module by module.
pub struct Report {
    pub functions: Vec<Function>,
    /// Tables that cannot be read.
    pub faults: Vec<String>,
    /// Scenarios that no table knows of.
    pub strays: Vec<String>,
    /// Why nothing could be traced, if so.
    pub refused: Option<String>,
}

pub struct Function {
    /// `pipe::ReadEnd::read`; a type's own name is dropping it.
    pub key: String,
    pub source: String,
    /// The function whose rows it has besides its own.
    pub like: Option<String>,
    pub rows: Vec<Row>,
}

/// One case, as it was made to happen in one way.
#[derive(PartialEq)]
pub struct Row {
    pub case: String,
    /// Of the function's own table, not of the one that it is like.
    pub own: bool,
    /// The types that a generic function was traced over.
    pub over: Vec<String>,
    /// "before 6.18", where the row belongs to a kernel.
    pub kernel: Option<String>,
    /// What the table says.
    pub table: String,
    pub table_json: String,
    /// What was just seen.
    pub calls: Option<Vec<String>>,
    pub said: Said,
}

/// The verdict on one row.
#[derive(Debug, PartialEq)]
pub enum Said {
    Holds,
    Differs(String),
    /// No scenario leads to it.
    Untraced,
    /// Needs another kernel.
    Skipped(String),
    /// ptrace is not to be had.
    Refused,
}

impl Said {
    pub fn word(&self) -> &'static str {
        match self {
            Said::Holds => "=",
            Said::Differs(_) => "DIFFERS",
            Said::Untraced => "NO SCENARIO",
            Said::Skipped(_) => "not here",
            Said::Refused => "not traced",
        }
    }

    pub fn why(&self) -> Option<&str> {
        match self {
            Said::Differs(why) | Said::Skipped(why) => Some(why),
            Said::Holds | Said::Untraced | Said::Refused => None,
        }
    }
}

impl Report {
    pub fn new(faults: Vec<String>) -> Report {
        Report { functions: vec![], faults, strays: vec![], refused: None }
    }

    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.functions.iter().flat_map(|f| &f.rows)
    }

    /// How many rows the tables have of which this holds, in one of the ways to them.
    pub fn count(&self, holds: impl Fn(&Row) -> bool) -> usize {
        let of = |f: &Function| {
            let rows = f.rows.iter().filter(|r| r.own && holds(r));
            rows.map(|r| &r.case).collect::<BTreeSet<_>>().len()
        };
        self.functions.iter().map(of).sum()
    }

    pub fn counts(&self) -> Counts {
        Counts {
            functions: self.functions.len(),
            rows: self.count(|_| true),
            traced: self.count(|r| r.calls.is_some()),
            of_another_kernel: self.count(|r| matches!(r.said, Said::Skipped(_))),
            untraced: self.count(|r| r.said == Said::Untraced),
            differences: self.differences(),
        }
    }

    /// A row that nothing leads to is one, as is what cannot be read.
    pub fn differences(&self) -> usize {
        let rows = self.rows().filter(|r| matches!(r.said, Said::Differs(_) | Said::Untraced));
        rows.count() + self.faults.len() + self.strays.len()
    }

    /// The exit status.
    pub fn status(&self) -> u8 {
        match (self.differences(), &self.refused) {
            (1.., _) => 1,
            (0, Some(_)) => 2,
            (0, None) => 0,
        }
    }
}

/// The figures of the last line.
pub struct Counts {
    pub functions: usize,
    pub rows: usize,
    pub traced: usize,
    pub of_another_kernel: usize,
    pub untraced: usize,
    pub differences: usize,
}

/// The kernel's release, as `uname -r` prints it.
pub fn release() -> String {
    let text = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    text.trim_end().to_owned()
}

/// How the crate reaches the kernel.
pub const BACKEND: &str = if cfg!(feature = "libc") { "libc" } else { "raw" };
