//! Tables of other processes: forked ones, dying ones, and ones that have a dead one's number.

use crate::add_tests;
use crate::conformance::mechanism::{fresh_path, remove_files};
use crate::conformance::{self, Mechanism};
use crate::os::process::{Child, Gate, nap};
use crate::os::{errno, fds, process};
use crate::runner::{List, skip};
use crate::tables::{self, difference, difference_of, through_std, through_the_crate};
use rawipc::memory::{File, Memfd};
use rawipc::proc::{LINK_MAX, Process};
use rawipc::{Errno, Result, pipe};
use std::os::fd::OwnedFd;
use std::time::Duration;

pub fn tests(list: &mut List) {
    add_tests!(list, "proc":
        two_tables_that_differ_are_flagged, own_table_through_both, a_childs_table_through_both,
        a_table_that_is_empty, dead_before_the_table_is_opened, dead_in_the_middle_of_the_table,
        a_new_process_of_the_same_number,
    );
    for m in conformance::all() {
        list.add(format!("proc::both_ends::{}", m.name.replace(' ', "_")), move || {
            both_ends(&m);
            remove_files();
        });
    }
}

/// Else the comparison after each test would prove nothing.
fn two_tables_that_differ_are_flagged() {
    let good = through_std(std::process::id());
    assert_eq!(difference(&good, &good), None);
    let fd = *good.keys().next().expect("a standard input");
    let flagged = |change: &dyn Fn(&mut tables::Line)| {
        let mut bad = good.clone();
        change(bad.get_mut(&fd).expect("there"));
        assert!(difference(&bad, &good).is_some() && difference(&good, &bad).is_some());
    };
    flagged(&|line| line.target.push(b'x'));
    flagged(&|line| line.access ^= 1);
    flagged(&|line| line.flags ^= libc::O_CLOEXEC);
    let mut short = good.clone();
    short.remove(&fd);
    assert!(difference(&short, &good).is_some() && difference(&good, &short).is_some());
}

/// One of everything that can be opened here.
fn one_of_everything() -> Vec<Box<dyn std::any::Any>> {
    let mut all: Vec<Box<dyn std::any::Any>> = Vec::new();
    all.extend(conformance::all().iter().map(|m| Box::new((m.make)().both()) as Box<dyn std::any::Any>));
    let path = fresh_path();
    all.push(Box::new((
        File::create(&path, 100),
        Memfd::create(c"rawipc a name", 100),
        fds::unsealed_memfd(),
    )));
    File::remove(&path).expect("remove");
    let open = |path: &str| std::fs::File::open(path).expect("open");
    all.push(Box::new((open("."), open("/dev/null"), open("/proc/self/stat"))));
    let write_only = std::fs::File::options().append(true).create(true).open("made-by-std").expect("open");
    // SAFETY: makes a descriptor.
    let path_only = unsafe { libc::open(c"/".as_ptr(), libc::O_PATH) };
    // SAFETY: makes a descriptor.
    let events = unsafe { libc::eventfd(0, libc::EFD_NONBLOCK) };
    let kept: [OwnedFd; 2] = [path_only, events].map(fds::own_raw);
    all.push(Box::new((write_only, kept)));
    all
}

fn own_table_through_both() {
    let all = one_of_everything();
    assert!(fds::own().len() > 25);
    assert_eq!(tables::own_difference(), None);
    drop(all);
    assert_eq!(tables::own_difference(), None);
    remove_files();
}

fn a_childs_table_through_both() {
    let (ready, leave) = (Gate::new(), Gate::new());
    let child = Child::spawn(|| {
        let _all = one_of_everything();
        ready.open();
        leave.wait();
    });
    ready.wait();
    let pid = child.pid() as u32;
    assert!(through_std(pid).len() > 25);
    assert_eq!(difference_of(pid), None);
    leave.open();
    child.join();
    remove_files();
}

/// Both processes' tables, both ways, while each has its end of a channel.
fn both_ends(m: &Mechanism) {
    let (ready, leave) = (Gate::new(), Gate::new());
    let mut channel = Some((m.make)());
    let child = Child::spawn(|| {
        let mut tx = channel.take().expect("unused").sender();
        tx.put(b"open");
        ready.open();
        leave.wait();
    });
    let mut rx = channel.take().expect("unused").receiver();
    rx.expect(b"open");
    ready.wait();
    assert_eq!(difference_of(child.pid() as u32), None);
    assert_eq!(tables::own_difference(), None);
    leave.open();
    child.join();
}

