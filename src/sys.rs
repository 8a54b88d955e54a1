//! What rustix lacks, and the only asm of the crate.
//!
//! | piece | why it is not rustix's |
//! |-------|------------------------|
//! | [`monotonic_nanos`] | rustix asks the vDSO, and finds it with a hidden `prctl` or by opening a file |
//! | [`close`] | rustix's asserts, in debug builds, that it did not fail |
//! | [`ppoll`] | rustix's takes no signal mask |
//! | [`sigprocmask`], [`sigpending`], [`sigtimedwait`] | rustix hides its own behind a name that rotates on purpose |
//! | [`getdents64`] | rustix's reader slices its buffer at an index that the optimiser cannot bound |
//! | [`made`] | rustix asserts that each descriptor it returns is not −1, which is a panic path |
//! | [`NOSIGNAL`] | newer than rustix |
//! | [`seccomp`] | rustix has no filters |
//! | [`epoll`] | rustix's comes with a buffer type of its own |
//! | [`sleep`] | rustix's `epoll_pwait2` takes no signal mask; it lacks `membarrier` |
//! | [`socket`] | rustix's `getsockopt`, `recvfrom` and ancillary buffers hold assertions, and drop what they do not know |
//! | [`copy`] | no syscall: a copy that may race with a peer, which the language's own may not |

#[cfg(all(target_arch = "x86_64", not(miri)))]
pub(crate) mod copy;
pub(crate) mod epoll;
pub(crate) mod fetch;
pub(crate) mod made;
pub(crate) mod seccomp;
pub(crate) mod sleep;
pub(crate) mod socket;

use crate::error::{Call, Error, Result};
use core::ffi::{CStr, c_void};
use rustix::fd::{AsRawFd, BorrowedFd, RawFd};
use rustix::io::ReadWriteFlags;

/// `RWF_NOSIGNAL`, Linux 6.18: a write to a pipe without readers is `EPIPE` and nothing more.
pub(crate) const NOSIGNAL: ReadWriteFlags = ReadWriteFlags::from_bits_retain(0x100);

/// The offset that makes `pwritev2` behave as `writev` does.
pub(crate) const CURRENT_OFFSET: u64 = u64::MAX;

/// The signal set of the kernel's `rt_` calls: bit `n - 1` is signal `n`.
pub(crate) type SigSet = u64;

/// SIGPIPE, alone in a set. Signal 13 on every architecture rustix has a raw backend for.
pub(crate) const SIGPIPE_SET: SigSet = 1 << 12;

const SIGSET_BYTES: usize = size_of::<SigSet>();

/// `struct __kernel_timespec`: 64 bits each on every architecture.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Timespec {
    pub(crate) sec: i64,
    pub(crate) nsec: i64,
}

mod nr {
    use linux_raw_sys::general as g;

    #[cfg(target_pointer_width = "64")]
    pub(super) use g::__NR_fcntl as FCNTL;
    #[cfg(target_pointer_width = "32")]
    pub(super) use g::__NR_fcntl64 as FCNTL;
    pub(super) use g::{
        __NR_accept4 as ACCEPT4, __NR_close as CLOSE, __NR_epoll_create1 as EPOLL_CREATE1,
        __NR_epoll_ctl as EPOLL_CTL, __NR_epoll_pwait as EPOLL_PWAIT, __NR_epoll_pwait2 as EPOLL_PWAIT2,
        __NR_eventfd2 as EVENTFD2, __NR_getdents64 as GETDENTS64, __NR_getsockopt as GETSOCKOPT,
        __NR_membarrier as MEMBARRIER, __NR_memfd_create as MEMFD_CREATE, __NR_openat as OPENAT,
        __NR_prctl as PRCTL, __NR_recvmsg as RECVMSG, __NR_renameat2 as RENAMEAT2,
        __NR_rt_sigpending as SIGPENDING, __NR_rt_sigprocmask as SIGPROCMASK,
        __NR_sched_yield as SCHED_YIELD, __NR_seccomp as SECCOMP, __NR_sendmsg as SENDMSG,
        __NR_setsockopt as SETSOCKOPT, __NR_socket as SOCKET,
    };
    #[cfg(target_pointer_width = "64")]
    pub(super) use g::{
        __NR_clock_gettime as CLOCK_GETTIME, __NR_ppoll as PPOLL, __NR_rt_sigtimedwait as SIGTIMEDWAIT,
    };
    #[cfg(target_pointer_width = "32")]
    pub(super) use g::{
        __NR_clock_gettime64 as CLOCK_GETTIME, __NR_ppoll_time64 as PPOLL,
        __NR_rt_sigtimedwait_time64 as SIGTIMEDWAIT,
    };
}

