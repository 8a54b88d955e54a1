//! Scenarios against tables: each row traced, each scenario a row's, each list exactly the row's.

use std::collections::BTreeSet;

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
    let Scenario { function, case, mode, over, .. } = scenario;
    let title = format!("{function}, \"{case}\"");
    let Some(entry) = tables.find(function) else {
        return Verdict::Differs(format!("{title}: a scenario without a table"));
    };
    let rows: Vec<_> = tables.rows(entry, *over).into_iter().filter(|(_, r)| r.case == *case).collect();
    if rows.is_empty() {
        return Verdict::Differs(format!("{title}: a scenario without a row"));
    }
    let newer = |(at, row): &(usize, &_)| tables.names(*at, row).contains("pwritev2");
    if !kernel.has_nosignal && rows.iter().all(newer) && !case.starts_with("before ") {
        return Verdict::Skipped("this kernel has no RWF_NOSIGNAL (Linux 6.18)");
    }
    let calls = match scenario.run() {
        Ok(calls) => calls,
        Err(Failure::Refused(_)) => return Verdict::Skipped("the tracer may not answer a call here"),
        Err(e) => return Verdict::Differs(format!("{title}: {e}")),
    };
    let seen: Vec<String> = calls.iter().map(Syscall::name).collect();
    if !rows.iter().any(|(at, row)| tables.matches(*at, row, *over, &seen)) {
        return Verdict::Differs(format!("{title}: {} is not what the row says", list(&seen)));
    }
    let broken: Vec<String> = calls.iter().flat_map(|c| rules::broken(function, c, *mode)).collect();
    match broken.first() {
        Some(first) => Verdict::Differs(format!("{title}: {first}")),
        None => Verdict::Holds,
    }
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
