//! Signals in a wait for several: no end unless asked for, and none missed under a mask.

use crate::add_tests;
use crate::conformance::mechanism::{PATIENCE, assert_error};
use crate::os::process::{Child, nap};
use crate::os::signals::{self, Timer, handled};
use crate::runner::List;
use rawipc::wait::{Events, PollFd, poll};
use rawipc::{ByteWrite as _, Errno, Origin, Wait, pipe, ring};
use std::time::{Duration, Instant};

pub fn tests(list: &mut List) {
    add_tests!(list, "several::signals":
        retried_unless_asked_for, asked_for, raised_before_the_wait, blocked_in_the_wait_too,
        what_is_ready_comes_first, one_from_another_process,
    );
}

const SHORT: Duration = Duration::from_millis(30);

/// Bit `n - 1` is signal `n`.
fn only(signal: i32) -> u64 {
    1 << (signal - 1)
}

fn two<T>(work: impl FnOnce(&mut [PollFd<'_>; 2], &mut pipe::WriteEnd) -> T) -> T {
    let (read_end, mut write_end) = pipe::pair().expect("pair");
    let (_producer, consumer) = ring::pair(4096).expect("pair");
    let mut fds = [PollFd::new(&read_end, Events::READABLE), PollFd::new(&consumer, Events::READABLE)];
    work(&mut fds, &mut write_end)
}

fn retried_unless_asked_for() {
    two(|fds, _| {
        let _timer = Timer::every(Duration::from_millis(2));
        let (before, begin) = (handled(), Instant::now());
        // On a busy machine many come as one.
        while handled() <= before + 3 {
            assert_error(poll(fds, Wait::at_most(SHORT)), Errno::TIMEDOUT, Origin::Deadline);
            assert!(begin.elapsed() < Duration::from_secs(10), "too few signals came to prove anything");
        }
    });
}

fn asked_for() {
    two(|fds, _| {
        let _timer = Timer::every(Duration::from_millis(5));
        for wait in [Wait::FOREVER.or_signal(), PATIENCE.or_signal(), PATIENCE.fixed().or_signal()] {
            assert_error(poll(fds, wait), Errno::INTR, Origin::Kernel);
        }
    });
}

/// The race that a mask is for: it is raised after the last look at a flag, and before the wait.
fn raised_before_the_wait() {
    signals::set_counted(libc::SIGUSR1);
    signals::block(libc::SIGUSR1);
    two(|fds, _| {
        for round in 0..20 {
            let before = handled();
            signals::raise(libc::SIGUSR1);
            assert_eq!((signals::is_pending(libc::SIGUSR1), handled()), (true, before));
            let wait = if round % 2 == 0 { Wait::FOREVER } else { PATIENCE };
            let began = Instant::now();
            assert_error(poll(fds, wait.or_signal_under(0)), Errno::INTR, Origin::Kernel);
            assert!(began.elapsed() < Duration::from_secs(1));
            assert_eq!((signals::is_pending(libc::SIGUSR1), handled()), (false, before + 1));
        }
    });
    // The mask of before is back: it waits again.
    signals::raise(libc::SIGUSR1);
    assert!(signals::is_pending(libc::SIGUSR1));
    signals::unblock(libc::SIGUSR1);
    signals::set_default(libc::SIGUSR1);
}

/// A mask that holds it keeps it out, and one without it lets it in though others are held.
fn blocked_in_the_wait_too() {
    signals::set_counted(libc::SIGUSR1);
    signals::block(libc::SIGUSR1);
    two(|fds, _| {
        let before = handled();
        signals::raise(libc::SIGUSR1);
        let under = Wait::at_most(SHORT).or_signal_under(only(libc::SIGUSR1));
        assert_error(poll(fds, under), Errno::TIMEDOUT, Origin::Deadline);
        assert_eq!((signals::is_pending(libc::SIGUSR1), handled()), (true, before));
        let under = Wait::FOREVER.or_signal_under(!only(libc::SIGUSR1));
        assert_error(poll(fds, under), Errno::INTR, Origin::Kernel);
        assert_eq!(handled(), before + 1);
    });
    signals::unblock(libc::SIGUSR1);
    signals::set_default(libc::SIGUSR1);
}

/// A signal and a message at once: the message is told, and the signal is not lost for it.
fn what_is_ready_comes_first() {
    signals::set_counted(libc::SIGUSR1);
    signals::block(libc::SIGUSR1);
    two(|fds, write_end| {
        write_end.write_all(b"x", PATIENCE).expect("write_all");
        signals::raise(libc::SIGUSR1);
        assert_eq!(poll(fds, Wait::FOREVER.or_signal_under(0)), Ok(1));
        let told = fds.each_ref().map(PollFd::told);
        assert_eq!(told, [Events::READABLE, Events::NONE]);
    });
    two(|fds, _| {
        // It was handled then, or waits still for the next.
        if signals::is_pending(libc::SIGUSR1) {
            let e = poll(fds, Wait::FOREVER.or_signal_under(0));
            assert_error(e, Errno::INTR, Origin::Kernel);
        }
    });
    assert!(handled() == 1 && !signals::is_pending(libc::SIGUSR1));
    signals::unblock(libc::SIGUSR1);
    signals::set_default(libc::SIGUSR1);
}

fn one_from_another_process() {
    signals::set_counted(libc::SIGUSR1);
    signals::block(libc::SIGUSR1);
    let us = std::process::id() as i32;
    for delay in [0, 1, 20] {
        let child = Child::spawn(|| {
            nap(Duration::from_millis(delay));
            // SAFETY: a call without pointers; the parent waits for us.
            unsafe { libc::kill(us, libc::SIGUSR1) };
        });
        two(|fds, _| {
            assert_error(poll(fds, Wait::FOREVER.or_signal_under(0)), Errno::INTR, Origin::Kernel);
        });
        child.join();
    }
    signals::unblock(libc::SIGUSR1);
    signals::set_default(libc::SIGUSR1);
}
