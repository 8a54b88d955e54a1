//! How two strangers come to share a ring: each makes what it writes to, and passes it over a UNIX socket.

mod greeting;
mod ours;

use super::doorbell::{check_bell, check_line};
use super::layout::{self, GRAIN, Geometry};
use super::{Consumer, Producer};
use crate::channel::Duplex;
use crate::error::Result;
use crate::fd::Fd;
use crate::memory::{CircleView, Memfd, ReadOnlyMap};
use crate::socket::{Connection, FdRefs, FdSlots, Refs, Slots, greet};
use crate::wait::Wait;
use greeting::{CONSUMES, Greeting, NO_GREETING, PRODUCES};
use ours::{OurConsumer, OurProducer};

/// `memfd_create`, `mmap`, `sendmsg`, `recvmsg` — two rings with the stranger at the other end of `socket`, one each way,
/// of which this side's holds at least `capacity` bytes.
///
/// The other side calls this too; its capacity is its own. See [`Producer::meet`] for what either side makes, and what it
/// believes of the other. One who gives back our own memory as its own is refused.
///
/// # Errors
/// As [`Producer::meet`]; of the descriptors six stay, three an end.
///
/// # Syscalls
/// Async-signal-safe.
/// | case | calls |
/// |------|-------|
/// | ok; no membarrier | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` `close` `close` `close` |
/// | before 6.3 | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` `close` `close` `close` |
/// | signals come | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` (`fallocate`)×n `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` (`fallocate`)×n `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` `close` `close` `close` |
/// | no line | `socketpair` |
/// | no bell | `socketpair` `eventfd2` `close` `close` |
/// | a bell without a count | `socketpair` `eventfd2` `write` `close` `close` `close` |
/// | no page for a mark | `socketpair` `eventfd2` `write` `mmap` `close` `close` `close` |
/// | a mark is refused | `socketpair` `eventfd2` `write` `mmap` `madvise` `munmap` `close` `close` `close` |
/// | no descriptor for the memory | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `munmap` `close` `close` `close` |
/// | no memory | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `close` `munmap` `close` `close` `close` |
/// | sealing the size fails | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `close` `munmap` `close` `close` `close` |
/// | no mapping | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `close` `munmap` `close` `close` `close` |
/// | no second mapping | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `munmap` `close` `munmap` `close` `close` `close` |
/// | sealing writes fails | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `munmap` `close` `munmap` `close` `close` `close` |
/// | no second bell | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `munmap` `close` `munmap` `close` `close` `close` |
/// | a second bell without a count | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | no page for the second mark | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | the second mark is refused | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | none left for the second memory | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | no memory for the second | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | sealing the second size fails | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | no third mapping | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | sealing writes to the second fails | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | its memory cannot be mapped | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `close` `close` `close` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | its memory cannot be mapped twice | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `munmap` `close` `close` `close` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | its second memory cannot be mapped | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `mmap` `close` `close` `munmap` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | no epoll | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `mmap` `close` `epoll_create1` `munmap` `close` `munmap` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | nothing to be added to it; its second bell is an epoll | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `close` `munmap` `close` `munmap` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | nothing more to be added to it | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `close` `munmap` `close` `munmap` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | no second epoll | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `close` `munmap` `close` `munmap` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | nothing to be added to the second; its bell is an epoll | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `close` `close` `munmap` `close` `munmap` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | nothing more to be added to the second | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `close` `close` `munmap` `close` `munmap` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | no greeting | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `close` `close` `close` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | too few descriptors | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `close` `close` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | too many descriptors | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `close` `close` `close` `close` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | no descriptors; it says nothing, and ends; a limit of zero | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | its memory is not sealed | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `close` `close` `close` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | its memory is of another size | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `close` `close` `close` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | its memory has holes; its memory is our own | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `close` `close` `close` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | its bell is none | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `close` `close` `close` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | its line is none | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `close` `close` `close` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | its line is of another type | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `close` `close` `close` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | its second memory is not sealed | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `close` `munmap` `close` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | its second memory is of another size | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `ftruncate` `close` `munmap` `close` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | its second memory has holes; its second memory is our own | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `close` `munmap` `close` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | its second bell is none | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `close` `close` `munmap` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | its memory is of huge pages | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `close` `close` `close` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | its second memory is of huge pages | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `close` `munmap` `close` `close` `close` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | gone from the start; no room, a limit of zero | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | it leaves without a look | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `recvmsg` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | waits for ever | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` (`recvmsg` `ppoll`)×n `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` `close` `close` `close` |
/// | waits with a limit | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` (`recvmsg` `clock_gettime` `ppoll`)×n `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` `close` `close` `close` |
/// | times out; a signal ends it, with a limit | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` (`recvmsg` `clock_gettime` `ppoll`)×n `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | times out, by the clock | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` (`recvmsg` `clock_gettime` `ppoll`)×n `recvmsg` `clock_gettime` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | over from the start | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `clock_gettime` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | a signal ends it, for ever | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` (`recvmsg` `ppoll`)×n `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | no room, waits for ever | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` (`sendmsg` `ppoll`)×n `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` `close` `close` `close` |
/// | no room, waits with a limit | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` (`sendmsg` `clock_gettime` `ppoll`)×n `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `fcntl` `fstatfs` `ftruncate` `fstat` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` `close` `close` `close` |
/// | no room, times out; no room, a signal ends it, with a limit | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` (`sendmsg` `clock_gettime` `ppoll`)×n `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | no room, times out, by the clock | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` (`sendmsg` `clock_gettime` `ppoll`)×n `sendmsg` `clock_gettime` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | no room, over from the start | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `clock_gettime` `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | no room, a signal ends it, for ever | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` (`sendmsg` `ppoll`)×n `munmap` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
/// | refused | none |
///
/// # Examples
/// ```
/// use rawipc::{Receiver, Sender, Wait, ring, socket::Stream};
///
/// let (ours, theirs) = Stream::pair()?;
/// // SAFETY: the child makes raw calls only, and leaves.
/// if unsafe { libc::fork() } == 0 {
///     let asked = ring::meet(&theirs, 4096, Wait::FOREVER).and_then(|mut ring| {
///         ring.send(b"question", Wait::FOREVER)?;
///         ring.recv(&mut [0; 64], Wait::FOREVER)
///     });
///     // SAFETY: ends the child.
///     unsafe { libc::_exit(asked.is_err() as i32) };
/// }
/// drop(theirs);
/// let mut ring = ring::meet(&ours, 1 << 16, Wait::FOREVER)?;
/// drop(ours); // the rings do not need it
/// let mut buf = [0; 64];
/// assert_eq!(ring.recv(&mut buf, Wait::FOREVER)?, 8);
/// ring.send(b"answer", Wait::FOREVER)?;
/// # Ok::<(), rawipc::Error>(())
/// ```
///
/// # References
/// As [`Producer::meet`].
pub fn meet<C: Connection>(socket: &C, capacity: usize, wait: Wait) -> Result<Duplex<Producer, Consumer>> {
    meet_both(socket.fd(), capacity, wait)
}

