//! Bytes that come round again: mapped twice in a row, so that nothing is cut at the end, and addressed by a position
//! that only ever grows. Every position is inside, so nothing here can be refused.

use crate::error::{Call, Errno, Error, Result};
use crate::memory::{Map, ReadOnlyMap, copy};
use crate::sys::fetch::{fetch_to_read, fetch_to_write};
use core::sync::atomic::{AtomicU32, Ordering};

/// Records begin at multiples of this, a cache line, and their words are found there.
const LINE: u32 = 64;

/// The side that writes: a head, and then a circle.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Circle {
    map: Map,
    shape: Shape,
}

/// The side that reads.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct CircleView {
    map: ReadOnlyMap,
    shape: Shape,
}

/// Where the circle begins, and its size less one, which is a power of two.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
struct Shape {
    head: u32,
    mask: u32,
    /// Of the lines in it.
    lines: u32,
}

impl Shape {
    /// The shape of a mapping of `len` bytes: the head, and twice the circle.
    fn of(len: usize, head: usize) -> Result<Shape> {
        let refused = Error::argument(Call::MMAP, Errno::INVAL);
        let size = len.saturating_sub(head) / 2;
        match (u32::try_from(head), u32::try_from(size)) {
            (Ok(head), Ok(size)) if size.is_power_of_two() && size >= LINE => {
                Ok(Shape { head, mask: size.wrapping_sub(1), lines: size.wrapping_sub(LINE) })
            }
            _ => Err(refused),
        }
    }

    /// The offset of the line at `position`.
    #[inline]
    fn line(self, position: u32) -> usize {
        (self.head as usize).wrapping_add((position & self.lines) as usize)
    }

    /// The offset of the byte at `position`, behind which a whole circle is mapped.
    #[inline]
    fn byte(self, position: u32) -> usize {
        (self.head as usize).wrapping_add((position & self.mask) as usize)
    }

    /// The most that can be read or written in one piece.
    #[inline]
    fn size(self) -> usize {
        self.mask as usize
    }
}

impl Circle {
    /// Of a mapping whose bytes behind the first `head` lie there two times in a row.
    pub(crate) fn new(map: Map, head: usize) -> Result<Circle> {
        let shape = Shape::of(map.len(), head)?;
        Ok(Circle { map, shape })
    }

    /// The head, for its words.
    #[inline]
    pub(crate) fn head(&self) -> &Map {
        &self.map
    }

    /// The word at the beginning of the line at `position`.
    #[inline]
    pub(crate) fn word(&self, position: u32) -> &AtomicU32 {
        let word = self.map.as_ptr().wrapping_add(self.shape.line(position)).cast::<AtomicU32>();
        // SAFETY: in the mapping, at a multiple of a line, for writing, and mapped for as long as `self` lives.
        unsafe { &*word }
    }

    /// The word behind [`word`](Self::word).
    #[inline]
    pub(crate) fn second_word(&self, position: u32) -> &AtomicU32 {
        let word = self.map.as_ptr().wrapping_add(self.shape.line(position)).cast::<AtomicU32>();
        // SAFETY: in the same line.
        unsafe { &*word.wrapping_add(1) }
    }

    /// Has the processor fetch the line at `position`, to be written to.
    #[inline]
    pub(crate) fn fetch(&self, position: u32) {
        fetch_to_write(self.as_ptr(position));
    }

    /// Copies a line to `position`, its first word apart.
    #[inline]
    pub(crate) fn write_rest(&self, position: u32, rest: &[u8; LINE as usize - 4]) {
        let to = self.map.as_ptr().wrapping_add(self.shape.line(position).wrapping_add(4));
        // SAFETY: the line is mapped for writing.
        unsafe { copy::copy_in(to, rest) };
    }

    /// Copies `bytes`, which are no more than the circle, to `position`.
    #[inline]
    pub(crate) fn write(&self, position: u32, bytes: &[u8]) {
        let bytes = bytes.get(..self.shape.size()).unwrap_or(bytes);
        // SAFETY: a whole circle is mapped from any position on, for writing.
        unsafe { copy::copy_in(self.as_ptr(position), bytes) };
    }

    /// The `len` bytes at `position`, no more than the circle, to be written in place.
    ///
    /// Nothing else may write to them as long as this lives: a reader that keeps to what it was told does not look
    /// at them then. What is written through it and through [`word`](Self::word) may be the same memory at two
    /// addresses; whoever does both keeps the compiler from exchanging them.
    #[inline]
    pub(crate) fn bytes_mut(&mut self, position: u32, len: usize) -> &mut [u8] {
        let len = len.min(self.shape.size());
        // SAFETY: a whole circle is mapped from any position on, for writing; zero at first, and so always bytes.
        // No byte is in it twice, since it is no longer than the circle. `self` is the one way to write to it in this
        // process, and borrowed as long as this lives; no other process writes to it, by the caller.
        unsafe { core::slice::from_raw_parts_mut(self.as_ptr(position), len) }
    }