const CLOCK_MONOTONIC: usize = linux_raw_sys::general::CLOCK_MONOTONIC as usize;
const SIG_BLOCK: usize = linux_raw_sys::general::SIG_BLOCK as usize;
const SIG_SETMASK: usize = linux_raw_sys::general::SIG_SETMASK as usize;

/// `clock_gettime(CLOCK_MONOTONIC)` as a real call, in nanoseconds. With these arguments only a filter
/// refuses it, and a deadline taken from a clock that was not read would lie far off.
#[inline(never)]
pub(crate) fn monotonic_nanos() -> Result<u64> {
    let mut now = Timespec { sec: 0, nsec: 0 };
    // SAFETY: the kernel writes one timespec to a place that holds one.
    unsafe {
        syscall(Call::CLOCK_GETTIME, nr::CLOCK_GETTIME, [CLOCK_MONOTONIC, (&raw mut now) as usize, 0, 0, 0])
    }?;
    // Since the machine was started: it does not wrap.
    Ok((now.sec as u64).wrapping_mul(1_000_000_000).wrapping_add(now.nsec as u64))
}

/// `ppoll(fds, n, timeout, mask)`; the kernel leaves what is left of the time in `timeout`.
///
/// # Safety
/// `fds` points to `n` values laid out as `struct pollfd`, writable.
pub(crate) unsafe fn ppoll(
    fds: *mut c_void,
    n: usize,
    timeout: Option<&mut Timespec>,
    mask: Option<&SigSet>,
) -> Result<usize> {
    let timeout = timeout.map_or(0, |t| (&raw mut *t) as usize);
    let mask = mask.map_or(0, |m| (&raw const *m) as usize);
    // SAFETY: `fds` is the caller's promise; the other two are null or point to what the call expects.
    unsafe { syscall(Call::PPOLL, nr::PPOLL, [fds as usize, n, timeout, mask, SIGSET_BYTES]) }
}

/// Blocks the signals of `set` in this thread and returns the mask before.
pub(crate) fn block_signals(set: SigSet) -> Result<SigSet> {
    let mut old: SigSet = 0;
    let args = [SIG_BLOCK, (&raw const set) as usize, (&raw mut old) as usize, SIGSET_BYTES, 0];
    // SAFETY: the kernel reads one set and writes one set, both of the size it is told.
    unsafe { syscall(Call::RT_SIGPROCMASK, nr::SIGPROCMASK, args) }?;
    Ok(old)
}

/// Puts back a mask that [`block_signals`] returned.
pub(crate) fn set_signal_mask(set: SigSet) -> Result<()> {
    let args = [SIG_SETMASK, (&raw const set) as usize, 0, SIGSET_BYTES, 0];
    // SAFETY: the kernel reads one set of the size it is told; the null says that the old one is not wanted.
    unsafe { syscall(Call::RT_SIGPROCMASK, nr::SIGPROCMASK, args) }.map(drop)
}

/// The signals that wait, blocked, for this thread.
pub(crate) fn sigpending() -> Result<SigSet> {
    let mut set: SigSet = 0;
    // SAFETY: the kernel writes one set of the size it is told.
    unsafe {
        syscall(Call::RT_SIGPENDING, nr::SIGPENDING, [(&raw mut set) as usize, SIGSET_BYTES, 0, 0, 0])
    }?;
    Ok(set)
}

/// Takes a pending signal of `set` off this thread without waiting; `EAGAIN` where none is pending.
pub(crate) fn take_pending(set: SigSet) -> Result<()> {
    let zero = Timespec { sec: 0, nsec: 0 };
    let args = [(&raw const set) as usize, 0, (&raw const zero) as usize, SIGSET_BYTES, 0];
    // SAFETY: the kernel reads one set and one timespec; the null in between says that no siginfo is wanted.
    unsafe { syscall(Call::RT_SIGTIMEDWAIT, nr::SIGTIMEDWAIT, args) }.map(drop)
}

