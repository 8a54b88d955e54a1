//! Where everything lies in the two regions, and the arithmetic of records.
//!
//! ```text
//! producer's region   0            sleep count, drop count           written by the producer alone
//!                     GRAIN        capacity bytes of records         mapped twice in a row
//! consumer's region   0            sleep count, drop count           written by the consumer alone
//!                     64           position: the bytes taken so far
//! record              0            length of the message, 0 while it is not there
//!                     8            the message, then nothing up to a multiple of 64
//! ```
//!
//! All words are 32 bits wide: the largest that every processor loads from read-only memory in one piece.
//! Positions count bytes and go round at 2³²; since the two sides are never further apart than the capacity,
//! a difference between them is exact.

use crate::error::{Call, Errno, Error, Result};
use crate::memory::{Map, Memfd, ReadOnlyMap};
use core::ffi::CStr;
use core::sync::atomic::Ordering;

/// The largest page of any kernel for this architecture: a mapping may begin at each multiple.
pub(super) const GRAIN: usize =
    if cfg!(any(target_arch = "x86_64", target_arch = "x86", target_arch = "riscv64", target_arch = "arm")) {
        4096
    } else {
        65536
    };

pub(super) const CAPACITY_MAX: usize = 1 << 30;

/// Records begin at multiples of this, a cache line.
const LINE: usize = 64;

/// The length word, and four bytes that are kept for later.
pub(super) const HEADER: usize = 8;

pub(super) const SLEEP_COUNT: usize = 0;
pub(super) const DROP_COUNT: usize = 4;
pub(super) const POSITION: usize = LINE;

/// The region that one side writes to: ours to write, the other's to read.
pub(super) fn region(name: &CStr, head: usize, twice: usize) -> Result<(Map, ReadOnlyMap)> {
    let memfd = Memfd::create(name, head.saturating_add(twice))?;
    let own = memfd.map_doubled(head)?;
    // Writing is sealed after the one mapping that may write, so the other can never be made to.
    memfd.seal_writes()?;
    Ok((own, memfd.map_read_only_doubled(head)?))
}

/// The capacity that is made for the one that is asked for.
pub(super) fn round_up(capacity: usize) -> Result<Geometry> {
    if capacity == 0 || capacity > CAPACITY_MAX {
        return Err(Error::argument(Call::MEMFD_CREATE, Errno::INVAL));
    }
    let capacity = capacity.max(GRAIN).checked_next_power_of_two().unwrap_or(CAPACITY_MAX);
    Ok(Geometry { capacity: capacity as u32 })
}

/// A ring's size, kept privately by each side.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(super) struct Geometry {
    /// A power of two, from GRAIN to CAPACITY_MAX.
    capacity: u32,
}

impl Geometry {
    #[inline]
    pub(super) fn capacity(self) -> usize {
        self.capacity as usize
    }

    /// The largest message: with its header it takes half of the ring.
    #[inline]
    pub(super) fn limit(self) -> usize {
        (self.capacity as usize / 2).saturating_sub(HEADER)
    }

    /// Where in the producer's region the record at `position` begins.
    #[inline]
    pub(super) fn offset(self, position: u32) -> usize {
        GRAIN.wrapping_add((position & self.capacity.wrapping_sub(1)) as usize)
    }

    /// Whether a record of `record` bytes has room, `used` bytes being taken: with a line to spare, for the empty
    /// length word behind it.
    #[inline]
    pub(super) fn has_room(self, used: u32, record: u32) -> bool {
        (used as usize).saturating_add(record as usize).saturating_add(LINE) <= self.capacity()
    }

    /// Where the consumer is, from what it claims: between where it was seen before and `head`, at a record's
    /// boundary. `None` where it lies.
    #[inline]
    pub(super) fn believe(self, claimed: u32, before: u32, head: u32) -> Option<u32> {
        let taken = claimed.wrapping_sub(before);
        (taken <= head.wrapping_sub(before) && taken as usize % LINE == 0).then_some(claimed)
    }
}

/// The bytes that a message of `len` bytes, at most a [`Geometry::limit`], takes in the ring.
#[inline]
pub(super) fn record(len: usize) -> u32 {
    (len.wrapping_add(HEADER + LINE - 1) & !(LINE - 1)) as u32
}

/// What one side writes to, marked when it is dropped.
///
/// After a fork the same region is held by two processes, of which one drops it at once; only the kernel knows
/// which copy is the last. So a drop is counted here, after the doorbell was closed, and whoever sees the count
/// change asks the kernel, by ringing.
#[derive(Debug)]
#[repr(transparent)]
pub(super) struct Own(pub(super) Map);

impl Drop for Own {
    fn drop(&mut self) {
        if let Ok(drops) = self.0.atomic_u32(DROP_COUNT) {
            // Release: the doorbell is closed before.
            drops.fetch_add(1, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capacities_are_rounded_up_or_refused() {
        let made = [1, GRAIN, GRAIN + 1, 100_000, CAPACITY_MAX].map(|n| round_up(n).unwrap().capacity());
        assert_eq!(made, [GRAIN, GRAIN, 2 * GRAIN, 131_072, CAPACITY_MAX]);
        for n in [0, CAPACITY_MAX + 1, usize::MAX] {
            assert_eq!(round_up(n).unwrap_err(), Error::argument(Call::MEMFD_CREATE, Errno::INVAL));
        }
    }

    #[test]
    fn a_record_is_whole_lines_and_the_largest_is_half_the_ring() {
        assert_eq!([1, 56, 57, 120, 121].map(record), [64, 64, 128, 128, 192]);
        for capacity in [GRAIN, CAPACITY_MAX] {
            let geometry = round_up(capacity).unwrap();
            assert_eq!(record(geometry.limit()) as usize, capacity / 2);
            assert!(geometry.has_room(0, record(geometry.limit())));
        }
    }

    #[test]
    fn a_line_stays_free() {
        let geometry = round_up(GRAIN).unwrap();
        let full = GRAIN as u32 - 64;
        assert!(geometry.has_room(full - 64, 64));
        assert!(!geometry.has_room(full, 64));
        assert!(!geometry.has_room(full - 64, 128));
        assert!(geometry.has_room(0, full));
    }

    #[test]
    fn only_what_lies_between_is_believed() {
        let geometry = round_up(GRAIN).unwrap();
        // Across the place where positions go round, too.
        for base in [0_u32, 640, u32::MAX - 127] {
            let (before, head) = (base, base.wrapping_add(256));
            for taken in [0, 64, 256] {
                let claimed = base.wrapping_add(taken);
                assert_eq!(geometry.believe(claimed, before, head), Some(claimed));
            }
            for lie in [1_u32, 63, 320, 257, 1 << 31, 0_u32.wrapping_sub(64), u32::MAX] {
                assert_eq!(geometry.believe(base.wrapping_add(lie), before, head), None);
            }
        }
    }
}
