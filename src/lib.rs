//! Every local way a Linux process can talk to another, by raw syscalls: `no_std`, no allocator, no libc.
//!
//! A process cannot see another's variables: whatever they exchange goes through something that the kernel
//! provides, and both must be able to name it.
//!
//! | module | named by | ends |
//! |--------|----------|------|
//! | [`pipe`] | a descriptor that is inherited | [`ReadEnd`](pipe::ReadEnd), [`WriteEnd`](pipe::WriteEnd); [`PacketReceiver`](pipe::PacketReceiver), [`PacketSender`](pipe::PacketSender) |
//! | [`fifo`] | a path, a file of type `p` | the same |
//! | [`memory`] | inheritance, a descriptor, a path | mappings |
//! | [`ring`] | inheritance, a socket that strangers share | whole messages in mapped memory |
//! | [`socket`] | a path, a file of type `s`, or an abstract name | stream, seqpacket, datagram |
//! | [`frame`] | what it is put over | whole messages on any byte stream |
//! | [`rpc`] | what it is put over | remote calls over any two-way channel |
//!
//! [`wait`] has deadlines and readiness of several descriptors, [`proc`] shows what a process holds, [`seccomp`]
//! leaves a process the calls that it makes and no others.
//!
//! # Examples
//! A child answers its parent. Each keeps one end and drops the other; [`channel`] has the contract that both
//! can count on.
//! ```
//! use rawipc::{Receiver, Sender, Wait, pipe};
//!
//! let (mut receiver, mut sender) = pipe::packet_pair()?;
//! // SAFETY: the child makes raw calls only, and leaves.
//! if unsafe { libc::fork() } == 0 {
//!     drop(receiver);
//!     let sent = sender.send(b"from the child", Wait::FOREVER);
//!     // SAFETY: ends the child.
//!     unsafe { libc::_exit(sent.is_err() as i32) };
//! }
//! drop(sender);
//! let mut buf = [0; pipe::PIPE_BUF];
//! let len = receiver.recv(&mut buf, Wait::FOREVER)?;
//! assert_eq!(buf.get(..len), Some(&b"from the child"[..]));
//! assert_eq!(receiver.recv(&mut buf, Wait::FOREVER)?, 0); // it is gone
//! # Ok::<(), rawipc::Error>(())
//! ```
//!
//! # Guarantees
//! - Each function that reaches the kernel lists its syscalls, case by case, and makes no other.
//! - A bad argument is refused before any syscall; an [`Error`] names the syscall and the errno.
//! - No panic path, no allocator, no thread-local, no writable static; at most 1 KiB of stack.
//! - No signal is raised, and no signal disposition touched.
//! - Every descriptor is close-on-exec from the call that makes it, and closed on every error path.
//! - A peer may be malicious: it gets an error out of us, at the worst.
//!
//! # Async-signal-safety
//! A function that says *async-signal-safe* may be called where nothing else may: in a signal handler, whatever it
//! interrupted, `malloc` included; in the child of a `fork` in a process with threads, before its `exec`; on an
//! alternate stack of 16 KiB. It takes no lock, allocates nothing, and leaves `errno` as it was, other than with the
//! feature `libc`. What makes no syscall says nothing and is safe as well, and so are the trait methods that
//! [`channel`] only declares, as far as this crate implements them.
//!
//! Two things remain the caller's. An end is used by one at a time: a handler that calls what it interrupted in the
//! middle of a call *on the same end* does what two threads may not do either. And a wait in a handler waits.
//!
//! # Layers
//! ```text
//! composites   frame    rpc                               know the traits of channel alone
//! mechanisms   pipe <- fifo     memory <- ring -> socket     proc     seccomp
//! base         channel    wait    fd    error
//! kernel       rustix, and sys for what rustix lacks
//! ```
//!
//! # Features
//! - `std`: descriptors turn into the standard library's and back ([`fd::OwnedFd`] is then its type). The crate
//!   itself stays `no_std`.
//! - `libc`: syscalls go through libc, for sanitizers, Miri and architectures without a raw backend.
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

#[cfg(any(test, fuzzing))]
extern crate std;

#[cfg(test)]
#[path = "../tests/support/scratch.rs"]
mod scratch;

#[cfg(test)]
#[path = "../tests/support/skip.rs"]
mod skip;

/// For tests/fuzz alone: what a peer can do to a ring, and what comes of it.
#[cfg(fuzzing)]
#[doc(hidden)]
pub fn fuzz_ring(bytes: &[u8]) {
    ring::fuzz::ring(bytes);
}

/// The example of the README is compiled and run as the others are.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

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
pub mod seccomp;
pub mod socket;
#[allow(unsafe_code)]
mod sys;
#[allow(unsafe_code)]
pub mod wait;

pub use channel::{ByteRead, ByteWrite, Duplex, Receiver, Sender};
pub use error::{Call, Errno, Error, Origin, Result};
pub use wait::Wait;
