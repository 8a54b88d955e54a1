//! UNIX sockets: two-way, named by a path or an abstract name, or made as a connected pair.
//!
//! A stream carries raw bytes and talks to any program; a seqpacket socket carries whole messages between two; a
//! datagram socket carries whole messages from many to one, without connections. A listener accepts the first two.
//!
//! A stream is a plain descriptor. The others keep what the kernel does not know of, the largest message that was
//! declared and the name that is removed when they are closed, and are handles.
//!
//! Each send and receive says MSG_DONTWAIT itself and waiting is done in ppoll, so it is no matter whether O_NONBLOCK
//! is set on the descriptor, which others may share. Each send says MSG_NOSIGNAL.
//!
//! A peer that closes while messages of ours wait unread makes the kernel answer ECONNRESET once. That is no news to a
//! receiver, and the call is made again: what was sent is handed out, and then comes the end. A sender gets EPIPE.

use rawipc::{Errno, Result};

use crate::arg::Args;
use crate::handle::{Empty, Handle};

// In the order of the header's sections; apart, so that rustfmt leaves it.
pub mod address;

pub mod peer;

pub mod fds;

pub mod stream;

pub mod seqpacket;

pub mod datagram;

pub mod listener;

pub mod at;

pub mod files;

pub mod crowd;

impl Args {
    /// Where two new handles go, which must be two.
    ///
    /// # Safety
    /// Each is NULL, or memory for an `H`.
    pub(crate) unsafe fn two_empty<'a, H: Handle>(
        self,
        first: *mut H,
        second: *mut H,
    ) -> Result<(Empty<'a, H>, Empty<'a, H>)> {
        if !first.is_null() && first.addr().abs_diff(second.addr()) < size_of::<H>() {
            return Err(self.refused(Errno::INVAL));
        }
        // SAFETY: by the caller.
        let first = unsafe { self.empty(first) }?;
        // SAFETY: by the caller; it lies elsewhere.
        let second = unsafe { self.empty(second) }?;
        Ok((first, second))
    }
}
