//! What C hands in, looked at before anything is done with it.

use core::ffi::{CStr, c_char, c_int, c_void};
use core::mem::ManuallyDrop;

use rawipc::fd::{AsRawFd, BorrowedFd, CWD, Fd};
use rawipc::{Call, Errno, Error, Result};

/// Refusals of arguments that were meant for this call.
#[derive(Clone, Copy)]
pub(crate) struct Args(pub(crate) Call);

/// An options struct: begins with its size, and all zeroes are its defaults.
///
/// # Safety
/// `repr(C)`, without padding, valid for any bits, with a `u32` that holds the size in front.
pub(crate) unsafe trait Options: Copy {
    /// The size it had in the first version.
    const FIRST: usize;

    const DEFAULT: Self;
}

/// As clone3(2): nothing that is a size is larger.
const LARGEST_OPTIONS: usize = 4096;

/// PATH_MAX.
const LONGEST_TEXT: usize = 4096;

impl Args {
    #[cold]
    #[inline(never)]
    pub(crate) fn refused(self, errno: Errno) -> Error {
        Error::argument(self.0, errno)
    }

    /// What `as_type` makes of a descriptor that stays the caller's.
    #[inline]
    pub(crate) fn lent<T>(self, fd: c_int, as_type: impl FnOnce(Fd) -> T) -> Result<ManuallyDrop<T>> {
        self.owned(fd).map(|fd| ManuallyDrop::new(as_type(fd)))
    }

    /// A descriptor that is the caller's no longer.
    #[inline]
    pub(crate) fn owned(self, fd: c_int) -> Result<Fd> {
        // SAFETY: the caller hands it over, or keeps it open and the result is not dropped.
        unsafe { Fd::from_raw(fd) }.map_err(|_| self.refused(Errno::BADF))
    }

    /// The directory that a path is relative to; AT_FDCWD is the one descriptor that is negative.
    #[inline]
    pub(crate) fn directory<'fd>(self, fd: c_int) -> Result<BorrowedFd<'fd>> {
        if fd < 0 && fd != CWD.as_raw_fd() {
            return Err(self.refused(Errno::BADF));
        }
        // SAFETY: the caller keeps it open as long as the function runs, and it is not −1.
        Ok(unsafe { BorrowedFd::borrow_raw(fd) })
    }

    /// # Safety
    /// `bytes` is NULL, or `len` bytes that nobody writes to meanwhile.
    #[inline]
    pub(crate) unsafe fn bytes<'a>(self, bytes: *const c_void, len: usize) -> Result<&'a [u8]> {
        if self.is_empty(bytes, len)? {
            return Ok(&[]);
        }
        // SAFETY: by the caller; not NULL, and no longer than memory is.
        Ok(unsafe { core::slice::from_raw_parts(bytes.cast(), len) })
    }

    /// # Safety
    /// `buf` is NULL, or `len` bytes that nobody else touches meanwhile. They need not have been written to before:
    /// nothing reads them.
    #[inline]
    pub(crate) unsafe fn buffer<'a>(self, buf: *mut c_void, len: usize) -> Result<&'a mut [u8]> {
        if self.is_empty(buf, len)? {
            return Ok(&mut []);
        }
        // SAFETY: by the caller; not NULL, and no longer than memory is.
        Ok(unsafe { core::slice::from_raw_parts_mut(buf.cast(), len) })
    }

    #[inline]
    fn is_empty(self, start: *const c_void, len: usize) -> Result<bool> {
        if !is_memory(start, len) {
            return Err(self.no_memory(start, len));
        }
        Ok(len == 0)
    }

    /// Says what is wrong with what is no memory.
    #[cold]
    #[inline(never)]
    fn no_memory(self, start: *const c_void, len: usize) -> Error {
        let is_length = len <= isize::MAX as usize;
        self.refused(if start.is_null() && is_length { Errno::FAULT } else { Errno::INVAL })
    }

    /// `len` values, one after the other.
    ///
    /// # Safety
    /// As [`buffer`](Self::buffer); any bits are a `T`, and the bytes have been written to.
    #[inline]
    pub(crate) unsafe fn array<'a, T>(self, start: *mut T, len: usize) -> Result<&'a mut [T]> {
        let bytes = len.checked_mul(size_of::<T>()).ok_or_else(|| self.refused(Errno::INVAL))?;
        if self.is_empty(start.cast(), bytes)? {
            return Ok(&mut []);
        }
        if !start.is_aligned() {
            return Err(self.refused(Errno::FAULT));
        }
        // SAFETY: by the caller; not NULL, aligned, and no longer than memory is.
        Ok(unsafe { core::slice::from_raw_parts_mut(start, len) })
    }