    /// Where the byte at `position` lies, with a whole circle behind it.
    #[inline]
    pub(crate) fn as_ptr(&self, position: u32) -> *mut u8 {
        self.map.as_ptr().wrapping_add(self.shape.byte(position))
    }
}

impl CircleView {
    /// As [`Circle::new`].
    pub(crate) fn new(map: ReadOnlyMap, head: usize) -> Result<CircleView> {
        let shape = Shape::of(map.len(), head)?;
        Ok(CircleView { map, shape })
    }

    /// The head, for its words.
    #[inline]
    pub(crate) fn head(&self) -> &ReadOnlyMap {
        &self.map
    }

    /// The value of the word at the beginning of the line at `position`, loaded once and relaxed: in memory mapped
    /// read-only the language allows no more, and a fence makes it an acquire.
    #[inline]
    pub(crate) fn load(&self, position: u32) -> u32 {
        let word = self.map.as_ptr().wrapping_add(self.shape.line(position)).cast::<AtomicU32>();
        // SAFETY: in the mapping, at a multiple of a line, and mapped for as long as `self` lives.
        unsafe { &*word }.load(Ordering::Relaxed)
    }

    /// The value of the word behind it, as [`load`](Self::load).
    #[inline]
    pub(crate) fn load_second(&self, position: u32) -> u32 {
        let word = self.map.as_ptr().wrapping_add(self.shape.line(position)).cast::<AtomicU32>();
        // SAFETY: in the same line.
        unsafe { &*word.wrapping_add(1) }.load(Ordering::Relaxed)
    }

    /// Fills `buf` with the line at `position`.
    #[inline]
    pub(crate) fn read_line(&self, position: u32, buf: &mut [u8; LINE as usize]) {
        let from = self.map.as_ptr().wrapping_add(self.shape.line(position));
        // SAFETY: the line is mapped.
        unsafe { copy::copy_out(from, buf) };
    }

    /// Has the processor fetch the line at `position`, to be read.
    #[inline]
    pub(crate) fn fetch(&self, position: u32) {
        fetch_to_read(self.as_ptr(position));
    }

    /// Fills `buf`, which is no more than the circle, from `position`.
    #[inline]
    pub(crate) fn read(&self, position: u32, buf: &mut [u8]) {
        let size = self.shape.size().min(buf.len());
        let Some(buf) = buf.get_mut(..size) else { return };
        // SAFETY: a whole circle is mapped from any position on.
        unsafe { copy::copy_out(self.as_ptr(position), buf) };
    }

    /// The `N` bytes at `position`; `None` where they are more than the circle.
    #[inline]
    pub(crate) fn read_array<const N: usize>(&self, position: u32) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        if N > self.shape.size() {
            return None;
        }
        // SAFETY: a whole circle is mapped from any position on.
        unsafe { copy::copy_out(self.as_ptr(position), &mut bytes) };
        Some(bytes)
    }

    /// Where the byte at `position` lies, with a whole circle behind it.
    #[inline]
    pub(crate) fn as_ptr(&self, position: u32) -> *const u8 {
        self.map.as_ptr().wrapping_add(self.shape.byte(position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Memfd;

    #[test]
    fn every_position_is_inside_and_nothing_is_cut() {
        let memfd = Memfd::create(c"rawipc-test", 4096 + 8192).unwrap();
        let circle = Circle::new(memfd.map_doubled(4096).unwrap(), 4096).unwrap();
        let view = CircleView::new(memfd.map_read_only_doubled(4096).unwrap(), 4096).unwrap();
        for position in [0, 8184, 8191, 8192, u32::MAX, u32::MAX - 8191] {
            circle.write(position, b"over the end");
            let mut buf = [0; 12];
            view.read(position.wrapping_add(8192), &mut buf);
            assert_eq!(&buf, b"over the end");
        }
        circle.word(8192 * 3 + 64 + 17).store(7, Ordering::Relaxed);
        assert_eq!((view.load(64), view.load(63)), (7, circle.word(0).load(Ordering::Relaxed)));
        assert_eq!(view.as_ptr(8193).addr() - view.head().as_ptr().addr(), 4097);
    }

    #[test]
    fn more_than_the_circle_is_cut_off() {
        let memfd = Memfd::create(c"rawipc-test", 4096 + 4096).unwrap();
        let circle = Circle::new(memfd.map_doubled(4096).unwrap(), 4096).unwrap();
        let view = CircleView::new(memfd.map_read_only_doubled(4096).unwrap(), 4096).unwrap();
        circle.write(4095, &[1; 9000]);
        let mut buf = [0; 9000];
        view.read(4095, &mut buf);
        assert_eq!(buf.iter().filter(|&&b| b == 1).count(), 4095);
        assert_eq!(circle.head().atomic_u32(4092).unwrap().load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_circle_that_is_no_power_of_two_is_none() {
        for len in [0, 64, 3 * 4096] {
            let map = Map::anonymous(4096 + 2 * len).unwrap();
            assert_eq!(Circle::new(map, 4096).is_ok(), len == 64);
        }
    }
}
