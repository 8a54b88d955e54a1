//! The number, or numbers, that a call has on this architecture.

use crate::error::Call;
use linux_raw_sys::general as g;
use linux_raw_sys::ptrace;

/// The architecture's name for itself in front of each number, so that another's numbers are not taken for ours.
#[cfg(target_arch = "x86_64")]
pub(super) const ARCHITECTURE: Option<u32> = Some(ptrace::AUDIT_ARCH_X86_64);
#[cfg(target_arch = "aarch64")]
pub(super) const ARCHITECTURE: Option<u32> = Some(ptrace::AUDIT_ARCH_AARCH64);
#[cfg(target_arch = "riscv64")]
pub(super) const ARCHITECTURE: Option<u32> = Some(ptrace::AUDIT_ARCH_RISCV64);
#[cfg(target_arch = "arm")]
pub(super) const ARCHITECTURE: Option<u32> = Some(ptrace::AUDIT_ARCH_ARM);
#[cfg(target_arch = "x86")]
pub(super) const ARCHITECTURE: Option<u32> = Some(ptrace::AUDIT_ARCH_I386);
#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64",
    target_arch = "arm",
    target_arch = "x86"
)))]
pub(super) const ARCHITECTURE: Option<u32> = None;

/// From here on the numbers are those of x32, a second ABI of the same architecture.
#[cfg(target_arch = "x86_64")]
pub(super) const FOREIGN_FROM: Option<u32> = Some(0x4000_0000);
#[cfg(not(target_arch = "x86_64"))]
pub(super) const FOREIGN_FROM: Option<u32> = None;

/// The number whose arguments a check is about.
pub(super) fn number(call: Call) -> Option<u32> {
    let mut all = COMMON.iter().chain(BY_WIDTH);
    all.find(|(listed, _)| *listed == call).map(|(_, number)| *number)
}

/// What is called in its place, or before it, by the code below us.
pub(super) fn stand_in(call: Call) -> Option<u32> {
    STAND_INS.iter().find(|(listed, _)| listed.contains(&call)).map(|(_, number)| *number)
}

macro_rules! numbers {
    ($($call:ident $number:ident),+ $(,)?) => { &[$((Call::$call, g::$number)),+] };
}

/// The same everywhere.
#[rustfmt::skip]
const COMMON: &[(Call, u32)] = numbers! {
    ACCEPT4 __NR_accept4, BIND __NR_bind, CLOSE __NR_close, CONNECT __NR_connect, DUP3 __NR_dup3,
    EPOLL_CREATE1 __NR_epoll_create1, EPOLL_CTL __NR_epoll_ctl, EPOLL_PWAIT __NR_epoll_pwait,
    EPOLL_PWAIT2 __NR_epoll_pwait2, EVENTFD2 __NR_eventfd2, EXIT __NR_exit, EXIT_GROUP __NR_exit_group, FALLOCATE __NR_fallocate, FCHMOD __NR_fchmod, FLOCK __NR_flock,
    GETDENTS64 __NR_getdents64, GETPID __NR_getpid, GETSOCKNAME __NR_getsockname,
    GETSOCKOPT __NR_getsockopt, IOCTL __NR_ioctl, LISTEN __NR_listen, MADVISE __NR_madvise, MEMBARRIER __NR_membarrier,
    MEMFD_CREATE __NR_memfd_create, MKNODAT __NR_mknodat, MPROTECT __NR_mprotect, MUNMAP __NR_munmap,
    OPENAT __NR_openat, PIPE2 __NR_pipe2, PRCTL __NR_prctl, PREADV2 __NR_preadv2, PWRITEV2 __NR_pwritev2,
    READ __NR_read, READLINKAT __NR_readlinkat, RECVFROM __NR_recvfrom, RECVMSG __NR_recvmsg, RENAMEAT2 __NR_renameat2,
    RESTART_SYSCALL __NR_restart_syscall, RT_SIGPENDING __NR_rt_sigpending,
    RT_SIGPROCMASK __NR_rt_sigprocmask, RT_SIGRETURN __NR_rt_sigreturn, SCHED_YIELD __NR_sched_yield,
    SECCOMP __NR_seccomp, SENDMSG __NR_sendmsg, SENDTO __NR_sendto, SETSOCKOPT __NR_setsockopt,
    SHUTDOWN __NR_shutdown, SOCKET __NR_socket, SOCKETPAIR __NR_socketpair, STATX __NR_statx,
    UNLINKAT __NR_unlinkat, WRITE __NR_write, WRITEV __NR_writev,
};

#[cfg(target_pointer_width = "64")]
const BY_WIDTH: &[(Call, u32)] = numbers! {
    CLOCK_GETTIME __NR_clock_gettime, FCNTL __NR_fcntl, FSTAT __NR_fstat, FSTATFS __NR_fstatfs,
    FTRUNCATE __NR_ftruncate, GETEUID __NR_geteuid, MMAP __NR_mmap, NEWFSTATAT __NR_newfstatat,
    PPOLL __NR_ppoll, RT_SIGTIMEDWAIT __NR_rt_sigtimedwait,
};
#[cfg(target_pointer_width = "32")]
const BY_WIDTH: &[(Call, u32)] = numbers! {
    CLOCK_GETTIME __NR_clock_gettime64, FCNTL __NR_fcntl64, FSTAT __NR_fstat64, FSTATFS __NR_fstatfs64,
    FTRUNCATE __NR_ftruncate64, GETEUID __NR_geteuid32, MMAP __NR_mmap2, NEWFSTATAT __NR_fstatat64,
    PPOLL __NR_ppoll_time64, RT_SIGTIMEDWAIT __NR_rt_sigtimedwait_time64,
};

/// A C library may ask for the one by the other.
#[cfg(all(target_pointer_width = "64", feature = "libc"))]
const STAND_INS: &[(&[Call], u32)] = &[(&[Call::FSTAT], g::__NR_newfstatat)];
#[cfg(all(target_pointer_width = "64", not(feature = "libc")))]
const STAND_INS: &[(&[Call], u32)] = &[];
/// `stat` of 32 bits cannot tell of the years after 2038, so `statx` is tried first.
#[cfg(all(target_pointer_width = "32", not(target_arch = "x86")))]
const STAND_INS: &[(&[Call], u32)] = &[(&[Call::FSTAT, Call::NEWFSTATAT], g::__NR_statx)];
/// And one call stands for all that sockets do, its arguments in memory, where no filter can see them: the family
/// goes unchecked there.
#[cfg(target_arch = "x86")]
const STAND_INS: &[(&[Call], u32)] = &[
    (&[Call::FSTAT, Call::NEWFSTATAT], g::__NR_statx),
    (
        &[
            Call::ACCEPT4,
            Call::BIND,
            Call::CONNECT,
            Call::GETSOCKNAME,
            Call::GETSOCKOPT,
            Call::LISTEN,
            Call::RECVFROM,
            Call::RECVMSG,
            Call::SENDMSG,
            Call::SENDTO,
            Call::SETSOCKOPT,
            Call::SHUTDOWN,
            Call::SOCKET,
            Call::SOCKETPAIR,
        ],
        g::__NR_socketcall,
    ),
];
