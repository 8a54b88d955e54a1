//! Where everything lies in the two regions, and the arithmetic of records.
//!
//! ```text
//! producer's region   0            sleep word, drop count, claim     written by the producer alone
//!                     GRAIN        capacity bytes of records         mapped twice in a row
//! consumer's region   0            sleep word, drop count, claim     written by the consumer alone
//!                     128          position: the bytes given back so far
//! record              0            see record.rs
//! ```
//!
//! All words are 32 bits wide: the largest that every processor loads from read-only memory in one piece.
//! Positions count bytes and go round at 2³²; since the two sides are never further apart than the capacity,
//! a difference between them is exact.

use crate::error::{Call, Errno, Error, Result};
use crate::memory::{Circle, CircleView, Map, Memfd, ReadOnlyMap};
use crate::ring::index::{clear, leave};

/// The largest page of any kernel for this architecture: a mapping may begin at each multiple.
pub(super) const GRAIN: usize =
    if cfg!(any(target_arch = "x86_64", target_arch = "x86", target_arch = "riscv64", target_arch = "arm")) {
        4096
    } else {
        65536
    };

pub(super) const CAPACITY_MAX: usize = 1 << 30;

/// Records begin at multiples of this, a cache line.
pub(super) const LINE: usize = 64;

/// The producer keeps so many bytes in front of it clear of first words: it cleared the one behind a short record long
/// before, and the line that it is in comes while there is time for it.
pub(super) const AHEAD: u32 = 8 * LINE as u32;

/// The words in front of a message that is in the same line, and what makes it begin where the processor's widest
/// registers like it.
pub(super) const HEADER: usize = 16;

/// Many short messages, or a part of a long one's time.
const PORTION: u32 = 1 << 14;

pub(super) const SLEEP: usize = 0;
pub(super) const DROP_COUNT: usize = 4;
pub(super) const CLAIM: usize = 8;
/// Two lines on: processors fetch lines in pairs.
pub(super) const POSITION: usize = 2 * LINE;

/// The region that the producer writes to: ours to write, the other's to read.
pub(super) fn producer_region(geometry: Geometry) -> Result<(Circle, CircleView)> {
    let (memfd, own) = own_records(geometry)?;
    Ok((own, records_seen(&memfd)?))
}

/// The region that the consumer writes to.
pub(super) fn consumer_region() -> Result<(Map, ReadOnlyMap)> {
    let (memfd, own) = own_place()?;
    Ok((own, memfd.map_read_only()?))
}

/// The producer's region as the producer has it. Writing is sealed after the one mapping that may write, so no other can
/// ever be made to.
pub(super) fn own_records(geometry: Geometry) -> Result<(Memfd, Circle)> {
    let memfd = Memfd::create(c"rawipc-producer", geometry.records_len())?;
    let own = memfd.map_doubled(GRAIN)?;
    memfd.seal_writes()?;
    let own = Circle::new(own, GRAIN)?;
    for line in (0..AHEAD).step_by(LINE) {
        clear(own.word(line));
    }
    Ok((memfd, own))
}

/// The producer's region as the consumer has it.
pub(super) fn records_seen(memfd: &Memfd) -> Result<CircleView> {
    CircleView::new(memfd.map_read_only_doubled(GRAIN)?, GRAIN)
}

