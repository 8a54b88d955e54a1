//! Point 3: a buffer too small is an error that tells the length, and the message stays.

use super::mechanism::{Needed, PATIENCE, SMALL, assert_same, message};
use super::{Mechanism, Rx};
use rawipc::{Errno, Error};

pub fn check(m: &Mechanism) {
    let (mut tx, mut rx) = (m.make)().both();
    for (number, len) in [1, 2, 3, SMALL, 4000, m.limit].into_iter().enumerate() {
        let len = len.min(m.limit);
        tx.put(&message(number, len));
        tx.put(&message(number + 1, 5));
        for short in [0, 1, len / 2, len - 1].into_iter().filter(|n| *n < len) {
            for wait in [true, false] {
                let told = too_small(&mut rx, short, wait);
                check_needed(m, told, len);
            }
        }
        let mut buf = vec![0; sufficient(m, len)];
        let n = rx.end.recv(&mut buf, PATIENCE).expect("the message stays");
        assert_same(&buf[..n], &message(number, len));
        // More than enough is as good, and nothing beyond the message is touched.
        let mut buf = vec![0xee; rx.end.recv_limit() + 10];
        let n = rx.end.recv(&mut buf, PATIENCE).expect("the next one");
        assert_same(&buf[..n], &message(number + 1, 5));
        assert!(buf[rx.end.recv_limit()..].iter().all(|b| *b == 0xee), "written past the limit");
    }
}

fn sufficient(m: &Mechanism, len: usize) -> usize {
    match m.needed {
        Needed::ItsLength => len,
        Needed::TheLimit => m.limit,
    }
}

fn too_small(rx: &mut Rx, len: usize, wait: bool) -> Error {
    let mut buf = vec![0xee; len];
    let answer = if wait { rx.end.recv(&mut buf, PATIENCE) } else { rx.end.try_recv(&mut buf) };
    match answer {
        Ok(n) => panic!("{n} bytes into a buffer of {len}"),
        Err(e) => {
            assert_eq!(e.errno(), Errno::MSGSIZE, "{e}");
            e
        }
    }
}

fn check_needed(m: &Mechanism, told: Error, len: usize) {
    assert_eq!(told.needed(), Some(sufficient(m, len)), "the length that is told");
}
