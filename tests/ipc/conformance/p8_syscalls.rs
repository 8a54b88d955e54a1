//! Point 8: exactly the syscalls of its table. Here the hot path only: the other side is ready.

use super::Mechanism;

pub fn check(m: &Mechanism) {
    let _ = m.calls.send.len() + m.calls.recv.len();
    crate::runner::skip("no tracer yet");
}
