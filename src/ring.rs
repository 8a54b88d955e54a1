//! A ring of whole messages in mapped memory, one way, from one process to one: named by inheritance over fork, or by
//! descriptors that strangers pass over a UNIX socket.
//!
//! While both sides are awake a message costs no syscall. Each side writes to a region of its own, which the
//! other has mapped read-only, sealed against ever being made writable; each believes nothing of what it reads
//! in the other's, so what a peer does to its region gives an error (`EBADMSG`) and nothing worse.
//!
//! [`pair`] makes both ends; then fork, and each process keeps one and drops the other, and with it the mapping that
//! may write to what is not its own; until then it could, but neither side reads what it wrote. **An end is one
//! process's**: the first that sends or receives with it. To any other, a child of that one included, it says
//! `EPERM`, and may be dropped without harm.
//!
//! [`meet`], [`Producer::meet`] and [`Consumer::meet`] are for strangers, which share nothing but a socket: each makes its
//! own region, seals it, passes it, and looks at the other's before it maps it. There never is a mapping, nor can one be
//! made, by which a process writes to what is not its own.
//!
//! # In place, and in batches
//! [`Producer::reserve`] gives room to write a message in, [`Consumer::read`] a message where it lies: nothing is copied.
//! [`Producer::send_batch`] and [`Consumer::recv_batch`] move several messages in one go. All of them are ways to the same
//! messages: how one was sent does not say how it is to be received.
//!
//! # Waiting
//! Where there is nothing, an end polls as long as it was told to ([`Polling`]), and then sleeps, woken by the other
//! side's doings and by its death alike. To begin with it does not poll at all.
//!
//! The descriptor that [`AsFd`](crate::fd::AsFd) gives of either end is its doorbell, for waiting on several things at
//! once. It becomes [`READABLE`](crate::wait::Events::READABLE), **for a producer that waits for room too**, when the
//! other side is gone, or did something since this side was last told that it would have to wait: by `EAGAIN` from
//! `try_recv` or `try_send`, or by `ETIMEDOUT`. So a loop over several channels tries until `EAGAIN`, then polls; a
//! producer that sends or reserves something smaller in between has to be told so anew. It becomes readable without
//! anything to find, as well.
//!
//! # Many writers
//! Each has a ring of its own, and [`Many`] receives from all of them, one after the other.

mod batch;
mod consumer;
mod corruption;
mod doorbell;
mod drain;
#[cfg(any(test, fuzzing))]
#[path = "../tests/fuzz/src/ring.rs"]
pub(crate) mod fuzz;
mod hold;
mod index;
mod inplace;
mod ladder;
mod layout;
mod many;
mod meeting;
mod polling;
mod producer;
mod record;
mod reserve;
mod side;
mod sleep;
#[cfg(test)]
mod tests;

use crate::error::Result;
use crate::memory::{ForkMark, Map};
use crate::sys::sleep::membarrier_register;
use layout::{Region, SLEEP};
use side::Side;
use sleep::OwnSleep;

pub use batch::Batch;
pub use consumer::Consumer;
pub use corruption::{Corruption, Word};
pub use inplace::Message;
pub use many::{Many, Received, Slot};
pub use meeting::meet;
pub use polling::Polling;
pub use producer::Producer;
pub use reserve::Reservation;

/// What the order of memory is made of: in one place, so that a model checker can put its own there.
mod atomic {
    pub(super) use core::sync::atomic::{AtomicU32, Ordering, compiler_fence, fence};
}