/// `close(fd)`, whatever it returns: by then the number is free, and may be another's.
#[inline(never)] // a descriptor is dropped in many places, and never in haste
pub(crate) fn close(fd: RawFd) {
    // SAFETY: no memory of ours is read or written; that the number is its caller's to close is its promise.
    let _ = unsafe { syscall(Call::CLOSE, nr::CLOSE, [fd as usize, 0, 0, 0, 0]) };
}

/// `getdents64(dir, buf)`: as many whole `struct linux_dirent64` as fit; 0 at the end.
pub(crate) fn getdents64(dir: BorrowedFd<'_>, buf: &mut [u8]) -> Result<usize> {
    let args = [dir.as_raw_fd() as usize, buf.as_mut_ptr() as usize, buf.len(), 0, 0];
    // SAFETY: the kernel writes at most as many bytes as it is told that the slice has.
    unsafe { syscall(Call::GETDENTS64, nr::GETDENTS64, args) }
}

/// `renameat2(from, to, 0)`, of which a C library would make another call.
pub(crate) fn rename(from: &CStr, to: &CStr) -> Result<()> {
    let cwd = linux_raw_sys::general::AT_FDCWD as usize;
    let args = [cwd, from.as_ptr() as usize, cwd, to.as_ptr() as usize, 0];
    // SAFETY: both end with a NUL.
    unsafe { syscall(Call::RENAMEAT2, nr::RENAMEAT2, args) }.map(drop)
}

/// Issues syscall `nr`, which is `call`, and splits what it returns.
///
/// The error is made from the number: an `Errno` made here would bring rustix's assertion of its range into every
/// caller, and the optimiser does not see that it holds.
///
/// # Safety
/// As the call itself asks of its arguments.
#[inline]
unsafe fn syscall(call: Call, nr: u32, [a, b, c, d, e]: [usize; 5]) -> Result<usize> {
    // SAFETY: passed on; a call of five does not look at the sixth.
    unsafe { syscall6(call, nr, [a, b, c, d, e, 0]) }
}

/// As [`syscall`], for a call of six.
///
/// # Safety
/// As the call itself asks of its arguments.
#[inline]
unsafe fn syscall6(call: Call, nr: u32, args: [usize; 6]) -> Result<usize> {
    // SAFETY: passed on.
    let ret = unsafe { arch::syscall6(nr as usize, args) };
    // The kernel's errors are the last 4095 values.
    match ret.wrapping_neg() {
        errno @ 1..=4095 => Err(Error::kernel_raw(call, errno)),
        _ => Ok(ret),
    }
}

#[cfg(feature = "libc")]
mod arch {
    pub(super) unsafe fn syscall6(nr: usize, [a, b, c, d, e, f]: [usize; 6]) -> usize {
        // SAFETY: passed on.
        match unsafe { libc::syscall(nr as libc::c_long, a, b, c, d, e, f) } {
            -1 => {
                // SAFETY: it has nothing to ask for.
                let errno = unsafe { libc::__errno_location() };
                // SAFETY: libc's own cell, valid in every thread.
                (unsafe { *errno } as isize).wrapping_neg() as usize
            }
            n => n as usize,
        }
    }
}

#[cfg(all(not(feature = "libc"), target_arch = "x86_64"))]
mod arch {
    pub(super) unsafe fn syscall6(nr: usize, [a, b, c, d, e, f]: [usize; 6]) -> usize {
        let ret;
        // SAFETY: the x86-64 convention; what the kernel writes is the caller's promise.
        unsafe {
            core::arch::asm!("syscall", inlateout("rax") nr => ret, in("rdi") a, in("rsi") b, in("rdx") c,
                in("r10") d, in("r8") e, in("r9") f, lateout("rcx") _, lateout("r11") _, options(nostack, preserves_flags));
        }
        ret
    }
}

