//! The calls that are no business of rawipc's: processes, and a line of output.

use core::arch::asm;

use linux_raw_sys::general as k;

/// Writes to standard output.
pub fn say(text: &[u8]) {
    // SAFETY: reads the slice.
    unsafe { call(k::__NR_write, [1, text.as_ptr().addr(), text.len(), 0]) };
}

/// Ends the process.
pub fn exit(status: i32) -> ! {
    loop {
        // SAFETY: touches no memory.
        unsafe { call(k::__NR_exit_group, [status as usize, 0, 0, 0]) };
    }
}

/// Splits the process: 0 in the child, its pid in the parent, `-errno` where there is none.
pub fn fork() -> isize {
    // SAFETY: without CLONE_VM and without a stack of its own, the child has a copy of everything.
    unsafe { call(k::__NR_clone, [k::SIGCHLD as usize, 0, 0, 0]) }
}

/// Waits until this child has ended: whether it did well.
pub fn reap(child: isize) -> bool {
    let mut status = 0_i32;
    // SAFETY: the kernel writes one status.
    let reaped = unsafe { call(k::__NR_wait4, [child as usize, (&raw mut status).addr(), 0, 0]) };
    reaped == child && status == 0
}

/// Takes the status of one child that has ended, if any has.
pub fn reap_any() -> bool {
    // SAFETY: without a place for the status, nothing is written.
    unsafe { call(k::__NR_wait4, [usize::MAX, 0, k::WNOHANG as usize, 0]) > 0 }
}

/// A syscall.
///
/// # Safety
/// As the call itself asks of its arguments.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) unsafe fn call(nr: u32, [a, b, c, d]: [usize; 4]) -> isize {
    let ret;
    // SAFETY: the x86-64 convention; what the kernel reads and writes is the caller's promise.
    unsafe {
        asm!("syscall", inlateout("rax") nr as usize => ret, in("rdi") a, in("rsi") b, in("rdx") c, in("r10") d,
            lateout("rcx") _, lateout("r11") _, options(nostack, preserves_flags));
    }
    ret
}

/// As on x86-64.
#[cfg(target_arch = "aarch64")]
#[inline(always)]
pub(crate) unsafe fn call(nr: u32, [a, b, c, d]: [usize; 4]) -> isize {
    let ret;
    // SAFETY: the aarch64 convention; what the kernel reads and writes is the caller's promise.
    unsafe {
        asm!("svc 0", in("x8") nr as usize, inlateout("x0") a => ret, in("x1") b, in("x2") c, in("x3") d,
            options(nostack, preserves_flags));
    }
    ret
}