fn a_table_that_is_empty() {
    let gate = Gate::new();
    let child = Child::spawn(|| {
        for fd in fds::own().into_keys() {
            // SAFETY: a number; this process uses none of them any more.
            unsafe { libc::close(fd) };
        }
        nap(Duration::from_secs(60));
    });
    drop(gate);
    child.wait_asleep();
    let process = Process::open(child.pid()).expect("open");
    assert!(through_the_crate(&process).is_empty());
    assert_eq!(difference_of(child.pid() as u32), None);
    child.kill();
}

#[track_caller]
fn gone<T>(answer: Result<T>) {
    match answer {
        Ok(_) => panic!("an answer about a process that is dead"),
        Err(e) => assert_eq!(e.errno(), Errno::SRCH, "{e}"),
    }
}

fn sleeper() -> Child {
    Child::spawn(|| nap(Duration::from_secs(60)))
}

fn dead_before_the_table_is_opened() {
    let child = sleeper();
    let (pid, process) = (child.pid(), Process::open(child.pid()).expect("open"));
    let (mut names, mut text) = ([0; 256], vec![0; LINK_MAX]);
    process.descriptors(&mut names).expect("it lives").next(&mut text).expect("it lives");
    child.kill();
    gone(process.descriptors(&mut names));
    gone(process.fdinfo(0));
    gone(Process::open(pid));
}

/// Killed between two entries, whether the next numbers are in the buffer already or not.
fn dead_in_the_middle_of_the_table() {
    for size in [32, 64, 4096] {
        for after in 0..3 {
            let child = sleeper();
            let process = Process::open(child.pid()).expect("open");
            let (mut names, mut text) = (vec![0; size], vec![0; LINK_MAX]);
            let mut table = process.descriptors(&mut names).expect("descriptors");
            for _ in 0..after {
                assert!(table.next(&mut text).expect("it lives").is_some());
            }
            child.kill();
            gone(table.next(&mut text));
            gone(table.next(&mut text));
        }
    }
}

/// What was opened of the first is never about the second.
fn a_new_process_of_the_same_number() {
    let first = sleeper();
    let pid = first.pid();
    let process = Process::open(pid).expect("open");
    let (mut names, mut more, mut text) = ([0; 4096], [0; 32], vec![0; LINK_MAX]);
    let mut fetched = process.descriptors(&mut names).expect("descriptors");
    assert!(fetched.next(&mut text).expect("it lives").is_some());
    let mut unfetched = process.descriptors(&mut more).expect("descriptors");
    first.kill();

    // Only the second holds these.
    let (read_end, write_end) = pipe::pair().expect("pair");
    let second = fork_as(pid);
    assert_eq!(second.pid(), pid);
    let new = Process::open(pid).expect("open");
    let theirs = through_the_crate(&new);
    assert!(theirs.values().filter(|line| line.target.starts_with(b"pipe:")).count() >= 2, "{theirs:?}");
    assert_eq!(difference_of(pid as u32), None);
    for _ in 0..3 {
        gone(fetched.next(&mut text));
        gone(unfetched.next(&mut text));
        gone(process.fdinfo(0));
        gone(process.descriptors(&mut [0; 64]).map(drop));
        gone(process.link(rawipc::proc::Link::Exe, &mut [0; LINK_MAX]).map(drop));
    }
    second.kill();
    drop((read_end, write_end));
}

/// Words of `struct clone_args`.
const EXIT_SIGNAL: usize = 4;
const SET_TID: usize = 8;

/// A child that has this number, which is free.
fn fork_as(pid: i32) -> Child {
    // `struct clone_args`, which libc has for 64 bits alone.
    let mut args = [0u64; 11];
    args[EXIT_SIGNAL] = libc::SIGCHLD as u64;
    args[SET_TID] = (&raw const pid).expose_provenance() as u64;
    args[SET_TID + 1] = 1;
    let parent = std::process::id();
    // SAFETY: as fork: nothing is shared, and a test process has a single thread.
    match unsafe { libc::syscall(libc::SYS_clone3, &raw mut args, size_of_val(&args)) } {
        0 => {
            process::die_with(parent);
            nap(Duration::from_secs(60));
            process::exit(0)
        }
        -1 if [libc::EPERM, libc::ENOSYS, libc::EINVAL].contains(&errno()) => {
            skip("only root may choose the number of a process")
        }
        got => Child::of(crate::os::check(got, "clone3") as i32),
    }
}