/// The consumer's region as the consumer has it.
pub(super) fn own_place() -> Result<(Memfd, Map)> {
    let memfd = Memfd::create(c"rawipc-consumer", GRAIN)?;
    let own = memfd.map()?;
    memfd.seal_writes()?;
    Ok((memfd, own))
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

    /// The capacity as a power of two.
    pub(super) fn log2(self) -> u8 {
        self.capacity.trailing_zeros() as u8
    }

    /// The capacity of this power of two, where there is such a ring.
    pub(super) fn of_log2(log2: u8) -> Option<Geometry> {
        let capacity = 1_u32.checked_shl(u32::from(log2))?;
        (GRAIN..=CAPACITY_MAX).contains(&(capacity as usize)).then_some(Geometry { capacity })
    }

    /// The length of the producer's region.
    pub(super) fn records_len(self) -> usize {
        GRAIN.saturating_add(self.capacity())
    }

    /// The largest message: with its header it takes half of the ring, and a line.
    #[inline]
    pub(super) fn limit(self) -> usize {
        (self.capacity as usize / 2).wrapping_sub(HEADER)
    }

    /// As much as is given back in one go: a producer that waits for room is kept waiting for no more than that.
    #[inline]
    pub(super) fn portion(self) -> u32 {
        (self.capacity / 4).min(PORTION)
    }

    /// Whether a record of `record` bytes has room, `used` bytes being taken: with lines to spare, which are cleared
    /// behind it.
    #[inline]
    pub(super) fn has_room(self, used: u32, record: u32) -> bool {
        (used as usize).saturating_add(record as usize).saturating_add(AHEAD as usize) <= self.capacity()
    }

    /// Where the consumer is, from what it claims: between where it was seen before and `head`, at a record's
    /// boundary. `None` where it lies.
    #[inline]
    pub(super) fn believe(self, claimed: u32, before: u32, head: u32) -> Option<u32> {
        let taken = claimed.wrapping_sub(before);
        (taken <= head.wrapping_sub(before) && taken as usize % LINE == 0).then_some(claimed)
    }
}

/// What one side writes to, marked when it is dropped.
///
/// After a fork the same region is held by two processes, of which one drops it at once; only the kernel knows
/// which copy is the last. So a drop is counted here, after the line was closed, and whoever sees the count change
/// asks the kernel.
#[derive(Debug)]
#[repr(transparent)]
pub(super) struct Own<R: Region>(pub(super) R);

/// Memory of ours that begins with the words of a side.
pub(super) trait Region {
    fn words(&self) -> &Map;
}

impl Region for Map {
    fn words(&self) -> &Map {
        self
    }
}

impl Region for Circle {
    fn words(&self) -> &Map {
        self.head()
    }
}

impl<R: Region> Drop for Own<R> {
    fn drop(&mut self) {
        leave(self.0.words().word::<DROP_COUNT>());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ring::record::Record;

    #[test]
    fn capacities_are_rounded_up_or_refused() {
        let made = [1, GRAIN, GRAIN + 1, 100_000, CAPACITY_MAX].map(|n| round_up(n).unwrap().capacity());
        assert_eq!(made, [GRAIN, GRAIN, 2 * GRAIN, 131_072, CAPACITY_MAX]);
        for capacity in made {
            let geometry = round_up(capacity).unwrap();
            assert_eq!(Geometry::of_log2(geometry.log2()).map(Geometry::capacity), Some(capacity));
        }
        for log2 in [0, GRAIN.trailing_zeros() as u8 - 1, 31, 32, 255] {
            assert!(Geometry::of_log2(log2).is_none());
        }
        for n in [0, CAPACITY_MAX + 1, usize::MAX] {
            assert_eq!(round_up(n).unwrap_err(), Error::argument(Call::MEMFD_CREATE, Errno::INVAL));
        }
    }

    #[test]
    fn the_largest_record_is_half_the_ring_and_a_line() {
        for capacity in [GRAIN, CAPACITY_MAX] {
            let geometry = round_up(capacity).unwrap();
            let size = Record::with_header(geometry.limit()).size();
            assert_eq!(size as usize, capacity / 2 + LINE);
            assert!(geometry.has_room(0, size));
        }
    }

    #[test]
    fn lines_stay_free() {
        let geometry = round_up(GRAIN).unwrap();
        let full = GRAIN as u32 - AHEAD;
        assert!(geometry.has_room(full - 64, 64));
        assert!(!geometry.has_room(full, 64));
        assert!(!geometry.has_room(full - 64, 128));
        assert!(geometry.has_room(0, full));
    }

    #[test]
    fn a_portion_is_a_quarter_of_the_smallest_and_less_of_others() {
        assert_eq!([GRAIN, 1 << 20].map(|n| round_up(n).unwrap().portion()), [GRAIN as u32 / 4, PORTION]);
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
