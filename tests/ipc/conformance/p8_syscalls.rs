//! Point 8: exactly the syscalls of its table. Here the hot path alone, where the other side is ready; the tables
//! as such are proved elsewhere.

use super::Mechanism;
use super::mechanism::{PATIENCE, SMALL, message};
use crate::runner::skip;
use crate::trace::{Failure, trace, window};

const SEND: u64 = 1;
const RECV: u64 = 2;

pub fn check(m: &Mechanism) {
    let windows = match trace(|| one_of_each(m)) {
        Ok(windows) => windows,
        Err(Failure::Refused(errno)) => skip(&format!("ptrace refused: errno {errno}")),
        Err(e) => panic!("{e}"),
    };
    assert_eq!(windows.len(), 8);
    for window in windows {
        let (what, table) = match window.label {
            SEND => ("send", m.calls.send),
            _ => ("receive", m.calls.recv),
        };
        assert_eq!(window.names(), table, "the calls of a {what}");
    }
}

/// Twice, since a first use may differ; each with its non-blocking twin.
fn one_of_each(m: &Mechanism) {
    let (mut tx, mut rx) = (m.make)().both();
    let msg = message(0, SMALL);
    let mut buf = vec![0; rx.end.recv_limit()];
    // What a first use has to find out about an older kernel, it finds here.
    tx.put(&msg);
    rx.expect(&msg);
    for _ in 0..2 {
        window(SEND, || tx.end.send(&msg, PATIENCE)).expect("there is room");
        assert_eq!(window(RECV, || rx.end.recv(&mut buf, PATIENCE)), Ok(SMALL));
        window(SEND, || tx.end.try_send(&msg)).expect("there is room");
        assert_eq!(window(RECV, || rx.end.try_recv(&mut buf)), Ok(SMALL));
    }
}
