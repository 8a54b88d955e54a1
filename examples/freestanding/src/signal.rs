//! Signals: held back, let through, and handled.

use core::arch::global_asm;

use linux_raw_sys::general as k;

use crate::kernel::call;

/// A set of signals: bit `n - 1` is signal `n`.
#[derive(Clone, Copy)]
pub struct Signals(pub u64);

impl Signals {
    pub const NONE: Signals = Signals(0);
    pub const CHILD: Signals = Signals(1 << (k::SIGCHLD - 1));
    pub const TERMINATE: Signals = Signals(1 << (k::SIGTERM - 1));

    /// Those of both.
    pub const fn and(self, other: Signals) -> Signals {
        Signals(self.0 | other.0)
    }

    /// Whether any of `other` is in here.
    pub const fn any_of(self, other: Signals) -> bool {
        self.0 & other.0 != 0
    }

    /// Has `handler` run where one of these comes.
    pub fn handle(self, handler: extern "C" fn(i32)) {
        let action = k::kernel_sigaction {
            sa_handler_kernel: Some(handler),
            sa_flags: k::SA_RESTORER.into(),
            sa_restorer: Some(restorer),
            sa_mask: k::kernel_sigset_t { sig: [0] },
        };
        let action = (&raw const action).addr();
        for signal in (1..=64).filter(|n| self.any_of(Signals(1_u64.wrapping_shl(n - 1)))) {
            // SAFETY: the kernel reads one action.
            unsafe { call(k::__NR_rt_sigaction, [signal as usize, action, 0, SET_BYTES]) };
        }
    }

    /// Holds these back, and no others.
    pub fn block(self) {
        let set = (&raw const self.0).addr();
        // SAFETY: the kernel reads one set.
        unsafe { call(k::__NR_rt_sigprocmask, [k::SIG_SETMASK as usize, set, 0, SET_BYTES]) };
    }
}

const SET_BYTES: usize = size_of::<u64>();

unsafe extern "C" {
    /// What a handler returns to.
    fn restorer();
}

#[cfg(target_arch = "x86_64")]
global_asm!(
    ".section .text.restorer,\"ax\",@progbits",
    ".globl restorer",
    "restorer:",
    "mov eax, 15", // rt_sigreturn
    "syscall",
    ".text",
);

#[cfg(target_arch = "aarch64")]
global_asm!(
    ".section .text.restorer,\"ax\",@progbits",
    ".globl restorer",
    "restorer:",
    "mov x8, #139", // rt_sigreturn
    "svc 0",
    ".text",
);