impl Producer {
    /// `memfd_create`, `mmap`, `sendmsg`, `recvmsg` — the sending end of a ring of at least `capacity` bytes, whose other
    /// end the stranger at the other end of `socket` gets, who calls [`Consumer::meet`].
    ///
    /// Each side makes the memory that it writes to, maps it, seals it against every later writer, itself included
    /// (`F_SEAL_FUTURE_WRITE`, `SHRINK`, `GROW`, `SEAL`), and passes it with a bell to be woken by and a line that tells of
    /// its death; then it looks at what came, in full, before it maps any of it, to read alone. Nothing has a name, and
    /// nothing is left of a process that was killed. It is no matter who comes first; `wait` is one deadline for all of it.
    ///
    /// `socket` is not needed any more, and may be used for other things: exactly one message of 16 bytes went each way. What
    /// was sent over it before has to be received before. The capacity is rounded as by [`pair`](super::pair).
    ///
    /// The other side is believed nothing. Who it is tells [`Peer`](crate::socket::Peer). What it can do:
    /// - keep its own death from being told, by giving its end of the line to somebody else; to a producer also by dying before
    ///   it has received what we passed, where another process has its end of `socket` too and does not receive it either. So
    ///   who waits for ever for room, or for an answer, has heard from it before;
    /// - pass a file of a file system that is its own process, the `close` of which waits for that, as with any descriptor
    ///   that is received;
    /// - ring without end, and as long as it does keep a signal from ending a wait, though not a deadline; and have many
    ///   wait for our bell, each of which the kernel tells when we ring it: 15,000 took it a millisecond;
    /// - on kernels that look at a file's seals later than 6.18 does, hold the lock of its memory, and with that our look at
    ///   it, past the deadline.
    ///
    /// # Errors
    /// After any, nothing of it is left, mapped or open, but what may have been sent. Of what the other side did
    /// ([`Origin::Peer`](crate::Origin::Peer)), the call says what was wrong:
    /// - `recvmsg` `EPROTO`: what it said is no greeting of this version and for this direction, or brought too few
    ///   descriptors. `recvmsg` `E2BIG`: too many. `recvmsg`, `sendmsg` `EPIPE`: it is gone.
    /// - `fcntl` `EBADMSG`: its memory is no memfd, or not sealed. `fstatfs` `EBADMSG`: it is of huge pages, which may run
    ///   out. `ftruncate` `EBADMSG`: it is of another size, or not for writing. `fstat` `EBADMSG`: it has holes, or is our own.
    /// - `statx`, `epoll_ctl` `EBADMSG`: its bell is none. `getsockopt` `EBADMSG`: its line is none.
    ///
    /// Else: `EINVAL`: `capacity` is 0 or more than 2³⁰. `ETIMEDOUT`; `EINTR` where `wait` asks for it. `EPERM`: the other
    /// side [refuses descriptors](crate::socket::Stream::refuse_fds). `ENOMEM`, `ENOSPC`: there is not so much memory.
    /// `EMFILE`, `ENFILE`: no descriptors left; three stay.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; no membarrier | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` `close` |
    /// | before 6.3 | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` `close` |
    /// | signals come | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` (`fallocate`)×n `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` `close` |
    /// | no line | `socketpair` |
    /// | no bell | `socketpair` `eventfd2` `close` `close` |
    /// | a bell without a count | `socketpair` `eventfd2` `write` `close` `close` `close` |
    /// | no page for a mark | `socketpair` `eventfd2` `write` `mmap` `close` `close` `close` |
    /// | a mark is refused | `socketpair` `eventfd2` `write` `mmap` `madvise` `munmap` `close` `close` `close` |
    /// | no descriptor for the memory | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `munmap` `close` `close` `close` |
    /// | no memory | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `close` `munmap` `close` `close` `close` |
    /// | sealing the size fails | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `close` `munmap` `close` `close` `close` |
    /// | no mapping | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `close` `munmap` `close` `close` `close` |
    /// | no second mapping | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `munmap` `close` `munmap` `close` `close` `close` |
    /// | sealing writes fails | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `munmap` `close` `munmap` `close` `close` `close` |
    /// | its memory cannot be mapped | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `mmap` `close` `close` `munmap` `close` `munmap` `close` `close` `close` |
    /// | no epoll | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `mmap` `close` `epoll_create1` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
    /// | nothing to be added to it; its bell is an epoll | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
    /// | nothing more to be added to it | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `close` `munmap` `close` `munmap` `close` `munmap` `close` `close` `close` |
    /// | no greeting | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `close` `close` `munmap` `close` `munmap` `close` `close` `close` |
    /// | too few descriptors | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `close` `munmap` `close` `munmap` `close` `close` `close` |
    /// | too many descriptors | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `close` `close` `close` `munmap` `close` `munmap` `close` `close` `close` |
    /// | no descriptors; it says nothing, and ends; a limit of zero | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `munmap` `close` `munmap` `close` `close` `close` |
    /// | its memory is not sealed | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `close` `close` `munmap` `close` `munmap` `close` `close` `close` |
    /// | its memory is of another size | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `close` `close` `munmap` `close` `munmap` `close` `close` `close` |
    /// | its memory has holes | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `close` `close` `munmap` `close` `munmap` `close` `close` `close` |
    /// | its bell is none | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `close` `close` `munmap` `close` `munmap` `close` `close` `close` |
    /// | its memory is of huge pages | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `close` `close` `munmap` `close` `munmap` `close` `close` `close` |
    /// | gone from the start; no room, a limit of zero | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `munmap` `close` `munmap` `close` `close` `close` |
    /// | it leaves without a look | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `recvmsg` `munmap` `close` `munmap` `close` `close` `close` |
    /// | waits for ever | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` (`recvmsg` `ppoll`)×n `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` `close` |
    /// | waits with a limit | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` (`recvmsg` `clock_gettime` `ppoll`)×n `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` `close` |
    /// | times out; a signal ends it, with a limit | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` (`recvmsg` `clock_gettime` `ppoll`)×n `munmap` `close` `munmap` `close` `close` `close` |
    /// | times out, by the clock | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` (`recvmsg` `clock_gettime` `ppoll`)×n `recvmsg` `clock_gettime` `munmap` `close` `munmap` `close` `close` `close` |
    /// | over from the start | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `clock_gettime` `munmap` `close` `munmap` `close` `close` `close` |
    /// | a signal ends it, for ever | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` (`recvmsg` `ppoll`)×n `munmap` `close` `munmap` `close` `close` `close` |
    /// | no room, waits for ever | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` (`sendmsg` `ppoll`)×n `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` `close` |
    /// | no room, waits with a limit | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` (`sendmsg` `clock_gettime` `ppoll`)×n `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` `close` |
    /// | no room, times out; no room, a signal ends it, with a limit | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` (`sendmsg` `clock_gettime` `ppoll`)×n `munmap` `close` `munmap` `close` `close` `close` |
    /// | no room, times out, by the clock | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` (`sendmsg` `clock_gettime` `ppoll`)×n `sendmsg` `clock_gettime` `munmap` `close` `munmap` `close` `close` `close` |
    /// | no room, over from the start | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` `sendmsg` `clock_gettime` `munmap` `close` `munmap` `close` `close` `close` |
    /// | no room, a signal ends it, for ever | `socketpair` `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `mmap` `fcntl` `membarrier` (`sendmsg` `ppoll`)×n `munmap` `close` `munmap` `close` `close` `close` |
    /// | refused | none |
    ///
    /// # Examples
    /// See [`ring::meet`](super::meet).
    ///
    /// # References
    /// [memfd_create(2)](https://man7.org/linux/man-pages/man2/memfd_create.2.html),
    /// [fcntl(2)](https://man7.org/linux/man-pages/man2/fcntl.2.html), "File Sealing",
    /// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html), "SCM_RIGHTS"
    pub fn meet<C: Connection>(socket: &C, capacity: usize, wait: Wait) -> Result<Producer> {
        meet_consumer(socket.fd(), capacity, wait)
    }
}

