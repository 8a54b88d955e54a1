//! The inputs that fuzzing found worth keeping, replayed; `tests/fuzz/run ring` looks for more.

use super::super::{State, fuzz};
use std::panic::catch_unwind;
use std::path::Path;
use std::vec::Vec;
use std::{fs, println};

fn corpus() -> Vec<Vec<u8>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus/ring");
    let inputs: Vec<_> = fs::read_dir(&dir).unwrap().map(|e| fs::read(e.unwrap().path()).unwrap()).collect();
    assert!(inputs.len() >= 16, "{} inputs in {}", inputs.len(), dir.display());
    inputs
}

#[test]
fn every_input_is_answered_as_a_ring_may() {
    corpus().iter().for_each(|bytes| fuzz::ring(bytes));
}

/// The known-bad twin: what was corrupt is used again.
#[test]
fn a_ring_that_forgets_is_flagged() {
    let forgetful = |bytes: &Vec<u8>| fuzz::act(bytes, |consumer| consumer.side.state = State::Open);
    let flagged = |bytes: &&Vec<u8>| catch_unwind(|| forgetful(bytes)).is_err();
    let n = corpus().iter().filter(flagged).count();
    println!("{n} inputs flag it");
    assert!(n > 0);
}
