//! Each case of the syscall tables, behind a filter of exactly the calls that its row names: the scenarios are those
//! of tests/syscalls, and the window of each is opened behind the filter. `RAWIPC_CASES` is a part of the functions'
//! names, and only those are run.

mod behind;
mod first;
mod lists;
mod twins;

use rawipc::Call;
use rawipc::seccomp::List;
use std::collections::BTreeSet;
use std::time::Instant;

use crate::Found;
use crate::child::{self, Member, Under};
use crate::scenario::Scenario;
use crate::trace::is_to_be_made_again;
use behind::{End, run};
use first::Rows;

pub use lists::{commands, unlisted};
pub use twins::twins;

thread_local! {
    static ROWS: &'static Rows = Box::leak(Box::new(Rows::of_the_crate()));
}

fn rows() -> &'static Rows {
    ROWS.with(|rows| *rows)
}

fn is_part() -> bool {
    std::env::var_os("RAWIPC_CASES").is_some()
}

/// (a) Each lives.
pub fn insufficient() -> Found {
    let begin = Instant::now();
    let rows = rows();
    let (lived, all) = rows.documented();
    println!(
        "{lived} of {all} rows lived under exactly their calls, in {} of {} cases, {:.1?}",
        rows.cases.len(),
        rows.scenarios,
        begin.elapsed()
    );
    rows.wrong.clone()
}

/// In so many of its first calls a case is stopped.
const STOPS: u32 = 12;

/// (b) Each lives, stopped in each of its calls and continued. What sleeps until it is woken is not woken before.
pub fn stopped() -> Found {
    let begin = Instant::now();
    let mut found = Found::new();
    let (mut polling, mut interrupted, mut sleeps) = (BTreeSet::new(), BTreeSet::new(), 0);
    for case in &rows().cases {
        if [Call::PPOLL, Call::EPOLL_PWAIT, Call::EPOLL_PWAIT2]
            .iter()
            .any(|&sleep| case.exact.contains(sleep))
        {
            polling.insert(case.row());
        }
        // A stop may outlast the limit. Then its row goes on as the one that is over from the start.
        let list = match case.exact.contains(Call::EPOLL_PWAIT2) {
            true => case.exact.with(Call::EPOLL_PWAIT),
            false => case.exact,
        };
        match run(&case.scenario, list, STOPS) {
            End::Lived(calls) => {
                let again = calls.iter().filter(|c| is_to_be_made_again(c.result)).count();
                sleeps += again;
                interrupted.extend((again > 0).then_some(case.row()));
            }
            end => found.push(format!("{}: {end}, stopped and continued", case.title())),
        }
    }
    println!(
        "{sleeps} sleeps interrupted by a stop, in {} of the {} rows with a sleep, {:.1?}; in the others the tracer \
         answers it, or it does not wait",
        interrupted.len(),
        polling.len(),
        begin.elapsed()
    );
    found
}

/// A call, or a command of `fcntl`, of a row.
type Of<'c> = ((&'c str, &'c str), String);

/// (c) Without any one of its calls each dies.
pub fn superfluous() -> Found {
    let begin = Instant::now();
    let (mut found, mut runs) = (Found::new(), 0);
    let (mut all, mut died): (BTreeSet<Of<'_>>, BTreeSet<Of<'_>>) = Default::default();
    for case in &rows().cases {
        for member in child::members(case.exact) {
            all.insert((case.row(), format!("{member:?}")));
        }
        for (member, end) in bereft(&case.scenario, case.exact) {
            runs += 1;
            match end {
                End::Killed => _ = died.insert((case.row(), format!("{member:?}"))),
                end => found.push(format!("{}: {end} without {member:?}", case.title())),
            }
        }
    }
    if cfg!(feature = "libc") {
        println!("SKIP fstat and newfstatat: a C library may make the one for the other");
    }
    println!(
        "{} of {} (row, call) taken away and died, in {runs} runs, {:.1?}",
        died.len(),
        all.len(),
        begin.elapsed()
    );
    found
}

/// How the case ends without each member of the list in turn.
fn bereft(scenario: &Scenario, list: List) -> Vec<(Member, End)> {
    // By way of a C library each of the two may stand for the other.
    let either = |m: &Member| *m == Member::Call(Call::FSTAT) || *m == Member::Call(Call::NEWFSTATAT);
    let members = child::members(list).into_iter().filter(|m| cfg!(not(feature = "libc")) || !either(m));
    members.map(|m| (m, run(scenario, Under::kill(list).without(m).list, 0))).collect()
}