impl Consumer {
    /// `memfd_create`, `mmap`, `sendmsg`, `recvmsg` — the receiving end of a ring, whose other end the stranger at the other
    /// end of `socket` gets, who calls [`Producer::meet`] and says how large it is.
    ///
    /// That is up to 2³⁰ bytes of the producer's memory, with something behind each of them, and twice as much of our address
    /// space. Whoever has many such strangers counts [`capacity`](Self::capacity).
    ///
    /// # Errors
    /// As [`Producer::meet`], but for `capacity`.
    ///
    /// # Syscalls
    /// Async-signal-safe.
    /// | case | calls |
    /// |------|-------|
    /// | ok; no membarrier | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` |
    /// | before 6.3 | `eventfd2` `write` `mmap` `madvise` `memfd_create` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` |
    /// | signals come | `eventfd2` `write` `mmap` `madvise` `memfd_create` (`fallocate`)×n `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` |
    /// | no bell | `eventfd2` |
    /// | a bell without a count | `eventfd2` `write` `close` |
    /// | no page for a mark | `eventfd2` `write` `mmap` `close` |
    /// | a mark is refused | `eventfd2` `write` `mmap` `madvise` `munmap` `close` |
    /// | no descriptor for the memory | `eventfd2` `write` `mmap` `madvise` `memfd_create` `munmap` `close` |
    /// | no memory | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `close` `munmap` `close` |
    /// | sealing the size fails | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `close` `munmap` `close` |
    /// | no mapping | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `close` `munmap` `close` |
    /// | sealing writes fails | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `munmap` `close` `munmap` `close` |
    /// | its memory cannot be mapped | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `close` `close` `close` `munmap` `close` `munmap` `close` |
    /// | its memory cannot be mapped twice | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `munmap` `close` `close` `close` `munmap` `close` `munmap` `close` |
    /// | no epoll | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `epoll_create1` `munmap` `close` `close` `munmap` `close` `munmap` `close` |
    /// | nothing to be added to it; its bell is an epoll | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `epoll_create1` `epoll_ctl` `close` `munmap` `close` `close` `munmap` `close` `munmap` `close` |
    /// | nothing more to be added to it | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `close` `munmap` `close` `close` `munmap` `close` `munmap` `close` |
    /// | no greeting | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `close` `close` `close` `munmap` `close` `munmap` `close` |
    /// | too few descriptors | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `close` `close` `munmap` `close` `munmap` `close` |
    /// | too many descriptors | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `close` `close` `close` `close` `munmap` `close` `munmap` `close` |
    /// | no descriptors; it says nothing, and ends; a limit of zero | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `munmap` `close` `munmap` `close` |
    /// | its memory is not sealed | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `close` `close` `close` `munmap` `close` `munmap` `close` |
    /// | its memory is of another size | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `close` `close` `close` `munmap` `close` `munmap` `close` |
    /// | its memory has holes | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `close` `close` `close` `munmap` `close` `munmap` `close` |
    /// | its bell is none | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `close` `close` `close` `munmap` `close` `munmap` `close` |
    /// | its line is none | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `getsockopt` `close` `close` `close` `munmap` `close` `munmap` `close` |
    /// | its line is of another type | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `getsockopt` `getsockopt` `close` `close` `close` `munmap` `close` `munmap` `close` |
    /// | its memory is of huge pages | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `fcntl` `fstatfs` `close` `close` `close` `munmap` `close` `munmap` `close` |
    /// | gone from the start; no room, a limit of zero | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `munmap` `close` `munmap` `close` |
    /// | it leaves without a look | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `recvmsg` `munmap` `close` `munmap` `close` |
    /// | waits for ever | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` (`recvmsg` `ppoll`)×n `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` |
    /// | waits with a limit | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` (`recvmsg` `clock_gettime` `ppoll`)×n `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` |
    /// | times out; a signal ends it, with a limit | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` (`recvmsg` `clock_gettime` `ppoll`)×n `munmap` `close` `munmap` `close` |
    /// | times out, by the clock | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` (`recvmsg` `clock_gettime` `ppoll`)×n `recvmsg` `clock_gettime` `munmap` `close` `munmap` `close` |
    /// | over from the start | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `recvmsg` `clock_gettime` `munmap` `close` `munmap` `close` |
    /// | a signal ends it, for ever | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` (`recvmsg` `ppoll`)×n `munmap` `close` `munmap` `close` |
    /// | no room, waits for ever | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` (`sendmsg` `ppoll`)×n `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` |
    /// | no room, waits with a limit | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` (`sendmsg` `clock_gettime` `ppoll`)×n `sendmsg` `recvmsg` `fcntl` `fstatfs` `ftruncate` `fstat` `statx` `getsockopt` `getsockopt` `mmap` `mmap` `close` `epoll_create1` `epoll_ctl` `epoll_ctl` `epoll_pwait` `close` `close` |
    /// | no room, times out; no room, a signal ends it, with a limit | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` (`sendmsg` `clock_gettime` `ppoll`)×n `munmap` `close` `munmap` `close` |
    /// | no room, times out, by the clock | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` (`sendmsg` `clock_gettime` `ppoll`)×n `sendmsg` `clock_gettime` `munmap` `close` `munmap` `close` |
    /// | no room, over from the start | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` `sendmsg` `clock_gettime` `munmap` `close` `munmap` `close` |
    /// | no room, a signal ends it, for ever | `eventfd2` `write` `mmap` `madvise` `memfd_create` `fallocate` `fcntl` `mmap` `fcntl` `membarrier` (`sendmsg` `ppoll`)×n `munmap` `close` `munmap` `close` |
    ///
    /// # Examples
    /// See [`ring::meet`](super::meet).
    ///
    /// # References
    /// As [`Producer::meet`].
    pub fn meet<C: Connection>(socket: &C, wait: Wait) -> Result<Consumer> {
        meet_producer(socket.fd(), wait)
    }
}

