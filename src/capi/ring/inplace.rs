//! Messages written and read where they lie in the ring.
//!
//! What was reserved is the caller's to write to until rawipc_ring_commit(), rawipc_ring_abandon() or the next message
//! that the same end sends. What was read stays where it is until rawipc_ring_done() or the next message that the same
//! end receives. The producer may be writing to it at any moment, against the rules: rawipc_ring_copy() is safe from
//! that, and whoever uses the pointer reads each byte once, through volatile, and judges what was read.

use core::ffi::{c_int, c_void};
use core::mem::forget;

use rawipc::ring::{Message, Reservation};
use rawipc::{Errno, Result};

use super::{MEMORY, rawipc_ring_consumer, rawipc_ring_producer};
use crate::arg::Output;
use crate::error::{length, rawipc_error, status};
use crate::ssize_t;
use crate::wait::rawipc_wait;

/// Room for one message of up to size bytes, to be written in place.
///
/// A child made by fork has nothing to write there.
///
/// @param at  gets where it lies, in one piece, aligned to 16 bytes
/// @return 0, or -errno
/// @par Errors
/// As rawipc_ring_send() of a message of size bytes.
/// @rust ring::Producer::reserve
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_reserve(
    producer: *mut rawipc_ring_producer,
    at: *mut *mut c_void,
    size: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let reserved = (|| {
        // SAFETY: the caller's handle.
        let producer = unsafe { MEMORY.value(producer) }?;
        // SAFETY: the caller's pointer.
        let at = unsafe { MEMORY.output(at) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { MEMORY.wait(wait) }?;
        producer.reserve(size, wait).map(|room| lend(room, at))
    })();
    // SAFETY: the caller's error.
    unsafe { status(reserved, error) }
}

/// Room for one message of up to size bytes, to be written in place, if there is so much now.
///
/// @param at  gets where it lies, in one piece, aligned to 16 bytes
/// @return 0, or -errno
/// @par Errors
/// As rawipc_ring_try_send() of a message of size bytes.
/// @rust ring::Producer::try_reserve
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_try_reserve(
    producer: *mut rawipc_ring_producer,
    at: *mut *mut c_void,
    size: usize,
    error: *mut rawipc_error,
) -> c_int {
    let reserved = (|| {
        // SAFETY: the caller's handle.
        let producer = unsafe { MEMORY.value(producer) }?;
        // SAFETY: the caller's pointer.
        let at = unsafe { MEMORY.output(at) }?;
        producer.try_reserve(size).map(|room| lend(room, at))
    })();
    // SAFETY: the caller's error.
    unsafe { status(reserved, error) }
}

/// Sends the first size bytes of what was reserved as one message, and gives the rest of the room back.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: nothing is reserved, or size is 0. EMSGSIZE: more than was reserved, which `needed` tells; nothing is reserved
/// any more. EPIPE, EBADMSG: a call since said so. Any errno of read breaks the end for good: the message may arrive.
/// @rust ring::Reservation::commit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_commit(
    producer: *mut rawipc_ring_producer,
    size: usize,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let reserved = unsafe { reserved(producer) };
    // SAFETY: the caller's error.
    unsafe { status(reserved.and_then(|room| room.commit(size)), error) }
}

/// Gives back what was reserved, with nothing sent.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: nothing is reserved.
/// @rust ring::Reservation
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_abandon(
    producer: *mut rawipc_ring_producer,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let reserved = unsafe { reserved(producer) };
    // SAFETY: the caller's error.
    unsafe { status(reserved.map(drop), error) }
}

/// One message, to be read where it lies. Until it is done, it is there again at the next call.
///
/// @param at  gets where it lies, in one piece, aligned to 16 bytes; not at the end
/// @return its length; 0: the producer is gone, and all that it sent has been handed out; or -errno
/// @par Errors
/// ETIMEDOUT: nothing came in time. EBADMSG: the producer wrote what cannot be; the ring stays so. EPERM: the end is
/// another process's.
/// @rust ring::Consumer::read
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_read(
    consumer: *mut rawipc_ring_consumer,
    at: *mut *const c_void,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let read = (|| {
        // SAFETY: the caller's handle.
        let consumer = unsafe { MEMORY.value(consumer) }?;
        // SAFETY: the caller's pointer.
        let at = unsafe { MEMORY.output(at) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { MEMORY.wait(wait) }?;
        consumer.read(wait).map(|message| show(message, at))
    })();
    // SAFETY: the caller's error.
    unsafe { length(read, error) }
}

/// One message, to be read where it lies, if there is one now.
///
/// @param at  gets where it lies, in one piece, aligned to 16 bytes; not at the end
/// @return its length; 0: the producer is gone, and all that it sent has been handed out; or -errno
/// @par Errors
/// As rawipc_ring_read(), and EAGAIN in place of a wait.
/// @rust ring::Consumer::try_read
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_try_read(
    consumer: *mut rawipc_ring_consumer,
    at: *mut *const c_void,
    error: *mut rawipc_error,
) -> ssize_t {
    let read = (|| {
        // SAFETY: the caller's handle.
        let consumer = unsafe { MEMORY.value(consumer) }?;
        // SAFETY: the caller's pointer.
        let at = unsafe { MEMORY.output(at) }?;
        consumer.try_read().map(|message| show(message, at))
    })();
    // SAFETY: the caller's error.
    unsafe { length(read, error) }
}

/// Copies a part of the message that was read into buf, each byte read once.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: no message was read. ERANGE: the bytes do not all lie in it; nothing is copied then.
/// @rust ring::Message::copy_to
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_copy(
    consumer: *mut rawipc_ring_consumer,
    offset: usize,
    buf: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    let copied = (|| {
        // SAFETY: the caller's handle.
        let message = unsafe { held(consumer) }?;
        // SAFETY: the caller's buffer.
        let copied = unsafe { MEMORY.buffer(buf, len) }.and_then(|buf| message.copy_to(offset, buf));
        forget(message);
        copied
    })();
    // SAFETY: the caller's error.
    unsafe { status(copied, error) }
}

/// Takes the message that was read off the ring.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: no message was read, or it was taken.
/// @rust ring::Message::done
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_done(
    consumer: *mut rawipc_ring_consumer,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let held = unsafe { held(consumer) };
    // SAFETY: the caller's error.
    unsafe { status(held.map(Message::done), error) }
}

/// Leaves the room reserved, and says where it is.
#[inline]
fn lend(mut room: Reservation<'_>, at: Output<'_, *mut c_void>) {
    at.set(room.as_mut_ptr().cast());
    forget(room);
}

/// Leaves the message where it is, and says where. No message is the end.
#[inline]
fn show(message: Option<Message<'_>>, at: Output<'_, *const c_void>) -> usize {
    let Some(message) = message else { return 0 };
    at.set(message.as_ptr().cast());
    let len = message.len();
    forget(message);
    len
}

/// # Safety
/// As [`Args::value`](crate::arg::Args::value).
#[inline]
unsafe fn reserved<'a>(producer: *mut rawipc_ring_producer) -> Result<Reservation<'a>> {
    // SAFETY: by the caller.
    unsafe { MEMORY.value(producer) }?.reserved().ok_or_else(|| MEMORY.refused(Errno::INVAL))
}

/// # Safety
/// As [`Args::value`](crate::arg::Args::value).
#[inline]
unsafe fn held<'a>(consumer: *mut rawipc_ring_consumer) -> Result<Message<'a>> {
    // SAFETY: by the caller.
    unsafe { MEMORY.value(consumer) }?.held().ok_or_else(|| MEMORY.refused(Errno::INVAL))
}
