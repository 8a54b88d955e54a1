//! What many writers' reader tells.

use crate::ring::Corruption;
#[cfg(doc)]
use crate::ring::Many;

/// What [`Many::recv`] tells, and of whom: the index of its slot.
///
/// # Examples
/// ```
/// use rawipc::ring::{self, Many, Received, Slot};
/// use rawipc::{Sender, Wait};
///
/// let (mut producer, consumer) = ring::pair(1 << 16)?;
/// let mut slots = [Slot::EMPTY];
/// let mut many = Many::new(&mut slots)?;
/// let whose = many.admit(consumer)?;
/// producer.send(&[7; 100], Wait::FOREVER)?;
/// drop(producer);
/// let (mut small, mut large) = ([0; 64], vec![0; many.recv_limit()]);
/// assert_eq!(many.recv(&mut small, Wait::FOREVER)?, Received::TooLong { from: whose, len: 100 });
/// assert_eq!(many.recv(&mut large, Wait::FOREVER)?, Received::Message { from: whose, len: 100 });
/// assert_eq!(many.recv(&mut large, Wait::FOREVER)?, Received::End { from: whose });
/// # Ok::<(), rawipc::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum Received {
    /// A message, at the beginning of the buffer.
    Message {
        /// Whose.
        from: usize,
        /// Its bytes.
        len: usize,
    },
    /// A producer is gone, and everything that it sent has been handed out. Its slot is free again.
    End {
        /// Whose slot it was.
        from: usize,
    },
    /// A producer wrote what cannot be. Its ring stays in the slot until it is removed, and is not heard any more.
    Corrupt {
        /// Whose.
        from: usize,
        /// What it wrote.
        saw: Corruption,
    },
    /// A message for which the buffer is too small. It stays, and its ring has its next turn after all others: who cannot
    /// have so large a buffer [removes](Many::remove) it.
    TooLong {
        /// Whose.
        from: usize,
        /// Its bytes: a buffer of as many is enough.
        len: usize,
    },
}
