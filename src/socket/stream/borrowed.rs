//! A borrowed stream socket reads and writes as the socket itself does.

use super::Stream;
use crate::channel::{ByteRead, ByteWrite};
use crate::error::{Call, Result};
use crate::fd::AsFd;
use crate::wait::{Events, Wait, until_done};

/// As for [`Stream`] itself.
impl ByteRead for &Stream {
    const READ_CALL: Call = Call::RECVFROM;

    /// As [`Stream`]'s own.
    ///
    /// # Errors
    /// As [`ByteRead::read`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Stream::read`](ByteRead::read).
    #[inline]
    fn read(&mut self, buf: &mut [u8], wait: Wait) -> Result<usize> {
        until_done(self.fd.as_fd(), Events::READABLE, wait, || self.take_some(buf))
    }

    /// As [`Stream`]'s own.
    ///
    /// # Errors
    /// As [`ByteRead::try_read`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Stream::try_read`](ByteRead::try_read).
    #[inline]
    fn try_read(&mut self, buf: &mut [u8]) -> Result<usize> {
        self.take_some(buf)
    }
}

/// As for [`Stream`] itself.
impl ByteWrite for &Stream {
    const ATOMIC: usize = 0;
    const WRITE_CALL: Call = Call::SENDTO;

    /// As [`Stream`]'s own.
    ///
    /// # Errors
    /// As [`ByteWrite::write`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Stream::write`](ByteWrite::write).
    #[inline]
    fn write(&mut self, bytes: &[u8], wait: Wait) -> Result<usize> {
        until_done(self.fd.as_fd(), Events::WRITABLE, wait, || self.put_some(bytes))
    }

    /// As [`Stream`]'s own.
    ///
    /// # Errors
    /// As [`ByteWrite::try_write`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Stream::try_write`](ByteWrite::try_write).
    #[inline]
    fn try_write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.put_some(bytes)
    }

    /// As [`Stream`]'s own.
    ///
    /// # Errors
    /// As [`ByteWrite::write_two`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Stream::write_two`](ByteWrite::write_two).
    #[inline]
    fn write_two(&mut self, head: &[u8], body: &[u8], wait: Wait) -> Result<usize> {
        until_done(self.fd.as_fd(), Events::WRITABLE, wait, || self.put_two(head, body))
    }

    /// As [`Stream`]'s own.
    ///
    /// # Errors
    /// As [`ByteWrite::try_write_two`].
    ///
    /// # Syscalls
    /// Async-signal-safe. As [`Stream::try_write_two`](ByteWrite::try_write_two).
    #[inline]
    fn try_write_two(&mut self, head: &[u8], body: &[u8]) -> Result<usize> {
        self.put_two(head, body)
    }
}