fn meet_both(socket: &Fd, capacity: usize, wait: Wait) -> Result<Duplex<Producer, Consumer>> {
    let sends = OurProducer::new(layout::round_up(capacity)?)?;
    let receives = OurConsumer::new()?;
    let ([a, b, c], [d, e]) = (sends.lent(), receives.lent());
    let fds = FdRefs::of([a, b, c, d, e]);
    let mut came = FdSlots::<5>::new();
    let ours = Greeting::ours(PRODUCES | CONSUMES, Some(sends.geometry));
    let theirs = exchange(&ours, socket, &fds, &mut came, wait)?;
    let producer = TheirProducer::take(&mut came, theirs.geometry, Some(&sends.memfd))?;
    let consumer = TheirConsumer::take(&mut came, TheirProducer::FDS, Some(&receives.memfd))?;
    let epolls = (sends.epoll(&consumer)?, receives.epoll(&producer)?);
    let sender = sends.join(consumer, epolls.0, theirs.barriers);
    Ok(Duplex { sender, receiver: receives.join(producer, epolls.1, theirs.barriers) })
}

fn meet_consumer(socket: &Fd, capacity: usize, wait: Wait) -> Result<Producer> {
    let sends = OurProducer::new(layout::round_up(capacity)?)?;
    let fds = FdRefs::of(sends.lent());
    let mut came = FdSlots::<2>::new();
    let ours = Greeting::ours(PRODUCES, Some(sends.geometry));
    let theirs = exchange(&ours, socket, &fds, &mut came, wait)?;
    let consumer = TheirConsumer::take(&mut came, 0, None)?;
    let epoll = sends.epoll(&consumer)?;
    Ok(sends.join(consumer, epoll, theirs.barriers))
}

