//! Many writers, one reader: a ring each, behind one receiver.
//!
//! Each writer has a ring of its own, and none of them can do anything to another's. rawipc_ring_many_recv() says of each
//! message whose it is, by the index of its slot. While messages are there it makes no syscall, but for one after 65,536
//! messages, by which it hears who has died; where there are none, it sleeps once for all of them.
//!
//! Rings that have messages have their turns one after the other, one message a turn. With each message the next eight
//! rings that have no turn to come are looked at: of n rings, counted up to the last slot that is taken, at most
//! ⌈n / 8⌉ − 1 messages are handed out before a ring that has one has a turn to come, and then at most one of each other
//! ring.

use core::ffi::{c_int, c_void};

use rawipc::ring::{Many, Polling, Received, Slot};
use rawipc::{Call, Errno, Result};

use super::corruption::rawipc_ring_corruption;
use super::rawipc_ring_consumer;
use crate::arg::Args;
use crate::error::{length, lent_descriptor, rawipc_error, status};
use crate::handle::holds;
use crate::ssize_t;
use crate::wait::rawipc_wait;

/// A message, at the beginning of the buffer.
pub const RAWIPC_RING_MESSAGE: u32 = 1;
/// A producer is gone, and everything that it sent has been handed out. Its slot is free again.
pub const RAWIPC_RING_END: u32 = 2;
/// A producer wrote what cannot be. Its ring stays in the slot until it is removed, and is not heard any more.
pub const RAWIPC_RING_CORRUPT: u32 = 3;
/// A message for which the buffer is too small. It stays, and its ring has its next turn after all others.
pub const RAWIPC_RING_TOO_LONG: u32 = 4;

/// What rawipc_ring_many_recv() tells.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_ring_received {
    /// RAWIPC_RING_MESSAGE, RAWIPC_RING_END, RAWIPC_RING_CORRUPT or RAWIPC_RING_TOO_LONG.
    pub kind: u32,
    /// Whose: the index of its slot.
    pub from: u32,
    /// Of a message, there or too long: its bytes.
    pub len: u64,
    /// Of a corrupt ring: what was written there.
    pub saw: rawipc_ring_corruption,
    /// 0.
    pub reserved: u32,
}

/// Room for one ring. What is in it is the receiver's.
#[repr(C)]
pub struct rawipc_ring_slot {
    slot: [u64; 20],
}

/// Many rings behind one receiver. A handle: it does not move, and neither do its slots.
#[repr(C)]
pub struct rawipc_ring_many {
    opaque: [u64; 16],
}

crate::layout!(rawipc_ring_received: 40, kind 0, from 4, len 8, saw 16, reserved 36);
crate::layout!(rawipc_ring_slot: 160, slot 0);
crate::layout!(rawipc_ring_many: 128);
holds!(rawipc_ring_many, Many<'static>, *b"ringmany");
const _: () = assert!(size_of::<Slot>() <= size_of::<rawipc_ring_slot>());
const _: () = assert!(align_of::<Slot>() <= align_of::<rawipc_ring_slot>());

const MAKE: Args = Args(Call::EPOLL_CREATE1);
const CONTROL: Args = Args(Call::EPOLL_CTL);
const MEMORY: Args = Args(Call::MEMORY);

/// Makes a receiver with as many slots as there are, emptied.
///
/// @param many  gets it
/// @return 0, or -errno
/// @par Errors
/// EMFILE, ENFILE: no descriptors left, in this process or at all. ENOMEM.
/// @par Ownership
/// The slots are the receiver's until rawipc_ring_many_close(). It is this process's: a child of it is told -EPERM.
/// @rust ring::Many::new
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_many_new(
    many: *mut rawipc_ring_many,
    slots: *mut rawipc_ring_slot,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { MAKE.empty(many) }?;
        // SAFETY: the caller's slots.
        let slots = unsafe { MAKE.ring_slots(slots, len) }?;
        to.put(Many::new(slots))
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Puts a ring into the first free slot.
///
/// The ring is this process's from now on. What was sent before is handed out as well.
///
/// @return the index of the slot, or -errno
/// @par Errors
/// ENOBUFS: no slot is free. EPERM: the ring is another process's, or the receiver is. ENOSPC: this user watches too many.
/// @par Ownership
/// The ring is the receiver's from now on, and its handle closed: on failure too, unless an argument is refused.
/// @rust ring::Many::admit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_many_admit(
    many: *mut rawipc_ring_many,
    consumer: *mut rawipc_ring_consumer,
    error: *mut rawipc_error,
) -> ssize_t {
    let admitted = (|| {
        // SAFETY: the caller's handle.
        let many = unsafe { CONTROL.value(many) }?;
        // SAFETY: the caller's handle.
        many.admit(unsafe { CONTROL.taken(consumer) }?)
    })();
    // SAFETY: the caller's error.
    unsafe { length(admitted, error) }
}

/// Takes a ring out of its slot, with all that has not been handed out.
///
/// @param consumer  gets it
/// @return 0, or -errno
/// @par Errors
/// ENOENT: no ring is there.
/// @par Ownership
/// The ring is the caller's to close.
/// @rust ring::Many::remove
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_many_remove(
    many: *mut rawipc_ring_many,
    index: usize,
    consumer: *mut rawipc_ring_consumer,
    error: *mut rawipc_error,
) -> c_int {
    let removed = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { CONTROL.empty(consumer) }?;
        // SAFETY: the caller's handle.
        let many = unsafe { CONTROL.value(many) }?;
        to.put(many.remove(index).ok_or_else(|| CONTROL.refused(Errno::NOENT)))
    })();
    // SAFETY: the caller's error.
    unsafe { status(removed, error) }
}

