//! Strangers that meet over a UNIX socket and share rings from then on.
//!
//! Each side makes the memory that it writes to, seals it against every later writer, and passes it; then it looks at what
//! came, in full, before it maps any of it, to read alone. Nothing has a name, and nothing is left of a process that was
//! killed. The socket, stream or seqpacket, is not needed any more afterwards, and may be used for other things.

use core::ffi::c_int;

use rawipc::ring::{self, Consumer, Producer};
use rawipc::socket::Stream;
use rawipc::{Call, Duplex};

use super::{rawipc_ring_consumer, rawipc_ring_producer};
use crate::arg::Args;
use crate::error::{rawipc_error, status};
use crate::wait::rawipc_wait;

// A seqpacket meets as a stream does: the calls are the same.
const MEET: Args = Args(Call::SENDMSG);

/// Makes two rings with the stranger at the other end of a socket, one each way, who calls this too.
///
/// The capacity is that of the ring that this side sends into, rounded up to a power of two; the other side's is its own.
///
/// @param producer  gets the end that sends
/// @param consumer  gets the end that receives
/// @param socket    the descriptor of a connected stream or seqpacket socket, which stays the caller's
/// @param wait      one deadline for all of it
/// @return 0, or -errno
/// @par Errors
/// EPROTO: what the other side said is no greeting of this version and for this direction, or brought too few descriptors.
/// E2BIG: too many. EBADMSG: its memory is no memfd, or not sealed, or of another size, or not for writing, or has holes, or
/// is our own, or its bell or its line is none; rawipc_error_call() tells which. EPIPE: it is gone. ETIMEDOUT: it did not come in time. EINVAL: capacity is 0
/// or more than 2³⁰. EPERM: it refuses descriptors. ENOMEM, ENOSPC: there is not so much memory. EMFILE, ENFILE: no
/// descriptors left. After any, nothing of it is left, mapped or open.
/// @par Ownership
/// Both are the caller's, until rawipc_ring_producer_close() and rawipc_ring_consumer_close().
/// @rust ring::meet
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_meet(
    producer: *mut rawipc_ring_producer,
    consumer: *mut rawipc_ring_consumer,
    socket: c_int,
    capacity: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let met = (|| {
        // SAFETY: the caller's handle.
        let producer = unsafe { MEET.empty(producer) }?;
        // SAFETY: the caller's handle.
        let consumer = unsafe { MEET.empty(consumer) }?;
        let socket = MEET.lent(socket, Stream::assume)?;
        // SAFETY: the caller's wait.
        let wait = unsafe { MEET.wait(wait) }?;
        let Duplex { sender, receiver } = ring::meet(&*socket, capacity, wait)?;
        producer.set(sender);
        consumer.set(receiver);
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(met, error) }
}

/// Makes the sending end of a ring with the stranger at the other end of a socket, who calls
/// rawipc_ring_consumer_meet().
///
/// @param producer  gets the end that sends
/// @param socket    the descriptor of a connected stream or seqpacket socket, which stays the caller's
/// @param wait      one deadline for all of it
/// @return 0, or -errno
/// @par Errors
/// As rawipc_ring_meet().
/// @par Ownership
/// The end is the caller's, until rawipc_ring_producer_close().
/// @rust ring::Producer::meet
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_producer_meet(
    producer: *mut rawipc_ring_producer,
    socket: c_int,
    capacity: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let met = (|| {
        // SAFETY: the caller's handle.
        let producer = unsafe { MEET.empty(producer) }?;
        let socket = MEET.lent(socket, Stream::assume)?;
        // SAFETY: the caller's wait.
        let wait = unsafe { MEET.wait(wait) }?;
        producer.set(Producer::meet(&*socket, capacity, wait)?);
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(met, error) }
}

/// Makes the receiving end of a ring with the stranger at the other end of a socket, who calls
/// rawipc_ring_producer_meet() and says how large it is.
///
/// @param consumer  gets the end that receives
/// @param socket    the descriptor of a connected stream or seqpacket socket, which stays the caller's
/// @param wait      one deadline for all of it
/// @return 0, or -errno
/// @par Errors
/// As rawipc_ring_meet().
/// @par Ownership
/// The end is the caller's, until rawipc_ring_consumer_close().
/// @rust ring::Consumer::meet
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_consumer_meet(
    consumer: *mut rawipc_ring_consumer,
    socket: c_int,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let met = (|| {
        // SAFETY: the caller's handle.
        let consumer = unsafe { MEET.empty(consumer) }?;
        let socket = MEET.lent(socket, Stream::assume)?;
        // SAFETY: the caller's wait.
        let wait = unsafe { MEET.wait(wait) }?;
        consumer.set(Consumer::meet(&*socket, wait)?);
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(met, error) }
}
