//! Several messages in one go: published together, with one doorbell, and taken together.

use core::ffi::c_void;

use rawipc::Result;
use rawipc::ring::Batch;

use super::{MEMORY, rawipc_ring_consumer, rawipc_ring_producer};
use crate::error::{length, rawipc_error};
use crate::ssize_t;
use crate::wait::rawipc_wait;

/// One message of a batch that is sent.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_ring_message {
    /// Where it lies.
    pub at: *const c_void,
    /// Its bytes, one at least.
    pub len: usize,
}

crate::layout!(rawipc_ring_message: 16, at 0, len 8);

/// Sends messages, as many as have room, waiting for the first alone.
///
/// They become visible together. Where fewer than all went, the rest had no room, or the next is one that is refused: the
/// next call, with the rest, says or waits.
///
/// @param msgs  count of them
/// @return how many went, from the first on; or -errno
/// @par Errors
/// As rawipc_ring_send() of the first. EFAULT: one of them is NULL; none went then.
/// @rust ring::Producer::send_batch
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_send_batch(
    producer: *mut rawipc_ring_producer,
    msgs: *const rawipc_ring_message,
    count: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let sent = (|| {
        // SAFETY: the caller's handle.
        let producer = unsafe { MEMORY.value(producer) }?;
        // SAFETY: the caller's messages.
        let msgs = unsafe { messages(msgs, count) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { MEMORY.wait(wait) }?;
        producer.send_batch(msgs, wait)
    })();
    // SAFETY: the caller's error.
    unsafe { length(sent, error) }
}

/// Sends messages, as many as have room now.
///
/// @param msgs  count of them
/// @return how many went, from the first on; or -errno
/// @par Errors
/// As rawipc_ring_send_batch(), and EAGAIN in place of a wait.
/// @rust ring::Producer::try_send_batch
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_try_send_batch(
    producer: *mut rawipc_ring_producer,
    msgs: *const rawipc_ring_message,
    count: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    let sent = (|| {
        // SAFETY: the caller's handle.
        let producer = unsafe { MEMORY.value(producer) }?;
        // SAFETY: the caller's messages.
        let msgs = unsafe { messages(msgs, count) }?;
        producer.try_send_batch(msgs)
    })();
    // SAFETY: the caller's error.
    unsafe { length(sent, error) }
}

/// Receives messages, as many as are there and fit, waiting for the first alone.
///
/// They lie in buf one behind the other: the first from 0 to ends[0], the next from there to ends[1], and so on.
///
/// @param ends  where each ends; count at the most are received
/// @return how many; 0: the producer is gone, and all that it sent has been handed out; or -errno
/// @par Errors
/// As rawipc_ring_recv() of the first. EINVAL: count is 0.
/// @rust ring::Consumer::recv_batch
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_recv_batch(
    consumer: *mut rawipc_ring_consumer,
    buf: *mut c_void,
    len: usize,
    ends: *mut usize,
    count: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let received = (|| {
        // SAFETY: the caller's handle.
        let consumer = unsafe { MEMORY.value(consumer) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { MEMORY.buffer(buf, len) }?;
        // SAFETY: the caller's array.
        let ends = unsafe { MEMORY.array(ends, count) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { MEMORY.wait(wait) }?;
        consumer.recv_batch(buf, ends, wait).map(|batch| Batch::len(&batch))
    })();
    // SAFETY: the caller's error.
    unsafe { length(received, error) }
}

/// Receives messages, as many as are there now and fit.
///
/// @param ends  where each ends; count at the most are received
/// @return how many; 0: the producer is gone, and all that it sent has been handed out; or -errno
/// @par Errors
/// As rawipc_ring_recv_batch(), and EAGAIN in place of a wait.
/// @rust ring::Consumer::try_recv_batch
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_try_recv_batch(
    consumer: *mut rawipc_ring_consumer,
    buf: *mut c_void,
    len: usize,
    ends: *mut usize,
    count: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    let received = (|| {
        // SAFETY: the caller's handle.
        let consumer = unsafe { MEMORY.value(consumer) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { MEMORY.buffer(buf, len) }?;
        // SAFETY: the caller's array.
        let ends = unsafe { MEMORY.array(ends, count) }?;
        consumer.try_recv_batch(buf, ends).map(|batch| Batch::len(&batch))
    })();
    // SAFETY: the caller's error.
    unsafe { length(received, error) }
}

/// A message that was looked at: memory that is there.
#[repr(transparent)]
struct Given(rawipc_ring_message);

impl AsRef<[u8]> for Given {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        // SAFETY: looked at by `messages`; the caller's bytes.
        unsafe { MEMORY.bytes(self.0.at, self.0.len) }.unwrap_or(&[])
    }
}

/// # Safety
/// `msgs` is NULL, or `count` messages, of which each is memory that nobody writes to meanwhile.
#[inline]
unsafe fn messages<'a>(msgs: *const rawipc_ring_message, count: usize) -> Result<&'a [Given]> {
    // SAFETY: by the caller; a Given is a message, and nothing is written to it.
    let msgs: &'a [Given] = unsafe { MEMORY.array(msgs.cast_mut().cast(), count) }?;
    for msg in msgs {
        // SAFETY: by the caller.
        unsafe { MEMORY.bytes(msg.0.at, msg.0.len) }?;
    }
    Ok(msgs)
}
