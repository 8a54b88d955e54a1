//! How a message lies in the ring: what its first line begins with, and where its bytes are.
//!
//! ```text
//! first word   second word   the message
//! EMPTY                      is not there yet
//! BESIDE       its length    16 bytes on, and then nothing up to a multiple of 64
//! BEHIND       its length    from the next line on: where that takes no line more, or the message is long
//! another one                is this line: 64 bytes, the word its first four
//! ```
//!
//! So a message of a cache line takes no more than that, unless it begins with one of the three marks.

use crate::error::{Call, Errno, Error};
use crate::ring::index::EMPTY;
use crate::ring::layout::{HEADER, LINE};

/// The message is in the same line, where the processor's widest registers of old like it.
const BESIDE: u32 = EMPTY.wrapping_add(1);

/// The message is in the lines behind.
const BEHIND: u32 = EMPTY.wrapping_add(2);

/// From here on a line more is little beside a message that begins with a line.
const LONG: usize = 8 * LINE;

/// A message's first word, and its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub(super) struct Record {
    pub(super) first: u32,
    pub(super) len: u32,
}

impl Record {
    /// No message: for who keeps one at times.
    pub(super) const NONE: Record = Record { first: EMPTY, len: 0 };

    /// The record of a message that is sent.
    #[inline]
    pub(super) fn of(msg: &[u8]) -> Record {
        match whole_line(msg) {
            Some((first, _)) => Record { first, len: LINE as u32 },
            None => Record::with_header(msg.len()),
        }
    }

    /// The record of a message of `len` bytes, whatever they are.
    #[inline]
    pub(super) fn with_header(len: usize) -> Record {
        let fills_lines = len.wrapping_sub(1) % LINE >= LINE - HEADER;
        Record { first: if fills_lines || len >= LONG { BEHIND } else { BESIDE }, len: len as u32 }
    }

    /// The record whose first word is this one, which is not [`EMPTY`]; `second` loads the other.
    #[inline]
    pub(super) fn seen(first: u32, second: impl FnOnce() -> u32) -> Record {
        Record { first, len: if is_mark(first) { second() } else { LINE as u32 } }
    }

    /// Whether the second word is the length.
    #[inline]
    pub(super) fn has_header(self) -> bool {
        is_mark(self.first)
    }

    /// How far behind the record's beginning the message begins.
    #[inline]
    pub(super) fn body(self) -> u32 {
        match self.first {
            BESIDE => HEADER as u32,
            BEHIND => LINE as u32,
            _ => 0,
        }
    }

    /// What is said to who has not that much of a buffer.
    #[inline]
    pub(super) fn too_long(self) -> Error {
        Error::argument(Call::MEMORY, Errno::MSGSIZE).with_needed(self.len as usize)
    }

    /// The bytes that it takes in the ring, whole lines; of a message that is no longer than a ring's limit.
    #[inline]
    pub(super) fn size(self) -> u32 {
        const WITHIN: u32 = LINE as u32 - 1;
        self.body().wrapping_add(self.len).wrapping_add(WITHIN) & !WITHIN
    }
}

/// The first word and the rest of a message that needs no header, and that is sent without one: not where all is for
/// size.
#[inline]
pub(super) fn whole_line(msg: &[u8]) -> Option<(u32, &[u8; LINE - 4])> {
    if cfg!(tiny) {
        return None;
    }
    let (first, rest) = <&[u8; LINE]>::try_from(msg).ok()?.split_first_chunk::<4>()?;
    let first = u32::from_ne_bytes(*first);
    if is_mark(first) { None } else { Some((first, rest.first_chunk()?)) }
}

#[inline]
fn is_mark(first: u32) -> bool {
    first.wrapping_sub(EMPTY) <= BEHIND.wrapping_sub(EMPTY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_lies_in_the_fewest_lines_and_on_a_line_where_it_can() {
        let found = [1, 48, 49, 64, 65, 112, 113, 128, 511, 512, 513, 1024].map(|len| {
            let record = Record::with_header(len);
            assert!(record.has_header());
            (record.body(), record.size())
        });
        let (beside, behind) = (16, 64);
        assert_eq!(
            found,
            [
                (beside, 64),
                (beside, 64),
                (behind, 128),
                (behind, 128),
                (beside, 128),
                (beside, 128),
                (behind, 192),
                (behind, 192),
                (behind, 576),
                (behind, 576),
                (behind, 640),
                (behind, 1088)
            ]
        );
    }

    #[test]
    fn a_line_needs_no_header_unless_it_begins_with_a_mark() {
        let mut msg = [7; LINE];
        let record = Record::of(&msg);
        assert_eq!((record.has_header(), record.body(), record.size()), (false, 0, LINE as u32));
        assert_eq!(Record::seen(record.first, || unreachable!()), record);
        for (mark, headless) in [(0, true), (1, false), (2, false), (3, false), (4, true)] {
            let first = EMPTY.wrapping_sub(1).wrapping_add(mark);
            msg[..4].copy_from_slice(&first.to_ne_bytes());
            let record = Record::of(&msg);
            assert_eq!((record.has_header(), record.len), (!headless, LINE as u32));
            assert!(headless || record.size() == 2 * LINE as u32);
        }
        for len in [0, 1, 3, 4, LINE - 1, LINE + 1] {
            assert!(Record::of(&[7; LINE + 1][..len]).has_header());
        }
    }
}
