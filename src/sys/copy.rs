//! A copy that the compiler does not look into, so that a peer that writes meanwhile is no data race of the language.
//!
//! Up to 64 bytes go through registers, in line with the caller; longer ones by a loop out of line, and from [`REP`] on
//! by `rep movsb`, which takes longer to begin. What is no multiple of the registers is copied from both ends, and the
//! bytes in the middle twice. A crate that is built to be small has `rep movsb` alone.

use core::arch::asm;

/// # Safety
/// `n` bytes are mapped from `from` on, and `n` for writing from `to` on; they do not overlap.
#[inline]
pub(crate) unsafe fn copy(to: *mut u8, from: *const u8, n: usize) {
    if cfg!(small) || n > 64 {
        // SAFETY: passed on.
        unsafe { long(to, from, n) };
    } else if n > 32 {
        // SAFETY: more than two of these fit, twice two do not.
        unsafe {
            asm!("movups {a}, [{f}]", "movups {b}, [{f} + 16]",
                "movups {c}, [{f} + {n} - 32]", "movups {d}, [{f} + {n} - 16]",
                "movups [{t}], {a}", "movups [{t} + 16], {b}",
                "movups [{t} + {n} - 32], {c}", "movups [{t} + {n} - 16], {d}",
                f = in(reg) from, t = in(reg) to, n = in(reg) n, a = out(xmm_reg) _, b = out(xmm_reg) _,
                c = out(xmm_reg) _, d = out(xmm_reg) _, options(nostack, preserves_flags));
        }
    } else if n >= 16 {
        // SAFETY: one fits, and more than two do not.
        unsafe {
            asm!("movups {a}, [{f}]", "movups {b}, [{f} + {n} - 16]",
                "movups [{t}], {a}", "movups [{t} + {n} - 16], {b}",
                f = in(reg) from, t = in(reg) to, n = in(reg) n, a = out(xmm_reg) _, b = out(xmm_reg) _,
                options(nostack, preserves_flags));
        }
    } else if n >= 8 {
        // SAFETY: as above.
        unsafe {
            asm!("mov {a}, [{f}]", "mov {b}, [{f} + {n} - 8]", "mov [{t}], {a}", "mov [{t} + {n} - 8], {b}",
                f = in(reg) from, t = in(reg) to, n = in(reg) n, a = out(reg) _, b = out(reg) _,
                options(nostack, preserves_flags));
        }
    } else if n >= 4 {
        // SAFETY: as above.
        unsafe {
            asm!("mov {a:e}, [{f}]", "mov {b:e}, [{f} + {n} - 4]",
                "mov [{t}], {a:e}", "mov [{t} + {n} - 4], {b:e}",
                f = in(reg) from, t = in(reg) to, n = in(reg) n, a = out(reg) _, b = out(reg) _,
                options(nostack, preserves_flags));
        }
    } else {
        for i in 0..n {
            // SAFETY: inside.
            unsafe {
                asm!("mov {a}, [{f}]", "mov [{t}], {a}", f = in(reg) from.wrapping_add(i),
                    t = in(reg) to.wrapping_add(i), a = out(reg_byte) _, options(nostack, preserves_flags));
            }
        }
    }
}

/// From this length on.
const REP: usize = 8192;

/// # Safety
/// As [`copy`], and `n` is more than 64 unless the crate is built to be small.
#[inline(never)]
unsafe fn long(to: *mut u8, from: *const u8, n: usize) {
    if cfg!(small) || n >= REP {
        // SAFETY: the caller's promise; the direction flag is clear wherever Rust runs.
        return unsafe {
            asm!("rep movsb", inout("rcx") n => _, inout("rdi") to => _, inout("rsi") from => _,
                options(nostack, preserves_flags));
        };
    }
    // SAFETY: 64 at a time as long as there are more, then the last 64.
    unsafe {
        asm!("2:",
            "movups {a}, [{f}]", "movups {b}, [{f} + 16]", "movups {c}, [{f} + 32]", "movups {d}, [{f} + 48]",
            "movups [{t}], {a}", "movups [{t} + 16], {b}", "movups [{t} + 32], {c}", "movups [{t} + 48], {d}",
            "add {f}, 64", "add {t}, 64", "sub {n}, 64", "cmp {n}, 64", "ja 2b",
            "movups {a}, [{f} + {n} - 64]", "movups {b}, [{f} + {n} - 48]",
            "movups {c}, [{f} + {n} - 32]", "movups {d}, [{f} + {n} - 16]",
            "movups [{t} + {n} - 64], {a}", "movups [{t} + {n} - 48], {b}",
            "movups [{t} + {n} - 32], {c}", "movups [{t} + {n} - 16], {d}",
            f = inout(reg) from => _, t = inout(reg) to => _, n = inout(reg) n => _,
            a = out(xmm_reg) _, b = out(xmm_reg) _, c = out(xmm_reg) _, d = out(xmm_reg) _, options(nostack));
    }
}
