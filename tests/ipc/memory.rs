//! Mapped memory between processes, whichever way the other one comes by it.

mod anonymous;
mod file;
mod mapped;
mod memfd;
mod stranger;

use crate::runner::List;
use rawipc::memory::Map;

pub fn tests(list: &mut List) {
    anonymous::tests(list);
    memfd::tests(list);
    stranger::tests(list);
    file::tests(list);
    mapped::tests(list);
}

/// The bytes at `offset`.
fn bytes(map: &Map, offset: usize, len: usize) -> Vec<u8> {
    let mut buf = vec![0; len];
    map.read(offset, &mut buf).expect("inside");
    buf
}
