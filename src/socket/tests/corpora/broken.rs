//! A decoder that finds messages inside of messages: the known-bad twin.

#[path = "../../../../tests/fuzz/src/control.rs"]
mod check;

use super::super::super::control::{self, Message};
use super::{Content, HEADER};
use std::vec::Vec;

pub(super) fn check(bytes: &[u8]) {
    check::control(bytes);
}

fn messages(bytes: &[u8]) -> impl Iterator<Item = Message<'_>> {
    let at = |n: usize| control::messages(&bytes[n..]).next().map(|m| Message { at: n + HEADER, ..m });
    (0..bytes.len()).step_by(4).filter_map(at).collect::<Vec<_>>().into_iter()
}
