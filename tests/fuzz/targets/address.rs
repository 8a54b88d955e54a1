//! Socket addresses: the first two bytes are the length that the kernel tells.

#![no_main]
#![allow(dead_code)]

#[path = "../../../src/socket/address.rs"]
mod address;
#[path = "../src/address.rs"]
mod check;

/// What the address needs of the crate's own.
mod error {
    pub use rawipc::Errno;

    pub type Result<T> = core::result::Result<T, Error>;

    #[derive(Debug)]
    pub struct Error(pub Call, pub Errno);

    #[derive(Clone, Copy, Debug)]
    pub enum Call {
        BIND,
    }

    impl Error {
        pub fn argument(call: Call, errno: Errno) -> Error {
            Error(call, errno)
        }
    }
}

mod sys {
    pub mod socket {
        pub const ADDRESS_BYTES: usize = 111;
    }
}

use address::Address;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::address(bytes));
