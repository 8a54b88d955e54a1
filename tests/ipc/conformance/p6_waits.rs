//! Point 6: every wait ends at its deadline and not before; signals are no end unless asked for; the non-blocking
//! twins answer at once.

use super::mechanism::{PATIENCE, SMALL, assert_error, message, receiver_in_child, sender_in_child};
use super::{Mechanism, Rx, Tx};
use crate::os::process::nap;
use crate::os::signals::{self, Timer};
use rawipc::{Errno, Origin, Result, Wait};
use std::time::{Duration, Instant};

/// How long the waits of this point last.
const LIMIT: Duration = Duration::from_millis(40);
/// How late an answer may come on a busy machine.
const SLACK: Duration = Duration::from_secs(1);

pub fn check(m: &Mechanism) {
    let (mut tx, mut rx) = (m.make)().both();
    deadlines("recv", |wait| rx.take(wait).map(drop));
    at_once("try_recv", || rx.try_take().map(drop));
    waking("recv", |wait| rx.take(wait).map(drop));

    what_is_there_needs_no_time(&mut tx, &mut rx);
    tx.fill(SMALL);
    let msg = message(0, SMALL);
    deadlines("send", |wait| tx.end.send(&msg, wait));
    at_once("try_send", || tx.end.try_send(&msg));
    waking("send", |wait| tx.end.send(&msg, wait));
    drop((tx, rx));

    arrives_under_signals(m);
    leaves_under_signals(m);
}

/// `op` has nothing to do but wait: to its deadline, however that is given and whatever signals come.
fn deadlines(what: &str, mut op: impl FnMut(Wait) -> Result<()>) {
    ends_in_time(what, LIMIT, || op(Wait::at_most(LIMIT)));
    ends_in_time(what, Duration::ZERO, || op(Wait::at_most(Duration::ZERO)));
    ends_in_time(what, LIMIT, || {
        let now = rawipc::wait::Instant::now().as_nanos();
        op(Wait::until(rawipc::wait::Instant::from_nanos(now + LIMIT.as_nanos() as u64)))
    });
    ends_in_time(what, Duration::ZERO, || op(Wait::until(rawipc::wait::Instant::from_nanos(1))));

    let timer = Timer::every(Duration::from_millis(2));
    // On a machine that lets this process stand, the signals of a whole wait can come as one: then it waits again.
    let proved = (0..20).any(|_| {
        let before = signals::handled();
        ends_in_time(what, LIMIT, || op(Wait::at_most(LIMIT)));
        signals::handled() > before + 3
    });
    assert!(proved, "in none of twenty waits enough signals came to prove anything");
    drop(timer);
}

fn ends_in_time(what: &str, limit: Duration, op: impl FnOnce() -> Result<()>) {
    let began = Instant::now();
    assert_error(op(), Errno::TIMEDOUT, Origin::Deadline);
    let took = began.elapsed();
    assert!(took >= limit, "{what}: {took:?} is before its deadline of {limit:?}");
    assert!(took < limit + SLACK, "{what}: {took:?} is past its deadline of {limit:?}");
}

fn at_once(what: &str, mut op: impl FnMut() -> Result<()>) {
    let began = Instant::now();
    for _ in 0..10 {
        let e = op().expect_err("it would wait");
        assert_eq!(e.errno(), Errno::AGAIN, "{e}");
    }
    let took = began.elapsed();
    assert!(took < SLACK, "{what}: {took:?} is not at once");
}

/// A wait that asks for it is ended by a signal.
fn waking(what: &str, mut op: impl FnMut(Wait) -> Result<()>) {
    let timer = Timer::every(Duration::from_millis(5));
    for wait in [Wait::FOREVER.or_signal(), PATIENCE.or_signal()] {
        let e = op(wait).expect_err("nothing came but a signal");
        assert_eq!(e.errno(), Errno::INTR, "{what}");
    }
    drop(timer);
    // One that came before the wait, and waited, blocked.
    let _timer = Timer::every(Duration::from_millis(5));
    signals::block(libc::SIGUSR1);
    while !signals::is_pending(libc::SIGUSR1) {
        nap(Duration::from_millis(1));
    }
    let e = op(Wait::FOREVER.or_signal_under(0)).expect_err("nothing came but a signal");
    assert_eq!(e.errno(), Errno::INTR, "{what}");
    signals::unblock(libc::SIGUSR1);
}

/// A deadline that has passed does not keep anybody from what is there.
fn what_is_there_needs_no_time(tx: &mut Tx, rx: &mut Rx) {
    for wait in [Wait::at_most(Duration::ZERO), Wait::until(rawipc::wait::Instant::from_nanos(1))] {
        tx.end.send(&message(0, SMALL), wait).expect("there is room");
        assert_eq!(rx.take(wait).expect("it is there"), message(0, SMALL));
    }
}

/// A message that comes late comes all the same, however many signals came before it.
fn arrives_under_signals(m: &Mechanism) {
    let (child, mut rx) = sender_in_child(m, |mut tx| {
        nap(LIMIT);
        tx.put(&message(0, SMALL));
        nap(LIMIT);
        tx.put(&message(1, SMALL));
    });
    let timer = Timer::every(Duration::from_millis(2));
    rx.expect(&message(0, SMALL));
    assert_eq!(rx.take(Wait::FOREVER).expect("the second"), message(1, SMALL));
    drop(timer);
    child.join();
}

/// Room that is made late is found all the same.
fn leaves_under_signals(m: &Mechanism) {
    let (child, mut tx) = receiver_in_child(m, |mut rx| {
        nap(LIMIT);
        while rx.take(PATIENCE).expect("a message").len() == SMALL {}
    });
    tx.fill(SMALL);
    let timer = Timer::every(Duration::from_millis(2));
    for i in 0..3 {
        tx.end.send(&message(i, SMALL), Wait::FOREVER).expect("room, made late");
    }
    drop(timer);
    tx.put(b"the last");
    child.join();
}
