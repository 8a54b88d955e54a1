//! The two calls that put a filter in front of a thread's syscalls.

use super::{nr, syscall};
use crate::error::{Call, Result};
use core::ffi::c_void;
use linux_raw_sys::{prctl, ptrace};

/// `struct sock_fprog`.
#[repr(C)]
struct Program {
    len: u16,
    instructions: *const c_void,
}

/// Whom a filter is put in front of.
#[derive(Clone, Copy)]
pub(crate) enum Threads {
    Own,
    All,
}

/// `prctl(PR_SET_NO_NEW_PRIVS, 1)`: what is exec'd from here on gains no privileges.
pub(crate) fn no_new_privileges() -> Result<()> {
    // SAFETY: plain numbers.
    unsafe { syscall(Call::PRCTL, nr::PRCTL, [prctl::PR_SET_NO_NEW_PRIVS as usize, 1, 0, 0, 0]) }.map(drop)
}

/// `seccomp(SECCOMP_SET_MODE_FILTER, flags, program)`.
///
/// # Safety
/// `instructions` points to `len` values laid out as `struct sock_filter`.
pub(crate) unsafe fn set_filter(threads: Threads, instructions: *const c_void, len: u16) -> Result<()> {
    let program = Program { len, instructions };
    let flags = match threads {
        Threads::Own => 0,
        // Without the second flag a thread that cannot follow is named by a positive answer.
        Threads::All => ptrace::SECCOMP_FILTER_FLAG_TSYNC | ptrace::SECCOMP_FILTER_FLAG_TSYNC_ESRCH,
    };
    let args =
        [ptrace::SECCOMP_SET_MODE_FILTER as usize, flags as usize, (&raw const program) as usize, 0, 0];
    // SAFETY: the kernel reads one program, whose instructions are the caller's promise, and writes nothing.
    unsafe { syscall(Call::SECCOMP, nr::SECCOMP, args) }.map(drop)
}
