//! Known-bad twins: each is wrong in one thing, and the harness says so.

use crate::check::{self, Kernel, Verdict};
use crate::scenario::{Outcome, Scenarios, Stage};
use crate::source;
use crate::tables::Tables;

const TABLE: &str = "
/// # Syscalls
/// | case | calls |
/// |------|-------|
/// | two | `getppid` `sched_yield` |
/// | looped | (`getppid` `sched_yield`)×n |
/// | pipe | `pipe2` |
/// | send | `sendto` |
/// | socket | `socket` |
/// | map | `mmap` |
/// | dup | `fcntl` |
/// | file | `mknodat` |
/// | refused | none |
pub fn made() {}

/// # Syscalls
/// As [`made`]; other: `getppid`.
pub fn like() {}
";

type Twin = (&'static str, &'static str, fn());

/// The case, what the harness must say of it, and what is done.
const BAD: &[Twin] = &[
    ("two", "is not what the row says", || call(&[libc::SYS_sched_yield, libc::SYS_getppid])),
    ("two", "is not what the row says", || {
        call(&[libc::SYS_getppid, libc::SYS_sched_yield, libc::SYS_gettid])
    }),
    ("two", "is not what the row says", || call(&[libc::SYS_getppid])),
    ("looped", "is not what the row says", || call(&[])),
    ("looped", "is not what the row says", || {
        call(&[libc::SYS_getppid, libc::SYS_sched_yield, libc::SYS_getppid])
    }),
    ("refused", "is not what the row says", || call(&[libc::SYS_getppid])),
    ("pipe", "O_CLOEXEC", || raw(libc::SYS_pipe2, [0, 0, 0, 0])),
    ("send", "MSG_NOSIGNAL", || raw(libc::SYS_sendto, [-1, 0, 0, i64::from(libc::MSG_DONTWAIT)])),
    ("send", "MSG_DONTWAIT", || raw(libc::SYS_sendto, [-1, 0, 0, i64::from(libc::MSG_NOSIGNAL)])),
    ("socket", "AF_UNIX", || raw(libc::SYS_socket, [i64::from(libc::AF_INET), CLOEXEC, 0, 0])),
    ("socket", "SOCK_CLOEXEC", || raw(libc::SYS_socket, [i64::from(libc::AF_UNIX), 1, 0, 0])),
    ("map", "PROT_EXEC", || raw(libc::SYS_mmap, [0, 0, i64::from(libc::PROT_EXEC), 0])),
    ("dup", "F_DUPFD_CLOEXEC", || raw(libc::SYS_fcntl, [0, i64::from(libc::F_DUPFD), 0, 0])),
    ("dup", "survive exec", || raw(libc::SYS_fcntl, [-1, i64::from(libc::F_SETFD), 0, 0])),
    ("file", "mode", || raw(libc::SYS_mknodat, [-1, 0, i64::from(libc::S_IFIFO | 0o666), 0])),
    ("file", "S_IFIFO", || raw(libc::SYS_mknodat, [-1, 0, i64::from(libc::S_IFCHR | 0o600), 0])),
    ("omitted", "a scenario without a row", || ()),
];

const GOOD: &[Twin] = &[
    ("two", "", || call(&[libc::SYS_getppid, libc::SYS_sched_yield])),
    ("looped", "", || call(&[libc::SYS_getppid, libc::SYS_sched_yield].repeat(3))),
    ("refused", "", || ()),
    ("socket", "", || raw(libc::SYS_socket, [i64::from(libc::AF_UNIX), CLOEXEC, 0, 0])),
];

const CLOEXEC: i64 = libc::SOCK_CLOEXEC as i64 | 1;

/// Twins that the harness does not tell from the real thing.
pub fn unflagged(kernel: Kernel) -> Vec<String> {
    let tables = Tables::new(&[source::source("twin.rs", TABLE)]);
    let mut found = tables.faults.clone();
    for (case, word, work) in BAD.iter().chain(GOOD) {
        let work = *work;
        match (verdict(&tables, "twin::made", case, kernel, move |t| windowed(t, work)), *word) {
            (Verdict::Holds, "") | (Verdict::Skipped(_), _) => {}
            (Verdict::Differs(why), word) if !word.is_empty() && why.contains(word) => {}
            (Verdict::Differs(why), _) => found.push(format!("\"{case}\", {word}: {why}")),
            (Verdict::Holds, _) => found.push(format!("\"{case}\" passes and should not: {word}")),
        }
    }
    match verdict(&tables, "twin::unknown", "two", kernel, |t| windowed(t, || ())) {
        Verdict::Differs(why) if why.contains("a scenario without a table") => {}
        _ => found.push("a scenario without a table passes".into()),
    }
    match verdict(&tables, "twin::made", "two", kernel, |_| Err("as it should not be".into())) {
        Verdict::Differs(why) if why.contains("ended with wait status") => {}
        _ => found.push("a scenario that fails passes".into()),
    }
    found.extend(unnoticed(&tables));
    found
}

/// A table with a row that nothing leads to; one that is as another's, of which nothing at all is traced.
fn unnoticed(tables: &Tables) -> Vec<String> {
    let mut s = Scenarios::default();
    for case in ["two", "looped", "pipe", "send", "socket", "map", "dup", "file"] {
        s.case("twin::made", case, |_| Ok(()));
    }
    s.case("twin::like", "other", |_| Ok(()));
    let found = check::untraced(tables, &s.0);
    let expected = [
        "twin::made, \"refused\": a row without a scenario",
        "twin::like: no scenario of the table that it is like",
    ];
    if found == expected { vec![] } else { vec![format!("rows without scenarios: {found:?}")] }
}

fn verdict(
    tables: &Tables,
    function: &str,
    case: &str,
    kernel: Kernel,
    work: impl Fn(&Stage) -> Outcome + 'static,
) -> Verdict {
    let mut s = Scenarios::default();
    check::scenario(tables, s.quiet(function, case, work), kernel)
}

fn windowed(t: &Stage, work: fn()) -> Outcome {
    t.window(work);
    Ok(())
}

fn call(numbers: &[i64]) {
    numbers.iter().for_each(|n| raw(*n, [0; 4]));
}

fn raw(number: i64, [a, b, c, d]: [i64; 4]) {
    // SAFETY: calls that fail, or that only ask.
    unsafe { libc::syscall(number, a, b, c, d, 0, 0) };
}