/// Copies out the message whose turn it is, or tells of an end, waiting for either.
///
/// @param received  gets what it is, and whose
/// @return 0, or -errno
/// @par Errors
/// ETIMEDOUT; EINTR where wait asks for it. ENOTCONN: no ring is there, or corrupt ones alone. EPERM: it is another
/// process's. That the buffer is too small is no error, but told in `received`, with whose message it is.
/// @rust ring::Many::recv
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_many_recv(
    many: *mut rawipc_ring_many,
    received: *mut rawipc_ring_received,
    buf: *mut c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let told = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { MEMORY.output(received) }?;
        // SAFETY: the caller's handle.
        let many = unsafe { MEMORY.value(many) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { MEMORY.buffer(buf, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { MEMORY.wait(wait) }?;
        to.set(told(many.recv(buf, wait)?));
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(told, error) }
}

/// Copies out the message whose turn it is, or tells of an end, if either is there now.
///
/// @param received  gets what it is, and whose
/// @return 0, or -errno
/// @par Errors
/// As rawipc_ring_many_recv(), and EAGAIN in place of a wait.
/// @rust ring::Many::try_recv
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_many_try_recv(
    many: *mut rawipc_ring_many,
    received: *mut rawipc_ring_received,
    buf: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let told = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { MEMORY.output(received) }?;
        // SAFETY: the caller's handle.
        let many = unsafe { MEMORY.value(many) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { MEMORY.buffer(buf, len) }?;
        to.set(told(many.try_recv(buf)?));
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(told, error) }
}

/// What made the ring in a slot corrupt.
///
/// @param corruption  gets it
/// @return 0, or -errno
/// @par Errors
/// ENOENT: no ring is there. ENODATA: it is not corrupt.
/// @rust ring::Many::get
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_many_corruption(
    many: *const rawipc_ring_many,
    index: usize,
    corruption: *mut rawipc_ring_corruption,
    error: *mut rawipc_error,
) -> c_int {
    let told = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { MEMORY.output(corruption) }?;
        // SAFETY: the caller's handle.
        let many = unsafe { MEMORY.value_ref(many) }?;
        let ring = many.get(index).ok_or_else(|| MEMORY.refused(Errno::NOENT))?;
        to.set(ring.corruption().ok_or_else(|| MEMORY.refused(Errno::NODATA))?.into());
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(told, error) }
}

/// The largest message that can come of any of them.
///
/// @return its bytes, or -errno
/// @rust ring::Many::recv_limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_many_recv_limit(
    many: *const rawipc_ring_many,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's handle.
    let limit = unsafe { MEMORY.value_ref(many) }.map(Many::recv_limit);
    // SAFETY: the caller's error.
    unsafe { length(limit, error) }
}

