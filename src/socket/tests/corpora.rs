//! The inputs that fuzzing found worth keeping, replayed; `tests/fuzz/run` looks for more.

#[path = "../../../tests/fuzz/src/address.rs"]
mod check_address;
#[path = "../../../tests/fuzz/src/control.rs"]
mod check_control;

use super::super::Address;
use super::super::control::{Content, HEADER, Message, messages};
use std::panic::catch_unwind;
use std::path::Path;
use std::vec::Vec;
use std::{fs, println};

fn corpus(of: &str) -> Vec<Vec<u8>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(of);
    let inputs: Vec<_> = fs::read_dir(&dir).unwrap().map(|e| fs::read(e.unwrap().path()).unwrap()).collect();
    assert!(inputs.len() >= 16, "{} inputs in {}", inputs.len(), dir.display());
    inputs
}

#[test]
fn control_messages() {
    corpus("control").iter().for_each(|bytes| check_control::control(bytes, messages(bytes)));
}

#[test]
fn addresses() {
    corpus("address").iter().for_each(|bytes| check_address::address(bytes));
}

#[test]
fn a_decoder_that_finds_too_many_is_flagged() {
    let flagged = |bytes: &Vec<u8>| catch_unwind(|| check_control::control(bytes, broken(bytes))).is_err();
    let n = corpus("control").iter().filter(|bytes| flagged(bytes)).count();
    println!("{n} inputs flag it");
    assert!(n > 0);
}

/// Finds messages inside of messages: the known-bad twin.
fn broken(bytes: &[u8]) -> impl Iterator<Item = Message<'_>> {
    let at = |n: usize| messages(&bytes[n..]).next().map(|m| Message { at: n + HEADER, ..m });
    (0..bytes.len()).step_by(4).filter_map(at)
}
