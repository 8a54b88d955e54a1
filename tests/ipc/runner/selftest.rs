//! The runner must flag what it is there to flag: one known-bad test for each.

use super::{Job, List, Test, Verdict};
use crate::add_tests;
use crate::os::{fds, process};
use std::time::Duration;

pub fn tests(list: &mut List) {
    add_tests!(list, "runner":
        a_good_test_passes, a_panic_is_flagged_and_its_output_shown, a_leaked_descriptor_is_flagged,
        a_closed_descriptor_is_flagged, a_changed_flag_is_flagged, a_leaked_mapping_is_flagged, a_hang_is_flagged,
        a_left_file_is_flagged, a_left_child_is_flagged, a_zombie_is_flagged, a_grandchild_is_flagged,
        death_by_signal_is_flagged, a_failing_child_is_flagged, an_early_exit_is_flagged, a_skip_says_why,
        sigpipe_is_at_its_default,
    );
}

/// Runs `body` as a test of its own, under an alarm of `seconds`.
fn verdict_within(seconds: u32, body: impl Fn() + 'static) -> Verdict {
    let job = Job::start(Test { name: "inner".to_owned(), alarm: seconds, run: Box::new(body) }, false);
    while !job.is_over() {
        super::job::wait_for_any(std::slice::from_ref(&job));
    }
    job.verdict()
}

pub fn verdict_on(body: impl Fn() + 'static) -> Verdict {
    verdict_within(super::ALARM / 2, body)
}

/// A test that must fail, and say `because` when it does.
#[track_caller]
pub fn assert_flagged_within(seconds: u32, body: impl Fn() + 'static, because: &str) {
    let quietly = move || {
        // Nobody looks at the stack of a test that had to fail.
        // SAFETY: a single thread, so nobody reads the environment meanwhile.
        unsafe { std::env::set_var("RUST_BACKTRACE", "0") };
        body();
    };
    match verdict_within(seconds, quietly) {
        Verdict::Failed(why) if why.contains(because) => {}
        other => panic!("not flagged for {because:?}: {other:?}"),
    }
}

#[track_caller]
fn assert_flagged(body: impl Fn() + 'static, because: &str) {
    assert_flagged_within(1, body, because);
}

fn a_good_test_passes() {
    let good = || {
        let pipe = fds::pipe();
        std::fs::write("file", "x").expect("write");
        std::fs::remove_file("file").expect("remove");
        process::Child::spawn(|| {}).join();
        drop(pipe);
    };
    assert_eq!(verdict_on(good), Verdict::Ok);
}

fn a_panic_is_flagged_and_its_output_shown() {
    assert_flagged(|| panic!("of its own accord"), "of its own accord");
}

fn a_leaked_descriptor_is_flagged() {
    assert_flagged(|| std::mem::forget(fds::pipe()), "leaked descriptor");
}

fn a_closed_descriptor_is_flagged() {
    assert_flagged(|| drop(fds::own_raw(0)), "descriptor 0 -> ");
}

fn a_changed_flag_is_flagged() {
    assert_flagged(
        || {
            fds::fcntl(0, libc::F_SETFD, libc::FD_CLOEXEC);
        },
        "descriptor 0 was",
    );
}

fn a_leaked_mapping_is_flagged() {
    let leak = || {
        // SAFETY: a new mapping, of the kernel's choosing.
        unsafe { libc::mmap(std::ptr::null_mut(), 4096, 3, libc::MAP_SHARED | libc::MAP_ANONYMOUS, -1, 0) };
    };
    assert_flagged(leak, "leaked mapping");
}

fn a_hang_is_flagged() {
    assert_flagged(|| process::nap(Duration::from_secs(60)), "hung until its alarm");
}

fn a_left_file_is_flagged() {
    assert_flagged(|| std::fs::write("debris", "x").expect("write"), "debris");
}

fn a_left_child_is_flagged() {
    assert_flagged(
        || {
            process::Child::spawn(|| process::nap(Duration::from_secs(60)));
        },
        "left a child",
    );
}

fn a_zombie_is_flagged() {
    assert_flagged(
        || {
            process::Child::spawn(|| {});
        },
        "left a child",
    );
}

fn a_grandchild_is_flagged() {
    let orphan = || {
        process::Child::spawn(|| {
            // SAFETY: calls without pointers. No death signal, as a daemon has none.
            if unsafe { libc::fork() } == 0 {
                process::nap(Duration::from_secs(60));
            }
        })
        .join();
    };
    assert_flagged(orphan, "left a child");
}

fn death_by_signal_is_flagged() {
    assert_flagged(|| std::process::abort(), "ended with Signal(6)");
}

fn a_failing_child_is_flagged() {
    assert_flagged(|| process::Child::spawn(|| panic!("in the child")).join(), "in the child");
}

fn an_early_exit_is_flagged() {
    assert_flagged(|| std::process::exit(0), "ended with Exit(0)");
}

fn a_skip_says_why() {
    let verdict = verdict_on(|| super::skip("no such kernel"));
    assert_eq!(verdict, Verdict::Skipped("SKIP inner: no such kernel".to_owned()));
}

fn sigpipe_is_at_its_default() {
    let (read, write) = fds::pipe();
    drop(read);
    let child = process::Child::spawn(|| {
        let _ = crate::os::raw_write(std::os::fd::AsRawFd::as_raw_fd(&write), b"x");
    });
    assert_eq!(child.wait(), process::End::Signal(libc::SIGPIPE));
}
