//! What is kept between calls, in structs that C declares.
//!
//! The first word of a handle is its mark: a number that says what is in it, mixed with the handle's own address.
//! A handle that is all zeroes, was copied or moved, was closed, or holds something else, has another one.

use core::mem::{ManuallyDrop, MaybeUninit};

use rawipc::{Errno, Result};

use crate::arg::Args;

/// A C struct that holds a Rust value; [`holds!`] implements it.
///
/// # Safety
/// `Self` is at least as large and as aligned as `Held<Self::Value>`, and any bits are one.
pub(crate) unsafe trait Handle: Sized {
    type Value;

    const KIND: u64;
}

#[repr(C)]
pub(crate) struct Held<T> {
    mark: u64,
    value: MaybeUninit<T>,
}

/// `holds!(rawipc_thing, Thing, *b"thing   ");`: the C struct holds a `Thing`. The word is another for each.
#[allow(unused_macros)]
macro_rules! holds {
    ($handle:ty, $value:ty, $kind:expr) => {
        const _: () = assert!(size_of::<$handle>() >= size_of::<$crate::handle::Held<$value>>());
        const _: () = assert!(align_of::<$handle>() >= align_of::<$crate::handle::Held<$value>>());
        // SAFETY: large and aligned enough, by the lines above; it consists of integers.
        unsafe impl $crate::handle::Handle for $handle {
            type Value = $value;

            const KIND: u64 = $crate::handle::kind($kind);
        }
    };
}
#[allow(unused_imports)]
pub(crate) use holds;

/// 31 bits of a name: so many fit into the instruction that compares them.
pub(crate) const fn kind(name: [u8; 8]) -> u64 {
    let name = u64::from_le_bytes(name);
    (name ^ name >> 27) & 0x7fff_ffff
}

#[inline(always)]
fn mark<H: Handle>(handle: *const H) -> u64 {
    H::KIND ^ handle.addr() as u64
}

#[allow(dead_code)]
impl Args {
    /// Where a new handle goes.
    ///
    /// # Safety
    /// `handle` is NULL, or memory for an `H`.
    #[inline]
    pub(crate) unsafe fn empty<'a, H: Handle>(self, handle: *mut H) -> Result<Empty<'a, H>> {
        if handle.is_null() || !handle.is_aligned() {
            return Err(self.refused(Errno::FAULT));
        }
        // SAFETY: by the caller; not NULL, and aligned.
        Ok(Empty(unsafe { &mut *handle.cast() }))
    }

    /// The value that a handle holds.
    ///
    /// # Safety
    /// `handle` is NULL, or an `H` that has been written to and that nobody else touches meanwhile.
    #[inline(never)]
    pub(crate) unsafe fn value<'a, H: Handle>(self, handle: *mut H) -> Result<&'a mut H::Value> {
        // SAFETY: by the caller.
        let held = unsafe { self.held(handle) }?;
        // SAFETY: it has its mark.
        Ok(unsafe { held.value.assume_init_mut() })
    }

    /// Whether it is a handle, made as such and where it was made.
    ///
    /// # Safety
    /// As [`value`](Self::value).
    #[inline(always)]
    pub(crate) unsafe fn is_marked<H: Handle>(handle: *const H) -> bool {
        // SAFETY: by the caller; read where it is not NULL.
        !handle.is_null() && unsafe { handle.cast::<u64>().read_unaligned() } == mark(handle)
    }

    /// The same, to look at.
    ///
    /// # Safety
    /// `handle` is NULL, or an `H` that has been written to and that nobody writes to meanwhile.
    #[inline(never)]
    pub(crate) unsafe fn value_ref<'a, H: Handle>(self, handle: *const H) -> Result<&'a H::Value> {
        // SAFETY: by the caller.
        unsafe { self.check_mark(handle.cast(), H::KIND) }?;
        // SAFETY: by the caller and its mark; not NULL, aligned, and large enough by the trait. Others may look too.
        let held = unsafe { &*handle.cast::<Held<H::Value>>() };
        // SAFETY: it has its mark.
        Ok(unsafe { held.value.assume_init_ref() })
    }

    /// The value of a handle that holds none from now on.
    ///
    /// # Safety
    /// As [`value`](Self::value).
    #[inline]
    pub(crate) unsafe fn taken<H: Handle>(self, handle: *mut H) -> Result<H::Value> {
        // SAFETY: by the caller.
        let held = unsafe { self.held(handle) }?;
        held.mark = 0;
        // SAFETY: it had its mark, and has none now.
        Ok(unsafe { held.value.assume_init_read() })
    }

    /// The value of a handle that [`is_marked`](Self::is_marked).
    ///
    /// # Safety
    /// As [`value`](Self::value), and it is.
    #[inline(always)]
    pub(crate) unsafe fn known<'a, H: Handle>(handle: *mut H) -> &'a mut H::Value {
        // SAFETY: by the caller and its mark; not NULL, aligned, and large enough by the trait.
        let held = unsafe { &mut *handle.cast::<Held<H::Value>>() };
        // SAFETY: it has its mark.
        unsafe { held.value.assume_init_mut() }
    }

    /// # Safety
    /// As [`value`](Self::value).
    #[inline(always)]
    unsafe fn held<'a, H: Handle>(self, handle: *mut H) -> Result<&'a mut Held<H::Value>> {
        // SAFETY: by the caller.
        unsafe { self.check_mark(handle.cast(), H::KIND) }?;
        // SAFETY: by the caller and its mark; not NULL, aligned, and large enough by the trait.
        Ok(unsafe { &mut *handle.cast::<Held<H::Value>>() })
    }

    /// # Safety
    /// `handle` is NULL, or has been written to.
    #[inline(never)]
    unsafe fn check_mark(self, handle: *const u64, kind: u64) -> Result<()> {
        if handle.is_null() {
            return Err(self.refused(Errno::FAULT));
        }
        // SAFETY: by the caller. What has the mark of where it is lies where it was put, aligned.
        let mark = unsafe { handle.read_unaligned() };
        if mark ^ handle.addr() as u64 == kind { Ok(()) } else { Err(self.refused(Errno::INVAL)) }
    }
}

/// Memory for a handle.
#[allow(dead_code)]
pub(crate) struct Empty<'a, H: Handle>(&'a mut MaybeUninit<H>);

#[allow(dead_code)]
impl<H: Handle> Empty<'_, H> {
    /// Puts `value` in. Whatever the handle held is forgotten, as C forgets what it writes over.
    #[inline]
    pub(crate) fn set(self, value: H::Value) {
        let handle = self.0.as_mut_ptr();
        let held = Held { mark: mark(handle), value: MaybeUninit::new(value) };
        let held = ManuallyDrop::new(held);
        // SAFETY: large and aligned enough, by the trait.
        unsafe { handle.cast::<ManuallyDrop<Held<H::Value>>>().write(held) };
    }

    /// Puts in what was made, if it was.
    #[inline(never)]
    pub(crate) fn put(self, made: Result<H::Value>) -> Result<()> {
        made.map(|value| self.set(value))
    }
}
