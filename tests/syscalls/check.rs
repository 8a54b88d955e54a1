//! Scenarios against tables: each row traced, each scenario a row's, each list exactly the row's.

use std::collections::BTreeSet;

use crate::grammar::Row;
use crate::rules;
use crate::scenario::Scenario;
use crate::tables::Tables;
use crate::trace::{Failure, Syscall};

/// How a scenario went.
pub enum Verdict {
    Holds,
    /// The tracer cannot have it happen here: why.
    Skipped(&'static str),
    Differs(String),
}

/// Whether what the scenario's window held is what its row says.
pub fn scenario(tables: &Tables, scenario: &Scenario, kernel: Kernel) -> Verdict {
    traced(tables, scenario, kernel).verdict
}

/// A scenario as it went: what its window held, and the row that this is, or should have been.
#[allow(dead_code)] // shown by the example `audit`
pub struct Traced<'t> {
    /// `None` where nothing came of it.
    pub calls: Option<Vec<String>>,
    /// With the entry that it stands in; `None` where there is no such row.
    pub row: Option<(usize, &'t Row)>,
    pub verdict: Verdict,
}

/// As [`scenario`], with all that was seen.
pub fn traced<'t>(tables: &'t Tables, scenario: &Scenario, kernel: Kernel) -> Traced<'t> {
    let rows = rows(tables, scenario);
    let row = rows.first().copied();
    let without = |verdict| Traced { calls: None, row, verdict };
    if let Some(why) = skipped(tables, scenario, kernel) {
        return without(Verdict::Skipped(why));
    }
    if rows.is_empty() {
        return compared(tables, scenario, &[]);
    }
    match scenario.run() {
        Ok(calls) => compared(tables, scenario, &calls),
        Err(Failure::Refused(_)) => without(Verdict::Skipped("the tracer may not answer a call here")),
        Err(e) => without(Verdict::Differs(format!("{}: {e}", title(scenario)))),
    }
}

/// Why the kernel that runs cannot show the scenario.
pub fn skipped(tables: &Tables, scenario: &Scenario, kernel: Kernel) -> Option<&'static str> {
    let rows = rows(tables, scenario);
    let newer = |(at, row): &(usize, &_)| tables.names(*at, row).contains("pwritev2");
    let too_old = !kernel.has_nosignal && rows.iter().all(newer) && !scenario.case.starts_with("before ");
    (!rows.is_empty() && too_old).then_some("this kernel has no RWF_NOSIGNAL (Linux 6.18)")
}

/// What the tables say to these calls of the scenario.
pub fn compared<'t>(tables: &'t Tables, scenario: &Scenario, calls: &[Syscall]) -> Traced<'t> {
    let Scenario { function, mode, over, .. } = scenario;
    let title = title(scenario);
    let rows = rows(tables, scenario);
    let seen: Vec<String> = calls.iter().map(Syscall::name).collect();
    let holding = rows.iter().find(|(at, row)| tables.matches(*at, row, *over, &seen));
    let broken = calls.iter().flat_map(|c| rules::broken(function, c, *mode)).next();
    let verdict = match broken {
        _ if tables.find(function).is_none() => {
            Verdict::Differs(format!("{title}: a scenario without a table"))
        }
        _ if rows.is_empty() => Verdict::Differs(format!("{title}: a scenario without a row")),
        _ if holding.is_none() => {
            Verdict::Differs(format!("{title}: {} is not what the row says", list(&seen)))
        }
        Some(broken) => Verdict::Differs(format!("{title}: {broken}")),
        None => Verdict::Holds,
    };
    let row = holding.or(rows.first()).copied();
    Traced { calls: row.map(|_| seen), row, verdict }
}

/// The rows that the scenario can be of, each with the entry it stands in.
pub fn rows<'t>(tables: &'t Tables, scenario: &Scenario) -> Vec<(usize, &'t Row)> {
    let Scenario { function, case, over, .. } = scenario;
    let all = tables.find(function).map(|entry| tables.rows(entry, *over)).unwrap_or_default();
    all.into_iter().filter(|(_, r)| r.case == *case).collect()
}

pub fn title(scenario: &Scenario) -> String {
    format!("{}, \"{}\"", scenario.function, scenario.case)
}

/// What of the running kernel decides which rows can happen.
#[derive(Clone, Copy)]
pub struct Kernel {
    pub has_nosignal: bool,
}

impl Kernel {
    pub fn running() -> Kernel {
        let iov = libc::iovec { iov_base: std::ptr::null_mut(), iov_len: 0 };
        let mut ends = [0; 2];
        // SAFETY: room for two descriptors.
        unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) };
        // SAFETY: writes nothing from nowhere.
        let n = unsafe { libc::syscall(libc::SYS_pwritev2, ends[1], &raw const iov, 1, -1i64, 0, 0x100) };
        for fd in ends {
            // SAFETY: ours, and not used again.
            unsafe { libc::close(fd) };
        }
        Kernel { has_nosignal: n == 0 }
    }
}

/// Rows that no scenario leads to. A table that is as another's needs one scenario besides those of its own rows.
pub fn untraced(tables: &Tables, scenarios: &[Scenario]) -> Vec<String> {
    let have: BTreeSet<(&str, &str)> =
        scenarios.iter().map(|s| (s.function.as_str(), s.case.as_str())).collect();
    let mut found = Vec::new();
    for (_, entry) in tables.documented() {
        let key = entry.key.as_str();
        let own = &entry.table.rows;
        for row in own.iter().filter(|r| !have.contains(&(key, r.case.as_str()))) {
            found.push(format!("{key}, \"{}\": a row without a scenario", row.case));
        }
        let like = have.iter().any(|(f, case)| *f == key && own.iter().all(|r| r.case != *case));
        if entry.table.like.is_some() && !like {
            found.push(format!("{key}: no scenario of the table that it is like"));
        }
    }
    found
}

/// As a table has them.
fn list(calls: &[String]) -> String {
    match calls {
        [] => "none".into(),
        calls => calls.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(" "),
    }
}
