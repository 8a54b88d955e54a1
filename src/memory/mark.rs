//! A mark that a child of `fork` does not have.

use crate::error::{Call, Error, Named, Result};
use core::ptr::{NonNull, null_mut};
use core::sync::atomic::{AtomicU32, Ordering};
use rustix::mm::{Advice, MapFlags, ProtFlags};

/// A private page that is all zero again in each child: to be set by the process that something is given to, and to
/// be asked, without a syscall, by whoever uses it.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct ForkMark(NonNull<AtomicU32>);

/// No page is smaller.
const LEN: usize = 4096;

// SAFETY: the page is the process's, not the thread's, and holds an atomic.
unsafe impl Send for ForkMark {}

impl ForkMark {
    /// `mmap` `madvise(MADV_WIPEONFORK)`, and `munmap` where that is refused.
    pub(crate) fn new() -> Result<ForkMark> {
        let prot = ProtFlags::READ.union(ProtFlags::WRITE);
        // SAFETY: a new mapping, at an address of the kernel's choice.
        let page = unsafe { rustix::mm::mmap_anonymous(null_mut(), LEN, prot, MapFlags::PRIVATE) };
        // Address 0 is given to nobody who did not ask for it.
        let nowhere = Error::kernel(Call::MMAP, crate::error::Errno::NOMEM);
        let mark = ForkMark(NonNull::new(page.named(Call::MMAP)?.cast()).ok_or(nowhere)?);
        // SAFETY: our own new page.
        unsafe { rustix::mm::madvise(mark.0.as_ptr().cast(), LEN, Advice::LinuxWipeOnFork) }
            .named(Call::MADVISE)?;
        Ok(mark)
    }

    /// Whether this process set it.
    #[inline]
    pub(crate) fn is_set(&self) -> bool {
        // SAFETY: mapped for as long as `self` lives, and aligned as a page.
        unsafe { self.0.as_ref() }.load(Ordering::Relaxed) != 0
    }

    pub(crate) fn set(&self) {
        // SAFETY: as above.
        unsafe { self.0.as_ref() }.store(1, Ordering::Relaxed);
    }
}

impl Drop for ForkMark {
    #[cfg_attr(tiny, inline(never))]
    fn drop(&mut self) {
        // SAFETY: ours alone, and no reference outlives its owner.
        let _ = unsafe { rustix::mm::munmap(self.0.as_ptr().cast(), LEN) };
    }
}