fn meet_producer(socket: &Fd, wait: Wait) -> Result<Consumer> {
    let receives = OurConsumer::new()?;
    let fds = FdRefs::of(receives.lent());
    let mut came = FdSlots::<3>::new();
    let ours = Greeting::ours(CONSUMES, None);
    let theirs = exchange(&ours, socket, &fds, &mut came, wait)?;
    let producer = TheirProducer::take(&mut came, theirs.geometry, None)?;
    let epoll = receives.epoll(&producer)?;
    Ok(receives.join(producer, epoll, theirs.barriers))
}

/// Says `ours` with the descriptors `fds`, and tells what the other side says of itself. In `came` are as many descriptors
/// then as there is room for.
// Out of line, as the looks are: each has its stack after the other.
#[inline(never)]
fn exchange(ours: &Greeting, socket: &Fd, fds: &Refs<'_>, came: &mut Slots, wait: Wait) -> Result<Greeting> {
    let said = ours.pack().to_le_bytes();
    let mut theirs = [0; 16];
    greet(socket, (&said, fds), (&mut theirs, came), wait)?;
    let theirs = ours.judge(u128::from_le_bytes(theirs)).ok_or(NO_GREETING)?;
    if came.len() != came.room() {
        return Err(NO_GREETING);
    }
    Ok(theirs)
}