/// How many rings there are, corrupt ones among them.
///
/// @return how many, or -errno
/// @rust ring::Many::len, ring::Many::is_empty
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_many_len(
    many: *const rawipc_ring_many,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's handle.
    let len = unsafe { MEMORY.value_ref(many) }.map(Many::len);
    // SAFETY: the caller's error.
    unsafe { length(len, error) }
}

/// How many rings there can be.
///
/// @return how many, or -errno
/// @rust ring::Many::capacity
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_many_capacity(
    many: *const rawipc_ring_many,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's handle.
    let capacity = unsafe { MEMORY.value_ref(many) }.map(Many::capacity);
    // SAFETY: the caller's error.
    unsafe { length(capacity, error) }
}

/// How a wait for a message polls before it sleeps; not at all to begin with. What the rings were told is not asked.
///
/// @param pauses  how many looks with a pause
/// @param yields  how many looks with a yield
/// @return 0, or -errno
/// @rust ring::Many::set_polling
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_many_set_polling(
    many: *mut rawipc_ring_many,
    pauses: u32,
    yields: u32,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let set = unsafe { MEMORY.value(many) }.map(|many| many.set_polling(Polling { pauses, yields }));
    // SAFETY: the caller's error.
    unsafe { status(set, error) }
}

/// A descriptor that is RAWIPC_EVENT_READABLE when there may be something to receive since this was last told -EAGAIN or
/// -ETIMEDOUT: for another loop. It stays the receiver's.
///
/// @return the descriptor, or -errno
/// @rust ring::Many::as_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_many_fd(
    many: *const rawipc_ring_many,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let many = unsafe { MEMORY.value_ref(many) };
    // SAFETY: the caller's error.
    unsafe { lent_descriptor(many, error) }
}

/// Closes the receiver and the rings in it; the slots are the caller's again.
///
/// @return 0, or -errno
/// @rust ring::Many
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_many_close(
    many: *mut rawipc_ring_many,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let closed = unsafe { Args(Call::CLOSE).taken(many) }.map(drop);
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}

fn told(received: Received) -> rawipc_ring_received {
    const NOTHING: rawipc_ring_received =
        rawipc_ring_received { kind: 0, from: 0, len: 0, saw: rawipc_ring_corruption::NONE, reserved: 0 };
    match received {
        Received::Message { from, len } => {
            rawipc_ring_received { kind: RAWIPC_RING_MESSAGE, from: from as u32, len: len as u64, ..NOTHING }
        }
        Received::End { from } => {
            rawipc_ring_received { kind: RAWIPC_RING_END, from: from as u32, ..NOTHING }
        }
        Received::Corrupt { from, saw } => {
            rawipc_ring_received { kind: RAWIPC_RING_CORRUPT, from: from as u32, saw: saw.into(), ..NOTHING }
        }
        Received::TooLong { from, len } => {
            rawipc_ring_received { kind: RAWIPC_RING_TOO_LONG, from: from as u32, len: len as u64, ..NOTHING }
        }
    }
}

impl Args {
    /// Slots with no ring in them. They are smaller than what C has for them, and lie at its beginning.
    ///
    /// # Safety
    /// As [`buffer`](Self::buffer).
    unsafe fn ring_slots<'a>(self, slots: *mut rawipc_ring_slot, len: usize) -> Result<&'a mut [Slot]> {
        let bytes =
            len.checked_mul(size_of::<rawipc_ring_slot>()).ok_or_else(|| self.refused(Errno::INVAL))?;
        // SAFETY: by the caller.
        unsafe { self.buffer(slots.cast::<c_void>(), bytes) }?;
        if len > 0 && !slots.is_aligned() {
            return Err(self.refused(Errno::FAULT));
        }
        for at in 0..len {
            // SAFETY: so many can be written there.
            let slot = unsafe { slots.cast::<Slot>().add(at) };
            // SAFETY: as above, and aligned.
            unsafe { slot.write(Slot::EMPTY) };
        }
        // SAFETY: just written, and nobody else's.
        unsafe { self.array(slots.cast(), len) }
    }
}
