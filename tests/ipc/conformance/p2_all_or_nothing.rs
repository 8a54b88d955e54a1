//! Point 2: a message goes whole or not at all.

use super::Mechanism;
use super::mechanism::{Gone, PATIENCE, SMALL, across, assert_error, assert_same, message};
use rawipc::{Errno, Origin, Wait};
use std::time::Duration;

pub fn check(m: &Mechanism) {
    too_long(m);
    longest(m);
    no_room(m, SMALL);
    no_room(m, m.limit);
    if m.parts {
        dropped_in_the_middle(m);
    }
}

/// What can never fit is refused, the limit is told, and nothing of it arrives.
fn too_long(m: &Mechanism) {
    let (mut tx, mut rx) = (m.make)().both();
    assert_eq!(tx.end.send_limit(), m.limit, "the limit that is told");
    assert!(rx.end.recv_limit() >= m.limit, "a receiver of less than the sender sends");
    for len in [m.limit + 1, m.limit + 2, 2 * m.limit] {
        let msg = message(0, len);
        for answer in [tx.end.send(&msg, PATIENCE), tx.end.try_send(&msg)] {
            let e = assert_error(answer, Errno::MSGSIZE, Origin::Argument);
            assert_eq!(e.needed(), Some(m.limit), "the limit that the error tells");
        }
    }
    tx.put(&message(1, SMALL));
    rx.expect(&message(1, SMALL));
    let after = rx.try_take();
    assert_eq!(after.expect_err("one message").errno(), Errno::AGAIN);
}

fn longest(m: &Mechanism) {
    across(
        m,
        |mut tx| (0..3).for_each(|i| tx.put(&message(i, m.limit))),
        |mut rx| (0..3).for_each(|i| rx.expect(&message(i, m.limit))),
    );
}

/// Where there is no room, a send leaves nothing, or can only be finished.
fn no_room(m: &Mechanism, len: usize) {
    let (mut tx, mut rx) = (m.make)().both();
    let count = tx.fill(len);
    let unfinished = message(count, len);
    let other = message(count + 1, len);

    let e = tx.end.send(&unfinished, Wait::at_most(Duration::from_millis(10)));
    assert_error(e, Errno::TIMEDOUT, Origin::Deadline);
    let e = tx.end.try_send(&other).expect_err("another message where there is no room");
    assert!(m.parts || e.errno() == Errno::AGAIN, "{e}");

    // A receiver that makes room, and whoever waits for it here.
    for i in 0..count {
        let got = rx.take(PATIENCE).expect("what was sent");
        assert_same(&got, &message(i, len));
    }
    finish(&mut tx, &mut rx, &unfinished);
    tx.put(&message(7, 7.min(len)));
    rx.expect(&message(7, 7.min(len)));
    assert_eq!(rx.try_take().expect_err("nothing else").errno(), Errno::AGAIN);
}

/// Sends and receives one message in one process, by turns where it does not fit at once.
fn finish(tx: &mut super::Tx, rx: &mut super::Rx, msg: &[u8]) {
    let mut got = None;
    for _ in 0..10_000 {
        match tx.end.try_send(msg) {
            Ok(()) => {
                let got = got.map_or_else(|| rx.take(PATIENCE), Ok);
                return assert_same(&got.expect("the finished message"), msg);
            }
            Err(e) => assert_eq!(e.errno(), Errno::AGAIN, "the same message again: {e}"),
        }
        match rx.try_take() {
            Ok(whole) => got = Some(whole),
            Err(e) => assert_eq!(e.errno(), Errno::AGAIN, "the part of a message: {e}"),
        }
    }
    panic!("a message that is never finished");
}

/// A sender that goes in the middle of a message leaves a broken one, not a short one and not the end.
fn dropped_in_the_middle(m: &Mechanism) {
    let (mut tx, mut rx) = (m.make)().both();
    let count = tx.fill(m.limit);
    drop(tx);
    for i in 0..count {
        rx.expect(&message(i, m.limit));
    }
    for _ in 0..3 {
        assert_error(rx.take(PATIENCE), Errno::BADMSG, Origin::Peer);
    }
    assert_ne!(m.gone, Gone::SendersOnly);
}
