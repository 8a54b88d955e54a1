//! A ring of whole messages in mapped memory: named by inheritance over fork, one way, from one process to one.
//!
//! While both sides are awake a message costs no syscall. Each side writes to a region of its own, which the
//! other has mapped read-only, sealed against ever being made writable; each believes nothing of what it reads
//! in the other's, so what a peer does to its region gives an error (`EBADMSG`) and nothing worse.
//!
//! [`pair`] makes both ends; then fork, and each process keeps one and drops the other, and with it the mapping that
//! may write to what is not its own; until then it could, but neither side reads what it wrote. **An end is one
//! process's**: two that use copies of the same end after a fork destroy each other's messages. The copy that is
//! merely dropped does no harm.
//!
//! # Waiting for several
//! The descriptor that [`AsFd`](crate::fd::AsFd) gives of either end is its doorbell. It becomes
//! [`READABLE`](crate::wait::Events::READABLE), **for a producer that waits for room too**, when the other side
//! did something since this side was last told that it would have to wait: by `EAGAIN` from `try_recv` or
//! `try_send`, or by `ETIMEDOUT`. So a loop over several channels tries until `EAGAIN`, then polls. It becomes
//! readable without anything to find, as well, and says [`HANG_UP`](crate::wait::Events::HANG_UP) when the other
//! side is gone.

mod consumer;
mod doorbell;
mod layout;
mod producer;
mod sleep;
#[cfg(test)]
mod tests;

use crate::error::Result;

pub use consumer::Consumer;
pub use producer::Producer;

/// `memfd_create`, `mmap` and `socketpair` — a ring of at least `capacity` bytes and its two ends, of which each
/// process keeps one after the fork.
///
/// The capacity is rounded up to a power of two, a page at least. A message takes its length and 8 bytes, rounded
/// up to a multiple of 64; the largest is half the capacity less 8. The descriptors of the memory are closed
/// again, so nothing can be mapped anew.
///
/// # Errors
/// `EINVAL`: `capacity` is 0 or more than 2³⁰. `ENOMEM`, `ENOSPC`: there is not so much memory. `EMFILE`,
/// `ENFILE`: no descriptors left, of which two stay and a third is used for a moment.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | ok   | `socketpair` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `mmap` `close` |
/// | signals come | `socketpair` `memfd_create` (`fallocate`)×n `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` (`fallocate`)×n `fcntl` `mmap` `fcntl` `mmap` `close` |
/// | before 6.3 | `socketpair` `memfd_create` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `mmap` `close` |
/// | fewer than two descriptors left | `socketpair` |
/// | two left | `socketpair` `memfd_create` `close` `close` |
/// | no memory | `socketpair` `memfd_create` `fallocate` `close` `close` `close` |
/// | sealing the size fails | `socketpair` `memfd_create` `fallocate` `fcntl` `close` `close` `close` |
/// | no mapping | `socketpair` `memfd_create` `fallocate` `fcntl` `mmap` `close` `close` `close` |
/// | no second mapping | `socketpair` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `munmap` `close` `close` `close` |
/// | sealing writes fails | `socketpair` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `munmap` `close` `close` `close` |
/// | no third mapping | `socketpair` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `munmap` `close` `close` `close` |
/// | no fourth mapping | `socketpair` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `munmap` `munmap` `close` `close` `close` |
/// | none left for the second memory | `socketpair` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` `munmap` `munmap` `close` `close` |
/// | no memory for the second | `socketpair` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` `fallocate` `close` `munmap` `munmap` `close` `close` |
/// | sealing the second size fails | `socketpair` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` `fallocate` `fcntl` `close` `munmap` `munmap` `close` `close` |
/// | no fifth mapping | `socketpair` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` `fallocate` `fcntl` `mmap` `close` `munmap` `munmap` `close` `close` |
/// | sealing writes to the second fails | `socketpair` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `munmap` `close` `munmap` `munmap` `close` `close` |
/// | no sixth mapping | `socketpair` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `mmap` `munmap` `close` `munmap` `munmap` `close` `close` |
/// | refused | none |
///
/// # Examples
/// ```
/// use rawipc::{Receiver, Sender, Wait, ring};
///
/// let (mut producer, mut consumer) = ring::pair(1 << 16)?;
/// // SAFETY: the child makes raw calls only, and leaves.
/// if unsafe { libc::fork() } == 0 {
///     drop(consumer);
///     let sent = producer.send(b"no syscall", Wait::FOREVER);
///     drop(producer);
///     // SAFETY: ends the child.
///     unsafe { libc::_exit(sent.is_err() as i32) };
/// }
/// drop(producer);
/// let mut buf = [0; 64];
/// assert_eq!(consumer.recv(&mut buf, Wait::FOREVER)?, 10);
/// assert_eq!(consumer.recv(&mut buf, Wait::FOREVER)?, 0); // it is gone
/// # Ok::<(), rawipc::Error>(())
/// ```
///
/// # References
/// [memfd_create(2)](https://man7.org/linux/man-pages/man2/memfd_create.2.html),
/// [mmap(2)](https://man7.org/linux/man-pages/man2/mmap.2.html),
/// [socketpair(2)](https://man7.org/linux/man-pages/man2/socketpair.2.html)
pub fn pair(capacity: usize) -> Result<(Producer, Consumer)> {
    let geometry = layout::round_up(capacity)?;
    let (producer_bell, consumer_bell) = doorbell::Doorbell::pair()?;
    let (records, records_seen) = layout::region(c"rawipc-producer", layout::GRAIN, geometry.capacity())?;
    let (place, place_seen) = layout::region(c"rawipc-consumer", layout::GRAIN, 0)?;
    Ok((
        Producer::new(producer_bell, records, place_seen, geometry),
        Consumer::new(consumer_bell, place, records_seen, geometry),
    ))
}

/// Whether an end can still be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum State {
    Open,
    /// The other side is gone, and what it sent has been handed out.
    Gone,
    /// The other side wrote what cannot be.
    Corrupt,
}
