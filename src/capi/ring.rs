//! A ring of whole messages in mapped memory, one way, from one process to one.
//!
//! rawipc_ring_pair() makes both ends; then fork, and each process keeps one and closes the other. While both sides are
//! awake a message costs no syscall. An end is of the first process that sends or receives with it: to any other it says
//! -EPERM, and may be closed without harm.
//!
//! The descriptor of an end, rawipc_ring_producer_fd() and rawipc_ring_consumer_fd(), is its doorbell. It becomes
//! readable, for a producer that waits for room too, when the other side is gone, or did something since this side was
//! last told -EAGAIN or -ETIMEDOUT: so a loop over several channels tries until -EAGAIN, then polls. A producer that sends or
//! reserves something smaller in between has to be told so anew.

use core::ffi::{c_int, c_void};

use rawipc::ring::{self, Consumer, Polling, Producer};
use rawipc::{Call, Receiver, Sender, Wait};

use crate::arg::{Args, known_buffer, known_bytes};
use crate::error::{length, lent_descriptor, rawipc_error, status};
use crate::handle::holds;
use crate::ssize_t;
use crate::wait::rawipc_wait;

// In the order of the header's sections; apart, so that rustfmt leaves it.
pub mod corruption;

pub mod inplace;
pub mod many;

pub mod batch;
pub mod meeting;

/// The end that sends. A handle.
#[repr(C)]
pub struct rawipc_ring_producer {
    opaque: [u64; 24],
}

holds!(rawipc_ring_producer, Producer, *b"producer");
crate::layout!(rawipc_ring_producer: 192);

/// The end that receives. A handle.
#[repr(C)]
pub struct rawipc_ring_consumer {
    opaque: [u64; 24],
}

holds!(rawipc_ring_consumer, Consumer, *b"consumer");
crate::layout!(rawipc_ring_consumer: 192);

const MEMORY: Args = Args(Call::MEMORY);

