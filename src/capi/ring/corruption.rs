//! What an end of a ring saw that cannot be.

use core::ffi::c_int;

use rawipc::Errno;
use rawipc::ring::{Consumer, Corruption, Producer, Word};

use super::{MEMORY, rawipc_ring_consumer, rawipc_ring_producer};
use crate::error::{rawipc_error, status};

/// The length in front of a message, which the producer writes. 0: a message that was there was taken back.
pub const RAWIPC_RING_LENGTH: u32 = 1;
/// How far the consumer has come.
pub const RAWIPC_RING_POSITION: u32 = 2;

/// The word of the other side that made a ring corrupt, as it was when it was loaded: kept for good.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_ring_corruption {
    /// Which word: RAWIPC_RING_LENGTH or RAWIPC_RING_POSITION.
    pub word: u32,
    /// What it said.
    pub value: u32,
    /// Where in the ring we were, in bytes since its beginning, counted round at 2³².
    pub position: u32,
    /// The least that it could have said.
    pub least: u32,
    /// The most that it could have said. From the least to the most positions are counted round, and are multiples of 64.
    pub most: u32,
}

crate::layout!(rawipc_ring_corruption: 20, word 0, value 4, position 8, least 12, most 16);
const _: () = assert!(Word::Length as u32 == RAWIPC_RING_LENGTH);
const _: () = assert!(Word::Position as u32 == RAWIPC_RING_POSITION);

impl rawipc_ring_corruption {
    pub(super) const NONE: rawipc_ring_corruption =
        rawipc_ring_corruption { word: 0, value: 0, position: 0, least: 0, most: 0 };
}

impl From<Corruption> for rawipc_ring_corruption {
    fn from(saw: Corruption) -> Self {
        let Corruption { word, value, position, least, most } = saw;
        rawipc_ring_corruption { word: word as u32, value, position, least, most }
    }
}

/// What made the ring corrupt, as the producer saw it.
///
/// @param corruption  gets it
/// @return 0, or -errno
/// @par Errors
/// ENODATA: it is not corrupt.
/// @rust ring::Producer::corruption
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_producer_corruption(
    producer: *const rawipc_ring_producer,
    corruption: *mut rawipc_ring_corruption,
    error: *mut rawipc_error,
) -> c_int {
    let told = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { MEMORY.output(corruption) }?;
        // SAFETY: the caller's handle.
        let saw = unsafe { MEMORY.value_ref(producer) }.map(Producer::corruption)?;
        to.set(saw.ok_or_else(|| MEMORY.refused(Errno::NODATA))?.into());
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(told, error) }
}

/// What made the ring corrupt, as the consumer saw it.
///
/// @param corruption  gets it
/// @return 0, or -errno
/// @par Errors
/// ENODATA: it is not corrupt.
/// @rust ring::Consumer::corruption
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_consumer_corruption(
    consumer: *const rawipc_ring_consumer,
    corruption: *mut rawipc_ring_corruption,
    error: *mut rawipc_error,
) -> c_int {
    let told = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { MEMORY.output(corruption) }?;
        // SAFETY: the caller's handle.
        let saw = unsafe { MEMORY.value_ref(consumer) }.map(Consumer::corruption)?;
        to.set(saw.ok_or_else(|| MEMORY.refused(Errno::NODATA))?.into());
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(told, error) }
}
