//! Known-bad rows: each is wrong in one thing, and is flagged.

use rawipc::Call;
use rawipc::seccomp::List;

use super::behind::{End, run, run_with};
use super::bereft;
use super::first::Rows;
use crate::Found;
use crate::child::Member;
use crate::scenario::{Scenario, Scenarios};
use crate::source;
use crate::tables::Tables;

const TABLE: &str = "
/// # Syscalls
/// | case | calls |
/// |------|-------|
/// | two | `getpid` `geteuid` |
/// | one too few | `getpid` |
/// | one too many | `getpid` `geteuid` `prctl` |
/// | none | none |
/// | a family | `socket` |
/// | the end | `getpid` |
/// | refused by the tracer | `getpid` |
pub fn made() {}
";

/// The case, and what must be said of it; nothing, of a good one.
const CASES: [(&str, &str, fn()); 7] = [
    ("two", "", || calls(&[libc::SYS_getpid, libc::SYS_geteuid])),
    ("one too few", "dies under its row", || calls(&[libc::SYS_getpid, libc::SYS_geteuid])),
    ("one too many", "not what the row says", || calls(&[libc::SYS_getpid, libc::SYS_geteuid])),
    ("none", "dies under its row", || calls(&[libc::SYS_getpid])),
    ("a family", "dies under its row", || {
        // SAFETY: makes a descriptor.
        unsafe { libc::socket(libc::AF_INET, libc::SOCK_STREAM, 0) };
    }),
    ("the end", "dies under its row", || calls(&[libc::SYS_exit])),
    ("refused by the tracer", "", || calls(&[libc::SYS_getpid])),
];

pub fn twins() -> Found {
    let mut found = Found::new();
    let rows = rows("");
    for (case, word, _) in CASES {
        let title = format!("twin::made, \"{case}\"");
        let said = rows.wrong.iter().find(|w| w.starts_with(&title));
        match said {
            None if word.is_empty() => {}
            Some(said) if !word.is_empty() && said.contains(word) => {}
            _ => found.push(format!("{title}: \"{word}\" was to be said, not {said:?}")),
        }
    }
    found.extend(removals());
    found.extend(restarted());
    found.extend(exceptions());
    found
}

fn rows(not_run: &str) -> Rows {
    let mut s = Scenarios::default();
    for (case, ..) in CASES {
        s.0.push(scenario(case));
    }
    Rows::of(Tables::new(&[source::source("twin.rs", TABLE)]), s, not_run)
}

fn scenario(case: &str) -> Scenario {
    let (case, _, work) = CASES.into_iter().find(|(c, ..)| *c == case).expect("one of them");
    let mut s = Scenarios::default();
    s.case("twin::made", case, move |t| {
        if case == "refused by the tracer" {
            t.refuse("getpid", 1, rawipc::Errno::PERM);
        }
        t.ok(|| {
            work();
            Ok(())
        })
    });
    s.0.remove(0)
}

/// Without a call that it makes it dies, refused by the tracer or not; without one that it does not make it lives.
fn removals() -> Found {
    let list = List::EMPTY.with(Call::GETPID).with(Call::GETEUID).with(Call::PRCTL);
    let lives = |ends: Vec<(Member, End)>| -> Vec<Member> {
        ends.into_iter().filter(|(_, end)| !matches!(end, End::Killed)).map(|(m, _)| m).collect()
    };
    let mut found = Found::new();
    for (case, list, needless) in [
        ("two", list.without(Call::PRCTL), vec![]),
        ("one too many", list, vec![Member::Call(Call::PRCTL)]),
        ("refused by the tracer", List::EMPTY.with(Call::GETPID), vec![]),
    ] {
        let survived = lives(bereft(&scenario(case), list));
        if survived != needless {
            found.push(format!("\"{case}\" lives without {survived:?}, and not {needless:?}"));
        }
    }
    let mut s = Scenarios::default();
    s.case("twin::made", "two", |t| t.err(rawipc::Errno::PERM, || Ok(())));
    match run(&s.0[0], list, 0) {
        End::Unexpected => {}
        end => found.push(format!("a call that says something else: {end}")),
    }
    found
}

/// A sleep that the kernel makes go on by another call, which is on no list: stopped in it, it dies.
fn restarted() -> Found {
    let mut s = Scenarios::default();
    s.case("twin::made", "asleep", |t| {
        let time = libc::timespec { tv_sec: 0, tv_nsec: 1_000_000 };
        // SAFETY: one struct that is read.
        t.window(|| unsafe { libc::syscall(libc::SYS_nanosleep, &raw const time, 0) });
        Ok(())
    });
    let ends = [0, 1].map(|stops| run_with(&s.0[0], List::EMPTY, &[libc::SYS_nanosleep as u32], stops));
    match ends {
        [End::Lived(_), End::Killed] => vec![],
        [running, stopped] => vec![format!("a sleep {running}, and {stopped} where it is stopped")],
    }
}

/// An exception lets a case be; one whose case lives, or is none, is stale.
fn exceptions() -> Found {
    let not_run = "# nothing\ntwin::made, \"none\": a reason\ntwin::made, \"two\": a reason\n\
                   twin::made, \"nowhere\": a reason\n";
    let rows = rows(not_run);
    let of = |word: &str| rows.wrong.iter().filter(|w| w.contains(word)).count();
    match (
        of("\"none\""),
        of("notrun.txt: twin::made, \"two\": it lives"),
        of("\"nowhere\": it lives, or is no case"),
    ) {
        (0, 1, 1) => vec![],
        other => vec![format!("exceptions: {other:?} of {:?}", rows.wrong)],
    }
}

fn calls(numbers: &[i64]) {
    for number in numbers {
        // SAFETY: calls without arguments.
        unsafe { libc::syscall(*number, 0) };
    }
}