/// Makes a ring of at least capacity bytes and its two ends, of which each process keeps one after the fork.
///
/// The capacity is rounded up to a power of two, a page at least; rawipc_ring_send_limit() tells the largest message.
///
/// @param producer  gets the end that sends
/// @param consumer  gets the end that receives
/// @return 0, or -errno
/// @par Errors
/// EINVAL: capacity is 0 or more than 2³⁰. ENOMEM, ENOSPC: there is not so much memory. EMFILE, ENFILE: no descriptors
/// left, of which six stay and a seventh is used for a moment.
/// @par Ownership
/// Both are the caller's, until rawipc_ring_producer_close() and rawipc_ring_consumer_close(), in each process.
/// @rust ring::pair
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_pair(
    producer: *mut rawipc_ring_producer,
    consumer: *mut rawipc_ring_consumer,
    capacity: usize,
    error: *mut rawipc_error,
) -> c_int {
    let args = Args(Call::SOCKETPAIR);
    let made = (|| {
        // SAFETY: the caller's handle.
        let producer = unsafe { args.empty(producer) }?;
        // SAFETY: the caller's handle.
        let consumer = unsafe { args.empty(consumer) }?;
        let (sends, receives) = ring::pair(capacity)?;
        producer.set(sends);
        consumer.set(receives);
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Sends one message.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: an empty message. EMSGSIZE: larger than the limit. EPIPE: the consumer is gone. ETIMEDOUT: no room came in
/// time. EBADMSG: the consumer wrote what cannot be; the ring stays so. EPERM: the end is another process's.
/// @rust ring::Producer::send
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_send(
    producer: *mut rawipc_ring_producer,
    msg: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's socket.
    if Args::are_plain(msg, len, wait) && unsafe { Args::is_marked(producer) } {
        // SAFETY: the caller's handle.
        let producer = unsafe { Args::known(producer) };
        // SAFETY: the caller's bytes.
        let msg = unsafe { known_bytes(msg, len) };
        let sent = producer.send(msg, Wait::FOREVER);
        // SAFETY: the caller's error.
        return unsafe { status(sent, error) };
    }
    // SAFETY: the caller's arguments.
    unsafe { send_under(producer, msg, len, wait, error) }
}

/// The same with any arguments.
///
/// # Safety
/// As the caller promises.
#[cold]
#[inline(never)]
unsafe fn send_under(
    producer: *mut rawipc_ring_producer,
    msg: *const c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let sent = (|| {
        // SAFETY: the caller's handle.
        let producer = unsafe { MEMORY.value(producer) }?;
        // SAFETY: the caller's bytes.
        let msg = unsafe { MEMORY.bytes(msg, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { MEMORY.patience(wait) }?;
        match wait {
            Some(wait) => producer.send(msg, wait),
            None => producer.try_send(msg),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { status(sent, error) }
}

/// Sends one message if there is room for it now.
///
/// @return 0, or -errno
/// @par Errors
/// As rawipc_ring_send(), and EAGAIN in place of a wait.
/// @rust ring::Producer::try_send
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_try_send(
    producer: *mut rawipc_ring_producer,
    msg: *const c_void,
    len: usize,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's arguments.
    unsafe { send_under(producer, msg, len, crate::wait::now(), error) }
}

/// The largest message that goes.
///
/// @return its bytes, or -errno
/// @rust ring::Producer::send_limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_send_limit(
    producer: *const rawipc_ring_producer,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's handle.
    let limit = unsafe { MEMORY.value_ref(producer) }.map(Sender::send_limit);
    // SAFETY: the caller's error.
    unsafe { length(limit, error) }
}

/// Receives one message.
///
/// @return its length; 0: the producer is gone, and all that it sent has been handed out; or -errno
/// @par Errors
/// EMSGSIZE: the buffer is too small; `needed` tells the length, and the message stays. ETIMEDOUT: nothing came in time.
/// EBADMSG: the producer wrote what cannot be; the ring stays so. EPERM: the end is another process's.
/// @rust ring::Consumer::recv
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_recv(
    consumer: *mut rawipc_ring_consumer,
    buf: *mut c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's socket.
    if Args::are_plain(buf, len, wait) && unsafe { Args::is_marked(consumer) } {
        // SAFETY: the caller's handle.
        let consumer = unsafe { Args::known(consumer) };
        // SAFETY: the caller's buffer.
        let buf = unsafe { known_buffer(buf, len) };
        let received = consumer.recv(buf, Wait::FOREVER);
        // SAFETY: the caller's error.
        return unsafe { length(received, error) };
    }
    // SAFETY: the caller's arguments.
    unsafe { recv_under(consumer, buf, len, wait, error) }
}

/// The same with any arguments.
///
/// # Safety
/// As the caller promises.
#[cold]
#[inline(never)]
unsafe fn recv_under(
    consumer: *mut rawipc_ring_consumer,
    buf: *mut c_void,
    len: usize,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> ssize_t {
    let received = (|| {
        // SAFETY: the caller's handle.
        let consumer = unsafe { MEMORY.value(consumer) }?;
        // SAFETY: the caller's buffer.
        let buf = unsafe { MEMORY.buffer(buf, len) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { MEMORY.patience(wait) }?;
        match wait {
            Some(wait) => consumer.recv(buf, wait),
            None => consumer.try_recv(buf),
        }
    })();
    // SAFETY: the caller's error.
    unsafe { length(received, error) }
}

/// Receives one message if there is one now.
///
/// @return its length; 0: the producer is gone, and all that it sent has been handed out; or -errno
/// @par Errors
/// As rawipc_ring_recv(), and EAGAIN in place of a wait.
/// @rust ring::Consumer::try_recv
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_try_recv(
    consumer: *mut rawipc_ring_consumer,
    buf: *mut c_void,
    len: usize,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's arguments.
    unsafe { recv_under(consumer, buf, len, crate::wait::now(), error) }
}

/// The largest message that can come.
///
/// @return its bytes, or -errno
/// @rust ring::Consumer::recv_limit
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_recv_limit(
    consumer: *const rawipc_ring_consumer,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's handle.
    let limit = unsafe { MEMORY.value_ref(consumer) }.map(Receiver::recv_limit);
    // SAFETY: the caller's error.
    unsafe { length(limit, error) }
}

/// The bytes that the ring holds, headers and padding included.
///
/// @return how many, or -errno
/// @rust ring::Producer::capacity
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_producer_capacity(
    producer: *const rawipc_ring_producer,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's handle.
    let capacity = unsafe { MEMORY.value_ref(producer) }.map(Producer::capacity);
    // SAFETY: the caller's error.
    unsafe { length(capacity, error) }
}

/// The bytes that the ring holds, headers and padding included.
///
/// @return how many, or -errno
/// @rust ring::Consumer::capacity
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_consumer_capacity(
    consumer: *const rawipc_ring_consumer,
    error: *mut rawipc_error,
) -> ssize_t {
    // SAFETY: the caller's handle.
    let capacity = unsafe { MEMORY.value_ref(consumer) }.map(Consumer::capacity);
    // SAFETY: the caller's error.
    unsafe { length(capacity, error) }
}

/// How a wait of the end that sends polls before it sleeps; not at all to begin with.
///
/// First looks with a pause of the processor between them, then looks with a sched_yield between them, then the sleep.
/// UINT32_MAX is without end. The other side's death and a deadline end the polling, a signal does not.
///
/// @param pauses  how many looks with a pause
/// @param yields  how many looks with a yield
/// @return 0, or -errno
/// @rust ring::Producer::set_polling
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_producer_set_polling(
    producer: *mut rawipc_ring_producer,
    pauses: u32,
    yields: u32,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let set = unsafe { MEMORY.value(producer) }.map(|end| end.set_polling(Polling { pauses, yields }));
    // SAFETY: the caller's error.
    unsafe { status(set, error) }
}

/// How a wait of the end that receives polls before it sleeps; not at all to begin with.
///
/// First looks with a pause of the processor between them, then looks with a sched_yield between them, then the sleep.
/// UINT32_MAX is without end. The other side's death and a deadline end the polling, a signal does not.
///
/// @param pauses  how many looks with a pause
/// @param yields  how many looks with a yield
/// @return 0, or -errno
/// @rust ring::Consumer::set_polling
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_consumer_set_polling(
    consumer: *mut rawipc_ring_consumer,
    pauses: u32,
    yields: u32,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let set = unsafe { MEMORY.value(consumer) }.map(|end| end.set_polling(Polling { pauses, yields }));
    // SAFETY: the caller's error.
    unsafe { status(set, error) }
}

/// The doorbell of the end that sends, to poll; it stays the handle's.
///
/// @return the descriptor, or -errno
/// @rust ring::Producer::as_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_producer_fd(
    producer: *const rawipc_ring_producer,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let producer = unsafe { MEMORY.value_ref(producer) };
    // SAFETY: the caller's error.
    unsafe { lent_descriptor(producer, error) }
}

/// The doorbell of the end that receives, to poll; it stays the handle's.
///
/// @return the descriptor, or -errno
/// @rust ring::Consumer::as_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_consumer_fd(
    consumer: *const rawipc_ring_consumer,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let consumer = unsafe { MEMORY.value_ref(consumer) };
    // SAFETY: the caller's error.
    unsafe { lent_descriptor(consumer, error) }
}

/// Closes the end that sends: unmaps its memory, and the other side is told.
///
/// @return 0, or -errno
/// @rust ring::Producer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_producer_close(
    producer: *mut rawipc_ring_producer,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let closed = unsafe { Args(Call::CLOSE).taken(producer) }.map(drop);
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}

/// Closes the end that receives: unmaps its memory, and the other side is told.
///
/// @return 0, or -errno
/// @rust ring::Consumer
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_ring_consumer_close(
    consumer: *mut rawipc_ring_consumer,
    error: *mut rawipc_error,
) -> c_int {
    // SAFETY: the caller's handle.
    let closed = unsafe { Args(Call::CLOSE).taken(consumer) }.map(drop);
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}
