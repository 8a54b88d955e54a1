//! Point 3: a buffer too small is an error that tells the length, and the message stays.

use super::mechanism::{Needed, SMALL, across, assert_same, message};
use super::{Mechanism, Rx};
use crate::os::process::nap;
use rawipc::{Errno, Error, Wait};
use std::time::Duration;

/// All messages are sent at once.
const SOON: Wait = Wait::at_most(Duration::from_secs(2));

pub fn check(m: &Mechanism) {
    let lengths = [1, 2, 3, SMALL, 4000, m.limit].map(|len| len.min(m.limit));
    across(
        m,
        |mut tx| {
            for (number, len) in lengths.into_iter().enumerate() {
                tx.put(&message(number, len));
                tx.put(&message(number + 1, 5));
            }
        },
        |mut rx| {
            for (number, len) in lengths.into_iter().enumerate() {
                for short in [0, 1, len / 2, len - 1].into_iter().filter(|n| *n < len) {
                    let told = refused(&mut rx, short, Some(SOON));
                    assert_eq!(told.needed(), Some(sufficient(m, len)), "the length that is told");
                    assert_eq!(refused(&mut rx, short, None), told, "the non-blocking twin");
                }
                exactly_enough(m, &mut rx, &message(number, len));
                more_than_enough(&mut rx, &message(number + 1, 5));
            }
        },
    );
}

fn sufficient(m: &Mechanism, len: usize) -> usize {
    match m.needed {
        Needed::ItsLength => len,
        Needed::TheLimit => m.limit,
    }
}

/// Receives into a buffer that is too small.
fn refused(rx: &mut Rx, len: usize, wait: Option<Wait>) -> Error {
    let mut buf = vec![0xee; len];
    loop {
        let answer = match wait {
            Some(wait) => rx.end.recv(&mut buf, wait),
            None => rx.end.try_recv(&mut buf),
        };
        match answer {
            Ok(n) => panic!("{n} bytes into a buffer of {len}"),
            Err(e) if e.errno() == Errno::MSGSIZE => return e,
            // A long message may be on its way still.
            Err(e) if e.errno() == Errno::AGAIN && wait.is_none() => nap(Duration::from_millis(1)),
            Err(e) => panic!("a buffer of {len}: {e}"),
        }
    }
}

fn exactly_enough(m: &Mechanism, rx: &mut Rx, msg: &[u8]) {
    let mut buf = vec![0; sufficient(m, msg.len())];
    let n = rx.end.recv(&mut buf, SOON).unwrap_or_else(|e| panic!("the message stays: {e}"));
    assert_same(&buf[..n], msg);
}

/// More is as good, and nothing beyond the limit is touched.
fn more_than_enough(rx: &mut Rx, msg: &[u8]) {
    let limit = rx.end.recv_limit();
    let mut buf = vec![0xee; limit + 10];
    let n = rx.end.recv(&mut buf, SOON).unwrap_or_else(|e| panic!("the next message: {e}"));
    assert_same(&buf[..n], msg);
    assert!(buf[limit..].iter().all(|b| *b == 0xee), "written past the limit");
}
