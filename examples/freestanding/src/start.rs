//! The first instructions of a process.

use core::ffi::{CStr, c_char};

/// What the program was called with. It lies at the beginning of the stack, where execve(2) put it.
#[repr(transparent)]
pub struct Arguments(usize);

impl Arguments {
    /// The `n`th; the program's own name is the 0th.
    pub fn get(&self, n: usize) -> Option<&'static CStr> {
        if n >= self.0 {
            return None;
        }
        // Behind their number stand as many pointers, and then a null.
        let first = (&raw const *self).cast::<*const c_char>().wrapping_add(1);
        // SAFETY: there are more than `n`, and they stay where they are as long as the process lives.
        let argument = unsafe { *first.wrapping_add(n) };
        // SAFETY: the kernel ended each with a NUL.
        Some(unsafe { CStr::from_ptr(argument) })
    }
}

/// `entry!(main)`, in front of `extern "C" fn main(arguments: &Arguments) -> i32`: calls it with an aligned stack, and
/// ends the process with what it returns.
#[cfg(target_arch = "x86_64")]
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        core::arch::global_asm!(
            ".section .text._start,\"ax\",@progbits",
            ".globl _start",
            "_start:",
            "mov rdi, rsp",
            "call {main}",
            "mov edi, eax",
            "mov eax, 231", // exit_group
            "syscall",
            ".text",
            main = sym $main,
        );
    };
}

/// As on x86-64.
#[cfg(target_arch = "aarch64")]
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        core::arch::global_asm!(
            ".section .text._start,\"ax\",@progbits",
            ".globl _start",
            "_start:",
            "mov x0, sp",
            "bl {main}",
            "mov x8, #94", // exit_group
            "svc 0",
            ".text",
            main = sym $main,
        );
    };
}
