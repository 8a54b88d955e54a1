//! rawipc: every local way a Linux process can talk to another, by raw syscalls.
//!
//! No allocator, no libc, no thread of its own, no writable static, no hidden syscall. Everything lies in memory
//! that the caller owns, and every function tells below which syscalls it makes, case by case.
//!
//! A first program, built by `cc first.c $(pkg-config --cflags --libs rawipc)`:
//! ```c
//! #include <rawipc.h>
//! #include <stdio.h>
//!
//! int main(void)
//! {
//!     int receiver, sender;
//!     char buf[RAWIPC_PIPE_BUF];
//!     rawipc_error error;
//!
//!     if (rawipc_pipe_packet_pair(&receiver, &sender, &error) < 0) {
//!         fprintf(stderr, "%s: errno %d\n", rawipc_error_call(&error), error.code);
//!         return 1;
//!     }
//!     rawipc_pipe_send(sender, "hello", 5, NULL, NULL);
//!     ssize_t len = rawipc_pipe_recv(receiver, buf, sizeof buf, NULL, NULL);
//!     printf("%.*s\n", (int)len, buf);
//! }
//! ```
//!
//! # What holds everywhere
//! - **Answers.** 0, or a length, or a descriptor; where something is wrong, `-errno`. What an errno cannot carry,
//!   which call said it, who found it and how large a buffer must be, goes to a `rawipc_error`, the last argument
//!   of what can fail. It may be NULL, and is written on failure alone. So are all other outputs on success alone.
//! - **Waits.** A function that can wait takes a `const rawipc_wait *`; NULL waits for ever. Its twin without one,
//!   `…_try_…`, answers -EAGAIN instead. A signal handler runs and the wait goes on, unless it is asked otherwise.
//! - **Descriptors** are plain numbers where the kernel has one and nothing else is kept. All are close-on-exec
//!   from the call that makes them; close them with close(2) or rawipc_fd_close(). Files are 0600 unless the caller
//!   says otherwise.
//! - **Handles** are structs that the caller declares, anywhere; what is in them is the library's. A handle does not
//!   move: one that was copied, zeroed, closed already or made by another function is -EINVAL, before any syscall.
//!   One that was never written to holds what was in its memory: it must not be passed to anything but the
//!   function that makes it.
//! - **Options** are structs that begin with their size, so that a program and a library of different ages go
//!   together: members that the program does not know yet have their defaults, members that the library does not
//!   know must be 0 (-E2BIG), and so must flags (-EINVAL). NULL stands for the defaults.
//! - **Misuse** is answered: a NULL that must not be one is -EFAULT, a negative descriptor -EBADF, a length that no
//!   memory has -EINVAL, all before any syscall.
//! - **Signals.** None is raised, SIGPIPE neither, and no disposition is touched.
//! - **Threads.** Functions keep nothing between calls. One handle is for one thread at a time.
//! - **Messages** go whole or not at all, in order, and are never empty and never cut: see docs/c-api.md.
#![no_std]
#![allow(non_camel_case_types, unsafe_code)]
#![allow(clippy::missing_safety_doc)] // what the caller must see to stands in the header, for all functions once
#![warn(missing_docs, unreachable_pub, unsafe_op_in_unsafe_fn)]
#![warn(clippy::undocumented_unsafe_blocks, clippy::multiple_unsafe_ops_per_block)]
#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_core
)]

// Where the crate brings std, or panics unwind as in `cargo test`, the panic handler is std's; no panic gets there.
#[cfg(any(feature = "std", panic = "unwind"))]
extern crate std;

mod arg;
mod handle;
mod layout;
#[cfg(not(any(feature = "std", panic = "unwind")))]
mod trap;

use layout::layout;

// In the order of the header's sections; apart, so that rustfmt leaves it.
pub mod error;

pub mod wait;

pub mod fd;

pub mod pipe;

pub mod fifo;

pub mod memory;

pub mod ring;

pub mod socket;

pub mod frame;

pub mod rpc;

pub mod proc;

pub mod seccomp;

/// C's, which Rust has no name for.
pub type ssize_t = isize;
