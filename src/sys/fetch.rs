//! Hints to the processor: which line is wanted soon. It is told nothing where it has no such instruction, or where
//! all is for size. A hint never faults, wherever the address leads.

/// The line that `at` lies in will be read.
#[inline(always)]
pub(crate) fn fetch_to_read<T>(at: *const T) {
    if cfg!(any(tiny, miri)) {
        return;
    }
    // SAFETY: touches no memory that anybody could tell of.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        core::arch::asm!("prefetcht0 [{}]", in(reg) at, options(nostack, preserves_flags, readonly));
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        core::arch::asm!("prfm pldl1keep, [{}]", in(reg) at, options(nostack, preserves_flags, readonly));
    }
    let _ = at;
}

/// The line that `at` lies in will be written to.
#[inline(always)]
pub(crate) fn fetch_to_write<T>(at: *mut T) {
    if cfg!(any(tiny, miri)) {
        return;
    }
    // SAFETY: touches no memory that anybody could tell of; processors without the instruction do nothing.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        core::arch::asm!("prefetchw [{}]", in(reg) at, options(nostack, preserves_flags, readonly));
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        core::arch::asm!("prfm pstl1keep, [{}]", in(reg) at, options(nostack, preserves_flags, readonly));
    }
    let _ = at;
}
