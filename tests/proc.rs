//! Tables of processes that die while they are read. Not beside the code: a child that is about to exec holds the
//! descriptors of every other test for a moment.

use rawipc::proc::{LINK_MAX, Link, Process};
use rawipc::{Errno, Error};
use std::mem::MaybeUninit;
use std::process::{Child, Command};

fn sleeper() -> Child {
    Command::new("sleep").arg("1000").spawn().unwrap()
}

/// Ends it, and leaves it a zombie.
fn end(child: &mut Child) {
    child.kill().unwrap();
    let mut info = MaybeUninit::uninit();
    let flags = libc::WEXITED | libc::WNOWAIT;
    // SAFETY: writes one siginfo.
    assert_eq!(unsafe { libc::waitid(libc::P_PID, child.id(), info.as_mut_ptr(), flags) }, 0);
}

#[track_caller]
fn gone<T>(answer: Result<T, Error>) {
    assert_eq!(answer.map(drop).map_err(Error::errno), Err(Errno::SRCH));
}

#[test]
fn a_process_that_dies_is_an_error_and_never_a_short_table() {
    let mut child = sleeper();
    let process = Process::open(child.id() as i32).unwrap();
    let (mut names, mut more_names, mut text) = ([0; 32], [0; 256], [0; LINK_MAX]);
    let mut table = process.descriptors(&mut names).unwrap();
    assert!(table.next(&mut text).unwrap().is_some());
    // This one has all of the numbers in its buffer already.
    let mut numbers = [0; 256];
    let mut fetched = process.descriptors(&mut numbers).unwrap();
    assert!(fetched.next(&mut text).unwrap().is_some());

    end(&mut child);
    gone(table.next(&mut text));
    gone(table.next(&mut text));
    gone(fetched.next(&mut text));
    gone(process.descriptors(&mut more_names).unwrap().next(&mut text));
    gone(process.fdinfo(0));
    assert_eq!(process.link(Link::Cwd, &mut text).unwrap_err().errno(), Errno::NOENT);

    child.wait().unwrap();
    gone(table.next(&mut text));
    gone(fetched.next(&mut text));
    gone(process.descriptors(&mut more_names));
    gone(process.fdinfo(0));
    gone(process.link(Link::Cwd, &mut text));
}

#[test]
fn numbers_that_are_fetched_do_not_outlive_their_process() {
    let mut child = sleeper();
    let process = Process::open(child.id() as i32).unwrap();
    let (mut numbers, mut text) = ([0; 256], [0; LINK_MAX]);
    let mut table = process.descriptors(&mut numbers).unwrap();
    assert!(table.next(&mut text).unwrap().is_some());
    child.kill().unwrap();
    child.wait().unwrap();
    gone(table.next(&mut text));
}