/// `memfd_create`, `mmap` and what wakes sleepers — a ring of at least `capacity` bytes and its two ends, of which each
/// process keeps one after the fork.
///
/// The capacity is rounded up to a power of two, a page at least. A message takes its length and 16 bytes, rounded
/// up to a multiple of 64; from 512 bytes on its length, rounded up, and 64; and one of 64 bytes takes these alone. The
/// largest is half the capacity less 16. For short messages 64 KiB to 1 MiB are best, for those of 4 KiB 512 KiB, for
/// longer ones 4 to 8 MiB. The descriptors of the memory are closed again, so nothing can be mapped anew.
///
/// # Errors
/// `EINVAL`: `capacity` is 0 or more than 2³⁰. `ENOMEM`, `ENOSPC`: there is not so much memory. `EMFILE`,
/// `ENFILE`: no descriptors left, of which six stay and a seventh is used for a moment.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | ok; no membarrier | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `mmap` `close` `membarrier` |
/// | signals come | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `memfd_create` (`fallocate`)×n `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` (`fallocate`)×n `fcntl` `mmap` `fcntl` `mmap` `close` `membarrier` |
/// | before 6.3 | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `memfd_create` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `mmap` `close` `membarrier` |
/// | no socket | `socketpair` |
/// | no bell | `socketpair` `eventfd2` `close` `close` |
/// | a bell without a count | `socketpair` `eventfd2` `write` `close` `close` `close` |
/// | no second bell | `socketpair` `eventfd2` `write` `eventfd2` `close` `close` `close` |
/// | a second bell without a count | `socketpair` `eventfd2` `write` `eventfd2` `write` `close` `close` `close` `close` |
/// | no epoll | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `close` `close` `close` `close` |
/// | nothing to be added to it | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `close` `close` `close` `close` `close` |
/// | nothing more to be added to it | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `close` `close` `close` `close` `close` |
/// | no second epoll | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `close` `close` `close` `close` `close` |
/// | nothing to be added to the second | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `close` `close` `close` `close` `close` `close` |
/// | nothing more to be added to the second | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `close` `close` `close` `close` `close` `close` |
/// | no page for a mark | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `close` `close` `close` `close` `close` `close` |
/// | a mark is refused | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `munmap` `close` `close` `close` `close` `close` `close` |
/// | no page for the second mark | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `munmap` `close` `close` `close` `close` `close` `close` |
/// | the second mark is refused | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `munmap` `munmap` `close` `close` `close` `close` `close` `close` |
/// | no descriptor for the memory | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `memfd_create` `munmap` `munmap` `close` `close` `close` `close` `close` `close` |
/// | no memory | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `memfd_create` `fallocate` `close` `munmap` `munmap` `close` `close` `close` `close` `close` `close` |
/// | sealing the size fails | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `close` `munmap` `munmap` `close` `close` `close` `close` `close` `close` |
/// | no mapping | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `close` `munmap` `munmap` `close` `close` `close` `close` `close` `close` |
/// | no second mapping | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `munmap` `close` `munmap` `munmap` `close` `close` `close` `close` `close` `close` |
/// | sealing writes fails | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `munmap` `close` `munmap` `munmap` `close` `close` `close` `close` `close` `close` |
/// | no third mapping | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `munmap` `close` `munmap` `munmap` `close` `close` `close` `close` `close` `close` |
/// | no fourth mapping | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `munmap` `munmap` `close` `munmap` `munmap` `close` `close` `close` `close` `close` `close` |
/// | none left for the second memory | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` `munmap` `munmap` `munmap` `munmap` `close` `close` `close` `close` `close` `close` |
/// | no memory for the second | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` `fallocate` `close` `munmap` `munmap` `munmap` `munmap` `close` `close` `close` `close` `close` `close` |
/// | sealing the second size fails | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` `fallocate` `fcntl` `close` `munmap` `munmap` `munmap` `munmap` `close` `close` `close` `close` `close` `close` |
/// | no fifth mapping | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` `fallocate` `fcntl` `mmap` `close` `munmap` `munmap` `munmap` `munmap` `close` `close` `close` `close` `close` `close` |
/// | sealing writes to the second fails | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `munmap` `close` `munmap` `munmap` `munmap` `munmap` `close` `close` `close` `close` `close` `close` |
/// | no sixth mapping | `socketpair` `eventfd2` `write` `eventfd2` `write` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `mmap` `madvise` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `mmap` `mmap` `close` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `mmap` `munmap` `close` `munmap` `munmap` `munmap` `munmap` `close` `close` `close` `close` `close` `close` |
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
    let (producer_mark, consumer_mark) = (ForkMark::new()?, ForkMark::new()?);
    let (records, records_seen) = layout::producer_region(geometry)?;
    let (place, place_seen) = layout::consumer_region()?;
    // Of the process that makes them, and of its children: the ends are nobody else's.
    let barriers = membarrier_register().is_ok();
    let side =
        |bell, mark, words: &Map| Side::new(bell, mark, OwnSleep::new(words.word::<SLEEP>(), barriers));
    let producer = side(producer_bell, producer_mark, records.words());
    let consumer = side(consumer_bell, consumer_mark, &place);
    Ok((
        Producer::new(producer, records, place_seen, geometry),
        Consumer::new(consumer, place, records_seen, geometry),
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
