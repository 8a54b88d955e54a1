//! The module that the shipped files lie in, with what they name beside them.

use crate::atomic;
pub mod doorbell;
mod ends;
pub mod models;

/// A stand-in: there is no store buffer that empties by itself here, nor a barrier that passes anybody over.
mod drain {
    pub fn drain(_is_there: impl FnMut() -> bool) {}
}

#[path = "../../../src/ring/index.rs"]
mod index;
#[path = "../../../src/ring/ladder.rs"]
#[allow(dead_code)]
mod ladder;
#[path = "../../../src/ring/polling.rs"]
#[allow(dead_code)]
mod polling;
#[path = "../../../src/ring/side.rs"]
#[allow(dead_code)]
mod side;
#[path = "../../../src/ring/sleep.rs"]
#[allow(dead_code)]
mod sleep;

pub use polling::Polling;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
enum State {
    Open,
    Gone,
    Corrupt,
}
