//! The five functions of memory that compilers call, for programs without libc: `librawipc_mem.a`, an archive of its
//! own, so that a libc's faster ones are taken wherever there is one.
//!
//!     cc -nostdlib -static program.c -lrawipc -lrawipc_mem
#![no_std]
#![no_builtins] // a loop that copies must not become a call of memcpy
#![allow(unsafe_code, clippy::missing_safety_doc)]
#![warn(missing_docs, unsafe_op_in_unsafe_fn)]
#![warn(clippy::undocumented_unsafe_blocks, clippy::multiple_unsafe_ops_per_block)]

#[cfg(any(feature = "std", panic = "unwind"))]
extern crate std;

use core::ffi::{c_int, c_void};

#[cfg(not(any(feature = "std", panic = "unwind")))]
#[path = "trap.rs"]
mod trap;

type Word = usize;

/// Copies `len` bytes between memory that does not overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcpy(to: *mut c_void, from: *const c_void, len: usize) -> *mut c_void {
    // SAFETY: by the caller.
    unsafe { upwards(to.cast(), from.cast(), len) };
    to
}

/// Copies `len` bytes between memory that may overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memmove(to: *mut c_void, from: *const c_void, len: usize) -> *mut c_void {
    if to.addr().wrapping_sub(from.addr()) >= len {
        // SAFETY: by the caller; what is read is not written to before.
        unsafe { upwards(to.cast(), from.cast(), len) };
    } else {
        // SAFETY: as above.
        unsafe { downwards(to.cast(), from.cast(), len) };
    }
    to
}

/// Sets `len` bytes to one value.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memset(to: *mut c_void, byte: c_int, len: usize) -> *mut c_void {
    let start: *mut u8 = to.cast();
    let mut at = 0;
    while at < len {
        // SAFETY: below `len`.
        let byte_at = unsafe { start.add(at) };
        // SAFETY: by the caller.
        unsafe { byte_at.write(byte as u8) };
        at = at.wrapping_add(1);
    }
    to
}

/// Less than, equal to or greater than 0, as the first bytes that differ are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcmp(one: *const c_void, other: *const c_void, len: usize) -> c_int {
    let (one, other): (*const u8, *const u8) = (one.cast(), other.cast());
    let mut at = 0;
    while at < len {
        // SAFETY: below `len`, by the caller.
        let a = unsafe { byte(one, at) };
        // SAFETY: below `len`, by the caller.
        let b = unsafe { byte(other, at) };
        if a != b {
            return c_int::from(a).wrapping_sub(c_int::from(b));
        }
        at = at.wrapping_add(1);
    }
    0
}

/// 0 where the bytes are the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bcmp(one: *const c_void, other: *const c_void, len: usize) -> c_int {
    // SAFETY: by the caller.
    unsafe { memcmp(one, other, len) }
}

/// # Safety
/// As memcpy; `to` may also lie below what it overlaps.
#[inline(always)]
unsafe fn upwards(to: *mut u8, from: *const u8, len: usize) {
    let mut at: usize = 0;
    while len.wrapping_sub(at) >= size_of::<Word>() {
        // SAFETY: a word before `len`.
        unsafe { copy::<Word>(to, from, at) };
        at = at.wrapping_add(size_of::<Word>());
    }
    while at < len {
        // SAFETY: below `len`.
        unsafe { copy::<u8>(to, from, at) };
        at = at.wrapping_add(1);
    }
}

/// # Safety
/// As memcpy; `to` may also lie above what it overlaps.
#[inline(always)]
unsafe fn downwards(to: *mut u8, from: *const u8, len: usize) {
    let mut at = len;
    while at >= size_of::<Word>() {
        at = at.wrapping_sub(size_of::<Word>());
        // SAFETY: a word before `len`.
        unsafe { copy::<Word>(to, from, at) };
    }
    while at > 0 {
        at = at.wrapping_sub(1);
        // SAFETY: below `len`.
        unsafe { copy::<u8>(to, from, at) };
    }
}

/// # Safety
/// A `T` can be read and written at `at`.
#[inline(always)]
unsafe fn copy<T>(to: *mut u8, from: *const u8, at: usize) {
    // SAFETY: by the caller.
    let from = unsafe { from.add(at) };
    // SAFETY: by the caller.
    let value = unsafe { from.cast::<T>().read_unaligned() };
    // SAFETY: by the caller.
    let to = unsafe { to.add(at) };
    // SAFETY: by the caller.
    unsafe { to.cast::<T>().write_unaligned(value) };
}

/// # Safety
/// There is a byte at `at`.
#[inline(always)]
unsafe fn byte(start: *const u8, at: usize) -> u8 {
    // SAFETY: by the caller.
    let byte = unsafe { start.add(at) };
    // SAFETY: by the caller.
    unsafe { byte.read() }
}
