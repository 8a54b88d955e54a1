//! Point 4: no empty message, so that nothing looks like the end that is not.

use super::Mechanism;
use super::mechanism::{PATIENCE, SMALL, assert_error, message};
use rawipc::{Errno, Origin};

pub fn check(m: &Mechanism) {
    let (mut tx, mut rx) = (m.make)().both();
    for _ in 0..2 {
        assert_error(tx.end.send(b"", PATIENCE), Errno::INVAL, Origin::Argument);
        assert_error(tx.end.try_send(b""), Errno::INVAL, Origin::Argument);
        assert_eq!(rx.try_take().expect_err("nothing was sent").errno(), Errno::AGAIN);
        tx.put(&message(0, SMALL));
        rx.expect(&message(0, SMALL));
    }
    // Not even where there is no room, or nobody to receive it.
    tx.fill(SMALL);
    assert_error(tx.end.send(b"", PATIENCE), Errno::INVAL, Origin::Argument);
    drop(rx);
    assert_error(tx.end.send(b"", PATIENCE), Errno::INVAL, Origin::Argument);
    // A hostile peer's empty message is among the attacks of point 7.
}
