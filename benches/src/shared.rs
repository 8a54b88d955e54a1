//! Memory that a process shares with the child it forks.

use std::ptr::NonNull;

/// A value of `T`, all its bytes zero at first, in memory that is shared over fork. Never unmapped: the bench ends.
pub struct Shared<T>(NonNull<T>);

// SAFETY: as good as a reference, and of types that are shared by their own design.
unsafe impl<T: Sync> Send for Shared<T> {}

impl<T> Shared<T> {
    /// # Safety
    /// All zero is a value of `T`.
    pub unsafe fn new() -> Self {
        // SAFETY: a new mapping.
        let at = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                size_of::<T>(),
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED | libc::MAP_ANONYMOUS | libc::MAP_POPULATE,
                -1,
                0,
            )
        };
        assert!(at != libc::MAP_FAILED, "no shared memory");
        Shared(NonNull::new(at.cast()).expect("an address"))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Shared<T> {}

impl<T> std::ops::Deref for Shared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: mapped for ever, and zero is a value.
        unsafe { self.0.as_ref() }
    }
}

/// A cache line, and the one that the processor fetches beside it.
#[repr(align(128))]
#[derive(Default)]
pub struct Line<T>(pub T);
