//! What callers get wrong and what others plant: each a named error, nothing lost, nothing leaked.
//!
//! The runner compares descriptors, mappings and files after each of these.

mod descriptors;
mod limits;
mod paths;
mod socket_names;

use crate::runner::List;
use rawipc::{Errno, Error, Result};

pub fn tests(list: &mut List) {
    paths::tests(list);
    socket_names::tests(list);
    descriptors::tests(list);
    limits::tests(list);
}

/// The error, which must be this one.
#[track_caller]
fn refused<T>(answer: Result<T>, errno: Errno) -> Error {
    match answer {
        Ok(_) => panic!("accepted where {errno:?} was due"),
        Err(e) => {
            assert_eq!(e.errno(), errno, "{e}");
            e
        }
    }
}
