//! Socket addresses: the first two bytes are the length that the kernel tells.

#![no_main]
#![allow(dead_code)]

#[path = "../../../src/socket/address.rs"]
mod address;
#[path = "../src/address.rs"]
mod check;
#[path = "../../../src/error.rs"]
mod error;

/// What the address needs of the crate's own.
mod sys {
    pub mod socket {
        pub const ADDRESS_BYTES: usize = 111;
    }
}

use address::Address;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::address(bytes));
