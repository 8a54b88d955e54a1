//! Handing over a record, and the room it took: the orders of memory that make a message whole.
//!
//! | what is stored, with release | what was done before it | what the other side does behind its load, with acquire |
//! |---|---|---|
//! | the first word of a record | the message, and the first word behind it, empty | reads the message, walks on |
//! | the consumer's position | the reading of the messages before it | writes over them |
//! | a side's drop count | the closing of its line | asks the kernel whether that was the last copy |
//!
//! A reader maps what it loads read-only, where the language allows relaxed loads alone; so an acquire is a fence
//! behind the load.

use super::atomic::{AtomicU32, Ordering, compiler_fence, fence};

/// The first word of a record that is not there yet: one that few messages begin with, be they text, numbers or nothing.
pub(super) const EMPTY: u32 = 0xb5d3_9ce0;

/// Says that no message is there yet, before one in front of it is published.
#[inline]
pub(super) fn clear(word: &AtomicU32) {
    // Relaxed: seen by whoever sees the first word in front of it.
    word.store(EMPTY, Ordering::Relaxed);
}

/// Says that the message at `here` is there. The word behind it is clear.
#[inline]
pub(super) fn publish(here: &AtomicU32, first: u32) {
    here.store(first, Ordering::Release);
}

/// Writes a word that is not published yet, or of a message behind one that is not.
#[inline]
pub(super) fn stage(here: &AtomicU32, word: u32) {
    // Relaxed: seen by whoever sees the first word in front of it.
    here.store(word, Ordering::Relaxed);
}

/// Stands between what was written in place and the words of the lines that it was written to.
///
/// They are the same memory at two addresses, where it is mapped twice, which the compiler does not know and the
/// processor does.
#[inline]
pub(super) fn written() {
    compiler_fence(Ordering::SeqCst);
}

/// Whether the first word that was loaded says that a message is there.
#[inline]
pub(super) fn is_there(first: u32) -> bool {
    first != EMPTY
}

/// The first word that was loaded, if a message is there. It may be read from here on.
#[inline]
pub(super) fn arrived(first: u32) -> Option<u32> {
    if !is_there(first) {
        return None;
    }
    fence(Ordering::Acquire);
    Some(first)
}

/// Says that everything up to `tail` has been read.
#[inline]
pub(super) fn give_back(position: &AtomicU32, tail: u32) {
    position.store(tail, Ordering::Release);
}

/// The position in a word that was loaded. What lies before it may be written over from here on.
#[inline]
pub(super) fn taken(word: u32) -> u32 {
    fence(Ordering::Acquire);
    word
}

/// Says that one more copy of this side was dropped, whose line is closed.
pub(super) fn leave(drops: &AtomicU32) {
    drops.fetch_add(1, Ordering::Release);
}

/// Behind the load of a drop count that has changed: the kernel knows of the closed line from here on.
pub(super) fn left() {
    fence(Ordering::Acquire);
}
