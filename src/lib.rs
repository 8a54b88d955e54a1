#![no_std]
#![deny(unsafe_code)]
#![warn(missing_docs, unreachable_pub, unsafe_op_in_unsafe_fn)]
#![warn(
    clippy::undocumented_unsafe_blocks,
    clippy::missing_safety_doc,
    clippy::multiple_unsafe_ops_per_block
)]
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::std_instead_of_core
    )
)]
//! placeholder

#[cfg(test)]
extern crate std;

pub mod channel;
mod error;
#[allow(unsafe_code)]
pub mod fd;
pub mod fifo;
pub mod frame;
pub mod memory;
pub mod pipe;
pub mod proc;
pub mod ring;
pub mod rpc;
pub mod socket;
#[allow(unsafe_code)]
mod sys;
#[allow(unsafe_code)]
pub mod wait;

pub use channel::{ByteRead, ByteWrite, Duplex, Receiver, Sender};
pub use error::{Call, Errno, Error, Origin, Result};
pub use wait::Wait;