/// What came of a stranger that produces, verified.
struct TheirProducer {
    records: CircleView,
    bell: Fd,
    line: Fd,
    geometry: Geometry,
}

impl TheirProducer {
    const FDS: usize = 3;

    #[inline(never)]
    fn take(came: &mut Slots, geometry: Option<Geometry>, own: Option<&Memfd>) -> Result<Self> {
        let geometry = geometry.ok_or(NO_GREETING)?;
        let memfd = Memfd::attach_sealed(next(came, 0)?, geometry.records_len(), own)?;
        let bell = next(came, 1)?;
        check_bell(&bell)?;
        let line = next(came, 2)?;
        check_line(&line)?;
        let records = layout::records_seen(&memfd)?;
        Ok(TheirProducer { records, bell, line, geometry })
    }
}

/// What came of a stranger that consumes, verified.
struct TheirConsumer {
    place: ReadOnlyMap,
    bell: Fd,
}

impl TheirConsumer {
    const FDS: usize = 2;

    #[inline(never)]
    fn take(came: &mut Slots, at: usize, own: Option<&Memfd>) -> Result<Self> {
        let memfd = Memfd::attach_sealed(next(came, at)?, GRAIN, own)?;
        let bell = next(came, at.saturating_add(1))?;
        check_bell(&bell)?;
        let place = memfd.map_read_only()?;
        Ok(TheirConsumer { place, bell })
    }
}

fn next(came: &mut Slots, at: usize) -> Result<Fd> {
    came.take(at).ok_or(NO_GREETING)
}
