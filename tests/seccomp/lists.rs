//! Each list, with what it is for: no call too few, and none too many.

use rawipc::Call;
use rawipc::seccomp::{Action, List};
use std::collections::BTreeSet;

use crate::Found;
use crate::child::{self, Child, End, Member, Under, holds, last_line, members, run};
use crate::works::{WORKS, Work};

/// A work's list, with what it takes to end.
fn list_of(work: &Work) -> List {
    named(work.list).and(work.over).with(Call::EXIT_GROUP)
}

fn named(name: &str) -> List {
    List::ALL.iter().find(|(n, _)| *n == name).map_or(List::EMPTY, |(_, list)| *list)
}

pub fn unworked() -> Found {
    let lists: BTreeSet<&str> = List::ALL.iter().map(|(name, _)| *name).collect();
    let works: BTreeSet<&str> = WORKS.iter().map(|w| w.list).collect();
    lists.symmetric_difference(&works).map(|name| format!("{name} has no work, or is no list")).collect()
}

pub fn insufficient() -> Found {
    let mut found = Found::new();
    for work in WORKS {
        let end = run(Under::kill(list_of(work)), |shut| (work.run)(shut));
        if end != End::Lived {
            found.push(format!("{}: {end:?} after line {} of works.rs", work.list, last_line()));
        }
    }
    found
}

pub fn superfluous() -> Found {
    let mut tried = 0;
    let mut found = Found::new();
    for work in WORKS {
        found.extend(unneeded(work, named(work.list), &mut tried));
    }
    if cfg!(feature = "libc") {
        println!("SKIP fstat and newfstatat: a C library may make the one for the other");
    }
    println!("{tried} members of {} lists taken away, one at a time", WORKS.len());
    found
}

/// Members of `list` without which the work can be done.
fn unneeded(work: &Work, list: List, tried: &mut u32) -> Found {
    let whole = Under::kill(list_of(work).and(list));
    let mut found = Found::new();
    // By way of a C library each of the two may stand for the other.
    let either = |m: &Member| *m == Member::Call(Call::FSTAT) || *m == Member::Call(Call::NEWFSTATAT);
    for member in members(list).into_iter().filter(|m| cfg!(not(feature = "libc")) || !either(m)) {
        *tried += 1;
        let end = run(whole.without(member), |shut| (work.run)(shut));
        if end != End::Killed {
            let line = last_line();
            found.push(format!("{} without {member:?}: {end:?} after line {line} of works.rs", work.list));
        }
    }
    found
}

pub fn twin() -> Found {
    let work = WORKS.iter().find(|w| w.list == "PIPE_READER").expect("it is there");
    let found = unneeded(work, List::PIPE_READER.with(Call::OPENAT), &mut 0);
    match &found[..] {
        [one] if one.contains("openat") => vec![],
        _ => vec![format!("openat was to be flagged, and it alone: {found:?}")],
    }
}

/// A call, the numbers that go with it, and who makes it.
type Needed = (Call, &'static [u32], fn());

/// Each of the four is needed by who does it.
pub fn exit() -> Found {
    let tried: [Needed; 3] = [
        (Call::EXIT_GROUP, &[], || child::exit(0)),
        (Call::EXIT, &[], || {
            // SAFETY: ends the only thread.
            unsafe { libc::syscall(libc::SYS_exit, 0) };
        }),
        (Call::RT_SIGRETURN, &[libc::SYS_getpid as u32, libc::SYS_kill as u32], || {
            // SAFETY: a signal to ourselves, whose handler runs before the call is over.
            unsafe { libc::kill(libc::getpid(), libc::SIGUSR1) };
        }),
    ];
    let mut found = Found::new();
    for (call, numbers, work) in tried {
        for (list, expected) in [(List::EXIT, End::Lived), (List::EXIT.without(call), End::Killed)] {
            let end = run(Under { list, numbers, action: Action::Kill }, |shut| {
                on_sigusr1();
                shut();
                work();
            });
            if end != expected {
                found.push(format!("{call:?}: {end:?} under {list:?}"));
            }
        }
    }
    for (list, expected) in
        [(List::EXIT, End::Lived), (List::EXIT.without(Call::RESTART_SYSCALL), End::Killed)]
    {
        match restarted(list) {
            Some(end) if end != expected => found.push(format!("restart_syscall: {end:?} under {list:?}")),
            Some(_) => {}
            None => println!("SKIP restart_syscall: it cannot be seen where the child sleeps"),
        }
    }
    found
}

/// A sleep that is stopped and continued, which the kernel makes go on by a call of its own.
fn restarted(list: List) -> Option<End> {
    let numbers = [libc::SYS_clock_nanosleep as u32];
    let child = Child::start(|| {
        child::must(Under { list, numbers: &numbers, action: Action::Kill }.install());
        let time = libc::timespec { tv_sec: 0, tv_nsec: 300_000_000 };
        // SAFETY: one struct that is read.
        holds(
            unsafe {
                libc::syscall(
                    libc::SYS_clock_nanosleep,
                    libc::CLOCK_MONOTONIC,
                    0,
                    &raw const time,
                    core::ptr::null_mut::<libc::timespec>(),
                )
            } == 0,
        );
    });
    if !child.await_sleep_in(libc::SYS_clock_nanosleep) {
        return None;
    }
    child.signal(libc::SIGSTOP);
    child.await_stop();
    child.signal(libc::SIGCONT);
    Some(child.end())
}

fn on_sigusr1() {
    extern "C" fn nothing(_: libc::c_int) {}
    let handler = nothing as extern "C" fn(libc::c_int);
    // SAFETY: a handler that does nothing.
    unsafe { libc::signal(libc::SIGUSR1, handler as *const () as libc::sighandler_t) };
}