    /// Of more bytes than any path has, none.
    ///
    /// # Safety
    /// `text` is NULL, or ends with a NUL and is not written to meanwhile.
    #[inline(never)]
    pub(crate) unsafe fn text<'a>(self, text: *const c_char) -> Result<&'a CStr> {
        if text.is_null() {
            return Err(self.refused(Errno::FAULT));
        }
        let start: *const u8 = text.cast();
        // With an end that is known this is a loop, and not a call of strlen, which a program may not have.
        for at in 0..LONGEST_TEXT {
            // SAFETY: no further than the NUL, by the caller.
            let byte = unsafe { start.add(at) };
            // SAFETY: by the caller.
            if unsafe { byte.read() } == 0 {
                // SAFETY: by the caller, up to the NUL.
                let bytes = unsafe { core::slice::from_raw_parts(start, at.saturating_add(1)) };
                // SAFETY: the first NUL is its last byte.
                return Ok(unsafe { CStr::from_bytes_with_nul_unchecked(bytes) });
            }
        }
        Err(self.refused(Errno::NAMETOOLONG))
    }

    /// Where an output goes that is written on success.
    ///
    /// # Safety
    /// `out` is NULL, or memory for a `T`, which need not have been written to.
    #[inline]
    pub(crate) unsafe fn output<'a, T>(self, out: *mut T) -> Result<Output<'a, T>> {
        if out.is_null() || !out.is_aligned() {
            return Err(self.refused(Errno::FAULT));
        }
        // SAFETY: by the caller; not NULL, and aligned.
        Ok(Output(unsafe { &mut *out.cast() }))
    }

    /// Makes two descriptors, and gives them to C.
    ///
    /// # Safety
    /// `first` and `second` are NULL, or memory for an int.
    pub(crate) unsafe fn pair(
        self,
        first: *mut c_int,
        second: *mut c_int,
        make: impl FnOnce() -> Result<(Fd, Fd)>,
    ) -> Result<()> {
        // SAFETY: by the caller.
        let to_first = unsafe { self.output(first) }?;
        // SAFETY: by the caller.
        let to_second = unsafe { self.output(second) }?;
        let (a, b) = make()?;
        to_first.set(a.into_raw());
        to_second.set(b.into_raw());
        Ok(())
    }

    /// A plain struct that the caller has filled in.
    ///
    /// # Safety
    /// `input` is NULL, or a `T` that nobody writes to meanwhile; any bits are a `T`.
    #[inline]
    pub(crate) unsafe fn input<'a, T>(self, input: *const T) -> Result<&'a T> {
        if input.is_null() || !input.is_aligned() {
            return Err(self.refused(Errno::FAULT));
        }
        // SAFETY: by the caller; not NULL, and aligned.
        Ok(unsafe { &*input })
    }

    /// Options of any age; `None` for NULL.
    ///
    /// # Safety
    /// `options` is NULL, or has as many bytes as it says in front.
    #[inline]
    pub(crate) unsafe fn options<T: Options>(self, options: *const T) -> Result<Option<T>> {
        if options.is_null() {
            return Ok(None);
        }
        if !options.is_aligned() {
            return Err(self.refused(Errno::FAULT));
        }
        // SAFETY: by the caller: the size is there, whatever it says.
        let size = unsafe { options.cast::<u32>().read() } as usize;
        if size == size_of::<T>() {
            // SAFETY: by the caller: all of it is there.
            return Ok(Some(unsafe { options.read() }));
        }
        // SAFETY: by the caller.
        unsafe { self.options_of_another_age(options, size) }.map(Some)
    }

    /// # Safety
    /// `options` has `size` bytes.
    #[cold]
    #[inline(never)]
    unsafe fn options_of_another_age<T: Options>(self, options: *const T, size: usize) -> Result<T> {
        if size < T::FIRST {
            return Err(self.refused(Errno::INVAL));
        }
        if size > LARGEST_OPTIONS {
            return Err(self.refused(Errno::TOOBIG));
        }
        // SAFETY: by the caller.
        let given = unsafe { core::slice::from_raw_parts(options.cast::<u8>(), size) };
        let unknown = given.get(size_of::<T>()..).unwrap_or(&[]);
        if unknown.iter().any(|byte| *byte != 0) {
            return Err(self.refused(Errno::TOOBIG));
        }
        let mut known = T::DEFAULT;
        let len = size.min(size_of::<T>());
        // SAFETY: `len` is within both, and any bits are a `T`.
        unsafe { core::ptr::copy_nonoverlapping(given.as_ptr(), (&raw mut known).cast(), len) };
        Ok(known)
    }
}

/// Whether `len` bytes can lie there. Nothing lies in the upper half of a 64-bit address space.
#[inline]
fn is_memory(start: *const c_void, len: usize) -> bool {
    let end = start.addr().wrapping_add(len);
    let ends = match cfg!(target_pointer_width = "64") {
        true => (start.addr() | len | end) <= isize::MAX as usize,
        false => len <= isize::MAX as usize && end >= start.addr(),
    };
    ends && (len == 0 || !start.is_null())
}

/// Memory for a `T`.
pub(crate) struct Output<'a, T>(&'a mut core::mem::MaybeUninit<T>);

impl<T> Output<'_, T> {
    #[inline]
    pub(crate) fn set(self, value: T) {
        self.0.write(value);
    }
}
