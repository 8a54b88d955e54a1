//! Peers killed at any instant, and buffers filled to the brim.

use crate::conformance::mechanism::{
    Gone, Mechanism, PATIENCE, SMALL, assert_same, message, receiver_in_child, remove_files, sender_in_child,
};
use crate::conformance::{self, Rx};
use crate::os::process::{End, Gate, nap};
use crate::runner::List;
use rawipc::{Errno, Wait};
use std::time::Duration;

const ROUNDS: usize = 12;

pub fn tests(list: &mut List) {
    type Check = fn(&Mechanism);
    let checks: [(&str, Check); 3] =
        [("sender_killed", sender_killed), ("receiver_killed", receiver_killed), ("full", full)];
    for m in conformance::all() {
        for (name, check) in checks {
            list.add(format!("crash::{}::{name}", m.name.replace(' ', "_")), move || {
                check(&m);
                remove_files();
            });
        }
    }
}

fn length(m: &Mechanism, i: usize) -> usize {
    if i % 7 == 0 { m.limit } else { 1 + i * 977 % m.limit.min(9000) }
}

/// Whatever a sender is at when it dies, the receiver has whole messages in order, and is told.
fn sender_killed(m: &Mechanism) {
    for round in 0..ROUNDS {
        let (child, mut rx) = sender_in_child(m, |mut tx| {
            for i in 0.. {
                tx.put(&message(i, length(m, i)));
            }
        });
        let mut next = 0;
        // One at least, so that it has its end open.
        for _ in 0..=round * round {
            rx.expect(&message(next, length(m, next)));
            next += 1;
        }
        nap(Duration::from_micros(300 * round as u64));
        child.kill();
        last_messages(m, &mut rx, next);
    }
}

/// What a dead sender left: whole messages, then the end, or a broken one where there can be parts.
fn last_messages(m: &Mechanism, rx: &mut Rx, mut next: usize) {
    loop {
        match rx.take(Wait::at_most(Duration::from_millis(100))) {
            Ok(msg) if msg.is_empty() => break,
            Ok(msg) => assert_same(&msg, &message(next, length(m, next))),
            Err(e) if e.errno() == Errno::BADMSG => {
                assert!(m.parts, "{}: a torn message", m.name);
                break;
            }
            Err(e) if e.errno() == Errno::TIMEDOUT && m.gone == Gone::SendersOnly => break,
            Err(e) => panic!("after {next} messages: {e}"),
        }
        next += 1;
    }
}

/// Whatever a receiver is at when it dies, the sender gets EPIPE, no signal, and does not wait for ever.
fn receiver_killed(m: &Mechanism) {
    for round in 0..ROUNDS {
        let there = Gate::new();
        let (child, mut tx) = receiver_in_child(m, |mut rx| {
            rx.expect(&message(0, SMALL));
            there.open();
            for i in 1.. {
                rx.expect(&message(i, length(m, i)));
            }
        });
        tx.put(&message(0, SMALL));
        there.wait();
        for i in 1..round * 10 {
            tx.put(&message(i, length(m, i)));
        }
        child.signal(libc::SIGKILL);
        let told = (round.max(1) * 10..).find_map(|i| tx.end.send(&message(i, length(m, i)), PATIENCE).err());
        assert_eq!(told.expect("an error").errno(), Errno::PIPE);
        let end = child.wait();
        assert!(end == End::Signal(libc::SIGKILL), "the receiver ended with {end:?} before it was killed");
    }
}

/// Filled until there is no room, emptied, and filled again: nothing is lost, and nothing is stuck.
fn full(m: &Mechanism) {
    let (mut tx, mut rx) = (m.make)().both();
    for len in [SMALL, 1, m.limit, 3, m.limit / 2 + 1] {
        for _ in 0..3 {
            let count = tx.fill(len);
            assert!(count > 0 || m.parts, "no room for one message of {len}");
            assert_eq!(tx.end.try_send(&message(count, len)).expect_err("full").errno(), Errno::AGAIN);
            (0..count).for_each(|i| rx.expect(&message(i, len)));
            // The one that did not fit may have gone in part, and is finished before another.
            let mut finished = tx.end.try_send(&message(count, len)).is_ok();
            while let Err(e) = finish(&mut rx, &message(count, len)) {
                assert!(e == Errno::AGAIN && !finished, "{e}");
                finished = tx.end.try_send(&message(count, len)).is_ok();
            }
            assert!(finished, "received before it was sent");
            assert_eq!(rx.try_take().expect_err("empty").errno(), Errno::AGAIN);
        }
    }
}

fn finish(rx: &mut Rx, msg: &[u8]) -> Result<(), Errno> {
    let got = rx.try_take().map_err(|e| e.errno())?;
    assert_same(&got, msg);
    Ok(())
}
