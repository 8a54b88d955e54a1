//! Copies between memory that a peer may be writing at this moment and memory that is ours alone.
//!
//! An ordinary memcpy would be a data race in the language. On x86-64 these are instructions that the compiler does
//! not look into; elsewhere relaxed atomic accesses, of a word each where the shared side is aligned and of a byte at
//! the edges. What a racing peer changes in between comes out as bytes of before or of after, and nothing worse.

/// Copies `from` into shared memory.
///
/// # Safety
/// `to` points to `from.len()` bytes that are mapped for writing, shared memory that no reference leads to.
#[inline]
pub(super) unsafe fn copy_in(to: *mut u8, from: &[u8]) {
    // SAFETY: the caller's promise, and `from` is as long as it says.
    unsafe { ways::copy_in(to, from) }
}

/// Fills `to` from shared memory.
///
/// # Safety
/// `from` points to `to.len()` bytes that are mapped, shared memory that no reference leads to.
#[inline]
pub(super) unsafe fn copy_out(from: *const u8, to: &mut [u8]) {
    // SAFETY: the caller's promise, and `to` is as long as it says.
    unsafe { ways::copy_out(from, to) }
}

#[cfg(all(target_arch = "x86_64", not(miri)))]
mod ways {
    use crate::sys::copy::copy;

    #[inline]
    pub(super) unsafe fn copy_in(to: *mut u8, from: &[u8]) {
        // SAFETY: passed on.
        unsafe { copy(to, from.as_ptr(), from.len()) }
    }

    #[inline]
    pub(super) unsafe fn copy_out(from: *const u8, to: &mut [u8]) {
        // SAFETY: passed on.
        unsafe { copy(to.as_mut_ptr(), from, to.len()) }
    }
}

#[cfg(not(all(target_arch = "x86_64", not(miri))))]
use words as ways;

#[cfg(any(test, not(all(target_arch = "x86_64", not(miri)))))]
mod words {
    use core::sync::atomic::{AtomicU8, AtomicUsize, Ordering::Relaxed};

    pub(super) const WORD: usize = size_of::<usize>();

    #[inline]
    pub(super) unsafe fn copy_in(to: *mut u8, from: &[u8]) {
        let (head, rest) = from.split_at_checked(edge(to)).unwrap_or((from, &[]));
        let mut words = rest.chunks_exact(WORD);
        let mut to = to;
        for &byte in head {
            // SAFETY: inside, since `head` is part of `from`.
            unsafe { &*to.cast::<AtomicU8>() }.store(byte, Relaxed);
            to = to.wrapping_add(1);
        }
        for word in words.by_ref() {
            // SAFETY: a word of our own slice, read wherever it lies.
            let word = unsafe { word.as_ptr().cast::<usize>().read_unaligned() };
            // SAFETY: inside, and aligned: the bytes before went up to the first whole word.
            unsafe { &*to.cast::<AtomicUsize>() }.store(word, Relaxed);
            to = to.wrapping_add(WORD);
        }
        for &byte in words.remainder() {
            // SAFETY: inside, since the remainder is part of `from`.
            unsafe { &*to.cast::<AtomicU8>() }.store(byte, Relaxed);
            to = to.wrapping_add(1);
        }
    }

    #[inline]
    pub(super) unsafe fn copy_out(from: *const u8, to: &mut [u8]) {
        let edge = edge(from).min(to.len());
        let Some((head, rest)) = to.split_at_mut_checked(edge) else { return };
        let mut words = rest.chunks_exact_mut(WORD);
        let mut from = from;
        for byte in head {
            // SAFETY: inside, since `head` is part of `to`; relaxed loads of read-only memory are fine.
            *byte = unsafe { &*from.cast::<AtomicU8>() }.load(Relaxed);
            from = from.wrapping_add(1);
        }
        for word in words.by_ref() {
            // SAFETY: inside, and aligned: the bytes before went up to the first whole word.
            let value = unsafe { &*from.cast::<AtomicUsize>() }.load(Relaxed);
            // SAFETY: a word of our own slice, written wherever it lies.
            unsafe { word.as_mut_ptr().cast::<usize>().write_unaligned(value) };
            from = from.wrapping_add(WORD);
        }
        for byte in words.into_remainder() {
            // SAFETY: inside, since the remainder is part of `to`.
            *byte = unsafe { &*from.cast::<AtomicU8>() }.load(Relaxed);
            from = from.wrapping_add(1);
        }
    }

    /// The bytes before the first aligned word.
    #[inline]
    fn edge(shared: *const u8) -> usize {
        shared.addr().wrapping_neg() % WORD
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;

    type In = unsafe fn(*mut u8, &[u8]);
    type Out = unsafe fn(*const u8, &mut [u8]);

    fn every_alignment_and_length(copy_in: In, copy_out: Out) {
        let source: Vec<u8> = (0..8300).map(|i| (i * 7 + 1) as u8).collect();
        for len in (0..200).chain(4090..4100).chain(8185..8265) {
            for offset in 0..words::WORD {
                let mut shared = vec![0xee_u8; offset + len + words::WORD];
                let bytes = &source[..len];
                // SAFETY: `offset + len` bytes are there, and nothing else refers to them now.
                unsafe { copy_in(shared.as_mut_ptr().wrapping_add(offset), bytes) };
                assert_eq!(&shared[offset..offset + len], bytes);
                assert!(shared[..offset].iter().chain(&shared[offset + len..]).all(|&b| b == 0xee));

                let mut back = vec![0xdd_u8; len + 2];
                // SAFETY: as above.
                unsafe { copy_out(shared.as_ptr().wrapping_add(offset), &mut back[1..=len]) };
                assert_eq!(&back[1..=len], bytes);
                assert_eq!((back[0], back[len + 1]), (0xdd, 0xdd));
            }
        }
    }

    #[test]
    fn every_alignment_and_length_copies_exactly_that() {
        every_alignment_and_length(copy_in, copy_out);
    }

    #[test]
    fn the_words_of_other_processors_do_too() {
        every_alignment_and_length(words::copy_in, words::copy_out);
    }
}