#[cfg(all(not(feature = "libc"), target_arch = "aarch64"))]
mod arch {
    pub(super) unsafe fn syscall6(nr: usize, [a, b, c, d, e, f]: [usize; 6]) -> usize {
        let ret;
        // SAFETY: the aarch64 convention; what the kernel writes is the caller's promise.
        unsafe {
            core::arch::asm!("svc 0", in("x8") nr, inlateout("x0") a => ret, in("x1") b, in("x2") c,
                in("x3") d, in("x4") e, in("x5") f, options(nostack, preserves_flags));
        }
        ret
    }
}

#[cfg(all(not(feature = "libc"), target_arch = "riscv64"))]
mod arch {
    pub(super) unsafe fn syscall6(nr: usize, [a, b, c, d, e, f]: [usize; 6]) -> usize {
        let ret;
        // SAFETY: the riscv64 convention; what the kernel writes is the caller's promise.
        unsafe {
            core::arch::asm!("ecall", in("a7") nr, inlateout("a0") a => ret, in("a1") b, in("a2") c,
                in("a3") d, in("a4") e, in("a5") f, options(nostack));
        }
        ret
    }
}

#[cfg(all(not(feature = "libc"), target_arch = "arm"))]
mod arch {
    pub(super) unsafe fn syscall6(nr: usize, [a, b, c, d, e, f]: [usize; 6]) -> usize {
        let ret;
        // SAFETY: the EABI convention; r7 may be the frame pointer, so it is saved around the call.
        unsafe {
            core::arch::asm!("mov {keep}, r7", "mov r7, {nr}", "svc 0", "mov r7, {keep}",
                nr = in(reg) nr, keep = out(reg) _, inlateout("r0") a => ret, in("r1") b, in("r2") c,
                in("r3") d, in("r4") e, in("r5") f, options(nostack));
        }
        ret
    }
}

#[cfg(all(not(feature = "libc"), target_arch = "x86"))]
mod arch {
    pub(super) unsafe fn syscall6(nr: usize, [a, b, c, d, e, f]: [usize; 6]) -> usize {
        // LLVM keeps ebx and esi for itself, and gives them out as any other: an operand in a register of its
        // choice could lie in either. So all but one of the arguments are fetched from memory.
        let args = [a, b, d, e, f];
        let ret;
        // SAFETY: the i386 convention; ebx, esi and ebp are saved around the call, and `args` lives as long.
        unsafe {
            core::arch::asm!("push ebx", "push esi", "push ebp", "mov ebx, [ecx]", "mov esi, [ecx + 8]",
                "mov edi, [ecx + 12]", "mov ebp, [ecx + 16]", "mov ecx, [ecx + 4]", "int 0x80", "pop ebp",
                "pop esi", "pop ebx",
                inlateout("eax") nr => ret, inlateout("ecx") args.as_ptr() => _, in("edx") c,
                lateout("edi") _);
        }
        ret
    }
}

#[cfg(all(
    not(feature = "libc"),
    not(any(
        target_arch = "x86_64",
        target_arch = "aarch64",
        target_arch = "riscv64",
        target_arch = "arm",
        target_arch = "x86"
    ))
))]
compile_error!("rawipc has no syscall instruction for this architecture: enable the `libc` feature");

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::io::Errno;

    #[test]
    fn the_clock_goes_forward() {
        let a = monotonic_nanos().unwrap();
        assert!(a > 0 && monotonic_nanos().unwrap() >= a);
    }

    #[test]
    fn an_error_is_told_from_a_value() {
        let mut left = Timespec { sec: 0, nsec: -1 };
        // SAFETY: no descriptors at all.
        let e = unsafe { ppoll(core::ptr::null_mut(), 0, Some(&mut left), None) }.unwrap_err();
        assert_eq!(e, Error::kernel(Call::PPOLL, Errno::INVAL));
    }

    #[test]
    fn a_mask_is_put_back() {
        let before = block_signals(0).unwrap();
        assert_eq!(block_signals(SIGPIPE_SET).unwrap(), before);
        assert_eq!(block_signals(0).unwrap(), before | SIGPIPE_SET);
        assert_eq!(sigpending().unwrap() & SIGPIPE_SET, 0);
        assert!(take_pending(SIGPIPE_SET).unwrap_err().is_again());
        set_signal_mask(before).unwrap();
        assert_eq!(block_signals(0).unwrap(), before);
    }
}
